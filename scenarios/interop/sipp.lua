-- SIPp as caller and called, with flows that are legal but odd (SIP-01, SIP-10, DOOR-02, DOOR-03)

local function real(...) return {clock = "real", rig = "sim", timeout = 60, req = {...}} end

local SDP = [[

v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=sendrecv
]]

-- a message of SIPp: first line and body are given
local function send(first, cseq, opts)
  opts = opts or {}
  return string.format([[<send%s><![CDATA[
%s
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:door@[remote_ip]:[remote_port]>%s
Call-ID: [call_id]
CSeq: %s
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
%s%sContent-Length: [len]
%s
]].."]]></send>", opts.retrans and ' retrans="500"' or "", first, opts.tag and "[peer_tag_param]" or "", cseq, opts.headers or "",
    opts.sdp and "Content-Type: application/sdp\n" or "", opts.sdp and SDP or "")
end

local RURI = " sip:door@[remote_ip]:[remote_port] SIP/2.0"

local function reply(status, opts)
  opts = opts or {}
  return string.format([[<send%s><![CDATA[
SIP/2.0 %s
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:sipp@[local_ip]:[local_port]>
%s%sContent-Length: [len]
%s
]].."]]></send>", opts.retrans and ' retrans="500"' or "", status, opts.headers or "",
    opts.sdp and "Content-Type: application/sdp\n" or "", opts.sdp and SDP or "")
end

local function in_dialog_reply()
  return [[<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:sipp@[local_ip]:[local_port]>
Content-Length: 0

]].."]]></send>"
end

local function recv(what, opts)
  return string.format("<recv %s=\"%s\"%s/>", type(what) == "number" and "response" or "request", what, opts or "")
end

local function steps(...) return table.concat({...}, "\n") end

local QUIET = {["sup.message_button"] = false, ["sip.media_timeout_s"] = 0}

local function door_for(t, sipp)
  local o = {["button.day"] = sipp.uri}
  for k, v in pairs(QUIET) do o[k] = v end
  return t:door(o)
end

scenario("SIPp is called: 183 with SDP, 180, 181, 200; the door hangs up", real("SIP-10", "DOOR-03"), function(t)
  local sipp = t:sipp{steps = steps(recv("INVITE"), reply("183 Session Progress", {sdp = true}), '<pause milliseconds="300"/>',
    reply("180 Ringing"), reply("181 Call Is Being Forwarded"), '<pause milliseconds="300"/>',
    reply("200 OK", {sdp = true, retrans = true}), recv("ACK"), recv("BYE"), in_dialog_reply())}
  local door = door_for(t, sipp)
  door:press()
  door:expect_event("call_answered")
  door:expect_event("call_ringing", {code = 183})
  t:wait(0.5)
  door:hangup()
  sipp:expect_success()
end)

scenario("SIPp answers without ringing, holds by re-INVITE, resumes by UPDATE, and hangs up", real("SIP-10", "DOOR-03"), function(t)
  local function to_door(first, cseq, sdp)
    return string.format([[<send retrans="500"><![CDATA[
%s [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
To: [$caller]
Call-ID: [call_id]
CSeq: %s
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
%sContent-Length: [len]
%s
]].."]]></send>", first, cseq, sdp and "Content-Type: application/sdp\n" or "", sdp or "")
  end
  local remember = ' rrs="true"><action><ereg regexp="[^ ].*" search_in="hdr" header="From:" assign_to="caller"/></action></recv>'
  local sipp = t:sipp{steps = steps('<recv request="INVITE"' .. remember, reply("200 OK", {sdp = true, retrans = true}), recv("ACK"),
    '<pause milliseconds="300"/>',
    to_door("INVITE", "1 INVITE", SDP:gsub("sendrecv", "sendonly")), recv(100, ' optional="true"'), recv(200),
    (to_door("ACK", "1 ACK"):gsub(' retrans="500"', "")), '<pause milliseconds="300"/>',
    to_door("UPDATE", "2 UPDATE", SDP), recv(200), '<pause milliseconds="300"/>',
    to_door("BYE", "3 BYE"), recv(200))}
  local door = door_for(t, sipp)
  door:press()
  door:expect_event("call_hold", {held = true})
  door:expect_event("call_hold", {held = false})
  door:expect_event("call_end", {cause = "remote"})
  sipp:expect_success()
end)

scenario("SIPp calls without SDP: its answer comes in the ACK; it hangs up", real("SIP-10", "DOOR-02"), function(t)
  local door = t:door(QUIET)
  local sipp = t:sipp{calls = door, steps = steps(send("INVITE" .. RURI, "1 INVITE", {retrans = true}), recv(100, ' optional="true"'),
    recv(180, ' optional="true"'), recv(200), send("ACK" .. RURI, "1 ACK", {tag = true, sdp = true}), '<pause milliseconds="500"/>',
    send("BYE" .. RURI, "2 BYE", {tag = true, retrans = true}), recv(200))}
  door:expect_event("call_answered")
  door:expect_event("call_end", {cause = "remote"})
  sipp:expect_success()
end)

scenario("SIPp requires 100rel: 420, then calls without", real("SIP-10"), function(t)
  local door = t:door(QUIET)
  local sipp = t:sipp{calls = door, steps = steps(
    send("INVITE" .. RURI, "1 INVITE", {retrans = true, sdp = true, headers = "Require: 100rel\n"}), recv(420),
    send("ACK" .. RURI, "1 ACK", {tag = true}),
    send("INVITE" .. RURI, "2 INVITE", {retrans = true, sdp = true}), recv(100, ' optional="true"'), recv(180, ' optional="true"'),
    recv(200), send("ACK" .. RURI, "2 ACK", {tag = true}),
    send("BYE" .. RURI, "3 BYE", {tag = true, retrans = true}), recv(200))}
  door:expect_event("call_end", {cause = "remote"})
  sipp:expect_success()
end)

scenario("SIPp calls and gives up at once: CANCEL, 487", real("SIP-10", "DOOR-02"), function(t)
  local door = t:door{["door.answer_s"] = 5, ["sup.message_button"] = false}
  local sipp = t:sipp{calls = door, steps = steps(send("INVITE" .. RURI, "1 INVITE", {retrans = true, sdp = true}),
    recv(100, ' optional="true"'), recv(180),
    (send("CANCEL" .. RURI, "1 CANCEL"):gsub("%[branch%]", "[branch-3]")), recv(200), recv(487),
    (send("ACK" .. RURI, "1 ACK", {tag = true}):gsub("%[branch%]", "[branch-6]")))}
  door:expect_event("call_end")
  door:expect_state("idle")
  sipp:expect_success()
end)

scenario("SIPp refuses with 302 to a phone that answers", real("SIP-10", "DOOR-03"), function(t)
  local phone = t:phone{name = "target"}
  local sipp = t:sipp{steps = steps(recv("INVITE"),
    (reply("302 Moved Temporarily"):gsub("Contact: [^\n]*", "Contact: <" .. phone.uri .. ">")), recv("ACK"))}
  local door = door_for(t, sipp)
  door:press()
  phone:expect_call{within = 5}:answer()
  door:expect_state("talking")
  sipp:expect_success()
end)

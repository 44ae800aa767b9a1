-- Call control: forked answers, crossing CANCEL, UPDATE, session timers, Replaces, redirections (SIP-10); commands (SIP-11, API-20)

-- A phone of raw text with one dialog, calling or called
local Raw = {}
Raw.__index = Raw

local function raw(t, name)
  local socket = t:sip_socket{name = name or "raw"}
  local host = socket.address:match("^[^:]+")
  return setmetatable({t = t, socket = socket, host = host, address = socket.address, cseq = 100, tag = "raw",
    uri = "sip:" .. socket.address}, Raw)
end

function Raw:sdp(direction)
  return "v=0\r\no=raw 1 1 IN IP4 " .. self.host .. "\r\ns=-\r\nc=IN IP4 " .. self.host ..
         "\r\nt=0 0\r\nm=audio 9000 RTP/AVP 8\r\na=" .. (direction or "sendrecv") .. "\r\n"
end

-- A request in (or for) the dialog
function Raw:request(method, opts)
  opts = opts or {}
  if method ~= "ACK" and method ~= "CANCEL" then self.cseq = self.cseq + 1 end
  local body = opts.body or ""
  self.socket:send(table.concat{
    method, " ", self.door.uri, " SIP/2.0\r\nVia: SIP/2.0/UDP ", self.address, ";branch=z9hG4bK", self.address, method, self.cseq,
    "\r\nFrom: ", self.from or "<sip:raw@" .. self.host .. ">;tag=" .. self.tag, "\r\nTo: ", self.to or "<" .. self.door.uri .. ">",
    "\r\nCall-ID: ", self.callid or "raw@" .. self.host, "\r\nCSeq: ", self.cseq, " ", method, "\r\nContact: <", self.uri,
    ">\r\nMax-Forwards: 70\r\n", opts.headers or "", #body > 0 and "Content-Type: application/sdp\r\n" or "", "Content-Length: ", #body,
    "\r\n\r\n", body}, self.door)
end

-- A reply to a request of the door
function Raw:reply(request, status, headers, body, tag)
  local out = {"SIP/2.0 ", status, "\r\n"}
  for _, name in ipairs{"Via", "From", "To", "Call%-ID", "CSeq"} do
    local line = request:match("\r\n(" .. name .. ":[^\r]*)\r\n")
    out[#out + 1] = line .. (name == "To" and not line:find(";tag=") and ";tag=" .. (tag or self.tag) or "") .. "\r\n"
  end
  body = body or ""
  self.socket:send(table.concat(out) .. (headers or "") .. (#body > 0 and "Content-Type: application/sdp\r\n" or "") ..
    "Content-Length: " .. #body .. "\r\n\r\n" .. body, self.door)
end

function Raw:contact() return "Contact: <" .. self.uri .. ">\r\n" end

-- Call the door; the 200 as text
function Raw:call(door, headers)
  self.door = door
  self:request("INVITE", {body = self:sdp(), headers = headers})
  local answer = self.socket:expect("^SIP/2%.0 200 ").data
  self.to = answer:match("\r\nTo: ([^\r]*)")
  self:request("ACK")
  door:expect_state("talking")
  return answer
end

-- The door calls: answer with these headers; the INVITE as text
function Raw:answer(door, headers)
  self.door = door
  local invite = self.socket:expect("^INVITE ").data
  self:reply(invite, "200 OK", self:contact() .. (headers or ""), self:sdp())
  self.socket:expect("^ACK ")
  self.callid = invite:match("\r\nCall%-ID: ([^\r]*)")
  self.to = invite:match("\r\nFrom: ([^\r]*)")
  self.from = invite:match("\r\nTo: ([^\r]*)") .. ";tag=" .. self.tag
  door:expect_state("talking")
  return invite
end

local function header(text, name) return text:match("\r\n" .. name:gsub("%-", "%%-") .. ": ([^\r]*)") end

-- --- forks and CANCEL ---

scenario("a second phone that answers the same call is acknowledged and hung up", {req = {"SIP-10"}}, function(t)
  local peer, other = raw(t), raw(t, "other")
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["sip.media_timeout_s"] = 0}
  door:press()
  local invite = peer:answer(door)
  other.door = door
  for _ = 1, 2 do
    other:reply(invite, "200 OK", other:contact() .. "Record-Route: <sip:" .. peer.address .. ";lr;x=1>, <sip:" ..
      other.address .. ";lr>\r\n", other:sdp(), "second")
    other.socket:expect("^ACK sip:" .. other.address)
  end
  local bye = other.socket:expect("^BYE sip:" .. other.address).data
  t:match(bye, "\r\nTo: [^\r]*;tag=second\r\n")
  t:match(bye, "\r\nRoute: <sip:" .. other.address .. ";lr>\r\nRoute: <sip:" .. peer.address .. ";lr;x=1>\r\n")
  other:reply(bye, "200 OK")
  other.socket:expect_nothing{during = 40}
  t:equal(door:state(), "talking")
  door:hangup()
  peer.socket:expect("^BYE ")
end)

scenario("a fork that answers after the call was given up is hung up too", {req = {"SIP-10", "DOOR-03"}}, function(t)
  local peer, other = raw(t), raw(t, "other")
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["door.ring_s"] = 10}
  peer.door, other.door = door, door
  door:press()
  local invite = peer.socket:expect("^INVITE ").data
  peer:reply(invite, "180 Ringing", peer:contact())
  local cancel = peer.socket:expect("^CANCEL ", {within = 11}).data
  peer:reply(cancel, "200 OK")
  peer:reply(invite, "200 OK", peer:contact(), peer:sdp())
  peer.socket:expect("^ACK ")
  peer:reply(peer.socket:expect("^BYE ").data, "200 OK")
  other:reply(invite, "200 OK", other:contact(), other:sdp(), "late")
  other.socket:expect("^ACK ")
  other:reply(other.socket:expect("^BYE ").data, "200 OK")
end)

scenario("answers to calls that never were are not minded", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door()
  peer.door = door
  peer:reply("\r\nVia: SIP/2.0/UDP 10.77.0.2;branch=z9hG4bKx\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:z@y>\r\nCall-ID: none\r\nCSeq: 1 INVITE\r\n",
    "200 OK", peer:contact(), peer:sdp())
  peer.socket:expect_nothing{during = 5}
end)

scenario("an answer that crosses the CANCEL is acknowledged and ended by BYE", {req = {"SIP-10", "DOOR-03"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["door.ring_s"] = 10}
  peer.door = door
  door:press()
  local invite = peer.socket:expect("^INVITE ").data
  peer:reply(invite, "180 Ringing", peer:contact())
  peer.socket:expect("^CANCEL ", {within = 11})
  peer:reply(invite, "200 OK", peer:contact(), peer:sdp())
  peer.socket:expect("^ACK ")
  peer:reply(peer.socket:expect("^BYE ").data, "200 OK")
  door:expect_event("unavailable")
end)

-- --- redirections ---

scenario("a redirection in a circle ends as a failure", {req = {"SIP-10", "DOOR-03"}}, function(t)
  local peer = raw(t)
  local second = t:phone{name = "second"}
  local door = t:door{["button.day"] = {peer.uri, second.uri}, ["sup.message_button"] = false, ["door.advance_on_refusal"] = true}
  peer.door = door
  t:spawn(function()
    for _ = 1, 16 do peer:reply(peer.socket:expect("^INVITE ").data, "302 Moved Temporarily", peer:contact()) end
  end)
  door:press()
  door:expect_event("call_failed", {code = 302})
  second:expect_call():answer()
  t:equal(#t:sip_messages{method = "INVITE", to = peer.address}, 16)
end)

for _, target in ipairs{"tel:+491234", "sips:secret@10.77.0.9", "mailto:x@y", "nonsense"} do
  scenario("a redirection to " .. target .. " is a failure, and the next contact is called", {req = {"SIP-10", "DOOR-03"}}, function(t)
    local peer, second = raw(t), t:phone{name = "second"}
    local door = t:door{["button.day"] = {peer.uri, second.uri}, ["sup.message_button"] = false, ["door.ring_s"] = 10}
    peer.door = door
    door:press()
    peer:reply(peer.socket:expect("^INVITE ").data, "301 Moved", "Contact: <" .. target .. ">\r\n")
    door:expect_event("call_failed")
    second:expect_call{within = 11}:answer()
    door:expect_state("talking")
  end)
end

-- --- REFER, UPDATE, 100rel ---

scenario("a REFER inside a call is declined, and the call goes on", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door()
  peer:call(door)
  peer:request("REFER", {headers = "Refer-To: <sip:premium@10.77.9.9>\r\n"})
  peer.socket:expect("^SIP/2%.0 603 ")
  door:expect_event("sip_refused", {method = "REFER", code = 603})
  door:expect_state("talking")
end)

scenario("an UPDATE without SDP is answered, one with SDP holds and resumes", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door()
  peer:call(door)
  peer:request("UPDATE")
  t:ok(not peer.socket:expect("^SIP/2%.0 200 ").data:find("application/sdp"))
  peer:request("UPDATE", {body = peer:sdp("sendonly")})
  t:match(peer.socket:expect("^SIP/2%.0 200 ").data, "\r\na=recvonly\r\n")
  door:expect_state("held")
  peer:request("UPDATE", {body = peer:sdp()})
  peer.socket:expect("^SIP/2%.0 200 ")
  door:expect_state("talking")
  peer:request("BYE")
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("an UPDATE that offers no codec of ours is refused, the call goes on", {req = {"SIP-10", "SIP-05"}}, function(t)
  local peer = raw(t)
  local door = t:door()
  peer:call(door)
  peer:request("UPDATE", {body = (peer:sdp():gsub("AVP 8", "AVP 18"))})
  peer.socket:expect("^SIP/2%.0 488 ")
  peer:request("UPDATE", {body = "nonsense"})
  peer.socket:expect("^SIP/2%.0 400 ")
  door:expect_state("talking")
end)

scenario("an UPDATE with an old CSeq, of another call, or while it rings is refused", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["door.answer_s"] = 5}
  peer.door = door
  peer:request("INVITE", {body = peer:sdp()})
  peer.to = peer.socket:expect("^SIP/2%.0 180 ").data:match("\r\nTo: ([^\r]*)")
  peer:request("UPDATE", {body = peer:sdp()})
  t:match(peer.socket:expect("^SIP/2%.0 500 ").data, "\r\nRetry%-After: 5\r\n")
  peer.cseq = peer.cseq - 1
  peer.socket:expect("^SIP/2%.0 200 ", {within = 6})
  peer:request("ACK")
  door:expect_state("talking")
  peer.cseq = 10
  peer:request("UPDATE")
  peer.socket:expect("^SIP/2%.0 500 ")
  peer.cseq, peer.callid = 200, "other@call"
  peer:request("UPDATE")
  peer.socket:expect("^SIP/2%.0 481 ")
  door:expect_state("talking")
end)

-- --- session timers ---

scenario("the door refreshes its call by UPDATE at half the session's time", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["sip.session_s"] = 200, ["door.talk_min"] = "permanent",
    ["sip.media_timeout_s"] = 0}
  door:press()
  local invite = peer:answer(door, "Allow: INVITE, ACK, BYE, UPDATE\r\nRequire: timer\r\nSession-Expires: 180;refresher=uac\r\n")
  t:equal(header(invite, "Session-Expires"), "200;refresher=uac")
  t:match(header(invite, "Supported"), "timer")
  local begun = t:now()
  for i = 1, 3 do
    local update = peer.socket:expect("^UPDATE ", {within = 91}).data
    t:near(t:now() - begun, 90 * i, 0.1, "half of 180 s")
    t:equal(header(update, "Session-Expires"), "180;refresher=uac")
    peer:reply(update, "200 OK", peer:contact() .. "Session-Expires: 180;refresher=uac\r\n")
  end
  door:expect_state("talking")
end)

for _, way in ipairs{"does not answer", "does not know the call"} do
  scenario("a refresh that the other side " .. way .. " ends the call", {req = {"SIP-10"}}, function(t)
    local peer = raw(t)
    local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["door.talk_min"] = "permanent",
      ["sip.media_timeout_s"] = 0}
    door:press()
    peer:answer(door, "Allow: UPDATE\r\nSession-Expires: 90;refresher=uac\r\n")
    local update = peer.socket:expect("^UPDATE ", {within = 46}).data
    if way == "does not know the call" then peer:reply(update, "481 Call Does Not Exist") end
    door:expect_event("call_end", {within = 33})
    peer.socket:expect("^BYE ")
  end)
end

scenario("a peer without UPDATE is refreshed by re-INVITE", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["door.talk_min"] = "permanent",
    ["sip.media_timeout_s"] = 0}
  door:press()
  peer:answer(door, "Allow: INVITE, ACK, BYE\r\nSession-Expires: 90;refresher=uac\r\n")
  for _ = 1, 2 do
    local reinvite = peer.socket:expect("^INVITE ", {within = 46}).data
    t:match(reinvite, "\r\nTo: [^\r]*;tag=raw")
    peer:reply(reinvite, "200 OK", peer:contact(), peer:sdp())
    peer.socket:expect("^ACK ")
  end
  door:expect_state("talking")
end)

scenario("re-INVITEs that meet get 491 both, and the door's comes again", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["door.talk_min"] = "permanent",
    ["sip.media_timeout_s"] = 0}
  door:press()
  peer:answer(door, "Allow: INVITE, ACK, BYE\r\nSession-Expires: 90;refresher=uac\r\n")
  local reinvite = peer.socket:expect("^INVITE ", {within = 46}).data
  peer:request("INVITE", {body = peer:sdp("sendonly")})
  peer.socket:expect("^SIP/2%.0 491 ")
  peer:request("ACK")
  peer:reply(reinvite, "491 Request Pending")
  peer.socket:expect("^ACK ")
  local refused = t:now()
  local again = peer.socket:expect("^INVITE ", {within = 5}).data
  t:near(t:now() - refused, 3, 0.1, "the caller waits longer than the called (RFC 3261 §14.1)")
  peer:reply(again, "200 OK", peer:contact(), peer:sdp())
  peer.socket:expect("^ACK ")
  door:expect_state("talking")
end)

scenario("a caller that promised to refresh and does not is hung up", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["door.talk_min"] = "permanent", ["sip.media_timeout_s"] = 0}
  local answer = peer:call(door, "Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n")
  t:equal(header(answer, "Session-Expires"), "120;refresher=uac")
  t:equal(header(answer, "Require"), "timer")
  local begun = t:now()
  t:wait(80)
  peer:request("UPDATE", {headers = "Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n"})
  t:equal(header(peer.socket:expect("^SIP/2%.0 200 ").data, "Session-Expires"), "120;refresher=uac")
  door:expect_event("call_end", {within = 100})
  t:near(t:now() - begun, 80 + 120 - 32, 0.1, "32 s before the session's end")
  peer.socket:expect("^BYE ")
end)

scenario("a called phone that promised to refresh and does not is hung up", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["door.talk_min"] = "permanent",
    ["sip.media_timeout_s"] = 0}
  door:press()
  peer:answer(door, "Session-Expires: 90;refresher=uas\r\n")
  local begun = t:now()
  door:expect_event("call_end", {within = 70})
  t:near(t:now() - begun, 60, 0.1, "a third before the session's end")
  peer.socket:expect("^BYE ")
end)

scenario("a refresh through a PBX is repeated with the password; a phone that vanished is noticed", {req = {"SIP-10", "SIP-03"}},
  function(t)
  local pbx = t:pbx{users = {["100"] = "door", ["101"] = "phone"}}
  local phone = t:phone{pbx = pbx, user = "101"}
  pbx:expect_event("registered", {user = "101"})
  local door = t:door(pbx:account("100", {["button.day"] = "101", ["sip.session_s"] = 90, ["door.talk_min"] = "permanent",
    ["sip.media_timeout_s"] = 0}))
  door:expect_event("registration", {ok = true})
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:expect_state("talking")
  t:wait(20)
  pbx:forget_nonces()
  t:wait(600)
  t:equal(door:state(), "talking")
  t:ok(#t:sip_messages{method = "UPDATE", from = door, to = pbx} >= 26, "thirteen refreshes, each challenged once")
  t:link(phone, false)
  door:expect_event("call_end", {within = 80})
end)

scenario("where the caller does not say who refreshes, the door does", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["door.talk_min"] = "permanent", ["sip.media_timeout_s"] = 0}
  local answer = peer:call(door, "Allow: UPDATE\r\nSession-Expires: 100\r\n")
  t:equal(header(answer, "Session-Expires"), "100;refresher=uas")
  peer:reply(peer.socket:expect("^UPDATE ", {within = 51}).data, "200 OK", peer:contact())
  t:wait(300)                                     -- their 200 switched the timer off
  t:equal(#t:sip_messages{method = "UPDATE"}, 1)
  door:expect_state("talking")
end)

scenario("a session too short for the other side is asked for longer, once", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["sip.session_s"] = 90}
  peer.door = door
  door:press()
  peer:reply(peer.socket:expect("^INVITE ").data, "422 Session Interval Too Small", "Min-SE: 1200\r\n")
  peer.socket:expect("^ACK ")
  local invite = peer:answer(door, "Session-Expires: 1200;refresher=uas\r\n")
  t:equal(header(invite, "Session-Expires"), "1200;refresher=uac")
end)

scenario("a session shorter than 90 s is refused, no timer is asked for where the setting says none", {req = {"SIP-10"}}, function(t)
  local peer = raw(t)
  local door = t:door{["button.day"] = peer.uri, ["sup.message_button"] = false, ["sip.session_s"] = "none"}
  peer.door = door
  peer:request("INVITE", {body = peer:sdp(), headers = "Supported: timer\r\nSession-Expires: 60\r\n"})
  t:equal(header(peer.socket:expect("^SIP/2%.0 422 ").data, "Min-SE"), "90")
  peer:request("ACK")
  door:press()
  t:equal(header(peer.socket:expect("^INVITE ").data, "Session-Expires"), nil)
end)

-- --- Replaces ---

scenario("a call handed to another phone goes on there: sound and hold with it", {req = {"SIP-10"}}, function(t)
  local first, second = raw(t, "first"), t:phone{name = "second"}
  local door = t:door()
  first:call(door)
  local to = first.to:match(";tag=(.*)$")
  local call = second:dial(door.uri, {headers = "Require: replaces\r\nReplaces: raw@" .. first.host .. ";to-tag=" .. to ..
    ";from-tag=raw\r\n"})
  call:expect_answer{within = 1}
  first:reply(first.socket:expect("^BYE ").data, "200 OK")
  t:equal(door:state(), "talking")
  t:equal(#t:events(door, "call_end"), 0)
  door:play(440)
  call:expect_level{above = -30}
  call:dtmf("1")
  door:expect_event("digit", {via = "rfc4733"})
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("a Replaces of a call that is not, or only of an early one, leaves the call alone", {req = {"SIP-10"}}, function(t)
  local first, second = raw(t, "first"), t:phone{name = "second"}
  local door = t:door()
  first:call(door)
  local to = first.to:match(";tag=(.*)$")
  local id = "Replaces: raw@" .. first.host .. ";from-tag=raw"
  second:dial(door.uri, {headers = id .. ";to-tag=wrong\r\n"}):expect_close{code = 481}
  second:dial(door.uri, {headers = id .. ";early-only;to-tag=" .. to .. "\r\n"}):expect_close{code = 486}
  second:dial(door.uri, {headers = id .. "\r\n"}):expect_close{code = 400}
  t:equal(door:state(), "talking")
  first:request("BYE")
  door:expect_event("call_end", {cause = "remote"})
end)

-- --- early media, route sets ---

scenario("sound before the answer is heard at the door, and the answer goes on with it", {req = {"SIP-10", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  call:progress(183)
  door:expect_event("call_ringing", {code = 183})
  call:play(440)
  door:expect_level{above = -30}
  t:equal(door:state(), "calling")
  call:answer()
  door:expect_state("talking")
  door:expect_level{above = -30}
end)

scenario("requests in a call follow its route set, in both directions", {req = {"SIP-10", "SIP-03"}}, function(t)
  local pbx = t:pbx{users = {["100"] = "door", ["101"] = "phone"}, challenge = false}
  local phone = t:phone{pbx = pbx, user = "101"}
  pbx:expect_event("registered", {user = "101"})
  local door = t:door(pbx:account("100", {["button.day"] = "101"}))
  door:expect_event("registration", {ok = true})
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:expect_answer()
  call:hold(true)
  door:expect_state("held")
  call:hold(false)
  door:expect_state("talking")
  door:hangup()
  call:expect_close()
  for _, method in ipairs{"ACK", "BYE"} do
    t:equal(t:expect_sip{method = method, from = door}:header("Route"), "<" .. pbx.uri .. ":5060;lr>")
    for _, m in ipairs(t:sip_messages{method = method, from = door}) do t:equal(m.dst, pbx.address) end
  end
end)

-- --- commands of the VoIP API ---

scenario("each form of a contact that the manual names is called by command, and only that one", {req = {"SIP-11", "API-20", "CON-01"}},
  function(t)
  local phone, button = t:phone{name = "phone"}, t:phone{name = "button"}
  local host = phone.address:match("^[^:]+")
  local door = t:door{["button.day"] = button.uri}
  t:ok(door:add_contact{number = "1000@" .. host, surname = "first"})
  t:ok(door:add_contact{number = host, p2p = true, surname = "second"})
  for _, c in ipairs{
    {"1", "liste", "sip:1000@" .. host}, {"2", "liste", "sip:" .. host}, {"2 [sip:" .. host .. "]", "liste", "sip:" .. host},
    {"1 [1000@" .. host .. "]", "liste", "sip:1000@" .. host}, {host, "liste", "sip:" .. host}, {"1000@" .. host, "liste", "sip:1000@" .. host},
    {host, "libre", "sip:" .. host}, {"1000@" .. host, "libre", "sip:1000@" .. host}, {"sip:" .. host, "libre", "sip:" .. host},
  } do
    t:ok(door:call(c[1], c[2]), c[1] .. " of " .. c[2])
    door:expect_event("command", {command = "call", result = "ok"})
    door:expect_event("call_out", {to = c[3], reason = "", contact = 1})
    local call = phone:expect_call()
    call:answer()
    door:expect_state("talking")
    t:ok(door:hangup())
    door:expect_event("call_end", {cause = "command"})
    call:expect_close()
  end
  button:expect_no_call()
end)

scenario("a call by command reports nothing: no alarm message, no identity of a reason, no frame", {req = {"SIP-11", "API-20", "SUP-02", "SUP-10"}},
  function(t)
  local phone = t:phone()
  local door = t:door{identity = "123456789", ["relay1.code1"] = "4242"}
  t:ok(door:call(phone.uri, "libre"))
  local call = phone:expect_call{from = "ipacGap"}
  call:answer()
  call:expect_answer()
  call:dtmf("C")
  t:wait(12)
  t:equal(#t:events(door, "sup_start"), 0)
  t:equal(#t:events(door, "message_out"), 0)
  call:dtmf("4242")
  door:expect_relay(1, "on", {within = 2})
end)

scenario("a called contact that refuses or does not answer ends a command, without words to a visitor", {req = {"SIP-11", "API-20", "DOOR-03"}},
  function(t)
  local phone = t:phone()
  local door = t:door{["door.ring_s"] = 10, ["relay2.function"] = "line"}
  t:ok(door:call(phone.uri, "libre"))
  local on = door:expect_relay(2, "on")
  phone:expect_call()
  door:expect_event("call_failed", {cause = "no answer", within = 11})
  door:expect_event("unavailable", {reason = ""})
  door:expect_relay(2, "off", {after = on, exactly = 10, tol = 0.02})
  t:ok(door:call(phone.uri, "libre"))
  phone:expect_call():reject(486)
  local failed = door:expect_event("call_failed", {code = 486})
  t:equal(door:expect_event("unavailable", {reason = ""}).t, failed.t, "there is no next contact to wait for")
  t:equal(#t:events(door, "announce"), 0)
  door:expect_state("idle")
end)

scenario("a number is called by its account, by command too", {req = {"SIP-11", "API-20", "SUP-03", "CON-01"}}, function(t)
  local pbx = t:pbx{users = {["100"] = "door", ["101"] = "phone"}, challenge = false}
  local phone = t:phone{pbx = pbx, user = "101"}
  pbx:expect_event("registered", {user = "101"})
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = true})
  t:ok(door:add_contact{number = "101", account = 1})
  for _, c in ipairs{{"1", "liste"}, {"101", "libre"}, {"1 [101]", "liste"}} do
    t:ok(door:call(c[1], c[2]))
    phone:expect_call{from = "100"}
    door:hangup()
    door:expect_event("call_end")
  end
end)

scenario("what is no contact, or none any more, is refused and calls nobody", {req = {"SIP-11", "API-20"}}, function(t)
  local phone = t:phone()
  local door = t:door()
  t:ok(door:add_contact{number = phone.address:match("^[^:]+")})
  t:ok(door:add_contact{number = "101", account = 2})
  for _, c in ipairs{
    {"3", "liste", "ENOENT"}, {"0", "liste", "ENOENT"}, {"99999999999999999999", "liste", "ENOENT"}, {"1 [sip:10.0.0.9]", "liste", "ENOENT"},
    {"1 [", "liste", "EINVAL"}, {"1 []", "liste", "ENOENT"}, {"1 x", "liste", "EINVAL"}, {"", "liste", "EINVAL"}, {"1 ", "liste", "EINVAL"},
    {"10.0.0.9", "liste", "ENOENT"}, {"nobody@10.0.0.9", "liste", "ENOENT"}, {"2", "liste", "ENOENT"},
    {"", "libre", "EINVAL"}, {"a b", "libre", "EINVAL"}, {"4 [sip:10.0.0.9]", "libre", "EINVAL"}, {"101", "libre", "ENOENT"},
    {"sip:10.0.0.9\r\nVia: x", "libre", "EINVAL"}, {("1"):rep(300), "libre", "EINVAL"}, {"1,2", "libre", "EINVAL"},
    {"1", "ldap", "ENOENT"}, {"x y", "ldap", "EINVAL"}, {"1", "list", "EINVAL"}, {"1", "", "EINVAL"},
  } do
    local ok, name = door:call(c[1], c[2])
    t:equal(ok, nil, c[1] .. " of " .. c[2])
    t:equal(name, c[3], c[1] .. " of " .. c[2])
  end
  t:equal(door:state(), "idle")
  t:equal(#t:events(door, "command"), 0)
  phone:expect_no_call()
end)

scenario("a command to call is refused while the line is not free, also in the same moment", {req = {"SIP-11", "API-20"}}, function(t)
  local phone, other = t:phone{name = "phone"}, t:phone{name = "other"}
  local door = t:door{["button.day"] = phone.uri, ["door.answer_s"] = "manual"}
  t:ok(door:call(phone.uri, "libre"))
  local _, name = door:call(other.uri, "libre")
  t:equal(name, "EBUSY")
  local call = phone:expect_call()
  _, name = door:call(other.uri, "libre")
  t:equal(name, "EBUSY")
  call:answer()
  door:expect_state("talking")
  _, name = door:call(other.uri, "libre")
  t:equal(name, "EBUSY")
  door:hangup()
  door:expect_state("idle")
  local incoming = phone:dial(door.uri)
  door:expect_state("ringing")
  _, name = door:call(other.uri, "libre")
  t:equal(name, "EBUSY")
  other:expect_no_call()
  incoming:hangup()
end)

scenario("a command answers the call that rings, however it would have been answered", {req = {"SIP-11", "API-20", "DOOR-02"}}, function(t)
  local phone = t:phone()
  local door = t:door()
  for _, mode in ipairs{"manual", "9"} do
    t:ok(door:set("door.answer_s", mode))
    local call = phone:dial(door.uri)
    door:expect_state("ringing")
    t:wait(2)
    t:ok(door:answer())
    local _, again = door:answer()
    t:equal(again, "EBUSY")
    door:expect_event("command", {command = "answer", result = "ok"})
    call:expect_answer{within = 1}
    door:expect_state("talking")
    t:wait(10)
    t:equal(#t:events(door, "call_answered"), mode == "manual" and 1 or 2)
    t:ok(door:hangup())
    call:expect_close()
    door:expect_state("idle")
  end
end)

scenario("there is nothing to answer when nothing rings, and no call is none to end", {req = {"SIP-11", "API-20"}}, function(t)
  local phone = t:phone()
  local door = t:door()
  local ok, name = door:answer()
  t:equal(ok, nil)
  t:equal(name, "EBUSY")
  t:ok(door:hangup())
  t:ok(door:call(phone.uri, "libre"))
  local call = phone:expect_call()
  _, name = door:answer()
  t:equal(name, "EBUSY")
  call:answer()
  door:expect_state("talking")
  _, name = door:answer()
  t:equal(name, "EBUSY")
  t:equal(#t:events(door, "command"), 1)
end)

scenario("a command ends each kind of call: outgoing, ringing in, in communication, on hold, between two contacts",
  {req = {"SIP-11", "API-20", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri .. ",sip:10.77.9.9", ["door.answer_s"] = "manual"}
  door:press()
  local call = phone:expect_call()
  t:ok(door:hangup())
  call:expect_close()
  door:expect_state("idle")
  call = phone:dial(door.uri)
  door:expect_state("ringing")
  t:ok(door:hangup())
  call:expect_close{code = 480}
  door:expect_state("idle")
  door:press()
  call = phone:expect_call()
  call:answer()
  call:expect_answer()
  call:hold(true)
  door:expect_state("held")
  t:ok(door:hangup())
  call:expect_close()
  door:expect_state("idle")
  door:press()
  phone:expect_call():reject(486)
  door:expect_state("waiting")
  t:ok(door:hangup())
  door:expect_state("idle")
  t:wait(60)
  t:equal(#t:events(door, "call_out"), 3)
end)

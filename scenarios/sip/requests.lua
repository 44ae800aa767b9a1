-- Requests by hand: what the door serves, what it refuses, and that it lives on (SIP-01, SIP-10, SUP-10)

-- One request as text; `extra` are header lines with their line ends
local branch = 0
local function request(method, socket, door, extra, body)
  branch = branch + 1
  body = body or ""
  return table.concat{
    method, " ", door.uri, " SIP/2.0\r\n",
    "Via: SIP/2.0/UDP ", socket.address, ";branch=z9hG4bK", method, branch, "\r\n",
    "From: <sip:tester@", socket.address, ">;tag=f", branch, "\r\nTo: <", door.uri, ">\r\n",
    "Call-ID: c", branch, "@tester\r\nCSeq: 1 ", method, "\r\nMax-Forwards: 70\r\n",
    "Contact: <sip:tester@", socket.address, ">\r\n", extra or "", "Content-Length: ", #body, "\r\n\r\n", body}
end

local function sdp(host, formats)
  return "v=0\r\no=tester 1 1 IN IP4 " .. host .. "\r\ns=-\r\nc=IN IP4 " .. host .. "\r\nt=0 0\r\nm=audio 9000 RTP/AVP " .. formats .. "\r\n"
end

local SDP = "Content-Type: application/sdp\r\n"

-- The proof after each trial: somebody calls, talks, hangs up
local function still_works(t, door)
  local call = t:phone{name = "proof"}:dial(door.uri)
  call:expect_answer{within = 1}
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
  door:expect_state("idle")
end

scenario("OPTIONS tells what the door serves", {req = {"SIP-10", "SIP-01"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  socket:send(request("OPTIONS", socket, door), door)
  local answer = socket:expect("^SIP/2%.0 200 ").data
  for _, m in ipairs{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "MESSAGE", "UPDATE"} do
    t:match(answer, "\r\nAllow:[^\r]*" .. m)
  end
  t:match(answer, "\r\nAccept:[^\r]*application/sdp")
  t:match(answer, "\r\nSupported: replaces, timer\r")
  t:ok(not answer:find("REFER"), "a door does not call whom a caller names")
  still_works(t, door)
end)

scenario("OPTIONS is answered in the middle of a call too", {req = {"SIP-10"}}, function(t)
  local socket, phone = t:sip_socket(), t:phone()
  local door = t:door()
  phone:dial(door.uri):expect_answer()
  socket:send(request("OPTIONS", socket, door), door)
  socket:expect("^SIP/2%.0 200 ")
  door:expect_state("talking")
end)

for _, r in ipairs{{"PUBLISH", 405}, {"SUBSCRIBE", 405}, {"UPDATE", 481}, {"REGISTER", 405}, {"DANCE", 501}, {"REFER", 603},
                   {"INFO", 481}, {"BYE", 481}, {"CANCEL", 481}} do
  local method, code = table.unpack(r)
  scenario("a " .. method .. " outside a call gets " .. code,
    {req = {"SIP-10", "SIP-01"}}, function(t)
    local socket = t:sip_socket()
    local door   = t:door()
    socket:send(request(method, socket, door), door)
    local answer = socket:expect("^SIP/2%.0 %d").data
    t:match(answer, "^SIP/2%.0 " .. code .. " ")
    if code == 405 or code == 501 then t:match(answer, "\r\nAllow:[^\r]*INVITE") end
    still_works(t, door)
  end)
end

scenario("an INVITE without a codec of ours gets 488", {req = {"SIP-05"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  socket:send(request("INVITE", socket, door, SDP, sdp("10.77.0.1", "96\r\na=rtpmap:96 opus/48000/2")), door)
  socket:expect("^SIP/2%.0 488 ")
  door:expect_event("sip_refused", {method = "INVITE", code = 488})
  t:equal(#t:events(door, "call_in"), 0, "calls")
  still_works(t, door)
end)

scenario("an INVITE without SDP is answered with our offer, the ACK carries theirs",
  {req = {"SIP-01", "SIP-05"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  local host   = socket.address:match("^[^:]+")
  socket:send(request("INVITE", socket, door), door)
  local answer = socket:expect("^SIP/2%.0 200 ").data
  t:match(answer, "\r\nm=audio %d+ RTP/AVP 8 0 ")
  local to = answer:match("\r\nTo: ([^\r]*)")
  local ack = request("ACK", socket, door, SDP, sdp(host, "0")):gsub("To: [^\r]*", function() return "To: " .. to end)
  ack = ack:gsub("From: [^\r]*", function() return "From: " .. answer:match("\r\nFrom: ([^\r]*)") end)
  ack = ack:gsub("Call%-ID: [^\r]*", function() return "Call-ID: " .. answer:match("\r\nCall%-ID: ([^\r]*)") end)
  socket:send(ack, door)
  door:expect_state("talking")
  door:expect_event("media", {codec = "PCMU"})
  door:hangup()
  socket:expect("^BYE ")
end)

local garbage = {
  {"an empty datagram", function() return "" end},
  {"two line ends, a keep-alive", function() return "\r\n\r\n" end},
  {"noise", function(t) local s = {}; for i = 1, 600 do s[i] = string.char(t:random(256) - 1) end; return table.concat(s) end},
  {"zeros", function() return ("\0"):rep(1200) end},
  {"an INVITE cut in its first line", function(_, s, d) return request("INVITE", s, d):sub(1, 12) end},
  {"an INVITE cut in its headers", function(_, s, d) return request("INVITE", s, d):sub(1, 120) end},
  {"an INVITE whose body is shorter than it says", function(_, s, d)
    return request("INVITE", s, d, SDP, sdp("10.77.0.1", "8")):sub(1, -30)
  end},
  {"an INVITE whose SDP is nonsense", function(_, s, d) return request("INVITE", s, d, SDP, "what a lovely day\r\n") end},
  {"an INVITE whose SDP has no address", function(_, s, d)
    return request("INVITE", s, d, SDP, "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\nm=audio 9000 RTP/AVP 8\r\n")
  end},
  {"an INVITE without Contact", function(_, s, d)
    return (request("INVITE", s, d, SDP, sdp("10.77.0.1", "8")):gsub("Contact: [^\r]*\r\n", ""))
  end},
  {"a request without From", function(_, s, d) return (request("OPTIONS", s, d):gsub("From: [^\r]*\r\n", "")) end},
  {"a request without Via", function(_, s, d) return (request("OPTIONS", s, d):gsub("Via: [^\r]*\r\n", "")) end},
  {"a header of 20,000 characters", function(_, s, d) return request("OPTIONS", s, d, "X-Long: " .. ("x"):rep(20000) .. "\r\n") end},
  {"a thousand headers", function(_, s, d) return request("OPTIONS", s, d, ("X-Many: y\r\n"):rep(1000)) end},
  {"a negative Content-Length", function(_, s, d) return (request("OPTIONS", s, d):gsub("Length: 0", "Length: -1")) end},
  {"a CSeq of twenty digits", function(_, s, d) return (request("OPTIONS", s, d):gsub("CSeq: 1", "CSeq: 99999999999999999999")) end},
  {"an answer to nothing", function(_, s, d) return (request("OPTIONS", s, d):gsub("^[^\r]*", "SIP/2.0 200 OK")) end},
  {"an answer with code 999", function(_, s, d) return (request("OPTIONS", s, d):gsub("^[^\r]*", "SIP/2.0 999 What")) end},
  {"a request of another protocol", function() return "GET / HTTP/1.1\r\nHost: door\r\n\r\n" end},
}

for _, g in ipairs(garbage) do
  local name, make = table.unpack(g)
  scenario("the door lives on after " .. name, {req = {"SIP-01"}}, function(t)
    local socket = t:sip_socket()
    local door   = t:door()
    socket:send(make(t, socket, door), door)
    t:wait(1)
    door:expect_state("idle")
    still_works(t, door)
  end)
end

scenario("garbage in the middle of a call does not disturb it", {req = {"SIP-01"}}, function(t)
  local socket, phone = t:sip_socket(), t:phone()
  local door = t:door{["relay1.code1"] = "4242"}
  local call = phone:dial(door.uri)
  call:expect_answer()
  for _, g in ipairs(garbage) do socket:send(g[2](t, socket, door), door) end
  t:wait(1)
  call:dtmf("4242")
  door:expect_relay(1, "on")
  door:expect_state("talking")
end)

scenario("a request that requires an extension gets 420", {req = {"SIP-01"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  socket:send(request("INVITE", socket, door, "Require: 100rel\r\n"), door)
  t:match(socket:expect("^SIP/2%.0 420 ").data, "\r\nUnsupported: 100rel")
  still_works(t, door)
end)

scenario("a body that is no SDP gets 415", {req = {"SIP-01"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  socket:send(request("INVITE", socket, door, "Content-Type: text/plain\r\n", "hello"), door)
  t:match(socket:expect("^SIP/2%.0 415 ").data, "\r\nAccept: application/sdp")
  still_works(t, door)
end)

scenario("a MESSAGE to the door is an event", {req = {"SUP-10"}}, function(t)
  local phone = t:phone()
  local door  = t:door()
  phone:message(door.uri, "good morning")
  door:expect_event("message_in", {body = "good morning", from = "sip:receiver@" .. phone.address:match("^[^:]+")})
  phone:expect_event("message_result", {code = 200})
  still_works(t, door)
end)

scenario("a MESSAGE that is no text gets 415, one too long 413", {req = {"SUP-10"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  socket:send(request("MESSAGE", socket, door, "Content-Type: image/png\r\n", "x"), door)
  socket:expect("^SIP/2%.0 415 ")
  socket:send(request("MESSAGE", socket, door, "Content-Type: text/plain\r\n", ("x"):rep(60000)), door)
  socket:expect("^SIP/2%.0 413 ")
  t:equal(#t:events(door, "message_in"), 0, "messages taken")
  still_works(t, door)
end)

scenario("control characters in a MESSAGE do not reach the events", {req = {"SUP-10"}}, function(t)
  local socket = t:sip_socket()
  local door   = t:door()
  socket:send(request("MESSAGE", socket, door, "Content-Type: text/plain\r\n", "a\1\27[2Jb\255c"), door)
  t:equal(door:expect_event("message_in").body, "a??[2Jb?c")
end)

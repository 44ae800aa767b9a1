-- The MESSAGE beside the call, and other SIP that goes astray (SUP-10, SIP-10)

local story = include("story.lua")
local line = story.line("MESSAGE and SIP")
local BODY = "identity=123456789 ;product=81 ;alerte=%02d"

local function expect_ok(t, door)
  local r = door:expect_event("message_result", {within = 35})
  t:equal(r.code, 200, "the answer to the MESSAGE")
end

-- a whole report by DTMF in the same call
local function call(t, rx, reason)
  local door = story.door(t, {reason = reason or "mains"})
  return door, function()
    door:dial(rx)
    door:expect_answer{within = story.limit.answer}
    door:expect_dtmf("C", {within = story.limit.c})
    story.report(t, door, reason or "mains")
  end
end

line("a MESSAGE before the INVITE is taken",
  {req = {"SUP-10"}, fault = "The MESSAGE comes a second before the INVITE", should = "Answer 200, and serve the call as ever"},
  function(t, rx)
  local door, go = call(t, rx)
  door:message(rx, BODY:format(12))
  expect_ok(t, door)
  t:wait(1)
  go()
  story.expect_alarm(t, rx, {via = "message", result = "message", alerte = 12, identity = story.identity})
end)

line("a MESSAGE with the INVITE is taken",
  {req = {"SUP-10"}, fault = "Nothing: the MESSAGE comes in the same moment as the INVITE", should = "Answer both"}, function(t, rx)
  local door = story.door(t, {reason = "mains"})
  door:dial(rx)
  door:message(rx, BODY:format(12))
  expect_ok(t, door)
  door:expect_answer{within = story.limit.answer}
  door:expect_dtmf("C", {within = story.limit.c})
  story.report(t, door, "mains")
  story.expect_alarm(t, rx, {via = "message", result = "message", alerte = 12})
end)

line("a MESSAGE in the middle of the call is taken",
  {req = {"SUP-10"}, fault = "The MESSAGE comes while the frame is sent", should = "Answer 200, and acknowledge the frame"}, function(t, rx)
  local door = story.asked(t, rx, {reason = "mains"})
  t:spawn(function() t:wait(1) door:message(rx, BODY:format(12)) end)
  story.report(t, door, "mains")
  expect_ok(t, door)
end)

line("a MESSAGE without a call is taken",
  {req = {"SUP-10"}, fault = "A MESSAGE and no call", should = "Answer 200"}, function(t, rx)
  local door = story.door(t, {reason = "test"})
  door:message(rx, BODY:format(4))
  expect_ok(t, door)
  story.expect_alarm(t, rx, {via = "message", result = "message", alerte = 4})
end)

for _, alert in ipairs{1, 4, 11, 12, 17, 18, 404} do
  line("alert " .. alert .. " is taken",
    {req = {"SUP-10"}, fault = "A MESSAGE with alerte=" .. string.format("%02d", alert), should = "Answer 200"}, function(t, rx)
    local door = story.door(t, {reason = "test"})
    door:message(rx, BODY:format(alert))
    expect_ok(t, door)
    story.expect_alarm(t, rx, {via = "message", alerte = alert, identity = story.identity})
  end)
end

for _, b in ipairs{{"no space before the semicolons", "identity=123456789;product=81;alerte=12"},
                   {"spaces around everything", " identity = 123456789 ; product = 81 ; alerte = 12 "},
                   {"a line end behind it", "identity=123456789 ;product=81 ;alerte=12\r\n"}} do
  local what, body = table.unpack(b)
  line("a MESSAGE with " .. what .. " is taken",
    {req = {"SUP-10"}, fault = "A MESSAGE with " .. what, should = "Answer 200, and read it leniently"}, function(t, rx)
    local door = story.door(t)
    door:message(rx, body)
    expect_ok(t, door)
    story.expect_alarm(t, rx, {via = "message", result = "message", alerte = 12, identity = story.identity})
  end)
end

-- what is no alarm may be refused, but it is answered, and the next call is served
for _, m in ipairs{{"an empty body", ""}, {"a body that is no alarm", "hello"}, {"an identity that is no number", "identity=ABC ;product=81 ;alerte=12"},
                   {"an alert out of range", "identity=123456789 ;product=81 ;alerte=99999"},
                   {"4,000 characters", ("identity=123456789 ;"):rep(200)},
                   {"characters that are no text", "identity=\1\2\200\255 ;product=81 ;alerte=12"},
                   {"a body of another type", "<a/>", "application/xml"}} do
  local what, body, kind = table.unpack(m)
  line("a MESSAGE with " .. what .. " does no harm",
    {req = {"SUP-10"}, fault = "A malformed MESSAGE: " .. what, should = "Answer 200 or 4xx within 5 s; serve the call that follows"},
    function(t, rx)
    local door, go = call(t, rx)
    door:message(rx, body, {type = kind})
    local r = door:expect_event("message_result", {within = 5})
    t:ok(r.code == 200 or (r.code >= 400 and r.code < 500), "the MESSAGE was answered by " .. r.code .. "; 200 or 4xx")
    go()
  end)
end

-- --- by hand, datagram by datagram

local function request(t, socket, rx, method, more, body)
  local branch = t:random(1000000)
  return table.concat({method .. " " .. rx.uri .. " SIP/2.0",
    "Via: SIP/2.0/UDP " .. socket.address .. ";branch=z9hG4bK" .. branch .. ";rport", "Max-Forwards: 70",
    "From: <sip:" .. story.user("test") .. "@" .. socket.address .. ">;tag=a" .. branch, "To: <" .. rx.uri .. ">",
    "Call-ID: " .. branch .. "@catalogue", "CSeq: 1 " .. method, "Contact: <sip:" .. story.user("test") .. "@" .. socket.address .. ">",
    more or "Content-Type: text/plain", "Content-Length: " .. #body, "", body}, "\r\n")
end

line("a MESSAGE that is repeated is answered again, and counts once",
  {req = {"SUP-10", "SIP-01"}, fault = "The MESSAGE is retransmitted: the door has not heard the 200",
   should = "Answer each copy by the same 200; one alarm"}, function(t, rx)
  local socket = t:sip_socket{name = "door"}
  local text = request(t, socket, rx, "MESSAGE", nil, BODY:format(4))
  for _ = 1, 3 do
    socket:send(text, rx.address)
    socket:expect("^SIP/2.0 200")
    t:wait(0.5)
  end
  if rx.own then
    local n = 0
    for _, e in ipairs(t:events(rx.own, "alarm")) do if e.via == "message" then n = n + 1 end end
    t:equal(n, 1, "alarms")
  end
end)

line("an INVITE that is repeated is one call",
  {req = {"SIP-01", "SIP-10"}, fault = "The INVITE is retransmitted: the door has heard nothing",
   should = "Answer, but take it for one call"}, function(t, rx)
  local socket = t:sip_socket{name = "door"}
  local sdp = "v=0\r\no=- 1 1 IN IP4 " .. socket.address:match("^(.-):%d+$") .. "\r\ns=-\r\nc=IN IP4 " ..
    socket.address:match("^(.-):%d+$") .. "\r\nt=0 0\r\nm=audio 41000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n" ..
    "a=rtpmap:101 telephone-event/8000\r\n"
  local text = request(t, socket, rx, "INVITE", "Content-Type: application/sdp", sdp)
  for _ = 1, 3 do
    socket:send(text, rx.address)
    t:wait(0.2)
  end
  local ok = socket:expect("^SIP/2.0 200", {within = story.limit.answer})
  local tag = ok.data:match("\r\nTo:[^\r\n]-;tag=([^;\r\n]+)") or ok.data:match("\r\nt:[^\r\n]-;tag=([^;\r\n]+)")
  t:ok(tag, "the 200 has no tag in To; a tag")
  local function in_dialog(method, n)
    return (text:gsub("\r\n\r\n.*$", "\r\n\r\n"):gsub("^INVITE", method):gsub("CSeq: 1 INVITE", "CSeq: " .. n .. " " .. method)
      :gsub("(To: <[^>]*>)", "%1;tag=" .. tag:gsub("%%", "%%%%")):gsub("Content%-Type: [^\r]*\r\n", "")
      :gsub("Content%-Length: %d+", "Content-Length: 0"):gsub("branch=z9hG4bK", "branch=z9hG4bK" .. method))
  end
  socket:send(in_dialog("ACK", 1), rx.address)
  t:wait(1)
  socket:send(in_dialog("BYE", 2), rx.address)
  socket:expect("^SIP/2.0 200.-CSeq: 2 BYE")
  for _, e in ipairs(t:events(socket, "datagram")) do
    local other = e.data:match("^SIP/2.0 200.-\r\nTo:[^\r\n]-;tag=([^;\r\n]+)")
    t:ok(not other or other == tag, "two calls were made of one INVITE; the tags")
  end
  story.next_call(t, rx)
end)

for _, g in ipairs{{"no SIP at all", "\0\1\2 this is no SIP \255\254"}, {"a request without headers", "MESSAGE sip:x SIP/2.0\r\n\r\n"},
                   {"a Content-Length that is too long", "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 9999\r\n\r\nshort"},
                   {"a From of 3,000 characters", "MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 1.2.3.4;branch=z9hG4bKy\r\nFrom: <sip:" .. ("9"):rep(3000) .. "@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 2\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"}} do
  local what, text = table.unpack(g)
  line("a datagram with " .. what .. " does no harm",
    {req = {"SIP-01"}, fault = "A datagram with " .. what .. " comes to the SIP port", should = "Live on: serve the call that follows"},
    function(t, rx)
    local socket = t:sip_socket{name = "stranger"}
    for _ = 1, 3 do socket:send(text, rx.address) end
    t:wait(0.5)
    story.next_call(t, rx)
  end)
end

line("OPTIONS is answered",
  {req = {"SIP-10"}, fault = "A door asks by OPTIONS whether the receiver lives", should = "Answer within 5 s, by whatever code"},
  function(t, rx)
  local socket = t:sip_socket{name = "door"}
  socket:send(request(t, socket, rx, "OPTIONS", "Accept: application/sdp", ""), rx.address)
  socket:expect("^SIP/2.0 %d%d%d")
end)

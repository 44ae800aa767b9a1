-- Peers that do odd things, written by hand on a raw socket (SIP-01, SIP-10, DOOR-03, SUP-20)

-- A phone of raw text.  Its calls are made and answered line by line.
local Raw = {}
Raw.__index = Raw

local function raw(t, door)
  local socket = t:sip_socket{name = "raw"}
  return setmetatable({t = t, socket = socket, address = socket.address, host = socket.address:match("^[^:]+"), door = door, cseq = 0}, Raw)
end

function Raw:sdp(direction, connection)
  return "v=0\r\no=raw 1 1 IN IP4 " .. self.host .. "\r\ns=-\r\nc=IN IP4 " .. (connection or self.host) ..
         "\r\nt=0 0\r\nm=audio 9000 RTP/AVP 8\r\na=" .. (direction or "sendrecv") .. "\r\n"
end

-- A request of the raw phone's one dialog; `to` is the door's To once it is known
function Raw:request(method, body)
  if method ~= "ACK" then self.cseq = self.cseq + 1 end
  body = body or ""
  self.socket:send(table.concat{
    method, " ", self.door.uri, " SIP/2.0\r\nVia: SIP/2.0/UDP ", self.address, ";branch=z9hG4bK", method, self.cseq,
    "\r\nFrom: <sip:raw@", self.host, ">;tag=raw\r\nTo: ", self.to or "<" .. self.door.uri .. ">",
    "\r\nCall-ID: raw@", self.host, "\r\nCSeq: ", self.cseq, " ", method, "\r\nContact: <sip:raw@", self.address, ">\r\n",
    #body > 0 and "Content-Type: application/sdp\r\n" or "", "Content-Length: ", #body, "\r\n\r\n", body}, self.door)
end

-- A reply to a request of the door
function Raw:reply(request, status, headers, body)
  local out = {"SIP/2.0 ", status, "\r\n"}
  for _, name in ipairs{"Via", "From", "To", "Call%-ID", "CSeq"} do
    out[#out + 1] = request:match("\r\n(" .. name .. ":[^\r]*)\r\n") .. (name == "To" and ";tag=raw" or "") .. "\r\n"
  end
  body = body or ""
  self.socket:send(table.concat(out) .. (headers or "") .. "Content-Length: " .. #body .. "\r\n\r\n" .. body, self.door)
end

function Raw:call()
  self:request("INVITE", self:sdp())
  local answer = self.socket:expect("^SIP/2%.0 200 ").data
  self.to = answer:match("\r\nTo: ([^\r]*)")
  self:request("ACK")
  self.door:expect_state("talking")
end

for _, h in ipairs{{"inactive", "inactive"}, {"sendonly", "sendonly"}, {"the address 0.0.0.0", "sendrecv", "0.0.0.0"}} do
  local name, direction, connection = table.unpack(h)
  scenario("a hold by " .. name .. " is shown, and taken back",
    {req = {"SIP-10", "HW-02"}}, function(t)
    local door = t:door{["door.boot_ms"] = 0}
    local peer = raw(t, door)
    peer:call()
    peer:request("INVITE", peer:sdp(direction, connection))
    peer.socket:expect("^SIP/2%.0 200 .*CSeq: 2 ")
    peer:request("ACK")
    door:expect_state("held")
    door:expect_light("talk", "green", {blink = true})
    t:wait(45)                                     -- no sound at all, and yet no reason to hang up
    door:expect_state("held")
    peer:request("INVITE", peer:sdp())
    peer.socket:expect("^SIP/2%.0 200 .*CSeq: 3 ")
    peer:request("ACK")
    door:expect_state("talking")
    door:expect_light("talk", "green")
    peer:request("BYE")
    peer.socket:expect("^SIP/2%.0 200 .*CSeq: 4 ")
    door:expect_event("call_end", {cause = "remote"})
  end)
end

scenario("a change of the call to a codec we have not is refused, the call goes on",
  {req = {"SIP-05", "SIP-10"}}, function(t)
  local door = t:door()
  local peer = raw(t, door)
  peer:call()
  peer:request("INVITE", (peer:sdp():gsub("AVP 8", "AVP 96")))
  peer.socket:expect("^SIP/2%.0 [45]%d%d .*CSeq: 2 ")
  peer:request("ACK")
  t:wait(1)
  door:expect_state("talking")
  peer:request("BYE")
  peer.socket:expect("^SIP/2%.0 200 .*CSeq: 3 ")
end)

scenario("a caller that never acknowledges is given up", {req = {"SIP-01", "DOOR-02"}}, function(t)
  local door = t:door()
  local peer = raw(t, door)
  peer:request("INVITE", peer:sdp())
  peer.socket:expect("^SIP/2%.0 200 ")
  door:expect_event("call_end", {within = 40})
  door:expect_state("idle")
  t:ok(#t:sip_messages{code = 200, from = door} >= 7, "the 200 is sent again and again")
end)

scenario("an INVITE sent four times is one call", {req = {"SIP-01"}}, function(t)
  local door = t:door{["door.answer_s"] = 1}
  local peer = raw(t, door)
  for _ = 1, 4 do
    peer:request("INVITE", peer:sdp())
    peer.cseq = 0
    t:wait(0.1)
  end
  peer.cseq = 1
  local answer = peer.socket:expect("^SIP/2%.0 200 ").data
  peer.to = answer:match("\r\nTo: ([^\r]*)")
  peer:request("ACK")
  door:expect_state("talking")
  t:equal(#t:events(door, "call_in"), 1, "calls")
  t:equal(#t:events(door, "call_refused"), 0, "refused calls")
end)

scenario("a BYE with a wrong tag does not end the call", {req = {"SIP-01"}}, function(t)
  local door = t:door()
  local peer = raw(t, door)
  peer:call()
  local to = peer.to
  peer.to = to:gsub(";tag=.*", ";tag=nonsense")
  peer:request("BYE")
  peer.socket:expect("^SIP/2%.0 481 ")
  door:expect_state("talking")
  peer.to = to
  peer:request("BYE")
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("a redirection is followed to the address it names",
  {req = {"SIP-01", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local socket = t:sip_socket{name = "old"}
  local door = t:door{["button.day"] = "sip:" .. socket.address}
  t:spawn(function()
    local m = socket:expect("^INVITE ").data
    local peer = setmetatable({socket = socket, door = door}, Raw)
    peer:reply(m, "302 Moved Temporarily", "Contact: <" .. phone.uri .. ">\r\n")
  end)
  door:press()
  phone:expect_call{from = "000000000_bouton_appel"}:answer()
  door:expect_event("call_answered")
end)

scenario("a phone that only ever says Trying is given up after T",
  {req = {"DOOR-03", "SIP-01"}}, function(t)
  local second = t:phone{name = "second"}
  local socket = t:sip_socket{name = "slow"}
  local door = t:door{["button.day"] = "sip:" .. socket.address .. "," .. second.uri, ["door.ring_s"] = 10}
  door:press()
  local peer = setmetatable({socket = socket, door = door}, Raw)
  peer:reply(socket:expect("^INVITE ").data, "100 Trying")
  second:expect_call{within = 11}:answer()
  door:expect_event("call_answered", {call = 2})
end)

scenario("twenty callers at once: one talks, nineteen hear busy", {req = {"SIP-10"}}, function(t)
  local door, calls = t:door(), {}
  for i = 1, 20 do calls[i] = t:phone{name = "p" .. i}:dial(door.uri) end
  t:wait(2)
  local up, busy = 0, 0
  for i = 1, 20 do
    if calls[i]:is_over() then
      calls[i]:expect_close{code = 486}
      busy = busy + 1
    else
      calls[i]:expect_answer()
      up = up + 1
    end
  end
  t:equal(up, 1, "calls answered")
  t:equal(busy, 19, "calls refused")
  door:expect_state("talking")
end)

scenario("a hold in the middle of the frame only interrupts it",
  {req = {"SUP-20", "SIP-10"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "123456789", ["button.day"] = rx.uri}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:expect_answer()
  call:dtmf("C")
  t:wait(1)
  call:hold(true)
  door:expect_state("held")
  t:wait(20)
  call:hold(false)
  door:expect_state("talking")
  t:equal(call:expect_frame().text, "9810101123456789C")
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
  door:expect_event("sup_end", {result = "ok"})
end)

scenario("the list is emptied while a contact rings: the call goes on",
  {req = {"DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = first.uri .. "," .. second.uri, ["door.ring_s"] = 10}
  door:press()
  first:expect_call()
  local call = second:expect_call{within = 11}
  t:ok(door:set("button.day", ""))
  call:answer()
  door:expect_event("call_answered")
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
end)

for _, moment in ipairs{"calling", "ringing"} do
  scenario("both supplies are lost while the door is " .. moment,
    {req = {"HW-05", "SIM-03"}}, function(t)
    local phone = t:phone()
    local door  = t:door{["button.day"] = phone.uri, ["door.answer_s"] = "manual"}
    if moment == "calling" then
      door:press()
      phone:expect_call()
    else
      phone:dial(door.uri):expect_ringing()
    end
    door:expect_state(moment)
    local before = #t:sip_messages{from = door}
    door:power(false)
    t:wait(5)
    t:equal(#t:sip_messages{from = door}, before, "messages of a dead door")
    door:power(true)
    door:expect_state("idle")
    t:wait(2)
    door:press()
    phone:expect_call()
  end)
end

scenario("the button held while the supply comes back calls",
  {req = {"HW-01", "HW-05"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:power(false)
  door:hold()
  t:wait(1)
  door:power(true)
  phone:expect_call{within = 1}
  door:release()
end)

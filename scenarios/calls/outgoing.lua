-- The button calls the list: answer, no answer, refusals, end of the list (DOOR-03, SIP-02, REL-03)

local function list(...)
  local uris = {}
  for _, p in ipairs{...} do uris[#uris + 1] = p.uri end
  return table.concat(uris, ",")
end

scenario("a press rings the phone, which answers and later hangs up",
  {req = {"DOOR-03", "SIP-02", "SIM-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call{within = 1}
  door:expect_event("call_ringing", {code = 180})
  door:expect_state("calling")
  t:wait(5)
  call:answer()
  door:expect_state("talking")
  t:wait(60)
  call:hangup()
  local over = door:expect_event("call_end", {cause = "remote"})
  t:near(over.talk_ms, 60000, 50, "time of talk")
  door:expect_state("idle")
end)

scenario("nobody answers: the next contact is called after T",
  {req = {"DOOR-03", "SIM-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = list(first, second), ["door.ring_s"] = 12}
  door:press()
  local call, at = first:expect_call()
  local next_call, later = second:expect_call{within = 13}
  t:took(at, later, 12, 0.02, "T")
  call:expect_close{within = 1, code = 487}
  next_call:answer()
  door:expect_event("call_answered")
end)

for _, code in ipairs{404, 480, 486, 603} do
  scenario("a refusal by " .. code .. " is waited out, then the next contact is called",
    {req = {"DOOR-03"}}, function(t)
    local first, second = t:phone{name = "first"}, t:phone{name = "second"}
    local door = t:door{["button.day"] = list(first, second), ["door.ring_s"] = 10}
    door:press()
    local call, at = first:expect_call()
    t:wait(2)
    call:reject(code)
    door:expect_event("call_failed", {code = code})
    door:expect_state("waiting")
    local _, later = second:expect_call{within = 9}
    t:took(at, later, 10, 0.02, "T since the first INVITE")
  end)

  scenario("a refusal by " .. code .. " goes on at once where that is set",
    {req = {"DOOR-03"}}, function(t)
    local first, second = t:phone{name = "first"}, t:phone{name = "second"}
    local door = t:door{["button.day"] = list(first, second), ["door.advance_on_refusal"] = true}
    door:press()
    local call = first:expect_call()
    t:wait(2)
    local at = t:now()
    call:reject(code)
    local _, later = second:expect_call{within = 1}
    t:took(at, later, 0, 0.01, "time of the next call")
    door:expect_event("call_failed", {code = code})
  end)
end

scenario("a redirection that names nobody is a refusal", {req = {"DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = list(first, second), ["door.advance_on_refusal"] = true}
  door:press()
  first:expect_call():reject(302, "Moved Temporarily")
  door:expect_event("call_failed", {code = 302})
  second:expect_call():answer()
  door:expect_event("call_answered")
end)

scenario("four contacts are called in order, the fourth answers", {req = {"DOOR-03", "SUP-32"}}, function(t)
  local p = {}
  for i = 1, 4 do p[i] = t:phone{name = "contact" .. i} end
  local door = t:door{["button.day"] = list(table.unpack(p)), ["door.ring_s"] = 10}
  door:press()
  p[1]:expect_call()                                  -- rings in vain
  p[2]:expect_call{within = 11}:reject(486)           -- busy
  p[3]:expect_call{within = 11}:reject(404)           -- unknown there
  p[4]:expect_call{within = 11}:answer()
  door:expect_event("call_answered")
  for i = 1, 4 do door:expect_event("call_out", {contact = i, to = p[i].uri}) end
  t:near(t:now(), 30.1, 0.1, "time of the fourth call")
end)

scenario("the whole list is unavailable: one pass, then the visitor is told",
  {req = {"DOOR-03", "HW-02"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = list(first, second), ["door.ring_s"] = 10}
  door:press()
  first:expect_call():reject(486)
  second:expect_call{within = 11}
  door:expect_light("call", "yellow")
  door:expect_event("unavailable", {reason = "bouton_appel", within = 11})
  door:expect_event("announce", {message = "contact_unavailable"})
  door:expect_state("idle")
  door:expect_light("call", "off")
  first:expect_no_call{during = 60}
  door:press()
  first:expect_call()
end)

scenario("nobody lives at the first address: the second contact is called after T",
  {req = {"DOOR-03", "SIP-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = "sip:10.77.9.9," .. phone.uri, ["door.ring_s"] = 10}
  door:press()
  phone:expect_call{within = 11}:answer()
  door:expect_event("call_failed", {cause = "no answer"})
  door:expect_event("call_answered")
end)

scenario("nobody lives there at all: unavailable after T", {req = {"DOOR-03"}}, function(t)
  local door = t:door{["button.day"] = "sip:10.77.9.9", ["door.ring_s"] = 60}
  door:press()
  local press = door:expect_event("press", {action = "call"})
  local told = door:expect_event("unavailable", {within = 61})
  t:took(press, told, 60, 0.01, "T")
  door:expect_state("idle")
end)

scenario("a press without any contact does nothing but an event", {req = {"DOOR-03"}}, function(t)
  local door = t:door()
  door:press()
  door:expect_event("press", {action = "no_contact"})
  door:expect_state("idle")
  t:equal(#t:sip_messages(), 0, "SIP messages")
end)

scenario("an answer in the last moment of T wins", {req = {"DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = list(first, second), ["door.ring_s"] = 10}
  door:press()
  local call, at = first:expect_call()
  t:wait(at.t + 9.99 - t:now())
  call:answer()
  door:expect_event("call_answered")
  second:expect_no_call{during = 20}
end)

scenario("a contact that answers while its call is cancelled is hung up",
  {req = {"DOOR-03", "SIP-01"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = list(first, second), ["door.ring_s"] = 10}
  t:net{delay_ms = 50}
  door:press()
  local call, at = first:expect_call()
  t:wait(at.t + 9.97 - t:now())          -- the 200 and the CANCEL cross on the way
  call:answer()
  call:expect_close{within = 2}
  second:expect_call():answer()
  door:expect_event("call_answered", {call = 2})
  door:expect_state("talking")
end)

scenario("the door hangs up by command at each stage of a call",
  {req = {"DOOR-03", "SIP-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  door:hangup()
  call:expect_close{code = 487}
  door:expect_event("call_end", {cause = "command"})
  door:press()
  call = phone:expect_call()
  call:answer()
  door:expect_event("call_answered")
  door:hangup()
  call:expect_close()
  t:expect_sip{method = "BYE", from = door}
  door:expect_event("call_end", {cause = "command"})
end)

scenario("a call whose answer has no codec of ours is ended, and the next is called",
  {req = {"SIP-05", "DOOR-03"}}, function(t)
  local odd    = t:sip_socket{name = "odd"}
  local second = t:phone{name = "second"}
  local door   = t:door{["button.day"] = "sip:" .. odd.address .. "," .. second.uri, ["door.ring_s"] = 10}
  t:spawn(function()
    local m = odd:expect("^INVITE ").data
    local sdp = "v=0\r\no=- 1 1 IN IP4 10.77.0.1\r\ns=-\r\nc=IN IP4 10.77.0.1\r\nt=0 0\r\nm=audio 9000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"
    local reply = "SIP/2.0 200 OK\r\n"
    for _, name in ipairs{"Via", "From", "To", "Call%-ID", "CSeq"} do
      reply = reply .. m:match("\r\n(" .. name .. ":[^\r]*)\r\n") .. (name == "To" and ";tag=o1" or "") .. "\r\n"
    end
    odd:send(reply .. "Contact: <sip:" .. odd.address .. ">\r\nContent-Type: application/sdp\r\nContent-Length: " ..
             #sdp .. "\r\n\r\n" .. sdp, door)
  end)
  door:press()
  odd:expect("^ACK ")
  odd:expect("^BYE ")
  door:expect_event("call_failed")
  second:expect_call{within = 11}:answer()
  door:expect_event("call_answered")
end)

-- SIP over a network that loses, repeats and delays (SIP-01, SIP-02, SIM-03)

scenario("an INVITE that is lost is sent again", {req = {"SIP-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  t:link(phone, false)
  door:press()
  t:wait(0.5)
  t:link(phone, true)
  phone:expect_call{within = 1}:answer()
  door:expect_event("call_answered")
  t:ok(#t:sip_messages{method = "INVITE"} >= 2, "INVITEs")
end)

scenario("a 200 that is lost is sent again, and the call stands", {req = {"SIP-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  t:link(phone, false)
  call:answer()
  t:wait(0.2)
  t:link(phone, true)
  door:expect_event("call_answered", {within = 2})
  call:expect_answer()
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
end)

scenario("a BYE that is lost is sent again", {req = {"SIP-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:expect_answer()
  t:link(phone, false)
  call:hangup()
  t:wait(0.7)
  t:link(phone, true)
  door:expect_event("call_end", {cause = "remote", within = 3})
end)

scenario("every packet twice: one call, one frame, one strike",
  {req = {"SIP-01", "SIP-06", "SUP-20"}}, function(t)
  local phone = t:receiver()
  local door  = t:door{["button.day"] = phone.uri, ["relay1.code1"] = "4242"}
  t:net{duplicate = 100}
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:dtmf("C")
  call:expect_frame()
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
  call:dtmf("4242")
  door:expect_relay(1, "on")
  call:expect_no_dtmf{during = 2}
  t:equal(#t:events(phone, "call_in"), 1, "calls")
  t:equal(#t:events(phone, "message_in"), 1, "MESSAGEs")
  t:equal(#t:events(door, "sup_frame"), 1, "frames")
end)

scenario("a slow network of 300 ms each way changes nothing but time",
  {req = {"SIP-01", "SUP-20"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri}
  t:net{delay_ms = 300}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:expect_answer()
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
  door:expect_event("sup_end", {result = "ok"})
end)

scenario("the door offers PCMA first, and takes what the other side can",
  {req = {"SIP-05"}}, function(t)
  local phone = t:phone{["sip.codecs"] = "PCMU"}
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  t:match(call:invite().body, "m=audio %d+ RTP/AVP 8 0 101\r\n")
  call:answer()
  door:expect_event("media", {codec = "PCMU", dtmf = "rfc4733"})
end)

for _, c in ipairs{{"PCMA,PCMU", "8 0", "PCMA"}, {"PCMU,PCMA", "0 8", "PCMU"}, {"PCMU", "0", "PCMU"}} do
  local codecs, order, first = table.unpack(c)
  scenario("the codecs " .. codecs .. " are offered in this order, and the first is used",
    {req = {"SIP-05"}}, function(t)
    local phone = t:phone()
    local door  = t:door{["button.day"] = phone.uri, ["sip.codecs"] = codecs}
    door:press()
    local call = phone:expect_call()
    t:match(call:invite().body, "m=audio %d+ RTP/AVP " .. order .. " 101\r\n")
    call:answer()
    door:expect_event("media", {codec = first})
  end)
end

scenario("the caller's order of codecs counts in its call", {req = {"SIP-05"}}, function(t)
  local phone = t:phone{["sip.codecs"] = "PCMU,PCMA"}
  local door  = t:door{["sip.codecs"] = "PCMA,PCMU"}
  phone:dial(door.uri):expect_answer()
  door:expect_event("media", {codec = "PCMU"})
end)

scenario("a door without RFC 4733 does not offer telephone-event",
  {req = {"SIP-06", "SIP-05"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["sip.dtmf_rfc4733"] = false}
  door:press()
  local offer = phone:expect_call():invite().body
  t:ok(not offer:find("telephone%-event"), "the offer:\n" .. offer)
end)

scenario("a door listens on its own port", {req = {"SIP-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["sip.port"] = 5566}
  local host  = door.uri:match("^sip:([^:]+)")
  phone:dial("sip:" .. host .. ":5566"):expect_answer()
  door:expect_state("talking")
end)

scenario("a contact may have a user, a port and parameters",
  {req = {"SIP-02", "CON-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = "sip:guard@" .. phone.address .. ";transport=udp"}
  door:press()
  local _, e = phone:expect_call()
  t:equal(e.to, "guard")
end)

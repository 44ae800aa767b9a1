-- Who calls, and why: From, Contact, SDP and MESSAGE (SUP-01, SUP-02, SUP-10, SUP-11, DOOR-01)

scenario("the INVITE carries identity and reason in From, Contact and SDP",
  {req = {"SUP-01", "SUP-02", "SIP-04"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "123456789", ["button.day"] = rx.uri}
  local host = door.uri:match("^sip:([^:]+)")
  door:press()
  local call = rx:expect_call{from = "123456789_bouton_appel"}
  t:match(call:header("From"), "^<sip:123456789_bouton_appel@" .. host .. ">;tag=%w+$")
  t:match(call:header("Contact"), "^<sip:123456789_bouton_appel@" .. host .. "[:;>]")
  t:match(call:invite().body, "\r\no=123456789_bouton_appel %d+ %d+ IN IP4 " .. host .. "\r\n")
end)

scenario("another reason for the button is spoken in From", {req = {"SUP-02"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "5", ["button.day"] = rx.uri, ["sup.reason_button"] = "help_wanted"}
  door:press()
  rx:expect_call{from = "000000005_help_wanted"}
  door:expect_event("call_out", {reason = "help_wanted"})
end)

scenario("a short identity is padded in SIP and sent as it is in DTMF",
  {req = {"DOOR-01", "SUP-20"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "1", ["button.day"] = rx.uri}
  door:press()
  local call = rx:expect_call{from = "000000001_bouton_appel"}
  rx:expect_message{body = "identity=000000001 ;product=81 ;alerte=01"}
  call:answer()
  call:dtmf("C")
  local frame = call:expect_frame()
  t:equal(frame.text, "98101011C")
  t:equal(frame.cs, "204")
end)

scenario("an identity of nine digits goes out whole, leading zeros too",
  {req = {"DOOR-01", "SUP-20"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "000000042", ["button.day"] = rx.uri}
  door:press()
  local call = rx:expect_call{from = "000000042_bouton_appel"}
  call:answer()
  call:dtmf("C")
  local frame = call:expect_frame()
  t:equal(frame.text, "9810101000000042C")
  t:equal(frame.identity, "000000042")
  t:ok(frame.crc_ok)
end)

scenario("an identity that is no number is refused with the reason",
  {req = {"DOOR-01"}}, function(t)
  local door = t:door{identity = "7"}
  for _, bad in ipairs{"", "12a", "1234567890", "-1"} do
    local ok, err = door:set("identity", bad)
    t:equal(ok, nil, "identity \"" .. bad .. "\" was taken")
    t:match(err, "identity")
    t:match(err, "9")
  end
  t:equal(door:get("identity"), "7")
end)

scenario("the MESSAGE leaves together with the INVITE, in the manual's words",
  {req = {"SUP-10"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "123456789", ["button.day"] = rx.uri}
  door:press()
  local invite  = t:expect_sip{method = "INVITE"}
  local message = t:expect_sip{method = "MESSAGE"}
  t:took(invite, message, 0, 0, "INVITE and MESSAGE in one turn")
  t:equal(message.dst, invite.dst)
  t:equal(message.body, "identity=123456789 ;product=81 ;alerte=01")
  t:match(message:header("Content-Type"), "^text/plain")
  t:match(message:header("From"), "sip:123456789_bouton_appel@")
  rx:expect_call{from = "123456789_bouton_appel"}
  door:expect_event("message_result", {code = 200})
end)

scenario("the MESSAGE can go to another receiver than the call", {req = {"SUP-10"}}, function(t)
  local guard  = t:phone{name = "guard"}
  local centre = t:phone{name = "centre"}
  local door   = t:door{identity = "7", ["button.day"] = guard.uri, ["sup.message_to"] = centre.uri}
  door:press()
  guard:expect_call()
  centre:expect_message{body = "identity=000000007 ;product=81 ;alerte=01"}
  centre:expect_no_call{during = 2}
  t:equal(#t:events(guard, "message_in"), 0, "MESSAGEs at the guard's phone")
end)

scenario("a MESSAGE to another receiver is sent once, however many contacts are called",
  {req = {"SUP-10", "DOOR-03"}}, function(t)
  local centre = t:phone{name = "centre"}
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = first.uri .. "," .. second.uri, ["sup.message_to"] = centre.uri,
                      ["door.advance_on_refusal"] = true}
  door:press()
  first:expect_call():reject(486)
  second:expect_call():answer()
  t:wait(1)
  t:equal(#t:events(centre, "message_in"), 1, "MESSAGEs at the centre")
end)

scenario("each called contact gets its own MESSAGE", {req = {"SUP-10", "DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = first.uri .. "," .. second.uri, ["door.advance_on_refusal"] = true}
  door:press()
  first:expect_call():reject(480)
  first:expect_message()
  second:expect_call():answer()
  second:expect_message{body = "identity=000000000 ;product=81 ;alerte=01"}
end)

scenario("the MESSAGE can be switched off, the call stays a report", {req = {"SUP-11"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri, ["sup.message_button"] = false}
  door:press()
  rx:expect_call{from = "000000000_bouton_appel"}
  t:wait(2)
  t:equal(#t:sip_messages{method = "MESSAGE"}, 0, "MESSAGEs on the network")
end)

scenario("without the report a button call is a plain call",
  {req = {"SUP-11", "SIP-04"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "5", ["button.day"] = rx.uri, ["sup.report_button"] = false}
  door:press()
  local call = rx:expect_call{from = "ipacGap"}
  call:answer()
  call:dtmf("C")
  call:expect_no_dtmf{during = 3}
  t:equal(#t:events(rx, "message_in"), 0, "MESSAGEs")
  t:equal(#t:events(door, "sup_start"), 0, "protocol starts")
end)

scenario("a MESSAGE refused with 405 does the call no harm", {req = {"SUP-10"}}, function(t)
  local rx     = t:receiver()
  local centre = t:sip_socket{name = "centre"}
  local door   = t:door{["button.day"] = rx.uri, ["sup.message_to"] = "sip:" .. centre.address}
  t:spawn(function()
    local m = centre:expect("^MESSAGE ").data
    local reply = "SIP/2.0 405 Method Not Allowed\r\n"
    for _, name in ipairs{"Via", "From", "To", "Call%-ID", "CSeq"} do
      reply = reply .. m:match("\r\n(" .. name .. ":[^\r]*)\r\n") .. (name == "To" and ";tag=c1" or "") .. "\r\n"
    end
    centre:send(reply .. "Content-Length: 0\r\n\r\n", door)
  end)
  door:press()
  local call = rx:expect_call()
  door:expect_event("message_result", {code = 405})
  call:answer()
  door:expect_event("call_answered")
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
end)

scenario("a MESSAGE that nobody answers does the call no harm", {req = {"SUP-10"}}, function(t)
  local rx   = t:receiver()
  local mute = t:sip_socket{name = "mute"}
  local door = t:door{["button.day"] = rx.uri, ["sup.message_to"] = "sip:" .. mute.address}
  door:press()
  local call = rx:expect_call()
  call:answer()
  door:expect_event("call_answered")
  door:expect_event("message_result", {within = 40, code = 0})
  door:expect_state("talking")
  mute:expect("^MESSAGE ")
end)

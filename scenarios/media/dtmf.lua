-- Digits by each way, both ways, each counted once (SIP-06, SUP-20, REL-08)

-- What each side is set to for one way of digits
local ways = {
  {"RFC 4733", "rfc4733", {}},
  {"SIP INFO", "info", {["sip.dtmf_rfc4733"] = false, ["sip.dtmf_info"] = true}},
  {"tones through PCMA", "inband", {["sip.codecs"] = "PCMA"}},
  {"tones through PCMU", "inband", {["sip.codecs"] = "PCMU"}},
}

for _, w in ipairs(ways) do
  local name, via, settings = table.unpack(w)
  scenario("the protocol and a code by " .. name,
    {req = {"SIP-06", "SUP-20", "REL-08"}}, function(t)
    local rx   = t:receiver{transport = via}
    local opts = {identity = "123456789", ["button.day"] = rx.uri, ["relay1.code1"] = "24680135"}
    for k, v in pairs(settings) do opts[k] = v end
    local door = t:door(opts)
    door:press()
    local call = rx:expect_call()
    call:answer()
    call:expect_answer()
    door:expect_event("media", {dtmf = via})
    call:dtmf("C")
    door:expect_event("digit", {digit = "C", via = via})
    local frame = call:expect_frame()
    t:equal(frame.text .. frame.cs, "9810101123456789C243")
    t:equal(t:events(rx, "dtmf")[1].via, via)
    t:wait(3)
    call:dtmf("1")
    call:expect_dtmf("#", {via = via})
    t:wait(0.2)                             -- the door is deaf for tones until its # is out
    call:dtmf("24680135")
    door:expect_event("code", {relay = 1})
    door:expect_relay(1, "on")
  end)

  scenario("all sixteen digits by " .. name .. " arrive once each, in order",
    {req = {"SIP-06"}}, function(t)
    local phone = t:phone{transport = via}
    local door  = t:door(settings)
    local call  = phone:dial(door.uri)
    call:expect_answer()
    call:dtmf("0123456789ABCD*#")
    t:wait(1)
    local got = {}
    for _, e in ipairs(t:events(door, "digit")) do got[#got + 1] = e.digit end
    t:equal(table.concat(got), "xxxxxxxxxxABCD*#")
  end)

  scenario("two equal digits by " .. name .. " are two", {req = {"SIP-06", "REL-08"}}, function(t)
    local phone = t:phone{transport = via}
    local opts  = {["relay1.code1"] = "7777"}
    for k, v in pairs(settings) do opts[k] = v end
    local door  = t:door(opts)
    local call  = phone:dial(door.uri)
    call:expect_answer()
    call:dtmf("7777", {on = 60, off = 60})
    door:expect_relay(1, "on")
    t:wait(1)
    t:equal(#t:events(door, "digit"), 4, "digits counted")
  end)
end

scenario("a digit sent by RFC 4733 and by INFO at once counts once", {req = {"SIP-06"}}, function(t)
  local phone = t:phone{transport = "any", ["sip.dtmf_info"] = true, ["sip.dtmf_dual"] = true}
  local door  = t:door{["relay1.code1"] = "4242"}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  call:dtmf("4242")
  door:expect_relay(1, "on")
  t:wait(2)
  t:equal(#t:sip_messages{method = "INFO", from = phone}, 4, "INFO sent")
  t:equal(#t:events(door, "digit"), 4, "digits counted")
end)

scenario("a door set to both ways sends its frame so that it counts once",
  {req = {"SIP-06", "SUP-20"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri, ["sip.dtmf_info"] = true, ["sip.dtmf_dual"] = true}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
  t:equal(#t:events(rx, "dtmf"), 20, "digits counted")
end)

scenario("a phone that has no telephone-event is sent tones", {req = {"SIP-06"}}, function(t)
  local rx   = t:receiver{transport = "inband"}
  local door = t:door{["button.day"] = rx.uri}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:expect_answer()
  call:dtmf("C")
  call:expect_frame()
  t:equal(t:events(rx, "dtmf")[1].via, "inband")
end)

scenario("a digit whose end packets are all lost counts, and the same digit after it too",
  {req = {"SIP-06"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["relay1.code1"] = "5555"}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  for _ = 1, 4 do
    call:dtmf("5", {on = 200, off = 200, wait = false})
    local heard = door:expect_event("digit")
    t:wait(heard.t + 0.15 - t:now())      -- the end packets go out some 200 ms after the first
    t:link(phone, false)
    t:wait(0.1)
    t:link(phone, true)
    t:wait(0.3)
  end
  door:expect_event("code", {relay = 1})
  t:equal(#t:events(door, "digit"), 4, "digits counted")
end)

scenario("a digit whose beginning is lost counts once", {req = {"SIP-06"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["relay1.code1"] = "5"}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  t:wait(1)
  t:link(phone, false)
  call:dtmf("5", {on = 200, off = 200, wait = false})
  t:wait(0.1)
  t:link(phone, true)
  door:expect_event("code", {relay = 1})
  t:wait(1)
  t:equal(#t:events(door, "digit"), 1, "digits counted")
end)

scenario("a tone with a hole of 20 ms counts once", {req = {"SIP-06"}}, function(t)
  local phone = t:phone{transport = "inband"}
  local door  = t:door{["relay1.code1"] = "5"}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  t:wait(1)
  call:dtmf("5", {on = 300, off = 200, wait = false})
  t:wait(0.15)
  t:link(phone, false)
  t:wait(0.02)
  t:link(phone, true)
  t:wait(1)
  t:equal(#t:events(door, "digit"), 1, "digits counted")
end)

for _, via in ipairs{"rfc4733", "info"} do
  scenario("a code by " .. via .. " over a network with 5 % loss and 20 ms jitter",
    {req = {"SIP-06", "REL-08", "SIM-03"}}, function(t)
    local phone = t:phone{transport = via}
    local door  = t:door{["relay1.code1"] = "42424242"}
    local call  = phone:dial(door.uri)
    call:expect_answer()
    t:net{loss = 5, jitter_ms = 20}
    -- INFO waits for its answer, so that a lost one delays all after it
    for digit in ("42424242"):gmatch(".") do
      call:dtmf(digit)
      door:expect_event("digit", {within = 8})
      if via == "info" then t:ok(door:set("door.code_gap_ms", "10000")) end
    end
    door:expect_relay(1, "on")
    t:equal(#t:events(door, "digit"), 8, "digits counted")
  end)
end

scenario("a frame over a network with 2 % loss and 20 ms jitter arrives whole",
  {req = {"SIP-06", "SUP-20"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{identity = "123456789", ["button.day"] = rx.uri}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:expect_answer()
  t:net{loss = 2, jitter_ms = 20}
  call:dtmf("C")
  t:equal(call:expect_frame().text, "9810101123456789C")
end)

scenario("the door is deaf for tones while it sends its own",
  {req = {"SUP-24", "SIP-06"}}, function(t)
  local rx   = t:receiver{transport = "inband"}
  local door = t:door{["button.day"] = rx.uri}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:expect_answer()
  call:dtmf("C")
  door:expect_event("sup_frame")
  call:dtmf("55")                           -- an echo, as it were, while the frame goes out
  t:ok(call:expect_frame().crc_ok)
  door:expect_event("sup_sent")
  t:equal(#t:events(door, "digit"), 1, "digits the door heard")
end)

for _, codec in ipairs{"PCMA", "PCMU"} do
  scenario("the shortest and faintest tones are heard, " .. codec,
    {req = {"SIP-06", "SUP-24"}}, function(t)
    local rx   = t:receiver{transport = "inband", ["sip.codecs"] = codec, ["sip.dtmf_level"] = -30}
    local door = t:door{identity = "1122334", ["button.day"] = rx.uri, ["relay1.code1"] = "11223344", ["sip.dtmf_level"] = -30,
                        ["sup.digit_on_ms"] = 40, ["sup.digit_off_ms"] = 40}
    door:press()
    local call = rx:expect_call()
    call:answer()
    call:expect_answer()
    call:dtmf("C", {on = 40, off = 40})
    t:equal(call:expect_frame().text, "98101011122334C")
    t:wait(3)
    call:dtmf("1", {on = 40, off = 40})
    call:expect_dtmf("#")
    t:wait(0.2)                             -- the door is deaf for tones until its # is out
    call:dtmf("11223344", {on = 40, off = 40})
    door:expect_relay(1, "on")
  end)
end

scenario("a visitor's tones into the microphone open nothing",
  {req = {"REL-08", "SIP-06"}}, function(t)
  local phone = t:phone{transport = "inband"}
  local door  = t:door{["button.day"] = phone.uri, ["relay1.code1"] = "5"}
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:expect_answer()
  door:play(1336, -10)                      -- one of the two tones of 5, 8, 0 and 2
  t:wait(3)
  t:equal(#t:events(door, "digit"), 0, "digits the door heard")
  t:equal(door:relay(1), false, "relay 1")
end)

-- Sound both ways: levels, volume, early media, figures (HW-07, SIP-05, SIP-08)
-- A phone measures whole seconds: SETTLE later its level is of now.

local SETTLE = 2.1

local function talking(t, settings, phone_settings)
  local phone = t:phone(phone_settings)
  local door  = t:door(settings)
  local call  = phone:dial(door.uri)
  call:expect_answer()
  door:expect_state("talking")
  return door, call
end

for _, codec in ipairs{"PCMA", "PCMU"} do
  scenario("the voice comes through both ways at its level, " .. codec,
    {req = {"HW-07", "SIP-05"}}, function(t)
    local door, call = talking(t, nil, {["sip.codecs"] = codec})
    door:play(1000, -10)
    call:play(800, -20)
    t:wait(SETTLE)
    t:near(call:level(), -10, 0.3, "door to phone [dBm0]")
    t:near(door:level(), -20, 0.3, "phone to door [dBm0]")
    door:play(0)
    call:expect_level{below = -60, within = SETTLE}
    t:near(door:level(), -20, 0.3, "phone to door [dBm0]")
  end)
end

scenario("the microphone's setting changes what the other side hears, at once",
  {req = {"HW-07"}}, function(t)
  local door, call = talking(t)
  door:play(1000, -10)
  t:wait(SETTLE)
  t:near(call:level(), -10, 0.3, "at 80 % [dBm0]")
  t:ok(door:set("audio.microphone", "40"))
  t:wait(SETTLE)
  t:near(call:level(), -16, 0.3, "at 40 % [dBm0]")
  t:ok(door:set("audio.microphone", "0"))
  call:expect_level{below = -60, within = SETTLE}
end)

scenario("the volume's setting changes what the visitor hears, at once",
  {req = {"HW-07"}}, function(t)
  local door, call = talking(t)
  call:play(1000, -20)
  t:wait(1)
  t:near(door:level(), -20, 0.3, "at 80 % [dBm0]")
  t:ok(door:set("audio.volume", "100"))
  t:wait(1)
  t:near(door:level(), -18.1, 0.3, "at 100 % [dBm0]")
  t:ok(door:set("audio.volume", "0"))
  door:expect_level{below = -60}
end)

scenario("the visitor hears the phone's own ringing before the answer",
  {req = {"SIP-01", "HW-07"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  call:progress(183)
  call:play(440, -15)
  door:expect_event("call_ringing", {code = 183})
  door:expect_level{above = -18}
  door:expect_state("calling")
end)

scenario("on hold neither side hears the other's room, after it both do",
  {req = {"SIP-10", "HW-07"}}, function(t)
  local door, call = talking(t)
  door:play(1000, -10)
  call:expect_level{above = -12}
  call:hold(true)
  door:expect_state("held")
  door:play(0)
  t:wait(1)
  door:play(1000, -10)
  t:wait(1)
  local before = call:stats().received
  t:wait(2)
  t:equal(call:stats().received, before, "packets from the door on hold")
  call:hold(false)
  door:expect_state("talking")
  t:wait(1)
  t:ok(call:stats().received > before, "packets from the door after it")
  call:expect_level{above = -12}
end)

scenario("a packet goes out every 20 ms, and none is lost on a good network",
  {req = {"SIP-05", "SIM-03"}}, function(t)
  local door, call = talking(t)
  local a = call:stats()
  t:wait(100)
  local b = call:stats()
  t:near(b.received - a.received, 5000, 1, "packets in 100 s")
  t:near(b.sent - a.sent, 5000, 1, "packets in 100 s")
  t:equal(b.lost, 0, "lost packets")
  call:hangup()
  door:expect_event("media_stats", {lost = 0})
end)

scenario("lost packets are counted", {req = {"SIP-08", "SIM-03"}}, function(t)
  local door, call = talking(t)
  t:wait(1)
  t:net{loss = 10}
  t:wait(60)
  t:net()
  t:wait(1)
  t:near(call:stats().lost, 300, 100, "of 3,000 packets lost")
  call:hangup()
  t:near(door:expect_event("media_stats").lost, 300, 100, "of 3,000 packets lost")
end)

scenario("sound from a stranger's address is not heard", {req = {"SIP-08"}}, function(t)
  local door, call = talking(t)
  local stranger = t:sip_socket{name = "stranger"}
  call:play(1000, -30)
  t:wait(1)
  local port = tonumber(t:sip_messages{code = 200}[1].body:match("m=audio (%d+)"))
  local host = door.uri:match("^sip:([^:]+)")
  for i = 1, 50 do
    stranger:send(string.pack(">BBI2I4I4", 0x80, 8, i, i * 160, 0x12345678) .. ("\x2a"):rep(160), host .. ":" .. port)
    t:wait(0.02)
  end
  t:near(door:level(), -30, 1, "what the visitor hears [dBm0]")
end)

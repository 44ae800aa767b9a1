-- The faulty door itself: what it is told to spoil is spoilt, and nothing else (SCN-01, SIP-06)

-- a caller whose call a phone has answered: caller, the phone's side of the call
local function called(t, opts, transport)
  local phone = t:phone{transport = transport or "any"}
  local door = t:caller(opts)
  door:dial(phone.uri)
  local call = phone:expect_call{from = "123456789_bouton_appel"}
  call:answer()
  door:expect_answer()
  return door, call, phone
end

local function counted(t, call, s)
  local before = call:stats()
  t:wait(s)
  local now = call:stats()
  return now.received - before.received, now.lost - before.lost
end

scenario("a caller's network loses, and counts on, as it is told", {req = {"SCN-01"}}, function(t)
  local door, call = called(t)
  local got, lost = counted(t, call, 20)
  t:near(got, 1000, 2, "packets")
  t:equal(lost, 0, "lost")
  door:net{loss = 10}
  got, lost = counted(t, call, 20)
  t:near(lost, 100, 35, "lost of 1,000 at 10 %")
  t:near(got + lost, 1000, 4, "packets in all")
  door:net{loss = 100}
  got = counted(t, call, 5)
  t:equal(got, 0, "packets at 100 %")
end)

scenario("a caller's network doubles, mixes and delays without losing", {req = {"SCN-01"}}, function(t)
  local door, call = called(t)
  for _, net in ipairs{{duplicate = 50}, {reorder = 20}, {jitter_ms = 60}} do
    door:net(net)
    local got, lost = counted(t, call, 10)
    t:near(got, 500, 5, "packets")
    t:near(lost, 0, 4, "lost")
  end
end)

scenario("a quiet caller sends nothing, and is heard again", {req = {"SCN-01"}}, function(t)
  local door, call = called(t)
  door:quiet()
  t:equal((counted(t, call, 3)), 0, "packets")
  door:quiet(false)
  t:near((counted(t, call, 3)), 150, 2, "packets")
end)

for _, w in ipairs{{"rfc4733", {}}, {"inband", {events = false, inband = true}}, {"info", {events = false, info = true, inband = false}}} do
  local via, way = table.unpack(w)
  scenario("a caller's digits by " .. via .. " go that way alone, and the phone's come back", {req = {"SCN-01", "SIP-06"}}, function(t)
    local door, call = called(t)
    local ended = door:dtmf("0123456789ABCD*#", way)
    t:near(ended, t:now(), 0.15, "the end of the last digit")
    for d in ("0123456789ABCD*#"):gmatch(".") do call:expect_dtmf(d, {via = via}) end
    call:expect_no_dtmf()
    call:dtmf("C1")
    door:expect_dtmf("C1")
    door:expect_no_dtmf()
  end)
end

scenario("a caller's digit without marker and end packets is one digit of its length", {req = {"SCN-01", "SIP-06"}}, function(t)
  local door, call = called(t)
  local from = t:now()
  door:dtmf("77", {marker = false, ends = 0, on = 60, off = 510})
  t:near(t:now() - from, 2 * 0.57, 0.05, "two digits")
  call:expect_dtmf("77", {via = "rfc4733"})
  call:expect_no_dtmf()
end)

scenario("a caller speaks as loud as it is told", {req = {"SCN-01"}}, function(t)
  local door, call = called(t)
  door:voice(-15)
  t:wait(4)
  -- a second is four syllables, of which the vowel decides the level
  t:near(call:level(), -17, 4, "level")
  door:voice(-60)
  t:wait(3)
  call:expect_level{below = -60}
end)

scenario("a caller that vanishes says no BYE", {req = {"SCN-01"}}, function(t)
  local door, call, phone = called(t)
  door:vanish()
  t:equal((counted(t, call, 5)), 0, "packets")
  t:ok(not call:is_over())
  t:equal(#t:sip_messages{method = "BYE"}, 0, "BYEs")
  call:hangup()
end)

scenario("a caller says what it cannot do", {req = {"SCN-01"}}, function(t)
  t:raises(function() t:caller{codec = "opus"} end, "PCMA or PCMU")
  t:raises(function() t:caller{event_pt = 8} end, "96 to 127")
  t:raises(function() t:caller{user = "a b"} end, "user part")
  local door = t:caller{events = false}
  t:raises(function() door:dtmf("1") end, "no call; dial first")
  t:raises(function() door:net{loss = 200} end, "0 to 100")
  t:raises(function() door:net{lose = 2} end, "no option")
  local _, _, phone = called(t)
  door:dial(phone.uri)
  t:raises(function() door:dial(phone.uri) end, "has a call already")
  t:raises(function() door:modify{event_pt = 100} end, "not up yet")
  t:raises(function() door:dtmf("1", {events = true}) end, "not agreed")
  t:raises(function() door:dtmf("1", {on = 20}) end, "40 to 1000 ms")
  t:raises(function() door:dtmf("x") end, "Invalid argument")
end)

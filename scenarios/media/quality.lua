-- Sound and digits through a network that loses, delays, mixes and drifts; what is reported of it (SIP-05, SIP-06, SIP-08)

local SETTLE = 2.1

local function talking(t, settings, phone_settings)
  local phone = t:phone(phone_settings)
  local door  = t:door(settings)
  local call  = phone:dial(door.uri)
  call:expect_answer()
  door:expect_state("talking")
  return door, call, phone
end

-- a faulty sender whose call a phone has answered
local function sender(t, opts)
  local phone = t:phone{transport = "any"}
  local from  = t:caller(opts)
  from:dial(phone.uri)
  local call = phone:expect_call()
  call:answer()
  from:expect_answer()
  return from, call
end

for _, loss in ipairs{1, 3, 5, 10} do
  scenario("with " .. loss .. " % of loss the level is kept, digits are exact and the figures right",
    {req = {"SIP-05", "SIP-06", "SIP-08"}}, function(t)
    local door, call = talking(t, {["relay1.code1"] = "24680"})
    call:play(1000, -20)
    t:wait(1)
    t:net{loss = loss}
    t:wait(30)
    t:near(door:level(), -20, 2, "phone to door [dBm0]")
    call:dtmf("24680")
    door:expect_relay(1, "on")
    t:equal(#t:events(door, "digit"), 5, "digits counted")
    t:wait(30)
    t:net()
    t:wait(6)                               -- a report of each side is on time again
    call:hangup()
    local q = door:expect_event("media_quality")
    t:near(q.lost, 31 * loss, 12 + 9 * loss, "packets lost")
    t:ok(q.concealed >= q.lost - 30, "lost frames are made up")
    t:near(q.remote_lost, 31 * loss, 12 + 9 * loss, "packets of ours that the phone missed")
    t:ok(q.reports >= 8, "reports of the phone")
  end)
end

for _, jitter in ipairs{40, 100, 200} do
  scenario("with " .. jitter .. " ms of jitter nearly all of the sound is heard, in order, and digits are exact",
    {req = {"SIP-05", "SIP-06"}}, function(t)
    local door, call = talking(t, {["relay1.code1"] = "24680"})
    call:play(1000, -20)
    t:wait(1)
    t:net{jitter_ms = jitter}
    t:wait(20)
    t:near(door:level(), -20, 1.5, "phone to door [dBm0]")
    call:dtmf("24680")
    door:expect_relay(1, "on", {within = 3})
    t:wait(10)
    t:equal(#t:events(door, "digit"), 5, "digits counted")
    call:hangup()
    local q = door:expect_event("media_quality")
    t:ok(q.late <= 40, "packets too late: " .. q.late .. " of 1,550")
    t:ok(q.buffer_ms >= jitter / 4 and q.buffer_ms <= 200, "longest wait [ms]: " .. q.buffer_ms)
    t:near(q.jitter_us, jitter * 1000 / 3, jitter * 250, "jitter [us]")
  end)

  scenario("a tone digit is heard through " .. jitter .. " ms of jitter once the buffer knows it",
    {req = {"SIP-06"}}, function(t)
    local door, call = talking(t, {["relay1.code1"] = "24680"}, {transport = "inband"})
    call:play(1000, -30)
    t:wait(1)
    t:net{jitter_ms = jitter}
    t:wait(20)
    call:dtmf("24680", {on = 100, off = 100})
    door:expect_relay(1, "on", {within = 3})
    t:wait(2)
    t:equal(#t:events(door, "digit"), 5, "digits counted")
  end)
end

scenario("without a buffer's room jitter is heard: packets are too late", {req = {"SIP-05"}}, function(t)
  local door, call = talking(t, {["audio.jitter_max_ms"] = "20"})
  call:play(1000, -20)
  t:wait(1)
  t:net{jitter_ms = 200}
  t:wait(30)
  call:hangup()
  local q = door:expect_event("media_quality")
  t:ok(q.late > 300, "packets too late: " .. q.late)
  t:ok(q.buffer_ms <= 20, "longest wait [ms]: " .. q.buffer_ms)
end)

scenario("packets out of order are put in order, doubled ones are heard once", {req = {"SIP-05", "SIP-08"}}, function(t)
  local from, call = sender(t)
  from:voice(-15)
  t:wait(1)
  from:net{reorder = 10, duplicate = 10}
  t:wait(5)
  local a = call:stats()
  t:wait(60)
  local b = call:stats()
  t:near(b.received - a.received, 3000, 3, "packets")
  t:equal(b.late - a.late, 0, "packets too late once the buffer knows it")
  t:ok(b.buffer_max_ms <= 80, "longest wait [ms]: " .. b.buffer_max_ms)
end)

scenario("in time and in order nothing waits", {req = {"SIP-05"}}, function(t)
  local door, call = talking(t)
  call:play(1000, -20)
  t:wait(60)
  call:hangup()
  door:expect_event("media_quality", {lost = 0, late = 0, concealed = 0, buffer_ms = 0})
end)

scenario("audio.jitter_min_ms makes all sound wait", {req = {"SIP-05"}}, function(t)
  local door, call = talking(t, {["audio.jitter_min_ms"] = "60"})
  call:play(1000, -20)
  t:wait(SETTLE)
  t:near(door:level(), -20, 0.5, "phone to door [dBm0]")
  call:hangup()
  t:near(door:expect_event("media_quality").buffer_ms, 60, 20, "longest wait [ms]")
end)

scenario("after a burst of jitter the buffer shrinks, and is left once all is calm", {req = {"SIP-05"}}, function(t)
  local from, call = sender(t)
  from:voice(-15)
  t:wait(2)
  t:equal(call:stats().buffer_ms, 0, "wait before it [ms]")
  from:net{jitter_ms = 150}
  t:wait(10)
  t:ok(call:stats().buffer_ms > 40, "wait in it [ms]: " .. call:stats().buffer_ms)
  from:net{}
  t:wait(60)
  t:equal(call:stats().buffer_ms, 0, "wait after it [ms]")
end)

for _, skew in ipairs{100, -100} do
  scenario("a peer's clock that is " .. skew .. " ppm off builds up no delay in an hour", {req = {"SIP-05"}, timeout = 4000},
    function(t)
    local from, call = sender(t)
    from:net{skew_ppm = skew, jitter_ms = 30}
    local most = 0
    for _ = 1, 60 do
      t:wait(60)
      most = math.max(most, call:stats().buffer_ms)
    end
    local s = call:stats()
    t:ok(most <= 90, "wait [ms]: " .. most)
    t:near(s.received, 180000, 100, "packets")
    t:ok(s.late <= 60, "packets too late: " .. s.late)
  end)
end

for _, skew in ipairs{1000, -1000} do
  scenario("a voice whose clock is " .. skew .. " ppm off is caught up with, not delayed", {req = {"SIP-05"}}, function(t)
    local from, call = sender(t)
    from:voice(-15)
    from:net{skew_ppm = skew, jitter_ms = 30}
    t:wait(240)                             -- 240 ms without catching up
    local s = call:stats()
    t:ok(s.buffer_max_ms <= 90, "longest wait [ms]: " .. s.buffer_max_ms)
    t:ok(s.late <= 20, "packets too late: " .. s.late)
    t:ok(call:level() > -30, "the voice is heard")
  end)
end

scenario("a way that becomes half a second longer is heard again at once", {req = {"SIP-05"}}, function(t)
  local door, call = talking(t)
  call:play(1000, -20)
  t:wait(2)
  t:net{delay_ms = 500}
  t:wait(4)
  t:near(door:level(), -20, 0.5, "phone to door [dBm0]")
end)

scenario("a cable that is out for half a second leaves a hole, and sound after it", {req = {"SIP-05", "SIP-08"}}, function(t)
  local door, call, phone = talking(t)
  call:play(1000, -20)
  t:wait(2)
  t:link(phone, false)
  t:wait(0.5)
  t:link(phone, true)
  t:wait(3)
  t:near(door:level(), -20, 0.5, "phone to door [dBm0]")
  call:hangup()
  local q = door:expect_event("media_quality")
  t:near(q.lost, 25, 1, "packets lost")
  t:near(q.concealed, 25, 15, "frames made up or silent")
end)

scenario("a voice that loses 10 % of its packets gives no digit", {req = {"SIP-06"}}, function(t)
  local from, call = sender(t, {events = false})
  from:voice(-12)
  from:net{loss = 10}
  t:wait(300)
  call:expect_no_dtmf()
  t:ok(call:stats().concealed > 1000, "frames made up")
end)

scenario("the round trip is in the figures of both sides", {req = {"SIP-08"}}, function(t)
  local door, call = talking(t)
  t:net{delay_ms = 80}
  t:wait(12)
  t:near(call:stats().rtt_us, 160000, 5000, "round trip [us]")
  t:equal(call:stats().remote_lost, 0, "lost on the way to the door")
  call:hangup()
  t:near(door:expect_event("media_quality").rtt_us, 160000, 5000, "round trip [us]")
end)

scenario("a call too short for a report says so", {req = {"SIP-08"}}, function(t)
  local door, call = talking(t)
  t:wait(2)
  call:hangup()
  door:expect_event("media_quality", {reports = 0, rtt_us = 0, remote_lost = 0})
end)

scenario("a stranger's reports and goodbye change nothing", {req = {"SIP-08"}}, function(t)
  local door, call = talking(t, {["sip.media_timeout_s"] = "20"})
  local stranger = t:sip_socket{name = "stranger"}
  t:wait(6)
  local port = tonumber(t:sip_messages{code = 200}[1].body:match("m=audio (%d+)"))
  local to = door.uri:match("^sip:([^:]+)") .. ":" .. (port + 1)
  stranger:send(string.pack(">BBI2I4", 0x80, 201, 1, 0x12345678), to)
  stranger:send(string.pack(">BBI2I4I4I4I4I4I4I4", 0x81, 201, 7, 0x12345678, 1, 0xff7fffff, 2, 3, 4, 5), to)
  stranger:send(string.pack(">BBI2I4", 0x81, 203, 1, 0x12345678), to)
  stranger:send(string.pack(">BBI2", 0x9f, 200, 0xffff), to)
  t:wait(2)
  door:expect_state("talking")
  call:hangup()
  door:expect_event("media_quality", {remote_lost = 0})
end)

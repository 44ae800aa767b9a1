-- The DTMF supervision protocol when all goes well, and its timing (SUP-20, SUP-22, SUP-24)

-- A door that called, and the answered call at the receiver's side
local function answered(t, settings, receiver)
  local rx = t:receiver(receiver)
  local opts = {identity = "123456789", ["button.day"] = rx.uri, ["relay1.code1"] = "4242", ["relay1.hold_s"] = 5}
  for k, v in pairs(settings or {}) do opts[k] = v end
  local door = t:door(opts)
  door:press()
  local call = rx:expect_call()
  call:answer()
  door:expect_event("call_answered")
  return door, call, rx
end

scenario("a button call identifies itself, is acknowledged and opens the door",
  {req = {"SUP-20", "SUP-22", "REL-02", "REL-08", "SCN-01"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  door:expect_event("sup_start")
  local frame = call:expect_frame()
  t:equal(frame.text, "9810101123456789C")
  t:equal(frame.product, 81)
  t:equal(frame.reason, 1)
  t:equal(frame.module, 1)
  t:equal(frame.identity, "123456789")
  t:ok(frame.crc_ok)
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#", {within = 3})
  door:expect_event("sup_end", {result = "ok"})
  call:dtmf("4242")
  local on = door:expect_relay(1, "on", {within = 1})
  door:expect_relay(1, "off", {after = on, exactly = 5.0, tol = 0.010})
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

for _, speed in ipairs{{100, 100}, {40, 40}, {60, 140}, {500, 500}} do
  local on, off = table.unpack(speed)
  scenario("the frame goes out at " .. on .. " ms on and " .. off .. " ms off",
    {req = {"SUP-24"}}, function(t)
    local door, call, rx = answered(t, {["sup.digit_on_ms"] = on, ["sup.digit_off_ms"] = off})
    call:dtmf("C")
    call:expect_frame{within = 25}
    local digits = t:events(rx, "dtmf")
    t:equal(#digits, 20, "digits heard")
    local step = (digits[20].t - digits[1].t) / 19
    t:near(step, (on + off) / 1000, 0.002, "a digit takes")
  end)
end

scenario("the receiver's 1 comes five times, and each is answered by #",
  {req = {"SUP-22"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  call:expect_frame()
  t:wait(3)
  for n = 1, 5 do
    call:dtmf("1")
    call:expect_dtmf("#", {within = 2})
    door:expect_event("sup_ack", {count = n})
    t:wait(4.5)
  end
  t:equal(#t:events(door, "sup_end"), 1, "the protocol ends")
  door:expect_state("talking")
end)

scenario("a repeated 1 is answered although a strike code begins with 1",
  {req = {"SUP-22", "REL-08"}}, function(t)
  local door, call = answered(t, {["relay1.code1"] = "1234"})
  call:dtmf("C")
  call:expect_frame()
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
  t:wait(4)
  call:dtmf("1")
  call:expect_dtmf("#", {within = 3})
  door:expect_event("sup_ack", {count = 2})
  call:dtmf("1234")
  door:expect_relay(1, "on")
  t:equal(#t:events(door, "code_refused"), 0, "refused codes")
end)

scenario("a 1 long after the acknowledgement is a digit like any other",
  {req = {"SUP-22", "REL-08"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  call:expect_frame()
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
  t:wait(30)
  call:dtmf("1")
  call:expect_no_dtmf{during = 4}
  door:expect_event("code_refused", {relay = 0})
end)

scenario("an early acknowledgement counts for its own call alone",
  {req = {"SUP-22", "SUP-23"}}, function(t)
  local door, call, rx = answered(t)
  call:dtmf("C")
  call:expect_frame()
  call:dtmf("1")
  call:expect_dtmf("#")
  call:hangup()
  door:expect_event("sup_end", {result = "ok"})
  door:expect_state("idle")
  door:press()
  call = rx:expect_call()
  call:answer()
  call:dtmf("C")
  call:expect_frame()
  call:expect_no_dtmf{during = 3}
  door:expect_event("sup_end", {result = "no_ack", within = 31})
end)

scenario("an acknowledgement that begins with the last digit counts",
  {req = {"SUP-22", "SUP-24"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  call:expect_frame()            -- heard when its last digit begins
  call:dtmf("1")
  call:expect_dtmf("#", {within = 2})
  door:expect_event("sup_end", {result = "ok"})
end)

scenario("an acknowledgement in the middle of the frame means nothing",
  {req = {"SUP-22", "SUP-23"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  door:expect_event("sup_frame")
  t:wait(1)
  call:dtmf("1")
  call:expect_frame()
  door:expect_event("sup_sent")
  call:expect_no_dtmf{during = 3}
  call:dtmf("1")
  call:expect_dtmf("#")
end)

scenario("an acknowledgement just before the end of the wait still counts",
  {req = {"SUP-23"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  local sent = door:expect_event("sup_sent", {within = 10})
  t:wait(sent.t + 29.5 - t:now())
  call:dtmf("1")
  call:expect_dtmf("#")
  door:expect_event("sup_end", {result = "ok"})
end)

scenario("an acknowledgement after the wait is no acknowledgement any more",
  {req = {"SUP-23"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  call:expect_frame()
  local sent = door:expect_event("sup_sent", {within = 10})
  local over = door:expect_event("sup_end", {result = "no_ack", within = 31})
  t:took(sent, over, 30, 0.01, "wait for the acknowledgement")
  call:dtmf("1")
  call:expect_no_dtmf{during = 3}
  door:expect_state("talking")
end)

scenario("without C the call simply is a conversation", {req = {"SUP-23", "SUP-25"}}, function(t)
  local door, call = answered(t)
  local answer = t:events(door, "call_answered")[1]
  local over = door:expect_event("sup_end", {result = "no_c", within = 11})
  t:took(answer, over, 10, 0.01, "wait for C")
  t:equal(#t:events(door, "sup_frame"), 0, "frames")
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("a C that comes too late starts nothing, and is told", {req = {"SUP-23"}}, function(t)
  local door, call = answered(t)
  door:expect_event("sup_end", {result = "no_c", within = 11})
  call:dtmf("C")
  door:expect_event("sup_end", {result = "late_c"})
  call:expect_no_dtmf{during = 3}
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("a C that comes just in time starts the frame", {req = {"SUP-23"}}, function(t)
  local door, call = answered(t)
  t:wait(9.7)
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
end)

scenario("the receiver asks again by C, and the frame comes again, three times at most",
  {req = {"SUP-23"}}, function(t)
  local door, call = answered(t)
  for n = 1, 3 do
    call:dtmf("C")
    t:equal(call:expect_frame().text, "9810101123456789C")
    door:expect_event("sup_frame", {attempt = n})
    door:expect_event("sup_sent", {attempt = n})
    t:wait(3)
  end
  call:dtmf("C")
  door:expect_event("sup_end", {result = "too_many"})
  call:expect_no_dtmf{during = 5}
  door:expect_state("talking")
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("a C asked twice at once gives one frame", {req = {"SUP-20", "SUP-23"}}, function(t)
  local door, call = answered(t)
  call:dtmf("CC")
  call:expect_frame()
  call:expect_no_dtmf{during = 6}
  t:equal(#t:events(door, "sup_frame"), 1, "frames")
  call:dtmf("1")
  call:expect_dtmf("#")
end)

scenario("a repeated frame that is acknowledged is a success",
  {req = {"SUP-23", "SUP-22"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  call:expect_frame()
  t:wait(3)
  call:dtmf("C")
  call:expect_frame()
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
  door:expect_event("sup_end", {result = "ok"})
end)

scenario("codes are off from C until #", {req = {"SUP-24"}}, function(t)
  local door, call = answered(t)
  call:dtmf("C")
  call:dtmf("4242")
  call:expect_frame()
  door:expect_event("sup_sent")
  call:dtmf("4242")
  t:wait(1)
  t:equal(door:relay(1), false, "relay 1 before #")
  call:dtmf("1")
  call:expect_dtmf("#")
  call:dtmf("4242")
  door:expect_relay(1, "on")
  t:equal(#t:events(door, "code"), 1, "codes that counted")
end)

scenario("a code before C opens the door, the protocol goes on after it",
  {req = {"SUP-24", "REL-08"}}, function(t)
  local door, call = answered(t)
  call:dtmf("4242")
  door:expect_relay(1, "on")
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok)
  t:wait(3)
  call:dtmf("1")
  call:expect_dtmf("#")
end)

scenario("half a code before C is forgotten", {req = {"SUP-24"}}, function(t)
  local door, call = answered(t, {["door.code_gap_ms"] = 10000})
  call:dtmf("42")
  call:dtmf("C")
  call:expect_frame()
  t:wait(1)
  call:dtmf("1")
  call:expect_dtmf("#")
  call:dtmf("42")
  door:expect_no_relay(1, {during = 2})
end)

scenario("a contact with the protocol off hears no frame", {req = {"SUP-25"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri .. ";dtmf=off"}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:dtmf("C")
  call:expect_no_dtmf{during = 3}
  t:equal(#t:events(door, "sup_start"), 0, "protocol starts")
  door:expect_event("call_out", {to = rx.uri})
end)

scenario("a vocal call goes on without C although the contact requires it",
  {req = {"SUP-25", "SUP-23"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri .. ";dtmf=required"}
  door:press()
  local call = rx:expect_call()
  call:answer()
  door:expect_event("sup_end", {result = "no_c", within = 12})
  door:expect_state("talking")
end)

scenario("the door never starts the protocol in a call it received", {req = {"SUP-20"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["relay1.code1"] = "4242"}
  local call = rx:dial(door.uri)
  call:expect_answer()
  call:dtmf("C")
  call:expect_no_dtmf{during = 3}
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

-- Relays as strikes: codes, holds, refusals (REL-01, REL-02, REL-06, REL-07, REL-08, HW-03)

local function talking(t, settings)
  local phone = t:phone()
  local door  = t:door(settings)
  local call  = phone:dial(door.uri)
  call:expect_answer()
  door:expect_state("talking")
  return door, call
end

scenario("each of the eight codes opens its own relay",
  {req = {"REL-08", "REL-01", "HW-03"}}, function(t)
  local settings = {["relay1.hold_s"] = 1, ["relay2.hold_s"] = 1}
  for relay = 1, 2 do
    for code = 1, 4 do settings["relay" .. relay .. ".code" .. code] = string.format("%d0%d", relay, code) end
  end
  local door, call = talking(t, settings)
  for relay = 1, 2 do
    for code = 1, 4 do
      call:dtmf(settings["relay" .. relay .. ".code" .. code])
      door:expect_event("code", {relay = relay, code = code})
      local on = door:expect_relay(relay, "on")
      t:equal(door:relay(3 - relay), false, "the other relay")
      door:expect_relay(relay, "off", {after = on, exactly = 1})
    end
  end
end)

scenario("codes on both relays hold side by side, each for its time",
  {req = {"REL-08", "REL-02"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "11", ["relay1.hold_s"] = 6, ["relay2.code1"] = "22", ["relay2.hold_s"] = 3})
  call:dtmf("11")
  call:dtmf("22")
  local on1, on2 = door:expect_relay(1, "on"), door:expect_relay(2, "on")
  door:expect_light("door", "blue")
  door:expect_relay(2, "off", {after = on2, exactly = 3})
  door:expect_light("door", "blue")
  door:expect_relay(1, "off", {after = on1, exactly = 6})
  door:expect_light("door", "off")
end)

for _, s in ipairs{1, 25} do
  scenario("a strike holds for exactly " .. s .. " s", {req = {"REL-02"}}, function(t)
    local door, call = talking(t, {["relay2.code1"] = "4242", ["relay2.hold_s"] = s})
    call:dtmf("4242")
    local on = door:expect_relay(2, "on")
    door:expect_relay(2, "off", {after = on, exactly = s, tol = 0.001})
  end)
end

scenario("the code again during the hold is refused and does not extend it",
  {req = {"REL-07"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242", ["relay1.hold_s"] = 5})
  call:dtmf("4242")
  local on = door:expect_relay(1, "on")
  t:wait(2)
  call:dtmf("4242")
  door:expect_event("code_refused", {relay = 1, cause = "running"})
  door:expect_relay(1, "off", {after = on, exactly = 5})
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("a local command during the hold is refused too", {req = {"REL-07"}}, function(t)
  local door = t:door{["relay1.hold_s"] = 5}
  door:open(1)
  local on = door:expect_relay(1, "on")
  t:wait(4)
  door:open(1)
  door:expect_event("code_refused", {relay = 1, cause = "running"})
  door:expect_relay(1, "off", {after = on, exactly = 5})
end)

scenario("a wrong code opens nothing and is told without its digits",
  {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242"})
  call:dtmf("4243")
  door:expect_event("code_refused", {relay = 0, cause = "wrong"})
  t:equal(door:relay(1), false, "relay 1")
  for _, e in ipairs(t:events(door, "digit")) do t:equal(e.digit, "x", "digit in the events") end
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("ten wrong codes are ten events, and the right one still opens",
  {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242"})
  for _ = 1, 10 do call:dtmf("9999") end
  t:equal(#t:events(door, "code_refused"), 10, "refused codes")
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("a star clears what was typed", {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242"})
  call:dtmf("42*4242")
  door:expect_event("code_refused", {relay = 0})
  door:expect_relay(1, "on")
end)

scenario("a pause inside a code that is too long makes it two wrong ones",
  {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242", ["door.code_gap_ms"] = 1000})
  call:dtmf("42")
  t:wait(1.2)
  door:expect_event("code_refused", {relay = 0, cause = "wrong"})
  call:dtmf("42")
  door:expect_event("code_refused", {relay = 0, cause = "wrong"})
  t:equal(door:relay(1), false, "relay 1")
end)

scenario("a pause inside a code that is short enough does no harm", {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242", ["door.code_gap_ms"] = 1000})
  call:dtmf("42")
  t:wait(0.7)
  call:dtmf("42")
  door:expect_relay(1, "on")
end)

scenario("a local code is refused from afar", {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242", ["relay1.code1_type"] = "local", ["relay1.code2"] = "777"})
  call:dtmf("4242")
  door:expect_event("code_refused", {relay = 1, cause = "local"})
  t:equal(door:relay(1), false, "relay 1")
  call:dtmf("777")
  door:expect_relay(1, "on")
end)

for _, f in ipairs{"line", "mains", "network"} do
  scenario("the code of a relay that is " .. f .. " is refused",
    {req = {"REL-06", "REL-01"}}, function(t)
    local door, call = talking(t, {["relay2.code1"] = "4242", ["relay2.function"] = f})
    local before = door:relay(2)
    call:dtmf("4242")
    door:expect_event("code_refused", {relay = 2, cause = "function"})
    t:equal(door:relay(2), before, "relay 2")
    door:open(2)
    door:expect_event("code_refused", {relay = 2, cause = "function"})
    t:equal(door:relay(2), before, "relay 2")
  end)
end

scenario("no code works before the call is answered", {req = {"REL-08", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["relay1.code1"] = "4242"}
  door:press()
  local call = phone:expect_call()
  call:progress(183)
  t:wait(0.5)
  call:dtmf("4242")
  door:expect_no_relay(1, {during = 2})
  call:answer()
  call:dtmf("4242")
  door:expect_relay(1, "on")
end)

scenario("half a code of one call is no beginning for the next", {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242"})
  call:dtmf("42")
  call:hangup()
  door:expect_state("idle")
  local other = t:phone{name = "other"}:dial(door.uri)
  other:expect_answer()
  other:dtmf("42")
  door:expect_no_relay(1, {during = 5})
end)

scenario("the hold of a running strike keeps its time when the setting changes",
  {req = {"REL-02"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242", ["relay1.hold_s"] = 4})
  call:dtmf("4242")
  local on = door:expect_relay(1, "on")
  t:ok(door:set("relay1.hold_s", "9"))
  door:expect_relay(1, "off", {after = on, exactly = 4})
  call:dtmf("4242")
  on = door:expect_relay(1, "on")
  door:expect_relay(1, "off", {after = on, exactly = 9})
end)

scenario("a new code is in force at once, the old one no longer", {req = {"REL-08"}}, function(t)
  local door, call = talking(t, {["relay1.code1"] = "4242"})
  t:ok(door:set("relay1.code1", "8080"))
  door:expect_event("setting", {key = "relay1.code1", value = "(secret)"})
  call:dtmf("4242")
  door:expect_event("code_refused", {relay = 0})
  call:dtmf("8080")
  door:expect_relay(1, "on")
end)

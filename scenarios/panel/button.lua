-- The call button: press time, double presses, fault (HW-01, DOOR-07, DOOR-05, HW-04)

scenario("a press shorter than the press time is none", {req = {"HW-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["door.press_ms"] = 500}
  door:press(0.49)
  phone:expect_no_call{during = 2}
  t:equal(#t:events(door, "press"), 0, "presses that counted")
  door:press(0.51)
  phone:expect_call()
end)

for _, ms in ipairs{100, 5000} do
  scenario("a press counts after " .. ms .. " ms, while it is still held",
    {req = {"HW-01"}}, function(t)
    local phone = t:phone()
    local door  = t:door{["button.day"] = phone.uri, ["door.press_ms"] = ms}
    t:wait(2)
    door:hold()
    local down = door:expect_event("edge", {signal = "button", level = true})
    local press = door:expect_event("press", {within = 6})
    t:took(down, press, ms / 1000, 0.001, "press time")
    phone:expect_call()
    door:release()
  end)
end

scenario("a bouncing contact is one press", {req = {"HW-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  for _ = 1, 10 do
    door:hold()
    t:wait(0.005)
    door:release()
    t:wait(0.005)
  end
  door:press(0.3)
  phone:expect_call()
  t:equal(#t:events(door, "press"), 1, "presses that counted")
end)

scenario("a double press makes one call", {req = {"HW-01", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press(0.2)
  t:wait(0.1)
  door:press(0.2)
  door:expect_event("press", {action = "call"})
  door:expect_event("press", {action = "ignored"})
  phone:expect_call()
  phone:expect_no_call{during = 5}
end)

scenario("a press during a call is ignored", {req = {"HW-01", "DOOR-05"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:expect_event("call_answered")
  door:press()
  door:expect_event("press", {action = "ignored"})
  t:wait(2)
  door:expect_state("talking")
  t:ok(not call:is_over(), "the call goes on")
end)

scenario("a visitor who leans on the button makes one call",
  {req = {"HW-01", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:hold()
  local call = phone:expect_call()
  t:wait(5)
  call:answer()
  t:wait(20)
  call:hangup()
  door:expect_state("idle")
  phone:expect_no_call{during = 30}
  door:release()
  door:press()
  phone:expect_call()
end)

scenario("a button held for more than ten minutes is faulty until it is released",
  {req = {"DOOR-07", "HW-02", "SIM-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:hold()
  local down = t:now()
  local fault = door:expect_event("button_fault", {fault = true, within = 601})
  t:took(down, fault, 600, 0.01, "time until the fault")
  door:expect_light("call", "red")
  t:wait(1800)
  t:equal(#t:events(door, "button_fault"), 1, "fault events")
  door:release()
  door:expect_event("button_fault", {fault = false})
  door:expect_light("call", "off")
  door:press()
  phone:expect_call()
end)

scenario("a button held for less than ten minutes is no fault", {req = {"DOOR-07"}}, function(t)
  local door = t:door()
  door:press(599)
  door:expect_no_event("button_fault", {during = 700})
end)

scenario("the external input is told when it opens and closes", {req = {"HW-04"}}, function(t)
  local door = t:door()
  door:contact(true)
  door:expect_event("contact", {closed = true})
  door:contact(false)
  door:expect_event("contact", {closed = false})
  door:expect_state("idle")
end)

-- How a communication ends, and what it survives (DOOR-04, DOOR-05, SIP-08, HW-05, SIP-10)

-- A door in communication with a phone it called
local function talking(t, settings)
  local phone = t:phone()
  local opts = {["button.day"] = phone.uri, ["relay1.code1"] = "4242"}
  for k, v in pairs(settings or {}) do opts[k] = v end
  local door = t:door(opts)
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:expect_answer()
  local answer = door:expect_event("call_answered")
  return door, call, phone, answer
end

for _, min in ipairs{1, 3, 10} do
  scenario("a communication of at most " .. min .. " min ends with a message and BYE",
    {req = {"DOOR-04"}}, function(t)
    local door, call, _, answer = talking(t, {["door.talk_min"] = min})
    call:expect_close{within = 60 * min + 1}
    door:expect_event("announce", {message = "end_of_communication"})
    local over = door:expect_event("call_end", {cause = "time"})
    t:took(answer, over, 60 * min, 0.01, "communication time")
    t:expect_sip{method = "BYE", from = door}
  end)
end

scenario("a permanent communication has no end of its own",
  {req = {"DOOR-04", "SIM-03"}}, function(t)
  local door, call = talking(t, {["door.talk_min"] = "permanent"})
  t:wait(11 * 60)
  door:expect_state("talking")
  call:hangup()
  t:near(door:expect_event("call_end").talk_ms, 11 * 60000, 50, "time of talk")
end)

scenario("the call ends with the strike's hold time where that is set",
  {req = {"DOOR-05", "REL-02"}}, function(t)
  local door, call = talking(t, {["door.end_after_strike"] = true, ["relay1.hold_s"] = 3})
  call:dtmf("4242")
  local on = door:expect_relay(1, "on")
  local off = door:expect_relay(1, "off", {after = on, exactly = 3})
  local over = door:expect_event("call_end", {cause = "strike"})
  t:took(off, over, 0, 0.001, "time of BYE")
  call:expect_close()
end)

scenario("a strike of before the call does not end it", {req = {"DOOR-05"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["door.end_after_strike"] = true, ["relay1.hold_s"] = 5}
  door:open(1)
  door:expect_relay(1, "on")
  phone:dial(door.uri):expect_answer()
  door:expect_relay(1, "off", {within = 6})
  t:wait(2)
  door:expect_state("talking")
end)

scenario("a strike of the last call does not end the next one", {req = {"DOOR-05"}}, function(t)
  local door, call, phone = talking(t, {["door.end_after_strike"] = true, ["relay1.hold_s"] = 10})
  call:dtmf("4242")
  door:expect_relay(1, "on")
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
  phone:dial(door.uri):expect_answer()
  door:expect_relay(1, "off", {within = 11})
  t:wait(2)
  door:expect_state("talking")
end)

scenario("a press hangs up where that is set", {req = {"DOOR-05", "HW-01"}}, function(t)
  local door, call = talking(t, {["door.end_by_button"] = true})
  t:wait(3)
  door:press()
  call:expect_close{within = 1}
  door:expect_event("call_end", {cause = "button"})
end)

scenario("a press stops the calling where that is set", {req = {"DOOR-05", "DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = first.uri .. "," .. second.uri, ["door.end_by_button"] = true}
  door:press()
  local call = first:expect_call()
  door:press()
  call:expect_close{code = 487}
  door:expect_event("call_end", {cause = "button"})
  second:expect_no_call{during = 40}
end)

scenario("a press between two contacts stops the calling too",
  {req = {"DOOR-05", "DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = first.uri .. "," .. second.uri, ["door.end_by_button"] = true}
  door:press()
  first:expect_call():reject(486)
  door:expect_state("waiting")
  door:press()
  door:expect_state("idle")
  second:expect_no_call{during = 40}
end)

scenario("the call goes on while one supply of two is lost",
  {req = {"HW-05", "REL-04"}}, function(t)
  local door, call = talking(t)
  door:mains(false)
  door:expect_event("mains", {ok = false})
  call:play(800, -10)
  door:expect_level{above = -15}
  door:expect_state("talking")
  door:mains(true)
  door:poe(false)
  t:wait(2)
  door:expect_state("talking")
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("both supplies are lost: the door is dark and says no BYE, then boots with its settings",
  {req = {"HW-05", "HW-09", "HW-02"}}, function(t)
  local door, call, phone = talking(t)
  door:set("relay1.hold_s", "17")
  call:dtmf("4242")
  door:expect_relay(1, "on")
  door:power(false)
  door:expect_relay(1, "off", {within = 0.1})
  door:expect_state("off")
  door:expect_light("talk", "off")
  t:wait(60)
  t:equal(#t:sip_messages{method = "BYE"}, 0, "BYEs")
  door:mains(true)
  door:expect_state("idle")
  door:expect_light("call", "white")
  door:expect_light("call", "off", {within = 2})
  t:equal(#t:events(door, "boot"), 2, "boots")
  t:equal(door:get("relay1.hold_s"), "17")
  door:press()
  phone:expect_call():answer()
  door:expect_event("call_answered")
end)

scenario("the link is lost for good: the call ends for want of sound",
  {req = {"SIP-08", "HW-10"}}, function(t)
  local door, call = talking(t, {["sip.media_timeout_s"] = 30})
  t:wait(2)
  door:link(false)
  local cut = door:expect_event("link", {up = false})
  local over = door:expect_event("call_end", {cause = "no media", within = 35})
  t:took(cut, over, 30, 0.5, "time without sound")
  door:expect_state("idle")
  door:expect_light("talk", "red")
  door:link(true)
  door:expect_light("talk", "off")
  t:ok(not call:is_over(), "the phone could not hear of it")
end)

scenario("the link is lost for ten seconds: the call survives", {req = {"SIP-08"}}, function(t)
  local door, call = talking(t)
  door:link(false)
  t:wait(10)
  door:link(true)
  call:play(800, -10)
  door:expect_level{above = -15}
  door:expect_state("talking")
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("a phone that vanishes without a word is noticed", {req = {"SIP-08"}}, function(t)
  local door, call, phone = talking(t, {["sip.media_timeout_s"] = 5})
  t:link(phone, false)
  door:expect_event("call_end", {cause = "no media", within = 6})
end)

scenario("a phone that says nothing is no reason to end where the time-out is off",
  {req = {"SIP-08"}}, function(t)
  local door, call, phone = talking(t, {["sip.media_timeout_s"] = 0})
  t:link(phone, false)
  t:wait(120)
  door:expect_state("talking")
end)

scenario("the other side holds and resumes, the pictogram follows",
  {req = {"SIP-10", "HW-02"}}, function(t)
  local door, call = talking(t)
  t:wait(1)
  call:hold(true)
  door:expect_event("call_hold", {held = true})
  door:expect_state("held")
  door:expect_light("talk", "green", {blink = true})
  t:wait(60)
  call:hold(false)
  door:expect_event("call_hold", {held = false})
  door:expect_light("talk", "green")
  door:play(1000, -10)
  call:expect_level{above = -15}
end)

scenario("a call on hold can be ended by either side", {req = {"SIP-10"}}, function(t)
  local door, call = talking(t)
  call:hold(true)
  door:expect_state("held")
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
  door:expect_light("talk", "off")
end)

scenario("the communication time runs on during a hold", {req = {"DOOR-04", "SIP-10"}}, function(t)
  local door, call, _, answer = talking(t, {["door.talk_min"] = 1})
  t:wait(10)
  call:hold(true)
  local over = door:expect_event("call_end", {cause = "time", within = 51})
  t:took(answer, over, 60, 0.01, "communication time")
  call:expect_close()
end)

scenario("a restart in the middle of a call says BYE first",
  {req = {"SIP-01", "HW-09"}}, function(t)
  local door, call = talking(t)
  door:restart()
  call:expect_close{within = 1}
  door:expect_event("shutdown", {cause = "restart"})
  door:expect_event("boot")
  door:expect_event("boot", {within = 40})
  door:expect_state("idle")
end)

-- Somebody calls the door (DOOR-02, SIP-10, REL-08)

scenario("an incoming call is answered at once", {req = {"DOOR-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door()
  local call  = phone:dial(door.uri)
  local begun = t:now()
  call:expect_answer{within = 1}
  t:near(t:now(), begun, 0.05, "time of the answer")
  door:expect_event("call_in", {from = "sip:receiver@" .. phone.address:match("^[^:]+")})
  door:expect_state("talking")
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

for _, s in ipairs{1, 9} do
  scenario("an incoming call is answered after " .. s .. " s",
    {req = {"DOOR-02", "HW-02"}}, function(t)
    local phone = t:phone()
    local door  = t:door{["door.answer_s"] = s, ["door.boot_ms"] = 0}
    local begun = t:now()
    local call  = phone:dial(door.uri)
    call:expect_ringing()
    door:expect_light("call", "yellow", {blink = true})
    local answer = call:expect_answer()
    t:took(begun, answer, s, 0.01, "time of the answer")
    door:expect_light("call", "off")
    door:expect_light("talk", "green")
  end)
end

scenario("a press answers where the door waits for it", {req = {"DOOR-02", "HW-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["door.answer_s"] = "manual"}
  local call  = phone:dial(door.uri)
  call:expect_ringing()
  t:wait(30)
  door:expect_state("ringing")
  door:press()
  door:expect_event("press", {action = "answer"})
  call:expect_answer()
  door:expect_state("talking")
end)

scenario("a press does not answer earlier than the set time", {req = {"DOOR-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["door.answer_s"] = 5}
  local begun = t:now()
  local call  = phone:dial(door.uri)
  call:expect_ringing()
  door:press()
  door:expect_event("press", {action = "ignored"})
  local answer = call:expect_answer()
  t:took(begun, answer, 5, 0.01, "time of the answer")
end)

scenario("the caller gives up while the door rings", {req = {"DOOR-02", "SIP-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["door.answer_s"] = "manual", ["door.boot_ms"] = 0}
  local call  = phone:dial(door.uri)
  call:expect_ringing()
  t:wait(4)
  call:hangup()
  t:expect_sip{code = 487, from = door}
  door:expect_event("call_end", {cause = "487 Request Terminated"})
  door:expect_state("idle")
  door:expect_light("call", "off")
  phone:dial(door.uri):expect_ringing()
end)

scenario("a ringing call refused by command gets 480", {req = {"DOOR-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["door.answer_s"] = "manual"}
  local call  = phone:dial(door.uri)
  call:expect_ringing()
  door:hangup()
  call:expect_close{code = 480}
  door:expect_state("idle")
end)

scenario("a second caller hears busy, the first goes on talking", {req = {"SIP-10"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door()
  local call = first:dial(door.uri)
  call:expect_answer()
  second:dial(door.uri):expect_close{code = 486}
  door:expect_event("call_refused", {code = 486, cause = "busy"})
  call:play(1000, -10)
  door:expect_level{above = -15}
  door:expect_state("talking")
end)

scenario("a caller hears busy while the door itself calls",
  {req = {"SIP-10", "DOOR-03"}}, function(t)
  local phone, other = t:phone(), t:phone{name = "other"}
  local door = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  other:dial(door.uri):expect_close{code = 486}
  call:answer()
  door:expect_event("call_answered")
end)

scenario("a caller hears busy while the door waits for the next contact",
  {req = {"SIP-10", "DOOR-03"}}, function(t)
  local phone, other = t:phone(), t:phone{name = "other"}
  local door = t:door{["button.day"] = phone.uri .. "," .. other.uri, ["door.ring_s"] = 10}
  door:press()
  phone:expect_call():reject(486)
  door:expect_state("waiting")
  phone:dial(door.uri):expect_close{code = 486}
  other:expect_call{within = 10}
end)

scenario("a caller that calls while the door rings hears busy",
  {req = {"SIP-10", "DOOR-02"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["door.answer_s"] = 3}
  local call = first:dial(door.uri)
  call:expect_ringing()
  second:dial(door.uri):expect_close{code = 486}
  call:expect_answer()
end)

scenario("a caller opens the door by a code", {req = {"REL-08", "REL-02", "DOOR-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["relay1.code3"] = "90909", ["relay1.hold_s"] = 25}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  call:dtmf("90909")
  door:expect_event("code", {relay = 1, code = 3})
  local on = door:expect_relay(1, "on")
  door:expect_relay(1, "off", {after = on, exactly = 25})
end)

scenario("a door called before its start-up is over answers all the same",
  {req = {"HW-09", "DOOR-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["door.boot_ms"] = 5000}
  phone:dial(door.uri):expect_answer{within = 1}
  door:expect_state("talking")
end)

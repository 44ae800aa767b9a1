-- Relays that show something: line seized, mains fault, network fault (REL-01, REL-02 to REL-05, HW-05, HW-10)

scenario("the line relay is on from the INVITE to the hang-up",
  {req = {"REL-03", "REL-01"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["relay1.function"] = "line"}
  door:press()
  local on = door:expect_relay(1, "on")
  t:took(on, t:expect_sip{method = "INVITE"}, 0, 0.001, "time of the INVITE")
  local call = phone:expect_call()
  call:answer()
  t:wait(40)
  t:equal(door:relay(1), true, "relay 1 in the call")
  call:hangup()
  local over = door:expect_event("call_end")
  t:took(over, door:expect_relay(1, "off"), 0, 0.001, "time of release")
end)

scenario("the line relay is released after its time, the call goes on",
  {req = {"REL-03", "REL-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["relay2.function"] = "line", ["relay2.line_s"] = 9}
  door:press()
  local on = door:expect_relay(2, "on")
  phone:expect_call():answer()
  door:expect_relay(2, "off", {after = on, exactly = 9})
  door:expect_state("talking")
end)

scenario("the line relay is on from the start of ringing in", {req = {"REL-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["relay1.function"] = "line", ["door.answer_s"] = 5}
  local call  = phone:dial(door.uri)
  local on    = door:expect_relay(1, "on")
  local ring  = call:expect_ringing()
  t:took(ring, on, 0, 0.01, "time of ringing")
  call:expect_answer()
  call:hangup()
  door:expect_relay(1, "off")
end)

scenario("the line relay is released when the caller gives up", {req = {"REL-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["relay1.function"] = "line", ["door.answer_s"] = "manual"}
  local call  = phone:dial(door.uri)
  door:expect_relay(1, "on")
  call:expect_ringing()
  call:hangup()
  door:expect_relay(1, "off")
end)

scenario("the line relay stays on from contact to contact",
  {req = {"REL-03", "DOOR-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = "10.77.9.9," .. phone.uri, ["door.ring_s"] = 10, ["relay1.function"] = "line"}
  door:press()
  door:expect_relay(1, "on")
  phone:expect_call{within = 11}
  t:equal(door:relay(1), true, "relay 1 at the second contact")
  local gone = door:expect_event("unavailable", {within = 11})
  t:took(gone, door:expect_relay(1, "off"), 0, 0.001, "time of release")
end)

scenario("the mains relay is on while supply is healthy and off on loss",
  {req = {"REL-04", "HW-05", "REL-01"}}, function(t)
  local door = t:door{["relay1.function"] = "mains"}
  door:expect_relay(1, "on")
  t:wait(1800)
  t:equal(door:relay(1), true, "relay 1 after half an hour")
  local cut = t:now()
  door:mains(false)
  t:took(cut, door:expect_relay(1, "off"), 0, 0.005, "time of release")
  door:mains(true)
  door:expect_relay(1, "on")
  door:poe(false)
  door:expect_relay(1, "off")
  door:poe(true)
  door:expect_relay(1, "on")
end)

scenario("a door fed by PoE+ alone is healthy", {req = {"REL-04", "HW-05"}}, function(t)
  local door = t:door{["relay1.function"] = "mains"}
  door:power(false)
  door:expect_state("off")
  t:equal(door:relay(1), false, "relay 1 without supply")
  t:wait(1)
  door:poe(true)
  door:expect_state("idle")
  t:wait(1)
  t:equal(door:relay(1), true, "relay 1 on PoE+ alone")
  door:mains(true)
  t:wait(1)
  door:mains(false)
  t:wait(0.1)
  t:equal(door:relay(1), false, "relay 1 once the mains came and went")
end)

scenario("the network relay is on while the link is down",
  {req = {"REL-05", "HW-10", "REL-01"}}, function(t)
  local door = t:door{["relay2.function"] = "network"}
  t:wait(2)
  t:equal(door:relay(2), false, "relay 2 with the link up")
  door:link(false)
  door:expect_relay(2, "on", {within = 0.1})
  door:expect_light("talk", "red")
  t:wait(60)
  door:link(true)
  door:expect_relay(2, "off", {within = 0.1})
  door:expect_light("talk", "off")
end)

scenario("a relay takes its new function at once", {req = {"REL-01", "REL-06"}}, function(t)
  local door = t:door{["relay1.hold_s"] = 2}
  t:equal(door:relay(1), false, "relay 1 as a strike")
  t:ok(door:set("relay1.function", "mains"))
  door:expect_relay(1, "on")
  t:ok(door:set("relay1.function", "strike"))
  door:expect_relay(1, "off")
  door:open(1)
  local on = door:expect_relay(1, "on")
  door:expect_relay(1, "off", {after = on, exactly = 2})
end)

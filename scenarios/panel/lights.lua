-- What the pictograms show, and the door's start (HW-02, HW-06, HW-09)

scenario("at boot all pictograms light until the beep", {req = {"HW-09", "SIM-01"}}, function(t)
  local door = t:door()
  for _, p in ipairs{"call", "talk", "door"} do door:expect_light(p, "white") end
  t:took(door:expect_event("boot"), door:expect_event("beep"), 1, 0.005, "start-up")
  for _, p in ipairs{"call", "talk", "door"} do door:expect_light(p, "off", {within = 0.01}) end
end)

scenario("the pictograms tell the story of a whole call",
  {req = {"HW-02", "SIP-10", "REL-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["relay1.code1"] = "4242", ["relay1.hold_s"] = 3, ["door.boot_ms"] = 0}
  t:wait(1)
  door:expect_light("call", "off")
  door:press()
  door:expect_light("call", "yellow")
  local call = phone:expect_call()
  call:answer()
  call:expect_answer()
  door:expect_light("call", "off")
  door:expect_light("talk", "green")
  call:hold(true)
  door:expect_light("talk", "green", {blink = true})
  call:hold(false)
  door:expect_light("talk", "green")
  call:dtmf("4242")
  door:expect_light("door", "blue")
  door:expect_light("door", "off", {within = 4})
  call:hangup()
  door:expect_light("talk", "off")
end)

scenario("the colours are settings", {req = {"HW-02"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri, ["picto.calling"] = "white blinking", ["picto.talking"] = "red",
                       ["picto.idle"] = "blue", ["door.boot_ms"] = 0}
  t:wait(0.1)
  door:expect_light("talk", "blue")
  door:press()
  door:expect_light("call", "white", {blink = true})
  phone:expect_call():answer()
  door:expect_light("talk", "red")
  t:ok(door:set("picto.talking", "yellow"))
  door:expect_light("talk", "yellow")
end)

scenario("the factory DIP switch at power-up forgets every setting", {req = {"HW-06"}}, function(t)
  local door = t:door{identity = "42", ["relay1.hold_s"] = 20}
  door:dip(4, true)
  t:equal(door:get("identity"), "42")           -- read at boot only
  door:power(false)
  door:power(true)
  door:expect_event("boot", {dip = 8})
  t:equal(door:get("identity"), "000000000")
  t:equal(door:get("relay1.hold_s"), "5")
end)

scenario("the factory DIP switch works at a restart too", {req = {"HW-06"}}, function(t)
  local door = t:door{identity = "42"}
  door:dip(4, true)
  door:restart()
  door:expect_event("boot", {dip = 8, within = 10})
  t:equal(door:get("identity"), "000000000")
end)

scenario("a restart keeps the settings", {req = {"HW-06", "HW-09"}}, function(t)
  local phone = t:phone()
  local door  = t:door{identity = "42", ["button.day"] = phone.uri}
  t:wait(2)
  t:ok(door:set("identity", "43"))
  door:restart()
  door:expect_light("call", "white", {within = 10})
  door:expect_state("idle")
  t:equal(door:get("identity"), "43")
  door:press()
  phone:expect_call{from = "000000043_bouton_appel"}
end)

scenario("a door left alone for seven days still rings",
  {req = {"SIM-03", "HW-01"}, timeout = 700000}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  local monday = t:wall()
  t:wait(7 * 86400)
  t:near(t:wall() - monday, 7 * 86400, 0.01, "calendar")
  door:press()
  phone:expect_call{within = 1}:answer()
  door:expect_event("call_answered")
end)

scenario("two doors in one process do not hear each other's calls",
  {req = {"SIM-03", "SIP-02"}}, function(t)
  local phone = t:phone()
  local one = t:door{name = "front", identity = "1", ["button.day"] = phone.uri}
  local two = t:door{name = "rear", identity = "2", ["button.day"] = phone.uri}
  one:press()
  two:press()
  local a = phone:expect_call{from = "000000001_bouton_appel"}
  local b = phone:expect_call{from = "000000002_bouton_appel"}
  a:answer()
  b:answer()
  one:expect_state("talking")
  two:expect_state("talking")
  a:hangup()
  one:expect_state("idle")
  two:expect_state("talking")
end)

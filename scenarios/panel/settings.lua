-- Settings: refused with a reason, or in force at once (REL-02, DOOR-03, DOOR-04)

local bad = {
  {"relay1.hold_s", "26", "1.*25"}, {"relay1.hold_s", "0", "1.*25"}, {"relay1.hold_s", "five", "1.*25"},
  {"relay1.line_s", "10", "1.*9.*permanent"}, {"door.ring_s", "9", "10.*60"}, {"door.talk_min", "11", "1.*10.*permanent"},
  {"door.answer_s", "10", "0.*9.*manual"}, {"door.press_ms", "99", "100.*5000"}, {"relay1.function", "door", "strike.*line.*mains.*network"},
  {"relay1.code1", "12a", "digit"}, {"relay1.code1", "123456789", "8"}, {"crc.poly", "256", "0.*255"},
  {"picto.talking", "pink", "green"}, {"sip.codecs", "MP3", "PCMA"}, {"door.end_by_button", "perhaps", "yes"},
}

scenario("a value out of range is refused with the range and changes nothing",
  {req = {"REL-02", "DOOR-02", "DOOR-03", "DOOR-04"}}, function(t)
  local door = t:door()
  for _, b in ipairs(bad) do
    local key, value, says = table.unpack(b)
    local before = door:get(key)
    local ok, err = door:set(key, value)
    t:equal(ok, nil, key .. "=" .. value .. " was taken")
    t:match(err, key:gsub("%.", "%%."), key .. "=" .. value)
    t:match(err, says, key .. "=" .. value)
    t:equal(door:get(key), before, key)
  end
  t:equal(#t:events(door, "setting"), 0, "changed settings")
end)

scenario("an unknown setting is refused with the nearest one", {}, function(t)
  local door = t:door()
  local ok, err = door:set("relay1.hold", "5")
  t:equal(ok, nil)
  t:match(err, "relay1%.hold_s")
end)

scenario("two relays cannot share a code", {req = {"REL-08"}}, function(t)
  local door = t:door{["relay1.code1"] = "4242"}
  local ok, err = door:set("relay2.code1", "4242")
  t:equal(ok, nil)
  t:match(err, "relay1%.code1")
  t:ok(not err:find("4242"), "the digits are not told")
end)

scenario("the outgoing delay changed while a contact rings counts from the next one",
  {req = {"DOOR-03"}}, function(t)
  local first, second, third = t:phone{name = "first"}, t:phone{name = "second"}, t:phone{name = "third"}
  local door = t:door{["button.day"] = table.concat({first.uri, second.uri, third.uri}, ","), ["door.ring_s"] = 10}
  door:press()
  local _, a = first:expect_call()
  t:ok(door:set("door.ring_s", "20"))
  local _, b = second:expect_call{within = 11}
  t:took(a, b, 10, 0.02, "T of the first contact")
  local _, c = third:expect_call{within = 21}
  t:took(b, c, 20, 0.02, "T of the second contact")
end)

scenario("a contact added is called from the next press on", {req = {"DOOR-03"}}, function(t)
  local phone = t:phone()
  local door  = t:door()
  door:press()
  door:expect_event("press", {action = "no_contact"})
  t:ok(door:set("button.day", phone.uri))
  door:expect_event("setting", {key = "button.day"})
  door:press()
  phone:expect_call()
end)

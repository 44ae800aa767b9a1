-- Inputs of the board, driven from outside the firmware (HIL-01, HW-01, HW-04, HW-05, HW-06)

for _, row in ipairs{{"button", "pressed"}, {"contact", "closed"}, {"mains", "ok"}, {"poe", "ok"}, {"link", "up"}} do
  local input, field = row[1], row[2]
  local rest = input ~= "button" and input ~= "contact"
  scenario("the input " .. input .. " is told both ways", {req = {"HIL-01"}, rig = "board", timeout = 20}, function(t)
    local door = t:door()
    t:wait(0.1)
    for _ = 1, 5 do
      for _, level in ipairs{not rest, rest} do
        door:input(input, level)
        door:expect_event("edge", {signal = input, level = level, within = 0.5})
        door:expect_event(input, {[field] = level, within = 0.5})
      end
    end
  end)
end

scenario("the board's DIP switches are read at the next start", {req = {"HIL-01", "HW-06"}, rig = "board", timeout = 20}, function(t)
  local door = t:door()
  door:expect_event("boot", {dip = 0})
  door:dip(1, true)
  door:dip(3, true)
  door:restart()
  door:expect_event("boot", {dip = 5})
end)

scenario("a host that is gone leaves no relay energised", {req = {"HIL-01", "REL-02"}, rig = "board", timeout = 20}, function(t)
  local door = t:door{["relay1.hold_s"] = 25, ["relay2.hold_s"] = 25}
  door:open(1)
  door:open(2)
  door:expect_outside(1, "on")
  door:expect_outside(2, "on")
  door:cable(false)
  door:expect_trouble("gone")
  door:expect_outside(1, "off", {within = 0.6})
  door:expect_outside(2, "off", {within = 0.6})
end)

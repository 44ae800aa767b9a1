-- Holds measured by the board's own clock, whatever this host is doing (HIL-01, REL-02)

for relay = 1, 2 do
  scenario("a pulse of 500 ms on relay " .. relay .. " is one by the board's clock",
    {req = {"HIL-01", "HW-03"}, rig = "board", timeout = 20}, function(t)
    local door = t:door()
    door:pulse(relay, 0.5)
    local on = door:expect_relay(relay, "on")
    door:expect_relay(relay, "off", {after = on, exactly = 0.5, tol = 0.002})
    door:expect_no_relay(3 - relay, {during = 0.2})
  end)
end

scenario("a strike of 5 s is one by the board's clock", {req = {"HIL-01", "REL-02"}, rig = "board", timeout = 20}, function(t)
  local door = t:door{["relay1.hold_s"] = 5}
  door:open(1)
  local on = door:expect_relay(1, "on")
  door:expect_relay(1, "off", {after = on, exactly = 5, tol = 0.002})
  door:expect_no_relay(2, {during = 0.2})
end)

scenario("what the board tells of a strike is what is seen at its pins",
  {req = {"HIL-01", "HW-03"}, rig = "board", timeout = 20}, function(t)
  local door = t:door{["relay2.hold_s"] = 1}
  door:open(2)
  local on, seen = door:expect_relay(2, "on"), door:expect_outside(2, "on")
  t:took(on, seen, 0, 0.1, "from the edge to its being seen")
  door:expect_relay(2, "off", {after = on, exactly = 1, tol = 0.002})
  door:expect_outside(2, "off", {after = seen})
end)

scenario("a strike ended early by a shutdown falls at once", {req = {"HIL-01", "REL-02"}, rig = "board", timeout = 20}, function(t)
  local door = t:door{["relay1.hold_s"] = 25}
  door:open(1)
  local on = door:expect_relay(1, "on")
  t:wait(0.5)
  door:restart()
  local off = door:expect_relay(1, "off", {after = on, within = 0.5})
  t:took(on, off, 0.5, 0.1, "held")
end)

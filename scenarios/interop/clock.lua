-- The door's clock by chronyd, in real time (TIM-01, SRV-04)

local function real(...) return {clock = "real", rig = "sim", timeout = 150, req = {...}} end

local function ahead(t, door) return door:clock().wall - t:wall() end

scenario("chronyd puts a clock right that was two hours ahead; killed, the door says so and keeps the time", real("TIM-01", "SRV-04"), function(t)
  local ntp = t:chrony{}
  local door = t:door(ntp:settings{["time.source"] = "manual", ["time.zone"] = "UTC"})
  t:ok(door:set_clock(os.date("!%Y-%m-%d %H:%M:%S", math.floor(t:wall()) + 7200)))
  t:near(ahead(t, door), 7200, 1.5, "set by hand")
  t:ok(door:set("time.source", "ntp"))
  t:match(door:expect_event("clock", {by = "ntp", within = 3}).change_s, "^%-7[12]%d%d%.%d+$")
  door:expect_event("ntp", {ok = true})
  t:near(ahead(t, door), 0, 0.01, "chronyd's time")
  local state = door:clock().ntp
  t:equal(state.stratum, 1)
  t:ok(state.delay < 0.05, "there and back: " .. state.delay)
  t:log(string.format("offset %.6f s, delay %.6f s", state.offset, state.delay))
  ntp:kill()
  t:match(door:expect_event("ntp", {ok = false, within = 75}).cause, "does not answer")
  t:near(ahead(t, door), 0, 0.01, "the time it gave")
end)

scenario("chronyd that does not know the time is not believed", real("TIM-01", "SRV-04"), function(t)
  local ntp = t:chrony{synchronised = false}
  local door = t:door(ntp:settings{})
  t:match(door:expect_event("ntp", {ok = false, within = 8}).cause, "does not know the time itself")
  door:expect_no_event("clock", {during = 1})
end)

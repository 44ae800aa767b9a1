-- The door's clock: the machine's, set by hand, or an NTP server's (TIM-01, SRV-04; manual §3.3.16)

-- servers with faults and days of waiting are the simulated network's; in real time there is scenarios/interop/clock.lua
defaults{clock = "virtual"}

local HOUR, DAY, YEAR = 3600, 86400, 365 * 86400

-- A door that calls one phone by day and another one by night
local function day_and_night(t, settings)
  local day, night = t:phone{name = "day"}, t:phone{name = "night"}
  local s = {["button.day"] = day.uri, ["button.night"] = night.uri, ["button.slot"] = "1",
    ["slot1.hours"] = "mon-sun 08:00-18:00", ["door.boot_ms"] = 0}
  for k, v in pairs(settings or {}) do s[k] = v end
  return t:door(s), day, night
end

local function reaches(door, phone)
  door:press()
  phone:expect_call():reject(486)
  door:expect_event("unavailable", {within = 40})
end

-- The door's clock less the calendar, in seconds
local function ahead(t, door) return door:clock().wall - t:wall() end

-- --- the machine's ---

scenario("a door from the factory goes by its machine's clock and asks nobody", {req = {"TIM-01"}}, function(t)
  local ntp = t:ntp{}
  local door = t:door{}
  t:equal(door:get("time.source"), "system")
  t:equal(door:clock().text, "2026-01-05 09:00:00")     -- 08:00 UTC, Paris
  ntp:expect_no_event("asked", {during = 100})
  local done, why = door:set_clock("2026-07-01 12:00:00")
  t:ok(not done)
  t:match(why, "time.source=system.*set time.source=manual first")
  t:near(ahead(t, door), 0, 0.001, "nothing has changed")
  door:expect_no_event("clock", {during = 1})
end)

-- --- by hand ---

scenario("the clock is set by hand: slots, events and the calendar go by it at once", {req = {"TIM-01", "SCH-02"}}, function(t)
  local door, day, night = day_and_night(t, {["time.source"] = "manual"})
  reaches(door, day)                                    -- 09:00
  t:ok(door:set_clock("2026-07-01 21:30:00"))
  local e = door:expect_event("clock", {by = "scenario"})
  t:near(door:clock().wall, 1782934200, 0.5, "19:30 UTC: summer time")
  t:match(e.change_s, "^%+%d+%.%d%d%d$")
  reaches(door, night)
  t:ok(door:set_clock("2026-07-01T07:59:55"))
  t:match(door:expect_event("clock").change_s, "^%-%d+%.%d%d%d$")
  reaches(door, night)
  t:ok(door:set_clock("2026-07-01 07:59:58"))
  t:wait(3)
  reaches(door, day)
end)

scenario("the clock goes on, over the change to summer time", {req = {"TIM-01", "SCH-02"}, timeout = HOUR}, function(t)
  local door, day, night = day_and_night(t, {["time.source"] = "manual", ["slot1.hours"] = "sun 03:00-03:15"})
  t:ok(door:set_clock("2026-03-29 01:59:30"))           -- Sunday; a second after 01:59:59 it is 03:00
  reaches(door, night)
  t:ok(door:set_clock("2026-03-29 01:59:58"))
  t:wait(3)
  t:match(door:clock().text, "^2026%-03%-29 03:00:0")
  reaches(door, day)
  t:wait(15 * 60)
  reaches(door, night)
end)

scenario("the hour that comes twice is the first one, and it comes again", {req = {"TIM-01", "SCH-02"}, timeout = 2 * HOUR}, function(t)
  local door = t:door{["time.source"] = "manual"}
  t:ok(door:set_clock("2026-10-25 02:30:00"))
  t:near(door:clock().wall, 1792888200, 0.5, "summer time still")
  t:wait(HOUR)
  t:equal(door:clock().text, "2026-10-25 02:30:00")
  t:near(door:clock().wall, 1792891800, 0.5, "an hour later")
end)

scenario("what is no date is refused, with what would be right", {req = {"TIM-01"}}, function(t)
  local door = t:door{["time.source"] = "manual"}
  for _, text in ipairs{"", "now", "2026-02-30 12:00:00", "2026-07-01", "1999-12-31 23:59:59", "2100-01-01 00:00", "2026-07-01 25:00"} do
    local done, why = door:set_clock(text)
    t:ok(not done, text)
    t:match(why, "write 2026%-07%-01 12:00:00")
  end
  t:near(ahead(t, door), 0, 0.001, "nothing has changed")
end)

scenario("the time set by hand outlives restart and power cut, and goes on meanwhile", {req = {"TIM-01"}, timeout = HOUR}, function(t)
  local door = t:door{["time.source"] = "manual"}
  t:ok(door:set_clock("2027-07-01 12:00:00"))
  local set = ahead(t, door)
  door:restart()
  door:expect_event("boot")
  t:near(ahead(t, door), set, 0.001, "after a restart")
  door:input("mains", false)
  door:input("poe", false)
  t:wait(600)
  door:input("mains", true)
  door:expect_event("boot")
  t:near(ahead(t, door), set, 0.001, "after a power cut")
  t:match(door:clock().text, "^2027%-07%-01 12:10:")
end)

scenario("back to the machine's clock: at once, and told", {req = {"TIM-01"}}, function(t)
  local door = t:door{["time.source"] = "manual"}
  t:ok(door:set_clock("2026-01-05 10:00:00"))
  door:expect_event("clock", {by = "scenario"})
  t:ok(door:set("time.source", "system"))
  t:match(door:expect_event("clock", {by = "system"}).change_s, "^%-3600%.")
  t:near(ahead(t, door), 0, 0.001, "the machine's clock")
end)

scenario("a cyclic test is planned by the clock that was set", {req = {"TIM-01", "SUP-30"}, timeout = 3 * DAY}, function(t)
  local receiver = t:alarm_receiver{}
  local door = t:door{["time.source"] = "manual", ["test.at"] = "14:30", ["test.contacts"] = receiver.uri}
  t:ok(door:set_clock("2026-06-10 14:29:50"))
  t:ok(door:set("test.days", 1))
  door:expect_event("report", {reason = "test", within = 12})
  t:match(door:clock().text, "14:30:0")
  t:ok(door:set_clock("2026-06-01 09:00:00"))           -- put back: the next one is today's
  door:expect_event("report", {reason = "test", within = 5.6 * HOUR})
  t:match(door:clock().text, "2026%-06%-01 14:30:0")
  t:wait(60)
  t:ok(door:set_clock("2026-06-05 09:00:00"))           -- put forward over three of them: one is made, at once
  door:expect_event("report", {reason = "test", within = 1})
  door:expect_no_event("report", {during = 5 * HOUR})
end)

-- --- by NTP ---

scenario("an NTP server an hour ahead sets the clock; it is asked again, less and less often", {req = {"TIM-01", "SRV-04"}, timeout = 2 * DAY}, function(t)
  local ntp = t:ntp{}
  ntp:ahead(HOUR)
  local door, day = day_and_night(t, ntp:settings{["slot1.hours"] = "mon 10:00-10:15"})
  local e = door:expect_event("clock", {by = "ntp", within = 3})
  t:equal(e.change_s, "+3600.000")
  door:expect_event("ntp", {ok = true, server = door:get("time.ntp_server")})
  t:near(ahead(t, door), HOUR, 0.001, "the server's time")
  t:near(door:clock().ntp.delay, 0.0004, 0.0001, "there and back")
  reaches(door, day)
  local n = 0
  t:spawn(function() while t:now() < DAY do ntp:expect_event("asked", {within = 5000}) n = n + 1 end end)
  t:wait(DAY)
  t:ok(n >= 20 and n <= 30, n .. " questions a day")
  t:equal(door:clock().ntp.poll, 4096)
  door:expect_no_event("ntp", {during = 10})
end)

scenario("half of the way there and back is taken off", {req = {"SRV-04"}, timeout = 200}, function(t)
  t:net{delay_ms = 150}
  local ntp = t:ntp{}
  ntp:ahead(-90.25)
  local door = t:door(ntp:settings{})
  door:expect_event("ntp", {ok = true, within = 3})
  t:near(ahead(t, door), -90.25, 0.002, "the server's time")
  t:near(door:clock().ntp.delay, 0.3, 0.002, "there and back")
end)

scenario("the clock cannot be set by hand while an NTP server does it", {req = {"TIM-01"}}, function(t)
  local ntp = t:ntp{}
  local door = t:door(ntp:settings{})
  door:expect_event("ntp", {ok = true, within = 3})
  local done, why = door:set_clock("2026-07-01 12:00:00")
  t:ok(not done)
  t:match(why, "NTP server 10%.77%.")
  t:match(why, "set time.source=manual first")
  t:near(ahead(t, door), 0, 0.001, "nothing has changed")
end)

scenario("source ntp without a server is refused", {req = {"TIM-01"}}, function(t)
  local door = t:door{}
  local done, why = door:set("time.source", "ntp")
  t:ok(not done)
  t:match(why, "time.ntp_server")
  t:equal(door:get("time.source"), "system")
end)

local FAULTS = {
  dead = "does not answer", cookie = "does not answer", stranger = "does not answer", short = "does not answer",
  garbage = "does not answer", stratum = "does not know the time itself", leap = "does not know the time itself",
  zero = "a time that cannot be", rate = "asked less often %(RATE%)", deny = "%(DENY%): it is not asked again",
}
local NAMES = {}
for name in pairs(FAULTS) do NAMES[#NAMES + 1] = name end
table.sort(NAMES)

for _, fault in ipairs(NAMES) do
  scenario("a server with fault \"" .. fault .. "\" does not set the clock, and one that recovers does" ..
    (fault == "deny" and ": not after DENY" or ""), {req = {"TIM-01", "SRV-04"}, timeout = DAY}, function(t)
    local ntp = t:ntp{}
    ntp:ahead(HOUR)
    ntp:fault(fault)
    local door = t:door(ntp:settings{})
    t:match(door:expect_event("ntp", {ok = false, within = 8}).cause, FAULTS[fault])
    t:near(ahead(t, door), 0, 0.001, "the machine's clock")
    ntp:fault("none")
    if fault == "deny" then
      ntp:expect_event("asked")
      ntp:expect_no_event("asked", {during = 3 * HOUR})
      t:equal(door:clock().ntp.poll, 0)
      t:ok(door:set("time.ntp_port", 124))
      t:ok(door:set("time.ntp_port", 123))              -- the administrator's new try
    elseif fault == "rate" then
      door:expect_no_event("ntp", {during = 100})
    end
    door:expect_event("ntp", {ok = true, within = 150})
    t:near(ahead(t, door), HOUR, 0.001, "the server's time")
  end)
end

scenario("a server that falls silent leaves its time in force; each change is told once", {req = {"SRV-04"}, timeout = 2 * DAY}, function(t)
  local ntp = t:ntp{}
  ntp:ahead(HOUR)
  local door = t:door(ntp:settings{})
  door:expect_event("ntp", {ok = true, within = 3})
  ntp:fault("dead")
  door:expect_event("ntp", {ok = false, within = 80})
  door:expect_no_event("ntp", {during = 6 * HOUR})
  t:near(ahead(t, door), HOUR, 0.001, "the time it gave")
  ntp:fault("none")
  door:expect_event("ntp", {ok = true, within = 4200})
end)

scenario("a server whose time jumps is believed when it said so three times", {req = {"TIM-01", "SRV-04"}, timeout = DAY}, function(t)
  local ntp = t:ntp{}
  local door = t:door(ntp:settings{})
  door:expect_event("ntp", {ok = true, within = 3})
  ntp:ahead(YEAR)
  t:match(door:expect_event("ntp", {ok = false, within = 70}).cause, "has jumped")
  t:near(ahead(t, door), 0, 0.001, "not yet")
  door:expect_event("clock", {by = "ntp", within = 200})
  t:near(ahead(t, door), YEAR, 0.001, "the server's time")
end)

scenario("a jump that is taken back is never seen", {req = {"TIM-01", "SRV-04"}, timeout = DAY}, function(t)
  local ntp = t:ntp{}
  local door = t:door(ntp:settings{})
  door:expect_event("ntp", {ok = true, within = 3})
  ntp:ahead(YEAR)
  door:expect_event("ntp", {ok = false, within = 70})
  ntp:ahead(0)
  door:expect_event("ntp", {ok = true, within = 200})
  door:expect_no_event("clock", {during = 2 * HOUR})
end)

scenario("the door is asked for by name, and the name is looked up again after a failure", {req = {"SRV-04"}, timeout = DAY}, function(t)
  local dns, one, two = t:dns{}, t:ntp{name = "one"}, t:ntp{name = "two"}
  dns:host("time.example", one.address:match("^(.*):%d+$"))
  one:fault("dead")
  two:ahead(HOUR)
  local door = t:door{dns = dns, ["time.source"] = "ntp", ["time.ntp_server"] = "time.example"}
  t:match(door:expect_event("ntp", {ok = false, within = 8}).cause, "does not answer")
  dns:expect_event("asked", {name = "time.example", type = "A"})
  t:ok(door:set("time.ntp_server", "nowhere.example"))
  t:match(door:expect_event("ntp", {ok = false, within = 8}).cause, "address was not found")
  dns:host("nowhere.example", two.address:match("^(.*):%d+$"))
  door:expect_event("ntp", {ok = true, within = 200})
  t:near(ahead(t, door), HOUR, 0.001, "the server's time")
end)

scenario("with the cable back the server is asked at once", {req = {"SRV-04"}, timeout = DAY}, function(t)
  local ntp = t:ntp{}
  local door = t:door(ntp:settings{})
  door:expect_event("ntp", {ok = true, within = 3})
  door:input("link", false)
  door:expect_event("ntp", {ok = false, within = 80})
  t:wait(2 * HOUR)
  door:input("link", true)
  door:expect_event("ntp", {ok = true, within = 1})
end)

scenario("a restart goes on with the server's time, before it has answered again", {req = {"TIM-01", "SRV-04"}, timeout = DAY}, function(t)
  local ntp = t:ntp{}
  ntp:ahead(YEAR)
  local door = t:door(ntp:settings{})
  door:expect_event("clock", {by = "ntp", within = 3})
  ntp:fault("dead")
  door:restart()
  door:expect_event("boot")
  t:near(ahead(t, door), YEAR, 0.001, "the time it gave")
end)

scenario("an NTP server on IPv6", {req = {"SRV-04"}, timeout = 100}, function(t)
  local ntp = t:ntp{ipv6 = true}
  ntp:ahead(HOUR)
  local door = t:door(ntp:settings{ipv6 = true})
  t:match(door:get("time.ntp_server"), "^%[fd77:")
  door:expect_event("ntp", {ok = true, within = 3})
  t:near(ahead(t, door), HOUR, 0.001, "the server's time")
end)

scenario("an NTP server of the other family is told", {req = {"SRV-04"}, timeout = 100}, function(t)
  local ntp = t:ntp{ipv6 = true}
  local door = t:door(ntp:settings{})
  t:match(door:expect_event("ntp", {ok = false, within = 3}).cause, "cannot be asked")
end)

scenario("a call's sound goes on while the clock jumps", {req = {"TIM-01"}, timeout = DAY}, function(t)
  local phone = t:phone{}
  local door = t:door{["time.source"] = "manual", ["button.day"] = phone.uri, ["door.talk_min"] = 1}
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:expect_event("call_answered")
  t:ok(door:set_clock("2027-07-01 12:00:00"))
  call:play(1000, -12)
  door:expect_level{above = -15, within = 2}
  door:expect_event("call_end", {within = 62})
  t:near(t:now(), 62, 3, "the minute of the call is the door's stop-watch")
end)

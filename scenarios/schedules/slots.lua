-- Time slots on the door's clock: button by day and night, input, codes, volume (SCH-01, SCH-02, DOOR-06,
-- DOOR-08, REL-08, HW-07, TIM-01).  The virtual calendar begins on Monday 2026-01-05, 09:00 in Paris.

-- the calendar is the virtual one, which begins on a Monday at 09:00 in Paris
defaults{clock = "virtual"}

local HOUR, DAY = 3600, 86400
local WORK = "mon-fri 08:00-18:00, sat 09:00-12:15"

-- Until a local time of this first week in Paris: day 0 = Monday
local function until_paris(t, day, hour) t:wait(day * DAY + (hour - 9) * HOUR - t:now()) end

-- Two phones and a door; `answers` tells who is called by a press
local function day_and_night(t, settings)
  local day, night = t:phone{name = "day"}, t:phone{name = "night"}
  local opts = {["button.day"] = day.uri, ["button.night"] = night.uri, ["button.slot"] = 1, ["slot1.hours"] = WORK}
  for k, v in pairs(settings or {}) do opts[k] = v end
  return t:door(opts), day, night
end

local function reaches(door, phone)
  door:press()
  local call = phone:expect_call()
  door:expect_event("press", {action = "call"})
  call:reject(603)
  door:expect_state("idle", {within = 40})
end

scenario("the button calls its day list inside of its slot and its night list outside",
  {req = {"DOOR-06", "SCH-01", "SCH-02"}, timeout = 8 * DAY}, function(t)
  local door, day, night = day_and_night(t)
  reaches(door, day)
  until_paris(t, 0, 17.98)
  reaches(door, day)
  until_paris(t, 0, 18)
  reaches(door, night)
  until_paris(t, 1, 7.98)
  reaches(door, night)
  until_paris(t, 1, 8)
  reaches(door, day)
  until_paris(t, 5, 12.24)
  reaches(door, day)
  until_paris(t, 5, 12.25)
  reaches(door, night)
  until_paris(t, 6, 10)
  reaches(door, night)
end)

scenario("without a slot it is always day", {req = {"DOOR-06"}, timeout = 2 * DAY}, function(t)
  local door, day = day_and_night(t, {["button.slot"] = "off", ["button.mode"] = "call/none"})
  until_paris(t, 1, 3)
  reaches(door, day)
end)

scenario("in mode 2 the button calls nobody by night", {req = {"DOOR-06"}, timeout = 2 * DAY}, function(t)
  local door, day, night = day_and_night(t, {["button.mode"] = "call/none"})
  reaches(door, day)
  until_paris(t, 0, 20)
  door:press()
  door:expect_event("press", {action = "night"})
  night:expect_no_call{during = 60}
  door:expect_state("idle")
end)

scenario("in mode 3 the button opens by day and calls by night",
  {req = {"DOOR-06", "REL-02"}, timeout = 2 * DAY}, function(t)
  local door, day, night = day_and_night(t, {["button.mode"] = "strike/call", ["button.relay"] = 2, ["relay2.hold_s"] = 4})
  door:press()
  door:expect_event("press", {action = "strike"})
  local on = door:expect_relay(2, "on")
  door:expect_relay(2, "off", {after = on, exactly = 4})
  day:expect_no_call{during = 5}
  until_paris(t, 0, 19)
  reaches(door, night)
  t:equal(door:relay(2), false, "relay 2 by night")
end)

scenario("in mode 3 a relay that is no strike stays as it is, and that is told",
  {req = {"DOOR-06", "REL-06"}}, function(t)
  local door = day_and_night(t, {["button.mode"] = "strike/call", ["relay1.function"] = "line"})
  door:press()
  door:expect_event("code_refused", {relay = 1, cause = "function"})
  door:expect_no_relay(1, {during = 5})
end)

scenario("an empty night list is told and calls nobody", {req = {"DOOR-06"}, timeout = DAY}, function(t)
  local door = day_and_night(t, {["button.night"] = ""})
  until_paris(t, 0, 20)
  door:press()
  door:expect_event("press", {action = "no_contact"})
  door:expect_state("idle")
end)

scenario("slots follow daylight saving", {req = {"SCH-02", "TIM-01"}, timeout = 200 * DAY}, function(t)
  local door, day, night = day_and_night(t, {["slot1.hours"] = "mon-sun 08:00-09:00"})
  until_paris(t, 80, 8)                 -- 26 March, winter time
  reaches(door, day)
  until_paris(t, 84, 7)                 -- 30 March, summer time: 08:00 comes an hour earlier
  reaches(door, day)
  until_paris(t, 84, 8)
  reaches(door, night)
end)

scenario("of the night with 25 hours the double hour is in the slot both times",
  {req = {"SCH-02"}, timeout = 310 * DAY}, function(t)
  local door, day, night = day_and_night(t, {["slot1.hours"] = "sun 02:00-03:00"})
  t:wait(1792888200 - t:wall())         -- Sunday 25 October, 02:30 in Paris for the first time
  reaches(door, day)
  t:wait(1792891800 - t:wall())         -- 02:30 again
  reaches(door, day)
  t:wait(1792893600 - t:wall())         -- 03:00
  reaches(door, night)
end)

scenario("of the night with 23 hours the missing hour is in no slot",
  {req = {"SCH-02"}, timeout = 100 * DAY}, function(t)
  local door, day, night = day_and_night(t, {["slot1.hours"] = "sun 02:00-03:00"})
  t:wait(1774745900 - t:wall())         -- Sunday 29 March, 01:58:20 in Paris
  reaches(door, night)
  t:wait(1774746000 - t:wall())         -- 03:00
  reaches(door, night)
end)

scenario("a slot comes back as it was written, in its shortest form", {req = {"SCH-01"}}, function(t)
  local door = t:door{["slot2.name"] = "Bureaux"}
  t:ok(door:set("slot2.hours", "tue 08:00-12:00 12:00-18:00,mon 08:00-18:00 , sat 09:00-12:15"))
  t:equal(door:get("slot2.hours"), "mon-tue 08:00-18:00, sat 09:00-12:15")
  t:equal(door:get("slot2.name"), "Bureaux")
end)

for _, row in ipairs{
  {"mon 22:00-06:00", "over midnight"}, {"mon 08:10-09:00", "quarter hours"}, {"monday 08:00-09:00", "days are"},
  {"mon 08:00-09:00,", "last comma"}, {"hex:00", "168"}} do
  local text, why = table.unpack(row)
  scenario("the slot " .. text .. " is refused with a reason", {req = {"SCH-01"}}, function(t)
    local door = t:door()
    local good, err = door:set("slot1.hours", text)
    t:equal(good, nil)
    t:match(err, why)
    t:equal(door:get("slot1.hours"), "")
  end)
end

scenario("a zone that is none is refused, a POSIX rule is one", {req = {"TIM-01"}}, function(t)
  local door = t:door()
  t:equal(door:get("time.zone"), "Europe/Paris")
  local good, err = door:set("time.zone", "Europe/Pari")
  t:equal(good, nil)
  t:match(err, "Europe/Paris, or a rule such as")
  t:ok(door:set("time.zone", "<+0545>-5:45"))
end)

-- --- input ----------------------------------------------------------------------------------------

scenario("the input works as a second call button", {req = {"DOOR-08", "HW-04"}}, function(t)
  local door, day = day_and_night(t, {["input.enabled"] = true, ["input.active_ms"] = 1000})
  door:contact(true)
  t:wait(0.99)
  door:contact(false)
  day:expect_no_call{during = 3}
  local closed = t:now()
  door:contact(true)
  local did = door:expect_event("input", {action = "button"})
  t:took(closed, did, 1, 0.001, "activation time")
  day:expect_call()
end)

scenario("a normally closed input counts when it opens", {req = {"DOOR-08", "HW-04"}}, function(t)
  local door, day = day_and_night(t, {["input.enabled"] = true, ["input.normally"] = "closed"})
  door:contact(true)
  door:expect_no_event("input", {during = 10})
  door:contact(false)
  door:expect_event("input", {action = "button"})
  day:expect_call()
end)

for _, row in ipairs{{"1", {true, false}}, {"2", {false, true}}, {"1+2", {true, true}}} do
  local relays, which = table.unpack(row)
  scenario("the input opens strike " .. relays, {req = {"DOOR-08", "REL-02"}}, function(t)
    local door = t:door{["input.enabled"] = true, ["input.function"] = "strike", ["input.relay"] = relays}
    door:contact(true)
    door:expect_event("input", {action = "strike"})
    t:wait(0.01)
    t:equal(door:relay(1), which[1], "relay 1")
    t:equal(door:relay(2), which[2], "relay 2")
    t:wait(5.1)
    t:equal(door:relay(1) or door:relay(2), false, "a relay after the hold time")
  end)
end

scenario("a second activation during the hold changes nothing", {req = {"DOOR-08", "REL-07"}}, function(t)
  local door = t:door{["input.enabled"] = true, ["input.function"] = "strike", ["relay1.hold_s"] = 5}
  door:contact(true)
  local on = door:expect_relay(1, "on")
  door:contact(false)
  t:wait(1)
  door:contact(true)
  door:expect_event("code_refused", {relay = 1, cause = "running"})
  door:expect_relay(1, "off", {after = on, exactly = 5, within = 6})
end)

scenario("a relay that is no strike is not offered to the input", {req = {"DOOR-08", "REL-06"}}, function(t)
  local door = t:door{["relay1.function"] = "mains", ["input.function"] = "strike"}
  local good, err = door:set("input.enabled", true)
  t:equal(good, nil)
  t:match(err, "needs relay1.function=strike, but it is mains; choose input.relay=2")
  t:ok(door:set("input.relay", 2))
  t:ok(door:set("input.enabled", true))
  good, err = door:set("relay2.function", "network")
  t:equal(good, nil)
  t:match(err, "choose another input.function")
end)

scenario("the input's day call goes to the day list, in mode 3 to the night list",
  {req = {"DOOR-08", "DOOR-06"}, timeout = DAY}, function(t)
  local door, day, night = day_and_night(t, {["input.enabled"] = true, ["input.function"] = "day_call"})
  until_paris(t, 0, 20)
  door:contact(true)
  day:expect_call():reject(603)
  door:contact(false)
  door:expect_state("idle", {within = 40})
  t:ok(door:set("button.mode", "strike/call"))
  door:contact(true)
  night:expect_call()
end)

scenario("the input calls a list of its own", {req = {"DOOR-08"}}, function(t)
  local own = t:phone{name = "own"}
  local door = day_and_night(t, {["input.enabled"] = true, ["input.function"] = "list", ["input.contacts"] = own.uri})
  door:contact(true)
  own:expect_call():answer()
  door:expect_state("talking")
  door:contact(false)
  t:wait(1)
  door:contact(true)
  door:expect_event("input", {action = "busy"})
end)

scenario("outside of its slot the input does nothing", {req = {"DOOR-08", "SCH-01"}, timeout = DAY}, function(t)
  local door = day_and_night(t, {["input.enabled"] = true, ["input.function"] = "strike", ["input.slot"] = 1})
  until_paris(t, 0, 18)
  door:contact(true)
  door:expect_event("input", {action = "slot"})
  door:expect_no_relay(1, {during = 5})
end)

-- --- codes, volume --------------------------------------------------------------------------------

scenario("a code opens inside of its slot and is refused outside",
  {req = {"REL-08", "SCH-01"}, timeout = DAY}, function(t)
  local phone = t:phone()
  local door  = t:door{["relay1.code1"] = "4242", ["relay1.code1_slot"] = 3, ["slot3.hours"] = "mon 09:00-10:00",
                       ["relay1.code2"] = "1717", ["door.talk_min"] = "permanent"}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  call:dtmf("4242")
  door:expect_relay(1, "on")
  door:expect_relay(1, "off", {within = 6})
  until_paris(t, 0, 10)
  call:dtmf("4242")
  door:expect_event("code_refused", {relay = 1, cause = "slot"})
  door:expect_no_relay(1, {during = 2})
  call:dtmf("1717")
  door:expect_relay(1, "on")
end)

scenario("the volume is attenuated outside of its slot, in the midst of a call too",
  {req = {"HW-07", "SCH-01"}, timeout = DAY}, function(t)
  local phone = t:phone()
  local door  = t:door{["audio.attenuation_slot"] = 1, ["slot1.hours"] = "mon 09:00-09:15", ["audio.volume"] = 80,
                       ["audio.attenuated_volume"] = 20, ["door.talk_min"] = "permanent"}
  local call  = phone:dial(door.uri)
  call:expect_answer()
  call:play(440, -10)
  t:wait(3)
  local full = door:level()
  t:wait(15 * 60)
  local quiet = door:level()
  t:ok(quiet < full - 6, "level " .. quiet .. " dBm0 is well below " .. full)
  t:ok(quiet > -60, "and is not silence: " .. quiet)
end)

-- The cyclic test: period, time of day, daylight saving, retry, restart (SUP-30, SUP-23, SCH-02, SIM-03)

-- the calendar is the virtual one, which begins on a Monday at 09:00 in Paris
defaults{clock = "virtual"}

local HOUR, DAY = 3600, 86400

local function tested(t, settings)
  local receiver = t:receiver()
  local opts = {identity = "123456789", ["test.contacts"] = receiver.uri}
  for k, v in pairs(settings) do opts[k] = v end
  return t:door(opts), receiver
end

local function take(door, receiver, within, reason)
  local call, e = receiver:expect_call{within = within, from = "123456789_" .. (reason or "test")}
  call:answer()
  call:hangup()
  door:expect_event("report_end", {ok = true})
  return e
end

for _, days in ipairs{1, 2, 7} do
  scenario("a test every " .. days .. " days comes one period after its activation, and each period after",
    {req = {"SUP-30"}, timeout = 30 * DAY}, function(t)
    local door, receiver = tested(t, {["test.days"] = days})
    for i = 1, 3 do
      t:near(take(door, receiver, days * DAY + 2).t, i * days * DAY + 1, 0.5, "time of test " .. i)
    end
    receiver:expect_message{body = "identity=123456789 ;product=81 ;alerte=04"}
  end)
end

scenario("no test is made where it is off", {req = {"SUP-30"}, timeout = 30 * DAY}, function(t)
  local _, receiver = tested(t, {})
  receiver:expect_no_call{during = 10 * DAY}
end)

scenario("a test at 14:30 comes at 14:30 in Paris", {req = {"SUP-30", "SCH-02"}, timeout = 5 * DAY}, function(t)
  local door, receiver = tested(t, {["test.days"] = 1, ["test.at"] = "14:30"})
  t:near(take(door, receiver, DAY).t, 5.5 * HOUR + 1, 0.5, "time of the first test")
  t:near(take(door, receiver, DAY + 1).t, DAY + 5.5 * HOUR + 1, 0.5, "time of the second test")
end)

scenario("a test in the hour that does not exist comes an hour later, one in the double hour once",
  {req = {"SUP-30", "SCH-02"}, timeout = 320 * DAY}, function(t)
  local door, receiver = tested(t, {["test.days"] = 1, ["test.at"] = "02:30", ["test.contacts"] = ""})
  local function days_test(utc)
    t:wait(utc - t:wall())
    t:ok(door:set("test.contacts", receiver.uri))
    take(door, receiver, 2)
    t:near(t:wall(), utc + 1, 1.5, "moment of the test")
  end
  days_test(1774661400)                 -- Saturday 28 March, 02:30 winter time
  days_test(1774747800)                 -- Sunday 29 March: 03:30 summer time, 02:30 does not exist
  days_test(1774830600)                 -- Monday 30 March, 02:30 summer time
  t:ok(door:set("test.contacts", ""))
  days_test(1792888200)                 -- Sunday 25 October, 02:30 for the first time
  receiver:expect_no_call{during = 24 * HOUR}
  take(door, receiver, 2 * HOUR)
end)

scenario("a failed test is tried once more, then the next period comes",
  {req = {"SUP-30", "SUP-23"}, timeout = 10 * DAY}, function(t)
  local door, receiver = tested(t, {["test.days"] = 2, ["test.retry_h"] = 6})
  local first = select(2, receiver:expect_call{within = 2 * DAY + 2})
  door:expect_event("report_end", {reason = "test", ok = false, within = 31})
  local again = select(2, receiver:expect_call{within = 7 * HOUR})
  t:took(first, again, 6 * HOUR + 31, 1.5, "time until the retry")
  door:expect_event("report_end", {reason = "test", ok = false, within = 31})
  t:took(first, take(door, receiver, 2 * DAY), 2 * DAY, 1, "time until the next period")
  t:equal(#t:events(door, "report"), 3, "tests")
end)

scenario("a test needs the acknowledgement of a contact that requires it",
  {req = {"SUP-30", "SUP-23", "SUP-25"}, timeout = 10 * DAY}, function(t)
  local deaf, alarm = t:phone{name = "deaf"}, t:alarm_receiver()
  local door = t:door{["test.days"] = 1, ["test.contacts"] = deaf.uri .. ";dtmf=required," .. alarm.uri}
  deaf:expect_call{within = DAY + 2}:answer()
  local a = alarm:expect_alarm{result = "acknowledged", within = 60}
  t:equal(a.alerte, 4)
  door:expect_event("report_end", {reason = "test", ok = true, within = 30})
end)

scenario("the reason of a test can be changed", {req = {"SUP-02", "SUP-30"}, timeout = 2 * DAY}, function(t)
  local door, receiver = tested(t, {["test.days"] = 1, ["sup.reason_test"] = "essai"})
  take(door, receiver, DAY + 2, "essai")
end)

scenario("a door that restarts daily still tests weekly", {req = {"SUP-30"}, timeout = 40 * DAY}, function(t)
  local door, receiver = tested(t, {["test.days"] = 7})
  t:spawn(function()
    for _ = 1, 21 do
      t:wait(DAY - 600)
      door:restart()
      t:wait(600)
    end
  end)
  for i = 1, 3 do t:near(take(door, receiver, 7 * DAY + 5).t, i * 7 * DAY + 1, 2, "time of test " .. i) end
  receiver:expect_no_call{during = 6 * DAY}
end)

scenario("tests missed without supply are one test, and the period goes on",
  {req = {"SUP-30", "HW-05"}, timeout = 20 * DAY}, function(t)
  local door, receiver = tested(t, {["test.days"] = 1})
  t:wait(HOUR)
  door:power(false)
  t:wait(5 * DAY)
  door:power(true)
  take(door, receiver, 5)
  t:near(take(door, receiver, DAY).t, 6 * DAY + 1, 1, "time of the next test")
end)

scenario("a test waits until the visitor's call is over", {req = {"SUP-30", "SUP-31"}, timeout = 2 * DAY}, function(t)
  local phone = t:phone()
  local door, receiver = tested(t, {["test.days"] = 1, ["button.day"] = phone.uri})
  t:wait(DAY - 10)
  door:press()
  local call = phone:expect_call()
  call:answer()
  receiver:expect_no_call{during = 60}
  call:hangup()
  take(door, receiver, 2)
end)

scenario("a year of daily tests, outages and daylight saving counts exactly",
  {req = {"SUP-30", "SUP-31", "SUP-12", "SCH-02", "SIM-03"}, timeout = 370 * DAY}, function(t)
  local alarm = t:alarm_receiver()
  local door = t:door{identity = "123456789", ["test.days"] = 1, ["test.at"] = "04:00",
                      ["test.contacts"] = alarm.uri, ["tech.contacts"] = alarm.uri}
  for n = 1, 3 do                       -- three PBX outages, each with a loss of mains
    t:wait(n * 100 * DAY - t:now())
    door:account(1, false, "503")
    door:mains(false)
    t:wait(2 * HOUR)
    door:account(1, true)
    door:mains(true)
  end
  t:wait(365 * DAY - t:now())
  local count = {}
  for _, e in ipairs(t:events(door, "report_end")) do
    t:ok(e.ok, "report " .. e.reason .. " at " .. e.t)
    count[e.reason] = (count[e.reason] or 0) + 1
  end
  t:equal(count.test, 365, "tests")
  t:equal(count.pannePbx, 3, "PBX faults")
  t:equal(count.defautSecteur, 3, "losses of mains")
  t:equal(count.retourSecteur, 3, "returns of mains")
  t:equal(#t:events(door, "call_out"), 374, "calls")
  t:equal(#t:events(door, "sup_ack"), 371, "acknowledgements: 404 has no frame")
  t:equal(#t:events(door, "message_out"), 374, "MESSAGEs")
  t:equal(#t:events(door, "report"), 374, "reports")
end)

-- Technical calls: supply, button, PBX; their MESSAGE, their queue, what is a success (SUP-01, SUP-02, SUP-10 to
-- SUP-12, SUP-22, SUP-23, SUP-25, SUP-31, REL-05, DOOR-07)

local function body(alerte) return "identity=123456789 ;product=81 ;alerte=" .. alerte end

-- A door with a technical receiver played by the script
local function watched(t, settings)
  local receiver = t:receiver()
  local opts = {identity = "123456789", ["tech.contacts"] = receiver.uri}
  for k, v in pairs(settings or {}) do opts[k] = v end
  local door = t:door(opts)
  t:wait(2)
  return door, receiver
end

-- The receiver hears of a reason, by From and by MESSAGE, and takes the call
local function told(door, receiver, reason, alerte, within)
  local call = receiver:expect_call{from = "123456789_" .. reason, within = within or 5}
  if alerte then receiver:expect_message{body = body(alerte)} end
  call:answer()
  call:hangup()
  door:expect_event("report_end", {reason = reason, ok = true})
end

scenario("a lost supply and its return are reported",
  {req = {"SUP-31", "SUP-01", "SUP-02", "SUP-10", "HW-05"}}, function(t)
  local door, receiver = watched(t)
  door:mains(false)
  told(door, receiver, "defautSecteur", "12")
  t:wait(1800)
  t:equal(#t:events(door, "report"), 1, "reports")
  door:mains(true)
  told(door, receiver, "retourSecteur", "11")
  door:poe(false)
  told(door, receiver, "defautSecteur", "12")
end)

scenario("a button pressed for ten minutes is reported, and its release",
  {req = {"SUP-31", "DOOR-07", "SUP-01", "SUP-02", "SUP-10"}}, function(t)
  local door, receiver = watched(t)
  door:hold()
  told(door, receiver, "panneBoutonALB", "17", 602)
  t:wait(600)
  door:release()
  told(door, receiver, "retourBoutonALB", "18")
end)

for _, row in ipairs{
  {"mains_fault", function(door) door:mains(false) end},
  {"button_fault", function(door) door:hold() end},
  {"pbx_fault", function(door) door:account(1, false, "503") end}} do
  local key, drive = table.unpack(row)
  scenario("the report " .. key .. " can be switched off", {req = {"SUP-11", "SUP-31"}}, function(t)
    local door, receiver = watched(t, {["sup.report_" .. key] = false})
    drive(door)
    receiver:expect_no_call{during = 700}
    t:equal(#t:events(door, "report"), 0, "reports")
  end)
end

scenario("the MESSAGE of a report can be switched off alone", {req = {"SUP-11", "SUP-10"}}, function(t)
  local door, receiver = watched(t, {["sup.message_mains_fault"] = false})
  door:mains(false)
  told(door, receiver, "defautSecteur")
  receiver:expect_no_event("message_in", {during = 5})
  door:mains(true)
  told(door, receiver, "retourSecteur", "11")
end)

scenario("without technical contacts nobody is called", {req = {"SUP-31"}}, function(t)
  local door = watched(t, {["tech.contacts"] = ""})
  door:mains(false)
  door:expect_no_event("call_out", {during = 60})
end)

scenario("the alarm receiver acknowledges a technical call and ends it",
  {req = {"SUP-22", "SUP-31", "SUP-20"}}, function(t)
  local alarm = t:alarm_receiver()
  local door  = t:door{identity = "123456789", ["tech.contacts"] = alarm.uri}
  t:wait(2)
  door:mains(false)
  local a = alarm:expect_alarm{result = "acknowledged", via = "dtmf", within = 30}
  t:equal(a.reason, "defautSecteur")
  t:equal(a.frame, "9811201123456789C173")
  door:expect_event("report_end", {reason = "defautSecteur", ok = true, within = 30})
end)

scenario("the door ends an acknowledged technical call that its receiver does not end",
  {req = {"SUP-22"}}, function(t)
  local door, receiver = watched(t)
  door:mains(false)
  local call = receiver:expect_call()
  call:answer()
  call:dtmf("C")
  t:ok(call:expect_frame{within = 10}.crc_ok)
  call:dtmf("1")
  call:expect_dtmf("#")
  local acked = t:now()
  call:expect_close{within = 15}
  t:near(t:now() - acked, 10, 0.5, "wait for the receiver's hang-up")
  door:expect_event("report_end", {ok = true})
end)

-- SUP-23, SUP-25: what the first contact does decides whether the second one is called
local cases = {
  {"without C a technical call succeeds by its answer", "", function() end, true},
  {"without C a contact that requires the protocol has failed", ";dtmf=required", function() end, false},
  {"a contact with the protocol off succeeds by its answer", ";dtmf=off", function(call) call:dtmf("C") end, true},
  {"a frame that is never acknowledged is a failure", "", function(call) call:dtmf("C") end, false},
  {"a receiver that hangs up in the midst of the frame is a failure", "",
   function(call, t) call:dtmf("C"); t:wait(1); call:hangup() end, false},
  {"a receiver that hangs up at once is a success", "", function(call) call:hangup() end, true},
}
for _, c in ipairs(cases) do
  scenario(c[1], {req = {"SUP-23", "SUP-25", "SUP-31"}}, function(t)
    local first, second = t:receiver{name = "first"}, t:receiver{name = "second"}
    local door = t:door{["tech.contacts"] = first.uri .. c[2] .. "," .. second.uri}
    t:wait(2)
    door:mains(false)
    local call = first:expect_call()
    call:answer()
    c[3](call, t)
    if c[4] then
      door:expect_event("report_end", {ok = true, within = 60})
      second:expect_no_call{during = 60}
    else
      second:expect_call{within = 60}:answer()
      door:expect_event("report_end", {ok = true, within = 60})
    end
  end)
end

scenario("technical contacts are called one after the other, once",
  {req = {"SUP-31", "DOOR-03"}}, function(t)
  local a, b = t:receiver{name = "a"}, t:receiver{name = "b"}
  local door = t:door{["tech.contacts"] = a.uri .. ",sip:10.77.9.9,sip:10.77.9.8," .. b.uri, ["door.ring_s"] = 10}
  t:wait(2)
  door:mains(false)
  a:expect_call():reject(486)
  b:expect_call{within = 31}
  door:expect_event("report_end", {reason = "defautSecteur", ok = false, within = 41})
  t:equal(#t:events(door, "announce"), 0, "words to a visitor")
  a:expect_no_call{during = 600}
end)

scenario("a report waits until the visitor's call is over, fault and recovery in order",
  {req = {"SUP-31"}}, function(t)
  local phone = t:phone()
  local door, receiver = watched(t, {["button.day"] = phone.uri})
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:mains(false)
  t:wait(10)
  door:mains(true)
  door:expect_event("report", {reason = "retourSecteur", waiting = 2})
  receiver:expect_no_call{during = 60}
  call:hangup()
  told(door, receiver, "defautSecteur", "12")
  told(door, receiver, "retourSecteur", "11")
end)

scenario("a supply that flutters during a call is two reports, and the last one is true",
  {req = {"SUP-31"}}, function(t)
  local phone = t:phone()
  local door, receiver = watched(t, {["button.day"] = phone.uri})
  door:press()
  local call = phone:expect_call()
  call:answer()
  for _ = 1, 20 do
    door:mains(false)
    t:wait(0.5)
    door:mains(true)
    t:wait(0.5)
  end
  call:hangup()
  told(door, receiver, "defautSecteur")
  told(door, receiver, "retourSecteur")
  receiver:expect_no_call{during = 60}
end)

scenario("a report waits for the link", {req = {"SUP-31", "HW-10"}}, function(t)
  local door, receiver = watched(t)
  door:link(false)
  door:mains(false)
  receiver:expect_no_call{during = 1800}
  door:link(true)
  told(door, receiver, "defautSecteur", "12")
end)

scenario("the button cannot end a technical call", {req = {"SUP-31", "DOOR-05"}}, function(t)
  local door, receiver = watched(t, {["door.end_by_button"] = true})
  door:mains(false)
  local call = receiver:expect_call()
  call:answer()
  door:press()
  door:expect_event("press", {action = "busy"})
  t:ok(not call:is_over(), "the call goes on")
end)

scenario("the MESSAGE of a report goes to another contact where that is set, once",
  {req = {"SUP-10"}}, function(t)
  local centre, other = t:phone{name = "centre"}, t:receiver{name = "other"}
  local door = t:door{["tech.contacts"] = "sip:10.77.9.9," .. other.uri, ["sup.message_to"] = centre.uri,
                      ["door.ring_s"] = 10}
  t:wait(2)
  door:mains(false)
  centre:expect_message{body = "identity=000000000 ;product=81 ;alerte=12"}
  other:expect_call{within = 11}:answer()
  centre:expect_no_event("message_in", {during = 20})
  other:expect_no_event("message_in")
end)

-- --- PBX ------------------------------------------------------------------------------------------

scenario("a lost registration energises the network relay until it is back",
  {req = {"REL-05", "HW-02"}}, function(t)
  local door = t:door{["relay1.function"] = "network"}
  door:account(1, true)
  door:account(2, true)
  door:expect_no_relay(1, {during = 5})
  door:account(2, false, "408 Request Timeout")
  door:expect_event("account", {account = 2, ok = false, cause = "408 Request Timeout"})
  door:expect_relay(1, "on")
  door:expect_light("talk", "red")
  door:account(1, false, "503")
  door:account(2, true)
  t:wait(1)
  t:equal(door:relay(1), true, "relay 1 with account 1 lost")
  door:account(1, true)
  door:expect_relay(1, "off")
  door:expect_light("talk", "off")
end)

scenario("a lost registration is reported to P2P contacts alone, once, and its return has no code",
  {req = {"SUP-12", "SUP-31", "SUP-10", "SUP-02"}}, function(t)
  local pbx, rescue = t:phone{name = "pbx"}, t:receiver{name = "rescue"}
  local door = t:door{identity = "123456789", ["sup.pbx_delay_s"] = 30,
                      ["tech.contacts"] = "sip:101@" .. pbx.address .. ";account=1," .. rescue.uri}
  t:wait(2)
  local lost = t:now()
  door:account(1, false, "503 Service Unavailable")
  local call = rescue:expect_call{from = "123456789_pannePbx", within = 35}
  t:near(t:now() - lost, 31, 0.5, "delay until the call")
  rescue:expect_message{body = body("404")}
  call:answer()
  call:hangup()
  door:expect_event("report_end", {reason = "pannePbx", ok = true})
  t:equal(#t:events(pbx, "call_in"), 0, "calls by way of the PBX")
  door:account(1, true)
  rescue:expect_no_call{during = 600}
end)

scenario("a lost registration has no DTMF frame: the call succeeds by its answer, whatever the contact requires",
  {req = {"SUP-12", "SUP-20", "SUP-23"}}, function(t)
  local rescue = t:receiver{name = "rescue"}
  local door = t:door{["tech.contacts"] = rescue.uri .. ";dtmf=required", ["sup.pbx_delay_s"] = 0}
  door:account(1, false, "503")
  local call = rescue:expect_call()
  call:answer()
  call:dtmf("C")
  call:expect_no_dtmf{during = 5}
  call:expect_close{within = 10}
  door:expect_event("report_end", {reason = "pannePbx", ok = true})
end)

scenario("a registration lost for less than the delay is not reported", {req = {"SUP-12", "SUP-31"}}, function(t)
  local door, receiver = watched(t, {["sup.pbx_delay_s"] = 60})
  for _ = 1, 5 do
    door:account(1, false, "timeout")
    t:wait(59)
    door:account(1, true)
    t:wait(5)
  end
  t:equal(#t:events(door, "report"), 0, "reports")
  receiver:expect_no_call()
end)

scenario("without P2P contact a lost registration reaches nobody, and its MESSAGE neither",
  {req = {"SUP-12"}}, function(t)
  local pbx = t:phone{name = "pbx"}
  local at_pbx = "sip:101@" .. pbx.address .. ";account=1"
  local door = t:door{["tech.contacts"] = at_pbx}
  door:account(1, false, "503")
  door:expect_event("report_end", {reason = "pannePbx", ok = false, within = 65})
  pbx:expect_no_call()
  pbx:expect_no_event("message_in")
end)

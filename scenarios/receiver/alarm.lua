-- The reference alarm receiver by itself: each way of digits, each of its faults (RCV-01, SUP-20 to SUP-23)

local ways = {
  rfc4733 = {},
  info    = {["sip.dtmf_rfc4733"] = false, ["sip.dtmf_info"] = true},
  inband  = {["sip.dtmf_rfc4733"] = false},
  any     = {},
}

-- A door that calls an alarm receiver with these options; `extra` are settings of the door
local function called(t, opts, extra)
  opts.talk_s = opts.talk_s or 3
  local alarm = t:alarm_receiver(opts)
  local settings = {identity = "123456789", ["button.day"] = alarm.uri, ["relay1.code1"] = "4242"}
  for k, v in pairs(ways[opts.transport or "any"]) do settings[k] = v end
  for k, v in pairs(extra or {}) do settings[k] = v end
  local door = t:door(settings)
  door:press()
  return door, alarm
end

for _, way in ipairs{"rfc4733", "info", "inband", "any"} do
  scenario("the alarm receiver takes a call, way of digits " .. way,
    {req = {"RCV-01", "SIP-06", "SUP-20"}}, function(t)
    local door, alarm = called(t, {transport = way})
    local a = alarm:expect_alarm{result = "acknowledged", via = "dtmf"}
    t:equal(a.identity, "123456789")
    t:equal(a.reason, "bouton_appel")
    t:equal(a.product, 81)
    t:equal(a.alerte, 1)
    t:equal(a.frame, "9810101123456789C243")
    t:ok(a.crc_ok)
    t:equal(a.attempts, 1)
    t:equal(a.acks, 1)
    door:expect_event("sup_end", {result = "ok"})
    door:expect_event("call_end", {cause = "remote"})
  end)
end

scenario("the alarm receiver takes the MESSAGE beside the call",
  {req = {"RCV-01", "SUP-10"}}, function(t)
  local _, alarm = called(t, {})
  local a = alarm:expect_alarm{via = "message", result = "message"}
  t:equal(a.identity, "123456789")
  t:equal(a.product, 81)
  t:equal(a.alerte, 1)
end)

scenario("the alarm receiver opens the door by a code once the voice is up",
  {req = {"RCV-01", "SUP-22", "REL-08"}}, function(t)
  local door, alarm = called(t, {code = "4242"})
  local ok = door:expect_event("sup_end", {result = "ok", within = 20})
  local on = door:expect_relay(1, "on")
  t:ok(on.t > ok.t, "the code comes after #")
  alarm:expect_alarm{result = "acknowledged"}
end)

scenario("the alarm receiver waits 3 s after the checksum before it acknowledges",
  {req = {"SUP-22", "RCV-01"}}, function(t)
  local door, alarm = called(t, {})
  local frame = alarm:expect_event("frame", {within = 20})
  local ack = alarm:expect_event("ack")
  t:took(frame, ack, 3, 0.2, "wait after the checksum")
  door:expect_event("sup_end", {result = "ok"})
end)

-- fault, how the alarm ends at the receiver, how the protocol ends at the door, and more of the alarm
local faults = {
  {"wrong-ack",       "no_hash",      "no_ack",   {acks = 5}},
  {"no-ack",          "no_hash",      "no_ack",   {acks = 0}},
  {"late-ack=20",     "acknowledged", "ok",       {acks = 1}},
  {"late-ack=40",     "no_hash",      "no_ack",   {acks = 5}},
  {"no-c",            "no_c",         "no_c",     {attempts = 0}},
  {"late-c=5",        "acknowledged", "ok",       {attempts = 1}},
  {"late-c=12",       "no_frame",     "late_c",   {attempts = 0}},
  {"bad-crc-reply=1", "acknowledged", "ok",       {attempts = 2}},
  {"bad-crc-reply=2", "acknowledged", "ok",       {attempts = 3}},
  {"bad-crc-reply=3", "bad_crc",      "too_many", {attempts = 3}},
  {"drop-digit=5",    "acknowledged", "ok",       {attempts = 2}},
  {"hangup-at=answer", "fault",       "hangup",   {}},
  {"hangup-at=c",     "fault",        "hangup",   {}},
  {"hangup-at=frame", "fault",        "hangup",   {}},
  {"hangup-at=ack",   "fault",        "ok",       {}},
  {"double-c",        "acknowledged", "ok",       {attempts = 1}},
}

for _, f in ipairs(faults) do
  local fault, result, said, more = table.unpack(f)
  for _, way in ipairs{"rfc4733", "info", "inband"} do
    scenario("a receiver with the fault " .. fault .. " by " .. way,
      {req = {"RCV-01", "SUP-23", "SUP-22"}}, function(t)
      -- a call that fails leaves the visitor time to talk, until the receiver ends it
      local door, alarm = called(t, {transport = way, fault = fault, talk_s = result == "no_c" and 15 or 3})
      local a = alarm:expect_alarm{call = 1, within = 120}
      t:equal(a.result, result)
      for k, v in pairs(more) do t:equal(a[k], v, k) end
      if fault:find("^late%-c=1") then
        door:expect_event("sup_end", {result = "no_c"})
      end
      door:expect_event("sup_end", {result = said})
      door:expect_event("call_end", {cause = "remote"})
      door:expect_state("idle")
    end)
  end
end

for _, r in ipairs{{"busy", 486}, {"reject=404", 404}, {"reject=480", 480}, {"reject=603", 603}} do
  local fault, code = table.unpack(r)
  scenario("a receiver with the fault " .. fault .. " leaves the call to the next contact",
    {req = {"RCV-01", "DOOR-03"}}, function(t)
    local bad  = t:alarm_receiver{name = "bad", fault = fault}
    local good = t:alarm_receiver{name = "good", talk_s = 2}
    local door = t:door{["button.day"] = bad.uri .. "," .. good.uri, ["door.advance_on_refusal"] = true}
    door:press()
    bad:expect_alarm{call = 1, result = "refused"}
    good:expect_alarm{call = 1, result = "acknowledged"}
    door:expect_event("call_failed", {code = code})
    door:expect_event("call_end", {cause = "remote"})
  end)
end

scenario("a receiver that never answers leaves the call to the next contact after T",
  {req = {"RCV-01", "DOOR-03"}}, function(t)
  local bad  = t:alarm_receiver{name = "bad", fault = "no-answer"}
  local good = t:alarm_receiver{name = "good", talk_s = 2}
  local door = t:door{["button.day"] = bad.uri .. "," .. good.uri, ["door.ring_s"] = 10}
  door:press()
  bad:expect_alarm{call = 1, result = "cancelled"}
  good:expect_alarm{call = 1, result = "acknowledged"}
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("a receiver with another checksum asks three times, then leaves the voice",
  {req = {"RCV-01", "SUP-21", "SUP-23"}}, function(t)
  local door, alarm = called(t, {["crc.init"] = 255})
  local a = alarm:expect_alarm{call = 1, result = "bad_crc", within = 120}
  t:equal(a.attempts, 3)
  t:equal(a.crc_ok, false)
  door:expect_event("sup_end", {result = "too_many"})
end)

scenario("a person who answers instead of the receiver is not bothered by digits",
  {req = {"RCV-01", "SUP-23"}}, function(t)
  local phone = t:phone()
  local door  = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:expect_no_dtmf{during = 30}
  door:expect_state("talking")
end)

for _, code in ipairs{403, 405, 415, 503} do
  scenario("a receiver that answers the MESSAGE by " .. code .. " is called and acknowledges all the same",
    {req = {"SUP-10", "RCV-01"}}, function(t)
    local door, alarm = called(t, {fault = "reject-message=" .. code})
    door:expect_event("message_result", {code = code})
    alarm:expect_alarm{result = "acknowledged", via = "dtmf"}
    door:expect_event("sup_end", {result = "ok"})
  end)
end

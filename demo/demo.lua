-- The demo: a door phone, an alarm receiver and a resident with stock baresip, in real time.
-- Run it:  make demo   or   ipgap test --clock real --live demo/demo.lua

scenario("a press, an alarm, and a resident who opens the door", {clock = "real", timeout = 60}, function(t)
  local door  = t:door{identity = "123456789", ["relay1.code1"] = "4242", ["relay1.hold_s"] = 5}
  local alarm = t:alarm_receiver{talk_s = 3}
  local phone = t:baresip{name = "resident", user = "resident", answer = "manual", plays = {hz = 440, dbm0 = -18}}
  t:wait(1.2)

  t:log("Somebody presses the button.  The door calls the alarm receiver, which asks who and why.")
  door:set("button.day", alarm.uri)
  door:press()
  local a = alarm:expect_alarm{acknowledged = true, crc_ok = true, within = 30}
  door:expect_state("idle")
  t:wait(1)

  t:log("A second press, for the resident: baresip rings, answers, and dials the code 4242.")
  door:set("button.day", phone.uri)
  door:press()
  phone:expect_event("CALL_INCOMING")
  t:wait(2)
  phone:answer()
  door:expect_event("call_answered")
  door:play(1000, -12)
  t:wait(2)
  local voice = door:level()
  phone:dtmf("4242")
  local on = door:expect_relay(1, "on")
  local off = door:expect_relay(1, "off", {after = on, exactly = 5, tol = 0.2})
  phone:hangup()
  door:expect_event("call_end")
  phone:expect_event("CALL_CLOSED")

  t:log("What was measured")
  local heard = phone:heard()
  t:log(("  alarm   %s, %s, frame %s, checksum right"):format(a.identity, a.reason, a.frame))
  t:log(("  voice   the door heard %.1f dBm0 (sent: -18.0), the resident %.1f dBm0 (sent: -12.0)"):format(voice, heard))
  t:log(("  strike  energised for %.3f s (set: 5 s)"):format(off.t - on.t))
end)

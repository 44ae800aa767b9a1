-- The receiver hangs up at every step: the door is ready again each time (SUP-22, SUP-23, DOOR-03)

-- Each step: its name, how the call gets there, and what the door says about the protocol
local steps = {
  {"after its answer", function(call, door, t) t:wait(1) end, "hangup"},
  {"after its C", function(call, door, t) call:dtmf("C", {wait = false}); door:expect_event("sup_start") end, "hangup"},
  {"in the middle of the frame", function(call, door, t) call:dtmf("C"); t:wait(1.5) end, "hangup"},
  {"after the frame", function(call, door, t) call:dtmf("C"); door:expect_event("sup_sent") end, "hangup"},
  {"after its acknowledgement", function(call, door, t)
    call:dtmf("C"); door:expect_event("sup_sent"); call:dtmf("1")
  end, "ok"},
  {"in the conversation", function(call, door, t)
    call:dtmf("C"); door:expect_event("sup_sent"); call:dtmf("1"); call:expect_dtmf("#"); t:wait(20)
  end, "ok"},
}

for _, step in ipairs(steps) do
  local name, go, result = table.unpack(step)
  scenario("the receiver hangs up " .. name .. ", and the door can call again",
    {req = {"SUP-23"}}, function(t)
    local rx   = t:receiver()
    local door = t:door{["button.day"] = rx.uri}
    door:press()
    local call = rx:expect_call()
    call:answer()
    door:expect_event("call_answered")
    go(call, door, t)
    call:hangup()
    door:expect_event("call_end", {cause = "remote"})
    door:expect_event("sup_end", {result = result})
    door:expect_state("idle")
    door:expect_light("talk", "off")
    door:press()
    local again = rx:expect_call()
    again:answer()
    again:dtmf("C")
    t:ok(again:expect_frame().crc_ok)
  end)
end

scenario("the strike closes in its time although the receiver hung up during the hold",
  {req = {"REL-02", "SUP-23"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri, ["relay1.code1"] = "4242", ["relay1.hold_s"] = 4}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:dtmf("4242")
  local on = door:expect_relay(1, "on")
  t:wait(1)
  call:hangup()
  door:expect_event("call_end")
  door:expect_light("door", "blue")
  door:expect_relay(1, "off", {after = on, exactly = 4.0})
  door:expect_light("door", "off")
end)

-- Every codec, as each side's first choice: sound both ways at its level, digits beside it (SIP-05, SIP-06)

local SETTLE = 2.1

-- name, what a tone of -15 dBm0 may lose or win in it [dB]
local codecs = {
  {"G722", 1}, {"opus", 3}, {"GSM", 3}, {"speex/8000", 3}, {"speex/16000", 3}, {"speex/32000", 3},
  {"G726-16", 3}, {"G726-24", 2}, {"G726-32", 1}, {"G726-40", 1},
  {"AAL2-G726-16", 3}, {"AAL2-G726-24", 2}, {"AAL2-G726-32", 1}, {"AAL2-G726-40", 1}, {"AMR", 3},
}

local function both_ways(t, door, call, tol)
  door:play(600, -15)
  call:play(400, -15)
  t:wait(SETTLE)
  t:near(call:level(), -15, tol, "door to phone [dBm0]")
  t:near(door:level(), -15, tol, "phone to door [dBm0]")
  call:dtmf("42")
  door:expect_event("digit", {via = "rfc4733"})
  door:expect_relay(1, "on")
  t:equal(#t:events(door, "digit"), 2, "digits counted")
end

for _, c in ipairs(codecs) do
  local codec, tol = table.unpack(c)
  local list = codec .. ",PCMA"

  scenario("the door's first choice is " .. codec .. ": sound both ways, and digits beside it",
    {req = {"SIP-05", "SIP-06"}}, function(t)
    local phone = t:phone{["sip.codecs"] = "PCMA," .. codec}
    local door  = t:door{["button.day"] = phone.uri, ["sip.codecs"] = list, ["relay1.code1"] = "42"}
    door:press()
    local call = phone:expect_call()
    call:answer()
    call:expect_answer()
    door:expect_event("media", {codec = codec, dtmf = "rfc4733"})
    both_ways(t, door, call, tol)
  end)

  scenario("the caller's first choice is " .. codec .. ": sound both ways, and digits beside it",
    {req = {"SIP-05", "SIP-06"}}, function(t)
    local phone = t:phone{["sip.codecs"] = list}
    local door  = t:door{["sip.codecs"] = "PCMA," .. codec, ["relay1.code1"] = "42"}
    local call  = phone:dial(door.uri)
    call:expect_answer()
    door:expect_event("media", {codec = codec, dtmf = "rfc4733"})
    both_ways(t, door, call, tol)
  end)

  scenario("a door without " .. codec .. " refuses a caller that has no other", {req = {"SIP-05"}}, function(t)
    local phone = t:phone{["sip.codecs"] = codec}
    local door  = t:door()
    local call  = phone:dial(door.uri)
    phone:expect_event("closed", {code = 488})
    door:expect_state("idle")
  end)
end

for _, on in ipairs{true, false} do
  scenario("the offer has " .. (on and "" or "no ") .. "rtcp-fb where sip.rtcp_fb is " .. (on and "yes" or "no"),
    {req = {"SIP-07"}}, function(t)
    local phone = t:phone()
    local door  = t:door{["button.day"] = phone.uri, ["sip.rtcp_fb"] = on}
    door:press()
    phone:expect_call()
    local body = t:sip_messages{method = "INVITE"}[1].body
    t:equal(body:find("a=rtcp-fb:", 1, true) ~= nil, on, "rtcp-fb in SDP")
  end)
end

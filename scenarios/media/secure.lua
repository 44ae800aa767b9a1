-- Encrypted sound: SRTP with keys in SDP (SIP-09; RFC 3711, RFC 4568)

local SETTLE = 2.1
local SRTP = {["sip.media_encryption"] = "srtp"}

local function with(base, more)
  local s = {}
  for k, v in pairs(base) do s[k] = v end
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end

local function both_ways(t, door, call)
  door:play(600, -15)
  call:play(400, -15)
  t:wait(SETTLE)
  t:near(call:level(), -15, 0.5, "door to phone [dBm0]")
  t:near(door:level(), -15, 0.5, "phone to door [dBm0]")
end

-- No packet of sound passed in clear: what the network carried is not the law's code words of the tone
local function no_drops(t, call)
  local forged, replayed = call:dropped()
  t:equal(forged, 0, "packets not authentic at the phone")
  t:equal(replayed, 0, "packets replayed at the phone")
end

local function up(t, door, phone, caller)
  local call
  if caller == "door" then
    door:press()
    call = phone:expect_call()
    call:answer()
  else
    call = phone:dial(door.uri)
  end
  call:expect_answer()
  return call
end

for _, caller in ipairs{"door", "phone"} do
  scenario("the " .. caller .. " calls with SRTP: sound both ways, and a code that opens the door",
    {req = {"SIP-09", "SIP-06", "REL-08"}}, function(t)
    local phone = t:phone(SRTP)
    local door  = t:door(with(SRTP, {["button.day"] = phone.uri, ["relay1.code1"] = "42"}))
    local call = up(t, door, phone, caller)
    door:expect_event("media_encryption", {ok = true, kind = "srtp", detail = "AES_CM_128_HMAC_SHA1_80"})
    both_ways(t, door, call)
    call:dtmf("42")
    door:expect_relay(1, "on")
    no_drops(t, call)
    local body = t:sip_messages{method = "INVITE"}[1].body
    t:match(body, "m=audio %d+ RTP/SAVP ")
    t:match(body, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")
    call:hangup()
    door:expect_event("call_end", {cause = "remote"})
    t:equal(#t:events(door, "media_dropped"), 0, "packets the door did not take")
  end)

  scenario("the " .. caller .. " calls with SRTP a side that is set to none: refused, and told",
    {req = {"SIP-09"}}, function(t)
    local phone = t:phone(caller == "phone" and SRTP or {})
    local door  = t:door(with(caller == "door" and SRTP or {}, {["button.day"] = phone.uri}))
    if caller == "door" then
      door:press()
      door:expect_event("call_failed", {code = 488})
    else
      phone:dial(door.uri)
      phone:expect_event("closed", {code = 488})
      door:expect_event("media_encryption", {call = 0, ok = false, kind = "none", detail = "offered with SRTP, not wanted"})
      door:expect_event("sip_refused", {method = "INVITE", code = 488})
      t:match(t:expect_sip{code = 488}:header("Warning"), "^302 ")
    end
  end)
end

-- Ways of digits: RFC 4733 as gateways bend it, SIP INFO, tones in the sound of each codec, a voice beside (SIP-05, SIP-06)

local story = include("story.lua")
local line = story.line("Ways of digits")
local ACK = "Understand the first frame, and acknowledge it"

local function understood(t, rx, opts, digits)
  local o = {reason = "mains"}
  for k, v in pairs(opts) do o[k] = v end
  local door = story.asked(t, rx, o)
  story.report(t, door, "mains", nil, digits)
end

local bent = {
  {"RFC 4733 without the marker bit", {}, {marker = false}},
  {"RFC 4733 without end packets", {}, {ends = 0}},
  {"RFC 4733 with one end packet", {}, {ends = 1}},
  {"RFC 4733 without marker and end packets", {}, {marker = false, ends = 0}},
  {"RFC 4733 with digits of 500 ms", {}, {on = 500, off = 100}},
  {"RFC 4733 as payload type 96", {event_pt = 96}, {}},
  {"RFC 4733 as payload type 127", {event_pt = 127}, {}},
  {"RFC 4733 beside PCMU", {codec = "PCMU"}, {}},
  {"RFC 4733 and tones in the sound together", {}, {events = true, inband = true}},
  {"RFC 4733 and SIP INFO together", {}, {events = true, info = true}},
  {"RFC 4733, SIP INFO and tones together", {}, {events = true, info = true, inband = true}},
  {"SIP INFO alone", {events = false}, {events = false, info = true, inband = false}},
  {"tones only, telephone-event not offered", {events = false}, {}},
  {"tones only, although telephone-event was agreed", {}, {events = false, inband = true}},
}

for _, b in ipairs(bent) do
  local what, opts, digits = table.unpack(b)
  line("digits by " .. what .. " are understood once each",
    {req = {"SIP-06", "SUP-20"}, fault = what:sub(1, 1):upper() .. what:sub(2),
     should = digits.on and ACK or ACK .. "; count no digit twice"}, function(t, rx)
    understood(t, rx, opts, digits)
  end)
end

line("the payload type may change from call to call",
  {req = {"SIP-06"}, fault = "Three calls of one door, each with another payload type for telephone-event",
   should = "Follow each call's SDP"}, function(t, rx)
  for _, pt in ipairs{101, 97, 110} do understood(t, rx, {name = "door" .. pt, event_pt = pt}) end
end)

line("the payload type may change in the call",
  {req = {"SIP-06", "SIP-10"}, fault = "A re-INVITE after C gives telephone-event another payload type (101, then 110)",
   should = "Answer it by 200, and understand the frame by the new type"}, function(t, rx)
  local door = story.asked(t, rx, {reason = "mains"})
  door:modify{event_pt = 110}
  story.report(t, door, "mains")
end)

-- Other codecs are the core's own: a codec that joins the settings joins here.  A codec may spoil tones, but a
-- receiver may not acknowledge what it has not heard.
for _, codec in ipairs(codecs()) do
  line("tones through " .. codec .. " are acknowledged when they are right",
    {req = {"SIP-05", "SIP-06", "SUP-23"}, fault = "Tones in the sound of " .. codec,
     should = "Acknowledge a right frame within three; never a wrong one (488 where the codec is not served)"}, function(t, rx)
    local door = t:phone{name = "door", transport = "inband", ["sip.codecs"] = codec, ["sip.dtmf_rfc4733"] = false}
    local call = door:dial(rx.uri, {from = story.user("mains")})
    local refused = false
    t:wait(story.limit.answer)
    for _, e in ipairs(t:events(door, "closed")) do refused = refused or e.code == 488 end
    if refused then return end
    call:expect_answer{within = 0}
    call:expect_dtmf("C", {within = story.limit.c})
    local n = 0
    repeat
      n = n + 1
      call:dtmf(story.frame(t, "mains"))
      local e = door:expect_event("dtmf", {within = story.limit.again})
    until e.digit == "1" or n == 3
    t:equal(#t:events(door, "dtmf") > n, true, "an acknowledgement within three frames")
    call:dtmf("#")
    call:expect_close{within = story.limit.end_of_call}
  end)
end

for _, v in ipairs{{-30, true}, {-20, true}, {-15, false}} do
  local level, first = table.unpack(v)
  line("a voice at " .. level .. " dBm0 over tones does no harm",
    {req = {"SIP-06", "SUP-23"}, fault = "A visitor speaks at " .. level .. " dBm0 over tones of -8 dBm0",
     should = first and ACK or "Acknowledge a right frame within four; never a wrong one"}, function(t, rx)
    local door = story.asked(t, rx, {reason = "mains"})
    door:voice(level)
    if first then
      story.report(t, door, "mains", nil, {events = false, inband = true})
    else
      local n = story.insist(t, door, story.frame(t, "mains"), {events = false, inband = true})
      t:ok(n, "no frame of four was acknowledged; the answer")
      door:dtmf("#", {events = false, inband = true})
      story.finish(t, door, "mains")
    end
  end)
end

line("a voice beside RFC 4733 does no harm",
  {req = {"SIP-06", "SUP-20"}, fault = "A visitor speaks at -10 dBm0 while digits come by RFC 4733", should = ACK}, function(t, rx)
  local door = story.asked(t, rx, {reason = "mains"})
  door:voice(-10)
  story.report(t, door, "mains")
end)

line("a voice alone is no digit",
  {req = {"SIP-06", "SUP-23"}, fault = "A visitor speaks at -10 dBm0 for 30 s, no digit comes",
   should = "Never send 1 or hang up: it is a person"}, function(t, rx)
  local door = story.asked(t, rx)
  door:voice(-10)
  t:wait(30)
  for _, e in ipairs(t:events(door, "dtmf")) do t:equal(e.digit, "C", "the receiver sent") end
  t:ok(not door:is_over(), "the receiver hung up on a visitor")
  story.finish(t, door)
end)

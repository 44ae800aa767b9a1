-- Networks that lose, delay, repeat and mix packets (SIP-06, SUP-23)

local story = include("story.lua")
local line = story.line("Network")
local ACK = "Understand the first frame, and acknowledge it"
local INSIST = "Acknowledge a right frame within four; never a wrong one"

-- RFC 4733 repeats itself, so it must survive
local events = {
  {"1 % of all packets are lost", {loss = 1}},
  {"2 % of all packets are lost", {loss = 2}},
  {"5 % of all packets are lost", {loss = 5}},
  {"packets come up to 20 ms late", {jitter_ms = 20}},
  {"packets come up to 60 ms late", {jitter_ms = 60}},
  {"5 % of the packets overtake each other", {reorder = 5}},
  {"20 % of the packets overtake each other", {reorder = 20}},
  {"10 % of the packets come twice", {duplicate = 10}},
  {"every packet comes twice", {duplicate = 100}},
}
for _, n in ipairs(events) do
  local what, net = table.unpack(n)
  line("digits by RFC 4733 are understood although " .. what,
    {req = {"SIP-06", "SUP-20"}, fault = "RFC 4733, and " .. what, should = ACK}, function(t, rx)
    local door = story.asked(t, rx, {reason = "mains"})
    door:net(net)
    story.report(t, door, "mains")
  end)
end

-- here a digit may be lost for good
local hard = {
  {"RFC 4733", "10 % of all packets are lost", {loss = 10}, {}},
  {"RFC 4733", "packets come up to 120 ms late", {jitter_ms = 120}, {}},
  {"RFC 4733", "2 % are lost, 5 % overtaken, 5 % doubled, all up to 40 ms late",
    {loss = 2, reorder = 5, duplicate = 5, jitter_ms = 40}, {}},
  {"tones", "1 % of all packets are lost", {loss = 1}, {events = false, inband = true}},
  {"tones", "5 % of the packets overtake each other", {reorder = 5}, {events = false, inband = true}},
  {"tones", "10 % of the packets come twice", {duplicate = 10}, {events = false, inband = true}},
}
for _, n in ipairs(hard) do
  local way, what, net, digits = table.unpack(n)
  line("a right frame by " .. way .. " comes through although " .. what,
    {req = {"SIP-06", "SUP-23"}, fault = (way == "tones" and "Tones" or way) .. ", and " .. what, should = INSIST}, function(t, rx)
    local door = story.asked(t, rx, {reason = "mains"})
    door:net(net)
    t:ok(story.insist(t, door, story.frame(t, "mains"), digits), "no frame of four was acknowledged; the answer")
    door:net{}
    door:dtmf("#", digits)
    story.finish(t, door, "mains")
  end)
end

-- where nothing can get through, nothing may be believed
line("tones over a line that loses a tenth are never acknowledged wrongly",
  {req = {"SUP-23"}, fault = "Tones with a wrong checksum, and 10 % of all packets are lost", should = "Never send 1"}, function(t, rx)
  local door = story.asked(t, rx)
  local right = story.frame(t)
  local wrong = right:sub(1, -2) .. (right:sub(-1) == "0" and "1" or "0")
  door:net{loss = 10}
  for _ = 1, 3 do
    local from = t:now()
    if not door:dtmf(wrong, {events = false, inband = true}) then break end
    t:wait(story.limit.quiet)
    for _, e in ipairs(t:events(door, "dtmf")) do
      if e.t > from then t:equal(e.digit, "C", "the receiver sent") end
    end
  end
  story.finish(t, door)
end)

line("a frame of which nothing arrives is asked for, or the call is a person's",
  {req = {"SUP-23"}, fault = "The network loses everything for the length of a frame", should = "Never send 1 for it; acknowledge the frame if it asked again"},
  function(t, rx)
  local door = story.asked(t, rx)
  door:net{loss = 100}
  door:dtmf(story.frame(t))
  door:net{}
  t:wait(25)
  local asked = 0
  for _, e in ipairs(t:events(door, "dtmf")) do
    t:equal(e.digit, "C", "the receiver sent")
    asked = asked + 1
  end
  if asked > 1 then story.report(t, door) else story.finish(t, door) end
end)

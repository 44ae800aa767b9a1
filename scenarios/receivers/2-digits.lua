-- Digits as doors, gateways and lines make them: short, long, near, far, quiet, bent (SUP-20, SUP-24, SIP-06)

local story = include("story.lua")
local line = story.line("Digit timing and level")
local ACK = "Understand the first frame, and acknowledge it"

local ways = {
  {"RFC 4733", {}},
  {"in-band", {inband = true, events = false}},
}

-- one frame, understood at once
local function understood(t, rx, opts)
  local door = story.asked(t, rx, {reason = "mains"})
  story.report(t, door, "mains", nil, opts)
end

local function with(way, more)
  local o = {}
  for k, v in pairs(way) do o[k] = v end
  for k, v in pairs(more) do o[k] = v end
  return o
end

for _, w in ipairs(ways) do
  local name, way = table.unpack(w)
  for _, on in ipairs{40, 50, 60, 80, 100, 140} do
    line("digits of " .. on .. " ms are understood by " .. name,
      {req = {"SUP-20", "SUP-24", "SIP-06"}, fault = "Digits of " .. on .. " ms, " .. name, should = ACK}, function(t, rx)
      understood(t, rx, with(way, {on = on, off = 100}))
    end)
  end
  for _, gap in ipairs{90, 150, 250, 350, 510} do
    line("digits " .. gap .. " ms apart are understood by " .. name,
      {req = {"SUP-20", "SUP-24", "SIP-06"}, fault = "Pauses of " .. gap .. " ms between digits, " .. name, should = ACK},
      function(t, rx)
      understood(t, rx, with(way, {on = 70, off = gap}))
    end)
  end
  line("digits of unlike lengths are understood by " .. name,
    {req = {"SUP-20", "SUP-24", "SIP-06"}, fault = "Digits of 40 to 140 ms and pauses of 90 to 510 ms in one frame, " .. name,
     should = ACK}, function(t, rx)
    local door, sent = story.asked(t, rx, {reason = "mains"}), nil
    local on, off = {40, 140, 60, 100, 80}, {90, 510, 120, 300}
    local n = 0
    for d in story.frame(t, "mains"):gmatch(".") do
      sent = door:dtmf(d, with(way, {on = on[n % 5 + 1], off = off[n % 4 + 1]}))
      n = n + 1
    end
    story.expect_ack(t, door, sent)
    door:dtmf("#", way)
    story.finish(t, door, "mains")
  end)
end

for _, level in ipairs{-3, -15, -25, -30} do
  line("tones at " .. level .. " dBm0 are understood",
    {req = {"SUP-20", "SIP-06"}, fault = "In-band tones at " .. level .. " dBm0", should = ACK}, function(t, rx)
    understood(t, rx, {inband = true, events = false, level = level})
  end)
end

for _, twist in ipairs{-4, 2} do
  line("tones with a twist of " .. twist .. " dB are understood",
    {req = {"SUP-20", "SIP-06"}, fault = string.format("In-band, the high tone %d dB %s the low one", math.abs(twist),
     twist < 0 and "below" or "above"), should = ACK}, function(t, rx)
    understood(t, rx, {inband = true, events = false, twist = twist})
  end)
end

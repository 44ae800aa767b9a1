-- Whose turn it is: C, the frame, 1 and #, each too early, too late, or not at all (SUP-22, SUP-23)

local story = include("story.lua")
local line = story.line("C, 1 and #: turns")
local limit = story.limit

-- a door whose right frame has been acknowledged once; the first 1 has come
local function acknowledged(t, rx, reason)
  local door = story.asked(t, rx, {reason = reason})
  local sent = door:dtmf(story.frame(t, reason))
  return door, story.expect_ack(t, door, sent)
end

local function expect_next(t, door, before)
  local e = door:expect_dtmf("1", {within = limit.gap_max + 1})
  local gap = e.t - before.t
  if gap < limit.gap_min or gap > limit.gap_max then
    t:fail(string.format("the next 1 came after %.2f s; right would be 5 s (%.1f to %.1f s)", gap, limit.gap_min, limit.gap_max))
  end
  return e
end

line("C comes once, and not while the door sends",
  {req = {"SUP-20", "SUP-22"}, fault = "A slow door: 200 ms on, 300 ms off, ten seconds a frame",
   should = "Send C once, listen to the end of the frame, then acknowledge"}, function(t, rx)
  local door = story.asked(t, rx)
  local sent = door:dtmf(story.frame(t), {on = 200, off = 300})
  story.expect_ack(t, door, sent)
  local heard = t:events(door, "dtmf")
  t:equal(#heard, 2, "digits of the receiver until its first 1")
  story.thank(t, door)
  story.finish(t, door)
end)

for _, delay in ipairs{3, 8} do
  line("a frame " .. delay .. " s after C is waited for",
    {req = {"SUP-20", "SUP-23"}, fault = "The door begins its frame " .. delay .. " s after C",
     should = "Wait for it at least 10 s; a second C meanwhile is no fault; acknowledge"}, function(t, rx)
    local door = story.asked(t, rx)
    t:wait(delay)
    story.report(t, door)
  end)
end

line("a door that does not hear the first C leaves a person's call",
  {req = {"SUP-23", "SUP-25"}, fault = "The door does not react to C",
   should = "Never send 1; leave the visitor the voice (C again is no fault)"}, function(t, rx)
  local door = story.asked(t, rx)
  t:wait(25)
  for _, e in ipairs(t:events(door, "dtmf")) do t:equal(e.digit, "C", "the receiver sent") end
  t:ok(not door:is_over(), "the receiver hung up on a visitor")
  story.finish(t, door)
end)

line("a frame that comes before C is no reason to fail",
  {req = {"SUP-20", "SUP-23"}, fault = "The door sends its frame at once, without C",
   should = "Acknowledge it, or ask by C and acknowledge the next"}, function(t, rx)
  local door = story.answered(t, rx)
  door:dtmf(story.frame(t))
  local n = story.insist(t, door, story.frame(t))
  t:ok(n, "neither C nor 1 led to an acknowledgement; the door")
  story.finish(t, door)
end)

for n, nth in ipairs{"first", "second", "third", "fourth", "fifth"} do
  line("the door's # at the " .. nth .. " 1 ends the acknowledgements",
    {req = {"SUP-22"}, fault = n == 1 and "Nothing: # at the first 1" or "The door answers only the " .. nth .. " 1 by #",
     should = "Send 1 every 5 s until # comes, then no more"}, function(t, rx)
    local door, ack = acknowledged(t, rx)
    for _ = 2, n do ack = expect_next(t, door, ack) end
    story.thank(t, door)
    story.finish(t, door)
  end)
end

line("1 comes five times and no more when the door never sends #",
  {req = {"SUP-22"}, fault = "The door never sends #", should = "Send 1 five times, 5 s apart, then stop; leave the voice up"},
  function(t, rx)
  local door, ack = acknowledged(t, rx)
  for _ = 2, 5 do ack = expect_next(t, door, ack) end
  door:expect_no_dtmf{during = limit.quiet + 5}
  t:ok(not door:is_over(), "the receiver hung up on a visitor")
  story.finish(t, door)
end)

line("a technical call that is never answered by # ends all the same",
  {req = {"SUP-22"}, fault = "The door never sends # in a technical call", should = "Send 1 five times, then end the call"},
  function(t, rx)
  local door, ack = acknowledged(t, rx, "mains")
  for _ = 2, 5 do ack = expect_next(t, door, ack) end
  door:expect_close{within = limit.end_of_call + limit.gap_max, code = 0}
end)

for _, late in ipairs{1, 4} do
  line("a # that comes " .. late .. " s after the 1 counts",
    {req = {"SUP-22"}, fault = "The door's # comes " .. late .. " s after the 1", should = "Take it; no further 1"}, function(t, rx)
    local door = acknowledged(t, rx)
    t:wait(late)
    story.thank(t, door)
    story.finish(t, door)
  end)
end

line("a # before the 1 is no answer to it",
  {req = {"SUP-22"}, fault = "The door sends # before the receiver's 1", should = "Send 1 all the same, and again until # follows it"},
  function(t, rx)
  local door = story.asked(t, rx)
  local sent = door:dtmf(story.frame(t))
  door:dtmf("#")
  local ack = story.expect_ack(t, door, sent)
  expect_next(t, door, ack)
  story.thank(t, door)
  story.finish(t, door)
end)

for _, digit in ipairs{"1", "C", "0", "*"} do
  line("a door's " .. digit .. " instead of # does not end the acknowledgements",
    {req = {"SUP-22"}, fault = "The door answers the 1 by " .. digit .. " instead of #",
     should = "Send the next 1 after 5 s; stop at #"}, function(t, rx)
    local door, ack = acknowledged(t, rx)
    door:dtmf(digit)
    expect_next(t, door, ack)
    story.thank(t, door)
    story.finish(t, door)
  end)
end

line("a doubled # is one",
  {req = {"SUP-22"}, fault = "The door sends # twice", should = "No further digit"}, function(t, rx)
  local door = acknowledged(t, rx)
  story.thank(t, door)
  door:dtmf("##", {wait = false})
  door:expect_no_dtmf{during = limit.quiet}
  story.finish(t, door)
end)

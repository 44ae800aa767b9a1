-- Calls that end too early, or hang in silence: the line must be free for the next one (SUP-22, SIP-10)

local story = include("story.lua")
local line = story.line("Hang-ups and silence")
local FREE = "Answer BYE by 200, and serve the next call as ever"

-- the door hangs up at a step; the next call must be served
local function hang_up(t, rx, door)
  door:hangup()
  t:expect_sip{code = 200, cseq = "BYE", to = door.address, within = 5}
  story.next_call(t, rx)
end

line("a door that gives up while it rings leaves a free line",
  {req = {"SIP-10"}, fault = "The door cancels before the answer", should = "Answer INVITE by 487, and serve the next call as ever"},
  function(t, rx)
  local door = story.door(t)
  door:dial(rx)
  local rang = t:expect_sip{method = "INVITE", to = rx.address, within = 2}
  t:wait(0.3)
  if #t:events(door, "answered") > 0 then t:skip("the receiver answers so fast that there is nothing to cancel") end
  door:hangup()
  t:expect_sip{code = 487, cseq = "INVITE", to = door.address, within = 5}
  t:ok(rang)
  story.next_call(t, rx)
end)

local steps = {
  {"at once after the answer", function(t, rx) return (story.answered(t, rx)) end},
  {"after C", function(t, rx) return (story.asked(t, rx)) end},
  {"in the middle of the frame", function(t, rx)
    local door = story.asked(t, rx)
    door:dtmf(story.frame(t):sub(1, 9))
    return door
  end},
  {"in the middle of a digit", function(t, rx)
    local door = story.asked(t, rx)
    door:dtmf("9", {on = 500, wait = false})
    t:wait(0.2)
    return door
  end},
  {"after the frame, before 1", function(t, rx)
    local door = story.asked(t, rx)
    door:dtmf(story.frame(t))
    t:wait(1)
    return door
  end},
  {"after a wrong frame", function(t, rx)
    local door = story.asked(t, rx)
    door:dtmf(story.frame(t):sub(1, -2) .. "D")
    t:wait(1)
    return door
  end},
  {"after the 1, before #", function(t, rx)
    local door = story.asked(t, rx)
    story.expect_ack(t, door, door:dtmf(story.frame(t)))
    return door
  end},
  {"right after #", function(t, rx)
    local door = story.asked(t, rx)
    story.expect_ack(t, door, door:dtmf(story.frame(t)))
    door:dtmf("#")
    return door
  end},
}

for _, s in ipairs(steps) do
  local when, go = table.unpack(s)
  line("a door that hangs up " .. when .. " leaves a free line",
    {req = {"SUP-22", "SIP-10", "RCV-01"}, fault = "The door hangs up " .. when, should = FREE}, function(t, rx)
    hang_up(t, rx, go(t, rx))
  end)
end

for _, s in ipairs{{"after C", false}, {"in the middle of the frame", true}} do
  local when, part = table.unpack(s)
  line("a door that vanishes " .. when .. " does not take the receiver with it",
    {req = {"SUP-22", "SIP-10"}, fault = "The door's power fails " .. when .. ": no BYE, no packet more",
     should = "Serve another door meanwhile; never send 1 into the dead call"}, function(t, rx)
    local door = story.asked(t, rx)
    if part then door:dtmf(story.frame(t):sub(1, 9)) end
    door:vanish()
    story.next_call(t, rx, {identity = "987654321"})
  end)
end

line("a call without any digit is a person's",
  {req = {"SUP-23"}, fault = "Silence: sound flows, no digit ever comes", should = "Never send 1; leave the visitor the voice"},
  function(t, rx)
  local door = story.asked(t, rx)
  t:wait(40)
  for _, e in ipairs(t:events(door, "dtmf")) do t:equal(e.digit, "C", "the receiver sent") end
  t:ok(not door:is_over(), "the receiver hung up on a visitor")
  story.finish(t, door)
end)

line("a call without any packet is never acknowledged",
  {req = {"SUP-23"}, fault = "Silence: not one RTP packet comes", should = "Never send 1; hang up or leave the voice; serve the next call"},
  function(t, rx)
  local door = story.door(t)
  door:quiet()
  door:dial(rx)
  door:expect_answer{within = story.limit.answer}
  t:wait(30)
  for _, e in ipairs(t:events(door, "dtmf")) do t:equal(e.digit, "C", "the receiver sent") end
  if not door:is_over() then hang_up(t, rx, door) else story.next_call(t, rx) end
end)

line("a door that falls silent in its frame is asked again",
  {req = {"SUP-23"}, fault = "The door stops in the middle of its frame", should = "Send C again, never 1; then acknowledge the right frame"},
  function(t, rx)
  story.wrong_then_right(t, rx, story.frame(t):sub(1, 8))
end)

line("packets that stop for two seconds in the frame are no acknowledgement",
  {req = {"SUP-23"}, fault = "No packet for 2 s in the middle of the frame", should = "Ask again or acknowledge what is right; never hang up"},
  function(t, rx)
  local door = story.asked(t, rx)
  local frame = story.frame(t)
  door:dtmf(frame:sub(1, 9))
  door:quiet(true)
  t:wait(2)
  door:quiet(false)
  door:dtmf(frame:sub(10))
  local first = door:expect_event("dtmf", {within = story.limit.again})
  if first.digit == "1" then
    story.thank(t, door)
    story.finish(t, door)
  else
    t:equal(first.digit, "C")
    story.report(t, door)
  end
end)

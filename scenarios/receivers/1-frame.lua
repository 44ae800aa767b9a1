-- Frames: right ones, and every way to spoil one (SUP-20 to SUP-23)

local story = include("story.lua")
local line = story.line("Frame and checksum")
local AGAIN = "Send C again, never 1; then acknowledge the right frame"

line("a right frame is acknowledged after 3 s, and the voice stays",
  {req = {"SUP-20", "SUP-22", "RCV-01"}, fault = "Nothing: a button call with a right frame",
   should = "Send C within 10 s of its answer, 1 three seconds after the checksum, no further 1 after #; leave the voice up"},
  function(t, rx)
  local door = story.asked(t, rx)
  local sent = door:dtmf(story.frame(t))
  story.expect_ack(t, door, sent)
  story.thank(t, door)
  t:ok(not door:is_over(), "the receiver hung up on a visitor")
  story.finish(t, door)
  story.expect_alarm(t, rx, {result = "acknowledged", identity = story.identity, alerte = 1})
end)

for _, reason in ipairs{"test", "mains_back", "mains", "button_bad", "button_good"} do
  local number, user = table.unpack(story.reasons[reason])
  line("a technical call with reason " .. number .. " is acknowledged and ended by the receiver",
    {req = {"SUP-01", "SUP-22"}, fault = string.format("Nothing: a technical call, reason %02d (%s)", number, user),
     should = "Acknowledge, and end the call after the door's #"}, function(t, rx)
    local door = story.asked(t, rx, {reason = reason})
    story.report(t, door, reason)
    story.expect_alarm(t, rx, {result = "acknowledged", alerte = number})
  end)
end

for _, identity in ipairs{"1", "1234", "12345678"} do
  local length = #identity .. (#identity > 1 and " digits" or " digit")
  line("an identity of " .. length .. " is understood",
    {req = {"SUP-20", "DOOR-01"}, fault = "The identity has " .. length,
     should = "Find C and the checksum behind an identity of 1 to 9 digits, and acknowledge"}, function(t, rx)
    local door = story.asked(t, rx, {identity = identity})
    story.report(t, door, "button", story.frame(t, "button", identity))
    story.expect_alarm(t, rx, {result = "acknowledged", identity = identity})
  end)
end

-- the checksum is the last three digits
local function with_checksum(text, change)
  local cs = change(tonumber(text:sub(-3)))
  return text:sub(1, -4) .. string.format("%03d", cs)
end

for bit = 0, 7 do
  line("a checksum wrong in bit " .. bit .. " is not acknowledged",
    {req = {"SUP-21", "SUP-23"}, fault = "The checksum is wrong by one bit (bit " .. bit .. ")", should = AGAIN}, function(t, rx)
    story.wrong_then_right(t, rx, with_checksum(story.frame(t), function(v) return v ~ (1 << bit) end))
  end)
end

-- the data are spoilt, the checksum is that of the right data; every text has a whole frame's shape, unless it says otherwise
local spoilt = {
  {"a digit of the identity changed", function(f) return f:sub(1, 9) .. "9" .. f:sub(11) end},
  {"the reason changed", function(f) return f:sub(1, 4) .. "2" .. f:sub(6) end},
  {"a digit of the identity lost", function(f) return f:sub(1, 10) .. f:sub(12) end},
  {"the first digit of the identity lost", function(f) return f:sub(1, 7) .. f:sub(9) end},
  {"a digit of the identity doubled", function(f) return f:sub(1, 9) .. f:sub(9) end},
  {"two digits of the identity swapped", function(f) return f:sub(1, 9) .. f:sub(11, 11) .. f:sub(10, 10) .. f:sub(12) end},
  {"two digits of the checksum swapped", function(f) return f:sub(1, -4) .. f:sub(-2, -2) .. f:sub(-3, -3) .. f:sub(-1) end},
  {"a checksum above 255", function(f) return f:sub(1, -4) .. "999" end},
  {"the last digit of the checksum lost", function(f) return f:sub(1, -2) end},
  {"the terminator C missing", function(f) return (f:gsub("C", "")) end},
  {"the synchronisation 9 missing", function(f) return f:sub(2) end},
  {"everything after the reason lost", function(f) return f:sub(1, 5) end},
}

for _, s in ipairs(spoilt) do
  local what, spoil = table.unpack(s)
  line("a frame with " .. what .. " is not acknowledged",
    {req = {"SUP-20", "SUP-21", "SUP-23"}, fault = "A frame with " .. what, should = AGAIN}, function(t, rx)
    story.wrong_then_right(t, rx, spoil(story.frame(t)))
  end)
end

line("a frame whose two equal digits run into one is not acknowledged",
  {req = {"SUP-20", "SUP-23"}, fault = "Two equal digits merged: the pause between them is lost, one long digit is left",
   should = AGAIN}, function(t, rx)
  local door = story.asked(t, rx)
  local frame = story.frame(t, "button", "112233445")
  local at = frame:find("22")
  door:dtmf(frame:sub(1, at - 1))
  door:dtmf("2", {on = 300})
  door:dtmf(frame:sub(at + 2))
  story.expect_again(t, door)
  story.report(t, door)
end)

line("the frame may be right at the third attempt",
  {req = {"SUP-23"}, fault = "The first two frames are wrong, the third is right",
   should = "Send C after each wrong frame, and acknowledge the third"}, function(t, rx)
  local door = story.asked(t, rx)
  for _ = 1, 2 do
    door:dtmf(with_checksum(story.frame(t), function(v) return v ~ 1 end))
    story.expect_again(t, door)
  end
  story.report(t, door)
end)

line("a door that never sends a right frame is never acknowledged",
  {req = {"SUP-23"}, fault = "Every frame has a wrong checksum",
   should = "Ask three times in all at least, never send 1, and leave the visitor the voice"}, function(t, rx)
  local door = story.asked(t, rx)
  local wrong, asked = with_checksum(story.frame(t), function(v) return v ~ 128 end), 1
  while asked < 3 do
    door:dtmf(wrong)
    story.expect_again(t, door)
    asked = asked + 1
  end
  door:dtmf(wrong)
  t:wait(story.limit.again)
  for _, e in ipairs(t:events(door, "dtmf")) do t:equal(e.digit, "C", "the receiver sent") end
  t:ok(not door:is_over(), "the receiver hung up on a visitor")
  story.finish(t, door)
end)

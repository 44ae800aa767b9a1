-- What the lines of the catalogue have in common: a door that calls, and what a receiver owes it.
-- The times are explained in docs/receivers.md; `limit` has them all.

local story = {}

local limit = {
  answer = 10,          -- INVITE to 200: the shortest ringing time of a door
  c = 10,               -- answer to C (SUP-23)
  ack_min = 2.5,        -- end of the checksum to 1: 3 s (SUP-22), half a second for the receiver's detector
  ack_max = 6,
  gap_min = 4.5,        -- 1 to 1: 5 s (SUP-22)
  gap_max = 6,
  again = 20,           -- a wrong or cut frame to C (SUP-23)
  end_of_call = 15,     -- # to the receiver's hang-up in a technical call (SUP-22)
  quiet = 7,            -- what must not come, is waited for so long: longer than 1 to 1
}
story.limit = limit

story.identity = "123456789"

-- reason number of the frame, user part of From
story.reasons = {
  button      = {1, "bouton_appel"},
  test        = {4, "test"},
  mains_back  = {11, "retourSecteur"},
  mains       = {12, "defautSecteur"},
  button_bad  = {17, "panneBoutonALB"},
  button_good = {18, "retourBoutonALB"},
}

-- a line of the catalogue
function story.line(group)
  return function(name, opts, fn)
    scenario(name, {req = opts.req, group = group, fault = opts.fault, should = opts.should, timeout = opts.timeout or 300,
      clock = opts.clock}, function(t) fn(t, t:receiver_under_test()) end)
  end
end

function story.user(reason, identity) return (identity or story.identity) .. "_" .. story.reasons[reason or "button"][2] end

function story.frame(t, reason, identity) return t:frame(story.reasons[reason or "button"][1], identity or story.identity) end

-- a door; opts are those of t:caller, and reason, identity
function story.door(t, opts)
  local o = {name = "door"}
  for k, v in pairs(opts or {}) do if k ~= "reason" and k ~= "identity" then o[k] = v end end
  o.user = story.user(opts and opts.reason, opts and opts.identity)
  return t:caller(o)
end

-- a door whose call was answered; the receiver's C is still to come
function story.answered(t, rx, opts)
  local door = story.door(t, opts)
  door:dial(rx)
  return door, door:expect_answer{within = limit.answer}
end

-- a door that has heard the first C
function story.asked(t, rx, opts)
  local door, answer = story.answered(t, rx, opts)
  return door, door:expect_dtmf("C", {within = limit.c}), answer
end

-- the receiver acknowledges a frame that ended at `sent`: 1 after 3 s
function story.expect_ack(t, door, sent)
  local ack = door:expect_dtmf("1", {within = limit.ack_max + 1})
  local took = ack.t - sent
  if took < limit.ack_min or took > limit.ack_max then
    t:fail(string.format("1 came %.2f s after the end of the checksum; right would be 3 s (%.1f to %.1f s)", took,
      limit.ack_min, limit.ack_max))
  end
  return ack
end

-- # is the door's thank-you: no further 1
function story.thank(t, door, opts)
  door:dtmf("#", opts)
  door:expect_no_dtmf{during = limit.quiet}
end

-- how a call ends: the receiver ends a technical one, of a button it leaves the voice and the door hangs up
function story.finish(t, door, reason)
  if reason and reason ~= "button" then
    door:expect_close{within = limit.end_of_call, code = 0}
  elseif not door:is_over() then
    door:hangup()
    t:expect_sip{code = 200, cseq = "BYE", to = door.address, within = 5}
  end
end

-- a whole good report, from # on; `text` is the frame, opts those of door:dtmf
function story.report(t, door, reason, text, opts)
  local sent = door:dtmf(text or story.frame(t, reason), opts)
  local ack = story.expect_ack(t, door, sent)
  if reason and reason ~= "button" then
    t:wait(0.5)
    t:ok(not door:is_over(), "the receiver hung up before the door's #")
    door:dtmf("#", opts)
  else
    story.thank(t, door, opts)
  end
  story.finish(t, door, reason)
  return ack
end

-- the receiver asks again, and does not acknowledge meanwhile
function story.expect_again(t, door)
  local from, asked = t:now(), false
  while not asked and t:now() < from + limit.again do
    for _, e in ipairs(t:events(door, "dtmf")) do
      if e.digit == "1" and e.t > from then t:fail("a frame that is not right was acknowledged by 1") end
      asked = asked or e.digit == "C" and e.t > from
    end
    t:wait(0.05)
  end
  if not asked then t:fail("no C within " .. limit.again .. " s after a frame that is not right") end
  return door:expect_dtmf("C", {within = 0})
end

-- a wrong text is answered by C, the right frame then by 1
function story.wrong_then_right(t, rx, wrong, opts)
  local door = story.asked(t, rx, opts)
  door:dtmf(wrong, opts and opts.digits)
  story.expect_again(t, door)
  story.report(t, door)
  return door
end

-- a good technical report from the same place: the line is free and works
function story.next_call(t, rx, opts)
  local o = {name = "next", reason = "mains"}
  for k, v in pairs(opts or {}) do o[k] = v end
  local door = story.asked(t, rx, o)
  story.report(t, door, o.reason, story.frame(t, o.reason, o.identity))
end

-- Where digits may be lost on the way: whatever is heard, a wrong frame is never acknowledged; each C gets the
-- frame again.  Returns how many frames it took, nil where the receiver gave up.
function story.insist(t, door, text, opts)
  local sent = door:dtmf(text, opts)
  for n = 1, 4 do
    local last = sent
    local e = nil
    while not e and t:now() < last + limit.again do
      for _, x in ipairs(t:events(door, "dtmf")) do if x.t > last and (x.digit == "1" or x.digit == "C") then e = e or x end end
      if door:is_over() then return nil end
      t:wait(0.1)
    end
    if not e then return nil end
    if e.digit == "1" then return n, e end
    sent = door:dtmf(text, opts)
    if not sent then return nil end
  end
end

-- our own receiver also tells what it understood
function story.expect_alarm(t, rx, want)
  if rx.own then rx.own:expect_alarm(want) end
end

return story

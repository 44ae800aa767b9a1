-- The scenario library.  A scenario reads as its story; every expect_ says on failure what was expected,
-- what came instead, when, and where in the script.  Primitives (rt.*) are in C.  The files of this folder
-- are one chunk, in the order of their names, compiled into the program.  The annotated interface is
-- scenarios/ipgap.lua (LuaCATS).

local rt = ...
local log = nil          -- the present scenario's entries
local taken = nil        -- entry -> true: consumed by an expectation
local floor = nil        -- first entry that expectations look at
local scenarios = {}

-- --- failures -------------------------------------------------------------------------------------

local Verdict = {}
Verdict.__tostring = function(v) return v.text end

-- "file:line" of the script that called into the library
local function where()
  for level = 2, 20 do
    local i = debug.getinfo(level, "Sl")
    if not i then break end
    if i.source:sub(1, 1) == "@" and i.currentline > 0 then return i.short_src .. ":" .. i.currentline end
  end
  return "?"
end

local function fail(text)
  error(setmetatable({text = where() .. ": " .. text}, Verdict), 0)
end

-- what was measured is less certain than what was to be shown
local function doubt(text)
  error(setmetatable({text = where() .. ": " .. text, kind = "inconclusive"}, Verdict), 0)
end

local function skip(why)
  error(setmetatable({text = why, kind = "skip"}, Verdict), 0)
end

local function show(v)
  if type(v) == "string" then return string.format("%q", v) end
  return tostring(v)
end

local function seconds(s) return string.format("%.3f s", s) end

local hidden = {seq = true, t = true, who = true, event = true, object = true, raw = true}

local hosts = {}         -- address -> name, of the present scenario
local doors = {}         -- name -> door

local function describe(e)
  if e.event == "message" and e.who == "sip" then
    return string.format("%9.3f  %s > %s  %s%s", e.t, hosts[e.src] or e.src, hosts[e.dst] or e.dst,
      e.raw:match("^[^\r\n]*"), e.lost and "  (lost)" or "")
  end
  local keys = {}
  for k in pairs(e) do if not hidden[k] then keys[#keys + 1] = k end end
  table.sort(keys)
  for i, k in ipairs(keys) do keys[i] = k .. "=" .. show(e[k]) end
  return string.format("%9.3f  %s %s %s", e.t, e.who, e.event, table.concat(keys, " "))
end

-- what happened lately, for the one who reads the failure
local function lately(filter, n)
  local out = {}
  for i = #log, 1, -1 do
    if filter(log[i]) then table.insert(out, 1, "    " .. describe(log[i])) end
    if #out == (n or 12) then break end
  end
  return #out > 0 and table.concat(out, "\n") or "    nothing"
end

-- --- waiting --------------------------------------------------------------------------------------

local function check_opts(opts, known, name)
  for k in pairs(opts or {}) do
    if not known[k] then
      local list = {}
      for w in pairs(known) do list[#list + 1] = w end
      table.sort(list)
      fail(name .. ": no option " .. show(k) .. "; there are " .. table.concat(list, ", "))
    end
  end
  return opts or {}
end

-- a moment as rt.now() will tell it: whole microseconds, or the end of a wait is never reached exactly
local function moment(s) return math.floor(s * 1e6 + 0.5) / 1e6 end

-- how long after a deadline a board may take to tell that nothing happened before it
local TOLD_WITHIN, TOLD_EVERY = 1.0, 0.01

-- yields until pred() gives something or the time is up; with told(), a board's word is awaited that it has told
-- all that happened until then
local function await(pred, deadline, told)
  deadline = moment(deadline)
  local last = told and moment(deadline + TOLD_WITHIN) or deadline
  while true do
    local r = pred()
    if r then return r end
    local now = rt.now()
    if now >= deadline and (not told or now >= last or told(deadline)) then return nil end
    coroutine.yield(now < deadline and deadline or moment(now + TOLD_EVERY), true)
  end
end

local function wait(s)
  local deadline = moment(rt.now() + s)
  while rt.now() < deadline do coroutine.yield(deadline, false) end
end

-- first entry not yet consumed for which match() is true
local function find(match)
  for i = floor, #log do
    local e = log[i]
    if not taken[e] and match(e) then return e end
  end
end

-- a host that stood still for a good part of a wait cannot say that something came too late
local STALL_LEAST, STALL_PART = 0.05, 0.1

-- the heart of every expect_: wait for an entry, consume it, or tell what came instead
local function expect(what, who, match, within, relevant, told)
  local begun = rt.now()
  local e = await(function() return find(match) end, begun + within, told)
  if e then
    taken[e] = true
    return e
  end
  local text = string.format("expected %s within %s (until t = %s), but it did not come.\n  of %s there was:\n%s",
    what, seconds(within), seconds(begun + within), who,
    lately(relevant or function(x) return x.who == who end))
  local late = rt.late(begun, begun + within)
  if late > math.max(STALL_LEAST, within * STALL_PART) then
    doubt(string.format("%s\n  but this host stood still for %s meanwhile", text, seconds(late)))
  end
  fail(text)
end

-- what came already counts too, unless an expectation consumed it: a script is slower than the door
local function unexpected(what, match, during, told)
  local deadline = rt.now() + during
  local e = await(function() return find(match) end, deadline, told)
  if e then fail("expected no " .. what .. " until t = " .. seconds(deadline) .. ", but:\n    " .. describe(e)) end
  if told and not told(deadline) then
    doubt("expected no " .. what .. " until t = " .. seconds(deadline) .. ", but the board has not told all until then")
  end
end

-- --- measured times -------------------------------------------------------------------------------

-- how far the time of an entry may be off [s]: nothing in virtual time; of a board's edge, its time sync and the
-- board's own stalls; of all else, this host's, and the millisecond of its timers
local HOST_TICK = 0.001

-- below this, a tolerance says nothing about a time that a busy host measures: a real clock is given at least so much [s]
local HOST_TOL = 0.010

local function stall_of(e)
  local s
  await(function() s = doors[e.who]:_stall(e.board_us); return s end, rt.now() + TOLD_WITHIN)
  return s or 1
end

local function uncertainty(e)
  if rt.virtual() then return 0 end
  if type(e) == "table" and e.board_us then return e.error_us / 1e6 + stall_of(e) end
  local t = type(e) == "table" and e.t or e
  return HOST_TICK + (rt.late(t - 0.02, t + 0.02))
end

local function time_of(e) return type(e) == "table" and e.t or e end

-- pins that a board drives: their stamp is taken as they change, so a stall makes them late, not their stamp wrong
local OUTPUTS = {relay1 = true, relay2 = true, call = true, talk = true, door = true}
local BOARD_TICK = 1e-6
local EMULATED_STAMP = 0.0005   -- an emulator may stand still for a moment between an edge and its stamp

-- seconds between two entries, or moments; how uncertain they are; how much a stall may have delayed; whose clock:
-- the board's where both are edges of one board
local function elapsed(from, to)
  local a, b = type(from) == "table" and from or {}, type(to) == "table" and to or {}
  if a.board_us and b.board_us and a.who == b.who then
    local stall = math.max(stall_of(a), stall_of(b))
    local unsure = 2 * BOARD_TICK + (doors[a.who]:_emulated() and EMULATED_STAMP or 0) + (OUTPUTS[a.signal] and OUTPUTS[b.signal] and 0 or stall)
    return (b.board_us - a.board_us) / 1e6, unsure, stall,
      string.format("board's clock, stalls up to %.6f; this host saw %.6f", stall, (b.seen_us - a.seen_us) / 1e6)
  end
  return time_of(to) - time_of(from), uncertainty(from) + uncertainty(to), 0, rt.virtual() and "virtual clock" or "host's clock"
end

-- sound goes on in frames, and a host that stands still for longer than one may lose some: what lasts as long as its sound
-- may last longer by all of its stalls [s]
local FRAME = 0.020
local function lost_frames(from, to)
  local _, sum = rt.late(time_of(from), time_of(to), FRAME)
  return sum
end

-- the verdict on a measured time: pass, fail, or neither where the uncertainty, or an emulated board's stall, reaches
-- across the tolerance's edge
local function judge(what, from, to, want, tol, sound)
  local took, unsure, stall, clock = elapsed(from, to)
  if sound then unsure = unsure + lost_frames(from, to) end
  if clock == "host's clock" then tol = math.max(tol, HOST_TOL) end
  local off = math.abs(took - want)
  local verdict = off + unsure <= tol and "pass" or off - unsure - stall > tol and "fail" or "inconclusive"
  local text = string.format("%s: %.6f s, should be %.6f s +- %.6f, uncertainty %.6f (%s): %s", what, took, want, tol, unsure,
    clock, verdict)
  rt.timing(text)
  return verdict, text, took
end

-- fields of `want` that are not options must be equal in the entry
local function fields_match(e, want, options)
  for k, v in pairs(want) do
    if not options[k] and e[k] ~= v then return false end
  end
  return true
end

local function fields_text(want, options)
  local out = {}
  for k, v in pairs(want) do if not options[k] then out[#out + 1] = k .. " = " .. show(v) end end
  table.sort(out)
  return #out > 0 and " with " .. table.concat(out, ", ") or ""
end

local EVENT_OPTS = {within = true, during = true}

local PANEL_EVENTS = {edge = {signal = true, level = true}, beep = {}, outside = {signal = true, level = true},
  board = {state = true, text = true}, trouble = {trouble = true, text = true}}

-- what the door can tell: its event table, and what its panel, or board, does
local function known_event(name, want)
  local fields = PANEL_EVENTS[name] or rt.events[name]
  if not fields then
    local list = {}
    for k in pairs(PANEL_EVENTS) do list[#list + 1] = k end
    for k in pairs(rt.events) do list[#list + 1] = k end
    table.sort(list)
    fail("a door has no event " .. show(name) .. "; there are " .. table.concat(list, ", "))
  end
  local known = {}
  for k in pairs(fields) do known[k] = true end
  for k in pairs(EVENT_OPTS) do known[k] = true end
  check_opts(want, known, "event " .. name)
end

-- --- SIP messages ---------------------------------------------------------------------------------

local Message = {}
Message.__index = Message

function Message:header(name)
  local want = name:lower()
  for line in self.raw:match("^.-\r\n\r\n"):gmatch("[^\r\n]+") do
    local k, v = line:match("^([%w%-]+)%s*:%s*(.*)$")
    if k and k:lower() == want then return v end
  end
end

local function sip_message(e)
  local first = e.raw:match("^[^\r\n]*")
  local m = {t = e.t, src = e.src, dst = e.dst, raw = e.raw, first = first, lost = e.lost,
             body = e.raw:match("\r\n\r\n(.*)$") or ""}
  m.code = tonumber(first:match("^SIP/2%.0 (%d+)"))
  m.method = not m.code and first:match("^(%u+) ") or nil
  return setmetatable(m, Message)
end

local SIP_OPTS = {within = true, method = true, code = true, from = true, to = true, cseq = true}

-- a door or phone stands for its address
local function address_of(x) return type(x) == "userdata" and x.address or x end

local function sip_match(opts)
  local from, to = address_of(opts.from), address_of(opts.to)
  return function(e)
    if e.event ~= "message" or e.who ~= "sip" then return false end
    local m = sip_message(e)
    return (not opts.method or m.method == opts.method) and (not opts.code or m.code == opts.code)
       and (not opts.cseq or (m:header("CSeq") or ""):find(opts.cseq, 1, true) ~= nil)
       and (not from or e.src == from) and (not to or e.dst == to)
  end
end

-- lib.lua: the scenario library.  A scenario reads as its story; every expect_ says on failure what was
-- expected, what came instead, when, and where in the script.  Primitives (rt.*) are in C; this file is
-- compiled into the program.  The annotated interface is scenarios/ipgap.lua (LuaCATS).

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
  return HOST_TICK + rt.late(t - 0.02, t + 0.02)
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

-- the verdict on a measured time: pass, fail, or neither where the uncertainty, or an emulated board's stall, reaches
-- across the tolerance's edge
local function judge(what, from, to, want, tol)
  local took, unsure, stall, clock = elapsed(from, to)
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

-- --- t --------------------------------------------------------------------------------------------

local T = {}
T.__index = T

function T:wait(s) wait(s) end
function T:now() return rt.now() end
function T:wall() return rt.wall() end
function T:seed() return rt.seed() end
function T:random(n) return rt.random(n) end
function T:log(text) rt.log(tostring(text)) end
function T:virtual() return rt.virtual() end
function T:voices(dir) return rt.voices(dir) end
function T:frame(reason, identity, crc) return rt.frame(reason, identity, crc) end
function T:checksum(data, crc) return rt.checksum(data, crc) end

function T:fail(text) fail(text or "failed by the script") end

function T:skip(why)
  skip(why or "skipped by the script")
end

function T:ok(v, text)
  if not v then fail((text or "expected a true value") .. ", got " .. show(v)) end
  return v
end

function T:equal(got, want, text)
  if got ~= want then fail((text and text .. ": " or "") .. "expected " .. show(want) .. ", got " .. show(got)) end
end

function T:near(got, want, tol, text)
  if type(got) ~= "number" or math.abs(got - want) > tol then
    fail(string.format("%sexpected %s +- %s, got %s", text and text .. ": " or "", want, tol, show(got)))
  end
end

-- seconds from one entry (or moment) to another
function T:took(from, to, want, tol, text)
  local verdict, said, took = judge(text or "time", from, to, want, tol)
  if verdict == "fail" then fail(said) end
  if verdict == "inconclusive" then doubt(said) end
  return took
end

function T:match(got, pattern, text)
  if type(got) ~= "string" or not got:find(pattern) then
    fail((text and text .. ": " or "") .. "expected something like " .. show(pattern) .. ", got " .. show(got))
  end
end

function T:raises(fn, pattern)
  local good, err = pcall(fn)
  if good then fail("expected an error like " .. show(pattern) .. ", but there was none") end
  if pattern and not tostring(err):find(pattern) then
    fail("expected an error like " .. show(pattern) .. ", got " .. show(tostring(err)))
  end
  return tostring(err)
end

function T:spawn(fn) rt.spawn(fn) end

function T:net(opts)
  opts = check_opts(opts, {host = true, delay_ms = true, jitter_ms = true, loss = true, duplicate = true,
    reorder = true}, "net")
  local plain, any = {}, false
  for k, v in pairs(opts) do if k ~= "host" then plain[k] = v; any = true end end
  rt.net(opts.host and opts.host.address or nil, any and plain or nil)
end

function T:link(host, up) rt.link(host.address, up) end

function T:expect_sip(opts)
  check_opts(opts, SIP_OPTS, "expect_sip")
  local sip = function(e) return e.event == "message" and e.who == "sip" end
  local from, to = address_of(opts.from), address_of(opts.to)
  local way = (from and " from " .. (hosts[from] or from) or "") .. (to and " to " .. (hosts[to] or to) or "")
  return sip_message(expect("a SIP message" .. way .. fields_text(opts, {within = true, from = true, to = true}), "the network",
    sip_match(opts), opts.within or 5, sip))
end

function T:sip_messages(opts)
  local out, match = {}, sip_match(check_opts(opts, SIP_OPTS, "sip_messages"))
  for _, e in ipairs(log) do if match(e) then out[#out + 1] = sip_message(e) end end
  return out
end

function T:events(who, event)
  if event and getmetatable(who) == rt.meta.door then known_event(event) end
  local out = {}
  for _, e in ipairs(log) do
    if (not who or e.who == who.name) and (not event or e.event == event) then out[#out + 1] = e end
  end
  return out
end

-- names are unique: a second "receiver" is "receiver2"
local function unique(t, opts, base)
  local o = {}
  for k, v in pairs(opts or {}) do o[k] = v end
  local name = o.name or base
  if not name:match("^[%w_%-]+$") or #name > 24 then fail("name: letters, digits, - and _, at most 24") end
  local n = (t.names[name] or 0) + 1
  t.names[name] = n
  o.name = n > 1 and name .. n or name
  if type(o.nat) == "userdata" then o.nat = o.nat.address end
  if type(o.dns) == "userdata" then o.dns = o.dns.address end
  return o
end

local function keep(t, actor)
  t.actors[#t.actors + 1] = actor
  local good, address = pcall(function() return actor.address end)
  if good then hosts[address] = actor.name end
  return actor
end

local function make(ctor, t, o)
  local good, r = pcall(ctor, o)
  if not good then
    local why = tostring(r):match("^skip: (.*)$")
    if why then skip(why) end
    fail((tostring(r):gsub("^.-:%d+: ", "")))
  end
  return keep(t, r)
end

-- a board is there after some milliseconds; then the door boots
local BOARD_WITHIN = 10

local function boot(d)
  local text, refused
  await(function()
    local there
    there, text, refused = d:_ready()
    return there or refused
  end, rt.now() + BOARD_WITHIN)
  if not (d:_ready()) then fail("the board is not ready: " .. text) end
  for i = 1, #log do
    if log[i].who == d.name and log[i].event == "board" then taken[log[i]] = true end
  end
  d:_start()
end

function T:door(opts)
  local d = make(rt.door, self, unique(self, opts, "door"))
  doors[d.name] = d
  if d:_on_board() then boot(d) end
  return d
end
function T:phone(opts) return make(rt.phone, self, unique(self, opts, "phone")) end
local phones_of_pbx   -- below, with the PBX
local plain_phone = T.phone
function T:phone(opts)
  return opts and opts.pbx and phones_of_pbx(self, opts) or plain_phone(self, opts)
end
function T:receiver(opts) return make(rt.phone, self, unique(self, opts, "receiver")) end
function T:alarm_receiver(opts) return make(rt.alarm_receiver, self, unique(self, opts, "alarm")) end
function T:sip_socket(opts) return make(rt.sip_socket, self, unique(self, opts, "socket")) end
function T:process(opts) return make(rt.process, self, unique(self, opts, "process")) end

-- --- classes --------------------------------------------------------------------------------------

-- methods of C plus ours; .uri, .address and .name read like fields; errors of C name the script's line
local function class(meta, methods, fields)
  local index = meta.__index
  for k, f in pairs(index) do
    if k:sub(1, 2) ~= "__" then
      index[k] = function(...)
        local r = table.pack(pcall(f, ...))
        if not r[1] then
          if type(r[2]) == "table" then error(r[2], 0) end
          fail((tostring(r[2]):gsub("^.-:%d+: ", "")))
        end
        return table.unpack(r, 2, r.n)
      end
    end
  end
  for k, f in pairs(methods) do index[k] = f end
  meta.__index = function(self, k)
    local f = fields[k]
    if f then return index[f](self) end
    if index[k] == nil then fail("there is no \"" .. tostring(k) .. "\" here") end
    return index[k]
  end
end

local Door = {}

-- a board tells of its input a moment later
local INPUT_WITHIN = 0.2

function Door:input(name, level)
  self:_input(name, level)
  if self:_on_board() then await(function() return self:_level(name) == level end, rt.now() + INPUT_WITHIN) end
end

function Door:dip(n, on)
  self:_dip(n, on)
  if self:_on_board() then wait(0.05) end
end

local function wait_until(t)
  while rt.now() < moment(t) do coroutine.yield(moment(t), false) end
end

local function escape(s)
  return (tostring(s):gsub("[^%w%-._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

-- names in order: two runs ask with the same bytes
local function api_fields(fields, one, between)
  local names, out = {}, {}
  for k in pairs(fields) do names[#names + 1] = k end
  table.sort(names)
  for _, k in ipairs(names) do out[#out + 1] = one(k, fields[k]) end
  return table.concat(out, between)
end

local function form(k, v) return escape(k) .. "=" .. escape(v) end
local function member(k, v)
  return string.format('"%s":%s', k, math.type(v) and tostring(v) or '"' .. v:gsub('[\\"]', "\\%0") .. '"')
end

local API_OPTS = {user = true, password = true, json = true, type = true, from = true, site = true}

function Door:api(request, fields, opts)
  local o = check_opts(opts or {}, API_OPTS, "api")
  local method, path, query = request:match("^(%u+) ([^?%s]+)%??(%S*)$")
  if not method then fail("api: a request is like \"POST /api/remote\", not " .. show(request)) end
  local body, kind = nil, o.type
  if type(fields) == "string" then
    body, kind = fields, kind or "application/json"
  elseif fields and method == "GET" then
    query = query .. (query ~= "" and "&" or "") .. api_fields(fields, form, "&")
  elseif fields then
    body = o.json and "{" .. api_fields(fields, member, ",") .. "}" or api_fields(fields, form, "&")
    kind = kind or (o.json and "application/json" or "application/x-www-form-urlencoded")
  end
  local user, password = o.user == nil and "admin" or o.user or nil, o.password or "admin"
  return self:_api(method, path, query, kind, body, user, password, o.from, o.site)
end

function Door:press(s)
  local begun = rt.now()
  self:input("button", true)
  wait_until(begun + (s or 0.3))
  self:input("button", false)
end
function Door:hold() self:input("button", true) end
function Door:release() self:input("button", false) end
function Door:contact(closed) self:input("contact", closed) end
function Door:mains(ok) self:input("mains", ok) end
function Door:poe(ok) self:input("poe", ok) end
function Door:link(up) self:input("link", up) end
function Door:power(on)
  self:input("mains", on)
  self:input("poe", on)
end

-- pictograms say what the other entries say already
local function of_lights(x)
  return x.event == "pictogram" or (x.event == "edge" and not x.signal:find("^relay"))
end

-- on a board, an output stands as it was told to a moment later
local function settle(self)
  if self:_on_board() then await(function() return self:_settled() end, rt.now() + 0.5) end
end

function Door:relay(n)
  settle(self)
  return self:_relay(n)
end

function Door:light(picto)
  settle(self)
  return self:_light(picto)
end

-- has a board told all its edges until then? nil where there is no board
local function told_by(self)
  return self:_on_board() and function(deadline) return self:_told(deadline) end or nil
end

-- how far off the time of an entry is at the most, for its order among others [s]
local function slack(x) return (x.error_us or 0) / 1e6 end

local RELAY_OPTS = {within = true, after = true, exactly = true, tol = true}

function Door:expect_relay(n, level, opts)
  opts = check_opts(opts, RELAY_OPTS, "expect_relay")
  if opts.exactly and not opts.after then fail("expect_relay: exactly is counted from after = an entry") end
  if level ~= "on" and level ~= "off" then fail("expect_relay: \"on\" or \"off\"") end
  local signal, who = "relay" .. n, self.name
  local after = opts.after and opts.after.t or -1
  local within = opts.within or (opts.exactly and opts.exactly + (opts.tol or 0.010) + 1) or 5
  local what = string.format("%s's relay %d %s", who, n, level)
  local until_t = rt.now() + within
  local e = expect(what, who, function(x)
    return x.who == who and x.event == "edge" and x.signal == signal and x.level == (level == "on")
       and x.t + slack(x) >= after and (x.t <= until_t or x.t - slack(x) <= until_t)
  end, within, function(x) return x.who == who and not of_lights(x) end, told_by(self))
  if opts.exactly then
    local tol = opts.tol or 0.010
    local verdict, text, took = judge(string.format("%s after t = %s", what, seconds(after)), opts.after, e, opts.exactly, tol)
    if verdict == "fail" then
      fail(string.format("expected %s exactly %s after t = %s (tolerance %.3f s), but it took %.6f s",
        what, seconds(opts.exactly), seconds(after), tol, took))
    end
    if verdict == "inconclusive" then doubt(text) end
  end
  return e
end

function Door:expect_no_relay(n, opts)
  local signal, who = "relay" .. n, self.name
  unexpected(who .. "'s relay " .. n .. " edge", function(x)
    return x.who == who and x.event == "edge" and x.signal == signal
  end, opts and opts.during or 1, told_by(self))
end

-- an output as it was seen without the board's firmware
function Door:expect_outside(n, level, opts)
  opts = check_opts(opts, {within = true, after = true}, "expect_outside")
  local signal, who, after = "relay" .. n, self.name, opts.after and time_of(opts.after) or -1
  return expect(string.format("%s's relay %d %s, seen from outside", who, n, level), who, function(x)
    return x.who == who and x.event == "outside" and x.signal == signal and x.level == (level == "on") and x.t >= after
  end, opts.within or 5, function(x) return x.who == who and not of_lights(x) end)
end

local TROUBLES = {gone = true, lost = true, overflow = true, missed = true, restarted = true, released = true,
  time = true, unanswered = true, refused = true, witness = true}

-- what makes the picture of a board incomplete; expected, it does not spoil the verdict
function Door:expect_trouble(trouble, opts)
  opts = check_opts(opts, {within = true, all = true}, "expect_trouble")
  if not TROUBLES[trouble] then
    local list = {}
    for k in pairs(TROUBLES) do list[#list + 1] = k end
    table.sort(list)
    fail("a board has no trouble " .. show(trouble) .. "; there are " .. table.concat(list, ", "))
  end
  local who = self.name
  local match = function(x) return x.who == who and x.event == "trouble" and x.trouble == trouble end
  local e = expect(who .. "'s board in trouble: " .. trouble, who, match, opts.within or 5)
  if opts.all then
    local more = find(match)
    while more do taken[more] = true; more = find(match) end
  end
  return e
end

function Door:expect_board(state, opts)
  local who = self.name
  return expect(who .. "'s board " .. state, who, function(x)
    return x.who == who and x.event == "board" and x.state == state
  end, opts and opts.within or 5)
end

local function expect_event(self, name, want, told)
  want = want or {}
  local who = self.name
  return expect(string.format("%s's event %s%s", who, name, fields_text(want, EVENT_OPTS)), who, function(x)
    return x.who == who and x.event == name and fields_match(x, want, EVENT_OPTS)
  end, want.within or 5, function(x) return x.who == who and x.event ~= "pictogram" and x.event ~= "edge" end, told)
end

local function expect_no_event(self, name, want, told)
  want = want or {}
  local who = self.name
  unexpected(who .. "'s event " .. name .. fields_text(want, EVENT_OPTS), function(x)
    return x.who == who and x.event == name and fields_match(x, want, EVENT_OPTS)
  end, want.during or 1, told)
end

function Door:expect_event(name, want)
  known_event(name, want)
  return expect_event(self, name, want, name == "edge" and told_by(self) or nil)
end

function Door:expect_no_event(name, want)
  known_event(name, want)
  expect_no_event(self, name, want, name == "edge" and told_by(self) or nil)
end

function Door:expect_light(picto, colour, opts)
  opts = opts or {}
  local blink = opts.blink or false
  local ok = await(function()
    local c, b = self:_light(picto)
    return c == colour and b == blink
  end, rt.now() + (opts.within or 1))
  if not ok then
    local c, b = self:_light(picto)
    fail(string.format("expected pictogram %s %s%s until t = %s, but it shows %s%s", picto, colour,
      blink and " blinking" or "", seconds(rt.now()), c, b and " blinking" or ""))
  end
end

function Door:expect_state(state, opts)
  local within = opts and opts.within or 2
  if not await(function() return self:state() == state end, rt.now() + within) then
    fail(string.format("expected %s to be %s within %s, but it is %s.\n%s", self.name, show(state), seconds(within),
      show(self:state()), lately(function(x) return x.who == self.name end)))
  end
end

local function expect_level(self, want)
  want = check_opts(want, {above = true, below = true, within = true}, "expect_level")
  local ok = await(function()
    local l = self:level()
    return (not want.above or l > want.above) and (not want.below or l < want.below)
  end, rt.now())
  local deadline = rt.now() + (want.within or 2)
  while not ok and rt.now() < deadline do
    wait(0.02)
    local l = self:level()
    ok = (not want.above or l > want.above) and (not want.below or l < want.below)
  end
  if not ok then
    fail(string.format("expected %s to hear a level%s%s, but it hears %.1f dBm0", self.name,
      want.above and " above " .. want.above .. " dBm0" or "", want.below and " below " .. want.below .. " dBm0" or "",
      self:level()))
  end
  return self:level()
end
Door.expect_level = expect_level

local Phone = {}
local CALL_OPTS = {within = true, from = true}

function Phone:expect_call(opts)
  opts = check_opts(opts, CALL_OPTS, "expect_call")
  local who = self.name
  local e = expect(string.format("a call to %s%s", who, fields_text(opts, {within = true})), who, function(x)
    return x.who == who and x.event == "call_in" and (not opts.from or x.from == opts.from)
  end, opts.within or 5)
  return e.object, e
end

function Phone:expect_no_call(opts)
  local who = self.name
  unexpected("call to " .. who, function(x) return x.who == who and x.event == "call_in" end,
    opts and opts.during or 1)
end

function Phone:expect_message(opts)
  opts = check_opts(opts, {within = true, body = true, from = true}, "expect_message")
  local who = self.name
  return expect("a MESSAGE to " .. who .. fields_text(opts, {within = true}), who, function(x)
    return x.who == who and x.event == "message_in" and (not opts.body or x.body == opts.body)
       and (not opts.from or x.from == opts.from)
  end, opts.within or 5)
end

function Phone:message(uri, body, opts) self:_message(uri, body, opts) end
Phone.expect_event = expect_event
Phone.expect_no_event = expect_no_event

local Call = {}

local function of_call(self, event)
  local who, n = self.name, self.number
  return function(x) return x.who == who and x.call == n and (not event or x.event == event) end
end

local function call_what(self) return string.format("call %d of %s", self.number, self.name) end

function Call:dtmf(digits, opts)
  opts = check_opts(opts, {on = true, off = true, wait = true}, "dtmf")
  local sent = #log + 1
  self:_digits(digits, {on = opts.on, off = opts.off})
  if opts.wait == false then return end
  local mine = of_call(self)
  local limit = #digits * ((opts.on or 100) + (opts.off or 100)) / 1000 + 2
  await(function()
    for i = sent, #log do
      local x = log[i]
      if mine(x) and (x.event == "dtmf_sent" or x.event == "closed") then return x end
    end
  end, rt.now() + limit)
end

function Call:expect_dtmf(digit, opts)
  opts = check_opts(opts, {within = true, via = true}, "expect_dtmf")
  local mine, first = of_call(self, "dtmf"), nil
  for d in digit:gmatch(".") do
    local e = expect("DTMF " .. show(d) .. (opts.via and " by " .. opts.via or "") .. " in " .. call_what(self),
      self.name, function(x) return mine(x) and x.digit == d and (not opts.via or x.via == opts.via) end,
      opts.within or 5)
    first = first or e
  end
  return first
end

function Call:expect_no_dtmf(opts)
  local mine = of_call(self, "dtmf")
  unexpected("DTMF in " .. call_what(self), mine, opts and opts.during or 1)
end

-- a whole alarm frame; its digits are consumed with it
function Call:expect_frame(opts)
  opts = check_opts(opts, {within = true}, "expect_frame")
  local e = expect("an alarm frame in " .. call_what(self), self.name, of_call(self, "frame"), opts.within or 15)
  local mine = of_call(self, "dtmf")
  for i = 1, #log do
    if log[i] == e then break end
    if mine(log[i]) then taken[log[i]] = true end
  end
  return e
end

function Call:expect_answer(opts)
  return expect("an answer in " .. call_what(self), self.name, of_call(self, "answered"), opts and opts.within or 10)
end

function Call:expect_ringing(opts)
  return expect("ringing in " .. call_what(self), self.name, of_call(self, "progress"), opts and opts.within or 5)
end

function Call:expect_hold(held, opts)
  local mine = of_call(self, "hold")
  return expect((held and "hold" or "resume") .. " in " .. call_what(self), self.name,
    function(x) return mine(x) and x.held == held end, opts and opts.within or 5)
end

function Call:expect_close(opts)
  opts = check_opts(opts, {within = true, code = true}, "expect_close")
  local mine = of_call(self, "closed")
  return expect("the end of " .. call_what(self) .. fields_text(opts, {within = true}), self.name,
    function(x) return mine(x) and (not opts.code or x.code == opts.code) end, opts.within or 5)
end

-- a header of this call's first INVITE, as it was on the wire
function Call:invite()
  local who, n, callid = self.name, self.number, nil
  for _, x in ipairs(log) do
    if x.who == who and x.event == "call_in" and x.call == n then callid = x.callid end
  end
  for _, x in ipairs(log) do
    if x.who == "sip" and x.event == "message" and x.raw:find("^INVITE ") then
      local m = sip_message(x)
      if not callid or m:header("Call-ID") == callid then return m end
    end
  end
  fail("no INVITE of " .. call_what(self) .. " was seen")
end

function Call:header(name) return self:invite():header(name) end
Call.expect_level = expect_level

local Socket = {}

function Socket:send(text, to)
  if type(to) == "userdata" then to = to.address end
  local good, err = pcall(self._send, self, text, to)
  if not good then fail(tostring(err)) end
end

function Socket:expect(pattern, opts)
  opts = check_opts(opts, {within = true}, "expect")
  local who = self.name
  return expect("a datagram like " .. show(pattern), who, function(x)
    return x.who == who and x.event == "datagram" and x.data:find(pattern) ~= nil
  end, opts.within or 5)
end

function Socket:expect_nothing(opts)
  local who = self.name
  unexpected("datagram", function(x) return x.who == who and x.event == "datagram" end, opts and opts.during or 1)
end

local Alarm = {}
Alarm.expect_event = expect_event
Alarm.expect_no_event = expect_no_event

function Alarm:expect_alarm(want)
  want = want or {}
  local o, who = {within = true}, self.name
  return expect("an alarm at " .. who .. fields_text(want, o), who, function(x)
    return x.who == who and x.event == "alarm" and fields_match(x, want, o)
  end, want.within or 60)
end

-- A PBX: its users register, call each other and send messages through it
local Pbx = {}
Pbx.expect_event = expect_event
Pbx.expect_no_event = expect_no_event
local PBX_OPTS = {name = true, ipv6 = true, users = true, realm = true, challenge = true, min_expires = true, max_expires = true}
local PBX_FAULTS = {silent = true, register = true, publish = true, unknown_etag = true, stale = true, realm = true,
  retry_after = true}

function T:pbx(opts) return make(rt.pbx, self, unique(self, check_opts(opts, PBX_OPTS, "pbx"), "pbx")) end

function Pbx:user(name, opts) self:_user(name, check_opts(opts, {way = true, delay = true, password = true}, "user")) end
function Pbx:faults(opts) self:_faults(check_opts(opts, PBX_FAULTS, "faults")) end
function Pbx:number(user) return "sip:" .. user .. "@" .. (self.address:gsub(":5060$", "")) end

-- the settings of a door's account n at this PBX; more settings may be given
function Pbx:account(user, opts, n)
  local password = self:_password(user)
  if not password then fail("the PBX has no user " .. show(user)) end
  local key = "sip.account" .. (n or 1) .. "."
  local s = {[key .. "active"] = true, [key .. "server"] = self.address:match("^(.*):%d+$"), [key .. "user"] = user,
    [key .. "password"] = password}
  for k, v in pairs(opts or {}) do s[k] = v end
  return s
end

-- t:phone{pbx = pbx, user = "102"}: a phone that registers there
phones_of_pbx = function(t, opts)
  local o, pbx = {}, opts.pbx
  for k, v in pairs(opts) do if k ~= "pbx" and k ~= "password" and k ~= "expires" then o[k] = v end end
  if not opts.user then fail("a phone of a PBX has a user: t:phone{pbx = pbx, user = \"102\"}") end
  local phone = plain_phone(t, o)
  phone:_register{server = pbx.address:match("^(.*):%d+$"), user = opts.user, expires = opts.expires,
    password = opts.password or pbx:_password(opts.user) or ""}
  return phone
end

-- A NAT box, and a STUN server with its faults
local Nat, Stun = {}, {}
Stun.expect_event = expect_event
Stun.expect_no_event = expect_no_event

-- t:nat{kind = "full cone" | "restricted" | "port restricted" | "symmetric", timeout = 60}; a door, phone ... behind it has nat = it
function T:nat(opts)
  return make(rt.nat, self, unique(self, check_opts(opts, {name = true, kind = true, timeout = true, ipv6 = true}, "nat"), "nat"))
end

function Nat:ip() return (self.address:gsub(":5060$", "")) end
function Nat:forward(port, host) self:_forward(port, type(host) == "userdata" and host.address or host) end

-- t:dns{}; a door that asks it has dns = it
local Dns = {}
Dns.expect_event = expect_event
Dns.expect_no_event = expect_no_event

function T:dns(opts) return make(rt.dns, self, unique(self, check_opts(opts, {name = true, ipv6 = true}, "dns"), "dns")) end

-- the addresses of a name: text, doors, phones ...
function Dns:host(name, ...)
  for _, x in ipairs{...} do
    local address = type(x) == "userdata" and x.address:gsub(":%d+$", ""):gsub("[%[%]]", "") or x
    self:_add(name, address)
  end
end

-- t:stun{}; then settings of a door that asks it
function T:stun(opts)
  return make(rt.stun, self, unique(self, check_opts(opts, {name = true, ipv6 = true}, "stun"), "stun"))
end

function Stun:fault(name, opts) self:_fault(name, check_opts(opts, {delay_ms = true}, "fault").delay_ms) end

function Stun:settings(opts)
  local s = {["nat.mode"] = "stun", ["nat.stun_server"] = self.address:match("^(.*):%d+$")}
  for k, v in pairs(opts or {}) do s[k] = v end
  return s
end

local Process = {}
Process.expect_event = expect_event

function Process:expect_line(pattern, opts)
  opts = check_opts(opts, {within = true}, "expect_line")
  local who = self.name
  return expect("a line like " .. show(pattern) .. " of " .. who, who, function(x)
    return x.who == who and x.event == "line" and x.text:find(pattern) ~= nil
  end, opts.within or 5)
end

-- asks it to end; what does not end within 2 s is killed
function Process:stop()
  self:_signal(15)
  await(function() return self:is_over() end, rt.now() + 2)
  self:_signal(9)
end

local Tcp = {}
local streams = setmetatable({}, {__mode = "k"})

function T:tcp(opts)
  opts = unique(self, check_opts(opts, {name = true, address = true, ctrl = true, within = true}, "tcp"), "tcp")
  local c = make(rt.tcp, self, opts)
  if not await(function() return c:is_up() end, rt.now() + (opts.within or 5)) then
    fail("nobody accepts a TCP connection at " .. opts.address)
  end
  return c
end

-- TCP has no datagrams: the pattern is looked for in all that came since the last expect
function Tcp:expect(pattern, opts)
  opts = check_opts(opts, {within = true}, "expect")
  local who = self.name
  local heard = streams[self] or {at = 1, text = ""}
  streams[self] = heard
  local found = await(function()
    for i = heard.at, #log do
      if log[i].who == who and log[i].event == "data" then heard.text = heard.text .. log[i].data end
    end
    heard.at = #log + 1
    local first, last = heard.text:find(pattern)
    if not first then return nil end
    local text = heard.text:sub(first, last)
    heard.text = heard.text:sub(last + 1)
    return text
  end, rt.now() + (opts.within or 5))
  return found or fail("expected data like " .. show(pattern) .. " on " .. who .. ", but there is " .. show(heard.text))
end

-- Stock baresip as a peer: its folder of configuration, its process, its control connection
local Baresip = {}
local BARESIP_OPTS = {name = true, codec = true, dtmf = true, answer = true, plays = true, user = true, at = true, transport = true, cert = true, encryption = true, medianat = true, stun = true, ipv6 = true}
local BARESIP_MODULES = "/usr/lib/baresip/modules"

local function write_file(path, data)
  local f = assert(io.open(path, "wb"))
  f:write(data)
  f:close()
end

-- a file named by the script, for a program that runs in a folder of its own
local function absolute(path) return path:sub(1, 1) == "/" and path or (os.getenv("PWD") or ".") .. "/" .. path end

-- a WAV file; hz is whole, so that a second can be repeated
local function wav(hz, dbm0, seconds, rate, channels)
  local peak, second = 22826 * 10 ^ (dbm0 / 20), {}
  for i = 0, rate - 1 do
    second[i + 1] = string.pack("<i2", math.floor(peak * math.sin(2 * math.pi * hz * i / rate) + 0.5)):rep(channels)
  end
  local data, width = table.concat(second):rep(seconds), 2 * channels
  return string.pack("<c4I4c4c4I4I2I2I4I4I2I2c4I4", "RIFF", 36 + #data, "WAVE", "fmt ", 16, 1, channels, rate, rate * width, width,
    16, "data", #data) .. data
end

-- baresip's module of a codec; its name there, its rate and channels where they are not the usual ones
local BARESIP_CODECS = {PCMA = {"g711"}, PCMU = {"g711"}, G722 = {"g722", "G722/16000/1", 16000}, GSM = {"gsm"}, opus = {"opus", "opus/48000/2", 48000, 2},
  AMR = {"amr"}, ["G726-16"] = {"g726"}, ["G726-24"] = {"g726"}, ["G726-32"] = {"g726"}, ["G726-40"] = {"g726"}}

local function baresip_codec(o)
  local codec = o.codec or "PCMA"
  local c = BARESIP_CODECS[codec] or fail("baresip has no codec " .. codec)
  return c[1], c[2] or codec, c[3] or 8000, c[4] or 1
end

-- baresip takes no address of the loopback as a candidate: this machine's first other one, or nil
local function outer_ip()
  local p = io.popen("hostname -I 2>/dev/null")
  local text = p and p:read("a") or ""
  if p then p:close() end
  return text:match("%f[%d](%d+%.%d+%.%d+%.%d+)%f[%s]")
end

local function baresip_config(dir, host, ctrl, codec, o)
  local ip = host:match("^%[?(.-)%]?:%d+$")
  local c = {"sip_listen " .. host, "net_interface " .. (o.medianat and outer_ip() or ip), "ctrl_tcp_listen " .. ctrl,
    "module_path " .. BARESIP_MODULES, "audio_source aufile," .. dir .. "/play.wav", "snd_path " .. dir, "statmode_default off"}
  for _, m in ipairs{codec, "uuid", "aufile", "sndfile"} do c[#c + 1] = "module " .. m .. ".so" end
  for _, m in ipairs{"account", "menu", "ctrl_tcp"} do c[#c + 1] = "module_app " .. m .. ".so" end
  if o.medianat then c[#c + 1] = "module " .. o.medianat .. ".so" end
  if o.encryption then c[#c + 1] = "module srtp.so" end
  if o.cert then c[#c + 1] = "sip_certificate " .. absolute(o.cert) end
  return table.concat(c, "\n") .. "\n"
end

-- ip:port and ;transport= of an address ip:5060
local function over(address, transport)
  if not transport then return address end
  return (address:gsub(":5060$", transport == "tls" and ":5061" or ":5060")) .. ";transport=" .. transport
end

-- how baresip gets through gateways (its module, and the STUN server it asks), and what encrypts its sound
local function baresip_media(o)
  return (o.medianat and string.format(";medianat=%s;stunserver=stun:%s", o.medianat, o.stun.address) or "") ..
    (o.encryption and ";mediaenc=" .. o.encryption or "")
end

local function baresip_account(o, host)
  if o.at then
    return string.format("<sip:%s@%s>;auth_user=%s;auth_pass=%s;regint=60;answermode=%s;audio_codecs=%s;dtmfmode=%s%s\n", o.user,
      over(o.at.address, o.transport), o.user, o.at.users[o.user] or "", o.answer or "auto", (select(2, baresip_codec(o))), o.dtmf or "rtpevent", baresip_media(o))
  end
  return string.format("<sip:%s@%s>;regint=0;answermode=%s;audio_codecs=%s;dtmfmode=%s%s\n", o.user or "phone", over(host, o.transport),
    o.answer or "auto", (select(2, baresip_codec(o))), o.dtmf or "rtpevent", baresip_media(o))
end

local function baresip_start(t, o, dir)
  local good, r = pcall(rt.process, {name = o.name, command = {"baresip", "-f", dir}})
  if good then return r end
  if tostring(r):find("No such file") then t:skip("baresip is not installed (package baresip-core)") end
  fail(tostring(r))
end

-- t:baresip{name=, user=, codec="PCMA", dtmf="rtpevent"|"info", answer="auto"|"manual", plays={hz=, dbm0=}}
function T:baresip(opts)
  local o = unique(self, check_opts(opts, BARESIP_OPTS, "baresip"), "baresip")
  local plays = o.plays or {hz = 0, dbm0 = -96}
  if o.medianat and not outer_ip() then self:skip("baresip does ICE on an address beside the loopback's only, and this machine has none") end
  local there, host = pcall(rt.host, o.name, o.ipv6)
  if not there then (o.ipv6 and skip or fail)("no address for baresip: " .. tostring(host)) end
  local ctrl, dir = (o.ipv6 and rt.host(o.name .. "-ctrl") or host):gsub(":%d+$", ":4444"), rt.folder()
  write_file(dir .. "/config", baresip_config(dir, host, ctrl, (baresip_codec(o)), o))
  write_file(dir .. "/accounts", baresip_account(o, host))
  write_file(dir .. "/play.wav", wav(plays.hz, plays.dbm0 or -10, 60, select(3, baresip_codec(o))))
  local b = {name = o.name, address = host, uri = "sip:" .. (o.user or "phone") .. "@" .. over(host, o.transport), dir = dir}
  b.process = keep(self, baresip_start(self, o, dir))
  b.ctrl = keep(self, rt.tcp{name = o.name, address = ctrl, ctrl = true})
  if not await(function() return b.ctrl:is_up() end, rt.now() + 10) then
    fail("baresip did not start within 10 s; it said:\n" .. lately(function(x) return x.who == o.name end))
  end
  return setmetatable(b, Baresip)
end

Baresip.__index = function(_, k)
  return rawget(Baresip, k) or fail("there is no " .. show(k) .. " here")
end
Baresip.expect_event = expect_event
Baresip.expect_no_event = expect_no_event

-- a command of baresip's menu; its answer
function Baresip:command(name, params)
  self.ctrl:send(string.format('{"command":"%s","params":"%s"}', name, (params or ""):gsub('[\\"]', "\\%0")))
  return self:expect_event("response", {ok = true})
end

-- baresip takes "sip:HOST" for a user of its own domain, so the door gets a user part
function Baresip:dial(uri) self:command("dial", uri:find("@") and uri or (uri:gsub("^sip:", "sip:door@"))) end
function Baresip:answer() self:command("accept") end
function Baresip:dtmf(digits) self:command("sndcode", digits) end
function Baresip:hangup() self:command("hangup") end

-- digits by RFC 4733, in order
function Baresip:expect_dtmf(digits, opts)
  local e
  for d in digits:gmatch(".") do
    e = self:expect_event("CALL_DTMF_START", {param = d, within = opts and opts.within})
  end
  return e
end

-- loudest level it heard in its last call [dBm0] and that call's length [s]; the call must be over
function Baresip:heard()
  local last
  local p = assert(io.popen("ls -t " .. self.dir))
  for f in p:lines() do last = last or f:match("^dump.*dec%.wav$") end
  p:close()
  if not last then fail(self.name .. " has recorded nothing") end
  return rt.wav_level(self.dir .. "/" .. last)
end

-- A faulty door: one call at a time, everything on the wire can be wrong (see bind_caller.c)
local Caller = {}
local DIGIT_OPTS = {on = true, off = true, events = true, inband = true, info = true, marker = true, ends = true,
  level = true, twist = true, wait = true}

function Caller:dial(to, opts)
  self:_dial(type(to) == "table" and to.uri or to, check_opts(opts, {headers = true}, "dial"))
end

function Caller:message(to, body, opts)
  self:_message(type(to) == "table" and to.uri or to, body, check_opts(opts, {type = true}, "message"))
end

function Caller:net(opts)
  self:_net(check_opts(opts, {loss = true, duplicate = true, reorder = true, jitter_ms = true, skew_ppm = true}, "net"))
end

function Caller:modify(opts)
  self:_modify(check_opts(opts, {event_pt = true}, "modify"))
  return self:expect_event("modified")
end

-- the moment at which the last digit ended, nil where the call ended first
function Caller:dtmf(digits, opts)
  opts = check_opts(opts, DIGIT_OPTS, "dtmf")
  local from, plain = #log + 1, {}
  for k, v in pairs(opts) do if k ~= "wait" then plain[k] = v end end
  self:_digits(digits, plain)
  if opts.wait == false then return end
  local mine, on, off = of_call(self), opts.on or 100, opts.off or 100
  local e = await(function()
    for i = from, #log do
      local x = log[i]
      if mine(x) and (x.event == "dtmf_sent" or x.event == "closed") then return x end
    end
  end, rt.now() + #digits * (on + off) / 1000 + 2)
  return e and e.event == "dtmf_sent" and e.t - off / 1000 or nil
end

Caller.expect_event, Caller.expect_no_event = expect_event, expect_no_event
Caller.expect_dtmf, Caller.expect_no_dtmf = Call.expect_dtmf, Call.expect_no_dtmf
Caller.expect_answer, Caller.expect_ringing, Caller.expect_close = Call.expect_answer, Call.expect_ringing, Call.expect_close

function T:caller(opts) return make(rt.caller, self, unique(self, opts, "caller")) end

-- The receiver that --receiver names, or our own: then `own` is its AlarmReceiver
local under_test

function T:receiver_under_test(opts)
  local uri, faults = rt.under_test(), {}
  if uri then
    under_test = {name = "receiver", uri = uri, address = uri:match("([^@]+)$"):gsub("^sip:", "")}
    hosts[under_test.address] = under_test.name
  else
    for f in (rt.planted() or ""):gmatch("[^,]+") do faults[#faults + 1] = f end
    local o = {name = "receiver", fault = faults}
    for k, v in pairs(opts or {}) do o[k] = v end
    local own = self:alarm_receiver(o)
    under_test = {name = own.name, uri = own.uri, address = own.address, own = own}
  end
  return under_test
end

-- What a scorecard tells of a scenario: "time\ttext" a line
local SEEN_MAX = 48
local way_names = {rfc4733 = "RFC 4733", inband = "tones", info = "SIP INFO"}

local function ways_text(via) return (via:gsub("%w+", way_names):gsub(" (%u)", " and %1"):gsub(" tones", " and tones")) end

local function closed_text(e)
  if e.code ~= 0 then return e.code .. " " .. e.reason end
  return e.reason == "" and "receiver hangs up" or e.reason
end

local seen_text = {
  dialled = function() return "INVITE" end,
  progress = function(e) return tostring(e.code) end,
  answered = function(e) return "200, " .. e.codec end,
  modified = function() return "200 to re-INVITE" end,
  sending = function(e) return "door sends " .. e.digits .. " by " .. ways_text(e.via) end,
  dtmf = function(e) return "receiver sends " .. e.digit .. (e.via == "rfc4733" and "" or " by " .. ways_text(e.via)) end,
  closed = closed_text,
  hung_up = function() return "door hangs up" end,
  cancelled = function() return "CANCEL" end,
  vanished = function() return "door is gone" end,
  message_result = function(e) return "MESSAGE: " .. e.code .. " " .. (e.reason or "") end,
  datagram = function(e) return e.data:match("^SIP/2%.0 ([^\r\n]*)") or "a datagram" end,
  alarm = function(e) return "receiver reports " .. e.result .. (e.identity ~= "" and " of " .. e.identity or "") end,
  log = function(e) return e.text end,
}

-- our own receiver's steps are its own affair; its reports are worth telling
local function is_seen(e)
  return e.who ~= "sip" and seen_text[e.event] and (e.event == "alarm" or not under_test or e.who ~= under_test.name)
end

local function seen_time(e)
  local sent
  if e.event == "sending" then
    for _, x in ipairs(log) do
      if x.who == e.who and x.event == "dtmf_sent" and x.t >= e.t then sent = sent or x.t end
    end
  end
  return string.format("%.2f", e.t) .. (sent and string.format(" to %.2f", sent) or "")
end

-- first word a receiver says of itself
local function software()
  for _, e in ipairs(log) do
    if e.who == "sip" and e.event == "message" and under_test and e.src == under_test.address then
      local m = sip_message(e)
      local s = m:header("Server") or m:header("User-Agent")
      if s then return s end
    end
  end
  return ""
end

function __seen()
  local out, who, several = {}, nil, false
  if not log then return "", "" end
  for _, e in ipairs(log) do
    if e.event == "dialled" then several = several or (who and who ~= e.who); who = e.who end
  end
  for _, e in ipairs(log) do
    if is_seen(e) and #out < SEEN_MAX then
      local text = seen_text[e.event](e):gsub("%c", " ")
      if several and e.who ~= "script" and e.event ~= "alarm" then text = e.who .. ": " .. text:gsub("^door ", "") end
      out[#out + 1] = seen_time(e) .. "\t" .. text
    end
  end
  return table.concat(out, "\n"), (software():gsub("%c", " "))
end

-- Kamailio as a PBX with digest: registrar, proxy with Record-Route, and a user that is busy
local Kamailio = {}
local KAMAILIO_CONFIG = [[
debug=1
log_stderror=yes
children=2
@DISABLETCP@auto_aliases=no
listen=udp:@ADDRESS@
@LISTEN@mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
@MODULES@loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "htable.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", @EXPIRES@)
modparam("auth", "nonce_expire", 20)
modparam("htable", "htable", "pw=>size=4;")
event_route[htable:mod-init] {
@USERS@}
route[LOGIN] {
	if ($sht(pw=>$fU) != $null) {
		if (!pv_proxy_authenticate("$fd", "$sht(pw=>$fU)", "0")) { proxy_challenge("$fd", "0"); exit; }
		consume_credentials();
	}
}
request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
	if (has_totag()) {
		if (loose_route()) {
			if (is_method("BYE|INVITE|UPDATE")) route(LOGIN);
			t_relay(); exit;
		}
		if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
		sl_send_reply("404", "Not Here"); exit;
	}
	t_check_trans();
	if (is_method("REGISTER")) {
		if ($sht(pw=>$tU) == $null) { sl_send_reply("404", "Not Found"); exit; }
		if (!pv_www_authenticate("$td", "$sht(pw=>$tU)", "0")) { www_challenge("$td", "0"); exit; }
		save("location"); exit;
	}
	route(LOGIN);
	if (is_method("INVITE")) record_route();
	if ($rU == "busy") { sl_send_reply("486", "Busy Here"); exit; }
	if (!lookup("location")) {
		if ($sht(pw=>$rU) == $null) sl_send_reply("404", "Not Found"); else sl_send_reply("480", "Temporarily Unavailable");
		exit;
	}
	t_relay();
}
]]

local KAMAILIO_TLS = [[
loadmodule "tls.so"
modparam("tls", "certificate", "%s")
modparam("tls", "private_key", "%s")
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "verify_certificate", 0)
modparam("tls", "require_certificate", 0)
]]

-- t:kamailio{users = {["100"] = "secret"}, expires = 30, cert = "FILE.pem"}: with a certificate it serves TCP and TLS too
function T:kamailio(opts)
  local o = unique(self, check_opts(opts, {name = true, users = true, expires = true, cert = true}, "kamailio"), "kamailio")
  local host, dir, users = rt.host(o.name), rt.folder(), {}
  for user, password in pairs(o.users or {}) do users[#users + 1] = string.format('\t$sht(pw=>%s) = "%s";\n', user, password) end
  table.sort(users)
  write_file(dir .. "/kamailio.cfg", (KAMAILIO_CONFIG:gsub("@(%u+)@",
    {ADDRESS = host, USERS = table.concat(users), EXPIRES = tostring(o.expires or 3600), DISABLETCP = o.cert and "" or "disable_tcp=yes\n",
    LISTEN = o.cert and string.format("listen=tcp:%s\nlisten=tls:%s\nenable_tls=yes\ntcp_children=2\n", host, (host:gsub(":%d+$", ":5061"))) or "",
    MODULES = o.cert and string.format(KAMAILIO_TLS, absolute(o.cert), absolute(o.cert)) or ""})))
  local k = setmetatable({name = o.name, address = host, uri = "sip:" .. host:gsub(":5060$", ""), users = o.users or {}, dir = dir,
    owner = self}, Kamailio)
  hosts[host] = o.name
  k:start()
  return k
end

Kamailio.__index = function(_, k) return rawget(Kamailio, k) or fail("there is no " .. show(k) .. " here") end

function Kamailio:start()
  local good, r = pcall(rt.process, {name = self.name, command = {"kamailio", "-DD", "-E", "-f", self.dir .. "/kamailio.cfg",
    "-w", self.dir, "-Y", self.dir, "-P", self.dir .. "/pid", "-m", "32", "-M", "4"}})
  if not good then
    if tostring(r):find("No such file") then self.owner:skip("kamailio is not installed (package kamailio)") end
    fail(tostring(r))
  end
  self.process = keep(self.owner, r)
  wait(1)
  if r:is_over() then fail("kamailio did not start; it said:\n" .. lately(function(x) return x.who == self.name end)) end
end

function Kamailio:kill()
  self.process:_signal(9)
  await(function() return self.process:is_over() end, rt.now() + 2)
end

function Kamailio:number(user) return "sip:" .. user .. "@" .. self.address:gsub(":5060$", "") end

function Kamailio:account(user, opts)
  local s = {["sip.account1.active"] = true, ["sip.account1.server"] = self.address:match("^(.-):"), ["sip.account1.user"] = user,
    ["sip.account1.password"] = self.users[user] or ""}
  for k, v in pairs(opts or {}) do s[k] = v end
  return s
end

-- t:coturn{}: a STUN server that is not ours
local Coturn = {}
Coturn.__index = function(_, k) return rawget(Coturn, k) or fail("there is no " .. show(k) .. " here") end

function T:coturn(opts)
  local o = unique(self, check_opts(opts, {name = true}, "coturn"), "coturn")
  local host, dir = rt.host(o.name), rt.folder()
  local ip = host:match("^(.-):")
  local good, r = pcall(rt.process, {name = o.name, cwd = dir, command = {"turnserver", "-n", "--listening-ip=" .. ip, "--listening-port=3478",
    "--relay-ip=" .. ip, "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--stun-only", "--log-file=stdout", "--simple-log", "--verbose",
    "--pidfile=" .. dir .. "/pid", "--userdb=" .. dir .. "/db"}})
  if not good then
    if tostring(r):find("No such file") then self:skip("turnserver is not installed (package coturn)") end
    fail(tostring(r))
  end
  local c = setmetatable({name = o.name, address = ip .. ":3478", dir = dir, process = keep(self, r)}, Coturn)
  hosts[c.address] = o.name
  wait(1)
  if r:is_over() then fail("coturn did not start; it said:\n" .. lately(function(x) return x.who == o.name end)) end
  return c
end

-- settings of a door that asks it
function Coturn:settings(opts)
  local s = {["nat.mode"] = "stun", ["nat.stun_server"] = self.address:match("^(.-):")}
  for k, v in pairs(opts or {}) do s[k] = v end
  return s
end

function Coturn:kill()
  self.process:_signal(9)
  await(function() return self.process:is_over() end, rt.now() + 2)
end

-- t:sipp{steps = "<recv .../>...", calls = DOOR}: SIPp runs a scenario of its own, as caller (calls = door) or called
local Sipp = {}
Sipp.__index = function(_, k) return rawget(Sipp, k) or fail("there is no " .. show(k) .. " here") end

function T:sipp(opts)
  local o = unique(self, check_opts(opts, {name = true, steps = true, calls = true}, "sipp"), "sipp")
  local host, dir = rt.host(o.name), rt.folder()
  local ip = host:match("^(.-):")
  write_file(dir .. "/steps.xml", '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="' .. o.name .. '">\n' .. o.steps ..
    "\n</scenario>\n")
  local command = {"sipp", "-sf", dir .. "/steps.xml", "-i", ip, "-p", "5060", "-mi", ip, "-mp", "9000", "-m", "1", "-nostdin",
    "-trace_err", "-error_file", dir .. "/errors", "-timeout", "25", "-timeout_error"}
  if o.calls then command[#command + 1] = o.calls.address end
  local good, r = pcall(rt.process, {name = o.name, command = command, cwd = dir, env = {TERM = "dumb"}})
  if not good then
    if tostring(r):find("No such file") then self:skip("sipp is not installed (package sip-tester)") end
    fail(tostring(r))
  end
  hosts[host] = o.name
  wait(0.3)
  return setmetatable({name = o.name, address = host, uri = "sip:" .. host, dir = dir, process = keep(self, r)}, Sipp)
end

-- SIPp's verdict on its own scenario: it ends by itself, with status 0
function Sipp:expect_success(opts)
  if not await(function() return self.process:is_over() end, rt.now() + (opts and opts.within or 20)) then
    fail(self.name .. " is not through with its steps")
  end
  local e = find(function(x) return x.who == self.name and x.event == "exit" end)
  if e and e.status == 0 then return end
  local f = io.open(self.dir .. "/errors")
  fail(self.name .. " failed: " .. (f and f:read("a") or "") .. (e and describe(e) or ""))
end

local address = {uri = "_uri", address = "_address", name = "_name"}
class(rt.meta.caller, Caller, {uri = "_uri", address = "_address", name = "_name", number = "_number"})
class(rt.meta.door, Door, address)
class(rt.meta.phone, Phone, address)
class(rt.meta.call, Call, {name = "_name", number = "_number"})
class(rt.meta.socket, Socket, {address = "_address", name = "_name"})
class(rt.meta.alarm, Alarm, address)
class(rt.meta.pbx, Pbx, address)
class(rt.meta.nat, Nat, {address = "_address", name = "_name"})
class(rt.meta.dns, Dns, {address = "_address", name = "_name"})
class(rt.meta.stun, Stun, {address = "_address", name = "_name"})
class(rt.meta.process, Process, {name = "_name"})
class(rt.meta.tcp, Tcp, {name = "_name"})

-- --- the script's side ------------------------------------------------------------------------------

local SCENARIO_OPTS = {req = true, timeout = true, clock = true, rig = true, fault = true, should = true, group = true}
local SCENARIO_LIST = "clock, fault, group, req, rig, should, timeout"
local RIGS = {any = true, sim = true, board = true}

-- line of the script itself, also where a function of another file declares the scenario
local function script_line()
  local line = 0
  for level = 3, 50 do
    local i = debug.getinfo(level, "Sl")
    if not i then break end
    if i.what == "main" and i.currentline > 0 then line = i.currentline end
  end
  return line
end

-- refuse what is no option of a scenario; what: who was told them
local function check_scenario(opts, what)
  for k in pairs(opts) do
    if not SCENARIO_OPTS[k] then error(what .. ": no option " .. tostring(k) .. "; there are " .. SCENARIO_LIST, 3) end
  end
  return opts
end

local of_file = {}

-- options of all scenarios of this file that do not have their own
function defaults(opts)
  if #scenarios > 0 then error("defaults: they come before the file's first scenario", 2) end
  of_file = check_scenario(opts, "defaults")
end

function scenario(name, opts, fn)
  if type(opts) == "function" then opts, fn = {}, opts end
  if type(name) ~= "string" or name == "" then error("scenario: the first argument is its name", 2) end
  if type(fn) ~= "function" then error("scenario \"" .. name .. "\": the last argument is its function", 2) end
  opts = setmetatable(check_scenario(opts, "scenario \"" .. name .. "\""), {__index = of_file})
  if opts.rig and not RIGS[opts.rig] then error("scenario \"" .. name .. "\": rig is \"any\", \"sim\" or \"board\"", 2) end
  local req = opts.req or {}
  if type(req) == "string" then req = {req} end
  for _, s in ipairs(scenarios) do
    if s.name == name then error("scenario \"" .. name .. "\": this name stands in this file already", 2) end
  end
  scenarios[#scenarios + 1] = {name = name, req = table.concat(req, " "), fn = fn, line = script_line(),
    timeout = opts.timeout or 3600, clock = opts.clock or "any", rig = opts.rig or "any",
    fault = opts.fault or "", should = opts.should or "", group = opts.group or ""}
end

__scenarios = scenarios

-- what another script beside the calling one returns
function include(name)
  local dir = debug.getinfo(2, "S").source:match("^@(.*/)") or ""
  return dofile(dir .. name)
end

-- the codecs there are, in the settings' order
function codecs() return rt.codecs() end

-- first function of the main coroutine
function __start(fn)
  log, taken, floor, hosts, doors = __log, {}, 1, {}, {}
  local t = setmetatable({actors = {}, names = {}}, T)
  fn(t)
  for _, a in ipairs(t.actors) do
    if getmetatable(a) == rt.meta.door and a:_on_board() then
      local now = rt.now()
      await(function() return a:_settled() and a:_told(now) end, now + TOLD_WITHIN + 0.2)
    end
  end
end

-- troubles that are the board's own fault, where nothing was lost on the way
local WRONG = {witness = true, missed = true, refused = true}

-- troubles of a board that the script did not expect: a text and whether the board is proved wrong, or nil
function __doubt()
  local out, wrong, lost = {}, false, false
  for _, e in ipairs(log or {}) do
    if e.event == "trouble" and not taken[e] then
      if #out < 8 then out[#out + 1] = string.format("t = %s: %s's board: %s: %s", seconds(e.t), e.who, e.trouble, e.text) end
      wrong = wrong or WRONG[e.trouble]
      lost = lost or not WRONG[e.trouble]
    end
  end
  if #out == 0 then return nil end
  wrong = wrong and not lost
  return (wrong and "the board is wrong:\n  " or "the picture is incomplete:\n  ") .. table.concat(out, "\n  "), wrong
end

function __spawned(fn) fn() end

-- error value -> "skip", "inconclusive" or nil for a failure; text
function __verdict(err)
  if getmetatable(err) == Verdict then return err.kind, err.text end
  return nil, tostring(err)
end

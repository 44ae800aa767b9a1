-- t: what every scenario is given

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

local function took(text, from, to, want, tol, sound)
  local verdict, said, seconds = judge(text or "time", from, to, want, tol, sound)
  if verdict == "fail" then fail(said) end
  if verdict == "inconclusive" then doubt(said) end
  return seconds
end

-- seconds from one entry (or moment) to another
function T:took(from, to, want, tol, text) return took(text, from, to, want, tol) end
function T:sounded(from, to, want, tol, text) return took(text, from, to, want, tol, true) end

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
function T:address(name) return (rt.host(name):gsub(":%d+$", "")) end
function T:process(opts) return make(rt.process, self, unique(self, opts, "process")) end

-- What stands in the network: PBX, NAT box, DNS, STUN server; processes and connections of the machine

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

-- t:ntp{}; then settings of a door that asks it
local Ntp = {}
Ntp.expect_event = expect_event
Ntp.expect_no_event = expect_no_event

function T:ntp(opts) return make(rt.ntp, self, unique(self, check_opts(opts, {name = true, ipv6 = true}, "ntp"), "ntp")) end

function Ntp:settings(opts)
  local s = {["time.source"] = "ntp", ["time.ntp_server"] = self.address:match("^(.*):%d+$")}
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

-- The door; before it, what all classes of actors share

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

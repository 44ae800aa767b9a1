-- Phones, their calls, SIP by hand, the alarm receiver

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

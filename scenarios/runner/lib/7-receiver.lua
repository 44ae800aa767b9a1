-- Faulty doors, the receiver under test, and what a scorecard tells

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

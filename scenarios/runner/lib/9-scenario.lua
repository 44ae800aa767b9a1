-- The script's side: declaring scenarios, running one, its verdict

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
class(rt.meta.ntp, Ntp, {address = "_address", name = "_name"})
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

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

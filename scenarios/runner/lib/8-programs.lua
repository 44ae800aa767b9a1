-- Programs that are not ours: Kamailio, coturn, SIPp

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

-- t:chrony{}: an NTP server that is not ours, with the machine's time, which it does not set; synchronised = false: it knows none
local Chrony = {}
Chrony.__index = function(_, k) return rawget(Chrony, k) or fail("there is no " .. show(k) .. " here") end

function T:chrony(opts)
  local o = unique(self, check_opts(opts, {name = true, synchronised = true}, "chrony"), "chrony")
  local host, dir = rt.host(o.name), rt.folder()
  local ip = host:match("^(.-):")
  write_file(dir .. "/chrony.conf", (o.synchronised == false and "" or "local stratum 1\n") .. "allow all\nbindaddress " .. ip ..
    "\nport 11123\ncmdport 0\nbindcmdaddress /\npidfile " .. dir .. "/pid\n")
  local id = assert(io.popen("id -un"))         -- not Debian's _chrony, which its package alone makes
  local user = id:read()
  id:close()
  local good, r = pcall(rt.process, {name = o.name, cwd = dir, command = {"chronyd", "-x", "-d", "-U", "-u", user, "-f", dir .. "/chrony.conf"}})
  if not good then
    if tostring(r):find("No such file") then self:skip("chronyd is not installed (package chrony)") end
    fail(tostring(r))
  end
  local c = setmetatable({name = o.name, address = ip .. ":11123", dir = dir, process = keep(self, r)}, Chrony)
  hosts[c.address] = o.name
  wait(1)
  if r:is_over() then fail("chronyd did not start; it said:\n" .. lately(function(x) return x.who == o.name end)) end
  return c
end

-- settings of a door that asks it
function Chrony:settings(opts)
  local s = {["time.source"] = "ntp", ["time.ntp_server"] = self.address:match("^(.-):"), ["time.ntp_port"] = 11123}
  for k, v in pairs(opts or {}) do s[k] = v end
  return s
end

function Chrony:kill()
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

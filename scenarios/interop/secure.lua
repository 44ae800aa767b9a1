-- SIP over TCP and TLS, and encrypted sound, with programs that are not ours, in real time (SIP-01, SIP-09)

local USERS = {["100"] = "door secret", ["101"] = "one", ["102"] = "two"}
local CERT = "fixtures/certificates/"

local function real(...) return {clock = "real", rig = "sim", timeout = 60, req = {...}} end

-- The addresses of this clock change from run to run: the certificate cannot carry them
local function account(pbx, over, more)
  local s = pbx:account("100", {["sip.account1.transport"] = over, ["button.day"] = "101", ["sip.tls_ca"] = CERT .. "ca.pem",
    ["sip.tls_verify_cn"] = false})
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end

for _, over in ipairs{"tcp", "tls"} do
  scenario("over " .. over .. " the door registers at Kamailio and talks with baresip through it; either hangs up",
    real("SIP-01", "SIP-03"), function(t)
    local pbx = t:kamailio{users = USERS, cert = CERT .. "good.pem"}
    local phone = t:baresip{user = "101", at = pbx, transport = over, cert = CERT .. "good.pem", plays = {hz = 500, dbm0 = -15}}
    phone.process:expect_line("200 OK .*binding")
    local door = t:door(account(pbx, over, {["relay1.code1"] = "4242"}))
    door:expect_event("registration", {account = 1, ok = true})
    door:press()
    phone:expect_event("CALL_ESTABLISHED")
    door:expect_state("talking")
    door:play(1000, -12)
    door:expect_level{above = -20}
    phone:dtmf("4242")
    door:expect_relay(1, "on")
    door:hangup()
    phone:expect_event("CALL_CLOSED")
    phone:dial(pbx:number("100"))
    phone:expect_event("CALL_ESTABLISHED")
    door:expect_state("talking")
    phone:hangup()
    door:expect_event("call_end", {cause = "remote"})
    t:equal(#t:sip_messages(), 0, "datagrams of SIP")
  end)

  scenario("over " .. over .. " Kamailio relays the door's MESSAGE", real("SIP-01", "SUP-10"), function(t)
    local pbx = t:kamailio{users = USERS, cert = CERT .. "good.pem"}
    local receiver = t:phone{name = "receiver", pbx = pbx, user = "102", password = "two"}
    receiver:expect_event("registration", {ok = true})
    local door = t:door(account(pbx, over, {["button.day"] = "102", identity = "123456789"}))
    door:expect_event("registration", {ok = true})
    door:press()
    receiver:expect_message{body = "identity=123456789 ;product=81 ;alerte=01"}
    door:expect_event("message_result", {code = 200})
  end)

  scenario("over " .. over .. " the door is registered anew when Kamailio was killed and is back",
    {clock = "real", rig = "sim", timeout = 60, req = {"SIP-01", "SIP-10"}}, function(t)
    local pbx = t:kamailio{users = USERS, cert = CERT .. "good.pem"}
    local door = t:door(account(pbx, over, {["sip.register_retry_s"] = 10}))
    door:expect_event("registration", {ok = true})
    t:wait(6)
    pbx:kill()
    door:expect_event("registration", {ok = false, within = 5})
    pbx:start()
    door:expect_event("registration", {ok = true, within = 12})
  end)

  scenario("over " .. over .. " the door and baresip call each other without a PBX", real("SIP-01", "SIP-02"), function(t)
    local phone = t:baresip{transport = over, cert = CERT .. "good.pem", plays = {hz = 500, dbm0 = -15}}
    local door = t:door{["button.day"] = phone.uri, ["sip.tls_ca"] = CERT .. "ca.pem", ["sip.tls_verify_cn"] = false,
      ["sip.tls_cert"] = CERT .. "good.pem", ["sip.tcp"] = true}
    door:press()
    phone:expect_event("CALL_ESTABLISHED")
    door:expect_state("talking")
    door:expect_level{above = -20}
    door:hangup()
    phone:expect_event("CALL_CLOSED")
    phone:dial(door.uri .. ";transport=" .. over)
    phone:expect_event("CALL_ESTABLISHED")
    door:expect_state("talking")
    phone:hangup()
    door:expect_event("call_end", {cause = "remote"})
  end)
end

scenario("Kamailio's certificate is refused: another authority, another name; each is told", real("SIP-01"), function(t)
  local pbx = t:kamailio{users = USERS, cert = CERT .. "good.pem"}
  local door = t:door(account(pbx, "tls", {["sip.tls_ca"] = CERT .. "other-ca.pem"}))
  t:match(door:expect_event("transport_fault").cause, "issuer certificate")
  door:expect_event("registration", {ok = false, code = 0})
  local other = t:door(account(pbx, "tls", {name = "other", ["sip.tls_verify_cn"] = true}))
  t:match(other:expect_event("transport_fault").cause, "mismatch")
  other:expect_event("registration", {ok = false, code = 0})
end)

-- Encrypted sound with a program that is not ours (SIP-09)

local function level(heard) local loudest = heard:heard() return loudest end

for _, over in ipairs{"udp", "tls"} do
  local tls = over == "tls"
  local transport, cert = tls and "tls" or nil, tls and CERT .. "good.pem" or nil
  local settings = {["sip.media_encryption"] = "srtp", ["relay1.code1"] = "4242", ["sip.transport"] = over, ["sip.tls_verify"] = false, ["sip.tls_cert"] = CERT .. "good.pem"}

  local function story(t, door, phone)
    phone:expect_event("CALL_ESTABLISHED")
    door:expect_event("media_encryption", {ok = true, kind = "srtp"})
    door:expect_state("talking")
    door:play(1000, -12)
    t:wait(3)
    t:near(door:level(), -15, 1, "baresip to door [dBm0]")
    phone:dtmf("4242")
    door:expect_relay(1, "on")
    door:hangup()
    phone:expect_event("CALL_CLOSED")
    t:near(level(phone), -12, 1, "door to baresip [dBm0]")
    t:equal(#t:events(door, "media_dropped"), 0, "packets the door did not take")
  end

  scenario("over " .. over .. " the door calls baresip with SRTP: sound both ways, and a code", real("SIP-09"), function(t)
    local phone = t:baresip{transport = transport, cert = cert, encryption = "srtp-mand", plays = {hz = 500, dbm0 = -15}}
    settings["button.day"] = phone.uri
    local door = t:door(settings)
    door:press()
    story(t, door, phone)
  end)

  scenario("over " .. over .. " baresip calls the door with SRTP: sound both ways, and a code", real("SIP-09"), function(t)
    local phone = t:baresip{transport = transport, cert = cert, encryption = "srtp-mand", plays = {hz = 500, dbm0 = -15}}
    settings["button.day"] = phone.uri
    local door = t:door(settings)
    t:wait(1)                                      -- the door listens
    phone:dial(door.uri)
    story(t, door, phone)
  end)
end

scenario("baresip that wants no SRTP, and a door that wants no other: each refuses the other's call", real("SIP-09"), function(t)
  local phone = t:baresip()
  local door = t:door{["sip.media_encryption"] = "srtp", ["button.day"] = phone.uri}
  door:press()
  door:expect_event("call_failed")
  phone:dial(door.uri)
  phone:expect_event("CALL_CLOSED")
  door:expect_event("media_encryption", {call = 0, ok = false})
  door:expect_event("sip_refused", {code = 488})
end)

-- ZRTP with linphone (package linphone-cli), which has the same library under it: its own program, our module

local function write(path, data)
  local f = assert(io.open(path, "wb"))
  f:write(data)
  f:close()
end

local function tone_wav(hz, dbm0, seconds)
  local amplitude, out = 32768 * 10 ^ ((dbm0 - 3.14) / 20), {}
  for i = 0, 8000 * seconds - 1 do out[#out + 1] = string.pack("<i2", math.floor(amplitude * math.sin(2 * math.pi * hz * i / 8000))) end
  local data = table.concat(out)
  return string.pack("<c4I4c4c4I4I2I2I4I4I2I2c4I4", "RIFF", 36 + #data, "WAVE", "fmt ", 16, 1, 1, 8000, 16000, 2, 16, "data", #data) .. data
end

-- Loudest half second of a file of 16 bit [dBm0]
local function loudest(path)
  local f = assert(io.open(path, "rb"))
  local data, best = f:read("a"):sub(45), 0
  f:close()
  for first = 1, #data - 8000, 8000 do
    local sum = 0
    for i = first, first + 7998, 2 do sum = sum + string.unpack("<i2", data, i) ^ 2 end
    best = math.max(best, sum / 4000)
  end
  return 10 * math.log(best / 32768 ^ 2 + 1e-12, 10) + 3.01 + 3.14
end

scenario("linphone and the door agree by ZRTP: the same SAS, sound both ways, and a code that opens the door", real("SIP-09"), function(t)
  local dir = os.tmpname()
  os.remove(dir)
  local door = t:door{["button.day"] = "sip:lp@127.0.0.1:5070", ["relay1.code1"] = "42", name = "door"}
  local there, why = door:set("sip.media_encryption", "zrtp")
  if not there then t:skip(why) end
  local made = t:process{name = "mkdir", command = {"mkdir", "-p", dir .. "/.local/share/linphone", dir .. "/.config/linphone"}}
  made:expect_event("exit", {status = 0})
  write(dir .. "/rc", "[sip]\nsip_port=5070\nsip_tcp_port=0\nsip_tls_port=0\nmedia_encryption=zrtp\nguess_hostname=0\nuse_ipv6=0\n" ..
    "[rtp]\naudio_rtp_port=17078\n")
  write(dir .. "/play.wav", tone_wav(500, -15, 20))
  local good, phone = pcall(t.process, t, {name = "linphone", command = {"linphonec", "-a", "-c", dir .. "/rc"}, env = {HOME = dir}})
  if not good then t:skip("linphonec is not installed (package linphone-cli)") end
  local ok, err = pcall(function()
    t:wait(3)
    phone:send("soundcard use files\n")
    phone:expect_line("Using wav files")
    door:press()
    local sas = door:expect_event("media_sas", {within = 10}).sas
    phone:expect_line("fully encrypted and auth token is " .. sas)
    door:play(1000, -12)
    phone:send("play " .. dir .. "/play.wav\n")
    phone:send("record " .. dir .. "/heard.wav\n")
    t:wait(4)
    t:near(door:level(), -15, 1.5, "linphone to door [dBm0]")
    phone:send("42\n")
    door:expect_relay(1, "on")
    door:hangup()
    phone:expect_line("ended")
    t:near(loudest(dir .. "/heard.wav"), -12, 1.5, "door to linphone [dBm0]")
    -- linphone sends the last packet of a digit three times over, as it is
    for _, dropped in ipairs(t:events(door, "media_dropped")) do t:equal(dropped.forged, 0, "packets not authentic") end
    phone:send("quit\n")
    t:wait(1)
  end)
  local swept = t:process{name = "rm", command = {"rm", "-rf", dir}}
  swept:expect_event("exit")
  if not ok then error(err, 0) end
end)

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

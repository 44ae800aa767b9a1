-- SIP over TCP and TLS with programs that are not ours, in real time (SIP-01)

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

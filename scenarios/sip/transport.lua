-- SIP over TCP and TLS, and whose certificate is taken (SIP-01; manual §3.3.11)

-- the certificates carry the simulated network's addresses and its calendar
defaults{clock = "virtual"}

local CERT = "fixtures/certificates/"
local TLS = {["sip.transport"] = "tls", ["sip.tls_ca"] = CERT .. "ca.pem", ["sip.tls_cert"] = CERT .. "good.pem"}

local function with(base, more)
  local s = {}
  for k, v in pairs(base) do s[k] = v end
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end

-- A phone with this certificate, and a door that calls it over TLS
local function secure(t, cert, settings)
  local phone = t:phone{["sip.tls_cert"] = CERT .. cert, ["sip.tls_verify"] = false}
  return phone, t:door(with(TLS, with({["button.day"] = phone.uri, identity = "123456789", ["door.advance_on_refusal"] = true}, settings)))
end

local function refused(t, cert, settings, why)
  local phone, door = secure(t, cert, settings)
  door:press()
  local e = door:expect_event("transport_fault", {within = 3})
  t:match(e.cause, why)
  t:match(e.about, "CN=")
  door:expect_event("call_failed", {within = 35})
  t:equal(#t:events(phone, "incoming"), 0, "calls that reached the phone")
  return door
end

scenario("a call of the button and its MESSAGE go over TCP, sound goes both ways, and the door hangs up", {req = {"SIP-01"}}, function(t)
  local phone = t:phone{["sip.tcp"] = true}
  local door = t:door{["sip.transport"] = "tcp", ["button.day"] = phone.uri, identity = "123456789"}
  door:press()
  phone:expect_message{body = "identity=123456789 ;product=81 ;alerte=01"}
  local call = phone:expect_call()
  call:answer()
  door:expect_state("talking")
  door:play(1000, -12)
  call:expect_level{above = -20}
  door:hangup()
  call:expect_close()
  t:equal(#t:sip_messages(), 0, "datagrams of SIP")
end)

scenario("a contact says its transport itself, whatever the setting", {req = {"SIP-01"}}, function(t)
  local phone = t:phone{["sip.tcp"] = true}
  local door = t:door{["button.day"] = phone.uri .. ";transport=tcp"}
  door:press()
  phone:expect_call():answer()
  door:expect_state("talking")
  t:equal(#t:sip_messages(), 0, "datagrams of SIP")
end)

scenario("a phone calls the door over TCP; its hang-up and the door's are both understood", {req = {"SIP-01"}}, function(t)
  local door = t:door{["sip.tcp"] = true}
  local phone = t:phone{["sip.tcp"] = true}
  t:wait(0.1)
  local call = phone:dial(door.uri .. ";transport=tcp")
  call:expect_answer()
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
  call = phone:dial(door.uri .. ";transport=tcp")
  call:expect_answer()
  door:hangup()
  call:expect_close()
end)

scenario("a contact that does not listen on TCP is passed over at once", {req = {"SIP-01", "DOOR-03"}}, function(t)
  local deaf, phone = t:phone{name = "deaf"}, t:phone{["sip.tcp"] = true}
  local door = t:door{["sip.transport"] = "tcp", ["button.day"] = {deaf.uri, phone.uri}, ["door.advance_on_refusal"] = true}
  door:press()
  door:expect_event("call_failed", {within = 2})
  phone:expect_call():answer()
  door:expect_state("talking")
end)

scenario("a call of the button and its MESSAGE go over TLS", {req = {"SIP-01"}}, function(t)
  local phone, door = secure(t, "good.pem")
  door:press()
  phone:expect_message{body = "identity=123456789 ;product=81 ;alerte=01"}
  local call = phone:expect_call()
  call:answer()
  door:expect_state("talking")
  door:play(1000, -12)
  call:expect_level{above = -20}
  door:hangup()
  call:expect_close()
  door:expect_no_event("transport_fault")
  t:equal(#t:sip_messages(), 0, "datagrams of SIP")
end)

scenario("a contact as sips: goes over TLS", {req = {"SIP-01"}}, function(t)
  local phone, door = secure(t, "good.pem", {["sip.transport"] = "udp"})
  t:ok(door:set("button.day", "sips:" .. phone.uri:match("sip:(.*)")))
  door:press()
  phone:expect_call():answer()
  door:expect_state("talking")
  t:equal(#t:sip_messages(), 0, "datagrams of SIP")
end)

scenario("a phone calls the door over TLS, and both can hang up", {req = {"SIP-01"}}, function(t)
  local phone, door = secure(t, "good.pem")
  t:wait(0.1)
  local call = phone:dial(door.uri .. ";transport=tls")
  call:expect_answer()
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
  call = phone:dial(door.uri .. ";transport=tls")
  call:expect_answer()
  door:hangup()
  call:expect_close()
end)

scenario("a certificate of an authority that is not trusted is refused, and told", {req = {"SIP-01"}}, function(t)
  refused(t, "good.pem", {["sip.tls_ca"] = CERT .. "other-ca.pem"}, "issuer certificate")
end)

scenario("a certificate for another name is refused while names are verified", {req = {"SIP-01"}}, function(t)
  refused(t, "name.pem", nil, "mismatch")
end)

scenario("a certificate for another name is taken where names are not verified", {req = {"SIP-01"}}, function(t)
  local phone, door = secure(t, "name.pem", {["sip.tls_verify_cn"] = false})
  door:press()
  phone:expect_call():answer()
  door:expect_state("talking")
end)

scenario("a certificate is out of date, or not valid yet, by the door's own calendar", {req = {"SIP-01"}}, function(t)
  refused(t, "late.pem", nil, "expired")
  refused(t, "early.pem", nil, "not yet valid")
end)

scenario("the calendar that judges certificates is the one that was set by hand", {req = {"SIP-01", "TIM-01"}}, function(t)
  local phone, door = secure(t, "early.pem", {["time.source"] = "manual"})
  t:ok(door:set_clock("2090-01-01 12:00:00"))
  door:press()
  phone:expect_call():answer()
  door:expect_state("talking")
end)

scenario("any certificate is taken where servers are not verified", {req = {"SIP-01"}}, function(t)
  local phone, door = secure(t, "late.pem", {["sip.tls_verify"] = false, ["sip.tls_ca"] = CERT .. "other-ca.pem"})
  door:press()
  phone:expect_call():answer()
  door:expect_state("talking")
end)

scenario("a door without a certificate makes its own: phones that verify nobody can call it over TLS", {req = {"SIP-01"}}, function(t)
  local door = t:door{["sip.transport"] = "tls"}
  local phone = t:phone{["sip.tls_verify"] = false, ["sip.transport"] = "tls"}
  t:wait(0.1)
  phone:dial(door.uri):expect_answer()
  door:expect_state("talking")
end)

scenario("a certificate file that is not there is told by its name, and the door still serves UDP", {req = {"SIP-01"}}, function(t)
  local door = t:door{["sip.tls_cert"] = "no/such/file.pem"}
  local e = door:expect_event("transport_fault", {about = "no/such/file.pem"})
  t:match(e.cause, "sip.tls_cert has to be a PEM file")
  t:phone():dial(door.uri):expect_answer()
end)

scenario("an authority file that is none is told by its name; calls over TLS fail and say so", {req = {"SIP-01"}}, function(t)
  local phone, door = secure(t, "good.pem", {["sip.tls_ca"] = CERT .. "README.md"})
  local e = door:expect_event("transport_fault", {about = CERT .. "README.md"})
  t:match(e.cause, "sip.tls_ca has to be a PEM file")
  door:press()
  door:expect_event("call_failed", {within = 2})
end)

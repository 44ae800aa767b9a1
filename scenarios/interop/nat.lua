-- STUN, ICE and IPv6 with programs that are not ours, in real time (SIP-08, SRV-04)

local function real(...) return {clock = "real", rig = "sim", timeout = 60, req = {...}} end

local function talk(t, door, b)
  b:expect_event("CALL_ESTABLISHED")
  door:play(1000, -12)
  door:expect_level{above = -20, within = 4}
  b:dtmf("4242")
  door:expect_relay(1, "on")
  t:wait(1)
end

local function heard(t, b)
  local level, seconds = b:heard()
  t:near(level, -12, 1.5, "level of the door's tone in baresip's recording")
  t:ok(seconds > 0.8, "seconds baresip recorded")
end

local function settings(stun, more)
  local s = stun:settings{["relay1.code1"] = "4242", ["nat.ice"] = true, ["door.boot_ms"] = 0}
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end

scenario("coturn tells the door its address, for SIP and for the sound of the next calls; killed, the door says so and calls at once",
  real("SIP-08", "SRV-04"), function(t)
  local stun = t:coturn{}
  local phone = t:baresip{plays = {hz = 500, dbm0 = -15}}
  local door = t:door(settings(stun, {["nat.ice"] = false, ["nat.keepalive_s"] = 5, ["button.day"] = phone.uri}))
  t:equal(door:expect_event("nat", {by = "stun"}).address, door.address, "there is no box between")
  t:wait(0.5)
  door:press()
  talk(t, door, phone)
  phone:hangup()
  door:expect_event("call_end")
  heard(t, phone)
  stun:kill()
  t:match(door:expect_event("nat_fault", {about = stun.address:match("^(.-):"), within = 8}).cause, "does not answer")
  local from = t:now()
  door:press(0.2)
  local invite = t:expect_sip{method = "INVITE", from = door, within = 1}
  for _, m in ipairs(t:sip_messages{method = "INVITE", from = door}) do invite = m end
  t:ok(invite.t - from < 0.35, "not delayed: " .. invite.t - from .. " s")
end)

scenario("the door calls baresip by ICE, offering; sound and digits go by the pair, the code opens", real("SIP-08"), function(t)
  local stun = t:coturn{}
  local phone = t:baresip{medianat = "ice", stun = stun, plays = {hz = 500, dbm0 = -15}}
  local door = t:door(settings(stun, {["button.day"] = phone.uri}))
  door:expect_event("nat", {by = "stun"})
  t:wait(0.5)
  door:press()
  local e = door:expect_event("ice", {state = "connected"})
  phone.process:expect_line("mnat 'ice' connected: raddr ")
  talk(t, door, phone)
  t:ok(not e.peer:find("^127%.77"), "baresip's candidate, not its SIP address: " .. e.peer)
  phone:hangup()
  door:expect_event("call_end")
  heard(t, phone)
end)

scenario("baresip calls the door by ICE, the door answering", real("SIP-08"), function(t)
  local stun = t:coturn{}
  local phone = t:baresip{medianat = "ice", stun = stun, plays = {hz = 500, dbm0 = -15}}
  local door = t:door(settings(stun))
  door:expect_event("nat", {by = "stun"})
  t:wait(0.5)
  phone:dial(door.uri)
  door:expect_event("ice", {state = "connected", within = 8})
  phone.process:expect_line("mnat 'ice' connected: raddr ", {within = 8})
  talk(t, door, phone)
  door:hangup()
  phone:expect_event("CALL_CLOSED")
  heard(t, phone)
end)

scenario("baresip without ICE takes the door's ICE offer as a plain one", real("SIP-08"), function(t)
  local stun = t:coturn{}
  local phone = t:baresip{plays = {hz = 500, dbm0 = -15}}
  local door = t:door(settings(stun, {["button.day"] = phone.uri}))
  t:wait(0.5)
  door:press()
  talk(t, door, phone)
  door:expect_no_event("ice", {during = 0.5})
  phone:hangup()
  door:expect_event("call_end")
  heard(t, phone)
end)

scenario("baresip that asks coturn for its address (stun) talks with the door", real("SIP-08"), function(t)
  local stun = t:coturn{}
  local phone = t:baresip{medianat = "stun", stun = stun, plays = {hz = 500, dbm0 = -15}}
  local door = t:door(settings(stun, {["button.day"] = phone.uri}))
  t:wait(0.5)
  door:press()
  talk(t, door, phone)
  phone:hangup()
  door:expect_event("call_end")
  heard(t, phone)
end)

scenario("on IPv6 the door calls baresip and is called by it, with sound and digits", real("SIP-01", "SIP-02"), function(t)
  local phone = t:baresip{ipv6 = true, plays = {hz = 500, dbm0 = -15}}
  t:match(phone.uri, "@%[::1%]:%d+$")
  local door = t:door{ipv6 = true, ["relay1.code1"] = "4242", ["relay1.hold_s"] = 1, ["door.boot_ms"] = 0, ["button.day"] = phone.uri}
  door:press()
  talk(t, door, phone)
  door:expect_relay(1, "off", {within = 3})
  phone:hangup()
  door:expect_event("call_end")
  heard(t, phone)
  phone:dial("sip:door@" .. door.address)
  talk(t, door, phone)
  door:hangup()
  phone:expect_event("CALL_CLOSED")
end)

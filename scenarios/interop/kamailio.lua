-- Kamailio as the PBX, stock baresip as its phone: programs that are not ours, in real time (SIP-03, SIP-10, CON-01, SUP-03)

local USERS = {["100"] = "door secret", ["101"] = "one", ["102"] = "two"}

local function real(...) return {clock = "real", rig = "sim", timeout = 60, req = {...}} end

local function office(t, settings, opts)
  local o = opts or {}
  local pbx = t:kamailio{users = USERS, expires = o.expires}
  local phone = t:baresip{user = "101", at = pbx, answer = o.answer, codec = o.codec, plays = {hz = 500, dbm0 = -15}}
  phone.process:expect_line("200 OK .*binding")
  local door = t:door(pbx:account("100", settings))
  door:expect_event("registration", {account = 1, ok = true})
  return pbx, phone, door
end

scenario("the door registers at Kamailio with digest and calls baresip through it; both hear each other",
  real("SIP-03", "CON-01", "SUP-03", "SIP-10"), function(t)
  local pbx, phone, door = office(t, {["button.day"] = "101", ["relay1.code1"] = "4242"})
  door:press()
  phone:expect_event("CALL_ESTABLISHED", {peeruri = pbx:number("100")})
  door:expect_state("talking")
  door:play(1000, -12)
  door:expect_level{above = -20}
  phone:dtmf("4242")
  door:expect_relay(1, "on")
  t:wait(1)
  phone:hangup()
  door:expect_event("call_end", {cause = "remote"})
  local level = phone:heard()
  t:near(level, -12, 1.5, "level of the door's tone at baresip")
end)

-- Every codec that both have.  baresip packs G.726 as AAL2 does, under the names of RFC 3551: it is no peer for that.
-- Who holds may go on sending (baresip does); who is held must not
for _, row in ipairs{{"PCMA", 1.5}, {"PCMU", 1.5}, {"G722", 1.5}, {"GSM", 3}, {"AMR", 3}, {"opus", 3}} do
  local codec, tol = row[1], row[2]
  scenario("by " .. codec .. " through Kamailio: voice both ways, baresip holds and resumes, voice again",
    real("SIP-05", "SIP-10", "SIP-03"), function(t)
    local _, phone, door = office(t, {["button.day"] = "101", ["sip.codecs"] = codec}, {codec = codec})
    door:press()
    local begun = door:expect_event("media", {codec = codec})
    phone:expect_event("CALL_ESTABLISHED")
    door:play(1000, -12)
    door:expect_level{above = -20}
    t:wait(1.2)
    t:near(door:level(), -15, tol, "level of baresip's tone at the door")
    phone:command("hold")
    local held = door:expect_event("call_hold", {held = true})
    t:wait(1.5)
    phone:command("resume")
    local resumed = door:expect_event("call_hold", {held = false})
    t:wait(1.5)
    t:near(door:level(), -15, tol, "level of baresip's tone after the hold")
    phone:hangup()
    local over = door:expect_event("call_end", {cause = "remote"})
    local stats = door:expect_event("media_stats")
    t:near(stats.sent / 50, over.t - begun.t - (resumed.t - held.t), 0.2, "seconds of voice that the door sent: none while held")
    local level, seconds = phone:heard()
    t:near(level, -12, tol, "level of the door's tone at baresip")
    -- its recording ends with the first hold
    t:near(seconds, held.t - begun.t, 0.2, "seconds of the door's voice at baresip until it holds")
  end)
end

scenario("the door hangs up through Kamailio, which asks its BYE for a password", real("SIP-03", "SIP-10"), function(t)
  local pbx, phone, door = office(t, {["button.day"] = "101"})
  door:press()
  phone:expect_event("CALL_ESTABLISHED")
  door:expect_state("talking")
  door:hangup()
  phone:expect_event("CALL_CLOSED")
end)

scenario("baresip calls the door's number through Kamailio", real("SIP-03", "DOOR-02"), function(t)
  local pbx, phone, door = office(t, {["door.answer_s"] = 1})
  phone:dial(pbx:number("100"))
  phone:expect_event("CALL_ESTABLISHED")
  door:expect_state("talking")
  phone:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("Kamailio relays the door's MESSAGE to a registered user, after a challenge", real("SUP-10", "SUP-03", "SIP-03"), function(t)
  local pbx, _, door = office(t, {["button.day"] = "102", identity = "123456789"})
  local receiver = t:phone{name = "receiver", pbx = pbx, user = "102", password = "two"}
  receiver:expect_event("registration", {ok = true})
  door:press()
  local m = receiver:expect_message{body = "identity=123456789 ;product=81 ;alerte=01"}
  t:equal(m.from, pbx:number("100"))
  door:expect_event("message_result", {to = pbx:number("102"), code = 200})
end)

scenario("a busy user and one unknown are passed over: the next contact is called", real("DOOR-03", "SIP-10"), function(t)
  local pbx, phone, door = office(t, {["door.advance_on_refusal"] = true})
  t:ok(door:set("button.day", pbx:number("busy") .. ",999," .. pbx:number("101")))
  door:press()
  door:expect_event("call_failed", {code = 486})
  door:expect_event("call_failed", {code = 404})
  phone:expect_event("CALL_ESTABLISHED")
  door:expect_state("talking")
end)

scenario("a wrong password is refused by Kamailio and told", real("SIP-03", "SIP-10"), function(t)
  local pbx = t:kamailio{users = USERS}
  local door = t:door(pbx:account("100", {["sip.account1.password"] = "wrong"}))
  door:expect_event("registration", {account = 1, ok = false, code = 401})
end)

scenario("Kamailio is killed: the fault goes to the P2P receiver as alert 404, the rescue contact is called; it is back: the door is " ..
  "registered again and calls through it",
  {clock = "real", rig = "sim", timeout = 150, req = {"CON-01", "SIP-10", "SUP-03", "SUP-12"}}, function(t)
  local rescue = t:baresip{name = "rescue"}
  local receiver = t:receiver()
  local pbx, phone, door = office(t, {["button.day"] = {"101", rescue.uri .. ";p2p"}, ["door.ring_s"] = 10, identity = "123456789",
    ["sip.register_retry_s"] = 10, ["tech.contacts"] = "101," .. receiver.uri .. ";p2p", ["sup.pbx_delay_s"] = 0}, {expires = 10})
  pbx:kill()
  door:press()
  rescue:expect_event("CALL_ESTABLISHED", {within = 12})
  door:expect_state("talking")
  door:hangup()
  rescue:expect_event("CALL_CLOSED")
  -- the called extension could not be reached, then the registration is lost: each is told;
  -- 404 has no frame: the answer is all the door wants
  local function told()
    local call = receiver:expect_call{from = "123456789_pannePbx", within = 10}
    receiver:expect_message{body = "identity=123456789 ;product=81 ;alerte=404"}
    call:answer()
    call:hangup()
    door:expect_event("report_end", {reason = "pannePbx", ok = true})
  end
  told()
  door:expect_event("registration", {ok = false, code = 0, within = 45})
  told()
  pbx:start()
  door:expect_event("registration", {ok = true, within = 12})
  -- baresip itself waits a minute before it tries again: another phone registers at once
  local other = t:phone{name = "other", pbx = pbx, user = "102", password = "two"}
  other:expect_event("registration", {ok = true})
  t:ok(door:set("button.day", "102"))
  door:press()
  other:expect_call{from = "100"}:answer()
  door:expect_state("talking")
end)

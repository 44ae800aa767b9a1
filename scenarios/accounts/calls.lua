-- Calls and messages by an account, contact forms, rescue contacts (CON-01, SUP-03, SIP-10)

local USERS = {["100"] = "door secret", ["101"] = "one", ["102"] = "two"}

-- a PBX with a registered door and a registered phone
local function office(t, opts, pbx_opts)
  local pbx = t:pbx{users = USERS, challenge = pbx_opts and pbx_opts.challenge}
  local phone = t:phone{name = "phone101", pbx = pbx, user = "101"}
  pbx:expect_event("registered", {user = "101"})
  local door = t:door(pbx:account("100", opts))
  door:expect_event("registration", {ok = true})
  return pbx, door, phone
end

scenario("a number is called at the PBX, from the account's identity, with a password", {req = {"CON-01", "SUP-03", "SIP-03"}},
  function(t)
  local pbx, door, phone = office(t, {["button.day"] = "101", ["sip.account1.display"] = "Front door"})
  door:press()
  door:expect_event("call_out", {to = pbx:number("101")})
  local call = phone:expect_call{from = "100"}
  pbx:expect_event("challenged", {user = "100", n = 407})
  t:match(call:header("From"), '^"Front door" <sip:100@[%d.]+>')
  call:answer()
  door:expect_state("talking")
  t:wait(5)
  call:expect_level{below = -60}
  door:play(440)
  call:expect_level{above = -30}
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("the MESSAGE beside an account's call goes by the account, with a password", {req = {"SUP-03", "SUP-10"}}, function(t)
  local pbx, door, phone = office(t, {["button.day"] = "101", identity = "123456789"})
  door:press()
  local m = phone:expect_message{body = "identity=123456789 ;product=81 ;alerte=01"}
  t:equal(m.from, pbx:number("100"))
  door:expect_event("message_result", {to = pbx:number("101"), code = 200})
end)

scenario("a door's BYE is repeated with a password when it is asked for one", {req = {"SIP-03", "SIP-10"}}, function(t)
  local pbx, door, phone = office(t, {["button.day"] = "101"})
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:expect_state("talking")
  pbx:forget_nonces()
  door:hangup()
  call:expect_close{code = 0, within = 1}
  t:expect_sip{method = "BYE", from = door}
end)

scenario("a phone of the PBX calls the door's number", {req = {"SIP-03", "DOOR-02"}}, function(t)
  local pbx, door, phone = office(t)
  local call = phone:dial(pbx:number("100"))
  call:expect_answer()
  door:expect_event("call_in")
  door:expect_state("talking")
  door:hangup()           -- its BYE is challenged, too
  call:expect_close{within = 2}
  door:expect_state("idle")
end)

scenario("the caller hangs up through the PBX", {req = {"SIP-03"}}, function(t)
  local pbx, door, phone = office(t)
  local call = phone:dial(pbx:number("100"))
  call:expect_answer()
  t:wait(1)
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("a user that is busy, one unknown and one not registered: the next contact is called",
  {req = {"DOOR-03", "SIP-10"}}, function(t)
  local pbx, door, phone = office(t, {["button.day"] = "999,102,101", ["door.advance_on_refusal"] = true})
  door:press()
  door:expect_event("call_failed", {code = 404})
  door:expect_event("call_failed", {code = 480})
  phone:expect_call():reject(486)
  door:expect_event("call_failed", {code = 486})
  door:expect_event("unavailable")
end)

scenario("the PBX says busy for a user, and the next contact rings", {req = {"DOOR-03"}}, function(t)
  local neighbour = t:phone{name = "neighbour"}
  local pbx, door = office(t, {["button.day"] = "101," .. neighbour.uri .. ";p2p", ["door.advance_on_refusal"] = true})
  pbx:user("101", {way = "busy"})
  door:press()
  door:expect_event("call_failed", {code = 486})
  neighbour:expect_call{from = "000000000_bouton_appel"}:answer()
  door:expect_state("talking")
end)

scenario("a user who cannot be reached is given up after T", {req = {"DOOR-03", "SIP-10"}}, function(t)
  local pbx, door, phone = office(t, {["button.day"] = "101", ["door.ring_s"] = 10})
  pbx:user("101", {way = "unreachable"})
  door:press()
  door:expect_event("call_failed", {code = 0, cause = "no answer", within = 11})
  t:expect_sip{method = "CANCEL", from = door}
  door:expect_event("unavailable")
  phone:expect_no_call{during = 5}
end)

scenario("a PBX that hears and says nothing: the rescue contact is called after T", {req = {"CON-01", "DOOR-03", "SIP-10"}}, function(t)
  local receiver = t:receiver()
  local pbx, door, phone = office(t, {["button.day"] = {"101", receiver.uri .. ";p2p"}, ["door.ring_s"] = 10})
  pbx:faults{silent = true}
  door:press()
  receiver:expect_call{within = 11, from = "000000000_bouton_appel"}:answer()
  door:expect_state("talking")
  pbx:faults{}
  phone:expect_no_call{during = 60}       -- the INVITE given up is not repeated
end)

scenario("a PBX that takes its time: the call rings later", {req = {"DOOR-03"}}, function(t)
  local pbx, door, phone = office(t, {["button.day"] = "101"})
  pbx:user("101", {way = "slow", delay = 8})
  door:press()
  phone:expect_no_call{during = 7}
  phone:expect_call{within = 2}:answer()
  door:expect_state("talking")
end)

scenario("a rescue contact is called from the P2P identity although an account is active",
  {req = {"CON-01", "SUP-02", "SUP-03"}}, function(t)
  local receiver = t:receiver()
  local pbx, door = office(t, {["button.day"] = receiver.uri .. ";p2p", identity = "123456789"})
  door:press()
  local call = receiver:expect_call{from = "123456789_bouton_appel"}
  t:equal(#t:events(pbx, "relayed"), 0)
  t:match(call:header("Contact"), "^<sip:123456789_bouton_appel@")
  receiver:expect_message{from = "sip:123456789_bouton_appel@" .. door.address:gsub(":5060", "")}
end)

scenario("the PBX is down: the rescue contact is called after T, and the account again when the PBX is back",
  {req = {"CON-01", "SIP-10", "SUP-03"}}, function(t)
  local receiver = t:receiver()
  local pbx = t:pbx{users = USERS, max_expires = 60}
  local phone = t:phone{pbx = pbx, user = "101"}
  local door = t:door(pbx:account("100", {["button.day"] = "101," .. receiver.uri .. ";p2p", ["door.ring_s"] = 10}))
  door:expect_event("registration", {ok = true})
  pbx:expect_event("registered", {user = "101"})
  pbx:kill()
  door:press()
  local rescue = receiver:expect_call{within = 11, from = "000000000_bouton_appel"}
  phone:expect_no_call()
  rescue:answer()
  door:expect_state("talking")
  door:expect_event("registration", {ok = false, within = 120})
  rescue:hangup()
  pbx:start()
  door:expect_event("registration", {ok = true, within = 200})
  while pbx:registered("101") == 0 do t:wait(5) end
  door:press()
  phone:expect_call{from = "100"}:answer()
  door:expect_state("talking")
end)

scenario("a mixed list: account 2, account 1 and a neighbour, each called as what it is", {req = {"CON-01", "SUP-03"}}, function(t)
  local a = t:pbx{users = USERS}
  local b = t:pbx{users = {["200"] = "other door", ["201"] = "x"}, realm = "b.test"}
  local at_a, at_b = t:phone{name = "at_a", pbx = a, user = "101"}, t:phone{name = "at_b", pbx = b, user = "201"}
  local neighbour = t:phone{name = "neighbour"}
  a:expect_event("registered", {user = "101"})
  b:expect_event("registered", {user = "201"})
  local door = t:door(a:account("100", b:account("200", {
    ["button.day"] = {"201;account=2", "101", neighbour.uri .. ";p2p"}, ["door.advance_on_refusal"] = true}, 2)))
  door:expect_event("registration", {account = 1, ok = true})
  door:expect_event("registration", {account = 2, ok = true})
  door:press()
  at_b:expect_call{from = "200"}:reject(486)
  at_a:expect_call{from = "100"}:reject(486)
  neighbour:expect_call{from = "000000000_bouton_appel"}:answer()
  door:expect_state("talking")
end)

scenario("an address without ;p2p is called by the account", {req = {"CON-01", "SUP-03"}}, function(t)
  local outside = t:phone{name = "outside"}
  local pbx, door = office(t, {["button.day"] = outside.address:gsub(":5060", "")})
  door:press()
  outside:expect_call{from = "100"}
end)

scenario("by a route every call of the account goes through the outbound proxy", {req = {"SIP-03", "CON-01"}}, function(t)
  local dead = t:pbx{name = "dead"}
  dead:kill()
  local pbx = t:pbx{name = "proxy", users = USERS}
  local phone = t:phone{pbx = pbx, user = "101"}
  pbx:expect_event("registered")
  local door = t:door(pbx:account("100", {["button.day"] = "101", ["sip.account1.route"] = pbx.uri .. ";lr",
    ["sip.account1.server"] = dead.address:match("^[^:]+"), ["sip.account1.domain"] = "pbx.test"}))
  door:expect_event("registration", {ok = true})
  door:press()
  door:expect_event("call_out", {to = "sip:101@pbx.test"})
  local call = phone:expect_call{from = "100"}
  t:equal(t:expect_sip{method = "INVITE", from = door}:header("Route"), "<" .. pbx.uri .. ";lr>")
  call:answer()
  door:expect_state("talking")
  t:equal(#t:sip_messages{to = dead}, 0)
end)

scenario("a wrong contact is told with what would be right", {req = {"CON-01"}}, function(t)
  local door = t:door()
  local function refused(value, pattern)
    local ok, err = door:set("button.day", value)
    t:ok(not ok, value .. " is refused")
    t:match(err, pattern)
  end
  refused("101", "101 is a number at a PBX, but no account is active")
  refused("sip:10.0.0.1;account=7", ";account= is 1, 2 or 3")
  refused("sip:10.0.0.1;account=2", "account that is not active: set sip.account2.active=yes")
  refused("101;p2p", ";p2p needs an address")
  refused("sip:10.0.0.1;p2p;account=1", "not beside ;")
end)

scenario("an alarm by an account: the receiver behind the PBX gets its frame", {req = {"SUP-03", "SUP-20"}}, function(t)
  local pbx, door, phone = office(t, {["button.day"] = "101;dtmf=required", identity = "123456789"})
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:expect_answer()
  t:wait(1)
  call:dtmf("C")
  local frame = call:expect_frame()
  t:equal(frame.identity, "123456789")
  t:ok(frame.crc_ok)
end)

scenario("a PBX that dies is reported by alert 404 to the rescue contact alone, and shown by the network relay until it is back",
  {req = {"SUP-12", "SUP-31", "REL-05", "CON-01", "SIP-10"}, timeout = 4000}, function(t)
  local centre = t:receiver()
  local pbx = t:pbx{users = USERS, max_expires = 60}
  local phone = t:phone{pbx = pbx, user = "101"}
  local door = t:door(pbx:account("100", {["tech.contacts"] = "101," .. centre.uri .. ";p2p", ["relay2.function"] = "network",
    ["sup.pbx_delay_s"] = 30}))
  door:expect_event("registration", {ok = true})
  pbx:kill()
  local lost = door:expect_event("registration", {ok = false, within = 120})
  door:expect_relay(2, "on", {within = 1})
  local call = centre:expect_call{within = 40, from = "000000000_pannePbx"}
  t:took(lost, t:now(), 31, 1, "from the loss to the call")
  centre:expect_message{body = "identity=000000000 ;product=81 ;alerte=404"}
  call:answer()
  t:wait(1)
  call:hangup()
  phone:expect_no_call()
  pbx:start()
  door:expect_event("registration", {ok = true, within = 200})
  door:expect_relay(2, "off", {within = 1})
  centre:expect_no_call{during = 600}
end)

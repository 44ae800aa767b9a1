-- Doors behind gateways: the gateway's address, STUN, ICE, symmetric RTP (SIP-08, SRV-04; manual §3.3.11)

-- boxes, and a server with faults, are the simulated network's
local declare = scenario
local function scenario(name, opts, fn)
  opts.clock = "virtual"
  declare(name, opts, fn)
end

local KINDS = {"full cone", "restricted", "port restricted", "symmetric"}

local function with(base, more)
  local s = {}
  for k, v in pairs(base) do s[k] = v end
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end

-- A door behind a box, a STUN server and a phone outside
local function behind(t, kind, settings, phone)
  local nat = t:nat{kind = kind}
  local stun = t:stun{}
  local desk = t:phone(with({name = "desk"}, phone))
  local door = t:door(stun:settings(with({nat = nat, ["button.day"] = desk.uri}, settings)))
  door:expect_event("nat", {by = "stun", within = 2})
  t:wait(2)
  return door, desk, stun, nat
end

-- Sound both ways and a digit, to the end of the call.  Behind a symmetric box nobody but the STUN server reaches the port
-- that it told: there the door hangs up
local function talk(t, door, call, door_ends)
  door:play(440, -10)
  call:play(1000, -12)
  call:expect_level{above = -13, within = 4}
  door:expect_level{above = -15, within = 4}
  call:dtmf("5")
  door:expect_event("digit", {digit = "x", within = 2})
  if door_ends then
    door:hangup()
    call:expect_close()
  else
    call:hangup()
    door:expect_event("call_end", {cause = "remote"})
  end
end

local function answered(t, door, desk)
  door:press()
  local call = desk:expect_call()
  call:answer()
  door:expect_event("call_answered")
  return call
end

-- what an SDP says
local function sdp(message)
  local b = message.body
  return {c = b:match("\r\nc=IN IP%d (%S+)"), o = b:match("o=%S+ %d+ %d+ IN IP%d (%S+)"), port = tonumber(b:match("m=audio (%d+)")),
    rtcp = tonumber(b:match("a=rtcp:(%d+)")), ufrag = b:match("a=ice%-ufrag:(%S+)"), pwd = b:match("a=ice%-pwd:(%S+)"), text = b}
end

local function delay_of_press(t, door)
  local before = t:now()
  door:press(0.15)
  local invite = t:expect_sip{method = "INVITE", from = door}
  return invite, invite.t - before
end

-- --- the gateway's address ---------------------------------------------------------------------------

scenario("the gateway's address stands in Contact, From and SDP, and its forwarded ports bring calls and sound to the door", {req = {"SIP-08"}}, function(t)
  local nat = t:nat{kind = "port restricted"}
  local desk = t:phone{name = "desk"}
  local door = t:door{nat = nat, ["nat.mode"] = "gateway", ["nat.gateway"] = nat:ip(), ["nat.gateway_port"] = 5070,
    ["button.day"] = desk.uri, ["sip.rtp_port_min"] = 7100, ["sip.rtp_port_max"] = 7108}
  local own = door.address:match("^(.-):")
  nat:forward(5070, door)
  for port = 7100, 7109 do nat:forward(port, own .. ":" .. port) end
  door:expect_event("nat", {address = nat:ip() .. ":5070", by = "gateway"})
  t:wait(2)
  local call = answered(t, door, desk)
  local invite = call:invite()
  t:match(invite:header("Contact"), "@" .. nat:ip():gsub("%.", "%%.") .. ":5070>")
  t:match(invite:header("From"), "@" .. nat:ip():gsub("%.", "%%.") .. ":5070>")
  local said = sdp(invite)
  t:equal(said.c, nat:ip(), "c=")
  t:equal(said.o, nat:ip(), "o=")
  t:ok(not invite.raw:gsub("Via:[^\r\n]*", ""):find(own, 1, true), "the private address stands in Via alone")
  talk(t, door, call)
  local back = desk:dial("sip:door@" .. nat:ip() .. ":5070")
  back:expect_answer()
  talk(t, door, back)
end)

scenario("a gateway's address changed while the door runs is told from the next call on, and registered anew at the PBX", {req = {"SIP-08", "SIP-10"}}, function(t)
  local pbx = t:pbx{users = {["100"] = "secret"}}
  local door = t:door(pbx:account("100", {["nat.gateway"] = "10.77.200.1"}))
  pbx:expect_event("registered", {user = "100"})
  t:ok(door:set("nat.mode", "gateway"))
  door:expect_event("nat", {address = "10.77.200.1:5060"})
  local new = t:expect_sip{method = "REGISTER", from = door, within = 2}
  local seen = {}
  t:wait(1)
  for _, m in ipairs(t:sip_messages{method = "REGISTER", from = door}) do
    seen[#seen + 1] = (m:header("Contact"):find("10%.77%.200%.1") and "new" or "old") .. (m:header("Expires") == "0" and " gone" or "")
  end
  t:ok(new and table.concat(seen, ","):find("old gone"), "the old contact is taken back: " .. table.concat(seen, ","))
  t:ok(table.concat(seen, ","):find("new"), "the new one is registered: " .. table.concat(seen, ","))
  t:ok(door:set("nat.mode", "direct"))
  t:wait(1)
  local all = t:sip_messages{method = "REGISTER", from = door}
  t:match(all[#all]:header("Contact"), door.address:match("^(.-):"):gsub("%.", "%%."))
end)

scenario("what cannot be a gateway's address is refused, and the message says what would be right", {req = {"SIP-08"}}, function(t)
  local door = t:door{}
  for _, bad in ipairs{"0.0.0.0", "127.0.0.1", "224.0.0.5", "255.255.255.255", "gateway.example", "[::]", "[::1]", "[ff02::1]", "10.0.0"} do
    local ok, err = door:set("nat.gateway", bad)
    t:ok(not ok, bad .. " is refused")
    t:match(err, "nat%.gateway")
  end
  for _, bad in ipairs{"256.1.1.1", "[1:2]", "[1:2:3:4:5:6:7:8:9]", "[::1::2]", "[12345::1]", "[fd77:::1]", "[fd77::1", "fd77::1]", "[1.2.3.4]", "a b"} do
    t:ok(not door:set("nat.gateway", bad), bad .. " is refused")
  end
  local ok, err = door:set("nat.mode", "gateway")
  t:ok(not ok, "a gateway without its address")
  t:match(err, "nat%.gateway.*set it first")
  ok, err = door:set("nat.mode", "stun")
  t:ok(not ok, "STUN without its server")
  t:match(err, "nat%.stun_server.*set it first")
  ok, err = door:set("nat.mode", "upnp")
  t:match(err, "direct")
  t:ok(not door:set("nat.stun_port", "70000"))
  t:ok(not door:set("nat.keepalive_s", "4"))
  for _, good in ipairs{"203.0.113.7", "[2001:db8::7]", "[2001:DB8:0:0:0:0:0:7]", "[::ffff:203.0.113.7]"} do
    t:ok(door:set("nat.gateway", good), good .. " is taken")
  end
end)

scenario("a gateway of the other address family is passed over: the event says so, and the direct address is told", {req = {"SIP-08"}}, function(t)
  local desk = t:phone{}
  local door = t:door{["nat.mode"] = "gateway", ["nat.gateway"] = "[2001:db8::7]", ["button.day"] = desk.uri}
  t:match(door:expect_event("nat_fault", {about = "[2001:db8::7]"}).cause, "family")
  t:wait(2)
  local call = answered(t, door, desk)
  t:equal(sdp(call:invite()).c, door.address:match("^(.-):"))
end)

-- --- STUN --------------------------------------------------------------------------------------------

for _, kind in ipairs(KINDS) do
  scenario("behind a " .. kind .. " box a press is a call with sound and digits both ways, its public address from STUN", {req = {"SIP-08", "SRV-04"}}, function(t)
    local door, desk, _, nat = behind(t, kind)
    local call = answered(t, door, desk)
    local invite = call:invite()
    local said = sdp(invite)
    t:equal(said.c, nat:ip(), "c=")
    t:equal(said.o, nat:ip(), "o=")
    t:ok(said.port >= 20000, "the public port: " .. said.port)
    t:match(invite:header("Contact"), "@" .. nat:ip():gsub("%.", "%%."))
    talk(t, door, call, kind == "symmetric")
  end)

  scenario("behind a " .. kind .. " box the call goes on by ICE, the door being the one that offers", {req = {"SIP-08", "SRV-04"}}, function(t)
    local door, desk = behind(t, kind, {["nat.ice"] = true}, {["nat.ice"] = true})
    local call = answered(t, door, desk)
    local e = door:expect_event("ice", {state = "connected"})
    t:equal(e.peer:match("^(.-):"), desk.address:match("^(.-):"), "the pair leads to the phone")
    t:ok(e.t - t:events(door, "call_answered")[1].t < 0.1, "within a tenth of a second")
    desk:expect_event("ice", {state = "connected", within = 0.2})
    talk(t, door, call, kind == "symmetric")
  end)
end

scenario("the public address is kept open and known: STUN is asked every nat.keepalive_s, from SIP's socket and two pairs for sound", {req = {"SIP-08", "SRV-04"}, timeout = 4000}, function(t)
  local nat = t:nat{timeout = 30}
  local stun = t:stun{}
  local desk = t:phone{name = "desk"}
  local door = t:door(stun:settings{nat = nat, ["nat.keepalive_s"] = 20})
  local at = door:expect_event("nat", {by = "stun"}).address
  t:wait(3600 - 1)
  t:near(#t:events(stun, "asked"), 5 * 180, 10, "requests in an hour")
  local call = desk:dial("sip:door@" .. at)
  t:raises(function() call:expect_answer{within = 1} end, "expected an answer")
  call:hangup()
  door:expect_no_event("nat_fault", {during = 0.1})
end)

scenario("behind a full cone box others call the door at the address that STUN told, an hour after the start too", {req = {"SIP-08", "SRV-04", "SIP-02"}, timeout = 4000}, function(t)
  local nat = t:nat{kind = "full cone", timeout = 30}
  local stun = t:stun{}
  local desk = t:phone{name = "desk"}
  local door = t:door(stun:settings{nat = nat})
  local at = door:expect_event("nat", {by = "stun"}).address
  t:wait(3600)
  local call = desk:dial("sip:door@" .. at)
  call:expect_answer()
  talk(t, door, call)
end)

scenario("a box that restarts is noticed with the next keep-alive, and the PBX gets the new contact", {req = {"SIP-08", "SRV-04", "SIP-10"}}, function(t)
  local nat = t:nat{kind = "full cone"}
  local stun = t:stun{}
  local pbx = t:pbx{users = {["100"] = "secret"}}
  local door = t:door(pbx:account("100", stun:settings{nat = nat}))
  local first = door:expect_event("nat", {by = "stun"}).address
  pbx:expect_event("registered", {user = "100"})
  local count = #t:sip_messages{method = "REGISTER"}
  for _, m in ipairs(t:sip_messages{method = "REGISTER"}) do t:match(m:header("Contact"), first:gsub("%.", "%%.")) end
  nat:restart()
  local second = door:expect_event("nat", {by = "stun", within = 25}).address
  t:ok(second ~= first, "another port")
  t:wait(1)
  local all = t:sip_messages{method = "REGISTER"}
  t:ok(#all > count, "registered anew")
  t:match(all[#all]:header("Contact"), second:gsub("%.", "%%."))
  pbx:expect_event("registered", {user = "100"})
end)

scenario("a registration waits half a second for the public address, not longer", {req = {"SIP-08", "SIP-10"}}, function(t)
  local stun = t:stun{}
  stun:fault("dead")
  local pbx = t:pbx{users = {["100"] = "secret"}}
  t:door(pbx:account("100", stun:settings{}))
  t:near(t:expect_sip{method = "REGISTER"}.t, 0.5, 0.01)
end)

local FAULTS = {
  dead = "does not answer", transaction = "does not answer", garbage = "does not answer", short = "does not answer",
  stranger = "does not answer", error = "refuses", family = "no usable address", zero = "no usable address", empty = "no usable address",
}

for _, fault in ipairs{"dead", "transaction", "garbage", "short", "stranger", "error", "family", "zero", "empty"} do
  scenario("with a STUN server of fault \"" .. fault .. "\" a press calls at once, with the direct address, and the events say why", {req = {"SIP-08", "SRV-04"}}, function(t)
    local stun = t:stun{}
    stun:fault(fault)
    local desk = t:phone{name = "desk"}
    local door = t:door(stun:settings{["button.day"] = desk.uri})
    t:match(door:expect_event("nat_fault", {within = 3}).cause, FAULTS[fault])
    local invite, delay = delay_of_press(t, door)
    t:near(delay, 0.1, 0.005, "from the press to the INVITE: door.press_ms and nothing more")
    t:equal(sdp(invite).c, door.address:match("^(.-):"))
    t:match(door:expect_event("nat_fault").cause, "direct address")
    local call = desk:expect_call()
    call:answer()
    door:expect_event("call_answered")
    talk(t, door, call)
    door:expect_no_event("nat", {during = 60})
    stun:fault("none")
    door:expect_event("nat", {by = "stun", within = 25})
  end)
end

scenario("a press in the first moments, before STUN has answered, is not delayed either", {req = {"SIP-08", "SRV-04"}}, function(t)
  local stun = t:stun{}
  stun:fault("slow", {delay_ms = 900})
  local desk = t:phone{name = "desk"}
  local door = t:door(stun:settings{["button.day"] = desk.uri})
  local invite, delay = delay_of_press(t, door)
  t:near(delay, 0.1, 0.005)
  t:equal(sdp(invite).c, door.address:match("^(.-):"))
  door:expect_event("nat", {by = "stun", within = 2})
end)

scenario("when a STUN server dies, the addresses it told stay in force for the next calls", {req = {"SIP-08", "SRV-04"}}, function(t)
  local door, desk, stun, nat = behind(t, "full cone")
  stun:fault("dead")
  t:match(door:expect_event("nat_fault", {within = 30}).cause, "does not answer")
  t:wait(120)
  local invite, delay = delay_of_press(t, door)
  t:near(delay, 0.1, 0.005)
  t:equal(sdp(invite).c, nat:ip())
  local call = desk:expect_call()
  call:answer()
  door:expect_event("call_answered")
  talk(t, door, call)
end)

scenario("a STUN server that lies cannot keep the sound away: the phone follows the door's packets", {req = {"SIP-08", "SRV-04"}}, function(t)
  local nat = t:nat{}
  local stun = t:stun{}
  stun:fault("lying")
  local desk = t:phone{name = "desk"}
  local door = t:door(stun:settings{nat = nat, ["button.day"] = desk.uri})
  door:expect_event("nat", {by = "stun"})
  t:wait(1)
  door:press()
  local call = desk:expect_call()
  t:equal(sdp(call:invite()).c, "10.77.99.99")
  call:answer()
  door:play(440, -10)
  call:expect_level{above = -13, within = 4}
end)

scenario("a STUN server's name without DNS, or one not found, is told, and calls go direct", {req = {"SRV-04"}}, function(t)
  local desk = t:phone{name = "desk"}
  local door = t:door{["nat.mode"] = "stun", ["nat.stun_server"] = "stun.example", ["button.day"] = desk.uri}
  local e = door:expect_event("nat_fault", {about = "stun.example"})
  t:match(e.cause, "not found")
  answered(t, door, desk)
  door:expect_event("nat_fault")
end)

scenario("a STUN server's name is looked up, by address or by service record; one not found is asked for again", {req = {"SRV-04", "SIP-08"}}, function(t)
  local dns = t:dns{}
  local stun = t:stun{}
  local door = t:door{dns = dns, ["nat.mode"] = "stun", ["nat.stun_server"] = "stun.example"}
  t:match(door:expect_event("nat_fault", {about = "stun.example"}).cause, "not found")
  dns:host("stun.example", stun)
  t:equal(door:expect_event("nat", {by = "stun", within = 35}).address, door.address)
  dns:srv("_stun._udp.service.example", "stun.example", 3478)
  t:ok(door:set("nat.stun_port", "0"))
  local before = #t:events(stun, "asked")
  t:ok(door:set("nat.stun_server", "service.example"))
  dns:expect_event("asked", {name = "_stun._udp.service.example", type = "SRV"})
  door:expect_event("nat", {by = "stun", within = 2})
  t:ok(#t:events(stun, "asked") > before)
end)

scenario("after the cable was out, STUN is asked at once", {req = {"SIP-08", "SRV-04"}}, function(t)
  local door, _, stun = behind(t, "port restricted")
  door:link(false)
  t:match(door:expect_event("nat_fault", {within = 30}).cause, "does not answer")
  t:wait(100)
  local before = #t:events(stun, "asked")
  door:link(true)
  door:expect_event("nat", {by = "stun", within = 0.5})
  t:ok(#t:events(stun, "asked") > before)
end)

-- --- symmetric RTP -----------------------------------------------------------------------------------

scenario("without symmetric RTP, sound goes where SDP says, wherever theirs comes from", {req = {"SIP-08"}}, function(t)
  local nat = t:nat{}
  local home = t:phone{name = "home", nat = nat}
  local door = t:door{["nat.symmetric_rtp"] = false}
  local call = home:dial(door.uri)
  call:expect_answer()
  door:play(440, -10)
  call:play(1000, -10)
  door:expect_level{above = -14, within = 4}
  t:wait(1)
  t:ok(call:level() < -60, "the box lets nothing in that goes to the private address")
  call:hangup()
end)

scenario("with symmetric RTP, a caller behind a box that tells its private address is heard and hears", {req = {"SIP-08"}}, function(t)
  local nat = t:nat{kind = "symmetric"}
  local home = t:phone{name = "home", nat = nat}
  local door = t:door{}
  local call = home:dial(door.uri)
  call:expect_answer()
  talk(t, door, call)
end)

-- --- ICE ---------------------------------------------------------------------------------------------

scenario("with ICE the door answers an offer, controlled, and sound goes by the pair that was nominated", {req = {"SIP-08"}}, function(t)
  local door, desk, _, nat = behind(t, "full cone", {["nat.ice"] = true}, {["nat.ice"] = true})
  local at = t:events(door, "nat")[1].address
  local call = desk:dial("sip:door@" .. at)
  call:expect_answer()
  door:expect_event("ice", {state = "connected"})
  t:equal(desk:expect_event("ice", {state = "connected"}).peer:match("^(.-):"), nat:ip())
  local answer = t:expect_sip{code = 200, cseq = "INVITE", to = desk}
  t:ok(#sdp(answer).ufrag >= 4 and #sdp(answer).pwd >= 22, "credentials")
  talk(t, door, call)
end)

scenario("a door and a phone behind one box find each other inside, by ICE", {req = {"SIP-08"}}, function(t)
  local nat = t:nat{kind = "symmetric"}
  local stun = t:stun{}
  local home = t:phone{name = "home", nat = nat, ["nat.ice"] = true}
  local door = t:door(stun:settings{nat = nat, ["nat.ice"] = true, ["button.day"] = home.uri})
  door:expect_event("nat", {by = "stun"})
  t:wait(2)
  local call = answered(t, door, home)
  t:equal(door:expect_event("ice", {state = "connected"}).peer:match("^(.-):"), home.address:match("^(.-):"))
  talk(t, door, call, true)
end)

scenario("an offer carries host and reflexive candidates for RTP and RTCP, and the default is one of them", {req = {"SIP-08"}}, function(t)
  local door, desk, _, nat = behind(t, "port restricted", {["nat.ice"] = true})
  door:press()
  local said = sdp(desk:expect_call():invite())
  local own, seen = door.address:match("^(.-):"), {}
  for f, comp, proto, prio, addr, port, kind in said.text:gmatch("a=candidate:(%S+) (%d) (%S+) (%d+) (%S+) (%d+) typ (%a+)") do
    seen[comp .. kind] = addr .. ":" .. port
    t:equal(proto, "UDP")
    t:ok(#f > 0 and tonumber(prio) > 0)
  end
  t:match(seen["1host"], "^" .. own:gsub("%.", "%%."))
  t:match(seen["2host"], "^" .. own:gsub("%.", "%%."))
  t:equal(seen["1srflx"], nat:ip() .. ":" .. said.port, "the default is a candidate")
  t:match(seen["2srflx"], "^" .. nat:ip():gsub("%.", "%%."))
end)

scenario("a phone without ICE gets no ICE: its answer has none, and sound goes by SDP at once", {req = {"SIP-08"}}, function(t)
  local door, desk = behind(t, "port restricted", {["nat.ice"] = true})
  local call = answered(t, door, desk)
  talk(t, door, call)
  door:expect_no_event("ice", {during = 5})
end)

scenario("a door without ICE answers an ICE offer plainly", {req = {"SIP-08"}}, function(t)
  local desk = t:phone{name = "desk", ["nat.ice"] = true}
  local door = t:door{}
  local call = desk:dial(door.uri)
  call:expect_answer()
  local answer = t:expect_sip{code = 200, cseq = "INVITE", to = desk}
  t:ok(not answer.body:find("ice%-") and not answer.body:find("candidate"), "no ICE in the answer")
  talk(t, door, call)
end)

scenario("hold and resume leave ICE as it is, and sound comes back", {req = {"SIP-08", "SIP-10"}}, function(t)
  local door, desk = behind(t, "port restricted", {["nat.ice"] = true}, {["nat.ice"] = true})
  local call = answered(t, door, desk)
  local first = sdp(call:invite())
  door:expect_event("ice", {state = "connected"})
  call:hold(true)
  door:expect_event("call_hold", {held = true})
  t:wait(2)
  local ok = t:expect_sip{code = 200, cseq = "INVITE", from = door}
  t:equal(sdp(ok).ufrag, first.ufrag, "no new round")
  call:hold(false)
  door:expect_event("call_hold", {held = false})
  talk(t, door, call)
end)

-- a peer by hand: its SDP is what the scenario wants
local function raw_invite(door, from, body, seq)
  return table.concat({"INVITE " .. door.uri .. " SIP/2.0", "Via: SIP/2.0/UDP " .. from.address .. ";branch=z9hG4bK" .. seq,
    "From: <sip:a@" .. from.address .. ">;tag=a", "To: <" .. door.uri .. ">", "Call-ID: ice" .. seq, "CSeq: " .. seq .. " INVITE",
    "Contact: <sip:a@" .. from.address .. ">", "Max-Forwards: 70", "Content-Type: application/sdp", "Content-Length: " .. #body, "", body}, "\r\n")
end

local function raw_sdp(ip, lines)
  return table.concat({"v=0", "o=- 1 1 IN IP4 " .. ip, "s=-", "c=IN IP4 " .. ip, "t=0 0", "m=audio 9000 RTP/AVP 8"}, "\r\n") .. "\r\n" ..
    table.concat(lines, "\r\n") .. "\r\n"
end

scenario("spoilt ICE in an offer harms nothing: short credentials, no candidates, wild ones, a mismatch", {req = {"SIP-08"}}, function(t)
  local PWD = "a=ice-pwd:abcdefghijklmnopqrstuv"
  local good = "a=candidate:1 1 UDP 2130706431 %s 9000 typ host"
  local many = {"a=ice-ufrag:abcd", PWD}
  for i = 1, 60 do many[#many + 1] = "a=candidate:" .. i .. " 1 UDP " .. i .. " 10.77.50." .. (i % 250 + 1) .. " 9000 typ host" end
  local odd = {
    {{"a=ice-ufrag:a", PWD, good}, false, "ufrag too short"},
    {{"a=ice-ufrag:abcd", "a=ice-pwd:short", good}, false, "pwd too short"},
    {{"a=ice-ufrag:ab cd", PWD, good}, false, "a blank in ufrag"},
    {{"a=ice-ufrag:" .. ("x"):rep(300), PWD, good}, false, "ufrag too long"},
    {{"a=ice-ufrag:abcd", good}, false, "no pwd"},
    {{"a=ice-ufrag:abcd", PWD}, false, "no candidate"},
    {{"a=ice-ufrag:abcd", PWD, "a=candidate:1 1 UDP 1 10.77.0.99 9000 typ host"}, false, "default not among the candidates"},
    {{"a=ice-ufrag:abcd", PWD, "a=candidate:", "a=candidate:1 1 UDP 1 0.0.0.0 0 typ host", "a=candidate:1 9 UDP 1 255.255.255.255 1 typ x", "a=candidate:1 1 TCP 1 10.77.0.9 9 typ host tcptype active"}, false, "none that can be used"},
    {many, false, "sixty"},
    {{"a=ice-ufrag:abcd", PWD, good, "a=candidate:2 1 UDP 1 peer.local 9000 typ host", "a=candidate:3 1 UDP 99999999999999 fe80::1 9000 typ srflx raddr x rport y"}, true, "one good among others"},
  }
  local peer = t:sip_socket{}
  local ip = peer.address:match("^(.-):")
  local door = t:door{["nat.ice"] = true}
  for i, case in ipairs(odd) do
    local lines = {}
    for k, l in ipairs(case[1]) do lines[k] = l:find("%%s") and l:format(ip) or l end
    peer:send(raw_invite(door, peer, raw_sdp(ip, lines), i), door)
    local ok = peer:expect("^SIP/2.0 200 OK.*Call%-ID: ice" .. i .. "\r.*m=audio", {within = 2})
    t:equal(ok.data:find("ice%-ufrag") ~= nil, case[2], case[3])
    door:hangup()
    t:wait(70)
  end
end)

scenario("ICE with a peer that answers no check falls back to the addresses of SDP within two seconds", {req = {"SIP-08"}}, function(t)
  local peer = t:sip_socket{}
  local ip = peer.address:match("^(.-):")
  local door = t:door{["nat.ice"] = true}
  peer:send(raw_invite(door, peer, raw_sdp(ip, {"a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuv",
    "a=candidate:1 1 UDP 2130706431 " .. ip .. " 9000 typ host"}), 1), door)
  local from = peer:expect("^SIP/2.0 200 OK.*ice%-ufrag").t
  local e = door:expect_event("ice", {state = "failed", within = 3})
  t:ok(e.t - from < 2.1, "after " .. e.t - from .. " s")
end)

scenario("a re-INVITE with new ICE credentials begins a new round, the same ones none, and one without ICE ends it", {req = {"SIP-08", "SIP-10"}}, function(t)
  local peer = t:sip_socket{}
  local ip = peer.address:match("^(.-):")
  local door = t:door{["nat.ice"] = true}
  local lines = {"a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuv", "a=candidate:1 1 UDP 2130706431 " .. ip .. " 9000 typ host"}
  local tag = ""
  local function offer(seq, body)
    local text = raw_invite(door, peer, body, 1):gsub("CSeq: 1", "CSeq: " .. seq):gsub("branch=z9hG4bK1", "branch=z9hG4bKr" .. seq)
    peer:send((text:gsub("\r\nTo: [^\r]*", function(to) return to .. tag end)), door)
    local ok = peer:expect("^SIP/2.0 200 OK.*CSeq: " .. seq .. " INVITE", {within = 2}).data
    tag = ok:match("\r\nTo: [^\r]*(;tag=[^\r;]*)")
    peer:send((text:gsub("^INVITE", "ACK"):gsub(" INVITE", " ACK"):gsub("\r\nTo: [^\r]*", function(to) return to .. tag end)
      :gsub("Content%-Type.*", "Content-Length: 0\r\n\r\n")), door)
    t:wait(0.2)
    return ok:match("a=ice%-ufrag:(%S+)")
  end
  local first = offer(1, raw_sdp(ip, lines))
  t:ok(first, "ICE is answered")
  t:equal(offer(2, raw_sdp(ip, lines)), first, "the same credentials")
  lines[1] = "a=ice-ufrag:efgh"
  local second = offer(3, raw_sdp(ip, lines))
  t:ok(second and second ~= first, "new credentials of ours")
  t:equal(offer(4, raw_sdp(ip, {})), nil, "no ICE any more")
  t:ok(offer(5, raw_sdp(ip, lines)), "ICE again")
  door:hangup()
end)

scenario("what a phone without ICE holds and resumes carries no ICE of the door's any more", {req = {"SIP-08"}}, function(t)
  local a, b = t:phone{name = "a", ["nat.ice"] = true}, t:door{}
  local call = a:dial(b.uri)
  call:expect_answer()
  t:match(t:expect_sip{method = "INVITE", from = a}.body, "ice%-ufrag")
  call:hold(true)
  b:expect_event("call_hold", {held = true})
  t:ok(not t:expect_sip{method = "INVITE", from = a}.body:find("candidate"), "the re-INVITE has none")
  call:hangup()
end)

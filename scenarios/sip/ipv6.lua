-- A door on IPv6: calls, messages, registration, digits, and what is wrong with addresses (SIP-01, SIP-02, NET-01; RFC 5118, RFC 4566)

-- the simulated network has IPv6 whatever the machine has
local declare = scenario
local function scenario(name, opts, fn)
  opts.clock = "virtual"
  declare(name, opts, fn)
end

local function pair(t, settings)
  local desk = t:phone{name = "desk", ipv6 = true}
  local s = {ipv6 = true, ["button.day"] = desk.uri, identity = "123456789"}
  for k, v in pairs(settings or {}) do s[k] = v end
  return t:door(s), desk
end

local function ip_of(x) return x.address:match("^%[(.-)%]") end

scenario("a press calls a contact sip:[address], sends its MESSAGE, and sound and digits go both ways", {req = {"SIP-02", "SUP-02", "SUP-10"}}, function(t)
  local door, desk = pair(t)
  t:match(desk.uri, "^sip:%[fd77::%x+%]$")
  door:press()
  local call = desk:expect_call{from = "123456789_bouton_appel"}
  local e = desk:expect_message()
  t:match(e.body, "^identity=123456789 ;product=81 ;alerte=01$")
  local invite = call:invite()
  local ip = ip_of(door):gsub("%-", "%%-")
  t:match(invite:header("Contact"), "@%[" .. ip .. "%]>")
  t:match(invite:header("Via"), "%[" .. ip .. "%]:5060")
  t:match(invite:header("From"), "@%[" .. ip .. "%]")
  t:match(invite.body, "o=%S+ %d+ %d+ IN IP6 " .. ip .. "\r\n")
  t:match(invite.body, "c=IN IP6 " .. ip .. "\r\n")
  call:answer()
  door:expect_event("call_answered")
  door:play(440, -10)
  call:play(1000, -12)
  call:expect_level{above = -13, within = 4}
  door:expect_level{above = -15, within = 4}
  call:dtmf("5")
  door:expect_event("digit", {via = "rfc4733"})
  call:hangup()
  door:expect_event("call_end", {cause = "remote"})
end)

scenario("a phone calls the door's sip:[address], hears it, opens it, and its MESSAGE is taken", {req = {"SIP-02", "DOOR-02", "REL-08"}}, function(t)
  local door, desk = pair(t, {["relay1.code1"] = "4242"})
  local call = desk:dial(door.uri)
  call:expect_answer()
  call:dtmf("4242")
  door:expect_relay(1, "on")
  call:hold(true)
  door:expect_event("call_hold", {held = true})
  call:hold(false)
  door:expect_event("call_hold", {held = false})
  desk:message(door.uri, "bonjour")
  door:expect_event("message_in", {body = "bonjour"})
  door:hangup()
  call:expect_close()
end)

scenario("an alarm goes through by DTMF over IPv6", {req = {"SUP-20", "SUP-22"}}, function(t)
  local centre = t:alarm_receiver{ipv6 = true}
  local door = t:door{ipv6 = true, ["button.day"] = centre.uri, identity = "123456789"}
  door:press()
  centre:expect_event("crc_ok", {within = 15})
  door:expect_event("sup_end", {result = "ok", within = 15})
end)

scenario("an account at a PBX [address] registers, calls and is called", {req = {"SIP-03", "SIP-10", "SUP-03"}}, function(t)
  local pbx = t:pbx{ipv6 = true, users = {["100"] = "secret", ["101"] = "other"}}
  local desk = t:phone{name = "desk", ipv6 = true, pbx = pbx, user = "101"}
  local door = t:door(pbx:account("100", {ipv6 = true, ["button.day"] = "101"}))
  pbx:expect_event("registered", {user = "100"})
  local register = t:expect_sip{method = "REGISTER", from = door}
  t:match(register:header("Contact"), "100@%[fd77::%x+%]")
  t:wait(2)
  door:press()
  local call = desk:expect_call()
  call:answer()
  door:expect_event("call_answered")
  call:hangup()
  door:expect_event("call_end")
  local back = desk:dial(pbx:number("100"))
  back:expect_answer()
  back:hangup()
  door:expect_event("call_end")
end)

scenario("behind an IPv6 box STUN tells the public address, and ICE finds the way", {req = {"SIP-08", "SRV-04"}}, function(t)
  local nat = t:nat{ipv6 = true, kind = "port restricted"}
  local stun = t:stun{ipv6 = true}
  local desk = t:phone{name = "desk", ipv6 = true, ["nat.ice"] = true}
  local door = t:door(stun:settings{ipv6 = true, nat = nat, ["nat.ice"] = true, ["button.day"] = desk.uri})
  local box = nat.address:match("^%[(.-)%]")
  t:match(door:expect_event("nat", {by = "stun"}).address, "^%[" .. box .. "%]:%d+$")
  t:wait(2)
  door:press()
  local call = desk:expect_call()
  t:match(call:header("Contact"), "@%[" .. box .. "%]:%d+>")
  t:match(call:invite().body, "c=IN IP6 " .. box .. "\r\n")
  call:answer()
  t:match(door:expect_event("ice", {state = "connected"}).peer, "^%[" .. ip_of(desk) .. "%]")
  door:play(440, -10)
  call:expect_level{above = -13, within = 4}
  call:hangup()
  door:expect_event("call_end")
end)

scenario("over TCP the door calls and is called on IPv6", {req = {"SIP-01"}}, function(t)
  local desk = t:phone{name = "desk", ipv6 = true, ["sip.tcp"] = true}
  local door = t:door{ipv6 = true, ["sip.tcp"] = true, ["button.day"] = desk.uri .. ";transport=tcp"}
  door:press()
  local call = desk:expect_call()
  t:equal(#t:sip_messages{method = "INVITE"}, 0, "datagrams")
  call:answer()
  door:expect_event("call_answered")
  call:hangup()
  door:expect_event("call_end")
end)

-- --- an INVITE by hand -------------------------------------------------------------------------------

local function invite(door, from, body, n, contact)
  return table.concat({"INVITE " .. door.uri .. " SIP/2.0", "Via: SIP/2.0/UDP " .. from.address .. ";branch=z9hG4bKv6" .. n,
    "From: <sip:a@" .. from.address .. ">;tag=a" .. n, "To: <" .. door.uri .. ">", "Call-ID: v6-" .. n, "CSeq: 1 INVITE",
    "Contact: " .. (contact or "<sip:a@" .. from.address .. ">"), "Max-Forwards: 70", "Content-Type: application/sdp",
    "Content-Length: " .. #body, "", body}, "\r\n")
end

local function sdp(lines)
  return table.concat(lines, "\r\n") .. "\r\n"
end

local function refused(t, door, peer, n, body, code, what)
  peer:send(invite(door, peer, body, n), door)
  local e = peer:expect("^SIP/2.0 [2-6]%d%d .*Call%-ID: v6%-" .. n .. "\r", {within = 2})
  t:equal(tonumber(e.data:match("^SIP/2.0 (%d+)")), code, what)
end

scenario("sound at an IPv4 address is refused by a door on IPv6, and the other way round: 488, Warning 301", {req = {"SIP-02", "SIP-10"}}, function(t)
  local peer6, door6 = t:sip_socket{name = "six", ipv6 = true}, t:door{ipv6 = true}
  local peer4, door4 = t:sip_socket{name = "four"}, t:door{name = "old"}
  local four = sdp{"v=0", "o=- 1 1 IN IP4 10.77.0.9", "s=-", "c=IN IP4 10.77.0.9", "t=0 0", "m=audio 9000 RTP/AVP 8"}
  local six = sdp{"v=0", "o=- 1 1 IN IP6 fd77::9", "s=-", "c=IN IP6 fd77::9", "t=0 0", "m=audio 9000 RTP/AVP 8"}
  refused(t, door6, peer6, 1, four, 488, "IPv4 to IPv6")
  door6:expect_event("sip_refused", {method = "INVITE", code = 488})
  refused(t, door4, peer4, 2, six, 488, "IPv6 to IPv4")
  door4:expect_event("sip_refused", {method = "INVITE", code = 488})
  t:equal(#t:sip_messages{code = 488}, 2)
  for _, m in ipairs(t:sip_messages{code = 488}) do t:match(m:header("Warning"), "^301 .*network address") end
  refused(t, door6, peer6, 3, six, 200, "IPv6 to IPv6")
  refused(t, door4, peer4, 4, four, 200, "IPv4 to IPv4")
end)

scenario("a called phone that answers with an address of the other family ends the call, and the next contact is called", {req = {"SIP-02", "DOOR-03"}}, function(t)
  local peer = t:sip_socket{name = "odd", ipv6 = true}
  local desk = t:phone{name = "desk", ipv6 = true}
  local door = t:door{ipv6 = true, ["button.day"] = {"sip:" .. peer.address, desk.uri}, ["door.advance_on_refusal"] = true}
  door:press()
  local e = peer:expect("^INVITE ")
  local head = {}
  for _, h in ipairs{"Via", "From", "Call%-ID", "CSeq"} do head[#head + 1] = e.data:match("\r\n(" .. h .. ": [^\r]*)") end
  local body = sdp{"v=0", "o=- 1 1 IN IP4 10.77.0.9", "s=-", "c=IN IP4 10.77.0.9", "t=0 0", "m=audio 9000 RTP/AVP 8"}
  peer:send("SIP/2.0 200 OK\r\n" .. table.concat(head, "\r\n") .. "\r\nTo: <sip:odd>;tag=x\r\nContact: <sip:odd@" .. peer.address ..
    ">\r\nContent-Type: application/sdp\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body, door)
  door:expect_event("call_failed")
  desk:expect_call{within = 5}
end)

scenario("malformed IPv6 addresses in a Contact, a Via or SDP harm nothing", {req = {"SIP-02"}}, function(t)
  local peer, door = t:sip_socket{ipv6 = true}, t:door{ipv6 = true}
  local good = sdp{"v=0", "o=- 1 1 IN IP6 fd77::9", "s=-", "c=IN IP6 fd77::9", "t=0 0", "m=audio 9000 RTP/AVP 8"}
  for i, bad in ipairs{"fd77::1::2", "fd77", ":::", "12345::1", "fd77::1%eth0", "", ("f"):rep(200), "1:2:3:4:5:6:7:8:9", "::g"} do
    peer:send(invite(door, peer, sdp{"v=0", "o=- 1 1 IN IP6 " .. bad, "s=-", "c=IN IP6 " .. bad, "t=0 0", "m=audio 9000 RTP/AVP 8"}, 100 + i), door)
    peer:send(invite(door, peer, good, 200 + i, "<sip:a@[" .. bad .. "]:5060>"), door)
    peer:send((invite(door, peer, good, 300 + i):gsub("UDP %S-;", function() return "UDP [" .. bad .. "]:5060;" end)), door)
    peer:send((invite(door, peer, good, 400 + i):gsub("INVITE sip:%S+", function() return "INVITE sip:[" .. bad .. "]" end)), door)
    door:hangup()
    t:wait(40)
  end
  local desk = t:phone{name = "desk", ipv6 = true}
  local call = desk:dial(door.uri)
  call:expect_answer()
  call:hangup()
  door:expect_event("call_end")
end)

scenario("settings take [address] where a host is wanted, and refuse malformed ones", {req = {"SIP-03", "CON-01"}}, function(t)
  local door = t:door{ipv6 = true}
  for _, good in ipairs{"[fd77::1]", "[2001:db8::7]", "[1:2:3:4:5:6:7:8]", "[::ffff:192.0.2.1]", "[1::]"} do
    t:ok(door:set("sip.account1.server", good), good)
    t:ok(door:set("button.day", "sip:" .. good), good)
    t:ok(door:set("button.day", "sip:101@" .. good .. ":5070;transport=tcp"), good)
  end
  for _, bad in ipairs{"[fd77::1", "fd77::1]", "[::1::2]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[12345::]", "[::g]", "[]", "[:]", "[::1.2.3]", "[fe80::1%eth0]", "[1.2.3.4::]"} do
    t:ok(not door:set("sip.account1.server", bad), bad)
    local ok, err = door:set("button.day", "sip:" .. bad)
    t:ok(not ok, bad)
    t:match(err, "button%.day")
  end
end)

scenario("a contact of the other address family fails at once, with its cause, and the next one is called", {req = {"DOOR-03", "SIP-02"}}, function(t)
  local desk = t:phone{name = "desk", ipv6 = true}
  local door = t:door{ipv6 = true, ["button.day"] = {"sip:10.77.0.250", desk.uri}, ["door.advance_on_refusal"] = true}
  door:press()
  local e = door:expect_event("call_failed", {within = 1})
  t:ok(#e.cause > 0, "a cause")
  desk:expect_call{within = 5}
end)

-- --- names -------------------------------------------------------------------------------------------

scenario("a name with an IPv4 and an IPv6 address is called at the one of the door's family", {req = {"SIP-02", "CON-01"}}, function(t)
  for _, six in ipairs{true, false} do
    local dns = t:dns{ipv6 = six}
    local old, new = t:phone{name = "old"}, t:phone{name = "new", ipv6 = true}
    dns:host("desk.example", old, new)
    local door = t:door{dns = dns, ipv6 = six, ["button.day"] = "sip:desk.example:5060"}
    door:press()
    local call = (six and new or old):expect_call()
    call:answer()
    door:expect_event("call_answered")
    call:hangup()
    door:expect_event("call_end")
    t:equal(#t:events(six and old or new, "call_in"), 0, "calls to the other one")
  end
end)

scenario("a name without an address of the door's family, or unknown, fails with its cause, and the next contact is called", {req = {"SIP-02", "DOOR-03"}}, function(t)
  local dns = t:dns{ipv6 = true}
  local desk = t:phone{name = "desk", ipv6 = true}
  dns:host("old.example", "10.77.0.250")
  local door = t:door{dns = dns, ipv6 = true, ["button.day"] = {"sip:old.example:5060", "sip:none.example", desk.uri}, ["door.advance_on_refusal"] = true}
  door:press()
  door:expect_event("call_failed", {within = 2})
  door:expect_event("call_failed", {within = 2})
  desk:expect_call{within = 2}
end)

scenario("a service record leads to a PBX's host and port, on IPv6", {req = {"SIP-02", "SIP-03"}}, function(t)
  local dns = t:dns{ipv6 = true}
  local desk = t:phone{name = "desk", ipv6 = true, ["sip.port"] = 5060}
  dns:srv("_sip._udp.desk.example", "host.desk.example", 5060)
  dns:host("host.desk.example", desk)
  local door = t:door{dns = dns, ipv6 = true, ["button.day"] = "sip:101@desk.example"}
  door:press()
  desk:expect_call()
end)

-- Alert 404 for a called extension that the PBX cannot reach (SUP-12, manual §3.3.22.3 and §3.3.22.5.3)

local USERS = {["100"] = "door secret", ["101"] = "one", ["102"] = "two"}
local ALERT = "identity=123456789 ;product=81 ;alerte=404"

-- A registered door, a PBX, and a technical receiver that needs no PBX
local function office(t, opts)
  local centre = t:receiver{name = "centre"}
  local pbx = t:pbx{users = USERS}
  local all = {identity = "123456789", ["tech.contacts"] = centre.uri .. ";p2p", ["door.ring_s"] = 10,
               ["door.advance_on_refusal"] = true, ["button.day"] = "101"}
  for k, v in pairs(opts or {}) do all[k] = v end
  local door = t:door(pbx:account("100", all))
  door:expect_event("registration", {ok = true})
  t:wait(2)
  return door, centre, pbx
end

-- The centre hears of it, by From and by MESSAGE
local function told(door, centre, within)
  local call = centre:expect_call{from = "123456789_pannePbx", within = within or 5}
  centre:expect_message{body = ALERT}
  call:answer()
  call:hangup()
  door:expect_event("report_end", {reason = "pannePbx", ok = true})
end

scenario("an extension that nobody registered is reported by alert 404 to the P2P contact",
  {req = {"SUP-12", "SUP-31", "SUP-10", "SUP-02"}}, function(t)
  local door, centre = office(t)
  door:press()
  door:expect_event("call_failed", {within = 5})
  door:expect_event("extension", {contact = "101", ok = false})
  told(door, centre)
end)

-- A PBX by hand: it takes no REGISTER, and answers the call by a code, perhaps after a provisional one
local function answering(t, code, before)
  local pbx = t:sip_socket{name = "pbx"}
  local centre = t:receiver{name = "centre"}
  local door = t:door{identity = "123456789", ["tech.contacts"] = centre.uri .. ";p2p", ["button.day"] = "101",
    ["sip.account1.active"] = true, ["sip.account1.server"] = pbx.address:match("^[^:]+"), ["sip.account1.user"] = "100",
    ["sup.message_button"] = false, ["door.advance_on_refusal"] = true}
  t:wait(2)
  door:press()
  local invite = pbx:expect("^INVITE ").data
  local function reply(status)
    local lines = {"SIP/2.0 " .. status .. " Word"}
    for line in invite:gmatch("[^\r\n]+") do
      local name = line:match("^(%S+):")
      if name == "Via" or name == "From" or name == "Call-ID" or name == "CSeq" then lines[#lines + 1] = line end
      if name == "To" then lines[#lines + 1] = line .. ";tag=pbx" end
    end
    pbx:send(table.concat(lines, "\r\n") .. "\r\nContent-Length: 0\r\n\r\n", door)
  end
  if before then
    reply(before)
    door:expect_event("call_ringing", {code = before})
  end
  reply(code)
  door:expect_event("call_failed", {code = code})
  return door, centre
end

for _, code in ipairs{404, 408, 410, 480, 500, 502, 503, 504} do
  scenario("a PBX that answers " .. code .. " cannot reach the extension: alert 404", {req = {"SUP-12"}}, function(t)
    local door, centre = answering(t, code)
    told(door, centre)
  end)
end

for _, code in ipairs{403, 486, 488, 600, 603} do
  scenario("an extension that is refused by " .. code .. " is no fault", {req = {"SUP-12"}}, function(t)
    local door, centre = answering(t, code)
    centre:expect_no_call{during = 10}
    t:equal(#t:events(door, "extension"), 0, "unreachable extensions")
  end)
end

scenario("an extension that rang and then was given up by 480 is no fault", {req = {"SUP-12"}}, function(t)
  local door, centre = answering(t, 480, 180)
  centre:expect_no_call{during = 10}
end)

scenario("an announcement by 183 before the 404 does not hide it", {req = {"SUP-12"}}, function(t)
  local door, centre = answering(t, 404, 183)
  told(door, centre)
end)

scenario("an extension of which nothing is heard in time is reported, one that rings is not",
  {req = {"SUP-12", "DOOR-03"}}, function(t)
  local door, centre, pbx = office(t, {["button.day"] = "101,102"})
  local silent = t:phone{name = "phone101", pbx = pbx, user = "101"}
  pbx:expect_event("registered", {user = "101"})
  pbx:user("101", {way = "unreachable"})
  local phone = t:phone{name = "phone102", pbx = pbx, user = "102"}
  pbx:expect_event("registered", {user = "102"})
  local at = t:now()
  door:press()
  phone:expect_call{within = 11}                    -- it rings, and nobody answers
  door:expect_event("extension", {contact = "101", ok = false})
  told(door, centre, 15)
  t:near(t:now() - at, 21.2, 0.5, "the list first, then the report")
  centre:expect_no_call{during = 30}
  t:equal(#t:events(door, "extension"), 1, "unreachable extensions")
end)

scenario("an unreachable extension is reported once, and again after it was reached meanwhile",
  {req = {"SUP-12"}, timeout = 4000}, function(t)
  local door, centre, pbx = office(t)
  for n = 1, 3 do
    door:press()
    door:expect_event("call_failed", {within = 5})
    if n == 1 then told(door, centre) end
    t:wait(20)
  end
  t:equal(#t:events(door, "report"), 1, "reports of three presses")
  local phone = t:phone{name = "phone101", pbx = pbx, user = "101"}
  pbx:expect_event("registered", {user = "101"})
  door:press()
  local call = phone:expect_call()
  door:expect_event("extension", {contact = "101", ok = true})
  call:answer()
  call:hangup()
  centre:expect_no_call{during = 30}                -- no recovery code
  phone:unregister()
  pbx:expect_event("unregistered", {user = "101"})
  door:press()
  told(door, centre)
end)

scenario("two unreachable extensions are one report where both wait, and each its own event", {req = {"SUP-12"}}, function(t)
  local door, centre = office(t, {["button.day"] = "101,102"})
  door:press()
  door:expect_event("extension", {contact = "101", ok = false})
  door:expect_event("extension", {contact = "102", ok = false})
  door:expect_event("unavailable", {within = 15})
  told(door, centre)
  centre:expect_no_call{during = 30}
end)

scenario("a technical call to an unreachable extension is itself followed by alert 404, to the P2P contact alone",
  {req = {"SUP-12", "SUP-31"}}, function(t)
  local centre = t:receiver{name = "centre"}
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100", {identity = "123456789", ["tech.contacts"] = "101," .. centre.uri .. ";p2p",
    ["door.advance_on_refusal"] = true}))
  door:expect_event("registration", {ok = true})
  t:wait(2)
  door:mains(false)
  local call = centre:expect_call{from = "123456789_defautSecteur", within = 10}
  call:answer()
  call:hangup()
  door:expect_event("report_end", {reason = "defautSecteur", ok = true})
  centre:expect_message{body = "identity=123456789 ;product=81 ;alerte=12"}
  told(door, centre, 10)
  centre:expect_no_call{during = 60}                -- it does not feed itself
end)

scenario("an unreachable neighbour without PBX is no fault of a PBX", {req = {"SUP-12"}}, function(t)
  local door, centre = office(t, {["button.day"] = "sip:10.77.9.9;p2p"})
  door:press()
  door:expect_event("unavailable", {within = 15})
  centre:expect_no_call{during = 60}
end)

scenario("the report of an unreachable extension can be switched off, and its MESSAGE alone",
  {req = {"SUP-12", "SUP-11"}}, function(t)
  local door, centre = office(t, {["sup.report_pbx_fault"] = false})
  door:press()
  door:expect_event("extension", {ok = false})
  centre:expect_no_call{during = 60}
  door:set("sup.report_pbx_fault", "yes")
  door:set("sup.message_pbx_fault", "no")
  door:set("button.day", "102")
  door:press()
  local call = centre:expect_call{from = "123456789_pannePbx", within = 10}
  call:answer()
  centre:expect_no_event("message_in", {during = 5})
end)

scenario("without P2P contact an unreachable extension reaches nobody", {req = {"SUP-12"}}, function(t)
  local door, centre, pbx = office(t, {["tech.contacts"] = "102"})
  local phone = t:phone{name = "phone102", pbx = pbx, user = "102"}
  pbx:expect_event("registered", {user = "102"})
  door:press()
  door:expect_event("report_end", {reason = "pannePbx", ok = false, within = 10})
  phone:expect_no_call{during = 10}
  phone:expect_no_event("message_in")
end)

scenario("while a registration is lost its extensions are not reported beside it", {req = {"SUP-12"}}, function(t)
  local door, centre, pbx = office(t, {["sup.pbx_delay_s"] = 5})
  pbx:kill()
  door:account(1, false, "timeout")
  told(door, centre, 10)
  door:press()
  door:expect_event("unavailable", {within = 15})
  centre:expect_no_call{during = 30}
  t:equal(#t:events(door, "extension"), 0, "unreachable extensions")
end)

scenario("the P2P contact is down too: the report has failed, and is not repeated for ever", {req = {"SUP-12", "SUP-23"}}, function(t)
  local door = office(t, {["tech.contacts"] = "sip:10.77.9.9;p2p"})
  door:press()
  door:expect_event("report_end", {reason = "pannePbx", ok = false, within = 20})
  t:wait(600)
  t:equal(#t:events(door, "report"), 1, "reports")
end)

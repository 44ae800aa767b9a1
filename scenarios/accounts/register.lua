-- Accounts at a PBX: registration, refresh, faults, presence (SIP-03, SIP-10)

local USERS = {["100"] = "door secret", ["101"] = "one", ["102"] = "two"}

scenario("an account registers with digest and keeps registered for days", {req = {"SIP-03", "SIP-10"}, timeout = 300000},
  function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {account = 1, ok = true, code = 200})
  pbx:expect_event("challenged", {user = "100", n = 401})
  pbx:expect_event("registered", {user = "100", n = 3600})
  t:wait(2 * 86400)
  t:ok(pbx:registered("100") > 0, "still registered")
  door:expect_no_event("registration")
  t:ok(#t:events(pbx, "registered") >= 50, "refreshed before each hour was over")
end)

scenario("the password never goes over the network, nor into an event", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = true})
  door:set("sip.account1.password", "another")
  door:expect_event("setting", {key = "sip.account1.password", value = "(secret)"})
  for _, m in ipairs(t:sip_messages()) do
    t:ok(not m.raw:find("door secret", 1, true) and not m.raw:find("another", 1, true), "no password in " .. m.first)
  end
end)

scenario("a wrong password is refused once, told, and tried again later", {req = {"SIP-03", "SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100", {["sip.account1.password"] = "wrong"}))
  door:expect_event("registration", {ok = false, code = 401})
  t:wait(20)
  t:equal(#t:events(pbx, "wrong_password"), 1, "tries so far")
  door:expect_no_event("registration")
  pbx:expect_event("wrong_password")
  pbx:expect_event("wrong_password", {within = 120})
  pbx:user("100", {password = "wrong"})
  door:expect_event("registration", {ok = true, within = 125})
end)

scenario("an unknown user is told as not found", {req = {"SIP-03", "SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100", {["sip.account1.user"] = "999"}))
  door:expect_event("registration", {ok = false, code = 404})
end)

scenario("an account that is forbidden goes on trying, with more patience where the PBX asks for it",
  {req = {"SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS}
  pbx:faults{register = 403, retry_after = 300}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = false, code = 403, cause = "Forbidden"})
  local first = pbx:expect_event("refused", {n = 403})
  local second = pbx:expect_event("refused", {n = 403, within = 400})
  t:took(first, second, 300, 1, "Retry-After")
  pbx:faults{}
  door:expect_event("registration", {ok = true, within = 301})
end)

scenario("an answer to a stale nonce is given again", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  pbx:faults{stale = 1}
  local door = t:door(pbx:account("100"))
  pbx:expect_event("stale", {user = "100"})
  door:expect_event("registration", {ok = true})
  t:equal(#t:events(pbx, "registered"), 1)
end)

scenario("a PBX that always says stale does not keep the door busy", {req = {"SIP-03", "SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS}
  pbx:faults{stale = 1000}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = false, code = 401})
  t:ok(#t:sip_messages{method = "REGISTER"} <= 20, "not more than 20 tries")
end)

scenario("a challenge of another realm than the password's ends as a refusal", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  pbx:faults{realm = true}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = false, code = 401})
end)

scenario("a registration that is too short for the PBX is asked for longer", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS, min_expires = 600}
  local door = t:door(pbx:account("100", {["sip.account1.expires_s"] = 60}))
  pbx:expect_event("refused", {n = 423})
  pbx:expect_event("registered", {n = 600})
  door:expect_event("registration", {ok = true})
end)

scenario("a registration that the PBX shortens is renewed in time", {req = {"SIP-03", "SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS, max_expires = 60}
  t:door(pbx:account("100"))
  local first = pbx:expect_event("registered", {n = 60})
  local second = pbx:expect_event("registered", {n = 60, within = 60})
  local took = second.t - first.t
  t:ok(took >= 48 and took <= 54.5, "between 80 and 90 % of 60 s: " .. took)
end)

scenario("a PBX that dies is told, tried with back-off, and found again when it is back", {req = {"SIP-10"}, timeout = 10000}, function(t)
  local pbx = t:pbx{users = USERS, max_expires = 60}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = true})
  t:wait(1)
  pbx:kill()
  local lost = door:expect_event("registration", {ok = false, code = 0, within = 100})
  t:ok(lost.t < 61 + 33, "told at the first refresh without an answer")
  t:wait(3600)
  door:expect_no_event("registration")
  local from, tries = t:now(), {}
  t:wait(600)
  for _, m in ipairs(t:sip_messages{method = "REGISTER"}) do tries[m:header("CSeq")] = m.t >= from or nil end
  local n = 0
  for _ in pairs(tries) do n = n + 1 end
  t:ok(n >= 3 and n <= 8, n .. " tries in ten minutes")
  pbx:start()
  door:expect_event("registration", {ok = true, within = 155})
end)

scenario("a PBX that restarts and forgot the door finds it again at the next refresh", {req = {"SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS, max_expires = 60}
  local door = t:door(pbx:account("100"))
  pbx:expect_event("registered", {within = 2})
  pbx:kill()
  pbx:start()
  t:equal(pbx:registered("100"), 0)
  pbx:expect_event("registered", {within = 60})
  door:expect_event("registration", {ok = true})
  door:expect_no_event("registration")
end)

scenario("when the cable is back the door registers at once", {req = {"SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS, max_expires = 60}
  local door = t:door(pbx:account("100"))
  door:expect_event("registration", {ok = true})
  door:link(false)
  door:expect_event("registration", {ok = false, within = 100})
  t:wait(1000)
  door:link(true)
  door:expect_event("registration", {ok = true, within = 1})
end)

scenario("a door that stops takes its registration back", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100"))
  pbx:expect_event("registered")
  door:restart()
  pbx:expect_event("unregistered", {user = "100"})
  pbx:expect_event("registered", {user = "100", within = 5})
  t:ok(pbx:registered("100") > 3000)
end)

scenario("a door restarts in time although its PBX is dead, and comes back to it", {req = {"SIP-03", "SIP-10"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local phone = t:phone()
  local door = t:door(pbx:account("100", {["button.day"] = phone.uri .. ";p2p"}))
  door:expect_event("registration", {ok = true})
  pbx:kill()
  door:restart()
  t:wait(1)
  t:equal(#t:events(door, "boot"), 2)
  door:press()
  phone:expect_call():answer()
  door:expect_state("talking")
  pbx:start()
  door:expect_event("registration", {ok = true, within = 60})
end)

scenario("a door that loses its supply says nothing to its PBX", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100"))
  pbx:expect_event("registered")
  door:power(false)
  pbx:expect_no_event("unregistered", {during = 60})
end)

scenario("the supply is lost while the door registers: no event, no packet after that", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  pbx:faults{silent = true}
  local door = t:door(pbx:account("100"))
  t:wait(1)
  door:power(false)
  local at = t:now()
  door:expect_no_event("registration", {during = 100})
  for _, m in ipairs(t:sip_messages{from = door}) do t:ok(m.t <= at, "sent before the supply was lost") end
end)

scenario("an account that is switched off is given up, and one that is changed registers anew", {req = {"SIP-03"}},
  function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100"))
  pbx:expect_event("registered", {user = "100"})
  t:ok(door:set("sip.account1.password", "one"))
  t:ok(door:set("sip.account1.user", "101"))
  pbx:expect_event("unregistered", {user = "100"})
  pbx:expect_event("registered", {user = "101"})
  t:ok(door:set("sip.account1.active", false))
  pbx:expect_event("unregistered", {user = "101"})
  local ok, err = door:set("button.day", "102")
  t:ok(not ok)
  t:match(err, "102 is a number at a PBX, but no account is active: set sip.account1.active=yes")
end)

scenario("three accounts register at three PBXs, and each fault is its own", {req = {"SIP-03", "SIP-10"}}, function(t)
  local a, b, c = t:pbx{users = USERS}, t:pbx{users = USERS}, t:pbx{users = USERS}
  b:faults{register = 403}
  local door = t:door(a:account("100", b:account("101", c:account("102", {}, 3), 2), 1))
  door:expect_event("registration", {account = 1, ok = true})
  door:expect_event("registration", {account = 2, ok = false, code = 403})
  door:expect_event("registration", {account = 3, ok = true})
end)

scenario("where the outbound proxy is dead, the account registers straight at the server", {req = {"SIP-03", "SIP-10"}},
  function(t)
  local pbx, proxy = t:pbx{users = USERS}, t:pbx{name = "proxy", users = {}}
  proxy:kill()
  local door = t:door(pbx:account("100", {["sip.account1.route"] = proxy:number("x"):gsub("x@", "")}))
  door:expect_event("registration", {ok = true, within = 40})
  t:ok(#t:sip_messages{method = "REGISTER", to = proxy} > 0, "the proxy was tried first")
end)

scenario("presence is published, refreshed, and closed at the end", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100", {["sip.account1.publish"] = true, ["sip.account1.expires_s"] = 300}))
  door:expect_event("presence", {ok = true})
  pbx:expect_event("presence", {user = "100", text = "open", n = 300})
  pbx:expect_event("presence", {user = "100", text = "", n = 300, within = 300})
  t:wait(1)
  door:restart()
  pbx:expect_event("presence", {user = "100", text = "closed"})
end)

scenario("a PBX that forgot the presence gets it anew, one that refuses it is told", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS}
  local door = t:door(pbx:account("100", {["sip.account1.publish"] = true, ["sip.account1.expires_s"] = 60}))
  pbx:expect_event("presence", {text = "open"})
  pbx:faults{unknown_etag = true}
  pbx:expect_event("refused", {n = 412, within = 60})
  pbx:expect_event("presence", {text = "open"})
  pbx:faults{publish = 489}
  door:expect_event("presence", {ok = true})
  door:expect_event("presence", {ok = false, code = 489, within = 60})
  t:equal(door:state(), "idle")
end)

scenario("presence that is too short for the PBX is published for longer", {req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = USERS, min_expires = 900}
  t:door(pbx:account("100", {["sip.account1.publish"] = true, ["sip.account1.expires_s"] = 300}))
  pbx:expect_event("presence", {text = "open", n = 900})
end)

scenario("without accounts the door registers nowhere", {req = {"SIP-02", "SIP-03"}, timeout = 8000}, function(t)
  t:door()
  t:wait(7200)
  t:equal(#t:sip_messages(), 0)
end)

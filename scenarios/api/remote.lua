-- The API's relay codes and its users (manual §3.3.19): every code of HTTP, and what the door does with it

local CODES = {["relay1.code1"] = "1234", ["relay1.hold_s"] = 3}

local function door_with(t, settings)
  local o = {}
  for k, v in pairs(CODES) do o[k] = v end
  for k, v in pairs(settings or {}) do o[k] = v end
  return t:door(o)
end

local function asked(t, door, want, request, fields, opts)
  local code, text, challenge = door:api(request, fields, opts)
  t:equal(code, want, request .. " " .. text)
  return text, challenge
end

scenario("the API opens by a code for the time of the strike", {req = {"API-01", "API-50", "REL-02"}}, function(t)
  local door = door_with(t)
  for _, how in ipairs{{"GET"}, {"POST"}, {"POST", json = true}} do
    asked(t, door, 200, how[1] .. " /api/remote", {code = "1234"}, {json = how.json})
    local on = door:expect_relay(1, "on")
    door:expect_event("api", {request = "remote", code = 200})
    door:expect_relay(1, "off", {after = on, exactly = 3})
  end
end)

scenario("the API answers 480 while the strike is energised, and the hold is not longer for it", {req = {"API-01", "REL-07"}}, function(t)
  local door = door_with(t)
  asked(t, door, 200, "POST /api/remote/", {code = "1234"})
  local on = door:expect_relay(1, "on")
  t:wait(2)
  asked(t, door, 480, "POST /api/remote/", {code = "1234"})
  door:expect_event("code_refused", {relay = 1, cause = "running"})
  door:expect_relay(1, "off", {after = on, exactly = 3})
end)

scenario("the API answers 403 to a wrong code and to a local one, and 400 to none", {req = {"API-01", "REL-08"}}, function(t)
  local door = door_with(t, {["relay2.code1"] = "55", ["relay2.code1_type"] = "local"})
  asked(t, door, 403, "POST /api/remote", {code = "4321"})
  door:expect_event("code_refused", {relay = 0, cause = "wrong"})
  asked(t, door, 403, "GET /api/remote", {code = "55"})
  door:expect_event("code_refused", {relay = 2, cause = "local"})
  t:ok(asked(t, door, 400, "POST /api/remote", {cod = "1234"}):find("code"), "it is said which field is missing")
  asked(t, door, 400, "POST /api/remote", '{"code":')
  door:expect_no_relay(1, {during = 1})
end)

scenario("the API answers 401 without a challenge outside of a code's time slot, and 200 inside", {req = {"API-01", "SCH-01"}}, function(t)
  local door = door_with(t, {["relay1.code1_slot"] = "1", ["slot1.hours"] = ""})
  local text, challenge = asked(t, door, 401, "POST /api/remote", {code = "1234"})
  t:equal(challenge, nil, "challenge")
  t:ok(text:find("slot"), "it is said why")
  door:expect_no_relay(1, {during = 1})
  t:ok(door:set("slot1.hours", "mon-sun 00:00-24:00"))
  asked(t, door, 200, "POST /api/remote", {code = "1234"})
  door:expect_relay(1, "on")
end)

for _, f in ipairs{"line", "mains", "network"} do
  scenario("the API answers 423 where the relay of a code shows " .. f, {req = {"API-01", "REL-06"}}, function(t)
    local door = door_with(t, {["relay2.code1"] = "77", ["relay2.function"] = f})
    asked(t, door, 423, "POST /api/remote", {code = "77"})
    door:expect_event("code_refused", {relay = 2, cause = "function"})
  end)
end

scenario("a user of the API shows who he is as api.auth says", {req = {"API-50"}}, function(t)
  local door, challenge = door_with(t), {basic = "basic", digest = "digest"}
  for _, auth in ipairs{"none", "basic", "digest"} do
    t:ok(door:set("api.auth", auth))
    local _, c = asked(t, door, 401, "GET /api/voip", {type = "terminate_all"}, {user = false})
    t:equal(c, challenge[auth], "challenge of " .. auth)
    asked(t, door, 401, "GET /api/voip", {type = "terminate_all"}, {password = "Admin"})
    asked(t, door, 401, "GET /api/voip", {type = "terminate_all"}, {user = "Admin"})
    asked(t, door, 200, "GET /api/voip", {type = "terminate_all"})
  end
  t:ok(door:set("api.auth", "none"))
  asked(t, door, 200, "POST /api/voip", {type = "terminate_all", login = "admin", password = "admin"}, {user = false})
  asked(t, door, 401, "POST /api/voip", {type = "terminate_all", login = "admin", password = "x"}, {user = false})
  t:ok(door:set("api.user", "toto"))
  t:ok(door:set("api.password", "titi"))
  asked(t, door, 200, "POST /api/voip", {type = "terminate_all", login = "toto", password = "titi"}, {user = false})
  asked(t, door, 401, "POST /api/voip", {type = "terminate_all", login = "admin", password = "admin"}, {user = false})
end)

scenario("ten wrong passwords from one address are followed by a minute of silence for it alone", {req = {"API-50"}}, function(t)
  local door = door_with(t)
  for _ = 1, 10 do asked(t, door, 401, "POST /api/remote", {code = "1234"}, {password = "guess", from = "192.0.2.1"}) end
  door:expect_event("api", {request = "login locked", from = "192.0.2.1"})
  asked(t, door, 429, "POST /api/remote", {code = "1234"}, {from = "192.0.2.1"})
  asked(t, door, 200, "POST /api/remote", {code = "1234"}, {from = "192.0.2.2"})
  t:wait(59)
  asked(t, door, 429, "POST /api/remote", {code = "1234"}, {from = "192.0.2.1"})
  t:wait(1)
  asked(t, door, 200, "POST /api/remote", {code = "1234"}, {from = "192.0.2.1"})
end)

scenario("ten wrong codes lock out who knows the password", {req = {"API-01"}}, function(t)
  local door = door_with(t)
  for i = 1, 10 do asked(t, door, 403, "POST /api/remote", {code = "999" .. i % 10}, {from = "2001:db8::" .. i}) end
  asked(t, door, 429, "POST /api/remote", {code = "1234"}, {from = "2001:db8::ffff"})
  door:expect_no_relay(1, {during = 1})
  asked(t, door, 200, "POST /api/voip", {type = "terminate_all"}, {from = "2001:db8::ffff"})
end)

scenario("the API refuses what is no path, no method, or another site's page", {req = {"API-01"}}, function(t)
  local door = door_with(t)
  asked(t, door, 404, "GET /api/nothing")
  asked(t, door, 404, "GET /api/remote/../remote", {code = "1234"})
  asked(t, door, 405, "PUT /api/remote", {code = "1234"})
  asked(t, door, 405, "POST /api/openapi.json")
  asked(t, door, 403, "POST /api/remote", {code = "1234"}, {site = "cross-site"})
  door:expect_no_relay(1, {during = 1})
  asked(t, door, 200, "GET /api/openapi.json", nil, {user = false})
end)

scenario("no event of the API tells a code or a password", {req = {"API-01", "REL-08"}}, function(t)
  local door = door_with(t)
  asked(t, door, 403, "POST /api/remote", {code = "8642"}, {password = "admin"})
  asked(t, door, 200, "POST /api/remote", {code = "1234"})
  asked(t, door, 401, "POST /api/remote", {code = "1234"}, {password = "tellme"})
  for _, e in ipairs(t:events(door, "api")) do
    t:ok(not (e.request:find("8642") or e.request:find("1234") or e.request:find("tellme")), e.request)
  end
end)

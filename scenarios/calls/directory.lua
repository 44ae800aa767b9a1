-- The directory of an LDAP server: when it is read, what stays, who is called from it (SRV-01, CON-02, API-20)

local PEOPLE = {{name = "Zoé", number = "192.168.9.9"}, {name = "Anna", number = "101"}}

local DAYS = 3 * 86400

local function door_with(t, opts)
  opts = opts or {}
  opts.directory = opts.directory or PEOPLE
  opts["ldap.enabled"], opts["ldap.server"] = true, "ldap.example"
  return t:door(opts)
end

local function names(door)
  local out = {}
  for _, e in ipairs((door:directory())) do out[#out + 1] = e.name .. "=" .. e.number end
  return table.concat(out, ",")
end

local BOTH = "Anna=101,Zoé=sip:192.168.9.9"

scenario("a door without a directory asks nobody", {req = {"SRV-01", "API-20"}, timeout = DAYS}, function(t)
  local door = t:door{directory = PEOPLE}
  t:wait(3600)
  t:equal(door:directory_asked(), 0)
  t:equal(names(door), "")
  local ok, why = door:directory_read()
  t:equal(ok, nil)
  t:equal(why, "there is no directory; ldap.enabled=yes reads one")
  local _, name = door:call("1", "ldap")
  t:equal(name, "ENOENT")
end)

scenario("the directory is read at the start, in the order of names, and once alone", {req = {"SRV-01"}, timeout = DAYS}, function(t)
  local door = door_with(t)
  door:expect_event("directory", {action = "read", contacts = 2, left_out = 0, ms = 20, cause = ""})
  t:equal(names(door), BOTH)
  t:wait(86400)
  t:equal(door:directory_asked(), 1)
  door:restart()
  door:expect_event("directory", {action = "read", contacts = 2})
  t:equal(door:directory_asked(), 2)
end)

for _, min in ipairs{5, 15, 30, 45, 60} do
  scenario("the directory is read every " .. min .. " minutes, and told where it is another one", {req = {"SRV-01"}, timeout = DAYS}, function(t)
    local door = door_with(t, {["ldap.refresh"] = tostring(min)})
    door:expect_event("directory", {action = "read"})
    t:wait(min * 60 - 1)
    t:equal(door:directory_asked(), 1)
    t:wait(2)
    t:equal(door:directory_asked(), 2)
    door:directory_holds{{name = "New", number = "5"}}
    t:wait(min * 60)
    t:equal(door:directory_asked(), 3)
    t:equal(names(door), "New=5")
    t:equal(#t:events(door, "directory"), 2, "told")
  end)
end

scenario("the directory is read after each call, at most every 10 seconds", {req = {"SRV-01"}, timeout = DAYS}, function(t)
  local phone = t:phone()
  local door = door_with(t, {["ldap.refresh"] = "call"})
  door:expect_event("directory", {action = "read"})
  t:wait(30)
  for i = 1, 3 do
    local call = phone:dial(door.uri)
    call:expect_answer()
    call:hangup()
    door:expect_event("call_end")
    t:wait(1)
    t:equal(door:directory_asked(), 2, "after call " .. i)
  end
  t:wait(10)
  t:equal(door:directory_asked(), 3)
  t:wait(3600)
  t:equal(door:directory_asked(), 3)
end)

scenario("what was read last stays while the server is away, and it is asked again, ever less", {req = {"SRV-01"}, timeout = DAYS}, function(t)
  local door = door_with(t, {["ldap.refresh"] = "5"})
  door:expect_event("directory", {action = "read"})
  door:directory_holds("Can't contact LDAP server")
  t:wait(305)
  door:expect_event("directory", {action = "failed", contacts = 2, cause = "Can't contact LDAP server"})
  t:equal(names(door), BOTH)
  local _, state = door:directory()
  t:equal(state.failed, true)
  t:equal(state.cause, "Can't contact LDAP server")
  t:wait(30 + 60 + 120 + 240 + 480 + 900)
  t:equal(door:directory_asked(), 8)
  t:equal(#t:events(door, "directory"), 2, "told once")
  door:directory_holds("Invalid credentials")
  t:wait(900)
  door:expect_event("directory", {action = "failed", cause = "Invalid credentials"})
  door:directory_holds(PEOPLE)
  t:wait(900)
  door:expect_event("directory", {action = "back", contacts = 2, cause = ""})
  _, state = door:directory()
  t:equal(state.failed, false)
end)

scenario("another server's directory takes the place of the old one at once; off, and it is gone", {req = {"SRV-01"}, timeout = DAYS}, function(t)
  local door = door_with(t)
  door:expect_event("directory", {action = "read"})
  door:directory_holds{{name = "Other", number = "7"}}
  t:ok(door:set("ldap.base_dn", "dc=other"))
  t:equal(names(door), "")
  door:expect_event("directory", {action = "read", contacts = 1})
  t:equal(names(door), "Other=7")
  t:ok(door:set("ldap.enabled", "no"))
  t:equal(names(door), "")
  t:wait(3600)
  t:equal(door:directory_asked(), 2)
  t:ok(door:set("ldap.enabled", "yes"))
  door:expect_event("directory", {action = "read", contacts = 1})
end)

scenario("another rhythm of reading is in force at once, and reads nothing by itself", {req = {"SRV-01"}, timeout = DAYS}, function(t)
  local door = door_with(t, {["ldap.refresh"] = "60"})
  door:expect_event("directory", {action = "read"})
  t:wait(600)
  t:ok(door:set("ldap.refresh", "5"))
  t:wait(299)
  t:equal(door:directory_asked(), 1)
  t:wait(2)
  t:equal(door:directory_asked(), 2)
  t:ok(door:set("ldap.refresh", "restart"))
  t:wait(86400)
  t:equal(door:directory_asked(), 2)
end)

scenario("on demand it is read at once, and told; twice at a time it is not", {req = {"SRV-01"}}, function(t)
  local door = door_with(t)
  door:expect_event("directory", {action = "read"})
  t:ok(door:directory_read())
  local ok, why = door:directory_read()
  t:equal(ok, nil)
  t:equal(why, "it is being read already")
  door:expect_event("directory", {action = "read", contacts = 2})
  door:directory_holds("No such object")
  t:ok(door:directory_read())
  door:expect_event("directory", {action = "failed", contacts = 2})
end)

scenario("a server that answers late changes nothing once the directory is another one, or the door is dead", {req = {"SRV-01"}}, function(t)
  local door = door_with(t, {directory = {{name = "Late", number = "1"}, delay_ms = 30000}})
  t:wait(20)
  door:directory_holds{{name = "Soon", number = "2"}}
  t:ok(door:set("ldap.server", "other.example"))
  door:expect_event("directory", {action = "read", contacts = 1})
  t:equal(names(door), "Soon=2")
  t:wait(60)
  t:equal(names(door), "Soon=2")
  door:directory_holds{{name = "Late", number = "1"}, delay_ms = 30000}
  t:ok(door:directory_read())
  door:power(false)
  t:wait(60)
  door:power(true)
  t:wait(40)
  t:equal(names(door), "Late=1")
end)

scenario("values that are no contact are left out, and counted", {req = {"SRV-01", "CON-01"}}, function(t)
  local door = door_with(t, {directory = {
    {name = '"><script>alert(1)</script>', number = "+33 (0)1 23 45 67 89"}, {name = "control\1", number = "1"}, {name = "\xff", number = "1"},
    {name = "long", number = ("1"):rep(10000)}, {name = ("é"):rep(5000), number = "2"}, {name = "params", number = "3;account=2"},
    {name = "", number = "4"}, {name = "none", number = ""}, {name = "header", number = "sip:a@b\r\nVia: x"}}})
  door:expect_event("directory", {action = "read", contacts = 2, left_out = 7})
  t:equal(names(door), '"><script>alert(1)</script>=+33123456789,' .. ("é"):rep(32) .. "=2")
end)

scenario("each form of an id calls an entry of the directory, and only that one", {req = {"API-20", "SRV-01"}}, function(t)
  local phone, other = t:phone(), t:phone{name = "other"}
  local host = phone.address:match("^[^:]+")
  local door = door_with(t, {directory = {{name = "A", number = other.uri}, {name = "B", number = phone.uri}}})
  door:expect_event("directory", {action = "read", contacts = 2})
  for _, id in ipairs{"2", "2 [" .. phone.uri .. "]", phone.uri, (phone.uri:gsub("^sip:", ""))} do
    t:ok(door:call(id, "ldap"))
    phone:expect_call():answer()
    door:expect_event("call_answered")
    t:ok(door:hangup())
    door:expect_event("call_end")
  end
  for _, c in ipairs{{"3", "ENOENT"}, {"0", "ENOENT"}, {"1 [" .. phone.uri .. "]", "ENOENT"}, {"nobody@10.0.0.9", "ENOENT"}, {"a b", "EINVAL"}, {"", "EINVAL"}} do
    local ok, name = door:call(c[1], "ldap")
    t:equal(ok, nil, c[1])
    t:equal(name, c[2], c[1])
  end
  local _, name = door:call("2")
  t:equal(name, "ENOENT", "the door's own book")
  other:expect_no_call()
end)

scenario("the API calls an entry of the directory, and answers 404 where there is none", {req = {"API-20", "SRV-01"}}, function(t)
  local phone = t:phone()
  local door = door_with(t, {directory = {{name = "Anna", number = phone.uri}}})
  door:expect_event("directory", {action = "read"})
  local function ask(id) return (door:api("POST /api/voip", {type = "call", table = "ldap", id = id})) end
  t:equal(ask("2"), 404)
  t:equal(ask("1 ["), 400)
  t:equal(ask("1"), 200)
  phone:expect_call():answer()
end)

scenario("a number of the directory is called by the first active account", {req = {"SRV-01", "SUP-03", "API-20"}}, function(t)
  local door = door_with(t, {directory = {{name = "Anna", number = "101"}}})
  door:expect_event("directory", {action = "read"})
  local _, name = door:call("1", "ldap")
  t:equal(name, "ENOENT", "no account")
  local phone = t:phone()
  t:ok(door:set("sip.account1.server", phone.address:match("^[^:]+")))
  t:ok(door:set("sip.account1.port", phone.address:match(":(%d+)$")))
  t:ok(door:set("sip.account1.user", "door"))
  t:ok(door:set("sip.account1.active", "yes"))
  t:ok(door:call("1", "ldap"))
  door:expect_event("call_out", {to = "sip:101@" .. phone.address:match("^[^:]+")})
end)

scenario("a call's sound and end are the same while a server keeps the directory waiting", {req = {"SRV-01"}}, function(t)
  local phone = t:phone()
  local door = door_with(t, {directory = {delay_ms = 600000}, ["door.talk_min"] = "1"})
  local call = phone:dial(door.uri)
  call:expect_answer()
  t:wait(55)
  t:equal(door:state(), "talking")
  t:wait(8)
  t:equal(door:state(), "idle")
  local _, state = door:directory()
  t:equal(state.reading, true)
end)

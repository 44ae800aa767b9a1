-- The book of contacts: order, edits, CSV, and the lists that call (CON-01, CON-02, manual §3.3.2, §3.3.24)

local HEADER = "number,account,surname,first_name,p2p,dtmf\r\n"

local function numbers(door)
  local out = {}
  for i, c in ipairs(door:contacts()) do out[i] = c.number end
  return table.concat(out, " ")
end

scenario("contacts are added, moved, edited and removed, and each change counts", {req = {"CON-02"}}, function(t)
  local door = t:door()
  for _, n in ipairs{"101", "102", "103"} do t:ok(door:add_contact{number = n}) end
  t:ok(door:add_contact{number = "100", at = 1, account = 2, surname = "Lefèvre", first_name = "Zoé"})
  door:expect_event("contacts", {action = "add", contacts = 4, version = 5})
  t:ok(door:move_contact(1, 3))
  t:equal(numbers(door), "101 102 100 103")
  t:ok(door:edit_contact(3, {number = "192.168.0.22", account = "", p2p = true}))
  t:ok(door:remove_contact(1))
  door:expect_event("contacts", {action = "remove", contacts = 3})
  local all, version = door:contacts()
  t:equal(numbers(door), "102 sip:192.168.0.22 103")
  t:equal(all[2].surname .. " " .. all[2].first_name .. " " .. all[2].p2p, "Lefèvre Zoé yes")
  t:equal(version, 8)
end)

scenario("a change that was thought of an older book is refused", {req = {"CON-02"}}, function(t)
  local door = t:door()
  t:ok(door:add_contact{number = "101"})
  local _, version = door:contacts()
  t:ok(door:edit_contact(1, {surname = "first", version = version}))
  local ok, says, name = door:edit_contact(1, {surname = "second", version = version})
  t:equal(ok, nil)
  t:equal(name, "ESTALE")
  t:match(says, "version 3, not 2")
  t:equal(door:contacts()[1].surname, "first")
  local _, _, gone = door:remove_contact(1, version)
  t:equal(gone, "ESTALE")
end)

scenario("a number without its form, an account that is none, or a place that is none is refused with what is right",
  {req = {"CON-01", "CON-02"}}, function(t)
  local door = t:door()
  t:ok(door:add_contact{number = "101"})
  for says, contact in pairs{
    ["number.*empty"] = {number = ""}, ["number \"a b\""] = {number = "a b"}, ["account.*1, 2, 3"] = {number = "1", account = 4},
    ["p2p.*without an account"] = {number = "10.0.0.1", account = 1, p2p = true}, ["number.*;p2p needs an address"] = {number = "1", p2p = true},
    ["dtmf.*auto, required, off"] = {number = "1", dtmf = "sometimes"}, ["1 to 2"] = {number = "1", at = 3},
    ["columns of their own"] = {number = "1;account=2"},
  } do
    local ok, text, name = door:add_contact(contact)
    t:equal(ok, nil, says)
    t:match(text, says)
    t:equal(name, "EINVAL", says)
  end
  for _, change in ipairs{function() return door:remove_contact(2) end, function() return door:edit_contact(0, {}) end,
                          function() return door:move_contact(7, 1) end} do
    local _, text, name = change()
    t:equal(name, "ENOENT")
    t:match(text, "1 to 1")
  end
  t:equal(#t:events(door, "contacts"), 1)
end)

scenario("the button calls the edited number of a contact that its list calls", {req = {"CON-02", "DOOR-03"}}, function(t)
  local old, new = t:phone{name = "old"}, t:phone{name = "new"}
  local door = t:door{["button.day"] = old.uri}
  t:ok(door:add_contact{number = old.address:match("^[^:]+"), surname = "Gardien"})
  t:ok(door:edit_contact(1, {number = new.address:match("^[^:]+")}))
  door:expect_event("setting", {key = "button.day", value = new.uri})
  door:press()
  new:expect_call()
  old:expect_no_call()
end)

scenario("a contact that a list calls can neither be removed nor left out by a file", {req = {"CON-02"}}, function(t)
  local door = t:door{["tech.contacts"] = "sip:10.0.0.1;p2p"}
  t:ok(door:add_contact{number = "101"})
  t:ok(door:add_contact{number = "10.0.0.1", p2p = true})
  local _, text, name = door:remove_contact(2)
  t:equal(name, "EBUSY")
  t:match(text, "contact 2 %(sip:10%.0%.0%.1%) is called by tech%.contacts")
  _, _, name = door:import_contacts(HEADER .. "101,,,,,\r\n")
  t:equal(name, "EBUSY")
  t:equal(numbers(door), "101 sip:10.0.0.1")
  t:ok(door:set("tech.contacts", ""))
  t:ok(door:remove_contact(2))
end)

scenario("an edit that its list cannot follow changes neither book nor list", {req = {"CON-01", "CON-02"}}, function(t)
  local door = t:door{["button.day"] = "sip:10.0.0.1"}
  t:ok(door:add_contact{number = "10.0.0.1"})
  local ok, text = door:edit_contact(1, {number = "101"})
  t:equal(ok, nil)
  t:match(text, "button%.day: 101 is a number at a PBX, but no account is active")
  t:equal(door:get("button.day"), "sip:10.0.0.1")
  t:equal(numbers(door), "sip:10.0.0.1")
end)

scenario("a rescue contact of the book rings while the PBX says nothing, a number of the book does not", {req = {"CON-01", "SIP-11"}},
  function(t)
  local pbx = t:pbx{users = {["100"] = "door", ["101"] = "phone"}, challenge = false}
  local phone, rescue = t:phone{name = "phone", pbx = pbx, user = "101"}, t:phone{name = "rescue"}
  pbx:expect_event("registered", {user = "101"})
  local door = t:door(pbx:account("100", {["door.ring_s"] = 10}))
  door:expect_event("registration", {ok = true})
  t:ok(door:add_contact{number = "101", account = 1})
  t:ok(door:add_contact{number = rescue.address:match("^[^:]+"), p2p = true})
  t:ok(door:call("1"))
  door:expect_event("call_out", {to = pbx:number("101")})
  phone:expect_call()
  door:hangup()
  door:expect_state("idle")
  pbx:faults{silent = true}
  t:ok(door:call("1"))
  door:expect_event("call_failed", {cause = "no answer", within = 11})
  t:ok(door:call("2"))
  door:expect_event("call_out", {to = rescue.uri})
  rescue:expect_call{from = "ipacGap"}
  phone:expect_no_call()
end)

-- --- CSV ---

local function fill(t, door)
  t:ok(door:add_contact{number = "101", account = 2, surname = "Dupont, \"le père\"", first_name = "Éléonore"})
  t:ok(door:add_contact{number = "+33123456789", surname = "=1+1", first_name = "@x", dtmf = "required"})
  t:ok(door:add_contact{number = "192.168.0.22", p2p = true, surname = "'quoted", first_name = "- ; -"})
end

scenario("a book that is exported and imported is the same to the byte, in each style", {req = {"CON-02"}}, function(t)
  local door, other = t:door{name = "one"}, t:door{name = "other"}
  fill(t, door)
  for _, style in ipairs{{}, {separator = ";"}, {bom = true}, {separator = ";", bom = true}} do
    local csv = door:export_contacts(style)
    t:ok(other:import_contacts(csv))
    t:equal(other:export_contacts(style), csv)
    local a, b = door:contacts(), other:contacts()
    for i, c in ipairs(a) do
      for k, v in pairs(c) do t:equal(b[i][k], v, k) end
    end
  end
  other:expect_event("contacts", {action = "import", contacts = 3})
end)

scenario("no cell of an exported book is a formula for a spreadsheet", {req = {"CON-02"}}, function(t)
  local door = t:door()
  fill(t, door)
  local csv = door:export_contacts()
  for cell in (csv:gsub("\r\n", ",")):gmatch("[^,]+") do t:ok(not cell:match("^\"?[=+%-@]"), cell) end
  t:match(csv, "\r\n'%+33123456789,,'=1%+1,'@x,no,required\r\n")
end)

scenario("a file from a French spreadsheet is read: semicolons, accents, other column names, a byte order mark", {req = {"CON-02"}},
  function(t)
  local door = t:door()
  t:ok(door:import_contacts("\u{FEFF}Nom;Prénom;Numéro;Compte;P2P\nLefèvre;Zoé;101;1;non\nGardien;;192.168.0.22;;oui\n;;;;\n"))
  t:equal(door:export_contacts(), HEADER .. "101,1,Lefèvre,Zoé,no,\r\nsip:192.168.0.22,,Gardien,,yes,\r\n")
end)

scenario("a broken or foreign file changes nothing, and is answered by line, column and remedy", {req = {"CON-02"}}, function(t)
  local door = t:door()
  fill(t, door)
  local before, version = door:export_contacts(), select(2, door:contacts())
  for _, f in ipairs{
    {"", "line 1, column 1.*empty"}, {"<html></html>", "line 1, column 1.*not known.*number,account"},
    {"surname\nx\n", "line 1.*number is missing"}, {"number,account\n101,9\n", "line 2, column 2: account \"9\".*1, 2, 3"},
    {"number,surname\n101,\"x\n", "line 2, column 2.*never closed"}, {"number,surname\n101,L\xe9a\n", "line 2, column 2.*CSV UTF%-8"},
    {"number\n101\n102,x\n", "line 3, column 2.*more than 1"}, {"number,surname\n101\n", "line 2, column 1.*1 columns"},
    {"number,surname\n101,a\"b\n", "line 2, column 2.*quote inside"}, {"\xff\xfen\0", "UTF%-16"}, {"number\n1\0001\n", "line 2, column 1"},
    {"number\n" .. ("1\n"):rep(1001), "line 1002.*1000 contacts"},
  } do
    local ok, text, name = door:import_contacts(f[1])
    t:equal(ok, nil, f[2])
    t:equal(name, "EINVAL", f[2])
    t:match(text, f[2])
  end
  local _, _, name = door:import_contacts(("x"):rep(1024 * 1024 + 1))
  t:equal(name, "EFBIG")
  t:equal(door:export_contacts(), before)
  t:equal(select(2, door:contacts()), version)
end)

scenario("the book holds 1000 contacts and no more", {req = {"CON-02"}}, function(t)
  local door = t:door()
  t:ok(door:import_contacts("number\n" .. ("101\n"):rep(1000)))
  local _, text, name = door:add_contact{number = "102"}
  t:equal(name, "ENOSPC")
  t:match(text, "1000")
  t:equal(#door:contacts(), 1000)
end)

scenario("the book survives a restart and a power cut, and factory settings empty it", {req = {"CON-02"}}, function(t)
  local door = t:door()
  fill(t, door)
  local before = door:export_contacts()
  door:restart()
  door:expect_event("shutdown")
  t:wait(2)
  t:equal(door:export_contacts(), before)
  door:power(false)
  t:wait(1)
  local _, _, name = door:remove_contact(1)
  t:equal(name, "ENOTCONN")
  door:power(true)
  t:equal(door:export_contacts(), before)
  door:dip(4, true)
  door:power(false)
  door:power(true)
  t:equal(door:export_contacts(), HEADER)
end)

-- What supervision refuses: settings that no receiver could read, contacts that cannot be called
-- (SUP-01, SUP-02, SUP-03, SUP-20, SUP-21, SUP-25, SUP-30, SUP-32)

local BAD = {
  {"SUP-02", "sup.reason_button", "bouton appel"}, {"SUP-01", "sup.reason_button", ""}, {"SUP-02", "sup.reason_test", "a@b"},
  {"SUP-20", "identity", "1234567890"}, {"SUP-20", "identity", "12A4"}, {"SUP-20", "identity", ""},
  {"SUP-21", "crc.poly", "256"}, {"SUP-21", "crc.encoding", "ebcdic"},
  {"SUP-25", "sup.dtmf", "sometimes"}, {"SUP-25", "button.day", "sip:10.77.9.9;dtmf=maybe"},
  {"SUP-30", "test.days", "8"}, {"SUP-30", "test.retry_h", "25"}, {"SUP-30", "test.at", "24:00"},
  {"SUP-32", "button.day", "1@a,2@a,3@a,4@a,5@a"}, {"SUP-32", "button.night", "1@a,2@a,3@a,4@a,5@a"},
}
for _, b in ipairs(BAD) do
  local id, key, value = table.unpack(b)
  scenario(string.format("%s refuses \"%s\", says why, and stays as it was", key, value), {req = {id}}, function(t)
    local door = t:door()
    local before = door:get(key)
    local done, err = door:set(key, value)
    t:equal(done, nil, "refused")
    t:match(err, "^" .. key:gsub("%p", "%%%0"))
    t:equal(door:get(key), before, "value")
  end)
end

scenario("four contacts in vain: one pass, then the visitor is told", {req = {"SUP-32", "DOOR-03", "DOOR-09"}}, function(t)
  local p, uris = {}, {}
  for i = 1, 4 do
    p[i] = t:phone{name = "contact" .. i}
    uris[i] = p[i].uri
  end
  local door = t:door{["button.day"] = table.concat(uris, ","), ["door.ring_s"] = 10}
  door:press()
  for i = 1, 4 do
    local call = p[i]:expect_call{within = 11}
    if i % 2 == 0 then call:reject(486) end
  end
  door:expect_event("unavailable", {within = 11})
  door:expect_event("announce", {message = "contact_unavailable"})
  p[1]:expect_no_call{during = 60}
  t:equal(#t:events(door, "call_out"), 4, "calls")
end)

scenario("a contact of an account that is not active cannot be called: the next one is", {req = {"SUP-03", "CON-01"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = "101;account=2," .. phone.uri, ["door.advance_on_refusal"] = true}
  door:press()
  door:expect_event("call_failed", {code = 0, cause = "cannot dial"})
  phone:expect_call()
end)

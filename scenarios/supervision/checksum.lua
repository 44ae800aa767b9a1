-- The frame's CRC-8: the default's vectors, and the variants a receiver may want (SUP-21)

scenario("the checksum's known values", {req = {"SUP-21"}}, function(t)
  t:equal(t:checksum("9810101000000000C"), "097")
  t:equal(t:checksum("9810401000000000C"), "171")
  t:equal(t:checksum("9811201123456789C"), "173")
  t:equal(t:checksum("98101011C"), "204")
end)

local variants = {
  {"poly 0x31 reflected", {["crc.poly"] = 0x31, ["crc.refin"] = true, ["crc.refout"] = true}},
  {"poly 0x9B, init 0xFF", {["crc.poly"] = 0x9B, ["crc.init"] = 255}},
  {"inverted at the end", {["crc.xorout"] = 255}},
  {"over digit values", {["crc.encoding"] = "value"}},
  {"over RFC 4733 events", {["crc.encoding"] = "rfc4733"}},
  {"over MT8870 nibbles", {["crc.encoding"] = "mt8870"}},
  {"over packed BCD", {["crc.encoding"] = "bcd"}},
  {"written in octal", {["crc.rendering"] = "octal"}},
  {"written in hexadecimal", {["crc.rendering"] = "hex"}},
}

for _, v in ipairs(variants) do
  local name, crc = table.unpack(v)
  scenario("a receiver and a door agree on a checksum " .. name, {req = {"SUP-21"}}, function(t)
    local rx_opts, door_opts = {}, {identity = "987654321"}
    for k, x in pairs(crc) do rx_opts[k] = x; door_opts[k] = x end
    local rx = t:receiver(rx_opts)
    door_opts["button.day"] = rx.uri
    local door = t:door(door_opts)
    door:press()
    local call = rx:expect_call()
    call:answer()
    call:dtmf("C")
    local frame = call:expect_frame()
    t:equal(frame.cs, t:checksum("9810101987654321C", crc))
    t:ok(frame.crc_ok)
    t:ok(t:checksum("9810101987654321C") ~= frame.cs, "differs from the default")
  end)
end

scenario("a door with another checksum than the receiver's is noticed",
  {req = {"SUP-21", "SUP-23"}}, function(t)
  local rx   = t:receiver()
  local door = t:door{["button.day"] = rx.uri, ["crc.init"] = 255}
  door:press()
  local call = rx:expect_call()
  call:answer()
  call:dtmf("C")
  local frame = call:expect_frame()
  t:equal(frame.crc_ok, false)
  t:equal(frame.cs_want, "097")
end)

-- The door speaks: each message, its language, its switch, its end; nothing between C and # (DOOR-09, HW-06)

local LANGUAGES = {"fr", "en", "de", "es", "pt"}

-- What is heard from now until the message is over
local function hear(door, message, want)
  local from = door:expect_event("announce", {message = message, within = want and want.within or 5})
  local over = door:expect_event("announce_end", {message = message, within = 20})
  return door:heard(), from, over
end

-- A call that nobody answers, and its message
local function nobody(t, settings)
  local opts = {["button.day"] = "sip:10.77.9.9", ["door.ring_s"] = 10, ["voice.call_in_progress"] = false}
  for k, v in pairs(settings or {}) do opts[k] = v end
  local door = t:door(opts)
  t:wait(2)
  door:press()
  return door
end

scenario("nobody answers: the visitor hears that the contact is unavailable", {req = {"DOOR-09", "DOOR-03"}}, function(t)
  local door = nobody(t)
  door:expect_event("unavailable", {within = 11})
  door:listen()
  local h, from, over = hear(door, "contact_unavailable")
  t:equal(over.whole, true, "spoken to its end")
  t:equal(from.language, "fr", "language")
  t:ok(h.s > 1 and h.s < 4, "length " .. h.s .. " s")
  t:sounded(from, over, h.s, 0.05, "time it takes")
  t:ok(h.dbm0 > -25 and h.dbm0 < -8, "level " .. h.dbm0 .. " dBm0")
end)

scenario("each message sounds in each language, and no two are the same", {req = {"DOOR-09"}}, function(t)
  local seen = {}
  local door = t:door()
  t:wait(2)
  for _, language in ipairs(LANGUAGES) do
    door:set("door.language", language)
    for _, message in ipairs{"contact_unavailable", "end_of_communication", "network_fault", "call_in_progress",
                             "door_open", "ip_address"} do
      door:listen()
      door:say(message)
      local h, from = hear(door, message)
      t:equal(from.language, language)
      t:ok(h.s > 0.4 and h.s < 14, message .. " lasts " .. h.s .. " s")
      t:ok(h.dbm0 > -30, message .. " has " .. h.dbm0 .. " dBm0")
      t:ok(not seen[h.print], language .. " " .. message .. " sounds like " .. tostring(seen[h.print]))
      seen[h.print] = language .. " " .. message
    end
  end
end)

scenario("the level follows the volume of the loudspeaker", {req = {"DOOR-09", "HW-07"}}, function(t)
  local door = t:door()
  t:wait(2)
  local function level(percent)
    door:set("audio.volume", tostring(percent))
    door:listen()
    door:say("door_open")
    return (hear(door, "door_open")).dbm0
  end
  local full = level(80)
  t:near(full - level(40), 6.0, 0.2, "half the volume [dB]")
  t:equal(level(0), -96.0, "volume 0")
  door:set("audio.volume", "80")
  door:set("audio.attenuation_slot", "1")           -- no hour is in it: always attenuated, 40 %
  door:listen()
  door:say("door_open")
  t:near(full - (hear(door, "door_open")).dbm0, 6.0, 0.2, "outside of the slot [dB]")
end)

scenario("the end of the time of communication is spoken, after the call", {req = {"DOOR-09", "DOOR-04"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri, ["door.talk_min"] = 1, ["sup.dtmf"] = "off"}
  t:wait(2)
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:expect_event("call_end", {cause = "time", within = 61})
  door:expect_event("announce", {message = "end_of_communication"})
  call:expect_close()
  t:equal(door:expect_event("announce_end", {message = "end_of_communication", within = 5}).whole, true)
  door:listen()
  t:wait(5)
  t:equal(door:heard().s, 0, "sound after it [s]")
end)

scenario("the call is in progress until somebody answers", {req = {"DOOR-09"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri}
  t:wait(2)
  door:press()
  door:expect_event("announce", {message = "call_in_progress"})
  local call = phone:expect_call()
  t:wait(0.3)
  call:answer()
  local over = door:expect_event("announce_end", {message = "call_in_progress"})
  t:equal(over.whole, false, "ended by the answer")
  t:equal(#t:events(door, "announce"), 1, "messages")
end)

scenario("the call in progress is told once a press, not once a contact", {req = {"DOOR-09", "DOOR-03"}}, function(t)
  local first, second = t:phone{name = "first"}, t:phone{name = "second"}
  local door = t:door{["button.day"] = first.uri .. "," .. second.uri, ["door.ring_s"] = 10}
  t:wait(2)
  door:press()
  first:expect_call()
  second:expect_call{within = 11}:answer()
  door:expect_event("announce_end", {message = "call_in_progress", whole = true})
  t:equal(#t:events(door, "announce"), 1, "messages")
end)

scenario("a press that ends the call ends its message", {req = {"DOOR-09", "DOOR-05"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri, ["door.end_by_button"] = true}
  t:wait(2)
  door:press()
  phone:expect_call()
  door:press()
  door:expect_event("announce_end", {message = "call_in_progress", whole = false, within = 0.7})
  t:equal(#t:events(door, "announce"), 1, "messages")
end)

scenario("a new press ends the message of the last call", {req = {"DOOR-09"}}, function(t)
  local door = nobody(t)
  door:expect_event("announce", {message = "contact_unavailable", within = 11})
  t:wait(0.2)
  door:press()
  door:expect_event("announce_end", {message = "contact_unavailable", whole = false, within = 1})
end)

scenario("a call that comes in ends the message of the last one", {req = {"DOOR-09"}}, function(t)
  local phone = t:phone()
  local door = nobody(t)
  door:expect_event("announce", {message = "contact_unavailable", within = 11})
  phone:dial(door.uri)
  door:expect_event("announce_end", {message = "contact_unavailable", whole = false, within = 1})
end)

scenario("the link is down: the visitor hears that the network is out of service", {req = {"DOOR-09", "HW-10"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri}
  t:wait(2)
  door:link(false)
  t:wait(1)
  door:press()
  local _, _, over = door:listen(), hear(door, "network_fault")
  door:expect_no_event("announce", {message = "call_in_progress"})
  t:wait(60)
  door:link(true)
  door:press()
  door:expect_event("announce", {message = "call_in_progress"})
end)

scenario("an account without registration is no way out, a neighbour without PBX is", {req = {"DOOR-09"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = "101", ["door.ring_s"] = 10, ["sip.account1.active"] = true,
                      ["sip.account1.server"] = "10.77.9.9", ["sip.account1.user"] = "100"}
  door:expect_event("account", {account = 1, ok = false, within = 40})
  door:press()
  door:expect_event("announce", {message = "network_fault"})
  t:wait(15)
  door:set("button.day", phone.uri .. ";p2p")
  door:press()
  door:expect_event("announce", {message = "call_in_progress"})
end)

scenario("an open door is told, whoever opened it", {req = {"DOOR-09", "REL-02"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri, ["relay1.code1"] = "4242", ["relay1.hold_s"] = 3,
                      ["voice.call_in_progress"] = false, ["sup.dtmf"] = "off"}
  t:wait(2)
  door:open(1)
  door:listen()
  local alone, begun, ended = hear(door, "door_open")
  t:wait(5)
  door:press()
  local call = phone:expect_call()
  call:answer()
  call:play(1000, -10)
  door:expect_level{above = -12}
  call:dtmf("4242")
  local from = door:expect_event("announce", {message = "door_open"})
  door:listen()
  local over = door:expect_event("announce_end", {message = "door_open", whole = true})
  local h = door:heard()
  t:sounded(from, over, ended.t - begun.t, 0.045, "length over the call's sound")
  t:ok(h.dbm0 > alone.dbm0 - 2 and h.dbm0 < alone.dbm0 + 3, "level " .. h.dbm0 .. " dBm0, alone " .. alone.dbm0)
  door:expect_level{above = -12}                    -- the caller is back at his level
end)

scenario("the other side of a call hears no voice message", {req = {"DOOR-09"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri, ["sup.dtmf"] = "off"}
  t:wait(2)
  door:press()
  local call = phone:expect_call()
  call:answer()
  t:wait(1)
  door:open(1)
  door:expect_event("announce", {message = "door_open"})
  door:expect_level{above = -30}
  for _ = 1, 20 do
    t:ok(call:level() < -60, "the phone hears " .. call:level() .. " dBm0")
    t:wait(0.05)
  end
end)

scenario("a strike in a held call is told: the message needs no packet of the call", {req = {"DOOR-09", "SIP-10"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri, ["sup.dtmf"] = "off"}
  t:wait(2)
  door:press()
  local call = phone:expect_call()
  call:answer()
  t:wait(1)
  call:hold(true)
  door:expect_state("held")
  door:listen()
  door:open(1)
  local h, from, over = hear(door, "door_open")
  t:sounded(from, over, h.s, 0.05, "time it takes")
end)

scenario("a strike that is refused is not told", {req = {"DOOR-09", "REL-07"}}, function(t)
  local door = t:door{["relay2.function"] = "line"}
  t:wait(2)
  door:open(2)
  door:expect_event("code_refused")
  door:open(1)
  door:expect_event("announce_end", {message = "door_open", within = 3})
  door:open(1)
  door:expect_event("code_refused", {cause = "running"})
  t:equal(#t:events(door, "announce"), 1, "messages")
end)

local SWITCHES = {
  {"contact_unavailable", function() end, 12},
  {"call_in_progress", function() end, 3},
  {"network_fault", function(door) door:link(false) end, 3},
  {"door_open", function(door) door:open(1) end, 3},
}
for _, s in ipairs(SWITCHES) do
  local message, drive, during = table.unpack(s)
  scenario("the message " .. message .. " can be switched off", {req = {"DOOR-09"}}, function(t)
    local door = t:door{["button.day"] = "sip:10.77.9.9", ["door.ring_s"] = 10, ["voice." .. message] = false}
    t:wait(2)
    drive(door)
    door:press()
    door:expect_no_event("announce", {message = message, during = during})
  end)
end

scenario("the message end_of_communication can be switched off", {req = {"DOOR-09", "DOOR-04"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri, ["door.talk_min"] = 1, ["voice.end_of_communication"] = false}
  t:wait(2)
  door:press()
  phone:expect_call():answer()
  door:expect_event("call_end", {cause = "time", within = 61})
  door:expect_no_event("announce", {message = "end_of_communication", during = 3})
end)

scenario("DIP switch 2 makes the door speak its address after its start", {req = {"DOOR-09", "HW-06", "HW-09"}}, function(t)
  local door = t:door()
  t:wait(3)
  t:equal(#t:events(door, "announce"), 0, "messages without the switch")
  door:dip(2, true)
  door:restart()
  door:listen()
  local h, from, over = hear(door, "ip_address")
  t:equal(over.whole, true)
  local dots = select(2, door.address:match("^[%d.]+"):gsub("[%d.]", ""))
  t:ok(h.s > 0.3 * dots, dots .. " characters in " .. h.s .. " s")
  local boot = door:expect_event("boot", {dip = 2})
  t:took(boot, from, 1, 0.01, "end of the start-up")
end)

scenario("two addresses sound differently, one sounds the same twice", {req = {"DOOR-09", "HW-06"}}, function(t)
  local function spoken(door)
    door:listen()
    door:say("ip_address")
    return (hear(door, "ip_address")).print
  end
  local a, b = t:door{name = "a"}, t:door{name = "b"}
  t:wait(2)
  t:equal(spoken(a), spoken(a), "the same address")
  t:ok(spoken(a) ~= spoken(b), a.address .. " sounds like " .. b.address)
end)

scenario("the message ip_address can be switched off", {req = {"DOOR-09", "HW-06"}}, function(t)
  local door = t:door{["voice.ip_address"] = false}
  door:dip(2, true)
  door:restart()
  door:expect_no_event("announce", {during = 5})
end)

scenario("a message asked for while it is spoken is not repeated, another one waits", {req = {"DOOR-09"}}, function(t)
  local door = t:door()
  t:wait(2)
  for _ = 1, 5 do
    door:say("door_open")
    door:say("contact_unavailable")
  end
  door:expect_event("announce", {message = "door_open"})
  local first = door:expect_event("announce_end", {message = "door_open", whole = true, within = 5})
  local second = door:expect_event("announce", {message = "contact_unavailable"})
  t:took(first, second, 0, 0.001, "the next one begins")
  door:expect_event("announce_end", {message = "contact_unavailable", within = 5})
  door:expect_no_event("announce", {during = 10})
  t:equal(#t:events(door, "announce"), 2, "messages")
end)

scenario("the receiver's C ends what is spoken, and nothing is spoken until #", {req = {"DOOR-09", "SUP-24"}}, function(t)
  local receiver = t:receiver()
  local door = t:door{["button.day"] = receiver.uri, ["relay1.hold_s"] = 1}
  t:wait(2)
  door:press()
  local call = receiver:expect_call()
  call:answer()
  door:expect_event("announce", {message = "call_in_progress"})
  t:wait(0.5)
  door:open(1)
  door:expect_event("announce", {message = "door_open"})
  call:dtmf("C")
  door:expect_event("announce_end", {message = "door_open", whole = false})
  t:wait(1.5)
  door:listen()
  door:open(1)                                      -- a strike within the frame: it opens, and stays silent
  door:expect_relay(1, "on", {after = door:expect_relay(1, "off")})
  door:say("contact_unavailable")
  t:ok(call:expect_frame{within = 10}.crc_ok)
  t:equal(door:heard().dbm0 < -60, true, "silence at the loudspeaker")
  door:expect_no_event("announce", {during = 2})
  call:dtmf("1")
  call:expect_dtmf("#")
  t:wait(1)
  door:open(2)
  door:expect_event("announce", {message = "door_open"})
end)

scenario("a technical call says nothing to a visitor", {req = {"DOOR-09", "SUP-31"}}, function(t)
  local door = t:door{["tech.contacts"] = "sip:10.77.9.9", ["door.ring_s"] = 10}
  t:wait(2)
  door:listen()
  door:mains(false)
  door:expect_event("report_end", {ok = false, within = 20})
  t:wait(5)
  t:equal(door:heard().s, 0, "sound at the loudspeaker [s]")
end)

scenario("a technical call does not cut what a visitor is being told", {req = {"DOOR-09", "SUP-31"}}, function(t)
  local receiver = t:receiver()
  local door = nobody(t, {["tech.contacts"] = receiver.uri})
  door:mains(false)
  door:expect_event("announce", {message = "contact_unavailable", within = 11})
  receiver:expect_call{within = 2}
  door:expect_event("announce_end", {message = "contact_unavailable", whole = true, within = 3})
end)

scenario("a lost supply ends what is spoken", {req = {"DOOR-09", "HW-05"}}, function(t)
  local door = t:door()
  t:wait(2)
  door:say("contact_unavailable")
  door:expect_event("announce")
  door:listen()
  door:power(false)
  t:wait(5)
  t:equal(door:heard().s, 0, "sound without supply [s]")
  door:power(true)
  t:wait(3)
  door:listen()
  door:say("door_open")
  t:ok((hear(door, "door_open")).s > 0.4, "it speaks again")
end)

-- --- an installer's own files ----------------------------------------------------------------------

-- A WAV file: a sine of `s` seconds, or with something wrong
local function wav(path, s, o)
  o = o or {}
  local pcm = {}
  for i = 1, math.floor(s * 8000) do pcm[i] = string.pack("<i2", math.floor(8000 * math.sin(i / 2))) end
  local data = table.concat(pcm)
  local f = assert(io.open(path, "wb"))
  f:write(o.riff or "RIFF", string.pack("<I4", 36 + #data), "WAVE", "LIST", string.pack("<I4", 3), "abc\0",
    "fmt ", string.pack("<I4I2I2I4I4I2I2", 16, o.format or 1, o.channels or 1, o.rate or 8000, 16000, 2, o.bits or 16),
    "data", string.pack("<I4", #data), data)
  f:close()
end

local function folder(language)
  local dir = os.tmpname()
  os.remove(dir)
  assert(os.execute("mkdir -p " .. dir .. "/" .. (language or "fr")))
  return dir
end

scenario("an installer's own message is spoken in the place of the built-in one, in its language alone",
  {req = {"DOOR-09"}}, function(t)
  local dir = folder()
  wav(dir .. "/fr/door_open.wav", 0.5)
  t:equal(t:voices(dir), 1, "files")
  os.execute("rm -r " .. dir)
  local door = t:door()
  t:wait(2)
  door:listen()
  door:say("door_open")
  local h = hear(door, "door_open")
  t:near(h.s, 0.5, 0.001, "length")
  t:near(h.dbm0, 20 * math.log(8000 / 22826, 10), 0.1, "level")
  door:set("door.language", "en")
  door:listen()
  door:say("door_open")
  t:ok((hear(door, "door_open")).s ~= h.s, "English is the built-in one")
end)

local WRONG = {
  {"at 44100 Hz", "fr/door_open.wav", 0.1, {rate = 44100}, "44100 Hz; accepted: mono, 8000 or 16000 Hz, PCM (1) of 8 or 16 bits, A-law (6) or mu-law (7)"},
  {"in stereo", "fr/door_open.wav", 0.1, {channels = 2}, "2 channels"},
  {"of 24 bits", "fr/door_open.wav", 0.1, {bits = 24}, "24 bits"},
  {"in ADPCM", "fr/door_open.wav", 0.1, {format = 2}, "format 2"},
  {"that is none", "fr/door_open.wav", 0.1, {riff = "JUNK"}, "this is no WAV file"},
  {"without samples", "fr/door_open.wav", 0, nil, "the WAV file is cut short: 0 of 0 bytes of sound are there"},
  {"of 21 s", "fr/door_open.wav", 21, nil, "a voice message has at most 20 s"},
  {"of an unknown name", "fr/door_closed.wav", 0.1, nil, "no message has this name"},
  {"of an unknown language", "it/door_open.wav", 0.1, nil, "no language has this name"},
}
for _, w in ipairs(WRONG) do
  scenario("a file " .. w[1] .. " is refused, and the error says what is right", {req = {"DOOR-09"}}, function(t)
    local dir = folder(w[2]:sub(1, 2))
    wav(dir .. "/" .. w[2], w[3], w[4])
    local n, err = t:voices(dir)
    os.execute("rm -r " .. dir)
    t:equal(n, nil)
    t:match(err, w[5]:gsub("%p", "%%%0"))
  end)
end

scenario("a folder of messages that is not there is told", {req = {"DOOR-09"}}, function(t)
  local n, err = t:voices("/nonexistent/voices")
  t:equal(n, nil)
  t:match(err, "/nonexistent/voices: the directory of voice messages cannot be read")
end)

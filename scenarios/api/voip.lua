-- The API's telephone and sound (manual §3.3.19), without sockets; by real HTTP: peers/curl.lua

local function asked(t, door, want, request, fields, opts)
  local code, text = door:api(request, fields, opts)
  t:equal(code, want, request .. " " .. text)
  return text
end

scenario("the API answers the call that rings, and ends it", {req = {"API-20", "SIP-11", "DOOR-02"}}, function(t)
  local door = t:door{["door.answer_s"] = "manual"}
  local phone = t:phone()
  local call = phone:dial(door.uri)
  door:expect_event("call_in")
  t:wait(5)
  asked(t, door, 200, "POST /api/voip/", {type = "answer"})
  door:expect_event("call_answered")
  call:expect_answer()
  t:wait(2)
  asked(t, door, 200, "GET /api/voip/", {type = "terminate_all"})
  door:expect_event("call_end", {cause = "command"})
  call:expect_close()
end)

scenario("the API refuses the call that rings", {req = {"API-20", "SIP-11"}}, function(t)
  local door = t:door{["door.answer_s"] = "manual"}
  local call = t:phone():dial(door.uri)
  door:expect_event("call_in")
  asked(t, door, 200, "POST /api/voip/", {type = "terminate_all"})
  door:expect_event("call_end", {cause = "command"})
  call:expect_close{code = 480}
end)

scenario("the API calls an address", {req = {"API-20", "SIP-11"}}, function(t)
  local door, phone = t:door(), t:phone()
  for _, id in ipairs{phone.uri, phone.address} do
    asked(t, door, 200, "POST /api/voip", {type = "call", table = "libre", id = id}, {json = true})
    door:expect_event("call_out", {to = id:find("sip:") and id or "sip:" .. id})
    phone:expect_call():answer()
    door:expect_event("call_answered")
    asked(t, door, 200, "POST /api/voip", {type = "terminate_all"})
    door:expect_event("call_end", {cause = "command"})
    t:wait(1)
  end
end)

scenario("the API answers 409 where there is no call to answer, and where the door is in one", {req = {"API-20", "SIP-11"}}, function(t)
  local door, phone = t:door(), t:phone()
  asked(t, door, 409, "POST /api/voip", {type = "answer"})
  asked(t, door, 200, "POST /api/voip", {type = "call", table = "libre", id = phone.uri})
  asked(t, door, 409, "POST /api/voip", {type = "call", table = "libre", id = phone.uri})
  phone:expect_call():answer()
  door:expect_event("call_answered")
  asked(t, door, 409, "POST /api/voip", {type = "call", table = "libre", id = phone.uri})
  asked(t, door, 409, "POST /api/voip", {type = "answer"})
  t:equal(#t:events(door, "call_out"), 1, "calls made")
end)

scenario("the API answers 404 to a contact that is not there, and 400 to what is none", {req = {"API-20", "SIP-11"}}, function(t)
  local door = t:door()
  asked(t, door, 404, "POST /api/voip", {type = "call", table = "liste", id = "99"})
  asked(t, door, 400, "POST /api/voip", {type = "call", table = "list", id = "1"})
  asked(t, door, 400, "POST /api/voip", {type = "call", table = "libre", id = "sip:"})
  asked(t, door, 400, "POST /api/voip", {type = "call", table = "libre"})
  asked(t, door, 400, "POST /api/voip", {type = "call", id = "1"})
  asked(t, door, 400, "POST /api/voip", {type = "sing"})
  asked(t, door, 400, "POST /api/voip")
  t:equal(door:state(), "idle", "state")
end)

-- --- sound ---

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

local function base64(s, alphabet)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local v = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 3, 0, -1 do
      local d = v >> 6 * k & 63
      out[#out + 1] = (k == 0 and not c or k == 1 and not b) and "=" or (DIGITS .. alphabet):sub(d + 1, d + 1)
    end
  end
  return table.concat(out)
end

local function wav(hz, seconds, rate, peak)
  local pcm = {}
  for i = 0, rate * seconds - 1 do pcm[#pcm + 1] = string.pack("<i2", math.floor(peak * math.sin(2 * math.pi * hz * i / rate) + 0.5)) end
  local data = table.concat(pcm)
  return "RIFF" .. string.pack("<I4", 36 + #data) .. "WAVEfmt " .. string.pack("<I4I2I2I4I4I2I2", 16, 1, 1, rate, 2 * rate, 2, 16) ..
    "data" .. string.pack("<I4", #data) .. data
end

for _, rate in ipairs{8000, 16000} do
  scenario("the API plays a WAV file of " .. rate .. " Hz as often as it is told", {req = {"API-40", "HW-07"}}, function(t)
    local door = t:door()
    local data = base64(wav(1000, 1, rate, 8000), rate == 8000 and "+/" or "-_")
    asked(t, door, 200, "POST /api/audio", {type = "wav", data = data, loop = 3}, {json = true})
    local play = door:expect_event("sound", {action = "play"})
    t:wait(1.5)
    t:near(door:level(), 20 * math.log(8000 / 32768 * 0.7071, 10) + 6.18, 0.5, "level at the loudspeaker")
    local done = door:expect_event("sound", {action = "end"})
    t:sounded(play, done, 3.02, 0.02, "time of three seconds of sound, told by the tick after it")
  end)
end

scenario("the API's sound goes on until it is stopped, by either path", {req = {"API-40"}}, function(t)
  local door = t:door()
  local data = base64(wav(500, 0.5, 8000, 8000), "+/")
  for i, stop in ipairs{"POST /api/audio/", "GET /api/voip/"} do
    asked(t, door, 200, "POST /api/audio", {type = "wav", data = data, loop = i == 1 and 0 or nil})
    door:expect_event("sound", {action = "play"})
    door:expect_no_event("sound", {during = 60})
    asked(t, door, 200, stop, {type = "wav", data = "stop"})
    door:expect_event("sound", {action = "stop"})
    asked(t, door, 200, stop, {type = "wav", data = "stop"})
    door:expect_no_event("sound", {during = 1})
  end
end)

scenario("the API's sound is heard in a call beside the other side, and that does not hear it", {req = {"API-40", "HW-07"}}, function(t)
  local door, phone = t:door{}, t:phone()
  local call = phone:dial(door.uri)
  call:expect_answer()
  asked(t, door, 200, "POST /api/audio", {type = "wav", data = base64(wav(500, 1, 8000, 8000), "+/")})
  t:wait(2.5)
  door:expect_level{above = -15}
  asked(t, door, 200, "POST /api/audio", {type = "wav", data = "stop"})
  t:wait(2.5)
  t:ok(door:level() < -40, "silence when it is stopped")
  call:hangup()
end)

scenario("the API refuses what is no WAV file, and nothing is heard", {req = {"API-40"}}, function(t)
  local door = t:door()
  local good = wav(500, 0.1, 8000, 8000)
  for _, bad in ipairs{"***", "", base64("RIFF", "+/"), base64(good:sub(1, 500), "+/"), base64((good:gsub("fmt ", "fmx ")), "+/"),
                       base64(good:sub(1, 24) .. string.pack("<I4", 44100) .. good:sub(29), "+/")} do
    asked(t, door, 400, "POST /api/audio", {type = "wav", data = bad})
  end
  asked(t, door, 400, "POST /api/audio", {type = "wav", data = base64(good, "+/"), loop = 10000})
  asked(t, door, 400, "POST /api/audio", {type = "mp3", data = base64(good, "+/")})
  asked(t, door, 400, "POST /api/audio", {type = "wav"})
  asked(t, door, 413, "POST /api/audio", {type = "wav", data = string.rep("AAAA", (1 << 20) // 3 + 1)})
  door:expect_no_event("sound", {during = 1})
end)

-- Encrypted sound: SRTP with keys in SDP (SIP-09; RFC 3711, RFC 4568)

local SETTLE = 2.1
local SRTP = {["sip.media_encryption"] = "srtp"}

local function with(base, more)
  local s = {}
  for k, v in pairs(base) do s[k] = v end
  for k, v in pairs(more or {}) do s[k] = v end
  return s
end

local function both_ways(t, door, call)
  door:play(600, -15)
  call:play(400, -15)
  t:wait(SETTLE)
  t:near(call:level(), -15, 0.5, "door to phone [dBm0]")
  t:near(door:level(), -15, 0.5, "phone to door [dBm0]")
end

-- No packet of sound passed in clear: what the network carried is not the law's code words of the tone
local function no_drops(t, call)
  local forged, replayed = call:dropped()
  t:equal(forged, 0, "packets not authentic at the phone")
  t:equal(replayed, 0, "packets replayed at the phone")
end

local function up(t, door, phone, caller)
  local call
  if caller == "door" then
    door:press()
    call = phone:expect_call()
    call:answer()
  else
    call = phone:dial(door.uri)
  end
  call:expect_answer()
  return call
end

for _, caller in ipairs{"door", "phone"} do
  scenario("the " .. caller .. " calls with SRTP: sound both ways, and a code that opens the door",
    {req = {"SIP-09", "SIP-06", "REL-08"}}, function(t)
    local phone = t:phone(SRTP)
    local door  = t:door(with(SRTP, {["button.day"] = phone.uri, ["relay1.code1"] = "42"}))
    local call = up(t, door, phone, caller)
    door:expect_event("media_encryption", {ok = true, kind = "srtp", detail = "AES_CM_128_HMAC_SHA1_80"})
    both_ways(t, door, call)
    call:dtmf("42")
    door:expect_relay(1, "on")
    no_drops(t, call)
    local body = t:sip_messages{method = "INVITE"}[1].body
    t:match(body, "m=audio %d+ RTP/SAVP ")
    t:match(body, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")
    call:hangup()
    door:expect_event("call_end", {cause = "remote"})
    t:equal(#t:events(door, "media_dropped"), 0, "packets the door did not take")
  end)

  scenario("the " .. caller .. " calls with SRTP a side that is set to none: refused, and told",
    {req = {"SIP-09"}}, function(t)
    local phone = t:phone(caller == "phone" and SRTP or {})
    local door  = t:door(with(caller == "door" and SRTP or {}, {["button.day"] = phone.uri}))
    if caller == "door" then
      door:press()
      door:expect_event("call_failed", {code = 488})
    else
      phone:dial(door.uri)
      phone:expect_event("closed", {code = 488})
      door:expect_event("media_encryption", {call = 0, ok = false, kind = "none", detail = "offered with SRTP, not wanted"})
      door:expect_event("sip_refused", {method = "INVITE", code = 488})
      t:match(t:expect_sip{code = 488}:header("Warning"), "^302 ")
    end
  end)
end

scenario("hold and resume change no key, and sound comes back", {req = {"SIP-09", "SIP-10"}}, function(t)
  local phone = t:phone(SRTP)
  local door  = t:door(with(SRTP, {["button.day"] = phone.uri}))
  local call = up(t, door, phone, "door")
  call:hold()
  door:expect_state("held")
  t:wait(5)
  call:hold(false)
  door:expect_state("talking")
  both_ways(t, door, call)
  no_drops(t, call)
  t:equal(#t:events(door, "media_encryption"), 1, "times keys came into force")
  local keys = {}
  for _, m in ipairs(t:sip_messages{method = "INVITE"}) do
    if m.src == phone.address then keys[m.body:match("inline:(%S+)")] = true end
  end
  t:equal(next(keys, next(keys)), nil, "a second key")
end)

scenario("a network that loses, repeats and reorders packets spoils no encrypted call; what is repeated is dropped and counted",
  {req = {"SIP-09", "SIP-05"}}, function(t)
  local phone = t:phone(SRTP)
  local door  = t:door(with(SRTP, {["button.day"] = phone.uri, ["relay1.code1"] = "42"}))
  local call = up(t, door, phone, "door")
  t:net{loss = 5, duplicate = 10, reorder = 5, jitter_ms = 10}
  door:play(600, -15)
  call:play(400, -15)
  t:wait(20)
  t:ok(door:level() > -20, "sound at the door")
  t:ok(call:level() > -20, "sound at the phone")
  local forged, replayed = call:dropped()
  t:equal(forged, 0, "packets not authentic")
  t:near(replayed, 100, 60, "packets repeated")
  t:net{}
  call:dtmf("42")
  door:expect_relay(1, "on")
  call:hangup()
  local dropped = door:expect_event("media_dropped", {forged = 0})
  t:ok(dropped.replayed > 20, "the door counted what was repeated")
end)

scenario("a call of 25 minutes passes the roll-over of sequence numbers, and a hold after it", {req = {"SIP-09"}}, function(t)
  local phone = t:phone(SRTP)
  local door  = t:door(with(SRTP, {["button.day"] = phone.uri, ["door.talk_min"] = "permanent"}))
  local call = up(t, door, phone, "door")
  t:wait(25 * 60)
  call:hold()
  t:wait(5)
  call:hold(false)
  both_ways(t, door, call)
  no_drops(t, call)
end)

scenario("a receiver that speaks SRTP acknowledges the alarm frame", {req = {"SIP-09", "SUP-20", "SUP-22"}}, function(t)
  local receiver = t:receiver(SRTP)
  local door = t:door(with(SRTP, {["button.day"] = receiver.uri, identity = "123456789"}))
  door:press()
  local call = receiver:expect_call()
  call:answer()
  call:expect_answer()
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok, "checksum")
  call:dtmf("1")
  door:expect_event("sup_end", {result = "ok"})
end)

scenario("another phone takes the call over: it gets a key that the first one never had", {req = {"SIP-09", "SIP-10"}}, function(t)
  local a = t:phone(with(SRTP, {name = "first"}))
  local b = t:phone(with(SRTP, {name = "second"}))
  local door = t:door(with(SRTP, {["button.day"] = a.uri}))
  local call = up(t, door, a, "door")
  local invite = call:invite()
  local id, from, to = invite:header("Call-ID"), invite:header("From"):match("tag=([^;>]+)"), nil
  for _, m in ipairs(t:sip_messages{code = 200, cseq = "INVITE"}) do to = m:header("To"):match("tag=([^;>]+)") end
  local second = b:dial(door.uri, {headers = "Replaces: " .. id .. ";to-tag=" .. from .. ";from-tag=" .. to .. "\r\n"})
  second:expect_answer()
  call:expect_close()
  both_ways(t, door, second)
  no_drops(t, second)
  t:equal(#t:events(door, "media_encryption"), 2, "times keys came into force")
  local answer = t:sip_messages{code = 200, cseq = "INVITE", from = door}[1]
  t:ok(not invite.body:find(answer.body:match("inline:(%S+)"), 1, true), "the key is a new one")
end)

-- A phone of raw text: SDP as no good program writes it
local KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
local Raw = {}
Raw.__index = Raw

local function raw(t, door)
  local socket = t:sip_socket{name = "raw"}
  return setmetatable({socket = socket, address = socket.address, host = socket.address:match("^[^:]+"), door = door, cseq = 0}, Raw)
end

function Raw:sdp(proto, ...)
  local out = {"v=0", "o=raw 1 1 IN IP4 " .. self.host, "s=-", "c=IN IP4 " .. self.host, "t=0 0", "m=audio 9000 " .. proto .. " 8"}
  for _, line in ipairs{...} do out[#out + 1] = "a=crypto:" .. line end
  return table.concat(out, "\r\n") .. "\r\n"
end

function Raw:reply(request, status, body)
  local out = {"SIP/2.0 ", status, "\r\n"}
  for _, name in ipairs{"Via", "From", "To", "Call%-ID", "CSeq"} do
    out[#out + 1] = request:match("\r\n(" .. name .. ":[^\r]*)\r\n") .. (name == "To" and ";tag=raw" or "") .. "\r\n"
  end
  out[#out + 1] = "Contact: <sip:raw@" .. self.address .. ">\r\nContent-Type: application/sdp\r\n"
  self.socket:send(table.concat(out) .. "Content-Length: " .. #body .. "\r\n\r\n" .. body, self.door)
end

function Raw:request(method, body)
  if method ~= "ACK" then self.cseq = self.cseq + 1 end
  body = body or ""
  self.socket:send(table.concat{
    method, " ", self.door.uri, " SIP/2.0\r\nVia: SIP/2.0/UDP ", self.address, ";branch=z9hG4bK", method, self.cseq,
    "\r\nFrom: <sip:raw@", self.host, ">;tag=raw\r\nTo: ", self.to or "<" .. self.door.uri .. ">",
    "\r\nCall-ID: raw@", self.host, "\r\nCSeq: ", self.cseq, " ", method, "\r\nContact: <sip:raw@", self.address, ">\r\n",
    #body > 0 and "Content-Type: application/sdp\r\n" or "", "Content-Length: ", #body, "\r\n\r\n", body}, self.door)
end

local S80 = "AES_CM_128_HMAC_SHA1_80"
local wrong_answers = {
  {"in RTP/AVP", "RTP/AVP"},
  {"without a key", "RTP/SAVP"},
  {"with two keys", "RTP/SAVP", "1 " .. S80 .. " inline:" .. KEY, "4 AES_CM_128_HMAC_SHA1_32 inline:" .. KEY},
  {"with a tag that was not offered", "RTP/SAVP", "9 " .. S80 .. " inline:" .. KEY},
  {"with another suite than the tag's", "RTP/SAVP", "1 AES_CM_128_HMAC_SHA1_32 inline:" .. KEY},
  {"with a key too short", "RTP/SAVP", "1 " .. S80 .. " inline:" .. KEY:sub(1, 36)},
  {"with sound that would not be encrypted", "RTP/SAVP", "1 " .. S80 .. " inline:" .. KEY .. " UNENCRYPTED_SRTP"},
}

for _, w in ipairs(wrong_answers) do
  scenario("an answer " .. w[1] .. " ends the call, and no sound goes out", {req = {"SIP-09"}}, function(t)
    local door = t:door(SRTP)
    local peer = raw(t, door)
    door:set("button.day", "sip:raw@" .. peer.address)
    door:press()
    local invite = peer.socket:expect("^INVITE ").data
    peer:reply(invite, "200 OK", peer:sdp(table.unpack(w, 2)))
    door:expect_event("media_encryption", {ok = false, kind = "srtp", detail = "answered without SRTP we can use"})
    peer.socket:expect("^BYE ")
    t:equal(#t:events(door, "media"), 0, "media")
  end)
end

local wrong_offers = {
  {"in RTP/AVP", "RTP/AVP"},
  {"in RTP/AVP with a key beside it", "RTP/AVP", "1 " .. S80 .. " inline:" .. KEY},
  {"without a key", "RTP/SAVP"},
  {"with a suite that nobody has", "RTP/SAVP", "1 F8_128_HMAC_SHA1_80 inline:" .. KEY},
  {"with bad Base64", "RTP/SAVP", "1 " .. S80 .. " inline:" .. KEY:gsub("k", "!")},
  {"with a key that needs an MKI", "RTP/SAVP", "1 " .. S80 .. " inline:" .. KEY .. "|2^20|1:4"},
}

for _, w in ipairs(wrong_offers) do
  scenario("an offer " .. w[1] .. " is refused with 488", {req = {"SIP-09"}}, function(t)
    local door = t:door(SRTP)
    local peer = raw(t, door)
    peer:request("INVITE", peer:sdp(table.unpack(w, 2)))
    peer.socket:expect("^SIP/2%.0 488 .*Warning: 302 ")
    door:expect_event("media_encryption", {call = 0, ok = false, kind = "srtp", detail = "offered without SRTP we can use"})
    door:expect_state("idle")
  end)
end

local suites = {{S80, 40}, {"AES_CM_128_HMAC_SHA1_32", 40}, {"AES_256_CM_HMAC_SHA1_80", 64, "=="}, {"AES_256_CM_HMAC_SHA1_32", 64, "=="},
  {"AEAD_AES_128_GCM", 40, "=="}, {"AEAD_AES_256_GCM", 60, "="}}

for _, s in ipairs(suites) do
  scenario("of several lines the first one that the door can serve is taken: " .. s[1], {req = {"SIP-09"}}, function(t)
    local door = t:door(SRTP)
    local peer = raw(t, door)
    local key = (KEY .. KEY):sub(1, s[2] - #(s[3] or "")) .. (s[3] or "")
    peer:request("INVITE", peer:sdp("RTP/SAVP", "1 F8_128_HMAC_SHA1_80 inline:" .. KEY, "7 " .. s[1] .. " inline:" .. key .. "|2^31",
      "8 " .. S80 .. " inline:" .. KEY))
    local answer = peer.socket:expect("^SIP/2%.0 200 ").data
    t:match(answer, "\r\nm=audio %d+ RTP/SAVP 8\r\n")
    local mine = answer:match("\r\na=crypto:7 " .. s[1]:gsub("%p", "%%%0") .. " inline:([^\r]+)\r\n")
    t:equal(#(mine or ""), s[2], "letters of the door's key")
    t:ok(mine ~= key, "the door has a key of its own")
    t:ok(not answer:find("a=crypto:8", 1, true), "one line answers")
    door:expect_event("media_encryption", {ok = true, detail = s[1]})
  end)
end

local function talking(t, door, peer)
  peer:request("INVITE", peer:sdp("RTP/SAVP", "1 " .. S80 .. " inline:" .. KEY))
  local answer = peer.socket:expect("^SIP/2%.0 200 ").data
  peer.to = answer:match("\r\nTo: ([^\r]*)")
  peer:request("ACK")
  door:expect_state("talking")
  return answer
end

scenario("a change to plain sound is refused, the encrypted call goes on", {req = {"SIP-09", "SIP-10"}}, function(t)
  local door = t:door(SRTP)
  local peer = raw(t, door)
  talking(t, door, peer)
  peer:request("INVITE", peer:sdp("RTP/AVP"))
  peer.socket:expect("^SIP/2%.0 488 .*CSeq: 2 ")
  peer:request("ACK")
  door:expect_event("media_encryption", {call = 1, ok = false})
  peer:request("UPDATE", peer:sdp("RTP/AVP"))
  peer.socket:expect("^SIP/2%.0 488 .*CSeq: 3 ")
  t:wait(1)
  door:expect_state("talking")
end)

for _, method in ipairs{"INVITE", "UPDATE"} do
  scenario("a new key by " .. method .. " gets a new one of the door's; the same key again changes nothing",
    {req = {"SIP-09", "SIP-10"}}, function(t)
    local door = t:door(SRTP)
    local peer = raw(t, door)
    local first = talking(t, door, peer):match("inline:(%S+)")
    local function again(key, cseq)
      peer:request(method, peer:sdp("RTP/SAVP", "2 " .. S80 .. " inline:" .. key))
      local answer = peer.socket:expect("^SIP/2%.0 200 .*CSeq: " .. cseq .. " ").data
      if method == "INVITE" then peer:request("ACK") end
      return answer:match("a=crypto:2 %S+ inline:(%S+)")
    end
    t:equal(again(KEY, 2), first, "the key while theirs is the same")
    local second = again(KEY:reverse(), 3)
    t:ok(second ~= first, "another key")
    t:equal(again(KEY:reverse(), 4), second, "the second key")
    t:equal(#t:events(door, "media_encryption"), 2, "times keys came into force")
  end)
end

scenario("packets with a wrong key, in clear, or of a stranger are dropped and counted; none reaches the loudspeaker",
  {req = {"SIP-09"}}, function(t)
  local phone = t:phone(SRTP)
  local door  = t:door(with(SRTP, {["button.day"] = phone.uri}))
  local call = up(t, door, phone, "door")
  call:play(0)
  local stranger = t:sip_socket{name = "stranger"}
  local port = call:invite().body:match("m=audio (%d+)")
  local address = door.address:match("^[^:]+") .. ":" .. port
  for i = 1, 50 do
    stranger:send(string.pack(">BBI2I4I4", 0x80, 8, 1000 + i, 160 * i, 99) .. string.rep("\x2a", 160), address)
    t:wait(0.02)
  end
  t:ok(door:level() < -60, "silence at the loudspeaker")
  call:play(400, -15)
  t:wait(SETTLE)
  t:near(door:level(), -15, 0.5, "phone to door [dBm0]")
  call:hangup()
  door:expect_event("media_dropped", {forged = 50, replayed = 0})
end)

scenario("settings that change during a call count for the next one", {req = {"SIP-09"}}, function(t)
  local phone = t:phone(SRTP)
  local door  = t:door(with(SRTP, {["button.day"] = phone.uri}))
  local call = up(t, door, phone, "door")
  door:set("sip.media_encryption", "none")
  call:hold()
  door:expect_state("held")
  call:hold(false)
  both_ways(t, door, call)
  call:hangup()
  door:press()
  door:expect_event("call_failed", {code = 488})
end)

-- ZRTP: keys agreed on in the media (RFC 6189), by a module that may not be there

local ZRTP = {["sip.media_encryption"] = "zrtp"}

local function with_zrtp(t)
  local probe = t:door{name = "probe"}
  local good, why = probe:set("sip.media_encryption", "zrtp")
  if not good then t:skip(why) end
end

for _, caller in ipairs{"door", "phone"} do
  scenario("the " .. caller .. " calls with ZRTP: both sides read the same SAS, sound passes both ways, and a code opens the door",
    {req = {"SIP-09", "SIP-06", "REL-08"}}, function(t)
    with_zrtp(t)
    local phone = t:phone(ZRTP)
    local door  = t:door(with(ZRTP, {["button.day"] = phone.uri, ["relay1.code1"] = "42"}))
    local call = up(t, door, phone, caller)
    local body = t:sip_messages{method = "INVITE"}[1].body
    t:match(body, "m=audio %d+ RTP/AVP ")
    t:match(body, "a=zrtp%-hash:1%.10 %x+\r\n")
    local keys = door:expect_event("media_encryption", {ok = true, kind = "zrtp"})
    t:match(keys.detail, "^AES_")
    local sas = door:expect_event("media_sas").sas
    t:equal(phone:expect_event("sas").sas, sas, "the phone's SAS")
    t:match(sas, "^%w%w%w%w$")
    both_ways(t, door, call)
    call:dtmf("42")
    door:expect_relay(1, "on")
    no_drops(t, call)
  end)
end

scenario("ZRTP gets through a network that loses a fifth of its packets, and through a hold", {req = {"SIP-09", "SIP-10"}}, function(t)
  with_zrtp(t)
  local phone = t:phone(ZRTP)
  local door  = t:door(with(ZRTP, {["button.day"] = phone.uri}))
  door:press()
  local call = phone:expect_call()
  t:net{loss = 20, jitter_ms = 10}
  call:answer()
  door:expect_event("media_sas", {within = 10})
  t:net{}
  call:expect_answer()
  call:hold()
  door:expect_state("held")
  call:hold(false)
  door:expect_state("talking")
  both_ways(t, door, call)
  t:equal(#t:events(door, "media_sas"), 1, "times a SAS was told")
end)

scenario("a phone without ZRTP gets no sound: after 10 s the door says why and ends the call", {req = {"SIP-09"}}, function(t)
  with_zrtp(t)
  local phone = t:phone()
  local door  = t:door(with(ZRTP, {["button.day"] = phone.uri}))
  local call = up(t, door, phone, "door")
  door:play(600, -10)
  t:wait(5)
  t:ok(call:level() < -60, "silence at the phone")
  local said = door:expect_event("media_encryption", {ok = false, kind = "zrtp", detail = "no ZRTP from the other side", within = 10})
  t:near(said.t, 10, 1, "when it was said [s]")
  call:expect_close()
  t:equal(call.is_over(call), true, "over")
end)

scenario("a Hello of ZRTP that is not the one of SDP ends the call: somebody sits between", {req = {"SIP-09"}}, function(t)
  with_zrtp(t)
  local phone = t:phone(ZRTP)
  local door  = t:door(ZRTP)
  local peer = raw(t, door)
  door:set("button.day", "sip:raw@" .. peer.address)
  door:press()
  local invite = peer.socket:expect("^INVITE ").data
  -- it passes both descriptions on, but for the hash of the door's Hello
  local body = invite:match("\r\n\r\n(.*)"):gsub("(zrtp%-hash:1%.10 )%x%x", "%1zz"):gsub("10 zz", "10 00")
  peer.socket:send("INVITE " .. phone.uri .. " SIP/2.0\r\nVia: SIP/2.0/UDP " .. peer.address .. ";branch=z9hG4bKx\r\nFrom: <sip:raw@" ..
    peer.host .. ">;tag=raw\r\nTo: <" .. phone.uri .. ">\r\nCall-ID: between@" .. peer.host .. "\r\nCSeq: 1 INVITE\r\nContact: <sip:raw@" ..
    peer.address .. ">\r\nContent-Type: application/sdp\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body, phone)
  phone:expect_call():answer()
  peer:reply(invite, "200 OK", peer.socket:expect("^SIP/2%.0 200 ").data:match("\r\n\r\n(.*)"))
  phone:expect_event("encryption", {ok = false, kind = "zrtp", detail = "ZRTP is not the one of SDP"})
  door:expect_event("media_encryption", {ok = false, within = 15})
  peer.socket:expect("^BYE ")
  t:equal(#t:events(door, "media_sas"), 0, "SAS")
end)

scenario("another phone takes the call over by ZRTP: the two people have a SAS of their own", {req = {"SIP-09", "SIP-10"}}, function(t)
  with_zrtp(t)
  local a = t:phone(with(ZRTP, {name = "first"}))
  local b = t:phone(with(ZRTP, {name = "second"}))
  local door = t:door(with(ZRTP, {["button.day"] = a.uri}))
  local call = up(t, door, a, "door")
  local first = door:expect_event("media_sas").sas
  local invite = call:invite()
  local to
  for _, m in ipairs(t:sip_messages{code = 200, cseq = "INVITE"}) do to = m:header("To"):match("tag=([^;>]+)") end
  local second = b:dial(door.uri, {headers = "Replaces: " .. invite:header("Call-ID") .. ";to-tag=" ..
    invite:header("From"):match("tag=([^;>]+)") .. ";from-tag=" .. to .. "\r\n"})
  second:expect_answer()
  call:expect_close()
  local sas = door:expect_event("media_sas").sas
  t:ok(sas ~= first, "another SAS")
  t:equal(b:expect_event("sas").sas, sas, "the second phone's SAS")
  both_ways(t, door, second)
end)

scenario("a receiver that speaks ZRTP acknowledges the alarm frame", {req = {"SIP-09", "SUP-20", "SUP-22"}}, function(t)
  with_zrtp(t)
  local receiver = t:receiver(ZRTP)
  local door = t:door(with(ZRTP, {["button.day"] = receiver.uri, identity = "123456789"}))
  door:press()
  local call = receiver:expect_call()
  call:answer()
  receiver:expect_event("sas")
  call:dtmf("C")
  t:ok(call:expect_frame().crc_ok, "checksum")
  call:dtmf("1")
  door:expect_event("sup_end", {result = "ok"})
end)

-- The program `ipgap run` and its media encryption, in real time (SIP-09)

local function run(t, env, more)
  local address = t:address("program")
  local data = os.tmpname()
  os.remove(data)
  local command = {"/proc/self/exe", "run", "--headless", "--audio", "none", "--data", data, "--bind", address}
  for _, a in ipairs(more or {}) do command[#command + 1] = a end
  return t:process{command = command, env = env}, function()
    for _, f in ipairs{"ipgap.sqlite", "ipgap.sqlite-wal", "ipgap.sqlite-shm"} do os.remove(data .. "/" .. f) end
    os.remove(data)
  end, address
end

local function story(t, env, more, fn)
  local p, clean, address = run(t, env, more)
  local good, err = pcall(fn, p, address)
  clean()
  if not good then error(err, 0) end
end

scenario("without its module ZRTP is refused, and the message names the remedy; SRTP is taken",
  {clock = "real", timeout = 30, req = {"SIP-09"}}, function(t)
  story(t, {IPGAP_ZRTP_MODULE = "/nonexistent"}, {}, function(p)
    p:expect_line("boot")
    p:send("set sip.media_encryption zrtp\n")
    p:expect_line("sip.media_encryption=zrtp needs the module ipgap%-zrtp.so.*make zrtp")
    p:send("set sip.media_encryption dtls\n")
    p:expect_line("none | srtp | zrtp")
    p:send("set sip.media_encryption srtp\n")
    p:expect_line("^ok")
    p:send("state\n")
    p:expect_line('encryption=""')
    p:send("quit\n")
    p:expect_event("exit", {status = 0})
  end)
end)

scenario("`ipgap run` shows how the present call is encrypted", {clock = "real", timeout = 30, req = {"SIP-09"}}, function(t)
  local phone = t:phone{["sip.media_encryption"] = "srtp"}
  story(t, nil, {"--set", "sip.media_encryption=srtp", "--set", "door.boot_ms=0"}, function(p, address)
    p:expect_line("boot")
    local call = phone:dial("sip:" .. address)
    call:expect_answer()
    p:expect_line("media_encryption.*srtp.*AES_CM_128_HMAC_SHA1_80")
    p:send("state\n")
    p:expect_line('encryption="srtp AES_CM_128_HMAC_SHA1_80"')
    call:hangup()
    p:send("quit\n")
    p:expect_event("exit", {status = 0})
  end)
end)

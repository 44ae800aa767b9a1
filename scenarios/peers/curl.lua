-- The API by real HTTP: curl as the client, while a call goes on

scenario("curl opens the door by HTTP Digest while a call goes on", {clock = "real", timeout = 30, req = {"API-01", "API-50", "SIP-11"}}, function(t)
  local door = t:door{["relay1.code1"] = "1234", ["relay1.hold_s"] = 1, ["door.boot_ms"] = 0}
  local phone = t:phone()
  local at, call = door:serve(), phone:dial(door.uri)
  call:expect_answer()
  local function curl(name, want, path, ...)
    local command = {"curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\n", "http://admin:admin@" .. at .. path, ...}
    local good, c = pcall(t.process, t, {name = name, command = command})
    if not good then t:skip("curl is not installed (package curl)") end
    c:expect_line("^" .. want .. "$")
  end
  curl("open", 200, "/api/remote/", "--digest", "-d", "code=1234")
  local on = door:expect_relay(1, "on")
  curl("basic", 401, "/api/remote/", "-d", "code=1234")
  door:expect_relay(1, "off", {after = on, exactly = 1, tol = 0.05})
  curl("end", 200, "/api/voip/?type=terminate_all", "--digest")
  door:expect_event("call_end", {cause = "command"})
  local s = door:expect_event("media_stats")
  t:equal(s.lost, 0, "packets lost")
  call:expect_close()
end)

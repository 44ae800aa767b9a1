-- Programs of the outside world: their lines, their end, their connections (SCN-01)

scenario("a program's lines are heard, its input is fed, its end is told", {clock = "real", timeout = 20}, function(t)
  local p = t:process{command = {"cat"}}
  p:send("hello\nworld\n")
  p:expect_line("^hello$")
  p:expect_line("^world$")
  p:stop()
  p:expect_event("exit", {signal = "Terminated"})
  t:ok(p:is_over(), "it is over")
end)

scenario("a program gets its folder and environment, and no shell", {clock = "real", timeout = 20}, function(t)
  local p = t:process{command = {"sh", "-c", "echo \"$FOO\"; pwd; echo trouble >&2; exit 3"}, cwd = "/usr",
                      env = {FOO = "$HOME; ls"}}
  p:expect_line("^%$HOME; ls$")
  p:expect_line("^/usr$")
  t:equal(p:expect_line("^trouble$").from, "err")
  p:expect_event("exit", {status = 3})
end)

scenario("a program that is not there is said by name", {clock = "real", timeout = 20}, function(t)
  t:raises(function() t:process{command = {"no-such-program"}} end, "no%-such%-program: No such file")
end)

scenario("colours and blanks are taken out of a program's lines", {clock = "real", timeout = 20}, function(t)
  local p = t:process{command = {"printf", "\27[31mred\27[0m and plain  \r\nlast"}}
  p:expect_line("^red and plain$")
  p:expect_line("^last$")
end)

scenario("a program that ignores the request to end is killed", {clock = "real", timeout = 20}, function(t)
  local p = t:process{command = {"sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"}}
  p:expect_line("^up$")
  p:stop()
  p:expect_event("exit", {signal = "Killed"})
end)

scenario("a TCP connection to a program is a stream", {clock = "real", timeout = 20}, function(t)
  local b = t:baresip()
  b.ctrl:close()
  local c = t:tcp{address = b.address:gsub(":%d+$", ":4444")}
  local command = '{"command":"listcalls","token":"one"}'
  c:send(#command .. ":")
  c:send(command .. ",")
  c:expect('"response":true')
  c:expect('"token":"one"')
end)

scenario("programs need the real clock, and say so", {clock = "virtual"}, function(t)
  t:raises(function() t:process{command = {"true"}} end, "real clock")
  t:raises(function() t:tcp{address = "127.0.0.1:1"} end, "real clock")
end)

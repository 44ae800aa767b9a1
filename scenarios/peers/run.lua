-- The program `ipgap run` with an account, in real time (SIP-03)

scenario("`ipgap run` registers, and takes its registration back when it is told to quit",
  {clock = "real", timeout = 30, req = {"SIP-03"}}, function(t)
  local pbx = t:pbx{users = {["100"] = "secret"}}
  local data = os.tmpname()
  os.remove(data)
  local host = pbx.address:match("^[^:]+")
  local p = t:process{command = {"/proc/self/exe", "run", "--headless", "--audio", "none", "--data", data, "--bind", t:address("program"),
    "--set", "sip.account1.server=" .. host, "--set", "sip.account1.user=100", "--set", "sip.account1.password=secret",
    "--set", "sip.account1.active=yes"}}
  local good, err = pcall(function()
    pbx:expect_event("registered", {user = "100"})
    p:expect_line("registration")
    p:send("quit\n")
    pbx:expect_event("unregistered", {user = "100", within = 2})
    p:expect_event("exit", {status = 0})
  end)
  for _, f in ipairs{"ipgap.sqlite", "ipgap.sqlite-wal", "ipgap.sqlite-shm"} do os.remove(data .. "/" .. f) end
  os.remove(data)
  if not good then error(err, 0) end
end)

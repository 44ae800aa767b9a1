-- The scan of the local network: who answers SIP, and who only pretends to (NET-03)

-- the simulated network has no silent machines between the others on the real clock
local declare = scenario
local function scenario(name, opts, fn)
  opts.clock = "virtual"
  declare(name, opts, fn)
end

local function ip_of(x) return x.address:match("^([^:]+)") end

local function number(x)
  local a, b, c, d = ip_of(x):match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function addresses(door)
  local list = {}
  for i, f in ipairs(door:scanned().found) do list[i] = f.address end
  return table.concat(list, " ")
end

-- A reply to a request; from outside
local function reply(request, status, headers)
  local out = {"SIP/2.0 ", status, "\r\n"}
  for _, name in ipairs{"Via", "From", "To", "Call%-ID", "CSeq"} do
    local line = request:match("\r\n(" .. name .. ":[^\r]*)\r\n")
    out[#out + 1] = line .. (name == "To" and ";tag=raw" or "") .. "\r\n"
  end
  return table.concat(out) .. (headers or "") .. "Content-Length: 0\r\n\r\n"
end

local function via(request) return (request:match("\r\nVia: SIP/2%.0/UDP ([^;]*);")) end

scenario("a scan finds the phones of the network in the order of addresses, and nobody else", {req = {"NET-03"}}, function(t)
  local a = t:phone{name = "a"}
  local door = t:door()
  local b, c = t:phone{name = "b"}, t:phone{name = "c"}
  local silent = t:sip_socket{name = "silent"}
  local begun = t:now()
  t:ok(door:scan("10.77.0.0/24"))
  local start = door:expect_event("scan", {action = "start"})
  t:equal(start.range, "10.77.0.1-10.77.0.254")
  t:equal(start.addresses, 254)
  local raised, why = door:scan("10.77.0.0/24")
  t:equal(raised, nil)
  t:match(why, "runs already")
  local over = door:expect_event("scan", {action = "end", within = 20})
  t:equal(over.found, 3)
  t:equal(addresses(door), table.concat({ip_of(a), ip_of(b), ip_of(c)}, " "))
  for _, f in ipairs(door:scanned().found) do
    t:equal(f.status, 200)
    t:match(f.name, "ipgap scenario phone")
  end
  t:near(t:now() - begun, 2 * 254 * 0.02 + 2, 0.5)
  local state = door:scanned()
  t:equal(state.done, 508)
  t:equal(state.total, 508)
  t:equal(state.running, false)
  -- the silent one was asked twice, with the same request
  local first, second = silent:expect("^OPTIONS "), silent:expect("^OPTIONS ")
  t:equal(first.data, second.data)
  silent:expect_nothing{during = 2}
end)

scenario("no more than 50 questions go out in a second, and the door does not ask itself", {req = {"NET-03"}}, function(t)
  local door = t:door()
  local ears = {}
  for i = 1, 60 do ears[i] = t:sip_socket{name = "ear" .. i} end
  t:ok(door:scan("10.77.0.0/24"))
  door:expect_event("scan", {action = "end", within = 20})
  local per, n = {}, 0
  for _, m in ipairs(t:sip_messages{method = "OPTIONS"}) do
    local s = math.floor(m.t)
    per[s], n = (per[s] or 0) + 1, n + 1
    t:ok(not m.first:find("^OPTIONS sip:" .. ip_of(door):gsub("%.", "%%.") .. ":"), "it asked itself")
  end
  t:ok(n >= 120, "questions seen: " .. n)
  for _, k in pairs(per) do t:ok(k <= 51, "questions in a second: " .. k) end
end)

scenario("1,024 addresses take less than 45 s, 1,025 are refused", {req = {"NET-03"}}, function(t)
  local door, phone = t:door(), t:phone()
  local ok, why = door:scan("10.77.0.1-10.77.4.1")
  t:equal(ok, nil)
  t:match(why, "1,024")
  local begun = t:now()
  t:ok(door:scan("10.77.0.0-10.77.3.255"))
  t:equal(door:expect_event("scan", {action = "end", within = 60}).found, 1)
  t:ok(t:now() - begun < 45, "took " .. t:now() - begun)
end)

scenario("a cancelled scan asks nobody any more and keeps what it found", {req = {"NET-03"}}, function(t)
  local door, phone = t:door(), t:phone()
  local late = t:sip_socket{name = "late"}
  t:ok(door:scan("10.77.0.0/24"))
  late:expect("^OPTIONS ")
  t:wait(0.5)
  t:ok(door:scan_stop())
  local e = door:expect_event("scan", {action = "cancel"})
  t:equal(e.found, 1)
  late:expect_nothing{during = 5}
  t:equal(door:scanned().cancelled, true)
  t:equal(addresses(door), ip_of(phone))
  t:equal(door:scan_stop(), nil)
  t:ok(door:scan(ip_of(phone)))
  t:equal(door:expect_event("scan", {action = "end", within = 10}).found, 1)
end)

scenario("ranges that are none, or nobody's of the local network, are refused with what would be right", {req = {"NET-03"}}, function(t)
  local door = t:door()
  for range, say in pairs{
    [""] = "accepted: 192.168.0.0/24", ["phones"] = "is no range", ["10.77.0.1-"] = "is no range", ["10.77.0"] = "is no range",
    ["10.77.0.256"] = "is no range", ["10.77.0.0/33"] = "is no range", ["10.77.0.1,10.77.0.2"] = "is no range",
    ["10.77.0.9-10.77.0.1"] = "ends before", ["0.0.0.1"] = "0%.0%.0%.0/8", ["0.0.0.0/0"] = "0%.0%.0%.0/8",
    ["224.0.0.1"] = "multicast", ["239.1.1.1-239.1.1.9"] = "multicast", ["255.255.255.255"] = "broadcast",
    ["8.8.8.8"] = "not local", ["172.32.0.1"] = "not local", ["10.0.0.0/8"] = "1,024", ["9.255.255.255-10.0.0.1"] = "not local",
    [("1"):rep(300)] = "is no range",
  } do
    local ok, why = door:scan(range)
    t:equal(ok, nil, range)
    t:match(why, say, range)
  end
  t:raises(function() door:scan("10.77.0.1", 0) end, "65535")
  t:equal(door:scanned(), nil)
end)

scenario("an answer counts from who was asked, with that question's branch, once", {req = {"NET-03"}}, function(t)
  local door = t:door()
  local liar, honest, mute = t:sip_socket{name = "liar"}, t:sip_socket{name = "honest"}, t:sip_socket{name = "mute"}
  local low, high = math.min(number(liar), number(honest), number(mute)), math.max(number(liar), number(honest), number(mute))
  local function text(n) return ("%d.%d.%d.%d"):format(n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255) end
  t:ok(door:scan(text(low) .. "-" .. text(high)))
  local asked = liar:expect("^OPTIONS ").data
  local to_mute = mute:expect("^OPTIONS ").data
  local to_honest = honest:expect("^OPTIONS ").data
  -- answers for another, although it knows his branch; garbage; another branch; no final answer; a request
  liar:send(reply(to_mute, "200 OK"), via(to_mute))
  liar:send("SIP/2.0 200 OK\r\n\r\n", via(asked))
  liar:send(("\0\255"):rep(700), via(asked))
  liar:send((reply(asked, "200 OK"):gsub("z9hG4bK%x+", "z9hG4bK0123456789abcdef")), via(asked))
  liar:send(reply(asked, "100 Trying"), via(asked))
  liar:send(asked, via(asked))
  t:wait(0.1)
  t:equal(#door:scanned().found, 0)
  for _ = 1, 10000 do honest:send(reply(to_honest, "404 Not Found", "Server: first\r\n"), via(to_honest)) end
  honest:send(reply(to_honest, "200 OK", "Server: second\r\n"), via(to_honest))
  local over = door:expect_event("scan", {action = "end", within = 10})
  t:equal(over.found, 1)
  local f = door:scanned().found[1]
  t:equal(f.address, ip_of(honest))
  t:equal(f.status, 404)
  t:equal(f.name, "first")
end)

scenario("a device's name is text: cut, and without what is none", {req = {"NET-03"}}, function(t)
  local door = t:door()
  local odd = t:sip_socket{name = "odd"}
  t:ok(door:scan(ip_of(odd)))
  local asked = odd:expect("^OPTIONS ").data
  odd:send(reply(asked, "200 OK", "User-Agent: " .. ("a"):rep(62) .. "é\27[31m" .. ("b"):rep(2000) .. "\r\n"), via(asked))
  door:expect_event("scan", {action = "end", within = 10})
  t:equal(door:scanned().found[1].name, ("a"):rep(62))
  t:ok(door:scan(ip_of(odd)))
  asked = odd:expect("^OPTIONS ").data
  odd:send(reply(asked, "200 OK", "Server: caf\xc3\xa9 \255\27[0m\r\n"), via(asked))
  door:expect_event("scan", {action = "end", within = 10})
  t:equal(door:scanned().found[1].name, "café ??[0m")
end)

scenario("a scan in a call changes nothing of its sound; a power cut ends it without a word", {req = {"NET-03", "SIP-01"}}, function(t)
  local phone = t:phone()
  local door = t:door{["button.day"] = phone.uri}
  door:press()
  local call = phone:expect_call()
  call:answer()
  door:expect_event("call_answered")
  t:ok(door:scan("10.77.0.0/24"))
  door:play(440, -10)
  call:expect_level{above = -13, within = 2}
  door:expect_event("scan", {action = "end", within = 20})
  call:hangup()
  t:equal(door:expect_event("media_stats").lost, 0)
  t:equal(door:expect_event("media_quality").late, 0)
  t:ok(door:scan("10.77.0.0/24"))
  t:wait(1)
  door:mains(false)
  door:poe(false)
  t:wait(30)
  door:mains(true)
  door:expect_event("boot")
  t:equal(door:scanned(), nil)
end)

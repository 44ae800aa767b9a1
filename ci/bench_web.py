#!/usr/bin/env python3
"""A door in a call, its relay pulled again and again, under requests of its pages (WEB-01).

    bench_web.py IPGAP

Prints "requests_s N", "page_ms N", "call_lost N", "relay_error_ms N", "login_ms N"; exit status 1 where it could not measure.
The requests come from wrk: 500 a second, by a pause between two of one connection (its Lua script), half of them the
first page, half the session's; meanwhile somebody logs in over and over.
"""
import json, os, re, shutil, subprocess, sys, tempfile, threading, time
from api_door import Door, ask

IPGAP = os.path.realpath(sys.argv[1])
SECONDS, PAUSE_MS, CONNECTIONS = 12, 40, 22
HOLD_S = 1

SCRIPT = """
local n = 0
wrk.headers["Cookie"] = "%s"
wrk.headers["Accept-Encoding"] = "gzip"
function request()
  n = n + 1
  return wrk.format("GET", n %% 2 == 0 and "/" or "/ui/session")
end
function delay() return %d end
"""


def seconds(line):
    h, m, s = re.match(r"(\d+):(\d+):([\d.]+)", line).groups()
    return int(h) * 3600 + int(m) * 60 + float(s)


def post(door, path, body, cookie="", token="", source="127.0.0.1"):
    return ask(door, "POST", path, json.dumps(body), "application/json", {"Cookie": cookie, "X-CSRF-Token": token}, source)


def relays(door, end):
    while time.monotonic() < end:
        ask(door, "POST", "/api/remote", "code=1111", basic="admin:admin")
        time.sleep(HOLD_S + 0.3)


def logins(door, end, took):
    while time.monotonic() < end:
        t = time.monotonic()
        if post(door, "/ui/login", {"login": "admin", "password": "admin"}, source="127.0.0.3").status == 200:
            took.append(time.monotonic() - t)


def main():
    t = tempfile.mkdtemp(prefix="ipgap-bench-web.")
    door = Door(IPGAP, f"{t}/a", "--http", "0", "--https", "off", "--set", "relay1.code1=1111", "--set", f"relay1.hold_s={HOLD_S}",
                "--set", "api.auth=basic", rtp=(31000, 31100))
    other = Door(IPGAP, f"{t}/b", "--http", "off", "--https", "off", "--set", f"button.day=sip:127.0.0.1:{door.sip}", rtp=(31200, 31300))
    other.say("press")
    door.expect("call_answered", 10)
    cookie = post(door, "/ui/login", {"login": "admin", "password": "admin"}).headers["set-cookie"].split(";")[0]
    with open(f"{t}/wrk.lua", "w") as f:
        f.write(SCRIPT % (cookie, PAUSE_MS))
    end, took = time.monotonic() + SECONDS, []
    helpers = [threading.Thread(target=relays, args=(door, end)), threading.Thread(target=logins, args=(door, end, took))]
    for h in helpers:
        h.start()
    out = subprocess.run(["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s", "--latency", "-s", f"{t}/wrk.lua",
                          f"http://127.0.0.1:{door.http}/"], capture_output=True, text=True)
    for h in helpers:
        h.join()
    other.say("hangup")
    stats = [door.expect("media_stats ", 5), other.expect("media_stats ", 5)]
    lost = 0
    for mine, theirs in (stats, stats[::-1]):
        n = {k: int(v) for k, v in re.findall(r"(sent|received|lost)=(\d+)", mine)}
        lost += n["lost"]
    on = [seconds(x) for x in door.seen("relay relay=1 on=yes")]
    off = [seconds(x) for x in door.seen("relay relay=1 on=no")]
    error = max(abs(b - a - HOLD_S) * 1000 for a, b in zip(on, off))
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", out.stdout).group(1))
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", out.stdout)
    page_ms = float(p99.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[p99.group(2)]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out.stdout) or re.search(r"Socket errors: (.*)", out.stdout)
    if bad or len(off) < 5 or not took or "received=0" in stats[0]:
        print(f"bench_web.py: {bad and bad.group(0)} {stats} {len(off)} relays, {len(took)} logins", file=sys.stderr)
        return 1
    print(f"requests_s {rate}\npage_ms {page_ms}\ncall_lost {lost}\nrelay_error_ms {error:.3f}\nlogin_ms {sorted(took)[len(took) // 2] * 1000:.1f}")
    failed = door.end() or other.end()
    shutil.rmtree(t)
    return 1 if failed else 0


sys.exit(main())

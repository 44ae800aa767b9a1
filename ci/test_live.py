#!/usr/bin/env python3
"""The live panel, the panel by hand, information and scan of a running door (EVT-02, SIM-01, WEB-09, NET-03).

    test_live.py IPGAP [CASE...]

A second door is the phone that is called and found.  Prints one verdict a case and "N passed, N failed"; exit status 0
where none failed.
"""
import http.client, json, os, re, socket, sys, tempfile, threading, time
from api_door import Door, ask, free_port, run_cases

IPGAP = os.path.realpath(sys.argv[1])
T = tempfile.mkdtemp(prefix="ipgap-live.")
JSON = "application/json"
USER = {"login": "maria", "password": "caretaker-7"}
door = phone = None
note = ""


class Browser:
    """A session of the pages."""

    def __init__(self, login="admin", password="admin"):
        a = ask(door, "POST", "/ui/login", json.dumps({"login": login, "password": password}), JSON)
        assert a.status == 200, (a.status, a.body)
        self.headers = {"Cookie": a.headers["set-cookie"].split(";")[0], "X-CSRF-Token": json.loads(a.body)["csrf"],
                        "Accept-Encoding": "identity"}

    def get(self, path, status=200):
        a = ask(door, "GET", path, headers=self.headers)
        assert a.status == status, (path, a.status, a.body)
        return json.loads(a.body)

    def post(self, path, body, status=200):
        a = ask(door, "POST", path, json.dumps(body), JSON, self.headers)
        assert a.status == status, (path, body, a.status, a.body)
        return json.loads(a.body or b"{}")

    def panel(self, status=200, **body):
        return self.post("/ui/panel", body, status)


class Stream:
    """A page that watches: what came, and waiting for it."""

    def __init__(self, browser):
        self.came, self.ended, self.more = [], False, threading.Condition()
        self.c = http.client.HTTPConnection("127.0.0.1", door.http, timeout=30)
        self.c.request("GET", "/ui/live", headers=browser.headers)
        self.r = self.c.getresponse()
        assert self.r.status == 200 and self.r.headers["content-type"].startswith("text/event-stream"), self.r.status
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            self.lines()
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass                                # how http.client says that a stream was cut
        with self.more:
            self.ended = True
            self.more.notify_all()

    def lines(self):
        kind = None
        while line := self.r.readline():
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                with self.more:
                    self.came.append((kind, json.loads(line[6:])))
                    self.more.notify_all()

    def until(self, kind, right, seconds=10):
        """The first of a kind that is right, from what has not been looked at; all before it is forgotten."""
        end = time.monotonic() + seconds
        with self.more:
            while True:
                while self.came:
                    k, data = self.came.pop(0)
                    if k == kind and right(data):
                        return data
                left = end - time.monotonic()
                assert left > 0 and not self.ended and self.more.wait(left), f"no {kind} came that was waited for"

    def event(self, name, **want):
        return self.until("event", lambda e: e["event"] == name and all(e[k] == v for k, v in want.items()))

    def end(self):
        self.c.sock and self.c.sock.shutdown(socket.SHUT_RDWR)
        self.c.close()


def quiet():
    """No call, all supplies, everything released."""
    for text in "release", "input off", "mains on", "poe on", "link on":
        door.say(text)
    door.say("hangup", "^ok|^error")
    time.sleep(.3)


def message(port, n):
    body = f"{n:08d}" + "x" * 3900
    return (f"MESSAGE sip:door@127.0.0.1:{door.sip} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n}\r\n"
            f"From: <sip:test@127.0.0.1>;tag=1\r\nTo: <sip:door@127.0.0.1>\r\nCall-ID: {n}@test\r\nCSeq: 1 MESSAGE\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


# --- cases ---

def a_press_a_call_and_a_strike_are_seen_by_all_who_watch():
    admin, user = Browser(), Browser(**USER)
    a, u = Stream(admin), Stream(user)
    first = u.until("state", lambda s: True)
    assert first["powered"] and first["running"] and first["call"] is None and not first["button"], first
    assert first["accounts"] == [{"account": n, "active": False, "registered": False} for n in (1, 2, 3)], first
    assert [r["function"] for r in first["relays"]] == ["strike", "strike"], first
    time.sleep(.2)
    began = time.monotonic()
    admin.panel(input="button", press_ms=300)
    u.until("state", lambda s: s["button"])
    seen = time.monotonic() - began
    a.event("button", pressed=True)
    s = u.until("state", lambda s: s["call"] and s["call"]["state"] in ("calling", "ringing"))
    assert s["call"]["direction"] == "out" and str(phone.sip) in s["call"]["peer"], s["call"]
    u.until("state", lambda s: not s["button"])
    s = u.until("state", lambda s: s["call"] and s["call"]["state"] == "talking", 8)
    assert abs(s["call"]["since_us"] / 1e6 - time.time()) < 3, s["call"]
    assert any(p["colour"] != "off" for p in s["pictograms"]), s
    door.say("open 1")
    u.until("state", lambda s: s["relays"][0]["on"])
    a.event("relay", relay=1, on=True)
    u.until("state", lambda s: not s["relays"][0]["on"], 8)
    door.say("hangup")
    u.until("state", lambda s: s["call"] is None)
    a.event("call_end")
    assert not [k for k, d in u.came if k == "event"], "a user sees events"
    a.end(), u.end()
    global note
    note = f"a press is seen after {seen * 1000:.0f} ms"


def states_differ_and_are_not_too_many():
    user = Stream(Browser(**USER))
    user.until("state", lambda s: True)
    admin = Browser()
    began, i = time.monotonic(), 0
    while time.monotonic() < began + .5:
        admin.panel(dip=i % 4 + 1, on=i // 4 % 2 == 0)
        i += 1
    took = time.monotonic() - began
    for n in 1, 2, 3, 4:
        admin.panel(dip=n, on=n == 3)
    time.sleep(.3)
    states = [d for k, d in user.came if k == "state"]
    assert 2 <= len(states) <= took * 20 + 4, (len(states), took)
    assert states[-1]["dip"] == 4, states[-1]
    admin.panel(dip=3, on=False)
    assert all(x != y for x, y in zip(states, states[1:])), "the same state twice"
    user.end()


def a_power_cut_is_seen_and_can_be_ended():
    admin, user = Browser(), Browser(**USER)
    u = Stream(user)
    admin.panel(input="mains", level=False)
    s = u.until("state", lambda s: not s["mains"])
    assert s["running"] and s["poe"] and s["powered"], s
    admin.panel(input="poe", level=False)
    s = u.until("state", lambda s: not s["running"])
    assert not s["powered"] and s["call"] is None and s["accounts"] == [], s
    assert all(p["colour"] == "off" for p in s["pictograms"]) and not any(r["on"] for r in s["relays"]), s
    assert admin.get("/ui/session")["unpowered"] is True
    info = admin.get("/ui/info")
    assert info["uptime_us"] is None and info["sip"] == "" and not info["powered"] and info["network"]["interface"] == "lo", info
    admin.post("/ui/scan", {"range": "127.0.0.9"}, 503)
    v = Stream(user)                            # somebody comes in the dark
    assert not v.until("state", lambda s: True)["running"]
    admin.panel(input="mains", level=True)
    for stream in u, v:
        stream.until("state", lambda s: s["running"] and s["mains"] and all(p["colour"] == "white" for p in s["pictograms"]), 5)
    door.say("restart")
    u.until("state", lambda s: s["running"] and any(p["colour"] == "white" for p in s["pictograms"]), 8)
    door.expect("picto=door colour=off")
    u.end(), v.end()


def changed_settings_are_told():
    u = Stream(Browser(**USER))
    before = u.until("values", lambda v: True)["version"]
    door.set(door__ring_s="21")
    after = u.until("values", lambda v: v["version"] != before)["version"]
    assert after > before, (before, after)
    u.end()


def a_switch_is_turned():
    admin, u = Browser(), Stream(Browser(**USER))
    admin.panel(dip=3, on=True)
    u.until("state", lambda s: s["dip"] == 4)
    admin.panel(dip=3, on=False)
    u.until("state", lambda s: s["dip"] == 0)
    door.say("dip 2 on")
    u.until("state", lambda s: s["dip"] == 2)
    door.say("dip 2 off")
    u.end()


def a_button_is_let_go_when_its_page_is_heard_no_more():
    admin, u = Browser(), Stream(Browser(**USER))
    admin.panel(input="button", level=True)
    u.until("state", lambda s: s["button"])
    time.sleep(2.5)
    assert admin.panel(input="button", held=True) == {"pressed": True}
    said = time.monotonic()
    u.until("state", lambda s: not s["button"], 6)
    assert 3.5 < time.monotonic() - said < 5, time.monotonic() - said
    assert admin.panel(input="button", held=True) == {"pressed": False}
    u.end()


def a_hand_that_does_wrong_is_told():
    admin, user = Browser(), Browser(**USER)
    for body in ({}, {"input": "door"}, {"input": "mains"}, {"input": "mains", "level": "off"}, {"input": "mains", "level": 0},
                 {"input": ["mains"], "level": True}, {"dip": 0, "on": True}, {"dip": 5, "on": True}, {"dip": 1}, {"dip": "1", "on": True},
                 {"input": "button", "press_ms": 49}, {"input": "button", "press_ms": 60001}, {"input": "button", "press_ms": -1},
                 {"input": "button", "press_ms": 1 << 62}, {"input": "contact", "press_ms": 100}):
        a = admin.panel(422, **body)
        assert a["id"] == "bad_input" and "accepted" in a["text"] or "dip 1 to 4" in a["text"], (body, a)
    admin.panel(input="button", level=True)
    assert admin.panel(409, input="button", press_ms=100)["id"] == "pressed_already"
    admin.panel(input="button", level=False)
    assert admin.panel(input="button", held=True) == {"pressed": False}, "a press that is over begins no other one"
    assert admin.panel(422, input="contact", held=True)["id"] == "bad_input"
    assert user.panel(403, input="button", level=True)["id"] == "forbidden"
    del admin.headers["X-CSRF-Token"]
    assert admin.panel(403, input="mains", level=False)["id"] == "token"
    assert ask(door, "GET", "/ui/live").status == 401 and ask(door, "GET", "/ui/info").status == 401


def a_reader_who_does_not_read_costs_only_himself():
    admin = Browser()
    good = Stream(admin)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    s.connect(("127.0.0.1", door.http))
    s.sendall(f"GET /ui/live HTTP/1.1\r\nHost: 127.0.0.1:{door.http}\r\nCookie: {admin.headers['Cookie']}\r\n\r\n".encode())
    sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sip.settimeout(2)
    sip.bind(("127.0.0.1", 0))
    slowest, sent, began = 0, 0, time.monotonic()
    while sent < 1400:                          # more than the kernel keeps for who sleeps, 4 MB
        for _ in range(20):
            sip.sendto(message(sip.getsockname()[1], sent), ("127.0.0.1", door.sip))
            sent += 1
        for _ in range(20):
            sip.recv(4096)                      # its 200: the event is there
        t = time.monotonic()
        admin.get("/ui/session")
        slowest = max(slowest, time.monotonic() - t)
    got = [good.until("event", lambda e: e["event"] == "message_in")["body"][:8] for _ in range(sent)]
    assert got == [f"{n:08d}" for n in range(sent)], "who reads has lost events"
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    slept = time.monotonic() - began
    s.settimeout(5)
    back, end = b"", time.monotonic() + 15
    try:
        while not (m := re.search(rb'event: lost\s+data: {"events":(\d+)}\s+event: state\s', back[-100000:].replace(b"\r\n", b"\n"))):
            part = s.recv(65536)
            assert part and time.monotonic() < end, f"no note of loss in {len(back)} bytes"
            back += part
    except TimeoutError:
        m = None
    s.close()
    global note
    note = f"{sent} events, {int(m.group(1)) if m else 0} lost by who slept {slept:.1f} s, others waited {slowest * 1000:.0f} ms at most"
    assert m, f"no note of loss in {len(back)} bytes"
    good.end()


def streams_of_a_session_are_bounded_and_end_with_it():
    admin = Browser()
    streams = [Stream(admin) for _ in range(4)]
    for _ in range(8):                          # a page that is loaded again and again
        streams.append(Stream(admin))
        streams.pop(0).until("replaced", lambda d: True)
    others = [Browser() for _ in range(2)]
    more = [Stream(b) for b in others for _ in range(4)]
    a = ask(door, "GET", "/ui/live", headers=Browser().headers)
    assert a.status == 503 and json.loads(a.body)["id"] == "too_many_pages", a.body
    admin.post("/ui/logout", {})
    door.say("input on"), door.say("input off")
    time.sleep(.3)
    assert all(s.ended for s in streams), [s.ended for s in streams]
    assert not any(s.ended for s in more), [s.ended for s in more]
    for s in more:
        s.end()


def the_page_of_information_says_what_is():
    user = Browser(**USER)
    a = user.get("/ui/info")
    assert a["model"] and a["version"] and a["mode"] == "p2p" and a["sip"] == f"sip:ipacGap@127.0.0.1:{door.sip}", a
    assert a["network"]["interface"] == "lo" and a["network"]["address"] == "127.0.0.1" and a["network"]["mask"] == "255.0.0.0", a
    assert abs(a["time"]["wall_us"] / 1e6 - time.time()) < 2 and a["time"]["zone"] == "Europe/Paris" and a["time"]["offset_s"] in (3600, 7200), a
    assert a["storage"]["used_bytes"] > 10000 and a["storage"]["free_bytes"] > 0, a
    time.sleep(.5)
    b = user.get("/ui/info")
    assert .4e6 < b["uptime_us"] - a["uptime_us"] < 3e6, (a["uptime_us"], b["uptime_us"])
    assert b["packets"]["received"] > a["packets"]["received"] and b["bytes"]["sent"] > a["bytes"]["sent"], b
    door.set(sip__account1__server="127.0.0.1", sip__account1__user="1000", sip__account1__password="s3cret-word", sip__account1__active="yes")
    c = user.get("/ui/info")
    assert c["mode"] == "ipbx" and c["sip"] == "" and "s3cret" not in json.dumps(c), c
    s = Stream(user)
    assert s.until("state", lambda s: True)["accounts"][0] == {"account": 1, "active": True, "registered": False}
    s.end()
    door.set(sip__account1__active="no")


def a_scan_finds_the_phone():
    admin, user = Browser(), Browser(**USER)
    s, u = Stream(admin), Stream(user)
    usual = admin.get("/ui/scan")
    assert usual["running"] is False and usual["range"] == "127.0.0.1-127.0.0.254" and usual["found"] == [], usual
    for body, code, why in (({"range": "8.8.8.8"}, 422, "bad_range"), ({"range": "127.0.0.0/8"}, 422, "bad_range"), ({"range": "x"}, 422, "bad_range"),
                            ({"range": "127.0.0.9", "port": 0}, 422, "bad_input"), ({"range": "127.0.0.9", "port": "sip"}, 422, "bad_input"),
                            ({"cancel": True}, 409, "no_scan")):
        assert admin.post("/ui/scan", body, code)["id"] == why, body
    user.post("/ui/scan", {"range": "127.0.0.9"}, 403)
    begun = admin.post("/ui/scan", {"range": "127.0.0.5-127.0.0.14", "port": phone.sip}, 202)
    assert begun["running"] and begun["total"] == 20, begun
    assert admin.post("/ui/scan", {"range": "127.0.0.5"}, 409)["id"] == "scan_runs"
    s.event("scan", action="start")
    s.until("scan", lambda d: d["running"] and d["found"] == 1)
    s.event("scan", action="end", found=1)
    s.until("scan", lambda d: not d["running"] and d["done"] == d["total"] == 20)
    end = admin.get("/ui/scan")
    assert [(f["address"], f["status"], f["name"]) for f in end["found"]] == [("127.0.0.9", 200, "ipgap")], end
    assert not [k for k, d in u.came if k in ("scan", "event")], "a user sees the scan"
    admin.post("/ui/scan", {}, 202)
    assert admin.post("/ui/scan", {"cancel": True})["cancelled"] is True
    s.event("scan", action="cancel")
    assert door.say("scan 127.0.0.9").startswith("ok") and door.say("scan stop").startswith("ok")
    assert door.say("scan stop").startswith("error") and "is no range" in door.say("scan x")
    assert "127.0.0.9" in door.say("scan") and door.alive() is None
    s.end(), u.end()


class NtpServer(threading.Thread):
    """An NTP server that is an hour ahead (TIM-01)"""

    def __init__(self):
        super().__init__(daemon=True)
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind(("127.0.0.1", 0))
        self.port = self.s.getsockname()[1]
        self.start()

    def run(self):
        while True:
            asked, who = self.s.recvfrom(100)
            now = int((time.time() + 3600 + 2208988800) * 2 ** 32).to_bytes(8, "big")
            self.s.sendto(bytes([0x24, 2, 6, 0xec]) + bytes(20) + asked[40:48] + now + now, who)


def the_clock_is_seen_and_set_by_hand():
    admin, user = Browser(), Browser(**USER)
    s = Stream(admin)
    ahead = lambda: admin.get("/ui/clock")["time"]["wall_us"] / 1e6 - time.time()
    assert ask(door, "GET", "/ui/clock", headers=user.headers).status == 403
    a = admin.get("/ui/clock")
    assert a["source"] == "system" and a["ntp"] is None and abs(ahead()) < .5, a
    assert admin.post("/ui/clock", {"local": "2026-07-01 12:00:00"}, 409)["id"] == "clock_source"
    assert "set time.source=manual first" in door.say("clock 2026-07-01 12:00:00")
    door.set(time__source="manual")
    user.post("/ui/clock", {"local": "2026-07-01 12:00:00"}, 403)
    for body in ({}, {"local": ""}, {"local": "now"}, {"local": 5}, {"local": "2026-02-30T12:00"}, {"utc_us": "x"}, {"utc_us": 1.5}, {"utc_us": -1},
                 {"utc_us": 2 ** 63 - 1}, {"utc_us": None}):
        assert admin.post("/ui/clock", body, 422)["id"] == "bad_time", body
    assert abs(ahead()) < .5
    b = admin.post("/ui/clock", {"local": "2026-07-01T12:00"})
    assert b["time"]["local"].startswith("2026-07-01 12:00:0") and b["time"]["zone"] == "Europe/Paris" and b["time"]["offset_s"] == 7200, b
    s.event("clock", by="admin")
    assert user.get("/ui/info")["time"]["local"].startswith("2026-07-01 12:00:")
    was = ahead()
    door.say("restart")
    s.event("boot")
    assert abs(ahead() - was) < .5, "kept over a restart"
    assert 'local="2026-07-01 12:00:' in door.say("clock") and "source=manual" in door.say("clock")
    admin.post("/ui/clock", {"utc_us": int((time.time() + 60) * 1e6)})
    assert abs(ahead() - 60) < .5
    assert door.say("clock 2027-01-01 00:00:00").startswith("ok") and "write 2026-07-01 12:00:00" in door.say("clock noon")
    s.event("clock", by="line")
    s.end()


def the_clock_follows_an_ntp_server():
    admin, server = Browser(), NtpServer()
    s = Stream(admin)
    door.set(time__ntp_server="127.0.0.1", time__ntp_port=str(server.port), time__source="ntp")
    s.event("clock", by="ntp")
    s.event("ntp", ok=True)
    a = admin.get("/ui/clock")
    assert a["source"] == "ntp" and a["ntp"]["ok"] and a["ntp"]["stratum"] == 2 and a["ntp"]["poll_s"] == 64 and a["ntp"]["trouble"] == "", a
    assert abs(a["time"]["wall_us"] / 1e6 - time.time() - 3600) < .2 and abs(a["ntp"]["offset_us"] / 1e6 - 3600) < .2, a
    assert abs(a["ntp"]["at_us"] - a["time"]["wall_us"]) < 5e6 and a["ntp"]["delay_us"] < 1e6, a
    assert admin.post("/ui/clock", {"utc_us": 1}, 409)["id"] == "clock_source"
    assert "ntp=ok" in door.say("clock") and "NTP server 127.0.0.1" in door.say("clock 2027-01-01 00:00:00")
    door.set(time__source="system")
    s.event("clock", by="system")
    assert abs(admin.get("/ui/clock")["time"]["wall_us"] / 1e6 - time.time()) < .5
    s.end()


CASES = [a_press_a_call_and_a_strike_are_seen_by_all_who_watch, states_differ_and_are_not_too_many, a_power_cut_is_seen_and_can_be_ended,
         changed_settings_are_told, a_switch_is_turned, a_hand_that_does_wrong_is_told, a_reader_who_does_not_read_costs_only_himself,
         streams_of_a_session_are_bounded_and_end_with_it, the_page_of_information_says_what_is, a_scan_finds_the_phone,
         the_clock_is_seen_and_set_by_hand, the_clock_follows_an_ntp_server]


def main():
    global door, phone
    sip = free_port()
    phone = Door(IPGAP, f"{T}/b", "--http", "off", "--https", "off", "--bind", f"127.0.0.9:{sip}", "--set", "door.answer_s=1",
                 rtp=(30200, 30300))
    phone.sip = sip
    door = Door(IPGAP, f"{T}/a", "--http", "0", "--https", "off", "--set", f"button.day=sip:127.0.0.9:{phone.sip}",
                "--set", "relay1.hold_s=1")
    Browser().post("/ui/users", {"op": "add", "role": "user", **USER})
    return run_cases(globals(), ("door", "phone"), T, quiet)


sys.exit(main())

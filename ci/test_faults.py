#!/usr/bin/env python3
"""The door when something goes wrong: it ends under requests, its disk is full, its file is damaged (WEB-01, WEB-05, EVT-01, HW-06).

    test_faults.py IPGAP [CASE...]

Prints one verdict a case and "N passed, N failed"; exit status 0 where none failed.
"""
import json, os, re, resource, signal, socket, ssl, subprocess, sys, tempfile, time
from api_door import Door, ask, run_cases

IPGAP = os.path.realpath(sys.argv[1])
T = tempfile.mkdtemp(prefix="ipgap-faults.")
JSON = "application/json"
door = None
note = ""


def login(d, password="admin", **more):
    a = ask(d, "POST", "/ui/login", json.dumps({"login": "admin", "password": password}), JSON, **more)
    if a.status != 200:
        return a, None
    return a, {"Cookie": a.headers["set-cookie"].split(";")[0], "X-CSRF-Token": json.loads(a.body)["csrf"]}


def post(d, path, session, body, status=200):
    a = ask(d, "POST", path, json.dumps(body), JSON, session)
    assert a.status == status, (path, a.status, a.body)
    return json.loads(a.body) if a.body else None


# --- its end ---

def it_ends_well_under_requests_that_wait():
    """What is read in the last turn of the server must not be told to wait: nobody would ever answer it."""
    d = Door(IPGAP, f"{T}/end", "--http", "0", "--https", "0")
    _, session = login(d)
    cookie = session["Cookie"]
    kept = []
    for _ in range(8):
        s = socket.create_connection(("127.0.0.1", d.http), 3)
        s.sendall(b"GET /ui/session HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert s.recv(65536)
        kept.append(s)
    os.kill(d.p.pid, signal.SIGSTOP)
    d.p.stdin.write("quit\n")
    d.p.stdin.flush()
    body = b'{"login":"admin","password":"no"}'
    for i, s in enumerate(kept):
        if i % 2:
            s.sendall(f"GET /ui/live HTTP/1.1\r\nHost: 127.0.0.1:{d.http}\r\nCookie: {cookie}\r\n\r\n".encode())
        else:
            s.sendall(b"POST /ui/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
                      + str(len(body)).encode() + b"\r\n\r\n" + body)
    os.kill(d.p.pid, signal.SIGCONT)
    assert d.p.wait(5) == 0, (d.p.returncode, d.err[-5:])


def http_that_is_switched_off_leaves_https_alone():
    _, session = login(door)
    plain = socket.create_connection(("127.0.0.1", door.https), 3)
    tls = ssl._create_unverified_context().wrap_socket(plain)
    a = ask(door, "POST", "/ui/login", json.dumps({"login": "admin", "password": "admin"}), JSON,
            {"Host": f"127.0.0.1:{door.https}"})
    cookie = a.headers["set-cookie"].split(";")[0]
    tls.sendall(f"GET /ui/live HTTP/1.1\r\nHost: 127.0.0.1:{door.https}\r\nCookie: {cookie}\r\n\r\n".encode())
    seen = b""
    while b"event: state" not in seen:
        seen += tls.recv(65536)
    door.set(web__http="no")
    door.set(identity="000000007")
    while b"000000007" not in seen:
        part = tls.recv(65536)
        assert part, "the stream has ended"
        seen += part
    tls.close()
    door.set(web__http="yes")
    door.set(identity="000000000")
    for _ in range(50):
        try:
            return login(door)
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError("HTTP has not come back")


# --- factory settings ---

def the_factory_switch_forgets_users_and_sessions():
    """Who lost the password sets DIP switch 4: at the next start, whoever was logged in is out (HW-06)."""
    d = Door(IPGAP, f"{T}/factory", "--http", "0", "--https", "off")
    _, session = login(d)
    post(d, "/ui/password", session, {"old": "admin", "new": "a long password"})
    post(d, "/ui/users", session, {"op": "add", "login": "zoe", "password": "another one", "role": "admin"})
    assert login(d)[0].status == 401
    d.say("dip 4 on")
    d.say("restart")
    d.expect("picto=door colour=off", 5)
    assert ask(d, "GET", "/ui/users", headers=session).status == 401, "a session has outlived its user"
    a, session = login(d)
    assert a.status == 200, (a.status, a.body)
    users = json.loads(ask(d, "GET", "/ui/users", headers=session).body)["users"]
    assert [(u["login"], u["factory"]) for u in users] == [("admin", True)], users
    assert d.end() == 0


# --- the disk ---

class Watch:
    """The live events of a page."""

    def __init__(self, d, session):
        self.s = socket.create_connection(("127.0.0.1", d.http), 5)
        self.s.sendall(f"GET /ui/live HTTP/1.1\r\nHost: 127.0.0.1:{d.http}\r\nCookie: {session['Cookie']}\r\n\r\n".encode())
        self.seen = ""

    def expect(self, pattern, seconds=5):
        end = time.monotonic() + seconds
        while True:
            m = re.search(pattern, self.seen)
            if m:
                self.seen = self.seen[m.end():]
                return m
            self.s.settimeout(max(0.01, end - time.monotonic()))
            try:
                part = self.s.recv(65536)
            except TimeoutError:
                part = b""
            assert part, f"no {pattern} in {self.seen[-1500:]}"
            self.seen += part.decode()


def values(d, session):
    return json.loads(ask(d, "GET", "/ui/values", headers=session).body)


def a_full_disk_stops_nothing_and_loses_nothing():
    """No room for a byte more: changes are refused, calls and pages go on, events wait; then there is room again (EVT-01)."""
    global note
    d = Door(IPGAP, f"{T}/full", "--http", "0", "--https", "off")
    _, session = login(d)
    watch = Watch(d, session)
    post(d, "/ui/contacts", session, {"version": 1, "op": "add", "contact": {"number": "101", "surname": "Martin"}})
    version = values(d, session)["version"]
    post(d, "/ui/validate", session, {"version": version, "values": {"identity": "000000001"}})
    before = values(d, session)
    book = ask(d, "GET", "/ui/contacts", headers=session).body
    resource.prlimit(d.p.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        a = post(d, "/ui/validate", session, {"version": before["version"], "values": {"identity": "000000002"}}, 503)
        assert a["id"] == "not_stored", a
        assert post(d, "/ui/apply", session, {"version": before["version"]}, 503)["id"] == "not_stored"
        assert post(d, "/ui/discard", session, {"version": before["version"]}, 503)["id"] == "not_stored"
        assert post(d, "/ui/contacts", session, {"version": 2, "op": "remove", "place": 1}, 503)["id"] == "not_stored"
        assert post(d, "/ui/users", session, {"op": "add", "login": "zoe", "password": "another one"}, 503)["id"] == "not_stored"
        assert post(d, "/ui/password", session, {"old": "admin", "new": "a long password"}, 503)["id"] == "not_stored"
        assert d.say("set identity 000000003").startswith("error")
        assert login(d)[0].status == 200
        watch.expect('"event":"storage"[^}]*"ok":false')
        d.say("mains off", None)
        watch.expect('"event":"mains"[^}]*"ok":false')
        worst, begun = 0.0, time.monotonic()
        for i in range(1500):   # more than wait in memory
            d.say(f"link {'on' if i & 1 else 'off'}", None)
        while time.monotonic() < begun + 3:
            t = time.monotonic()
            after = values(d, session)
            worst = max(worst, time.monotonic() - t)
        assert after == before, "something was lost"
        assert ask(d, "GET", "/ui/contacts", headers=session).body == book
        assert worst < 0.5, f"a page waited {worst:.2f} s"
    finally:
        resource.prlimit(d.p.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    line = d.expect("storage ok=yes", 5)
    lost = int(re.search(r"lost=(\d+)", line).group(1))
    assert d.seen("storage ok=no") or lost, "the fault is not among the events"
    post(d, "/ui/apply", session, {"version": before["version"]})
    note = f"{lost} events lost, the oldest; a page waited {worst * 1000:.0f} ms at most"
    assert d.end() == 0
    d = Door(IPGAP, f"{T}/full", "--http", "0", "--https", "off")
    _, session = login(d)
    assert values(d, session)["values"]["identity"] == "000000001"
    assert json.loads(ask(d, "GET", "/ui/contacts", headers=session).body)["contacts"][0]["surname"] == "Martin"
    users = json.loads(ask(d, "GET", "/ui/users", headers=session).body)["users"]
    assert [u["login"] for u in users] == ["admin"], users
    assert d.end() == 0


CASES = [it_ends_well_under_requests_that_wait, http_that_is_switched_off_leaves_https_alone,
         the_factory_switch_forgets_users_and_sessions, a_full_disk_stops_nothing_and_loses_nothing]


def main():
    global door
    door = Door(IPGAP, f"{T}/a", "--http", "0", "--https", "0")
    return run_cases(globals(), ("door",), T)


sys.exit(main())

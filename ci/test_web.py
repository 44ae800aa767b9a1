#!/usr/bin/env python3
"""The door's pages from outside: files, sessions, rights of every route, hostile clients (WEB-01, WEB-05).

    test_web.py IPGAP [CASE...]

Prints one verdict a case and "N passed, N failed"; exit status 0 where none failed.
"""
import gzip, json, os, re, socket, subprocess, sys, tempfile, threading, time
from api_door import Door, ask, raw, run_cases

IPGAP = os.path.realpath(sys.argv[1])
T = tempfile.mkdtemp(prefix="ipgap-web.")
JSON = "application/json"
door = None
note = ""
ROLES = ["none", "user", "admin"]


class Browser:
    """A client with a cookie and a token, from an address of its own."""

    def __init__(self, source="127.0.0.1"):
        self.cookie = self.token = ""
        self.source = source

    def ask(self, method, path, body=None, headers=None, token=True, **more):
        h = dict(headers or {})
        if self.cookie:
            h.setdefault("Cookie", self.cookie)
        if token and self.token:
            h.setdefault("X-CSRF-Token", self.token)
        a = ask(door, method, path, json.dumps(body) if isinstance(body, (dict, list)) else body, JSON, h, self.source, **more)
        if "set-cookie" in a.headers:
            self.cookie = a.headers["set-cookie"].split(";")[0]
        a.json = json.loads(a.body) if a.headers.get("content-type") == JSON and a.body and "content-encoding" not in a.headers else None
        return a

    def login(self, login="admin", password="admin"):
        a = self.ask("POST", "/ui/login", {"login": login, "password": password})
        if a.status == 200:
            self.token = a.json["csrf"]
        return a


def admin():
    b = Browser()
    a = b.login("admin", ADMIN)
    assert a.status == 200, (a.status, a.body)
    return b


ADMIN = "admin"


# --- files ---

def files_are_served_compressed_and_cached():
    for path in ("/", "/index.html") + tuple("/" + f for f in os.listdir(os.path.join(os.path.dirname(__file__), "../web/pages"))):
        plain = ask(door, "GET", path, headers={"Accept-Encoding": "identity"})
        packed = ask(door, "GET", path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
        assert plain.status == 200 and packed.status == 200, (path, plain.status, packed.status)
        assert packed.headers["content-encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body, path
        assert "content-encoding" not in plain.headers
        again = ask(door, "GET", path, headers={"If-None-Match": plain.headers["etag"]})
        assert again.status == 304 and not again.body, (path, again.status)
        head = ask(door, "HEAD", path)
        assert head.status == 200 and not head.body, path
        assert ask(door, "POST", path, "x").status == 405, path
    assert "content-encoding" not in ask(door, "GET", "/", headers={"Accept-Encoding": "gzip;q=0"}).headers


def every_reply_has_its_security_headers():
    for path in "/", "/ui/session", "/api/openapi.json", "/nothing", "/ui/nothing":
        h = ask(door, "GET", path).headers
        assert h["x-content-type-options"] == "nosniff" and h["x-frame-options"] == "DENY", (path, h)
        assert "default-src 'self'" in h["content-security-policy"] and "frame-ancestors 'none'" in h["content-security-policy"], path
        assert "unsafe" not in h["content-security-policy"] and h["referrer-policy"] == "no-referrer", path


def no_path_leads_out_of_the_pages():
    for path in ("/../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/./index.html",
                 "/index.html/", "/index.html%00.js", "/INDEX.HTML", "/ipgap.sqlite", "/.git/config", "/ui/../index.html",
                 "/index.html\\..\\x", "/ui//session", "/ui/session/", "/%69ndex.html", "/" + "a" * 300 + ".js"):
        back = raw(door, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode("latin-1"))
        assert re.match(rb"HTTP/1.[01] (404|400)", back), (path, back[:80])
        assert b"root:" not in back


def a_directory_can_be_served_instead():
    d = f"{T}/pages"
    os.makedirs(d)
    for name, text in ("index.html", "<p>mine"), ("x.js", "1"), ("secret", "no"), (".hidden.js", "no"):
        with open(f"{d}/{name}", "w") as f:
            f.write(text)
    os.symlink("/etc/passwd", f"{d}/x.exe")
    global door
    keep, door = door, Door(IPGAP, f"{T}/c", "--http", "0", "--https", "off", "--pages", d)
    try:
        assert ask(door, "GET", "/").body == b"<p>mine" and ask(door, "GET", "/x.js").body == b"1"
        for path in "/secret", "/.hidden.js", "/x.exe", "/style.css":
            assert ask(door, "GET", path).status == 404, path
    finally:
        assert door.end() == 0
        door = keep
    r = subprocess.run([IPGAP, "run", "--headless", "--data", f"{T}/d", "--pages", f"{T}/none"], capture_output=True, text=True)
    assert r.returncode and "--pages" in r.stderr and f"{T}/none" in r.stderr, r.stderr


def another_name_is_refused():
    for name, status in (("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost:1", 200), ("[::1]:8080", 200),
                         ("evil[::1]", 421), ("[::1]evil", 421), ("[::1]:80.evil", 421), ("[FE80::1]", 200), ("[127.0.0.1]", 421),
                         ("127.0.0.1:80x", 421), (":80", 421), ("192.168.0.2", 200), ("", 421), ("porte.maison.example", 421), (socket.gethostname(), 200)):
        for path in "/", "/ui/session":
            a = ask(door, "GET", path, headers={"Host": name})
            assert a.status == status, (name, path, a.status)
    door.set(web__name="porte.maison.example")
    assert ask(door, "GET", "/ui/session", headers={"Host": "porte.maison.example:8080"}).status == 200
    back = raw(door, b"GET /ui/session HTTP/1.0\r\n\r\n")
    assert b" 421 " in back.split(b"\r\n")[0] or b" 400 " in back.split(b"\r\n")[0], back[:60]


# --- sessions ---

def the_factory_password_lets_in_and_is_to_be_changed():
    b = Browser()
    a = b.ask("GET", "/ui/session")
    assert a.json["role"] == "none" and a.json["csrf"] == "" and not a.json["must_change"]
    a = b.login()
    assert a.status == 200 and a.json["role"] == "admin" and a.json["must_change"], a.body
    flags = a.headers["set-cookie"]
    assert "HttpOnly" in flags and "SameSite=Strict" in flags and "Path=/" in flags and "Secure" not in flags, flags
    door.expect("login result=ok login=admin from=127.0.0.1")
    r = subprocess.run(["curl", "-s", "-k", "-i", "-d", '{"login":"admin","password":"admin"}', f"https://127.0.0.1:{door.https}/ui/login"],
                       capture_output=True, text=True)
    assert "; Secure" in r.stdout and " 200 " in r.stdout.split("\n")[0], r.stdout
    a = b.ask("GET", "/ui/session")
    assert a.json["login"] == "admin", a.body


def the_login_is_in_the_page_itself():
    page = ask(door, "GET", "/", headers={"Accept-Language": "pt-BR, pt;q=0.9"}).body.decode()
    assert '<html lang="pt">' in page and "Palavra-passe" in page and f'href="https://127.0.0.1:{door.https}/"' in page, page
    page = ask(door, "GET", "/", headers={"Accept-Language": "pt", "Cookie": "ipgap-language=de; ipgap-theme=dark"}).body.decode()
    assert '<html lang="de">' in page and "Passwort" in page and 'id="dark" media="all"' in page, page
    page = ask(door, "GET", "/", headers={"Cookie": 'ipgap-language="><script>; ipgap-theme="><script>'}).body.decode()
    assert page.count("<script") == 1 and 'class="login-page" >' in page, page
    page = admin().ask("GET", "/", headers={"Accept-Encoding": "identity"}).body.decode()
    assert 'class="login-page" hidden>' in page, page


def a_login_is_refused_and_nothing_told():
    for login, password in ("admin", "wrong-one"), ("nobody", "wrong-one"), ("", ""), ("admin", ""), ("a" * 500, "b"), ("admin", "p" * 5000), ("x\r\nSet-Cookie: a=b", "c"):
        a = Browser("127.0.0.7").login(login, password)
        assert a.status in (401, 429), (login[:20], a.status)
        assert a.status == 429 or a.json["id"] == "login_wrong"
        assert "set-cookie" not in a.headers
    assert not [x for x in door.lines if "wrong-one" in x or "nobody" in x or "Set-Cookie" in x], "a refused login is told"
    def took(login, n):
        t = time.monotonic()
        assert Browser(f"127.0.0.{n}").login(login, "wrong-one").status == 401
        return time.monotonic() - t
    known, unknown = (min(took(login, 80 + n) for n in range(5)) for login in ("admin", "nobody"))
    assert unknown > known / 3 and known > unknown / 3, (known, unknown)


def who_guesses_is_locked_out():
    b = Browser("127.0.0.9")
    for _ in range(10):
        assert b.login("admin", "guess").status == 401
    a = b.login("admin", ADMIN)
    assert a.status == 429 and 0 < int(a.headers["retry-after"]) <= 60, (a.status, a.headers)
    assert Browser("127.0.0.10").login("admin", ADMIN).status == 200, "another address is heard"
    door.expect("login result=locked login=admin from=127.0.0.9")


def what_changes_needs_the_token_and_our_own_page():
    b = admin()
    new = {"op": "add", "login": "eve", "role": "admin", "password": "long-enough"}
    for headers, token, want in (
            ({}, False, "token"), ({"X-CSRF-Token": ""}, False, "token"), ({"X-CSRF-Token": "0" * 48}, False, "token"),
            ({"X-CSRF-Token": b.token[:-1] + ("0" if b.token[-1] != "0" else "1")}, False, "token"),
            ({"Sec-Fetch-Site": "cross-site"}, True, "other_site"), ({"Sec-Fetch-Site": "same-site"}, True, "other_site"),
            ({"Origin": "http://evil.example"}, True, "other_site"), ({"Origin": "null"}, True, "other_site"),
            ({"Origin": f"https://127.0.0.1:{door.http}"}, True, "other_site")):
        a = b.ask("POST", "/ui/users", new, headers, token)
        assert a.status == 403 and a.json["id"] == want, (headers, a.status, a.body)
    a = b.ask("POST", "/ui/login", {"login": "admin", "password": ADMIN}, {"Sec-Fetch-Site": "cross-site"})
    assert a.status == 403, "a login by another site's page"
    assert [u["login"] for u in b.ask("GET", "/ui/users").json["users"]] == ["admin"]
    a = b.ask("POST", "/ui/logout", {}, {"Origin": f"http://127.0.0.1:{door.http}", "Sec-Fetch-Site": "same-origin"})
    assert a.status == 200, a.body


def a_session_cannot_be_fixed_or_guessed():
    b = Browser()
    b.cookie = f"ipgap-{door.http}=" + "a" * 48
    assert b.ask("GET", "/ui/session").json["role"] == "none"
    before = b.cookie
    b.cookie = before
    a = b.ask("POST", "/ui/login", {"login": "admin", "password": ADMIN})
    assert b.cookie != before and len(b.cookie.split("=")[1]) == 48
    b.token = a.json["csrf"]
    kept = b.cookie
    for cookie in "", kept[:-1], kept + "0", kept.upper(), "x" + kept, "ipgap-1=" + kept.split("=")[1], "a=1; b=2":
        b.cookie = cookie
        assert b.ask("GET", "/ui/session", headers={"Cookie": cookie}).json["role"] == "none", cookie
    b.cookie = "other=1; " + kept + "; more=2"
    assert b.ask("GET", "/ui/session").json["role"] == "admin"
    b.cookie = kept
    assert b.ask("POST", "/ui/logout").status == 200
    b.cookie = kept
    assert b.ask("GET", "/ui/session").json["role"] == "none", "a session outlives its logout"


# --- users ---

def users_come_change_and_go():
    global ADMIN
    b = admin()
    for login, password, status, why in (
            ("bob", "short", 422, "password_length"), ("bob", "x" * 129, 422, "password_length"), ("bobbobbob", "bobbobbob", 422, "password_is_login"),
            ("", "long-enough", 422, "bad_login"), ("a b", "long-enough", 422, "bad_login"), ("<b>", "long-enough", 422, "bad_login"),
            ("x" * 33, "long-enough", 422, "bad_login"), ("admin", "long-enough", 409, "user_exists")):
        a = b.ask("POST", "/ui/users", {"op": "add", "login": login, "role": "user", "password": password})
        assert a.status == status and a.json["id"] == why, (login, password, a.body)
    assert b.ask("POST", "/ui/users", {"op": "add", "login": "bob", "role": "user", "password": "bob-password"}).status == 200
    door.expect("user action=add login=bob by=admin")
    u = Browser()
    assert u.login("bob", "bob-password").json["role"] == "user"
    assert u.ask("POST", "/ui/password", {"old": "wrong", "new": "bob-password2"}).status == 403
    assert u.ask("POST", "/ui/password", {"old": "bob-password", "new": "bob-password2"}).status == 200
    assert u.ask("GET", "/ui/session").json["role"] == "user", "its own session goes on"
    assert Browser().login("bob", "bob-password").status == 401
    assert b.ask("POST", "/ui/users", {"op": "role", "login": "bob", "role": "admin"}).status == 200
    assert u.ask("GET", "/ui/session").json["role"] == "admin", "a role is what it is now"
    assert b.ask("POST", "/ui/users", {"op": "role", "login": "bob", "role": "user"}).status == 200
    assert b.ask("POST", "/ui/users", {"op": "role", "login": "admin", "role": "user"}).json["id"] == "last_admin"
    assert b.ask("POST", "/ui/users", {"op": "remove", "login": "admin"}).json["id"] == "last_admin"
    assert b.ask("POST", "/ui/users", {"op": "password", "login": "bob", "password": "set-by-admin"}).status == 200
    assert u.ask("GET", "/ui/session").json["role"] == "none", "a new password ends its sessions"
    assert u.login("bob", "set-by-admin").status == 200
    assert b.ask("POST", "/ui/users", {"op": "remove", "login": "bob"}).status == 200
    assert u.ask("GET", "/ui/session").json["role"] == "none", "a removed user's session goes on"
    assert b.ask("POST", "/ui/users", {"op": "remove", "login": "bob"}).status == 404
    assert b.ask("POST", "/ui/users", {"op": "explode", "login": "bob"}).status in (400, 404)
    assert b.ask("POST", "/ui/password", {"old": "admin", "new": "admin-password"}).status == 200
    ADMIN = "admin-password"
    assert Browser().login("admin", "admin").status == 401
    assert not admin().ask("GET", "/ui/session").json["must_change"]
    assert not [x for x in door.lines + door.err if "bob-password" in x or "admin-password" in x], "a password is told"


def users_outlive_the_door_and_hashes_are_argon2():
    global door
    port = door.http
    assert admin().ask("POST", "/ui/users", {"op": "add", "login": "kept", "role": "user", "password": "kept-password"}).status == 200
    assert door.end() == 0
    with open(f"{T}/a/ipgap.sqlite", "rb") as f:
        text = f.read()
    assert b"kept-password" not in text and b"admin-password" not in text and b"$argon2id$" in text
    door = Door(IPGAP, f"{T}/a", "--http", str(port), "--https", "0")
    assert Browser().login("kept", "kept-password").json["role"] == "user"
    assert Browser().login("admin", ADMIN).status == 200


# --- rights ---

def every_route_asks_who_you_are():
    """The table says the least role; nobody below it gets past, on any method."""
    global note
    table = [line.split() for line in subprocess.run([IPGAP, "api", "--routes"], capture_output=True, text=True).stdout.splitlines()]
    assert len(table) > 5 and all(len(r) == 3 and r[2] in ROLES for r in table), table
    user, nobody = Browser(), Browser()
    assert user.login("kept", "kept-password").status == 200
    n = 0
    for method, path, role in table:
        if role != "none":
            a = nobody.ask(method, path, {} if method != "GET" else None)
            assert a.status == 401 and a.json["id"] == "login_needed", (method, path, a.status)
            n += 1
        if role == "admin":
            a = user.ask(method, path, {} if method != "GET" else None)
            assert a.status == 403 and a.json["id"] == "forbidden", (method, path, a.status)
            n += 1
        if role != "none" and method != "GET":
            a = user.ask(method, path, {}, token=False)
            assert a.status == 403, (method, path, a.status)
        a = nobody.ask("PATCH", path)
        assert a.status == 405 and method in a.headers["allow"].split(", "), (path, a.status, a.headers)
    note = f"{len(table)} routes, {n} refusals"


# --- settings and contacts ---

def values(b):
    a = b.ask("GET", "/ui/values", headers={"Accept-Encoding": "identity"})
    assert a.status == 200, (a.status, a.body)
    return a.json


def settings_are_validated_then_applied():
    b = admin()
    v = values(b)
    a = b.ask("POST", "/ui/validate", {"version": v["version"], "values": {"relay1.hold_s": "7", "relay1.code2": "9876"}})
    assert a.status == 200, a.body
    now = values(b)
    assert now["draft"] == {"relay1.hold_s": "7", "relay1.code2": ""} and now["draft_by"] == "admin", now["draft"]
    assert now["values"]["relay1.hold_s"] == "5" and "relay1.code2" not in now["values"] and now["secret"]["relay1.code2"], "in force"
    assert "5" in door.say("get relay1.hold_s", "relay1.hold_s"), "a validated setting is in force before it is applied"
    a = b.ask("POST", "/ui/apply", {"version": v["version"]})
    assert a.status == 409 and a.json["id"] == "changed", a.body
    a = b.ask("POST", "/ui/apply", {"version": now["version"]})
    assert a.status == 200 and sorted(a.json["applied"]) == ["relay1.code2", "relay1.hold_s"] and not a.json["restart"], a.body
    door.expect("draft action=apply settings=2 by=admin")
    door.expect("setting key=relay1.hold_s value=7")
    assert values(b)["draft"] == {} and values(b)["values"]["relay1.hold_s"] == "7"
    assert not [x for x in door.lines if "9876" in x], "a code is told"
    assert b.ask("POST", "/ui/apply", {"version": values(b)["version"]}).json["id"] == "no_draft"


def what_is_not_accepted_is_told_and_changes_nothing():
    b = admin()
    v = values(b)
    a = b.ask("POST", "/ui/validate", {"version": v["version"], "values": {"door.press_ms": "5", "sip.codecs": "XX", "relay1.hold_s": "8", "relay1.code1": "12a"}},
              {"Accept-Language": "fr", "Accept-Encoding": "identity"})
    assert a.status == 422 and a.json["id"] == "not_accepted", a.body
    told = {e["key"]: e["text"] for e in a.json["errors"]}
    assert set(told) == {"door.press_ms", "sip.codecs", "relay1.code1"} and "hors limites" in told["door.press_ms"] and "12a" not in str(told), told
    assert values(b)["draft"] == {} and values(b)["version"] == v["version"], values(b)["draft"]
    a = b.ask("POST", "/ui/validate", {"version": v["version"], "values": {"nat.mode": "stun"}}, {"Accept-Language": "de-CH,de;q=0.9"})
    assert a.status == 422 and "zuerst setzen" in a.json["errors"][0]["text"], a.body
    for body in {}, {"version": v["version"]}, {"version": "1", "values": {}}, {"version": v["version"], "values": {"door.press_ms": 5}}, {"version": v["version"], "values": []}:
        assert b.ask("POST", "/ui/validate", body).status == 400, body
    assert values(b)["version"] == v["version"], (values(b)["version"], v["version"])


def a_user_changes_what_is_his_and_no_more():
    user, b = Browser(), admin()
    assert user.login("kept", "kept-password").status == 200
    v = values(user)
    assert "relay1.hold_s" in v["values"] and "sip.port" not in v["values"] and "api.password" not in v["secret"], v["values"].keys()
    schema = user.ask("GET", "/ui/schema", headers={"Accept-Encoding": "identity"}).json
    assert {p["id"] for p in schema["pages"]} >= {"relays", "slots", "events", "info"} and not {p["id"] for p in schema["pages"]} & {"sip", "users", "files", "debug", "api"}
    assert "sip.port" not in schema["settings"]
    a = user.ask("POST", "/ui/validate", {"version": v["version"], "values": {"relay1.hold_s": "9", "sip.port": "5070"}})
    assert a.status == 403 and a.json["id"] == "forbidden", a.body
    assert user.ask("POST", "/ui/validate", {"version": v["version"], "values": {"relay1.hold_s": "9"}}).status == 200
    assert user.ask("POST", "/ui/apply", {"version": values(user)["version"]}).status == 200
    assert b.ask("POST", "/ui/validate", {"version": values(b)["version"], "values": {"sip.session_s": "900", "relay1.hold_s": "6"}}).status == 200
    assert list(values(user)["draft"]) == ["relay1.hold_s"], "a user sees the draft of others' pages"
    for path in "/ui/apply", "/ui/discard":
        assert user.ask("POST", path, {"version": values(user)["version"]}).status == 403, path
    assert b.ask("POST", "/ui/discard", {"version": values(b)["version"]}).status == 200
    assert values(b)["draft"] == {}


def contacts_are_edited_and_markup_stays_text():
    b = admin()
    def contacts():
        return b.ask("GET", "/ui/contacts", headers={"Accept-Encoding": "identity"}).json
    evil = "<img src=x onerror=alert(1)>"
    c = contacts()
    a = b.ask("POST", "/ui/contacts", {"version": c["version"], "op": "add", "contact": {"number": "sip:7@127.0.0.1", "surname": evil, "p2p": True}})
    assert a.status == 200 and a.json["contacts"][-1]["surname"] == evil and a.headers["content-type"] == JSON, a.body
    assert b.ask("POST", "/ui/contacts", {"version": c["version"], "op": "remove", "place": 1}).status == 409
    for contact in {"number": ""}, {"number": "a b"}, {"number": "1", "account": 9}, {"number": "sip:1@h", "surname": "x" * 70}, {"number": "sip:1@h", "surname": "a\nb"}:
        a = b.ask("POST", "/ui/contacts", {"version": contacts()["version"], "op": "add", "contact": contact})
        assert a.status == 422, (contact, a.body)
    csv = b.ask("GET", "/ui/contacts.csv", headers={"Accept-Encoding": "identity"})
    assert csv.status == 200 and "attachment" in csv.headers["content-disposition"]
    a = b.ask("POST", "/ui/contacts.csv?mode=append", csv.body, headers={"Content-Type": "text/csv"})
    assert a.status == 200 and len(a.json["contacts"]) == 2, a.body
    a = b.ask("POST", "/ui/contacts.csv?mode=replace", csv.body)
    assert a.status == 200 and len(a.json["contacts"]) == 1
    assert b.ask("GET", "/ui/contacts.csv", headers={"Accept-Encoding": "identity"}).body == csv.body, "the CSV file is another one"
    for body in b"", b"nonsense", b"\xff\xfe\x00", b"number\n" + b"1,2,3\n":
        a = b.ask("POST", "/ui/contacts.csv", body)
        assert a.status == 422 and len(contacts()["contacts"]) == 1, (body, a.status)
    assert b.ask("POST", "/ui/contacts.csv?mode=x", b"a").status == 400


# --- conf_user, conf_sip (WEB-07) ---

PLAIN = {"Accept-Encoding": "identity"}


def settings_go_down_and_up_by_a_file():
    global note
    b, sealed = admin(), {**PLAIN, "X-Passphrase": "h%C3%A9%20%2B"}
    def draft():
        return b.ask("GET", "/ui/values", headers=PLAIN).json
    def up(name, body, headers=PLAIN):
        return b.ask("POST", f"/ui/{name}", body, headers)
    a = b.ask("POST", "/ui/validate", {"version": draft()["version"], "values": {"relay1.code1": "4711", "sip.account1.password": "s3cret &=#", "nat.gateway_port": "5071"}})
    assert a.status == 200 and b.ask("POST", "/ui/apply", {"version": draft()["version"]}).status == 200, a.body
    files = {}
    for name in "conf_user", "conf_sip":
        plain, closed = b.ask("GET", f"/ui/{name}", headers=PLAIN), b.ask("GET", f"/ui/{name}", headers=sealed)
        for f in plain, closed:
            assert f.status == 200 and f"filename=\"{name}\"" in f.headers["content-disposition"], f.headers
            assert b"4711" not in f.body and b"s3cret" not in f.body and f.headers["cache-control"] == "no-store"
        files[name] = plain.body, closed.body
    a = b.ask("POST", "/ui/validate", {"version": draft()["version"], "values": {"relay1.code1": "", "sip.account1.password": "", "nat.gateway_port": "0", "relay1.hold_s": "8"}})
    assert a.status == 200 and b.ask("POST", "/ui/apply", {"version": draft()["version"]}).status == 200, a.body
    for name in files:
        assert up(name, files[name][1], sealed).status == 200, name
    d = draft()["draft"]
    assert sorted(d) == ["nat.gateway_port", "relay1.code1", "relay1.hold_s", "sip.account1.password"] and d["nat.gateway_port"] == "5071", d
    assert b.ask("POST", "/ui/apply", {"version": draft()["version"]}).status == 200
    for name in files:
        assert b.ask("GET", f"/ui/{name}", headers=PLAIN).body == files[name][0], f"{name} does not go round"
    assert up("conf_sip", files["conf_sip"][1], sealed).json["draft"] == {}, "the secrets did not come back as they were"
    note = f"{len(files['conf_user'][1])} and {len(files['conf_sip'][1])} bytes"


def a_file_that_is_refused_changes_nothing():
    b = admin()
    sip = b.ask("GET", "/ui/conf_sip", headers={**PLAIN, "X-Passphrase": "right"}).body.decode()
    version = b.ask("GET", "/ui/values", headers=PLAIN).json["version"]
    def text(old, new):
        assert old in sip
        return sip.replace(old, new)
    for body, status, name, line, say in (
            ("", 422, "not_a_conf", 1, "conf = conf_sip"), ("\x00" * 100, 422, "not_accepted", 1, "UTF-8"),
            (text("conf = conf_sip\n", "conf = conf_user\n"), 422, "other_conf", 2, "conf_user"),
            (text("model = 01", "model = 07"), 422, "foreign_model", 4, "07"), (text("format = 1", "format = 2"), 422, "newer_format", 3, "2"),
            (sip[:500], 422, None, None, ""), (text("end = conf_sip\n", ""), 422, "conf_cut", None, "end = conf_sip"),
            (text("nat.ice = no", "nat.icy = no"), 422, "not_accepted", None, "nat.ice"),
            (text("nat.ice = no", "nat.ice = no\nnat.ice = no"), 422, "not_accepted", None, "twice"),
            (text("sip.session_s = 1800", "sip.session_s = 5"), 422, "not_accepted", None, "90"),
            (text("nat.mode = direct", "nat.mode = stun"), 422, "not_accepted", None, "set it first"),
            (text("sealed = ", "sealed = AAAA"), 422, "passphrase_wrong", None, "passphrase"),
            ("#" * 300000, 413, None, None, "")):
        a = b.ask("POST", "/ui/conf_sip", body.encode(), {**PLAIN, "X-Passphrase": "right", "Accept-Language": "en"})
        assert a.status == status and (not name or a.json["id"] == name), (body[:60], a.status, a.body)
        assert status != 422 or any((not line or e["line"] == line) and e["line"] and say in e["text"] for e in a.json["errors"]), a.body
    for header, status, name in (("wrong", 422, "passphrase_wrong"), ("", 422, "passphrase_missing"), ("%zz", 422, "bad_passphrase"), ("x" * 129, 422, "bad_passphrase")):
        a = b.ask("POST", "/ui/conf_sip", sip.encode(), {**PLAIN, **({"X-Passphrase": header} if header else {})})
        assert a.status == status and a.json["id"] == name, (header, a.body)
    for seen, status, name in (version - 1, 409, "changed"), (version + 1, 409, "changed"), ("x", 400, "no_version"), ("", 400, "no_version"), ("9" * 30, 400, "no_version"):
        for body in sip, b.ask("GET", "/ui/conf_sip", headers=PLAIN).body.decode():
            a = b.ask("POST", f"/ui/conf_sip?version={seen}", body.encode(), {**PLAIN, "X-Passphrase": "right"})
            assert a.status == status and a.json["id"] == name, (seen, a.status, a.body)
    v = b.ask("GET", "/ui/values", headers=PLAIN).json
    assert v["version"] == version and v["draft"] == {}, v
    a = b.ask("POST", f"/ui/conf_sip?version={version}", sip.encode(), {**PLAIN, "X-Passphrase": "right"})
    assert a.status == 200 and a.json["version"] == version + 1, a.body
    book = b.ask("GET", "/ui/contacts", headers=PLAIN).json["version"]
    for seen, status in (book - 1 or book + 1, 409), ("x", 400), (book, 200):
        a = b.ask("POST", f"/ui/contacts.csv?mode=append&version={seen}", "number\r\n192.168.0.99\r\n")
        assert a.status == status, (seen, a.status, a.body)


# --- hostile clients ---

def what_is_too_long_or_no_json_is_refused():
    b = admin()
    assert b.ask("POST", "/ui/login", '{"login":"' + "x" * 70000 + '"}').status == 413
    for body in "", "{", "[]", "1", '{"a":1,"a":2}', "\x00", '{"login":"\xff"}'.encode("latin-1"), "[" * 30000:
        a = b.ask("POST", "/ui/users", body)
        assert a.status == 400, (str(body)[:20], a.status, a.body[:80])
    for body in {"op": 1}, {"op": None, "login": {}}, {"op": "add", "login": ["x"], "password": 5}:
        assert b.ask("POST", "/ui/users", body).status in (400, 404, 422), body
    back = raw(door, b"GET /ui/session HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " + b"a=b; " * 5000 + b"\r\n\r\n")
    assert not back or re.match(rb"HTTP/1.[01] (431|413|400|200)", back), back[:60]


def a_header_cannot_be_put_in():
    for method, path, headers in (("GET", "/ui/x%0d%0aSet-Cookie:%20a=b", {}), ("GET", "/%0d%0aX-In: 1", {}),
                                  ("GET", "/ui/session", {"Host": "127.0.0.1\tX-In: 1"}), ("GET", "/?x=%0d%0aX-In:1", {})):
        back = raw(door, (f"{method} {path.replace(' ', '%20')} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) +
                          ("" if "Host" in headers else "Host: 127.0.0.1\r\n") + "\r\n").encode())
        head = back.split(b"\r\n\r\n")[0].lower()
        assert b"\r\nx-in" not in head and b"\r\nset-cookie" not in head, back


def many_logins_at_once_hold_nobody_up():
    """Hashes are made beside the loop: a page is served meanwhile."""
    global note
    results, worst = [], 0.0
    clients = [threading.Thread(target=lambda i=i: results.append(Browser(f"127.0.1.{i + 1}").login("admin", "no").status))
               for i in range(30)]
    for c in clients:
        c.start()
    end = time.monotonic() + 1
    while time.monotonic() < end:
        t = time.monotonic()
        assert ask(door, "GET", "/ui/session", source="127.0.2.1").status == 200
        worst = max(worst, time.monotonic() - t)
    for c in clients:
        c.join(10)
    assert len(results) == 30 and set(results) <= {401, 503} and 401 in results, results
    assert worst < 0.5, f"a page waited {worst:.2f} s"
    note = f"{results.count(401)} hashed, {results.count(503)} told to come again, a page waited {worst * 1000:.0f} ms at most"


CASES = [files_are_served_compressed_and_cached, every_reply_has_its_security_headers, no_path_leads_out_of_the_pages,
         a_directory_can_be_served_instead, another_name_is_refused, the_factory_password_lets_in_and_is_to_be_changed,
         a_login_is_refused_and_nothing_told, who_guesses_is_locked_out, what_changes_needs_the_token_and_our_own_page,
         a_session_cannot_be_fixed_or_guessed, users_come_change_and_go, users_outlive_the_door_and_hashes_are_argon2,
         every_route_asks_who_you_are, settings_are_validated_then_applied, what_is_not_accepted_is_told_and_changes_nothing,
         a_user_changes_what_is_his_and_no_more, contacts_are_edited_and_markup_stays_text, settings_go_down_and_up_by_a_file,
         a_file_that_is_refused_changes_nothing,
         what_is_too_long_or_no_json_is_refused, a_header_cannot_be_put_in,
         many_logins_at_once_hold_nobody_up]


def main():
    global door
    door = Door(IPGAP, f"{T}/a", "--http", "0", "--https", "0")
    return run_cases(globals(), ("door",), T)


sys.exit(main())

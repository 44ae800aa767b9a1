#!/usr/bin/env python3
"""The door's web server and API from outside: the manual's lines, every code of the OpenAPI document, hostile clients
(SIP-11, API-01 to API-50, WEB-01, WEB-05).

    test_api.py IPGAP

Prints one verdict a case and "N passed, N failed"; exit status 0 where none failed.
"""
import base64, json, os, random, re, socket, struct, subprocess, sys, tempfile, threading, time
from api_door import Door, ask, challenge, digest, free_port, raw, run_cases

IPGAP = os.path.realpath(sys.argv[1])
HERE = os.path.dirname(os.path.realpath(__file__))
T = tempfile.mkdtemp(prefix="ipgap-api.")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
door = other = None
note = ""
exercised = set()  # (path, method, code) of what was asked


def wav(ms, rate=8000):
    pcm = b"\x00\x10" * (rate * ms // 1000)
    return (b"RIFF" + struct.pack("<I", 36 + len(pcm)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
            + b"data" + struct.pack("<I", len(pcm)) + pcm)


def api(method, path, fields=None, status=200, **more):
    """A request with HTTP Basic, its fields in the query or the body; remembers what was answered."""
    more.setdefault("basic", "admin:admin")
    if method == "GET" and fields:
        a = ask(door, "GET", path + "?" + fields, **more)
    else:
        a = ask(door, method, path, fields, **more)
    exercised.add((path, method, a.status))
    assert a.status == status, f"{method} {path} {str(fields)[:60]}: {a.status}, not {status}: {a.body[:200]}"
    return a


def released():
    door.expect("relay relay=1 on=no", 3)


def idle():
    api("POST", "/api/voip", "type=terminate_all")


# --- the manual's lines ---

def manual():
    mode = user = password = None
    for line in open(os.path.join(HERE, "api_manual.txt"), encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("= "):
            mode, user, password = line[2:].split()
        elif line and not line.startswith("#"):
            yield mode, user, password, line


def command(line, mode):
    """What a shell gets: the door's address, quotes around what it would take for itself, -s -o -w."""
    line = re.sub(r"^(POST: |GET: \(auth NONE/BASIC\) )", "", line)
    line = re.sub(r"( \(GET, mode Hashé\))?( \((GET|POST)\))?$", "", line).replace(" [_specify_]", "")
    line = line.replace("code=xxxx", "code=1234")
    if not line.startswith("curl "):
        line = "curl " + ("--digest " if mode == "digest" else "") + line
    line = re.sub(r"adresse_IP_IPAC|192\.168\.0\.30", f"127.0.0.1:{door.http}", line)
    line = line.replace("192.168.0.22", f"127.0.0.1:{other.sip}")
    line = re.sub(r"(http://[^\s\"']*&[^\s\"']*)", r"'\1'", line)
    return line.replace("curl ", "curl -s -o answer.json -w '%{http_code}' ", 1)


def ring():
    said = other.say("press 0.3", "^ok pressed")
    assert said.startswith("ok"), said
    other.expect("button pressed=no")
    door.expect("call_in ")


def before(line):
    if "type=answer" in line:
        ring()


def after(line):
    """What the door did"""
    if "/api/remote" in line:
        door.expect(r"relay relay=1 on=yes cause=api")
        released()
    elif "answer" in line:
        door.expect("call_answered")
    elif "call" in line:
        door.expect(f"call_out .*127.0.0.1:{other.sip}")
        door.expect("call_answered")
        other.say("hangup", "^ok hangup")
        door.expect("call_end")
    elif "terminate_all" in line:
        door.expect("call_end .*cause=command")
        other.expect("call_end")
    elif "stop" in line:
        door.expect("sound action=(stop|end)|api request=\"audio stop\"")
    elif "payload" in line:
        door.expect("sound action=play")


def has_book():
    """Contact 4 is the other door, where there is a book of contacts."""
    if door.say("contacts add sip:127.0.0.1:9", "^ok").startswith("error: there is no command"):
        return False
    for number in ("sip:127.0.0.2:9", "sip:127.0.0.3:9", f"sip:127.0.0.1:{other.sip}"):
        line = door.say(f"contacts add {number}", "^ok")
        assert line.startswith("ok"), line
    return True


def each_line_of_the_manual_does_what_it_says():
    global note
    n, book = 0, has_book()
    with open(os.path.join(T, "payload.txt"), "w") as f:
        json.dump({"type": "wav", "loop": "2", "data": base64.b64encode(wav(100)).decode()}, f, separators=(",", ":"))
    door.set(door__answer_s="manual")
    for scheme in "http", "https":
        for mode, user, password, line in manual():
            door.set(api__auth=mode, api__user=user, api__password=password)
            text = command(line, mode)
            if scheme == "https":
                text = text.replace("http://", "https://").replace(f":{door.http}/", f":{door.https}/") + " --insecure"
            before(line)
            want = "404" if "liste" in line and not book else "200"
            r = subprocess.run(["bash", "-c", text], cwd=T, capture_output=True, text=True, timeout=20)
            assert r.stdout == want, f"{mode}: {text}: {r.stdout or r.stderr}, not {want}: {open(T + '/answer.json').read()}"
            if want == "200":
                after(line)
            n += 1
    door.set(api__auth="basic", api__user="admin", api__password="admin", door__answer_s="0")
    note = f"{n} requests" + ("" if book else ", liste without a book")


def the_payload_may_have_blanks_where_the_shell_is_told_so():
    data = json.dumps({"type": "wav", "loop": "1", "data": base64.urlsafe_b64encode(wav(40)).decode()}, indent=1)
    api("POST", "/api/audio", data, kind="application/json; charset=utf-8")
    door.expect("sound action=end", 3)


def sha_256_digests_work_too():
    door.set(api__auth="digest", api__digest="sha-256")
    a = ask(door, "GET", "/api/remote/?code=9")
    ch = challenge(a)
    assert "256" in ch["algorithm"], a.headers
    a = ask(door, "GET", "/api/remote/?code=9", headers={"Authorization": digest(ch, "GET", "/api/remote/?code=9", "admin", "admin")})
    door.set(api__auth="basic", api__digest="md5")
    assert a.status == 403, a.status


# --- the codes ---

def remote_has_each_code():
    door.set(relay1__code2=22, relay1__code2_type="local", relay1__code3=33, relay1__code3_slot=1, relay2__code1=44,
             relay2__function="line")
    for method in "GET", "POST":
        api(method, "/api/remote", "code=1111")
        api(method, "/api/remote", "code=1111", 480)
        released()
        api(method, "/api/remote", "code=999", 403)
        api(method, "/api/remote", "code=22", 403)
        a = api(method, "/api/remote", "code=33", 401)
        assert "www-authenticate" not in a.headers and b"slot" in a.body, (a.headers, a.body)
        api(method, "/api/remote", "code=44", 423)
        api(method, "/api/remote", "cod=1", 400)
    door.set(relay2__function="strike")


def voip_has_each_code():
    for method in "GET", "POST":
        api(method, "/api/voip", "type=answer", 409)
        api(method, "/api/voip", "type=call&table=liste&id=77", 404)
        api(method, "/api/voip", "type=call&table=list&id=77", 400)
        api(method, "/api/voip", "type=call&table=libre", 400)
        api(method, "/api/voip", "type=dance", 400)
        api(method, "/api/voip", "table=libre", 400)
        api(method, "/api/voip", "type=terminate_all")
    api("POST", "/api/voip", f"type=call&table=libre&id=sip:127.0.0.1:{other.sip}")
    door.expect("call_answered")
    api("POST", "/api/voip", f"type=call&table=libre&id=sip:127.0.0.1:{other.sip}", 409)
    idle()


def audio_has_each_code():
    good, mp3 = base64.b64encode(wav(20)).decode(), base64.b64encode(b"ID3" * 100).decode()
    for method in "GET", "POST":
        api(method, "/api/audio", "type=wav&loop=1&data=" + good.replace("+", "%2B"))
        door.expect("sound action=end", 3)
        api(method, "/api/audio", "type=wav&data=stop")
        for bad in ("type=mp3&data=" + mp3, "type=wav&data=" + mp3, "type=wav&data=***", "type=wav", "data=stop",
                    "type=wav&loop=10000&data=" + good, "type=wav&loop=-1&data=" + good):
            api(method, "/api/audio", bad, 400)


def a_whole_mebibyte_is_played_and_more_refused():
    global note
    sound = wav(1)[:44].replace(struct.pack("<I", 16), struct.pack("<I", (1 << 20) - 44)) + bytes((1 << 20) - 44)
    sound = sound[:16] + struct.pack("<I", 16) + sound[20:40] + struct.pack("<I", (1 << 20) - 44) + sound[44:]
    t = time.monotonic()
    api("POST", "/api/audio", json.dumps({"type": "wav", "data": base64.b64encode(sound).decode()}), kind=JSON)
    note = f"{(time.monotonic() - t) * 1000:.0f} ms"
    door.expect("sound action=play")
    api("POST", "/api/audio", "type=wav&data=stop")
    api("POST", "/api/audio", json.dumps({"type": "wav", "data": base64.b64encode(sound + b"12").decode()}), 413, kind=JSON)


def who_asks_is_asked_who_he_is():
    for path in "/api/remote", "/api/voip", "/api/audio":
        for method in "GET", "POST":
            a = api(method, path, None, 401, basic=None)
            assert a.headers["www-authenticate"].startswith("Basic"), a.headers
            api(method, path, None, 403, headers={"Sec-Fetch-Site": "cross-site"})
            back = raw(door, f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n".encode())
            assert b" 413 " in back.split(b"\r\n")[0], back
            exercised.add((path, method, 413))


def unknown_paths_and_methods_are_told():
    for path in "/nothing.html", "/api", "/api/", "/api/remotex", "/api/remote//", "/api/voip/x", "/API/remote", "/favicon.ico":
        assert ask(door, "GET", path).status == 404, path
    for method in "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH":
        a = ask(door, method, "/api/remote")
        assert a.status == 405 and a.headers["allow"] == "GET, POST", (method, a.status, a.headers)
    assert ask(door, "POST", "/api/openapi.json", "").status == 405


def a_door_without_supply_says_so():
    for line in "mains off", "poe off":
        door.say(line)
    for path in "/api/remote", "/api/voip", "/api/audio":
        for method in "GET", "POST":
            api(method, path, "type=answer", 503)
    door.say("poe on")
    door.say("mains on")
    door.expect("picto=door colour=off")


def who_guesses_is_locked_out():
    """Each from an address of his own, as it lasts a minute."""
    n = 20
    for path in "/api/remote", "/api/voip", "/api/audio":
        for method in "GET", "POST":
            n += 1
            for i in range(10):
                api(method, path, "code=1", 401, basic=f"admin:guess{i}", source=f"127.0.0.{n}")
            a = api(method, path, "code=1", 429, source=f"127.0.0.{n}")  # right, and too late
            assert 0 < int(a.headers["retry-after"]) <= 60, a.headers
    for i in range(10):
        api("POST", "/api/remote", f"code={i}", 403, source="127.0.0.40")
    api("POST", "/api/remote", "code=1111", 429, source="127.0.0.40")
    api("POST", "/api/remote", "code=1111")
    released()
    assert door.seen('api request="login locked" code=401 from=127.0.0.21')


def the_document_says_what_is_answered():
    global note
    a = ask(door, "GET", "/api/openapi.json")
    exercised.add(("/api/openapi.json", "GET", a.status))
    doc = json.loads(a.body)
    assert doc["openapi"] == "3.1.0" and doc["info"]["title"], a.body[:100]
    said = {(path, method.upper(), int(code)) for path, item in doc["paths"].items() for method, op in item.items()
            for code in op["responses"]}
    assert not said - exercised, f"in the document, but never answered: {sorted(said - exercised)}"
    assert not exercised - said, f"answered, but not in the document: {sorted(exercised - said)}"
    for path, item in doc["paths"].items():  # each field that is needed is missed
        schema = item.get("post", {}).get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
        for field in schema.get("required", []):
            rest = {f: p["examples"][0] for f, p in schema["properties"].items() if f != field}
            a = ask(door, "POST", path, json.dumps(rest), JSON, basic="admin:admin")
            assert a.status == 400 and field.encode() in a.body, (path, field, a.status, a.body)
    note = f"{len(said)} codes of {len(doc['paths'])} paths"


# --- hostile clients, while a call is up ---

def a_call_begins():
    door.set(door__talk_min="permanent")
    other.set(door__talk_min="permanent")
    api("POST", "/api/voip", f"type=call&table=libre&id=sip:127.0.0.1:{other.sip}")
    door.expect("call_answered")


def nothing_outside_of_the_table_is_read():
    for path in ("/../../etc/passwd", "/api/../../../../etc/passwd", "/api/remote/../../etc/passwd", "/..%2f..%2fetc/passwd",
                 "/%2e%2e/%2e%2e/etc/passwd", "/api/%72emote", "//etc/passwd", "/api/remote\\..\\x", "/ipgap.sqlite",
                 "/https.pem", "http://other.example/api/remote", "*", "/\x7f", "/api/remote%00"):
        back = raw(door, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        assert b"root:" not in back and b"PRIVATE" not in back, back
        assert not back or re.match(rb"HTTP/1.[01] (404|400|401|421)", back), (path, back[:60])


def what_is_too_long_is_refused():
    for header in "A" * 20000, "X-A: 1\r\n" * 4000:
        back = raw(door, b"GET /api/remote HTTP/1.1\r\nHost: x\r\n" + (header if ":" in header else "X: " + header).encode() + b"\r\n\r\n")
        assert not back or re.match(rb"HTTP/1.[01] (431|413|400)", back), back[:60]
    back = raw(door, b"GET /" + b"a" * 50000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not back or re.match(rb"HTTP/1.[01] (414|431|404|400|421)", back), back[:60]
    back = raw(door, b"POST /api/voip HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n")
    assert b"413" in back.split(b"\r\n")[0], back[:60]
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    back = raw(door, b"POST /api/voip HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 3)
    assert not back or re.match(rb"HTTP/1.[01] (413|400)", back), back[:60]
    for length in b"-1", b"abc", b"18446744073709551616":
        back = raw(door, b"POST /api/voip HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n")
        assert not back or re.match(rb"HTTP/1.[01] (400|413)", back), (length, back[:60])


def a_header_cannot_be_put_in():
    for field in "%0d%0aSet-Cookie:%20a=b", "x%0aSet-Cookie:%20a=b", "%E5%98%8D%E5%98%8ASet-Cookie:a":
        for path in f"/api/voip?type={field}", f"/api/remote?code={field}", f"/{field}":
            a = ask(door, "GET", path, basic="admin:admin")
            assert "set-cookie" not in a.headers and a.status in (400, 403, 404), (path, a.status, a.headers)


def bad_bodies_are_told():
    for body, kind in (("{", JSON), ("[]", JSON), ('{"code":1,"code":2}', JSON), ('{"code":{}}', JSON), ("\xff\xfe", JSON),
                       ("[" * 4000, JSON), ("code=%", FORM), ("code=%00", FORM), ("code=1&code=2", FORM), ("<code/>", "text/xml")):
        a = ask(door, "POST", "/api/remote", body.encode("latin-1"), kind, basic="admin:admin")
        assert a.status == 400 and json.loads(a.body)["text"], (body, a.status, a.body)


def a_bad_digest_is_refused_and_a_nonce_used_once():
    door.set(api__auth="digest")
    uri = "/api/voip?type=answer"

    def go(authorization, source="127.0.0.50"):
        return ask(door, "GET", uri, headers={"Authorization": authorization}, source=source)
    try:
        ch = challenge(ask(door, "GET", uri, source="127.0.0.50"))
        right = digest(ch, "GET", uri, "admin", "admin")
        assert go(right).status == 409
        a = go(right)
        assert a.status == 401 and "stale" in a.headers["www-authenticate"], (a.status, a.headers)
        ch = challenge(a)
        assert go(digest(ch, "GET", uri, "admin", "admin", nc=1)).status == 409
        assert go(digest(ch, "GET", uri, "admin", "admin", nc=2)).status == 409
        ch = challenge(ask(door, "GET", uri, source="127.0.0.50"))
        for bad in (digest(ch, "GET", uri, "admin", "wrong"), digest(ch, "GET", uri, "root", "admin", nc=2),
                    digest(ch, "POST", uri, "admin", "admin", nc=3), digest(ch, "GET", "/api/voip?type=x", "admin", "admin", nc=4),
                    digest(ch, "GET", uri, "admin", "admin", nc=5, realm="other"),
                    digest({**ch, "nonce": "0" * len(ch["nonce"])}, "GET", uri, "admin", "admin"),
                    "Digest", "Digest username=", 'Digest username="admin"', "Digest " + "a" * 3000,
                    "Basic YWRtaW46YWRtaW4="):
            a = go(bad, f"127.0.0.{random.randint(51, 99)}")
            assert a.status in (401, 400, 431), (bad, a.status)
    finally:
        door.set(api__auth="basic")


def garbage_is_survived():
    rnd = random.Random(1)
    for i in range(100):
        raw(door, rnd.randbytes(rnd.randint(1, 2000)) + b"\r\n\r\n", f"127.0.1.{i + 1}", 0.05)
    good = b"POST /api/voip HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"type\":\"answer\"}"
    for i in range(0, len(good), 7):
        raw(door, good[:i] + rnd.randbytes(20), f"127.0.2.{i % 250 + 1}", 0.05)
    assert ask(door, "GET", "/api/openapi.json").status == 200


def wait_in_a_crowd():
    idlers = []
    for i in range(1000):
        s = socket.socket()
        s.setblocking(False)
        s.bind((f"127.0.3.{i % 100 + 1}", 0))
        s.connect_ex(("127.0.0.1", door.http))
        idlers.append(s)
    worst, began = 0.0, time.monotonic()
    while time.monotonic() - began < 3:
        t = time.monotonic()
        assert ask(door, "GET", "/api/voip?type=answer", basic="admin:admin", source="127.0.0.202").status == 409
        worst = max(worst, time.monotonic() - t)
    for s in idlers:
        s.close()
    assert worst < 0.5, f"another client waited {worst:.2f} s beside 1,000 idle ones"
    return worst


def slow_and_idle_clients_hold_nobody_up():
    """A header that drips in, alone; then beside 1,000 idle connections, enough for every place there is."""
    global note
    began, worst = time.monotonic(), 0.0
    slow = socket.create_connection(("127.0.0.1", door.http), 5, ("127.0.0.200", 0))
    slow.sendall(b"GET /api/remote HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    closed = None
    while time.monotonic() - began < 16 and closed is None:
        t = time.monotonic()
        assert ask(door, "GET", "/api/voip?type=answer", basic="admin:admin", source="127.0.0.202").status == 409
        worst = max(worst, time.monotonic() - t)
        try:
            slow.sendall(b"x")
            slow.settimeout(0.5)
            if not slow.recv(100):
                closed = time.monotonic() - began
        except TimeoutError:
            pass
        except ConnectionError:
            closed = time.monotonic() - began
    assert closed and closed < 14, "a header that drips in is never cut off"
    assert worst < 0.5, f"another client waited {worst:.2f} s"
    crowd = wait_in_a_crowd()
    note = f"cut off after {closed:.1f} s, others waited {worst * 1000:.0f} ms, in the crowd {crowd * 1000:.0f} ms at most"


def a_slow_body_is_cut_off_and_a_half_closed_client_answered():
    s = socket.create_connection(("127.0.0.1", door.http), 5)
    s.sendall(b"POST /api/voip HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\nContent-Length: 11\r\n\r\ntype=answer")
    s.shutdown(socket.SHUT_WR)
    back = s.recv(4096)
    assert b" 409 " in back.split(b"\r\n")[0] or not back, back


def https_takes_no_plain_text_and_no_old_tls():
    s = socket.create_connection(("127.0.0.1", door.https), 3)
    s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"HTTP/1" not in s.recv(100)
    r = subprocess.run(["curl", "-s", "-k", "--tls-max", "1.1", f"https://127.0.0.1:{door.https}/"], capture_output=True)
    assert r.returncode == 35, r.returncode


def the_call_lost_nothing():
    global note
    idle()
    a, b = door.expect("media_stats "), other.expect("media_stats ")
    assert "lost=0" in a and "lost=0" in b, (a, b)
    note = re.search("received=[0-9]*", a).group(0) + " lost=0"


# --- the server itself ---

def http_can_be_switched_off():
    door.set(web__http="no")
    time.sleep(0.2)
    try:
        ask(door, "GET", "/api/openapi.json")
        raise AssertionError("it is served")
    except ConnectionRefusedError:
        pass
    r = subprocess.run(["curl", "-s", "-k", f"https://127.0.0.1:{door.https}/api/openapi.json"], capture_output=True)
    assert b"openapi" in r.stdout, r
    was = door.http
    door.set(web__http="yes")
    time.sleep(0.2)
    door.http = was
    assert ask(door, "GET", "/api/openapi.json").status == 200


def run(*args):
    return subprocess.run([IPGAP, "run", "--headless", "--audio", "none", "--data", f"{T}/c", "--bind", f"127.0.0.1:{free_port()}",
                           *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10)


def a_taken_port_is_explained():
    r = run("--http", str(door.http))
    assert r.returncode == 1 and "another program has that port" in r.stderr and "--http" in r.stderr, r
    for bad in "--http=70000", "--https=1.2.3.4.5:80", "--http=on":
        r = run(bad)
        assert r.returncode == 2 and "is no address to bind" in r.stderr, r
    r = run("--http", "off", "--https", "off")
    assert r.returncode == 0 and "web server" not in r.stdout, r
    with open(f"{T}/bad.pem", "w") as f:
        f.write("no certificate\n")
    r = run("--http", "off", "--https", "0", "--set", f"web.cert={T}/bad.pem")
    assert r.returncode == 1 and "bad.pem" in r.stderr and "right would be a PEM file" in r.stderr, r


def its_certificate_is_kept_and_one_can_be_given():
    pem = open(f"{T}/a/https.pem").read()
    assert "BEGIN PRIVATE KEY" in pem and os.stat(f"{T}/a/https.pem").st_mode & 0o77 == 0
    d = Door(IPGAP, f"{T}/d", "--http", "off", "--https", "0", "--set", f"web.cert={T}/a/https.pem")
    cert = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{d.https}"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True).stdout
    d.end()
    body = re.search("BEGIN CERTIFICATE-----\n(.*?)\n-----END", pem, re.S).group(1)
    assert body in cert, cert[:300]
    assert not os.path.exists(f"{T}/d/https.pem")


CASES = [each_line_of_the_manual_does_what_it_says, the_payload_may_have_blanks_where_the_shell_is_told_so,
         sha_256_digests_work_too, remote_has_each_code, voip_has_each_code, audio_has_each_code,
         a_whole_mebibyte_is_played_and_more_refused, who_asks_is_asked_who_he_is, unknown_paths_and_methods_are_told,
         a_door_without_supply_says_so, who_guesses_is_locked_out, the_document_says_what_is_answered, a_call_begins,
         nothing_outside_of_the_table_is_read, what_is_too_long_is_refused, a_header_cannot_be_put_in, bad_bodies_are_told,
         a_bad_digest_is_refused_and_a_nonce_used_once, garbage_is_survived, slow_and_idle_clients_hold_nobody_up,
         a_slow_body_is_cut_off_and_a_half_closed_client_answered, https_takes_no_plain_text_and_no_old_tls,
         the_call_lost_nothing, http_can_be_switched_off, a_taken_port_is_explained,
         its_certificate_is_kept_and_one_can_be_given]


def main():
    global door, other
    door = Door(IPGAP, f"{T}/a", "--http", "0", "--https", "0", "--set", "relay1.code1=1111", "--set", "relay1.code4=1234",
                "--set", "relay1.hold_s=1", "--set", "api.auth=basic")
    other = Door(IPGAP, f"{T}/b", "--http", "off", "--https", "off", "--set", f"button.day=sip:127.0.0.1:{door.sip}",
                 rtp=(30200, 30300))
    return run_cases(globals(), ("door", "other"), T)


sys.exit(main())

#!/usr/bin/env python3
"""The directory of a running door, read from a real LDAP server, and from some that are none (SRV-01, CON-02, API-20).

    test_ldap.py IPGAP [CASE...]

The server is OpenLDAP's slapd with a folder, a port and a certificate of its own, started and ended here.  Prints one
verdict a case and "N passed, N failed"; exit status 0 where none failed.
"""
import base64, json, os, re, socket, subprocess, sys, tempfile, threading, time, urllib.parse
from api_door import Door, ask, free_port, run_cases

IPGAP = os.path.realpath(sys.argv[1])
T = tempfile.mkdtemp(prefix="ipgap-ldap.")
SILENT = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # somebody who can be called, and says nothing
SILENT.bind(("127.0.0.1", 0))
ZOE = f"sip:zoe@127.0.0.1:{SILENT.getsockname()[1]}"
MARKUP = '"><img src=x onerror=alert(1)>'
MANY = 3000
HOSTILE = [  # name, number, kept?
    (MARKUP.encode(), b"901", True), (b"control\x07", b"902", False), (b"line\nbreak", b"903", False), (b"a" * 10000, b"904", True),
    (b"number too long", b"9" * 10000, False), (b"params", b"905;account=2", False), (b"header", b"sip:a@b\r\nVia: x", False),
    (b"markup", b"sip:<script>@x", False), ("Zoé Müller".encode(), b"+33 (0)1 23 45 67 89", True),
    (b"csi \xc2\x9b31m", b"906", False), (b"broken \xff\xfe", b"907", False), (b"zero\0inside", b"908", False),
]
SCHEMA = """
attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'doorNumber' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'doorName' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.99999.1.2 NAME 'doorContact' SUP top AUXILIARY MAY ( doorNumber $ doorName ) )
"""
door = slapd = None
session = {}
note = ""


def b64(key, value):
    return f"{key}:: {base64.b64encode(value).decode()}\n"


def person(i, name, number, extra=""):
    return (f"dn: uid=u{i},{extra}dc=pbx,dc=com\nobjectClass: inetOrgPerson\nobjectClass: doorContact\nuid: u{i}\nsn: x\ncn: u{i}\n"
            + b64("doorName", name) + b64("doorNumber", number) + "\n")


def ldif():
    out = "dn: dc=pbx,dc=com\nobjectClass: dcObject\nobjectClass: organization\ndc: pbx\no: pbx\n\n"
    for ou in "few", "many", "hostile":
        out += f"dn: ou={ou},dc=pbx,dc=com\nobjectClass: organizationalUnit\nou: {ou}\n\n"
    out += person(1, b"Anna", b"101", "ou=few,") + person(2, "Zoé".encode(), ZOE[4:].encode(), "ou=few,")
    out += "".join(person(i, b"Person %04d" % i, b"%d" % (10000 + i), "ou=many,") for i in range(MANY))
    out += "".join(person(i, n, v, "ou=hostile,") for i, (n, v, _) in enumerate(HOSTILE))
    return out


def certificate(name, cn, san):
    """A self-signed one: who trusts it trusts this server, under these names."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={cn}", "-addext",
                    f"subjectAltName={san}", "-keyout", f"{T}/{name}.key", "-out", f"{T}/{name}.pem"],
                   check=True, capture_output=True)


class Slapd:
    """slapd in a folder of its own."""

    def __init__(self, name, cert=None):
        self.d, self.port, self.tls = f"{T}/{name}", free_port(socket.SOCK_STREAM), free_port(socket.SOCK_STREAM)
        os.makedirs(self.d + "/db")
        with open(self.d + "/door.schema", "w") as f:
            f.write(SCHEMA)
        with open(self.d + "/slapd.conf", "w") as f:
            f.write("".join(f"include /etc/ldap/schema/{s}.schema\n" for s in ("core", "cosine", "inetorgperson"))
                    + f"include {self.d}/door.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {self.d}/pid\n"
                    + (f"TLSCertificateFile {T}/{cert}.pem\nTLSCertificateKeyFile {T}/{cert}.key\n" if cert else "")
                    + "database mdb\nsuffix dc=pbx,dc=com\nrootdn cn=door,dc=pbx,dc=com\nrootpw secret\nsizelimit unlimited\nlimits anonymous size=100\n"
                    + f"directory {self.d}/db\nmaxsize 100000000\n")
        with open(self.d + "/all.ldif", "w") as f:
            f.write(ldif())
        r = subprocess.run(["/usr/sbin/slapadd", "-q", "-f", self.d + "/slapd.conf", "-l", self.d + "/all.ldif"],
                           capture_output=True, text=True)
        assert not r.returncode, r.stderr[-500:]
        self.p = None
        self.start()

    def start(self):
        self.p = subprocess.Popen(["/usr/sbin/slapd", "-d", "0", "-f", self.d + "/slapd.conf", "-h",
                                   f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.tls}"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("slapd does not start")

    def stop(self):
        if self.p and self.p.poll() is None:
            self.p.terminate()
            self.p.wait(10)


class Fake:
    """Listens, and does with each connection what it was told."""

    def __init__(self, serve=lambda c: time.sleep(120)):
        self.s = socket.create_server(("127.0.0.1", 0))
        self.port, self.serve, self.seen, self.open = self.s.getsockname()[1], serve, 0, []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                c, _ = self.s.accept()
            except OSError:
                return
            self.seen += 1
            self.open.append(c)
            threading.Thread(target=self.one, args=(c,), daemon=True).start()

    def one(self, c):
        try:
            self.serve(c)
        except OSError:
            pass

    def stop(self):
        self.s.close()
        for c in self.open:
            c.close()


class Full:
    """Takes no connection: its queue is full, as behind a firewall that drops all."""

    def __init__(self):
        self.s = socket.socket()
        self.s.bind(("127.0.0.1", 0))
        self.s.listen(0)
        self.port, self.open = self.s.getsockname()[1], []
        for _ in range(4):
            c = socket.socket()
            c.setblocking(False)
            c.connect_ex(("127.0.0.1", self.port))
            self.open.append(c)

    def stop(self):
        for s in [self.s] + self.open:
            s.close()


def ends_at_once(server):
    """A door that just reads a directory, in vain, is told to end."""
    d = Door(IPGAP, tempfile.mkdtemp(dir=T), "--http", "off", "--https", "off", "--set", "ldap.server=127.0.0.1", "--set",
             f"ldap.port={server.port}", "--set", "ldap.enabled=yes", rtp=(32000, 32100))
    time.sleep(0.5)
    at = time.monotonic()
    assert d.end() == 0, d.err
    took = time.monotonic() - at
    assert took < 2, took
    assert not d.seen("action=failed"), "it was not reading"


def login():
    a = ask(door, "POST", "/ui/login", json.dumps({"login": "admin", "password": "admin"}), "application/json")
    assert a.status == 200, a.body
    session.update({"Cookie": a.headers["set-cookie"].split(";")[0], "X-CSRF-Token": json.loads(a.body)["csrf"],
                    "Accept-Encoding": "identity"})


def reads(base="ou=few,dc=pbx,dc=com", server=None, **more):
    """Point the door at a directory; the event that tells how it went."""
    off()
    server = server or slapd
    settings = {"ldap__server": "127.0.0.1", "ldap__port": server.port, "ldap__base_dn": base, "ldap__security": "none",
                "ldap__tls_verify": "yes", "ldap__tls_ca": "", "ldap__user_dn": "cn=door,dc=pbx,dc=com", "ldap__password": "secret",
                "ldap__name_attribute": "doorName", "ldap__number_attribute": "doorNumber", "ldap__refresh": "restart", **more}
    for key, value in settings.items():
        key = key.replace("__", ".")
        line = door.say(f"set {key} {value}" if value != "" else f"set {key}=", f"^ok {key}")
        assert line.startswith("ok"), line
    door.set(ldap__enabled="yes")


def off():
    door.set(ldap__enabled="no")


def read(*args, seconds=10, **more):
    reads(*args, **more)
    return told("read", seconds)


def told(action, seconds=10, since=None):
    if since is not None:
        door.at = since
    line = door.expect(r" directory action=", seconds)
    assert f"action={action} " in line, line
    return line


def threads():
    with open(f"/proc/{door.p.pid}/status") as f:
        return int(re.search(r"Threads:\s+(\d+)", f.read()).group(1))


def shown(text=""):
    """What the pages show of the directory."""
    a = ask(door, "GET", "/ui/directory?" + urllib.parse.urlencode({"text": text}), headers=session)
    assert a.status == 200, (a.status, a.body)
    return json.loads(a.body)


def voip(**fields):
    return ask(door, "POST", "/api/voip", urllib.parse.urlencode({"type": "call", "table": "ldap", **fields}), basic="admin:admin")


def hang_up():
    ask(door, "POST", "/api/voip", "type=terminate_all", basic="admin:admin")
    door.expect("call_end")


def busy_for(seconds):
    """Lines asked of the door one after the other: the longest answer [ms]."""
    end, longest = time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        at = time.monotonic()
        door.say("get door.ring_s")
        longest = max(longest, time.monotonic() - at)
        time.sleep(0.005)
    return longest * 1000


# --- good ---

def a_door_without_a_directory_has_no_thread_for_it():
    off()
    before = threads()
    assert voip(id="1").status == 404
    line = door.say("directory read", "^ok|^error")
    assert "ldap.enabled=yes reads one" in line, line
    assert threads() == before
    state = shown()
    assert not state["enabled"] and state["contacts"] == [], state


def the_directory_is_read_and_shown():
    line = read()
    assert "contacts=2 left_out=0" in line, line
    state = shown()
    assert state["enabled"] and not state["failed"] and state["total"] == 2 and state["read_us"] > 1.7e15, state
    assert [(c["place"], c["name"], c["number"]) for c in state["contacts"]] == \
        [(1, "Anna", "101"), (2, "Zoé", ZOE)], state
    assert [c["name"] for c in shown("ZO")["contacts"]] == ["Zoé"] and shown("zzz")["contacts"] == []


def nobody_may_ask_too():
    assert "contacts=2" in read(ldap__user_dn="", ldap__password="")


def an_entry_is_called_by_the_api():
    read("ou=few,dc=pbx,dc=com")
    assert [voip(id=i).status for i in ("3", "0", "9.9.9.9", "1 [sip:10.0.0.9]")] == [404] * 4
    assert voip(id="1 [").status == 400
    assert voip(id="1").status == 404, "a number without an account"
    assert voip(id=f"2 [{ZOE}]").status == 200
    assert f"to={ZOE}" in door.expect("call_out")
    assert voip(id="2").status == 409
    hang_up()


def three_thousand_entries_come_in_pages():
    global note
    usual, since = busy_for(1), len(door.lines)
    reads("ou=many,dc=pbx,dc=com")
    longest = busy_for(1)
    line = told("read", since=since)
    assert f"contacts={MANY} left_out=0" in line, line
    first = shown()
    assert first["total"] == MANY and len(first["contacts"]) == 50 and first["more"], first["total"]
    found = shown("person 2999")["contacts"]
    assert [c["number"] for c in found] == ["12999"], found
    note = f"{line.split(' ms=')[1].split()[0]} ms; longest answer of a line {longest:.1f} ms meanwhile, {usual:.1f} ms before"
    assert longest < 500 + usual, longest  # who waited for the server would wait to the end


def a_server_that_gives_only_a_part_is_believed_so_far():
    line = read("ou=many,dc=pbx,dc=com", ldap__user_dn="", ldap__password="")
    assert "contacts=100 left_out=0" in line and 'cause="the server has more"' in line, line
    assert shown()["full"]


def hostile_entries_are_left_out_or_harmless():
    line = read("ou=hostile,dc=pbx,dc=com")
    kept = sum(k for _, _, k in HOSTILE)
    assert f"contacts={kept} left_out={len(HOSTILE) - kept}" in line, line
    by_number = {c["number"]: c["name"] for c in shown()["contacts"]}
    assert by_number == {"901": MARKUP, "904": "a" * 64, "+33123456789": "Zoé Müller"}, by_number


# --- the server's troubles ---

def a_wrong_password_is_told():
    reads(ldap__password="wrong")
    assert 'cause="Invalid credentials"' in told("failed")
    assert shown()["cause"] == "Invalid credentials"
    assert not door.seen("wrong") or all("Invalid" in x or "(secret)" in x for x in door.seen("wrong")), door.seen("wrong")


def what_a_server_says_is_text_and_short():
    for said in "é" * 3000, "x" + "é" * 3000, "\x1b[2J\r\n" + MARKUP, "\xff\xfe broken":
        said = said.encode("latin-1" if "broken" in said else "utf-8")

        def refuses(c):
            c.recv(1000)
            body = b"\x0a\x01\x31\x04\x00\x04\x82" + len(said).to_bytes(2, "big") + said
            op = b"\x61\x82" + len(body).to_bytes(2, "big") + body
            c.sendall(b"\x30\x82" + (len(op) + 3).to_bytes(2, "big") + b"\x02\x01\x01" + op)
            time.sleep(1)

        fake = Fake(refuses)
        reads(server=fake)
        line = told("failed")
        assert 'cause="Invalid credentials: ' in line and "\x1b" not in line, line
        cause = shown()["cause"]
        assert len(cause.encode()) < 192 and cause.isprintable(), cause
        fake.stop()


def a_wrong_base_is_told():
    reads("dc=nowhere,dc=com")
    assert 'cause="No such object"' in told("failed")
    reads("this is no DN")
    assert "Invalid DN syntax" in told("failed")


def a_server_that_goes_and_comes_back():
    read()
    slapd.stop()
    try:
        door.say("directory read")
        assert "Can't contact LDAP server" in told("failed")
        state = shown()
        assert state["failed"] and state["total"] == 2, state
        assert voip(id="9.9.9.9").status == 404 and voip(id="2").status == 200, "what was read last stays"
        hang_up()
    finally:
        slapd.start()
    door.say("directory read")
    assert "contacts=2" in told("back")
    assert not shown()["failed"]


def a_server_that_never_answers_keeps_nothing_waiting():
    global note
    deaf, usual = Fake(), busy_for(2)
    reads(server=deaf)
    for _ in range(50):
        if deaf.seen:
            break
        time.sleep(0.05)
    assert deaf.seen == 1
    longest = busy_for(2)
    assert shown()["reading"]
    line = told("failed", 30)
    assert "Timed out" in line, line
    deaf.stop()
    note = (f"longest answer of a line {longest:.1f} ms meanwhile, {usual:.1f} ms before; given up after "
            f"{int(line.split(' ms=')[1].split()[0]) / 1000:.1f} s")
    assert longest < 500 + usual, longest  # who waited for the server would wait to the end


def a_call_goes_on_as_ever_while_a_server_is_silent():
    """Packets lost, late or made up in a call of two doors, with a server that answers and with one that does not."""
    global note
    deaf, out = Fake(), []
    other = Door(IPGAP, T + "/other", "--http", "off", "--https", "off", rtp=(31000, 31100))
    try:
        for server in slapd, deaf:
            reads(server=server)
            door.say(f"call sip:127.0.0.1:{other.sip}", "^ok call")
            door.expect("call_answered")
            time.sleep(3)
            door.say("hangup")
            out.append(door.expect("media_quality"))
            door.expect("call_end") if "call_end" not in out[-1] else None
        assert shown()["reading"], "the silent server was still waited for"
        late = [int(re.search(r"late=(\d+)", x).group(1)) for x in out]
        jitter = [int(re.search(r"jitter_us=(\d+)", x).group(1)) for x in out]
        note = f"late packets {late[0]} and {late[1]}, jitter {jitter[0]} and {jitter[1]} us"
        assert late[1] <= late[0] + 2, out
    finally:
        off()
        deaf.stop()
        assert other.end() == 0


def a_server_that_answers_by_drops_or_by_gigabytes_is_given_up():
    def half(c):
        c.recv(1000)
        c.sendall(b"\x30\x82\x10\x00\x02\x01\x01")  # a message of 4 KiB begins, and does not go on
        time.sleep(60)

    def huge(c):
        c.recv(1000)
        c.sendall(b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01" + b"a" * 1000)
        time.sleep(60)

    def noise(c):
        c.recv(1000)
        c.sendall(os.urandom(4000))
        time.sleep(60)

    for serve in half, huge, noise:
        fake = Fake(serve)
        reads(server=fake)
        told("failed", 40)
        fake.stop()


def a_server_that_takes_no_connection_is_given_up():
    global note
    full = Full()
    reads(server=full)
    assert busy_for(2) < 500
    assert shown()["reading"]
    line = told("failed", 20)
    note = f"after {int(line.split(' ms=')[1].split()[0]) / 1000:.1f} s"
    ends_at_once(full)
    full.stop()


def settings_changed_meanwhile_and_the_end_wait_for_no_server():
    deaf = Fake()
    before = threads()
    for _ in range(6):
        reads(server=deaf)
        time.sleep(0.2)
    assert threads() <= before + 4, threads()
    ends_at_once(deaf)
    deaf.stop()
    time.sleep(2)


# --- TLS ---

def tls(how, ca, **more):
    return dict(ldap__security=how, ldap__tls_ca=f"{T}/{ca}.pem", ldap__port=slapd.tls if how == "tls" else slapd.port, **more)


def a_trusted_certificate_is_taken():
    for how in "tls", "starttls":
        assert "contacts=2" in read(**tls(how, "good")), how


def a_certificate_of_nobody_is_refused():
    for how in "tls", "starttls":
        reads(**tls(how, "stranger"))
        line = told("failed")
        assert "contacts=0" in line and "certificate is of no trusted authority" in line, line
        assert "contacts=2" in read(**tls(how, "stranger", ldap__tls_verify="no"))


def a_certificate_of_another_name_is_refused():
    other = Slapd("other", "elsewhere")
    try:
        for how in "tls", "starttls":
            more = tls(how, "elsewhere")
            more["ldap__port"] = other.tls if how == "tls" else other.port
            reads(**more)
            assert "of another name" in told("failed")
            assert "contacts=2" in read(**{**more, "ldap__tls_verify": "no"})
    finally:
        other.stop()


def a_server_without_tls_gets_no_password():
    got = []

    def plain(c):
        got.append(c.recv(1000))
        c.sendall(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00")  # StartTLS: protocolError
        got.append(c.recv(1000))
        time.sleep(1)

    fake = Fake(plain)
    more = tls("starttls", "good")
    more["ldap__port"] = fake.port
    reads(**more)
    told("failed", 20)
    time.sleep(0.2)
    assert got and all(b"secret" not in x for x in got), got
    fake.stop()


def a_server_silent_in_the_handshake_is_given_up():
    global note
    took = []

    def taken(c):
        c.recv(1000)
        c.sendall(b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00")  # StartTLS: success
        time.sleep(60)

    def drops(c):
        for b in b"\x16\x03\x03\x40\x00" + b"\x02" * 100:
            c.sendall(bytes([b]))
            time.sleep(1)

    for how, serve in ("tls", lambda c: time.sleep(60)), ("starttls", taken), ("tls", drops):
        fake = Fake(serve)
        reads(**{**tls(how, "good"), "ldap__port": fake.port})
        took.append(int(told("failed", 70).split(" ms=")[1].split()[0]) / 1000)
        ends_at_once(fake)
        fake.stop()
    note = "after " + ", ".join(f"{s:.1f}" for s in took) + " s"


def a_missing_file_of_authorities_is_told():
    reads(**tls("tls", "nothing"))
    assert "ldap.tls_ca" in told("failed")


# --- pages ---

def the_pages_act_for_administrators_alone():
    read()
    a = ask(door, "POST", "/ui/directory", "{}", "application/json", session)
    assert a.status == 202, (a.status, a.body)
    told("read")
    assert ask(door, "POST", "/ui/directory", "{}", "application/json", {"Cookie": session["Cookie"]}).status == 403
    assert ask(door, "GET", "/ui/directory").status == 401
    off()
    a = ask(door, "POST", "/ui/directory", "{}", "application/json", session)
    assert a.status == 409 and json.loads(a.body)["id"] == "no_directory", a.body


def what_is_in_the_list_is_marked():
    read()
    c = json.loads(ask(door, "GET", "/ui/contacts", headers=session).body)
    assert [x["listed"] for x in shown()["contacts"]] == [False, False]
    a = ask(door, "POST", "/ui/contacts", json.dumps({"version": c["version"], "op": "add", "contact":
            {"number": "101", "surname": "Anna", "first_name": "", "account": 0, "p2p": False, "dtmf": ""}}), "application/json", session)
    assert a.status == 200, a.body
    assert [x["listed"] for x in shown()["contacts"]] == [True, False]


def pages_of_the_directory_give_each_entry_once():
    read("ou=many,dc=pbx,dc=com")
    got, after = [], 0
    while True:
        a = ask(door, "GET", f"/ui/directory?after={after}", headers=session)
        page = json.loads(a.body)
        got += [c["place"] for c in page["contacts"]]
        if not page["more"]:
            break
        after = page["contacts"][-1]["place"]
    assert got == list(range(1, MANY + 1)), len(got)
    assert ask(door, "GET", "/ui/directory?after=x", headers=session).status == 422


CASES = [
    a_door_without_a_directory_has_no_thread_for_it, the_directory_is_read_and_shown, nobody_may_ask_too,
    an_entry_is_called_by_the_api, three_thousand_entries_come_in_pages,
    a_server_that_gives_only_a_part_is_believed_so_far, hostile_entries_are_left_out_or_harmless,
    a_wrong_password_is_told, what_a_server_says_is_text_and_short, a_wrong_base_is_told, a_server_that_goes_and_comes_back,
    a_server_that_never_answers_keeps_nothing_waiting, a_call_goes_on_as_ever_while_a_server_is_silent,
    a_server_that_answers_by_drops_or_by_gigabytes_is_given_up, a_server_that_takes_no_connection_is_given_up,
    settings_changed_meanwhile_and_the_end_wait_for_no_server,
    a_trusted_certificate_is_taken, a_certificate_of_nobody_is_refused, a_certificate_of_another_name_is_refused,
    a_server_without_tls_gets_no_password, a_server_silent_in_the_handshake_is_given_up, a_missing_file_of_authorities_is_told, the_pages_act_for_administrators_alone,
    what_is_in_the_list_is_marked, pages_of_the_directory_give_each_entry_once,
]


def main():
    global door, slapd
    for name, cn, san in (("good", "127.0.0.1", "IP:127.0.0.1"), ("stranger", "127.0.0.1", "IP:127.0.0.1"),
                          ("elsewhere", "ldap.example", "DNS:ldap.example")):
        certificate(name, cn, san)
    slapd = Slapd("slapd", "good")
    try:
        door = Door(IPGAP, f"{T}/door", "--http", "0", "--https", "off", "--set", "api.auth=basic")
        login()
        return run_cases(globals(), ("door",), T)
    finally:
        slapd.stop()


sys.exit(main())

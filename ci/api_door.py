"""A door process and its HTTP, for test_api.py: nothing here knows what is tested."""
import base64, hashlib, http.client, os, queue, re, shutil, socket, subprocess, sys, threading, time


def free_port(kind=socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Door:
    """`ipgap run`, headless; its lines are kept and waited for."""

    def __init__(self, ipgap, data, *args, rtp=(30000, 30100)):
        self.sip = free_port()
        self.lines, self.err, self.at, self.more = [], [], 0, threading.Condition()
        self.p = subprocess.Popen(
            [ipgap, "run", "--headless", "--audio", "none", "--data", data, "--bind", f"127.0.0.1:{self.sip}",
             "--set", f"sip.rtp_port_min={rtp[0]}", "--set", f"sip.rtp_port_max={rtp[1]}", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for stream, to in ((self.p.stdout, self.lines), (self.p.stderr, self.err)):
            threading.Thread(target=self.read, args=(stream, to), daemon=True).start()
        self.http = self.https = None
        text = self.expect(r"its HTTP API is described at|events follow here", 10)
        m = re.search(r"http://127.0.0.1:(\d+)/", text)
        self.http = int(m.group(1)) if m else None
        m = re.search(r"https://127.0.0.1:(\d+)/", text)
        self.https = int(m.group(1)) if m else None
        self.expect("picto=door colour=off", 5)  # the end of the lamp test

    def read(self, stream, to):
        for line in stream:
            with self.more:
                to.append(line.rstrip("\n"))
                self.more.notify_all()

    def expect(self, pattern, seconds=5):
        """The next line that matches, from where the last one was."""
        end = time.monotonic() + seconds
        with self.more:
            while True:
                while self.at < len(self.lines):
                    self.at += 1
                    if re.search(pattern, self.lines[self.at - 1]):
                        return self.lines[self.at - 1]
                left = end - time.monotonic()
                if left <= 0 or not self.more.wait(left):
                    raise AssertionError(f'no "{pattern}" in {self.lines[-5:]} {self.err[-3:]}')

    def say(self, text, answer="^ok"):
        self.p.stdin.write(text + "\n")
        self.p.stdin.flush()
        return self.expect(answer + "|^error") if answer else None

    def set(self, **settings):
        for key, value in settings.items():
            key = key.replace("__", ".")
            line = self.say(f"set {key} {value}", f"^ok {key}")
            assert line.startswith("ok"), line

    def seen(self, pattern):
        with self.more:
            return [x for x in self.lines if re.search(pattern, x)]

    def alive(self):
        assert self.p.poll() is None, f"the door ended: {self.p.returncode} {self.err[-5:]}"

    def end(self):
        if self.p.poll() is None:
            self.p.stdin.write("quit\n")
            self.p.stdin.close()
        return self.p.wait(5)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


def ask(door, method, path, body=None, kind="application/x-www-form-urlencoded", headers=None, source="127.0.0.1",
        basic=None, seconds=5):
    """One request, as it is written."""
    c = http.client.HTTPConnection("127.0.0.1", door.http, timeout=seconds, source_address=(source, 0))
    h = dict(headers or {})
    if body is not None and kind:
        h.setdefault("Content-Type", kind)
    if basic:
        h["Authorization"] = "Basic " + base64.b64encode(basic.encode()).decode()
    try:
        c.request(method, path, body, h)
        r = c.getresponse()
        return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
    finally:
        c.close()


def raw(door, data, source="127.0.0.1", seconds=3):
    """Bytes there, bytes back until the door closes or says nothing for so long."""
    s = socket.create_connection(("127.0.0.1", door.http), seconds, (source, 0))
    back = b""
    try:
        s.sendall(data)
        while part := s.recv(65536):
            back += part
            if b"\r\n\r\n" in back and b"100 Continue" not in back:
                break
    except (ConnectionError, TimeoutError):
        pass
    s.close()
    return back


def challenge(answer):
    return dict(re.findall(r'(\w+)="?([^",]*)"?', answer.headers["www-authenticate"].split(" ", 1)[1]))


def digest(ch, method, uri, user, password, nc=1, cnonce="0a4f113b", realm=None):
    """Authorization of RFC 7616 for a challenge."""
    algorithm = ch.get("algorithm", "MD5")
    h = (lambda t: hashlib.sha256(t.encode()).hexdigest()) if "256" in algorithm else \
        (lambda t: hashlib.md5(t.encode()).hexdigest())
    realm = realm or ch["realm"]
    response = h(f"{h(f'{user}:{realm}:{password}')}:{ch['nonce']}:{nc:08x}:{cnonce}:auth:{h(f'{method}:{uri}')}")
    return (f'Digest username="{user}", realm="{realm}", nonce="{ch["nonce"]}", uri="{uri}", cnonce="{cnonce}", '
            f'nc={nc:08x}, qop=auth, response="{response}", opaque="{ch["opaque"]}", algorithm={algorithm}')


def run_cases(module, doors, directory, before=lambda: None):
    """Run CASES of a test's module (those that its command line names, else all) while its `door` lives, then end the
    doors; a case may set the module's `note`.  Prints one verdict a case; returns the exit status."""
    failed, only = 0, sys.argv[2:]
    for case in module["CASES"]:
        if only and case.__name__ not in only:
            continue
        module["note"] = ""
        try:
            before()
            case()
            module["door"].alive()
            print(f"ok      {case.__name__}" + (f" ({module['note']})" if module["note"] else ""), flush=True)
        except Exception as e:  # a case that fails in any way has failed
            failed += 1
            print(f"FAILED  {case.__name__}: {type(e).__name__} {e}", flush=True)
    for name in doors:
        if module[name].end():
            failed += 1
            print(f"FAILED  a door did not end well: {module[name].err[-5:]}")
    shutil.rmtree(directory)
    print(f"{len(only or module['CASES']) - failed} passed, {failed} failed")
    return 1 if failed else 0

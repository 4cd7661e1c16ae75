# SPDX-License-Identifier: Apache-2.0
"""Starts the built canh-centre on loopback in a folder of its own, speaks to it, kills parts of it. Only the standard library;
certificates are made with openssl."""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packs")



def speaking(language):
    """The environment of a program under test that speaks this language, whatever the language of whoever runs the tests."""
    env = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANGUAGE")}
    return dict(env, LANG=language, ASAN_OPTIONS="detect_leaks=0")


def wait_for(what, seconds=60, every=0.25):
    until = time.time() + seconds
    while time.time() < until:
        value = what()
        if value:
            return value
        time.sleep(every)
    raise AssertionError("did not come true in time")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(p) for p in f.read().split()]


class Centre:
    def __init__(self, program, *options, folder=None):
        self.program, self.options = program, list(options)
        self.folder = folder or tempfile.mkdtemp(prefix="canh-system-")
        self.port, self.agents_port = free_port(), free_port()
        self.cookie = self.csrf = self.process = None
        self.output = ""

    def start(self, wait=30):
        if getattr(self, "log", None):
            self.log.close()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.out_path = os.path.join(self.folder, "out")
        out = open(self.out_path, "wb")
        self.process = subprocess.Popen(
            [self.program, "--data", os.path.join(self.folder, "data"), "--listen", f"127.0.0.1:{self.port}",
             "--agents", f"127.0.0.1:{self.agents_port}", "--packs", PACKS, *self.options],
            stdout=out, stderr=self.log, env=speaking("en_GB.UTF-8"))
        out.close()
        self.wait_ready(wait)
        with open(self.out_path, encoding="utf-8") as f:
            self.output = f.read()
        return self

    def wait_ready(self, wait=30):
        until = time.time() + wait
        while time.time() < until:
            if self.process.poll() is not None:
                raise AssertionError("the centre ended: " + self.log_text()[-2000:])
            with open(self.out_path, encoding="utf-8") as f:
                if f"127.0.0.1:{self.port}/" not in f.read():
                    time.sleep(0.02)
                    continue
            try:
                if self.call("GET", "/api/v1/session")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError("the centre does not answer: " + self.log_text()[-2000:])

    def log_text(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self.log.close()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def printed(self, label):
        found = re.search(rf"^{label}: *(\S+)$", self.output, re.M)
        return found and found.group(1)

    def pids(self):
        """name -> pid of the children, by their names."""
        found = {}
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as f:
            for pid in f.read().split():
                with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                    found[comm.read().strip()] = int(pid)
        return found

    def request(self, method, path, body=None, headers=None, timeout=60):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            return r.status, dict((k.lower(), v) for k, v in r.getheaders()), r.read()
        finally:
            c.close()

    def announce(self, path, size):
        """The answer to a body of that size, of which nothing is sent."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            c.putrequest("POST", path)
            c.putheader("Content-Length", str(size))
            c.endheaders()
            return c.getresponse().status
        finally:
            c.close()

    def call(self, method, path, value=None, raw=None, headers=None, timeout=60):
        """(status, parsed answer); signed in when sign_in was called."""
        sent = {"Content-Type": "application/octet-stream" if raw is not None else "application/json"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if self.csrf and method != "GET":
            sent["X-CSRF-Token"] = self.csrf
        sent.update(headers or {})
        body = raw if raw is not None else json.dumps(value).encode() if value is not None else None
        status, got, data = self.request(method, path, body, sent, timeout)
        if "set-cookie" in got:
            self.last_set_cookie = got["set-cookie"]
        kind = got.get("content-type", "")
        return status, json.loads(data) if "json" in kind and data else data

    def sign_in(self, login, password):
        status, answer = self.call("POST", "/api/v1/session", {"login": login, "password": password})
        assert status == 200, (status, answer)
        self.cookie = self.last_set_cookie.split(";")[0]
        self.csrf = answer["csrf"]
        return answer

    def first_run(self, login="quantri", password="mot mat khau that dai"):
        status, answer = self.call("POST", "/api/v1/first-run", {
            "code": self.printed("First-run code"), "office_name": "UBND huyện Mẫu", "parent_name": "UBND tỉnh Mẫu",
            "place": "Mẫu", "hotline": "0200 3 000 000", "login": login, "name": "Nguyễn Văn Mẫu", "password": password})
        assert status == 201, (status, answer)
        self.cookie = self.last_set_cookie.split(";")[0]
        self.csrf = answer["csrf"]
        return answer


class Machine:
    """A workstation as the agents' door sees one."""

    def __init__(self, centre, name="may-01"):
        self.centre, self.name, self.sequence = centre, name, 0
        self.folder = tempfile.mkdtemp(prefix="canh-machine-", dir=centre.folder)
        self.key, self.csr = self.path("key.pem"), self.path("csr.pem")
        self.certificate = None
        subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        self.key, "-out", self.csr, "-subj", "/CN=whatever"], check=True, capture_output=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def call(self, method, path, value=None, raw=None, certificate=True, timeout=60):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = True
        context.load_verify_locations(os.path.join(self.centre.folder, "data/keys/authority.pem"))
        if certificate and self.certificate:
            context.load_cert_chain(self.certificate, self.key)
        c = http.client.HTTPSConnection("127.0.0.1", self.centre.agents_port, context=context, timeout=timeout)
        try:
            body = raw if raw is not None else json.dumps(value).encode() if value is not None else None
            c.request(method, path, body=body, headers={"Content-Type": "application/json"})
            r = c.getresponse()
            data = r.read()
            return r.status, json.loads(data) if "json" in r.getheader("Content-Type", "") else data
        finally:
            c.close()

    def announce(self, path, size):
        """The answer to a body of that size, of which nothing is sent."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(os.path.join(self.centre.folder, "data/keys/authority.pem"))
        context.load_cert_chain(self.certificate, self.key)
        c = http.client.HTTPSConnection("127.0.0.1", self.centre.agents_port, context=context, timeout=20)
        try:
            c.putrequest("POST", path)
            c.putheader("Content-Length", str(size))
            c.endheaders()
            return c.getresponse().status
        finally:
            c.close()

    def enrol(self, token, key="a" * 64, kind="agent"):
        with open(self.csr, encoding="ascii") as f:
            status, answer = self.call("POST", "/agent/v1/enrol", {
                "token": token, "csr": f.read(), "hostname": self.name, "os_name": "Debian GNU/Linux 12", "machine_key": key,
                "kind": kind})
        if status == 201:
            self.id = answer["machine"]
            self.certificate = self.path("certificate.pem")
            with open(self.certificate, "w", encoding="ascii") as f:
                f.write(answer["certificate"])
        return status, answer

    def report(self, body=None, kind="heartbeat", **other):
        self.sequence += 1
        r = {"format": "canh-report/1", "id": ulid(), "machine": self.id, "sequence": self.sequence, "kind": kind,
             "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "agent": "0.1.0", "way": "line",
             "body": body or {"uptime_seconds": 1, "bundle": "", "queue": 0, "orders_done": []}}
        r.update(other)
        return r

    def send(self, report, **how):
        return self.call("POST", "/agent/v1/reports", report, **how)


def ulid():
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    n = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(letters[(n >> (5 * i)) & 31] for i in range(25, -1, -1))

# SPDX-License-Identifier: Apache-2.0
"""The sample district at a running centre with people of every role and machines of two units that know nothing of each other."""
import base64
import os
import subprocess
import time

from centre import Centre, Machine, ulid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKS = os.path.join(ROOT, "packs")
PASSWORD = "mot mat khau that dai"
EICAR = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"


class Person:
    """Somebody who is signed in, or nobody."""

    def __init__(self, centre):
        self.centre, self.cookie, self.csrf, self.session = centre, None, None, None

    def call(self, method, path, value=None, raw=None, headers=None):
        self.centre.cookie, self.centre.csrf = self.cookie, self.csrf
        return self.centre.call(method, path, value, raw, headers)

    def sign_in(self, login, password):
        self.cookie = self.csrf = None
        self.session = self.centre.sign_in(login, password)
        self.cookie, self.csrf = self.centre.cookie, self.centre.csrf
        return self

    def first_password(self, login, one_time):
        """As the person does it: with the one-time password nothing else is possible."""
        self.sign_in(login, one_time)
        status, answer = self.call("POST", "/api/v1/session/password", {"old": one_time, "new": PASSWORD})
        assert status == 204, (status, answer)
        return self

    def must(self, method, path, value=None, raw=None, wants=(200, 201, 204)):
        status, answer = self.call(method, path, value, raw)
        assert status in wants, (method, path, status, answer)
        return answer


def made(answer, *names):
    return {name: answer[name] for name in names if name in answer}


class SampleOffice:
    def __init__(self, program):
        self.centre = Centre(program, "--packs", PACKS, "--sample", os.path.join(PACKS, "sample-district")).start(60)
        self.people = {"none": Person(self.centre)}
        self.people["administrator"] = Person(self.centre).first_password(
            self.centre.printed("User"), self.centre.printed("One-time password"))
        self.admin = self.people["administrator"]
        self.units = {u["code"]: u["id"] for u in self.admin.must("GET", "/api/v1/units")["units"]}
        self.own, self.sister = self.units["X-AN"], self.units["X-BINH"]
        for login, role, unit in (("vanphong", "office", self.units["VP"]), ("xaan", "unit", self.own),
                                  ("xabinh", "unit", self.sister)):
            self.person(login, role, unit)

    def person(self, login, role, unit):
        account = self.admin.must("POST", "/api/v1/accounts", {"login": login, "name": login, "role": role, "unit": unit})
        self.people[login] = Person(self.centre).first_password(login, account["one_time_password"])
        return account

    def machine(self, unit, name):
        token = self.admin.must("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})["token"]
        machine = Machine(self.centre, name)
        status, answer = machine.enrol(token, key=os.urandom(32).hex())
        assert status == 201, answer
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        for kind, body in reports_of(name, now):
            status, answer = machine.send(machine.report(body, kind))
            assert status == 200, (kind, answer)
        return machine

    def sensor(self, unit, name, host):
        """A sensor that told how it fares and one alert about this host."""
        token = self.admin.must("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})["token"]
        sensor = Machine(self.centre, name)
        status, answer = sensor.enrol(token, key=os.urandom(32).hex(), kind="sensor")
        assert status == 201, answer
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        counts = {"packets": 1000, "bytes": 100000, "drops": 1, "flows": 50}
        talkers = [{"host": host, "bytes_out": 10, "bytes_in": 20, "flows": 3}]
        status, answer = sensor.call("POST", "/agent/v1/sensor/status", {
            "format": "canh-sensor-status/1", "at": now, "since": now, "source": "eth1", "generation": "", "counts": counts,
            "talkers": talkers})
        assert status == 204, answer
        alert = {"id": ulid(), "kind": "listed", "at": now, "last_at": now, "host": host, "peer": "192.0.2.66", "port": 443,
                 "protocol": "tcp", "seen_in": "address", "type": "ipv4", "value": "192.0.2.66", "family": "Emotet", "list": "NCSC",
                 "origin": "", "spoke": True, "confidence": 90, "times": 3, "evidence": {}}
        for _ in range(2):  # the same alert told again counts once
            status, answer = sensor.call("POST", "/agent/v1/sensor/reports", sensor.report({"alerts": [alert]}, "alerts"))
            assert status == 200, answer
        return sensor

    def answer(self, sensor, order, *rows):
        """The sensor's whole answer to an order."""
        status, answer = sensor.call("POST", "/agent/v1/sensor/reports", sensor.report({
            "order": order, "state": "done", "detail": "", "why_vi": "không rõ", "why_en": "cannot tell", "done": 1, "total": 1,
            "left_out": 0, "from": 0, "rows": list(rows)}, "answer"))
        assert status == 200, answer

    def import_list(self, name, kind, source, period="2024-01", who=None):
        who = who or self.admin
        with open(os.path.join(PACKS, "sample-district/lists", name), "rb") as f:
            seen = who.must("POST", f"/api/v1/lists/preview?name={name}&kind={kind}&source={source}&zone=420", raw=f.read())
        batch = who.must("POST", "/api/v1/lists", {
            "upload": seen["upload"], "source": source, "kind": kind, "as": seen["format"],
            "zone_minutes": seen["zone_minutes"], "period": period, "letter": ""})
        return seen, batch

    def remove(self):
        self.centre.remove()


def reports_of(name, now):
    yield "inventory", {
        "hostname": name, "os": {"name": "Debian GNU/Linux 12", "id": "debian", "version": "12", "build": "6.1.0",
                                 "architecture": "x86_64", "installed_at": None},
        "hardware": {"vendor": "Mẫu", "model": "M1", "serial": "1", "cpu": "x", "cores": 2, "memory_bytes": 1, "macs": []},
        "addresses": ["192.168.7.7"],
        "packages": [{"name": "openssl", "version": "3.0.11-1", "architecture": "amd64", "source": "openssl",
                      "state": "installed"}],
        "listeners": [{"protocol": "tcp", "address": "0.0.0.0", "port": 22, "process": "sshd", "user": "root"}],
        "accounts": [{"name": "an", "id": 1000, "shell": "/bin/bash", "home": "/home/an", "administrator": True,
                      "locked": False, "last_login_at": None}],
        "updates": {"manager": "apt", "checked_at": None, "last_installed_at": now}}
    yield "sweep", {
        "sweep": ulid(), "started_at": now, "ended_at": now, "reason": "schedule", "order": "", "complete": True,
        "generation": "x", "rules": 1, "hashes": 1, "roots": ["/home"], "files": 9, "bytes": 9, "skipped": 0, "failed": 0,
        "skipped_why": {}, "stopped_why": "",
        "hits": [{"path": f"/home/an/{name}.exe", "sha256": EICAR, "bytes": 68, "engine": "yara", "rule": "EICAR_Test",
                  "action": "quarantined", "quarantine_id": "q-1"}]}
    yield "connections", {
        "from": now, "to": now, "dropped": 0,
        "connections": [{"remote": "198.51.100.9", "port": 443, "protocol": "tcp", "process": "x", "first_at": now,
                         "last_at": now, "times": 3,
                         "match": {"type": "ip", "value": "198.51.100.9", "family": "Emotet", "list": "mau"}}]}


def result_file(machine, report_text):
    """What `canh-agent check` writes: signed by the machine's own key."""
    data = report_text.encode()
    signed = len(data).to_bytes(8, "big") + data
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", machine.key], input=signed, capture_output=True, check=True)
    with open(machine.certificate, encoding="ascii") as f:
        return {"format": "canh-result/1", "certificate": f.read(), "reports": [report_text],
                "signature": base64.b64encode(done.stdout).decode()}

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_centre.py PROGRAM: the built centre from outside: first run, sessions, CSRF, bad input, the agents' door with good, foreign,
forged and revoked certificates, kill -9 of each process."""
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, Machine, ulid  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))


def wait_for(what, seconds=20):
    until = time.time() + seconds
    while time.time() < until:
        try:
            if what():
                return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


class CentreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = Centre(PROGRAM)
        began = time.time()
        cls.centre.start()
        cls.start_seconds = time.time() - began
        cls.session = cls.centre.first_run()
        cls.unit = cls.session["account"]["unit"]["id"]

    @classmethod
    def tearDownClass(cls):
        cls.centre.remove()

    def token(self, uses=1):
        status, answer = self.centre.call("POST", "/api/v1/enrol-tokens", {"unit": self.unit, "uses": uses, "hours": 1})
        self.assertEqual(status, 201, answer)
        return answer["token"]

    def machine(self, name):
        m = Machine(self.centre, name)
        status, answer = m.enrol(self.token(), key=os.urandom(32).hex())
        self.assertEqual(status, 201, answer)
        return m

    def test_page_has_strict_headers_and_api_paths_do_not_fall_back_to_it(self):
        status, headers, body = self.centre.request("GET", "/matrix/anything")
        self.assertEqual(status, 200)
        self.assertIn(b"<!doctype html", body.lower())
        self.assertIn("default-src 'self'", headers["content-security-policy"])
        self.assertNotIn("unsafe", headers["content-security-policy"])
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        again = self.centre.request("GET", "/", headers={"If-None-Match": headers["etag"]})
        self.assertEqual(again[0], 304)
        self.assertEqual(self.centre.request("GET", "/missing.js")[0], 404)
        status, problem = self.centre.call("GET", "/api/v1/nothing")
        self.assertEqual((status, problem["status"]), (404, 404))
        self.assertEqual(self.centre.call("DELETE", "/api/v1/status")[0], 405)
        self.assertEqual(self.centre.request("GET", "/../../etc/passwd")[0] // 100, 4)

    def test_cookie_is_http_only_and_strict(self):
        self.assertIn("HttpOnly", self.centre.last_set_cookie)
        self.assertIn("SameSite=Strict", self.centre.last_set_cookie)

    def test_an_office_of_its_own_begins_with_the_pack_and_an_empty_matrix(self):
        units = self.centre.call("GET", "/api/v1/units")[1]["units"]
        lead = [u for u in units if u["kind"] == "lead_office"]
        self.assertEqual([u["kind_label"]["vi"] for u in lead], ["Cơ quan chủ trì"])
        top = next(u for u in units if "parent_id" not in u)
        self.assertEqual((top["kind"], top["kind_label"]["vi"]), ("committee", "Ủy ban nhân dân"))
        status, matrix = self.centre.call("GET", "/api/v1/matrix")
        self.assertEqual((status, matrix["directive"]["pack"]), (200, "tet-2024"))
        row = next(u for u in matrix["units"] if u["id"] == lead[0]["id"])
        status, unit = self.centre.call("GET", f"/api/v1/units/{lead[0]['id']}")
        self.assertEqual((status, unit["cells"]), (200, row["cells"]))
        self.assertTrue(unit["cells"])
        acts = [e["act"] for e in self.centre.call("GET", "/api/v1/audit")[1]["entries"]]
        self.assertIn("first_run", acts)

    def test_first_run_is_over_after_the_first_account(self):
        status, _ = self.centre.call("POST", "/api/v1/first-run", {"code": "x"})
        self.assertIn(status, (400, 403, 409))

    def test_without_session_csrf_or_own_origin_nothing_is_done(self):
        status, problem = self.centre.call("GET", "/api/v1/matrix", headers={"Cookie": ""})
        self.assertEqual((status, problem["code"]), (401, "sign_in"))
        body = {"unit": self.unit, "uses": 1, "hours": 1}
        for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, {"Origin": "http://evil.example"},
                        {"Sec-Fetch-Site": "cross-site"}):
            self.assertEqual(self.centre.call("POST", "/api/v1/enrol-tokens", body, headers=headers)[0], 403, headers)
        status, _ = self.centre.call("POST", "/api/v1/enrol-tokens", raw=json.dumps(body).encode(),
                                     headers={"Content-Type": "text/plain"})
        self.assertEqual(status, 415)

    def test_bad_json_and_large_bodies_are_refused_with_a_problem(self):
        for raw in (b"{", b"[]", b"\xff\xfe", b'{"unit":1}', b'{"a":' * 100000):
            status, problem = self.centre.call("POST", "/api/v1/enrol-tokens", raw=raw,
                                               headers={"Content-Type": "application/json"})
            self.assertEqual(status, 400, raw[:20])
            self.assertIn("title", problem)
        self.assertEqual(self.centre.announce("/api/v1/enrol-tokens", (1 << 20) + 1), 413)

    def test_a_page_that_waits_is_woken_by_a_change(self):
        _, now = self.centre.call("GET", "/api/v1/changes")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            began = time.time()
            waiting = pool.submit(self.centre.call, "GET", f"/api/v1/changes?after={now['sequence']}")
            time.sleep(0.3)
            self.assertFalse(waiting.done())
            self.machine("may-doi")
            status, answer = waiting.result(20)
        self.assertEqual(status, 200)
        self.assertTrue(answer["changes"])
        self.assertLess(time.time() - began, 15)

    def test_an_enrolled_machine_works_and_a_report_counts_once(self):
        m = self.machine("may-that")
        status, work = m.call("GET", "/agent/v1/work")
        self.assertEqual(status, 200, work)
        self.assertEqual(work["last_report"], 0)
        report = m.report()
        self.assertEqual(m.send(report), (200, {"id": report["id"], "filed": True}))
        self.assertEqual(m.send(report), (200, {"id": report["id"], "filed": False}))
        self.assertEqual(m.send(dict(report, id=ulid()))[0], 409)
        self.assertEqual(m.call("GET", "/agent/v1/work")[1]["last_report"], 1)

    def test_forged_reports_are_refused(self):
        m, other = self.machine("may-gia"), self.machine("may-bi-gia")
        self.assertEqual(m.send(m.report(machine=other.id))[0], 403)
        late = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        self.assertEqual(m.send(m.report(made_at=late))[0], 422)
        self.assertEqual(m.call("POST", "/agent/v1/reports", raw=b"{nonsense")[0], 400)
        self.assertEqual(m.announce("/agent/v1/reports", (8 << 20) + 1), 413)

    def test_a_token_is_spent_and_a_wrong_one_is_refused(self):
        token = self.token()
        self.assertEqual(Machine(self.centre, "mot").enrol(token, key="1" * 64)[0], 201)
        self.assertEqual(Machine(self.centre, "hai").enrol(token, key="2" * 64)[0], 403)
        self.assertEqual(Machine(self.centre, "ba").enrol("AAAAA-BBBBB", key="3" * 64)[0], 403)
        m = Machine(self.centre, "bon")
        status, _ = m.call("POST", "/agent/v1/enrol", {"token": self.token(), "csr": "no request", "hostname": "x",
                                                       "os_name": "", "machine_key": "4" * 64})
        self.assertEqual(status, 400)

    def test_without_with_foreign_and_with_revoked_certificate_nothing_is_answered(self):
        m = self.machine("may-thu-hoi")
        self.assertEqual(m.call("GET", "/agent/v1/work", certificate=False)[0], 401)
        foreign = Machine(self.centre, "la")
        foreign.certificate = foreign.path("own.pem")
        subprocess.run(["openssl", "req", "-x509", "-key", foreign.key, "-out", foreign.certificate, "-days", "1", "-subj",
                        f"/CN={m.id}"], check=True, capture_output=True)
        self.assertEqual(foreign.call("GET", "/agent/v1/work")[0], 403)
        # a forged authority of the same name
        ca_key, ca = foreign.path("ca.key"), foreign.path("ca.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        ca_key, "-out", ca, "-days", "9", "-subj", "/CN=Canh authority"], check=True, capture_output=True)
        subprocess.run(["openssl", "x509", "-req", "-in", foreign.csr, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-out",
                        foreign.certificate, "-days", "9"], check=True, capture_output=True)
        self.assertEqual(foreign.call("GET", "/agent/v1/work")[0], 403)
        # our own authority's key, but over: what a stolen backup of an old certificate would be
        keys = os.path.join(self.centre.folder, "data/keys")
        expired = Machine(self.centre, "cu")
        expired.certificate = expired.path("old.pem")
        extensions = expired.path("ext")
        with open(extensions, "w", encoding="ascii") as f:
            f.write("extendedKeyUsage=clientAuth\n")
        # OpenSSL 3.5 refuses an end before the beginning; one before 3.4 cannot be told the beginning
        knows = b"-not_before" in subprocess.run(["openssl", "x509", "-help"], capture_output=True).stderr
        over = ["-not_before", "20240101000000Z", "-not_after", "20240102000000Z"] if knows else ["-days", "-1"]
        done = subprocess.run(["openssl", "x509", "-req", "-in", expired.csr, "-CA", f"{keys}/authority.pem", "-CAkey",
                               f"{keys}/authority.key", "-set_serial", "77", "-out", expired.certificate, *over,
                               "-extfile", extensions], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(expired.call("GET", "/agent/v1/work")[0], 403)
        self.assertIn("certificate expired", self.centre.log_text())
        self.assertEqual(m.call("GET", "/agent/v1/work")[0], 200)
        status, answer = self.centre.call("POST", f"/api/v1/machines/{m.id}/revoke", {"reason": "mất máy"})
        self.assertEqual(status, 204, answer)
        self.assertEqual(m.call("GET", "/agent/v1/work")[0], 403)
        self.assertEqual(m.send(m.report())[0], 403)

    def test_kill_of_keys_or_reader_is_survived(self):
        m = self.machine("may-truoc")
        for name in ("canh-keys", "canh-reader", "canh-fetch"):
            before = self.centre.pids()
            os.kill(before[name], signal.SIGKILL)
            self.assertEqual(self.centre.call("GET", "/api/v1/status")[0], 200)
            self.assertEqual(m.call("GET", "/agent/v1/work")[0], 200)
            self.assertTrue(wait_for(lambda: self.centre.pids().get(name, before[name]) != before[name]), name)
            self.assertEqual(self.centre.pids()["canh-web"], before["canh-web"])
            self.machine(f"may-sau-{name}")  # needs both

    def test_kill_of_web_loses_nothing_that_was_acknowledged(self):
        m = self.machine("may-ben")
        acknowledged = []
        before = self.centre.pids()

        def keep_sending():
            until = time.time() + 4
            while time.time() < until:
                report = m.report()
                time.sleep(0.05)
                for _ in range(200):
                    try:
                        status, _ = m.send(report, timeout=5)
                    except (OSError, ValueError):
                        status = 0
                    if status == 200:
                        acknowledged.append(report)
                        break
                    time.sleep(0.05)

        with concurrent.futures.ThreadPoolExecutor() as pool:
            sending = pool.submit(keep_sending)
            time.sleep(1)
            os.kill(before["canh-web"], signal.SIGKILL)
            sending.result(60)
        self.assertTrue(wait_for(lambda: self.centre.call("GET", "/api/v1/session")[1]["signed_in"]))
        self.assertGreater(len(acknowledged), 3)
        time.sleep(3)  # the rate limit's bucket fills again
        for report in acknowledged[-5:]:
            self.assertEqual(m.send(report)[1], {"id": report["id"], "filed": False})
        self.assertEqual(m.call("GET", "/agent/v1/work")[1]["last_report"], acknowledged[-1]["sequence"])

    def test_every_described_path_exists_and_needs_a_session_unless_open(self):
        _, described = self.centre.call("GET", "/openapi.json")
        for path, item in described["paths"].items():
            for method, operation in item.items():
                sent = path
                for part in ("{id}", "{unit}", "{clause}", "{upload}", "{table}"):
                    sent = sent.replace(part, "none")
                status, _ = self.centre.call(method.upper(), sent, headers={"Cookie": ""})
                if operation.get("x-role") == "open" and method == "get":
                    self.assertEqual(status, 404 if "{token}" in path else 200, path)  # there the token is the secret
                if operation.get("x-role") != "open":
                    self.assertIn(status, (401, 403), (method, path))

    def test_processes_are_what_they_say(self):
        status, answer = self.centre.call("GET", "/api/v1/status")
        self.assertEqual(status, 200)
        self.assertEqual(sorted(p["name"] for p in answer["processes"]), ["fetch", "keys", "parent", "reader", "web"])
        for name, pid in self.centre.pids().items():
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                self.assertIn("Seccomp:\t2", f.read(), name)


class RestartTest(unittest.TestCase):
    def test_a_restart_goes_on_where_it_was(self):
        c = Centre(PROGRAM).start()
        try:
            c.first_run()
            c.stop()
            c.start()
            self.assertIsNone(c.printed("First-run code"))
            self.assertTrue(c.call("GET", "/api/v1/session")[1]["signed_in"])
            c.process.send_signal(signal.SIGKILL)  # the parent: its children must not stay
            c.process.wait(10)
            self.assertTrue(wait_for(lambda: not port_open(c.port)))
            c.start()
            self.assertTrue(c.call("GET", "/api/v1/session")[1]["signed_in"])
        finally:
            c.remove()

    def test_a_taken_port_and_a_wrong_option_end_the_program_with_2(self):
        c = Centre(PROGRAM).start()
        try:
            done = subprocess.run([PROGRAM, "--data", c.folder + "/other", "--listen", f"127.0.0.1:{c.port}", "--agents",
                                   "127.0.0.1:0"], capture_output=True, timeout=30)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"in use", done.stderr)
            done = subprocess.run([PROGRAM, "--listen", "nowhere"], capture_output=True, timeout=30)
            self.assertEqual(done.returncode, 2)
        finally:
            c.remove()


def port_open(port):
    import socket
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    unittest.main(verbosity=2)

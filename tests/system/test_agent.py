#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_agent.py CENTRE AGENT: the real agent at the real centre over mutual TLS: it enrols, reports, obeys orders, survives
being killed, refuses old and altered bundles, renews, says when it was revoked; and result files carried by hand."""
import base64
import glob
import hashlib
import http.server
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, children, speaking, ulid, wait_for  # noqa: E402

CENTRE, AGENT = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))
RULES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "packs", "rules")
ENV = speaking("en_GB.UTF-8")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"  # in two parts: no scanner minds this file


class Agent:
    def __init__(self, centre, name="agent"):
        self.centre, self.process = centre, None
        self.state = os.path.join(centre.folder, name)
        self.files = os.path.join(centre.folder, name + "-files")
        self.log_path = os.path.join(centre.folder, name + ".log")
        os.makedirs(self.files, exist_ok=True)

    def enrol(self, unit, token=None, url=None):
        token = token or self.centre.call("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})[1]["token"]
        url = url or f"https://127.0.0.1:{self.centre.agents_port}"
        return subprocess.run([AGENT, "enrol", "--state", self.state, "--centre", url, "--token", token], env=ENV,
                              capture_output=True, text=True, timeout=60)

    def start(self, *options):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([AGENT, "run", "--state", self.state, "--rules", RULES, "--path", self.files, *options],
                                            env=ENV, stdout=log, stderr=log)
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)
        self.process = None

    def status(self):
        done = subprocess.run([AGENT, "status", "--state", self.state], env=ENV, capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def read(self, name):
        with open(os.path.join(self.state, name), encoding="utf-8") as f:
            return f.read()

    def times(self):
        """What was done so far; these folders of a test are no proof for the machine, so the centre shows no last sweep."""
        return json.loads(self.read("times.json")) if os.path.exists(os.path.join(self.state, "times.json")) else {}

    def outbox(self):
        return sorted(os.path.basename(p) for p in glob.glob(os.path.join(self.state, "outbox", "*.json")))

    def put(self, name, data=EICAR):
        with open(os.path.join(self.files, name), "wb") as f:
            f.write(data)
        return os.path.join(self.files, name)


class Office(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(CENTRE).start()
        self.addCleanup(self.centre.remove)
        self.unit = self.centre.first_run()["account"]["unit"]["id"]

    def agent(self, *options, name="agent"):
        a = Agent(self.centre, name)
        done = a.enrol(self.unit)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.addCleanup(a.stop)
        return a.start(*options)

    def machine(self):
        machines = self.centre.call("GET", "/api/v1/machines")[1]["machines"]
        return self.centre.call("GET", f"/api/v1/machines/{machines[0]['id']}")[1] if machines else None

    def field(self, name):
        m = self.machine()
        return (m.get("machine") or m).get(name) if m else None

    def order(self, kind, **more):
        status, answer = self.centre.call("POST", f"/api/v1/machines/{self.field('id')}/orders", {"kind": kind, **more})
        self.assertEqual(status, 201, answer)

    def orders(self, kind):
        return [o for o in self.machine()["orders"] if o["kind"] == kind]


class OrdersTest(Office):
    def test_orders_are_done_and_what_is_found_is_put_away_and_back(self):
        a = self.agent()
        wait_for(lambda: self.field("last_inventory_at"))
        wait_for(lambda: "sweep" in a.times() and not a.outbox())
        self.assertNotRegex(a.log(), "error")  # a first start is nothing to complain about
        path = a.put("found")
        self.order("sweep")
        hit = wait_for(lambda: self.machine()["hits"])[0]
        self.assertEqual((hit["path"], hit["rule"], hit["state"]), (path, "EICAR_Test", "quarantined"))
        self.assertFalse(os.path.exists(path))
        wait_for(lambda: all(o["state"] == "done" for o in self.orders("sweep")))
        before = self.field("last_inventory_at")
        time.sleep(1)
        self.order("inventory")
        wait_for(lambda: self.orders("inventory")[0]["state"] == "done")
        self.assertGreater(self.field("last_inventory_at"), before)
        self.order("restore", hit=hit["id"])
        wait_for(lambda: self.orders("restore")[0]["state"] == "done")
        with open(path, "rb") as f:
            self.assertEqual(f.read(), EICAR)

    def test_offline_reports_are_delivered_once_later_and_kills_lose_nothing(self):
        a = self.agent("--no-quarantine")
        wait_for(lambda: "sweep" in a.times() and not a.outbox())
        self.centre.stop()
        path = a.put("offline")
        a.stop(signal.SIGKILL)
        os.remove(os.path.join(a.state, "times.json"))  # so that everything is due
        a.start("--no-quarantine")
        waiting = wait_for(lambda: len(a.outbox()) >= 2 and a.outbox())
        for pause in (0, 0.02, 0.05, 0.1, 0.2, 0.4):  # link and scan, at any moment
            time.sleep(pause)
            for pid in children(a.process.pid):
                os.kill(pid, signal.SIGKILL)
            a.stop(signal.SIGKILL)
            if os.path.exists(os.path.join(a.state, "times.json")):
                os.remove(os.path.join(a.state, "times.json"))
            a.start("--no-quarantine")
        texts = {}
        for name in a.outbox():
            with open(os.path.join(a.state, "outbox", name), encoding="utf-8") as f:
                report = json.load(f)  # each is whole
                texts[report["sequence"]] = report["id"]
        self.assertTrue(set(waiting) <= set(a.outbox()))
        self.assertEqual(len(texts), len(set(texts.values())))
        self.centre.start()
        wait_for(lambda: not a.outbox(), 90)
        hits = wait_for(lambda: self.machine()["hits"])
        self.assertEqual([h["path"] for h in hits], [path])
        self.assertFalse(glob.glob(os.path.join(a.state, "outbox", "refused-*")))

    def test_a_refused_report_is_put_aside_and_a_revoked_machine_says_so(self):
        a = self.agent()
        wait_for(lambda: "sweep" in a.times() and not a.outbox())
        wait_for(lambda: not a.outbox())
        a.stop()
        with open(os.path.join(a.state, "enrolment.json"), encoding="utf-8") as f:
            identity = json.load(f)
        for sequence, machine in ((1, identity["machine"]), (900, ulid())):  # a number that was used (409); another's (403)
            report = {"format": "canh-report/1", "id": ulid(), "machine": machine, "sequence": sequence, "kind": "heartbeat",
                      "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "agent": "0.1.0", "way": "line",
                      "body": {"uptime_seconds": 1, "bundle": "", "queue": 0, "orders_done": []}}
            with open(os.path.join(a.state, "outbox", f"{sequence:020}.json"), "w", encoding="utf-8") as f:
                json.dump(report, f)
        a.start()
        wait_for(lambda: len([n for n in a.outbox() if n.startswith("refused-")]) == 2)
        wait_for(lambda: len(a.outbox()) == 2)
        self.assertEqual(a.status()[0], 0)
        self.assertEqual(self.centre.call("POST", f"/api/v1/machines/{identity['machine']}/revoke", {"reason": "thử"})[0], 204)
        wait_for(lambda: "revoked" in a.status()[1], 90)
        self.assertEqual(a.status()[0], 1)
        self.assertEqual(len([n for n in a.outbox() if n.startswith("refused-")]), 2)  # reports wait, none is thrown away

    def test_the_certificate_is_renewed(self):
        a = self.agent("--renew-days", "400")
        before = a.read("certificate.pem")
        wait_for(lambda: a.read("certificate.pem") != before)
        wait_for(lambda: "sweep" in a.times() and not a.outbox())  # and it is good
        self.assertEqual(a.log().count("certificate renewed: yes"), 1)


class Door(http.server.BaseHTTPRequestHandler):
    """The agents' door of a centre of our own, which can be made to lie about the bundle."""
    protocol_version = "HTTP/1.1"
    manifest = signature = None
    files, seen, generation = {}, [], ""

    def log_message(self, *_):
        pass

    def answer(self, status, data):
        data = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        Door.seen.append(self.path)
        if self.path.startswith("/agent/v1/work"):
            time.sleep(0.2)
            return self.answer(200, {"sequence": len(Door.seen), "orders": [], "last_report": 0, "bundle": {
                "generation": Door.generation, "manifest_sha256": hashlib.sha256(Door.manifest).hexdigest()},
                "schedule": {"inventory_hours": 24, "sweep_hours": 24, "connections_minutes": 5}})
        if self.path == "/agent/v1/bundle":
            return self.answer(200, {"manifest": Door.manifest.decode(), "signature": Door.signature})
        data = Door.files.get(self.path.rsplit("/", 1)[1])
        return self.answer(200, data) if data is not None else self.answer(404, {})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/agent/v1/enrol":
            return self.answer(201, Door.authority.issue(body["csr"]))
        return self.answer(200, {"id": body.get("id", ""), "filed": True})


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.make("ca", "/CN=Test authority", ["-x509", "-days", "30", "-addext", "basicConstraints=critical,CA:TRUE"])
        self.issue_own("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        self.issue_own("signer", "keyUsage=digitalSignature\nextendedKeyUsage=codeSigning\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout

    def make(self, name, subject, more):
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
                     "-keyout", self.path(name + ".key"), "-out", self.path(name + (".pem" if "-x509" in more else ".csr")), *more)

    def issue_own(self, name, extensions):
        self.make(name, "/CN=" + name, [])
        with open(self.path(name + ".ext"), "w", encoding="ascii") as f:
            f.write(extensions)
        self.openssl("x509", "-req", "-in", self.path(name + ".csr"), "-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key"),
                     "-days", "30", "-CAcreateserial", "-extfile", self.path(name + ".ext"), "-out", self.path(name + ".pem"))

    def read(self, name):
        with open(self.path(name), encoding="ascii") as f:
            return f.read()

    def issue(self, csr):
        pem = self.openssl("x509", "-req", "-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key"), "-days", "30",
                           "-CAcreateserial", data=csr.encode()).decode()
        return {"machine": ulid(), "name": "may-01", "unit": "Xã Mẫu", "certificate": pem,
                "authority": self.read("ca.pem") + self.read("signer.pem")}

    def fingerprint(self):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.read("ca.pem"))).hexdigest()

    def sign(self, data, key="signer.key"):
        return base64.b64encode(self.openssl("dgst", "-sha256", "-sign", self.path(key), data=data)).decode()


class BundleTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="canh-door-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        Door.authority = Authority(self.folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with open(os.path.join(self.folder, "chain.pem"), "w", encoding="ascii") as f:
            f.write(Door.authority.read("server.pem") + Door.authority.read("ca.pem"))
        context.load_cert_chain(os.path.join(self.folder, "chain.pem"), os.path.join(self.folder, "server.key"))
        self.server.handle_error = lambda *_: None  # an agent that is ended hangs up at any moment
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def offer(self, generation, rule, alter=None, key="signer.key"):
        data = f'rule {rule} {{ strings: $a = "nothing has this" condition: $a }}'.encode()
        digest = hashlib.sha256(data).hexdigest()
        manifest = json.dumps({"format": "canh-bundle/1", "generation": generation, "made_at": "2024-01-15T08:30:00Z", "files": [
            {"name": "a.yar", "kind": "rules", "sha256": digest, "bytes": len(data)}]}).encode()
        Door.signature = Door.authority.sign(manifest, key)
        Door.files = {digest: data.replace(b"nothing", b"anthing") if alter == "file" else data}
        Door.manifest = manifest.replace(b"a.yar", b"b.yar") if alter == "manifest" else manifest
        Door.generation = generation

    def test_only_a_newer_whole_bundle_of_our_authority_is_taken(self):
        self.offer("20240115T083000Z-3", "First")
        a = Agent(type("Place", (), {"folder": self.folder}))
        self.addCleanup(a.stop)
        done = a.enrol(None, "ABCDE-ABCDE." + Door.authority.fingerprint(), f"https://127.0.0.1:{self.server.server_port}")
        self.assertEqual(done.returncode, 0, done.stderr)
        a.start()
        wait_for(lambda: "bundle 20240115T083000Z-3 in use" in a.log())
        self.assertEqual(a.read("bundle"), "20240115T083000Z-3")
        bad = (("20240114T083000Z-9", {}, "older than the one in use"), ("20240116T083000Z-1", {"alter": "manifest"}, "is refused"),
               ("20240117T083000Z-1", {"alter": "file"}, "is refused"), ("20240118T083000Z-1", {"key": "server.key"}, "is refused"))
        for generation, how, said in bad:
            self.offer(generation, "Second", **how)
            line = wait_for(lambda: [x for x in a.log().splitlines() if f"bundle {generation} is refused" in x])[0]
            self.assertIn(said, line)
            self.assertEqual(a.read("bundle"), "20240115T083000Z-3")
        self.assertTrue(os.path.exists(os.path.join(a.state, "bundle-20240115T083000Z-3", "a.yar")))
        self.offer("20240119T083000Z-1", "Third")
        wait_for(lambda: "bundle 20240119T083000Z-1 in use" in a.log())
        wait_for(lambda: not [p for p in os.listdir(a.state) if p.startswith("bundle-") and p != "bundle-20240119T083000Z-1"])


class UsageTest(unittest.TestCase):
    def test_each_verb_explains_itself_in_both_languages_at_80_columns(self):
        for language, word in (("vi_VN.UTF-8", "không"), ("en_GB.UTF-8", "not")):
            for verb in ("enrol", "run", "check", "status"):
                done = subprocess.run([AGENT, verb, "--help"], env=speaking(language), capture_output=True, text=True, timeout=30)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("canh-agent " + verb, done.stdout)
                self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 80)
                done = subprocess.run([AGENT, verb, "--typo"], env=speaking(language), capture_output=True, text=True, timeout=30)
                self.assertEqual(done.returncode, 2)
                self.assertIn("--typo", done.stderr)
                self.assertIn(word, done.stderr)


class KitTest(Office):
    def kit(self, unit=None):
        status, kit = self.centre.call("POST", "/api/v1/check-kits", {"unit": unit or self.unit, "days": 5})
        self.assertEqual(status, 201, kit)
        path = os.path.join(self.centre.folder, f"kit-{kit['kit']}.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(kit, f)
        return path

    def check(self, kit, name, *paths, rules=False):
        out = os.path.join(self.centre.folder, name)
        done = subprocess.run([AGENT, "check", "--state", os.path.join(self.centre.folder, "none"), "--kit", kit, "--out", out,
                               *(["--rules", RULES] if rules else []), *paths], env=speaking("vi_VN.UTF-8"),
                              capture_output=True, text=True, timeout=120)
        if not os.path.exists(out):
            return done, None
        with open(out, "rb") as f:
            return done, f.read()

    def test_a_kit_checks_signs_and_is_filed_once(self):
        files = os.path.join(self.centre.folder, "files")
        os.mkdir(files)
        with open(os.path.join(files, "mẫu"), "wb") as f:
            f.write(EICAR)
        kit = self.kit()
        done, result = self.check(kit, "r.json", files)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("PHÁT HIỆN MÃ ĐỘC: 1", done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines()[:12])), 80)
        status, answer = self.centre.call("POST", "/api/v1/results", raw=result)
        self.assertEqual((status, answer["filed"], answer["duplicate"], sorted(answer["kinds"])),
                         (200, 2, 0, ["inventory", "sweep"]))
        status, answer = self.centre.call("POST", "/api/v1/results", raw=result)  # brought again
        self.assertEqual((status, answer["filed"], answer["duplicate"]), (200, 0, 2))
        hits = self.machine()["hits"]
        self.assertEqual([h["path"] for h in hits], [os.path.join(files, "mẫu")])
        os.remove(os.path.join(files, "mẫu"))
        done, result = self.check(kit, "r2.json", files)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.centre.call("POST", "/api/v1/results", raw=result)[1]["filed"], 2)  # another day, the same kit
        self.assertEqual(len(self.centre.call("GET", "/api/v1/machines")[1]["machines"]), 1)
        report = json.loads(json.loads(result)["reports"][1])
        self.assertEqual((report["body"]["reason"], report["body"]["roots"], report["body"]["complete"]),
                         ("check", [os.path.realpath(files)], True))
        done, result = self.check(kit, "r3.json", files, os.path.join(files, "nowhere"))
        self.assertEqual(done.returncode, 2)  # what was named and is not there: no conclusion
        self.assertIn("CHƯA THỂ KẾT LUẬN", done.stdout)
        self.assertFalse(json.loads(json.loads(result)["reports"][1])["body"]["complete"])

    def test_altered_and_foreign_results_are_refused(self):
        _, result = self.check(self.kit(), "r.json", RULES)
        good = json.loads(result)
        signature = bytearray(base64.b64decode(good["signature"]))
        signature[-1] ^= 1
        altered = dict(good, reports=[good["reports"][0], good["reports"][1].replace('"complete":true', '"complete":true ')])
        with open(self.kit(), encoding="utf-8") as f:
            other = json.load(f)
        forgeries = {"altered": altered, "signature": dict(good, signature=base64.b64encode(signature).decode()),
                     "another kit's certificate": dict(good, certificate=other["certificate"]),
                     "one left out": dict(good, reports=good["reports"][:1])}
        for what, forged in forgeries.items():
            status, answer = self.centre.call("POST", "/api/v1/results", forged)
            self.assertEqual(status, 422, (what, answer))
        self.assertEqual(self.centre.call("GET", "/api/v1/machines")[1]["machines"], [])
        self.assertEqual(self.centre.call("POST", "/api/v1/results", good)[0], 200)  # and it was not for another reason

    def test_a_kit_speaks_only_for_its_unit_and_a_revoked_machine_not_at_all(self):
        _, first = self.check(self.kit(), "first.json", RULES)
        self.assertEqual(self.centre.call("POST", "/api/v1/results", raw=first)[0], 200)
        status, unit = self.centre.call("POST", "/api/v1/units", {"name": "Xã Mẫu", "code": "X1", "kind": "commune",
                                                                  "parent_id": self.unit})
        self.assertEqual(status, 201, unit)
        _, foreign = self.check(self.kit(unit["id"]), "foreign.json", RULES)
        status, answer = self.centre.call("POST", "/api/v1/results", raw=foreign)  # the machine is the other unit's
        self.assertEqual(status, 403, answer)
        self.assertEqual(self.centre.call("POST", f"/api/v1/machines/{self.field('id')}/revoke", {"reason": "thử"})[0], 204)
        _, late = self.check(self.kit(), "late.json", RULES)
        status, answer = self.centre.call("POST", "/api/v1/results", raw=late)
        self.assertEqual(status, 403, answer)

    def test_without_rules_or_with_a_broken_kit_nothing_is_claimed(self):
        bare = self.kit()
        with open(bare, encoding="utf-8") as f:
            kit = json.load(f)
        self.assertTrue(kit["rules"] and kit["generation"])  # those of the bundle in use
        kit["rules"], kit["hashes"] = [], []
        with open(bare, "w", encoding="utf-8") as f:
            json.dump(kit, f)
        done, result = self.check(bare, "r.json", RULES)
        self.assertEqual((done.returncode, result), (2, None), done.stdout)
        broken = os.path.join(self.centre.folder, "broken.json")
        with open(broken, "w", encoding="ascii") as f:
            f.write("{}")
        done, result = self.check(broken, "r.json", RULES)
        self.assertEqual((done.returncode, result, done.stdout), (2, None, ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)

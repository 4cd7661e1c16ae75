# SPDX-License-Identifier: Apache-2.0
"""canh-sensor from outside: a centre on loopback, a pair of virtual interfaces, the far one in a network namespace of its own. The
sensor watches the near one: flows, alerts exactly once while centre and processes are killed, orders and their answers, drops that are
counted. Needs root and `ip`.
usage: test_sensor.py CANH_CENTRE CANH_SENSOR"""
import glob
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import PACKS, Centre, children, speaking, wait_for  # noqa: E402

CENTRE, SENSOR = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))
ENV = speaking("en_GB.UTF-8")
HOST, RESOLVER = "198.18.53.10", "198.18.53.1"  # of the benchmark network: no machine that tests run on has them (RFC 2544)


def query(name):
    """A DNS question for the address of a name."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)


SEND = """import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(int(sys.argv[2])):
    s.sendto(bytes.fromhex(sys.argv[1]), ("%s", 53))
""" % RESOLVER


def capabilities(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"^CapEff:\s*(\w+)$", f.read(), re.M)[1], 16)


class Wire:
    """A pair of interfaces; the far end belongs to another network."""

    def __init__(self):
        self.space, self.near = f"canh{os.getpid()}", f"cn{os.getpid()}"
        for line in (f"netns add {self.space}", f"link add {self.near} type veth peer name far netns {self.space}",
                     f"addr add {RESOLVER}/24 dev {self.near}", f"link set {self.near} up",
                     f"-n {self.space} addr add {HOST}/24 dev far", f"-n {self.space} link set far up",
                     f"-n {self.space} link set lo up"):
            subprocess.run(["ip", *line.split()], check=True, capture_output=True)

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.space], check=False)

    def ask(self, name, times=1):
        subprocess.run(["ip", "netns", "exec", self.space, sys.executable, "-c", SEND, query(name).hex(), str(times)], check=True)


def why_no_wire():
    """Why no interfaces can be made here (no root, no `ip`, a plain chroot, a container), or None."""
    if os.geteuid() or not shutil.which("ip"):
        return "needs root and ip"
    space = f"canh-try{os.getpid()}"
    for line in (f"netns add {space}", f"-n {space} link", f"netns del {space}"):
        done = subprocess.run(["ip", *line.split()], check=False, capture_output=True, text=True)
        if done.returncode:
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)
            return f"ip {line}: {done.stderr.strip()}"
    return None


NO_WIRE = why_no_wire()


@unittest.skipIf(NO_WIRE, f"no interface can be made here: {NO_WIRE}")
class SensorTest(unittest.TestCase):
    def setUp(self):
        self.wire = Wire()
        self.addCleanup(self.wire.remove)
        self.centre = Centre(CENTRE).start()
        self.addCleanup(self.centre.remove)
        self.unit = self.centre.first_run()["account"]["unit"]["id"]
        self.state, self.archive = (os.path.join(self.centre.folder, name) for name in ("sensor", "archive"))
        self.process = None
        self.addCleanup(self.stop)

    def must(self, method, path, value=None, raw=None):
        status, answer = self.centre.call(method, path, value, raw=raw)
        self.assertIn(status, (200, 201, 204), answer)
        return answer

    def enrol(self):
        token = self.must("POST", "/api/v1/enrol-tokens", {"unit": self.unit, "uses": 1, "hours": 1})["token"]
        done = subprocess.run([SENSOR, "enrol", "--state", self.state, "--centre", f"https://127.0.0.1:{self.centre.agents_port}",
                               "--token", token], env=ENV, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def start(self, *options):
        with open(os.path.join(self.centre.folder, "sensor.log"), "ab") as log:
            self.process = subprocess.Popen(
                [SENSOR, "--interface", self.wire.near, "--state", self.state, "--archive", self.archive, "--own", f"{HOST}/32",
                 "--ring-mib", "4", *options], env=ENV, stdout=log, stderr=log)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def log(self):
        with open(os.path.join(self.centre.folder, "sensor.log"), encoding="utf-8") as f:
            return f.read()

    def import_list(self, raw=None, source="NCSC"):
        if raw is None:
            with open(os.path.join(PACKS, "sample-district/lists/indicators.csv"), "rb") as f:
                raw = f.read()
        seen = self.must("POST", f"/api/v1/lists/preview?name=indicators.csv&kind=indicator&source={source}&zone=420", raw=raw)
        self.warned = [row["line"] for row in seen["warned"]]
        return self.must("POST", "/api/v1/lists", {"upload": seen["upload"], "period": "2024-01", "letter": ""})

    def sensor(self):
        sensors = self.must("GET", "/api/v1/sensors")["sensors"]
        return sensors[0] if sensors else None

    def status(self):
        sensor = self.sensor()
        return (sensor or {}).get("status")

    def alerts(self):
        return self.must("GET", "/api/v1/alerts")["alerts"]

    def role(self, name):
        """The process of this role; None while it is being started again."""
        for pid in children(self.process.pid):
            try:
                with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                    if f.read().strip() == name:
                        return pid
            except OSError:
                pass
        return None

    def with_set(self, *options):
        self.enrol()
        self.import_list()
        self.start(*options)
        wait_for(lambda: (self.status() or {}).get("generation"), 90)

    def test_alerts_reach_the_centre_once_though_it_and_every_process_is_killed(self):
        self.with_set()
        self.wire.ask("c2.den-long.invalid", 3)
        alert = wait_for(self.alerts)[0]
        self.assertEqual((alert["host"], alert["value"], alert["kind"], alert["times"]), (HOST, "c2.den-long.invalid", "listed", 3))
        self.assertIsNotNone(alert["finding"])
        self.centre.stop()
        self.wire.ask("tet-loto.example")
        wait_for(lambda: glob.glob(os.path.join(self.state, "outbox", "*.json")))
        os.kill(self.role("canh-uplink"), signal.SIGKILL)
        self.centre.start()
        wait_for(lambda: len(self.alerts()) == 2, 120)
        for name in ("canh-capture", "canh-analyse", "canh-keeper", "canh-uplink"):
            killed = wait_for(lambda: self.role(name))
            os.kill(killed, signal.SIGKILL)
            wait_for(lambda: self.role(name) not in (None, killed))
        time.sleep(3)  # the set is handed on again
        self.wire.ask("tai-ve.cap-nhat-vssid.example")
        wait_for(lambda: len(self.alerts()) == 3, 120)
        time.sleep(5)
        self.assertEqual(sorted(a["value"] for a in self.alerts()),
                         ["c2.den-long.invalid", "tai-ve.cap-nhat-vssid.example", "tet-loto.example"])
        findings = self.must("GET", "/api/v1/findings?kind=contact")["findings"]
        self.assertEqual(sorted(f["remote"] for f in findings), sorted(a["value"] for a in self.alerts()))
        wait_for(lambda: self.status()["restarts"] >= 5, 90)

    def test_orders_are_answered_out_of_the_archive(self):
        self.enrol()
        self.start()
        wait_for(self.status, 90)
        self.wire.ask("c2.den-long.invalid", 2)
        time.sleep(2)
        self.import_list()  # the hunt is ordered by itself

        def first_hunt(state):
            return lambda: next((h for h in self.must("GET", "/api/v1/hunts")["hunts"] if h["state"] == state), None)

        hunt = wait_for(first_hunt("done"), 120)
        self.assertEqual((hunt["reason"], hunt["hits"], hunt["hosts"], hunt["list"]["name"]), ("list", 1, 1, "NCSC"))
        row = self.must("GET", f"/api/v1/hunts/{hunt['id']}")["rows"][0]
        self.assertEqual((row["host"], row["value"], row["seen_in"]), (HOST, "c2.den-long.invalid", "dns"))
        self.assertEqual(self.must("POST", f"/api/v1/hunts/{hunt['id']}/findings", {"rows": [row["id"]]}), {"findings": 1})
        show = self.must("POST", "/api/v1/shows", {"host": HOST})["id"]
        wait_for(lambda: self.must("GET", f"/api/v1/shows/{show}")["state"] == "done", 60)
        self.assertIn("c2.den-long.invalid", [n["name"] for n in self.must("GET", f"/api/v1/shows/{show}")["names"]])
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        trace = self.must("POST", "/api/v1/traces", {"public": "198.51.100.7", "at": now, "peer": "203.0.113.99"})["id"]
        told = wait_for(lambda: (lambda t: t if t["state"] == "done" else None)(self.must("GET", f"/api/v1/traces/{trace}")), 60)
        self.assertEqual(told["candidates"], [])
        self.assertTrue(told["answer"]["vi"] and told["answer"]["en"])
        again = self.must("POST", "/api/v1/hunts", {})["id"]
        self.must("DELETE", f"/api/v1/hunts/{again}")
        self.assertIn(self.must("GET", f"/api/v1/hunts/{again}")["state"], ("cancelled", "done"))

    def is_quiet(self, count):
        try:
            with open(os.path.join(self.state, "quiet.json"), encoding="utf-8") as f:
                return len(json.load(f)["traffic"]["quiet"]) == count
        except OSError:
            return False

    def test_a_quieted_alert_is_told_no_more_until_a_person_takes_it_back(self):
        self.with_set()
        self.wire.ask("c2.den-long.invalid", 3)
        self.wire.ask("tet-loto.example")
        wait_for(lambda: len(self.alerts()) == 2)
        loud = next(a for a in self.alerts() if a["value"] == "c2.den-long.invalid")
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        quiet = self.must("POST", "/api/v1/quiets", {"sensor": loud["sensor"]["id"], "alert": loud["id"], "until": soon, "reason": "máy thử"})["id"]
        wait_for(lambda: self.is_quiet(1))
        self.wire.ask("c2.den-long.invalid", 4)
        self.stop()  # it knows without the centre, and a process that analyses anew knows too
        self.centre.stop()
        self.start()
        os.kill(wait_for(lambda: self.role("canh-analyse")), signal.SIGKILL)
        wait_for(lambda: self.role("canh-analyse"))
        time.sleep(5)
        self.wire.ask("c2.den-long.invalid", 5)
        self.wire.ask("tai-ve.cap-nhat-vssid.example")
        wait_for(lambda: glob.glob(os.path.join(self.state, "outbox", "*.json")))
        self.centre.start()
        wait_for(lambda: len(self.alerts()) == 3, 120)
        told = next(a for a in self.alerts() if a["value"] == "c2.den-long.invalid")
        self.assertEqual((told["times"], told["quiet"]["reason"]), (3, "máy thử"))
        wait_for(lambda: (self.status() or {}).get("quieted", 0) >= 5, 150)
        self.must("DELETE", f"/api/v1/quiets/{quiet}")
        wait_for(lambda: self.is_quiet(0))

        def told_again():  # what analyses hears of it a moment after the file is written
            self.wire.ask("c2.den-long.invalid")
            return sum(a["value"] == "c2.den-long.invalid" for a in self.alerts()) == 2
        wait_for(told_again, 120)
        self.assertEqual([q["state"] for q in self.must("GET", "/api/v1/quiets")["quiets"]], ["ended"])
        acts = [line["act"] for line in self.must("GET", "/api/v1/audit")["entries"]]
        self.assertTrue({"quiet_alert", "end_quiet"} <= set(acts), acts)

    def test_the_set_is_swapped_while_packets_come_and_what_must_never_be_listed_is_not(self):
        self.with_set()
        before = self.status()["generation"]
        sent, stop = [0], threading.Event()

        def keep_asking():
            while not stop.is_set():
                self.wire.ask("khong-co.example", 1000)
                sent[0] += 1000

        asking = threading.Thread(target=keep_asking)
        asking.start()
        rows = "value,type,family\nmoi-them.example,domain,Moi\n8.8.8.8,ip,Nham\nchinhphu.vn,domain,Nham\n"
        rows += "".join(f"m{n}.nhieu.example,domain,Nhieu\n" for n in range(50000))
        self.import_list(rows.encode(), "VNCERT")
        self.assertEqual(self.warned, [3, 4])  # by the warning lists of the pack
        try:
            wait_for(lambda: "in use" in self.log().rsplit(before, 1)[-1], 120)
            time.sleep(3)
            for name in ("moi-them.example", "chinhphu.vn", "c2.den-long.invalid"):
                self.wire.ask(name)
            listed = wait_for(lambda: (lambda found: found if len(found) >= 2 else None)(
                sorted(a["value"] for a in self.alerts() if a["kind"] == "listed")), 180)  # the asking itself may be told as a flood
        finally:
            stop.set()
            asking.join()
        self.assertEqual(listed, ["c2.den-long.invalid", "moi-them.example"])
        status = wait_for(lambda: (lambda s: s if s["generation"] != before and s["packets"] >= sent[0] else None)(self.status()), 150)
        self.assertEqual((status["drops"], status["ring_drops"], status["restarts"]), (0, 0, 0))

    @unittest.skipUnless(shutil.which("setpriv"), "no setpriv here")
    def test_as_the_service_runs_it_only_the_first_process_keeps_its_two_capabilities(self):
        folder = os.path.join(self.centre.folder, "as-nobody")
        os.mkdir(folder)
        os.chmod(self.centre.folder, 0o711)
        os.chown(folder, 65534, 65534)
        rights = "-all,+net_raw,+net_bind_service"
        self.process = subprocess.Popen(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", f"--inh-caps={rights}", f"--ambient-caps={rights}",
             f"--bounding-set={rights}", SENSOR, "--interface", self.wire.near, "--syslog", "127.0.0.1:914", "--netflow", "127.0.0.1:915",
             "--follow", os.path.join(folder, "fw.log"), "--archive", os.path.join(folder, "archive"), "--state",
             os.path.join(folder, "state"), "--local", "--ring-mib", "4"], env=ENV, cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        names = ("canh-capture", "canh-syslog", "canh-listener", "canh-follow", "canh-analyse", "canh-keeper", "canh-print")
        wait_for(lambda: all(self.role(name) for name in names), 60)
        time.sleep(3)
        self.assertEqual(capabilities(self.process.pid), 1 << 13 | 1 << 10)
        for name in names:
            self.assertEqual(capabilities(self.role(name)), 0, name)
        self.wire.ask("c2.den-long.invalid", 5)
        time.sleep(2)
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=60)[1]
        self.assertRegex(said, r"[1-9]\d* packets, 0 dropped, .* 0 restarts")

    def test_what_is_dropped_under_load_is_counted_and_shown(self):
        self.enrol()
        self.start()
        wait_for(self.status, 90)
        os.kill(self.role("canh-analyse"), signal.SIGSTOP)  # it does not follow any more
        self.wire.ask("khong-co.example", 60000)
        os.kill(self.role("canh-analyse"), signal.SIGCONT)
        status = wait_for(lambda: (lambda s: s if s["ring_drops"] else None)(self.status()), 120)
        self.assertGreaterEqual(status["packets"], 60000)
        self.assertLess(status["ring_drops"] + status["drops"], status["packets"])
        self.assertTrue(self.must("GET", f"/api/v1/sensors/{self.sensor()['id']}/traffic")["minutes"])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_windows.py CENTRE AGENT CANH-AGENT.EXE: the Windows agent under wine. It is skipped, with one plain line, where the
executable was not built (make windows) or there is no wine."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bridge import Bridge  # noqa: E402
from centre import Centre, speaking, wait_for  # noqa: E402

CENTRE, AGENT, EXE = (os.path.abspath(sys.argv.pop(1)) for _ in range(3))
MSI = os.path.join(os.path.dirname(EXE), "canh-agent.msi")
WINE = next((w for w in (shutil.which("wine64"), "/usr/lib/wine/wine64", shutil.which("wine")) if w and os.path.exists(w)), None)
SLOW = 600  # seconds: the agent's work is nobody's hurry, and goes last on a busy machine
PREFIX = os.path.join(os.path.dirname(EXE), "wine-prefix")


def windows(path):
    """The way under wine: its drive Z is the root of this machine."""
    return "Z:" + os.path.abspath(path).replace("/", "\\")


def environment(language):
    return dict(speaking(language), WINEPREFIX=PREFIX, WINEDEBUG="-all", LC_CTYPE="C.UTF-8")


def wine(*words, language="en_GB.UTF-8"):
    """(exit status, output, errors). By files: what wine starts in the background would hold pipes open."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = subprocess.run([WINE, *words], env=environment(language), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                              timeout=SLOW).returncode
        said = []
        for f in (out, err):
            f.seek(0)
            said.append(f.read().decode("utf-8", "replace").replace("\r", ""))
    return code, *said


def run(*words, language="en_GB.UTF-8"):
    return wine(EXE, *words, language=language)


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="canh-windows-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.tree = self.path("cây")
        os.makedirs(os.path.join(self.tree, "a", "b"))
        self.put("a/sạch.txt", b"sach")
        self.put("a/b/xấu.exe", b"xau")
        self.put("a/b/cũng xấu.dll", b"cung xau")
        # Lists of our own making, over files of our own making.
        self.hashes = self.path("made.hashes")
        with open(self.hashes, "w", encoding="utf-8") as f:
            f.write(hashlib.sha256(b"xau").hexdigest() + "  Mau.SHA256\n" + hashlib.md5(b"cung xau").hexdigest() + "  Mau.MD5\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, content):
        with open(os.path.join(self.tree, name), "wb") as f:
            f.write(content)


class Check(Tree):
    def test_the_verdict_is_that_of_linux(self):
        code, out, err = run("check", "--state", windows(self.path("none")), "--hashes", windows(self.hashes), windows(self.tree),
                             language="vi_VN.UTF-8")
        done = subprocess.run([AGENT, "check", "--state", self.path("none"), "--hashes", self.hashes, self.tree],
                              env=speaking("vi_VN.UTF-8"), capture_output=True, text=True, timeout=120)
        self.assertEqual(code, done.returncode, out + err)
        self.assertEqual(code, 1)
        said = [line.strip() for line in out.splitlines()]
        for line in (line.strip() for line in done.stdout.splitlines() if ">>>" in line or "dấu hiệu" in line or "rà quét:" in line):
            self.assertIn(line, said)
        self.assertIn("\\a\\b\\xấu.exe", out)

    def test_clean_unfinished_and_impossible_are_told_apart(self):
        state, hashes = windows(self.path("none")), windows(self.hashes)
        code, out, _ = run("check", "--state", state, "--hashes", hashes, windows(os.path.join(self.tree, "a", "sạch.txt")))
        self.assertEqual((code, "NO MALWARE FOUND" in out), (0, True), out)
        code, out, _ = run("check", "--state", state, "--hashes", hashes, windows(self.path("nowhere")))
        self.assertEqual((code, "NOT COMPLETE" in out), (2, True), out)
        code, out, err = run("check", "--state", state, windows(self.tree))
        self.assertEqual((code, out), (2, ""), err)
        self.assertIn("no rules and no hashes", err)

    def test_status_says_what_is_not_there(self):
        code, out, err = run("status", "--state", windows(self.path("state")))
        self.assertEqual((code, out.strip()), (1, "State: not enrolled"), err)


class Kit(Tree):
    """A result made under wine at a real centre."""

    def setUp(self):
        super().setUp()
        self.centre = Centre(CENTRE).start()
        self.addCleanup(self.centre.remove)
        self.unit = self.centre.first_run()["account"]["unit"]["id"]

    def kit(self, **changed):
        status, kit = self.centre.call("POST", "/api/v1/check-kits", {"unit": self.unit, "days": 5})
        self.assertEqual(status, 201, kit)
        with open(self.hashes, encoding="utf-8") as f:
            kit["hashes"] = [{"name": "made.hashes", "text": f.read()}]
        kit.update(changed)
        with open(self.path("canh-kit.json"), "w", encoding="utf-8") as f:
            json.dump(kit, f)
        return windows(self.path("canh-kit.json"))

    def check(self, kit, name):
        code, out, err = run("check", "--state", windows(self.path("none")), "--kit", kit, "--out", windows(self.path(name)),
                             windows(self.tree))
        if not os.path.exists(self.path(name)):
            return code, out + err, None
        with open(self.path(name), "rb") as f:
            return code, out + err, f.read()

    def test_a_result_is_signed_filed_once_and_not_written_over(self):
        kit = self.kit()
        code, said, result = self.check(kit, "r.json")
        self.assertEqual(code, 1, said)
        status, answer = self.centre.call("POST", "/api/v1/results", raw=result)
        self.assertEqual((status, answer.get("filed")), (200, 2), answer)
        self.assertEqual(self.centre.call("POST", "/api/v1/results", raw=result)[1]["filed"], 0)
        machines = self.centre.call("GET", "/api/v1/machines")[1]["machines"]
        self.assertEqual(len(machines), 1)
        detail = self.centre.call("GET", "/api/v1/machines/" + machines[0]["id"])[1]
        self.assertTrue(detail["os_name"].startswith("Microsoft Windows") or detail["os_name"].startswith("Windows"), detail["os_name"])
        self.assertRegex(detail["os_build"], r"^\d+\.\d+\.\d+")
        self.assertEqual(sorted(h["path"].rsplit("\\", 1)[-1] for h in detail["hits"]), ["cũng xấu.dll", "xấu.exe"])
        body = json.loads(json.loads(result)["reports"][0])["body"]
        self.assertEqual(body["os"]["id"], "windows")
        self.assertTrue(body["services"] and body["addresses"] is not None)
        code, said, again = self.check(kit, "r.json")
        self.assertEqual((code, again), (2, result), said)
        self.assertIn("is it there already", said)

    def test_a_forged_result_and_a_foreign_key_are_refused(self):
        _, _, result = self.check(self.kit(), "good.json")
        good = json.loads(result)
        altered = dict(good, reports=[good["reports"][0], good["reports"][1].replace('"complete":true', '"complete":true ')])
        self.assertEqual(self.centre.call("POST", "/api/v1/results", altered)[0], 422)
        other = self.centre.call("POST", "/api/v1/check-kits", {"unit": self.unit, "days": 5})[1]
        code, said, _ = self.check(self.kit(key=other["key"]), "bad.json")
        self.assertEqual(code, 2, said)
        self.assertIn("do not belong together", said)


class Resident(Tree):
    """Enrolment and the resident agent. Through a bridge that shows the certificate which wine cannot (bridge.py)."""

    def setUp(self):
        super().setUp()
        self.centre = Centre(CENTRE).start()
        self.addCleanup(self.centre.remove)
        self.unit = self.centre.first_run()["account"]["unit"]["id"]
        self.state, self.process = self.path("state"), None
        self.bridge = Bridge(self.centre, self.folder, self.state)
        self.addCleanup(self.bridge.stop)
        self.addCleanup(self.stop)

    def token(self):
        return self.centre.call("POST", "/api/v1/enrol-tokens", {"unit": self.unit, "uses": 1, "hours": 1})[1]["token"]

    def enrol(self, url, token):
        return run("enrol", "--state", windows(self.state), "--centre", url, "--token", token)

    def start(self):
        with open(self.path("log"), "ab") as log:
            self.process = subprocess.Popen(
                [WINE, EXE, "run", "--state", windows(self.state), "--hashes", windows(self.hashes), "--path", windows(self.tree)],
                env=environment("en_GB.UTF-8"), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)
        self.process = None

    def log(self):
        with open(self.path("log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def machine(self):
        first = self.centre.call("GET", "/api/v1/machines")[1]["machines"][0]
        return self.centre.call("GET", "/api/v1/machines/" + first["id"])[1]

    def outbox(self):
        return [name for name in os.listdir(os.path.join(self.state, "outbox")) if name.endswith(".json")]

    def order(self, kind, **more):
        status, answer = self.centre.call("POST", f"/api/v1/machines/{self.machine()['id']}/orders", {"kind": kind, **more})
        self.assertEqual(status, 201, answer)
        wait_for(lambda: all(o["state"] == "done" for o in self.machine()["orders"]), SLOW)

    def test_enrolment_knows_its_centre(self):
        direct = f"https://127.0.0.1:{self.centre.agents_port}"
        token = self.token()
        code, out, err = self.enrol(direct, token[:-1] + ("0" if token[-1] != "0" else "1"))  # another authority's fingerprint
        self.assertEqual((code, "not the centre that gave this token" in err), (2, True), out + err)
        code, out, err = self.enrol(direct, "AAAAA" + token[5:])
        self.assertEqual((code, "refused the enrolment" in err), (2, True), out + err)
        code, out, err = self.enrol(direct, token)  # no bridge: WinHTTP speaks to the centre itself
        self.assertEqual(code, 0, out + err)
        code, out, err = run("status", "--state", windows(self.state))
        self.assertEqual((code, "Certificate until: " in out), (0, True), out + err)

    def test_it_sweeps_puts_away_and_back_and_survives_a_kill(self):
        code, out, err = self.enrol(self.bridge.url, self.token())
        self.assertEqual(code, 0, out + err)
        self.start()
        wait_for(lambda: self.machine()["last_inventory_at"], SLOW)
        wait_for(lambda: len(self.machine()["hits"]) == 2, SLOW)
        bad = os.path.join(self.tree, "a", "b", "xấu.exe")
        self.assertFalse(os.path.exists(bad))
        self.assertTrue(os.path.exists(os.path.join(self.tree, "a", "sạch.txt")))
        hit = next(h for h in self.machine()["hits"] if h["path"].endswith("xấu.exe"))
        self.assertEqual(hit["state"], "quarantined")
        # The office's own rules come, and with them one more sweep, which would take the file away again.
        wait_for(lambda: "this build has no rule engine" in self.log(), SLOW)
        wait_for(lambda: not self.outbox(), SLOW)
        self.order("restore", hit=hit["id"])
        with open(bad, "rb") as f:
            self.assertEqual(f.read(), b"xau")
        self.stop()  # killed; what waits is sent after the next start, once
        self.start()
        self.order("sweep")
        wait_for(lambda: not os.path.exists(bad), SLOW)
        wait_for(lambda: not self.outbox(), SLOW)
        self.assertNotIn("error", self.log())


class Installed(Resident):
    """The installer, as a domain would run it: silent, with the centre's address and a token."""

    test_enrolment_knows_its_centre = test_it_sweeps_puts_away_and_back_and_survives_a_kill = None

    def setUp(self):
        super().setUp()
        self.drive = os.path.join(PREFIX, "drive_c")
        self.state = self.bridge.state = os.path.join(self.drive, "ProgramData", "Canh", "agent")
        self.addCleanup(shutil.rmtree, os.path.dirname(self.state), ignore_errors=True)

    def installer(self, *words):
        code, out, err = wine("msiexec", *words)
        self.assertEqual(code, 0, out + err)

    def registry(self, key):
        return wine("reg", "query", key)[1]

    def test_a_silent_installation_enrols_and_reports(self):
        token = self.token()
        self.installer("/i", windows(MSI), "/qn", "CENTRE=" + self.bridge.url, "TOKEN=" + token)
        program = os.path.join(self.drive, "Program Files", "Canh", "canh-agent.exe")
        try:
            self.see_it_work(program, token)
        finally:
            self.installer("/x", windows(MSI), "/qn")
        self.assertFalse(os.path.exists(program))
        self.assertNotIn("ImagePath", self.registry("HKLM\\System\\CurrentControlSet\\Services\\CanhAgent"))

    def see_it_work(self, program, token):
        with open(program, "rb") as installed, open(EXE, "rb") as built:
            self.assertEqual(installed.read(), built.read())
        wait_for(lambda: self.centre.call("GET", "/api/v1/machines")[1]["machines"], SLOW)
        wait_for(lambda: self.machine()["last_inventory_at"], SLOW)
        settings = self.registry("HKLM\\SOFTWARE\\Canh")
        self.assertIn(self.bridge.url, settings)
        self.assertNotIn(token, settings)
        with open(os.path.join(self.state, "log.txt"), encoding="utf-8") as log:
            self.assertIn("reports to", log.read())


if __name__ == "__main__":
    if not os.path.exists(EXE):
        print("skipped: the Windows agent was not built (make windows)")
        sys.exit(77)
    if not WINE:
        print("skipped: there is no wine on this machine (tools/install.sh windows)")
        sys.exit(77)
    unittest.main(verbosity=2)

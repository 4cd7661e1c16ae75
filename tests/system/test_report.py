#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_report.py CENTRE PACKS: a machine sweeps, the matrix shows it, the report names the sweep, and its files come out of the
confined web process the same twice."""
import io
import os
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, Machine, ulid  # noqa: E402

PROGRAM, PACKS = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))


# The folders of the agent's own sweep; a narrower one proves nothing.
ROOTS = ["/home", "/root", "/tmp", "/var/tmp", "/dev/shm", "/opt", "/srv", "/usr/local", "/var/www"]


def moment(seconds_from_now=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_from_now))


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(PROGRAM, "--packs", PACKS, "--sample", os.path.join(PACKS, "sample-district")).start()
        self.addCleanup(self.centre.remove)
        password = self.centre.printed("One-time password")
        self.centre.sign_in(self.centre.printed("User"), password)
        status, answer = self.centre.call("POST", "/api/v1/session/password", {"old": password, "new": "mot mat khau that dai"})
        self.assertEqual(status, 204, answer)
        self.centre.sign_in(self.centre.printed("User"), "mot mat khau that dai")

    def cell(self, unit):
        _, matrix = self.centre.call("GET", "/api/v1/matrix")
        return next(u for u in matrix["units"] if u["id"] == unit)["cells"]["1b"]

    def sweep(self, m, began, hits):
        body = {"sweep": ulid(), "started_at": moment(began), "ended_at": moment(began + 50), "reason": "schedule", "order": "", "complete": True,
                "generation": time.strftime("%Y%m%dT%H%M%SZ-1", time.gmtime()), "rules": 10, "hashes": 1, "roots": ROOTS, "files": 1234, "bytes": 1,
                "skipped": 0, "failed": 0, "skipped_why": {}, "hits": hits, "stopped_why": ""}
        report = m.report(body, kind="sweep")
        self.assertEqual(m.send(report), (200, {"id": report["id"], "filed": True}))
        return body["sweep"]

    def test_a_sweep_turns_the_cell_and_stands_in_the_report(self):
        _, matrix = self.centre.call("GET", "/api/v1/matrix")
        unit = next(u for u in matrix["units"] if u["kind"] == "commune" and "1b" in u["cells"])
        self.assertIn(unit["cells"]["1b"]["state"], ("unknown", "not_met"))
        self.assertEqual(unit["late_days"] > 0, matrix["directive"]["ended_at"] is None)
        status, answer = self.centre.call("POST", "/api/v1/enrol-tokens", {"unit": unit["id"], "uses": 1, "hours": 1})
        self.assertEqual(status, 201, answer)
        m = Machine(self.centre, "may-chung-minh")
        self.assertEqual(m.enrol(answer["token"], key=os.urandom(32).hex())[0], 201)
        found = self.sweep(m, -300, [{"path": "/home/an/x.exe", "sha256": "27" * 32, "bytes": 68, "engine": "yara", "rule": "EICAR_Test",
                                "action": "none", "quarantine_id": ""}])
        self.assertEqual(self.cell(unit["id"])["state"], "not_met")
        clean = self.sweep(m, -60, [])
        self.assertNotEqual(found, clean)
        self.assertEqual(self.cell(unit["id"])["seen"], 1)

        web = self.centre.pids()["canh-web"]
        status, answer = self.centre.call("POST", "/api/v1/reports", {"kind": "malware-removal", "directive": "", "from": moment(-86400),
                                                                      "until": moment(3600)})
        self.assertEqual(status, 201, answer)
        report = "/api/v1/reports/" + answer["id"]
        files = {}
        for kind in ("docx", "pdf"):
            first = self.centre.call("GET", f"{report}/file.{kind}")
            self.assertEqual(first[0], 200)
            self.assertEqual(first, self.centre.call("GET", f"{report}/file.{kind}"), "the same bytes twice")
            files[kind] = first[1]
        self.assertEqual(self.centre.pids()["canh-web"], web)
        self.assertTrue(files["pdf"].startswith(b"%PDF-"))
        self.assertIn(b"/FontFile", files["pdf"])  # the fonts were found inside the confinement, and are in the file
        text = zipfile.ZipFile(io.BytesIO(files["docx"])).read("word/document.xml").decode()
        for words in (clean, "may-chung-minh", "1.234", "Phụ lục III", "UBND HUYỆN MẪU", "CHÁNH VĂN PHÒNG"):
            self.assertIn(words, text)
        self.assertIn("Kính gửi: Ủy ban nhân dân huyện Mẫu.", text)
        self.assertIn("Thực hiện Công văn của Ủy ban nhân dân huyện Mẫu về việc", text)  # not the district of the real letter
        _, sheet = self.centre.call("GET", report)
        self.assertIn(sheet["sha256"], text)
        values = {f["number"]: f["value"] for f in sheet["figures"]}
        self.assertEqual((values[8], values[9], values[10]), (1, 1, 1))  # swept, infected, cleaned
        _, trail = self.centre.call("GET", "/api/v1/audit?after=0")
        self.assertIn("make_report", str(trail))


if __name__ == "__main__":
    unittest.main(verbosity=2)

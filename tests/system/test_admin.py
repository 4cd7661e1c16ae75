#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_admin.py PROGRAM: every verb of `canh-centre admin`, once and for real; a backup goes around while the centre runs."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, Machine, speaking  # noqa: E402
from sample_office import PACKS, PASSWORD, Person, SampleOffice  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
ENV = speaking("en_GB.UTF-8")
VERBS = {"first-user", "reset-password", "token", "load-sample", "load-pack", "check", "kit", "backup", "restore", "routes"}
used = set()


def admin(data, *words, wants=0, stdin=""):
    used.add(words[0])
    done = subprocess.run([PROGRAM, "--data", data, "admin", *words], capture_output=True, text=True, env=ENV, input=stdin,
                          timeout=120)
    assert done.returncode == wants, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout


def after(label, text):
    return re.search(rf"{label}[^:\n]*: *(\S+)$", text, re.M).group(1)


class AdminTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="canh-admin-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_an_office_is_made_by_hand(self):
        centre = Centre(PROGRAM, "--packs", PACKS)
        self.addCleanup(centre.remove)
        data = os.path.join(centre.folder, "data")
        os.mkdir(data)
        password = after("One-time password", admin(data, "first-user", "truc", "Cán bộ trực", "Văn phòng Mẫu"))
        admin(data, "load-sample", os.path.join(PACKS, "sample-district"))
        admin(data, "load-pack", os.path.join(PACKS, "tet-2024"))
        centre.start(60)
        self.assertIsNone(centre.printed("First-run code"))
        person = Person(centre).first_password("truc", password)
        self.assertEqual(len(person.must("GET", "/api/v1/directives")["directives"]), 1)
        self.assertIn("X-AN", {u["code"] for u in person.must("GET", "/api/v1/units")["units"]})
        again = after("One-time password", admin(data, "reset-password", "truc"))
        self.assertEqual(person.call("GET", "/api/v1/units")[0], 401)  # its sessions ended
        person.first_password("truc", again)
        token = admin(data, "token", "X-AN", "1", "1").strip()
        self.assertEqual(Machine(centre, "an-01").enrol(token)[0], 201)
        self.assertIn("GET /openapi.json open", admin(data, "routes"))
        admin(data, "check")
        for words in (("reset-password", "khong-co"), ("token", "KHONG-CO"), ("load-pack", "/nowhere"), ("backup",), ("kit",),
                      ("restore", "/nowhere")):
            admin(data, *words, wants=2)
        self.assertEqual(subprocess.run([PROGRAM, "--data", data, "admin", "nonsense"], capture_output=True).returncode, 2)

    def test_check_finds_an_altered_trail(self):
        import sqlite3
        office = SampleOffice(PROGRAM)
        self.addCleanup(office.remove)
        office.centre.stop()
        data = os.path.join(office.centre.folder, "data")
        admin(data, "check")
        db = sqlite3.connect(os.path.join(data, "office/canh.db"))
        db.execute("update audit set actor = 'somebody else' where sequence = (select min(sequence) + 1 from audit)")
        db.commit()
        db.close()
        self.assertIn("ALTERED", admin(data, "check", wants=1))

    def test_a_kit_made_by_hand_is_one_of_ours(self):
        office = SampleOffice(PROGRAM)
        self.addCleanup(office.remove)
        data, kit = os.path.join(office.centre.folder, "data"), self.path("kit.json")
        admin(data, "kit", "X-AN", kit, "7")
        admin(data, "kit", "X-AN", kit, "7", wants=2)  # not overwritten
        admin(data, "kit", "X-AN", self.path("other"), "91", wants=2)
        self.assertEqual(os.stat(kit).st_mode & 0o777, 0o600)
        with open(kit, encoding="utf-8") as f:
            made = json.load(f)
        by_page = office.admin.must("POST", "/api/v1/check-kits", {"unit": office.own, "days": 7})
        self.assertEqual(set(made), set(by_page if isinstance(by_page, dict) else json.loads(by_page)))
        with open(self.path("c.pem"), "w", encoding="ascii") as f:
            f.write(made["certificate"])
        done = subprocess.run(["openssl", "verify", "-CAfile", os.path.join(data, "keys/authority.pem"), self.path("c.pem")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_backup_goes_around_while_the_centre_runs(self):
        office = SampleOffice(PROGRAM)
        self.addCleanup(office.remove)
        office.import_list("botnet-2024-01.csv", "victim", "mau-vn")
        office.import_list("indicators.csv", "indicator", "mau")
        machine = office.machine(office.own, "an-01")
        data, file = os.path.join(office.centre.folder, "data"), self.path("office.backup")
        code = after("Recovery code", admin(data, "backup", file))
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
        with open(file, "rb") as f:
            whole = f.read()
        for secret in (b"SQLite format", b"PRIVATE KEY", code.encode(), b"X-AN"):
            self.assertNotIn(secret, whole)
        admin(data, "backup", file, wants=2)  # not overwritten
        admin(data, "restore", file, stdin=code + "\n", wants=2)  # there is an office
        self.refused_without_a_trace(whole, code)
        before = self.seen_by(office.admin)
        office.centre.stop()
        shutil.rmtree(data)
        admin(data, "restore", file, stdin=code + "\n")
        self.assertEqual(sorted(os.listdir(data)), ["bundle", "keys", "lists", "office"])
        admin(data, "check")
        office.centre.options = ["--packs", PACKS]
        office.centre.start(60)
        self.assertEqual(self.seen_by(office.people["administrator"].sign_in("canbo", PASSWORD)), before)
        self.assertEqual(machine.call("GET", "/agent/v1/work")[0], 200)  # the same authority

    def refused_without_a_trace(self, whole, code):
        middle = len(whole) // 2
        for name, content, given in (
                ("wrong code", whole, "AAAAA-BBBBB"), ("empty code", whole, ""), ("cut", whole[:-1], code),
                ("cut at a piece", whole[:54 + 65553], code), ("longer", whole + b"x", code), ("head alone", whole[:54], code),
                ("one bit", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:], code), ("none", b"nonsense", code)):
            target, file = self.path("target"), self.path("altered")
            os.makedirs(target, exist_ok=True)
            with open(file, "wb") as f:
                f.write(content)
            admin(target, "restore", file, stdin=given + "\n", wants=2)
            self.assertEqual(os.listdir(target), [], name)

    def seen_by(self, person):
        return {path: person.must("GET", path) for path in (
            "/api/v1/units", "/api/v1/machines", "/api/v1/findings", "/api/v1/incidents", "/api/v1/lists", "/api/v1/accounts")}

    def test_a_passphrase_may_come_from_a_file(self):
        office = SampleOffice(PROGRAM)
        self.addCleanup(office.remove)
        data, secret = os.path.join(office.centre.folder, "data"), self.path("passphrase")
        with open(secret, "w", encoding="utf-8") as f:
            f.write("một câu dài để nhớ\n")
        self.assertNotIn("Recovery", admin(data, "backup", self.path("b"), secret))
        admin(self.path("new"), "restore", self.path("b"), secret)
        admin(self.path("new"), "check")


class ZzAllVerbsTest(unittest.TestCase):
    def test_no_verb_was_left_out(self):
        said = subprocess.run([PROGRAM, "admin"], capture_output=True, text=True).stderr
        self.assertEqual(VERBS, used)
        self.assertTrue(all(verb in said for verb in VERBS), said)


if __name__ == "__main__":
    unittest.main(verbosity=2)

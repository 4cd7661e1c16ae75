#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_roles.py PROGRAM: who may do what at the running centre: every route × nobody, a sister unit, the unit itself, the office,
the administrator; what lists, exports, search and changes tell a sister; guessed identifiers.

A line of TABLE is: method, path, body, and the answers to (nobody, sister, unit, office, administrator). {x} stands for a row of
the unit; a sister must not even learn that it exists (404), one's own role too low is 403."""
import json
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sample_office import PACKS, SampleOffice  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
WHO = ("none", "xabinh", "xaan", "vanphong", "administrator")
ALL, OFFICE, ADMIN = (401, 200, 200, 200, 200), (401, 403, 403, 200, 200), (401, 403, 403, 403, 200)
ROW = (401, 404, 200, 200, 200)


def with_made(answers, made):
    return tuple(made if a == 200 else a for a in answers)


DIRECTIVE = {"directive": "{directive}"}
TABLE = [
    ("GET", "/accounts", None, ADMIN),
    ("POST", "/accounts", {"login": "", "name": "x", "role": "unit", "unit": "{unit}"}, with_made(ADMIN, 400)),
    ("PATCH", "/accounts/{account}", {"name": "xaan"}, ADMIN),
    ("GET", "/audit", None, ADMIN),
    ("GET", "/status", None, ALL), ("GET", "/changes", None, ALL), ("GET", "/search?q=an", None, ALL),
    ("GET", "/directives", None, ALL), ("GET", "/matrix", None, ALL),
    ("GET", "/matrix/{unit}/1b", None, ROW),
    ("POST", "/attestations", {**DIRECTIVE, "unit": "{unit}", "clause": "1a", "measure": "safeguards", "body": "xong"},
     with_made(ROW, 201)),
    ("POST", "/waivers", {**DIRECTIVE, "unit": "{unit}", "clause": "1b", "reason": "x", "until": "2099-01-01T00:00:00Z"},
     with_made(OFFICE, 201)),
    ("DELETE", "/waivers/{waiver}", None, (401, 403, 403, 204, 404)),
    ("POST", "/urges", {**DIRECTIVE, "clause": "1a", "units": ["{unit}"]}, OFFICE),
    ("GET", "/units", None, ALL), ("GET", "/units/{unit}", None, ROW),
    ("POST", "/units", {"code": "", "name": ""}, with_made(OFFICE, 400)),
    ("PATCH", "/units/{unit}", {"phone": "0200 3 000 777"}, OFFICE),
    ("POST", "/units/{unit}/close", {"successors": ["nobody"]}, (401, 403, 403, None, None)),
    ("GET", "/people", None, ALL), ("PATCH", "/people/{person}", {"title": "Trưởng"}, ROW),
    ("POST", "/people", {"unit": "{unit}", "name": "Người", "title": "Cán bộ"}, with_made(ROW, 201)),
    ("GET", "/ranges", None, ALL), ("PATCH", "/ranges/{range}", {"note": "x"}, OFFICE),
    ("POST", "/ranges", {"unit": "{unit}", "prefix": "nonsense"}, with_made(OFFICE, 400)),
    ("GET", "/systems", None, ALL), ("PATCH", "/systems/{system}", {"level": 2}, OFFICE),
    ("POST", "/systems", {"unit": "{unit}", "code": "", "name": "", "level": 99}, with_made(OFFICE, 400)),
    ("GET", "/export/machines", None, ALL), ("GET", "/export/nonsense", None, with_made(ALL, 404)),
    ("POST", "/import/units?dry_run=1", b"code;name;kind\n", OFFICE),
    ("GET", "/machines", None, ALL), ("GET", "/machines/{machine}", None, ROW),
    ("POST", "/machines/{machine}/orders", {"kind": "inventory"}, with_made(ROW, 201)),
    ("POST", "/machines/{spare}/revoke", {"reason": "x"}, (401, 403, 403, 403, 204)),
    ("POST", "/enrol-tokens", {"unit": "{unit}", "uses": 1, "hours": 1}, with_made(OFFICE, 201)),
    ("POST", "/check-kits", {"unit": "{unit}", "days": 1}, with_made(OFFICE, 201)),
    ("POST", "/results", b"nonsense", with_made(ALL, 400)),
    ("GET", "/lists", None, ALL), ("GET", "/lists/months", None, ALL), ("GET", "/lists/{batch}", None, ALL), ("GET", "/lists/{batch}/refused.csv", None, OFFICE),
    ("POST", "/lists/preview?name=a.csv", b"x", (401, 403, 403, None, None)),
    ("POST", "/lists/preview/{upload}", {}, OFFICE),
    ("POST", "/lists", {"upload": "0" * 64, "source": "x", "kind": "victim"}, with_made(OFFICE, 404)),
    ("DELETE", "/lists/{batch}", None, (401, 403, 403, None, None)),
    ("GET", "/block-subscribers", None, OFFICE), ("POST", "/block-subscribers", {"name": "", "target": "rpz"}, with_made(OFFICE, 400)),
    ("DELETE", "/block-subscribers/{batch}", None, with_made(OFFICE, 404)),
    ("GET", "/feeds", None, OFFICE),
    ("POST", "/feeds/bundle", None, with_made(OFFICE, 409)), ("POST", "/feeds/bundle/preview", b"x", with_made(OFFICE, 400)),
    ("POST", "/feeds/bundle/take", {"upload": "0" * 64}, with_made(OFFICE, 404)),
    ("DELETE", "/feeds/signers/{batch}", None, with_made(OFFICE, 404)),
    ("POST", "/feeds", {"source": "x", "url": "nonsense", "every_minutes": 60}, with_made(OFFICE, 400)),
    ("PATCH", "/feeds/{batch}", {"source": "x", "url": "https://a.example/", "every_minutes": 60}, with_made(OFFICE, 404)),
    ("DELETE", "/feeds/{batch}", None, with_made(OFFICE, 404)), ("POST", "/feeds/{batch}/fetch", None, with_made(OFFICE, 404)),
    ("POST", "/captures?name=a.pcap", b"x", with_made(OFFICE, 400)),
    ("GET", "/findings", None, ALL),
    ("POST", "/findings/{finding}/moves", {"to": "nonsense", "reason": "x"}, (401, None, 400, 400, 400)),
    ("GET", "/incidents", None, ALL), ("GET", "/incidents/{incident}", None, ROW),
    ("POST", "/incidents/{incident}/entries", {"body": "x"}, with_made(ROW, 204)),
    ("POST", "/incidents/{incident}/moves", {"to": "nonsense"}, (401, None, 400, 400, 400)),
    ("POST", "/incidents/{incident}/owner", {}, with_made(OFFICE, 204)),
    ("GET", "/reports", None, ALL), ("GET", "/reports/{report}", None, ROW),
    ("POST", "/reports", {"kind": "nonsense", "from": "x", "until": "x"}, with_made(ALL, 400)),
    ("PATCH", "/reports/{report}", {"place": "Mẫu"}, ROW),
    ("GET", "/reports/{report}/file.docx", None, ROW), ("GET", "/reports/{report}/file.pdf", None, ROW),
    ("POST", "/reports/{report}/moves", {"to": "nonsense"}, (401, 404, None, None, None)),
    ("GET", "/sensors", None, ALL), ("GET", "/sensors/{sensor}/traffic", None, ROW), ("GET", "/alerts", None, ALL),
    ("GET", "/quiets", None, ALL), ("POST", "/quiets", {"sensor": "{sensor}", "alert": "nonsense", "until": "x", "reason": ""}, with_made(OFFICE, 400)),
    ("DELETE", "/quiets/{quiet}", None, (401, 403, 403, 204, 404)),
    ("GET", "/hunts", None, ALL), ("GET", "/hunts/{hunt}", None, ROW), ("POST", "/hunts", {}, with_made(OFFICE, 201)),
    ("POST", "/hunts/{hunt}/findings", {"rows": []}, OFFICE), ("DELETE", "/hunts/{gone_hunt}", None, with_made(OFFICE, 204)),
    ("GET", "/traces", None, ALL), ("GET", "/traces/{trace}", None, (401, 404, 404, 200, 200)),
    ("POST", "/traces", {"public": "nonsense", "at": "x"}, with_made(OFFICE, 400)),
    ("DELETE", "/traces/{trace}", None, with_made(OFFICE, 204)),
    ("POST", "/shows", {"host": "nonsense"}, with_made(ALL, 400)), ("GET", "/shows/{show}", None, ROW),
    ("DELETE", "/shows/{show}", None, with_made(ROW, 204)),
    ("POST", "/session/password", {"old": "sai", "new": "mot mat khau that dai nua"}, with_made(ALL, 403)),
]
TOLD_BY = ("/units", "/people", "/ranges", "/systems", "/machines", "/findings", "/findings?state=", "/incidents", "/reports",
           "/matrix", "/search?q=an", "/search?q=X-AN", "/changes?after=0", "/lists", "/lists/{batch}", "/session", "/sensors", "/alerts", "/quiets", "/hunts", "/traces",
           *(f"/export/{t}" for t in ("units", "people", "ranges", "systems", "machines")))
GUESSES = ("none", "0" * 26, "01HZZZZZZZZZZZZZZZZZZZZZZZ", "%27%20or%201%3D1--", "..%2F..%2Fetc", "%00", "%FF", "a" * 600, "{id}")


class RolesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = office = SampleOffice(PROGRAM)
        cls.machine, cls.spare = office.machine(office.own, "an-bi-mat"), office.machine(office.own, "an-du")
        office.machine(office.sister, "binh-01")
        _, batch = office.import_list("botnet-2024-01.csv", "victim", "mau-vn")
        cls.rows = cls.find_rows(batch["batch"]["id"])

    @classmethod
    def find_rows(cls, batch):
        office, a = cls.office, cls.office.admin
        office.person("themmot", "unit", office.own)
        unit = office.own
        system = a.must("POST", "/api/v1/systems", {"unit": unit, "code": "HT-AN", "name": "Hệ thống An", "level": 1})
        directive = a.must("GET", "/api/v1/directives")["directives"][0]["id"]
        waiver = a.must("POST", "/api/v1/waivers", {"directive": directive, "unit": unit, "clause": "1b", "reason": "x",
                                                    "until": "2099-01-01T00:00:00Z"})
        report = office.people["xaan"].must("POST", "/api/v1/reports", {
            "kind": "malware-removal", "directive": directive, "from": "2024-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"})
        with open(os.path.join(PACKS, "sample-district/lists/indicators.csv"), "rb") as f:
            seen = a.must("POST", "/api/v1/lists/preview?name=indicators.csv&kind=indicator", raw=f.read())
        sensor = office.sensor(unit, "cam-bien-an", "192.168.7.9")
        orders = {"hunt": a.must("POST", "/api/v1/hunts", {})["id"], "gone_hunt": a.must("POST", "/api/v1/hunts", {})["id"],
                  "trace": a.must("POST", "/api/v1/traces", {"public": "198.51.100.7", "at": "2024-01-15T08:00:00Z"})["id"],
                  "show": office.people["xaan"].must("POST", "/api/v1/shows", {"host": "192.168.7.9"})["id"]}
        office.answer(sensor, orders["hunt"], {"host": "192.168.7.9", "type": "name", "value": "an-bi-mat.example", "family": "",
                                               "list": "NCSC", "seen_in": "dns", "peer": "192.0.2.1", "first_at":
                                               "2024-01-15T08:00:00Z", "last_at": "2024-01-15T08:00:00Z", "flows": 2, "bytes": 0})
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        alert = a.must("GET", f"/api/v1/alerts?sensor={sensor.id}")["alerts"][0]["id"]
        quiet = a.must("POST", "/api/v1/quiets", {"sensor": sensor.id, "alert": alert, "until": soon, "reason": "an-bi-mat"})["id"]
        return {"sensor": sensor.id, "quiet": quiet, **orders, "unit": unit, "system": system["id"], "directive": directive, "waiver": waiver["id"], "report": report["id"],
                "batch": batch, "upload": seen["upload"], "machine": cls.machine.id, "spare": cls.spare.id,
                "account": next(x["id"] for x in a.must("GET", "/api/v1/accounts")["accounts"] if x["login"] == "themmot"),
                "person": a.must("GET", f"/api/v1/people?unit={unit}")["people"][0]["id"],
                "range": a.must("GET", f"/api/v1/ranges?unit={unit}")["ranges"][0]["id"],
                "finding": a.must("GET", f"/api/v1/findings?unit={unit}")["findings"][0]["id"],
                "incident": next(i["id"] for i in a.must("GET", "/api/v1/incidents")["incidents"] if i["unit"]["id"] == unit)}

    @classmethod
    def tearDownClass(cls):
        cls.office.remove()

    def fill(self, value):
        text = json.dumps(value) if isinstance(value, dict) else value
        for name, one in self.rows.items():
            text = text.replace("{" + name + "}", one)
        return json.loads(text) if isinstance(value, dict) else text

    def ask(self, who, method, path, body):
        raw = body if isinstance(body, bytes) else None
        value = self.fill(body) if isinstance(body, dict) else None
        return self.office.people[who].call(method, "/api/v1" + self.fill(path), value, raw)

    def test_1_every_route_for_every_role(self):
        faults = []
        for method, path, body, answers in TABLE:
            for who, wanted in zip(WHO, answers):
                status, answer = self.ask(who, method, path, body)
                refused = wanted is None and (status < 500 and not (who == "xabinh" and status < 400))
                if status != wanted and not refused:
                    faults.append(f"{who}: {method} {path}: {status}, not {wanted}: {str(answer)[:120]}")
        self.assertEqual(faults, [], "\n".join(faults))

    def test_the_table_leaves_no_route_out(self):
        done = subprocess.run([PROGRAM, "admin", "routes"], capture_output=True, text=True, check=True)
        there = {(m, re.sub(r"\{\w+\}", "{}", p)) for m, p, role in (line.split() for line in done.stdout.splitlines())
                 if role != "open"}
        told = {(m, re.sub(r"\{\w+\}", "{}", "/api/v1" + p.split("?")[0])) for m, p, _, _ in TABLE}
        told |= {("DELETE", "/api/v1/session")}  # walked by test_api.py: here the person would be gone
        told |= {("GET", "/api/v1/export/{}"), ("POST", "/api/v1/import/{}"), ("GET", "/api/v1/matrix/{}/{}")}
        told -= {("GET", f"/api/v1/export/{t}") for t in ("machines", "nonsense")}
        told -= {("POST", "/api/v1/import/units"), ("GET", "/api/v1/matrix/{}/1b")}
        self.assertEqual(sorted(there), sorted(told))

    def test_a_unit_sees_of_a_sensor_above_only_its_own_hosts(self):
        """The office's sensor sees two communes; each reads its own alerts, talkers, rows and news, and no more."""
        office, a = self.office, self.office.admin
        ours, theirs = "203.0.113.12", "203.0.113.14"  # ranges of X-AN and X-BINH in the sample
        sensor = office.sensor(office.units["VP"], "cam-bien-huyen", ours)
        before = {who: office.people[who].must("GET", "/api/v1/changes")["sequence"] for who in ("xaan",)}
        hunt = a.must("POST", "/api/v1/hunts", {"sensors": [sensor.id]})["id"]
        office.answer(sensor, hunt, {"host": ours, "type": "name", "value": "huyen-thay.example", "family": "", "list": "NCSC",
                                     "seen_in": "dns", "peer": "192.0.2.1", "first_at": "2024-01-15T08:00:00Z", "last_at":
                                     "2024-01-15T08:00:00Z", "flows": 2, "bytes": 0})
        trace = a.must("POST", "/api/v1/traces", {"public": theirs, "at": "2024-01-15T08:00:00Z", "peer": "192.0.2.1"})["id"]
        office.answer(sensor, trace, {"host": ours, "rank": 1, "confidence": 60, "reason": {"vi": "x", "en": "x"}, "at":
                                      "2024-01-15T08:00:00Z", "peer": "192.0.2.1", "flows": 1, "host_name": "", "hardware": ""})
        self.assertEqual(a.must("GET", f"/api/v1/hunts/{hunt}")["rows"][0]["unit"]["id"], office.own)
        self.assertEqual(a.must("GET", f"/api/v1/alerts?sensor={sensor.id}")["alerts"][0]["unit"]["id"], office.own)
        self.assertEqual(a.must("GET", f"/api/v1/sensors/{sensor.id}/traffic")["units"][0]["unit"]["id"], office.own)
        an, binh = office.people["xaan"], office.people["xabinh"]
        self.assertEqual([r["host"] for r in an.must("GET", f"/api/v1/hunts/{hunt}")["rows"]], [ours])
        # the commune's own host is a candidate; whose the public address was is not its business
        address = an.must("GET", f"/api/v1/traces/{trace}")["address"]
        self.assertEqual((address["owner"], address["unit"], address["range"], address["since"]), ("ours", None, None, None))
        self.assertIn({"topic": "traffic", "id": hunt}, an.must("GET", f"/api/v1/changes?after={before['xaan']}")["changes"])
        self.assertEqual(len(an.must("GET", f"/api/v1/alerts?sensor={sensor.id}")["alerts"]), 1)
        for path in (f"/hunts/{hunt}", f"/traces/{trace}", f"/sensors/{sensor.id}/traffic"):
            self.assertEqual(binh.call("GET", "/api/v1" + path)[0], 404, path)
        self.assertEqual(binh.must("GET", f"/api/v1/alerts?sensor={sensor.id}")["alerts"], [])
        for topic in ("hunts", "traces"):
            self.assertFalse({hunt, trace} & {o["id"] for o in binh.must("GET", "/api/v1/" + topic)[topic]})

    def test_a_sister_is_told_nothing(self):
        secrets = {k: v for k, v in self.rows.items() if k not in ("directive", "batch", "upload")}
        secrets |= {"name of a machine": "an-bi-mat", "code": "X-AN", "prefix": "203.0.113.12"}
        for path in TOLD_BY:
            status, answer = self.ask("xabinh", "GET", path, None)
            self.assertEqual(status, 200, path)
            text = answer.decode() if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False)
            for name, one in secrets.items():
                self.assertNotIn(one, text, f"{path} tells a sister the {name}")

    def test_the_unit_itself_is_told(self):
        """Else the test above could not fail."""
        for path, name in (("/units", "unit"), ("/people", "person"), ("/ranges", "range"), ("/systems", "system"),
                           ("/machines", "machine"), ("/findings", "finding"), ("/incidents", "incident"), ("/reports", "report"),
                           ("/matrix", "unit"), ("/changes?after=0", "machine")):
            self.assertIn(self.rows[name], json.dumps(self.ask("xaan", "GET", path, None)[1]), path)

    def test_a_guessed_identifier_is_missing_or_bad_never_more(self):
        for method, path, body, _ in TABLE:
            names = [n for n in re.findall(r"\{(\w+)\}", path) if n != "directive"]
            if not names:
                continue
            for guess in GUESSES:
                sent = path.replace("{" + names[0] + "}", urllib.parse.quote(guess, safe="%"))
                status, answer = self.ask("administrator", method, sent, body)
                self.assertIn(status, (400, 404, 413), (method, sent, answer))

    def test_what_is_written_for_a_sister_by_name_is_refused(self):
        sister = self.office.people["xabinh"]
        status, _ = sister.call("POST", "/api/v1/people", {"unit": self.office.own, "name": "Kẻ lạ", "title": "x"})
        self.assertIn(status, (403, 404))
        mine = sister.must("POST", "/api/v1/people", {"unit": self.office.sister, "name": "Người của ta", "title": "x"})
        status, _ = sister.call("PATCH", f"/api/v1/people/{mine['id']}", {"unit": self.office.own})
        self.assertNotEqual(status // 100, 2)
        status, answer = sister.call("POST", "/api/v1/urges", {"units": [self.office.own], "clause": ""})
        self.assertEqual(status, 403, answer)
        status, answer = self.office.people["vanphong"].call(
            "POST", "/api/v1/accounts", {"login": "leothang", "name": "x", "role": "administrator", "unit": self.office.own})
        self.assertEqual(status, 403, answer)


if __name__ == "__main__":
    unittest.main(verbosity=2)

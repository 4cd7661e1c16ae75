#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_intake.py CENTRE: what comes in, through the running centre with the sample district: lists seen, filed, met again, refused and
withdrawn; captures; reports that are large, hostile or too many."""
import csv
import io
import json
import os
import re
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, Machine, ulid  # noqa: E402

CENTRE = os.path.abspath(sys.argv.pop(1))
PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packs")
SAMPLE = os.path.join(PACKS, "sample-district")
VIETNAMESE = re.compile("[ăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵấầẩẫậắằẳẵặếềểễệốồổỗộớờởỡợứừửữự]", re.I)


def sample(name):
    with open(os.path.join(SAMPLE, name), "rb") as f:
        return f.read()


def utc(seconds_ago=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds_ago))


def victims(*rows, head="STT;Địa chỉ IP;Thời gian phát hiện;Loại mã độc"):
    lines = [head] + [f"{i + 1};{ip};{day} 09:30:00;{malware}" for i, (ip, day, malware) in enumerate(rows)]
    return ("\n".join(lines) + "\n").encode()


class IntakeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = Centre(CENTRE, "--packs", PACKS, "--sample", SAMPLE).start()
        said = cls.centre
        login, password = said.printed("User"), said.printed("One-time password")
        said.sign_in(login, password)
        status, answer = said.call("POST", "/api/v1/session/password", {"old": password, "new": "mot mat khau that dai"})
        assert status == 204, answer
        said.sign_in(login, "mot mat khau that dai")
        cls.units = {u["code"]: u for u in said.call("GET", "/api/v1/units")[1]["units"]}

    @classmethod
    def tearDownClass(cls):
        cls.centre.remove()

    def ok(self, answer, wanted=200):
        status, body = answer
        self.assertEqual(status, wanted, body)
        return body

    def get(self, path, wanted=200):
        return self.ok(self.centre.call("GET", "/api/v1" + path), wanted)

    def post(self, path, value=None, wanted=200, raw=None):
        return self.ok(self.centre.call("POST", "/api/v1" + path, value, raw), wanted)

    def preview(self, data, name="a.csv", **how):
        query = urllib.parse.urlencode(dict(how, name=name))
        return self.post("/lists/preview?" + query, raw=data)

    def commit(self, upload, source, wanted=201, **more):
        said = {"upload": upload, "source": source, "kind": "victim", "zone_minutes": 420, "period": "2024-01", "letter": "12/CV-TTTT"}
        said.update(more)
        return self.post("/lists", said, wanted)

    def findings(self, **how):
        query = "&".join(f"{k}={v}" for k, v in how.items())
        return self.get("/findings?" + query)["findings"]

    def machine(self, unit="VP", name="may-that"):
        token = self.post("/enrol-tokens", {"unit": self.units[unit]["id"], "uses": 1, "hours": 1}, 201)["token"]
        m = Machine(self.centre, name)
        status, answer = m.enrol(token, key=os.urandom(32).hex())
        self.assertEqual(status, 201, answer)
        return m

    def sweep(self, m, hits=(), roots=("/",), complete=True, generation=None, **more):
        generation = generation or m.call("GET", "/agent/v1/work")[1]["bundle"]["generation"]
        body = {"sweep": ulid(), "started_at": utc(), "ended_at": utc(), "reason": "schedule", "order": "", "complete": complete,
                "generation": generation, "rules": 10, "hashes": 1, "roots": list(roots), "files": 100, "bytes": 1000, "skipped": 0,
                "failed": 0, "skipped_why": {}, "hits": list(hits), "stopped_why": ""}
        body.update(more)
        return m.send(m.report(body, kind="sweep"))

    # lists of victims

    def test_a_list_is_seen_filed_once_and_met_again_the_next_month(self):
        data = sample("lists/botnet-2024-01.csv")
        before = len(self.findings(kind="victim"))
        shown = self.preview(data, "botnet-2024-01.csv", source="NCSC")
        self.assertEqual((shown["kind"], shown["already"]), ("victim", None))
        self.assertEqual([r["line"] for r in shown["refused"]], [10, 11, 12])
        for refused in shown["refused"]:
            self.assertTrue(VIETNAMESE.search(refused["why"]["vi"]), refused)
            self.assertTrue(refused["why"]["en"].isascii(), refused)
        self.assertEqual((shown["counts"]["good"], shown["counts"]["refused"]), (8, 3))
        self.assertEqual(len(self.findings(kind="victim")), before)  # nothing is written
        self.assertNotIn("NCSC", [s["name"] for s in self.get("/lists")["sources"]])

        filed = self.commit(shown["upload"], "NCSC", file_name="x")
        self.assertEqual((filed["findings"], filed["batch"]["counts"]["outside"]), (7, 0))
        self.assertEqual(len(self.findings(kind="victim")), before + 7)
        again = self.preview(data, "botnet-2024-01.csv", source="NCSC")
        self.assertEqual(again["already"]["id"], filed["batch"]["id"])
        twice = self.commit(again["upload"], "NCSC", 409)
        self.assertEqual((twice["code"], twice["batch"]["id"]), ("already_imported", filed["batch"]["id"]))
        self.assertEqual(len(self.findings(kind="victim")), before + 7)

        batch = self.get(f"/lists/{filed['batch']['id']}")
        self.assertEqual(len(batch["rows"]), 8)
        self.assertEqual(len(batch["refused"]), 3)
        raw = self.get(f"/lists/{filed['batch']['id']}/refused.csv?lang=vi")
        self.assertTrue(raw.startswith(b"\xef\xbb\xbf"))
        table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        self.assertEqual([row[0] for row in table[1:]], ["10", "11", "12"])
        self.assertIn("31/11/2023", table[2][2])

        severity = {f["malware"]: f["severity"] for f in self.findings(kind="victim")}
        self.assertEqual((severity["Emotet"], severity["Andromeda"], severity["Mirai"], severity["DenLong"]),
                         ("critical", "high", "medium", "high"))

        # next month: one is still there, one is new, the others are gone; a third month brings one back
        second = victims(("203.0.113.12", "12/02/2024", "Emotet"), ("203.0.113.200", "13/02/2024", "Mirai"))
        shown = self.preview(second, "botnet-2024-02.csv", source="NCSC")
        self.assertEqual({v["address"]: v["delta"] for v in shown["victims"]}, {"203.0.113.12": "still", "203.0.113.200": "new"})
        self.assertIn("203.0.113.14", [g["address"] for g in shown["gone"]])
        filed = self.commit(shown["upload"], "NCSC", period="2024-02")
        self.assertEqual(filed["gone"], 6)
        third = victims(("203.0.113.14", "12/03/2024", "QSnatch"), ("203.0.113.12", "12/03/2024", "Emotet"))
        shown = self.preview(third, "botnet-2024-03.csv", source="NCSC")
        self.assertEqual({v["address"]: v["delta"] for v in shown["victims"]}, {"203.0.113.12": "still", "203.0.113.14": "returned"})

    def test_a_row_is_verified_by_a_sweep_that_proves_and_confirmed_by_silence(self):
        m = self.machine("P-KT", "kinh-te-01")
        head = "STT;Địa chỉ IP;Thời gian phát hiện;Loại mã độc"
        shown = self.preview(victims(("203.0.113.185", "12/01/2024", "Gozi"), head=head), "kt-1.csv", source="KT")
        self.commit(shown["upload"], "KT")
        where = f"kind=victim&unit={self.units['P-KT']['id']}"
        state = lambda: self.get("/findings?" + where)["findings"][0]["state"]  # noqa: E731
        self.assertEqual(state(), "cleaning")
        time.sleep(1.1)  # times of reports are whole seconds
        others = [x for x in self.get("/machines")["machines"] if x["unit"]["id"] == self.units["P-KT"]["id"] and x["id"] != m.id]
        self.assertEqual(self.sweep(m, roots=["/home/an"])[0], 200)
        self.assertEqual(self.sweep(m, complete=False)[0], 200)
        self.assertEqual(self.sweep(m, generation="20200101T000000Z-1", complete=False)[0], 200)
        self.assertEqual(state(), "cleaning")
        self.assertIsNone(self.get(f"/machines/{m.id}")["last_sweep_at"])
        self.assertEqual(self.sweep(m)[0], 200)
        shown_sweeps = self.get(f"/machines/{m.id}")["sweeps"]
        self.assertEqual(sorted(s["proves_not"] for s in shown_sweeps), ["", "incomplete", "incomplete", "narrow"])
        if others:  # all machines behind the address must be clean
            self.assertEqual(state(), "cleaning")
            return
        self.assertEqual(state(), "verified")
        shown = self.preview(victims(("203.0.113.200", "12/02/2024", "Gozi")), "kt-2.csv", source="KT")
        self.commit(shown["upload"], "KT", period="2024-02")
        self.assertEqual(state(), "confirmed")

    def test_the_map_of_columns_is_remembered_per_source(self):
        data = "a,b,c\n203.0.113.172,2024-01-12T02:00:00Z,Ramnit\n203.0.113.173,2024-01-12T02:00:00Z,Ramnit\n".encode()
        shown = self.preview(data, "la.csv", source="La")
        again = self.post(f"/lists/preview/{shown['upload']}", {
            "kind": "victim", "as": "csv", "map": {"src_ip": 0, "seen_at": 1, "malware": 2}})
        self.assertEqual([v["address"] for v in again["victims"]], ["203.0.113.172", "203.0.113.173"])
        self.assertEqual(self.commit(again["upload"], "La")["findings"], 2)
        more = self.preview(data.replace(b".172", b".174"), "la2.csv", source="La", kind="victim", **{"as": "csv"})
        self.assertEqual([v["address"] for v in more["victims"]], ["203.0.113.174", "203.0.113.173"])

    def test_a_list_that_cannot_be_read_is_a_problem_in_both_languages_and_writes_nothing(self):
        batches = len(self.get("/lists")["batches"])
        bad = {"nhi-phan.csv": bytes(range(256)) * 64, "trong.csv": b"", "chu.csv": "chỉ là một bức thư, không có bảng nào\n".encode(),
               "utf16.csv": "STT;Địa chỉ IP\n1;203.0.113.12\n".encode("utf-16-le")[1:], "nul.csv": b"ip\n203.0.113.12\x00\n"}
        for name, data in bad.items():
            said = {}
            for language in ("vi", "en"):
                status, problem = self.centre.call("POST", f"/api/v1/lists/preview?name={name}&lang={language}", raw=data)
                self.assertEqual(status, 400, (name, problem))
                said[language] = problem["detail"]
            self.assertTrue(VIETNAMESE.search(said["vi"]), (name, said))
            self.assertFalse(VIETNAMESE.search(said["en"]), (name, said))
        self.assertEqual(self.centre.announce("/api/v1/lists/preview?name=x.csv", 200 << 20), 413)
        self.assertEqual(len(self.get("/lists")["batches"]), batches)

    def test_a_source_keeps_its_kind_and_an_unknown_upload_is_missing(self):
        shown = self.preview(victims(("203.0.113.236", "12/01/2024", "Zeus")), "k.csv", source="Giu loai")
        self.assertEqual(self.centre.call("POST", "/api/v1/lists", {"upload": shown["upload"], "source": "", "kind": "victim",
                                          "zone_minutes": 420, "period": "", "letter": ""})[0], 400)
        self.assertEqual(self.centre.call("POST", "/api/v1/lists", {"upload": "0" * 64, "source": "x", "kind": "victim",
                                          "zone_minutes": 420, "period": "", "letter": ""})[0], 404)
        for wrong in ("../../../etc/passwd", "x", ""):
            self.assertEqual(self.centre.call("POST", "/api/v1/lists", {"upload": wrong, "source": "x", "kind": "victim",
                                              "zone_minutes": 420, "period": "", "letter": ""})[0] // 100, 4, wrong)

    # lists of indicators, captures

    def test_an_indicator_list_raises_the_generation_and_is_withdrawn_and_a_capture_counts_once(self):
        before = self.get("/lists")["set"]
        shown = self.preview(sample("lists/indicators.csv"), "indicators.csv", source="Chi dau")
        self.assertEqual(shown["kind"], "indicator")
        warned = {w["value"]: w["why"] for w in shown["warned"]}
        for value in ("192.0.2.66", "8.8.8.8", "203.0.113.12"):
            self.assertIn(value, warned)
            self.assertTrue(VIETNAMESE.search(warned[value]["vi"]), warned[value])
        filed = self.commit(shown["upload"], "Chi dau", kind="indicator")
        self.assertEqual(filed["batch"]["counts"]["warned"], 3)
        after = self.get("/lists")["set"]
        self.assertEqual((after["names"], after["hashes"], after["ipv4"]), (4, 1, 0))
        if before:
            self.assertGreater(after["generation"], before["generation"])

        kit = self.post("/check-kits", {"unit": self.units["X-AN"]["id"], "days": 7}, 201)
        self.assertEqual(kit["generation"], after["generation"])
        self.assertTrue([r for r in kit["rules"] if "rule " in r["text"]], [r["name"] for r in kit["rules"]])
        self.assertIn("275a021bbfb6489e", "".join(h["text"] for h in kit["hashes"]))

        # a machine known by the first address; the other address is its unit's alone
        m = self.machine("X-AN", "xa-an-01")
        self.assertEqual(m.send(m.report({"hostname": "xa-an-01", "os": {"name": "Debian", "id": "debian", "version": "12", "build": "",
            "architecture": "x86_64", "installed_at": None}, "hardware": {}, "addresses": ["203.0.113.12"], "packages": [], "listeners": [],
            "accounts": [], "updates": {}}, kind="inventory"))[0], 200)
        self.assertEqual(m.call("GET", "/agent/v1/work")[1]["bundle"]["generation"], after["generation"])
        capture = sample("sample-capture.pcap")
        first = self.post("/captures?name=sample-capture.pcap", raw=capture)
        self.assertGreater(first["packets"], 100)
        self.assertGreater(first["findings"], 1)
        self.assertIn(m.id, [x["machine"]["id"] for x in first["matches"] if x["machine"]])
        self.assertIn(self.units["VP"]["id"], [x["unit"]["id"] for x in first["matches"] if x["unit"]])
        contacts = self.findings(kind="contact")
        self.assertEqual(len(contacts), first["findings"])
        mine = [f for f in contacts if f["machine"] and f["machine"]["id"] == m.id]
        self.assertEqual({f["remote"] for f in mine}, {"tet-loto.example", "tet-loto.example/nhan-li-xi.php"})
        unit = [f for f in contacts if not f["machine"] and f["src_ip"] == "198.51.100.23"]
        self.assertEqual([f["unit"]["id"] for f in unit], [self.units["VP"]["id"]])
        second = self.post("/captures?name=again.pcap", raw=capture)
        self.assertEqual(second["findings"], 0)
        count = lambda rows: sorted((f["id"], f["times"]) for f in rows)  # noqa: E731
        self.assertEqual(count(self.findings(kind="contact")), count(contacts))
        self.assertEqual(self.centre.call("POST", "/api/v1/captures?name=x", raw=b"not a capture")[0] // 100, 4)

        status, _ = self.centre.call("DELETE", f"/api/v1/lists/{filed['batch']['id']}")
        self.assertEqual(status, 204)
        less = self.get("/lists")["set"]
        self.assertEqual(less["total"], 0)
        self.assertGreater(less["generation"], after["generation"])
        self.assertEqual(len(self.post("/captures?name=after.pcap", raw=capture)["matches"]), 0)

    # incidents

    def test_an_incident_has_an_owner_a_rule_in_words_and_closes_with_proof_or_a_reason(self):
        unit = self.units["TTNN"]["id"]
        m = self.machine("TTNN", "nong-nghiep-01")
        hit = {"path": "/home/an/x.exe", "sha256": "27" * 32, "bytes": 68, "engine": "yara", "rule": "Qakbot_Loader",
               "action": "quarantined", "quarantine_id": "q1"}
        self.assertEqual(self.sweep(m, [hit])[0], 200)
        mine = lambda state: [i for i in self.get("/incidents?state=" + state)["incidents"] if i["unit"]["id"] == unit]  # noqa: E731
        incident = mine("open")[0]
        self.assertEqual(incident["severity"], "critical")
        path = f"/incidents/{incident['id']}"
        shown = self.get(path)
        self.assertTrue(VIETNAMESE.search(shown["rule"]["vi"]), shown["rule"])
        self.assertTrue(shown["rule"]["en"])
        self.assertGreater(shown["due_at"], shown["detected_at"])
        me = self.get("/session")["account"]["id"]
        self.ok(self.centre.call("POST", f"/api/v1{path}/owner", {"account": me}), 204)
        self.assertEqual(self.get(path)["owner"]["id"], me)
        self.assertEqual(self.centre.call("POST", f"/api/v1{path}/owner", {"account": ulid()})[0], 404)
        self.assertEqual(self.get(path)["owner"]["id"], me)
        self.ok(self.centre.call("POST", f"/api/v1{path}/owner", {"account": None}), 204)
        self.assertIsNone(self.get(path)["owner"])

        move = lambda to, reason="": self.centre.call("POST", f"/api/v1{path}/moves", {"to": to, "reason": reason})  # noqa: E731
        for to in ("triage", "contained", "eradicated", "recovered"):
            self.assertEqual(move(to)[0], 204, to)
        status, problem = move("closed")
        self.assertEqual(status, 400, problem)  # a finding is not verified
        time.sleep(1.1)
        self.assertEqual(self.sweep(m)[0], 200)
        self.assertEqual(move("closed")[0], 204)
        self.assertEqual(mine("open"), [])
        time.sleep(1.1)
        self.assertEqual(self.sweep(m, [hit])[0], 200)  # it is back
        again = mine("open")
        self.assertEqual([(i["id"], i["state"]) for i in again], [(incident["id"], "triage")])
        finding = [f for f in self.findings(kind="hit") if f["machine"] and f["machine"]["id"] == m.id][0]
        self.assertEqual((finding["delta"], finding["incident"]["id"]), ("returned", again[0]["id"]))
        said = [e["kind"] for e in self.get(f"/incidents/{again[0]['id']}")["timeline"]]
        self.assertIn("returned", said)

    # reports

    def test_eight_mebibytes_are_filed_and_one_byte_more_is_refused(self):
        m = self.machine(name="lon")
        body = {"hostname": "lon", "os": {"name": "Debian", "id": "debian", "version": "12", "build": "", "architecture": "x86_64",
                "installed_at": None}, "hardware": {}, "addresses": [], "packages": [], "listeners": [], "accounts": [], "updates": {}}
        report = json.dumps(m.report(body, kind="inventory")).encode()
        full = report[:-1] + b" " * ((8 << 20) - len(report)) + b"}"
        self.assertEqual(len(full), 8 << 20)
        self.assertEqual(m.call("POST", "/agent/v1/reports", raw=full)[0], 200)
        self.assertEqual(m.call("POST", "/agent/v1/reports", raw=full)[1]["filed"], False)
        self.assertEqual(m.announce("/agent/v1/reports", (8 << 20) + 1), 413)

    def test_what_made_room_is_counted_on_the_status_page(self):
        self.assertEqual(self.get("/status")["counters"]["intake_rows_dropped"], 0)
        m = self.machine(name="noi-nhieu")
        for net in (1, 2):
            rows = [{"remote": f"10.{net}.{i // 250}.{i % 250}", "port": 443, "protocol": "tcp", "process": "x", "first_at": utc(),
                     "last_at": utc(), "times": 1} for i in range(12000)]
            self.assertEqual(m.send(m.report({"from": utc(60), "to": utc(), "connections": rows, "dropped": 0}, kind="connections"))[0], 200)
        self.assertEqual(self.get("/status")["counters"]["intake_rows_dropped"], 4000)

    def test_hostile_paths_are_kept_as_they_are_and_shown_as_text(self):
        m = self.machine(name="duong-dan")
        paths = ["/home/an/\u202egpj.exe", "/home/an/<script>alert(1)</script>", "/home/an/a\nb", "/home/an/\x1b[2J", "/home/an/%s%n",
                 "/home/an/\\xff", "/home/an/" + "d" * 3000]
        hits = [{"path": p, "sha256": f"{i:064x}", "bytes": 1, "engine": "yara", "rule": "EICAR_Test", "action": "none",
                 "quarantine_id": ""} for i, p in enumerate(paths)]
        status, answer = self.sweep(m, hits)
        self.assertEqual(status, 200, answer)
        shown = {h["path"] for h in self.get(f"/machines/{m.id}")["hits"]}
        self.assertEqual(shown, set(paths))
        nul = dict(hits[0], path="/home/an/a\x00b")
        self.assertEqual(self.sweep(m, [nul])[0], 400)
        self.assertEqual(self.sweep(m, [dict(hits[0], path="/" + "x" * 5000)])[0] // 100, 4)
        status, _, page = self.centre.request("GET", f"/api/v1/machines/{m.id}", headers={"Cookie": self.centre.cookie})
        self.assertNotIn(b"\x1b", page)

    def test_too_many_hits_or_bytes_are_refused_and_the_most_that_is_allowed_is_filed(self):
        m = self.machine(name="nhieu")
        hit = lambda i, more="": {"path": f"/home/an/{i}{more}", "sha256": f"{i:064x}", "bytes": 1, "engine": "hash",  # noqa: E731
                                  "rule": "EICAR", "action": "none", "quarantine_id": ""}
        status, answer = self.sweep(m, [hit(i) for i in range(10001)])
        self.assertEqual(status // 100, 4, answer)
        self.assertEqual(self.get(f"/machines/{m.id}")["open_hits"], 0)
        began = time.time()
        status, answer = self.sweep(m, [hit(i, "/" + "x" * 500) for i in range(9000)], complete=False, stopped_why="too many hits")
        self.assertEqual(status, 200, answer)
        print(f"9,000 hits ({9000 * 700 >> 20} MiB) filed in {time.time() - began:.1f} s", file=sys.stderr)
        self.assertEqual(self.get(f"/machines/{m.id}")["open_hits"], 9000)


if __name__ == "__main__":
    unittest.main(verbosity=2)

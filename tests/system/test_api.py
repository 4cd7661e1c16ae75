#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_api.py PROGRAM: the running centre held to its own description: every route of the program is described and every
description is a route; every one of them is called with real rows, and status and body must be what is written there."""
import json
import os
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import wait_for  # noqa: E402
from publisher import Publisher, addresses  # noqa: E402
from sample_office import PACKS, PASSWORD, Person, SampleOffice, result_file  # noqa: E402
from schema_check import check, undescribed  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))


def routes():
    done = subprocess.run([PROGRAM, "admin", "routes"], capture_output=True, text=True, check=True)
    return [tuple(line.split()) for line in done.stdout.splitlines()]


class Walk:
    """Calls by the described path and method and keeps what did not agree."""

    def __init__(self, office):
        self.office, self.walked, self.faults = office, set(), []
        self.described = office.admin.must("GET", "/openapi.json")

    def call(self, method, pattern, value=None, raw=None, query="", wants=None, who=None, **ids):
        path = pattern
        for name, one in ids.items():
            path = path.replace("{" + name + "}", one)
        status, answer = (who or self.office.admin).call(method, path + query, value, raw)
        self.judge(method, pattern, status, answer, wants)
        return answer

    def judge(self, method, pattern, status, answer, wants):
        operation = self.described["paths"].get(pattern, {}).get(method.lower())
        at = f"{method} {pattern}"
        if not operation:
            return self.faults.append(f"{at}: not described")
        good = [s for s in operation["responses"] if s.startswith("2")]
        if str(status) not in ([str(wants)] if wants else good):
            return self.faults.append(f"{at}: {status}, not {wants or good}: {str(answer)[:300]}")
        self.walked.add((method, pattern))
        content = operation["responses"].get(str(status), {}).get("content", {})
        if status == 204 and answer:
            self.faults.append(f"{at}: 204 with a body")
        for kind, one in content.items():
            if "json" in kind:
                self.faults += [f"{at}: {fault}" for fault in check(answer, one["schema"], self.described)][:5]
                self.faults += [f"{at}: not described: {n}" for n in undescribed(answer, one["schema"], self.described)]
            elif not isinstance(answer, bytes) or not answer:
                self.faults.append(f"{at}: no {kind}")
        if status >= 400:
            problem = self.described["components"]["schemas"]["Problem"]
            self.faults += [f"{at}: {fault}" for fault in check(answer, problem, self.described)]


class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = SampleOffice(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.office.remove()

    def test_the_description_and_the_routes_are_the_same(self):
        described = self.office.admin.must("GET", "/openapi.json")["paths"]
        there = {(m.upper(), p, o["x-role"]) for p, item in described.items() for m, o in item.items()}
        self.assertEqual(sorted(there), sorted(routes()))
        for path, item in described.items():
            for method, operation in item.items():
                named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
                self.assertEqual(named, set(re.findall(r"\{(\w+)\}", path)), (method, path))

    def test_every_route_answers_as_described(self):
        w = Walk(self.office)
        first = self.office.machine(self.office.own, "an-01")
        self.office.machine(self.office.sister, "binh-01")
        self.walk_session_and_accounts(w)
        self.walk_registry(w)
        self.walk_machines(w, first)
        self.walk_lists(w)
        self.walk_blocks(w)
        self.walk_feeds(w)
        self.walk_findings_and_incidents(w)
        self.walk_matrix(w)
        self.walk_reports(w)
        self.walk_traffic(w)
        for path in ("/openapi.json", "/api/v1/status", "/api/v1/changes", "/api/v1/audit"):
            w.call("GET", path)
        w.call("GET", "/api/v1/search", query="?q=an")
        missed = sorted({(m, p) for m, p, _ in routes()} - w.walked)
        self.assertEqual(sorted(set(w.faults)), [], "\n".join(sorted(set(w.faults))))
        self.assertEqual(missed, [("POST", "/api/v1/first-run")])  # walked by test_centre.py: here is an account already

    def walk_session_and_accounts(self, w):
        nobody, somebody = Person(self.office.centre), Person(self.office.centre)
        w.call("GET", "/api/v1/session")
        w.call("GET", "/api/v1/session", who=nobody)
        w.call("POST", "/api/v1/session", {"login": "canbo", "password": "sai"}, wants=401, who=nobody)
        w.call("GET", "/api/v1/accounts")
        account = w.call("POST", "/api/v1/accounts",
                         {"login": "them", "name": "Thêm", "role": "unit", "unit": self.office.own})
        w.call("POST", "/api/v1/session", {"login": "them", "password": account["one_time_password"]}, who=nobody)
        somebody.sign_in("them", account["one_time_password"])
        w.call("POST", "/api/v1/session/password", {"old": account["one_time_password"], "new": PASSWORD}, who=somebody)
        w.call("DELETE", "/api/v1/session", who=somebody)
        w.call("PATCH", "/api/v1/accounts/{id}", {"name": "Thêm nữa", "reset_password": True}, id=account["id"])

    def walk_registry(self, w):
        unit = w.call("POST", "/api/v1/units", {"code": "MOI", "name": "Đơn vị mới", "parent": self.office.units["VP"],
                                                "kind": "commune"})
        w.call("GET", "/api/v1/units")
        w.call("GET", "/api/v1/units/{id}", id=self.office.own)
        w.call("PATCH", "/api/v1/units/{id}", {"phone": "0200 3 000 001"}, id=unit["id"])
        gone = w.call("POST", "/api/v1/units", {"code": "CU", "name": "Đơn vị cũ", "parent": self.office.units["VP"],
                                                "kind": "commune"})
        w.call("POST", "/api/v1/units/{id}/close", {"successors": [unit["id"]]}, id=gone["id"])
        rows = {"people": {"unit": unit["id"], "name": "Người mới", "title": "Cán bộ"},
                "ranges": {"unit": unit["id"], "prefix": "198.51.100.0/29", "behind_nat": True},
                "systems": {"unit": unit["id"], "code": "HT-MOI", "name": "Hệ thống mới", "level": 2}}
        for topic, row in rows.items():
            one = w.call("POST", f"/api/v1/{topic}", row)
            w.call("GET", f"/api/v1/{topic}", query="?unit=" + unit["id"])
            w.call("PATCH", f"/api/v1/{topic}/{{id}}", {"people": {"title": "Trưởng phòng"}, "ranges": {"note": "mới"}, "systems": {"level": 3}}[topic],
                   id=one["id"])
        for table in ("units", "people", "ranges", "systems", "machines"):
            csv = w.call("GET", "/api/v1/export/{table}", table=table)
            w.call("POST", "/api/v1/import/{table}", raw=csv, query="?on_conflict=skip&dry_run=1", table=table)
        w.call("POST", "/api/v1/import/{table}", raw=b"code;name;kind\nMOI-2;;nonsense\n", table="units")

    def walk_machines(self, w, first):
        w.call("GET", "/api/v1/machines")
        w.call("GET", "/api/v1/machines/{id}", id=first.id)
        for machine in w.call("GET", "/api/v1/machines", query="?state=expected")["machines"][:1]:
            w.call("GET", "/api/v1/machines/{id}", id=machine["id"])
        w.call("POST", "/api/v1/machines/{id}/orders", {"kind": "sweep"}, id=first.id)
        w.call("POST", "/api/v1/enrol-tokens", {"unit": self.office.own, "uses": 1, "hours": 1})
        w.call("POST", "/api/v1/check-kits", {"unit": self.office.own, "days": 7})
        text = json.dumps(first.report(way="hand"), ensure_ascii=False)
        w.call("POST", "/api/v1/results", raw=json.dumps(result_file(first, text)).encode())
        other = self.office.machine(self.office.own, "an-02")
        w.call("POST", "/api/v1/machines/{id}/revoke", {"reason": "mất máy"}, id=other.id)

    def walk_feeds(self, w):
        wish = {"source": "Nguồn thử", "url": "http://127.0.0.1:1/list.txt", "kind": "indicator", "every_minutes": 60, "active": False}
        feed = w.call("POST", "/api/v1/feeds", wish)["id"]
        w.call("GET", "/api/v1/feeds")
        w.call("PATCH", "/api/v1/feeds/{id}", {**wish, "every_minutes": 120}, id=feed)
        w.call("POST", "/api/v1/feeds/{id}/fetch", id=feed)
        self.walk_bundles(w, feed, wish)

    def walk_blocks(self, w):
        made = w.call("POST", "/api/v1/block-subscribers", {"name": "Tường lửa", "target": "nftables", "least_confidence": 10})
        w.call("GET", "/api/v1/block-subscribers")
        _, _, _, _, token, file = made["path"].split("/")
        w.call("GET", "/api/v1/block-lists/{token}/{file}", token=token, file=file)
        w.call("GET", "/api/v1/block-lists/key.pem")
        w.call("DELETE", "/api/v1/block-subscribers/{id}", id=made["id"])
        w.call("GET", "/api/v1/block-subscribers")

    def walk_bundles(self, w, feed, wish):
        publisher = Publisher()
        self.addCleanup(publisher.server_close)
        self.addCleanup(publisher.shutdown)
        publisher.files["/a.txt"] = ('"1"', addresses(0, 10))
        url = f"http://127.0.0.1:{publisher.server_address[1]}/a.txt"
        w.call("PATCH", "/api/v1/feeds/{id}", {**wish, "url": url, "active": True}, id=feed)
        got = wait_for(lambda: next((f for f in w.call("GET", "/api/v1/feeds")["feeds"] if f["state"] == "ok"), None))
        bundle = w.call("POST", "/api/v1/feeds/bundle", {})
        seen = w.call("POST", "/api/v1/feeds/bundle/preview", raw=bundle)
        self.assertEqual([f["source"] for f in seen["files"]], [got["source"]])
        w.call("DELETE", "/api/v1/feeds/{id}", id=feed)
        w.call("POST", "/api/v1/feeds/bundle/take", {"upload": seen["upload"], "fingerprint": seen["fingerprint"]})
        w.call("GET", "/api/v1/feeds")
        w.call("DELETE", "/api/v1/feeds/signers/{fingerprint}", fingerprint=seen["fingerprint"])

    def walk_lists(self, w):
        path = os.path.join(PACKS, "sample-district/lists")
        done = {}
        for name, kind, source in (("botnet-2024-01.csv", "victim", "mau-vn"), ("indicators.csv", "indicator", "mau")):
            with open(os.path.join(path, name), "rb") as f:
                seen = w.call("POST", "/api/v1/lists/preview", raw=f.read(), query=f"?name={name}&kind={kind}&zone=420")
            w.call("POST", "/api/v1/lists/preview/{upload}", {"kind": kind, "source": source}, upload=seen["upload"])
            body = {"upload": seen["upload"], "source": source, "kind": kind, "as": seen["format"],
                    "zone_minutes": seen["zone_minutes"], "period": "2024-01", "letter": "12/CV"}
            done[kind] = w.call("POST", "/api/v1/lists", body)["batch"]["id"]
            w.call("GET", "/api/v1/lists/{id}", id=done[kind])
            with open(os.path.join(path, name), "rb") as f:  # the same file again
                w.call("POST", "/api/v1/lists/preview", raw=f.read(), query=f"?name={name}&kind={kind}&zone=420")
        w.call("GET", "/api/v1/lists")
        w.call("GET", "/api/v1/lists/months")
        w.call("GET", "/api/v1/lists/{id}/refused.csv", id=done["victim"])
        with open(os.path.join(PACKS, "sample-district/sample-capture.pcap"), "rb") as f:
            w.call("POST", "/api/v1/captures", raw=f.read(), query="?name=sample-capture.pcap")
        w.call("DELETE", "/api/v1/lists/{id}", id=done["indicator"])

    def walk_traffic(self, w):
        host, now = "192.168.7.9", "2024-01-15T08:00:00Z"
        sensor = self.office.sensor(self.office.own, "cam-bien", host)
        w.call("GET", "/api/v1/sensors")
        traffic = w.call("GET", "/api/v1/sensors/{id}/traffic", query="?since=" + now, id=sensor.id)
        self.assertEqual([t["host"] for t in traffic["talkers"]], [host])
        alerts = w.call("GET", "/api/v1/alerts", query=f"?sensor={sensor.id}")
        self.assertEqual((alerts["total"], alerts["alerts"][0]["times"], alerts["alerts"][0]["quiet"]), (1, 3, None))
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        quiet = w.call("POST", "/api/v1/quiets", {"sensor": sensor.id, "alert": alerts["alerts"][0]["id"], "until": soon,
                                                  "reason": "máy thử nghiệm"})["id"]
        self.assertEqual(w.call("GET", "/api/v1/alerts")["alerts"][0]["quiet"]["reason"], "máy thử nghiệm")
        self.assertEqual([q["state"] for q in w.call("GET", "/api/v1/quiets")["quiets"]], ["active"])
        w.call("DELETE", "/api/v1/quiets/{id}", id=quiet)
        self.assertIsNone(w.call("GET", "/api/v1/alerts")["alerts"][0]["quiet"])
        hunt = w.call("POST", "/api/v1/hunts", {"since": now})["id"]
        self.office.answer(sensor, hunt, {"host": host, "type": "name", "value": "c2.example", "family": "", "list": "NCSC",
                                          "seen_in": "dns", "peer": "192.0.2.1", "first_at": now, "last_at": now, "flows": 2,
                                          "bytes": 0})
        w.call("GET", "/api/v1/hunts")
        row = w.call("GET", "/api/v1/hunts/{id}", id=hunt)["rows"][0]
        self.assertEqual(w.call("POST", "/api/v1/hunts/{id}/findings", {"rows": [row["id"]]}, id=hunt), {"findings": 1})
        w.call("DELETE", "/api/v1/hunts/{id}", id=hunt)
        trace = w.call("POST", "/api/v1/traces", {"public": "198.51.100.7", "at": now, "peer": "192.0.2.66", "peer_port": 443})["id"]
        self.office.answer(sensor, trace, {"host": host, "rank": 1, "confidence": 90, "reason": {"vi": "một", "en": "one"}, "at": now,
                                           "peer": "192.0.2.66", "flows": 1, "host_name": "", "hardware": ""})
        w.call("GET", "/api/v1/traces")
        self.assertEqual(w.call("GET", "/api/v1/traces/{id}", id=trace)["address"]["claim"], "held")
        self.check_addresses(w)
        self.check_coverage(w, sensor)
        self.check_who_was_it(w)
        w.call("DELETE", "/api/v1/traces/{id}", id=trace)
        show = w.call("POST", "/api/v1/shows", {"host": host})["id"]
        self.office.answer(sensor, show, {"host": host, "begin": now, "end": now, "source": host, "source_port": 1, "destination":
                                          "192.0.2.66", "destination_port": 443, "protocol": "tcp", "packets_out": 1, "bytes_out": 60,
                                          "packets_in": 0, "bytes_in": 0})
        self.assertEqual(len(w.call("GET", "/api/v1/shows/{id}", id=show)["flows"]), 1)
        w.call("DELETE", "/api/v1/shows/{id}", id=show)

    def check_addresses(self, w):
        """Whose the public address was at that moment: the sample has X-AN in 203.0.113.12/31 since 2020."""
        units = self.office.units
        w.call("POST", "/api/v1/ranges", {"unit": units["X-BINH"], "prefix": "198.51.100.32/29", "valid_from": "2024-01-10T00:00:00Z",
                                          "valid_until": "2024-01-20T00:00:00Z"})
        w.call("POST", "/api/v1/ranges", {"unit": self.office.own, "prefix": "198.51.100.128/26", "dynamic": True})
        for public, at, owner, claim, unit in (("203.0.113.12", "2024-01-15T08:00:00Z", "ours", "held", "X-AN"),
                                               ("203.0.113.12", "2019-06-01T00:00:00Z", "other", "future", "X-AN"),
                                               ("198.51.100.33", "2024-01-15T08:00:00Z", "ours", "held", "X-BINH"),
                                               ("198.51.100.33", "2024-01-20T00:00:00Z", "other", "past", "X-BINH"),
                                               ("198.51.100.130", "2024-01-15T08:00:00Z", "dynamic", "held", "X-AN"),
                                               ("198.51.100.250", "2024-01-15T08:00:00Z", "other", "never", None),
                                               ("10.9.9.9", "2024-01-15T08:00:00Z", "unknown", "never", None)):
            trace = w.call("POST", "/api/v1/traces", {"public": public, "at": at})["id"]
            address = w.call("GET", "/api/v1/traces/{id}", id=trace)["address"]
            told = (address["owner"], address["claim"], address["unit"] and address["unit"]["id"])
            self.assertEqual(told, (owner, claim, unit and units[unit]), public)
            w.call("DELETE", "/api/v1/traces/{id}", id=trace)

    def check_who_was_it(self, w):
        """The machines' own history beside the candidates; and the DHCP lease of that time before who has the address now."""
        sensor = self.office.sensor(self.office.own, "cam-bien-2", "192.168.7.9")
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        trace = w.call("POST", "/api/v1/traces", {"public": "203.0.113.12", "at": now, "peer": "198.51.100.9"})["id"]
        row = {"rank": 1, "confidence": 40, "reason": {"vi": "một", "en": "one"}, "at": now, "peer": "198.51.100.9", "flows": 1, "hardware": ""}
        self.office.answer(sensor, trace, *({**row, "host": host, "host_name": leased} for host, leased in (
            ("192.168.7.7", ""), ("192.168.7.200", "AN-01.xa-an.example"), ("192.168.7.7", "may-khac"))))
        found = w.call("GET", "/api/v1/traces/{id}", id=trace)
        self.assertIn(("an-01", "x", 3), [(a["machine"]["name"], a["process"], a["times"]) for a in found["agents"]])
        self.assertEqual({a["unit"]["id"] for a in found["agents"]}, {self.office.own})  # binh-01 has it too, behind another address
        self.assertEqual([c["machine"] and c["machine"]["name"] for c in found["candidates"]], ["an-01", "an-01", None])
        self.assertEqual({c["of_holder"] for c in found["candidates"]}, {True})
        binh = w.call("POST", "/api/v1/traces", {"public": "203.0.113.14", "at": now, "peer": "198.51.100.9"})["id"]
        self.office.answer(sensor, binh, {**row, "host": "192.168.7.7", "host_name": ""})
        found = w.call("GET", "/api/v1/traces/{id}", id=binh)  # a machine of X-AN cannot well stand behind X-BINH's address
        self.assertEqual([c["of_holder"] for c in found["candidates"]], [False])
        w.call("DELETE", "/api/v1/traces/{id}", id=trace)

    def check_coverage(self, w, sensor):
        """Two runs with an hour and a half between them, and a dead mirror port at the end of the second."""
        packets = 0
        for since, at, more in (("08:00", "08:01", 5), ("08:00", "09:00", 5), ("10:30", "10:31", 5), ("10:30", "11:00", 5),
                                ("10:30", "12:00", 0)):
            packets += more
            status, answer = sensor.call("POST", "/agent/v1/sensor/status", {
                "format": "canh-sensor-status/1", "at": f"2024-01-15T{at}:00Z", "since": f"2024-01-15T{since}:00Z", "source": "eth1",
                "generation": "", "counts": {"packets": packets, "bytes": packets, "drops": 0, "flows": 0}, "talkers": None})
            self.assertEqual(status, 204, answer)
            if at == "09:00":
                packets = 0  # the next run counts anew
        hunt = w.call("POST", "/api/v1/hunts", {"since": "2024-01-15T08:00:00Z", "until": "2024-01-15T12:00:00Z",
                                                "sensors": [sensor.id]})["id"]
        seen = w.call("GET", "/api/v1/hunts/{id}", id=hunt)["coverage"]
        gaps = [(g["since"][11:16], g["until"][11:16]) for g in seen["gaps"]]
        self.assertEqual(seen["sensors"], [{"id": sensor.id, "percent": 37}])
        self.assertEqual((seen["percent"], gaps, seen["more"]), (37, [("09:00", "10:30"), ("11:00", "12:00")], 0))
        w.call("DELETE", "/api/v1/hunts/{id}", id=hunt)

    def walk_findings_and_incidents(self, w):
        findings = w.call("GET", "/api/v1/findings")["findings"]
        self.assertTrue(any(f["incident"] for f in findings))
        victim = next(f for f in findings if f["kind"] == "victim" and f["unit"])
        w.call("POST", "/api/v1/findings/{id}/moves", {"to": "not_ours", "reason": "không phải của ta"}, id=victim["id"])
        incidents = w.call("GET", "/api/v1/incidents")["incidents"]
        self.assertTrue(incidents)
        one = w.call("GET", "/api/v1/incidents/{id}", id=incidents[0]["id"])
        w.call("POST", "/api/v1/incidents/{id}/moves", {"to": one["moves"][0], "reason": "đã xác minh"}, id=one["id"])
        w.call("POST", "/api/v1/incidents/{id}/entries", {"body": "đã gọi điện"}, id=one["id"])
        me = w.call("GET", "/api/v1/session")["account"]["id"]
        w.call("POST", "/api/v1/incidents/{id}/owner", {"account": me}, id=one["id"])
        w.call("GET", "/api/v1/incidents/{id}", id=one["id"])

    def walk_matrix(self, w):
        directive = w.call("GET", "/api/v1/directives")["directives"][0]["id"]
        w.call("POST", "/api/v1/attestations", {"directive": directive, "unit": self.office.own, "clause": "1a",
                                                "measure": "safeguards", "body": "đã làm đủ"})
        w.call("POST", "/api/v1/waivers", {"directive": directive, "unit": self.office.own, "clause": "1b",
                                           "reason": "máy đang sửa", "until": "2099-01-01T00:00:00Z"})
        w.call("POST", "/api/v1/urges", {"directive": directive, "clause": "1a",
                                         "units": [self.office.own, self.office.sister, self.office.units["VP"]]})
        w.call("GET", "/api/v1/matrix")
        for unit in (self.office.own, self.office.sister):
            for clause in [c["id"] for c in w.call("GET", "/api/v1/matrix")["clauses"]]:
                cell = self.office.admin.call("GET", f"/api/v1/matrix/{unit}/{clause}")
                if cell[0] == 200:
                    w.judge("GET", "/api/v1/matrix/{unit}/{clause}", *cell, None)
        waiver = w.call("GET", "/api/v1/matrix/{unit}/{clause}", unit=self.office.own, clause="1b")["waiver"]
        w.call("DELETE", "/api/v1/waivers/{id}", id=waiver["id"])

    def walk_reports(self, w):
        directive = w.call("GET", "/api/v1/directives")["directives"][0]["id"]
        report = w.call("POST", "/api/v1/reports", {"kind": "malware-removal", "directive": directive,
                                                    "from": "2024-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"})
        w.call("GET", "/api/v1/reports")
        whole = w.call("GET", "/api/v1/reports/{id}", id=report["id"])
        w.call("PATCH", "/api/v1/reports/{id}", dict(whole["fields"], number="12/BC", signer="Nguyễn Văn Mẫu"), id=report["id"])
        for ending in ("docx", "pdf"):
            w.call("GET", f"/api/v1/reports/{{id}}/file.{ending}", id=report["id"])
        w.call("POST", "/api/v1/reports/{id}/moves", {"to": "submitted"}, id=report["id"])
        w.call("GET", "/api/v1/reports/{id}", id=report["id"])


class MustChangeTest(unittest.TestCase):
    def test_with_a_one_time_password_nothing_but_a_new_one_is_possible(self):
        office = SampleOffice(PROGRAM)
        try:
            account = office.admin.must("POST", "/api/v1/accounts", {"login": "moi", "name": "Mới", "role": "administrator",
                                                                     "unit": office.units["VP"]})
            new = Person(office.centre).sign_in("moi", account["one_time_password"])
            self.assertTrue(new.session["account"]["must_change"])
            for method, pattern, role in routes():
                if role == "open" or pattern.startswith("/api/v1/session"):
                    continue
                status, answer = new.call(method, re.sub(r"\{\w+\}", office.own, pattern), {} if method != "GET" else None)
                self.assertEqual((status, answer["code"]), (403, "must_change"), (method, pattern))
            self.assertEqual(new.call("POST", "/api/v1/session/password",
                                      {"old": account["one_time_password"], "new": PASSWORD})[0], 204)
            self.assertEqual(new.call("GET", "/api/v1/units")[0], 200)
        finally:
            office.remove()


if __name__ == "__main__":
    unittest.main(verbosity=2)

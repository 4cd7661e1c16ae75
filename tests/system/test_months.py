#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_months.py CENTRE: indicators month against month at the running centre: per source and in all. The lists are invented; two months
of ThreatFox besides, where the data folder is. When a list came is set in the database while the centre is down."""
import datetime
import os
import sqlite3
import sys
import tarfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
ARCHIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data/indicators/threatfox-ips-monthly.tar.xz")
ZONE = datetime.timezone(datetime.timedelta(hours=7))


def moment(year, month, day, hour=12):
    return int(datetime.datetime(year, month, day, hour, tzinfo=ZONE).timestamp() * 1000)


class MonthsTest(unittest.TestCase):
    def setUp(self):
        self.centre = Centre(PROGRAM).start()
        self.centre.first_run()
        self.addCleanup(self.centre.remove)

    def bring(self, source, data):
        seen = self.centre.call("POST", "/api/v1/lists/preview?name=a.csv&kind=indicator", raw=data)[1]
        status, done = self.centre.call("POST", "/api/v1/lists", {"upload": seen["upload"], "source": source, "kind": "indicator",
                                                                  "zone_minutes": 420, "period": "", "letter": ""})
        self.assertEqual(status, 201, done)
        return done["batch"]["id"]

    def came(self, when):
        """when: {batch: milliseconds}."""
        self.centre.stop()
        path = next(os.path.join(root, n) for root, _, names in os.walk(os.path.join(self.centre.folder, "data")) for n in names
                    if n.endswith(".db") or n == "canh.sqlite" or n.endswith(".sqlite"))
        with sqlite3.connect(path) as db:
            for batch, at in when.items():
                self.assertEqual(db.execute("update list_batch set received_at = ? where id = ?", (at, batch)).rowcount, 1)
        db.close()
        cookie, csrf = self.centre.cookie, self.centre.csrf
        self.centre.start()
        self.centre.cookie, self.centre.csrf = cookie, csrf

    def months(self, old, new):
        status, told = self.centre.call("GET", f"/api/v1/lists/months?old={old}&new={new}")
        self.assertEqual(status, 200, told)
        figures = {s["source"]: (s["added"], s["still"], s["gone"], s["expired"]) for s in told["sources"]}
        return told, figures, tuple(told["all"][k] for k in ("added", "still", "gone", "expired"))

    def test_per_source_and_in_all(self):
        b = [self.bring("A", b"45.95.1.1\n45.95.1.2\n45.95.1.3\n"),
             self.bring("A", b"ioc,valid_until\n45.95.1.2,\n45.95.1.3,2024-02-10\n45.95.1.4,\n"),
             self.bring("B", b"45.95.1.1\n45.96.1.1\n"),
             self.bring("C", b"bad.example.net\n")]
        c2 = self.bring("C", b"bad.example.net\nworse.example.net\n")
        self.came({b[0]: moment(2024, 1, 31, 23), b[1]: moment(2024, 2, 29, 23), b[2]: moment(2024, 1, 5), b[3]: moment(2024, 2, 1, 0),
                   c2: moment(2024, 3, 1, 0)})
        told, figures, everything = self.months("2024-01", "2024-02")
        self.assertEqual(figures, {"A": (1, 2, 1, 1), "B": (0, 2, 0, 0), "C": (1, 0, 0, 0)})
        self.assertEqual(everything, (2, 4, 0, 1))  # 45.95.1.1 is no longer on A, but B still names it
        a = next(s for s in told["sources"] if s["source"] == "A")
        self.assertEqual((a["old"]["list"], a["new"]["list"]), (b[0], b[1]))
        self.assertEqual((told["months"][0], told["old"], told["new"]), ("2024-01", "2024-01", "2024-02"))
        self.assertEqual(self.months("2023-12", "2024-01")[2], (4, 0, 0, 0))
        self.assertEqual(self.months("2024-02", "2024-02")[2][0::2], (0, 0))
        self.assertEqual(self.months("2024-02", "2024-03")[1]["C"], (1, 1, 0, 0))
        self.assertEqual(self.centre.call("DELETE", f"/api/v1/lists/{b[2]}")[0], 204)  # taken out by hand: gone by the newer month
        self.assertEqual(self.months("2024-01", "2024-02")[1]["B"], (0, 0, 2, 0))
        for bad in ("old=2024-13", "new=nonsense", "old=24-01", "new=2024-00"):
            self.assertEqual(self.centre.call("GET", "/api/v1/lists/months?" + bad)[0], 400, bad)

    def test_two_real_months(self):
        if not os.path.exists(ARCHIVE):
            self.skipTest("no real lists here")
        with tarfile.open(ARCHIVE) as tar:
            texts = {m.name.split("/")[1][:7]: tar.extractfile(m).read() for m in tar.getmembers() if "/2026-0" in m.name}
        ids = {month: self.bring("ThreatFox", texts[month]) for month in ("2026-05", "2026-07")}
        good = {b["id"]: b["counts"]["good"] for b in self.centre.call("GET", "/api/v1/lists")[1]["batches"]}
        self.came({ids["2026-05"]: moment(2026, 5, 1), ids["2026-07"]: moment(2026, 7, 1)})
        added, still, gone, expired = self.months("2026-05", "2026-07")[2]
        self.assertEqual((added + still, still + gone), (good[ids["2026-07"]], good[ids["2026-05"]]))
        old, new = (set(texts[m].decode().split()) for m in ("2026-05", "2026-07"))
        self.assertLessEqual(added, len(new - old))
        self.assertEqual((added, still, gone, expired), (5184, 18555, 10510, 0))  # as compare_test.py counts by sets of Python


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_bundles.py CENTRE CANH: lists that an office with a line hands to one without, as one signed file: the key is confirmed once, a bundle
counts whole or not at all, an older one is refused, a byte changed anywhere is found; the counts are those of the feeds."""
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import PACKS, Centre, speaking, wait_for  # noqa: E402
from publisher import Publisher, addresses  # noqa: E402

PROGRAM, CANH = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))


def canh(*words):
    done = subprocess.run([CANH, *words], capture_output=True, env=speaking("en_GB.UTF-8"), timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class BundlesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.publisher = Publisher()
        cls.giver, cls.taker = Centre(PROGRAM).start(), Centre(PROGRAM).start()
        for centre in (cls.giver, cls.taker):
            centre.first_run()

    @classmethod
    def tearDownClass(cls):
        cls.publisher.shutdown()
        cls.publisher.server_close()
        cls.giver.remove()
        cls.taker.remove()

    def subscribe(self, source, path, body, **more):
        self.publisher.files[path] = (f'"{hashlib.md5(body).hexdigest()}"', body)
        status, feed = self.giver.call("POST", "/api/v1/feeds", {
            "source": source, "url": f"http://127.0.0.1:{self.publisher.server_address[1]}{path}?key=bi-mat", "every_minutes": 60, **more})
        self.assertEqual(status, 201, feed)
        return self.fetched(feed)

    def feeds(self, centre):
        return {f["id"]: f for f in centre.call("GET", "/api/v1/feeds")[1]["feeds"]}

    def fetched(self, feed, after=None):
        return wait_for(lambda: (lambda f: f if f["tried_at"] and f["tried_at"] != after else None)(self.feeds(self.giver)[feed["id"]]))

    def again(self, feed, path, body):
        self.publisher.files[path] = (f'"{hashlib.md5(body).hexdigest()}"', body)
        before = self.feeds(self.giver)[feed["id"]]["tried_at"]
        self.assertEqual(self.giver.call("POST", f"/api/v1/feeds/{feed['id']}/fetch")[0], 202)
        return self.fetched(feed, before)

    def bundle(self):
        status, data = self.giver.call("POST", "/api/v1/feeds/bundle", {})
        self.assertEqual(status, 200, data)
        return data

    def look(self, data):
        return self.taker.call("POST", "/api/v1/feeds/bundle/preview", raw=data)

    def take(self, upload, **more):
        return self.taker.call("POST", "/api/v1/feeds/bundle/take", {"upload": upload, **more})

    def in_use(self):
        lists = self.taker.call("GET", "/api/v1/lists")[1]
        return {b["source"]: b["counts"]["good"] for b in lists["batches"] if b["active"]}, (lists["set"] or {}).get("total", 0)

    def test_1_from_office_to_office_and_no_byte_or_day_back(self):
        self.assertEqual(self.giver.call("POST", "/api/v1/feeds/bundle", {})[0], 409)  # nothing fetched yet
        one = self.subscribe("Nguồn Một", "/1.txt", addresses(0, 100), format="lines")
        two = self.subscribe("Nguồn Hai", "/2.csv", b"ioc,first_seen,valid_until\n45.96.1.1,2024-01-01,2024-02-01\n45.96.1.2,2024-01-01,\n")
        victims = self.subscribe("Nạn nhân", "/3.csv", b"ip,timestamp,infection\n45.97.1.1,2024-01-01 00:00:00,x\n", kind="victim")
        self.assertEqual([f["state"] for f in (one, two, victims)], ["ok"] * 3, (one, two, victims))
        first = self.bundle()
        fingerprint = self.giver.call("GET", "/api/v1/feeds")[1]["fingerprint"]
        status, seen = self.look(first)
        self.assertEqual(status, 200, seen)
        self.assertEqual((seen["fingerprint"], seen["signer"], seen["newer"], seen["office"]), (fingerprint, "new", True, "UBND huyện Mẫu"))
        self.assertEqual([f["source"] for f in seen["files"]], ["Nguồn Hai", "Nguồn Một"])  # never the victims
        self.assertNotIn(b"bi-mat", first)

        for wrong in ({}, {"fingerprint": "0" * 64}):
            status, answer = self.take(seen["upload"], **wrong)
            self.assertEqual((status, answer["code"]), (409, "signer_unknown"))
        self.assertEqual(self.in_use(), ({}, 0))
        status, taken = self.take(seen["upload"], fingerprint=fingerprint)
        self.assertEqual(status, 201, taken)
        counts = {f["source"]: (f["good"], f["added"], f["gone"], f["still"], f["expired"], f["unchanged"]) for f in taken["files"]}
        self.assertEqual(counts, {"Nguồn Một": (100, 100, 0, 0, 0, False), "Nguồn Hai": (2, 2, 0, 0, 1, False)})
        self.assertEqual(self.in_use(), ({"Nguồn Một": 100, "Nguồn Hai": 2}, 102))

        status, seen = self.look(first)  # the same again
        self.assertEqual((seen["signer"], seen["newer"]), ("known", False))
        status, answer = self.take(seen["upload"])
        self.assertEqual((status, answer["code"]), (409, "bundle_not_newer"))

        newer_feed = self.again(one, "/1.txt", addresses(30, 100))
        second = self.bundle()
        status, taken = self.take(self.look(second)[1]["upload"])  # the key is known now
        self.assertEqual(status, 201, taken)
        counts = {f["source"]: (f["added"], f["gone"], f["still"], f["unchanged"]) for f in taken["files"]}
        self.assertEqual(counts["Nguồn Một"], (newer_feed["added"], newer_feed["gone"], 70, False))
        self.assertTrue(counts["Nguồn Hai"][3])
        before = self.in_use()
        status, answer = self.take(self.look(first)[1]["upload"])  # back to the old one
        self.assertEqual((status, answer["code"], self.in_use()), (409, "bundle_not_newer", before))

        for place in (3, 20, 60, len(second) // 2, len(second) - 1):  # head, manifest, content
            altered = bytearray(second)
            altered[place] ^= 1
            status, answer = self.look(bytes(altered))
            self.assertIn(status, (400, 415, 422), (place, answer))
        for cut in (second[:-1], second + b"x", b"CANHFDB\n", b"x" * 100):
            self.assertIn(self.look(cut)[0], (400, 422), cut[:20])
        self.assertEqual(self.in_use(), before)

        audit = json.dumps(self.taker.call("GET", "/api/v1/audit")[1])
        for act in ("signer_confirm", "bundle_take"):
            self.assertIn(f'"act": "{act}"', audit)
        signers = self.taker.call("GET", "/api/v1/feeds")[1]["signers"]
        self.assertEqual([s["fingerprint"] for s in signers], [fingerprint])
        self.assertEqual(self.taker.call("DELETE", f"/api/v1/feeds/signers/{fingerprint}")[0], 204)
        third = self.bundle()
        self.assertEqual(self.take(self.look(third)[1]["upload"])[1]["code"], "signer_unknown")

    def test_2_one_list_that_cannot_be_read_keeps_all_out(self):
        fingerprint = self.giver.call("GET", "/api/v1/feeds")[1]["fingerprint"]
        before = self.in_use()
        self.subscribe("Nguồn Bốn", "/4.txt", addresses(2000, 10))
        # a list of the bundle is subscribed to by the taker itself: the whole bundle stays out
        self.taker.call("POST", "/api/v1/feeds", {"source": "Nguồn Bốn", "url": "http://127.0.0.1:1/", "every_minutes": 60, "active": False})
        status, answer = self.take(self.look(self.bundle())[1]["upload"], fingerprint=fingerprint)
        self.assertEqual((status, self.in_use()), (400, before), answer)
        self.assertIn("Nguồn Bốn", answer["detail"])
        feed = next(f for f in self.taker.call("GET", "/api/v1/feeds")[1]["feeds"])
        self.assertEqual(self.taker.call("DELETE", f"/api/v1/feeds/{feed['id']}")[0], 204)
        # the taker has more of a source than the bundle brings: a version that shrank replaces nothing, and nor do the others
        seen = self.taker.call("POST", "/api/v1/lists/preview?name=a.txt&kind=indicator", raw=addresses(2000, 200))[1]
        self.assertEqual(self.taker.call("POST", "/api/v1/lists", {"upload": seen["upload"], "source": "Nguồn Bốn", "kind": "indicator",
                                                                   "zone_minutes": 420, "period": "", "letter": ""})[0], 201)
        before = self.in_use()
        status, answer = self.take(self.look(self.bundle())[1]["upload"], fingerprint=fingerprint)
        self.assertEqual((status, self.in_use()), (400, before), answer)
        self.assertRegex(answer["detail"], "Nguồn Bốn: ")

    def test_4_the_command_line_takes_it_too(self):
        where = tempfile.mkdtemp(dir=self.taker.folder)
        file, folder = os.path.join(where, "a.canhfeeds"), os.path.join(where, "lists")
        done = subprocess.run([PROGRAM, "--data", os.path.join(self.giver.folder, "data"), "--packs", PACKS, "admin", "feed-bundle", file],
                              capture_output=True, env=speaking("en_GB.UTF-8"), check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        fingerprint = self.giver.call("GET", "/api/v1/feeds")[1]["fingerprint"]
        code, out, _ = canh("feed", "show", file)
        self.assertEqual(code, 0)
        self.assertIn(fingerprint, out)
        self.assertIn("Nguồn Một", out)
        for words in ((), ("--signer", "0" * 64)):
            code, out, said = canh("feed", "take", file, folder, *words)
            self.assertEqual((code, out), (2, ""), said)
            self.assertIn(fingerprint, said)
        self.assertFalse(os.path.exists(os.path.join(folder, "indicators.set")))
        code, out, said = canh("feed", "take", file, folder, "--signer", fingerprint, "--json")
        self.assertEqual(code, 1, said)
        lines = {line["source"]: line for line in map(json.loads, out.splitlines())}
        self.assertEqual((lines["Nguồn Một"]["new"], lines["Nguồn Hai"]["expired"], lines[None]["gone"]), (100, 1, 0))
        code, out, said = canh("feed", "take", file, folder)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("not newer", said)
        newer = os.path.join(where, "b.canhfeeds")
        with open(newer, "wb") as f:
            f.write(self.bundle())
        with open(os.path.join(folder, "indicators.set"), "rb") as f:
            before = f.read()
        altered = bytearray(self.bundle())
        altered[len(altered) // 2] ^= 1
        with open(os.path.join(where, "c.canhfeeds"), "wb") as f:
            f.write(altered)
        self.assertEqual(canh("feed", "take", os.path.join(where, "c.canhfeeds"), folder)[0], 2)
        with open(os.path.join(folder, "indicators.set"), "rb") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(canh("feed", "take", newer, folder)[0], 0)  # known by now; nothing new in it
        self.assertEqual(len([n for n in os.listdir(folder) if n.startswith("bundle-")]), 1)
        self.assertEqual(canh("feed", "take", file, folder)[0], 2)  # no way back

    def test_3_the_format_is_as_drawn(self):
        """docs/formats/feed-bundle.md, read by code that shares nothing with the program."""
        data = self.bundle()
        self.assertEqual(data[:8], b"CANHFDB\n")
        version, manifest_len, signature_len, key_len = struct.unpack("<4I", data[8:24])
        self.assertEqual(version, 1)
        at = 24 + manifest_len + signature_len + key_len
        manifest = json.loads(data[24:24 + manifest_len])
        self.assertEqual(manifest["format"], "canh-feeds/1")
        key = data[at - key_len:at]
        self.assertEqual(hashlib.sha256(key).hexdigest(), self.giver.call("GET", "/api/v1/feeds")[1]["fingerprint"])
        for one in manifest["files"]:
            content = data[at:at + one["bytes"]]
            self.assertEqual(hashlib.sha256(content).hexdigest(), one["sha256"], one)
            at += one["bytes"]
        self.assertEqual(at, len(data))


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_taxii.py CENTRE: collections of a TAXII 2.1 server as feeds: found from discovery, API root or collection; page by page, only
what was added; with a password that nobody gets back; over TLS of an authority of its own; every way in which a server misleads.
The server is ours (taxii_server.py); the content of one test is real, from the data folder."""
import glob
import json
import os
import ssl
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, wait_for  # noqa: E402
from taxii_server import Taxii, added, indicator  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data/indicators/stix-misp/cti-documentation/examples")
ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"


class TaxiiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = Centre(PROGRAM).start()
        cls.centre.first_run()

    @classmethod
    def tearDownClass(cls):
        cls.centre.remove()

    def server(self, *args, **named):
        server = Taxii(*args, **named)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        server.collections[ID] = {"title": "Botnet", "alias": "bot", "objects": [
            (added(n), indicator(n, f"45.95.147.{n}")) for n in range(1, 11)]}
        return server

    def subscribe(self, source, url, wants=201, **more):
        status, feed = self.centre.call("POST", "/api/v1/feeds", {"source": source, "url": url, "every_minutes": 60, "protocol": "taxii",
                                                                  **more})
        self.assertEqual(status, wants, feed)
        return feed

    def feed(self, feed):
        return next(f for f in self.centre.call("GET", "/api/v1/feeds")[1]["feeds"] if f["id"] == feed["id"])

    def tried(self, feed, after=None):
        return wait_for(lambda: (lambda f: f if f["tried_at"] and f["tried_at"] != after else None)(self.feed(feed)))

    def again(self, feed):
        before = self.feed(feed)["tried_at"]
        self.assertEqual(self.centre.call("POST", f"/api/v1/feeds/{feed['id']}/fetch")[0], 202)
        return self.tried(feed, before)

    def test_a_collection_is_found_from_each_address_and_fetched_page_by_page(self):
        server = self.server()
        server.collections["x"] = {"title": "Khác", "objects": []}
        server.collections["closed"] = {"title": "Kín", "objects": [], "can_read": False}
        for number, (path, collection) in enumerate([("/taxii2/", "bot"), ("/taxii2", ID), ("/api1/", "Botnet"), ("/api1/collections/", "bot"),
                                                     (f"/api1/collections/{ID}/", ""), (f"/api1/collections/{ID}/objects/", "")]):
            server.asked.clear()
            got = self.tried(self.subscribe(f"từ {path} {number}", server.url(path), collection=collection))
            self.assertEqual((got["state"], got["added"], got["format"]), ("ok", 10, "stix"), (path, got))
            pages = [q for p, q, _ in server.asked if p.endswith("/objects/")]
            self.assertEqual([q.get("next") for q in pages], [None, "3", "6", "9"], path)

    def test_only_what_was_added_is_fetched_and_joined_with_what_was_there(self):
        server = self.server()
        feed = self.subscribe("Thêm dần", server.url(f"/api1/collections/{ID}/"))
        first = self.tried(feed)
        server.asked.clear()
        self.assertEqual(self.again(feed)["state"], "unchanged")
        self.assertEqual([q["added_after"] for _, q, _ in server.asked], [added(10)])
        objects = server.collections[ID]["objects"]
        revoked = indicator(1, "45.95.147.1", revoked=True, modified="2024-02-02T00:00:00.000Z")
        expired = indicator(2, "45.95.147.2", modified="2024-02-02T00:00:00.000Z", valid_until="2024-03-01T00:00:00Z")
        objects += [(added(11), indicator(11, "45.95.147.11")), (added(12), revoked), (added(13), expired),
                    (added(14), indicator(3, "45.95.147.250", modified="2023-01-01T00:00:00.000Z"))]  # an old version, added late
        server.asked.clear()
        newer = self.again(feed)
        self.assertEqual((newer["state"], newer["added"], newer["gone"], newer["expired"]), ("ok", 1, 1, 1), newer)
        self.assertEqual(server.asked[0][1]["added_after"], added(10))
        batches = {b["id"]: b for b in self.centre.call("GET", "/api/v1/lists")[1]["batches"]}
        self.assertEqual((batches[newer["batch"]]["counts"]["good"], batches[newer["batch"]]["active"], batches[first["batch"]]["active"]),
                         (10, True, False))

    def test_the_older_way_of_paging_is_followed_too(self):
        server = self.server()
        server.with_next = False
        got = self.tried(self.subscribe("Không next", server.url(f"/api1/collections/{ID}/")))
        self.assertEqual((got["state"], got["added"]), ("ok", 10), got)
        self.assertEqual([q.get("added_after") for _, q, _ in server.asked], [None, added(3), added(6), added(9)])

    def test_real_objects_give_what_the_same_file_gives(self):
        files = sorted(glob.glob(os.path.join(DATA, "**/*.json"), recursive=True))
        if not files:
            self.skipTest("no data folder with real STIX content")
        compared = 0
        for path in files:
            with open(path, encoding="utf-8") as f:
                text = f.read()
            seen = self.centre.call("POST", f"/api/v1/lists/preview?name={os.path.basename(path)}", raw=text.encode())[1]
            if seen.get("counts", {}).get("good", 0) == 0:
                continue
            server = self.server()
            server.page = 7
            server.collections[ID]["objects"] = [(added(n), o) for n, o in enumerate(json.loads(text)["objects"])]
            got = self.tried(self.subscribe(os.path.basename(path), server.url("/taxii2/")))
            self.assertEqual((got["state"], got["added"]), ("ok", seen["counts"]["good"]), (path, got))
            compared += 1
        self.assertGreaterEqual(compared, 2)

    def test_a_password_is_sent_kept_sealed_and_given_back_to_nobody(self):
        server = self.server()
        server.basic("canbo", "mật khẩu bí mật 1")
        feed = self.subscribe("Basic", server.url("/taxii2/"), auth="basic", login="canbo", secret="mật khẩu bí mật 1")
        self.assertEqual(self.tried(feed)["state"], "ok")
        self.assertEqual((feed["has_secret"], feed["login"], "secret" in feed), (True, "canbo", False))
        status, kept = self.centre.call("PATCH", f"/api/v1/feeds/{feed['id']}", {
            "source": "Basic", "url": server.url(f"/api1/collections/{ID}/"), "every_minutes": 120, "protocol": "taxii", "auth": "basic",
            "login": "canbo"})
        self.assertEqual((status, kept["has_secret"]), (200, True), kept)
        self.assertEqual(self.again(feed)["state"], "unchanged")
        other = self.server()
        other.basic("x", "y")
        for change in ({"url": other.url("/taxii2/")}, {"auth": "bearer"}):  # nobody sends it elsewhere, or in another way
            status, answer = self.centre.call("PATCH", f"/api/v1/feeds/{feed['id']}", {
                "source": "Basic", "url": server.url("/taxii2/"), "every_minutes": 120, "protocol": "taxii", "auth": "basic",
                "login": "canbo", **change})
            self.assertEqual(status, 400, answer)
        token = self.server()
        token.authorization = "Bearer the-token-2"
        self.assertEqual(self.tried(self.subscribe("Bearer", token.url("/taxii2/"), auth="bearer", secret="the-token-2"))["state"], "ok")
        wrong = self.tried(self.subscribe("Sai", token.url("/taxii2/"), auth="bearer", secret="wrong-token-3"))
        self.assertEqual(wrong["state"], "failed")
        self.assertRegex(wrong["why"]["en"], "401.*password")
        answers = json.dumps([self.centre.call("GET", "/api/v1/feeds")[1], self.centre.call("GET", "/api/v1/audit")[1]], ensure_ascii=False)
        places = {"answers": answers.encode(), "log": self.centre.log_text().encode()}
        for path in glob.glob(os.path.join(self.centre.folder, "data/**/*"), recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    places[path] = f.read()
        for secret in ("mật khẩu bí mật 1", "the-token-2", "wrong-token-3"):
            for place, text in places.items():
                self.assertNotIn(secret.encode(), text, place)
                self.assertNotIn(secret.encode().hex().encode(), text, place)

    def test_a_password_never_travels_in_the_clear_or_to_another_server(self):
        self.subscribe("Trần", "http://taxii.example/taxii2/", wants=400, auth="basic", login="a", secret="b")
        self.subscribe("Thiếu", "https://taxii.example/taxii2/", wants=400, auth="bearer")
        other = self.server()
        server = self.server(root=other.url("/api1/"))
        server.basic("a", "b")
        got = self.tried(self.subscribe("Chỉ chỗ khác", server.url("/taxii2/"), auth="basic", login="a", secret="b"))
        self.assertEqual(got["state"], "failed")
        self.assertRegex(got["why"]["en"], "another server")
        self.assertEqual(other.asked, [])

    def test_tls_of_an_authority_of_its_own(self):
        pem = os.path.join(self.centre.folder, "taxii.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pem, "-out", pem + ".crt"],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem + ".crt", pem)
        with open(pem + ".crt", encoding="ascii") as f:
            authority = f.read()
        server = self.server(context)
        bad = self.tried(self.subscribe("Không tin", server.url("/taxii2/")))
        self.assertEqual(bad["state"], "failed")
        self.assertRegex(bad["why"]["en"], "certificate")
        server.basic("a", "b")
        good = self.tried(self.subscribe("Tin", server.url("/taxii2/"), authority=authority, auth="basic", login="a", secret="b"))
        self.assertEqual((good["state"], good["added"]), ("ok", 10), good)

    def test_what_a_server_does_wrong_is_said_and_keeps_what_was_there(self):
        server = self.server()
        server.collections["x"] = {"title": "Khác", "objects": []}
        for number, (path, collection, words) in enumerate([("/taxii2/", "", "choose a collection: Botnet, Khác"),
                                                            ("/taxii2/", "none", "choose a collection"), ("/nowhere/", "", "404"),
                                                            ("/api1/collections/nothere/", "", "404")]):
            bad = self.tried(self.subscribe(f"sai {number}", server.url(path), collection=collection))
            self.assertEqual(bad["state"], "failed")
            self.assertRegex(bad["why"]["en"], words, path)
        feed = self.subscribe("Vòng", server.url(f"/api1/collections/{ID}/"))
        first = self.tried(feed)
        server.endless = True
        endless = self.again(feed)
        self.assertEqual((endless["state"], endless["batch"]), ("failed", first["batch"]), endless)
        server.endless = False
        self.assertEqual(self.again(feed)["state"], "unchanged")


if __name__ == "__main__":
    unittest.main(verbosity=2)

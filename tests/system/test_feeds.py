#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_feeds.py CENTRE: lists that the office subscribes to, from a real web server on loopback: fetched at once and by
schedule, only what changed, the new version instead of the last; every way in which a publisher fails keeps what was there."""
import os
import signal
import ssl
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, wait_for  # noqa: E402
from publisher import Publisher, addresses  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))


class FeedsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.publisher = Publisher()
        cls.centre = Centre(PROGRAM).start()
        cls.centre.first_run()

    @classmethod
    def tearDownClass(cls):
        cls.publisher.shutdown()
        cls.centre.remove()

    def url(self, path):
        return f"http://127.0.0.1:{self.publisher.server_address[1]}{path}"

    def subscribe(self, source, path, **more):
        status, feed = self.centre.call("POST", "/api/v1/feeds", {
            "source": source, "url": path if "://" in path else self.url(path), "every_minutes": 60, **more})
        self.assertEqual(status, 201, feed)
        return feed

    def feed(self, feed):
        return next(f for f in self.centre.call("GET", "/api/v1/feeds")[1]["feeds"] if f["id"] == feed["id"])

    def tried(self, feed, after=None):
        return wait_for(lambda: (lambda f: f if f["tried_at"] and f["tried_at"] != after else None)(self.feed(feed)))

    def again(self, feed):
        before = self.feed(feed)["tried_at"]
        time.sleep(0.01)
        self.assertEqual(self.centre.call("POST", f"/api/v1/feeds/{feed['id']}/fetch")[0], 202)
        return self.tried(feed, before)

    def in_use(self, batch):
        return next(b for b in self.centre.call("GET", "/api/v1/lists")[1]["batches"] if b["id"] == batch)["active"]

    def test_a_feed_is_fetched_kept_up_to_date_and_only_what_changed(self):
        self.publisher.files["/a.txt"] = ('"1"', addresses(0, 100))
        feed = self.subscribe("A", "/a.txt")
        first = self.tried(feed)
        self.assertEqual((first["state"], first["added"], first["gone"]), ("ok", 100, 0), first)
        again = self.again(feed)
        self.assertEqual((again["state"], again["batch"]), ("unchanged", first["batch"]))
        self.assertEqual([e for p, e in self.publisher.asked if p == "/a.txt"], [None, '"1"'])
        self.publisher.files["/a.txt"] = ('"2"', addresses(30, 100))
        newer = self.again(feed)
        self.assertEqual((newer["state"], newer["added"], newer["gone"]), ("ok", 30, 30), newer)
        self.assertEqual((self.in_use(newer["batch"]), self.in_use(first["batch"])), (True, False))
        self.assertEqual(newer["next_at"][:13] > newer["tried_at"][:13], True)  # an hour later
        self.publisher.files["/a.txt"] = ('"3"', addresses(30, 100))  # another tag, the same bytes
        self.assertEqual(self.again(feed)["state"], "unchanged")

    def test_a_version_that_shrank_to_nothing_does_not_replace_the_last_one(self):
        self.publisher.files["/b.txt"] = ('"1"', addresses(1000, 200))
        feed = self.subscribe("B", "/b.txt")
        first = self.tried(feed)
        for body in (b"45.95.1.1\n", b"<html>Service unavailable</html>\n", b""):
            self.publisher.files["/b.txt"] = (f'"{len(body)}"', body)
            bad = self.again(feed)
            self.assertEqual((bad["state"], bad["batch"]), ("failed", first["batch"]), (body, bad))
            self.assertTrue(bad["why"]["vi"] and bad["why"]["en"])
            self.assertTrue(self.in_use(first["batch"]))
        self.publisher.files["/b.txt"] = ('"9"', addresses(1000, 210))
        good = self.again(feed)
        self.assertEqual((good["state"], good["added"], good["why"]["vi"]), ("ok", 10, ""))

    def test_every_failure_of_a_publisher_is_said_and_tried_again(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pem = os.path.join(self.centre.folder, "self-signed.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pem, "-out", pem + ".crt"],
                       check=True, capture_output=True)
        context.load_cert_chain(pem + ".crt", pem)
        foreign = Publisher(context)
        self.addCleanup(foreign.shutdown)
        cases = {"/nowhere": "404", "/cut": "reached", "/huge": "64 MiB", "/to-file": "reached|valid", "/loop": "reached",
                 "http://127.0.0.1:1/x": "reached", f"https://127.0.0.1:{foreign.server_address[1]}/x": "certificate"}
        for number, (path, words) in enumerate(cases.items()):
            bad = self.tried(self.subscribe(f"failing {number}", path))
            self.assertEqual((bad["state"], bad["batch"], bad["fetched_at"]), ("failed", None, None), (path, bad))
            self.assertRegex(bad["why"]["en"], words, path)
            self.assertGreater(bad["next_at"], bad["tried_at"])

    def test_what_is_no_feed_is_refused_with_a_reason(self):
        for wish in ({"url": "ftp://a.example/x"}, {"url": "file:///etc/passwd"}, {"url": "https://u:p@a.example/"}, {"url": ""},
                     {"url": "http://a b/"}, {"every_minutes": 1}, {"every_minutes": 10 ** 9}, {"source": " "}, {"format": "nothing"},
                     {"kind": "both"}):
            status, answer = self.centre.call("POST", "/api/v1/feeds", {"source": "N", "url": "https://a.example/", "every_minutes": 60, **wish})
            self.assertEqual(status, 400, (wish, answer))
            self.assertTrue(answer["detail"], wish)
        feed = self.subscribe("Once", "/nowhere")
        self.assertEqual(self.centre.call("POST", "/api/v1/feeds", {"source": "Once", "url": self.url("/x"), "every_minutes": 60})[0], 409)
        self.assertEqual(self.centre.call("DELETE", f"/api/v1/feeds/{feed['id']}")[0], 204)
        for method, path in (("DELETE", ""), ("POST", "/fetch")):
            self.assertEqual(self.centre.call(method, f"/api/v1/feeds/{feed['id']}{path}")[0], 404)

    def test_a_killed_fetch_process_comes_back_and_fetches(self):
        self.publisher.files["/c.txt"] = ('"1"', addresses(2000, 20))
        pid = self.centre.pids()["canh-fetch"]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: self.centre.pids().get("canh-fetch") not in (None, pid))
        self.assertEqual(self.tried(self.subscribe("C", "/c.txt"))["state"], "ok")


if __name__ == "__main__":
    unittest.main(verbosity=2)

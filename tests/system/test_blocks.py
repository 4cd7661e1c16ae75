#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_blocks.py CENTRE: block lists fetched as a firewall or resolver does: by a token of its own that can be revoked, only what changed,
signed; warning lists and our own ranges keep out what the set still holds; nothing else is reachable with a token."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
LIST = """ioc,malware,confidence,valid_until
45.95.147.1,Mozi,90,
45.95.147.2,Mozi,20,
45.95.147.3,Mozi,90,2024-01-31
45.95.148.0/24,Mozi,90,
2a02:4780::1,Mozi,90,
*.bad.example.net,Mozi,90,
evil.example.org,Mozi,90,
abababababababababababababababababababababababababababababababab,Mozi,90,
"""


class BlocksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = Centre(PROGRAM).start()
        cls.centre.first_run()

    @classmethod
    def tearDownClass(cls):
        cls.centre.remove()

    def bring(self, text, source, **more):
        seen = self.centre.call("POST", "/api/v1/lists/preview?name=a.csv&kind=indicator", raw=text.encode())[1]
        status, done = self.centre.call("POST", "/api/v1/lists", {"upload": seen["upload"], "source": source, "kind": "indicator",
                                                                  "zone_minutes": 420, "period": "", "letter": "", **more})
        self.assertEqual(status, 201, done)
        return done["batch"]["id"]

    def subscribe(self, target, **more):
        status, made = self.centre.call("POST", "/api/v1/block-subscribers", {"name": "Tường lửa " + target, "target": target, **more})
        self.assertEqual(status, 201, made)
        return made

    def get(self, path, **headers):
        return self.centre.request("GET", path, headers=headers)

    def lines(self, made):
        status, _, body = self.get(made["path"])
        self.assertEqual(status, 200, body)
        return [line for line in body.decode().splitlines() if line[:1] not in "#;"]

    def subscriber(self, made):
        return next(s for s in self.centre.call("GET", "/api/v1/block-subscribers")[1]["subscribers"] if s["id"] == made["id"])

    def test_each_device_gets_its_words_and_only_what_changed(self):
        early = self.subscribe("nftables", list_name="som")
        if not self.centre.call("GET", "/api/v1/lists")[1]["set"]:
            self.assertEqual(self.get(early["path"])[0], 404)  # no set in use yet
        batch = self.bring(LIST, "Một")
        nft = self.subscribe("nftables", least_confidence=50)
        self.assertRegex(nft["path"], r"^/api/v1/block-lists/[0-9a-f]{64}/canh\.nft$")
        status, head, body = self.get(nft["path"])
        self.assertEqual(status, 200)
        for value, there in (("45.95.147.1 ", True), ("45.95.147.2 ", False), ("45.95.147.3 ", False), ("45.95.148.0/24", True),
                             ("2a02:4780::1", True), ("evil.example.org", False)):
            self.assertEqual(value in body.decode(), there, value)
        self.assertEqual(self.get(nft["path"], **{"If-None-Match": head["etag"]})[0::2], (304, b""))
        again = self.get(nft["path"])
        self.assertEqual((again[0], again[1]["etag"], again[2]), (200, head["etag"], body))
        self.assertEqual(self.centre.request("HEAD", nft["path"])[0::2], (200, b""))
        seen = self.subscriber(nft)
        self.assertEqual((seen["fetched"] >= 3, seen["last_address"]), (True, "127.0.0.1"))
        self.assertNotIn("token", str(seen))

        rpz = self.lines(self.subscribe("rpz", answer="passthru"))
        for line in ("bad.example.net CNAME rpz-passthru.", "*.bad.example.net CNAME rpz-passthru.", "evil.example.org CNAME rpz-passthru.",
                     "32.1.147.95.45.rpz-ip CNAME rpz-passthru."):
            self.assertIn(line, rpz)
        mikrotik = self.lines(self.subscribe("mikrotik", list_name="botnet"))
        self.assertIn("/ip firewall address-list add list=botnet address=45.95.147.1", mikrotik)
        self.assertIn("/ipv6 firewall address-list add list=botnet address=2a02:4780::1", mikrotik)
        self.assertIn("45.95.148.0/24", self.lines(self.subscribe("fortigate-address")))
        self.assertIn("*.bad.example.net", self.lines(self.subscribe("fortigate-name")))

        self.bring("45.95.150.1\n", "Hai")
        status, newer, body = self.get(nft["path"], **{"If-None-Match": head["etag"]})
        self.assertEqual((status, b"45.95.150.1" in body), (200, True))
        self.assertNotEqual(newer["etag"], head["etag"])
        self.assertEqual(self.centre.call("DELETE", f"/api/v1/lists/{batch}")[0], 204)
        self.assertNotIn(b"45.95.147.1 ", self.get(nft["path"], **{"If-None-Match": newer["etag"]})[2])

    def test_our_own_ranges_are_never_blocked_whatever_the_set_holds(self):
        self.bring("45.99.1.1\n45.99.2.0/24\n45.98.1.1\n", "Ba")
        made = self.subscribe("fortigate-address", list_name="minh")
        self.assertTrue({"45.99.1.1", "45.99.2.0/24", "45.98.1.1"} <= set(self.lines(made)))
        unit = self.centre.call("GET", "/api/v1/units")[1]["units"][0]["id"]
        status, answer = self.centre.call("POST", "/api/v1/ranges", {"unit": unit, "prefix": "45.99.0.0/16", "behind_nat": True})
        self.assertEqual(status, 201, answer)
        now = set(self.lines(made))
        self.assertEqual(({"45.99.1.1", "45.99.2.0/24"} & now, "45.98.1.1" in now), (set(), True))

    def test_a_sinkhole_is_never_blocked(self):
        self.bring("ioc,role\nsink.example.org,sinkhole\ncontrol.example.org,c2\n", "Vai trò")
        rpz = self.lines(self.subscribe("rpz", list_name="vaitro"))
        self.assertEqual(("sink.example.org CNAME ." in rpz, "control.example.org CNAME ." in rpz), (False, True))
        self.bring("whole.example.org\n", "Cả danh sách", origin="sinkhole")  # rows that say nothing: a person does
        self.bring("whole.example.org\n", "Danh sách khác")  # of two lists' words the sinkhole counts
        self.assertFalse([line for line in self.lines(self.subscribe("rpz", list_name="ca")) if line.startswith("whole")])

    def test_who_called_a_sinkhole_is_told_so(self):
        unit = self.centre.call("GET", "/api/v1/units")[1]["units"][0]["id"]
        self.centre.call("POST", "/api/v1/ranges", {"unit": unit, "prefix": "45.117.80.0/24", "behind_nat": True})
        report = (b'"timestamp","src_ip","src_port","dst_ip","dst_port","infection","tag","severity"\n'
                  b'"2024-01-14 17:31:02","45.117.80.9",50555,"184.105.192.2",80,"andromeda","andromeda","critical"\n')
        for name, told in (("2024-01-15-event4_sinkhole-mau.csv", True), ("2024-01-15-special-mau.csv", False)):
            seen = self.centre.call("POST", f"/api/v1/lists/preview?name={name}&kind=victim", raw=report + name.encode()[:0])[1]
            status, done = self.centre.call("POST", "/api/v1/lists", {"upload": seen["upload"], "source": name, "kind": "victim",
                                                                      "zone_minutes": 0, "period": "", "letter": ""})
            self.assertEqual(status, 201, done)
            reasons = [f["reason"]["en"] for f in self.centre.call("GET", "/api/v1/findings")[1]["findings"] if f["remote"] == "184.105.192.2"]
            self.assertEqual(sum("defenders' sinkhole" in r and "not to be blocked" in r for r in reasons), 1, reasons)
            self.assertEqual(len(reasons), 1 if told else 2)

    def test_the_signature_holds_under_the_public_key(self):
        self.bring("45.95.151.1\nsigned.example.org\n", "Ký")
        made = self.subscribe("rpz", list_name="ky")
        folder = self.centre.folder
        for name, path in (("list", made["path"]), ("sig", made["path"] + ".sig"), ("key", "/api/v1/block-lists/key.pem")):
            status, _, body = self.get(path)
            self.assertEqual(status, 200, body)
            with open(os.path.join(folder, name), "wb") as f:
                f.write(body)
        verify = ["openssl", "dgst", "-sha256", "-verify", os.path.join(folder, "key"), "-signature", os.path.join(folder, "sig")]
        self.assertEqual(subprocess.run([*verify, os.path.join(folder, "list")], capture_output=True, check=False).returncode, 0)
        with open(os.path.join(folder, "list"), "ab") as f:
            f.write(b"gov.vn CNAME .\n")
        self.assertEqual(subprocess.run([*verify, os.path.join(folder, "list")], capture_output=True, check=False).returncode, 1)
        page = self.centre.call("GET", "/api/v1/block-subscribers")[1]
        self.assertEqual(page["public_key"].encode(), self.get("/api/v1/block-lists/key.pem")[2])
        self.assertEqual(page["fingerprint"], self.centre.call("GET", "/api/v1/feeds")[1]["fingerprint"])

    def test_a_token_opens_one_list_until_it_is_revoked(self):
        self.bring("45.95.152.1\n", "Năm")
        made, other = self.subscribe("nftables", list_name="mot"), self.subscribe("mikrotik", list_name="hai")
        token = made["path"].split("/")[4]
        for path in (made["path"].replace("mot.nft", "hai.rsc"), made["path"] + "x", made["path"].replace(token, "0" * 64),
                     made["path"].replace(token, token[:-1]), f"/api/v1/block-lists/{token}/..%2F..%2Fkeys"):
            self.assertEqual(self.get(path)[0], 404, path)
        for method, path in (("GET", "/api/v1/feeds"), ("GET", "/api/v1/lists"), ("POST", made["path"]), ("DELETE", made["path"])):
            status, _, _ = self.centre.request(method, path, headers={"Authorization": "Bearer " + token})
            self.assertIn(status, (401, 405), (method, path))
        self.assertEqual(self.centre.call("DELETE", f"/api/v1/block-subscribers/{made['id']}")[0], 204)
        self.assertEqual((self.get(made["path"])[0], self.get(made["path"] + ".sig")[0], self.get(other["path"])[0]), (404, 404, 200))
        self.assertTrue(self.subscriber(made)["revoked_at"])
        self.assertEqual(self.centre.call("DELETE", f"/api/v1/block-subscribers/{made['id']}")[0], 404)
        self.assertNotIn(token, self.centre.log_text())
        with open(self.database(), "rb") as f:
            self.assertNotIn(token.encode(), f.read())
        audit = str(self.centre.call("GET", "/api/v1/audit")[1])
        self.assertIn("block_subscribe", audit)
        self.assertIn("block_revoke", audit)

    def database(self):
        for root, _, names in os.walk(os.path.join(self.centre.folder, "data")):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    if f.read(15) == b"SQLite format 3":
                        return os.path.join(root, name)
        raise AssertionError("no database")

    def test_too_often_is_refused_and_wrong_wishes_too(self):
        self.bring("45.95.153.1\n", "Sáu")
        made = self.subscribe("nftables", list_name="day")
        self.assertIn(429, [self.get(made["path"])[0] for _ in range(40)])
        for wish in ({"name": ""}, {"target": "iptables"}, {"list_name": "A b"}, {"list_name": "a" * 25}, {"answer": "x"},
                     {"least_confidence": 101}):
            status, answer = self.centre.call("POST", "/api/v1/block-subscribers", {"name": "x", "target": "rpz", **wish})
            self.assertEqual(status, 400, (wish, answer))


if __name__ == "__main__":
    unittest.main(verbosity=2)

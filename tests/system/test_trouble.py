#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_trouble.py PROGRAM: what is done to the running centre: a disk that is full, kill -9 in the middle of an import, uploads that
crash, swell or never end, bodies too large, a client that sends a byte now and then, and the console over TLS."""
import concurrent.futures
import io
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre, free_port, speaking  # noqa: E402
from sample_office import PASSWORD, SampleOffice  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
MIB = 1 << 20


def wait_for(what, seconds=30):
    until = time.time() + seconds
    while time.time() < until:
        try:
            if what():
                return True
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    return False


def victim_list(rows):
    """A list of our own districts' addresses: each becomes a finding or is seen again."""
    lines = ["STT;Địa chỉ IP;Cổng;Thời gian phát hiện;Loại mã độc"]
    lines += [f"{i};203.0.113.{12 + i % 4};{1024 + i % 60000};12/01/2024 09:{i // 60 % 60:02}:{i % 60:02};Emotet-{i % 97}"
              for i in range(rows)]
    return "\n".join(lines).encode()


def zip_of(name, size):
    """A workbook-like archive of which one member swells to `size` zero bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        z.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        with z.open(name, "w", force_zip64=True) as f:
            head = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            f.write(head)
            for _ in range(size // MIB):
                f.write(b"<row><c><v>1</v></c></row>" * (MIB // 26))
    return made.getvalue()


class ReaderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = SampleOffice(PROGRAM)
        cls.before = cls.office.centre.pids()

    @classmethod
    def tearDownClass(cls):
        cls.office.remove()

    def preview(self, name, body):
        return self.office.admin.call("POST", f"/api/v1/lists/preview?name={name}&kind=victim&zone=420", raw=body)

    def test_hostile_uploads_are_refused_in_words_and_harm_nobody(self):
        hostile = {
            "bomb.xlsx": zip_of("xl/worksheets/sheet1.xml", 400 * MIB),
            "empty.xlsx": zip_of("xl/nothing.xml", 0),
            "cut.xlsx": zip_of("xl/worksheets/sheet1.xml", 2 * MIB)[:700],
            "garbage.csv": os.urandom(8 * MIB),
            "zero.csv": bytes(64 * MIB),
            "one-line.csv": b"a;" * (16 * MIB),
            "brackets.json": b"[" * (4 * MIB),
            "xml.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]><a>&b;</a>' + b"<a>" * MIB,
        }
        for name, body in hostile.items():
            began = time.time()
            status, answer = self.preview(name, body)
            self.assertIn(status, (200, 400, 413, 415, 422), (name, str(answer)[:200]))
            if status != 200:
                self.assertTrue(answer["detail"], name)
            else:
                self.assertEqual(answer["victims"], [], name)
            self.assertLess(time.time() - began, 120, name)
            self.assertEqual(self.office.centre.pids(), self.before, f"{name} cost a process its life")
            status, answer = self.office.admin.call("GET", "/api/v1/status")
            self.assertEqual(status, 200)
        self.assertGreaterEqual(answer["counters"]["reader_jobs_failed"], 1)
        _, seen = self.preview("good.csv", victim_list(10))
        self.assertEqual(seen["counts"]["good"], 10)

    def test_a_reader_killed_at_work_costs_that_upload_only(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            job = pool.submit(self.preview, "large.csv", victim_list(200000))
            reader = self.office.centre.pids()["canh-reader"]
            self.assertTrue(wait_for(lambda: children_of(reader), 20))
            os.kill(children_of(reader)[0], signal.SIGKILL)
            status, answer = job.result(120)
        self.assertIn(status, (400, 422, 503), answer)
        self.assertEqual(self.office.centre.pids()["canh-web"], self.before["canh-web"])
        self.assertEqual(self.preview("good.csv", victim_list(10))[0], 200)

    def test_a_body_too_large_is_refused_before_it_is_sent(self):
        for path, limit in (("/api/v1/lists/preview?name=x", 64 * MIB), ("/api/v1/units", MIB), ("/api/v1/session", MIB),
                            ("/api/v1/nothing", 1024)):
            self.assertEqual(self.office.centre.announce(path, limit + 1), 413, path)

    def test_slow_clients_wait_for_nobody_but_themselves(self):
        slow = []
        for _ in range(60):
            s = socket.create_connection(("127.0.0.1", self.office.centre.port))
            s.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
            slow.append(s)
        half = socket.create_connection(("127.0.0.1", self.office.centre.port))
        half.sendall(b"GET /api/v1/ses")
        for _ in range(10):
            for s in slow:
                s.sendall(b" ")
            began = time.time()
            self.assertEqual(self.office.admin.call("GET", "/api/v1/units")[0], 200)
            self.assertLess(time.time() - began, 5)
        for s in (*slow, half):
            s.close()


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(child) for child in f.read().split()]


class KillTest(unittest.TestCase):
    def test_an_import_that_is_killed_is_whole_or_not_there(self):
        """web dies at another moment each time; what is found afterwards is all of it or nothing, and can be brought again."""
        office = SampleOffice(PROGRAM)
        self.addCleanup(office.remove)
        outcomes, began = set(), time.time()
        office.admin.must("POST", "/api/v1/lists", self.wish(office, 9, victim_list(2999)))
        whole = time.time() - began
        for n, delay in enumerate((0.0, whole / 4, whole / 2, whole * 3 / 4, whole * 1.2)):
            body = victim_list(3000 + n)
            wish = self.wish(office, n, body)
            count = self.count(office)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                sent = pool.submit(self.send, office, wish)
                time.sleep(delay)
                os.kill(office.centre.pids()["canh-web"], signal.SIGKILL)
                status = sent.result(60)
            self.assertTrue(wait_for(lambda: office.admin.call("GET", "/api/v1/session")[1]["signed_in"], 60))
            batches = [b for b in office.admin.must("GET", "/api/v1/lists")["batches"] if b["file_name"] == f"l{n}.csv"]
            outcomes.add(bool(batches))
            if status == 201:
                self.assertTrue(batches, "acknowledged and lost")
            if batches:
                self.assertEqual(batches[0]["counts"]["good"], 3000 + n)
                self.assertEqual(self.rows(office, batches[0]["id"]), 3000 + n)
            else:
                self.assertEqual(self.count(office), count, "findings of a list that is not there")
                office.admin.must("POST", "/api/v1/lists", self.wish(office, n, body))
        print("killed imports that were there afterwards:", sorted(outcomes), file=sys.stderr)

    def wish(self, office, n, body):
        seen = office.admin.must("POST", f"/api/v1/lists/preview?name=l{n}.csv&kind=victim&zone=420", raw=body)
        return {"upload": seen["upload"], "source": "mau-vn", "kind": "victim", "as": seen["format"], "zone_minutes": 420,
                "period": f"2024-{n + 1:02}", "letter": ""}

    def send(self, office, wish):
        try:
            return office.admin.call("POST", "/api/v1/lists", wish)[0]
        except (OSError, ValueError, __import__("http.client").client.HTTPException):
            return 0

    def count(self, office):
        return len(office.admin.must("GET", "/api/v1/findings")["findings"])

    def rows(self, office, batch):
        import sqlite3
        db = sqlite3.connect(f"file:{office.centre.folder}/data/office/canh.db?mode=ro", uri=True)
        try:
            return db.execute("select count(*) from observation where batch_id = ?", (batch,)).fetchone()[0]
        finally:
            db.close()


class FullDiskTest(unittest.TestCase):
    def test_a_full_disk_is_said_and_what_was_acknowledged_stays(self):
        """A limit on the size of a file stands for the disk: the database meets it as a write that fails."""
        office = SampleOffice(PROGRAM)
        self.addCleanup(office.remove)
        web = office.centre.pids()["canh-web"]
        database = os.path.join(office.centre.folder, "data/office/canh.db")
        limit = max(os.path.getsize(database), os.path.getsize(database + "-wal")) + 65536
        resource.prlimit(web, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        kept, refused = [], None
        for i in range(3000):
            status, answer = office.admin.call("POST", "/api/v1/people", {"unit": office.own, "name": f"Người {i}", "title": "x" * 200})
            if status == 201:
                kept.append(answer["id"])
                continue
            refused = (status, answer)
            break
        self.assertIsNotNone(refused, "the disk never became full")
        self.assertIn(refused[0], (413, 500, 503, 507), refused)
        self.assertTrue(refused[1]["detail"])
        self.assertEqual(office.centre.pids()["canh-web"], web)
        self.assertEqual(office.admin.call("GET", "/api/v1/units")[0], 200)  # reading goes on
        resource.prlimit(web, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        there = {p["id"] for p in office.admin.must("GET", f"/api/v1/people?unit={office.own}")["people"]}
        self.assertLessEqual(set(kept), there)
        self.assertEqual(office.admin.call("POST", "/api/v1/people", {"unit": office.own, "name": "Sau", "title": "x"})[0], 201)
        done = subprocess.run([PROGRAM, "--data", os.path.join(office.centre.folder, "data"), "admin", "check"],
                              capture_output=True, env=speaking("en_GB.UTF-8"))
        self.assertEqual(done.returncode, 0, done.stdout)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class TlsTest(unittest.TestCase):
    def test_a_console_for_others_speaks_tls_only_with_a_secure_cookie(self):
        centre = Centre(PROGRAM)
        self.addCleanup(centre.remove)
        port, out = free_port(), os.path.join(centre.folder, "out")
        with open(out, "wb") as stdout, open(os.path.join(centre.folder, "log"), "wb") as log:
            centre.log = log
            centre.process = subprocess.Popen(
                [PROGRAM, "--data", os.path.join(centre.folder, "data"), "--listen", f"0.0.0.0:{port}", "--agents", "127.0.0.1:0"],
                stdout=stdout, stderr=log, env=speaking("en_GB.UTF-8"))
        self.assertTrue(wait_for(lambda: "First-run code" in read(out)))
        centre.output = read(out)
        self.assertIn(f"https://127.0.0.1:{port}/", centre.output)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(os.path.join(centre.folder, "data/keys/authority.pem"))
        import http.client
        c = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
        body = ('{"code":"%s","office_name":"A","parent_name":"B","place":"","hotline":"","login":"quantri","name":"Q",'
                '"password":"%s"}' % (centre.printed("First-run code"), PASSWORD))
        c.request("POST", "/api/v1/first-run", body, {"Content-Type": "application/json"})
        answer = c.getresponse()
        self.assertEqual(answer.status, 201, answer.read())
        cookie = answer.getheader("Set-Cookie")
        self.assertTrue(cookie.startswith("__Host-canh_session=") and "Secure" in cookie, cookie)
        answer.read()
        c.request("GET", "/api/v1/units", headers={"Cookie": cookie.split(";")[0]})
        answer = c.getresponse()
        self.assertEqual(answer.status, 200)
        answer.read()
        c.request("GET", "/api/v1/units", headers={"Cookie": cookie.split(";")[0].replace("__Host-", "")})
        self.assertEqual(c.getresponse().status, 401)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError, ValueError)):
            old.wrap_socket(socket.create_connection(("127.0.0.1", port))).close()
        with self.assertRaises((OSError, http.client.HTTPException)):
            plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            plain.request("GET", "/api/v1/session")
            self.assertNotEqual(plain.getresponse().status, 200)
            raise OSError("answered, but not with the page")
        c.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""tests/system/match_test.py CANH SOURCES: `canh list build` and `canh match` from outside, on the sample district's list and
capture, on bad input, and on foreign captures where CANH_DATA (or ../shared/data beside the sources) has them.
SPDX-License-Identifier: Apache-2.0"""
import collections
import csv
import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest

CANH, SOURCES = sys.argv[1], sys.argv[2]
SAMPLE = os.path.join(SOURCES, "packs", "sample-district")
CAPTURE = os.path.join(SAMPLE, "sample-capture.pcap")
DATA = os.environ.get("CANH_DATA") or os.path.join(SOURCES, "..", "shared", "data")
FIELDS = {"at", "source", "destination", "type", "value", "family", "list", "input"}


def canh(*words, **more):
    done = subprocess.run([CANH, *words], capture_output=True, env={**os.environ, "LC_ALL": "en_US.UTF-8"},
                          timeout=120, check=False, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Match(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="canh-match-")
        cls.set = os.path.join(cls.folder.name, "sample.set")
        code, _, said = canh("list", "build", os.path.join(SAMPLE, "lists", "indicators.csv"), "-o", cls.set)
        assert code in (0, 1), said

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def write(self, name, content):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def test_the_sample_capture_shows_who_asked_for_listed_names(self):
        code, out, said = canh("match", self.set, CAPTURE, "--json")
        self.assertEqual(code, 1, said)
        rows = [json.loads(line) for line in out.splitlines()]
        for row in rows:
            self.assertLessEqual(FIELDS, set(row))
            self.assertEqual(row["input"], CAPTURE)
        asked = collections.Counter((r["source"], r["value"]) for r in rows if r["type"] == "name")
        self.assertEqual(asked[("203.0.113.12", "tet-loto.example")], 2)
        self.assertEqual(asked[("198.51.100.23", "c2.den-long.invalid")], 10)
        self.assertEqual(asked[("203.0.113.14", "tai-ve.cap-nhat-vssid.example")], 1)
        self.assertEqual({r["value"] for r in rows if r["type"] == "url"}, {"tet-loto.example/nhan-li-xi.php"})

    def test_the_table_for_people_says_the_same(self):
        code, out, said = canh("match", self.set, CAPTURE)
        self.assertEqual(code, 1)
        self.assertIn("c2.den-long.invalid", out)
        self.assertIn("packets", said)

    def test_standard_input_is_an_input(self):
        with open(CAPTURE, "rb") as file:
            code, out, _ = canh("match", self.set, "-", "--json", stdin=file)
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out.splitlines()[0])["input"], "-")

    def test_an_output_that_is_no_plain_file_stays_what_it_is(self):
        link, pipe = os.path.join(self.folder.name, "link"), os.path.join(self.folder.name, "pipe")
        target = self.write("target", b"longer than what is written" * 100)
        os.symlink(target, link)
        os.mkfifo(pipe)
        reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
        for output in link, pipe:
            code, _, said = canh("list", "build", os.path.join(SAMPLE, "lists", "indicators.csv"), "-o", output)
            if not stat.S_ISFIFO(os.stat(pipe).st_mode):
                reader.kill()  # nobody opened it
            self.assertIn(code, (0, 1), said)
        with open(self.set, "rb") as file:
            whole = file.read()
        self.assertEqual(reader.communicate(timeout=60)[0], whole)
        with open(target, "rb") as file:
            self.assertEqual(file.read(), whole)
        self.assertTrue(os.path.islink(link) and stat.S_ISFIFO(os.stat(pipe).st_mode))

    def test_a_capture_without_hits_gives_nothing_and_0(self):
        with open(CAPTURE, "rb") as file:
            head = file.read(24)
        code, out, _ = canh("match", self.set, self.write("empty.pcap", head), "--json")
        self.assertEqual((code, out), (0, ""))

    def test_a_cut_capture_shows_what_came_before_and_is_2(self):
        with open(CAPTURE, "rb") as file:
            content = file.read()
        code, out, said = canh("match", self.set, self.write("cut.pcap", content[:-9]), "--json")
        self.assertEqual(code, 2)
        self.assertGreater(len(out.splitlines()), 10)
        self.assertIn("cut.pcap", said)

    def test_what_is_no_capture_and_no_set_is_2_with_the_file_and_the_reason(self):
        code, out, said = canh("match", self.set, self.write("list.csv", b"STT;IP\n1;203.0.113.9\n"), "--json")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("list.csv", said)
        code, _, said = canh("match", CAPTURE, CAPTURE)
        self.assertEqual(code, 2)
        self.assertIn("sample-capture.pcap", said)
        code, _, said = canh("match", os.path.join(self.folder.name, "gone.set"), CAPTURE)
        self.assertEqual(code, 2)
        self.assertIn("gone.set", said)
        self.assertEqual(canh("match")[0], 2)

    @unittest.skipUnless(os.path.isdir(os.path.join(DATA, "captures")), "no folder of foreign captures (CANH_DATA)")
    def test_known_hits_of_foreign_captures_come_out_with_their_counts(self):
        with open(os.path.join(DATA, "captures", "KNOWN-HITS.csv"), encoding="utf-8") as file:
            known = [row for row in csv.DictReader(file) if row["capture"].endswith(".pcap")]
        plain = self.write("known.txt", "\n".join(sorted({row["indicator"] for row in known})).encode() + b"\n")
        built = os.path.join(self.folder.name, "known.set")
        code, _, said = canh("list", "build", plain, "-o", built)
        self.assertIn(code, (0, 1), said)
        for row in known:
            _, out, _ = canh("match", built, os.path.join(DATA, row["capture"]), "--json")
            packets = sum(json.loads(line)["packets"] for line in out.splitlines()
                          if json.loads(line)["value"] == row["indicator"])
            self.assertEqual(packets, int(row["count"]), row["capture"])

    @unittest.skipUnless(os.path.isdir(os.path.join(DATA, "captures")), "no folder of foreign captures (CANH_DATA)")
    def test_every_foreign_capture_is_read_or_refused_with_words(self):
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(DATA, "captures"))
                 for name in sorted(names) if name.endswith((".pcap", ".pcapng", ".cap"))]
        self.assertGreater(len(paths), 1000)
        for start in range(0, len(paths), 500):
            code, _, said = canh("match", self.set, *paths[start:start + 500], "--json")
            self.assertIn(code, (0, 1, 2), said)
            self.assertNotIn("Sanitizer", said)
            self.assertNotIn("runtime error", said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

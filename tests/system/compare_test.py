#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_test.py CANH SOURCES: `canh list compare` against sets of values made by Python out of what `canh list show` reads: invented
lists, two months of ThreatFox and sets of several real lists where CANH_DATA (or ../shared/data beside the sources) has them."""
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest

CANH, SOURCES = os.path.abspath(sys.argv[1]), sys.argv[2]
DATA = os.environ.get("CANH_DATA") or os.path.join(SOURCES, "..", "shared", "data")
PACKS = ("--packs", os.path.join(SOURCES, "packs"))


def canh(*words):
    done = subprocess.run([CANH, *words, *PACKS], capture_output=True, env={**os.environ, "LC_ALL": "en_US.UTF-8"}, timeout=300, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def values(path):
    _, out, said = canh("list", "show", "--json", path)
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows, said
    return {(r["type"], r["value"]) for r in rows}


def counts(*words):
    code, out, said = canh("list", "compare", "--json", *words)
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines, said
    return code, {line["source"]: (line["new"], line["still"], line["gone"], line["expired"]) for line in lines if line["kind"] == "compare"}


class Compare(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="canh-compare-")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w" if isinstance(text, str) else "wb") as f:
            f.write(text)
        return path

    def set_of(self, name, *lists):
        path = os.path.join(self.folder, name)
        code, _, said = canh("list", "build", *lists, "-o", path)
        self.assertIn(code, (0, 1), said)
        return path

    def test_two_versions_of_a_list(self):
        old = self.file("jan.csv", "ioc,valid_until\n45.95.1.1,2024-02-01\n45.95.1.2,\n45.95.1.3,\n")
        new = self.file("feb.csv", "ioc,valid_until\n45.95.1.1,2024-02-01\n45.95.1.3,2099-01-01\nbad.example.com,2024-01-01\n")
        self.assertEqual(counts(old, new), (1, {"feb.csv": (1, 2, 1, 2), None: (1, 2, 1, 2)}))
        self.assertEqual(counts(new, new)[0], 0)
        code, out, _ = canh("list", "compare", old, new, "--show", "all")
        self.assertEqual(sorted(out.splitlines()[:4]), ["+ name bad.example.com", "- ipv4 45.95.1.2", "= ipv4 45.95.1.1", "= ipv4 45.95.1.3"])
        self.assertEqual(canh("list", "compare", old)[0], 2)
        self.assertEqual(canh("list", "compare", old, os.path.join(self.folder, "none"))[0], 2)

    def test_per_list_and_in_all_of_two_sets(self):
        a1, b1 = self.file("a", "45.95.1.1\n45.95.1.2\n"), self.file("b", "45.95.1.2\n45.95.1.3\n")
        old = self.set_of("old.set", a1, b1)
        a2, b2 = self.file("a", "45.95.1.1\n45.95.1.3\n"), self.file("b", "45.95.1.3\n45.95.1.4\n")
        new = self.set_of("new.set", a2, b2)
        self.assertEqual(counts(old, new)[1], {"a": (1, 1, 1, 0), "b": (1, 1, 1, 0), None: (1, 2, 1, 0)})

    def test_months_of_real_lists(self):
        archive = os.path.join(DATA, "indicators/threatfox-ips-monthly.tar.xz")
        if not os.path.exists(archive):
            self.skipTest("no real lists here")
        with tarfile.open(archive) as tar:
            months = [os.path.join(self.folder, m.name) for m in tar.getmembers() if m.name.endswith(".txt")]
            tar.extractall(self.folder, filter="data")
        months.sort()
        for older, newer in ((months[0], months[1]), (months[-2], months[-1]), (months[0], months[-1])):
            old, new = values(older), values(newer)
            told = counts(older, newer)[1]
            self.assertEqual(told[None], (len(new - old), len(new & old), len(old - new), 0), (older, newer))
            print(os.path.basename(older), os.path.basename(newer), told[None])

    def test_sets_of_real_lists_by_list(self):
        folder = os.path.join(DATA, "indicators/critical-path-feeds")
        ipsum = os.path.join(DATA, "indicators/ipsum/ipsum.txt.xz")
        if not os.path.exists(ipsum):
            self.skipTest("no real lists here")
        with lzma.open(ipsum) as f:
            ip = self.file("ipsum.txt", f.read())
        lists = [os.path.join(folder, n) for n in ("alienvault.txt", "tor-exit.txt", "threatfox.txt")]
        old, new = self.set_of("old.set", *lists), self.set_of("new.set", ip, *lists[1:])
        had = {os.path.basename(p): values(p) for p in lists}
        has = {os.path.basename(p): values(p) for p in (ip, *lists[1:])}
        wanted = {name: (len(has.get(name, set()) - had.get(name, set())), len(has.get(name, set()) & had.get(name, set())),
                         len(had.get(name, set()) - has.get(name, set())), 0) for name in {*had, *has}}
        before, now = set().union(*had.values()), set().union(*has.values())
        wanted[None] = (len(now - before), len(now & before), len(before - now), 0)
        self.assertEqual(counts(old, new)[1], wanted)
        print(wanted)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)

#!/usr/bin/env python3
"""tests/system/flows_test.py CANH SOURCES: `canh flows` from outside, on foreign captures and logs of CANH_DATA (or ../shared/data
beside the sources): everything passes through, what is shown agrees with an independent reading of the same rows, hunts find
what is known to be there. Skipped, and said so, where there is no such folder. SPDX-License-Identifier: Apache-2.0"""
import collections
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

CANH, SOURCES = sys.argv[1], sys.argv[2]
DATA = os.environ.get("CANH_DATA") or os.path.join(SOURCES, "..", "shared", "data")
BATCH = 200
BROKEN = re.compile(r"Sanitizer|runtime error|Assertion|stack smashing")
# A filter and the same in Python, over a row of `show --json`.
FILTERS = {
    "tcp and dst port in [80, 443]": lambda r: r["protocol"] == "tcp" and r["destination_port"] in (80, 443),
    "src net 192.168.0.0/16 and not udp": lambda r: inside(r["source"], "192.168.0.0/16") and r["protocol"] != "udp",
    "bytes > 10k or packets 1": lambda r: total(r, "bytes") > 10000 or total(r, "packets") == 1,
    "flags S and not flags A": lambda r: "S" in flags(r) and "A" not in flags(r),
    "ipv6 and (port 53 or icmp6)": lambda r: ":" in r["source"] and (
        r["protocol"] == "icmp6" or 53 in (r["source_port"], r["destination_port"])),
    "proto 47 or net 10.0.0.0 255.0.0.0": lambda r: r["protocol"] == "47" or inside(r["source"], "10.0.0.0/8") or inside(
        r["destination"], "10.0.0.0/8"),
}


def inside(address, net):
    return ipaddress.ip_address(address) in ipaddress.ip_network(net)


def total(row, what):
    return row[what + "_out"] + row[what + "_in"]


def flags(row):
    return row["flags_out"] + row["flags_in"]


def canh(*words):
    done = subprocess.run([CANH, *words], capture_output=True, env={**os.environ, "LC_ALL": "en_US.UTF-8"}, timeout=900, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


def files_of(*folders):
    for folder in folders:
        for place, _, names in sorted(os.walk(os.path.join(DATA, folder))):
            yield from (os.path.join(place, name) for name in sorted(names))


@unittest.skipUnless(os.path.isdir(os.path.join(DATA, "captures")), f"no foreign captures in {DATA}")
class Flows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="canh-flows-")
        cls.archive = os.path.join(cls.folder.name, "archive")
        captures = [path for path in files_of("captures/ndpi-pcaps") if path.endswith((".pcap", ".pcapng"))]
        code, out, said = canh("flows", "import", cls.archive, "--json", *captures)
        assert code in (0, 2), said
        cls.imported = rows(out)
        assert len(cls.imported) > 200, said
        _, out, _ = canh("flows", "show", cls.archive, "--json")
        cls.flows = rows(out)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_flow_that_was_imported_is_shown_in_the_order_of_its_begin(self):
        self.assertEqual(len(self.flows), sum(r["flows"] for r in self.imported))
        begins = [row["begin"].replace("Z", ".000Z") if "." not in row["begin"] else row["begin"] for row in self.flows]
        self.assertEqual(begins, sorted(begins))

    def test_filters_choose_what_an_independent_reading_chooses(self):
        for words, means in FILTERS.items():
            _, out, said = canh("flows", "show", self.archive, words, "--json")
            self.assertEqual(rows(out), [row for row in self.flows if means(row)], f"{words}: {said}")

    def test_periods_hold_what_overlaps_them(self):
        middle = self.flows[len(self.flows) // 2]["begin"]
        _, before, _ = canh("flows", "show", self.archive, "--until", middle, "--json")
        self.assertEqual({r["begin"] < middle for r in rows(before)}, {True})
        self.assertEqual(len(rows(before)), sum(r["begin"] < middle for r in self.flows))

    def test_sums_add_up(self):
        _, out, _ = canh("flows", "show", self.archive, "--top", "1000", "--by", "proto", "--json")
        sums = collections.Counter()
        for row in self.flows:
            sums[row["protocol"]] += total(row, "bytes")
        self.assertEqual({r["proto"]: r["bytes"] for r in rows(out)}, dict(sums))

    def test_hunt_finds_the_true_hits_and_names_the_host(self):
        listed = os.path.join(self.folder.name, "listed.csv")
        with open(listed, "w", encoding="utf-8") as file:
            file.write("ip,family\n82.118.225.196,TrickBot\n144.139.247.220,Emotet\n9.9.9.1,Nobody\n")
        code, _, said = canh("list", "build", listed, "-o", listed + ".set", "--no-warning")
        self.assertEqual(code, 0, said)
        code, out, said = canh("flows", "hunt", self.archive, listed + ".set", "--json")
        self.assertEqual(code, 1, said)
        self.assertEqual({(r["value"], r["host"]) for r in rows(out)},
                         {("82.118.225.196", "10.12.29.101"), ("144.139.247.220", "192.168.7.7")})

    def test_trace_names_the_only_host_that_spoke_to_the_peer(self):
        code, out, said = canh("flows", "trace", self.archive, "--public", "203.0.113.5", "--at", "2020-12-29T18:22:00Z",
                               "--peer", "82.118.225.196:7080", "--json")
        self.assertEqual(code, 1, said)
        self.assertEqual([(r["host"], r["rank"]) for r in rows(out)], [("10.12.29.101", 1)])

    def test_every_real_file_passes_and_each_is_answered_for(self):
        archive = os.path.join(self.folder.name, "everything")
        files, report = list(files_of("captures", "logs")), Report()
        for at in range(0, len(files), BATCH):
            batch = files[at:at + BATCH]
            code, out, said = canh("flows", "import", archive, "--json", *batch)
            self.assertIn(code, (0, 2))
            self.assertIsNone(BROKEN.search(said), said[-2000:])
            known = {row["input"].split(": ")[0] for row in rows(out)}
            silent = [path for path in batch if path not in known and path not in said and os.path.getsize(path)]
            self.assertEqual(silent, [])
            report.take(rows(out), said)
        code, out, said = canh("flows", "show", archive, "--by", "host", "--json")
        self.assertEqual((code, len(rows(out))), (1, 10), said)
        page, text = os.path.join(SOURCES, "docs", "real-input.md"), report.page(len(files))
        if os.environ.get("CANH_WRITE"):
            with open(page, "w", encoding="utf-8") as file:
                file.write(text)
        with open(page, encoding="utf-8") as file:
            self.assertEqual(file.read(), text, "CANH_WRITE=1 rewrites docs/real-input.md")


class Report:
    """What was read of all files, and what was refused, for docs/real-input.md."""

    KINDS = ("read", "flows", "names", "translations", "leases", "refused")

    def __init__(self):
        self.formats, self.reasons, self.whole = {}, collections.Counter(), collections.Counter()

    def take(self, lines, said):
        for row in lines:
            entry = self.formats.setdefault(row["format"], collections.Counter())
            entry.update({"files": 1, **{kind: row[kind] for kind in self.KINDS}})
            for reason in row["reasons"]:
                self.reasons[(row["format"], reason["reason"], reason["fault"])] += reason["count"]
        for line in said.splitlines():
            words = re.sub(r"\d[\d,]*", "N", line.split(": ", 2)[-1])
            self.whole[re.sub(r"^(packet|line) N: ", "", words)] += 1

    def page(self, files):
        lines = ["# Every real file, good and bad", "",
                 f"All {files:,} files of the folders `captures` and `logs`, malformed and foreign ones too, by `canh flows import` built with",
                 "sanitizers, as `tests/system/flows_test.py` finds it each night: none without an answer, no report of a sanitizer. Packed",
                 "files and archives count by what is in them.", "",
                 "| format | inputs | " + " | ".join(self.KINDS) + " |", "|---|---|" + "---|" * len(self.KINDS)]
        for name, n in sorted(self.formats.items()):
            lines.append(f"| {name} | {n['files']:,} | " + " | ".join(f"{n[kind]:,}" for kind in self.KINDS) + " |")
        lines += ["", "## What was refused of them, or passed over", "", "| format | why | how many | a fault |", "|---|---|---|---|"]
        lines += [f"| {name} | {why} | {n:,} | {'yes' if fault else 'no'} |" for (name, why, fault), n in sorted(self.reasons.items())]
        lines += ["", "## Files refused, or read up to where they break", "", "| why | files |", "|---|---|"]
        lines += [f"| {why} | {n:,} |" for why, n in sorted(self.whole.items(), key=lambda item: (-item[1], item[0]))]
        return "\n".join(lines) + "\n"


unittest.main(argv=sys.argv[:1] + sys.argv[3:])

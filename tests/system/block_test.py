#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""block_test.py CANH: what `canh block` writes is loaded by the programs it is written for: nft (in a network namespace of
its own) and BIND's zone checker; a set of nft then answers for an address inside a listed prefix."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

CANH = os.path.abspath(sys.argv.pop(1))
PACKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "packs")
LIST = "45.95.147.236\n45.95.148.0/24\n45.95.148.7\n2a02:6b8:1::5\n2a02:6b8:2::/48\nbad-name.test\n*.worse.test\n"


class BlockTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="canh-block-")
        self.addCleanup(shutil.rmtree, self.folder)
        with open(os.path.join(self.folder, "list.txt"), "w", encoding="utf-8") as f:
            f.write(LIST)
        self.run_ok(CANH, "list", "build", "list.txt", "-o", "ioc.set", "--packs", PACKS)

    def run_ok(self, *words):
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, (words, done.stdout, done.stderr))
        return done.stdout

    def test_nft_loads_the_sets_twice_and_finds_an_address_in_a_prefix(self):
        self.assertTrue(shutil.which("nft"), "nft is missing: tools/install.sh test brings it")
        self.run_ok(CANH, "block", "ioc.set", "--for", "nftables", "-o", "sets.nft")
        found = self.run_ok("unshare", "-n", "sh", "-c", "nft -f sets.nft && nft -f sets.nft && "
                            "nft get element inet canh canh_v4 '{ 45.95.148.99 }' && "
                            "nft get element inet canh canh_v6 '{ 2a02:6b8:2::99 }' && nft list ruleset")
        self.assertIn("45.95.148.0/24", found)
        self.assertIn("2a02:6b8:1::5", found)

    def test_bind_loads_the_zone(self):
        check = shutil.which("named-checkzone") or "/usr/sbin/named-checkzone"
        self.assertTrue(os.path.exists(check), "named-checkzone is missing: tools/install.sh test brings it")
        for answer in ("nxdomain", "nodata", "drop", "passthru"):
            self.run_ok(CANH, "block", "ioc.set", "--for", "rpz", "--answer", answer, "-o", "rpz.zone")
            said = self.run_ok(check, "-D", "rpz.canh.test", "rpz.zone")
            self.assertIn("bad-name.test.rpz.canh.test.", said)
            self.assertIn("24.0.148.95.45.rpz-ip.rpz.canh.test.", said)
            self.assertIn("48.zz.2.6b8.2a02.rpz-ip.rpz.canh.test.", said)

    def test_a_broken_set_and_a_name_that_is_a_command_write_nothing(self):
        with open(os.path.join(self.folder, "bad.set"), "wb") as f:
            f.write(b"CANHSET\nnonsense")
        for words in (["bad.set"], ["ioc.set", "--name", "a;reboot"], ["ioc.set", "--for", "nothing"], []):
            words = words if "--for" in words else [*words, "--for", "nftables"]
            done = subprocess.run([CANH, "block", *words, "-o", "out"], cwd=self.folder, capture_output=True, text=True)
            self.assertEqual(done.returncode, 2, (words, done.stderr))
            self.assertTrue(done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.folder, "out")))


if __name__ == "__main__":
    unittest.main(verbosity=2)

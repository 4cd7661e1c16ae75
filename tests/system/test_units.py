# SPDX-License-Identifier: Apache-2.0
"""The services that `make install` installs: systemd reads them without a complaint and finds them closed, the example of the sensor's
configuration is one. Skipped, and says so, without systemd-analyze.
usage: test_units.py AGENT.service CENTRE.service SENSOR.service SENSOR.CONF CANH_AGENT CANH_CENTRE CANH_SENSOR"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

UNITS, EXAMPLE = [os.path.abspath(sys.argv.pop(1)) for _ in range(3)], os.path.abspath(sys.argv.pop(1))
PROGRAMS = [os.path.abspath(sys.argv.pop(1)) for _ in range(3)]
EXPOSED = {"canh-agent.service": 80, "canh-centre.service": 25, "canh-sensor.service": 25}  # of 100; the agent is root


@unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze here")
class UnitsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="canh-units-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.paths = []
        for unit, program in zip(UNITS, PROGRAMS):
            with open(unit, encoding="utf-8") as f:
                text = f.read()
            self.assertNotIn("@", re.sub(r"^#.*$|SystemCallFilter=.*", "", text, flags=re.M))  # all filled in
            text, count = re.subn(r"^ExecStart=\S+", "ExecStart=" + program, text, flags=re.M)
            self.assertEqual(count, 1)
            self.paths.append(os.path.join(self.folder, os.path.basename(unit)))
            with open(self.paths[-1], "w", encoding="utf-8") as f:
                f.write(text)

    def analyze(self, *words):
        return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, SYSTEMD_UNIT_PATH=self.folder + ":", LC_ALL="C"))

    def test_systemd_reads_them_without_a_complaint(self):
        for path in self.paths:
            done = self.analyze("verify", "--man=no", path)
            ours = [line for line in done.stderr.splitlines() if "canh" in line]
            self.assertEqual((done.returncode, ours), (0, []), done.stderr)

    def test_a_word_that_systemd_does_not_know_would_be_seen(self):
        with open(self.paths[2], "a", encoding="utf-8") as f:
            f.write("\n[Service]\nProtectEverything=yes\n")
        self.assertIn("ProtectEverything", self.analyze("verify", "--man=no", self.paths[2]).stderr)

    def test_they_are_closed(self):
        for path in self.paths:
            done = self.analyze("security", "--offline=true", "--no-pager", path)
            if "--offline" in done.stderr:
                self.skipTest("this systemd-analyze cannot look at files")
            found = re.search(r"Overall exposure level for (\S+): ([\d.]+)", done.stdout)
            self.assertLessEqual(float(found[2]) * 10, EXPOSED[found[1]], done.stdout)


class ExampleTest(unittest.TestCase):
    def test_the_example_is_a_configuration(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(EXAMPLE, encoding="utf-8") as f:
                text = f.read().replace("/var/lib/canh-sensor", folder)
            text = re.sub(r"^#(\w[\w-]* = )", r"\1", text, flags=re.M).replace("eth1", "none9") + "local = yes\n"  # every word of it
            config = os.path.join(folder, "sensor.conf")
            with open(config, "w", encoding="utf-8") as f:
                f.write(text.replace("0.0.0.0:514", "127.0.0.1:0").replace("0.0.0.0:2055", "127.0.0.1:0"))
            done = subprocess.run([PROGRAMS[2], "--config", config], capture_output=True, text=True, timeout=60,
                                  env=dict(os.environ, LANG="en_GB.UTF-8", ASAN_OPTIONS="detect_leaks=0"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("none9", done.stderr)  # read to its end; only the interface is not here
        self.assertNotIn("configuration", done.stderr)


if __name__ == "__main__":
    unittest.main()

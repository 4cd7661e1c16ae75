#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_agent.py CENTRE AGENT: the real agent enrols at the real centre over mutual TLS and delivers its inventory."""
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from centre import Centre  # noqa: E402

CENTRE, AGENT = os.path.abspath(sys.argv.pop(1)), os.path.abspath(sys.argv.pop(1))


class AgentTest(unittest.TestCase):
    def test_enrols_and_delivers_an_inventory(self):
        centre = Centre(CENTRE).start()
        env = dict(os.environ, LANG="en_GB.UTF-8", ASAN_OPTIONS="detect_leaks=0")
        state = os.path.join(centre.folder, "agent")
        agent = None
        try:
            unit = centre.first_run()["account"]["unit"]["id"]
            _, token = centre.call("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})
            enrol = [AGENT, "enrol", "--state", state, "--centre", f"https://127.0.0.1:{centre.agents_port}", "--token"]
            wrong = subprocess.run(enrol + [token["token"].split(".")[0] + "." + "0" * 64], env=env, capture_output=True, timeout=60)
            self.assertEqual(wrong.returncode, 2)  # a centre that is not the one of the token
            done = subprocess.run(enrol + [token["token"]], env=env, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(os.path.join(centre.folder, "agent.log"), "wb") as log:
                agent = subprocess.Popen([AGENT, "run", "--state", state], env=env, stdout=log, stderr=log)
            until, machine = time.time() + 60, None
            while time.time() < until:
                machine = centre.call("GET", "/api/v1/machines")[1]["machines"][0]
                if machine["last_inventory_at"]:
                    break
                time.sleep(0.5)
            self.assertTrue(machine["last_inventory_at"])
            self.assertEqual(machine["state"], "active")
        finally:
            if agent:
                agent.terminate()
                agent.wait(20)
            centre.remove()


if __name__ == "__main__":
    unittest.main(verbosity=2)

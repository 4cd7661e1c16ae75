#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agent_yields.py BUILD [SECONDS]: how much processor the agent's sweep takes from a user at work: every core is kept busy for
SECONDS (10) while the agent sweeps; says the sweep's share of one core, before and while. Exit 1 above 5 %."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from agent_rest import children, memory, processor_seconds  # noqa: E402
from centre import Centre  # noqa: E402


def share(pid, seconds):
    before, began = processor_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (processor_seconds(pid) - before) / (time.monotonic() - began)


def main():
    build = os.path.abspath(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    rules = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "packs", "rules")
    centre = Centre(os.path.join(build, "src/centre/canh-centre")).start()
    program, state = os.path.join(build, "src/agent/canh-agent"), os.path.join(centre.folder, "agent")
    started = []
    try:
        unit = centre.first_run()["account"]["unit"]["id"]
        token = centre.call("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})[1]["token"]
        subprocess.run([program, "enrol", "--state", state, "--centre", f"https://127.0.0.1:{centre.agents_port}", "--token", token],
                       check=True, capture_output=True, timeout=60)
        agent = subprocess.Popen([program, "run", "--state", state, "--rules", rules, "--path", "/usr"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started.append(agent)
        until, sweep = time.time() + 60, None
        while time.time() < until and not sweep:
            time.sleep(0.5)
            now = [p for p in children(agent.pid) if memory(p)[0] == "canh-scan"]
            sweep = now[0] if now and processor_seconds(now[0]) > 0.5 else None
        idle = share(sweep, 3)
        started += [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
        time.sleep(2)
        busy = share(sweep, seconds)
        print(f"the sweep's share of one core: {idle:.0f} % as the machine was, {busy:.1f} % while {os.cpu_count()} cores are in use")
        return 1 if busy > 5 else 0
    finally:
        for p in reversed(started):
            p.terminate()
            p.wait(20)
        centre.remove()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""agent_rest.py BUILD [SECONDS]: what the resident agent costs when nothing is to be done: memory of each process and
processor time over SECONDS (60), enrolled at a real centre of the same build. Exit 1 above 10 MiB for a process."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from centre import Centre  # noqa: E402

LIMIT_KIB = 10 << 10


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(p) for p in f.read().split()]


def memory(pid):
    """(name, resident KiB, of it its own)"""
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        status = dict(line.split(":", 1) for line in f)
    return status["Name"].strip(), int(status["VmRSS"].split()[0]), int(status["RssAnon"].split()[0])


def processor_seconds(pid):
    """Of the process and of the children it has waited for."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main():
    build = os.path.abspath(sys.argv[1])
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    centre = Centre(os.path.join(build, "src/centre/canh-centre")).start()
    program, state = os.path.join(build, "src/agent/canh-agent"), os.path.join(centre.folder, "agent")
    agent = None
    try:
        unit = centre.first_run()["account"]["unit"]["id"]
        token = centre.call("POST", "/api/v1/enrol-tokens", {"unit": unit, "uses": 1, "hours": 1})[1]["token"]
        subprocess.run([program, "enrol", "--state", state, "--centre", f"https://127.0.0.1:{centre.agents_port}", "--token", token],
                       check=True, capture_output=True, timeout=60)
        agent = subprocess.Popen([program, "run", "--state", state, "--path", os.path.join(centre.folder, "data")],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.time() + 60  # the first inventory and sweep are over
        while time.time() < until and not centre.call("GET", "/api/v1/machines")[1]["machines"][0]["last_sweep_at"]:
            time.sleep(0.5)
        time.sleep(5)
        pids = [agent.pid, *children(agent.pid)]
        before = {pid: processor_seconds(pid) for pid in pids}
        time.sleep(seconds)
        worst = 0
        for pid in pids:
            name, resident, own = memory(pid)
            worst = max(worst, resident)
            print(f"{name:12} {resident / 1024:5.1f} MiB resident, {own / 1024:4.1f} MiB its own, "
                  f"{processor_seconds(pid) - before[pid]:.2f} s processor in {seconds} s")
        return 1 if worst > LIMIT_KIB else 0
    finally:
        if agent:
            agent.terminate()
            agent.wait(20)
        centre.remove()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""centre_rest.py PROGRAM: what the centre costs when nobody asks anything: resident memory of each of its processes, with the sample
district, and the time from its start until it answers, the first time and again. name, n, value, unit."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from centre import Centre  # noqa: E402
from sample_office import PACKS  # noqa: E402


def fields_of(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return {line.split(":")[0]: int(line.split()[1]) for line in f if line.endswith("kB\n")}


def start_ms(centre):
    began = time.time()
    centre.start(60)
    return (time.time() - began) * 1000


def main():
    program = os.path.abspath(sys.argv[1])
    centre = Centre(program, "--packs", PACKS, "--sample", os.path.join(PACKS, "sample-district"))
    try:
        print(f"centre_first_start 1 {start_ms(centre):.0f} ms")
        centre.stop()
        times = []
        for _ in range(3):
            times.append(start_ms(centre))
            if len(times) < 3:
                centre.stop()
        print(f"centre_cold_start {len(times)} {sorted(times)[len(times) // 2]:.0f} ms")
        time.sleep(3)
        total = {"Rss": 0, "Pss": 0}
        for name, pid in {"canh-parent": centre.process.pid, **centre.pids()}.items():
            seen = fields_of(pid)
            print(f"{name}_rss 1 {seen['Rss']} KiB (its own share: {seen['Pss']} KiB)")
            for kind in total:
                total[kind] += seen[kind]
        print(f"centre_rss_all 1 {total['Rss']} KiB (without counting shared pages twice: {total['Pss']} KiB)")
    finally:
        centre.remove()


if __name__ == "__main__":
    main()

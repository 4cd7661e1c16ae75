#!/usr/bin/env python3
"""tests/bench/archive_vs_peers.py BUILD [FLOWS]: the same made-up flows in the archive and in nfdump (over NetFlow 9 on loopback): bytes
a flow, flows imported a second of CPU, and the hunt for 10,000 addresses as a whole process, warm. Ends with 1 when the two do not find the
same hosts or a target is missed. Needs nfdump (Debian: nfdump). Targets: docs/bench.md.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PORT = 29957
LISTED = 10000
REPEAT = 11


def cpu_of(command, **options):
    """(CPU seconds, wall seconds, standard output) of a whole process."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begin, out


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def best(runs):
    runs = sorted(runs)
    return runs[0], runs[len(runs) // 2]


def collect(bench, flows, folder):
    """nfcapd beside the sender, until it has all."""
    os.mkdir(folder)
    collector = subprocess.Popen(["nfcapd", "-y", "-w", folder, "-p", str(PORT), "-b", "127.0.0.1", "-t", "86400", "-B", "4000000"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        subprocess.run([bench, "netflow", str(flows), str(PORT)], check=True)
        time.sleep(3)
    finally:
        collector.send_signal(signal.SIGTERM)
        collector.wait()


def pairs_of_nfdump(out, listed):
    found = set()
    for line in out.splitlines():
        ends = [end.strip() for end in line.split(",")[:2]]
        for end, other in (ends, ends[::-1]):
            if end in listed:
                found.add((other, end))
    return found


def main():
    bench = os.path.join(sys.argv[1], "src/traffic/archive/archive_bench")
    flows = int(sys.argv[2]) if len(sys.argv) > 2 else 20000000
    if not shutil.which("nfdump"):
        print("archive_vs_peers: nfdump is not installed: nothing was compared")
        return 2
    with tempfile.TemporaryDirectory() as work:
        ours, theirs = os.path.join(work, "archive"), os.path.join(work, "nfdump")
        listed = subprocess.run([bench, "list", str(flows), str(LISTED)], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        with open(os.path.join(work, "list"), "w", encoding="ascii") as file:
            file.write("\n".join(listed) + "\n")
        with open(os.path.join(work, "filter"), "w", encoding="ascii") as file:
            file.write("ip in [ " + " ".join(listed) + " ]\n")
        subprocess.run([bench, "set", os.path.join(work, "list"), os.path.join(work, "set")], check=True)
        said = cpu_of([bench, "import", ours, str(flows)])[2]
        rate = int(re.search(r"(\d+) flows/s", said).group(1))
        collect(bench, flows, theirs)
        ask_ours = [bench, "hunt", ours, os.path.join(work, "set")]
        ask_theirs = ["nfdump", "-R", theirs, "-q", "-o", "fmt:%sa,%da", "-f", os.path.join(work, "filter")]
        mine = [cpu_of(ask_ours) for _ in range(REPEAT)]
        peer = [cpu_of(ask_theirs) for _ in range(2)]
        found = {tuple(line.split("\t")[:2]) for line in mine[0][2].splitlines()}
        peers = pairs_of_nfdump(peer[0][2], set(listed))
        (my_cpu, my_cpu_middle), (my_wall, my_wall_middle) = best(m[0] for m in mine), best(m[1] for m in mine)
        peer_cpu, peer_wall = best(p[0] for p in peer)[0], best(p[1] for p in peer)[0]
        size, peer_size = folder_bytes(ours) / flows, folder_bytes(theirs) / flows
        print(f"flows: {flows}; hosts and addresses found: {len(found)}, by nfdump {len(peers)}")
        print(f"bytes a flow: {size:.2f}, nfdump lz4 {peer_size:.2f}: ratio {size / peer_size:.2f}")
        print(f"import: {rate} flows/s of CPU (target 1,500,000)")
        print(f"hunt, whole process: CPU {my_cpu * 1000:.1f} ms (middle {my_cpu_middle * 1000:.1f}), wall {my_wall * 1000:.1f} ms "
              f"(middle {my_wall_middle * 1000:.1f}); nfdump CPU {peer_cpu:.2f} s, wall {peer_wall:.2f} s: "
              f"{peer_cpu / my_cpu:.0f} and {peer_wall / my_wall:.0f} times (target 1,000)")
        met = found == peers and found and rate >= 1500000 and peer_wall / my_wall >= 1000
        return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

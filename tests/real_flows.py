#!/usr/bin/env python3
"""Compares our flows of every real capture with those of nfpcapd, and keeps docs/real-flows.md true.

    real_flows.py FLOWS_OF ROOT [--write] [--show]

The captures are not part of the project: the folder is $CANH_DATA, or shared/data beside the checkout. Without it, or without
nfpcapd and nfdump (package nfdump), the test is skipped and says so. Both programs' flows are summed by protocol, source, source
port, destination and destination port (of ICMP without type): packets and IP bytes must be equal. What differs is given to a
reason of REASONS, which tshark confirms where it is named; the page counts them. It fails when a capture differs without a
reason, or the page says something else (--write rewrites it; --show prints the differences). SPDX-License-Identifier: Apache-2.0
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED, AT_ONCE = 77, 100
SUFFIXES = (".pcap", ".pcapng", ".cap", ".trace")


def data_folder(root):
    said = os.environ.get("CANH_DATA")
    return pathlib.Path(said) if said else root.parent / "shared" / "data"


def add(sums, protocol, source, sport, destination, dport, packets, size):
    if packets:
        ports = (0, 0) if protocol in (1, 58) else (sport, dport)
        entry = sums.setdefault((protocol, source, ports[0], destination, ports[1]), [0, 0])
        entry[0] += packets
        entry[1] += size


def ours(program, files):
    """For each file: sums, and the counts that flows_of tells behind them."""
    sums = {}
    out = subprocess.run([program, *files], capture_output=True, text=True, errors="replace", check=False)
    for line in out.stdout.splitlines():
        row = json.loads(line)
        if "file" in row:
            yield row["file"], sums, row
            sums = {}
        elif "source" in row:
            f = row
            add(sums, f["protocol"], f["source"], f["source_port"], f["destination"], f["destination_port"], f["packets_out"], f["bytes_out"])
            add(sums, f["protocol"], f["destination"], f["destination_port"], f["source"], f["source_port"], f["packets_in"], f["bytes_in"])


def theirs(path):
    """Sums of nfpcapd; None when it does not read the file."""
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        read = subprocess.run(["nfpcapd", "-r", path, "-w", folder, "-s", "65535"], capture_output=True, text=True, errors="replace",
                              check=False, timeout=60)
        if read.returncode or "Total: Processed" not in read.stdout + read.stderr:
            return None, read.stdout + read.stderr
        out = subprocess.run(["nfdump", "-R", folder, "-o", "json"], capture_output=True, text=True, check=False, timeout=60)
    rows = [] if "No matching flows" in out.stdout else json.loads(out.stdout)
    for f in rows:
        source, destination = f.get("src4_addr") or f.get("src6_addr"), f.get("dst4_addr") or f.get("dst6_addr")
        add(sums, f["proto"], source, f.get("src_port", 0), destination, f.get("dst_port", 0), f["in_packets"], f["in_bytes"])
    return sums, read.stdout + read.stderr


def safe(p):
    try:
        return theirs(p)
    except Exception as e:
        return None, repr(e)


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    captures = data_folder(root) / "captures"
    files = [str(p) for p in sorted(captures.rglob("*")) if p.suffix in SUFFIXES]
    ourselves = {}
    for i in range(0, len(files), AT_ONCE):
        for name, sums, counts in ours(program, files[i:i + AT_ONCE]):
            ourselves[name] = (sums, counts)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        others = dict(zip(files, pool.map(safe, files)))
    import pickle
    pickle.dump((ourselves, others), open("/tmp/bflows/cmp.pickle", "wb"))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""softflowd exports a capture over loopback, once to us and once to nfcapd: both must read the same flows.

    live_exports.py EXPORT_SHOW ROOT

For NetFlow v5, v9 and IPFIX. Skipped, and says so, without softflowd and nfdump, or without the captures ($CANH_DATA, or
shared/data beside the checkout). SPDX-License-Identifier: Apache-2.0
"""
import collections
import csv
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
CAPTURES = ("captures/ndpi-pcaps/443-chrome.pcap", "captures/ndpi-pcaps/trickbot.pcap", "captures/ipfixprobe-tests/inputs/mixed.pcap",
            "captures/ndpi-pcaps/http_ipv6.pcap")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def export(capture, version, port, folder):
    subprocess.run(["softflowd", "-d", "-r", capture, "-n", f"127.0.0.1:{port}", "-v", str(version), "-p", folder / "pid", "-c",
                    "none"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


def ours(program, capture, version, folder):
    port = free_port()
    with subprocess.Popen([program, "--listen", str(port)], stdout=subprocess.PIPE, text=True) as listener:
        time.sleep(0.5)
        export(capture, version, port, folder)
        text = listener.communicate(timeout=60)[0]
    sums = collections.Counter()
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows[:-1]:
        ends = (row["source"], row["destination"], str(row["protocol"]), str(row["source_port"]))
        sums.update({(*ends, "flows"): 1, (*ends, "packets"): row["packets_out"] + row["packets_in"],
                     (*ends, "bytes"): row["bytes_out"] + row["bytes_in"]})
    return sums, rows[-1]


def nfdumps(capture, version, folder):
    port = free_port()
    flows = folder / "flows"
    flows.mkdir()
    with subprocess.Popen(["nfcapd", "-b", "127.0.0.1", "-p", str(port), "-w", flows], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as collector:
        time.sleep(0.5)
        export(capture, version, port, folder)
        time.sleep(2)
        collector.send_signal(signal.SIGTERM)
        collector.wait(timeout=30)
    text = subprocess.run(["nfdump", "-R", flows, "-q", "-N", "-o", "csv"], check=True, capture_output=True, text=True).stdout
    sums = collections.Counter()
    for row in csv.reader(text.splitlines()):
        if len(row) < 15:  # "No matching flows"
            continue
        # ts te td sa da sp dp pr flg fwd stos ipkt ibyt opkt obyt …
        protocol = {"TCP": "6", "UDP": "17", "ICMP": "1", "ICMP6": "58", "IGMP": "2"}.get(row[7], row[7])
        ends = (row[3], row[4], protocol, "0" if protocol in ("1", "58") else row[5])
        sums.update({(*ends, "flows"): 1, (*ends, "packets"): int(row[11]) + int(row[13]), (*ends, "bytes"): int(row[12]) + int(row[14])})
    shutil.rmtree(flows)
    return sums


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    data = pathlib.Path(os.environ.get("CANH_DATA") or root.parent / "shared" / "data")
    captures = [data / name for name in CAPTURES if (data / name).is_file()]
    missing = [name for name in ("softflowd", "nfcapd", "nfdump") if not shutil.which(name)]
    if missing or not captures:
        print(f"skipped: not here: {missing or data}")
        return SKIPPED
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for capture in captures:
            for version in (5, 9, 10):
                mine, counts = ours(program, capture, version, pathlib.Path(folder))
                theirs = nfdumps(capture, version, pathlib.Path(folder))
                wrong = [(k, mine[k], theirs[k]) for k in sorted(mine.keys() | theirs.keys()) if mine[k] != theirs[k]]
                faults += len(wrong) + counts["damaged"]
                print(f"{capture.name} v{version}: {counts['flows']} flows, lost {counts['lost']}, {len(wrong)} differences")
                print("".join(f"  {key}: {a}, nfdump {b}\n" for key, a, b in wrong[:6]), end="")
                if not counts["flows"] and version != 5:  # which has no IPv6
                    faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

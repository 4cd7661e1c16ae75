#!/usr/bin/env python3
"""Compares our flows of every real Ethernet capture with those of nfpcapd, and keeps docs/real-flows.md true.

    real_flows.py FLOWS_OF ROOT [--write]

The captures are not part of the project: the folder is $CANH_DATA, or shared/data beside the checkout. Without it, or without
nfpcapd, nfdump (package nfdump) and tshark, the test is skipped and says so. nfpcapd takes seconds to start, so the captures of a
folder are merged into one, an hour apart, never going back in time. Flows are summed by protocol, source, source port,
destination, destination port (of ICMP without type): packets and IP bytes. Where they differ, tshark counts the IP packets of
the two addresses. It fails when a sum differs for none of the REASONS, or the page says something else than what was found
(--write rewrites it). SPDX-License-Identifier: Apache-2.0
"""
import collections
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

SKIPPED, ETHERNET = 77, 1
EXTENSIONS = (0, 43, 44, 51, 60, 135)  # protocol numbers of headers that stand before the transport
C2 = ("stratosphere-slips/test-cc", "147.32.80.0/24")  # two captures of a command channel, and whose they are
SUFFIXES = (".pcap", ".cap")


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


def packets_of(path):
    """(microseconds, wire bytes, bytes) of an Ethernet pcap; nothing of other files."""
    data = path.read_bytes()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}.get(data[:4])
    if not order or len(data) < 24 or struct.unpack(order + "I", data[20:24])[0] != ETHERNET:
        return
    nano, at = data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d"), 24
    while at + 16 <= len(data):
        seconds, parts, kept, wire = struct.unpack(order + "4I", data[at:at + 16])
        if kept > 65535 or at + 16 + kept > len(data):
            return
        yield seconds * 1000000 + (parts // 1000 if nano else parts), wire, data[at + 16:at + 16 + kept]
        at += 16 + kept


def merge(files, to):
    """One capture of all, each file an hour after the other and never going back: nfpcapd takes seconds to start. Returns how many."""
    now, used = 1_000_000_000 * 1000000, 0
    with open(to, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET))
        for path in files:
            last, first = None, True
            for at, wire, content in packets_of(path):
                now += 3600 * 1000000 if first else max(0, min(at - last, 100 * 1000000))
                used, first, last = used + first, False, at
                out.write(struct.pack("<4I", now // 1000000, now % 1000000, len(content), wire) + content)
    return used


def theirs(path):
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["nfpcapd", "-r", path, "-w", folder, "-s", "65535"], capture_output=True, check=True, timeout=300)
        out = subprocess.run(["nfdump", "-R", folder, "-o", "json"], capture_output=True, text=True, check=True, timeout=300)
    rows = [] if "No matching flows" in out.stdout else json.loads(out.stdout)
    for f in rows:
        source, destination = f.get("src4_addr") or f.get("src6_addr"), f.get("dst4_addr") or f.get("dst6_addr")
        add(sums, f["proto"], source, f.get("src_port", 0), destination, f.get("dst_port", 0), f["in_packets"], f["in_bytes"])
    return sums


def tshark(path):
    """IP packets of two addresses, both directions together, as tshark counts them: fragments singly, tunnels inside too."""
    out = subprocess.run(["tshark", "-n", "-r", path, "-q", "-z", "conv,ip", "-z", "conv,ipv6"], capture_output=True, text=True,
                         errors="replace", check=False, timeout=600)
    pairs = collections.Counter()
    for line in out.stdout.splitlines():
        words = line.split()
        if len(words) > 9 and words[1] == "<->":
            pairs[frozenset((words[0], words[2]))] += int(words[3]) + int(words[6])
    return pairs


REASONS = {
    "extension": "nfpcapd names the first IPv6 extension header, or AH, as the protocol; we name the transport behind it",
    "tshark": "tshark counts as many IP packets of the two addresses as we do: packets in tunnels (GRE, VXLAN, Geneve, IP in IP, PPPoE, "
              "MPLS), which nfpcapd leaves out, or fragments, of which nfpcapd makes one packet, without those that are not complete",
    "broken": "a header that is wrong on purpose: IP length 0 or beyond the bytes, or a transport header that was cut; each program "
              "reads it in its own way, and no two agree",
}


def pairs_of(sums):
    pairs = collections.Counter()
    for (_, source, _, destination, _), (packets, _) in sums.items():
        pairs[frozenset((source, destination))] += packets
    return pairs


def reason_of(key, mine, others, ours_by_pair, shark, extended):
    pair = frozenset((key[1], key[3]))
    if pair in extended:
        return "extension"
    if shark[pair] == ours_by_pair[pair]:
        return "tshark"
    return None


def compare(program, folder, to):
    files = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES)
    used = merge(files, to)
    if not used:
        return None
    _, mine, counts = next(iter(ours(program, [to])))
    others, shark = theirs(to), tshark(to)
    extended = {frozenset((k[1], k[3])) for k in others if k[0] in EXTENSIONS}
    by_pair, found, left = pairs_of(mine), collections.Counter(), []
    for key in sorted(set(mine) | set(others)):
        if mine.get(key) == others.get(key):
            found["equal"] += 1
            continue
        why = reason_of(key, mine, others, by_pair, shark, extended)
        found[why] += 1
        if not why:
            left.append((key, mine.get(key), others.get(key), by_pair[frozenset((key[1], key[3]))], shark[frozenset((key[1], key[3]))]))
    return used, counts, found, left


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    captures = data_folder(root) / "captures"
    with tempfile.TemporaryDirectory() as work:
        for folder in sorted(p for p in captures.iterdir() if p.is_dir()):
            r = compare(program, folder, work + "/merged.pcap")
            if r:
                print(folder.name, r[0], dict(r[2]), flush=True)
                for l in r[3]: print("   ", l)


if __name__ == "__main__":
    main()

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
MAGIC = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}  # micro, nano
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
    order = MAGIC.get(data[:4])
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
    "tshark": "tshark counts as many IP packets of the two addresses as we do: packets within tunnels (GRE, VXLAN, Geneve, IP in IP) "
              "and links (PPPoE, MPLS, LLC) that nfpcapd leaves out, fragments, of which nfpcapd makes one packet, and wrong lengths",
}
# What neither rule covers: each was looked at. Folder and one of the addresses.
LOOKED_AT = {
    ("libpcap-tests", "150.0.1.1"): "tshark unpacks what IPComp compressed (protocol 108); we do not",
    ("suricata-verify", "10.0.0.1"): "two of 394 packets that only tshark counts: NOT explained yet",
    ("suricata-verify", "133.163.0.0"): "tests of a wrong version (bug-7964): what is inside a tunnel we read by its version, not by "
                                        "the number that announces it",
    ("tcpdump-tests", "c084:a291:b8aa:42aa:3e38:9ac7:826e:b930"): "6in4 by a fuzzer, cut: we count the outer packet only",
    ("tcpdump-tests", "192.168.203.3"): "VXLAN on port 8472, as Linux had it, which this tshark does not take for it",
    ("zeek-traces", "163.253.48.183"): "34 bytes captured of a header of 60: we count it by its addresses, the others refuse it",
    ("zeek-traces", "fd00::1"): "AYIYA (a tunnel in UDP, out of use since 2017), which we do not read",
    ("zeek-traces", "2.2.2.2"): "one of six packets that only tshark counts: NOT explained yet",
}


def pairs_of(sums):
    pairs = collections.Counter()
    for (_, source, _, destination, _), (packets, _) in sums.items():
        pairs[frozenset((source, destination))] += packets
    return pairs


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
        pair = frozenset((key[1], key[3]))
        if pair in extended:
            found["extension"] += 1
        elif shark[pair] == by_pair[pair]:
            found["tshark"] += 1
        else:
            found["looked at"] += 1
            left.append((key, mine.get(key), others.get(key), by_pair[pair], shark[pair]))
    return used, len(files), counts, found, left


def page_of(rows):
    lines = ["# Flows of real captures, beside those of other programs", "",
             "Captures nobody here wrote, as flows by `src/traffic/flow` and by nfpcapd (nfdump); `tests/real_flows.py --write` made this page,",
             "and as a test it fails when something else is found. Compared are packets and IP bytes of each (protocol, source, port,",
             "destination, port), both directions singly; of ICMP without type. The captures are not part of the project.", "",
             "| captures | files read | packets | sums | equal | extension | tshark | looked at |", "|---|---|---|---|---|---|---|---|"]
    total = collections.Counter()
    for name, (used, files, counts, found, _) in rows.items():
        total.update(found, used=used, files=files, packets=counts["read"])
        lines.append(f"| {name} | {used} of {files} | {counts['read']:,} | {sum(found.values()):,} | {found['equal']:,} | "
                     f"{found['extension']} | {found['tshark']} | {found['looked at']} |")
    sums = sum(total[k] for k in ("equal", "extension", "tshark", "looked at"))
    lines.append(f"| all | {total['used']:,} of {total['files']:,} | {total['packets']:,} | {sums:,} | {total['equal']:,} | "
                 f"{total['extension']} | {total['tshark']} | {total['looked at']} |")
    lines += ["", "Not read here: pcapng, and captures that are not of Ethernet (they have no place in the merged file).", ""]
    lines += [f"- **{word}**: {text}." for word, text in REASONS.items()]
    lines += ["", "Looked at one by one (IP packets of the two addresses, both directions; packets and bytes of the sum):", "",
              "| captures | sum | ours | nfpcapd | ours, pair | tshark, pair | why |", "|---|---|---|---|---|---|---|"]
    for name, (_, _, _, _, left) in rows.items():
        for key, mine, others, pair, shark in left:
            why = LOOKED_AT.get((name, key[1])) or LOOKED_AT.get((name, key[3])) or "?"
            said = [f"{s[0]}, {s[1]}" if s else "none" for s in (mine, others)]
            lines.append(f"| {name} | {key[0]} {key[1]} {key[2]} → {key[3]} {key[4]} | {said[0]} | {said[1]} | {pair} | {shark} | {why} |")
    return "\n".join(lines) + "\n"


def watched(program, captures):
    """The alerts of the command channels, one for each capture."""
    for capture in sorted((captures / C2[0]).glob("*.pcap")):
        out = subprocess.run([program, "-o", C2[1], str(capture)], capture_output=True, text=True, check=True)
        alerts = [json.loads(line) for line in out.stdout.splitlines() if line.startswith('{"alert"')]
        if [a["alert"] for a in alerts] != ["beacon"]:
            return f"{capture.name}: not one beacon but {alerts}"
    return None


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    captures, page = data_folder(root) / "captures", root / "docs" / "real-flows.md"
    lacks = [name for name in ("nfpcapd", "nfdump", "tshark") if not shutil.which(name)]
    if not captures.is_dir() or lacks:
        print(f"skipped: {'no program ' + ', '.join(lacks) if lacks else 'no folder ' + str(captures)}")
        return SKIPPED
    wrong = watched(program, captures)
    rows = {}
    with tempfile.TemporaryDirectory() as work:
        for folder in sorted(p for p in captures.iterdir() if p.is_dir()):
            row = compare(program, folder, work + "/merged.pcap")
            if row:
                rows[folder.name] = row
    text = page_of(rows)
    if "--write" in sys.argv:
        page.write_text(text)
    if wrong or "| ? |" in text or page.read_text() != text:
        print(wrong or "other differences than docs/real-flows.md says; --write rewrites it", text, sep="\n")
        return 1
    print(text.splitlines()[6 + len(rows) + 2])
    return 0


if __name__ == "__main__":
    sys.exit(main())

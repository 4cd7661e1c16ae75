#!/usr/bin/env python3
"""Compares our flows of every real capture with those of nfpcapd and tshark, and keeps docs/real-flows.md true.

    real_flows.py FLOWS_OF ROOT [--write]

The captures are not part of the project: the folder is $CANH_DATA, or shared/data beside the checkout. Without it, or without
nfpcapd, nfdump (package nfdump), softflowd and tshark, the test is skipped and says so. Each file is read by itself first: as many
packets as a reader of our own finds. nfpcapd takes seconds to start, so the captures of a folder are then merged into one for each
link type, an hour apart, never going back in time. Flows are summed by protocol, source, source port, destination, destination
port (of ICMP without type): packets and IP bytes. Where nfpcapd does not read the link, tshark's packets are summed. Where they
differ, tshark counts the IP packets of the two addresses; what only tshark sees is a difference too. Some folders go through
softflowd as well. It fails when a sum differs for none of the REASONS, or the page says something else than what was found
(--write rewrites it). SPDX-License-Identifier: Apache-2.0
"""
import collections
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import capture_read
import real_softflowd

SKIPPED, ETHERNET = 77, 1
RAW = {228: 101, 229: 101}  # IPv4 and IPv6 are raw IP of one version
LINKS = {0: "loopback", 1: "Ethernet", 8: "SLIP", 9: "PPP", 10: "FDDI", 101: "raw IP", 104: "Cisco HDLC", 105: "802.11", 107: "frame relay",
         113: "Linux cooked", 123: "ATM (SunATM)", 127: "802.11 radiotap", 129: "ARCNET", 137: "Juniper", 140: "MTP2", 149: "Darwin pktap",
         160: "user 13", 178: "Juniper", 182: "MFR", 192: "PPI", 195: "802.15.4", 227: "CAN", 230: "802.15.4", 231: "D-Bus", 239: "NFLOG",
         253: "Netlink", 258: "pktap", 271: "vsock", 276: "Linux cooked v2", 281: "Broadcom tag", 284: "DSA tag", 285: "DSA tag"}
NFPCAPD = (0, 1, 9, 101, 113)  # the links that it reads
SOFTFLOWD = ("ndpi-pcaps", "stratosphere-slips", "suricata-verify", "zeek-traces")
EXTENSIONS = (0, 43, 44, 51, 60, 135)  # protocol numbers of headers that stand before the transport
C2 = ("stratosphere-slips/test-cc", "147.32.80.0/24")  # two captures of a command channel, and whose they are


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


def merge(files, work):
    """A capture of each link type of all the files, one file an hour after the other and never going back. {link: (path, files, packets)}."""
    outs, told = {}, {}
    for path in files:
        first, last = set(), 0
        for packet in capture_read.packets_of(path):
            link = RAW.get(packet.link, packet.link)
            if link not in outs:
                outs[link] = open(f"{work}/merged-{link}.pcap", "wb")
                outs[link].write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link))
                told[link] = [1_000_000_000 * 1000000, 0, 0]  # now, files, packets
            entry = told[link]
            entry[0] += max(0, min(packet.at - last, 100 * 1000000)) if link in first else 3600 * 1000000
            entry[1] += link not in first
            entry[2] += 1
            first.add(link)
            last, kept = packet.at, packet.content
            outs[link].write(struct.pack("<4I", entry[0] // 1000000, entry[0] % 1000000, len(kept), max(packet.wire, len(kept))) + kept)
    for out in outs.values():
        out.close()
    return {link: (out.name, told[link][1], told[link][2]) for link, out in outs.items()}


def read_singly(program, files):
    """{file: (packets that we read, packets there are)} of files where the two differ."""
    files = [path for path in files if path.suffix != ".gz"]
    counts = [counts for _, _, counts in ours(program, files)]
    there = [sum(1 for _ in capture_read.packets_of(path)) for path in files]
    return {path: (c["read"], n) for path, c, n in zip(files, counts, there, strict=True) if c["read"] != n}


def theirs(path):
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["nfpcapd", "-r", path, "-w", folder, "-s", "262144"], capture_output=True, check=True, timeout=300)
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


def shark_sums(path):
    """The first IP header of each packet, as tshark reads it, and how many packets have one."""
    fields = ("ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "ip.proto", "ipv6.nxt", "ip.len", "ipv6.plen", "tcp.srcport", "tcp.dstport",
              "udp.srcport", "udp.dstport")
    out = subprocess.run(["tshark", "-n", "-r", path, "-Y", "ip or ipv6", "-T", "fields", "-E", "occurrence=f",
                          *(word for field in fields for word in ("-e", field))], capture_output=True, text=True, errors="replace",
                         check=False, timeout=600)
    sums, count = {}, 0
    for line in out.stdout.splitlines():
        f = dict(zip(fields, line.split("\t")))
        four = bool(f["ip.src"])
        protocol = int(f["ip.proto"] if four else f["ipv6.nxt"] or 0)
        ports = {6: ("tcp.srcport", "tcp.dstport"), 17: ("udp.srcport", "udp.dstport")}.get(protocol)
        sport, dport = (int(f[name] or 0) for name in ports) if ports else (0, 0)
        size = int(f["ip.len"]) if four else 40 + int(f["ipv6.plen"] or 0)
        add(sums, protocol, f["ip.src"] or f["ipv6.src"], sport, f["ip.dst"] or f["ipv6.dst"], dport, 1, size)
        count += 1
    return sums, count


REASONS = {
    "extension": "nfpcapd names the first IPv6 extension header, or AH, as the protocol; we name the transport behind it",
    "tshark": "tshark counts as many IP packets of the two addresses as we do: packets within tunnels (GRE, VXLAN, Geneve, GTP, Teredo, IP "
              "in IP) and links (PPPoE, MPLS, LLC, NSH, FabricPath) that nfpcapd leaves out, fragments, of which nfpcapd makes one packet, "
              "ports of SCTP, which it does not tell, and wrong lengths",
}
# What no rule covers: each was looked at in the packets. Folder, what its addresses ("from to") begin with or hold, and why.
LOOKED_AT = (
    ("arkime-tests", r"192\.0\.2\.", "packets inside OpenVPN without encryption, which we do not read"),
    ("libpcap-tests", r"10\.80\.131", "ARCNET, which we do not read"),
    ("libpcap-tests", r"150\.0\.1\.1", "tshark unpacks what IPComp compressed (protocol 108); we do not"),
    ("ndpi-pcaps", r"10\.1\.3\.68|169\.254\.87|:7710|^:: ", "packets inside CAPWAP (access points to their controller), which we do not read"),
    ("suricata-verify", r"133\.163", "tests of a wrong version (bug-7964): what is inside a tunnel we read by its version, not by the number "
                                    "that announces it"),
    ("suricata-verify", r"^::1 ::1", "three fragments without a link header: tshark counts them once, when they are put together"),
    ("suricata-verify", r"9\.10\.11\.12", "a source route: tshark tells the last hop of the option, we tell the destination of the header"),
    ("tcpdump-tests", r"10\.80\.131", "ARCNET, which we do not read"),
    ("tcpdump-tests", r"10\.136\.1\.32", "time stamps of Arista before the packet, which we do not read"),
    ("tcpdump-tests", r"10\.32\.4\.27", "pktap, macOS' own link, which we do not read"),
    ("tcpdump-tests", r"172\.16\.20\.5", "Juniper's own link, which we do not read"),
    ("tcpdump-tests", r"fe80::202:2", "6LoWPAN on 802.15.4, which we do not read"),
    ("tcpdump-tests", r"192\.168\.0\.1 192\.168\.0\.2", "NSH in VXLAN-GPE, a draft, which we do not read"),
    ("tcpdump-tests", r"192\.168\.11[34]\.", "MACsec without encryption, which we do not read"),
    ("tcpdump-tests", r"239\.1\.2\.3", "a packet that a PIM router registers, which we do not read"),
    ("tcpdump-tests", r"c084:|:c084", "6in4 by a fuzzer, cut: we count the outer packet only"),
    ("tcpdump-tests", r"192\.168\.1\.2 192\.168\.1\.1|fd00::1 fd00::2", "BIG TCP (80,116 bytes) in VXLAN and Geneve: the lengths of 16 bits say "
                                                              "nothing, tshark stops there, we read what was captured"),
    ("tcpdump-tests", r"192\.168\.203\.3", "VXLAN on port 8472, as Linux had it, which this tshark does not take for it"),
    ("zeek-traces", r"149\.159", "802.11 frames of Aruba in GRE, several packets in each, which we do not read"),
    ("zeek-traces", r"163\.253\.48\.183", "34 bytes captured of a header of 60: we count it by its addresses, the others refuse it"),
    ("zeek-traces", r"192\.168\.0\.3", "GTP' (what a mobile network bills by), whose port tshark takes for packets"),
    ("zeek-traces", r"2001:0:4137\S* 2001:4860:0", "Teredo between a host and a relay, on any port: Zeek expects the same packets"),
    ("zeek-traces", r"2001:0:4137", "Teredo with bytes behind the packet: its length does not fit, so that it is none to us"),
    ("zeek-traces", r"fd00::1|fd00::2|2001:4860|2001:4978|^:: |fe80::216", "AYIYA (a tunnel in UDP, out of use since 2017), which we do not read"),
    ("zeek-traces", r"1234::", "FabricPath: tshark takes the last four bytes for a check sum and has no destination left"),
)
LINK_DIFFERS = {"802.15.4": "6LoWPAN", "ARCNET": "no office has it", "Juniper": "a maker's own link", "pktap": "of macOS"}
READ_OTHERWISE = {"ndpi-pcaps/fuzz-2021-10-13.pcap": "a fuzzed header of pcap 2.0, whose two lengths libpcap swaps"}


def pairs_of(sums):
    pairs = collections.Counter()
    for (_, source, _, destination, _), (packets, _) in sums.items():
        pairs[frozenset((source, destination))] += packets
    return pairs


class Row:
    """What was found in one folder: `found` counts sums by reason, `left` are those of none, `links` tell of each link type."""

    def __init__(self):
        self.files = self.packets = 0
        self.found, self.left, self.links, self.singly, self.soft, self.soft_left = collections.Counter(), [], {}, {}, None, []


def compare_link(row, program, link, path):
    _, mine, counts = next(iter(ours(program, [path])))
    shark = tshark(path)
    others, with_ip = theirs(path) if link in NFPCAPD else {}, None
    if link != ETHERNET:
        sums, with_ip = shark_sums(path)
        others = others if link in NFPCAPD else sums
    extended = {frozenset((k[1], k[3])) for k in others if k[0] in EXTENSIONS}
    by_pair, found = pairs_of(mine), row.found
    for key in sorted(set(mine) | set(others)):
        pair = frozenset((key[1], key[3]))
        if mine.get(key) == others.get(key):
            found["equal"] += 1
        elif pair in extended:
            found["extension"] += 1
        elif shark[pair] == by_pair[pair]:
            found["tshark"] += 1
        else:
            found["looked at"] += 1
            row.left.append((key, mine.get(key), others.get(key), by_pair[pair], shark[pair]))
    for pair in sorted(set(shark) - set(by_pair), key=sorted) if counts["read"] > counts["unread"] else ():
        found["looked at"] += 1
        ends = sorted(pair) * 2
        row.left.append((("–", ends[0], "", ends[1], ""), None, None, 0, shark[pair]))
    return mine, shark, by_pair, counts["read"] - counts["unread"], with_ip


def compare(program, folder, work):
    row = Row()
    files = sorted(path for path in folder.rglob("*") if capture_read.is_capture(path))
    row.files = len(files)
    row.singly = read_singly(program, files)
    for link, (path, used, packets) in sorted(merge(files, work).items()):
        mine, shark, by_pair, read, with_ip = compare_link(row, program, link, path)
        row.packets += packets
        row.links[link] = (used, packets, read, with_ip)
        if link == ETHERNET and folder.name in SOFTFLOWD:
            row.soft, row.soft_left = real_softflowd.compare(pathlib.Path(path), mine, shark, by_pair, add)
        os.unlink(path)
    return row


def why_of(name, key):
    for folder, pattern, why in LOOKED_AT:
        if folder == name and (re.search(pattern, f"{key[1]} {key[3]}") or re.search(pattern, f"{key[3]} {key[1]}")):
            return why
    return "?"


def looked_at(rows, wanted):
    """Lines of those that `wanted` gives of a row, joined by their reason; the unexplained singly."""
    joined = {}
    for name, row in rows.items():
        for key, mine, others, *pairs in wanted(row):
            why = why_of(name, key)
            entry = joined.setdefault((name, why, key if why == "?" else None), [key, 0, [0, 0], [0, 0], [0, 0]])
            entry[1] += 1
            for sums, more in zip(entry[2:], (mine or (0, 0), others or (0, 0), pairs or (0, 0))):
                sums[:] = [a + b for a, b in zip(sums, more)]
    for (name, why, _), (key, count, mine, others, pairs) in joined.items():
        example = f"{key[0]} {key[1]} {key[2]} → {key[3]} {key[4]}".replace("  ", " ")
        yield name, why, example, count, mine, others, pairs


def folders_table(rows):
    lines = ["| captures | files | packets | sums | equal | extension | tshark | looked at |", "|---|---|---|---|---|---|---|---|"]
    kinds, total = ("equal", "extension", "tshark", "looked at"), collections.Counter()
    for name, row in rows.items():
        total.update(row.found, files=row.files, packets=row.packets)
        lines.append(f"| {name} | {row.files} | {row.packets:,} | {sum(row.found.values()):,} | " +
                     " | ".join(f"{row.found[k]:,}" for k in kinds) + " |")
    lines.append(f"| all | {total['files']:,} | {total['packets']:,} | {sum(total[k] for k in kinds):,} | " +
                 " | ".join(f"{total[k]:,}" for k in kinds) + " |")
    return lines


def links_table(rows):
    links = collections.defaultdict(lambda: [0, 0, 0, 0])
    for row in rows.values():
        for link, numbers in row.links.items():
            links[LINKS.get(link, str(link))] = [a + (b or 0) for a, b in zip(links[LINKS.get(link, str(link))], numbers)]
    lines = ["| link | files | packets | with IP, ours | with IP, tshark | |", "|---|---|---|---|---|---|"]
    for name, (files, packets, read, with_ip) in sorted(links.items(), key=lambda item: -item[1][1]):
        if name != LINKS[ETHERNET]:
            why = LINK_DIFFERS.get(name, "?") if read != with_ip else ""
            lines.append(f"| {name} | {files} | {packets:,} | {read:,} | {with_ip:,} | {why} |")
    return lines


def softflowd_table(rows):
    lines = ["| captures | sums | equal | " + " | ".join(real_softflowd.KINDS) + " | looked at |",
             "|---|---|---|" + "---|" * (len(real_softflowd.KINDS) + 1)]
    for name, row in rows.items():
        if row.soft is not None:
            kinds = " | ".join(f"{row.soft[k]:,}" for k in ("equal", *real_softflowd.KINDS))
            lines.append(f"| {name} | {sum(row.soft.values()) + len(row.soft_left):,} | {kinds} | {len(row.soft_left)} |")
    lines += ["", *(f"- **{word}**: {text}." for word, text in real_softflowd.KINDS.items())]
    lines += ["", "| captures | sums | first of them | packets, ours | softflowd | why |", "|---|---|---|---|---|---|"]
    for name, why, example, count, mine, others, _ in looked_at(rows, lambda row: row.soft_left):
        lines.append(f"| {name} | {count} | {example} | {mine[0]} | {others[0]} | {why} |")
    return lines


def page_of(rows, captures):
    lines = ["# Flows of real captures, beside those of other programs", "",
             "Captures nobody here wrote, as flows by `src/traffic/flow` and by nfpcapd (nfdump); `tests/real_flows.py --write` made this page,",
             "and as a test it fails when something else is found. Compared are packets and IP bytes of each (protocol, source, port,",
             "destination, port), both directions singly; of ICMP without type. pcap and pcapng, packed ones too; the captures are not part of",
             "the project.", "", *folders_table(rows), ""]
    lines += [f"- **{word}**: {text}." for word, text in REASONS.items()]
    lines += ["", "Looked at in the packets (a sum with – is of two addresses that only tshark sees):", "",
              "| captures | sums | first of them | packets, ours | nfpcapd | of the addresses, ours | tshark | why |",
              "|---|---|---|---|---|---|---|---|"]
    for name, why, example, count, mine, others, pairs in looked_at(rows, lambda row: row.left):
        lines.append(f"| {name} | {count} | {example} | {mine[0]} | {others[0]} | {pairs[0]} | {pairs[1]} | {why} |")
    lines += ["", "## Links other than Ethernet", "", "nfpcapd reads loopback, PPP, raw IP and Linux cooked; of the others tshark's packets were",
              "summed.", "", *links_table(rows)]
    lines += ["", "## Files read by themselves", "", "Each file is read alone as well: as many packets as a reader of the test's own finds, but in:", "",
              "| file | ours | there | why |", "|---|---|---|---|"]
    for row in rows.values():
        for path, (mine, there) in row.singly.items():
            name = str(path.relative_to(captures))
            lines.append(f"| {name} | {mine} | {there} | {READ_OTHERWISE.get(name, '?')} |")
    lines += ["", "## softflowd", "", "The Ethernet captures of some folders as softflowd exports them, NetFlow v9, to nfcapd:", "", *softflowd_table(rows)]
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
    lacks = [name for name in ("nfpcapd", "nfdump", "softflowd", "nfcapd", "tshark") if not shutil.which(name)]
    if not captures.is_dir() or lacks:
        print(f"skipped: {'no program ' + ', '.join(lacks) if lacks else 'no folder ' + str(captures)}")
        return SKIPPED
    wrong = watched(program, captures)
    rows = {}
    with tempfile.TemporaryDirectory() as work:
        for folder in sorted(p for p in captures.iterdir() if p.is_dir()):
            row = compare(program, folder, work)
            if row.packets:
                rows[folder.name] = row
    text = page_of(rows, captures)
    if "--write" in sys.argv:
        page.write_text(text)
    if wrong or "| ? |" in text or page.read_text() != text:
        print(wrong or "other differences than docs/real-flows.md says; --write rewrites it", text, sep="\n")
        return 1
    print(next(line for line in text.splitlines() if line.startswith("| all |")))
    return 0


if __name__ == "__main__":
    sys.exit(main())

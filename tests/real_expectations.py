#!/usr/bin/env python3
"""Compares our flows and names of real captures with what the tests of Arkime, Suricata, ipfixprobe and Zeek expect of the same.

    real_expectations.py FLOWS_OF CANH ROOT [--write]

The captures and what is expected of them are not part of the project: the folder is $CANH_DATA, or shared/data beside the
checkout. Without it, or without tshark and PyYAML, the test is skipped and says so. What Zeek expects is not in that folder: it is
compared when $CANH_ZEEK names a checkout of zeek/zeek, of which testing/btest is read; the page then keeps what was found. Each
difference must be covered by a line of EXPLAINED, and each of these must still be needed. --write makes
docs/real-expectations.md. SPDX-License-Identifier: Apache-2.0
"""
import collections
import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import expected_lists
import expected_zeek
from expected_flows import Found, flows_and_names, key_of, text_of_ip

SKIPPED = 77
PROTOCOLS = {"TCP": 6, "UDP": 17, "ICMP": 1, "IPv6-ICMP": 58, "SCTP": 132, "GRE": 47}

# (of whom, what, pattern over the place and the difference) → why.
EXPLAINED = (
    ("arkime", "packets", r"^ah-esp ", "Arkime calls the session AH; we name what AH protects, ESP"),
    ("arkime", "packets", r"^(gtp-iphone|gtp-u|ipv6-gtp6) .*2152", "the tunnel's own packets, which we count beside those inside"),
    ("arkime", "packets", r"^igmp ", "Arkime makes one session of all IGMP in the capture"),
    ("arkime", "packets", r"^single-packets ", "a SYN with ACK alone: Arkime turns the session and counts the packet for the other end"),
    ("arkime", "(packets|bytes)", r"^socks5-http-302-frag ", "Arkime puts fragments together before it counts, we count each"),
    ("arkime", "bytes", r"^(ah-esp|igmp|single-packets|gtp-iphone|gtp-u|ipv6-gtp6) ", "follows from the packets above"),
    ("arkime", "began", r"^ah-esp ", "the same"),
    ("arkime", "began", r"^ipv6-gtp6 ", "an answer of DNS alone: Arkime takes who was seen first, we who asked"),
    ("arkime", "name", r"<root>|xxxxxxxxx\.com", "the root, and the zone of a dynamic update: no name that somebody asked for"),
    ("arkime", "name", r"^(CVE-2018-6794|http-post-upload) ", "the Host with its port; we give it without"),
    ("arkime", "name", r"^(tcp-reassembly-synthetic|wireshark-retrans) ", "a name without a dot"),
    ("arkime", "name", r"^quicietf", "the name in a QUIC handshake, which is encrypted with a known key: not read yet"),
    ("arkime", "name", r"^(http-wrapped-header|socks5-http-302-frag) ", "the Host stands in another packet, or fragment, than the request"),
    ("arkime", "name", r"^http2-nghttp2 ", "a Host of HTTP/2"),
    ("arkime", "name", r"^openvpn_synthetic ", "inside OpenVPN without encryption"),
    ("suricata", "name", r"\[::1\]|localhost", "no domain name: an address in brackets, a name without a dot"),
    ("suricata", "bytes", r"^geneve-decoder ", "inside the tunnel Suricata counts the inner Ethernet header, 14 bytes of each packet"),
    ("zeek", ".*", r"^cisco-fabric-path.pcap .*\(132,", "Zeek tells no ports of SCTP"),
    ("zeek", ".*", r"ayiya", "AYIYA (a tunnel in UDP, out of use since 2017), which we do not read; Zeek knows its port as a server's"),
    ("zeek", ".*", r"gre-aruba-amsdu", "802.11 frames of Aruba in GRE, several packets in each, which we do not read"),
    ("zeek", "packets|bytes", r"gtp2_different_udp_port", "Zeek puts fragments together before it counts, we count each"),
    ("zeek", "packets|bytes", r"^wikipedia.pcap .*35634, '208.80.152.2', 80", "a test that changes Zeek's filter on its way (dynamic-filter)"),
    ("zeek", "began", r"^wikipedia.pcap .*'173.192.163.128', 80", "one packet of a server's port: Zeek takes who was seen first, we the other end"),
    ("zeek", "began", r"^tunnels/teredo_bubble", "the capture begins with an answer; Zeek knows the port as a server's"),
    ("zeek", "name", r"localhost|xqt-detect", "a name without a dot"),
    ("zeek", "name", r"tls12-decryption", "inside TLS, for which the test has the key"),
    ("suricata", "name", r"^tcp-fastopen-08 ", "the Host is an address and a port; the request comes with the SYN"),
)


def data_folder(root):
    said = os.environ.get("CANH_DATA")
    return pathlib.Path(said) if said else root.parent / "shared" / "data"


def beyond_ip(capture, tunnels):
    """(from, to) → bytes of the frames that are not of the innermost IP packet; of packets inside others only with `tunnels`."""
    fields = ("frame.len", "frame.protocols", "ip.src", "ip.dst", "ip.len", "ipv6.src", "ipv6.dst", "ipv6.plen")
    out = subprocess.run(["tshark", "-n", "-r", capture, "-o", "ip.defragment:false", "-T", "fields",
                          *(w for f in fields for w in ("-e", f))], capture_output=True, text=True, errors="replace", check=False, timeout=120)
    extra = collections.Counter()
    for line in out.stdout.splitlines():
        f = dict(zip(fields, (cell.split(",") for cell in line.split("\t"))))
        words = f["frame.protocols"][0].split(":")
        words = words[:next((i for i, w in enumerate(words) if w in ("icmp", "icmpv6")), len(words))]
        layers = [w for w in words if w in ("ip", "ipv6")]
        if not layers or (len(layers) > 1 and not tunnels):
            continue
        last, at = layers[-1], layers.count(layers[-1]) - 1
        size = int(f["ip.len"][at]) if last == "ip" else 40 + int(f["ipv6.plen"][at])
        extra[(text_of_ip(f[last + ".src"][at]), text_of_ip(f[last + ".dst"][at]))] += int(f["frame.len"][0]) - size
    return extra


def arkime_sessions(bodies):
    packets, octets, began, names = collections.Counter(), collections.Counter(), set(), collections.defaultdict(set)
    for b in bodies:
        if "ip" in b["source"]:
            s, d = b["source"], b["destination"]
            there = key_of(b["ipProtocol"], s["ip"], s["port"], d["ip"], d["port"])
            back = key_of(b["ipProtocol"], d["ip"], d["port"], s["ip"], s["port"])
            began.add(there)
            for key, end in ((there, s), (back, d)):
                packets[key] += end["packets"]
                octets[(key[1], key[3])] += end["bytes"]
        names["http and tls"].update(b.get("http", {}).get("host", []))
        for q in b.get("dns", []):
            names["dns"].update([q["queryHost"]] if "queryHost" in q else [])
            names["dns, also answers"].update(q.get("host", []))
    return packets, octets, began, names


def arkime(program, folder, found):
    for test in sorted(folder.glob("*.test")):
        capture = test.with_suffix(".pcap")
        if not capture.exists():
            continue
        case = json.loads(test.read_text(errors="replace"))
        bodies = [s["body"] for s in next(v for k, v in case.items() if k.startswith("sessions"))]
        packets, octets, began, names = arkime_sessions(bodies)
        mine = flows_and_names(program, [capture])
        found.files += 1
        for key in sorted(set(mine.packets) | set(packets)):
            if mine.packets[key] or packets[key]:
                found.check("packets", f"{test.stem} {key}", mine.packets[key], packets[key])
        for key in sorted(began):
            found.check("began", f"{test.stem} {key}", key in mine.began, True)
        extra = beyond_ip(capture, True)
        for ends in sorted(octets):
            if octets[ends]:
                found.check("bytes", f"{test.stem} {ends}", mine.bytes[ends], octets[ends] - extra[ends])
        for name in sorted(names["dns"]):
            found.check("name", f"{test.stem} dns {name}", name in mine.names["dns"], True)
        found.check("name", f"{test.stem} dns, only ours", mine.names["dns"] - names["dns"] - names["dns, also answers"], set())
        ours = mine.names["http"] | mine.names["tls"]
        for name in sorted(names["http and tls"] | ours):
            found.check("name", f"{test.stem} http or tls {name}", name in ours, name in names["http and tls"])


def suricata_checks(checks):
    """(flows, names) that at least one event must tell."""
    flows, names = [], set()
    for check in checks or []:
        match = check.get("filter", {}).get("match") or {}
        if not check.get("filter", {}).get("count"):
            continue
        if match.get("event_type") == "flow" and any(k.startswith(("flow.pkts", "flow.bytes")) for k in match):
            flows.append(match)
        for key, value in match.items():
            place = {"http.hostname": "http", "tls.sni": "tls"}.get(key) or (
                "dns" if re.fullmatch(r"dns\.(queries\[\d\]\.)?rrname", key) else None)
            if place:
                names.add((place, str(value).lower().rstrip(".")))
    return flows, names


def is_flow(key, wanted):
    protocol, source, sport, destination, dport = key
    return (PROTOCOLS.get(wanted.get("proto"), protocol) == protocol and
            text_of_ip(wanted.get("src_ip", source)) == source and text_of_ip(wanted.get("dest_ip", destination)) == destination and
            (protocol in (1, 58) or (wanted.get("src_port", sport) == sport and wanted.get("dest_port", dport) == dport)))


def suricata(program, folder, found):
    import yaml
    for test in sorted(folder.rglob("test.yaml")):
        case = yaml.safe_load(test.read_text()) or {}
        flows, names = suricata_checks(case.get("checks"))
        captures = [(test.parent / case["pcap"]).resolve()] if case.get("pcap") else sorted(test.parent.glob("*.pcap"))
        captures = [c for c in captures if c.exists()]
        if not captures or not flows and not names:
            continue
        place = str(test.parent.relative_to(folder / "tests"))
        mine = flows_and_names(program, captures)
        found.files += 1
        for where, name in sorted(names):
            found.check("name", f"{place} {where} {name}", name in mine.names[where], True)
        extra = beyond_ip(captures[0], False) if flows else {}  # of what a tunnel carries it counts the IP packet
        for wanted in flows:
            said = tuple(wanted.get("flow." + word) for word in ("pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient"))
            ours = [(mine.packets[k], mine.packets[back]) for k in mine.began if is_flow(k, wanted)
                    for back in [(k[0], k[3], k[4], k[1], k[2])]]
            ours += [counts for k, *counts in mine.single if k[0] in (1, 58) and is_flow(k, wanted)]
            agree = [o for o in ours if said[0] in (None, o[0]) and said[1] in (None, o[1])]
            found.check("packets", f"{place} {said[:2]} of {len(ours)} flows", bool(agree), True)
            if None not in said[2:] and {"src_ip", "dest_ip"} <= set(wanted):
                ends = (text_of_ip(wanted["src_ip"]), text_of_ip(wanted["dest_ip"]))
                if sum(k[1] == ends[0] and k[3] == ends[1] for k in mine.began) == 1 == len(captures):
                    for way, size in ((ends, said[2]), (ends[::-1], said[3])):
                        found.check("bytes", f"{place} {way}", mine.bytes[way], size - extra[way])


def ipfixprobe(program, folder, found):
    """basic: to, from, bytes, bytes back, link, first, last, two cards, packets, packets back, ports (to, from), direction, protocol."""
    packets, octets = collections.Counter(), collections.Counter()
    for line in (folder / "outputs" / "basic").read_text().splitlines():
        f = line.split(",")
        if not f[2].isdigit():  # the names of the columns
            continue
        there = key_of(int(f[14]), f[1], int(f[12]), f[0], int(f[11]))
        back = key_of(int(f[14]), f[0], int(f[11]), f[1], int(f[12]))
        packets.update({there: int(f[9]), back: int(f[10])})
        octets.update({there: int(f[2]), back: int(f[3])})
    mine = flows_and_names(program, [folder / "inputs" / "mixed.pcap"])
    found.files += 1
    for key in sorted(set(packets) | set(mine.packets)):
        if packets[key] or mine.packets[key]:
            found.check("packets", f"mixed {key}", mine.packets[key], packets[key])
            found.check("bytes", f"mixed {key}", mine.key_bytes[key], octets[key])


def page_of(all_found, lists, kept):
    lines = ["# What the tests of others expect", "",
             "Expectations that lie beside real captures, compared with our flows and names by `tests/real_expectations.py`, which made this page.",
             "Packets are of each conversation and direction; bytes are of IP packets (Arkime and Suricata count whole frames: what is not IP in",
             "them is taken off, as tshark reads it); began: who opened it; name: a DNS question, Host or SNI.", "",
             "| whose | captures | what | compared | equal | explained |", "|---|---|---|---|---|---|"]
    for whose, found in all_found.items():
        for what, (count, equal, explained) in found.counts().items():
            lines.append(f"| {whose} | {found.files} | {what} | {count:,} | {equal:,} | {explained} |")
    counts, differences = ([line for line in kept if (line.count("|") == 7) == short] for short in (True, False))
    lines += counts + ["", "## Differences, and why", "", "| whose | what | how many | first of them (ours; theirs) | why |", "|---|---|---|---|---|"]
    for whose, found in all_found.items():
        lines += [f"| {whose} | {what} | {n} | {first} | {why} |" for what, n, first, why in found.differences(EXPLAINED, whose)]
    return "\n".join(lines + differences + lists) + "\n"


def main():
    program, canh, root = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    captures, page = data_folder(root) / "captures", root / "docs" / "real-expectations.md"
    try:
        import yaml  # noqa: F401 (python3-yaml)
    except ImportError:
        print("skipped: no PyYAML")
        return SKIPPED
    if not captures.is_dir() or not shutil.which("tshark"):
        print(f"skipped: no folder {captures}, or no tshark")
        return SKIPPED
    all_found = {name: Found() for name in ("arkime", "suricata", "ipfixprobe")}
    arkime(program, captures / "arkime-tests", all_found["arkime"])
    suricata(program, captures / "suricata-verify", all_found["suricata"])
    ipfixprobe(program, captures / "ipfixprobe-tests", all_found["ipfixprobe"])
    faults, lists = expected_lists.compare(canh, captures / "suricata-verify" / "tests")
    kept = [line for line in (page.read_text().splitlines() if page.exists() else []) if line.startswith("| zeek |")]
    if os.environ.get("CANH_ZEEK"):
        all_found["zeek"], kept = Found(), []
        expected_zeek.compare(program, captures / "zeek-traces", pathlib.Path(os.environ["CANH_ZEEK"]), all_found["zeek"])
    for whose, found in all_found.items():
        faults += found.unexplained(EXPLAINED, whose)
    unused = [line for line in EXPLAINED if line[0] in all_found and not any(line in f.used for f in all_found.values())]
    faults += [f"explained, but no difference was found: {line}" for line in unused]
    text = page_of(all_found, lists, kept)
    if "--write" in sys.argv:
        page.write_text(text)
    if not page.exists() or page.read_text() != text:
        faults.append("docs/real-expectations.md says something else; --write rewrites it")
    print("\n".join(faults) or "all is as expected or explained")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

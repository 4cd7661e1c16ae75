"""tests/real_softflowd.py: our flows beside those that softflowd makes of the same capture and sends to nfcapd; a part of
real_flows.py. softflowd reads plain IP in Ethernet only, counts the bytes of what the frame holds behind its header, and gives
fragments no ports. Each difference must be exactly that. SPDX-License-Identifier: Apache-2.0"""
import collections
import json
import signal
import socket
import struct
import subprocess
import tempfile
import time

import capture_read

KINDS = {
    "frame": "packets are equal, and softflowd's bytes are those that the frames hold behind the Ethernet header: it counts what fills "
             "a short frame up, and not what the capture cut off",
    "ports": "softflowd gives fragments and SCTP no ports, we do: packets of the two addresses and the protocol are equal",
    "extension": "softflowd names the first IPv6 extension header, or AH, as the protocol: packets of the two addresses are equal",
    "not read": "softflowd reads no VLAN, MPLS, PPPoE or FabricPath and looks into no tunnel, so it has fewer; tshark counts as many "
                "packets of the two addresses as we do",
}


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def flows_of(capture, add):
    """softflowd's flows of the capture, as sums."""
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with subprocess.Popen(["nfcapd", "-b", "127.0.0.1", "-p", str(port), "-w", folder, "-B", "4000000"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as collector:
            time.sleep(1)
            subprocess.run(["softflowd", "-d", "-r", capture, "-n", f"127.0.0.1:{port}", "-v", "9", "-p", folder + "/pid", "-c", "none",
                            "-m", "65536"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
            time.sleep(2)
            collector.send_signal(signal.SIGTERM)
            collector.wait(timeout=30)
        out = subprocess.run(["nfdump", "-R", folder, "-o", "json"], capture_output=True, text=True, check=True, timeout=300)
    for f in [] if "No matching flows" in out.stdout else json.loads(out.stdout):
        source, destination = f.get("src4_addr") or f.get("src6_addr"), f.get("dst4_addr") or f.get("dst6_addr")
        add(sums, f["proto"], source, f.get("src_port", 0), destination, f.get("dst_port", 0), f["in_packets"], f["in_bytes"])
    return sums


def frame_sums(packets, add):
    """Plain IP in Ethernet: packets, and bytes behind the Ethernet header, of each key."""
    sums = {}
    for packet in packets:
        frame = packet.content
        kind, ip = frame[12:14], frame[14:]
        if kind == b"\x08\0" and len(ip) >= 20:
            protocol, head, family = ip[9], (ip[0] & 15) * 4, socket.AF_INET
            ends, later = (ip[12:16], ip[16:20]), struct.unpack(">H", ip[6:8])[0] & 0x1FFF
        elif kind == b"\x86\xdd" and len(ip) >= 40:
            protocol, head, family, ends, later = ip[6], 40, socket.AF_INET6, (ip[8:24], ip[24:40]), 0
        else:
            continue
        ports = (0, 0)
        if protocol in (6, 17) and not later and len(ip) >= head + 4:
            ports = struct.unpack(">HH", ip[head:head + 4])
        names = [socket.inet_ntop(family, end) for end in ends]
        add(sums, protocol, names[0], ports[0], names[1], ports[1], 1, len(ip))
    return sums


def by_ends(sums):
    """Packets of (protocol, from, to), and of (from, to)."""
    packets = collections.Counter()
    for (protocol, source, _, destination, _), (count, _) in sums.items():
        packets[(protocol, source, destination)] += count
        packets[(source, destination)] += count
    return packets


def compare(capture, mine, shark, pairs, add):
    """(Counter of kinds, [(key, ours, theirs)] that are of none)."""
    theirs = flows_of(capture, add)
    frames = frame_sums(capture_read.packets_of(capture), add)
    our_ends, their_ends = by_ends(mine), by_ends(theirs)
    found, left = collections.Counter(), []
    for key in sorted(set(mine) | set(theirs)):
        ours, other = mine.get(key), theirs.get(key)
        ends, both = (key[0], key[1], key[3]), (key[1], key[3])
        pair = frozenset(both)
        if ours == other:
            found["equal"] += 1
        elif ours and other and ours[0] == other[0] and frames.get(key) == other:
            found["frame"] += 1
        elif our_ends[ends] == their_ends[ends]:
            found["ports"] += 1
        elif our_ends[both] == their_ends[both]:
            found["extension"] += 1
        elif our_ends[both] > their_ends[both] and pairs[pair] == shark[pair]:
            found["not read"] += 1
        else:
            left.append((key, ours, other))
    return found, left

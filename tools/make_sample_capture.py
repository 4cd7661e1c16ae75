#!/usr/bin/env python3
"""tools/make_sample_capture.py CAPTURE [--seeds DIR]: writes the capture of the sample district, the same bytes each time.

Half an hour of 15 January 2024 at the router of the invented district: three machines look up, and two of them call, names
that packs/sample-district/lists/indicators.csv holds; the rest is ordinary traffic. All addresses are those for
documentation (RFC 5737, RFC 3849), all names end in .example or .invalid. --seeds writes the packets as fuzz seeds too.
SPDX-License-Identifier: Apache-2.0"""
import argparse
import ipaddress
import os
import struct

START = 1705285800  # 2024-01-15 02:30:00 UTC, 09:30 in Vietnam
RESOLVER = "192.0.2.53"
ORDINARY = [("cong-thong-tin.example", "192.0.2.80"), ("thu-dien-tu.example", "192.0.2.25"), ("bao.example", "192.0.2.90")]
# Of indicators.csv; the addresses behind them are the story's, documentation addresses are never indicators.
LISTED = {"tet-loto.example": "192.0.2.201", "cap-nhat-vssid.example": "192.0.2.202", "c2.den-long.invalid": "192.0.2.203"}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def ip(source, destination, protocol, payload):
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if source.version == 6:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + source.packed + destination.packed + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0x4000, 64, protocol, 0) + source.packed + destination.packed
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def transport_sum(source, destination, protocol, segment):
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    return checksum(ends + struct.pack(">IHBB" if len(ends) == 32 else ">HBBH", *(
        (len(segment), 0, 0, protocol) if len(ends) == 32 else (protocol, 0, 0, len(segment)))) + segment)


def udp(source, sport, destination, dport, payload):
    segment = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload
    total = transport_sum(source, destination, 17, segment)
    return ip(source, destination, 17, segment[:6] + struct.pack(">H", total) + segment[8:])


def tcp(source, sport, destination, dport, payload=b"", flags=0x18, sequence=1, answer=1):
    segment = struct.pack(">HHIIBBHHH", sport, dport, sequence, answer, 0x50, flags, 65535, 0, 0) + payload
    total = transport_sum(source, destination, 6, segment)
    return ip(source, destination, 6, segment[:16] + struct.pack(">H", total) + segment[18:])


def dns_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns_question(name, number):
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack(">HH", 1, 1)


def dns_answer(name, number, address):
    address = ipaddress.ip_address(address)
    kind = 1 if address.version == 4 else 28
    return (struct.pack(">HHHHHH", number, 0x8180, 1, 1, 0, 0) + dns_name(name) + struct.pack(">HH", kind, 1) +
            struct.pack(">HHHIH", 0xC00C, kind, 1, 300, len(address.packed)) + address.packed)


def client_hello(name):
    name = name.encode()
    server_name = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    extensions = struct.pack(">HH", 0, len(server_name)) + server_name + struct.pack(">HHBB", 11, 2, 1, 0)
    body = struct.pack(">H", 0x0303) + bytes(range(32)) + b"\0" + struct.pack(">HHH", 4, 0x1301, 0xC02F) + b"\1\0"
    body += struct.pack(">H", len(extensions)) + extensions
    message = b"\1" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message


def http_get(host, path):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: x\r\n\r\n".encode()


def ethernet(packet, vlan=None):
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    tag = struct.pack(">HH", 0x8100, vlan) if vlan else b""
    return bytes.fromhex("020000000001020000000002") + tag + struct.pack(">H", kind) + packet


def look_up(at, machine, name, address, number):
    yield at, udp(machine, 40000 + number, RESOLVER, 53, dns_question(name, number))
    yield at + 0.02, udp(RESOLVER, 53, machine, 40000 + number, dns_answer(name, number, address))


def call(at, machine, port, server, server_port, payload):
    yield at, tcp(machine, port, server, server_port, flags=0x02, answer=0)
    yield at + 0.03, tcp(server, server_port, machine, port, flags=0x12)
    yield at + 0.06, tcp(machine, port, server, server_port, payload)
    yield at + 0.09, tcp(server, server_port, machine, port, b"\x15\x03\x03\0\2\1\0")


def story():
    """(seconds since START, IP packet) of the half hour."""
    packets, number = [], 0
    for minute in range(0, 30, 3):
        for machine in range(6):
            name, address = ORDINARY[(minute + machine) % len(ORDINARY)]
            host = f"203.0.113.{10 + machine}"
            number += 1
            packets += look_up(minute * 60 + machine, host, name, address, number)
            packets += call(minute * 60 + machine + 0.1, host, 50000 + number, address, 443, client_hello("www." + name))
    packets += look_up(125, "203.0.113.12", "tet-loto.example", LISTED["tet-loto.example"], 900)
    packets += call(125.2, "203.0.113.12", 51900, LISTED["tet-loto.example"], 80, http_get("tet-loto.example", "/nhan-li-xi.php"))
    for beat in range(5):  # a beacon every five minutes
        packets += look_up(200 + beat * 300, "198.51.100.23", "c2.den-long.invalid", LISTED["c2.den-long.invalid"], 910 + beat)
        packets += call(200.2 + beat * 300, "198.51.100.23", 52000 + beat, LISTED["c2.den-long.invalid"], 8443,
                        client_hello("c2.den-long.invalid"))
    packets += look_up(777, "203.0.113.14", "tai-ve.cap-nhat-vssid.example", LISTED["cap-nhat-vssid.example"], 930)
    packets.append((800, udp("2001:db8:77::15", 40931, "2001:db8:77::53", 53, dns_question("bao.example", 931))))
    return sorted(packets, key=lambda packet: packet[0])


def write_capture(path):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for seconds, packet in story():
            frame = ethernet(packet, vlan=20 if packet[0] >> 4 == 4 and seconds > 600 else None)
            whole = int(seconds)
            file.write(struct.pack("<IIII", START + whole, round((seconds - whole) * 1e6), len(frame), len(frame)) + frame)


def wireless(question):
    """The question in frames of 802.11, as radios hand them on: (link type, bytes)."""
    ends, snap = bytes.fromhex("020000000001020000000002020000000003"), bytes.fromhex("aaaa030000000800")
    plain, quality = b"\x08\x01\0\0" + ends + bytes(2) + snap, b"\x88\x03\0\0" + ends + bytes(10)
    return {
        "wireless": (105, plain + question), "wireless_quality": (105, quality + snap + question),
        "radiotap": (127, bytes.fromhex("00000a0002000000 1000") + plain + question + b"fcs!"),
        "radiotap_padded": (127, bytes.fromhex("0000190003000080 00000000 00000000 1122334455667788 20") + b"\x88\x01\0\0" +
                            ends + bytes(6) + snap + question),
        "ppi": (192, bytes.fromhex("0000080069000000") + plain + question),
    }


def tunnels():
    """The same question carried in each kind of tunnel between 203.0.113.1 and 192.0.2.9."""
    ends = ("203.0.113.1", "192.0.2.9")
    question = udp("203.0.113.12", 40000, RESOLVER, 53, dns_question("tet-loto.example", 1))
    frame, cut = ethernet(question), struct.pack(">IHBB", 6 << 28, 8 + 8, 44, 64)
    six = ipaddress.ip_address("2001:db8::1").packed + ipaddress.ip_address("2001:db8::2").packed
    mpls = frame[:12] + bytes.fromhex("8847000640400001417f")
    return {
        "gre": ip(*ends, 47, b"\0\0\x08\0" + question),
        "gre_checksum_key": ip(*ends, 47, bytes.fromhex("b0000800 12340000 00000007 00000001") + question),
        "gre_bridged": ip(*ends, 47, bytes.fromhex("20006558 00000700") + frame),
        "gre_pptp": ip(*ends, 47, bytes.fromhex("3081880b") + struct.pack(">HHII", len(question) + 2, 5, 1, 1) + b"\0\x21" + question),
        "erspan_1": ip(*ends, 47, bytes.fromhex("000088be") + frame),
        "erspan_2": ip(*ends, 47, bytes.fromhex("100088be 00000001 10010001 00000000") + frame),
        "erspan_3": ip(*ends, 47, bytes.fromhex("100022eb 00000001 20010001 00000000 00000001") + bytes(8) + frame),
        "vxlan": udp(ends[0], 50001, ends[1], 4789, bytes.fromhex("0800000000002a00") + frame),
        "geneve": udp(ends[0], 50002, ends[1], 6081, bytes.fromhex("0100655800002a00 01020380") + frame),
        "ip_in_ip": ip(*ends, 4, question),
        "gre_udp": udp(ends[0], 50004, ends[1], 4754, b"\0\0\x08\0" + question),
        "gre_wccp": ip(*ends, 47, bytes.fromhex("0000883e 01000000") + question),
        "gtp": udp(ends[0], 2152, ends[1], 2152, b"\x30\xff" + struct.pack(">HI", len(question), 7) + question),
        "gtp_extended": udp(ends[0], 2152, ends[1], 2152, b"\x34\xff" + struct.pack(">HI", len(question) + 8, 7) +
                            bytes.fromhex("00000085 01100900") + question),
        "teredo": udp(ends[0], 50003, ends[1], 3544, udp("2001:0:1::1", 40000, "2001:db8::2", 53, dns_question("a.example", 1))),
        "teredo_relay": udp(ends[0], 50003, ends[1], 40003, udp("2001:0:1::1", 40000, "2001:db8::2", 53, dns_question("a.example", 1))),
        "teredo_asked": udp(ends[0], 50003, ends[1], 3544, bytes.fromhex("00010000 0102030405060708 00 0000 1234 01020304") +
                            udp("2001:0:1::1", 40000, "2001:db8::2", 53, dns_question("a.example", 1))),
    }, {
        "mpls_pseudowire": (1, mpls + bytes(4) + frame), "mpls_pseudowire_plain": (1, mpls + b"\x46" + frame[1:]),
        **wireless(question),
        "nsh": (1, frame[:12] + bytes.fromhex("894f 0fc2 0101 0000020e") + question),
        "vntag": (1, frame[:12] + bytes.fromhex("8926 40030000 8100 0007 0800") + question),
        "metadata": (1, frame[:12] + bytes.fromhex("8909 0101 00010007 0800") + question),
        "fabric_path": (1, frame[:12] + bytes.fromhex("8903 0001") + frame), "mac_in_mac": (1, frame[:12] + bytes.fromhex("88e700000007") + frame),
        "fddi": (10, b"\x50" + frame[:12] + bytes.fromhex("aaaa030000000800") + question), "ppp_cisco": (9, bytes.fromhex("0f000800") + question),
        "nflog": (239, bytes.fromhex("02000000 0800010008000100") + struct.pack("=HH", 4 + len(question), 9) + question),
        "mpls_pseudowire_vlan": (1, mpls + bytes(4) + ethernet(question, vlan=7)),
        "raw_ipv6_first_fragment": (101, cut + six + bytes([17, 0, 0, 1, 0, 0, 0, 9]) + struct.pack(">HHHH", 40000, 53, 999, 0)),
    }


def pcapng(order):
    """A question on each of two interfaces of different link type, clock and length, in the three forms of a packet."""
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack(order + "II", kind, 12 + len(body)) + body + struct.pack(order + "I", 12 + len(body))

    question = udp("203.0.113.12", 40000, RESOLVER, 53, dns_question("tet-loto.example", 1))
    frame, at = ethernet(question), START * 1000000
    def packet(content, time, number):
        return struct.pack(order + "5I", number, time >> 32, time & 0xFFFFFFFF, len(content), len(content)) + content

    old = struct.pack(order + "HHIIII", 0, 7, at >> 32, at & 0xFFFFFFFF, len(frame), len(frame)) + frame
    return b"".join((
        block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)), block(1, struct.pack(order + "HHI", 1, 0, 128)),
        block(1, struct.pack(order + "HHI", 101, 0, 65535) + struct.pack(order + "HHB3xHHqHH", 9, 1, 9, 14, 8, 3600, 0, 0)),
        block(6, packet(frame, at, 0)), block(6, packet(question, (START - 3600) * 1000000000 + 5000000, 1)), block(2, old),
        block(3, struct.pack(order + "I", len(frame)) + frame), block(0x0BAD, b"a vendor's own"),
        block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
        block(1, struct.pack(order + "HHI", 113, 0, 0) + struct.pack(order + "HHB3x", 9, 1, 0x80 | 10)),
        block(6, packet(bytes(14) + b"\x08\0" + question, START << 10 | 512, 0))))


def write_seeds(folder):
    """Seeds of packet_parse (link type, packet) and names_parse (kind, payload)."""
    question = udp("203.0.113.12", 40000, RESOLVER, 53, dns_question("tet-loto.example", 1))
    six = udp("2001:db8::1", 40000, "2001:db8::2", 53, dns_question("a.example", 1))
    hello = tcp("203.0.113.12", 50000, "192.0.2.1", 443, client_hello("www.bao.example"))
    hop = struct.pack(">IHBB", 6 << 28, 8 + len(six) - 40, 0, 64) + six[8:40] + bytes([17, 0, 1, 4, 0, 0, 0, 0]) + six[40:]
    fragment = struct.pack(">IHBB", 6 << 28, 8 + 8, 44, 64) + six[8:40] + bytes([17, 0, 0, 0x41, 0, 0, 0, 9]) + bytes(8)
    packets = {
        "ethernet_dns": (1, ethernet(question)), "ethernet_vlan_tls": (1, ethernet(hello, vlan=20)),
        "ethernet_qinq": (1, ethernet(question)[:12] + bytes.fromhex("88a80064810000140800") + question),
        "ethernet_mpls": (1, ethernet(question)[:12] + bytes.fromhex("8847000640400001417f") + question),
        "ethernet_pppoe": (1, ethernet(question)[:12] + bytes.fromhex("886411000001") + struct.pack(">H", len(question) + 2) +
                           bytes.fromhex("0021") + question),
        "ethernet_snap": (1, ethernet(question)[:12] + struct.pack(">H", len(question) + 8) + bytes.fromhex("aaaa030000000800") + question),
        "raw_ipv6": (101, six), "raw_ipv6_hop": (101, hop), "raw_ipv6_fragment": (101, fragment),
        "null": (0, b"\2\0\0\0" + question), "cooked": (113, bytes(14) + b"\x08\0" + question),
        "cooked_2": (276, b"\x86\xdd" + bytes(18) + six), "ppp": (9, b"\xff\x03\0\x21" + hello),
        "ipv6_in_ip": (101, ip("203.0.113.1", "192.0.2.9", 41, six)),
    }
    carried, others = tunnels()
    packets.update({name: (101, packet) for name, packet in carried.items()}, **others)
    names = {
        "dns_question": b"d" + dns_question("tet-loto.example", 1), "dns_answer": b"d" + dns_answer("a.example", 1, "192.0.2.7"),
        "dns_answer_6": b"d" + dns_answer("a.example", 1, "2001:db8::7"), "tls": b"x" + client_hello("www.bao.example"),
        "dns_loop": b"d" + struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1",
        "http": b"x" + http_get("bao.example:8080", "/a?b=c"), "dns_tcp": b"t\0\x22" + dns_question("a.example", 1),
    }
    for name, order in ("little", "<"), ("big", ">"):
        with open(os.path.join(folder, "pcapng", name), "wb") as file:
            file.write(pcapng(order))
    for name, (link_type, packet) in packets.items():
        with open(os.path.join(folder, "packet_parse", name), "wb") as file:
            file.write(struct.pack(">H", link_type) + packet)
    for name, payload in names.items():
        with open(os.path.join(folder, "names_parse", name), "wb") as file:
            file.write(payload)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("capture")
    parser.add_argument("--seeds")
    args = parser.parse_args()
    write_capture(args.capture)
    if args.seeds:
        write_seeds(args.seeds)


if __name__ == "__main__":
    main()

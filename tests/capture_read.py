"""tests/capture_read.py: the packets of pcap and pcapng files, packed or not, read here in Python so that a comparison does not
rest on the reader it tests. Damage ends a file; what came before is given. SPDX-License-Identifier: Apache-2.0"""
import collections
import gzip
import struct
import zlib

# The time is in microseconds since 1970; pcap's own numbers of link types (www.tcpdump.org/linktypes.html).
Packet = collections.namedtuple("Packet", "at link wire content")
SUFFIXES = (".pcap", ".cap", ".pcapng", ".gz")
PCAP = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}  # micro, nano
NANO = (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
SECTION, INTERFACE, OLD, SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
LARGEST = 262144  # of one packet; more is damage
ALIKE = {12: 101, 14: 101, 50: 9, 108: 0}  # numbers of the same link by system
ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}


def content_of(path):
    data = path.read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return b""


def pcap(data):
    order, nano, at = PCAP[data[:4]], data[:4] in NANO, 24
    link = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    while at + 16 <= len(data):
        seconds, parts, kept, wire = struct.unpack(order + "4I", data[at:at + 16])
        if kept > LARGEST or at + 16 + kept > len(data):
            return
        yield Packet(seconds * 1000000 + (parts // 1000 if nano else parts), ALIKE.get(link, link), wire, data[at + 16:at + 16 + kept])
        at += 16 + kept


def interface(body, order):
    """(link type, units of time in a second) of an interface block."""
    units, at = 1000000, 8
    while at + 4 <= len(body):
        code, size = struct.unpack(order + "HH", body[at:at + 4])
        if code == 0:
            break
        if code == 9 and size == 1:
            exponent = body[at + 4]
            units = 2 ** (exponent & 0x7F) if exponent & 0x80 else 10 ** exponent
        at += 4 + (size + 3) // 4 * 4
    link = struct.unpack(order + "H", body[:2])[0]
    return ALIKE.get(link, link), units, struct.unpack(order + "I", body[4:8])[0]


def block_packet(kind, body, order, interfaces):
    if kind == SIMPLE:
        number, time, head, wire = 0, 0, 4, struct.unpack(order + "I", body[:4])[0]
        kept = min(wire, interfaces[0][2] or wire)
    else:
        number, high, low, kept, wire = struct.unpack(order + ("H2x4I" if kind == OLD else "5I"), body[:20])
        time, head = high << 32 | low, 20
    if number >= len(interfaces) or head + kept > len(body):
        return None
    link, units, _ = interfaces[number]
    return Packet(time * 1000000 // units, link, wire, body[head:head + kept])


def pcapng(data):
    order, interfaces, at = "<", [], 0
    while at + 12 <= len(data):
        kind = struct.unpack(order + "I", data[at:at + 4])[0]
        if kind == SECTION:
            order, interfaces = ORDERS.get(data[at + 8:at + 12]), []
            if not order or struct.unpack(order + "H", data[at + 12:at + 14])[0] != 1:
                return
        size = struct.unpack(order + "I", data[at + 4:at + 8])[0]
        if size < 12 or at + size > len(data):
            return
        body = data[at + 8:at + size - 4]
        if kind == INTERFACE and len(body) >= 8:
            interfaces.append(interface(body, order))
        elif kind in (ENHANCED, OLD, SIMPLE) and len(body) >= (4 if kind == SIMPLE else 20) and interfaces:
            packet = block_packet(kind, body, order, interfaces)
            if not packet:
                return
            yield packet
        at += size


def packets_of(path):
    """Of what is no capture: nothing."""
    data = content_of(path)
    if data[:4] in PCAP and len(data) >= 24:
        yield from pcap(data)
    elif data[:4] == b"\x0a\x0d\x0d\x0a":
        yield from pcapng(data)


def is_capture(path):
    data = content_of(path)[:4] if path.is_file() and path.suffix in SUFFIXES else b""
    return data in PCAP or data == b"\x0a\x0d\x0d\x0a"

#!/usr/bin/env python3
"""tools/make_export_seeds.py: writes the seeds of the exporters' fuzz targets into tests/corpus/.

Small exports of each kind with documentation addresses: two bytes of length before each datagram.
SPDX-License-Identifier: Apache-2.0"""
import os
import socket
import struct

CORPUS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "corpus")
AT = 1700000000
INSIDE, OUTSIDE, PEER = (socket.inet_aton(a) for a in ("192.0.2.10", "198.51.100.1", "203.0.113.7"))


def fed(*datagrams):
    return b"".join(struct.pack("<H", len(d)) + d for d in datagrams)


def v5(count, records, sampling=0):
    return struct.pack(">HHIIIIBBH", 5, count, 60000, AT, 0, 7, 0, 0, sampling) + records


def v5_record(first, last):
    return INSIDE + PEER + bytes(4) + struct.pack(">HHIIIIHHBBBBHHBBH", 1, 2, 3, 180, first, last, 50000, 443, 0, 27, 6, 0, 0, 0, 0, 0, 0)


def v9(*sets):
    return struct.pack(">HHIIII", 9, len(sets), 60000, AT, 1, 0) + b"".join(sets)


def ipfix(*sets):
    body = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(body), AT, 0, 1) + body


def a_set(number, body):
    return struct.pack(">HH", number, 4 + len(body)) + body


def template(number, fields):
    return struct.pack(">HH", number, len(fields)) + b"".join(
        struct.pack(">HHI", f[0] | 0x8000, f[1], f[2]) if len(f) > 2 else struct.pack(">HH", *f) for f in fields)


FIELDS = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4), (1, 4)]
RECORD = INSIDE + PEER + struct.pack(">HHBII", 50000, 443, 6, 3, 180)


def frame():
    question = struct.pack(">HHHHHH", 1, 0x100, 1, 0, 0, 0) + b"\4mail\7example\0\0\1\0\1"
    udp = struct.pack(">HHHH", 50000, 53, 8 + len(question), 0) + question
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + INSIDE + PEER + udp
    return bytes(12) + b"\x08\0" + ip


def sflow():
    header = frame()
    padded = header + bytes(-len(header) % 4)
    raw = struct.pack(">IIII", 1, len(header) + 4, 4, len(header)) + padded
    fields = struct.pack(">II", 60, 6) + INSIDE + PEER + struct.pack(">IIII", 50000, 443, 2, 0)
    def sample(kind, head, record):
        body = head + struct.pack(">III", 1, *record[:1], len(record[1])) + record[1]
        return struct.pack(">II", kind, len(body)) + body
    samples = [sample(1, struct.pack(">IIIIIII", 1, 1, 512, 1000, 0, 1, 2), (1, raw)),
               sample(3, struct.pack(">IIIIIIIIII", 1, 0, 1, 256, 1000, 0, 0, 1, 0, 2), (3, fields)),
               struct.pack(">II", 2, 8) + bytes(8)]
    return struct.pack(">II", 5, 1) + OUTSIDE + struct.pack(">IIII", 0, 9, 60000, len(samples)) + b"".join(samples)


def seeds():
    options = struct.pack(">HHH", 257, 4, 8) + struct.pack(">HHHHHH", 1, 4, 48, 2, 34, 4)
    nat = template(258, [(8, 4), (225, 4), (7, 2), (227, 2), (12, 4), (4, 1), (230, 1), (323, 8)])
    nat_record = INSIDE + OUTSIDE + struct.pack(">HH", 50000, 1024) + PEER + struct.pack(">BBQ", 6, 4, AT * 1000)
    both = template(259, [*FIELDS, (1, 4, 29305), (2, 4, 29305), (154, 8), (155, 8), (210, 65535)])
    ntp = struct.pack(">II", AT + 2208988800, 1 << 31)
    both_record = RECORD + struct.pack(">II", 90, 2) + ntp + ntp + b"\3abc"
    nine = {"late": fed(v9(a_set(256, RECORD)), v9(a_set(0, template(256, [*FIELDS, (22, 4), (21, 4)])))),
            "template_and_data": fed(v9(a_set(0, template(256, FIELDS)), a_set(256, RECORD * 2))),
            "options": fed(v9(a_set(1, options), a_set(257, bytes(4) + struct.pack(">HI", 1, 100)))),
            "filled_up": fed(v9(a_set(0, template(256, FIELDS)), a_set(256, RECORD)) + bytes(64))}
    ten = {"nat": fed(ipfix(a_set(2, nat), a_set(258, nat_record))),
           "biflow": fed(ipfix(a_set(2, both), a_set(259, both_record))),
           "withdrawn": fed(ipfix(a_set(2, template(256, FIELDS))), ipfix(a_set(2, struct.pack(">HH", 256, 0)), a_set(256, RECORD))),
           "frame": fed(ipfix(a_set(2, template(260, [(315, 65535)])), a_set(260, bytes([len(frame())]) + frame())))}
    yield "netflow_v5_parse", {"one": fed(v5(1, v5_record(50000, 59000), 100)), "turned": fed(v5(1, v5_record(0xFFFFFF00, 100))),
                               "lying_count": fed(v5(30, v5_record(0, 0)))}
    yield "netflow_v9_parse", nine
    yield "ipfix_parse", ten
    yield "sflow_parse", {"samples": fed(sflow())}
    yield "export_parse", {"all": nine["late"] + ten["nat"] + fed(sflow(), v5(1, v5_record(50000, 59000)), b"\x16\3\1")}
    yield "export_frame_parse", {"question": b"\1" + frame(), "raw": bytes([101]) + frame()[14:]}
    yield "export_template_parse", {"biflow": bytes([12]) + both[4:] + both_record}


def main():
    for noun, files in seeds():
        os.makedirs(os.path.join(CORPUS, noun), exist_ok=True)
        for name, content in files.items():
            with open(os.path.join(CORPUS, noun, name), "wb") as file:
                file.write(content)


if __name__ == "__main__":
    main()

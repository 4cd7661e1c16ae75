#!/usr/bin/env python3
"""tests/read_archive.py FOLDER: reads a flow archive by docs/formats/flow-archive.md alone, sharing no code with the
program, and prints each fact as a line. With `--against DUMP`: runs `DUMP show` on the folder, and on one that `DUMP make`
makes, and compares; a difference ends with 1.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import ctypes.util
import hashlib
import os
import struct
import subprocess
import sys
import tempfile

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
ZSTD = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
ZSTD.ZSTD_decompress.restype = ctypes.c_size_t
ZSTD.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def turn(value, bits):
    return (value << bits | value >> (64 - bits)) & MASK


def mix(lane, value):
    return turn((lane + value * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    at, end = 0, len(data)
    if end >= 32:
        lanes = [P1 + P2 & MASK, P2, 0, -P1 & MASK]
        for at in range(0, end - 31, 32):
            lanes = [mix(lane, word) for lane, word in zip(lanes, struct.unpack_from("<4Q", data, at))]
        at += 32
        value = sum(turn(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            value = ((value ^ mix(0, lane)) * P1 + P4) & MASK
    else:
        value = P5
    value = (value + end) & MASK
    while at + 8 <= end:
        value = (turn(value ^ mix(0, struct.unpack_from("<Q", data, at)[0]), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= end:
        value = (turn(value ^ struct.unpack_from("<I", data, at)[0] * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        value = turn(value ^ byte * P5 & MASK, 11) * P1 & MASK
    value = (value ^ value >> 33) * P2 & MASK
    value = (value ^ value >> 29) * P3 & MASK
    return value ^ value >> 32


def need(holds, what):
    if not holds:
        raise ValueError(what)


def unzstd(data, size):
    out = ctypes.create_string_buffer(size or 1)
    need(ZSTD.ZSTD_decompress(out, size, data, len(data)) == size, "zstd")
    return out.raw[:size]


def streams(chunk, at):
    while at < len(chunk):
        method, size = struct.unpack_from("<BH", chunk, at)
        yield method, chunk[at + 3:at + 3 + size]
        at += 3 + size
    need(at == len(chunk), "streams")


def stream_bytes(method, data, rows):
    return data if method == 0 else unzstd(data, rows) if method == 1 else data * rows


def amounts(parts, rows):
    classes, rest = stream_bytes(*parts[0], rows), int.from_bytes(parts[1][1], "little")
    for c in classes:
        if c < 8:
            yield c
            continue
        bits = 1 + (c - 8) // 4
        yield (4 | c & 3) << bits | rest & ((1 << bits) - 1)
        rest >>= bits


def column(chunk, rows):
    form, count, base = struct.unpack_from("<BBQ", chunk)
    parts = list(streams(chunk, 10))
    need(len(parts) == count, "streams")
    if count == 0:
        values = [0] * rows
    elif form & 2:
        values = list(amounts(parts, rows))
    else:
        planes = [stream_bytes(method, data, rows) for method, data in parts]
        values = [sum(plane[i] << 8 * p for p, plane in enumerate(planes)) for i in range(rows)]
    if not form & 1:
        return [(base + value) & MASK for value in values]
    out = []
    for value in values:
        base = (base + (value >> 1 ^ -(value & 1))) & MASK
        out.append(base)
    return out


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def address(high, low):
    return f"{high:016x}{low:016x}"


class Part:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        need(self.data[:8] == b"CANHPART" and struct.unpack_from("<I", self.data, 8)[0] == 1, "header")
        trailer = self.data[-32:]
        offset, size, checksum, own = struct.unpack("<4Q", trailer)
        need(xxh64(trailer[:24]) == own and offset + size + 32 == len(self.data), "trailer")
        directory = self.data[offset:offset + size]
        need(xxh64(directory) == checksum, "directory")
        at, self.tables = 56 + 7 * 16, []
        for n in range(7):
            rows, groups, columns = struct.unpack_from("<QII", directory, 56 + 16 * n)
            table = []
            for _ in range(groups):
                table.append((*struct.unpack_from("<QQqqQI", directory, at),
                              struct.unpack_from(f"<{2 * columns}I", directory, at + 48)))
                at += 48 + 8 * columns
            need(sum(group[5] for group in table) == rows, "rows")
            self.tables.append(table)
        self.addresses = [address(*row) for row in self.rows(5)]
        self.texts = list(self.all_texts())

    def chunks(self, group):
        at, entries = group[4], group[6]
        for size, checksum in zip(entries[::2], entries[1::2]):
            chunk = self.data[at:at + size]
            need(xxh64(chunk) & 0xFFFFFFFF == checksum, "chunk")
            yield chunk
            at += size

    def rows(self, table):
        for group in self.tables[table]:
            yield from zip(*(column(chunk, group[5]) for chunk in self.chunks(group)))

    def all_texts(self):
        for group in self.tables[6]:
            lengths, blob = self.chunks(group)
            text, at = unzstd(blob[4:], struct.unpack_from("<I", blob)[0]), 0
            for size in column(lengths, group[5]):
                yield ".".join(reversed(text[at:at + size].decode().split(".")))
                at += size


def flow_line(part, row):
    remote, internal = address(row[0], row[1]), part.addresses[row[2]]
    begin = signed(row[3])
    ends = [(internal, row[10]), (remote, row[11])]
    (source, source_port), (destination, destination_port) = reversed(ends) if row[7] else ends
    return (f"flow {begin} {signed((row[3] + row[4]) & MASK)} {source} {destination} {source_port} {destination_port} "
            f"{row[12]} {row[13] & 255} {row[13] >> 8} {row[8]} {row[5]} {row[9]} {row[6]} {row[14]}")


def lines(part):
    for table in (0, 1):
        for row in part.rows(table):
            yield flow_line(part, row)
    for text, at, host, peer, answer, place in part.rows(2):
        yield (f"name {signed(at)} {part.addresses[host]} {part.addresses[peer]} "
               f"{part.addresses[answer - 1] if answer else '-'} {place} {part.texts[text]}")
    for begin, end, inner, outer, peer, a, b, c, protocol in part.rows(3):
        yield (f"translation {signed(begin)} {signed(end)} {part.addresses[inner]} {part.addresses[outer]} "
               f"{part.addresses[peer - 1] if peer else '-'} {a} {b} {c} {protocol}")
    for begin, end, held, hardware, name in part.rows(4):
        yield (f"lease {signed(begin)} {signed(end)} {part.addresses[held]} "
               f"{f'{hardware:013x}'[1:] if hardware else '-'} {part.texts[name - 1] if name else ''}")


def manifest(folder):
    with open(os.path.join(folder, "archive.manifest"), "rb") as file:
        data = file.read()
    need(data[:8] == b"CANHFLOW" and struct.unpack_from("<I", data, 8)[0] == 1, "manifest")
    need(xxh64(data[:-8]) == struct.unpack("<Q", data[-8:])[0], "manifest's checksum")
    for n in range(struct.unpack_from("<I", data, 32)[0]):
        yield struct.unpack_from("<Q", data, 40 + 72 * n)[0]


def facts(folder):
    out = []
    for number in manifest(folder):
        out.extend(lines(Part(os.path.join(folder, f"{number:016d}.part"))))
    return sorted(out)


def digest(folder):
    return hashlib.sha256("\n".join(facts(folder)).encode()).hexdigest()


def compare(dump, folder):
    shown = subprocess.run([dump, "show", folder], check=True, capture_output=True, text=True).stdout.splitlines()
    wanted, got = facts(folder), sorted(shown)
    for ours, theirs in zip(wanted, got):
        if ours != theirs:
            print(f"{folder}\n  by this reader:   {ours}\n  by the program: {theirs}")
            return 1
    print(f"{folder}: {len(wanted)} and {len(got)} facts")
    return 0 if len(wanted) == len(got) > 0 else 1


def main():
    folder = sys.argv[1]
    if len(sys.argv) < 4:
        print("\n".join(facts(folder)))
        return 0
    dump = sys.argv[3]
    with tempfile.TemporaryDirectory() as fresh:
        subprocess.run([dump, "make", fresh], check=True)
        same = compare(dump, fresh)
        kept = compare(dump, folder)
        with open(os.path.join(folder, "facts.sha256"), encoding="ascii") as file:
            told = file.read().strip()
        if {told} != {digest(folder), digest(fresh)}:
            print(f"{folder}/facts.sha256: differs")
            kept = 1
    return same or kept


if __name__ == "__main__":
    sys.exit(main())

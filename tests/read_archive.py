#!/usr/bin/env python3
"""tests/read_archive.py FOLDER: reads a flow archive by docs/formats/flow-archive.md alone, sharing no code with the
program, and prints each fact as a line; the indexes are held against the facts. With `--against DUMP`: runs `DUMP show` on
the folder, on one that `DUMP make` makes, and on a copy of the folder after `DUMP open` (its indexes are made anew when they
are of an earlier version), and compares; a difference ends with 1.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import ctypes.util
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile

MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
ZSTD = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
ZSTD.ZSTD_decompress.restype = ctypes.c_size_t
ZSTD.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
XXHASH = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
XXHASH.XXH3_64bits.restype = ctypes.c_uint64
XXHASH.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
NAME_LOW = 0x6E616D652E2E2E2E
SALTS = (0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31)


def xxh3(data):
    return XXHASH.XXH3_64bits(data, len(data))


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
        version = struct.unpack_from("<I", self.data, 8)[0]
        need(self.data[:8] == b"CANHPART" and version in (1, 2), "header")
        self.sum = xxh64 if version == 1 else xxh3
        trailer = self.data[-32:]
        offset, size, checksum, own = struct.unpack("<4Q", trailer)
        need(self.sum(trailer[:24]) == own and offset + size + 32 == len(self.data), "trailer")
        directory = self.data[offset:offset + size]
        need(self.sum(directory) == checksum, "directory")
        self.day = struct.unpack_from("<i", directory, 32)[0] + 1
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
            need(self.sum(chunk) & 0xFFFFFFFF == checksum, "chunk")
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


def number(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def rising(data, at, form):
    """Numbers of a form, and where they end."""
    out, value = [], 0
    if form & 1:
        first, at = number(data, at)
        bits = int.from_bytes(data[at:at + form // 2], "little")
        return [first + n for n in range(form // 2 * 8) if bits >> n & 1], at + form // 2
    for _ in range(form // 2):
        step, at = number(data, at)
        value += step
        out.append(value)
    return out, at


def records(data, key, base):
    """(key, kinds, days, hosts) of a page, or of the table of hosts."""
    at = 0
    while at < len(data):
        step, at = number(data, at)
        if step == 1:
            key, at = struct.unpack_from("<QQ", data, at), at + 16
        else:
            key = (key[0], key[1] + step // 2)
        form, at = number(data, at)
        days, at = rising(data, at, form // 16)
        count, at = number(data, at)
        hosts, at = rising(data, at, count)
        yield key, form % 16, [day + base if day else 0 for day in days], hosts


class Index:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        need(data[:8] == b"CANHINDX", "index")
        self.version = struct.unpack_from("<I", data, 8)[0]
        if self.version == 1:
            return
        need(self.version == 2 and xxh3(data[:72]) == struct.unpack_from("<Q", data, 72)[0], "index header")
        (base, keys, pages, self.blocks, filter_sum, skip_sum, page_bytes, hosts, hosts_bytes,
         hosts_sum) = struct.unpack_from("<IQIIQQQIIQ", data, 12)
        at = 80 + 32 * self.blocks
        self.filter, skips = data[80:at], data[at:at + 24 * pages]
        table = data[at + 24 * pages:at + 24 * pages + hosts_bytes]
        body = data[at + 24 * pages + hosts_bytes:]
        need((xxh3(self.filter), xxh3(skips), xxh3(table)) == (filter_sum, skip_sum, hosts_sum), "index sums")
        need(len(body) == page_bytes, "index pages")
        self.hosts = list(records(table, (0, 0), base))
        need(len(self.hosts) == hosts, "hosts")
        self.keys, entries = [], [struct.unpack_from("<QQII", skips, 24 * n) for n in range(pages)]
        for n, (high, low, offset, checksum) in enumerate(entries):
            page = body[offset:entries[n + 1][2] if n + 1 < pages else page_bytes]
            need(xxh3(page) & 0xFFFFFFFF == checksum, "page")
            self.keys.extend(records(page, (high, low), base))
        need(len(self.keys) == keys and all(self.may_have(key[0]) for key in self.keys), "keys")

    def may_have(self, key):
        mark = xxh3(struct.pack(">QQ", *key))
        block = self.filter[((mark >> 32) * self.blocks >> 32) * 32:][:32]
        return all(word >> ((mark & 0xFFFFFFFF) * salt % (1 << 32) >> 27) & 1
                   for word, salt in zip(struct.unpack("<8I", block), SALTS))


def key_of(text):
    return int(text[:16], 16), int(text[16:], 16)


class Known:
    """Kinds, days and hosts of keys, or of hosts: of the facts, or of all indexes together."""
    def __init__(self):
        self.all = {}

    def add(self, key, kinds, days, hosts, told):
        known = self.all.setdefault(key, [0, set(), set(), True])
        known[0] |= kinds
        known[1].update(days)
        known[2].update(hosts)
        known[3] &= told

    def plain(self):
        return {key: (kinds, days, hosts if told and kinds == 1 else None) for key, (kinds, days, hosts, told) in self.all.items()}


def known_of_facts(parts):
    keys, hosts = Known(), Known()
    for part in parts:
        day = [part.day]
        for row in part.rows(0):
            keys.add((row[0], row[1]), 1, day, [key_of(part.addresses[row[2]])], True)
            hosts.add(key_of(part.addresses[row[2]]), 1, day, [], False)
        for row in part.rows(1):
            keys.add((row[0], row[1]), 2, day, [], True)
            keys.add(key_of(part.addresses[row[2]]), 2, day, [], True)
        for text, _, host, peer, answer, _ in part.rows(2):
            hosts.add(key_of(part.addresses[host]), 4, day, [], False)
            keys.add(key_of(part.addresses[peer]), 8, day, [], True)
            if answer:
                keys.add(key_of(part.addresses[answer - 1]), 4, day, [], True)
            labels = part.texts[text].split(".")[::-1]
            for n in range(len(labels)):
                keys.add((xxh3(".".join(labels[:n + 1]).encode()), NAME_LOW), 4, day, [], True)
        for row in part.rows(3):
            hosts.add(key_of(part.addresses[row[2]]), 8, day, [], False)
            hosts.add(key_of(part.addresses[row[3]]), 8, day, [], False)
            if row[4]:
                keys.add(key_of(part.addresses[row[4] - 1]), 8, day, [], True)
        for row in part.rows(4):
            hosts.add(key_of(part.addresses[row[2]]), 8, day, [], False)
    return keys.plain(), hosts.plain()


def known_of_indexes(indexes):
    keys, hosts = Known(), Known()
    for index in indexes:
        for address, kinds, days, _ in index.hosts:
            hosts.add(address, kinds, days, [], False)
        for key, kinds, days, met in index.keys:
            keys.add(key, kinds, days, [index.hosts[n][0] for n in met], kinds != 1 or bool(met))
    return keys.plain(), hosts.plain()


def manifest(folder):
    """Numbers of the parts, and of the indexes."""
    with open(os.path.join(folder, "archive.manifest"), "rb") as file:
        data = file.read()
    need(data[:8] == b"CANHFLOW" and struct.unpack_from("<I", data, 8)[0] == 1, "manifest")
    need(xxh64(data[:-8]) == struct.unpack("<Q", data[-8:])[0], "manifest's checksum")
    parts, indexes = struct.unpack_from("<II", data, 32)
    return ([struct.unpack_from("<Q", data, 40 + 72 * n)[0] for n in range(parts)],
            [struct.unpack_from("<Q", data, 40 + 72 * parts + 16 * n)[0] for n in range(indexes)])


def facts(folder):
    part_numbers, index_numbers = manifest(folder)
    parts = [Part(os.path.join(folder, f"{number:016d}.part")) for number in part_numbers]
    indexes = [Index(os.path.join(folder, f"{number:016d}.index")) for number in index_numbers]
    if all(index.version == 2 for index in indexes):
        need(known_of_facts(parts) == known_of_indexes(indexes), "the indexes say something else than the parts")
    return sorted(line for part in parts for line in lines(part))


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


def opened_anew(dump, folder):
    """A copy of the folder that a writer of today has opened."""
    with tempfile.TemporaryDirectory() as fresh:
        copy = shutil.copytree(folder, os.path.join(fresh, "copy"))
        subprocess.run([dump, "open", copy], check=True)
        if any(Index(os.path.join(copy, f"{number:016d}.index")).version != 2 for number in manifest(copy)[1]):
            print(f"{folder}: its indexes are still of the earlier version after a writer opened it")
            return 1
        return compare(dump, copy)


def main():
    folder = sys.argv[1]
    if len(sys.argv) < 4:
        print("\n".join(facts(folder)))
        return 0
    dump = sys.argv[3]
    with tempfile.TemporaryDirectory() as fresh:
        subprocess.run([dump, "make", fresh], check=True)
        bad = compare(dump, fresh) + compare(dump, folder) + opened_anew(dump, folder)
        with open(os.path.join(folder, "facts.sha256"), encoding="ascii") as file:
            told = file.read().strip()
        if {told} != {digest(folder), digest(fresh)}:
            print(f"{folder}/facts.sha256: differs")
            bad = 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

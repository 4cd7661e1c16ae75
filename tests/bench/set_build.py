#!/usr/bin/env python3
"""Builds one set from IPsum, maltrail and ThreatFox: as an office would today, with the newest state of ThreatFox, and with all its
states of 45 months, each four times as many rows; beside peers over the same files.

    set_build.py PROGRAM ROOT

Lines: name, rows, distinct, seconds of wall clock (the best of ROUNDS), seconds of CPU, bytes, bytes per distinct value. Peers: `sort -u`
of the lines, which neither checks nor normalises nor says why a row is left out, and a Python set of the stripped lines.
The lists are not part of the project: $CANH_DATA, or shared/data beside the checkout. SPDX-License-Identifier: Apache-2.0
"""
import json
import lzma
import os
import pathlib
import resource
import subprocess
import sys
import tarfile
import tempfile
import time

ROUNDS, SKIPPED = 3, 77


def unpack(data, to):
    (to / "ipsum.txt").write_bytes(lzma.decompress((data / "ipsum" / "ipsum.txt.xz").read_bytes()))
    for name in ("maltrail-trails", "threatfox-ips-monthly"):
        with tarfile.open(data / (name + ".tar.xz")) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.11.4 and later know it
            archive.extractall(to)
    return sorted(str(p.relative_to(to)) for p in to.rglob("*.txt"))


def measure(work):
    """The best wall clock of some rounds, with the CPU of that round; what work returned."""
    best = None
    for _ in range(ROUNDS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        own = time.process_time()
        result = work()
        wall = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + time.process_time() - own
        if best is None or wall < best[0]:
            best = (wall, cpu)
    return best, result


def say(name, rows, distinct, times, size):
    print(f"{name:24} {rows:>9} rows {distinct:>8} distinct {times[0]:6.2f} s wall {times[1]:6.2f} s CPU "
          f"{size:>10} bytes {size / max(distinct, 1):6.1f} bytes each")


def newest(files):
    """IPsum, maltrail and the last state of ThreatFox; a file's name begins with its date."""
    states = [f for f in files if f.startswith("threatfox")]
    return [f for f in files if f not in states] + [max(states)]


def canh(program, packs, folder, files):
    def work():
        done = subprocess.run([program, "list", "build", "--json", "--packs", packs, "-o", "x.set"] + files, cwd=folder,
                              capture_output=True, check=False)
        if done.returncode > 1:
            raise SystemExit(done.stderr.decode()[-2000:])
        return done
    times, done = measure(work)
    rows = sum(json.loads(l)["counts"]["read"] for l in done.stderr.decode().splitlines() if l.startswith('{"kind":"summary"'))
    made = json.loads(done.stdout)
    say("canh list build", rows, made["total"], times, made["bytes"])
    print(f"{'':24} of these {made['ipv4']} IPv4; a row {times[0] / rows * 1e9:.0f} ns")


def sort_u(folder, files):
    def work():
        with open(folder / "sorted", "wb") as out:
            subprocess.run(["sort", "-u"] + files, cwd=folder, stdout=out, check=True, env=dict(os.environ, LC_ALL="C"))
    times, _ = measure(work)
    bytes_out = (folder / "sorted").read_bytes()
    say("sort -u (lines)", sum((folder / f).read_bytes().count(b"\n") for f in files), bytes_out.count(b"\n"), times, len(bytes_out))


def python_set(folder, files):
    def work():
        seen, rows = set(), 0
        for name in files:
            with open(folder / name, "rb") as lines:
                for line in lines:
                    rows += 1
                    seen.add(line.strip())
        return seen, rows
    times, (seen, rows) = measure(work)
    say("Python set (lines)", rows, len(seen), times, sum(sys.getsizeof(v) for v in seen) + sys.getsizeof(seen))


def main():
    program, root = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    said = os.environ.get("CANH_DATA")
    data = (pathlib.Path(said) if said else root.parent / "shared" / "data") / "indicators"
    if not data.is_dir():
        print("skipped: no real lists (set CANH_DATA, or put them into shared/data beside the checkout)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        files = unpack(data, folder)
        for some in (newest(files), files):
            print(f"{len(some)} files")
            canh(program, str(root / "packs"), folder, some)
            sort_u(folder, some)
            python_set(folder, some)
    return 0


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sweep_vs_yara.py BUILD [FOLDER…]: canh sweep and yara: the same rules, the same files, one thread each.

Says: the same matches or not (exit 1), processor seconds (user + system, the median of three runs), memory, and what a
sweep costs when nothing changed (beside `find`, which only asks for every file's size), when one rule file in a hundred is new, and
with archives opened. clamscan, where it is installed, is asked for one hash, as is canh. Rules that ask for a file's name or owner are
left out: the yara program knows these only as constants."""
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("CANH_DATA") or os.path.join(os.path.dirname(HERE), "shared", "data")
ARCHIVE = os.path.join(DATA, "malware-scan", "yara-rules", "signature-base-Neo23x0.tar.xz")
ENV = dict(os.environ, LC_ALL="C.UTF-8")
FACTS = re.compile(rb"\b(filename|filepath|extension|filetype|owner)\b")
BYTES_MAX = 64 << 20  # canh leaves larger files out, and yara is told to


def say(*words):
    print(*words, flush=True)


def measure(command):
    """(output, messages, processor seconds, greatest memory in MiB, wall seconds)"""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=err, env=ENV)
        _, _, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = 0
        out.seek(0)
        err.seek(0)
        return out.read(), err.read(), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, wall


def rules_take(canh, work):
    """A folder of rule files that compile alone and ask no facts."""
    source, rules, none = (os.path.join(work, n) for n in ("source", "rules", "none"))
    os.mkdir(rules)
    os.mkdir(none)
    if os.access(ARCHIVE, os.R_OK):
        with tarfile.open(ARCHIVE) as tar:
            tar.extractall(source)
    else:
        say("signature-base is not there (CANH_DATA): only the test rules of packs/rules are used")
        source = os.path.join(HERE, "packs", "rules")
    for folder, _, names in os.walk(source):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith((".yar", ".yara")):
                with open(path, "rb") as f:
                    if not FACTS.search(f.read()):
                        shutil.copy(path, os.path.join(rules, name.replace(" ", "_")))
    _, messages, _, _, _ = measure([canh, "sweep", "--rules", rules, none])
    for bad in set(re.findall(rb"^(\S+\.yara?):\d+: ", messages, re.M)):
        os.remove(bad)
    return rules


def with_canh(canh, rules, roots, *more):
    out, _, cpu, memory, wall = measure([canh, "sweep", "--json", "--no-archives", "--rules", rules, *more, *roots])
    hits = (json.loads(line) for line in out.splitlines())
    return {f"{h['rule']} {h['path']}" for h in hits}, cpu, memory, wall


def with_yara(rules, roots, work):
    named = [f"{name}:{os.path.join(rules, name)}" for name in sorted(os.listdir(rules))]
    paths = os.path.join(work, "roots")  # one run for all roots: the rules are compiled once, as ours are
    with open(paths, "w", encoding="utf-8") as f:
        f.write("".join(root + "\n" for root in roots))
    out, _, cpu, memory, wall = measure(
        ["yara", "-p", "1", "-w", "-r", "-N", "-z", str(BYTES_MAX + 1), "--scan-list", *named, paths])
    return set(out.decode("utf-8", "backslashreplace").splitlines()), cpu, memory, wall


def with_changed_rules(canh, rules, roots, work):
    """Processor seconds of a sweep with all rules after one without every hundredth rule file."""
    fewer, state = os.path.join(work, "fewer"), os.path.join(work, "state99")
    os.mkdir(fewer)
    for i, name in enumerate(sorted(os.listdir(rules))):
        if i % 100:
            shutil.copy(os.path.join(rules, name), fewer)
    with_canh(canh, fewer, roots, "--state", state)
    return with_canh(canh, rules, roots, "--state", state)


def with_clamscan(canh, roots, work):
    """Both look for one hash that nothing has."""
    none = "0" * 31 + "1"
    database, hashes = os.path.join(work, "one.hdb"), os.path.join(work, "one.hashes")
    for path, line in ((database, f"{none}:68:Nothing\n"), (hashes, f"{none} nothing\n")):
        with open(path, "w", encoding="ascii") as f:
            f.write(line)
    size = f"--max-filesize={BYTES_MAX >> 20}M"
    scan = measure(["clamscan", "-d", database, "-r", "-i", "--no-summary", size, *roots])
    for words in ([], ["--no-archives"]):
        ours = measure([canh, "sweep", "--hashes", hashes, *words, *roots])
        say(f"one hash: canh {' '.join(words):14} {ours[2]:7.2f} s processor, {ours[3]:4.0f} MiB; clamscan {scan[2]:7.2f} s, {scan[3]:4.0f} MiB")


def middle(runs):
    return [statistics.median(r[i] for r in runs) for i in (1, 2, 3)]


def main():
    canh = os.path.join(os.path.abspath(sys.argv[1]), "src", "canh", "canh")
    roots = [os.path.realpath(r) for r in sys.argv[2:]] or ["/usr/bin", "/usr/lib/python3"]
    roots = [r for r in roots if os.path.isdir(r)]
    if not shutil.which("yara"):
        say("yara is not installed: no comparison")
        return 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as work:
        rules = rules_take(canh, work)
        state = os.path.join(work, "state")
        roots.append(rules)  # the rules' own texts: hundreds of matches to compare
        ours, theirs = [], []
        for _ in range(3):
            ours.append(with_canh(canh, rules, roots))
            theirs.append(with_yara(rules, roots, work))
        clean = roots[:-1]  # what was found is matched again each time
        first = with_canh(canh, rules, clean, "--state", state)
        second = with_canh(canh, rules, clean, "--state", state)
        (cpu, memory, wall), (yara_cpu, yara_memory, yara_wall) = middle(ours), middle(theirs)
        say(f"rules: {len(os.listdir(rules))} files; roots: {' '.join(roots[:-1])} and the rules' own texts")
        say(f"canh sweep  {cpu:7.2f} s processor  {wall:7.2f} s  {memory:5.0f} MiB  {len(ours[0][0])} matches")
        say(f"yara -p 1   {yara_cpu:7.2f} s processor  {yara_wall:7.2f} s  {yara_memory:5.0f} MiB  {len(theirs[0][0])} matches")
        say(f"ratio       {cpu / yara_cpu:7.2f}")
        say(f"with state  {first[1]:7.2f} s processor, and unchanged {second[1]:.2f} s processor, {second[3]:.2f} s")
        walk = statistics.median(measure(["find", *clean, "-size", "+99999999k"])[2] for _ in range(3))
        again = statistics.median(with_canh(canh, rules, clean, "--state", state)[1] for _ in range(3))
        say(f"unchanged   {again:7.2f} s processor (median of three); find, the bare walk, {walk:.2f} s: ratio {again / walk:.2f}")
        changed = with_changed_rules(canh, rules, clean, work)
        say(f"1% of rules {changed[1]:7.2f} s processor: {100 * changed[1] / first[1]:.0f}% of the first")
        opened = measure([canh, "sweep", "--json", "--rules", rules, *roots])
        say(f"archives    {opened[2]:7.2f} s processor with their members, {opened[3]:.0f} MiB")
        if shutil.which("clamscan"):
            with_clamscan(canh, roots, work)
        missed, more = theirs[0][0] - ours[0][0], ours[0][0] - theirs[0][0]
        for what, lines in (("only yara", missed), ("only canh", more), ("second sweep", first[0] ^ second[0])):
            for line in sorted(lines)[:20]:
                say(f"{what}: {line}")
        return 1 if missed or more or first[0] != second[0] else 0


if __name__ == "__main__":
    sys.exit(main())

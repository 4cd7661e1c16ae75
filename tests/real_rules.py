#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""real_rules.py CANH ROOT [SET…]: canh sweep and yara find the same, over every public rule set of the data folder.

No file of a healthy machine matches anything, so files are planted: for every rule file one with all the texts and hex strings that
its rules look for, bare, behind the head of a Windows program and behind a Linux one, and the rule file itself. They are texts and
do nothing. Rules that ask for a file's name or owner are left out: yara knows these only as constants. The same must be
found by one sweep with all rules, and by two sweeps with a state: nine tenths of the rule files first, then all."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

CANH = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(sys.argv[2]).resolve()
SETS = pathlib.Path(os.environ.get("CANH_DATA") or ROOT.parent / "shared" / "data") / "malware-scan" / "yara-rules"
FACTS = re.compile(rb"\b(filename|filepath|extension|filetype|owner)\b")
TEXT = re.compile(rb'\$\w*\s*=\s*"((?:\\.|[^"\\\n])*)"([^\n]*)')
HEX = re.compile(rb"\$\w*\s*=\s*\{([^{}\"]+)\}")
HEX_WORD = re.compile(rb"([0-9A-Fa-f?]{2})|\[\s*(\d*)[^\]]*\]|([(|)])|//[^\n]*")
ESCAPE = re.compile(rb'\\(x[0-9A-Fa-f]{2}|.)', re.S)
PROGRAMS = {"windows": b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x4c\x01" + bytes(240), "linux": b"\x7fELF\x02\x01\x01" + bytes(57)}
ENV = dict(os.environ, LC_ALL="C.UTF-8")


def unescape(text):
    def one(m):
        c = m.group(1)
        return bytes([int(c[1:], 16)]) if len(c) == 3 else {b"n": b"\n", b"t": b"\t", b"r": b"\r"}.get(c, c)
    return ESCAPE.sub(one, text)


def strings_of(source):
    for text, flags in TEXT.findall(source):
        plain = unescape(text)
        if b"wide" in flags:
            yield b"".join(bytes([c, 0]) for c in plain)
        if b"wide" not in flags or b"ascii" in flags:
            yield plain
    for words in HEX.findall(source):
        yield hex_example(words)


def hex_example(words):
    """Bytes that a hex string matches: 0 for what is free, the first of alternatives, jumps as short as they may be."""
    out, skip, depth = bytearray(), 0, 0
    for byte, jump, mark in HEX_WORD.findall(words):
        if mark == b"(":
            depth += 1
        elif mark == b"|":
            skip = skip or depth
        elif mark == b")":
            skip = 0 if skip == depth else skip
            depth -= 1
        elif byte and not skip:
            out.append(int(byte.replace(b"?", b"0"), 16))
        elif jump and not skip:
            out.extend(bytes(min(int(jump), 4096)))
    return bytes(out)


def plant(tree, name, source):
    body = b"\n".join(strings_of(source))[:1 << 20]
    (tree / name).write_bytes(source)
    for kind, head in dict(PROGRAMS, bare=b"").items():
        (tree / f"{name}.{kind}").write_bytes(head + b"\n" + body)


def take(archive, work):
    """(folder of rule files that compile alone, planted files, how many were left out)"""
    rules, tree, source = work / "rules", work / "tree", work / "source"
    for folder in (rules, tree):
        folder.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(source)
    for path in sorted(source.rglob("*.yar*")):
        if path.is_file() and path.suffix in (".yar", ".yara"):
            body = path.read_bytes()
            name = f"{len(os.listdir(rules)):05}-{re.sub('[^A-Za-z0-9._-]', '_', path.name)}"
            if not FACTS.search(body) and not re.search(rb"\binclude\b", body):
                (rules / name).write_bytes(body)
                plant(tree, name, body)
    (work / "none").mkdir()
    said = subprocess.run([CANH, "sweep", "--rules", str(rules), str(work / "none")], capture_output=True, check=False, env=ENV).stderr
    bad = set(re.findall(rb"^(\S+\.yara?):\d+: ", said, re.M))
    for path in bad:
        os.remove(path)
    return rules, tree, len(bad)


def canh(rules, tree, *more):
    done = subprocess.run([CANH, "sweep", "--json", "--no-archives", "--rules", str(rules), *more, str(tree)], capture_output=True,
                          check=False, env=ENV)
    if done.returncode == 2:
        sys.exit(done.stderr.decode("utf-8", "replace"))
    return {f"{h['rule']} {h['path']}" for h in map(json.loads, done.stdout.splitlines())}


def yara(rules, tree):
    named = [f"{i}:{path}" for i, path in enumerate(sorted(rules.iterdir()))]
    done = subprocess.run(["yara", "-p", "1", "-w", "-r", "-N", *named, str(tree)], capture_output=True, check=True, env=ENV)
    return set(done.stdout.decode("utf-8", "backslashreplace").splitlines())


def compare(archive):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder).resolve()
        rules, tree, bad = take(archive, work)
        theirs = yara(rules, tree)
        found = {"one sweep": canh(rules, tree)}
        some, state = work / "some", str(work / "state")
        some.mkdir()
        for i, path in enumerate(sorted(rules.iterdir())):
            if i % 10:
                shutil.copy(path, some / path.name)
        first = canh(some, tree, "--state", state)
        found["new rules after the others"] = canh(rules, tree, "--state", state)
        files = len(os.listdir(tree))
        print(f"{archive.name}: {len(os.listdir(rules))} rule files ({bad} do not compile), {files} planted files, yara {len(theirs)} matches,"
              f" canh {len(found['one sweep'])}, of nine tenths of the rules {len(first)}", flush=True)
        same = bool(theirs)
        for how, ours in found.items():
            # a file in which something was found is asked for everything again, so both are whole
            for line in sorted(theirs ^ ours)[:10]:
                print(f"  {how}: only {'yara' if line in theirs else 'canh'}: {line}")
            same = same and theirs == ours
        return same


def main():
    archives = [p for p in sorted(SETS.glob("*.tar.xz")) if len(sys.argv) < 4 or any(w in p.name for w in sys.argv[3:])]
    if not archives or not shutil.which("yara"):
        print("no rule sets (CANH_DATA), or yara is not installed")
        return 77
    return 0 if all([compare(a) for a in archives]) else 1


sys.exit(main())

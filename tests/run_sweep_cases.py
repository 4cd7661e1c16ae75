#!/usr/bin/env python3
"""Runs `canh sweep` over case folders and compares what it says.

    run_sweep_cases.py CANH FOLDER [--accept]

A case holds tree.json (what is to be made: a name to its text, in which {EICAR} stands for the public anti-malware test
file, so that no live copy is kept here; or {"link": name}, {"hard": name}, {"zip": {name: text or such}}, {"repeat": [text, times]}), `command` (one line of
words behind `canh sweep` for each run), a README.md and expected.jsonl. Paths are shown below TREE, identifiers of the
quarantine as ID. --accept rewrites. SPDX-License-Identifier: Apache-2.0
"""
import difflib
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import zipfile

RULES = pathlib.Path(__file__).resolve().parent.parent / "packs" / "rules"
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + "-ANTIVIRUS-TEST-FILE!$H+H*"


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, what in members.items():
            body = what.replace("{EICAR}", EICAR).encode() if isinstance(what, str) else zipped(what["zip"])
            z.writestr(zipfile.ZipInfo(name), body)  # without today's date
    return out.getvalue()


def make(tree, root):
    for name, what in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(what, str):
            path.write_bytes(what.replace("{EICAR}", EICAR).encode())
        elif "link" in what:
            path.symlink_to(what["link"])
        elif "zip" in what:
            path.write_bytes(zipped(what["zip"]))
        elif "hard" in what:
            path.hardlink_to(root / what["hard"])
        else:
            text, times = what["repeat"]
            path.write_bytes(text.replace("{EICAR}", EICAR).encode() * times)


def run(program, case):
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        make(json.loads((case / "tree.json").read_text(encoding="utf-8")), root / "tree")
        for line in (case / "command").read_text(encoding="utf-8").splitlines():
            words = [w.replace("RULES", str(RULES)) for w in shlex.split(line)]
            done = subprocess.run([program, "sweep"] + words, cwd=root, capture_output=True, timeout=120, check=False,
                                  env=dict(os.environ, LC_ALL="vi_VN.UTF-8", LANG="vi_VN.UTF-8"))
            lines = sorted(done.stdout.decode("utf-8").splitlines(True)) + done.stderr.decode("utf-8").splitlines(True)
            said += "".join(lines) + '{"exit": %d}\n' % done.returncode
        left = sorted(str(p.relative_to(root)) for p in (root / "tree").rglob("*") if not p.is_dir())
        said += "".join(f"left: {name}\n" for name in left)
        said = re.sub(r'"(engine_)?generation":"[0-9a-f]+"', r'"\1generation":"OF THE RULES"', said)  # of the library's version too
        return re.sub(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "ID", said.replace(str(root / "tree"), "TREE"))


def main():
    accept = "--accept" in sys.argv
    words = [w for w in sys.argv[1:] if w != "--accept"]
    program, root = os.path.abspath(words[0]), pathlib.Path(words[1])
    cases = sorted(p for p in root.iterdir() if p.is_dir())
    failed = 0
    for case in cases:
        expected = case / "expected.jsonl"
        found = run(program, case)
        wanted = expected.read_text(encoding="utf-8") if expected.exists() else ""
        if accept:
            expected.write_text(found, encoding="utf-8")
        elif found != wanted or not (case / "README.md").exists():
            failed += 1
            print(f"{case.name}: differs, or README.md is missing")
            sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), found.splitlines(True), "expected", "found"))
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


sys.exit(main())

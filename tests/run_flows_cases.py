#!/usr/bin/env python3
"""Runs `canh` as an officer would, step by step, and compares everything it says.

    run_flows_cases.py PROGRAM FOLDER [--accept]

A case is a folder with input files, `steps`, expected.txt and a README.md that names the source. A line of `steps` holds the
words behind the program's name; ARCHIVE and SET stand for places in a temporary folder; "en:" before it asks in English,
else Vietnamese. expected.txt holds each step, its standard output, its standard error and its exit code. --accept rewrites
it. SPDX-License-Identifier: Apache-2.0
"""
import difflib
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unicodedata

COLUMNS = 80


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def run_step(program, case, line, folder):
    language = "en_US.UTF-8" if line.startswith("en:") else "vi_VN.UTF-8"
    words = shlex.split(line.removeprefix("en:"))
    places = {"ARCHIVE": os.path.join(folder, "archive"), "SET": os.path.join(folder, "set")}
    done = subprocess.run([program] + [places.get(word, word) for word in words], cwd=case, capture_output=True, timeout=120,
                          check=False, env=dict(os.environ, LC_ALL=language, LANG=language))
    out = done.stdout.decode("utf-8")
    text = out + done.stderr.decode("utf-8")
    for name, place in places.items():
        text = text.replace(place, name)
    # A table fits the terminal; sentences of standard error are wrapped by it.
    wide = [] if {"--json", "--csv"} & set(words) else [row for row in out.splitlines() if width(row) > COLUMNS]
    return f"$ {line}\n{text}= {done.returncode}\n", wide


def run(program, case):
    text, faults = "", []
    with tempfile.TemporaryDirectory(prefix="canh-flows-") as folder:
        for line in (case / "steps").read_text(encoding="utf-8").splitlines():
            said, wide = run_step(program, case, line, folder)
            text += said
            faults += [f"wider than {COLUMNS} columns: {row}" for row in wide]
    return text, faults


def main():
    accept = "--accept" in sys.argv
    words = [w for w in sys.argv[1:] if w != "--accept"]
    program, root = os.path.abspath(words[0]), pathlib.Path(words[1])
    cases = sorted(p for p in root.iterdir() if p.is_dir())
    failed = 0
    for case in cases:
        expected = case / "expected.txt"
        found, faults = run(program, case)
        if not (case / "README.md").exists():
            faults.append("README.md is missing")
        wanted = expected.read_text(encoding="utf-8") if expected.exists() else ""
        for fault in faults:
            print(f"{case.name}: {fault}")
        failed += bool(faults)
        if found == wanted:
            continue
        if accept:
            expected.write_text(found, encoding="utf-8")
            print(f"{case.name}: rewritten")
            continue
        failed += 1
        print(f"{case.name}: differs")
        sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), found.splitlines(True), "expected", "found"))
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


sys.exit(main())

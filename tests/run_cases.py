#!/usr/bin/env python3
"""Runs a program over case folders and compares what it says.

    run_cases.py PROGRAM FOLDER [--accept]

A case is a folder with input files, expected.jsonl and a README.md that names the source. The file `command` holds the
words behind the program's name; without it: `list show --json` and every file named input*. expected.jsonl holds the lines
of standard output, then those of standard error, then {"exit": N}. --accept rewrites it. SPDX-License-Identifier: Apache-2.0
"""
import difflib
import os
import pathlib
import shlex
import subprocess
import sys

PACKS = pathlib.Path(__file__).resolve().parent.parent / "packs"


def run(program, case):
    command = case / "command"
    if command.exists():
        words = shlex.split(command.read_text(encoding="utf-8"), comments=True)
    else:
        words = ["list", "show", "--json"] + sorted(p.name for p in case.glob("input*"))
    if words[0] == "list":  # those of this checkout, whatever is installed
        words += ["--packs", str(PACKS)]
    done = subprocess.run([program] + words, cwd=case, capture_output=True, timeout=120, check=False,
                          env=dict(os.environ, LC_ALL="vi_VN.UTF-8", LANG="vi_VN.UTF-8"))
    text = done.stdout.decode("utf-8") + done.stderr.decode("utf-8")
    return text + '{"exit": %d}\n' % done.returncode


def main():
    accept = "--accept" in sys.argv
    words = [w for w in sys.argv[1:] if w != "--accept"]
    program, root = os.path.abspath(words[0]), pathlib.Path(words[1])
    cases = sorted(p for p in root.iterdir() if p.is_dir())
    failed = 0
    for case in cases:
        expected = case / "expected.jsonl"
        if not (case / "README.md").exists():
            print(f"{case.name}: README.md is missing")
            failed += 1
        found = run(program, case)
        wanted = expected.read_text(encoding="utf-8") if expected.exists() else ""
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

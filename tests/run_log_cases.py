#!/usr/bin/env python3
"""Reads the logs of case folders and compares facts and counts.

    run_log_cases.py LOG_PRINT FOLDER [--accept]

A case is a folder with `input`, `expected` and a README.md that names the source of the form. The file `words` may hold
words for log_print. --accept rewrites expected. SPDX-License-Identifier: Apache-2.0
"""
import difflib
import pathlib
import shlex
import subprocess
import sys


def run(program, case):
    words = case / "words"
    done = subprocess.run([program] + (shlex.split(words.read_text(encoding="utf-8")) if words.exists() else []),
                          stdin=open(case / "input", "rb"), capture_output=True, timeout=60, check=False)
    return done.stdout.decode("utf-8") + done.stderr.decode("utf-8")


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    cases = sorted(c for c in folder.iterdir() if c.is_dir())
    faults = 0
    for case in cases:
        found, expected = run(program, case), case / "expected"
        if not (case / "README.md").exists():
            print(f"{case.name}: README.md is missing")
            faults += 1
        if "--accept" in sys.argv:
            expected.write_text(found, encoding="utf-8")
        elif not expected.exists() or expected.read_text(encoding="utf-8") != found:
            said = expected.read_text(encoding="utf-8") if expected.exists() else ""
            print("\n".join(difflib.unified_diff(said.splitlines(), found.splitlines(), f"{case.name}/expected", "found", lineterm="")))
            faults += 1
    print(f"{len(cases)} cases, {faults} faults")
    return 1 if faults or not cases else 0


sys.exit(main())

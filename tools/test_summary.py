#!/usr/bin/env python3
"""tools/test_summary.py LOG…: reads Meson's testlog.json files and prints, alone on the last line, "N passed, N failed".

Counted are single cases where a program tells them (cmocka's summary), else the program. A test that ended badly
without saying which case counts as one failure; a log that is missing or empty is a failure too. Exit 1 on any failure.
SPDX-License-Identifier: Apache-2.0"""
import json
import re
import sys

PASSED = re.compile(r"^\[  PASSED  \] (\d+) test\(s\)\.?$", re.M)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test\(s\), listed below", re.M)
GOOD = ("OK", "EXPECTEDFAIL")


def cases(entry):
    """(passed, failed) of one entry of the log."""
    said = (entry.get("stdout") or "") + "\n" + (entry.get("stderr") or "")
    passed = sum(int(n) for n in PASSED.findall(said))
    failed = sum(int(n) for n in FAILED.findall(said))
    if entry["result"] in GOOD:
        return max(passed, 1), 0
    return passed, max(failed, 1)


def main(paths):
    passed = failed = 0
    bad, skipped = [], []
    for path in paths:
        try:
            with open(path, encoding="utf-8", errors="replace") as log:
                entries = [json.loads(line) for line in log if line.strip()]
        except (OSError, ValueError) as why:
            entries = []
            print(f"no test log: {path}: {why}")
        if not entries:
            failed += 1
            bad.append(f"{path}: nothing was run")
        for entry in entries:
            if entry["result"] == "SKIP":
                skipped.append(entry["name"])
                continue
            good_cases, bad_cases = cases(entry)
            passed, failed = passed + good_cases, failed + bad_cases
            if bad_cases:
                bad.append(f"{entry['name']} ({entry['result'].lower()})")
    for name in skipped:
        print(f"not run here: {name}")
    for name in bad:
        print(f"failed: {name}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

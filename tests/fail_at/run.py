#!/usr/bin/env python3
"""tests/fail_at/run.py --build DIR [--log FILE] [--most N] [NAME…]: each allocation of each unit test fails in turn.
See README.md beside. Writes one JSON line per test, in the form of Meson's testlog.json.
SPDX-License-Identifier: Apache-2.0"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

# A sanitizer's report ends the program with this code; a signal is a negative one. cmocka would catch SIGSEGV and
# call it a failed test, so the sanitizer keeps the signal for itself. Leaks are not asked for: a failed assertion
# jumps out of the test and leaves its locals behind.
REPORT = 99
SANITIZER = {
    "ASAN_OPTIONS": f"exitcode={REPORT}:detect_leaks=0:handle_segv=2:handle_abort=2:handle_sigfpe=2:handle_sigbus=2",
    "UBSAN_OPTIONS": f"halt_on_error=1:exitcode={REPORT}:print_stacktrace=1",
}
SECONDS = 60  # of one run


def unit_tests(build):
    """{name: command} of the quick tests that are built programs."""
    told = subprocess.run(["meson", "introspect", "--tests", build], capture_output=True, text=True, check=True)
    # A corpus has many files and no limit of its own: its targets are tried by their unit tests.
    return {t["name"]: t for t in json.loads(told.stdout)
            if any(s.endswith("quick") for s in t["suite"]) and t["cmd"][0].endswith("_test")}


def run(test, number, count_file):
    env = {**os.environ, **test["env"], **SANITIZER, "CANH_FAIL_AT": str(number), "CANH_FAIL_COUNT": count_file}
    try:
        done = subprocess.run(test["cmd"], env=env, cwd=test["workdir"], capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, "it did not end"
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def places(total, most):
    if total <= most:
        return list(range(1, total + 1))
    return sorted({1 + round(i * (total - 1) / (most - 1)) for i in range(most)})


def is_fault(code, said):
    """Whether the product is at fault: not when the test had already given up (what runs after a failed assertion has
    lost its locals), nor when the test's own lines, or those of its fixture, gave up or went on with what was not made."""
    if code is None:
        return True
    if code >= 0 and code != REPORT:
        return False
    before = re.split(r"runtime error:|AddressSanitizer", said)[0]
    if "[  FAILED  ]" in before or "[  ERROR   ]" in before:
        return False
    frame = re.search(r"^\s+#\d+ .* (\S*src/\S+\.[ch]):\d+", said, re.M)
    return not (frame and re.search(r"(_test|_fixture|/test_\w+)\.c$", frame.group(1)))


def try_test(test, most):
    """(number of places tried, [(place, what it said)])"""
    with tempfile.TemporaryDirectory(prefix="canh-fail-at-") as folder:
        count_file = os.path.join(folder, "count")
        code, said = run(test, 0, count_file)
        if code != 0:
            return 0, [(0, f"fails without any failing allocation ({code})\n{said}")]
        total = 0  # no file: nothing of base/mem.h is in the program
        if os.path.exists(count_file):
            with open(count_file, encoding="ascii") as file:
                total = int(file.read())
        tried, bad = places(total, most), []
        for number in tried:
            code, said = run(test, number, count_file)
            if is_fault(code, said):
                bad.append((number, said[-4000:]))
        return len(tried), bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--log")
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    entries = []
    for name, test in unit_tests(args.build).items():
        if args.names and name not in args.names:
            continue
        tried, bad = try_test(test, args.most)
        print(f"{'FAIL' if bad else 'ok  '} {name}: {tried} places, {len(bad)} bad", flush=True)
        for number, said in bad[:2]:
            print(f"  allocation {number} (CANH_FAIL_AT={number}):\n    " + said.replace("\n", "\n    "))
        entries.append({"name": "fail-at " + name, "result": "FAIL" if bad else "OK", "stdout": "", "stderr": ""})
    if args.log:
        with open(args.log, "w", encoding="utf-8") as log:
            log.writelines(json.dumps(entry) + "\n" for entry in entries)
    if not entries:
        print("no unit test was found: is this a build with -Dfail_at=true?")
    return 1 if not entries or any(e["result"] != "OK" for e in entries) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""real_clamd.py CANH: `canh sweep --clamd` against a real clamd with a database of one signature of our own.

clamd is started on a socket in a folder of this test and stopped again; where it is not installed the test is left out
(exit 77). Looks for: its finding under its own name and version, a clean file, a second sweep that asks nothing, a new
database that asks again, a clamd that has gone."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

CANH = os.path.abspath(sys.argv[1])
BAD = b"harmless bytes of Canh's own test, known by their digest"
CONFIG = """LocalSocket {0}/clamd.ctl
DatabaseDirectory {0}/db
Foreground yes
LogFile {0}/clamd.log
PidFile {0}/clamd.pid
StreamMaxLength 1M
CommandReadTimeout 30
"""


def sweep(root, *more):
    done = subprocess.run([CANH, "sweep", "--clamd", f"{root}/clamd.ctl", "--json", *more, f"{root}/tree"], capture_output=True,
                          check=False, env=dict(os.environ, LC_ALL="C"))
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def database(root, *known):
    lines = "".join(f"{hashlib.md5(b).hexdigest()}:{len(b)}:Canh.Test.{i}\n" for i, b in enumerate(known))
    (root / "db" / "test.hdb").write_text(lines, encoding="ascii")


def start(root):
    clamd = subprocess.Popen(["clamd", "-c", str(root / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        if (root / "clamd.ctl").exists():
            return clamd
        time.sleep(0.1)
    clamd.kill()
    sys.exit("clamd did not open its socket: " + (root / "clamd.log").read_text(errors="replace"))


def stop(clamd):
    clamd.terminate()
    clamd.wait(60)


def check(root):
    database(root, BAD)
    (root / "tree" / "bad").write_bytes(b"x" + BAD)
    (root / "tree" / "clean").write_bytes(b"nothing")
    (root / "tree" / "empty").write_bytes(b"")
    (root / "tree" / "bad").write_bytes(BAD)
    clamd = start(root)
    try:
        code, hits, said = sweep(root, "--state", str(root / "state"))
        assert code == 1 and len(hits) == 1, (code, hits, said)
        assert hits[0]["engine"] == "clamav" and hits[0]["rule"].startswith("Canh.Test.0"), hits
        assert hits[0]["engine_generation"].startswith("ClamAV "), hits
        assert hits[0]["sha256"] == hashlib.sha256(BAD).hexdigest()
        code, hits, said = sweep(root, "--state", str(root / "state"))
        assert code == 1 and len(hits) == 1 and " 2 unchanged" in said, said
    finally:
        stop(clamd)
    code, _, said = sweep(root)
    assert code == 2 and "clamd.ctl" in said, said
    print("clamd", subprocess.run(["clamd", "--version"], capture_output=True, check=False).stdout.decode().strip())


def main():
    if not shutil.which("clamd"):
        print("clamd is not installed")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name in ("db", "tree"):
            (root / name).mkdir()
        (root / "clamd.conf").write_text(CONFIG.format(root), encoding="ascii")
        check(root)
    return 0


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""real_containers.py CANH ROOT: archives as others make them, swept by `canh sweep`.

ClamAV's test files (CANH_DATA, or shared/data beside the checkout; kept there XORed with a key, so that no scanner takes them
away) hold one harmless program, clam.exe, in rar, cab, cpio, tar, zip, iso and more: it is looked for by its SHA-256.
The anti-malware test file is looked for in every container that Python and the programs of this machine make. Bombs
must end with a counted reason and within a minute."""
import bz2
import gzip
import hashlib
import io
import itertools
import json
import lzma
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

CANH = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(sys.argv[2]).resolve()
DATA = pathlib.Path(os.environ.get("CANH_DATA") or ROOT.parent / "shared" / "data") / "malware-scan"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"
# What libarchive does not open: OLE, PDF, mail, HTML, packed programs. ClamAV's own engine is for these (--clamd).
KEY_BYTES = 160
OPENED = ["clam-v3.rar", "clam.cab", "clam.newc.cpio", "clam.tar.gz", "clam.zip", "clam.exe_and_mail.tar.gz", "clamjol.iso"]


def sweep(tree, hashes):
    done = subprocess.run([CANH, "sweep", "--json", "--hashes", hashes, tree], capture_output=True, check=False, timeout=300,
                          env=dict(os.environ, LC_ALL="C"))
    hits = [json.loads(line) for line in done.stdout.splitlines()]
    return {os.path.relpath(h["path"], tree) for h in hits}, done.stderr.decode()


def clamav(folder):
    files = DATA / "clamav-testfiles" / "clamav_hdb_scanfiles"
    if not files.is_dir():
        print("ClamAV's test files are not there (CANH_DATA)")
        return
    tree = folder / "clamav"
    tree.mkdir()
    key = (files / "clamjol.iso.xor").read_bytes()[:KEY_BYTES]  # an ISO image begins with 32 KiB of zeros
    for path in files.glob("*.xor"):
        (tree / path.stem).write_bytes(bytes(b ^ k for b, k in zip(path.read_bytes(), itertools.cycle(key))))
    program = (tree / "clam.exe").read_bytes()
    hashes = folder / "clam.hashes"
    hashes.write_text(hashlib.sha256(program).hexdigest() + " clam\n", encoding="ascii")
    found, said = sweep(str(tree), str(hashes))
    inside = {name.split("!")[0] for name in found}
    print("clam.exe found in:", *sorted(found))
    missing = [name for name in OPENED if name not in inside]
    assert hashlib.sha256(program).hexdigest() == "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495"
    assert not missing, f"not found in {missing}\n{said}"


def pack(tree):
    """The test file in every container that this machine makes, and each of these in a zip."""
    plain = tree / "plain"
    made = {"gz": gzip.compress(EICAR), "bz2": bz2.compress(EICAR), "xz": lzma.compress(EICAR)}
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED), ("bzip2", zipfile.ZIP_BZIP2),
                         ("lzma", zipfile.ZIP_LZMA)):
        made[f"{name}.zip"] = zipped(("eicar.com", EICAR), method=method)
    for mode in ("w", "w:gz", "w:bz2", "w:xz"):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode) as tar:
            info = tarfile.TarInfo("thư mục/eicar.com")
            info.size = len(EICAR)
            tar.addfile(info, io.BytesIO(EICAR))
        made["tar" + mode[2:]] = out.getvalue()
    plain.write_bytes(EICAR)
    for command in (["lz4", "-q", "-c"], ["zstd", "-q", "-c"]):
        if shutil.which(command[0]):
            made[command[0]] = subprocess.run(command + [str(plain)], capture_output=True, check=True).stdout
    plain.unlink()
    made["program_with_zip"] = b"MZ" + b"\0" * 4000 + zipped(("eicar.com", EICAR))
    made.update({f"{name}.in.zip": zipped((name, body)) for name, body in list(made.items())})
    for name, body in made.items():
        (tree / name).write_bytes(body)
    return set(made)


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, body in members:
            z.writestr(name, body)
    return out.getvalue()


def eicar(folder):
    tree = folder / "eicar"
    tree.mkdir()
    hashes = folder / "eicar.hashes"
    hashes.write_text(hashlib.sha256(EICAR).hexdigest() + " EICAR\n", encoding="ascii")
    made = pack(tree)
    for name in ("eicar_com.zip", "eicarcom2.zip"):
        if (DATA / "eicar" / name).exists():
            shutil.copy(DATA / "eicar" / name, tree / name)
            made.add(name)
    found, said = sweep(str(tree), str(hashes))
    missing = made - {name.split("!")[0] for name in found}
    assert not missing, f"not found in {sorted(missing)}\n{said}"
    print(f"the test file found in {len(made)} containers")
    return hashes


def bombs(folder, hashes):
    tree = folder / "bombs"
    tree.mkdir()
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as z:
        for _ in range(4096):
            z.write(bytes(1 << 20))
    (tree / "4G.gz").write_bytes(out.getvalue())
    (tree / "4G.zip").write_bytes(zipped(("4G.gz", out.getvalue())))
    level = zipped(*((f"{i}", bytes(1 << 20)) for i in range(16)))
    for _ in range(8):
        level = zipped(*((f"{i}.zip", level) for i in range(16)))
    (tree / "nested.zip").write_bytes(level)
    (tree / "many.zip").write_bytes(zipped(*((f"{i}", b"x") for i in range(60000))))
    began = time.monotonic()
    _, said = sweep(str(tree), str(hashes))
    took = time.monotonic() - began
    print(f"bombs: {took:.1f} s", said.strip().replace("\n", ";"))
    assert took < 60, said
    for why in ("(too_much_unpacked): 1", "(ratio): 2", "(too_many_members): 1"):
        assert why in said, said


def main():
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work).resolve()
        clamav(folder)
        bombs(folder, eicar(folder))
    return 0


sys.exit(main())

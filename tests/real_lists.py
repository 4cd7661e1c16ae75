#!/usr/bin/env python3
"""Reads every real list there is with `canh list show --json` and keeps docs/real-files.md true.

    real_lists.py PROGRAM ROOT [--write]

The lists are not part of the project: the folder is $CANH_DATA, or shared/data beside the checkout; without it the test is
skipped. It fails when the program crashes, when read is not good + duplicate + refused + warned, when a file takes longer than
SECONDS_MOST, when a file is refused without a sentence, or when the page says something else than what was found (--write
rewrites it). SPDX-License-Identifier: Apache-2.0
"""
import collections
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import time

SKIPPED, SECONDS_MOST, FILES_AT_ONCE = 77, 5.0, 200
NO_LISTS = ("LICENSE", "README", "_LICENSE", ".md", ".license", ".adoc", ".yar")
COUNTS = ("read", "good", "duplicate", "refused", "warned")
# Folders of many small files of one kind: one line of the table each.
TOGETHER = ("indicators/maltrail", "indicators/threatfox", "indicators/misp-warninglists")


class Group:
    def __init__(self):
        self.files, self.read, self.seconds = 0, collections.Counter(), 0.0
        self.formats, self.reasons, self.whole = set(), collections.Counter(), collections.Counter()


def data_folder(root):
    said = os.environ.get("CANH_DATA")
    return pathlib.Path(said) if said else root.parent / "shared" / "data"


def unpack(data, to):
    """The archives as folders, the single files as they are named without .xz."""
    for packed in sorted((data / "indicators").rglob("*.xz")):
        if packed.name.endswith(".tar.xz"):
            with tarfile.open(packed) as archive:
                archive.extraction_filter = getattr(tarfile, "data_filter", None)  # 3.11.4 and later know it
                archive.extractall(to / "indicators")
        else:
            out = to / "indicators" / packed.parent.name / packed.name[:-3]
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(lzma.decompress(packed.read_bytes()))


def group_of(name):
    for head in TOGETHER:
        if name.startswith(head):
            return name.split("/")[1] + "/*"
    words = name.split("/")
    if words[1] in ("eset-ioc", "stix-misp"):
        return words[1] + "/**/*" + pathlib.Path(name).suffix
    return "/".join(words[1:])


def lists(folder):
    for part in ("indicators", "vietnam/chongluadao", "vietnam/hostsVN", "vietnam/bank-website-warninglist"):
        for path in sorted((folder / part).rglob("*")):
            name = path.name
            if path.is_file() and not name.endswith(NO_LISTS + (".xz",)) and not name.startswith(NO_LISTS):
                yield path.relative_to(folder).as_posix(), path


def take_line(line, group, faults):
    """One line of standard error: a reason, a summary, or why the whole file is refused."""
    if not line.startswith("{"):
        why = line.split(": ", 2)[-1].strip()
        if not line.startswith("canh: ") or len(why) < 8:
            faults.append("not a sentence: " + line)
        group.whole[why] += 1
        return
    said = json.loads(line)
    if said["kind"] != "summary":
        group.reasons[said["why"]["en"]] += 1
        return
    c = said["counts"]
    group.formats.add(said["format"] + (" (victims)" if said["rows"] == "victim" else ""))
    group.read.update(c)
    if c["read"] != c["good"] + c["duplicate"] + c["refused"] + c["warned"]:
        faults.append(f"{c}: the sum is wrong")


def read_files(program, packs, paths, group, faults):
    began = time.monotonic()
    done = subprocess.run([program, "list", "show", "--json", "--packs", packs] + [str(p) for p in paths],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=300, check=False,
                          env=dict(os.environ, LC_ALL="C", LANGUAGE="", LANG="C"))
    seconds = time.monotonic() - began
    text = done.stderr.decode("utf-8")
    if done.returncode not in (0, 1, 2) or "Sanitizer" in text:
        faults.append(f"{paths[0].name}: exit {done.returncode}\n{text[-2000:]}")
        return
    if len(paths) == 1 and seconds > SECONDS_MOST:
        faults.append(f"{paths[0].name}: {seconds:.1f} s")
    group.files += len(paths)
    for line in text.splitlines():
        take_line(line, group, faults)


def row(name, g):
    most = [f"{n:,} {why}" for why, n in sorted(g.reasons.items(), key=lambda r: (-r[1], r[0]))[:2]]
    if g.whole and g.read["read"]:
        most.append(f"{sum(g.whole.values())} files refused as a whole")
    numbers = " | ".join(f"{g.read[c]:,}" for c in COUNTS)
    return f"| {name} | {g.files} | {', '.join(sorted(g.formats))} | {numbers} | {'; '.join(most).replace('|', '/')} |"


def page(groups):
    total = collections.Counter()
    for g in groups.values():
        total.update(g.read)
    out = ["# Real lists that were read", "",
           "Files nobody here wrote, read with `canh list show --json`; `tests/real_lists.py --write` made this page, and as a test it",
           "fails when something else is found. The files are not part of the project. For each:",
           "read = good + duplicate + refused + warned; the reasons are the two commonest.", "",
           f"In all {sum(g.files for g in groups.values()):,} files, {total['read']:,} rows: "
           + ", ".join(f"{total[c]:,} {c}" for c in COUNTS[1:]) + ".", "",
           "| list | files | format found | " + " | ".join(COUNTS) + " | commonest reasons |",
           "|---|---|---|---|---|---|---|---|---|"]
    out += [row(name, g) for name, g in groups.items() if g.read["read"]]
    out += ["", "## Refused as a whole", "", "With a sentence that says what to do:", "", "| list | files | why |", "|---|---|---|"]
    for name, g in groups.items():
        if g.whole and not g.read["read"]:
            out.append(f"| {name} | {sum(g.whole.values())} | {'; '.join(w for w, _ in sorted(g.whole.items()))} |")
    return "\n".join(out) + "\n"


def main():
    words = [w for w in sys.argv[1:] if w != "--write"]
    program, root = os.path.abspath(words[0]), pathlib.Path(words[1]).resolve()
    data = data_folder(root)
    if not (data / "indicators").is_dir():
        print("skipped: no real lists (set CANH_DATA, or put them into shared/data beside the checkout)")
        return SKIPPED
    groups, faults = collections.OrderedDict(), []
    with tempfile.TemporaryDirectory() as scratch:
        unpack(data, pathlib.Path(scratch))
        bundles = collections.OrderedDict()
        for name, path in list(lists(data)) + list(lists(pathlib.Path(scratch))):
            bundles.setdefault(group_of(name), []).append(path)
        for name, paths in sorted(bundles.items()):
            g = groups[name] = Group()
            step = FILES_AT_ONCE if len(paths) > FILES_AT_ONCE else 1
            for i in range(0, len(paths), step):
                read_files(program, str(root / "packs"), paths[i:i + step], g, faults)
    said, found = root / "docs" / "real-files.md", page(groups)
    if "--write" in sys.argv:
        said.write_text(found, encoding="utf-8")
    elif said.read_text(encoding="utf-8") != found:
        faults.append("docs/real-files.md says something else; look, then run again with --write")
    print("\n".join(faults))
    print(f"{sum(g.files for g in groups.values())} files, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())

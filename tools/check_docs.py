#!/usr/bin/env python3
"""tools/check_docs.py [ROOT]: what the documents name is there.

Links [text](path) of every *.md, read from the document's folder; and `paths` in backquotes that begin with a folder of
the root, read from the root or from the document's folder. A path may hold *, <name>, {a,b}, or end in … ; a pattern must fit something. A map may name what is planned
only in docs/plan.md, which is not checked.
SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import sys

import source_tree

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
MARKER = re.compile(r"^(<{7}|>{7}) ", re.M)
QUOTED = re.compile(r"`([A-Za-z0-9_.<>{}*,/…-]+)`")
UNCHECKED = ("docs/plan.md",)
FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def expand(path):
    """The path's {a,b} written out."""
    match = re.search(r"\{([^{}]*)\}", path)
    if not match:
        return [path]
    return [deeper for choice in match.group(1).split(",")
            for deeper in expand(path[:match.start()] + choice + path[match.end():])]


def is_there(root, path):
    pattern = re.sub(r"<[^>]*>|…|NNN|XXX", "*", path).rstrip("/")
    if "*" in pattern:
        return bool(glob.glob(os.path.join(root, pattern), recursive=True))
    return os.path.exists(os.path.join(root, pattern))


def check_file(root, path, tops):
    text = source_tree.read(root, path)
    prose = FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)
    faults = [f"{path}:{source_tree.line_of(text, match.start())}: a merge was not finished" for match in MARKER.finditer(text)]
    for match in LINK.finditer(prose):
        target = match.group(1).split("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        if not is_there(root, os.path.normpath(os.path.join(os.path.dirname(path), target))):
            faults.append(f"{path}:{source_tree.line_of(prose, match.start())}: the link {target} leads nowhere")
    for match in QUOTED.finditer(prose):
        name = match.group(1)
        if "/" not in name or name.split("/")[0] not in tops:
            continue
        for one in expand(name):
            if not is_there(root, one) and not is_there(os.path.join(root, os.path.dirname(path)), one):
                faults.append(f"{path}:{source_tree.line_of(prose, match.start())}: there is no {one}")
    return faults


def main():
    root = source_tree.root_from(sys.argv)
    tops = {"src", "tools", "docs", "packs", "tests", "console", "packaging", ".ci"}
    paths = [path for path in source_tree.files(root, (".md",)) if path not in UNCHECKED]
    faults = [fault for path in paths for fault in check_file(root, path, tops)]
    if not paths:
        faults.append("no document was read")
    return source_tree.report(faults, f"{len(paths)} documents name what is there")


if __name__ == "__main__":
    sys.exit(main())

"""tools/source_tree.py: what the checks of the house share: the project's own files, and C without comments and texts.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

SKIPPED_FOLDERS = {".git", "node_modules", "__pycache__", "dist", "var", "subprojects"}
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(root, ends, under="."):
    """Paths below root/under, written from root with '/', that end so; what the build made is left out."""
    found = []
    for folder, names, file_names in os.walk(os.path.join(root, under)):
        names[:] = sorted(n for n in names if n not in SKIPPED_FOLDERS and not is_build_folder(os.path.join(folder, n)))
        for name in sorted(file_names):
            if name.endswith(tuple(ends)):
                found.append(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"))
    return found


def is_build_folder(path):
    name = os.path.basename(path)
    return name == "build" or name.startswith("build-") or os.path.exists(os.path.join(path, "build.ninja"))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def blank_comments(text, texts_too=True):
    """The same text with comments (and texts) blanked, each line kept where it was."""
    def blank(match):
        piece = match.group(0)
        if piece.startswith("/"):
            return re.sub(r"[^\n]", " ", piece)
        return piece[0] + " " * (len(piece) - 2) + piece[-1] if texts_too else piece
    return TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def report(faults, good):
    """Prints the faults, or one line when there are none; the exit code."""
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults" if faults else good)
    return 1 if faults else 0


def root_from(arguments):
    """The root of the tree: the one argument, else the folder above tools/."""
    if len(arguments) > 1:
        return arguments[1]
    return os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[0])))

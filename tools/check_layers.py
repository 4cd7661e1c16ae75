#!/usr/bin/env python3
"""tools/check_layers.py [ROOT]: holds every #include of src/ to tools/layers.txt.

Each folder may include its own headers and those of the folders its line names. Includes are written from src/.
Sisters (folders with one parent) may not include each other, but for system/os, which serves its sisters, and the
rooms of office/, whose order the file states. The lines must not form a cycle. "never FOLDER FOLDER …": a room without a line
of its own in a program may not include those others, whatever the program's line says.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import source_tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def read_never(text):
    """{room: folders it may never include}."""
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    return {words[1]: words[2:] for words in lines if len(words) > 2 and words[0] == "never"}


def read_layers(text):
    """{folder: set of folders it may include}, and the faults of the file itself."""
    layers, faults = {}, []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line or line.startswith("never "):
            continue
        folder, colon, named = line.partition(":")
        if not colon or folder in layers:
            faults.append(f"tools/layers.txt:{number}: not 'folder: folders', or the folder a second time")
            continue
        layers[folder] = set(named.split())
    for folder, named in layers.items():
        for other in sorted(named):
            if other not in layers:
                faults.append(f"tools/layers.txt: {folder} names {other}, which has no line")
            elif are_sisters(folder, other) and other != "system/os" and not folder.startswith("office/"):
                faults.append(f"tools/layers.txt: {folder} and {other} are sisters and may not include each other")
    return layers, faults


def are_sisters(one, other):
    return "/" in one and one.rpartition("/")[0] == other.rpartition("/")[0]


def find_cycle(layers):
    """A list of folders that lead back to the first, or None."""
    done, path = set(), []

    def walk(folder):
        if folder in path:
            return path[path.index(folder):] + [folder]
        if folder in done or folder not in layers:
            return None
        path.append(folder)
        for other in sorted(layers[folder]):
            cycle = walk(other)
            if cycle:
                return cycle
        path.pop()
        done.add(folder)
        return None

    for folder in layers:
        cycle = walk(folder)
        if cycle:
            return cycle
    return None


def folder_of(path, layers):
    """The longest folder with a line that the path (from src/) lies in."""
    parts = path.split("/")[:-1]
    while parts:
        if "/".join(parts) in layers:
            return "/".join(parts)
        parts.pop()
    return None


def check_never(path, name, where, never):
    for room, folders in never.items():
        for folder in folders:
            if path.startswith(f"src/{room}/") and name.startswith(folder + "/"):
                yield f"{where}: {room} may never include {folder} ({name}); see tools/layers.txt"


def check_file(root, path, layers, never):
    faults = []
    text = source_tree.blank_comments(source_tree.read(root, path), texts_too=False)
    mine = folder_of(path[len("src/"):], layers)
    if not mine:
        return [f"{path}: its folder has no line in tools/layers.txt"]
    for match in INCLUDE.finditer(text):
        name, where = match.group(1), f"{path}:{source_tree.line_of(text, match.start())}"
        theirs = folder_of(name, layers)
        faults += check_never(path, name, where, never)
        if "/" not in name and name.endswith(".inc"):
            continue  # a table that the folder's meson.build generates
        if "/" not in name or name.startswith("."):
            faults.append(f'{where}: "{name}" is not written from src/')
        elif theirs is None:
            faults.append(f'{where}: "{name}" is in no folder of tools/layers.txt')
        elif theirs != mine and theirs not in layers[mine]:
            faults.append(f"{where}: {mine} may not include {theirs} ({name}); see tools/layers.txt")
        elif not os.path.exists(os.path.join(root, "src", name)):
            faults.append(f'{where}: there is no src/{name}')
    return faults


def main():
    root = source_tree.root_from(sys.argv)
    text = source_tree.read(root, "tools/layers.txt")
    (layers, faults), never = read_layers(text), read_never(text)
    cycle = find_cycle(layers)
    if cycle:
        faults.append("tools/layers.txt: a cycle: " + " -> ".join(cycle))
    paths = source_tree.files(root, (".c", ".h"), "src")
    for path in paths:
        faults += check_file(root, path, layers, never)
    if not paths:
        faults.append("src: no file was read")
    return source_tree.report(faults, f"{len(paths)} files keep to the layers")


if __name__ == "__main__":
    sys.exit(main())

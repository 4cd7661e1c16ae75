#!/usr/bin/env python3
"""tools/check_sizes.py [ROOT]: function at most 80 lines and 3 deep, file 800, header 200, line 100 columns.

tools/sizes-exceptions.txt lists what may be larger for now, each with its size and reason. The list may only shrink:
an exception that is larger than its thing, or not needed any more, is a fault too.
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import source_tree

LIMITS = {"function": 80, "nesting": 3, "file": 800, "header": 200, "line": 100}
EXCEPTIONS = "tools/sizes-exceptions.txt"
CONTROL = re.compile(r"(\)|\belse|\bdo)\s*$")


def measure(path, text):
    """(kind, name, size, line) of each thing with a limit; lines only where they are over it."""
    lines = text.split("\n")
    length = len(lines) - (1 if lines and lines[-1] == "" else 0)
    yield ("header" if path.endswith(".h") else "file", "", length, 1)
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(8)) > LIMITS["line"]:
            yield "line", str(number), len(line.expandtabs(8)), number
    if path.endswith(".c"):
        yield from measure_functions(text)


def measure_functions(text):
    code = source_tree.blank_comments(text)
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.M)
    stack, start, name, deepest, mark = [], 0, None, 0, 0
    for at, char in enumerate(code):
        if char == "{":
            before = code[mark:at]
            if not stack and re.search(r"\)\s*(__attribute__\s*\(\(.*\)\)\s*)?$", before, re.S):
                name, start, deepest = function_name(before), at, 0
            stack.append(bool(stack) and bool(CONTROL.search(before)))
            deepest = max(deepest, sum(stack))
            mark = at + 1
        elif char == "}" and stack:
            stack.pop()
            mark = at + 1
            if not stack and name:
                line = source_tree.line_of(code, start)
                yield "function", name, source_tree.line_of(code, at) - line + 1, line
                yield "nesting", name, deepest, line
                name = None
        elif char == ";":
            mark = at + 1


def function_name(before):
    match = re.search(r"(\w+)\s*\(", before)
    return match.group(1) if match else "?"


def read_exceptions(root):
    """{(path, kind, name): (size, line)} and the faults of the file."""
    found, faults = {}, []
    if not os.path.exists(os.path.join(root, EXCEPTIONS)):
        return found, faults
    for number, line in enumerate(source_tree.read(root, EXCEPTIONS).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split(None, 4)
        if len(parts) < 5 or parts[1] not in LIMITS or not parts[3].isdigit():
            faults.append(f"{EXCEPTIONS}:{number}: not 'path kind name size reason'")
            continue
        found[(parts[0], parts[1], "" if parts[2] == "-" else parts[2])] = (int(parts[3]), number)
    return found, faults


def main():
    root = source_tree.root_from(sys.argv)
    exceptions, faults = read_exceptions(root)
    used = set()
    paths = source_tree.files(root, (".c", ".h"), "src") + source_tree.files(root, (".c", ".h"), "tests")
    for path in paths:
        for kind, name, size, line in measure(path, source_tree.read(root, path)):
            if size <= LIMITS[kind]:
                continue
            key = (path, kind, name)
            allowed = exceptions.get(key, (LIMITS[kind], 0))[0]
            used.add(key)
            if size > allowed:
                faults.append(f"{path}:{line}: {kind} {name or os.path.basename(path)} is {size}, at most {allowed}")
            elif size < allowed:
                faults.append(f"{path}:{line}: {kind} {name} is {size} now: lower it in {EXCEPTIONS}")
    for key in sorted(set(exceptions) - used):
        faults.append(f"{EXCEPTIONS}:{exceptions[key][1]}: {' '.join(key)} needs no exception any more: take it out")
    if not paths:
        faults.append("src: no file was read")
    return source_tree.report(faults, f"{len(paths)} files keep to the sizes, {len(exceptions)} exceptions")


if __name__ == "__main__":
    sys.exit(main())

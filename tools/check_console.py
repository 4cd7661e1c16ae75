#!/usr/bin/env python3
"""tools/check_console.py [ROOT]: what a person types into the console stays there.

An input with value={…} is set back to that value by each drawing of its page, and a page is drawn again whenever the centre
tells something new. So value= and checked= stand only beside a handler that keeps what is typed (onInput, onChange) or on
what cannot be typed into (readOnly); a first value is defaultValue= or defaultChecked=.
SPDX-License-Identifier: Apache-2.0"""
import re
import sys

import source_tree

INPUT = re.compile(r"<(?:input|textarea)\b(?:[^>]|=>)*?/?>")
SET = re.compile(r"\b(?:value|checked)=")
KEPT = re.compile(r"\bon(?:Input|Change)=|\breadOnly\b")


def check_file(root, path):
    text = source_tree.read(root, path)
    for found in INPUT.finditer(text):
        if SET.search(found.group()) and not KEPT.search(found.group()):
            yield (f"{path}:{source_tree.line_of(text, found.start())}: each drawing sets this back to its first value: "
                   "say defaultValue= or defaultChecked=")


def main():
    root = source_tree.root_from(sys.argv)
    paths = source_tree.files(root, (".tsx",), "console/src")
    faults = [fault for path in paths for fault in check_file(root, path)]
    return source_tree.report(faults, f"{len(paths)} files keep what is typed into them")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""tools/check_words.py [ROOT]: what a person reads exists in Vietnamese and in English, in one Unicode form.

  packs/**/*.json              each object with "vi" or "en" has both, neither empty
  console/src/words/*.json     two catalogues, vi.json and en.json, of the same keys and the same {places}
  acts of the audit trail      each act that the code writes has a word (audit_…) and so has what it was done to (object_…)
  every text of the project    is UTF-8 in form NFC, so that two words that look alike are alike
SPDX-License-Identifier: Apache-2.0"""
import json
import os
import re
import sys
import unicodedata

import source_tree

TEXT_ENDS = (".c", ".h", ".md", ".json", ".csv", ".ts", ".tsx", ".css", ".html", ".py", ".sh", ".sql", ".txt", ".build", ".tsv", ".yml")
PLACE = re.compile(r"\{(\w+)\}")
# Fixtures that are wrong on purpose.
WRONG_ON_PURPOSE = ("tests/corpus/", "tests/cases/", "tests/formats/")


def check_form(root, path):
    with open(os.path.join(root, path), "rb") as file:
        raw = file.read()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as why:
        return [f"{path}: not UTF-8 at byte {why.start}"]
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return []
    for number, line in enumerate(text.split("\n"), 1):
        if not unicodedata.is_normalized("NFC", line):
            return [f"{path}:{number}: not in Unicode form NFC"]
    return []


def check_pair(value, where):
    """Faults of every {"vi","en"} below value."""
    if isinstance(value, list):
        return [fault for index, item in enumerate(value) for fault in check_pair(item, f"{where}[{index}]")]
    if not isinstance(value, dict):
        return []
    faults = []
    if "vi" in value or "en" in value:
        for tag in ("vi", "en"):
            if not isinstance(value.get(tag), str) or not value[tag].strip():
                faults.append(f"{where}: has no text in '{tag}'")
    for key, item in value.items():
        faults += check_pair(item, f"{where}.{key}")
    return faults


def check_catalogues(root, folder):
    words = {}
    for tag in ("vi", "en"):
        path = os.path.join(root, folder, tag + ".json")
        if not os.path.exists(path):
            return [f"{folder}: there is no {tag}.json"]
        with open(path, encoding="utf-8") as file:
            words[tag] = json.load(file)
    faults = [f"{folder}: '{key}' stands only in {'vi' if key in words['vi'] else 'en'}.json"
              for key in sorted(set(words["vi"]) ^ set(words["en"]))]
    for key in sorted(set(words["vi"]) & set(words["en"])):
        vi, en = words["vi"][key], words["en"][key]
        if not str(vi).strip() or not str(en).strip():
            faults.append(f"{folder}: '{key}' is empty")
        if set(PLACE.findall(str(vi))) != set(PLACE.findall(str(en))):
            faults.append(f"{folder}: '{key}' has other {{places}} in one language than in the other")
    return faults


AUDIT_ADD = re.compile(r'\b(?:audit_add|tell|finish)\(\s*(?:\w+->)*db,\s*(?:[\w&>.-]+,\s*){2}"(\w+)"(?:,\s*"(\w+)")?')
AUDIT_TOLD = re.compile(r'\.act = (?:create \? )?"(\w+)"(?: : "(\w+)")?')


def check_audit(root, folder):
    """The trail is read on a page: its acts are words there, not codes."""
    acts, kinds = {}, {}
    for path in source_tree.files(root, (".c",), "src"):
        if path.endswith(("_test.c", "_fuzz.c", "_bench.c")):
            continue
        text = source_tree.read(root, path)
        for act, kind in AUDIT_ADD.findall(text):
            acts[act], kinds[kind] = path, path
        for one, other in AUDIT_TOLD.findall(text):
            acts[one], acts[other] = path, path
    with open(os.path.join(root, folder, "vi.json"), encoding="utf-8") as file:
        words = json.load(file)
    return [f"{where}: '{name}' is written into the trail, but {folder} has no '{prefix}{name}'"
            for prefix, found in (("audit_", acts), ("object_", kinds))
            for name, where in sorted(found.items()) if name and prefix + name not in words]


def main():
    root = source_tree.root_from(sys.argv)
    faults = []
    paths = [p for p in source_tree.files(root, TEXT_ENDS) if not p.startswith(WRONG_ON_PURPOSE)]
    for path in paths:
        faults += check_form(root, path)
    for path in source_tree.files(root, (".json",), "packs"):
        try:
            faults += check_pair(json.loads(source_tree.read(root, path)), path)
        except ValueError as why:
            faults.append(f"{path}: not JSON: {why}")
    if os.path.isdir(os.path.join(root, "console/src/words")):
        faults += check_catalogues(root, "console/src/words")
        faults += check_audit(root, "console/src/words")
    if not paths:
        faults.append("no file was read")
    return source_tree.report(faults, f"{len(paths)} files: both languages, one Unicode form")


if __name__ == "__main__":
    sys.exit(main())

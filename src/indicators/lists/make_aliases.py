#!/usr/bin/env python3
"""Turns packs/lists/header-aliases.tsv into a sorted C table of folded headers. SPDX-License-Identifier: Apache-2.0"""
import sys
import unicodedata


def fold(text):
    text = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "d")).lower()
    text = "".join(c for c in text if not unicodedata.combining(c))
    return "".join(c for c in text if c.isalnum() or c in "#&")


rows = {}
for number, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
    line = line.rstrip("\n")
    if not line or line.startswith("# "):
        continue
    field, header = line.split("\t")
    key = fold(header)
    if rows.get(key, field) != field:
        sys.exit(f"{sys.argv[1]}:{number}: '{header}' stands for {rows[key]} and {field}")
    rows[key] = field
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write('#include "indicators/lists/list_alias.h"\n\nconst struct list_alias list_aliases[] = {\n')
    for key in sorted(rows):
        out.write(f'{{ "{key}", FIELD_{rows[key].upper()} }},\n')
    out.write(f"}};\nconst size_t list_alias_count = {len(rows)};\n")

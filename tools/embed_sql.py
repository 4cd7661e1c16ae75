#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the migrations schema/NNN_name.sql as C bytes: embed_sql.py OUT.c FILE.sql…

Numbers must run 1, 2, 3 … without a gap: a missing migration is a broken release."""
import os
import sys


def c_string(line):
    out = line.replace("\\", "\\\\").replace('"', '\\"')
    return '        "%s\\n"' % out


def main():
    target, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
    body = ['/* Made by tools/embed_sql.py. */', '#include "system/db/schema.h"', '']
    entries = []
    for index, path in enumerate(files, 1):
        name = os.path.basename(path)
        if not name.endswith(".sql") or int(name[:3]) != index:
            sys.exit("%s: migrations are numbered without a gap, expected %03d" % (name, index))
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        body.append("static const char script_%d[] =\n%s;\n" % (index, "\n".join(map(c_string, lines))))
        entries.append('        { %d, "%s", script_%d },' % (index, name, index))
    body.append("const struct schema_script schema_scripts[] = {\n%s\n};" % "\n".join(entries))
    body.append("const size_t schema_scripts_count = %d;\n" % len(files))
    with open(target, "w", encoding="utf-8") as f:
        f.write("\n".join(body))


main()

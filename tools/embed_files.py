#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed_files.py OUT.c [FILE...]: writes a C file with the table static_files (centre/web/static_files.h): every
FILE under its own name, and its gzip form where that saves a tenth. Without files one page says that the console was not built."""
import gzip
import hashlib
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json",
         ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8",
         ".webmanifest": "application/manifest+json"}
ABSENT = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Canh</title>
<h1>Canh</h1><p>Bản dựng này không có giao diện web. API: <a href="/openapi.json">/openapi.json</a>.</p>
<p lang="en">This build has no web console.</p></html>
"""


def files_of(paths, work):
    if not paths:
        paths = [os.path.join(work, "index.html")]
        with open(paths[0], "w", encoding="utf-8") as f:
            f.write(ABSENT)
    return sorted(("/" + os.path.basename(path), path) for path in paths)


def incbin(label, path):
    return (f'__asm__(".section .rodata\\n.balign 16\\n.global {label}\\n{label}:\\n.incbin \\"{path}\\"\\n.byte 0\\n'
            f'.previous\\n");\nextern const char {label}[];\n')


def main():
    out, paths = sys.argv[1], sys.argv[2:]
    work = out + ".d"
    os.makedirs(work, exist_ok=True)
    code = ["/* made by tools/embed_files.py */", '#include "centre/web/static_files.h"', ""]
    rows = []
    for i, (web, path) in enumerate(files_of(paths, work)):
        with open(path, "rb") as f:
            data = f.read()
        zipped = gzip.compress(data, 9, mtime=0)
        code.append(incbin(f"canh_static_{i}", os.path.abspath(path)))
        second = "{ 0 }"
        if len(zipped) < len(data) * 0.9:
            zip_path = os.path.abspath(os.path.join(work, f"{i}.gz"))
            with open(zip_path, "wb") as f:
                f.write(zipped)
            code.append(incbin(f"canh_static_{i}_gz", zip_path))
            second = f"{{ canh_static_{i}_gz, {len(zipped)} }}"
        etag = hashlib.sha256(data).hexdigest()[:16]
        rows.append(f'        {{ "{web}", "{TYPES[os.path.splitext(path)[1]]}", "\\"{etag}\\"",\n'
                    f'            {{ canh_static_{i}, {len(data)} }}, {second} }},')
    code += ["const struct static_file static_files[] = {", *rows, "        { 0 },", "};", ""]
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(code))


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed_text.py OUT.c NAME FILE: writes a C file with `const char NAME[]` and `const size_t NAME_len`: the file's bytes."""
import os
import sys

out, name, path = sys.argv[1:4]
size = os.path.getsize(path)
with open(out, "w", encoding="utf-8") as f:
    f.write(f'/* made by tools/embed_text.py */\n#include <stddef.h>\n'
            f'__asm__(".section .rodata\\n.global {name}\\n{name}:\\n.incbin \\"{os.path.abspath(path)}\\"\\n.byte 0\\n'
            f'.previous\\n");\nextern const char {name}[];\nextern const size_t {name}_len;\n'
            f'const size_t {name}_len = {size};\n')

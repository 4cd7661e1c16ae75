#!/usr/bin/env python3
"""tools/check_selftest.py: shows that each check of the house can fail, by a small tree with that one fault, and passes without.
SPDX-License-Identifier: Apache-2.0"""
import os
import subprocess
import sys
import tempfile

TOOLS = os.path.dirname(os.path.abspath(__file__))
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
GOOD = {
    "tools/layers.txt": "base:\ncodec: base\nsystem/os: base\noffice/registry: base\noffice/intake: base office/registry\n"
                        "never codec/lists codec/web\n",
    "tools/tables.txt": "office/registry: unit\noffice/intake: sweep\noffice/intake reads office/registry\n",
    "src/system/db/schema/001.sql": "create table unit (id text);\ncreate table sweep (id text);\n",
    "src/office/intake/sweep_rows.c": SPDX + 'const char *s = "SELECT s.id FROM sweep s "\n    "JOIN unit u";\n',
    "src/base/text.h": SPDX + "int text_len(void);\n",
    "src/codec/ulid.c": SPDX + '#include "base/text.h"\nint ulid(void)\n{\n        return text_len();\n}\n',
    "src/office/registry/unit_rows.c": SPDX + 'const char *unit_rows_sql = "SELECT id FROM unit";\n',
    "src/system/os/clock.c": SPDX + "#ifdef _WIN32\nint windows;\n#endif\nint other;\n",
    "docs/README.md": "See [the text](../src/base/text.h) and `src/codec/{ulid,*}.c`.\n",
    "packs/a/pack.json": '{"title":{"vi":"Tết","en":"Tet"}}\n',
    "console/src/words/vi.json": '{"a":"Có {n} máy"}\n',
    "console/src/words/en.json": '{"a":"{n} machines"}\n',
    "console/src/form.tsx": '<input type="text" name="a" defaultValue={a} />\n<input value={a} onInput={(event) => set(event)} />\n',
}
TYPED = '<input type="text" name="a" {}={{a}} />\n'
DEEP = "void f(int n)\n{\n" + "if (n) {\n" * 4 + "n++;\n" + "}\n" * 4 + "}\n"
LONG = "void f(int n)\n{\n" + "        n++;\n" * 80 + "}\n"
# (check, file, its bad content, a word that the complaint must hold)
BAD = [
    ("layers", "src/base/up.c", SPDX + '#include "codec/ulid.h"\n', "base may not include codec"),
    ("layers", "src/office/registry/sister.c", SPDX + '#include "office/intake/x.h"\n', "may not include office/intake"),
    ("layers", "src/codec/lists/door.c", SPDX + '#include "codec/web/route.h"\n', "codec/lists may never include codec/web"),
    ("layers", "src/codec/short.c", SPDX + '#include "ulid.h"\n', "not written from src/"),
    ("layers", "src/codec/gone.c", SPDX + '#include "base/gone.h"\n', "there is no src/base/gone.h"),
    ("layers", "src/new/room.c", SPDX, "no line in tools/layers.txt"),
    ("layers", "tools/layers.txt", GOOD["tools/layers.txt"].replace("base:", "base: codec"), "a cycle"),
    ("layers", "tools/layers.txt", GOOD["tools/layers.txt"] + "traffic/decode:\ntraffic/match: traffic/decode\n", "sisters"),
    ("sizes", "src/base/long.c", SPDX + LONG, "function f is 82"),
    ("sizes", "src/base/deep.c", SPDX + DEEP, "nesting f is 4"),
    ("sizes", "src/base/wide.c", SPDX + "/* " + "w" * 100 + " */\n", "line"),
    ("sizes", "src/base/big.h", SPDX + "int a;\n" * 200, "header big.h is 201"),
    ("sizes", "src/base/big.c", SPDX + "int a;\n" * 800, "file big.c is 801"),
    ("sizes", "tools/sizes-exceptions.txt", "src/base/text.h header - 300 it was long\n", "no exception any more"),
    ("rooms", "src/codec/sql.c", SPDX + 'const char *q = "DELETE FROM unit";\n', "SQL stands only"),
    ("rooms", "src/codec/platform.c", SPDX + "#if defined(__linux__)\n#endif\n", "for a platform"),
    ("rooms", "src/codec/socket.c", SPDX + "#include <sys/socket.h>\n", "sockets"),
    ("rooms", "src/codec/loud.c", SPDX + "void f(void)\n{\n        printf(0);\n}\n", "only programs print"),
    ("rooms", "src/office/intake/w_rows.c", SPDX + 'const char *q = "UPDATE unit SET id = 1";\n', "may not write unit"),
    ("rooms", "src/office/registry/r_rows.c", SPDX + 'const char *q = "SELECT 1 FROM "\n    "sweep";\n', "may not read sweep"),
    ("rooms", "src/system/db/schema/002.sql", "create table lost (id text);\n", "lost has no owner"),
    ("rooms", "src/codec/free.c", "int a;\n", "SPDX"),
    ("docs", "docs/lost.md", "[x](gone.md)\n", "leads nowhere"),
    ("docs", "docs/lost.md", "`src/base/gone.c`\n", "there is no"),
    ("docs", "docs/lost.md", "a\n" + "<" * 7 + " HEAD\nb\n", "a merge was not finished"),
    ("console", "console/src/form.tsx", TYPED.format("value"), "say defaultValue="),
    ("console", "console/src/form.tsx", TYPED.format("checked"), "sets this back"),
    ("words", "packs/b/pack.json", '{"title":{"vi":"Tết"}}\n', "no text in 'en'"),
    ("words", "packs/b/pack.json", '{"title":{"vi":"Te\u0302\u0301t","en":"Tet"}}\n', "NFC"),
    ("words", "console/src/words/en.json", '{"b":"x"}\n', "stands only in"),
    ("words", "console/src/words/en.json", '{"a":"machines"}\n', "places"),
    ("words", "src/b/b.c", 'int f(void)\n{\n        return audit_add(db, clock, scope, "invent", "thing", id, NULL, NULL);\n}\n', "audit_invent"),
]


def run(check, tree):
    with tempfile.TemporaryDirectory(prefix="canh-check-") as root:
        for path, content in tree.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(content)
        done = subprocess.run([sys.executable, os.path.join(TOOLS, f"check_{check}.py"), root],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def main():
    failed = 0
    for check in sorted({bad[0] for bad in BAD}):
        code, said = run(check, GOOD)
        if code != 0:
            failed += 1
            print(f"{check}: complains of a good tree:\n{said}")
    for check, path, content, word in BAD:
        code, said = run(check, {**GOOD, path: content})
        if code != 1 or word not in said:
            failed += 1
            print(f"{check}: did not see {path} ({word}), said:\n{said}")
    print(f"{len(BAD)} bad trees, {failed} not seen as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

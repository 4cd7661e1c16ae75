#!/usr/bin/env python3
"""tools/check_rooms.py [ROOT]: what stands in one place only stands there.

  SQL                        in *_rows.c and src/system/db/
  #if for a platform         in src/system/os/
  sockets, TLS, HTTP         in src/system/net/ (src/system/proc/ has socketpair for its own messages)
  printing and logging       in the programs (and in tests, fuzz targets, benches)
  one SPDX line              in every file
  a table                    is written by the statements of the room that owns it, and read by those that
                             tools/tables.txt lets read it; every table of the schema has an owner there
SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys

import source_tree

# A text that begins as a statement does: SELECT a, INSERT INTO t, UPDATE t SET, DELETE FROM t, CREATE TABLE t.
SQL = re.compile(r'"\s*(?:SELECT\s+[\w*(]|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\b|DELETE\s+FROM\s|'
                 r'(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|VIEW)\s)')
PLATFORM = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b[^\n]*"
                      r"\b(?:__linux__|__linux|linux|_WIN32|_WIN64|WIN32|__MINGW\w*|__APPLE__|__FreeBSD__|__OpenBSD__|__unix__)\b",
                      re.M)
# arpa/inet.h and netinet/in.h are free: inet_pton, inet_ntop and the shapes of addresses speak to nobody. GnuTLS computes digests and reads certificates
# elsewhere too: only its sessions are held here.
NETWORK = re.compile(r"^[ \t]*#[ \t]*include[ \t]+<(?:sys/socket\.h|sys/un\.h|netdb\.h|"
                     r"gnutls/(?:dtls|socket)\.h|microhttpd\.h|curl/\w+\.h|openssl/ssl\.h)>|"
                     r"\bgnutls_(?:init|handshake|bye|record_\w+|transport_\w+)\s*\(", re.M)
SPEAKING = re.compile(r"\b(?:printf|puts|putchar|perror|log_line|fputs|fprintf|vfprintf|dprintf)\s*\(")
# The layout may have broken the line behind the colon.
LICENCE = re.compile(r"SPDX-License-Identifier:\s+(?:\* )?Apache-2\.0")
TABLE_NAMED = re.compile(r"\b(from|join|insert\s+into|update|delete\s+from)\s+([a-z_]+)", re.I)
TABLE_MADE = re.compile(r"^\s*create\s+table\s+([a-z_]+)", re.I | re.M)
PROGRAMS = ("src/centre/", "src/agent/", "src/canh/", "src/sensor/")


def is_beside(path):
    name = path.rsplit("/", 1)[-1]
    return name.endswith(("_test.c", "_fuzz.c", "_bench.c")) or name.startswith("test_") or path.startswith("tests/")


def rules(path):
    """(expression, why, texts blanked?) of each rule that holds for the file."""
    if not path.endswith("_rows.c") and not path.startswith("src/system/db/") and not is_beside(path):
        yield SQL, "SQL stands only in *_rows.c and src/system/db/", False
    if not path.startswith("src/system/os/"):
        yield PLATFORM, "#if for a platform stands only in src/system/os/", True
    if not path.startswith(("src/system/net/", "src/system/proc/")) and not is_beside(path):
        yield NETWORK, "sockets, TLS and HTTP stand only in src/system/net/", True
    if not path.startswith(PROGRAMS) and path not in ("src/base/log.c", "src/base/log.h") and not is_beside(path):
        yield SPEAKING, "only programs print and log; a library returns", True


def check_file(root, path):
    faults = []
    text = source_tree.read(root, path)
    if len(LICENCE.findall(text)) != 1:
        faults.append(f"{path}:1: needs one line 'SPDX-License-Identifier: Apache-2.0'")
    for expression, why, texts_too in rules(path):
        code = source_tree.blank_comments(text, texts_too)
        for match in expression.finditer(code):
            faults.append(f"{path}:{source_tree.line_of(code, match.start())}: {why}: {match.group(0).strip()[:40]}")
    return faults


def tables_of(root):
    """(table → owning room, room → rooms whose tables it may read) of tools/tables.txt."""
    owners, reads = {}, {}
    for line in source_tree.read(root, "tools/tables.txt").splitlines():
        words = line.split("#")[0].split()
        if len(words) > 1 and words[1] == "reads":
            reads.setdefault(words[0], set()).update(words[2:])
        elif words:
            owners.update({table: words[0].rstrip(":") for table in words[1:]})
    return owners, reads


def check_tables(root, path, owners, reads):
    """A room's statements: its folder is the longest owner's or reader's name above the file."""
    folder = os.path.dirname(path)[len("src/"):]
    room = max((r for r in {*owners.values(), *reads} if (folder + "/").startswith(r + "/")), key=len, default=folder)
    # One statement is several texts beside each other, broken anywhere; each line keeps its place.
    code = re.sub(r'"([ \t\\]*\n\s*)"', r"\1", source_tree.blank_comments(source_tree.read(root, path), False))
    for match in TABLE_NAMED.finditer(code):
        verb, table = match.group(1).lower(), match.group(2).lower()
        owner = owners.get(table, room)
        at = f"{path}:{source_tree.line_of(code, match.start())}"
        if owner != room and verb not in ("from", "join"):
            yield f"{at}: {room} may not write {table}: it belongs to {owner}"
        elif owner != room and owner not in reads.get(room, ()):
            yield f"{at}: {room} may not read {table} of {owner} (tools/tables.txt)"


def check_all_tables(root, paths):
    owners, reads = tables_of(root)
    faults = []
    for path in source_tree.files(root, (".sql",), "src/system/db/schema"):
        for table in TABLE_MADE.findall(source_tree.read(root, path)):
            if table not in owners:
                faults.append(f"{path}:1: {table} has no owner in tools/tables.txt")
    for path in paths:
        if path.endswith("_rows.c"):
            faults.extend(check_tables(root, path, owners, reads))
    return faults


def main():
    root = source_tree.root_from(sys.argv)
    paths = source_tree.files(root, (".c", ".h"), "src") + source_tree.files(root, (".c", ".h"), "tests")
    faults = [fault for path in paths for fault in check_file(root, path)]
    faults += check_all_tables(root, paths)
    if not paths:
        faults.append("src: no file was read")
    return source_tree.report(faults, f"{len(paths)} files keep SQL, platform, network and speech in their rooms")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""tools/check_rooms.py [ROOT]: what stands in one place only stands there.

  SQL                        in *_rows.c and src/system/db/
  #if for a platform         in src/system/os/
  sockets, TLS, HTTP         in src/system/net/ (src/system/proc/ has socketpair for its own messages)
  printing and logging       in the programs (and in tests, fuzz targets, benches)
  one SPDX line              in every file
SPDX-License-Identifier: Apache-2.0"""
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


def main():
    root = source_tree.root_from(sys.argv)
    paths = source_tree.files(root, (".c", ".h"), "src") + source_tree.files(root, (".c", ".h"), "tests")
    faults = [fault for path in paths for fault in check_file(root, path)]
    if not paths:
        faults.append("src: no file was read")
    return source_tree.report(faults, f"{len(paths)} files keep SQL, platform, network and speech in their rooms")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""openapi_merge.py OUT.json VERSION FRAGMENT.json...: joins the fragments (each with "paths" and "components") into one
OpenAPI 3.1 description. The same path and method or the same component twice with another content is an error."""
import json
import sys


def put(into, key, value, where):
    if key in into and into[key] != value:
        raise SystemExit(f"{where}: {key} is described twice in different ways")
    into[key] = value


def main():
    out, version, fragments = sys.argv[1], sys.argv[2], sys.argv[3:]
    paths, components = {}, {}
    for name in sorted(fragments):
        with open(name, encoding="utf-8") as f:
            fragment = json.load(f)
        for path, item in fragment.get("paths", {}).items():
            for method, operation in item.items():
                put(paths.setdefault(path, {}), method, operation, name)
        for kind, entries in fragment.get("components", {}).items():
            for key, value in entries.items():
                put(components.setdefault(kind, {}), key, value, name)
    whole = {"openapi": "3.1.0",
             "info": {"title": "Canh", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
             "paths": dict(sorted(paths.items())), "components": components}
    with open(out, "w", encoding="utf-8") as f:
        json.dump(whole, f, ensure_ascii=False, separators=(",", ":"))


main()

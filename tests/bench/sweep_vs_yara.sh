#!/bin/sh
# tests/bench/sweep_vs_yara.sh BUILD [FOLDER…]: see sweep_vs_yara.py. SPDX-License-Identifier: Apache-2.0
exec python3 "$(dirname "$0")/sweep_vs_yara.py" "$@"

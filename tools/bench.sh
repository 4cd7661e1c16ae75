#!/bin/sh
# tools/bench.sh: runs every benchmark that Meson knows and the scripts of tests/bench that need the built programs, one after
# the other, and keeps what they say in build/bench.txt. A peer runs in the same run; one that is not met ends with 1.
# Numbers worth keeping go into docs/bench.md with date, machine and commit. SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
table=build/bench.txt
bad=build/bench.bad
rm -f "$bad"
run() {
	echo "== $*"
	"$@" 2>&1 || { echo "not met, or it failed: $*"; touch "$bad"; }
}
{
	echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
	echo "system:  $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), kernel $(uname -r)"
	echo "commit:  $(git describe --always --dirty 2>/dev/null || echo unknown), $(date -u +%Y-%m-%d)"
	run meson test -C build/run --no-rebuild --benchmark --verbose --num-processes 1
	run python3 tests/bench/archive_vs_peers.py build/run
	run python3 tests/bench/centre_rest.py build/run/src/centre/canh-centre
} | tee "$table"
[ ! -e "$bad" ]

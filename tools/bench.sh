#!/bin/sh
# tools/bench.sh: runs every *_bench.c and tools/bench/*.sh on this machine, one after the other, and prints what they say.
# Numbers worth keeping go into docs/bench.md with date, machine and commit.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(sed -n 's/^MemTotal: *//p' /proc/meminfo)"
echo "system:  $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), kernel $(uname -r)"
echo "commit:  $(git describe --always --dirty 2>/dev/null || echo unknown), $(date -u +%Y-%m-%d)"
bad=0
meson test -C build/run --no-rebuild --benchmark --verbose --num-processes 1 || bad=1
for script in tools/bench/*.sh; do
	[ -x "$script" ] || continue
	echo "== $script"
	"$script" build/run || bad=1
done
echo "== tests/bench/centre_rest.py"
python3 tests/bench/centre_rest.py build/run/src/centre/canh-centre || bad=1
exit $bad

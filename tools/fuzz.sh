#!/bin/sh
# tools/fuzz.sh NAME SECONDS: fuzzes one target from its seeds in tests/corpus; what it finds new stays in build/fuzz/found/NAME,
# a crash is written there too: put it into tests/corpus/NAME with the fix. Without NAME it names the targets; NAME=all runs each.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
name=${1-} seconds=${2:-60}
tools/build.sh fuzz
targets=$(find build/fuzz/src -type f -name '*_fuzz' -perm -u+x | sort)
if [ -z "$name" ]; then
	echo "make fuzz T=NAME [SECONDS=60], where NAME is one of:"
	for target in $targets; do basename "$target" _fuzz | sed 's/^/  /'; done
	exit 0
fi
fuzz_one() {
	target=$(printf '%s\n' "$targets" | grep "/$1_fuzz\$" || true)
	[ -n "$target" ] || { echo "fuzz: no target named $1; 'make fuzz' names them" >&2; exit 2; }
	found=build/fuzz/found/$1
	mkdir -p "$found"
	seeds=tests/corpus/$1
	[ -d "$seeds" ] || seeds=$(ls -d tests/corpus/"$1"* tests/corpus/"${1#*_}" 2>/dev/null | head -n 1 || true)
	echo "== $1, $seconds seconds, seeds: ${seeds:-none}"
	# shellcheck disable=SC2086
	"$target" -max_total_time="$seconds" -artifact_prefix="$found/" -print_final_stats=1 -rss_limit_mb=2048 "$found" $seeds
}
if [ "$name" = all ]; then
	for target in $targets; do fuzz_one "$(basename "$target" _fuzz)"; done
else
	fuzz_one "$name"
fi

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
# The folders that the ordinary test of the same target is given; a test of another name: its own folder.
seeds_of() {
	meson introspect --tests build/fuzz | python3 -c 'import json, os, sys
name = sys.argv[1]
cmds = [test["cmd"] for test in json.load(sys.stdin)]
same = [cmd[1:] for cmd in cmds if os.path.basename(cmd[0]) in (name + "_corpus", name.replace("_parse", "") + "_corpus")]
print(*[arg for arg in (same[0] if same else ["tests/corpus/" + name]) if os.path.isdir(arg)])' "$1"
}
fuzz_one() {
	target=$(printf '%s\n' "$targets" | grep "/$1_fuzz\$" || true)
	[ -n "$target" ] || { echo "fuzz: no target named $1; 'make fuzz' names them" >&2; exit 2; }
	found=build/fuzz/found/$1
	mkdir -p "$found"
	seeds=$(seeds_of "$1")
	echo "== $1, $seconds seconds, seeds: ${seeds:-none}"
	# shellcheck disable=SC2086
	"$target" -max_total_time="$seconds" -artifact_prefix="$found/" -print_final_stats=1 -rss_limit_mb=2048 "$found" $seeds
}
if [ "$name" = all ]; then
	bad=
	for target in $targets; do
		one=$(basename "$target" _fuzz)
		fuzz_one "$one" || bad="$bad $one"
	done
	[ -z "$bad" ] || { echo "fuzz: found something in:$bad (see build/fuzz/found)" >&2; exit 1; }
	echo "fuzz: $(printf '%s\n' "$targets" | wc -l) targets, $seconds seconds each, nothing found"
else
	fuzz_one "$name"
fi

#!/bin/sh
# tools/test.sh TIER: builds and runs the tests; the last line is "N passed, N failed".
#   quick  unit tests, seeds and checks, with address and undefined-behaviour sanitizers
#   all    and the tests that start the built programs, and those in a browser
#   full   and what reads whole folders of foreign files beside other programs (suite night), once more under the thread
#          sanitizer (by clang), with each allocation failing in turn, and the coverage
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/.."
tier=${1:-all}
case $tier in
quick) groups="build" ;;
all) groups="test" ;;
full) groups="test night fuzz" ;;
*) echo "test: no such tier: $tier (quick, all, full)" >&2; exit 2 ;;
esac
# shellcheck disable=SC2086
tools/install.sh $groups || exit 2

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1:suppressions=$PWD/tests/address-sanitizer.txt}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}"
export TSAN_OPTIONS="${TSAN_OPTIONS:-halt_on_error=1:suppressions=$PWD/tests/thread-sanitizer.txt}"
logs=

# runs DIR ARGS…: meson test, its log kept for the summary. A failing test is counted at the end. The limits of time are for
# what hangs; a slow or busy machine gets four times as much (two tests that passed elsewhere ran out of it at a load of 18).
runs() {
	dir=$1; shift
	echo "== $dir"
	rm -f "build/$dir/meson-logs/testlog.json"
	meson test -C "build/$dir" --no-rebuild --print-errorlogs --timeout-multiplier 4 "$@"
	logs="$logs build/$dir/meson-logs/testlog.json"
}

# What the thread sanitizer sees: the built unit tests, and the programs at work. Not system/os/confine, which
# forbids what the sanitizer itself does (it opens files to know its memory); names with a blank are corpora.
thread_tests() {
	meson introspect --tests build/thread | python3 -c 'import json, sys
for test in json.load(sys.stdin):
    name, suite = test["name"], " ".join(test["suite"])
    if (":quick" in suite and "checks" not in suite or name == "system/centre") and " " not in name \
            and name != "system/os/confine":
        print(name)'
}

tools/build.sh test || { echo "0 passed, 1 failed"; exit 1; }
if [ "$tier" = quick ]; then
	runs test --suite quick
elif [ "$tier" = all ]; then
	runs test --no-suite night
else
	runs test
fi
if [ "$tier" = full ]; then
	for kind in thread failat coverage; do
		tools/build.sh $kind || { echo "0 passed, 1 failed"; exit 1; }
	done
	# shellcheck disable=SC2046
	runs thread $(thread_tests)
	runs coverage --suite quick --no-suite checks
	gcovr -r . --object-directory build/coverage --exclude '.*_(test|fuzz|bench)\.c' --exclude 'tests/.*' \
		build/coverage 2>/dev/null | tail -n 40
	echo "== build/failat: each allocation fails in turn"
	python3 tests/fail_at/run.py --build build/failat --log build/failat/fail-at.json
	logs="$logs build/failat/fail-at.json"
fi
# shellcheck disable=SC2086
exec python3 tools/test_summary.py $logs

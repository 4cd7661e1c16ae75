#!/bin/sh
# tools/lint.sh [FILE…]: clang-format (layout), clang-tidy (.clang-tidy says which checks) and cppcheck over the files given, else over all of src/.
# Exit 1 when one of them has something to say.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
tools/build.sh run >/dev/null
# What only a Windows compiler reads (docs/windows.md) has no flags here.
linux_only() { while read -r file; do case $file in
	src/agent/windows/*|src/system/os/windows/*) ;;
	*_windows.c) ! grep -q "/$file\"" build/run/compile_commands.json || echo "$file" ;;
	*) echo "$file" ;;
esac; done; }
files=${*:-$({ git ls-files 'src/*.c' 2>/dev/null || find src -name '*.c' | sort; } | linux_only)}
bad=0
# The layout is clang-format's; `make format` gives it.
# shellcheck disable=SC2086
clang-format --dry-run -Werror $files $(git ls-files 'src/*.h' 2>/dev/null || find src -name '*.h') 2>&1 |
	grep -E ': error:' | cut -d: -f1 | sort | uniq -c | sed 's/^ *\([0-9]*\) /layout: \1 places in /' >build/lint-layout.txt || true
if [ -s build/lint-layout.txt ]; then
	cat build/lint-layout.txt
	bad=1
fi
# gcc's own options are none of clang's: the database is read with the unknown ones allowed.
tidy() {
	printf '%s\n' $files | xargs -P "$(nproc)" -n 4 clang-tidy -p build/run --quiet --extra-arg=-Wno-unknown-warning-option 2>&1 |
		grep -vE '^([0-9]+ warnings? (generated|treated)|Suppressed [0-9]+|Use -header-filter|[0-9]+ warnings and)' || true
}
said=$(tidy)
if [ -n "$said" ]; then
	printf '%s\n' "$said"
	bad=1
fi
# shellcheck disable=SC2086
cppcheck --quiet --std=c17 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j "$(nproc)" \
	--suppressions-list=tools/cppcheck-suppressions.txt -D_GNU_SOURCE -DCANH_VERSION='"x"' -Isrc $files || bad=1
[ $bad = 0 ] && echo "lint: nothing to say about $(printf '%s\n' $files | wc -l) files"
exit $bad

#!/bin/sh
# tools/build.sh KIND: configures build/KIND when that was not done yet, and builds it.
#   run                      optimised, the programs that are installed: what `make run` starts
#   bench                    the same folder, with the unit tests and benches too
#   test                     with address and undefined-behaviour sanitizers, warnings are errors
#   thread, failat, coverage the other builds of the full tier
#   fuzz                     libFuzzer programs (clang)
#   windows                  the Windows agent, by mingw-w64
#   install PREFIX DESTDIR   optimised with that prefix, then installed
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
. tools/say.sh
[ ! -x "$here/build/node/bin/node" ] || PATH="$here/build/node/bin:$PATH"
export PATH

kind=${1:?usage: tools/build.sh KIND}
compiler=${CC:-gcc}
case $kind in
run|bench) set -- --buildtype=release -Db_ndebug=false ;;
test) set -- -Db_sanitize=address,undefined -Dwerror=true ;;
thread) compiler=clang; set -- -Db_sanitize=thread -Db_lundef=false -Dwerror=true -Dconsole=false ;;
failat) set -- -Db_sanitize=address,undefined -Dfail_at=true -Dconsole=false ;;
coverage) set -- -Db_coverage=true --buildtype=debug -Dconsole=false ;;
fuzz) compiler=clang; set -- -Db_sanitize=address,undefined -Dfuzz=true -Db_lundef=false -Dconsole=false ;;
windows)
	tools/windows/libraries.sh
	set -- --buildtype=minsize -Db_ndebug=false -Dconsole=false --cross-file tools/windows/x86_64-w64-mingw32.ini \
		--cross-file build/windows-libraries/places.ini
	;;
install)
	prefix=${2:?} destdir=${3-}
	set -- --buildtype=release -Db_ndebug=false --prefix="$prefix" --bindir=bin --datadir=share
	;;
*) echo "build: no such kind: $kind" >&2; exit 2 ;;
esac
if command -v ccache >/dev/null 2>&1; then
	compiler="ccache $compiler"
fi

dir=build/$kind
[ "$kind" != bench ] || dir=build/run
log=$dir.log
mkdir -p build
if [ ! -f "$dir/build.ninja" ]; then
	rm -rf "$dir"
	say "Đang cấu hình $dir …" "Configuring $dir …"
	CC="$compiler" meson setup "$dir" "$@" >"$log" 2>&1 || { cat "$log" >&2; echo "build: Meson could not configure $dir" >&2; exit 2; }
elif [ "$kind" = install ]; then
	meson configure "$dir" --prefix="$prefix" >"$log" 2>&1 || { cat "$log" >&2; exit 2; }
fi
# The programs alone are half of the steps: who wants to run them need not wait for the tests.
programs() {
	meson introspect --targets "$dir" | python3 -c 'import json, os, sys
for target in json.load(sys.stdin):
    if target["installed"] and target["type"] == "executable":
        print(os.path.relpath(target["filename"][0], sys.argv[1]))' "$here/$dir"
}
targets=
case $kind in run|install) targets=$(programs) ;; esac
# shellcheck disable=SC2086
ninja -C "$dir" $targets
# What is carried and installed: the program without its symbols, and the installer around it.
if [ "$kind" = windows ]; then
	x86_64-w64-mingw32-strip -o "$dir/canh-agent.exe" "$dir/src/agent/windows/canh-agent.exe"
	version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build)
	wixl -a x64 -D Version="$version" -D Program="$dir/canh-agent.exe" -o "$dir/canh-agent.msi" packaging/windows/canh-agent.wxs
	ls -l "$dir/canh-agent.exe" "$dir/canh-agent.msi"
fi
if [ "$kind" = install ]; then
	DESTDIR=$destdir meson install -C "$dir" --no-rebuild
fi

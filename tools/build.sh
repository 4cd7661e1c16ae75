#!/bin/sh
# tools/build.sh KIND: configures build/KIND when that was not done yet, and builds it.
#   run                      optimised, what `make run` starts
#   test                     with address and undefined-behaviour sanitizers, warnings are errors
#   thread, failat, coverage the other builds of the full tier
#   fuzz                     libFuzzer programs (clang)
#   install PREFIX DESTDIR   optimised with that prefix, then installed
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
[ ! -x "$here/build/node/bin/node" ] || PATH="$here/build/node/bin:$PATH"
export PATH

kind=${1:?usage: tools/build.sh KIND}
compiler=${CC:-gcc}
case $kind in
run) set -- --buildtype=release -Db_ndebug=false ;;
test) set -- -Db_sanitize=address,undefined -Dwerror=true ;;
thread) compiler=clang; set -- -Db_sanitize=thread -Db_lundef=false -Dwerror=true -Dconsole=false ;;
failat) set -- -Db_sanitize=address,undefined -Dfail_at=true -Dconsole=false ;;
coverage) set -- -Db_coverage=true --buildtype=debug -Dconsole=false ;;
fuzz) compiler=clang; set -- -Db_sanitize=address,undefined -Dfuzz=true -Db_lundef=false -Dconsole=false ;;
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
log=$dir.log
mkdir -p build
if [ ! -f "$dir/build.ninja" ]; then
	rm -rf "$dir"
	CC="$compiler" meson setup "$dir" "$@" >"$log" 2>&1 || { cat "$log" >&2; echo "build: Meson could not configure $dir" >&2; exit 2; }
elif [ "$kind" = install ]; then
	meson configure "$dir" --prefix="$prefix" >"$log" 2>&1 || { cat "$log" >&2; exit 2; }
fi
ninja -C "$dir"
if [ "$kind" = install ]; then
	DESTDIR=$destdir meson install -C "$dir" --no-rebuild
fi

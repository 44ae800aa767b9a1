#!/bin/bash
# `ipgap run` from outside: lines, signals, garbage, two doors, 200 kills (SIM-01, SIM-02, SIP-01, EVT-01)
#
#   sh ci/test_run.sh IPGAP [KILLS [SEED]]
#
# Prints one verdict a case and "N passed, N failed"; exit status 0 where none failed.
[ -n "$BASH_VERSION" ] || exec bash "$0" "$@"
export LC_ALL=C
unset DISPLAY WAYLAND_DISPLAY SDL_VIDEODRIVER XDG_STATE_HOME

IPGAP=$(realpath "${1:?usage: test_run.sh IPGAP [KILLS [SEED]]}")
KILLS=${2:-200}
SEED=${3:-$RANDOM}
HERE=$(dirname "$(realpath "$0")")
T=$(mktemp -d "${TMPDIR:-/tmp}/ipgap-run.XXXXXX")
cp "$IPGAP" "$T/ipgap" && IPGAP=$T/ipgap   # a build beside us does not change it under us
PORT=$((20000 + RANDOM % 5000 * 2))
passed=0 failed=0 why= pid=

trap 'stop 2>/dev/null; rm -rf "$T"' EXIT

# --- helpers ---

# true once the file has a line that matches, at most 5 s later
await() {
	local i
	for ((i = 0; i < 250; i++)); do
		grep -qE -- "$2" "$1" 2>/dev/null && return 0
		sleep 0.02
	done
	why="no \"$2\" in: $(tail -n 3 "$1" 2>/dev/null)"
	return 1
}

# start a headless door on data directory $1; its lines go to descriptor 9, its answers to $T/out
start() {
	local data=$1
	shift
	rm -f "$T/in"
	mkfifo "$T/in"
	: >"$T/out"
	"$IPGAP" run --headless --audio none --data "$T/$data" --bind "127.0.0.1:$PORT" "$@" \
		<"$T/in" >"$T/out" 2>"$T/err" &
	pid=$!
	exec 9>"$T/in"
	await "$T/out" 'sip:ipacGap@127.0.0.1'
}

say() {
	printf '%s\n' "$@" >&9
}

stop() {
	exec 9>&-
	[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
	[ -z "$pid" ] || wait "$pid" 2>/dev/null
	pid=
}

# the door ends by itself with this exit status, at most 5 s later
ends() {
	local i rc
	for ((i = 0; i < 250; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.02
	done
	kill -0 "$pid" 2>/dev/null && why="it does not end" && return 1
	wait "$pid" 2>/dev/null
	rc=$?
	pid=
	[ $rc = "$1" ] || { why="exit status $rc, not $1"; return 1; }
}

# a command's exit status, and what it says on either output
says() {
	local want=$1 text=$2 out rc
	shift 2
	out=$(timeout 10 "$@" 2>&1 </dev/null)
	rc=$?
	[ $rc = "$want" ] || { why="$*: exit status $rc, not $want: $out"; return 1; }
	grep -qF -- "$text" <<<"$out" || { why="$*: no \"$text\" in: $out"; return 1; }
}

# OPTIONS to the door; true where 200 comes back within the given seconds
options() {
	local reply
	exec 8<>"/dev/udp/127.0.0.1/$PORT"
	printf '%s\r\n' "OPTIONS sip:ipacGap@127.0.0.1:$PORT SIP/2.0" \
		"Via: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK$RANDOM$RANDOM" "Max-Forwards: 70" \
		"From: <sip:t@127.0.0.1>;tag=$RANDOM" "To: <sip:ipacGap@127.0.0.1>" \
		"Call-ID: $RANDOM$RANDOM" "CSeq: 1 OPTIONS" "Content-Length: 0" "" >"$T/options"
	cat "$T/options" >&8
	reply=$(timeout "$1" dd bs=2000 count=1 <&8 2>/dev/null | head -n 1)
	exec 8>&-
	case $reply in "SIP/2.0 200"*) return 0 ;; esac
	why="OPTIONS was answered by \"$reply\""
	return 1
}

try() {
	why=
	if "$1" 2>"$T/stderr"; then
		passed=$((passed + 1))
		echo "ok      $1${note:+ ($note)}"
	else
		failed=$((failed + 1))
		echo "FAILED  $1: $why"
	fi
	note=
	stop 2>/dev/null
}

# --- cases ---

quit_needs_no_display_and_no_sound() {
	local out
	out=$(echo quit | timeout 20 "$IPGAP" run --data "$T/plain" --set sip.port=$PORT 2>&1) ||
		{ why="exit status $?: $out"; return 1; }
	grep -q 'no window: ' <<<"$out" && grep -q '^ok quit' <<<"$out" || { why=$out; return 1; }
}

wrong_calls_are_explained() {
	says 2 'did you mean `ipgap run`' "$IPGAP" rnu &&
	says 2 'did you mean --headless' "$IPGAP" run --hedless &&
	says 2 'accepted: 10..60 s' "$IPGAP" run --set door.ring_s=9 &&
	says 2 'did you mean door.ring_s' "$IPGAP" run --set door.rings=20 &&
	says 2 'is no address' "$IPGAP" run --bind 1.2.3.4.5 &&
	says 2 'sip.rtp_port_min' "$IPGAP" run --headless --data "$T/x" --set sip.port=7080 &&
	says 1 'cannot be read' "$IPGAP" run --headless --data "$T/x" --audio file:/nowhere.wav &&
	says 1 'cannot be made' "$IPGAP" run --headless --audio none --data /dev/null/x &&
	says 1 '/nowhere: the directory of voice messages' "$IPGAP" run --headless --audio none --data "$T/x" --voices /nowhere &&
	says 1 'no such address' "$IPGAP" run --headless --audio none --data "$T/x" --bind 192.0.2.1 &&
	says 0 'EXIT STATUS' "$IPGAP" run --help && says 0 'EXIT STATUS' "$IPGAP" help run
}

a_press_without_contact_is_said() {
	start a && await "$T/out" ' picto=call colour=off' && say 'press 0.3' &&
	await "$T/out" '^ok pressed for 0.300 s' && await "$T/out" 'press action=no_contact' &&
	await "$T/out" 'button pressed=no'
}

settings_are_checked_and_survive_a_restart() {
	start b && say 'set door.ring_s 9' 'set door.rings 20' 'set door.ring_s 42' 'set identity 123456789' &&
	await "$T/out" '^error: door.ring_s: "9" is out of range; accepted: 10..60 s' &&
	await "$T/out" '^error: door.rings: there is no such setting; did you mean door.ring_s' &&
	await "$T/out" '^ok identity = 123456789' && kill -9 "$pid" && ends 137 &&
	start b && grep -q 'door 123456789' "$T/out" && say 'get door.ring_s' &&
	await "$T/out" '^ok door.ring_s = 42' && say restart 'get identity' &&
	await "$T/out" 'shutdown cause=restart' && await "$T/out" '^ok identity = 123456789'
}

set_on_the_command_line_is_stored() {
	start c --set door.ring_s=33 --set door.talk_min=permanent && say quit && ends 0 &&
	start c && say 'get door.ring_s' 'get door.talk_min' && await "$T/out" '^ok door.ring_s = 33' &&
	await "$T/out" '^ok door.talk_min = permanent'
}

garbage_lines_are_refused_and_harmless() {
	start d && head -c 100000 /dev/urandom >&9 && say '' 'presss' "$(printf 'x%.0s' {1..1001})" \
		$'in\001put on' 'dip 9 on' 'state' &&
	await "$T/out" '^error: there is no command "presss"; did you mean `press`' &&
	await "$T/out" '^error: the line is longer than 1000 bytes' &&
	await "$T/out" '^error: the line has a control character \(byte 0x01\)' &&
	await "$T/out" '^error: "9 on" is not accepted; accepted: dip 1..4' &&
	await "$T/out" '^ok state=' && say quit && ends 0
}

answers_in_json_are_one_object_a_line() {
	start e --json && say state settings contacts 'contacts add 101' help 'events 3' 'get identity' press nonsense 'set door.ring_s 9' quit &&
	ends 0 && [ "$(grep -cvE '^\{.*\}$' "$T/out")" = 0 ] || { why=${why:-$(grep -vE '^\{.*\}$' "$T/out")}; return 1; }
	[ "$(grep -cE '^\{"ok":false,"error":"' "$T/out")" = 2 ] || { why='not two errors'; return 1; }
}

signals_end_it_in_good_order() {
	local s
	for s in INT TERM HUP; do
		start f && say 'open 1' && await "$T/out" 'relay relay=1 on=yes' && kill -$s "$pid" && ends 0 &&
		grep -q 'relay relay=1 on=no cause=shutdown' "$T/out" &&
		tail -n 1 "$T/out" | grep -q 'shutdown cause=' || { why="$s: $why $(tail -n 2 "$T/out")"; return 1; }
	done
}

the_end_of_input_ends_it() {
	start g && exec 9>&- && ends 0 && tail -n 1 "$T/out" | grep -q 'shutdown cause="end of input"' || return 1
	printf 'get identity\nquit' >"$T/lines"
	timeout 10 "$IPGAP" run --headless --audio none --data "$T/g" --bind 127.0.0.1:$PORT <"$T/lines" >"$T/out" &&
	grep -q '^ok identity' "$T/out" && grep -q '^ok quit' "$T/out" || { why=$(tail -n 2 "$T/out"); return 1; }
}

a_window_outlives_the_end_of_input() {
	SDL_VIDEODRIVER=dummy "$IPGAP" run --audio none --data "$T/w" --bind "127.0.0.1:$PORT" \
		</dev/null >"$T/out" 2>"$T/err" &
	pid=$!
	await "$T/out" 'link up=yes' && sleep 0.7 && kill -0 "$pid" && kill -TERM "$pid" && ends 0 &&
	tail -n 1 "$T/out" | grep -q 'shutdown cause=terminated' || { why="$why $(cat "$T/err")"; return 1; }
}

it_ends_when_nobody_reads() {
	start h || return 1
	stop
	(sleep 0.3; echo state; sleep 0.3; echo state; sleep 3) |
		timeout 10 "$IPGAP" run --headless --audio none --data "$T/h" --bind 127.0.0.1:$PORT 2>"$T/err" |
		head -n 1 >/dev/null
	[ "${PIPESTATUS[1]}" = 1 ] && grep -q 'standard output cannot be written' "$T/err" ||
		{ why=$(cat "$T/err"); return 1; }
}

a_second_door_on_the_same_data_is_refused() {
	start i && says 1 'another ipgap' "$IPGAP" run --headless --audio none --data "$T/i" --bind 127.0.0.1:$((PORT + 1)) &&
	says 1 'another program has that port' "$IPGAP" run --headless --audio none --data "$T/j" --bind 127.0.0.1:$PORT
}

supplies_and_restart() {
	start k && say 'mains off' 'poe off' state 'set door.ring_s 20' 'poe on' 'restart' &&
	await "$T/out" '^ok state=off' && await "$T/out" '^error: door.ring_s: the door has no supply' &&
	await "$T/out" 'shutdown cause=restart' && sleep 0.8 && say state &&
	await "$T/out" '^ok state=idle' || return 1
	[ "$(grep -c ' boot dip=' "$T/out")" = 3 ] || { why="not three starts"; return 1; }
}

a_full_disk_is_said_and_survived() {
	local i
	(ulimit -f 300; exec "$IPGAP" run --headless --audio none --data "$T/l" --bind 127.0.0.1:$PORT \
		< <(for i in {1..400}; do echo "set door.installation $i"; done; sleep 3; echo quit) \
		>"$T/out" 2>"$T/err") || { why="exit status $?"; return 1; }
	i=$(grep -c '^ok door.installation' "$T/out")
	grep -q '^error: door.installation could not be stored' "$T/out" && grep -q '^ok quit' "$T/out" &&
	grep -q 'events cannot be stored' "$T/err" || { why="$(tail -n 1 "$T/out") $(tail -n 1 "$T/err")"; return 1; }
	echo 'get door.installation' | "$IPGAP" run --headless --audio none --data "$T/l" --bind 127.0.0.1:$PORT >"$T/out" 2>&1
	grep -q "^ok door.installation = $i " "$T/out" || { why="$i acknowledged, then: $(tail -n 1 "$T/out")"; return 1; }
}

a_picture_without_a_display() {
	timeout 10 "$IPGAP" run --headless --audio none --data "$T/m" --bind 127.0.0.1:$PORT --shot "$T/a.png" \
		</dev/null >"$T/out" 2>&1 || { why="exit status $?"; return 1; }
	[ "$(head -c 8 "$T/a.png" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || { why='no PNG'; return 1; }
	start m && say "shot $T/b.png" "shot $T/no/where.png" && await "$T/out" '^ok .*b.png written' &&
	await "$T/out" '^error: .*where.png cannot be written'
}

sip_answers_soon_after_the_start() {
	local before=${EPOCHREALTIME/./} after
	"$IPGAP" run --headless --audio none --data "$T/n" --bind "127.0.0.1:$PORT" <"$T/hold" >"$T/out" 2>&1 &
	pid=$!
	until options 0.05 2>/dev/null; do
		after=${EPOCHREALTIME/./}
		[ $((after - before)) -lt 5000000 ] || return 1
	done
	after=${EPOCHREALTIME/./}
	note="$(((after - before) / 1000)) ms"
	[ $((after - before)) -lt 2000000 ] || { why=$note; return 1; }
}

garbage_on_the_sip_port_is_harmless() {
	local i
	start o || return 1
	for ((i = 0; i < 300; i++)); do
		head -c $((RANDOM % 1400 + 1)) /dev/urandom >"/dev/udp/127.0.0.1/$PORT"
	done
	options 2 || return 1
	for ((i = 10; i < $(wc -c <"$T/options"); i += 3)); do  # its own request, cut anywhere, with garbage behind
		{ head -c $i "$T/options"; head -c 50 /dev/urandom; } >"/dev/udp/127.0.0.1/$PORT"
	done
	options 2 && say state && await "$T/out" '^ok state=idle' && say quit && ends 0
}

two_doors_call_each_other() {
	local other rc
	timeout 20 "$IPGAP" run --headless --audio "file:,$T/heard.wav" --data "$T/q" --bind "127.0.0.1:$((PORT + 1))" \
		--set door.answer_s=0 <"$T/hold" >"$T/other" 2>&1 &
	other=$!
	start p --set "button.day=sip:127.0.0.1:$((PORT + 1))" && await "$T/other" 'answers at' && sleep 1.2 && say press &&
	await "$T/out" 'call_answered' && await "$T/other" 'call_answered' && sleep 1 && say state hangup &&
	await "$T/out" '^ok state=talking' && await "$T/out" 'call_end .*cause=command' &&
	await "$T/other" 'call_end .*cause=remote' && say press && await "$T/out" 'call_answered call=2' &&
	kill -TERM "$pid" && ends 0 && await "$T/other" 'call_end call=2 cause=remote'
	rc=$?
	kill -TERM $other
	wait $other
	[ $rc = 0 ] || return 1
	[ "$(wc -c <"$T/heard.wav")" -gt 16000 ] || { why='nothing was heard'; return 1; }
}

contacts_change_while_it_runs_and_after() {
	printf 'number;nom\n127.0.0.1:1;Voisin\n' >"$T/c.csv"
	start r && says 1 'another ipgap' "$IPGAP" contacts add 101 --data "$T/r" &&
	say 'contacts add 127.0.0.1:9 --surname "Le Gardien" --p2p yes' 'set button.day sip:127.0.0.1:9;p2p' \
		'contacts edit 1 --number 127.0.0.1:7' 'get button.day' 'contacts remove 1' 'contacts add "' 'contacts import' \
		"contacts import $T/c.csv" contacts 'set button.day=' "contacts import $T/c.csv" "contacts export $T/d.csv" \
		'call 2' 'call 1' 'call x y' hangup answer &&
	await "$T/out" '^ok 1 contacts, version 2' && await "$T/out" 'contacts action=add contacts=1 version=2' &&
	await "$T/out" '^ok button.day = sip:127.0.0.1:7;p2p' && await "$T/out" 'error: contact 1 .* is called by button.day' &&
	await "$T/out" '^error: a quote is not closed' && await "$T/out" '^error: a file is missing' &&
	await "$T/out" '^   1  sip:127.0.0.1:7;p2p +Le Gardien' || return 1
	await "$T/out" '^ok 1 contacts, version 4' && await "$T/out" '^ok 1 contacts written' &&
	await "$T/out" '^error: there is no such contact' && await "$T/out" '^ok call' &&
	await "$T/out" '^error: this is no contact' && await "$T/out" 'call_out call=1 contact=1 reason= ?.*to=sip:127.0.0.1:1|call_out .*127.0.0.1:1' &&
	await "$T/out" '^error: there is no call to answer' && say quit && ends 0 || return 1
	[ "$("$IPGAP" contacts export --data "$T/r" 2>/dev/null)" = "$(cat "$T/d.csv")" ] || { why='another book after the end'; return 1; }
}

a_killed_import_leaves_the_old_book_or_the_new_one() {
	local i old=0 new=0 before=${EPOCHREALTIME/./} took name
	for name in one two; do
		{ echo 'number,surname'; for i in {1..900}; do echo "$i,$name $i"; done; } >"$T/$name.csv"
		"$IPGAP" contacts import "$T/$name.csv" --data "$T/s" 2>/dev/null &&
		"$IPGAP" contacts export "$T/$name.book" --data "$T/s" 2>/dev/null || return 1
	done
	took=$(((${EPOCHREALTIME/./} - before) / 4 + 1))
	for ((i = 0; i < 100; i++)); do
		name=$([ $((i % 2)) = 0 ] && echo one || echo two)
		"$IPGAP" contacts export "$T/before" --data "$T/s" 2>/dev/null || return 1
		"$IPGAP" contacts import "$T/$name.csv" --data "$T/s" 2>/dev/null &
		sleep "$(printf '0.%06d' $((RANDOM * took / 32768)))"
		kill -9 $! 2>/dev/null
		wait $! 2>/dev/null
		"$IPGAP" contacts export "$T/after" --data "$T/s" 2>/dev/null || { why='the book cannot be read'; return 1; }
		if cmp -s "$T/after" "$T/$name.book"; then
			new=$((new + 1))
		elif cmp -s "$T/after" "$T/before"; then
			old=$((old + 1))
		else
			why="kill $i left a mixture"
			return 1
		fi
	done
	note="100 kills: $old old, $new new"
	[ $old -gt 0 ] && [ $new -gt 0 ] || { why=$note; note=; return 1; }
}

nothing_acknowledged_is_lost_by_kills() {
	"${CC:-cc}" -std=gnu11 -O1 -o "$T/crash_run" "$HERE/crash_run.c" "$HERE/crash_child.c" ||
		{ why='crash_run.c does not compile'; return 1; }
	note=$("$T/crash_run" "$IPGAP" "$T/crash" "$KILLS" "$SEED") || { why=$note; note=; return 1; }
}

# WEB-04: old settings or new ones, the draft whole or absent
a_kill_between_or_in_validate_and_apply_leaves_no_mixture() {
	"${CC:-cc}" -std=gnu11 -O1 -o "$T/crash_draft" "$HERE/crash_draft.c" "$HERE/crash_child.c" ||
		{ why='crash_draft.c does not compile'; return 1; }
	note=$("$T/crash_draft" "$IPGAP" "$T/crash_draft.d" "$KILLS" "$SEED") || { why=$note; note=; return 1; }
}

# WEB-07: export, factory, import, export is the same to the byte; a file that is refused changes nothing
settings_files_go_round() {
	local k S="$T/conf"
	mkdir "$S"
	echo 'a phrase' >"$S/pass"
	printf '%s\n' 'set sip.account1.password s3cret' 'set relay1.code1 4242' 'set nat.gateway_port 5070' \
		'set door.installation 12 = "a" #b' quit |
		"$IPGAP" run --headless --audio none --http off --https off --data "$S/a" --set sip.port=0 >"$S/log" 2>&1 || return 1
	for k in conf_user conf_sip; do
		"$IPGAP" settings export $k "$S/$k" --data "$S/a" &&
		"$IPGAP" settings export $k "$S/$k.sealed" --data "$S/a" --passphrase-file "$S/pass" &&
		"$IPGAP" settings import "$S/$k.sealed" --data "$S/b" --passphrase-file "$S/pass" &&
		"$IPGAP" settings export $k "$S/$k.again" --data "$S/b" || { why="$k does not go round"; return 1; }
		cmp "$S/$k" "$S/$k.again" || { why="$k is not the same"; return 1; }
		! grep -q 's3cret\|4242' "$S/$k" "$S/$k.sealed" || { why="$k has a secret"; return 1; }
		! "$IPGAP" settings import "$S/$k.sealed" --data "$S/b" 2>"$S/err" && grep -q 'line [0-9]*:.*passphrase' "$S/err" ||
			{ why="$k is read without its passphrase"; return 1; }
		! sed 's/^model = .*/model = 99/' "$S/$k" | "$IPGAP" settings import --data "$S/b" 2>"$S/err" &&
		grep -q 'line 4:.*model 99' "$S/err" || { why="$k of another model is read"; return 1; }
		! head -n 20 "$S/$k" | sed 's/^identity = .*/identity = 5/' | "$IPGAP" settings import --data "$S/b" 2>"$S/err" &&
		grep -q 'cut' "$S/err" && "$IPGAP" settings export $k - --data "$S/b" | cmp - "$S/$k" ||
			{ why="$k, cut, changes something"; return 1; }
	done
	printf '%s\n' 'draft relay1.code1=4242 sip.account1.password=s3cret' draft quit |
		"$IPGAP" run --headless --audio none --http off --https off --data "$S/b" --set sip.port=0 >"$S/log" 2>&1 &&
	grep -q '^ok 0 settings are validated' "$S/log" || { why='the secrets did not come back'; return 1; }
}

# WEB-07: a list of conf_user may call by an account of conf_sip, whichever is named first
both_settings_files_are_read_together() {
	local S="$T/both" order
	mkdir "$S"
	printf '%s\n' 'set sip.account1.server pbx.example' 'set sip.account1.user 5' 'set sip.account1.active yes' 'set button.day 101' quit |
		"$IPGAP" run --headless --audio none --http off --https off --data "$S/a" --set sip.port=0 >"$S/log" 2>&1 || return 1
	"$IPGAP" settings export conf_user "$S/user" --data "$S/a" && "$IPGAP" settings export conf_sip "$S/sip" --data "$S/a" || return 1
	grep -q '^button.day = .*101' "$S/user" || { why='the list is not there'; return 1; }
	! "$IPGAP" settings import "$S/user" --data "$S/b" 2>"$S/err" && grep -q 'line [0-9]*:.*account' "$S/err" ||
		{ why='a list without its account is read'; return 1; }
	for order in "$S/user $S/sip" "$S/sip $S/user"; do
		rm -rf "$S/b"
		"$IPGAP" settings import $order --data "$S/b" && "$IPGAP" settings export conf_user - --data "$S/b" | cmp - "$S/user" ||
			{ why="$order is not read"; return 1; }
	done
	sed 's/^button.day = .*/button.day = 101;account=2/' "$S/user" >"$S/bad"
	! "$IPGAP" settings import "$S/sip" "$S/bad" --data "$S/b" 2>"$S/err" && grep -q 'bad, line [0-9]*:' "$S/err" &&
	"$IPGAP" settings export conf_user - --data "$S/b" | cmp - "$S/user" || { why='a fault is not told by file and line'; return 1; }
	! "$IPGAP" settings import "$S/user" "$S/user" --data "$S/b" 2>"$S/err" && grep -q 'of one kind' "$S/err" &&
	! "$IPGAP" settings import "$S/user" "$S/sip" "$S/bad" --data "$S/b" 2>"$S/err" && grep -q 'one or both' "$S/err" ||
		{ why='two of a kind, or three, are read'; return 1; }
}

mkfifo "$T/hold"
exec 7<>"$T/hold"
for case in quit_needs_no_display_and_no_sound wrong_calls_are_explained a_press_without_contact_is_said \
	settings_are_checked_and_survive_a_restart set_on_the_command_line_is_stored \
	garbage_lines_are_refused_and_harmless answers_in_json_are_one_object_a_line signals_end_it_in_good_order \
	the_end_of_input_ends_it \
	a_window_outlives_the_end_of_input it_ends_when_nobody_reads a_second_door_on_the_same_data_is_refused \
	supplies_and_restart a_full_disk_is_said_and_survived a_picture_without_a_display \
	sip_answers_soon_after_the_start garbage_on_the_sip_port_is_harmless two_doors_call_each_other \
	contacts_change_while_it_runs_and_after a_killed_import_leaves_the_old_book_or_the_new_one \
	settings_files_go_round both_settings_files_are_read_together \
	a_kill_between_or_in_validate_and_apply_leaves_no_mixture nothing_acknowledged_is_lost_by_kills; do
	try $case
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]

#!/bin/sh
# `ipgap board` from outside, against the firmware in QEMU: verbs, messages, exit codes, another protocol (HIL-01).
#   test_board.sh IPGAP FIRMWARE.elf FIRMWARE_OF_ANOTHER_VERSION.elf
set -u
ipgap=$(realpath "$1") elf=$(realpath "$2") other=$(realpath "$3") self=$(realpath "$0")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
IPGAP_FIRMWARE=$elf
export IPGAP_FIRMWARE
good=0 bad=0

# try NAME EXIT_STATUSES PATTERN COMMAND...: status (one of "0|3") and output (both streams) must fit
try() {
	name=$1 want=$2 pattern=$3
	shift 3
	timeout -k 5 60 "$@" > out.txt 2>&1 < /dev/null
	got=$?
	case "|$want|" in *"|$got|"*) fits=1 ;; *) fits=0 ;; esac
	if [ $fits = 1 ] && grep -qE -- "$pattern" out.txt; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
		echo "FAIL  $name: exit $got (want $want), output should fit /$pattern/:"
		sed 's/^/      /' out.txt | head -n 40
	fi
}
# the output before also fits, or does not
also() {
	if grep -qE -- "$2" out.txt; then good=$((good + 1)); else bad=$((bad + 1)); echo "FAIL  $1: no /$2/"; fi
}
never() {
	if grep -qE -- "$2" out.txt; then bad=$((bad + 1)); echo "FAIL  $1: /$2/"; else good=$((good + 1)); fi
}
json() {
	command -v python3 > /dev/null || return 0
	if awk 'NF { f = "line" NR; print > f; close(f); n = system("python3 -m json.tool " f " > json.txt 2>&1"); if (n) exit 1 }
	        END { if (!NR) exit 1 }' out.txt; then good=$((good + 1))
	else bad=$((bad + 1)); echo "FAIL  $1: no JSON"; cat out.txt json.txt; fi
}

try "help"               0 '^  selftest '                     "$ipgap" board --help
try "no verb"            2 'info, watch, set, selftest or bench' "$ipgap" board
try "wrong verb"         2 'no verb wtach; did you mean watch' "$ipgap" board wtach
try "wrong option"       2 'no option "--jsn"; did you mean --json' "$ipgap" board info --jsn
try "wrong rig"          2 'there is no rig "bord"'           "$ipgap" board info --rig bord
try "no board"           2 'the rig "sim" has no board'       "$ipgap" board info --rig sim
try "wrong pin"          2 'no pin RELAI1; did you mean RELAY1' "$ipgap" board set relai1 on
try "input refused"      2 'BUTTON is an input'               "$ipgap" board set button on
try "wrong level"        2 'level maybe: right would be on or off' "$ipgap" board set RELAY1 maybe
try "too few words"      2 'board set PIN on.off'             "$ipgap" board set RELAY1
try "too many words"     2 'no more to say'                   "$ipgap" board info twice
try "wrong time"         2 '--for 0: right would be milliseconds' "$ipgap" board set RELAY1 on --for 0
try "time for nothing"   2 'info takes no --for'              "$ipgap" board info --for 3
try "wrong count"        2 '--count x: right would be 1 to'   "$ipgap" board bench --count x
try "no firmware"        1 'firmware /none.elf: No such file.*make ioboard EMULATED=1' "$ipgap" board info --rig board:qemu:/none.elf
try "no line"            1 '/dev/ttyNONE: No such file.*plugged in' "$ipgap" board info --rig board:/dev/ttyNONE
try "nobody listens"     1 'refused'                          "$ipgap" board info --rig board:unix:@ipgap-nobody-$$

try "info"               0 '^board      lm3s6965evb$'         "$ipgap" board info
also "tables"              'protocol   [0-9]+, tables [0-9a-f]{8}: the same'
also "clock"               'clock      EMULATED, tick 50 ns'
also "pin map"             '  RELAY1   out  PB0   off'
also "supply"              '  MAINS    in   PD3   on'
also "counters"            'rx_bad 0, tx_lost 0'
try "info as JSON"       0 '"board":"lm3s6965evb"'            sh -c "'$ipgap' board info --json | tr -d '\n'"
json "info as JSON"

try "pulse"              0 'RELAY1 +off  after (49[89]|50[0-9])' "$ipgap" board set relay1 on --for 500
try "pulse as JSON"      0 '"pin":"RELAY2","level":0'         "$ipgap" board set RELAY2 on --for 100 --json
json "pulse as JSON"
try "pulse to the level it has" 1 'at that level already'     "$ipgap" board set BEEP off --for 100
try "set until Ctrl-C"   0 '^stays so until Ctrl-C; the board releases relays 480 ms' \
	timeout --preserve-status -s INT 1 "$ipgap" board set RELAY1 on
try "already so"         0 '^LIT_CALL is off already'         timeout --preserve-status -s INT 1 "$ipgap" board set lit_call off
try "watch until Ctrl-C" 0 '^watching'                        timeout --preserve-status -s INT 1 "$ipgap" board watch
never "Ctrl-C is no trouble" 'trouble|gone'
try "watch for a time"   0 ''                                 sh -c "'$ipgap' board watch --for 0.3; echo"
try "bench"              0 '^SET to EDGE, 200 times: p50 [0-9]+ us' "$ipgap" board bench --count 200
also "edges a second"      '^edges through the link: [0-9]+ a second'
try "bench as JSON"      0 '"p99_us":[0-9]+'                  "$ipgap" board bench --count 100 --json
json "bench as JSON"
# a host that stalls makes figures inconclusive, never a failure
try "selftest"         '0|3' 'RELAY2 driven and read back: .*seen from outside' "$ipgap" board selftest
never "selftest"           '^FAIL'
also "hold"                '(ok|inconclusive) +RELAY1 held for 5000 ms: (4999|5000)\.[0-9]+ ms'
also "fail-safe"           'RELAY1 without a heartbeat: released after 4[0-9]{2}\.[0-9] ms .*seen from outside after [0-9]{3}\.'
also "losses"              '^ok +lost on the way: 0 bad frames, 0 not sent, 0 edges'

# by its line alone: a board whose button is pressed behind the program's back
if command -v python3 > /dev/null; then
	press=$(dirname "$self")/press_board.py
	try "watch a press"   0 'BUTTON +off  after 2[0-9]{2}\.[0-9]{3} ms' \
		python3 "$press" "$elf" "$dir/w" "$ipgap" board watch --for 2 --rig "board:unix:$dir/w"
	try "watch as JSON"   0 '"pin":"BUTTON","level":0,.*"held_us":2[0-9]{5}' \
		python3 "$press" "$elf" "$dir/j" "$ipgap" board watch --for 2 --json --rig "board:unix:$dir/j"
	json "watch as JSON"
	try "inputs nobody drives" 3 '^inconclusive +DIP4: nothing drives it' \
		python3 "$press" "$elf" "$dir/s" "$ipgap" board selftest --rig "board:unix:$dir/s"
fi

try "another protocol"   1 'the board speaks protocol 2, this program 1: flash the firmware that belongs to it' \
	"$ipgap" board info --rig "board:qemu:$other"
echo 'scenario("boots", function(t) t:door{} t:wait(1) end)' > boots.lua
try "test with another protocol" '1|2|3' 'the board speaks protocol 2, this program 1' \
	"$ipgap" test --rig "board:qemu:$other" boots.lua

echo "ipgap board: $good passed, $bad failed"
[ $bad = 0 ]

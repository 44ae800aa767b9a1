#!/bin/sh
# The receivers' catalogue: faults planted in our receiver turn lines red in each group, and a receiver that
# is a program of its own passes on the real clock.
#   receivers.sh IPGAP BUILD_DIR [all]        all = the whole catalogue on the real clock (two minutes)
set -u
ipgap=$1 dir=$2 all=${3:-}
cat=scenarios/receivers port=$((20000 + $$ % 10000))
bad=0
mkdir -p "$dir"
rm -rf "$dir/receivers-failures"

# Which planted fault must be seen by which group: file, fault, at least so many red lines
while read -r group fault least; do
	"$ipgap" test --plant "$fault" --keep "$dir/planted" --scorecard "$dir/planted.html" "$cat/$group.lua" \
		> "$dir/planted.txt" 2> /dev/null
	status=$?
	red=$(sed -n 's/^[0-9]* passed, \([0-9]*\) failed.*/\1/p' "$dir/planted.txt")
	page=$(grep -c '<td class="v"><b class="fail">' "$dir/planted.html")
	if [ $status != 1 ] || [ "${red:-0}" -lt "$least" ] || [ "$page" != "$red" ]; then
		echo "FAIL  $group with the planted fault $fault: exit $status, ${red:-no} failed, $page red lines on the page" \
			"(want exit 1, at least $least, as many)"
		bad=$((bad + 1))
	fi
done <<'LIST'
1-frame   blind-crc           15
1-frame   no-again            15
1-frame   no-end              5
1-frame   drop-digit=5        5
2-digits  drop-digit=5        20
2-digits  no-tones            15
2-digits  hangup-at=ack       20
3-turns   no-c                15
3-turns   late-c=12           15
3-turns   early-ack           15
3-turns   late-ack=20         15
3-turns   deaf-hash           10
3-turns   wrong-ack           15
3-turns   double-c            10
4-ends    stuck               5
4-ends    no-answer           10
5-media   no-tones            5
5-media   drop-digit=5        10
6-network bad-crc-reply=1     5
6-network blind-crc           1
6-network no-tones            3
7-message reject-message=405  10
8-doors   one-door            1
8-doors   busy                10
LIST
rm -rf "$dir/planted" "$dir/planted.html" "$dir/planted.txt"

# The page is whole by itself, and the same seed gives the same lines
"$ipgap" test --keep "$dir/receivers-failures" --scorecard "$dir/scorecard.html" $cat > "$dir/receivers.txt" 2> /dev/null ||
	{ echo "FAIL  our own receiver does not pass its catalogue: see $dir/receivers.txt"; bad=$((bad + 1)); }
if grep -nE '(src|href)="?(https?:)?//|@import|url\(|<script' "$dir/scorecard.html"; then
	echo "FAIL  the scorecard asks for something from elsewhere"
	bad=$((bad + 1))
fi

# A receiver from outside
"$ipgap" receiver --bind "127.0.0.1:$port" > "$dir/receiver.txt" 2>&1 &
receiver=$!
trap 'kill $receiver 2> /dev/null' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q '^Alarm receiver at' "$dir/receiver.txt" && break
	sleep 0.2
done
# outside NAME OPTION...: a run against it; its verdict is the exit status
outside() {
	out=$dir/outside-$1.txt
	shift
	"$ipgap" test --receiver "sip:127.0.0.1:$port" --keep "$dir/receivers-failures" "$@" > "$out" 2> /dev/null &&
		grep ' passed, 0 failed' "$out" && return 0
	echo "FAIL  the receiver on the real clock ($*):"
	grep -v '^pass' "$out" | head -n 40
	return 1
}
if [ "$all" = all ]; then
	outside all --jobs 24 --scorecard "$dir/scorecard-outside.html" $cat || bad=$((bad + 1))
else
	outside frames --jobs 6 --filter "technical call with reason" --scorecard "$dir/scorecard-outside.html" $cat/1-frame.lua &
	frames=$!
	outside messages --jobs 28 $cat/7-message.lua || bad=$((bad + 1))
	wait $frames || bad=$((bad + 1))
fi
# it is named on the page as it names itself
grep -q '<h1>ipgap receiver' "$dir/scorecard-outside.html" || { echo "FAIL  the scorecard does not name the receiver"; bad=$((bad + 1)); }

[ $bad = 0 ] && echo "receivers' catalogue: planted faults are seen, our receiver passes on both clocks"
[ $bad = 0 ]

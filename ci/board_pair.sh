#!/bin/sh
# Scenarios on a board that a second one presses and watches, as on a bench: two emulated boards, wired to each other.
#   board_pair.sh IPGAP BUILD_DIR
set -eu
ipgap=$1 dir=$2 elf=$2/ioboard-qemu/lm3s6965evb.elf
wire=$dir/board_pair.wire
rm -f "$wire" "$dir/board_pair.rig"
mkfifo "$wire"
timeout 120 "$dir/board_pair" "$elf" < "$wire" > "$dir/board_pair.rig" &
pair=$!
exec 9> "$wire"         # closed at the end, however that comes: the pair ends with it
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -s "$dir/board_pair.rig" ] && break
	sleep 0.25
done
rig=$(cat "$dir/board_pair.rig")
echo "two boards wired to each other: $rig"
status=0
"$ipgap" test --rig "$rig" --keep "$dir/failures" --filter "told both ways" scenarios/board/inputs.lua || status=$?
[ $status = 0 ] && { "$ipgap" test --rig "$rig" --keep "$dir/failures" scenarios/board/hold.lua || status=$?; }
exec 9>&-
wait $pair || status=$?
rm -f "$wire"
exit $status

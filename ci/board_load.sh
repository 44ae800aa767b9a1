#!/bin/sh
# Holds by the board's clock while six processes burn the cores: they must be exact all the same.
#   board_load.sh IPGAP BUILD_DIR
set -eu
ipgap=$1 dir=$2
pids=
trap 'kill $pids 2>/dev/null || true' EXIT
for i in 1 2 3 4 5 6; do
	timeout 120 sh -c 'while :; do :; done' &
	pids="$pids $!"
done
echo "six processes burn $(nproc) cores:"
"$ipgap" test --rig board:qemu --jobs 1 --retry 3 --keep "$dir/failures" scenarios/board/hold.lua

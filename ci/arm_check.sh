#!/bin/sh
# The scenario suite on both machines with one seed: arm64's must pass, and its event logs be amd64's.
#   arm_check.sh IPGAP ARM_IPGAP ARM_BUILD_DIR JOBS
set -eu
ipgap=$1 arm=$2 dir=$3 jobs=$4
rm -rf "$dir/log-amd64" "$dir/log-arm64" "$dir/failures"

# the module of ZRTP is not built for arm64: neither side has it
IPGAP_ZRTP_MODULE=/nonexistent "$ipgap" test --jobs "$jobs" --log "$dir/log-amd64" scenarios > "$dir/scenarios-amd64.txt" 2>&1 || true
status=0
"$arm" test --jobs "$jobs" --log "$dir/log-arm64" --keep "$dir/failures" scenarios > "$dir/scenarios.txt" || status=$?
if [ $status != 0 ]; then
	grep -v '^\(pass\|skip\) ' "$dir/scenarios.txt" || true
	echo "check-arm: scenarios failed on arm64: see $dir/failures" >&2
	exit $status
fi
if ! diff -rq "$dir/log-amd64" "$dir/log-arm64"; then
	echo "check-arm: arm64 and amd64 differ with one seed: see $dir/log-amd64 and $dir/log-arm64" >&2
	exit 1
fi
logs=$(find "$dir/log-arm64" -type f | wc -l)
[ "$logs" -gt 0 ] || { echo "check-arm: the suite wrote no event log" >&2; exit 1; }
tail -n 2 "$dir/scenarios.txt"
echo "check-arm: arm64 passes; its $logs event logs are amd64's, to the byte"

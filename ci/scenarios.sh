#!/bin/sh
# Run the scenario suite, then once more: two runs with one seed must give the same event logs, to the byte.
#   scenarios.sh IPGAP BUILD_DIR
set -eu
ipgap=$1 dir=$2
rm -rf "$dir/log1" "$dir/log2" "$dir/failures"

"$ipgap" test --jobs 1 --log "$dir/log2" scenarios > "$dir/scenarios-again.txt" 2>&1 || true
status=0
# libre says on standard error what it could not decode; the scenarios send such things on purpose
"$ipgap" test --log "$dir/log1" --keep "$dir/failures" --junit "$dir/junit.xml" scenarios \
	2> "$dir/scenarios.err" || status=$?
grep -v '^sip: msg decode err' "$dir/scenarios.err" >&2 || true
if ! diff -rq "$dir/log1" "$dir/log2"; then
	echo "two runs with one seed differ: see $dir/log1 and $dir/log2" >&2
	exit 1
fi
exit $status

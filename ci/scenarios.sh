#!/bin/sh
# Run the scenario suite, then once more: two runs with one seed must give the same event logs, to the byte.
#   scenarios.sh IPGAP BUILD_DIR
set -eu
ipgap=$1 dir=$2
rm -rf "$dir/log1" "$dir/log2" "$dir/failures"

"$ipgap" test --jobs 1 --log "$dir/log2" scenarios > "$dir/scenarios-again.txt" 2>&1 || true
status=0
"$ipgap" test --log "$dir/log1" --keep "$dir/failures" --junit "$dir/junit.xml" scenarios || status=$?
if ! diff -rq "$dir/log1" "$dir/log2"; then
	echo "two runs with one seed differ: see $dir/log1 and $dir/log2" >&2
	exit 1
fi
exit $status

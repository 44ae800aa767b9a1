#!/bin/sh
# Run libFuzzer targets one after the other; a line each, the log of what failed.
#   fuzz.sh BUILD_DIR SECONDS TARGET...
set -u
dir=$1 seconds=$2
shift 2
bad=0
for t in "$@"; do
	log=$dir/fuzz_$t.log
	mkdir -p "$dir/corpus/$t" "$dir/crashes"
	if "$dir/libfuzzer_$t" -max_total_time="$seconds" -timeout=10 -max_len=4096 -print_final_stats=1 \
		-artifact_prefix="$dir/crashes/$t-" "$dir/corpus/$t" "fuzz/corpus/$t" > "$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		new=$(sed -n 's/^stat::new_units_added: *//p' "$log")
		cov=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
		echo "ok    fuzz_$t  $runs inputs in $seconds s, $new new, $cov edges reached"
	else
		bad=$((bad + 1))
		echo "FAIL  fuzz_$t  (input in $dir/crashes, log in $log)"
		tail -n 40 "$log"
	fi
done
echo "fuzz targets: $(($# - bad)) passed, $bad failed"
[ "$bad" = 0 ]

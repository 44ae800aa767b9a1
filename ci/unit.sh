#!/bin/sh
# Run the unit-test programs given; a line each, details of what failed, and a closing line.
set -u
export CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-5}      # a loaded machine is slow, not wrong
good=0 bad=0
for t in "$@"; do
	if out=$(timeout 300 "$t" 2>&1); then
		good=$((good + 1))
		echo "ok    ${t##*/}  $(printf '%s\n' "$out" | sed -n 's/.*Checks: \([0-9]*\).*/\1 checks/p' | tail -n 1)"
	else
		bad=$((bad + 1))
		printf 'FAIL  %s\n%s\n' "${t##*/}" "$out"
	fi
done
echo "unit tests: $good passed, $bad failed"
[ "$bad" = 0 ]

#!/bin/sh
# The tests of the running program, one after the other; those that mostly wait for time-outs run beside the others.
#   run_tests.sh IPGAP BUILD_DIR
set -eu
ipgap=$1 dir=$2 here=$(dirname "$0") status=0

waiting="ldap"
for name in $waiting; do
	python3 "$here/test_$name.py" "$ipgap" > "$dir/test_$name.txt" 2>&1 &
	eval "$name=$!"
done

sh "$here/test_cli.sh" "$ipgap" && sh "$here/test_run.sh" "$ipgap" || status=1
for name in api web events live faults; do
	[ $status = 0 ] && { python3 "$here/test_$name.py" "$ipgap" || status=1; }
done

for name in $waiting; do
	eval "wait \$$name" || status=1
	cat "$dir/test_$name.txt"
done
exit $status

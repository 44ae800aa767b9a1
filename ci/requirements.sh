#!/bin/sh
# Which requirements no scenario quotes.  Those that are known to be missing are named, with the reason, in
# ci/requirements.open; any other fails.
#   requirements.sh IPGAP
set -eu
ipgap=$1
here=$(dirname "$0")
quoted=$("$ipgap" test --list scenarios | sed -n 's/.*  \[\(.*\)\]$/\1/p' | tr ' ' '\n' | sort -u)
missing= open=
for id in $(sed 's/#.*//' "$here/requirements.txt"); do
	printf '%s\n' "$quoted" | grep -qx "$id" && { grep -q "^$id " "$here/requirements.open" &&
		open="$open $id"; continue; }
	grep -q "^$id " "$here/requirements.open" || missing="$missing $id"
done
if [ -n "$open" ]; then
	echo "quoted by a scenario, take them out of ci/requirements.open:$open" >&2
	exit 1
fi
if [ -n "$missing" ]; then
	echo "no scenario quotes:$missing" >&2
	exit 1
fi
n=$(sed 's/#.*//' "$here/requirements.txt" | wc -w)
echo "requirements: $(($n - $(grep -c '^[A-Z]' "$here/requirements.open" || true))) of $n quoted by scenarios"
sed -n 's/^\([A-Z]*-[0-9]*\) \(.*\)/  \1  not yet: \2/p' "$here/requirements.open"

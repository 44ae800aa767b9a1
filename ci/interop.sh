#!/bin/sh
# Run the scenarios with programs that are not ours, and print a table of the results.
#   interop.sh IPGAP BUILD_DIR
# Each program has an address of its own on the loopback, and ends with its scenario.
set -eu
ipgap=$1 dir=$2 status=0

"$ipgap" test --clock real --jobs 4 --timeout 150 --keep "$dir/failures" scenarios/interop > "$dir/interop.txt" 2>&1 ||
	status=$?

for peer in kamailio baresip sipp coturn chrony; do
	case $peer in
	kamailio) version=$(kamailio -v 2>&1 | sed -n '1s/^version: \([^ ]* [^ ]*\).*/\1/p') ;;
	baresip) version="baresip $(dpkg-query -W -f '${Version}' baresip-core)" ;;
	chrony) version="chrony $(dpkg-query -W -f '${Version}' chrony)" ;;
	coturn) version="coturn $(dpkg-query -W -f '${Version}' coturn)" ;;
	sipp) version=$(sipp -v 2>&1 | sed -n 's/^ *\(SIPp v[0-9.]*\).*/\1/p') ;;
	esac
	printf 'peer: %s\n' "$version"
done
printf '\n%-5s %8s  %s\n' result seconds scenario
# of what was run twice, the last
sed -n 's/^\(pass\|fail\|skip\)  \(.*\)  (\([0-9.]*\) s in .*/\1\t\3\t\2/p; s/^\(fail\)  \(.*\)  (.*/\1\t-\t\2/p' "$dir/interop.txt" |
	awk -F '\t' '!($3 in line) { name[++n] = $3 } { line[$3] = sprintf("%-5s %8s  %s", $1, $2, $3) }
		END { for (i = 1; i <= n; i++) print line[name[i]] }'
if [ $status != 0 ]; then
	echo
	grep -v '^pass' "$dir/interop.txt" || true
fi
grep '^  alone only' "$dir/interop.txt" || true
tail -n 1 "$dir/interop.txt"
exit $status

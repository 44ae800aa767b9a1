#!/bin/sh
# Run the scenarios with programs that are not ours, and print a table of the results.
#   interop.sh IPGAP BUILD_DIR
# Each program has an address of its own on the loopback, and ends with its scenario.
set -eu
ipgap=$1 dir=$2 status=0

# Debian's chrony would take the place of the machine's own time daemon: its program alone is taken out of the package
PATH=$PATH:/usr/sbin
if ! command -v chronyd > /dev/null; then
	peers=$(pwd)/${dir#"$(pwd)/"}/peers
	if [ ! -x "$peers/usr/sbin/chronyd" ]; then
		mkdir -p "$peers"
		(cd "$peers" && rm -f ./*.deb && apt-get download -qq chrony && dpkg-deb --fsys-tarfile ./*.deb | tar -x ./usr/sbin/chronyd) > "$dir/chrony.txt" 2>&1 ||
			echo "left out: chronyd could not be fetched (see $dir/chrony.txt)"
	fi
	PATH=$PATH:$peers/usr/sbin
fi

"$ipgap" test --clock real --jobs 4 --timeout 150 --keep "$dir/failures" scenarios/interop > "$dir/interop.txt" 2>&1 ||
	status=$?

for peer in kamailio baresip sipp coturn chrony; do
	case $peer in
	kamailio) version=$(kamailio -v 2>&1 | sed -n '1s/^version: \([^ ]* [^ ]*\).*/\1/p') ;;
	baresip) version="baresip $(dpkg-query -W -f '${Version}' baresip-core)" ;;
	chrony) version=$(chronyd --version 2>&1 | sed 's/ (.*) version//; s/ (.*//; 1q') ;;
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

#!/bin/sh
# Walk the pages of the door with a browser.
#   check_pages.sh IPGAP BUILD_DIR [FILTER]
# The driver and the accessibility rules come from npm, at the versions of ci/pages/package.json, into BUILD_DIR.  Where
# npm cannot fetch them nothing is walked, and that is said.
set -eu
here=$(dirname "$0") ipgap=$1 dir=$2 filter=${3-} npm_dir=$2/pages-npm

for program in chromium node npm; do
	command -v "$program" > /dev/null || { sh "$here/deps.sh" "$here/packages.pages"; break; }
done

mkdir -p "$npm_dir"
if ! cmp -s "$here/pages/package.json" "$npm_dir/package.json" || [ ! -d "$npm_dir/node_modules/axe-core" ]; then
	cp "$here/pages/package.json" "$npm_dir/package.json"
	if ! npm install --prefix "$npm_dir" --no-audit --no-fund --no-package-lock --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=2000 > "$npm_dir/log" 2>&1; then
		rm -f "$npm_dir/package.json"
		echo "left out: playwright-core and axe-core could not be fetched (npm says: $(grep -m 1 -i 'error' "$npm_dir/log" | cut -c 1-160))"
		exit 0
	fi
fi

exec node "$here/pages/run.js" "$ipgap" "$dir" "$filter"

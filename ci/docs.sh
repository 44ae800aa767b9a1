#!/bin/sh
# Docs that come from the program: compare them, or write them anew with --write.
#   docs.sh IPGAP [--write]
set -eu
ipgap=$1 write=${2:-}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

{
	printf '# Settings\n\nMade by `ipgap settings --markdown`; `ipgap settings KEY` explains one.\n\n'
	"$ipgap" settings --markdown
} > "$tmp/settings.md"
{
	printf '# Events\n\nMade by `ipgap events --markdown`.  Every event also has `seq`, `t` (door clock, s) and `wall` (UTC).\n\n'
	"$ipgap" events --markdown
} > "$tmp/events.md"
{
	sed '/^<!-- reference -->$/q' docs/scenarios.md
	awk -f ci/scenario_docs.awk scenarios/ipgap.lua
} > "$tmp/scenarios.md"
{
	sed '/^<!-- reference -->$/q' docs/api.md
	echo
	"$ipgap" api --markdown
} > "$tmp/api.md"

bad=0
for f in settings.md events.md scenarios.md api.md; do
	if [ "$write" = --write ]; then
		cp "$tmp/$f" "docs/$f"
	elif ! diff -u "docs/$f" "$tmp/$f"; then
		echo "docs/$f is behind the program: make docs" >&2
		bad=1
	fi
done

# every link of the docs and the README leads somewhere
for f in README.md docs/*.md; do
	for link in $(grep -o '](\([^)#:]*\))' "$f" | sed 's/](\(.*\))/\1/'); do
		[ -e "$(dirname "$f")/$link" ] || { echo "$f: no such file: $link" >&2; bad=1; }
	done
done
[ $bad = 0 ] && echo "docs are in step with the program"

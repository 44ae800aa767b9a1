#!/bin/sh
# The pages' own texts against the pages (WEB-01): an id that a page or a refusal of the server names has to be a [ui ID] in
# core/lang, and one that is there has to be named somewhere.  An id that a page puts together, as "role." + name,
# counts for all that begin so; one that it has in a variable is seen where the literal stands.
#   lang_pages.sh [PAGES [TEXTS]]
set -eu
cd "$(dirname "$0")/.."
pages=${1:-web/pages}
texts=${2:-core/lang}
set -- "$pages"/*.html
for f in "$pages"/*.js; do [ ! -e "$f" ] || set -- "$@" "$f"; done
if [ $# -eq 1 ]; then
	echo "left out: $pages has no scripts"
	exit 0
fi
LC_ALL=C awk -v texts="$texts" '
function complain(why) { print why > "/dev/stderr"; bad = 1 }
# a template of a script as the pattern of an expression: what is put in stands for anything
function pattern_of(s) {
	gsub(/\$\{[^}]*\}/, "\001", s)
	gsub(/[.+*?()|^$\[\]]/, "\\\\&", s)
	gsub(/\001/, "..*", s)
	return "^" s "$"
}
function some(pattern,   id) {
	for (id in text) if (id ~ pattern) return 1
	return 0
}
function want(id, where) { if (!(id in text)) complain(where ": \"" id "\" is no [ui " id "] of " texts) }
function want_some(pattern, shown, where) { if (!some(pattern)) complain(where ": no [ui] of " texts " is like " shown) }
# every literal of a line: names an id, begins one, or makes one
function literals(s,   lit, rest) {
	while (match(s, /"[^" ]*"|`[^` ]*`/)) {
		lit = substr(s, RSTART + 1, RLENGTH - 2)
		rest = substr(s, RSTART + RLENGTH)
		if (substr(s, RSTART, 1) == "`" && lit ~ /\./) patterns[pattern_of(lit)] = 1
		else if (lit ~ /\.$/ && rest ~ /^ *\+/) patterns["^" pattern_of(lit "${x}")] = 1
		used[lit] = 1
		s = rest
	}
}
# what is given to t(): "id", "begin." + x, `begin.${x}`, or cond ? "id" : "id"
function calls(s,   arg, lit) {
	while (match(s, /(^|[^A-Za-z0-9_$])t\(/)) {
		s = substr(s, RSTART + RLENGTH)
		arg = s
		if (match(arg, /^"[^"]*"/)) {
			lit = substr(arg, 2, RLENGTH - 2)
			if (substr(arg, RLENGTH + 1) ~ /^ *\+/) want_some(pattern_of(lit "${x}"), lit "...", FILENAME ":" FNR)
			else want(lit, FILENAME ":" FNR)
		} else if (match(arg, /^`[^`]*`/)) {
			lit = substr(arg, 2, RLENGTH - 2)
			want_some(pattern_of(lit), lit, FILENAME ":" FNR)
		} else if (match(arg, /^[^"`()?]*(=== "[^"]*" )?\? *"[^"]*" *: *"[^"]*"[,)]/)) {
			lit = substr(arg, RSTART, RLENGTH)
			sub(/^.*\? *"/, "", lit)
			want(substr(lit, 1, index(lit, "\"") - 1), FILENAME ":" FNR)
			sub(/"[,)]$/, "", lit)
			sub(/^.*"/, "", lit)
			want(lit, FILENAME ":" FNR)
		}
	}
}
FILENAME ~ /\.txt$/ { if (/^\[ui [^]]+\]$/) text[substr($0, 5, length($0) - 5)] = FILENAME ":" FNR; next }
FILENAME ~ /\.c$/ {
	line = $0
	while (match(line, /"[a-z_0-9]+"/)) { used["error." substr(line, RSTART + 1, RLENGTH - 2)] = 1; line = substr(line, RSTART + RLENGTH) }
	if (match($0, /ui_refuse\([^"]*"[a-z_0-9]+"/)) {
		id = substr($0, RSTART, RLENGTH - 1)
		sub(/^.*"/, "", id)
		want("error." id, FILENAME ":" FNR)
	}
	next
}
FILENAME ~ /\.html$/ {
	line = $0
	while (match(line, /data-t[-a-z]*="[^"]*"/)) {
		id = substr(line, RSTART, RLENGTH - 1)
		sub(/^.*"/, "", id)
		used[id] = 1
		want(id, FILENAME ":" FNR)
		line = substr(line, RSTART + RLENGTH)
	}
	line = $0
	while (match(line, /[{][{][a-z_.]+[}][}]/)) { used[substr(line, RSTART + 2, RLENGTH - 4)] = 1; line = substr(line, RSTART + RLENGTH) }
	next
}
{ literals($0); calls($0) }
END {
	for (id in text) {
		found = id in used
		for (p in patterns) if (!found && id ~ p) found = 1
		if (!found) complain(text[id] ": [ui " id "] is shown by no page")
	}
	exit bad
}
' "$texts"/*.txt "$@" web/*.c

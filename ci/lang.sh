#!/bin/sh
# The texts of core/lang as a C file: one table, sorted by kind and name (WEB-01).  A block that lacks a language, has one
# twice, or stands there twice, is an error.  French gets its no-break blanks here: the files have plain ones.
#   lang.sh > lang_texts.c
set -eu
cd "$(dirname "$0")/../core/lang"
export LC_ALL=C
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
printf '/* Made by ci/lang.sh from core/lang */\n#include "core/lang/lang.h"\n\nconst struct lang_row lang_rows[] = {\n'
awk '
function fail_at(place, why) { printf "core/lang/%s: %s\n", place, why > "/dev/stderr"; bad = 1; exit 1 }
function fail(why) { fail_at(FILENAME ":" FNR, why) }
function quoted(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
# narrow no-break space before ; ! ?, no-break space before : and within the quotation marks; never in ";p2p" or "sip:"
function french(s,   narrow, wide) {
	narrow = "\342\200\257"; wide = "\302\240"
	gsub(wide "|" narrow, " ", s)
	s = s " "
	gsub(/ ; /, narrow "; ", s); gsub(/ ! /, narrow "! ", s); gsub(/ \? /, narrow "? ", s)
	gsub(/ : /, wide ": ", s); gsub(/« /, "«" wide, s); gsub(/ »/, wide "»", s)
	return substr(s, 1, length(s) - 1)
}
function out(   i, l) {
	if (kind == "") return
	for (i = 1; i <= 5; i++) if (!((l = order[i]) in label)) fail_at(begun, "[" kind " " name "] has no " l ":")
	printf "%s\t%s\t{%s, %s, {", kind, name, quoted(kind), quoted(name)
	for (i = 1; i <= 5; i++) printf "%s%s", (i > 1 ? ", " : ""), quoted(label[order[i]])
	printf "}, {"
	for (i = 1; i <= 5; i++) printf "%s%s", (i > 1 ? ", " : ""), (order[i] in help) ? quoted(help[order[i]]) : "NULL"
	printf "}},\n"
	kind = ""; split("", label); split("", help)
}
BEGIN { split("fr en de es pt", order, " ") }
/^#/ || /^[ \t]*$/ { next }
/^\[/ {
	out()
	if (!match($0, /^\[[a-z]+ [^]]+\]$/)) fail("this is no [kind name]: " $0)
	text = substr($0, 2, length($0) - 2); kind = text; sub(/ .*/, "", kind); name = substr(text, length(kind) + 2)
	if ((kind, name) in seen) fail("[" text "] stands there twice")
	seen[kind, name] = 1
	begun = FILENAME ":" FNR
	next
}
/^(fr|en|de|es|pt): / {
	if (kind == "") fail("a text outside of a block")
	l = substr($0, 1, 2); t = substr($0, 5)
	if (l == "fr") t = french(t)
	if (l in label) fail(l ": twice in [" kind " " name "]")
	n = index(t, " | ")
	label[l] = n && kind != "message" ? substr(t, 1, n - 1) : t
	if (n && kind != "message") help[l] = substr(t, n + 3)
	next
}
{ fail("neither [kind name], nor fr:, en:, de:, es:, pt:, nor #: " $0) }
END { if (!bad) out(); exit bad }
' *.txt > "$rows"                          # not into a pipe: that would hide a failure
sort -t "$(printf '\t')" -k1,1 -k2,2 "$rows" | cut -f3- | sed 's/^/\t/'
printf '};\nconst size_t lang_rows_n = sizeof(lang_rows) / sizeof(lang_rows[0]);\n'

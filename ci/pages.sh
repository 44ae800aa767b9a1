#!/bin/sh
# The files of web/pages as a C file: each as gzip makes it, with its length and a tag of its content (WEB-01).
#   pages.sh > page_files.c
set -eu
cd "$(dirname "$0")/../web/pages"
export LC_ALL=C
printf '/* Made by ci/pages.sh from web/pages */\n#include "web/pages.h"\n\n'
n=0
for f in *; do
	printf 'static const uint8_t file_%s[] = {' "$n"
	gzip -9nc "$f" | od -An -v -tu1 | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo '};'
	n=$((n + 1))
done
printf '\nconst struct page_file page_files[] = {\n'
n=0
for f in *; do
	printf '\t{"%s", file_%s, sizeof(file_%s), %s, "\\"%s\\""},\n' "$f" "$n" "$n" "$(wc -c < "$f" | tr -d ' ')" \
		"$(sha256sum "$f" | cut -c1-20)"
	n=$((n + 1))
done
printf '};\nconst size_t page_files_count = sizeof(page_files) / sizeof(page_files[0]);\n'

#!/bin/sh
# Print a compilation database for editors:  compile_commands.sh 'COMMAND' FILE...
set -eu
command=$1
shift
echo '['
comma=
for f in "$@"; do
	printf '%s{"directory": "%s", "file": "%s", "command": "%s -c %s"}' "$comma" "$PWD" "$f" "$command" "$f"
	comma=',
'
done
printf '\n]\n'

#!/bin/sh
# Sizes of the firmware, with its limits, and of the door's behaviour on the same Cortex-M3.
#   ioboard_size.sh TOOL_PREFIX FIRMWARE_ELF DOOR_A
set -eu
tools=$1 elf=$2 door=$3
flash_most=32768 ram_most=8192

"${tools}size" "$elf" | awk -v f=$flash_most -v r=$ram_most -v elf="$elf" '
	NR == 2 {
		flash = $1 + $2; ram = $2 + $3
		printf "%s  flash %d of %d bytes, RAM %d of %d (stack included)\n", elf, flash, f, ram, r
		exit flash > f || ram > r
	}'
"${tools}size" -t "$door" | awk -v a="$door" '
	/TOTALS/ { printf "%s  flash %d bytes, static RAM %d: the behaviour of the door, for a Cortex-M3\n", a, $1, $2 + $3 }'
# what the door wants from outside: the C library and the compiler, nothing of a host
"${tools}nm" -u "$door" | awk 'NF == 2 { print $2 }' | sort -u > "$door.wants"
"${tools}nm" "$door" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort -u > "$door.has"
comm -23 "$door.wants" "$door.has" > "$door.outside"
echo "  it wants from outside: $(tr '\n' ' ' < "$door.outside")"
if grep -vE '^(__aeabi_.*|mem(chr|cmp|cpy|move|set)|str[a-z]+)$' "$door.outside"; then
	echo "core/door wants what a bare Cortex-M3 does not have" >&2
	exit 1
fi

#!/bin/sh
# Faults planted in the I/O board's firmware, one at a time: the suite must catch each, and says by which scenario.
#   board_faults.sh IPGAP BUILD_DIR
set -eu
ipgap=$1 dir=$2/faults
rm -rf "$dir"

plant() { # NAME FILE SED_SCRIPT
	tree=$dir/$1
	mkdir -p "$tree"
	cp -r Makefile ci core hil firmware-port "$tree"
	sed -i "$3" "$tree/$2"
	if cmp -s "$2" "$tree/$2"; then
		echo "fault $1 is not planted: $2 has changed, see ci/board_faults.sh" >&2
		exit 1
	fi
	make -s -C "$tree" EMULATED=1 B=b b/ioboard-qemu/lm3s6965evb.elf > "$dir/$1.build" 2>&1 || { cat "$dir/$1.build" >&2; exit 1; }
	status=0
	"$ipgap" test --rig "board:qemu:$tree/b/ioboard-qemu/lm3s6965evb.elf" --jobs 5 --retry 0 --alone 0 --keep "$dir/failures" \
		scenarios/board/hold.lua scenarios/board/inputs.lua > "$dir/$1.txt" 2>&1 || status=$?
	if [ "$status" != 1 ]; then
		cat "$dir/$1.txt" >&2
		echo "fault $1 was not caught (exit status $status)" >&2
		exit 1
	fi
	echo "caught  $1"
	sed -n 's/^fail  \(.*\)  (.*/          by "\1"/p' "$dir/$1.txt" | sort
}

logic=firmware-port/ioboard
plant "late release by 20 ms" $logic/command.c 's/at += i ? msg->u.wave.after_us\[i - 1\] : 0;/at += i ? msg->u.wave.after_us[i - 1] + 20000u : 0;/'
plant "missed edge of relay 1" $logic/edges.c 's/if (q->n == EDGES_ROOM) {/if (pin == 0 \&\& !level) return;\n	&/'
plant "missed edge of the button" $logic/edges.c 's/if (q->n == EDGES_ROOM) {/if (pin == 15 \&\& !level) return;\n	&/'
plant "swapped relays in the driver" $logic/lm3s6965evb/board.c "s/\[LINK_PIN_RELAY1\] = PIN('B', 0),   \[LINK_PIN_RELAY2\] = PIN('B', 1)/[LINK_PIN_RELAY1] = PIN('B', 1), [LINK_PIN_RELAY2] = PIN('B', 0)/"
plant "swapped relays in the logic" $logic/ioboard.c 's/const bool before = board_in(pin);/pin ^= pin < 2; &/'
plant "relays not released without a host" $logic/failsafe.c 's/if (!f->armed || !silent(f, now_us))/if (1 || !f->armed || !silent(f, now_us))/'

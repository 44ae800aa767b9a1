#!/bin/sh
# Install the Debian packages named in the given lists that are not installed yet; says which.
# A second run finds all of them installed and needs no network.
set -eu
missing=
own=$(dpkg --print-architecture)
for p in $(cat "$@" | sed 's/#.*//'); do
	# another architecture's package of that name is none of ours, unless it was asked for (NAME:ARCH)
	case $p in *:*) arch=${p#*:} ;; *) arch=$own ;; esac
	dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "$p" 2>/dev/null |
		grep -qE "^($arch|all) installed$" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=$(command -v sudo) || { echo "these packages are missing, and there is no sudo:$missing" >&2; exit 1; }
fi
echo "installing:$missing"
# servers that tests start themselves come as packages: their own services are not started, where the machine has no
# policy of its own about that
log=$(mktemp) policy=/usr/sbin/policy-rc.d made=
if [ ! -e "$policy" ]; then
	made=$policy
	printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" > /dev/null
	$sudo chmod 755 "$policy"
fi
trap 'rm -f "$log"; [ -z "$made" ] || $sudo rm -f "$made"' EXIT
if ! { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends $missing; } > "$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "could not install:$missing" >&2
	exit 1
fi

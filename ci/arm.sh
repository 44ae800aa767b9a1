#!/bin/sh
# Install what make check-arm needs.  arm64 is added to dpkg's architectures on the way: it says so first,
# and refuses when apt would remove anything for it.  A second run finds all installed and needs no network.
#   arm.sh LIST...
set -eu
here=$(dirname "$0")

installed() { # in the architecture the name says, or else this machine's: a library may be there in both
	case $1 in *:*) ;; *) set -- "$1:$(dpkg --print-architecture)" "$1:all" ;; esac
	dpkg-query -W -f '${db:Status-Status}\n' "$@" 2>/dev/null | grep -qx installed
}

missing=
for p in $(cat "$@" | sed 's/#.*//'); do
	installed "$p" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

if [ "$(dpkg --print-architecture)" != amd64 ]; then
	echo "check-arm builds on amd64 for arm64; this machine is $(dpkg --print-architecture)." >&2
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=$(command -v sudo) || { echo "these packages are missing, and there is no sudo:$missing" >&2; exit 1; }
fi

added=
undo() { # takes arm64 back out of dpkg, if it came in by this run
	[ -z "$added" ] || $sudo dpkg --remove-architecture arm64
	exit 1
}
if ! dpkg --print-foreign-architectures | grep -qx arm64; then
	echo "adding the foreign architecture arm64 to this machine's dpkg" \
		"(undo: apt-get purge '.*:arm64' && dpkg --remove-architecture arm64)"
	$sudo dpkg --add-architecture arm64
	added=yes
fi
$sudo apt-get update -qq || { echo "no package lists of arm64: is there a network?" >&2; undo; }

# A library has one version in all architectures: apt may bring amd64's up to date, never remove it
plan=$(apt-get install -s --no-install-recommends $missing 2>&1) || {
	printf '%s\n' "$plan" | tail -n 20 >&2
	echo "apt sees no way to install:$missing" >&2
	undo
}
removed=$(printf '%s\n' "$plan" | awk '/^Remv/ { printf " %s", $2 }')
if [ -n "$removed" ]; then
	echo "refused: for arm64's packages apt would remove:$removed" >&2
	undo
fi
updated=$(printf '%s\n' "$plan" | awk '/^Inst/ && $3 ~ /^\[/ { printf " %s", $2 }')
[ -z "$updated" ] || echo "brought up to date on the way, as arm64 needs the same versions:$updated"
sh "$here/deps.sh" "$@"

#!/bin/sh
# Speaks fixtures/voice/LANGUAGE.txt to fixtures/voice/clips/LANGUAGE/NAME.gsm (DOOR-09): espeak-ng, then sox to
# 8,000 Hz, trimmed, at one level, GSM 06.10 full rate.  `make voices` runs it; the clips are kept as files, so that
# a build needs neither program and every machine plays the same bytes.
set -eu
here=$(dirname "$0")/../fixtures/voice
command -v espeak-ng >/dev/null && command -v sox >/dev/null ||
	{ echo "voices.sh: espeak-ng and sox are needed: apt-get install espeak-ng sox" >&2; exit 1; }
wav=$(mktemp --suffix=.wav)
trap 'rm -f "$wav"' EXIT

say() { # language, voice, words a minute
	mkdir -p "$here/clips/$1"
	while read -r name text; do
		espeak-ng -v "$2" -p 45 -s "$3" -w "$wav" -- "$text"
		# highpass: what a small loudspeaker cannot give; 80 ms of rest behind each clip
		sox -D "$wav" -r 8000 -c 1 "$here/clips/$1/$name.gsm" gain -3 highpass 200 silence 1 0.01 0.3% reverse \
			silence 1 0.01 0.3% reverse norm -4 pad 0 0.08
	done < "$here/$1.txt"
}

say fr fr-fr+f2 150
say en en-gb+f2 150
say de de+f2 150
say es es+f2 150
say pt pt+f2 150
echo "$(find "$here/clips" -name '*.gsm' | wc -l) clips, $(cat "$here"/clips/*/*.gsm | wc -c) bytes"

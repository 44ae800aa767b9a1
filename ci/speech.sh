#!/bin/sh
# Speaks fixtures/speech/*.txt to WAV (espeak-ng, 22,050 Hz mono) for the test that speech gives no
# false digit (SIP-06). Usage: ci/speech.sh [DIRECTORY], default build/speech.
# One file a language, voice, pitch and speed; a file newer than its text is left alone.
set -eu

here=$(dirname "$0")/..
out=${1:-$here/build/speech}
mkdir -p "$out"

say() { # language, voice, pitch 0..99, words a minute
	text=$here/fixtures/speech/$1.txt
	wav=$out/$1-$2-$3-$4.wav
	if [ ! -s "$wav" ] || [ "$text" -nt "$wav" ]; then
		espeak-ng -v "$1+$2" -p "$3" -s "$4" -f "$text" -w "$wav.part"
		mv "$wav.part" "$wav"
	fi
}

command -v espeak-ng >/dev/null || { echo "speech.sh: espeak-ng is not installed" >&2; exit 1; }
for language in fr en de es pt; do
	say $language m3 35 165
	say $language f2 60 150
	say $language f5 85 190
done

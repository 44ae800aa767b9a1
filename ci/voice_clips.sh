#!/bin/sh
# The clips of fixtures/voice/clips as a C file: bytes and one table (DOOR-09).
#   voice_clips.sh > voice_clips.c
set -eu
cd "$(dirname "$0")/../fixtures/voice/clips"
export LC_ALL=C
printf '/* Made by ci/voice_clips.sh from fixtures/voice/clips */\n#include "core/media/voice.h"\n\n'
for f in */*.gsm; do
	printf 'static const uint8_t clip_%s[] = {' "$(echo "${f%.gsm}" | tr / _)"
	od -An -v -tu1 "$f" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo '};'
done
printf '\nconst struct voice_clip voice_clips[] = {\n'
for f in */*.gsm; do
	name=$(echo "${f%.gsm}" | tr / _)
	printf '\t{"%s", "%s", clip_%s, sizeof(clip_%s)},\n' "${f%/*}" "$(basename "$f" .gsm)" "$name" "$name"
done
printf '};\nconst size_t voice_clips_count = sizeof(voice_clips) / sizeof(voice_clips[0]);\n'

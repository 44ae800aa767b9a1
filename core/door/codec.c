/**
 * @file codec.c  The rows of the codec table (SIP-05)
 *
 * Sources: RFC 3551 (PCMA, PCMU, G722, GSM, G726), RFC 3551 §4.5.4 and ITU-T I.366.2 (AAL2-G726: the same
 * code words, packed from the other end), RFC 5574 (speex), RFC 7587 (opus), RFC 4867 (AMR).
 *
 *     clock    G.722 says 8000 though it samples 16,000 (an old mistake that RFC 3551 keeps);
 *              opus says 48000 and two channels whatever it carries
 *     2        the static type G726-32 once had; RFC 3551 took it back, so all of G.726 is dynamic
 */
#include "codec.h"

#define ONE(id, type, params) .formats = 1, .format = {{.codec = id, .pt = type, .fmtp = params}}

const struct codec codec_table[CODEC_COUNT] = {
	[CODEC_PCMA] = {"PCMA", "PCMA", 8000, 1, ONE(CODEC_PCMA, 8, NULL)},
	[CODEC_PCMU] = {"PCMU", "PCMU", 8000, 1, ONE(CODEC_PCMU, 0, NULL)},
	[CODEC_G722] = {"G722", "G722", 8000, 1, ONE(CODEC_G722, 9, NULL)},
	[CODEC_OPUS] = {"opus", "opus", 48000, 2,
			ONE(CODEC_OPUS, 96, "maxplaybackrate=8000;sprop-maxcapturerate=8000;stereo=0")},
	[CODEC_GSM] = {"GSM", "GSM", 8000, 1, ONE(CODEC_GSM, 3, NULL)},
	[CODEC_SPEEX8] = {"speex/8000", "speex", 8000, 1, ONE(CODEC_SPEEX8, 97, NULL)},
	[CODEC_SPEEX16] = {"speex/16000", "speex", 16000, 1, ONE(CODEC_SPEEX16, 98, NULL)},
	[CODEC_SPEEX32] = {"speex/32000", "speex", 32000, 1, ONE(CODEC_SPEEX32, 99, NULL)},
	[CODEC_G726_16] = {"G726-16", "G726-16", 8000, 1, ONE(CODEC_G726_16, 103, NULL)},
	[CODEC_G726_24] = {"G726-24", "G726-24", 8000, 1, ONE(CODEC_G726_24, 104, NULL)},
	[CODEC_G726_32] = {"G726-32", "G726-32", 8000, 1, ONE(CODEC_G726_32, 105, NULL)},
	[CODEC_G726_40] = {"G726-40", "G726-40", 8000, 1, ONE(CODEC_G726_40, 106, NULL)},
	[CODEC_AAL2_16] = {"AAL2-G726-16", "AAL2-G726-16", 8000, 1, ONE(CODEC_AAL2_16, 107, NULL)},
	[CODEC_AAL2_24] = {"AAL2-G726-24", "AAL2-G726-24", 8000, 1, ONE(CODEC_AAL2_24, 108, NULL)},
	[CODEC_AAL2_32] = {"AAL2-G726-32", "AAL2-G726-32", 8000, 1, ONE(CODEC_AAL2_32, 109, NULL)},
	[CODEC_AAL2_40] = {"AAL2-G726-40", "AAL2-G726-40", 8000, 1, ONE(CODEC_AAL2_40, 110, NULL)},
	[CODEC_AMR] = {"AMR", "AMR", 8000, 1, .formats = 2, .format = {
		{.codec = CODEC_AMR, .pt = 100, .octet_align = true, .fmtp = "octet-align=1"},
		{.codec = CODEC_AMR, .pt = 102},
	}},
};

const struct codec_event codec_events[CODEC_EVENTS] = {
	{8000, 101}, {16000, 111}, {32000, 112}, {48000, 113},
};

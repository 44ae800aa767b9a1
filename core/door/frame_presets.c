/**
 * @file frame_presets.c  Named variants of the frame's CRC-8 (SUP-21)
 *
 * Parameters and check values (CRC of the ASCII text 123456789): catalogue of parametrised CRC
 * algorithms, https://reveng.sourceforge.io/crc-catalogue/.  All over ASCII, as three decimal
 * digits; the first is the door's default.
 */
#include "frame.h"
#include "text.h"

#define ROW(name, poly, init, ref, xorout, check) \
	{name, {poly, init, xorout, ref, ref, FRAME_ASCII, FRAME_DECIMAL}, check}

const struct frame_preset frame_presets[] = {
	ROW("smbus", 0x07, 0x00, false, 0x00, 0xf4),
	ROW("autosar", 0x2f, 0xff, false, 0xff, 0xdf),
	ROW("bluetooth", 0xa7, 0x00, true, 0x00, 0x26),
	ROW("cdma2000", 0x9b, 0xff, false, 0x00, 0xda),
	ROW("darc", 0x39, 0x00, true, 0x00, 0x15),
	ROW("dvb-s2", 0xd5, 0x00, false, 0x00, 0xbc),
	ROW("gsm-a", 0x1d, 0x00, false, 0x00, 0x37),
	ROW("gsm-b", 0x49, 0x00, false, 0xff, 0x94),
	ROW("hitag", 0x1d, 0xff, false, 0x00, 0xb4),
	ROW("i-432-1", 0x07, 0x00, false, 0x55, 0xa1),
	ROW("i-code", 0x1d, 0xfd, false, 0x00, 0x7e),
	ROW("lte", 0x9b, 0x00, false, 0x00, 0xea),
	ROW("maxim-dow", 0x31, 0x00, true, 0x00, 0xa1),
	ROW("mifare-mad", 0x1d, 0xc7, false, 0x00, 0x99),
	ROW("nrsc-5", 0x31, 0xff, false, 0x00, 0xf7),
	ROW("opensafety", 0x2f, 0x00, false, 0x00, 0x3e),
	ROW("rohc", 0x07, 0xff, true, 0x00, 0xd0),
	ROW("sae-j1850", 0x1d, 0xff, false, 0xff, 0x4b),
	ROW("tech-3250", 0x1d, 0xff, true, 0x00, 0x97),
	ROW("wcdma", 0x9b, 0x00, true, 0x00, 0x25),
};

const size_t frame_presets_count = sizeof(frame_presets) / sizeof(frame_presets[0]);

/**
 * Preset of a name.
 *
 * @param name Name, in any case
 *
 * @return Preset (static), NULL where there is none
 */
const struct frame_preset *frame_preset_find(const char *name)
{
	size_t i;

	for (i = 0; i < frame_presets_count; ++i) {
		if (text_same(frame_presets[i].name, name))
			return &frame_presets[i];
	}
	return NULL;
}

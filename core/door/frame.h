/**
 * @file frame.h  The alarm frame of the DTMF supervision protocol, and its CRC-8
 *
 * Frame (manual §3.3.22.4, SUP-20, SUP-21), sent by the door after the receiver's C:
 *
 *     9 ab cd ef ID C CS      9 = synchronisation, ab = product, cd = reason, ef = module,
 *                             ID = identity (1 to 9 digits), C = end of data, CS = checksum
 *
 * One codec for the door, the receiver, the scenarios and `ipgap crc`.  Plain C11, no allocation.
 */
#ifndef DOOR_FRAME_H
#define DOOR_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "settings.h"

#define FRAME_REASON_MAX 99             /**< cd has two digits (SUP-20) */
#define FRAME_MAX 20                    /**< longest frame: 9 ab cd ef, 9 of identity, C, 3 of CS = 20 */
#define FRAME_DATA_MAX 17               /**< without checksum */

/** What one DTMF symbol contributes to the checksum (SUP-21) */
enum frame_encoding {
	FRAME_ASCII,                    /**< '0'..'9', 'C' as ASCII */
	FRAME_VALUE,                    /**< 0..9, C = 12 */
	FRAME_RFC4733,                  /**< event code: 0..9, C = 14 */
	FRAME_MT8870,                   /**< decoder chip's nibble: 0 = 10, C = 15 (A 13, B 14, D 0, * 11, # 12) */
	FRAME_BCD,                      /**< two digits a byte, C = 12 nibble; an odd one is padded with 0xF */
	FRAME_ENCODINGS
};

/** How the checksum's value becomes digits (SUP-21) */
enum frame_rendering {
	FRAME_DECIMAL,                  /**< 000..255 */
	FRAME_OCTAL,                    /**< 000..377 */
	FRAME_HEX,                      /**< 0 and two DTMF hex digits: 0..9, A..D, E = *, F = # */
	FRAME_RENDERINGS
};

/** A decoded frame */
struct frame {
	char text[FRAME_DATA_MAX + 1];  /**< from 9 to C */
	uint8_t product;                /**< ab */
	uint8_t reason;                 /**< cd: 01, 04, 11, 12, 17, 18 */
	uint8_t module;                 /**< ef */
	char identity[10];              /**< as sent */
	char cs[4];                     /**< checksum as received */
	char cs_want[4];                /**< checksum as computed */
	bool crc_ok;
};

/** Collects digits until a frame is whole; zero it before the first use */
struct frame_reader {
	char buf[FRAME_MAX + 1];
	unsigned n;
};

extern const char *const frame_encoding_names[];   /**< NULL-ended */
extern const char *const frame_rendering_names[];  /**< NULL-ended */

/** A named variant of the checksum (frame_presets.c) */
struct frame_preset {
	const char *name;
	struct crc_settings crc;
	uint8_t check;                  /**< of the ASCII text 123456789 */
};

extern const struct frame_preset frame_presets[];
extern const size_t frame_presets_count;

const struct frame_preset *frame_preset_find(const char *name);
size_t frame_bytes(uint8_t *out, const struct crc_settings *crc, const char *data, size_t n);
int frame_cs_value(const char cs[3], int rendering);
uint8_t frame_crc(const struct crc_settings *crc, const char *data, size_t n);
int frame_checksum(char cs[4], const struct crc_settings *crc, const char *data, size_t n);
int frame_encode(char frame[FRAME_MAX + 1], const struct crc_settings *crc, unsigned product,
		 unsigned reason, unsigned module, const char *identity);
int frame_decode(struct frame *f, const struct crc_settings *crc, const char *digits, size_t n);
bool frame_read(struct frame_reader *r, char digit);
void frame_reader_reset(struct frame_reader *r);

#endif

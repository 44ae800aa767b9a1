/**
 * @file link.h  Frames and messages between the host and an input/output board (HIL-01)
 *
 * One pair of files for both ends: plain C11, no allocation, no stdio; see link_table.h for the
 * messages.
 *
 *     frame    COBS(header, payload, CRC), 0x00
 *     header   version u8, type u8, sequence u16, sender's time [us] u64
 *     CRC      CRC-16/IBM-3740 (also called CCITT-FALSE) of header and payload, u16
 *
 * Numbers are little-endian.  A frame has one encoding only: what decodes, encodes to the same
 * bytes. A reader that meets anything else drops it, and starts again behind the next 0x00.
 */
#ifndef HIL_LINK_H
#define HIL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "link_table.h"

#define LINK_HEADER 12                  /**< Bytes of a header */
#define LINK_PAYLOAD_MAX 80             /**< Bytes of the longest payload, rounded up */
#define LINK_RAW_MAX (LINK_HEADER + LINK_PAYLOAD_MAX + 2)
#define LINK_FRAME_MAX (LINK_RAW_MAX + 2)       /**< With COBS' one byte and the closing 0x00 */
#define LINK_HEARTBEAT_MS 500           /**< Silence that releases the relays [ms] */

#define LINK_ENUM_M(name, code, from, text) LINK_##name = (code),
#define LINK_ENUM_P(name, number, dir, text) LINK_PIN_##name = (number),
enum link_type { LINK_MESSAGES(LINK_ENUM_M) };
enum link_pin { LINK_PINS(LINK_ENUM_P) };

#define LINK_ENUM_R(name, value, text) LINK_NACK_##name = (value),
#define LINK_ENUM_C(name, value, text) LINK_CLOCK_##name = (value),
#define LINK_ENUM_S(name, value, text) LINK_CAUSE_##name = (value),
enum link_reason { LINK_REASONS(LINK_ENUM_R) };
enum link_clock { LINK_CLOCKS(LINK_ENUM_C) };
enum link_cause { LINK_CAUSES(LINK_ENUM_S) };

/** A message; the members are the fields of link_table.h */
struct link_msg {
	uint8_t type;                   /**< enum link_type */
	uint16_t seq;                   /**< counts the sender's frames */
	uint64_t t_us;                  /**< sender's time of sending [us] */
	union {
		struct {
			uint8_t board[LINK_BOARD_ID];
			uint8_t version, clock, armed, n;
			uint32_t tables, tick_ns, levels;
			uint8_t map[LINK_PIN_COUNT];
		} hello;
		struct { uint8_t type; } ask;
		struct { uint8_t pin, level; } set;
		struct { uint8_t pin, level; uint64_t at_us; } set_at;
		struct {
			uint8_t pin, level, n;
			uint64_t at_us;
			uint32_t after_us[LINK_WAVE_MAX];
		} wave;
		struct { uint8_t pin, level; uint64_t at_us; } edge;
		struct { uint64_t upto_us; uint32_t levels, stall_us; } watermark;
		struct { uint64_t from_us; uint32_t lost, pins; } overflow;
		struct { uint64_t host_us, board_us; } timesync;
		struct {
			uint32_t rx_frames, rx_bad, tx_lost, edges, edges_lost, glitches;
			uint32_t late_max_us, failsafes, stack_free;
		} stats;
		struct { uint8_t cause; uint64_t at_us; } failsafe;
		struct { uint16_t seq; uint8_t type; } ack;
		struct { uint16_t seq; uint8_t type, reason; } nack;
	} u;
};

/** A reader of frames; all zero is a reader that has seen nothing */
struct link_reader {
	uint8_t buf[LINK_FRAME_MAX];
	size_t n;
	bool skip;                      /**< too long: dropped up to the next 0x00 */
	uint32_t frames;                /**< understood */
	uint32_t bad;                   /**< dropped */
};

uint16_t link_crc(const uint8_t *data, size_t n);
const char *link_tables_text(void);
uint32_t link_tables_hash(void);

int link_encode(uint8_t frame[LINK_FRAME_MAX], size_t *np, const struct link_msg *msg);
int link_decode(struct link_msg *msg, const uint8_t *frame, size_t n);
int link_read(struct link_reader *r, struct link_msg *msg, uint8_t byte);

#endif

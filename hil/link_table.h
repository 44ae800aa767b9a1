/**
 * @file link_table.h  The link to an input/output board, as tables: messages, fields, pins, reasons (HIL-01)
 *
 * The encoder, the decoder, the hash both ends compare and docs/boards.md are made from these rows alone.
 * A change here is a change of the protocol: the hash changes by itself, LINK_VERSION by hand.
 */
#ifndef HIL_LINK_TABLE_H
#define HIL_LINK_TABLE_H

#ifndef LINK_VERSION
#define LINK_VERSION 1                  /**< a test builds firmware of another one: `make ioboard IOB_VERSION=2` */
#endif
#define LINK_WAVE_MAX 16                /**< Edges of a WAVE after its first */
#define LINK_BOARD_ID 16                /**< Bytes of a board's name, zero-padded */
#define LINK_PIN_COUNT 24
#define LINK_PIN_LAST 23
#define LINK_TYPE_LAST 0x0f

#define LINK_UPTO(n) (-(n))             /**< An array with as many elements as the field before it says */

/* M(name, code, sender, meaning) */
#define LINK_MESSAGES(M) \
	M(HELLO, 0x01, "board", "who the board is; sent at boot and when asked") \
	M(ASK, 0x02, "host", "send a HELLO, a STATS or a WATERMARK now") \
	M(SET, 0x03, "host", "drive an output now, and forget what is scheduled for it; ACK, and EDGE if the level changed") \
	M(SET_AT, 0x04, "host", "drive an output at a board time; ACK = it is in the schedule") \
	M(WAVE, 0x05, "host", "a train of edges of one output; all of it is scheduled, or none") \
	M(EDGE, 0x06, "board", "a pin changed; in the order of time for each pin") \
	M(WATERMARK, 0x07, "board", "every edge up to this time has been sent; every 50 ms") \
	M(OVERFLOW, 0x08, "board", "edges were lost for want of room") \
	M(TIMESYNC, 0x09, "both", "the host's time, sent back with the board's times of receipt and reply") \
	M(HEARTBEAT, 0x0a, "host", "the host is there; none for 500 ms = fail-safe") \
	M(STATS, 0x0b, "board", "counters since boot") \
	M(FAILSAFE, 0x0c, "board", "relays are released and stay so until ARM; said every 500 ms") \
	M(ARM, 0x0d, "host", "relays may be driven; wanted after boot and after each FAILSAFE") \
	M(ACK, 0x0e, "board", "done, or taken into the schedule") \
	M(NACK, 0x0f, "board", "refused; nothing was changed")

/* F(message, member, width [bytes], times, largest value, meaning) */
#define LINK_FIELDS(F) \
	F(HELLO, hello.board, 1, LINK_BOARD_ID, 0, "name of the board's folder, zero-padded") \
	F(HELLO, hello.version, 1, 1, 0, "protocol version") \
	F(HELLO, hello.tables, 4, 1, 0, "hash of these tables: FNV-1a, 32 bit, of link_tables_text()") \
	F(HELLO, hello.tick_ns, 4, 1, 0, "resolution of the board's clock [ns]") \
	F(HELLO, hello.clock, 1, 1, 2, "nature of the clock, see below") \
	F(HELLO, hello.armed, 1, 1, 1, "1 = relays may be driven") \
	F(HELLO, hello.levels, 4, 1, 0, "level of every pin, bit = pin") \
	F(HELLO, hello.n, 1, 1, LINK_PIN_COUNT, "number of pins in the map") \
	F(HELLO, hello.map, 1, LINK_UPTO(LINK_PIN_COUNT), 0, "port * 16 + bit of each pin; 255 = not there") \
	F(ASK, ask.type, 1, 1, LINK_TYPE_LAST, "code of the message wanted") \
	F(SET, set.pin, 1, 1, LINK_PIN_LAST, "pin") \
	F(SET, set.level, 1, 1, 1, "level") \
	F(SET_AT, set_at.pin, 1, 1, LINK_PIN_LAST, "pin") \
	F(SET_AT, set_at.level, 1, 1, 1, "level") \
	F(SET_AT, set_at.at_us, 8, 1, 0, "board time [us]") \
	F(WAVE, wave.pin, 1, 1, LINK_PIN_LAST, "pin") \
	F(WAVE, wave.level, 1, 1, 1, "level from the first edge on") \
	F(WAVE, wave.at_us, 8, 1, 0, "board time of the first edge [us]; 0 = now") \
	F(WAVE, wave.n, 1, 1, LINK_WAVE_MAX, "number of further edges, each to the other level") \
	F(WAVE, wave.after_us, 4, LINK_UPTO(LINK_WAVE_MAX), 0, "time from the edge before [us]") \
	F(EDGE, edge.pin, 1, 1, LINK_PIN_LAST, "pin") \
	F(EDGE, edge.level, 1, 1, 1, "new level") \
	F(EDGE, edge.at_us, 8, 1, 0, "board time of the edge [us]; for a debounced input its first change") \
	F(WATERMARK, watermark.upto_us, 8, 1, 0, "board time [us]") \
	F(WATERMARK, watermark.levels, 4, 1, 0, "level of every pin, bit = pin") \
	F(WATERMARK, watermark.stall_us, 4, 1, 0, \
		"longest the millisecond tick was late since the last one [us]: a stamp may be as late") \
	F(OVERFLOW, overflow.lost, 4, 1, 0, "number of edges lost") \
	F(OVERFLOW, overflow.from_us, 8, 1, 0, "board time of the first one lost [us]") \
	F(OVERFLOW, overflow.pins, 4, 1, 0, "pins that lost edges, bit = pin") \
	F(TIMESYNC, timesync.host_us, 8, 1, 0, "host time of sending [us]; comes back as it was") \
	F(TIMESYNC, timesync.board_us, 8, 1, 0, "board time of receipt [us]; 0 from the host") \
	F(STATS, stats.rx_frames, 4, 1, 0, "frames received and understood") \
	F(STATS, stats.rx_bad, 4, 1, 0, "frames dropped: CRC, length, type, value, bytes lost by the serial line") \
	F(STATS, stats.tx_lost, 4, 1, 0, "frames not sent for want of room") \
	F(STATS, stats.edges, 4, 1, 0, "edges reported") \
	F(STATS, stats.edges_lost, 4, 1, 0, "edges lost, see OVERFLOW") \
	F(STATS, stats.glitches, 4, 1, 0, "changes of an input shorter than its debounce time") \
	F(STATS, stats.late_max_us, 4, 1, 0, "largest lateness of a scheduled edge [us]") \
	F(STATS, stats.failsafes, 4, 1, 0, "times the relays were released for want of a heartbeat") \
	F(STATS, stats.stack_free, 4, 1, 0, "bytes of stack never used") \
	F(FAILSAFE, failsafe.cause, 1, 1, 2, "cause, see below") \
	F(FAILSAFE, failsafe.at_us, 8, 1, 0, "board time of the release [us]") \
	F(ACK, ack.seq, 2, 1, 0, "sequence number of the frame answered") \
	F(ACK, ack.type, 1, 1, LINK_TYPE_LAST, "its type") \
	F(NACK, nack.seq, 2, 1, 0, "sequence number of the frame answered") \
	F(NACK, nack.type, 1, 1, LINK_TYPE_LAST, "its type") \
	F(NACK, nack.reason, 1, 1, 7, "reason, see below")

/* P(name, number, direction, meaning) */
#define LINK_PINS(P) \
	P(RELAY1, 0, "out", "relay 1; released by the fail-safe") \
	P(RELAY2, 1, "out", "relay 2; released by the fail-safe") \
	P(LIT_CALL, 2, "out", "pictogram \"call\" shows a colour") \
	P(LIT_TALK, 3, "out", "pictogram \"in communication\" shows a colour") \
	P(LIT_DOOR, 4, "out", "pictogram \"door open\" shows a colour") \
	P(BEEP, 5, "out", "sounder") \
	P(CALL_R, 6, "out", "pictogram \"call\", red") \
	P(CALL_G, 7, "out", "pictogram \"call\", green") \
	P(CALL_B, 8, "out", "pictogram \"call\", blue") \
	P(TALK_R, 9, "out", "pictogram \"in communication\", red") \
	P(TALK_G, 10, "out", "pictogram \"in communication\", green") \
	P(TALK_B, 11, "out", "pictogram \"in communication\", blue") \
	P(DOOR_R, 12, "out", "pictogram \"door open\", red") \
	P(DOOR_G, 13, "out", "pictogram \"door open\", green") \
	P(DOOR_B, 14, "out", "pictogram \"door open\", blue") \
	P(BUTTON, 15, "in", "call button, 1 = pressed") \
	P(CONTACT, 16, "in", "external input, 1 = closed or voltage present") \
	P(MAINS, 17, "in", "24 V supply, 1 = healthy") \
	P(POE, 18, "in", "PoE+ supply, 1 = healthy") \
	P(LINK, 19, "in", "Ethernet link, 1 = up") \
	P(DIP1, 20, "in", "DIP switch 1, 1 = on") \
	P(DIP2, 21, "in", "DIP switch 2, 1 = on") \
	P(DIP3, 22, "in", "DIP switch 3, 1 = on") \
	P(DIP4, 23, "in", "DIP switch 4, 1 = on")

/* V(name, value, meaning) */
#define LINK_REASONS(V) \
	V(NONE, 0, "not used") \
	V(TYPE, 1, "the board does not take this message") \
	V(DIRECTION, 2, "the pin is an input") \
	V(ABSENT, 3, "this board has no such pin") \
	V(DISARMED, 4, "relays are released until ARM") \
	V(LATE, 5, "the time is past") \
	V(FULL, 6, "the schedule has no room for it") \
	V(SILENT, 7, "ARM wants a HEARTBEAT before it")

#define LINK_CLOCKS(V) \
	V(CRYSTAL, 0, "a quartz: drifts by some 50 ppm") \
	V(RC, 1, "an RC oscillator: drifts by per cent") \
	V(EMULATED, 2, "an emulator's: follows the host, stalls when the host does")

#define LINK_CAUSES(V) \
	V(BOOT, 0, "the board has started") \
	V(SILENCE, 1, "no HEARTBEAT for 500 ms") \
	V(FAULT, 2, "the firmware ended in a fault and started again")

#endif

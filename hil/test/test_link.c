/**
 * @file test_link.c  Frames and messages of the board link (HIL-01)
 */
#include "../link.h"
#include <check.h>
#include <errno.h>
#include <string.h>

Suite *suite(void);

#define TYPES 15

static uint64_t seed;

static uint32_t draw(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

/** A message of any type with random, allowed contents */
static struct link_msg any_message(unsigned type)
{
	struct link_msg m;
	unsigned i;

	memset(&m, 0, sizeof(m));
	m.type = (uint8_t)type;
	m.seq = (uint16_t)draw();
	m.t_us = (uint64_t)draw() << 32 | draw();
	switch (type) {
	case LINK_HELLO:
		memcpy(m.u.hello.board, "lm3s6965evb", 11);
		m.u.hello.tables = draw();
		m.u.hello.armed = draw() & 1;
		m.u.hello.n = (uint8_t)(draw() % (LINK_PIN_COUNT + 1));
		for (i = 0; i < m.u.hello.n; ++i)
			m.u.hello.map[i] = (uint8_t)draw();
		break;
	case LINK_ASK: m.u.ask.type = LINK_STATS; break;
	case LINK_SET: m.u.set.pin = LINK_PIN_LAST; m.u.set.level = 1; break;
	case LINK_SET_AT: m.u.set_at.at_us = draw(); break;
	case LINK_WAVE:
		m.u.wave.n = (uint8_t)(draw() % (LINK_WAVE_MAX + 1));
		for (i = 0; i < m.u.wave.n; ++i)
			m.u.wave.after_us[i] = draw();
		break;
	case LINK_EDGE: m.u.edge.pin = LINK_PIN_BUTTON; m.u.edge.at_us = UINT64_MAX; break;
	case LINK_WATERMARK: m.u.watermark.upto_us = draw(); m.u.watermark.levels = draw(); break;
	case LINK_OVERFLOW: m.u.overflow.lost = draw(); m.u.overflow.from_us = draw(); break;
	case LINK_TIMESYNC: m.u.timesync.host_us = draw(); break;
	case LINK_STATS: m.u.stats.rx_bad = draw(); m.u.stats.stack_free = draw(); break;
	case LINK_FAILSAFE:
		m.u.failsafe.cause = LINK_CAUSE_SILENCE;
		m.u.failsafe.at_us = draw();
		break;
	case LINK_ACK: m.u.ack.seq = (uint16_t)draw(); m.u.ack.type = LINK_SET; break;
	case LINK_NACK: m.u.nack.reason = LINK_NACK_SILENT; break;
	default: break;
	}
	return m;
}

/* HIL-01: the catalogue's check value of CRC-16/IBM-3740 (CCITT-FALSE) */
START_TEST(crc_is_the_catalogues)
{
	ck_assert_uint_eq(link_crc((const uint8_t *)"123456789", 9), 0x29b1);
	ck_assert_uint_eq(link_crc((const uint8_t *)"", 0), 0xffff);
}
END_TEST

/* HIL-01: every message survives the line, byte by byte, and has no 0x00 inside */
START_TEST(every_message_comes_back)
{
	struct link_reader r = {0};
	struct link_msg m, back;
	uint8_t frame[LINK_FRAME_MAX], again[LINK_FRAME_MAX];
	size_t n = 0, n2 = 0, i;
	int k;

	seed = (uint64_t)_i;
	for (k = 0; k < 200; ++k) {
		m = any_message((unsigned)_i);
		memset(&back, 0xa5, sizeof(back));
		ck_assert_int_eq(link_encode(frame, &n, &m), 0);
		ck_assert_ptr_eq(memchr(frame, 0, n), frame + n - 1);
		for (i = 0; i + 1 < n; ++i)
			ck_assert_int_eq(link_read(&r, &back, frame[i]), EAGAIN);
		ck_assert_int_eq(link_read(&r, &back, 0), 0);
		ck_assert_uint_eq(back.type, m.type);
		ck_assert_uint_eq(back.seq, m.seq);
		ck_assert_uint_eq(back.t_us, m.t_us);
		ck_assert_mem_eq(&back.u, &m.u, sizeof(m.u));
		ck_assert_int_eq(link_encode(again, &n2, &back), 0);
		ck_assert_uint_eq(n2, n);
		ck_assert_mem_eq(again, frame, n);
	}
	ck_assert_uint_eq(r.frames, 200);
	ck_assert_uint_eq(r.bad, 0);
}
END_TEST

/* HIL-01: these bytes are the protocol; a change of them is another LINK_VERSION */
START_TEST(wire_format_is_fixed)
{
	static const uint8_t want[] = {0x09, 0x01, 0x03, 0x34, 0x12, 0x88, 0x77, 0x66, 0x55,
	                               0x01, 0x01, 0x01, 0x05, 0x01, 0x01, 0x58, 0xb5, 0x00};
	struct link_msg m = {.type = LINK_SET, .seq = 0x1234, .t_us = 0x55667788};
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 0;

	m.u.set.pin = LINK_PIN_RELAY2;
	m.u.set.level = 1;
	ck_assert_int_eq(link_encode(frame, &n, &m), 0);
	ck_assert_uint_eq(n, sizeof(want));
	ck_assert_mem_eq(frame, want, n);
}
END_TEST

/* HIL-01: a value outside its field is neither sent nor taken */
START_TEST(values_outside_their_field_are_refused)
{
	struct link_msg m = {.type = LINK_SET};
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 77;

	m.u.set.pin = LINK_PIN_LAST + 1;
	ck_assert_int_eq(link_encode(frame, &n, &m), EINVAL);
	m.u.set.pin = 0;
	m.u.set.level = 2;
	ck_assert_int_eq(link_encode(frame, &n, &m), EINVAL);
	m = (struct link_msg){.type = LINK_WAVE};
	m.u.wave.n = LINK_WAVE_MAX + 1;
	ck_assert_int_eq(link_encode(frame, &n, &m), EINVAL);
	m = (struct link_msg){.type = 0};
	ck_assert_int_eq(link_encode(frame, &n, &m), EINVAL);
	m.type = LINK_TYPE_LAST + 1;
	ck_assert_int_eq(link_encode(frame, &n, &m), EINVAL);
	ck_assert_uint_eq(n, 77);
}
END_TEST

/** A frame around a payload that may be wrong: COBS and CRC are right */
static size_t raw_frame(uint8_t *frame, uint8_t version, uint8_t type, const uint8_t *payload,
                        size_t n)
{
	uint8_t raw[LINK_RAW_MAX + 10] = {version, type, 7};
	size_t i, code = 0;
	uint16_t crc;

	memcpy(raw + LINK_HEADER, payload, n);
	n += LINK_HEADER;
	crc = link_crc(raw, n);
	raw[n++] = (uint8_t)crc;
	raw[n++] = (uint8_t)(crc >> 8);
	for (i = 0; i < n; ++i) {
		frame[i + 1] = raw[i];
		if (!raw[i]) {
			frame[code] = (uint8_t)(i + 1 - code);
			code = i + 1;
		}
	}
	frame[code] = (uint8_t)(n + 1 - code);
	return n + 1;
}

/* HIL-01: a payload must have its length to the byte, its values in their range, version and type
 * known */
START_TEST(wrong_contents_are_refused)
{
	const uint8_t set[] = {1, 1, 0}, wave[] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 9, 9, 9, 9};
	struct link_msg m = {.type = 0x77};
	uint8_t f[LINK_FRAME_MAX + 20];

	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION, LINK_SET, set, 3)),
	                 EMSGSIZE);
	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION, LINK_SET, set, 1)),
	                 EMSGSIZE);
	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION, LINK_SET, wave + 9, 2)),
	                 EINVAL);
	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION + 1, LINK_SET, set, 2)),
	                 EPROTO);
	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION, LINK_TYPE_LAST + 1, set, 2)),
	                 EINVAL);
	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION, LINK_WAVE, wave, 15)),
	                 EMSGSIZE);
	ck_assert_int_eq(link_decode(&m, f, 3), EMSGSIZE);
	ck_assert_uint_eq(m.type, 0x77);
	ck_assert_int_eq(link_decode(&m, f, raw_frame(f, LINK_VERSION, LINK_SET, set, 2)), 0);
	ck_assert_uint_eq(m.type, LINK_SET);
}
END_TEST

/* HIL-01: after noise of any length the next whole frame is read */
START_TEST(reader_finds_its_way_after_noise)
{
	struct link_reader r = {0};
	struct link_msg m = any_message(LINK_WAVE), back;
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 0, i, noise;

	seed = 5;
	ck_assert_int_eq(link_encode(frame, &n, &m), 0);
	for (noise = 0; noise < 1000; ++noise) {
		for (i = 0; i < noise; ++i)
			(void)link_read(&r, &back, (uint8_t)draw());
		(void)link_read(&r, &back, 0);
		for (i = 0; i + 1 < n; ++i)
			ck_assert_int_eq(link_read(&r, &back, frame[i]), EAGAIN);
		ck_assert_int_eq(link_read(&r, &back, 0), 0);
		ck_assert_uint_eq(back.seq, m.seq);
	}
	ck_assert_uint_eq(r.frames, 1000);
}
END_TEST

/* HIL-01: empty frames are nobody's error; a long run without 0x00 is one, and bounded */
START_TEST(empty_and_endless_frames)
{
	struct link_reader r = {0};
	struct link_msg back;
	int i;

	for (i = 0; i < 10; ++i)
		ck_assert_int_eq(link_read(&r, &back, 0), EAGAIN);
	ck_assert_uint_eq(r.bad, 0);
	for (i = 0; i < 100000; ++i)
		ck_assert_int_eq(link_read(&r, &back, 0x55), EAGAIN);
	ck_assert_uint_le(r.n, LINK_FRAME_MAX);
	ck_assert_int_eq(link_read(&r, &back, 0), EMSGSIZE);
	ck_assert_uint_eq(r.bad, 1);
}
END_TEST

/* HIL-01: every single changed bit of a frame is found out (a CRC finds all of them; COBS may not
 * hide one) */
START_TEST(single_bit_errors_are_found)
{
	struct link_msg m = any_message((unsigned)_i), back;
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 0, bit;

	ck_assert_int_eq(link_encode(frame, &n, &m), 0);
	for (bit = 0; bit < (n - 1) * 8; ++bit) {
		frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_int_ne(link_decode(&back, frame, n - 1), 0);
		frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}
END_TEST

/* HIL-01: of a million spoilt frames none passes but by the odds of 16 bits: 1e6 / 65536 = 15 at
 * most */
START_TEST(a_million_spoilt_frames)
{
	struct link_msg m, back;
	uint8_t frame[LINK_FRAME_MAX], spoilt[LINK_FRAME_MAX];
	size_t n = 0;
	unsigned i, k, changes, passed = 0;

	seed = 1;
	for (i = 0; i < 1000000; ++i) {
		if (i % 1000 == 0) {
			m = any_message(1 + draw() % TYPES);
			ck_assert_int_eq(link_encode(frame, &n, &m), 0);
		}
		memcpy(spoilt, frame, n);
		changes = 1 + draw() % 8;
		for (k = 0; k < changes; ++k)
			spoilt[draw() % (n - 1)] = (uint8_t)draw();
		passed += memcmp(spoilt, frame, n) && !link_decode(&back, spoilt, n - 1);
	}
	ck_assert_uint_le(passed, 30);
}
END_TEST

/* HIL-01: the hash follows the tables, and the tables fit what they promise */
START_TEST(tables_agree_with_the_limits)
{
	struct link_msg m = {.type = LINK_WAVE};
	uint8_t frame[LINK_FRAME_MAX];
	size_t n = 0;
	unsigned pins = 0;

#define COUNT(name, number, dir, text) ck_assert_uint_eq(number, pins++);
	LINK_PINS(COUNT)
	ck_assert_uint_eq(pins, LINK_PIN_COUNT);
	ck_assert_uint_eq(pins - 1, LINK_PIN_LAST);
	ck_assert_uint_eq(LINK_NACK, LINK_TYPE_LAST);
	ck_assert_uint_ne(link_tables_hash(), 0);
	ck_assert_ptr_nonnull(strstr(link_tables_text(), "WAVE wave.after_us 4 "));
	m.u.wave.n = LINK_WAVE_MAX;
	memset(m.u.wave.after_us, 0xff, sizeof(m.u.wave.after_us));
	ck_assert_int_eq(link_encode(frame, &n, &m), 0);
	ck_assert_uint_le(n, LINK_FRAME_MAX);
	ck_assert_uint_le(n - 4 - LINK_HEADER, LINK_PAYLOAD_MAX);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link");
	TCase *tc = tcase_create("link");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, crc_is_the_catalogues);
	tcase_add_loop_test(tc, every_message_comes_back, 1, TYPES + 1);
	tcase_add_test(tc, wire_format_is_fixed);
	tcase_add_test(tc, values_outside_their_field_are_refused);
	tcase_add_test(tc, wrong_contents_are_refused);
	tcase_add_test(tc, reader_finds_its_way_after_noise);
	tcase_add_test(tc, empty_and_endless_frames);
	tcase_add_loop_test(tc, single_bit_errors_are_found, 1, TYPES + 1);
	tcase_add_test(tc, a_million_spoilt_frames);
	tcase_add_test(tc, tables_agree_with_the_limits);
	suite_add_tcase(s, tc);
	return s;
}

/**
 * @file test_frame.c  The alarm frame, its CRC-8, and the reader that finds it among digits
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/door/crc.h"
#include "core/door/frame.h"

Suite *suite(void);

static const char symbol[] = "0123456789ABCD*#";
static struct crc_settings crc;
static struct frame_reader reader;

static void fresh(void)
{
	struct settings s;

	settings_default(&s);
	crc = s.crc;
	memset(&reader, 0, sizeof(reader));
}

/* Feed digits; number of whole frames, the last one in reader.buf if it ends the digits */
static unsigned feed(const char *digits)
{
	unsigned frames = 0;

	for (; *digits; ++digits)
		frames += frame_read(&reader, *digits);
	return frames;
}

static const struct { const char *data, *cs; unsigned reason; const char *identity; } vector[] = {
	{"9810101000000000C", "097", 1, "000000000"},
	{"9810401000000000C", "171", 4, "000000000"},
	{"9811201123456789C", "173", 12, "123456789"},
	{"98101011C", "204", 1, "1"},
};

/* SUP-21 */
START_TEST(vectors_of_the_default_variant)
{
	char cs[4], frame[FRAME_MAX + 1];

	ck_assert_int_eq(frame_checksum(cs, &crc, vector[_i].data, strlen(vector[_i].data)), 0);
	ck_assert_str_eq(cs, vector[_i].cs);
	ck_assert_int_eq(frame_encode(frame, &crc, 81, vector[_i].reason, 1,
				      vector[_i].identity), 0);
	ck_assert_uint_eq(strlen(frame), strlen(vector[_i].data) + 3);
	ck_assert_mem_eq(frame, vector[_i].data, strlen(vector[_i].data));
	ck_assert_str_eq(frame + strlen(vector[_i].data), cs);
}
END_TEST

/* SUP-21: published check values */
START_TEST(presets_give_the_catalogue_check_values)
{
	const struct frame_preset *p = &frame_presets[_i];

	ck_assert_uint_eq(crc8(&p->crc, (const uint8_t *)"123456789", 9), p->check);
	ck_assert_uint_eq(frame_crc(&p->crc, "123456789", 9), p->check);
	ck_assert_ptr_eq(frame_preset_find(p->name), p);
}
END_TEST

START_TEST(first_preset_is_the_default)
{
	ck_assert_mem_eq(&frame_presets[0].crc, &crc, sizeof(crc));
	ck_assert_ptr_null(frame_preset_find("crc-16"));
	ck_assert_uint_eq(frame_presets_count, 20);
}
END_TEST

static const struct { int encoding; const char *bytes; size_t n; } encoded[] = {
	{FRAME_ASCII, "90ABCD*#1", 9},
	{FRAME_VALUE, "\x09\x00\x0a\x0b\x0c\x0d\x0e\x0f\x01", 9},
	{FRAME_RFC4733, "\x09\x00\x0c\x0d\x0e\x0f\x0a\x0b\x01", 9},
	{FRAME_MT8870, "\x09\x0a\x0d\x0e\x0f\x00\x0b\x0c\x01", 9},
	{FRAME_BCD, "\x90\xab\xcd\xef\x1f", 5},
};

/* SUP-21: what each symbol contributes */
START_TEST(encodings_are_those_of_the_requirement)
{
	uint8_t bytes[9];

	crc.encoding = encoded[_i].encoding;
	ck_assert_uint_eq(frame_bytes(bytes, &crc, "90ABCD*#1", 9), encoded[_i].n);
	ck_assert_mem_eq(bytes, encoded[_i].bytes, encoded[_i].n);
	ck_assert_uint_eq(frame_crc(&crc, "90ABCD*#1", 9), crc8(&crc, bytes, encoded[_i].n));
}
END_TEST

/* SUP-21: every value has its own three symbols, and they give it back */
START_TEST(renderings_give_every_value_back)
{
	static const char *const top[FRAME_RENDERINGS] = {"255", "377", "0##"};
	static const char *const over[FRAME_RENDERINGS] = {"256", "400", "100"};
	char cs[4];
	int v;

	crc.rendering = _i;
	for (v = 0; v < 256; ++v) {
		crc.xorout = v;
		ck_assert_int_eq(frame_checksum(cs, &crc, "98101011C", 9), 0);
		ck_assert_int_eq(frame_cs_value(cs, _i), v ^ 204);
		if ((v ^ 204) == 255)
			ck_assert_str_eq(cs, top[_i]);
	}
	ck_assert_int_eq(frame_cs_value(over[_i], _i), -1);
	ck_assert_int_eq(frame_cs_value("9*9", FRAME_DECIMAL), -1);
}
END_TEST

/* SUP-20, DOOR-01: the identity goes as it is configured */
START_TEST(frames_are_taken_apart)
{
	struct frame f;

	ck_assert_int_eq(frame_decode(&f, &crc, "98101011C204", 12), 0);
	ck_assert_str_eq(f.text, "98101011C");
	ck_assert_uint_eq(f.product, 81);
	ck_assert_uint_eq(f.reason, 1);
	ck_assert_uint_eq(f.module, 1);
	ck_assert_str_eq(f.identity, "1");
	ck_assert(f.crc_ok);
	ck_assert_int_eq(frame_decode(&f, &crc, "98101011C205", 12), 0);
	ck_assert(!f.crc_ok);
	ck_assert_str_eq(f.cs, "205");
	ck_assert_str_eq(f.cs_want, "204");
}
END_TEST

static const char *const no_frame[] = {
	"", "9", "9810101C204", "98101011C20", "98101011C2044", "88101011C204", "9810101*C204",
	"9810101A1C204", "98101011D204", "98101011C20x", "98101010123456789C204", "981010112204",
};

START_TEST(other_digits_are_no_frame)
{
	struct frame f;

	ck_assert_int_eq(frame_decode(&f, &crc, no_frame[_i], strlen(no_frame[_i])), EBADMSG);
}
END_TEST

START_TEST(bad_parts_are_refused)
{
	char frame[FRAME_MAX + 1] = "untouched", cs[4] = "...";

	ck_assert_int_eq(frame_encode(frame, &crc, 100, 1, 1, "1"), EINVAL);
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 100, 1, "1"), EINVAL);
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 1, 404, "1"), EINVAL);
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 1, 1, ""), EINVAL);
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 1, 1, "1234567890"), EINVAL);
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 1, 1, "12a"), EINVAL);
	ck_assert_int_eq(frame_checksum(cs, &crc, "", 0), EINVAL);
	ck_assert_int_eq(frame_checksum(cs, &crc, "12x", 3), EINVAL);
	crc.rendering = FRAME_RENDERINGS;
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 1, 1, "1"), EINVAL);
	ck_assert_str_eq(frame, "untouched");
	ck_assert_str_eq(cs, "...");
}
END_TEST

static bool passes(const char *digits)
{
	struct frame f;

	return !frame_decode(&f, &crc, digits, strlen(digits)) && f.crc_ok;
}

/* SUP-21: no digit of a frame can be another one unnoticed, in any encoding */
START_TEST(every_wrong_digit_is_detected)
{
	char frame[FRAME_MAX + 1], wrong[FRAME_MAX + 1];
	size_t i, j, changes = 0;

	crc.encoding = _i;
	ck_assert_int_eq(frame_encode(frame, &crc, 81, 12, 1, "123456789"), 0);
	ck_assert(passes(frame));
	for (i = 0; frame[i]; ++i) {
		for (j = 0; symbol[j]; ++j) {
			if (symbol[j] == frame[i])
				continue;
			strcpy(wrong, frame);
			wrong[i] = symbol[j];
			ck_assert_msg(!passes(wrong), "%s for %s", wrong, frame);
			++changes;
		}
	}
	ck_assert_uint_eq(changes, 300);
}
END_TEST

/* SUP-21: each single bit, and each burst of up to 8 bits, changes the default CRC */
START_TEST(every_burst_of_eight_bits_changes_the_crc)
{
	const uint8_t data[] = "9811201123456789C";
	uint8_t wrong[sizeof(data)];
	const size_t n = sizeof(data) - 1;
	unsigned at, burst, bits;

	for (at = 0; at < 8 * n - 7; ++at) {
		for (burst = 1; burst < 256; ++burst) {
			memcpy(wrong, data, n);
			bits = burst << (8 - at % 8);
			wrong[at / 8] ^= (uint8_t)(bits >> 8);
			if (at / 8 + 1 < n)
				wrong[at / 8 + 1] ^= (uint8_t)bits;
			ck_assert_uint_ne(crc8(&crc, wrong, n), crc8(&crc, data, n));
		}
	}
}
END_TEST

/* SUP-20: two neighbouring digits exchanged, or one lost or doubled, are detected */
START_TEST(exchanged_and_lost_digits_are_detected)
{
	char frame[FRAME_MAX + 1], wrong[FRAME_MAX + 2];
	size_t i, n;

	ck_assert_int_eq(frame_encode(frame, &crc, 81, 12, 1, "12345678"), 0);
	n = strlen(frame);
	for (i = 0; i + 1 < n; ++i) {
		if (frame[i] == frame[i + 1])
			continue;
		strcpy(wrong, frame);
		wrong[i] = frame[i + 1];
		wrong[i + 1] = frame[i];
		ck_assert_msg(!passes(wrong), "%s", wrong);
		memcpy(wrong + i, frame + i + 1, n - i);
		wrong[i] = frame[i + 1];
		ck_assert_msg(!passes(wrong), "%s", wrong);
		memcpy(wrong, frame, i + 1);
		memcpy(wrong + i + 1, frame + i, n - i + 1);
		ck_assert_msg(!passes(wrong), "%s", wrong);
	}
}
END_TEST

START_TEST(reader_finds_a_frame_and_the_next)
{
	ck_assert_uint_eq(feed("98101011C20"), 0);
	ck_assert_uint_eq(feed("4"), 1);
	ck_assert_str_eq(reader.buf, "98101011C204");
	ck_assert_uint_eq(feed("9810101000000000C097"), 1);
	ck_assert_str_eq(reader.buf, "9810101000000000C097");
	ck_assert_uint_eq(reader.n, FRAME_MAX);
	ck_assert_uint_eq(feed("1"), 0);
	ck_assert_uint_eq(reader.n, 0);
}
END_TEST

/* SUP-20: what was heard before, and what the frame may follow */
static const char *const before[] = {
	"", "1", "#", "C", "1234567", "9", "99", "98101", "9#", "9810101C", "98101011D",
	"98101011Cx",
	"9810101000000000", "98101010000000000", "9810101000000000097", "98101019999999999",
	"98101099999999999999999", "x", "\x80\xff",
};

START_TEST(reader_finds_a_frame_behind_garbage)
{
	ck_assert_uint_eq(feed(before[_i]), 0);
	ck_assert_msg(feed("9810401123456789C031") == 1, "behind %s: %s", before[_i], reader.buf);
	ck_assert_str_eq(reader.buf, "9810401123456789C031");
}
END_TEST

START_TEST(reader_starts_afresh_after_reset_and_takes_small_letters)
{
	ck_assert_uint_eq(feed("9810101"), 0);
	frame_reader_reset(&reader);
	ck_assert_uint_eq(feed("98101011c0d#"), 1);
	ck_assert_str_eq(reader.buf, "98101011C0D#");
}
END_TEST

#define LOOP(tc, test, array) \
	tcase_add_loop_test(tc, test, 0, (int)(sizeof(array) / sizeof(array[0])))

Suite *suite(void)
{
	Suite *su = suite_create("frame");
	TCase *tc = tcase_create("frame");

	tcase_add_checked_fixture(tc, fresh, NULL);
	LOOP(tc, vectors_of_the_default_variant, vector);
	tcase_add_loop_test(tc, presets_give_the_catalogue_check_values, 0,
			    (int)frame_presets_count);
	tcase_add_test(tc, first_preset_is_the_default);
	LOOP(tc, encodings_are_those_of_the_requirement, encoded);
	tcase_add_loop_test(tc, renderings_give_every_value_back, 0, FRAME_RENDERINGS);
	tcase_add_test(tc, frames_are_taken_apart);
	LOOP(tc, other_digits_are_no_frame, no_frame);
	tcase_add_test(tc, bad_parts_are_refused);
	tcase_add_loop_test(tc, every_wrong_digit_is_detected, 0, FRAME_ENCODINGS);
	tcase_add_test(tc, every_burst_of_eight_bits_changes_the_crc);
	tcase_add_test(tc, exchanged_and_lost_digits_are_detected);
	tcase_add_test(tc, reader_finds_a_frame_and_the_next);
	LOOP(tc, reader_finds_a_frame_behind_garbage, before);
	tcase_add_test(tc, reader_starts_afresh_after_reset_and_takes_small_letters);
	suite_add_tcase(su, tc);
	return su;
}

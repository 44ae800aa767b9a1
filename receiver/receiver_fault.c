/**
 * @file receiver_fault.c  Tables of the ways to misbehave and of the ways digits go (RCV-01)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "receiver.h"

#define F(field) offsetof(struct receiver_faults, field)
#define FLAG(name_, field, help_) \
	{.name = name_, .offset = F(field), .min = 1, .max = 1, .def = 1, .help = help_}
#define DAY_S 86400
#define WAY(via) (1u << (via))

static const char *const hangup_words[] = {"answer", "c", "frame", "ack", NULL};

const struct receiver_fault_row receiver_fault_table[] = {
	FLAG("wrong-ack", wrong_ack, "acknowledges by 2 instead of 1"),
	FLAG("no-ack", no_ack, "never acknowledges"),
	{.name = "late-ack", .offset = F(late_ack_s), .min = 1, .max = DAY_S, .def = 40,
	 .unit = "S", .help = "acknowledges S seconds after the frame, default 40"},
	FLAG("no-c", no_c, "never sends C: the call is a human's"),
	{.name = "late-c", .offset = F(late_c_s), .min = 1, .max = DAY_S, .def = 12, .unit = "S",
	 .help = "sends C S seconds after it answered, default 12"},
	{.name = "bad-crc-reply", .offset = F(bad_crc_replies), .min = 1, .max = 100, .def = 1,
	 .unit = "N", .help = "finds the checksum wrong although it is right, N times, default 1"},
	{.name = "drop-digit", .offset = F(drop_digit), .min = 1, .max = 1000, .unit = "N",
	 .help = "does not hear the Nth digit of a call"},
	{.name = "hangup-at", .offset = F(hangup_at), .words = hangup_words, .unit = "STEP",
	 .help = "hangs up after its answer, its C, the frame, or its first ack"},
	FLAG("double-c", double_c, "sends C twice"),
	{.name = "busy", .offset = F(reject), .min = 486, .max = 486, .def = 486,
	 .help = "refuses the call with 486"},
	{.name = "reject", .offset = F(reject), .min = 300, .max = 699, .unit = "CODE",
	 .help = "refuses the call with CODE, 300 to 699"},
	FLAG("no-answer", no_answer, "rings for ever"),
	FLAG("blind-crc", blind_crc, "acknowledges whatever the checksum says"),
	FLAG("no-again", no_again, "never sends C again after a wrong frame"),
	FLAG("early-ack", early_ack, "acknowledges at once, not after 3 s"),
	FLAG("deaf-hash", deaf_hash, "does not hear the door's #"),
	FLAG("no-end", no_end, "does not end technical calls"),
	FLAG("no-tones", no_tones, "does not hear tones in the sound"),
	FLAG("stuck", stuck, "is busy for ever once a door hung up too early"),
	FLAG("one-door", one_door, "does not answer a second call of one identity"),
	{.name = "reject-message", .offset = F(reject_message), .min = 300, .max = 699, .unit = "CODE",
	 .help = "answers every MESSAGE by CODE, 300 to 699"},
};

const size_t receiver_fault_count = sizeof(receiver_fault_table) / sizeof(receiver_fault_table[0]);

const struct receiver_transport_row receiver_transports[RECEIVER_TRANSPORTS] = {
	[RECEIVER_ANY] = {"any", true, false, DTMF_LISTEN_ALWAYS,
		WAY(DTMF_VIA_RFC4733) | WAY(DTMF_VIA_INFO) | WAY(DTMF_VIA_INBAND),
		"hears all; sends telephone-events, or tones to who has none"},
	/* a sender may use both at once; INFO is then often the first */
	[RECEIVER_RFC4733] = {"rfc4733", true, false, DTMF_LISTEN_NEVER,
		WAY(DTMF_VIA_RFC4733) | WAY(DTMF_VIA_INFO),
		"telephone-events (SIP INFO is heard too)"},
	[RECEIVER_INFO] = {"info", false, true, DTMF_LISTEN_NEVER, WAY(DTMF_VIA_INFO),
		"SIP INFO alone"},
	[RECEIVER_INBAND] = {"inband", false, false, DTMF_LISTEN_ALWAYS, WAY(DTMF_VIA_INBAND),
		"tones in the sound alone"},
};

static const struct receiver_fault_row *row_of(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < receiver_fault_count; i++) {
		const struct receiver_fault_row *row = &receiver_fault_table[i];

		if (strlen(row->name) == n && !memcmp(row->name, name, n))
			return row;
	}

	return NULL;
}

static bool read_word(unsigned *v, const char *const *words, const char *text)
{
	unsigned i;

	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], text)) {
			*v = i + 1;
			return true;
		}
	}

	return false;
}

static bool read_number(unsigned *v, const struct receiver_fault_row *row, const char *text)
{
	const size_t n = strspn(text, "0123456789");

	if (!n || n > 6 || text[n])
		return false;
	*v = (unsigned)strtoul(text, NULL, 10);

	return *v >= row->min && *v <= row->max;
}

static int unknown(char *err, size_t size, const char *text)
{
	int n = snprintf(err, size, "there is no fault '%.32s'; there are", text);
	size_t i;

	for (i = 0; i < receiver_fault_count && n >= 0 && (size_t)n < size; i++)
		n += snprintf(err + n, size - (size_t)n, "%s %s", i ? "," : "",
			      receiver_fault_table[i].name);

	return EINVAL;
}

static int bad_value(char *err, size_t size, const struct receiver_fault_row *row,
		     const char *value)
{
	if (row->words)
		(void)snprintf(err, size, "fault %s=%.32s: right would be answer, c, frame or ack",
			       row->name, value);
	else if (row->min == row->max)
		(void)snprintf(err, size, "fault %s takes no value (got '%.32s')", row->name,
			       value);
	else
		(void)snprintf(err, size, "fault %s=%.32s: right would be a number from %u to %u",
			       row->name, value, row->min, row->max);

	return EINVAL;
}

/**
 * Switch a fault on.
 *
 * @param f       Faults, one of them is written on success
 * @param text    "NAME" or "NAME=VALUE"
 * @param err     Receives a sentence for a person on failure
 * @param errsize Size of err [bytes]
 *
 * @return 0, EINVAL
 */
int receiver_fault_set(struct receiver_faults *f, const char *text, char *err, size_t errsize)
{
	const size_t n = strcspn(text, "=");
	const char *value = text[n] ? text + n + 1 : NULL;
	const struct receiver_fault_row *row = row_of(text, n);
	unsigned v;
	bool ok;

	if (!row)
		return unknown(err, errsize, text);

	v = row->def;
	if (!value)
		ok = v > 0;
	else if (row->words)
		ok = read_word(&v, row->words, value);
	else
		ok = row->min != row->max && read_number(&v, row, value);
	if (!ok)
		return bad_value(err, errsize, row, value ? value : "");
	memcpy((char *)f + row->offset, &v, sizeof(v));

	return 0;
}

/**
 * Find a way digits come and go.
 *
 * @param t    Written on success
 * @param name "any", "rfc4733", "info" or "inband"
 *
 * @return 0, ENOENT
 */
int receiver_transport_find(enum receiver_transport *t, const char *name)
{
	unsigned i;

	for (i = 0; i < RECEIVER_TRANSPORTS; i++) {
		if (!strcmp(receiver_transports[i].name, name)) {
			*t = (enum receiver_transport)i;
			return 0;
		}
	}

	return ENOENT;
}

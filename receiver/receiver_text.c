/**
 * @file receiver_text.c  An alarm, and a step, as a line for people and as a line of JSON
 *
 * Lines always end in their buffer; 1024 bytes hold any alarm whose texts are short.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "core/door/text.h"
#include "receiver.h"

#define US 1000000

const char *receiver_via_name(enum receiver_via via)
{
	static const char *const name[] = {"none", "from", "message", "dtmf"};

	return name[via];
}

/** Name of a result, as in JSON: "acknowledged", "no_frame", ... */
const char *receiver_result_name(enum receiver_result result)
{
	static const char *const name[RECEIVER_RESULTS] = {
		[RECEIVER_OPEN] = "unfinished", [RECEIVER_ACKNOWLEDGED] = "acknowledged",
		[RECEIVER_NO_C] = "no_c", [RECEIVER_NO_FRAME] = "no_frame",
		[RECEIVER_INCOMPLETE] = "incomplete", [RECEIVER_BAD_CRC] = "bad_crc",
		[RECEIVER_NO_HASH] = "no_hash", [RECEIVER_HANGUP] = "hangup",
		[RECEIVER_CANCELLED] = "cancelled", [RECEIVER_REFUSED] = "refused",
		[RECEIVER_FAULT] = "fault", [RECEIVER_MESSAGE] = "message",
		[RECEIVER_BAD_MESSAGE] = "bad_message", [RECEIVER_TEST_MISSED] = "test_missed",
	};

	return name[result];
}

/** Name of a step, as in JSON */
const char *receiver_step_name(enum receiver_step step)
{
	static const char *const name[RECEIVER_STEPS] = {
		[RECEIVER_STEP_INVITE] = "invite", [RECEIVER_STEP_ANSWER] = "answer",
		[RECEIVER_STEP_REFUSE] = "refuse", [RECEIVER_STEP_C] = "c",
		[RECEIVER_STEP_DIGIT] = "digit", [RECEIVER_STEP_IGNORED] = "ignored",
		[RECEIVER_STEP_FRAME] = "frame", [RECEIVER_STEP_CRC_OK] = "crc_ok",
		[RECEIVER_STEP_CRC_BAD] = "crc_bad", [RECEIVER_STEP_ACK] = "ack",
		[RECEIVER_STEP_HASH] = "hash", [RECEIVER_STEP_VOICE] = "voice",
		[RECEIVER_STEP_CODE] = "code", [RECEIVER_STEP_MEDIA_LOST] = "media_lost",
		[RECEIVER_STEP_HANGUP] = "hangup", [RECEIVER_STEP_CLOSED] = "closed",
	};

	return name[step];
}

/** ISO 8601, UTC, milliseconds */
static void put_time(struct text *t, int64_t wall_us)
{
	const time_t s = (time_t)(wall_us / US);
	char date[32] = "";
	struct tm tm;

	if (gmtime_r(&s, &tm))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	text_str(t, date);
	text_char(t, '.');
	text_uint(t, (uint64_t)(wall_us % US / 1000), 3);
	text_char(t, 'Z');
}

static void put_seconds(struct text *t, uint64_t ms)
{
	text_uint(t, ms / 1000, 1);
	text_char(t, '.');
	text_uint(t, ms % 1000, 3);
}

static void field(struct text *t, const char *label, const char *value)
{
	if (!*value)
		return;
	text_str(t, label);
	text_escaped(t, value, SIZE_MAX);
}

static void put_alerte(struct text *t, const struct receiver_alarm *a)
{
	if (a->alerte < 0)
		return;
	text_str(t, " (");
	text_uint(t, (uint64_t)a->alerte, 2);
	text_str(t, ")");
}

static void put_frame(struct text *t, const struct receiver_alarm *a)
{
	if (!*a->frame)
		return;
	field(t, ", frame ", a->frame);
	if (!a->whole)
		text_str(t, " incomplete");
	else if (a->crc_ok)
		text_str(t, " checksum right");
	else {
		field(t, " checksum ", a->cs);
		field(t, " should be ", a->cs_want);
	}
	if (a->attempts > 1) {
		text_str(t, ", frames ");
		text_uint(t, a->attempts, 1);
	}
}

static void put_message(struct text *t, const struct receiver_alarm *a)
{
	text_str(t, "MESSAGE from ");
	field(t, "", a->from);
	if (a->result == RECEIVER_BAD_MESSAGE) {
		text_str(t, ": no alarm: \"");
		text_escaped(t, a->body, 200);
		text_str(t, "\"");
		return;
	}
	field(t, ": identity ", a->identity);
	text_str(t, ", product ");
	text_int(t, a->product);
	text_str(t, ", alerte");
	put_alerte(t, a);
}

static void put_call(struct text *t, const struct receiver_alarm *a)
{
	text_str(t, "call ");
	text_uint(t, a->call, 1);
	field(t, " from ", a->from);
	field(t, ": identity ", a->identity);
	field(t, ", reason ", a->reason);
	put_alerte(t, a);
	put_frame(t, a);
	field(t, ", ", receiver_result_name(a->result));
	if (a->acks) {
		text_str(t, ", 1 sent ");
		text_uint(t, a->acks, 1);
		text_str(t, a->acks == 1 ? " time" : " times");
	}
	text_str(t, ", ");
	put_seconds(t, a->duration_ms);
	field(t, " s, ended: ", a->cause);
}

/**
 * Write an alarm as one line for people.
 *
 * @param buf  Line (written, zero-ended, no line end), cut where it does not fit
 * @param size Its size [bytes]
 * @param a    Alarm
 *
 * @return Length
 */
size_t receiver_alarm_text(char *buf, size_t size, const struct receiver_alarm *a)
{
	struct text t;

	text_start(&t, buf, size);
	put_time(&t, a->wall_us);
	text_char(&t, ' ');
	if (a->result == RECEIVER_TEST_MISSED)
		field(&t, "test missed: identity ", a->identity);
	else if (a->body)
		put_message(&t, a);
	else
		put_call(&t, a);

	return t.n;
}

static void json_str(struct text *t, const char *key, const char *value)
{
	text_str(t, ",\"");
	text_str(t, key);
	text_str(t, "\":\"");
	text_escaped(t, value, 256);
	text_char(t, '"');
}

static void json_num(struct text *t, const char *key, uint64_t value)
{
	text_str(t, ",\"");
	text_str(t, key);
	text_str(t, "\":");
	text_uint(t, value, 1);
}

static void json_opt(struct text *t, const char *key, int value)
{
	if (value >= 0)
		json_num(t, key, (uint64_t)value);
}

static void json_bool(struct text *t, const char *key, bool value)
{
	text_str(t, ",\"");
	text_str(t, key);
	text_str(t, value ? "\":true" : "\":false");
}

static void json_call(struct text *t, const struct receiver_alarm *a)
{
	json_str(t, "reason", a->reason);
	json_bool(t, "vocal", a->vocal);
	json_str(t, "frame", a->frame);
	if (a->whole) {
		json_bool(t, "crc_ok", a->crc_ok);
		json_str(t, "cs", a->cs);
		json_str(t, "cs_want", a->cs_want);
	}
	json_num(t, "attempts", a->attempts);
	json_num(t, "acks", a->acks);
	json_bool(t, "acknowledged", a->acknowledged);
	json_num(t, "answered_ms", a->answered_ms);
	json_num(t, "duration_ms", a->duration_ms);
	json_str(t, "cause", a->cause);
}

/**
 * Write an alarm as one object of JSON.
 *
 * @param buf  Line (written, zero-ended, no line end)
 * @param size Its size; 2048 bytes hold every alarm
 * @param a    Alarm; product and alerte are left out where nothing told them
 *
 * @return Length, 0 where it does not fit
 */
size_t receiver_alarm_json(char *buf, size_t size, const struct receiver_alarm *a)
{
	const bool missed = a->result == RECEIVER_TEST_MISSED;
	struct text t;

	text_start(&t, buf, size);
	text_str(&t, "{\"time\":\"");
	put_time(&t, a->wall_us);
	text_char(&t, '"');
	json_str(&t, "kind", a->body ? "message" : missed ? "missed" : "call");
	if (a->call)
		json_num(&t, "call", a->call);
	json_str(&t, "result", receiver_result_name(a->result));
	json_str(&t, "via", receiver_via_name(a->via));
	json_str(&t, "from", a->from);
	json_str(&t, "identity", a->identity);
	json_opt(&t, "product", a->product);
	json_opt(&t, "alerte", a->alerte);
	if (a->body)
		json_str(&t, "body", a->body);
	else if (!missed)
		json_call(&t, a);
	text_char(&t, '}');

	return t.cut ? 0 : t.n;
}

/**
 * Write a step as one line for people.
 *
 * @param buf  Line (written, zero-ended, no line end), cut where it does not fit
 * @param size Its size [bytes]
 * @param ev   Step
 *
 * @return Length
 */
size_t receiver_event_text(char *buf, size_t size, const struct receiver_event *ev)
{
	struct text t;

	text_start(&t, buf, size);
	put_time(&t, ev->wall_us);
	text_str(&t, "   call ");
	text_uint(&t, ev->call, 1);
	field(&t, " ", receiver_step_name(ev->step));
	field(&t, " ", ev->text);
	if (ev->n) {
		text_str(&t, " (");
		text_uint(&t, ev->n, 1);
		text_char(&t, ')');
	}

	return t.n;
}

/**
 * Write a step as one object of JSON.
 *
 * @param buf  Line (written, zero-ended, no line end)
 * @param size Its size; 512 bytes hold every step
 * @param ev   Step
 *
 * @return Length, 0 where it does not fit
 */
size_t receiver_event_json(char *buf, size_t size, const struct receiver_event *ev)
{
	struct text t;

	text_start(&t, buf, size);
	text_str(&t, "{\"time\":\"");
	put_time(&t, ev->wall_us);
	text_str(&t, "\",\"kind\":\"step\"");
	json_num(&t, "call", ev->call);
	json_str(&t, "step", receiver_step_name(ev->step));
	if (*ev->text)
		json_str(&t, "text", ev->text);
	if (ev->n)
		json_num(&t, "n", ev->n);
	text_char(&t, '}');

	return t.cut ? 0 : t.n;
}

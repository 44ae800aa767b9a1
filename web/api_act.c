/**
 * @file api_act.c  What the API does: relay codes, telephone, sound (API-01, API-20, API-40, SIP-11)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "web/api.h"
#include "web/base64.h"

/* --- /api/remote --- */

static void guessed(struct gap *g, struct api *a, const struct web_request *req)
{
	if (guard_wrong(&a->code, &req->from, req->now_ms))
		api_event(g, req, "remote locked", 429);
}

void api_remote(struct gap *g, const struct web_fields *f, struct api *a, const struct web_request *req,
		struct web_reply *rep)
{
	static const struct api_code row[] = {
		[CODE_TAKEN] = {200, "the strike is energised"},
		[CODE_WRONG] = {403, "no relay has this code"},
		[CODE_NOT_REMOTE] = {403, "the activation type of this code is not remote"},
		[CODE_OUT_OF_SLOT] = {401, "the time slot of this code is not active"},
		[CODE_NO_STRIKE] = {423, "the relay of this code shows line, mains or network: it is no strike"},
		[CODE_RUNNING] = {480, "the relay of this code is energised already"},
	};
	const unsigned left_s = guard_left_s(&a->code, &req->from, req->now_ms);
	enum code_result r;

	if (left_s) {
		web_reply_header(rep, "Retry-After", "%u", left_s);
		api_say(rep, 429, "too many wrong codes came from this address; it is heard again in %u s", left_s);
		return;
	}
	r = gap_code(g, f->value[FIELD_CODE]);
	api_event(g, req, "remote", row[r].status);
	if (r == CODE_WRONG)
		guessed(g, a, req);
	api_say(rep, row[r].status, "%s", row[r].help);
}

/* --- /api/audio --- */

/* -1 = no number of 0..API_LOOPS_MAX */
static int loops(const char *text)
{
	int n;

	if (!text)
		return 0;
	if (!*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 4)
		return -1;
	n = atoi(text);

	return n <= API_LOOPS_MAX ? n : -1;
}

static void play(struct gap *g, const char *data, unsigned times, const struct web_request *req, struct web_reply *rep)
{
	const size_t size = strlen(data);
	uint8_t *wav = mem_alloc(size / 4 * 3 + 4, NULL);
	char err[256] = "out of memory";
	size_t n = 0;
	int e = wav ? web_base64(wav, &n, data, size) : ENOMEM;

	if (e == EINVAL)
		(void)snprintf(err, sizeof(err), "the field \"data\" is no base64");
	else if (!e && n > API_SOUND_MAX) {
		e = EFBIG;
		(void)snprintf(err, sizeof(err), "the WAV file has %zu bytes; at most %d are accepted", n, API_SOUND_MAX);
	}
	if (!e)
		e = gap_play(g, wav, n, times, err, sizeof(err));
	mem_deref(wav);
	if (!e)
		api_event(g, req, "audio wav", 200);
	api_say(rep, !e ? 200 : e == EFBIG ? 413 : e == ENOMEM || e == ENODEV ? 503 : 400, "%s", e ? err : "it plays");
}

void api_audio(struct gap *g, const struct web_fields *f, struct api *a, const struct web_request *req,
	       struct web_reply *rep)
{
	const int times = loops(f->value[FIELD_LOOP]);
	const char *data = f->value[FIELD_DATA];

	(void)a;
	if (strcmp(f->value[FIELD_TYPE], "wav"))
		api_say(rep, 400, "the field \"type\" has to be wav");
	else if (!data)
		api_say(rep, 400, "the field \"data\" is missing: a WAV file as base64, or stop");
	else if (times < 0)
		api_say(rep, 400, "the field \"loop\" has to be 0..%d; 0 is until it is stopped", API_LOOPS_MAX);
	else if (strcmp(data, "stop"))
		play(g, data, (unsigned)times, req, rep);
	else {
		gap_play_stop(g);
		api_event(g, req, "audio stop", 200);
		api_say(rep, 200, "nothing plays");
	}
}

/* --- /api/voip --- */

struct voip {
	const char *type, *event, *done;
	int (*act)(struct gap *g, const struct web_fields *f);
};

static int answer(struct gap *g, const struct web_fields *f)
{
	(void)f;

	return gap_voip_answer(g);
}

static int end_all(struct gap *g, const struct web_fields *f)
{
	(void)f;

	return gap_voip_end_all(g);
}

static int call(struct gap *g, const struct web_fields *f)
{
	const char *table = f->value[FIELD_TABLE], *id = f->value[FIELD_ID];

	return table && id && *id ? gap_voip_call(g, table, id) : EINVAL;
}

static void voip_reply(struct web_reply *rep, const struct voip *v, int e)
{
	switch (e) {
	case 0:
		api_say(rep, 200, "%s", v->done);
		break;
	case EINVAL:
		api_say(rep, 400, "a call needs \"table\": liste, ldap or libre, and \"id\": an address, or what stands"
			" in that table");
		break;
	case EACCES:
		api_say(rep, 401, "the door may not do that now");
		break;
	case ENOENT:
		api_say(rep, 404, "there is no such contact");
		break;
	case EBUSY:
		api_say(rep, 409, v->act == answer ? "there is no call to answer" : "the door is in a call");
		break;
	default:
		api_say(rep, 503, "the door cannot do that now: %s", strerror(e));
		break;
	}
}

void api_voip(struct gap *g, const struct web_fields *f, struct api *a, const struct web_request *req,
	      struct web_reply *rep)
{
	static const struct voip row[] = {
		{"answer", "voip answer", "the call is answered", answer},
		{"terminate_all", "voip terminate_all", "no call is left", end_all},
		{"call", "voip call", "the door calls", call},
	};
	const char *type = f->value[FIELD_TYPE], *data = f->value[FIELD_DATA];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row) && strcmp(type, row[i].type); i++)
		;
	if (i < ARRAY_SIZE(row)) {
		voip_reply(rep, &row[i], row[i].act(g, f));
		api_event(g, req, row[i].event, rep->status);
	}
	else if (!strcmp(type, "wav") && data && !strcmp(data, "stop")) {
		api_audio(g, f, a, req, rep);   /* as the manual writes it */
	}
	else {
		api_say(rep, 400, "the field \"type\" has to be answer, terminate_all or call");
	}
}

/* --- /api/openapi.json --- */

void api_openapi(struct gap *g, const struct web_fields *f, struct api *a, const struct web_request *req,
		 struct web_reply *rep)
{
	(void)g;
	(void)f;
	(void)a;
	(void)req;
	rep->body = mbuf_alloc(16384);
	if (!rep->body || api_document(rep->body)) {
		api_say(rep, 503, "out of memory");
		return;
	}
	rep->status = 200;
	rep->type = "application/json";
}

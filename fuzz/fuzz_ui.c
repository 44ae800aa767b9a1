/**
 * @file fuzz_ui.c  Fuzz target: requests of the pages, by an administrator, a user and nobody (WEB-01 to WEB-05)
 *
 * Input: a letter that says who asks (A, U, N), "METHOD PATH?QUERY" to the end of the line, header lines, an empty line,
 * the body.  Whatever it is, there is a reply that can be sent: a status, JSON where it says so, no line break in a header.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../web/ui_priv.h"

#define HEADERS 8
#define READS 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct { const char *name, *value; } headers[HEADERS];
static unsigned headers_n;

static const char *header(const struct web_request *req, const char *name)
{
	unsigned i;

	(void)req;
	for (i = 0; i < headers_n; i++)
		if (!strcasecmp(headers[i].name, name))
			return headers[i].value;

	return NULL;
}

/* --- a door without hardware --- */

static uint64_t now_us(void *ctx) { (void)ctx; return 1000000; }
static int64_t wall_us(void *ctx) { (void)ctx; return 1767600000000000; }
static int relay(void *ctx, unsigned n, bool on, uint64_t us) { (void)ctx; (void)n; (void)on; (void)us; return 0; }
static int picto(void *ctx, enum gap_pictogram p, struct gap_light l) { (void)ctx; (void)p; (void)l; return 0; }
static int dip(void *ctx, unsigned *mask) { (void)ctx; *mask = 0; return 0; }
static int beep(void *ctx) { (void)ctx; return 0; }

static struct gap *gap;
static struct ui *ui;

static struct gap *door(void *arg) { (void)arg; return gap; }
static bool level(void *arg, enum gap_input in) { (void)arg; (void)in; return false; }

static int hand(void *arg, enum gap_input in, bool on, char *err, size_t errsize)
{
	(void)arg; (void)in; (void)on; (void)err; (void)errsize;
	return 0;
}

static void end(void)
{
	mem_deref(ui);
	mem_deref(gap);
	libre_close();
}

static void begin(void)
{
	static const struct gap_port_ops port = {
		.now_us = now_us, .wall_us = wall_us, .relay = relay, .pictogram = picto, .dip = dip, .beep = beep,
	};
	const struct gap_config gc = {.port = &port};
	const struct ui_host host = {.gap = door, .input = hand, .level = level};
	const struct user_row user = {.login = "user", .hash = "x"};
	char err[512];

	assert(!libre_init() && !gap_alloc(&gap, &gc, err, sizeof(err)) && !ui_alloc(&ui, &host, err, sizeof(err)));
	assert(!users_put(&ui->users, &user) && !atexit(end));
}

/* --- one request --- */

static char *line(char **pos)
{
	char *s = *pos, *end = strchr(s, '\n');

	*pos = end ? end + 1 : s + strlen(s);
	if (end)
		*end = '\0';

	return s;
}

static void take_headers(char **pos)
{
	char *s, *value;

	while (*(s = line(pos)) && headers_n < HEADERS) {
		value = strchr(s, ':');
		if (!value)
			continue;
		*value++ = '\0';
		headers[headers_n].name = s;
		headers[headers_n++].value = value;
	}
}

static void look(struct web_reply *rep)
{
	uint8_t piece[512];
	bool packed = false;            /* by gzip */
	json_t *json;
	unsigned i;

	if (rep->later)
		return;                 /* a hash: its thread is another test's */
	assert(rep->status >= 200 && rep->status < 600);
	for (i = 0; i < rep->headers; i++) {
		assert(!strpbrk(rep->header[i].value, "\r\n"));
		packed = packed || !strcmp(rep->header[i].name, "Content-Encoding");
	}
	for (i = 0; rep->feed && i < READS && rep->feed->read(rep->feed, piece, sizeof(piece)) > 0; i++)
		;
	if (rep->body && !packed && rep->type && !strcmp(rep->type, "application/json") && rep->status != 304) {
		json = json_loadb((const char *)rep->body->buf, rep->body->end, 0, NULL);
		assert(json);
		json_decref(json);
	}
}

static void ask(char who, char *text, size_t size)
{
	struct session *s = who == 'A' || who == 'U' ? session_begin(&ui->sessions, who == 'A' ? "admin" : "user", 1000) : NULL;
	struct web_request req = {.now_ms = 1000, .header = header};
	struct web_reply rep = {.status = 0};
	char cookie[128], *pos = text, *first = line(&pos), *path = strchr(first, ' '), *query;

	if (!path)
		return;
	*path++ = '\0';
	query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	(void)re_snprintf(cookie, sizeof(cookie), "ipgap-80=%s", s ? s->token : "");
	headers_n = 0;
	headers[headers_n].name = "Host";
	headers[headers_n++].value = "127.0.0.1";
	headers[headers_n].name = "Cookie";
	headers[headers_n++].value = cookie;
	headers[headers_n].name = "X-CSRF-Token";
	headers[headers_n++].value = s ? s->csrf : "";
	take_headers(&pos);
	req.method = first;
	req.path = path;
	req.query = query ? query : "";
	req.size = size - (size_t)(pos - text);
	req.body = req.size ? (const uint8_t *)pos : NULL;       /* as the server has it */
	sa_set_in(&req.from, 0x7f000001, 1);
	ui_site(ui, &req, &rep);
	look(&rep);
	web_reply_end(&rep);
	memset(&ui->login, 0, sizeof(ui->login));       /* who guesses is heard again */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!ui)
		begin();
	if (size < 2)
		return 0;
	text = malloc(size);
	assert(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (*text != '\n')
		ask((char)data[0], text, size - 1);
	free(text);

	return 0;
}

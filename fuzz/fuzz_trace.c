/**
 * @file fuzz_trace.c  What the debug trace and the lists of kept events show of what came from outside (WEB-08, EVT-01)
 *
 * First byte, even: the rest is a SIP message whose secrets are struck out; each character
 * stays or becomes *, and lines stay lines.  Odd: the rest is the kept line of an event, as a file that
 * somebody changed may have it; its CSV has as many cells as the header.
 */
#include <stdlib.h>
#include <string.h>
#include "core/store/event_line.h"
#include "core/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void strike(const uint8_t *msg, size_t n)
{
	char *copy = malloc(n ? n : 1);         /* its own block: no byte past the end goes unseen */
	size_t i;

	if (!copy)
		return;
	memcpy(copy, msg, n);
	trace_strike(copy, n);
	for (i = 0; i < n; i++)
		if ((uint8_t)copy[i] != msg[i] && (copy[i] != '*' || msg[i] == '\n' || msg[i] == '\r'))
			abort();
	free(copy);
}

/* Cells of one CSV row: commas outside of quotes */
static unsigned cells(const uint8_t *p, size_t n)
{
	bool quoted = false;
	unsigned k = 1;

	for (; n; p++, n--) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == ',' && !quoted)
			++k;
	}

	return k;
}

static void line(const uint8_t *json, size_t n)
{
	struct mbuf *mb = mbuf_alloc(256), *head = mbuf_alloc(256);
	char *text = malloc(n + 1);
	struct store_event ev = {.seq = 1, .wall_us = 1767600000000000, .name = "message_in", .json = text};
	struct event_lines l;

	if (!mb || !head || !text || event_lines_begin(&l, EVENT_FORM_CSV))
		abort();
	memcpy(text, json, n);
	text[n] = '\0';
	if (event_line_head(head, &l) || event_line(mb, &l, &ev) || cells(mb->buf, mb->end) != cells(head->buf, head->end))
		abort();
	mbuf_rewind(mb);
	if (event_line_json(mb, &ev) || event_line_fields(mb, text))
		abort();
	event_lines_end(&l);
	mem_deref(mb);
	mem_deref(head);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] & 1)
		line(data + 1, size - 1);
	else
		strike(data + 1, size - 1);

	return 0;
}

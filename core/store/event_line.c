/**
 * @file event_line.c  A kept event as a line of a file (see event_line.h)
 *
 * A kept line is the JSON of event_json(): one object, no blanks, values that are text, number, true or false.  It is
 * read here as far as that.  CSV is RFC 4180 in UTF-8: the columns are seq, time, class, event, then each field that
 * any event has, in the order of the event table; a field that an event does not have is empty.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "event_line.h"

/* One member of the object */
struct member { struct pl key, value; };

/* End of a JSON value that begins at s: a string's closing quote is part of it */
static const char *value_end(const char *s)
{
	if (*s != '"')
		return s + strcspn(s, ",}");
	for (++s; *s && *s != '"'; ++s)
		if (*s == '\\' && s[1])
			++s;

	return *s ? s + 1 : s;
}

/* The next member behind s; NULL = there is none, or the line is not whole (a file that somebody changed) */
static const char *next_member(const char *s, struct member *m)
{
	const char *colon;

	if ((*s != ',' && *s != '{') || s[1] != '"')
		return NULL;
	colon = value_end(s + 1);
	if (*colon != ':')
		return NULL;
	m->key = (struct pl){s + 2, (size_t)(colon - s - 3)};
	m->value.p = colon + 1;
	s = value_end(colon + 1);
	m->value.l = (size_t)(s - colon - 1);

	return s;
}

/* Where the fields of an event begin: behind its name */
static const char *fields_of(const char *json)
{
	struct member m;

	while (json && (json = next_member(json, &m)))
		if (!pl_strcmp(&m.key, "event"))
			return json;

	return "";
}

static struct pl member_of(const char *json, const char *key)
{
	struct member m;

	while ((json = next_member(json, &m)))
		if (!pl_strcmp(&m.key, key))
			return m.value;

	return (struct pl){NULL, 0};
}

/* --- text --- */

static int put_value(struct mbuf *mb, const struct pl *v)
{
	if (!v->l)
		return 0;
	if (*v->p == 't' || *v->p == 'f')
		return mbuf_write_str(mb, *v->p == 't' ? "yes" : "no");
	if (*v->p == '"' && v->l > 2 && !memchr(v->p, ' ', v->l) && !memchr(v->p, '\\', v->l))
		return mbuf_write_mem(mb, (const uint8_t *)v->p + 1, v->l - 2);

	return mbuf_write_mem(mb, (const uint8_t *)v->p, v->l);
}

/**
 * The fields of a kept event as event_text() writes them: " call=1 from=..."
 *
 * @param mb   Written
 * @param json Line of event_json()
 *
 * @return 0, ENOMEM
 */
int event_line_fields(struct mbuf *mb, const char *json)
{
	const char *s = fields_of(json);
	struct member m;
	int err = 0;

	while (!err && (s = next_member(s, &m))) {
		err = mbuf_printf(mb, " %r=", &m.key);
		err = err ? err : put_value(mb, &m.value);
	}

	return err;
}

static int text_line(struct mbuf *mb, const struct store_event *ev)
{
	const time_t s = (time_t)(ev->wall_us / 1000000);
	char when[24] = "";
	struct tm tm;
	int err;

	if (localtime_r(&s, &tm))
		(void)strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	err = mbuf_printf(mb, "%s.%03u %s", when, (unsigned)(ev->wall_us / 1000 % 1000), ev->name);
	err = err ? err : event_line_fields(mb, ev->json);

	return err ? err : mbuf_write_str(mb, "\n");
}

/* --- JSON --- */

static const char *class_of(const char *name)
{
	enum event_id id;

	return event_find(&id, name) ? event_class_id(event_def(id)->cls) : "";
}

/**
 * The JSON object of a kept event, its class added; no line end.
 *
 * @param mb Written
 * @param ev Kept event
 *
 * @return 0, ENOMEM
 */
int event_line_json(struct mbuf *mb, const struct store_event *ev)
{
	const size_t n = strlen(ev->json);
	int err = mbuf_write_mem(mb, (const uint8_t *)ev->json, n ? n - 1 : 0);

	return err ? err : mbuf_printf(mb, ",\"class\":\"%s\"}", class_of(ev->name));
}

/* --- CSV --- */

/* The column of a field; the distinct names are in the order of the event table */
static uint8_t column(struct event_lines *l, const char *key)
{
	unsigned k;

	for (k = 0; k < l->columns && strcmp(l->name[k], key); k++)
		;
	if (k == l->columns && k < EVENT_COLUMNS)
		l->name[l->columns++] = key;

	return (uint8_t)k;
}

static int utf8(struct mbuf *mb, unsigned c)
{
	const uint8_t two[] = {(uint8_t)(0xc0 | c >> 6), (uint8_t)(0x80 | (c & 0x3f))};
	const uint8_t three[] = {(uint8_t)(0xe0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 0x3f)), (uint8_t)(0x80 | (c & 0x3f))};

	if (c < 0x80)
		return mbuf_write_u8(mb, (uint8_t)c);

	return c < 0x800 ? mbuf_write_mem(mb, two, sizeof(two)) : mbuf_write_mem(mb, three, sizeof(three));
}

/* What stands behind a backslash; returns its length */
static size_t unescape(struct mbuf *mb, const char *p, size_t n, int *err)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *at = n ? memchr(from, *p, sizeof(from) - 1) : NULL;
	char hex[5] = "";

	if (n >= 5 && *p == 'u') {
		memcpy(hex, p + 1, 4);
		*err |= utf8(mb, (unsigned)strtoul(hex, NULL, 16));
		return 5;
	}
	if (n)
		*err |= mbuf_write_u8(mb, (uint8_t)(at ? to[at - from] : *p));

	return n ? 1 : 0;
}

/* The text of a value: a string's own characters, anything else as it is */
static int plain(struct mbuf *mb, const struct pl *v)
{
	size_t i, end;
	int err = 0;

	if (!v->l)
		return 0;
	if (*v->p != '"')
		return mbuf_write_mem(mb, (const uint8_t *)v->p, v->l);
	end = v->l > 1 ? v->l - 1 : 1;
	for (i = 1; i < end && !err; i++) {
		if (v->p[i] == '\\')
			i += unescape(mb, v->p + i + 1, end - i - 1, &err);
		else
			err = mbuf_write_u8(mb, (uint8_t)v->p[i]);
	}

	return err;
}

static int csv_value(struct mbuf *mb, struct mbuf *tmp, const struct pl *v)
{
	int err;

	if (!v->l)
		return 0;
	mbuf_rewind(tmp);
	err = plain(tmp, v);
	err = err ? err : mbuf_write_u8(tmp, 0);

	return err ? err : book_csv_cell(mb, (const char *)tmp->buf);
}

/* The values of an event, by column; a field that its row of the event table does not have (a file of another version)
   has none */
static void spread(struct pl value[EVENT_COLUMNS], const struct event_lines *l, enum event_id id, const char *json)
{
	const struct event_def *d = event_def(id);
	const char *s = fields_of(json);
	struct member m;
	unsigned i;

	while ((s = next_member(s, &m))) {
		for (i = 0; i < EVENT_FIELDS && d->field[i].key && pl_strcmp(&m.key, d->field[i].key); i++)
			;
		if (i < EVENT_FIELDS && d->field[i].key && l->at[id][i] < EVENT_COLUMNS)
			value[l->at[id][i]] = m.value;
	}
}

static int csv_line(struct mbuf *mb, const struct event_lines *l, const struct store_event *ev)
{
	const struct pl when = member_of(ev->json, "wall");
	struct pl value[EVENT_COLUMNS];
	enum event_id id;
	unsigned i;
	int err = mbuf_printf(mb, "%llu,", (unsigned long long)ev->seq);

	memset(value, 0, sizeof(value));
	if (event_find(&id, ev->name))
		spread(value, l, id, ev->json);
	err = err ? err : csv_value(mb, l->cell, &when);
	err = err ? err : mbuf_printf(mb, ",%s,%s", class_of(ev->name), ev->name);
	for (i = 0; i < l->columns && !err; i++) {
		err = mbuf_write_u8(mb, ',');
		err = err ? err : csv_value(mb, l->cell, &value[i]);
	}

	return err ? err : mbuf_write_str(mb, "\r\n");
}

static int csv_head(struct mbuf *mb, const struct event_lines *l)
{
	unsigned i;
	int err = mbuf_write_str(mb, "seq,time,class,event");

	for (i = 0; i < l->columns && !err; i++)
		err = mbuf_printf(mb, ",%s", l->name[i]);

	return err ? err : mbuf_write_str(mb, "\r\n");
}

/* --- all of them --- */

/**
 * Say how lines are to be written.
 *
 * @param l    Written; event_lines_end() ends it
 * @param form JSON (JSON Lines), CSV, or text for people in local time
 *
 * @return 0, ENOMEM
 */
int event_lines_begin(struct event_lines *l, enum event_form form)
{
	unsigned id, i;

	memset(l, 0, sizeof(*l));
	l->form = form;
	for (id = 0; id < EV_COUNT; id++)
		for (i = 0; i < EVENT_FIELDS && event_def((enum event_id)id)->field[i].key; i++)
			l->at[id][i] = column(l, event_def((enum event_id)id)->field[i].key);
	l->cell = mbuf_alloc(STORE_JSON);

	return l->cell ? 0 : ENOMEM;
}

void event_lines_end(struct event_lines *l)
{
	l->cell = mem_deref(l->cell);
}

/**
 * What stands before the first event: the header row of CSV.
 *
 * @return 0, ENOMEM
 */
int event_line_head(struct mbuf *mb, const struct event_lines *l)
{
	return l->form == EVENT_FORM_CSV ? csv_head(mb, l) : 0;
}

/**
 * A kept event as a line, with its end.
 *
 * @param mb Written at its position
 * @param l  How
 * @param ev Kept event
 *
 * @return 0, ENOMEM
 */
int event_line(struct mbuf *mb, const struct event_lines *l, const struct store_event *ev)
{
	int err;

	if (l->form == EVENT_FORM_CSV)
		return csv_line(mb, l, ev);
	if (l->form == EVENT_FORM_TEXT)
		return text_line(mb, ev);
	err = event_line_json(mb, ev);

	return err ? err : mbuf_write_str(mb, "\n");
}

/**
 * @file notice.c  Telling why a setting was refused (WEB-04)
 */
#include <string.h>
#include "notice.h"
#include "settings_priv.h"

#define NOTICE_ROW(id, english) [MSG_##id] = {#id, english},

static const struct {
	const char *name;
	const char *english;
} row[NOTICE_COUNT] = {
	[MSG_NONE] = {"", ""},
	NOTICES(NOTICE_ROW)
};

/** Name of a message, as catalogues write it */
const char *notice_name(enum notice_id id)
{
	return (unsigned)id < NOTICE_COUNT ? row[id].name : "";
}

/** English text of a message, with its {placeholders} */
const char *notice_english(enum notice_id id)
{
	return (unsigned)id < NOTICE_COUNT ? row[id].english : "";
}

/**
 * Text of a message as a teller has it, with its {placeholders}.
 *
 * @param who Teller (NULL: English)
 * @param id  Message
 *
 * @return Text (static)
 */
const char *notice_of(const struct teller *who, enum notice_id id)
{
	const char *s = who && who->text ? who->text(who, "message", notice_name(id)) : NULL;

	return s ? s : notice_english(id);
}

/**
 * Begin a message.
 *
 * @param m   Written
 * @param id  What is wrong
 * @param err errno of it
 * @param key Setting concerned, "" where there is none
 */
void notice_start(struct notice *m, enum notice_id id, int err, const char *key)
{
	struct text t;

	memset(m, 0, sizeof(*m));
	m->id = id;
	m->err = err;
	text_start(&t, m->key, sizeof(m->key));
	text_str(&t, key);
}

static void add(struct notice *m, const char *name, enum notice_type type, int32_t v)
{
	if (m->n < NOTICE_ARGS)
		m->arg[m->n++] = (struct notice_arg) {name, type, v};
}

/* Room for the text of a parameter that is added */
static void store(struct notice *m, struct text *t, const char *name, enum notice_type type)
{
	add(m, name, type, (int32_t)m->used);
	text_start(t, m->store + m->used, sizeof(m->store) - m->used);
}

/** Add a number.  name is static, here and below. */
void notice_int(struct notice *m, const char *name, int32_t v)
{
	add(m, name, NOTICE_INT, v);
}

/** Add a text from outside, control characters escaped, at most limit bytes of it */
void notice_text(struct notice *m, const char *name, const char *s, size_t limit)
{
	struct text t;

	if (m->used >= sizeof(m->store))
		return;
	store(m, &t, name, NOTICE_TEXT);
	text_escaped(&t, s, limit);
	m->used += t.n + 1;
}

/** The same, between quotes */
void notice_quoted(struct notice *m, const char *name, const char *s, size_t limit)
{
	struct text t;

	if (m->used >= sizeof(m->store))
		return;
	store(m, &t, name, NOTICE_TEXT);
	text_char(&t, '"');
	text_escaped(&t, s, limit);
	text_char(&t, '"');
	m->used += t.n + 1;
}

/** Add a setting */
void notice_setting(struct notice *m, const char *name, const char *key)
{
	struct text t;

	if (m->used >= sizeof(m->store))
		return;
	store(m, &t, name, NOTICE_SETTING);
	text_str(&t, key);
	m->used += t.n + 1;
}

/** Add another message, which has no parameters of its own */
void notice_id(struct notice *m, const char *name, enum notice_id id)
{
	add(m, name, NOTICE_ID, (int32_t)id);
}

/** Add what the setting concerned accepts */
void notice_range(struct notice *m, const char *name)
{
	add(m, name, NOTICE_RANGE, 0);
}

static void put_setting(struct text *t, const struct teller *who, const char *key)
{
	if (who && who->setting)
		who->setting(who, t, key);
	else
		text_str(t, key);
}

static void put_arg(struct text *t, const struct notice *m, const struct notice_arg *a,
		    const struct teller *who)
{
	char range[384];
	const struct setting *s;

	switch (a->type) {
	case NOTICE_INT:
		text_int(t, a->value);
		break;
	case NOTICE_TEXT:
		text_str(t, m->store + a->value);
		break;
	case NOTICE_SETTING:
		put_setting(t, who, m->store + a->value);
		break;
	case NOTICE_ID:
		text_str(t, notice_of(who, (enum notice_id)a->value));
		break;
	case NOTICE_RANGE:
		s = settings_find(m->key);
		if (s) {
			(void)settings_range_in(s, who, range, sizeof(range));
			text_str(t, range);
		}
		break;
	}
}

static void put_named(struct text *t, const struct notice *m, const char *name, size_t n,
		      const struct teller *who)
{
	unsigned i;

	for (i = 0; i < m->n; ++i) {
		if (strlen(m->arg[i].name) == n && !memcmp(m->arg[i].name, name, n)) {
			put_arg(t, m, &m->arg[i], who);
			return;
		}
	}
	if (n == 3 && !memcmp(name, "key", 3))
		put_setting(t, who, m->key);
}

/**
 * Tell a message.
 *
 * @param t   Text (added to)
 * @param m   Message
 * @param who Teller; NULL tells in English, settings by their keys
 */
void notice_tell(struct text *t, const struct notice *m, const struct teller *who)
{
	const char *s = notice_of(who, m->id);
	size_t n;

	while (*s) {
		n = strcspn(s, "{");
		text_mem(t, s, n);
		s += n;
		if (!*s)
			break;
		n = strcspn(s, "}");
		put_named(t, m, s + 1, n - 1, who);
		s += n + (s[n] == '}');
	}
}

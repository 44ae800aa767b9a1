/**
 * @file conf_read.c  A file conf_user or conf_sip to settings (see conf.h; WEB-07)
 *
 * All that is wrong is told by its line; nothing of such a file is used.  The values themselves are for the settings to
 * check.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "web/conf_priv.h"

/* --- what is wrong --- */

static void tell(struct conf_reading *r, const struct notice *m)
{
	if (r->c->wrongs++ < CONF_WRONGS)
		r->wrong(r->line, m, r->arg);
}

/* With the file's name as {kind}, and the text that is concerned, "" = none, as {value} and {name} */
static void start(struct conf_reading *r, struct notice *m, enum notice_id id, const char *text)
{
	notice_start(m, id, EINVAL, "");
	notice_text(m, "kind", conf_name(r->c->kind), 16);
	notice_text(m, "value", text, 40);
	notice_text(m, "name", text, 40);
}

static void wrong(struct conf_reading *r, enum notice_id id, const char *text)
{
	struct notice m;

	start(r, &m, id, text);
	tell(r, &m);
}

static void wrong_max(struct conf_reading *r, enum notice_id id, int max)
{
	struct notice m;

	start(r, &m, id, "");
	notice_int(&m, "max", max);
	tell(r, &m);
}

static void stop(struct conf_reading *r, enum notice_id id, const char *text)
{
	wrong(r, id, text);
	r->c->stopped = true;
}

/* --- the head --- */

static void head_conf(struct conf_reading *r, char *value)
{
	r->c->begun = true;
	if (conf_find(value, strlen(value)) < 0)
		stop(r, MSG_CONF_NOT_ONE, "");
	else if (strcmp(value, conf_name(r->c->kind)) != 0)
		stop(r, MSG_CONF_OTHER, value);
}

static void head_format(struct conf_reading *r, char *value)
{
	const unsigned long v = strtoul(value, NULL, 10);
	struct notice m;

	r->c->format = true;
	if (v >= 1 && v <= CONF_FORMAT && strspn(value, "0123456789") == strlen(value))
		return;
	start(r, &m, MSG_CONF_FORMAT, value);
	notice_int(&m, "format", CONF_FORMAT);
	tell(r, &m);
	r->c->stopped = true;
}

static void head_model(struct conf_reading *r, char *value)
{
	struct notice m;

	r->c->model = true;
	if (!strcmp(value, GAP_MODEL))
		return;
	start(r, &m, MSG_CONF_MODEL, value);
	notice_text(&m, "model", GAP_MODEL, 8);
	tell(r, &m);
	r->c->stopped = true;
}

static void head_version(struct conf_reading *r, char *value)
{
	(void)r;
	(void)value;
}

static void head_salt(struct conf_reading *r, char *value)
{
	r->c->salted = strlen(value) == 2 * HASHER_SALT && strspn(value, "0123456789abcdef") == 2 * HASHER_SALT &&
		       !str_hex(r->c->salt, sizeof(r->c->salt), value);
	if (!r->c->salted)
		wrong(r, MSG_CONF_SEALED, "");
}

static void head_sealed(struct conf_reading *r, char *value)
{
	r->c->sealed = value;
	r->c->sealed_line = r->line;
	if (!r->c->salted || !*value)
		wrong(r, MSG_CONF_SEALED, "");
}

static void head_end(struct conf_reading *r, char *value)
{
	if (strcmp(value, conf_name(r->c->kind)) != 0)
		wrong(r, MSG_CONF_CUT, "");
	r->c->ended = true;
}

typedef void (head_h)(struct conf_reading *r, char *value);

static const struct head {
	const char *name;
	head_h *take;
} heads[] = {
	{"conf", head_conf}, {"format", head_format}, {"model", head_model}, {"version", head_version},
	{"salt", head_salt}, {"sealed", head_sealed}, {"end", head_end},
};

/* Twice is wrong here too */
static bool take_head(struct conf_reading *r, const char *name, char *value, unsigned seen[])
{
	struct notice m;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads) && strcmp(heads[i].name, name); i++)
		;
	if (i == ARRAY_SIZE(heads))
		return false;
	if (seen[i]) {
		start(r, &m, MSG_CONF_TWICE, name);
		notice_int(&m, "line", (int32_t)seen[i]);
		tell(r, &m);
	}
	else {
		seen[i] = r->line;
		heads[i].take(r, value);
	}

	return true;
}

/* --- settings --- */

static void unknown(struct conf_reading *r, const char *name)
{
	const char *near = settings_nearest(name);
	struct notice m;

	start(r, &m, near ? MSG_UNKNOWN_KEY_NEAR : MSG_UNKNOWN_KEY, name);
	if (near)
		notice_text(&m, "near", near, NOTICE_KEY);
	tell(r, &m);
}

static void elsewhere(struct conf_reading *r, const char *name)
{
	struct notice m;

	notice_start(&m, MSG_CONF_ELSEWHERE, EINVAL, "");
	notice_text(&m, "name", name, 40);
	notice_text(&m, "kind", conf_name(r->c->kind == CONF_SIP ? CONF_USER : CONF_SIP), 16);
	tell(r, &m);
}

static void twice(struct conf_reading *r, const char *name, unsigned line)
{
	struct notice m;

	start(r, &m, MSG_CONF_TWICE, name);
	notice_int(&m, "line", (int32_t)line);
	tell(r, &m);
}

static void take_setting(struct conf_reading *r, const char *name, const char *value)
{
	const struct setting *row = settings_find(name);
	struct conf *c = r->c;

	if (!row) {
		unknown(r, name);
	}
	else if (!conf_has(c->kind, row)) {
		elsewhere(r, name);
	}
	else if (c->line[row - settings_table]) {
		twice(r, name, c->line[row - settings_table]);
	}
	else {
		c->line[row - settings_table] = r->line;
		c->value[c->n].key = row->key;
		c->value[c->n++].text = value;
	}
}

/* --- lines --- */

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n && strchr(" \t", s[n - 1]))
		--n;
	s[n] = '\0';

	return s;
}

static bool clean(const char *s, size_t n)
{
	size_t i = 0, len;

	for (; i < n; i += len) {
		len = text_utf8(s + i, n - i);
		if (!len || ((unsigned char)s[i] < ' ' && s[i] != '\t') || s[i] == 0x7f)
			return false;
	}

	return true;
}

static void take_line(struct conf_reading *r, char *s, size_t n, unsigned seen[])
{
	struct conf *c = r->c;
	char *value;

	if (n > CONF_LINE) {
		wrong_max(r, MSG_CONF_LONG, CONF_LINE);
		return;
	}
	if (!clean(s, n)) {
		wrong(r, MSG_CONF_CHARACTERS, "");
		return;
	}
	s = trim(s);
	if (!*s || *s == '#')
		return;
	value = strchr(s, '=');
	if (value)
		*value++ = '\0';
	if (value)
		value = trim(value);
	s = trim(s);
	if (!r->secrets && !c->begun && (!value || strcmp(s, "conf") != 0))
		stop(r, MSG_CONF_NOT_ONE, "");
	else if (c->ended && !r->secrets)
		wrong(r, MSG_CONF_AFTER_END, "");
	else if (!value)
		wrong(r, MSG_CONF_LINE, "");
	else if (r->secrets || !take_head(r, s, value, seen))
		take_setting(r, s, value);
}

/* Lines end by LF or CR LF; text has a zero behind it */
static void take_lines(struct conf_reading *r, char *text, size_t n)
{
	unsigned seen[ARRAY_SIZE(heads)] = {0};
	char *end = text + n, *p, *next;

	for (p = text; p < end && !r->c->stopped; p = next) {
		size_t len;

		next = memchr(p, '\n', (size_t)(end - p));
		next = next ? next + 1 : end + 1;
		len = (size_t)(next - 1 - p);
		if (len && p[len - 1] == '\r')
			--len;
		p[len] = '\0';
		r->line += !r->secrets;
		take_line(r, p, len, seen);
	}
}

/* Settings before the head is whole were taken for another door */
static void check_whole(struct conf_reading *r)
{
	struct conf *c = r->c;

	if (c->stopped)
		return;
	if (!c->begun)
		wrong(r, MSG_CONF_NOT_ONE, "");
	else if (!c->ended)
		wrong(r, MSG_CONF_CUT, "");
	else if (!c->format || !c->model)
		wrong(r, MSG_CONF_HEAD, "");
}

static void destructor(void *arg)
{
	struct conf *c = arg;

	if (c->secrets)
		seal_forget(c->secrets, c->secrets_n);
	if (c->text)
		seal_forget(c->text, c->text_n);        /* secrets may stand there too */
	mem_deref(c->text);
	mem_deref(c->secrets);
	mem_deref(c->value);
	mem_deref(c->line);
}

static struct conf *make(enum conf_kind kind, const char *text, size_t n)
{
	struct conf *c = mem_zalloc(sizeof(*c), destructor);

	if (!c)
		return NULL;
	c->kind = kind;
	c->text = mem_zalloc(n + 1, NULL);
	c->value = mem_zalloc(settings_count * sizeof(*c->value), NULL);
	c->line = mem_zalloc(settings_count * sizeof(*c->line), NULL);
	if (!c->text || !c->value || !c->line)
		return mem_deref(c);
	c->text_n = n;
	if (n)
		memcpy(c->text, text, n);

	return c;
}

/** Which file begins so?  -1 = none; text is the name alone, as behind "conf =" */
int conf_find(const char *text, size_t n)
{
	int k;

	for (k = 0; k < CONF_KINDS; k++)
		if (strlen(conf_name((enum conf_kind)k)) == n && !memcmp(conf_name((enum conf_kind)k), text, n))
			return k;

	return -1;
}

/**
 * Read a file.
 *
 * @param cp    Written on success; mem_deref frees it
 * @param kind  Which one it has to be
 * @param text  File
 * @param n     Its length [bytes]
 * @param wrong Told what is wrong, up to CONF_WRONGS times
 * @param arg   Its argument
 *
 * @return 0, EINVAL something is wrong, ENOMEM
 *
 * Sealed secrets are not among the values before conf_open().
 */
int conf_read(struct conf **cp, enum conf_kind kind, const char *text, size_t n, conf_wrong_h *wrong_, void *arg)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct conf_reading r = {.wrong = wrong_, .arg = arg};
	const bool marked = n >= 3 && !memcmp(text, bom, 3);
	int err = 0;

	r.c = make(kind, marked ? text + 3 : text, n > CONF_BYTES ? 0 : n - (marked ? 3 : 0));
	if (!r.c)
		return ENOMEM;
	if (n > CONF_BYTES) {
		r.line = 1;
		wrong_max(&r, MSG_CONF_BIG, CONF_BYTES);
	}
	else {
		take_lines(&r, r.c->text, n - (marked ? 3 : 0));
		r.line += !r.line;
		check_whole(&r);
	}
	if (r.c->wrongs)
		err = EINVAL;
	if (err)
		mem_deref(r.c);
	else
		*cp = r.c;

	return err;
}

/** Has it sealed secrets?  Then salt is written: with it the passphrase makes the key */
bool conf_sealed(const struct conf *c, uint8_t salt[HASHER_SALT])
{
	if (c->sealed)
		memcpy(salt, c->salt, HASHER_SALT);

	return c->sealed != NULL;
}

/* The sealed lines, opened; a zero stands behind them */
static int open_lines(struct conf *c, const struct conf_key *key)
{
	size_t n = strlen(c->sealed), got = n;
	uint8_t *raw = mem_zalloc(n + 1, NULL);
	struct mbuf *mb = mbuf_alloc(n);
	int err = raw && mb ? 0 : ENOMEM;

	if (!err && (base64_decode(c->sealed, n, raw, &got) || got > n))
		err = EBADMSG;
	err = err ? err : seal_open(mb, key->key, conf_name(c->kind), raw, got);
	if (!err) {
		c->secrets_n = mb->end;
		c->secrets = mem_zalloc(mb->end + 1, NULL);
		if (c->secrets)
			memcpy(c->secrets, mb->buf, mb->end);
		else
			err = ENOMEM;
	}
	if (mb && mb->buf)
		seal_forget(mb->buf, mb->size);
	mem_deref(mb);
	mem_deref(raw);

	return err;
}

/**
 * Open the sealed secrets: they join the values.
 *
 * @param c     File that conf_read() took
 * @param key   Key
 * @param wrong Told what is wrong
 * @param arg   Its argument
 *
 * @return 0 (also where nothing is sealed), EINVAL, ENOMEM
 */
int conf_open(struct conf *c, const struct conf_key *key, conf_wrong_h *wrong_, void *arg)
{
	struct conf_reading r = {.c = c, .secrets = true, .line = c->sealed_line, .wrong = wrong_, .arg = arg};
	const int err = c->sealed && !c->secrets ? open_lines(c, key) : 0;

	if (err == ENOMEM)
		return err;
	if (err)
		wrong(&r, err == EPROTO ? MSG_CONF_PASSPHRASE : MSG_CONF_SEALED, "");
	else if (c->secrets)
		take_lines(&r, c->secrets, c->secrets_n);

	return c->wrongs ? EINVAL : 0;
}

/** Tell that a passphrase is missing */
void conf_no_passphrase(const struct conf *c, conf_wrong_h *wrong_, void *arg)
{
	struct notice m;

	notice_start(&m, MSG_CONF_NO_PASSPHRASE, EINVAL, "");
	wrong_(c->sealed_line, &m, arg);
}

/** The values of the file, borrowed from it */
const struct gap_value *conf_values(const struct conf *c, size_t *n)
{
	*n = c->n;

	return c->value;
}

/** Where a setting stands, 0 = nowhere */
unsigned conf_line(const struct conf *c, const char *key)
{
	const struct setting *row = settings_find(key);

	return row ? c->line[row - settings_table] : 0;
}

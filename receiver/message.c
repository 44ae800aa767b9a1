/**
 * @file message.c  Reads an alarm's MESSAGE and its From (SUP-02, SUP-10; manual §3.3.22.1-3)
 *
 * Reading is lenient: blanks and line ends anywhere between words, fields in any order, names in
 * any case, further fields ignored, a semicolon at the end allowed.  It is strict about what an
 * alarm must say: identity, product and alerte, each once, in digits.
 */
#include <errno.h>
#include <string.h>
#include "core/door/text.h"
#include "message.h"

#define NAME_MAX_LEN 16

/** A piece of the body, not zero-ended */
struct piece {
	const char *s;
	size_t n;
};

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct piece trim(struct piece p)
{
	while (p.n && blank(p.s[0])) {
		++p.s;
		--p.n;
	}
	while (p.n && blank(p.s[p.n - 1]))
		--p.n;

	return p;
}

/** Cut off what stands before the first c, and c itself; false = there is none, all is cut off */
static bool cut(struct piece *head, struct piece *rest, char c)
{
	const char *p = rest->n ? memchr(rest->s, c, rest->n) : NULL;

	head->s = rest->s;
	head->n = p ? (size_t)(p - rest->s) : rest->n;
	rest->s += p ? head->n + 1 : head->n;
	rest->n -= p ? head->n + 1 : head->n;

	return p;
}

static bool digits(struct piece p, size_t max)
{
	size_t i;

	for (i = 0; i < p.n; i++)
		if (p.s[i] < '0' || p.s[i] > '9')
			return false;

	return p.n >= 1 && p.n <= max;
}

static bool number(unsigned *v, struct piece p)
{
	size_t i;

	if (!digits(p, 3))
		return false;
	*v = 0;
	for (i = 0; i < p.n; i++)
		*v = *v * 10 + (unsigned)(p.s[i] - '0');

	return true;
}

enum field { FIELD_IDENTITY, FIELD_PRODUCT, FIELD_ALERTE, FIELDS };

static enum field field_of(struct piece name)
{
	static const char *const known[FIELDS] = {"identity", "product", "alerte"};
	char word[NAME_MAX_LEN] = "";
	unsigned i;

	if (name.n >= sizeof(word))
		return FIELDS;
	memcpy(word, name.s, name.n);
	for (i = 0; i < FIELDS; i++)
		if (strlen(known[i]) == name.n && text_same(word, known[i]))
			break;

	return (enum field)i;
}

static bool store(struct message *m, enum field f, struct piece value)
{
	if (f == FIELD_PRODUCT)
		return number(&m->product, value);
	if (f == FIELD_ALERTE)
		return number(&m->alerte, value);
	if (!digits(value, sizeof(m->identity) - 1))
		return false;
	memcpy(m->identity, value.s, value.n);
	m->identity[value.n] = '\0';

	return true;
}

/** One "name = value"; seen[]: what was read so far */
static bool read_field(struct message *m, bool seen[FIELDS], struct piece p)
{
	struct piece name;
	enum field f;

	if (!cut(&name, &p, '='))
		return false;
	f = field_of(trim(name));
	if (f == FIELDS)
		return true;
	if (seen[f])
		return false;
	seen[f] = true;

	return store(m, f, trim(p));
}

/**
 * Read the body of an alarm's MESSAGE.
 *
 * @param m    Written on success
 * @param body Text, n bytes, need not end with a zero; bytes of any value
 * @param n    Its length
 *
 * @return 0, EBADMSG
 *
 * Source: manual §3.3.22.2 and 3, SUP-10.
 */
int message_parse(struct message *m, const char *body, size_t n)
{
	struct piece rest = {body, n}, part;
	struct message out = {.product = 0};
	bool seen[FIELDS] = {false}, more = true;

	while (more) {
		more = cut(&part, &rest, ';');
		part = trim(part);
		if (part.n ? !read_field(&out, seen, part) : more)
			return EBADMSG;
	}
	if (!seen[FIELD_IDENTITY] || !seen[FIELD_PRODUCT] || !seen[FIELD_ALERTE])
		return EBADMSG;
	*m = out;

	return 0;
}

static void copy(char *out, size_t size, struct piece p)
{
	struct text t;

	text_start(&t, out, size);
	text_mem(&t, p.s, p.n);
}

/**
 * Split the user part of a From at its first `_`.
 *
 * @param f   Written; what is too long is cut
 * @param uri "sip:123456789_bouton_appel@host", parameters and all; a URI without user gives ""
 *
 * Source: manual §3.3.22.1, SUP-02.
 */
void message_from(struct message_from *f, const char *uri)
{
	struct piece rest = {uri, strcspn(uri, ">")}, user, word;
	const bool has_user = cut(&user, &rest, '@');

	f->identity[0] = f->reason[0] = '\0';
	if (!has_user)
		return;
	if (!cut(&word, &user, ':'))
		user = word;
	(void)cut(&word, &user, '_');
	copy(f->identity, sizeof(f->identity), word);
	copy(f->reason, sizeof(f->reason), user);
}

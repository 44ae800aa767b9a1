/**
 * @file book_contact.c  One contact of the book: its columns, what they accept, how it is called (CON-01)
 *
 *     number      101, 192.168.0.22, user@host, sip:user@host      kept as 101 or sip:...
 *     account     1, 2, 3, or empty: the first active one
 *     surname     up to 64 bytes of text
 *     first_name  up to 64 bytes of text
 *     p2p         yes or no: a rescue contact, called without the PBX
 *     dtmf        auto, required, off, or empty: as sup.dtmf says
 */
#include <errno.h>
#include <string.h>
#include "../door/text.h"
#include "book.h"

enum { NUMBER, ACCOUNT, SURNAME, FIRST_NAME, P2P, DTMF };

/** The first name is written; the others are read too: the manual is French */
static const char *const column_names[BOOK_COLUMNS][5] = {
	[NUMBER]     = {"number", "numero", "numéro"},
	[ACCOUNT]    = {"account", "compte", "proxy"},
	[SURNAME]    = {"surname", "nom"},
	[FIRST_NAME] = {"first_name", "prenom", "prénom"},
	[P2P]        = {"p2p"},
	[DTMF]       = {"dtmf"},
};

struct word {
	const char *text;
	int value;
};

/* The first word of a value is the one that is written */
static const struct word accounts[] = {{"", 0}, {"1", 1}, {"2", 2}, {"3", 3}, {NULL, 0}};
static const struct word flags[] = {
	{"no", 0}, {"yes", 1}, {"", 0}, {"non", 0}, {"oui", 1}, {"0", 0}, {"1", 1}, {NULL, 0}
};
static const struct word protocols[] = {
	{"", -1}, {"auto", DTMF_PROTOCOL_AUTO}, {"required", DTMF_PROTOCOL_REQUIRED}, {"off", DTMF_PROTOCOL_OFF}, {NULL, 0}
};

/** Name of a column as it is written, NULL behind the last */
const char *book_column(unsigned i)
{
	return i < BOOK_COLUMNS ? column_names[i][0] : NULL;
}

static bool named(const char *word, const char *name, size_t n)
{
	char copy[16] = "";

	if (strlen(word) != n || n >= sizeof(copy))
		return false;
	memcpy(copy, name, n);

	return text_same(copy, word);
}

/** Column of a name, in any case, in English or French; -1 where there is none */
int book_column_find(const char *name, size_t n)
{
	int i, k;

	for (i = 0; i < BOOK_COLUMNS; i++)
		for (k = 0; column_names[i][k]; k++)
			if (named(column_names[i][k], name, n))
				return i;

	return -1;
}

static int word_value(int *v, const struct word *words, const char *s, size_t n)
{
	for (; words->text; words++) {
		if (!named(words->text, s, n))
			continue;
		*v = words->value;
		return 0;
	}

	return EINVAL;
}

static const char *word_text(const struct word *words, int v)
{
	while (words->text && words->value != v)
		words++;

	return words->text ? words->text : "";
}

/* Why s[n] is no text, NULL where it is one */
static const char *text_fault(const char *s, size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i += len) {
		len = text_utf8(s + i, n - i);
		if (!len)
			return "it is not UTF-8; save the file as \"CSV UTF-8\"";
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f ||
		    ((unsigned char)s[i] == 0xc2 && (unsigned char)s[i + 1] < 0xa0))
			return "it holds a line break or another control character; write it on one line";
	}

	return NULL;
}

static int set_text(char *to, size_t size, const char *s, size_t n, const char *too_long, const char **why)
{
	*why = n >= size ? too_long : text_fault(s, n);
	if (*why)
		return EINVAL;
	memset(to, 0, size);
	memcpy(to, s, n);

	return 0;
}

/** An empty contact, of no account and no say about DTMF */
void book_contact_init(struct book_contact *c)
{
	*c = (struct book_contact) {.dtmf = -1};
}

/**
 * Give a column its value; book_contact_check() looks at the whole.
 *
 * @param c      Contact
 * @param column 0 .. BOOK_COLUMNS - 1
 * @param text   Value, not zero-ended
 * @param n      Its length
 * @param why    Written on failure: what is wrong and what would be right (static)
 *
 * @return 0, EINVAL
 */
int book_column_set(struct book_contact *c, unsigned column, const char *text, size_t n, const char **why)
{
	static const char long_number[] = "it is longer than 127 bytes; shorten it";
	static const char long_name[] = "it is longer than 64 bytes; shorten it";
	int v;

	switch (column) {
	case NUMBER:
		return set_text(c->number, sizeof(c->number), text, n, long_number, why);
	case SURNAME:
		return set_text(c->surname, sizeof(c->surname), text, n, long_name, why);
	case FIRST_NAME:
		return set_text(c->first_name, sizeof(c->first_name), text, n, long_name, why);
	case ACCOUNT:
		*why = "accepted: 1, 2, 3, or empty for the first active one";
		return word_value(&c->account, accounts, text, n);
	case P2P:
		*why = "accepted: yes, no";
		if (word_value(&v, flags, text, n))
			return EINVAL;
		c->p2p = v;
		return 0;
	case DTMF:
		*why = "accepted: auto, required, off, or empty for what sup.dtmf says";
		return word_value(&c->dtmf, protocols, text, n);
	default:
		*why = "there is no such column";
		return EINVAL;
	}
}

/** Value of a column as text; reading it in again gives the same contact */
void book_column_get(char text[SETTINGS_URI], const struct book_contact *c, unsigned column)
{
	const char *s = "";

	switch (column) {
	case NUMBER:     s = c->number; break;
	case SURNAME:    s = c->surname; break;
	case FIRST_NAME: s = c->first_name; break;
	case ACCOUNT:    s = word_text(accounts, c->account); break;
	case P2P:        s = word_text(flags, c->p2p); break;
	case DTMF:       s = word_text(protocols, c->dtmf); break;
	default:         break;
	}
	str_ncpy(text, s, SETTINGS_URI);
}

/**
 * A contact as the lists of the settings write it (contact.h).
 *
 * @param text Written
 * @param c    Contact
 *
 * @return 0, EOVERFLOW
 */
int book_contact_text(char text[SETTINGS_URI], const struct book_contact *c)
{
	struct text t;

	text_start(&t, text, SETTINGS_URI);
	text_str(&t, c->number);
	if (c->account) {
		text_str(&t, ";account=");
		text_int(&t, c->account);
	}
	if (c->p2p)
		text_str(&t, ";p2p");
	if (c->dtmf >= 0) {
		text_str(&t, ";dtmf=");
		text_str(&t, word_text(protocols, c->dtmf));
	}

	return t.cut ? EOVERFLOW : 0;
}

/* Names come from callers in C too */
static int check_names(struct book_contact *c, const char **column, const char **why)
{
	char *const name[] = {c->surname, c->first_name};
	unsigned i;

	for (i = 0; i < 2; i++) {
		*column = book_column(SURNAME + i);
		*why = memchr(name[i], 0, BOOK_NAME) ? text_fault(name[i], strlen(name[i]))
						      : "it is longer than 64 bytes; shorten it";
		if (*why)
			return EINVAL;
	}

	return 0;
}

static int check_number(struct book_contact *c, const char **why)
{
	char text[SETTINGS_URI];
	struct contact_params p;
	enum notice_id id;

	*why = "it is empty; accepted: 101, 192.168.0.22, user@host, sip:user@host";
	if (!memchr(c->number, 0, sizeof(c->number)) || !c->number[0])
		return EINVAL;
	if (contact_params(&p, c->number, strlen(c->number), &id) != strlen(c->number) || id) {
		*why = "account, p2p and dtmf have columns of their own; leave ;account=, ;p2p and ;dtmf= out";
		return EINVAL;
	}
	*why = "with its account, p2p and dtmf it is too long; shorten it";
	if (book_contact_text(text, c) || contact_write(text, text, strlen(text), why))
		return EINVAL;
	memset(c->number, 0, sizeof(c->number));
	memcpy(c->number, text, contact_params(&p, text, strlen(text), &id));

	return 0;
}

/**
 * Check a contact as a whole, and write its number as it is kept: sip: before an address.
 *
 * @param c      Contact
 * @param column Written on failure: where (static)
 * @param why    Written on failure: what is wrong and what would be right (static)
 *
 * @return 0, EINVAL
 *
 * Source: CON-01.  Whether its account is active shows when a list calls it (settings_check()).
 */
int book_contact_check(struct book_contact *c, const char **column, const char **why)
{
	*column = book_column(ACCOUNT);
	*why = "accepted: 1, 2, 3, or empty for the first active one";
	if (c->account < 0 || c->account > SETTINGS_ACCOUNTS)
		return EINVAL;
	*column = book_column(DTMF);
	*why = "accepted: auto, required, off, or empty for what sup.dtmf says";
	if (c->dtmf < -1 || c->dtmf > DTMF_PROTOCOL_OFF)
		return EINVAL;
	*column = book_column(P2P);
	*why = "a rescue contact is called without an account; leave account empty, or p2p=no";
	if (c->p2p && c->account)
		return EINVAL;
	if (check_names(c, column, why))
		return EINVAL;
	*column = book_column(NUMBER);

	return check_number(c, why);
}

/** Do two contacts call the same, the same way? Names do not count. */
bool book_contact_same(const struct book_contact *a, const struct book_contact *b)
{
	return a->account == b->account && a->p2p == b->p2p && a->dtmf == b->dtmf && !strcmp(a->number, b->number);
}

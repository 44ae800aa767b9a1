/**
 * @file run_contacts.c  The lines `contacts`, `call` and `answer` of `ipgap run` (CON-02, SIP-11)
 */
#include <errno.h>
#include <string.h>
#include "contacts.h"
#include "run.h"

#define WORDS 32

static void list(struct run *r)
{
	const struct book *b = vdoor_book(r->door);
	struct mbuf *mb = mbuf_alloc(4096);
	char text[512];
	unsigned i;

	if (r->args.json && mb && !mbuf_write_str(mb, "{\"ok\":true,") && !contacts_json(mb, b) &&
	    !mbuf_write_str(mb, "}"))
		say_mbuf(r, mb);
	for (i = 1; !r->args.json && i <= book_count(b); i++) {
		contacts_row(text, sizeof(text), b, i);
		say_line(r, text);
	}
	if (!r->args.json)
		say_ok(r, "%u contacts, version %llu", book_count(b), book_version(b));
	mem_deref(mb);
}

static int change(struct run *r, const struct contacts_request *q, char *err, size_t errsize)
{
	struct contacts_edit ce;
	int e = contacts_prepare(&ce, q, vdoor_book(r->door), err, errsize);

	e = e ? e : vdoor_book_edit(r->door, &ce.edit, err, errsize);
	mem_deref(ce.csv);

	return e;
}

/* Standard input and output are the lines' own, and the directory is the run's */
static int fits(const struct contacts_request *q, char *err, size_t errsize)
{
	const bool file = q->verb == CONTACTS_IMPORT || q->verb == CONTACTS_EXPORT;

	if (file && (!q->file || !strcmp(q->file, "-")))
		(void)re_snprintf(err, errsize, "a file is missing; accepted: contacts import|export FILE.csv");
	else if (q->data)
		(void)re_snprintf(err, errsize, "--data is for `ipgap contacts`; this door has its directory");
	else
		return 0;

	return EINVAL;
}

/** Do what the words behind `contacts` say, and answer */
void run_contacts(struct run *r, const char *words)
{
	char err[RUN_ERR] = "", line[LINE_BYTES + 1], text[128], *argv[WORDS];
	struct contacts_request q;
	int n, e;

	str_ncpy(line, words, sizeof(line));
	n = contacts_split(argv, WORDS, line, err, sizeof(err));
	e = n < 0 ? EINVAL : contacts_parse(&q, n, argv, err, sizeof(err));
	e = e ? e : fits(&q, err, sizeof(err));
	if (!e && q.verb == CONTACTS_LIST) {
		list(r);
		return;
	}
	if (!e)
		e = q.verb == CONTACTS_EXPORT ? contacts_export(&q, vdoor_book(r->door), err, sizeof(err))
					      : change(r, &q, err, sizeof(err));
	if (e) {
		say_error(r, "%s", err);
		return;
	}
	contacts_done(text, sizeof(text), &q, vdoor_book(r->door));
	say_ok(r, "%s", text);
}

static const char *call_error(int e)
{
	switch (e) {
	case EINVAL:  return "this is no contact; accepted: a place in the book (4), or an address (192.168.0.22)";
	case ENOENT:  return "there is no such contact, or its account is not active; `contacts` lists the book";
	case EBUSY:   return "the line is not free; `state` shows what the door does, `hangup` ends it";
	case ENOTSUP: return "there is no LDAP directory; accepted: liste, libre";
	default:      return "the door does not take it now; try again";
	}
}

/** Call "[liste|ldap|libre] ID"; without a table: digits are a place in the book, all else an address */
void run_call(struct run *r, const char *words)
{
	const size_t n = strcspn(words, " ");
	char table[8] = "";
	int e;

	if (words[n] && n < sizeof(table)) {
		memcpy(table, words, n);
		words += n + 1;
	}
	if (strcmp(table, "liste") && strcmp(table, "ldap") && strcmp(table, "libre")) {
		words = table[0] ? words - n - 1 : words;
		str_ncpy(table, words[strspn(words, "0123456789")] && !strchr(words, '[') ? "libre" : "liste",
			 sizeof(table));
	}
	e = gap_voip_call(vdoor_gap(r->door), table, words);
	if (e)
		say_error(r, "%s", call_error(e));
	else
		say_ok(r, "call");
}

/** Answer the incoming call */
void run_answer(struct run *r)
{
	const int e = gap_voip_answer(vdoor_gap(r->door));

	if (e)
		say_error(r, "%s", e == EBUSY ? "there is no call to answer; `state` shows what the door does"
					      : call_error(e));
	else
		say_ok(r, "answer");
}

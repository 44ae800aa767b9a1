/**
 * @file record_vcd.c  Edges as a value change dump, IEEE 1364-2005 clause 18
 *
 * One variable a signal, x until its first edge; one scope a host.  Time 0 is the scenario's start;
 * an edge before it is drawn there.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include "record_priv.h"

#define CODE_FIRST 33           /* '!' */
#define CODE_COUNT 94           /* to '~' */

struct signal {
	struct le le, by_name;
	const char *name;       /* whole, borrowed */
	unsigned index;
	bool declared;
};

struct vcd {
	FILE *f;
	struct list signals;    /* in order of their first edge */
	struct hash *names;
};


static bool same_name(struct le *le, void *arg)
{
	const struct signal *s = le->data;

	return !strcmp(s->name, arg);
}


static struct signal *find(const struct vcd *v, const char *name)
{
	struct le *le = hash_lookup(v->names, hash_joaat_str(name), same_name, (void *)name);

	return le ? le->data : NULL;
}


static int collect(struct vcd *v, const struct rec_list *list)
{
	int err = hash_alloc(&v->names, 64);

	for (size_t i = 0; i < list->n && !err; i++) {
		const char *name = (const char *)list->v[i]->data;
		struct signal *s;

		if (list->v[i]->kind != REC_EDGE || find(v, name))
			continue;
		s = mem_zalloc(sizeof(*s), NULL);
		if (!s)
			return ENOMEM;
		s->name = name;
		s->index = list_count(&v->signals);
		hash_append(v->names, hash_joaat_str(name), &s->by_name, s);
		list_append(&v->signals, &s->le, s);
	}

	return err;
}


/* Identifier code: as few printable characters as the index needs */
static const char *code(unsigned index, char buf[8])
{
	size_t n = 0;

	do {
		buf[n++] = (char)(CODE_FIRST + index % CODE_COUNT);
		index /= CODE_COUNT;
	} while (index && n < 7);

	buf[n] = '\0';
	return buf;
}


static size_t scope_len(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? (size_t)(dot - name) : 0;
}


/* A name as an identifier: letters, digits, _ and $, not beginning with a digit */
static void identifier(FILE *f, const char *p, size_t n)
{
	if (!n || isdigit((uint8_t)*p))
		(void)fputc('_', f);
	for (; n; n--, p++)
		(void)fputc(isalnum((uint8_t)*p) || *p == '_' || *p == '$' ? *p : '_', f);
}


static void declare(struct vcd *v, struct signal *s)
{
	const size_t n = scope_len(s->name);
	const char *name = s->name + n + (n ? 1 : 0);
	char id[8];

	(void)fprintf(v->f, "$var wire 1 %s ", code(s->index, id));
	identifier(v->f, name, strlen(name));
	(void)fputs(" $end\n", v->f);
	s->declared = true;
}


/* A scope and all its signals, the first of which is at le */
static void scope(struct vcd *v, struct le *le)
{
	const struct signal *first = le->data;
	const size_t n = scope_len(first->name);

	(void)fputs("$scope module ", v->f);
	identifier(v->f, n ? first->name : "signals", n ? n : 7);
	(void)fputs(" $end\n", v->f);

	for (; le; le = le->next) {
		struct signal *s = le->data;

		if (scope_len(s->name) == n && !memcmp(s->name, first->name, n))
			declare(v, s);
	}

	(void)fputs("$upscope $end\n", v->f);
}


static void head(struct vcd *v, const struct rec_list *list, const char *title)
{
	const time_t t = (time_t)(list->start_us / 1000000);
	char date[32] = "", text[200];
	struct tm tm;
	struct le *le;
	char *dollar;

	if (gmtime_r(&t, &tm))
		(void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	(void)rec_clean(text, sizeof(text), title, strlen(title));
	while ((dollar = strchr(text, '$')))    /* "$end" would end the comment */
		*dollar = '_';

	(void)fprintf(v->f, "$date %s UTC $end\n$version ipgap $end\n$comment %s $end\n"
		      "$timescale 1 us $end\n", date, text);
	for (le = list_head(&v->signals); le; le = le->next) {
		if (!((struct signal *)le->data)->declared)
			scope(v, le);
	}
	(void)fputs("$enddefinitions $end\n", v->f);
}


static void changes(struct vcd *v, const struct rec_list *list)
{
	int64_t now = 0, t;
	struct le *le;
	char id[8];

	(void)fputs("#0\n$dumpvars\n", v->f);
	for (le = list_head(&v->signals); le; le = le->next)
		(void)fprintf(v->f, "x%s\n", code(((struct signal *)le->data)->index, id));
	(void)fputs("$end\n", v->f);

	for (size_t i = 0; i < list->n; i++) {
		const struct rec_item *it = list->v[i];

		t = it->wall_us - list->start_us;
		if (t > now && (it->kind == REC_EDGE || i + 1 == list->n)) {
			now = t;
			(void)fprintf(v->f, "#%lld\n", (long long)now);
		}
		if (it->kind == REC_EDGE)
			(void)fprintf(v->f, "%d%s\n", it->flag,
				      code(find(v, (const char *)it->data)->index, id));
	}
}


/* Write relays.vcd: edges, and the time of the last item so that the picture reaches to the end */
int rec_vcd_file(const struct rec_list *list, FILE *f, const char *title)
{
	struct vcd v = {.f = f};
	int err = collect(&v, list);

	if (!err) {
		head(&v, list, title);
		changes(&v, list);
	}

	if (v.names)
		hash_clear(v.names);
	mem_deref(v.names);
	list_flush(&v.signals);
	return err;
}

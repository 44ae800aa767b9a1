/**
 * @file live.c  The live story's drawing: columns, arrows, notes (see live.h)
 *
 *           door                              resident
 *      1.27 ●  the button was pressed         │
 *      1.28 │─ INVITE 123456789_bouton_appel ▶│
 *      2.05 ●  hears xxxx
 *      9.30 ●  RELAY 1 OFF, held 5.000 s      │
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../core/door/text.h"
#include "live_priv.h"

#define LEFT 10                         /* first column */
#define RIGHT 21                        /* room behind the last one */
#define HEARS "hears "

/* Line drawing, in UTF-8 and where the locale has none */
enum art { ART_LIFE, ART_NOTE, ART_DASH, ART_RIGHT, ART_LEFT, ART_TITLE, ARTS };
static const char *const arts[2][ARTS] = {
	{"|", "*", "-", ">", "<", "="},
	{"│", "●", "─", "▶", "◀", "━"},
};

static const char *art(const struct live *l, enum art a)
{
	return arts[l->utf8][a];
}

static int column(const struct live *l, const struct live_host *h)
{
	const int n = (int)l->hosts, gap = n > 1 ? (LIVE_WIDTH - LEFT - RIGHT) / (n - 1) : 0;

	return LEFT + (int)(h - l->host) * gap;
}

/* --- cells --- */

static size_t put_cell(struct live *l, int x, const char *text, enum live_paint p)
{
	size_t n = text_utf8(text, strlen(text));

	n = n ? n : 1;
	if (x >= 0 && x < LIVE_WIDTH) {
		memcpy(l->cell[x].ch, text, n);
		l->cell[x].ch[n] = '\0';
		l->cell[x].paint = (uint8_t)p;
	}

	return n;
}

static int put(struct live *l, int x, const char *text, enum live_paint p)
{
	while (*text && x < LIVE_WIDTH)
		text += put_cell(l, x++, text, p);

	return x;
}

static int width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((uint8_t)*text & 0xc0) != 0x80;

	return n;
}

static void out(const struct live *l)
{
	static const char *const code[PAINTS] = {
		[PAINT_PLAIN] = "\033[0m", [PAINT_DIM] = "\033[0;2m", [PAINT_SIP] = "\033[0;36m",
		[PAINT_GOOD] = "\033[0;32m", [PAINT_BAD] = "\033[0;31m", [PAINT_STRONG] = "\033[0;1;33m",
	};
	int i, end = LIVE_WIDTH, paint = PAINT_PLAIN;

	while (end && !strcmp(l->cell[end - 1].ch, " "))
		--end;
	for (i = 0; i < end; i++) {
		if (l->colours && l->cell[i].paint != paint)
			(void)fputs(code[l->cell[i].paint], stdout);
		paint = l->cell[i].paint;
		(void)fputs(l->cell[i].ch, stdout);
	}
	if (l->colours && paint != PAINT_PLAIN)
		(void)fputs(code[PAINT_PLAIN], stdout);
}

static void blank(struct live *l)
{
	int i;

	for (i = 0; i < LIVE_WIDTH; i++)
		(void)put_cell(l, i, " ", PAINT_PLAIN);
}

static void end_line(struct live *l)
{
	(void)putchar('\n');
	(void)fflush(stdout);
	l->digits = NULL;
}

/** An open line of digits ends, and new hosts get a header */
static void settle(struct live *l)
{
	unsigned i;

	if (l->digits)
		end_line(l);
	if (l->shown == l->hosts)
		return;
	l->shown = l->hosts;
	blank(l);
	for (i = 0; i < l->hosts; i++)
		(void)put(l, column(l, &l->host[i]), l->host[i].name, PAINT_STRONG);
	out(l);
	end_line(l);
}

static void lifelines(struct live *l, uint64_t t_us)
{
	char text[24];
	unsigned i;

	settle(l);
	blank(l);
	(void)snprintf(text, sizeof(text), "%8.2f", (double)t_us / 1e6);
	(void)put(l, 0, text, PAINT_DIM);
	for (i = 0; i < l->hosts; i++)
		(void)put(l, column(l, &l->host[i]), art(l, ART_LIFE), PAINT_DIM);
}

/* --- lines --- */

/** Something that happened at a host */
void live_note(struct live *l, uint64_t t_us, const struct live_host *h, const char *text, enum live_paint p)
{
	const int n = width(text);
	int x = column(l, h);

	lifelines(l, t_us);
	(void)put(l, x, art(l, ART_NOTE), p);
	x = x + 3 + n > LIVE_WIDTH && n + 3 <= x - LEFT ? x - 2 - n : x + 3;
	(void)put(l, x, text, p);
	out(l);
	end_line(l);
}

/** A digit heard; those of one host follow each other on one line, with nothing behind it */
void live_digit(struct live *l, uint64_t t_us, const struct live_host *h, char digit)
{
	if (l->digits != h || l->open >= LIVE_WIDTH) {
		int x = column(l, h), i;

		lifelines(l, t_us);
		(void)put(l, x, art(l, ART_NOTE), PAINT_PLAIN);
		for (i = put(l, x + 3, HEARS, PAINT_PLAIN); i < LIVE_WIDTH; i++)
			(void)put_cell(l, i, " ", PAINT_PLAIN);
		out(l);
		(void)putchar(' ');
		l->digits = h;
		l->open = (unsigned)(x + 3) + sizeof(HEARS) - 1;
	}
	(void)putchar(digit);
	(void)fflush(stdout);
	l->open++;
}

/** A remark of the script: a heading of the story; one that begins with a blank is text below it */
void live_title(struct live *l, const char *text)
{
	const bool heading = text[0] != ' ';
	int x = 0;

	if (l->digits)
		end_line(l);
	if (heading)
		(void)putchar('\n');
	blank(l);
	while (heading && x < 2)
		x = put(l, x, art(l, ART_TITLE), PAINT_STRONG);
	(void)put(l, x + 1, text, heading ? PAINT_STRONG : PAINT_PLAIN);
	out(l);
	end_line(l);
}

/** A label of at most `room` characters, with blanks around; what is cut ends in dots */
static void cut(char *label, size_t size, const char *text, int room)
{
	const int n = (int)strlen(text);

	if (n <= room)
		(void)snprintf(label, size, " %.*s ", n, text);
	else
		(void)snprintf(label, size, " %.*s.. ", room > 2 ? room - 2 : 0, text);
}

/** A message from one host to another */
void live_arrow(struct live *l, uint64_t t_us, const struct live_host *from, const struct live_host *to,
		const char *text)
{
	const int a = column(l, from), b = column(l, to);
	const int lo = a < b ? a + 1 : b + 1, hi = a < b ? b - 1 : a - 1;
	const int room = hi - lo - 3;
	char label[LIVE_TEXT];
	int i;

	lifelines(l, t_us);
	for (i = lo; i <= hi; i++)
		(void)put(l, i, art(l, ART_DASH), PAINT_SIP);
	(void)put(l, a < b ? hi : lo, art(l, a < b ? ART_RIGHT : ART_LEFT), PAINT_SIP);
	cut(label, sizeof(label), text, room);
	(void)put(l, a < b ? lo + 1 : hi - width(label), label, PAINT_SIP);
	out(l);
	end_line(l);
}

/* --- life --- */

static void destructor(void *arg)
{
	struct live *l = arg;

	if (l->digits)
		end_line(l);
}

/**
 * Begin a story on standard output.
 *
 * @param lp Written on success
 *
 * @return 0, ENOMEM
 */
int live_alloc(struct live **lp)
{
	struct live *l = mem_zalloc(sizeof(*l), destructor);

	if (!l)
		return ENOMEM;
	(void)setlocale(LC_CTYPE, "");
	l->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	l->colours = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	*lp = l;

	return 0;
}

/** A host gets a column; those beyond LIVE_HOSTS are not shown */
void live_host(struct live *l, const struct sa *addr, const char *name)
{
	struct live_host *h = &l->host[l->hosts];

	if (l->hosts == LIVE_HOSTS)
		return;
	str_ncpy(h->name, name, sizeof(h->name));
	h->addr = *addr;
	l->hosts++;
}

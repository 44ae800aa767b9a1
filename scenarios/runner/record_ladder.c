/**
 * @file record_ladder.c  The ladder as text, 120 columns
 *
 *        s.mmm   door                                     centre
 *        0.000   |                                          |
 *        0.000   |------- INVITE (SDP)  CSeq 1 ------------>|
 *        0.001   |<------ 100 Trying  CSeq 1 INVITE --------|
 *        0.412   |* call_ringing call=1 code=180            |
 *        0.900   |--- INVITE (SDP)  CSeq 1 (lost) ---x      |
 *
 * A line is built of code points, so that a name with an accent takes one place.
 */
#include <errno.h>
#include <string.h>
#include "../../core/door/text.h"
#include "record_priv.h"

#define WIDTH 120
#define LEFT 12                 /* first lifeline */
#define RIGHT 24                /* room kept behind the last one, for notes */
#define GAP_MAX 44
#define COLS_MAX 8              /* more hosts share the last column */
#define LABEL 320

struct sheet {
	uint32_t cell[WIDTH];
	int cols, gap;
	bool others;            /* the last column stands for several hosts */
	const struct rec_ladder *l;
	rec_print_h *print;
	void *arg;
};


static int column(const struct sheet *s, int col)
{
	return col < s->cols ? col : s->cols - 1;
}


static int at(const struct sheet *s, int col)
{
	return LEFT + column(s, col) * s->gap;
}


static void wipe(struct sheet *s)
{
	for (int i = 0; i < WIDTH; i++)
		s->cell[i] = ' ';
}


static void lifelines(struct sheet *s)
{
	wipe(s);
	for (int c = 0; c < s->cols; c++)
		s->cell[at(s, c)] = '|';
}


/* Characters of a text */
static int width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((uint8_t)*text & 0xc0) != 0x80;
	return n;
}


/* Put text from x on, at most max characters; the rest of the text is returned */
static const char *put(struct sheet *s, int x, const char *text, int max)
{
	while (*text && max-- > 0 && x < WIDTH) {
		const size_t n = text_utf8(text, strlen(text));
		uint32_t c = (uint8_t)*text++;

		if (n > 1)
			c &= 0x7fu >> n;
		for (size_t i = 1; i < n; i++)
			c = c << 6 | ((uint8_t)*text++ & 0x3f);
		s->cell[x++] = c;
	}

	return text;
}


static void put_time(struct sheet *s, int64_t t_us)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%9.3f", (double)t_us / 1e6);
	(void)put(s, 0, text, LEFT - 2);
}


static size_t encode(char *p, uint32_t c)
{
	const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		p[i] = (char)(0x80 | (c & 0x3f));
	p[0] = (char)(n == 1 ? c : lead[n] | c);
	return n;
}


static int out(struct sheet *s)
{
	char line[WIDTH * 4 + 1];
	int end = WIDTH;
	size_t n = 0;

	while (end && s->cell[end - 1] == ' ')
		--end;
	for (int i = 0; i < end; i++)
		n += encode(&line[n], s->cell[i]);

	line[n] = '\0';
	return s->print(line, s->arg);
}


static int header(struct sheet *s)
{
	wipe(s);
	(void)put(s, 4, "s.mmm", 5);
	for (int c = 0; c < s->cols; c++) {
		const char *name = s->others && c == s->cols - 1 ? "(others)" : s->l->col[c];
		const int n = width(name), max = s->gap - 2;
		const int shown = n < max ? n : max;
		int x = at(s, c) - shown / 2;

		if (x + shown > WIDTH)
			x = WIDTH - shown;
		(void)put(s, x > LEFT - 2 ? x : LEFT - 2, name, shown);
	}
	return out(s);
}


/* A text over the lifelines, on as many lines as it needs, at most 6 */
static int wrapped(struct sheet *s, int64_t t_us, int x, const char *text)
{
	int err = 0, lines = 0;

	do {
		lifelines(s);
		if (!lines)
			put_time(s, t_us);
		text = put(s, x, text, WIDTH - x);
		err = out(s);
	} while (*text && ++lines < 6 && !err);

	return err;
}


static bool shared(const struct sheet *s, int col)
{
	return s->others && col >= s->cols - 1;
}


/* A note beside its lifeline: right of it, or left where there is more room */
static int note(struct sheet *s, const struct rec_row *row, const char *text)
{
	const int x = at(s, row->from), n = width(text);
	char line[LABEL + 240];
	const char *mark = row->kind == ROW_EDGE ? "=" : row->kind == ROW_EVENT ? "*" : "o";

	lifelines(s);
	put_time(s, row->t_us);
	if (x + 3 + n <= WIDTH) {
		(void)put(s, x + 1, mark, 1);
		(void)put(s, x + 3, text, n);
		return out(s);
	}
	if (x - 2 - n > LEFT) {
		(void)put(s, x - 1, mark, 1);
		(void)put(s, x - 2 - n, text, n);
		return out(s);
	}

	(void)re_snprintf(line, sizeof(line), "%s %s%s%s", mark,
			  shared(s, row->from) ? "" : s->l->col[row->from],
			  shared(s, row->from) ? "" : ": ", text);
	return wrapped(s, row->t_us, LEFT + 1, line);
}


static int wide_note(struct sheet *s, const struct rec_row *row, const char *text)
{
	char line[LABEL + 80], who[64] = "";

	if (row->kind == ROW_EVENT)
		(void)rec_clean(who, sizeof(who), row->item->data,
				strlen((const char *)row->item->data));
	(void)re_snprintf(line, sizeof(line), "== %s%s%s", who, who[0] ? ": " : "", text);
	return wrapped(s, row->t_us, LEFT, line);
}


/* The line of an arrow; a lost one ends in an x before it arrives.  Its room for a label: lo..hi */
static void shaft(struct sheet *s, const struct rec_row *row, int *lo, int *hi)
{
	const int a = at(s, row->from), b = at(s, row->to);
	const bool right = b > a, lost = rec_row_lost(row);
	const int cut = lost ? s->gap / 5 : 0;
	const int tip = right ? b - 1 - cut : b + 1 + cut;

	*lo = right ? a + 1 : tip + 1;
	*hi = right ? tip - 1 : a - 1;
	for (int i = *lo; i <= *hi; i++)
		s->cell[i] = row->kind == ROW_RTP ? '=' : '-';
	s->cell[tip] = lost ? 'x' : right ? '>' : '<';
}


static int arrow(struct sheet *s, const struct rec_row *row, const char *text)
{
	const int n = width(text);
	int lo, hi, x, err = 0;

	lifelines(s);
	put_time(s, row->t_us);
	shaft(s, row, &lo, &hi);
	if (hi - lo + 1 >= n + 6) {
		x = lo + (hi - lo + 1 - n) / 2;
		s->cell[x - 1] = s->cell[x + n] = ' ';
		(void)put(s, x, text, n);
		return out(s);
	}

	/* no room inside: the words first, the arrow below */
	lifelines(s);
	put_time(s, row->t_us);
	x = lo + 1 + n <= WIDTH ? lo + 1 : WIDTH - n;
	(void)put(s, x > LEFT + 1 ? x : LEFT + 1, text, n);
	err = out(s);
	if (err)
		return err;

	lifelines(s);
	shaft(s, row, &lo, &hi);
	return out(s);
}


/* The words of a row; where a column stands for several hosts, whose they are */
static void words(const struct sheet *s, const struct rec_row *row, char *buf, size_t size)
{
	const char *from = row->from < 0 ? "" : s->l->col[row->from];
	char text[LABEL];

	(void)rec_row_label(row, text, sizeof(text));
	if (!shared(s, row->from) && !shared(s, row->to))
		(void)str_ncpy(buf, text, size);
	else if (row->from == row->to)
		(void)re_snprintf(buf, size, "%s: %s", from, text);
	else
		(void)re_snprintf(buf, size, "%s -> %s: %s", from, s->l->col[row->to], text);
}


static int draw(struct sheet *s, const struct rec_row *row)
{
	char text[LABEL + 160];

	words(s, row, text, sizeof(text));
	if (row->from < 0)
		return wide_note(s, row, text);
	if (row->kind == ROW_EVENT || row->kind == ROW_EDGE || row->from == row->to)
		return note(s, row, text);
	if (at(s, row->from) != at(s, row->to))
		return arrow(s, row, text);
	return wrapped(s, row->t_us, LEFT + 1, text);
}


static int left_out(struct sheet *s, size_t n)
{
	char text[120];

	(void)snprintf(text, sizeof(text), "... %zu rows left out here: events.jsonl and"
		       " capture.pcapng have them ...", n);
	return s->print(text, s->arg);
}


/* Draw a ladder line by line, until print returns other than 0: that is then returned */
int rec_ladder_print(const struct rec_ladder *l, rec_print_h *print, void *arg)
{
	struct sheet s = {.l = l, .print = print, .arg = arg};
	int err;

	s.cols = l->cols < COLS_MAX ? l->cols : COLS_MAX;
	s.others = l->cols > COLS_MAX;
	s.gap = s.cols > 1 ? (WIDTH - LEFT - RIGHT) / (s.cols - 1) : GAP_MAX;
	if (s.gap > GAP_MAX)
		s.gap = GAP_MAX;

	err = header(&s);
	for (size_t i = 0; i < l->rows && !err; i++) {
		if (rec_row_shown(l, i))
			err = draw(&s, &l->row[i]);
		else if (i == REC_HEAD_ROWS)
			err = left_out(&s, l->rows - REC_HEAD_ROWS - REC_TAIL_ROWS);
	}

	return err;
}


/**
 * Draw the ladder as text
 *
 * @param r     Recorder
 * @param print Called once a line, up to 120 characters of UTF-8, no line end; other than 0 stops
 * @param arg   Its argument
 *
 * @return 0, EINVAL, ENOMEM, or what print returned
 *
 * Source: SCN-01.
 */
int record_ladder_text(const struct record *r, int (*print)(const char *line, void *arg), void *arg)
{
	struct rec_ladder *l = NULL;
	int err;

	if (!r || !print)
		return EINVAL;

	err = rec_ladder_alloc(&l, r);
	if (!err)
		err = rec_ladder_print(l, print, arg);

	mem_deref(l);
	return err;
}


static int print_file(const char *line, void *arg)
{
	(void)fprintf(arg, "%s\n", line);
	return 0;
}


int rec_ladder_file(const struct rec_ladder *l, FILE *f, const char *title, const char *verdict)
{
	(void)fprintf(f, "%s\nVerdict: %s\n\n", title, verdict);
	(void)fprintf(f, "Times are seconds since the start.  --> SIP and digits   ==> RTP,"
		      " many packets   --x lost on the way\n"
		      "* event of a host   = a line of it changed   == the scenario itself\n");
	if (l->dropped)
		(void)fprintf(f, "The oldest %llu RTP packets were not kept.\n",
			      (unsigned long long)l->dropped);
	(void)fputs("\n", f);
	return rec_ladder_print(l, print_file, f);
}

/**
 * @file run_line.c  The lines a person types to `ipgap run` (SIM-01, SIM-02): table and reading
 *
 * Nothing acts here: run_do.c does what a line says.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../core/door/door.h"
#include "../core/door/text.h"
#include "nearest.h"
#include "run_line.h"

#define PRESS_MS 300
#define PRESS_MIN_MS 50
#define PRESS_MAX_MS 3600000
#define EVENTS 10
#define EVENTS_MAX 10000
#define SHOWN 60                        /* bytes of a refused word repeated in its message */

/* A reader takes what stands behind the verb, without blanks around; it says what it refuses */
typedef int (read_h)(struct line *l, const char *arg, char *err, size_t errsize);

struct row {
	const char *name;
	read_h *read;
	struct line_help help;
};

static int refuse(char *err, size_t errsize, const char *value, const char *right)
{
	char shown[4 * SHOWN + 1];
	struct text t;

	text_start(&t, shown, sizeof(shown));
	text_escaped(&t, value, SHOWN);
	if (*value)
		(void)snprintf(err, errsize, "\"%s\" is not accepted; accepted: %s", shown, right);
	else
		(void)snprintf(err, errsize, "something is missing; accepted: %s", right);

	return EINVAL;
}

static int read_nothing(struct line *l, const char *arg, char *err, size_t errsize)
{
	(void)l;

	return *arg ? refuse(err, errsize, arg, "the word alone, nothing after it") : 0;
}

static int read_seconds(struct line *l, const char *arg, char *err, size_t errsize)
{
	char *end;
	double s;

	l->ms = PRESS_MS;
	if (!*arg)
		return 0;
	s = strtod(arg, &end);
	if (strspn(arg, "0123456789.") != strlen(arg) || *end ||
	    !(s * 1000 >= PRESS_MIN_MS && s * 1000 <= PRESS_MAX_MS))
		return refuse(err, errsize, arg, "press [0.05..3600 s], e.g. press 0.5");
	l->ms = (uint64_t)(s * 1000 + .5);

	return 0;
}

static bool level_of(const char *arg, bool *level)
{
	if (!strcmp(arg, "on") || !strcmp(arg, "off"))
		*level = arg[1] == 'n';
	else
		return false;

	return true;
}

static int read_level(struct line *l, const char *arg, char *err, size_t errsize)
{
	return level_of(arg, &l->level) ? 0 : refuse(err, errsize, arg, "on | off");
}

static int read_dip(struct line *l, const char *arg, char *err, size_t errsize)
{
	const bool digit = arg[0] >= '1' && arg[0] <= '4' && arg[1] == ' ';

	if (!digit || !level_of(arg + 1 + strspn(arg + 1, " "), &l->level))
		return refuse(err, errsize, arg, "dip 1..4 on | off, e.g. dip 1 on");
	l->number = (unsigned)(arg[0] - '0');

	return 0;
}

static int read_relay(struct line *l, const char *arg, char *err, size_t errsize)
{
	if ((arg[0] != '1' && arg[0] != '2') || arg[1])
		return refuse(err, errsize, arg, "open 1 | 2");
	l->number = (unsigned)(arg[0] - '0');

	return 0;
}

static int read_message(struct line *l, const char *arg, char *err, size_t errsize)
{
	enum announce a;

	if (announce_find(&a, arg))
		return refuse(err, errsize, arg, "say contact_unavailable | end_of_communication | network_fault | "
			      "call_in_progress | door_open | ip_address");
	l->number = a;

	return 0;
}

static int read_count(struct line *l, const char *arg, char *err, size_t errsize)
{
	const size_t n = strspn(arg, "0123456789");

	l->number = EVENTS;
	if (!*arg)
		return 0;
	l->number = n <= 5 && !arg[n] ? (unsigned)atoi(arg) : 0;

	if (!l->number || l->number > EVENTS_MAX)
		return refuse(err, errsize, arg, "events [1..10000]");

	return 0;
}

static int read_key(struct line *l, const char *arg, char *err, size_t errsize)
{
	if (!*arg || strchr(arg, ' '))
		return refuse(err, errsize, arg, "get KEY, e.g. get door.ring_s; see `settings`");
	memcpy(l->key, arg, strlen(arg) + 1);

	return 0;
}

/* "KEY VALUE" or "KEY=VALUE"; a value may be empty where the = says so */
static int read_key_value(struct line *l, const char *arg, char *err, size_t errsize)
{
	const size_t n = strcspn(arg, " =");
	const char *value = arg + n + strspn(arg + n, " ");

	if (!n || !arg[n])
		return refuse(err, errsize, arg, "set KEY VALUE, e.g. set door.ring_s 20; set KEY="
			      " for an empty one");
	if (*value == '=')
		value += 1 + strspn(value + 1, " ");
	memcpy(l->key, arg, n);
	l->key[n] = '\0';
	memcpy(l->text, value, strlen(value) + 1);

	return 0;
}

static int read_file(struct line *l, const char *arg, char *err, size_t errsize)
{
	if (!*arg)
		return refuse(err, errsize, arg, "shot FILE.png");
	memcpy(l->text, arg, strlen(arg) + 1);

	return 0;
}

/* "start", "stop", "state", "save FILE" */
static int read_trace(struct line *l, const char *arg, char *err, size_t errsize)
{
	const size_t n = strcspn(arg, " ");
	const char *file = arg + n + strspn(arg + n, " ");
	const bool save = n == 4 && !memcmp(arg, "save", 4);

	if (save ? !*file : strcmp(arg, "start") && strcmp(arg, "stop") && strcmp(arg, "state"))
		return refuse(err, errsize, arg, "trace start | stop | state | save FILE.pcapng | save FILE.txt");
	memcpy(l->key, arg, n);
	l->key[n] = '\0';
	memcpy(l->text, file, strlen(file) + 1);

	return 0;
}

static int read_words(struct line *l, const char *arg, char *err, size_t errsize)
{
	(void)err;
	(void)errsize;
	memcpy(l->text, arg, strlen(arg) + 1);

	return 0;
}

static int read_called(struct line *l, const char *arg, char *err, size_t errsize)
{
	return *arg ? read_words(l, arg, err, errsize)
		    : refuse(err, errsize, arg, "call N | ADDRESS, e.g. call 1 or call 192.168.0.22");
}

static const struct row rows[LINE_VERBS] = {
	[LINE_PRESS] = {"press", read_seconds,
		{"press [SECONDS]", "press the call button for 0.3 s, or that long"}},
	[LINE_HOLD] = {"hold", read_nothing, {"hold", "press the call button until `release`"}},
	[LINE_RELEASE] = {"release", read_nothing, {"release", "release the call button"}},
	[LINE_INPUT] = {"input", read_level, {"input on|off", "close or open the external input"}},
	[LINE_MAINS] = {"mains", read_level, {"mains on|off", "restore or cut the 24 V supply"}},
	[LINE_POE] = {"poe", read_level, {"poe on|off", "restore or cut Power over Ethernet"}},
	[LINE_LINK] = {"link", read_level, {"link on|off", "plug or unplug the network"}},
	[LINE_DIP] = {"dip", read_dip,
		{"dip N on|off", "turn DIP switch 1..4; the door reads it at its next start"}},
	[LINE_RESTART] = {"restart", read_nothing, {"restart", "restart the door"}},
	[LINE_SET] = {"set", read_key_value,
		{"set KEY VALUE", "change a setting; `ok` means that it is stored"}},
	[LINE_GET] = {"get", read_key, {"get KEY", "show a setting and what it accepts"}},
	[LINE_SETTINGS] = {"settings", read_nothing, {"settings", "show all settings"}},
	[LINE_DRAFT] = {"draft", read_words,
		{"draft [KEY=VALUE...]", "validate settings: kept, not in force; alone: show them"}},
	[LINE_APPLY] = {"apply", read_nothing, {"apply", "what was validated is in force"}},
	[LINE_DISCARD] = {"discard", read_nothing, {"discard", "forget what was validated"}},
	[LINE_CONTACTS] = {"contacts", read_words,
		{"contacts [...]", "the book: list, add, edit, move, remove, import, export; see"
		 " `ipgap contacts --help`"}},
	[LINE_CALL] = {"call", read_called, {"call N|ADDRESS", "call a contact of the book, or an address"}},
	[LINE_ANSWER] = {"answer", read_nothing, {"answer", "answer the incoming call"}},
	[LINE_HANGUP] = {"hangup", read_nothing, {"hangup", "end the call"}},
	[LINE_OPEN] = {"open", read_relay, {"open 1|2", "energise a strike, as a local command"}},
	[LINE_SAY] = {"say", read_message, {"say MESSAGE", "speak a voice message, e.g. say door_open"}},
	[LINE_SCAN] = {"scan", read_words,
		{"scan [RANGE|stop]", "look for SIP devices, e.g. scan 192.168.0.0/24; alone: what was found"}},
	[LINE_CLOCK] = {"clock", read_words,
		{"clock [DATE TIME]", "set the door's clock, e.g. clock 2026-07-01 12:00:00; alone: what it shows"}},
	[LINE_DIRECTORY] = {"directory", read_words,
		{"directory [read|TEXT]", "read the LDAP directory now; or what of it holds a text; alone: all of it, 20 at most"}},
	[LINE_STATE] = {"state", read_nothing, {"state", "what the door does, in one line"}},
	[LINE_EVENTS] = {"events", read_count, {"events [N]", "the last 10, or N, stored events"}},
	[LINE_TRACE] = {"trace", read_trace,
		{"trace start|stop|state", "record SIP and packets; `trace save FILE.pcapng` or `.txt` writes them"}},
	[LINE_SHOT] = {"shot", read_file, {"shot FILE.png", "save a picture of the door"}},
	[LINE_HELP] = {"help", read_nothing, {"help", "this list"}},
	[LINE_QUIT] = {"quit", read_nothing, {"quit", "hang up, release the relays, end"}},
};

/** Usage and help of a line, NULL behind the last */
const struct line_help *line_help(unsigned i)
{
	return i < LINE_VERBS ? &rows[i].help : NULL;
}

/** First word of a line, NULL behind the last */
const char *line_name(unsigned i)
{
	return i < LINE_VERBS ? rows[i].name : NULL;
}

static int unknown(const char *word, char *err, size_t errsize)
{
	const char *near = nearest_word(word, line_name);
	char shown[4 * SHOWN + 1];
	struct text t;

	text_start(&t, shown, sizeof(shown));
	text_escaped(&t, word, SHOWN);
	if (near)
		(void)snprintf(err, errsize, "there is no command \"%s\"; did you mean `%s`?", shown,
			       near);
	else
		(void)snprintf(err, errsize, "there is no command \"%s\"; `help` lists them",
			       shown);

	return ENOENT;
}

/* Copy without blanks around; a tab is a blank */
static void trim(char *to, const char *from)
{
	size_t n, i;

	from += strspn(from, " \t\r");
	n = strlen(from);
	while (n && strchr(" \t\r", from[n - 1]))
		--n;
	for (i = 0; i < n; i++)
		to[i] = (char)(from[i] == '\t' ? ' ' : from[i]);
	to[n] = '\0';
}

/**
 * Understand a line.
 *
 * @param l       Line, written on success
 * @param text    As typed, up to LINE_BYTES, blanks around it do not count
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0; ENODATA nothing to do (empty, or a remark behind #); ENOENT no such command; EINVAL
 */
int line_parse(struct line *l, const char *text, char *err, size_t errsize)
{
	char word[LINE_BYTES + 1], *arg;
	struct line got;
	unsigned i;
	int e;

	if (strlen(text) > LINE_BYTES)
		return refuse(err, errsize, text, "lines of up to 1000 bytes");
	trim(word, text);
	if (!word[0] || word[0] == '#')
		return ENODATA;
	arg = word + strcspn(word, " ");
	if (*arg)
		*arg++ = '\0';
	arg += strspn(arg, " ");

	for (i = 0; i < LINE_VERBS && strcmp(rows[i].name, word); i++)
		;
	if (i == LINE_VERBS)
		return unknown(word, err, errsize);
	memset(&got, 0, sizeof(got));
	got.verb = (enum line_verb)i;
	e = rows[i].read(&got, arg, err, errsize);
	if (!e)
		*l = got;

	return e;
}

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t' && c != '\r') || c == 0x7f;
}

static enum line_status finish(struct line_reader *r)
{
	r->ready = true;
	r->buf[r->n] = '\0';
	if (r->too_long)
		return LINE_TOO_LONG;

	return r->control ? LINE_CONTROL : LINE_READY;
}

/**
 * Add a byte.
 *
 * @param r Reader; after a whole line its buf is valid until the next byte
 * @param c Byte; '\n' ends a line
 *
 * @return LINE_MORE; LINE_READY: buf is a line; LINE_TOO_LONG: it had more than LINE_BYTES and is
 *         lost; LINE_CONTROL: it had the control character r->control and is lost
 */
enum line_status line_byte(struct line_reader *r, char c)
{
	if (r->ready)
		memset(r, 0, sizeof(*r));
	if (c == '\n')
		return finish(r);
	if (is_control(c) && !r->control)
		r->control = (unsigned char)c ? (unsigned char)c : 0x100;
	if (r->n < LINE_BYTES)
		r->buf[r->n++] = c;
	else
		r->too_long = true;

	return LINE_MORE;
}

/** True while there are bytes of a line that has not ended */
bool line_begun(const struct line_reader *r)
{
	return !r->ready && (r->n || r->too_long || r->control);
}

/**
 * @file info.c  Body of SIP INFO that carries a DTMF digit (SIP-06)
 *
 * Two types are about.  No RFC defines them, so reading is lenient: any case, blanks, quotes, and
 * any of CR, LF, CRLF as line end.
 *
 *     application/dtmf-relay     "Signal=5\r\nDuration=160\r\n", also "Signal=10" for *
 *     application/dtmf           "5", also "d5", "Signal=5"
 *
 * Signals 10 to 15 are the events of RFC 4733 (* # A B C D); 16 or "flash" is a hook flash.
 * Plain C11, no allocation.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "core/media/dtmf.h"
#include "core/sip/info.h"

#define DURATION_MS 100         /* where none is told */
#define DURATION_MAX_MS 60000

struct word { const char *p; size_t n; };

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '"' || c == '\0';
}

static struct word trim(const char *p, size_t n)
{
	while (n && blank(*p))
		p++, n--;
	while (n && blank(p[n - 1]))
		n--;

	return (struct word) { p, n };
}

static bool same(struct word w, const char *s)
{
	return w.n == strlen(s) && !strncasecmp(w.p, s, w.n);
}

static int number(unsigned *v, struct word w)
{
	unsigned x = 0;
	size_t i;

	if (!w.n || w.n > 6)
		return EBADMSG;
	for (i = 0; i < w.n; i++) {
		if (!isdigit((unsigned char)w.p[i]))
			return EBADMSG;
		x = x * 10 + (unsigned)(w.p[i] - '0');
	}
	*v = x;

	return 0;
}

/* ENOENT: understood, but not a digit */
static int signal_digit(char *digit, struct word w)
{
	unsigned event;

	if (w.n == 2 && tolower((unsigned char)w.p[0]) == 'd')
		w = (struct word) { w.p + 1, 1 };
	if (w.n == 1) {
		*digit = (char)toupper((unsigned char)w.p[0]);
		return dtmf_is_digit(*digit) ? 0 : EBADMSG;
	}
	if (same(w, "flash") || same(w, "hf"))
		return ENOENT;
	if (same(w, "star") || same(w, "pound")) {
		*digit = same(w, "star") ? '*' : '#';
		return 0;
	}
	if (number(&event, w))
		return EBADMSG;
	if (event < 10 || event > 15)
		return event == 16 ? ENOENT : EBADMSG;
	*digit = dtmf_digit((int)event);

	return 0;
}

static int field(char *digit, unsigned *duration_ms, struct word line, bool relay, int found)
{
	const char *eq = memchr(line.p, '=', line.n);
	struct word key, value;
	unsigned ms;

	if (!eq)
		return relay ? found : signal_digit(digit, line);

	key = trim(line.p, (size_t)(eq - line.p));
	value = trim(eq + 1, line.n - (size_t)(eq - line.p) - 1);
	if (same(key, "signal"))
		return signal_digit(digit, value);
	if (same(key, "duration") && !number(&ms, value) && ms && ms <= DURATION_MAX_MS)
		*duration_ms = ms;

	return found;
}

/**
 * Read the digit out of an INFO body.
 *
 * @param digit       Digit 0-9 A-D * #, written on success
 * @param duration_ms Its length [ms], 100 where the body does not say; written on success
 * @param relay       true = application/dtmf-relay, false = application/dtmf
 * @param body        Body, not ended by '\0'
 * @param n           Its length
 *
 * @return 0, ENOENT nothing to do (empty, or a hook flash), EBADMSG no digit in it
 */
int info_read(char *digit, unsigned *duration_ms, bool relay, const char *body, size_t n)
{
	unsigned ms = DURATION_MS;
	size_t i, start = 0, lines = 0;
	int err = ENOENT;
	char d = '\0';

	for (i = 0; i <= n; i++) {
		struct word line;

		if (i < n && body[i] != '\r' && body[i] != '\n')
			continue;
		line = trim(body + start, i - start);
		start = i + 1;
		if (line.n)
			err = field(&d, &ms, line, relay, lines++ ? err : EBADMSG);
	}
	if (!err) {
		*digit = d;
		*duration_ms = ms;
	}

	return err;
}

/**
 * Write the body of an INFO, application/dtmf-relay.
 *
 * @param body        Buffer, ended by '\0'
 * @param digit       0-9 A-D * #
 * @param duration_ms Its length [ms]
 *
 * @return 0, EINVAL not a digit
 */
int info_write(char body[INFO_BODY], char digit, unsigned duration_ms)
{
	if (!dtmf_is_digit(digit))
		return EINVAL;

	(void)snprintf(body, INFO_BODY, "Signal=%c\r\nDuration=%u\r\n", digit,
		       duration_ms % 1000000);

	return 0;
}

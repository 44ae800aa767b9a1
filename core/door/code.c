/**
 * @file code.c  Strike codes entered by the remote party (REL-08), by DTMF or by the API (API-01)
 *
 * An attempt begins with its first digit.  It succeeds as soon as the digits are one of the codes, and
 * fails at * or #, after a pause of code_gap_ms, or when it is as long as the longest code: one event
 * an attempt, which never tells the digits.
 */
#include <errno.h>
#include <string.h>
#include "door.h"

/** The code of one relay that these digits are, or 0 */
static unsigned match(const struct door *d, unsigned relay, const char *digits)
{
	unsigned i;

	for (i = 0; i < SETTINGS_CODES; i++) {
		const char *code = d->conf->relay[relay].code[i].digits;

		if (code[0] && !strcmp(code, digits))
			return i + 1;
	}

	return 0;
}

static size_t longest(const struct door *d)
{
	size_t max = 0;
	unsigned r, i;

	for (r = 0; r < GAP_RELAYS; r++) {
		for (i = 0; i < SETTINGS_CODES; i++) {
			const size_t n = strlen(d->conf->relay[r].code[i].digits);

			max = n > max ? n : max;
		}
	}

	return max;
}

void code_reset(struct door *d)
{
	d->code_n = 0;
	d->code[0] = '\0';
	door_timer_stop(d, DOOR_T_CODE);
}

static void wrong(struct door *d)
{
	code_reset(d);
	door_emit(d, EV_CODE_REFUSED, (uint64_t)0, "wrong");
}

/** Use code n (1..4) of a relay; what hinders it is told by event and result */
static enum code_result use(struct door *d, unsigned relay, unsigned n, const char *cause)
{
	const struct relay_settings *r = &d->conf->relay[relay];
	int err;

	if (r->code[n - 1].type == CODE_LOCAL) {
		door_emit(d, EV_CODE_REFUSED, (uint64_t)(relay + 1), "local");
		return CODE_NOT_REMOTE;
	}
	if (!schedule_now(d, r->code[n - 1].slot)) {
		door_emit(d, EV_CODE_REFUSED, (uint64_t)(relay + 1), "slot");
		return CODE_OUT_OF_SLOT;
	}
	door_emit(d, EV_CODE, (uint64_t)(relay + 1), (uint64_t)n);
	err = relay_strike(d, relay, cause);

	return err == EPERM ? CODE_NO_STRIKE : err ? CODE_RUNNING : CODE_TAKEN;
}

/**
 * Enter a whole code from outside of a call (API-01); what was dialled so far stays.
 *
 * @param d      Door
 * @param digits As it was given; anything that is no code is a wrong one
 *
 * @return What became of it
 */
enum code_result code_enter(struct door *d, const char *digits)
{
	unsigned r, n;

	for (r = 0; r < GAP_RELAYS; r++) {
		n = match(d, r, digits);
		if (n)
			return use(d, r, n, "api");
	}
	door_emit(d, EV_CODE_REFUSED, (uint64_t)0, "wrong");

	return CODE_WRONG;
}

/** Is there a code of two digits or more that begins with this one? */
bool code_goes_on_after(const struct door *d, char digit)
{
	unsigned r, i;

	for (r = 0; r < GAP_RELAYS; r++) {
		for (i = 0; i < SETTINGS_CODES; i++) {
			const char *code = d->conf->relay[r].code[i].digits;

			if (code[0] == digit && code[1])
				return true;
		}
	}

	return false;
}

/** Begin an attempt with a digit that alone is no code; how long it waits is the caller's business */
void code_hold(struct door *d, char digit)
{
	d->code[0] = digit;
	d->code[1] = '\0';
	d->code_n = 1;
}

void code_digit(struct door *d, char digit)
{
	unsigned r, n;

	if (digit < '0' || digit > '9') {
		if (d->code_n)
			wrong(d);
		return;
	}

	d->code[d->code_n++] = digit;
	d->code[d->code_n] = '\0';
	for (r = 0; r < GAP_RELAYS; r++) {
		n = match(d, r, d->code);
		if (n) {
			code_reset(d);
			(void)use(d, r, n, "code");
			return;
		}
	}

	if (d->code_n >= longest(d) || d->code_n == sizeof(d->code) - 1)
		wrong(d);
	else
		door_timer_start(d, DOOR_T_CODE, (uint64_t)d->conf->code_gap_ms * 1000);
}

void code_timer(struct door *d)
{
	wrong(d);
}

/**
 * @file extension.c  A called extension that its PBX cannot reach: alert 404 (SUP-12, manual §3.3.22.3, §3.3.22.5.3)
 *
 *     in a call by an account                               the extension is
 *     180, an answer                                        reachable
 *     404 408 410 480 500 502 503 504 without a 180         unreachable
 *     nothing after 100, until T or libre give up           unreachable
 *     404 408 ... after a 180; 486 600 603; 401 403 407     as it was: somebody is there, or it is ours to put right
 *     181 to 199, then no answer                            as it was: a gateway may ring by 183
 *
 * One that becomes unreachable is told once, to P2P contacts alone (calling.c), and again only after it was
 * reachable meanwhile.  While a registration is lost nothing is told of extensions: technical.c tells of the
 * PBX.  Between two contacts of a list nothing waits: the report is called when the line is free.
 */
#include <string.h>
#include "door.h"

#define FNV_START 2166136261u
#define FNV_PRIME 16777619u

/** A call goes out; account 0: no extension of a PBX */
void extension_called(struct door *d, const char *uri, unsigned account)
{
	uint32_t h = (FNV_START ^ account) * FNV_PRIME;

	for (; *uri; uri++)
		h = (h ^ (uint8_t)*uri) * FNV_PRIME;
	d->extension = account ? h : 0;
	d->extension_heard = d->extension_rang = false;
}

static unsigned find(const struct door *d)
{
	unsigned i;

	for (i = 0; i < d->lost_n; i++)
		if (d->lost[i] == d->extension)
			break;

	return i;
}

static void say(struct door *d, bool ok)
{
	char text[SETTINGS_URI];

	(void)settings_contact(text, d->list, d->contact);
	door_emit(d, EV_EXTENSION, text, (int)ok);
}

/** The called extension rings or answers */
void extension_reached(struct door *d)
{
	const unsigned i = find(d);

	d->extension_rang = true;
	if (!d->extension || i == d->lost_n)
		return;
	memmove(d->lost + i, d->lost + i + 1, (--d->lost_n - i) * sizeof(d->lost[0]));
	say(d, true);
}

/** A provisional answer above 100 */
void extension_progress(struct door *d, unsigned code)
{
	d->extension_heard = true;
	if (code == 180)
		extension_reached(d);
}

static void lose(struct door *d)
{
	if (find(d) < d->lost_n)
		return;
	if (d->lost_n == DOOR_EXTENSIONS) {     /* the oldest makes room: it may be told twice */
		memmove(d->lost, d->lost + 1, (DOOR_EXTENSIONS - 1) * sizeof(d->lost[0]));
		--d->lost_n;
	}
	d->lost[d->lost_n++] = d->extension;
	say(d, false);
	technical_report(d, REASON_PBX_FAULT);
}

/**
 * The call was given up without an answer.
 *
 * @param d    Door
 * @param code Final answer, 0 = there was none
 */
void extension_failed(struct door *d, unsigned code)
{
	static const uint16_t gone[] = {404, 408, 410, 480, 500, 502, 503, 504};
	bool lost = !code && !d->extension_heard;
	unsigned i;

	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		lost |= code == gone[i];
	if (lost && !d->extension_rang && d->extension && !technical_pbx_fault(d))
		lose(d);
}

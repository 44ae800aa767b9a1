/**
 * @file phone_voice.c  Voice messages of the door's loudspeaker (DOOR-09, HW-06, HW-07)
 *
 * The player is made with the first message: a door that says nothing has none.  Level is the loudspeaker's
 * volume of the moment, as in a call.
 */
#include <errno.h>
#include <string.h>
#include "phone_priv.h"
#include "../media/gain.h"

static void begin(enum announce a, enum language l, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_ANNOUNCE, .text = {announce_name(a), voice_language_name(l)}};

	p->cfg.news(&news, p->cfg.arg);
}

static void end(enum announce a, bool whole, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_ANNOUNCE_END, .text = {announce_name(a), NULL}, .num = {whole}};

	p->cfg.news(&news, p->cfg.arg);
}

static enum language language(void *arg)
{
	const struct phone *p = arg;

	return (enum language)p->cfg.ua.conf->language;
}

/** A frame of sound to the loudspeaker, at its volume */
void phone_play(const struct phone *p, int16_t pcm[GAP_FRAME])
{
	gain_apply(pcm, GAP_FRAME, p->cfg.volume(p->cfg.arg));
	(void)p->cfg.port->audio_write(p->cfg.port_ctx, pcm, GAP_FRAME);
}

static void write_alone(const int16_t *pcm, size_t n, void *arg)
{
	int16_t out[GAP_FRAME];

	memcpy(out, pcm, n * sizeof(*out));
	phone_play(arg, out);
}

/** struct door_phone_ops: speak */
int phone_say(void *ctx, enum announce a)
{
	struct phone *p = ctx;
	const struct voice_handlers h = {
		.begin = begin, .end = end, .write = write_alone, .language = language, .arg = p,
	};
	char address[VOICE_TEXT];
	int err = 0;

	if (!p->cfg.port->audio_write)
		return ENODEV;
	if (!p->ua)
		return ENOTCONN;
	if (!p->voice)
		err = voice_alloc(&p->voice, p->cfg.ua.media, &h);
	if (err)
		return err;
	(void)re_snprintf(address, sizeof(address), "%j", ua_addr(p->ua));

	return voice_say(p->voice, a, address);
}

/** struct door_phone_ops: be silent */
void phone_hush(void *ctx, unsigned which)
{
	const struct phone *p = ctx;

	if (p->voice)
		voice_hush(p->voice, which);
}

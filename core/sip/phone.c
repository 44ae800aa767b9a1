/**
 * @file phone.c  The door's telephone (see phone.h)
 *
 * At most two calls at a time matter: the present one and one that is being refused; PHONE_LINES leaves
 * room for those that are closing.  Requirements: SIP-02 to SIP-04, SIP-10, SUP-02, SUP-03, SUP-10, HW-07.
 */
#include <string.h>
#include "call.h"
#include "phone_priv.h"
#include "../media/gain.h"

static struct line *line_find(struct phone *p, uint32_t number)
{
	unsigned i;

	for (i = 0; i < PHONE_LINES; i++)
		if (p->line[i].call && p->line[i].number == number)
			return &p->line[i];

	return NULL;
}

static struct line *line_free(struct phone *p)
{
	unsigned i;

	for (i = 0; i < PHONE_LINES; i++)
		if (!p->line[i].call)
			return &p->line[i];

	return NULL;
}

static void line_drop(struct line *l)
{
	l->call = mem_deref(l->call);
	l->number = 0;
}

/* --- sound --- */

static void mic_read(int16_t *pcm, size_t n, void *arg)
{
	const struct phone *p = arg;

	if (p->cfg.port->audio_read(p->cfg.port_ctx, pcm, n))
		memset(pcm, 0, n * sizeof(*pcm));
	gain_apply(pcm, n, (unsigned)p->cfg.ua.conf->microphone);
}

static void speaker_write(const int16_t *pcm, size_t n, void *arg)
{
	const struct phone *p = arg;
	int16_t out[GAP_FRAME];

	n = n < GAP_FRAME ? n : GAP_FRAME;
	memcpy(out, pcm, n * sizeof(*out));
	if (p->voice && voice_plays(p->voice))
		voice_mix(p->voice, out, n);
	gain_apply(out, n, p->cfg.volume(p->cfg.arg));
	(void)p->cfg.port->audio_write(p->cfg.port_ctx, out, n);
}

static void join_sound(struct phone *p, struct call *c)
{
	call_audio(c, p->cfg.port->audio_read ? mic_read : NULL,
		   p->cfg.port->audio_write ? speaker_write : NULL, p);
}

/* --- what happens to a call --- */

static int tell(struct line *l, enum door_in_type type, const struct call_event *ev, const char *text)
{
	struct door_in in = {.type = type, .call = l->number};

	if (ev) {
		in.code = ev->scode;
		in.level = ev->held;
		in.digit = ev->digit;
	}
	str_ncpy(in.text, text ? text : "", sizeof(in.text));

	return l->phone->cfg.tell(&in, l->phone->cfg.arg);
}

static const char *closed_cause(const struct call_event *ev, char *buf, size_t size)
{
	if (ev->scode)
		(void)re_snprintf(buf, size, "%u %s", ev->scode, ev->reason);
	else if (ev->err)
		(void)re_snprintf(buf, size, "%m", ev->err);
	else
		str_ncpy(buf, "remote", size);

	return buf;
}

static void quality(const struct line *l, const struct stream_stats *st)
{
	const struct phone_news news = {
		.id = EV_MEDIA_QUALITY,
		.num = {l->number, st->lost, st->late, st->concealed, st->jitter_us, st->buffer_max_ms, st->reports,
			st->rtt_us, st->remote_lost, st->remote_jitter_us},
	};

	l->phone->cfg.news(&news, l->phone->cfg.arg);
}

static void stats(const struct line *l)
{
	const struct phone *p = l->phone;
	struct phone_news news = {.id = EV_MEDIA_STATS, .num = {l->number}};
	struct stream_stats st;

	call_stats(l->call, &st);
	if (!st.sent && !st.received)
		return;
	news.num[1] = st.sent;
	news.num[2] = st.received;
	news.num[3] = st.lost;
	p->cfg.news(&news, p->cfg.arg);
	quality(l, &st);
	phone_secure_stats(l, &st);
}

static void media(const struct line *l)
{
	const struct phone_news news = {
		.id = EV_MEDIA, .num = {l->number},
		.text = {call_codec(l->call), dtmf_via_name(call_dtmf_via(l->call))},
	};

	l->phone->cfg.news(&news, l->phone->cfg.arg);
}

static void ice(const struct line *l, const struct call_event *ev)
{
	const struct phone_news news = {
		.id = EV_ICE, .num = {l->number}, .text = {ev->err ? "failed" : "connected", ev->reason},
	};

	l->phone->cfg.news(&news, l->phone->cfg.arg);
}

static void call_handler(struct call *c, const struct call_event *ev, void *arg)
{
	struct line *l = arg;
	char cause[SETTINGS_URI];

	(void)c;

	switch (ev->type) {
	case CALL_PROGRESS:      (void)tell(l, DOOR_IN_PROGRESS, ev, NULL); break;
	case CALL_ANSWERED:
		(void)tell(l, DOOR_IN_ANSWERED, ev, NULL);
		media(l);
		break;
	case CALL_HOLD:          (void)tell(l, DOOR_IN_HOLD, ev, NULL); break;
	case CALL_DIGIT:         (void)tell(l, DOOR_IN_DIGIT, ev, dtmf_via_name(ev->via)); break;
	case CALL_DIGITS_SENT:   (void)tell(l, DOOR_IN_DIGITS_SENT, ev, NULL); break;
	case CALL_ENCRYPTION:
	case CALL_SAS:           phone_secure(l, ev); break;
	case CALL_MEDIA_TIMEOUT: (void)tell(l, DOOR_IN_MEDIA_LOST, ev, NULL); break;
	case CALL_ICE:           ice(l, ev); break;
	case CALL_CLOSED:
		stats(l);
		(void)tell(l, DOOR_IN_CLOSED, ev, closed_cause(ev, cause, sizeof(cause)));
		line_drop(l);
		break;
	}
}

static void incoming(struct call *c, const struct sip_msg *msg, void *arg)
{
	struct phone *p = arg;
	struct line *l = line_free(p);

	(void)msg;
	if (!l)
		return;
	l->phone = p;
	l->call = mem_ref(c);
	l->number = p->cfg.number(p->cfg.arg);
	call_set_handler(c, call_handler, l);
	join_sound(p, c);
	if (tell(l, DOOR_IN_INCOMING, NULL, call_peer(c)))
		line_drop(l);   /* the door has no room for it: 486 */
}

static void message_in(const char *from, const char *body, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_MESSAGE_IN, .text = {from, body}};

	p->cfg.news(&news, p->cfg.arg);
}

static void refused(const char *from, const char *method, uint16_t scode, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_SIP_REFUSED, .text = {from, method}, .num = {scode}};

	p->cfg.news(&news, p->cfg.arg);
}

static void message_sent(const char *to, int err, uint16_t scode, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_MESSAGE_RESULT, .text = {to, NULL}, .num = {scode}};

	(void)err;
	p->cfg.news(&news, p->cfg.arg);
}

static void transport_fault(const char *about, const char *cause, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = EV_TRANSPORT, .text = {about, cause}};

	p->cfg.news(&news, p->cfg.arg);
}

static void reach_news(bool ok, const char *about, const char *cause, void *arg)
{
	const struct phone *p = arg;
	const struct phone_news news = {.id = ok ? EV_NAT : EV_NAT_FAULT, .text = {about, cause}};

	p->cfg.news(&news, p->cfg.arg);
}

/* --- struct door_phone_ops --- */

static int op_dial(void *ctx, uint32_t number, const char *to, unsigned account,
		   const char *from_user)
{
	struct phone *p = ctx;
	const struct call_dial d = {.to = to, .from_user = from_user, .as = phone_identity(p, account)};
	struct line *l = line_free(p);
	int err;

	if (!l)
		return ENOSPC;
	if (account && !d.as)
		return ENOENT;
	l->phone = p;
	l->number = number;
	err = call_dial(&l->call, p->ua, &d, call_handler, l);
	if (err)
		return err;
	join_sound(p, l->call);
	str_ncpy(p->peer, to, sizeof(p->peer));

	return 0;
}

static int op_ring(void *ctx, uint32_t number)
{
	const struct line *l = line_find(ctx, number);

	return l ? call_ring(l->call) : ENOENT;
}

static int op_answer(void *ctx, uint32_t number)
{
	struct phone *p = ctx;
	const struct line *l = line_find(p, number);

	if (!l)
		return ENOENT;
	str_ncpy(p->peer, call_peer(l->call), sizeof(p->peer));

	return call_answer(l->call);
}

static int op_reject(void *ctx, uint32_t number, unsigned code)
{
	struct line *l = line_find(ctx, number);
	int err;

	if (!l)
		return ENOENT;
	err = call_reject(l->call, (uint16_t)code, code == 486 ? "Busy Here" : "Temporarily Unavailable");
	line_drop(l);

	return err;
}

static int op_hangup(void *ctx, uint32_t number)
{
	struct line *l = line_find(ctx, number);
	int err;

	if (!l)
		return ENOENT;
	stats(l);
	err = call_hangup(l->call);
	line_drop(l);

	return err;
}

static int op_digits(void *ctx, uint32_t number, const char *digits, unsigned on_ms, unsigned off_ms)
{
	const struct line *l = line_find(ctx, number);

	return l ? call_digits(l->call, digits, on_ms, off_ms) : ENOENT;
}

static int op_mute(void *ctx, uint32_t number, bool mute)
{
	const struct line *l = line_find(ctx, number);

	if (!l)
		return ENOENT;
	call_mute_digits(l->call, mute);

	return 0;
}

static int op_message(void *ctx, const char *to, unsigned account, const char *from_user,
		      const char *body)
{
	struct phone *p = ctx;

	if (account)
		return ua_message_as(p->ua, phone_identity(p, account), to, body, message_sent, p);

	return ua_message(p->ua, to, from_user, body, message_sent, p);
}

const struct door_phone_ops phone_ops = {
	.dial = op_dial, .ring = op_ring, .answer = op_answer, .reject = op_reject, .hangup = op_hangup,
	.digits = op_digits, .mute = op_mute, .message = op_message,
	.say = phone_say, .hush = phone_hush,
};

/* --- life --- */

static void destructor(void *arg)
{
	phone_close(arg, true);
}

/**
 * Make a telephone; its user agent listens at once.
 *
 * @param pp  Written on success
 * @param cfg Copied; what it points to is borrowed
 *
 * @return 0, errno of the socket (EADDRINUSE ...)
 */
int phone_alloc(struct phone **pp, const struct phone_config *cfg)
{
	struct phone *p = mem_zalloc(sizeof(*p), destructor);
	int err;

	if (!p)
		return ENOMEM;
	p->cfg = *cfg;
	tmr_init(&p->accounts);
	err = ua_alloc(&p->ua, &cfg->ua);
	if (err) {
		mem_deref(p);
		return err;
	}
	ua_handlers(p->ua, incoming, message_in, refused, p);
	ua_faults(p->ua, transport_fault, p);
	ua_encryption(p->ua, phone_secure_refused, p);
	ua_nats(p->ua, reach_news, p);
	phone_accounts(p);
	*pp = p;

	return 0;
}

/**
 * End all calls and the user agent.
 *
 * @param p     Telephone
 * @param force Power lost: nothing more is sent.  Else BYE and CANCEL go out, and the agent goes on
 *              until they are answered; a second, forced call or the destructor cuts that short
 */
void phone_close(struct phone *p, bool force)
{
	unsigned i;

	if (!p->ua)
		return;
	p->voice = mem_deref(p->voice);
	ua_handlers(p->ua, NULL, NULL, NULL, NULL);
	ua_faults(p->ua, NULL, NULL);
	ua_encryption(p->ua, NULL, NULL);
	ua_nats(p->ua, NULL, NULL);
	if (force) {
		phone_accounts_end(p, true);    /* before its requests are told that they are over */
		ua_close(p->ua, true);
	}
	for (i = 0; i < PHONE_LINES; i++)
		line_drop(&p->line[i]);
	phone_accounts_end(p, force);
	if (force)
		p->ua = mem_deref(p->ua);
	else
		ua_close(p->ua, false);
}

struct ua *phone_ua(struct phone *p)
{
	return p->ua;
}

/** Remote URI of the present or last call */
const char *phone_peer(const struct phone *p)
{
	return p->peer;
}

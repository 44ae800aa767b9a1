/**
 * @file receiver.c  The reference alarm receiver: its agent and its calls (RCV-01)
 */
#include <errno.h>
#include <string.h>
#include "receiver_priv.h"

#define RTP_MIN 20000                   /* two a call, away from a door's on the same machine */
#define RTP_MAX 29998
#define TEST_GRACE_S 7200               /* daylight saving moves a test by one hour */

static void no_alarm(const struct receiver_alarm *a, void *arg)
{
	(void)a;
	(void)arg;
}

static void no_event(const struct receiver_event *ev, void *arg)
{
	(void)ev;
	(void)arg;
}

/**
 * Fill a configuration with what the manual says, or what serves without more.
 *
 * @param cfg Written; laddr and media are left for the caller
 *
 * Source: SUP-22 (3 s, five times 5 s), SUP-23 (C again three times), SUP-21.
 */
void receiver_config_default(struct receiver_config *cfg)
{
	struct settings s;

	memset(cfg, 0, sizeof(*cfg));
	settings_default(&s);
	cfg->user = "receiver";
	cfg->crc = s.crc;
	cfg->answer_ms = 1000;
	cfg->c_delay_ms = 500;
	cfg->frame_wait_ms = 15000;
	cfg->check_ms = 3000;
	cfg->ack_gap_ms = 5000;
	cfg->acks_max = 5;
	cfg->again_max = 3;
	cfg->end_ms = 1000;
	cfg->test_grace_s = TEST_GRACE_S;
}

static void incoming(struct call *call, const struct sip_msg *msg, void *arg)
{
	(void)msg;
	(void)session_alloc(arg, call);
}

static void message(const char *from, const char *body, void *arg)
{
	struct receiver *r = arg;
	struct receiver_alarm a;

	alarm_open(&a, &r->conf, from);
	alarm_message(&a, body);
	receiver_tell(r, &a);
}

/* An alarm is whole: the owner hears of it, and the watch over the tests */
void receiver_tell(struct receiver *r, const struct receiver_alarm *a)
{
	watch_alarm(r->watch, a);
	r->alarmh(a, r->arg);
}

/* A test did not come (SUP-30) */
static void missed(const char *identity, void *arg)
{
	struct receiver *r = arg;
	struct receiver_alarm a;

	alarm_open(&a, &r->conf, "");
	a.result = RECEIVER_TEST_MISSED;
	str_ncpy(a.identity, identity, sizeof(a.identity));
	r->alarmh(&a, r->arg);
}

static void configure(struct receiver *r)
{
	const struct receiver_transport_row *row = &receiver_transports[r->cfg.transport];

	settings_default(&r->conf);
	r->conf.dtmf_rfc4733 = row->rfc4733;
	r->conf.dtmf_info = row->info;
	r->conf.dtmf_listen = row->listen;
	r->conf.rtp_port_min = RTP_MIN;
	r->conf.rtp_port_max = RTP_MAX;
}

static void destructor(void *arg)
{
	struct receiver *r = arg;

	receiver_close(r, true);
	mem_deref(r->watch);
	mem_deref(r->ua);
}

/**
 * Start a receiver; it listens at once.
 *
 * @param rp     Receiver, written on success; mem_deref ends it at once and sends nothing: call
 *               receiver_close(r, false) and let the loop run before that to say good-bye
 * @param cfg    Configuration; media and dnsc are borrowed, the rest is copied
 * @param alarmh Each alarm, once a call has ended or a MESSAGE came; NULL = nobody
 * @param eventh Each step; NULL = nobody
 * @param arg    Argument of both
 *
 * @return 0, EINVAL, ENOMEM, errno of the socket (EADDRINUSE ...)
 *
 * Handlers may not free the receiver; they may call any other of its functions but
 * receiver_close().
 */
int receiver_alloc(struct receiver **rp, const struct receiver_config *cfg,
		   receiver_alarm_h *alarmh, receiver_event_h *eventh, void *arg)
{
	struct ua_config uc = {.laddr = cfg->laddr, .user = cfg->user, .software = "ipgap receiver",
			       .media = cfg->media, .dnsc = cfg->dnsc, .tcp = cfg->tcp,
			       .message_code = (uint16_t)cfg->faults.reject_message};
	struct receiver *r;
	int err;

	if (cfg->transport >= RECEIVER_TRANSPORTS)
		return EINVAL;
	r = mem_zalloc(sizeof(*r), destructor);
	if (!r)
		return ENOMEM;
	r->cfg = *cfg;
	r->cfg.user = NULL;
	r->alarmh = alarmh ? alarmh : no_alarm;
	r->eventh = eventh ? eventh : no_event;
	r->arg = arg;
	configure(r);
	uc.conf = &r->conf;
	err = ua_alloc(&r->ua, &uc);
	if (!err && cfg->test_every_s)
		err = watch_alloc(&r->watch, cfg->test_every_s, cfg->test_grace_s, missed, r);
	if (err) {
		mem_deref(r);
		return err;
	}
	ua_handlers(r->ua, incoming, message, NULL, r);
	*rp = r;

	return 0;
}

static void end_sessions(struct receiver *r)
{
	struct le *le;

	for (le = r->sessions.head; le; le = le->next)
		session_finish(le->data, RECEIVER_OPEN, "receiver closed");
	list_flush(&r->sessions);
}

/**
 * End all calls, each with its report, and take no new ones.
 *
 * @param r     Receiver
 * @param force true = at once, nothing more is sent, the port is free; false = by BYE or 480,
 * repeated in the background while the loop runs and the receiver is there
 */
void receiver_close(struct receiver *r, bool force)
{
	if (!r || !r->ua)
		return;
	if (force)
		ua_close(r->ua, true);
	end_sessions(r);
	if (!force)
		ua_close(r->ua, false);
}

/** @return "sip:user@addr[:port]", valid as long as the receiver */
const char *receiver_uri(const struct receiver *r)
{
	return ua_uri(r->ua);
}

/**
 * Misbehave otherwise from the next call on.
 *
 * @param r Receiver
 * @param f Faults, copied
 */
void receiver_set_faults(struct receiver *r, const struct receiver_faults *f)
{
	r->cfg.faults = *f;
}

static struct session *find(const struct receiver *r, unsigned call)
{
	struct le *le;

	for (le = r->sessions.head; le; le = le->next) {
		struct session *s = le->data;

		if (s->state != SESSION_GONE && s->alarm.call == call)
			return s;
	}

	return NULL;
}

/** @return Number of calls that have not ended */
unsigned receiver_calls(const struct receiver *r)
{
	const struct le *le;
	unsigned n = 0;

	for (le = r->sessions.head; le; le = le->next)
		n += ((const struct session *)le->data)->state != SESSION_GONE;

	return n;
}

/**
 * Hang up, or refuse a call that still rings.
 *
 * @param r    Receiver
 * @param call Number of a call
 *
 * @return 0, ENOENT no such call
 */
int receiver_hangup(struct receiver *r, unsigned call)
{
	struct session *s = find(r, call);

	if (!s)
		return ENOENT;
	session_end(s, s->alarm.result, "receiver", 0);

	return 0;
}

/**
 * Send digits in a call, as an operator does.
 *
 * @param r      Receiver
 * @param call   Number of a call
 * @param digits 0-9 A-D * #
 *
 * @return 0, ENOENT no such call or it is not up, EINVAL, errno of the queue
 */
int receiver_digits(struct receiver *r, unsigned call, const char *digits)
{
	const struct session *s = find(r, call);

	if (!s || !s->answered_us)
		return ENOENT;

	return call_digits(s->call, digits, (unsigned)r->conf.digit_on_ms,
			   (unsigned)r->conf.digit_off_ms);
}

/**
 * @file bench_call.c  How much faster than real time a call and an idle door are (SIM-03)
 *
 *     s      0      1.2     1.3 ................ 601.3      602.3
 *            boot   press   sound both ways      hang up    end
 *
 * Door 10.77.0.1 and phone 10.77.0.2, both legs encoded, sent, received, decoded, their levels checked
 * at the end; with inband both also listen for digits in the sound.
 */
#include <errno.h>
#include <math.h>
#include <re.h>
#include <stdio.h>
#include <string.h>
#include "bench.h"
#include "core/sip/call.h"
#include "scenarios/runner/tone.h"
#include "sim/vdoor.h"
#include "sim/vnet.h"

#define TALK_S 600
#define WEEK_MS (7 * 24 * 3600 * 1000u)
#define RUNS 5
#define SENT_DBM0 (-12.0)

/** A second of sound, said again and again: its making is not what is measured */
struct voice {
	int16_t pcm[GAP_AUDIO_RATE];
	size_t at;
};

struct scene {
	struct media *media;
	struct vdoor *door;
	struct ua *phone;
	struct settings conf;           /**< of the phone */
	struct call *call;
	struct voice door_mic, phone_mic;
	struct tone door_ear, phone_ear;
	struct tmr tmr, button;
	struct stream_stats stats;
	double begin_s, took_s, door_dbm0, phone_dbm0;
	int err;
};

static bool started;

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

/* --- sound --- */

static void voice_fill(struct voice *v, double hz)
{
	struct tone t = {.amplitude = 0};

	tone_set(&t, hz, SENT_DBM0);
	tone_read(&t, v->pcm, GAP_AUDIO_RATE);
}

static void voice_read(struct voice *v, int16_t *pcm, size_t n)
{
	memcpy(pcm, v->pcm + v->at, n * sizeof(*pcm));
	v->at = (v->at + n) % GAP_AUDIO_RATE;
}

static int mic(void *ctx, int16_t *pcm, size_t n)
{
	struct scene *s = ctx;

	voice_read(&s->door_mic, pcm, n);

	return 0;
}

static int ear(void *ctx, const int16_t *pcm, size_t n)
{
	struct scene *s = ctx;

	tone_hear(&s->door_ear, pcm, n);

	return 0;
}

static void phone_mic(int16_t *pcm, size_t n, void *arg)
{
	struct scene *s = arg;

	voice_read(&s->phone_mic, pcm, n);
}

static void phone_ear(const int16_t *pcm, size_t n, void *arg)
{
	struct scene *s = arg;

	tone_hear(&s->phone_ear, pcm, n);
}

/* --- the call --- */

static void finish(struct scene *s, int err)
{
	s->err = err;
	re_cancel();
}

static void over(void *arg)
{
	finish(arg, 0);
}

static void talked(void *arg)
{
	struct scene *s = arg;

	s->took_s = bench_clock_s() - s->begin_s;
	call_stats(s->call, &s->stats);
	s->door_dbm0 = tone_level(&s->door_ear);
	s->phone_dbm0 = tone_level(&s->phone_ear);
	(void)call_hangup(s->call);
	s->call = mem_deref(s->call);
	tmr_start(&s->tmr, 1000, over, s);
}

static void on_call(struct call *call, const struct call_event *ev, void *arg)
{
	struct scene *s = arg;

	(void)call;
	if (ev->type == CALL_ANSWERED) {
		s->begin_s = bench_clock_s();
		tmr_start(&s->tmr, TALK_S * 1000, talked, s);
	}
	else if (ev->type == CALL_CLOSED) {
		finish(s, ECONNABORTED);
	}
}

static void incoming(struct call *call, const struct sip_msg *msg, void *arg)
{
	struct scene *s = arg;

	(void)msg;
	s->call = mem_ref(call);
	call_set_handler(call, on_call, s);
	call_audio(call, phone_mic, phone_ear, s);
	if (call_answer(call))
		finish(s, EPROTO);
}

static void input(struct scene *s, bool level)
{
	char err[256];

	if (vdoor_input(s->door, GAP_IN_BUTTON, level, err, sizeof(err)))
		finish(s, EIO);
}

static void release(void *arg)
{
	struct scene *s = arg;

	input(s, false);
}

static void unanswered(void *arg)
{
	finish(arg, ETIMEDOUT);
}

static void press(void *arg)
{
	struct scene *s = arg;

	input(s, true);
	tmr_start(&s->button, 300, release, s);
	tmr_start(&s->tmr, 5000, unanswered, s);
}

/* --- the scene --- */

static int preset(struct scene *s, const char *key, const char *value)
{
	char text[256];
	const int err = vdoor_preset(s->door, key, value, text, sizeof(text));

	if (err)
		(void)fprintf(stderr, "bench: %s\n", text);

	return err;
}

static int make_door(struct scene *s, bool inband, unsigned wait_ms)
{
	const struct panel_audio audio = {.read = mic, .write = ear, .ctx = s};
	struct vdoor_config cfg = {.media = s->media};
	char text[256], wait[16];
	int err = sa_set_str(&cfg.laddr, "10.77.0.1", 5060);

	(void)snprintf(wait, sizeof(wait), "%u", wait_ms);

	if (!err)
		err = vdoor_alloc(&s->door, &cfg, text, sizeof(text));
	if (err)
		return err;
	panel_set_audio(vdoor_panel(s->door), &audio);
	err |= preset(s, "button.day", "sip:10.77.0.2");
	err |= preset(s, "door.talk_min", "permanent");
	err |= preset(s, "sup.dtmf", "off");
	err |= preset(s, "audio.jitter_min_ms", wait);
	err |= preset(s, "sip.dtmf_listen", inband ? "always" : "auto");

	return err ? err : vdoor_start(s->door, text, sizeof(text));
}

static int make_phone(struct scene *s, bool inband, unsigned wait_ms)
{
	struct ua_config cfg = {.user = "phone", .software = "bench", .conf = &s->conf, .media = s->media};
	int err = sa_set_str(&cfg.laddr, "10.77.0.2", 5060);

	settings_default(&s->conf);
	s->conf.jitter_min_ms = (int32_t)wait_ms;
	s->conf.dtmf_listen = inband ? DTMF_LISTEN_ALWAYS : DTMF_LISTEN_AUTO;
	if (!err)
		err = ua_alloc(&s->phone, &cfg);
	if (!err)
		ua_handlers(s->phone, incoming, NULL, NULL, s);

	return err;
}

static int make(struct scene *s, bool inband, unsigned wait_ms)
{
	int err = vnet_start(true, 1);

	memset(s, 0, sizeof(*s));
	if (!err && !started) {
		err = libre_init();
		started = !err;
	}
	tmr_init(&s->tmr);
	tmr_init(&s->button);
	voice_fill(&s->door_mic, 440);
	voice_fill(&s->phone_mic, 620);
	if (!err)
		err = media_alloc(&s->media, clock_us, NULL);
	if (!err)
		err = make_door(s, inband, wait_ms);

	return err ? err : make_phone(s, inband, wait_ms);
}

static void unmake(struct scene *s)
{
	tmr_cancel(&s->tmr);
	tmr_cancel(&s->button);
	mem_deref(s->call);
	if (s->phone)
		ua_close(s->phone, true);
	mem_deref(s->phone);
	mem_deref(s->door);
	mem_deref(s->media);
}

/** Was all of it said and heard? */
static int check(const struct scene *s)
{
	const uint64_t packets = TALK_S * 50;

	if (s->stats.sent + 5 < packets || s->stats.received + 5 < packets || s->stats.lost)
		return EBADMSG;

	return fabs(s->door_dbm0 - SENT_DBM0) < 1.5 && fabs(s->phone_dbm0 - SENT_DBM0) < 1.5 ? 0 : EBADMSG;
}

static int one_call(double *ratio, bool inband, unsigned wait_ms)
{
	struct scene s;
	int err = make(&s, inband, wait_ms);

	if (!err) {
		tmr_start(&s.tmr, 1200, press, &s);
		err = re_main(NULL);
	}
	if (!err)
		err = s.err;
	if (!err)
		err = check(&s);
	if (!err)
		*ratio = TALK_S / s.took_s;
	unmake(&s);

	return err;
}

/**
 * A 10-minute call in virtual time.
 *
 * @param ratio  Written: simulated seconds a second, median of RUNS
 * @param inband Both sides listen for digits in the sound
 * @param wait_ms Least delay of both jitter buffers; 0 = none is in use
 *
 * @return 0, EBADMSG where a packet or the sound was missing, other errno
 */
int bench_call(double *ratio, bool inband, unsigned wait_ms)
{
	double value[RUNS];
	unsigned i;
	int err = 0;

	for (i = 0; i < RUNS && !err; i++)
		err = one_call(&value[i], inband, wait_ms);
	if (!err)
		*ratio = bench_median(value, RUNS);

	return err;
}

/**
 * Seven days of an idle door in virtual time.
 *
 * @param seconds Written: machine's seconds, median of RUNS
 */
int bench_idle(double *seconds)
{
	double value[RUNS];
	unsigned i;
	int err = 0;

	for (i = 0; i < RUNS && !err; i++) {
		struct scene s;

		err = make(&s, false, 0);
		if (!err) {
			tmr_start(&s.tmr, WEEK_MS, over, &s);
			s.begin_s = bench_clock_s();
			err = re_main(NULL);
			value[i] = bench_clock_s() - s.begin_s;
			err = err || vnet_now_us() < WEEK_MS * UINT64_C(1000) ? EBADMSG : 0;
		}
		unmake(&s);
	}
	if (!err)
		*seconds = bench_median(value, RUNS);

	return err;
}

void bench_call_close(void)
{
	if (started)
		libre_close();
	started = false;
}

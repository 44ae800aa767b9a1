/**
 * @file alloc_call.c  Out of memory in a door phone's whole life: start, a call out, a call in
 *
 *     armed   start, registration and presence at a PBX, press, C, frame, 1, #, code, hold, hang-up; the other side calls, hangs up
 *     after   with memory again: the door becomes idle by itself, registers, and a call works
 *
 * Once more with STUN and ICE: libre's SIP answers STUN at its port, so the resident is the server too.
 */
#include <re.h>
#include <string.h>
#include "alloc_fail.h"
#include "core/sip/call.h"
#include "scenarios/runner/pbx.h"
#include "sim/vdoor.h"
#include "sim/vnet.h"

#define SETTLE_MS 200000                /* the longest: no answer, then SIP's own time-outs */

static struct {
	struct media *media;
	struct vdoor *door;
	struct ua *ua;                  /* the resident's */
	struct pbx *pbx;
	struct settings conf;
	struct call *call;
	unsigned seen[EV_COUNT];        /* the door's events */
} w;

static bool reach;                      /* with STUN and ICE */

static uint64_t clock_us(void *arg)
{
	(void)arg;
	return vnet_now_us();
}

static void cancel(void *arg)
{
	(void)arg;
	re_cancel();
}

static void run(unsigned ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, cancel, NULL);
	(void)re_main(NULL);
	tmr_cancel(&tmr);
}

/* --- the resident --- */

static void hang_up(void)
{
	if (w.call)
		(void)call_hangup(w.call);
	w.call = mem_deref(w.call);
}

static void on_event(struct call *call, const struct call_event *ev, void *arg)
{
	(void)arg;
	if (ev->type == CALL_CLOSED && call == w.call)
		w.call = mem_deref(w.call);
}

static void on_call(struct call *call, const struct sip_msg *msg, void *arg)
{
	(void)msg;
	if (w.call)
		return;
	w.call = mem_ref(call);
	call_set_handler(call, on_event, arg);
	if (call_answer(call))
		hang_up();
}

static void digits(const char *text, unsigned ms)
{
	if (w.call)
		(void)call_digits(w.call, text, 100, 100);
	run(ms);
}

static void hold(bool on)
{
	if (w.call)
		(void)call_hold(w.call, on);
	run(300);
}

/* --- the door --- */

static void on_door_event(const struct event *ev, void *arg)
{
	(void)arg;
	++w.seen[ev->id];
}

/** A run in which nothing failed shows that the armed part is what it says */
static bool all_seen(void)
{
	return w.seen[EV_SUP_ACK] == 1 && w.seen[EV_CODE] == 2 && w.seen[EV_CALL_HOLD] == 2 &&
	       w.seen[EV_CALL_END] == 2 && w.seen[EV_CALL_IN] == 1 && w.seen[EV_MESSAGE_RESULT] == 1 &&
	       w.seen[EV_REGISTRATION] == 1 && w.seen[EV_PRESENCE] == 1 &&
	       w.seen[EV_MEDIA_ENCRYPTION] == 2 && (!reach || (w.seen[EV_NAT] == 1 && w.seen[EV_ICE] >= 2));
}

static enum door_state state(void)
{
	return gap_door(vdoor_gap(w.door))->state;
}

static void press(void)
{
	char err[256];

	(void)vdoor_input(w.door, GAP_IN_BUTTON, true, err, sizeof(err));
	run(200);
	(void)vdoor_input(w.door, GAP_IN_BUTTON, false, err, sizeof(err));
	run(1000);
}

static int make_door(void)
{
	static const char *const preset[][2] = {
		{"button.day", "sip:10.77.0.2;account=1"}, {"door.ring_s", "10"}, {"door.talk_min", "1"},
		{"relay1.code1", "4242"}, {"relay1.hold_s", "1"}, {"sip.account1.server", "10.77.0.3"},
		{"sip.account1.user", "100"}, {"sip.account1.password", "secret"},
		{"sip.account1.publish", "yes"}, {"sip.account1.active", "yes"},
		{"sip.media_encryption", "srtp"}, {"time.ntp_server", "10.77.0.2"}, {"time.source", "ntp"},
		{"nat.stun_server", "10.77.0.2"}, {"nat.stun_port", "5060"}, {"nat.mode", "stun"}, {"nat.ice", "yes"},
	};
	const unsigned n = sizeof(preset) / sizeof(*preset) - (reach ? 0 : 4);
	struct vdoor_config cfg = {.media = w.media, .event = on_door_event};
	char err[256];
	unsigned i;

	if (sa_set_str(&cfg.laddr, "10.77.0.1", 0) || vdoor_alloc(&w.door, &cfg, err, sizeof(err)))
		return ENOMEM;
	for (i = 0; i < n; i++)
		(void)vdoor_preset(w.door, preset[i][0], preset[i][1], err, sizeof(err));

	return vdoor_start(w.door, err, sizeof(err));
}

static void on_pbx(const struct pbx_event *ev, void *arg)
{
	(void)ev;
	(void)arg;
}

static void make_pbx(void)
{
	struct pbx_config cfg = {.realm = "pbx.test", .challenge = true, .max_expires_s = 60};

	(void)sa_set_str(&cfg.laddr, "10.77.0.3", 5060);
	if (pbx_alloc(&w.pbx, &cfg, on_pbx, NULL) || pbx_user(w.pbx, "100", "secret"))
		return;
	(void)pbx_start(w.pbx);
}

static void make_world(void)
{
	struct ua_config cfg = {.user = "phone", .software = "ipgap", .conf = &w.conf};

	memset(&w, 0, sizeof(w));
	settings_default(&w.conf);
	w.conf.media_encryption = MEDIA_SRTP;
	w.conf.nat.ice = reach;
	(void)vnet_start(true, 1);
	(void)libre_init();
	(void)media_alloc(&w.media, clock_us, NULL);
	cfg.media = w.media;
	(void)sa_set_str(&cfg.laddr, "10.77.0.2", 5060);
	if (!ua_alloc(&w.ua, &cfg))
		ua_handlers(w.ua, on_call, NULL, NULL, NULL);
	make_pbx();
}

static void close_world(void)
{
	hang_up();
	if (w.door)
		vdoor_stop(w.door, "end");
	w.door = mem_deref(w.door);
	ua_close(w.ua, false);
	w.ua = mem_deref(w.ua);
	run(70000);
	w.pbx = mem_deref(w.pbx);
	w.media = mem_deref(w.media);
	libre_close();
}

/* --- the run --- */

static void calls(void)
{
	const struct call_dial dial = {.to = "sip:10.77.0.1"};

	press();
	digits("C", 6000);
	digits("1", 1500);
	digits("4242", 2500);
	hold(true);
	hold(false);
	hang_up();
	run(1000);
	if (!call_dial(&w.call, w.ua, &dial, on_event, NULL))
		run(1500);
	digits("4242", 1500);
	hang_up();
	run(1000);
}

static int works_again(void)
{
	run(SETTLE_MS);
	if (state() != DOOR_IDLE)
		return alloc_wrong("the door is not idle again");
	if (!pbx_registered_s(w.pbx, "100"))
		return alloc_wrong("the door is not registered again");
	press();
	if (state() != DOOR_TALKING || !w.call || !call_established(w.call))
		return alloc_wrong("the next call is not answered");
	hang_up();
	run(2000);
	if (state() != DOOR_IDLE)
		return alloc_wrong("the next call does not end");

	return 0;
}

static int run_once(void)
{
	int err;

	make_world();
	alloc_arm(true);
	err = make_door();
	if (!err)
		calls();
	alloc_arm(false);
	hang_up();
	if (!alloc_failed() && !all_seen())
		return alloc_wrong("with memory the calls do not go as they should");
	if (err) {
		w.door = mem_deref(w.door);
		err = make_door();
	}
	err = err ? alloc_wrong("the door does not start") : works_again();
	close_world();

	return err;
}

int alloc_run_call(void)
{
	reach = false;

	return run_once();
}

int alloc_run_reach(void)
{
	reach = true;

	return run_once();
}

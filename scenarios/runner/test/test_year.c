/* A year in virtual time: daily tests, three PBX outages, both changes of the clock; counts are exact, memory is flat
 * (SUP-30, SUP-31, SUP-12, SIP-10, SCH-02, SIM-03)
 *
 *     day        0                100            200            300            365
 *     PBX        registered       dead 2 h       dead 2 h       dead 2 h
 *     mains      on               off 2 h        off 2 h        off 2 h
 *     reports    a test a day; each outage: mains lost, PBX lost, mains back
 *
 * The door registers each hour at a PBX in the simulated network and calls a receiver without it. */
#include <check.h>
#include <malloc.h>
#include <re.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "receiver/receiver.h"
#include "scenarios/runner/pbx.h"
#include "sim/vdoor.h"
#include "sim/vnet.h"

#define HOUR_MS 3600000u
#define DAY_MS (24 * HOUR_MS)
#define DAYS 365
#define OUTAGE_EVERY 100
#define OUTAGE_H 2
/* what one call leaves for a while: transactions that time out */
#define FLAT_BYTES 1024

static struct media *media;
static struct vdoor *door;
static struct pbx *pbx;
static struct receiver *receiver;
static struct tmr tmr;
static unsigned day, events[EV_COUNT], reports_ok, reports[REASON_COUNT];
static unsigned alarms[RECEIVER_RESULTS], lost, back, registrations;
static size_t bytes_first, bytes_max;

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

static void on_event(const struct event *ev, void *arg)
{
	enum reason r;

	(void)arg;
	events[ev->id]++;
	if (ev->id == EV_REGISTRATION) {
		lost += !ev->val[1].u;
		back += ev->val[1].u && lost > back;
	}
	if (ev->id != EV_REPORT_END)
		return;
	reports_ok += ev->val[1].u != 0;
	for (r = 0; r < REASON_COUNT; r++)
		reports[r] += !strcmp(ev->val[0].s, reason_name(vdoor_settings(door), r));
}

static void on_alarm(const struct receiver_alarm *a, void *arg)
{
	(void)arg;
	alarms[a->result]++;
}

static void on_pbx(const struct pbx_event *ev, void *arg)
{
	(void)arg;
	registrations += !strcmp(ev->name, "registered");
}

static void mains(bool on)
{
	char text[256];

	ck_assert_int_eq(vdoor_input(door, GAP_IN_MAINS, on, text, sizeof(text)), 0);
}

static void weigh(void)
{
	const size_t bytes = mallinfo2().uordblks;

	if (day == 30)
		bytes_first = bytes;
	if (day >= 30 && bytes > bytes_max)
		bytes_max = bytes;
}

static void next_day(void *arg);

static void outage_over(void *arg)
{
	(void)arg;
	ck_assert_int_eq(pbx_start(pbx), 0);
	mains(true);
	tmr_start(&tmr, DAY_MS - OUTAGE_H * HOUR_MS, next_day, NULL);
}

static void next_day(void *arg)
{
	(void)arg;
	weigh();
	if (++day == DAYS) {
		re_cancel();
	}
	else if (day % OUTAGE_EVERY == 0) {
		pbx_kill(pbx);
		mains(false);
		tmr_start(&tmr, OUTAGE_H * HOUR_MS, outage_over, NULL);
	}
	else {
		tmr_start(&tmr, DAY_MS, next_day, NULL);
	}
}

static void make_pbx(void)
{
	struct pbx_config cfg = {.realm = "pbx.test", .challenge = true, .max_expires_s = 3600};

	ck_assert_int_eq(sa_set_str(&cfg.laddr, "10.77.0.3", 5060), 0);
	ck_assert_int_eq(pbx_alloc(&pbx, &cfg, on_pbx, NULL), 0);
	ck_assert_int_eq(pbx_user(pbx, "100", "secret"), 0);
	ck_assert_int_eq(pbx_start(pbx), 0);
}

static void make_receiver(void)
{
	struct receiver_config cfg;

	receiver_config_default(&cfg);
	cfg.media = media;
	ck_assert_int_eq(sa_set_str(&cfg.laddr, "10.77.0.2", 5060), 0);
	ck_assert_int_eq(receiver_alloc(&receiver, &cfg, on_alarm, NULL, NULL), 0);
}

static void make_door(void)
{
	static const char *const preset[][2] = {
		{"identity", "123456789"}, {"test.days", "1"}, {"test.at", "04:00"},
		{"test.contacts", "sip:10.77.0.2;p2p"}, {"tech.contacts", "sip:10.77.0.2;p2p"},
		{"sip.account1.active", "yes"}, {"sip.account1.server", "10.77.0.3"}, {"sip.account1.user", "100"},
		{"sip.account1.password", "secret"},
	};
	struct vdoor_config cfg = {.media = media, .event = on_event};
	char text[256];
	size_t i;

	ck_assert_int_eq(sa_set_str(&cfg.laddr, "10.77.0.1", 5060), 0);
	ck_assert_int_eq(vdoor_alloc(&door, &cfg, text, sizeof(text)), 0);
	for (i = 0; i < sizeof(preset) / sizeof(preset[0]); i++)
		ck_assert_msg(!vdoor_preset(door, preset[i][0], preset[i][1], text, sizeof(text)), "%s", text);
	ck_assert_msg(!vdoor_start(door, text, sizeof(text)), "%s", text);
}

static void setup(void)
{
	ck_assert_int_eq(vnet_start(true, 1), 0);
	ck_assert_int_eq(libre_init(), 0);
	ck_assert_int_eq(media_alloc(&media, clock_us, NULL), 0);
	tmr_init(&tmr);
	make_pbx();
	make_receiver();
	make_door();
}

static void teardown(void)
{
	tmr_cancel(&tmr);
	mem_deref(door);
	receiver_close(receiver, true);
	mem_deref(receiver);
	mem_deref(pbx);
	mem_deref(media);
	libre_close();
}

START_TEST(test_year)
{
	const unsigned outages = DAYS / OUTAGE_EVERY;

	tmr_start(&tmr, DAY_MS, next_day, NULL);
	ck_assert_int_eq(re_main(NULL), 0);

	ck_assert_uint_eq(reports[REASON_TEST], DAYS);
	ck_assert_uint_eq(reports[REASON_PBX_FAULT], outages);
	ck_assert_uint_eq(reports[REASON_MAINS_FAULT], outages);
	ck_assert_uint_eq(reports[REASON_MAINS_BACK], outages);
	ck_assert_uint_eq(events[EV_REPORT], DAYS + 3 * outages);
	ck_assert_uint_eq(events[EV_REPORT_END], DAYS + 3 * outages);
	ck_assert_uint_eq(reports_ok, DAYS + 3 * outages);
	ck_assert_uint_eq(events[EV_CALL_OUT], DAYS + 3 * outages);
	ck_assert_uint_eq(events[EV_MESSAGE_OUT], DAYS + 3 * outages);
	/* alert 404 has no frame to acknowledge */
	ck_assert_uint_eq(events[EV_SUP_ACK], DAYS + 2 * outages);
	ck_assert_uint_eq(alarms[RECEIVER_ACKNOWLEDGED], DAYS + 2 * outages);
	ck_assert_uint_eq(alarms[RECEIVER_MESSAGE], DAYS + 3 * outages);
	ck_assert_uint_eq(events[EV_ACCOUNT], 1 + 2 * outages);
	ck_assert_uint_eq(back, outages);
	ck_assert_uint_eq(events[EV_BOOT], 1);
	ck_assert_uint_le(bytes_max, bytes_first + FLAT_BYTES);
}
END_TEST

/* The allocator's own store of free pieces would count as memory in use */
static void count_exactly(void)
{
	char *const argv[] = {"test_year", NULL};

	if (!getenv("GLIBC_TUNABLES") && !setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1))
		(void)execv("/proc/self/exe", argv);
}

Suite *suite(void);

Suite *suite(void)
{
	Suite *s = suite_create("year");
	TCase *tc = tcase_create("year");

	count_exactly();
	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_year);
	suite_add_tcase(s, tc);

	return s;
}

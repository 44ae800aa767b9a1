/**
 * @file fuzz_ntp.c  Fuzz target: packets from outside to the NTP client (TIM-01, SRV-04)
 *
 * First byte modulo 4:
 *
 *     0   the rest is read as an answer to a request whose cookie is in its place
 *     1   likewise, with another cookie: it is nobody's answer
 *     2   the server of a running client answers with it, cookie put right
 *     3   likewise, and the client believes another time already
 *
 * Whatever came, a time that is believed lies between 2025 and 2104, and a client that believes nothing says why.
 * Simulated network and clock.
 */
#include <assert.h>
#include <re.h>
#define DEBUG_MODULE "fuzz_ntp"
#define DEBUG_LEVEL 0
#include <re_dbg.h>
#include <string.h>
#include "core/service/ntp.h"
#include "sim/vnet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIRST_US (INT64_C(1735689600) * 1000000)
#define LAST_US (INT64_C(4233462143) * 1000000 + 999999)
#define COOKIE "\x80" "1234567"

static struct {
	bool up;
	struct sa here, there;
	struct udp_sock *server;
	const uint8_t *data;
	size_t n;
	bool good;                      /* answers as it should, once */
} x;

static uint64_t now_us(void *arg) { (void)arg; return vnet_now_us(); }
static int64_t wall_us(void *arg) { (void)arg; return vnet_wall_us(); }
static void stop(void *arg) { (void)arg; re_cancel(); }

static void run(unsigned ms)
{
	struct tmr tmr;

	tmr_init(&tmr);
	tmr_start(&tmr, ms, stop, NULL);
	(void)re_main(NULL);
}

static void read_one(const uint8_t *data, size_t n, bool ours)
{
	uint8_t p[1024], cookie[NTP_COOKIE];
	struct ntp_answer a;
	int64_t offset_us, delay_us;
	enum ntp_verdict v;

	memcpy(cookie, COOKIE, sizeof(cookie));
	n = n < sizeof(p) ? n : sizeof(p);
	memcpy(p, data, n);
	if (n >= 32)
		memcpy(p + 24, cookie, sizeof(cookie));
	cookie[3] ^= !ours;
	v = ntp_read(&a, p, n, cookie);
	assert(v == NTP_FOREIGN || (ours && n >= NTP_PACKET));
	if (v == NTP_KISSED)
		assert(strlen(a.kiss) == NTP_KISS - 1);
	if (v != NTP_GOOD)
		return;
	assert(a.stratum >= 1 && a.stratum <= 15 && a.received_us >= FIRST_US && a.sent_us >= a.received_us && a.sent_us <= LAST_US);
	if (ntp_offset(&offset_us, &delay_us, &a, 0, 1000000))
		assert(delay_us >= 0 && delay_us <= 1000000);
}

static void asked(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct mbuf *out = mbuf_alloc(x.n + NTP_PACKET);
	uint8_t p[NTP_PACKET] = {0x24, 1};

	(void)arg;
	if (!out || mbuf_get_left(mb) != NTP_PACKET) {
		mem_deref(out);
		return;
	}
	memcpy(p + 32, "\xed\x00\x00\x00\x00\x00\x00\x00\xed\x00\x00\x00\x00\x00\x00\x00", 16);
	(void)mbuf_write_mem(out, x.good ? p : x.data, x.good ? sizeof(p) : x.n);
	if (out->end >= 32)
		memcpy(out->buf + 24, mbuf_buf(mb) + 40, NTP_COOKIE);
	x.good = false;
	out->pos = 0;
	if (out->end)
		(void)udp_send(x.server, src, out);
	mem_deref(out);
}

static void told(const struct ntp_state *st, void *arg)
{
	const int64_t us = vnet_wall_us() + st->offset_us;

	(void)arg;
	assert(st->ok == !st->cause[0] && st->ok == !*st->trouble);
	if (st->ever)
		assert(us >= FIRST_US && us <= LAST_US + 10000000);
	assert(st->ok ? st->ever && st->stratum >= 1 && st->stratum <= 15 : true);
	assert(st->poll_s ? st->poll_s >= NTP_POLL_MIN_S && st->poll_s <= NTP_POLL_MAX_S : !st->ok);
}

static void client(void)
{
	const struct ntp_config cfg = {
		.server = "10.77.0.2", .port = 123, .laddr = x.here, .clock = {.now_us = now_us, .wall_us = wall_us},
	};
	struct ntp *n = NULL;

	assert(!ntp_alloc(&n, &cfg, told, NULL));
	run(10000);
	if (x.good || (ntp_state(n)->ever && ntp_state(n)->ok))
		run(80000);
	mem_deref(n);
}

static void set_up(void)
{
	int err;

	if (x.up)
		return;
	x.up = true;
	(void)vnet_start(true, 1);
	err = libre_init();
	dbg_init(DBG_EMERG, DBG_NONE);
	err |= sa_set_str(&x.here, "10.77.0.1", 5060);
	err |= sa_set_str(&x.there, "10.77.0.2", 123);
	err |= udp_listen(&x.server, &x.there, asked, NULL);
	assert(!err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	set_up();
	if (!size)
		return 0;
	x.data = data + 1;
	x.n = size - 1;
	x.good = (data[0] & 3) == 3;
	if (data[0] & 2)
		client();
	else
		read_one(x.data, x.n, !(data[0] & 1));

	return 0;
}

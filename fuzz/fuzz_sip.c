/**
 * @file fuzz_sip.c  Fuzz target: what a stranger sends to a door's SIP port (SIP-01 to SIP-10)
 *
 * A whole door in virtual time, made anew for each input.  First byte, by bits: 1 the button is pressed, 2 an
 * account registers, 4 the door is in a call with another phone, 8 the stranger uses TCP.  The rest is
 * messages, each ended by 0x1e and sent 40 ms after the one before; in them
 *
 *     0x01  the door's tag            0x03  the branch of its last request
 *     0x02  its Call-ID               0x04  the number of its CSeq
 *
 * so that a stranger can be the one who was called, or the registrar.  After it all somebody else asks
 * OPTIONS, and the door must answer; whatever is lost then, the leak checker finds.
 */
#include <assert.h>
#include <re.h>
#include <string.h>
#include "core/sip/call.h"
#include "sim/vdoor.h"
#include "sim/vnet.h"

#define STRANGER "10.77.0.9"
#define MESSAGES 12
#define GAP_MS 40
#define END_MS 600
#define SEPARATOR 0x1e

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PRESS = 1, ACCOUNT = 2, CALL = 4, TCP = 8 };

struct scene {
	struct media *media;
	struct vdoor *door;
	struct udp_sock *udp, *asker;
	struct tcp_conn *tcp;
	struct ua *phone;
	struct settings conf;
	struct call *call;
	struct tmr tmr;
	const uint8_t *data;
	size_t size;
	unsigned flags, sent;
	char tag[64], callid[128], branch[128], cseq[12];
	bool answered;
};

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

#define must(call) do { const int err_ = (call); assert(!err_); (void)err_; } while (0)

/* --- the stranger --- */

static void learn(struct scene *s, const struct sip_msg *m)
{
	if (m->req) {
		(void)pl_strcpy(&m->from.tag, s->tag, sizeof(s->tag));
		(void)pl_strcpy(&m->callid, s->callid, sizeof(s->callid));
		(void)pl_strcpy(&m->via.branch, s->branch, sizeof(s->branch));
		(void)re_snprintf(s->cseq, sizeof(s->cseq), "%u", m->cseq.num);
	}
	else if (pl_isset(&m->to.tag)) {
		(void)pl_strcpy(&m->to.tag, s->tag, sizeof(s->tag));
	}
}

static void heard(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct sip_msg *m = NULL;

	(void)src;
	if (!sip_msg_decode(&m, mb))
		learn(arg, m);
	mem_deref(m);
}

static void heard_tcp(struct mbuf *mb, void *arg)
{
	heard(NULL, mb, arg);
}

static void put(struct scene *s, struct mbuf *mb, uint8_t c)
{
	switch (c) {
	case 1: must(mbuf_write_str(mb, s->tag)); break;
	case 2: must(mbuf_write_str(mb, s->callid)); break;
	case 3: must(mbuf_write_str(mb, s->branch)); break;
	case 4: must(mbuf_write_str(mb, s->cseq)); break;
	default: must(mbuf_write_u8(mb, c)); break;
	}
}

static void send_message(struct scene *s, struct mbuf *mb)
{
	struct sa door;

	must(sa_set_str(&door, "10.77.0.1", 5060));
	mb->pos = 0;
	if (s->tcp)
		(void)tcp_send(s->tcp, mb);
	else if (mb->end)
		(void)udp_send(s->udp, &door, mb);
}

/* --- somebody who wants to know whether the door lives --- */

/* Requests of the door may come here too: the stranger gives any address as its own */
static void answer(const struct sa *src, struct mbuf *mb, void *arg)
{
	struct scene *s = arg;
	struct sip_msg *m = NULL;

	(void)src;
	if (!sip_msg_decode(&m, mb) && !m->req && !pl_strcmp(&m->callid, "live")) {
		s->answered = true;
		re_cancel();
	}
	mem_deref(m);
}

static void unanswered(void *arg)
{
	(void)arg;
	re_cancel();
}

static void ask(void *arg)
{
	static const char options[] = "OPTIONS sip:10.77.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.77.0.8:5060;branch=z9hG4bKlive\r\n"
		"From: <sip:a@10.77.0.8>;tag=live\r\nTo: <sip:10.77.0.1>\r\nCall-ID: live\r\nCSeq: 1 OPTIONS\r\n"
		"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
	struct scene *s = arg;
	struct mbuf *mb = mbuf_alloc(sizeof(options));
	struct sa door;

	must(sa_set_str(&door, "10.77.0.1", 5060));
	must(mbuf_write_str(mb, options));
	mb->pos = 0;
	must(udp_send(s->asker, &door, mb));
	mem_deref(mb);
	tmr_start(&s->tmr, 1000, unanswered, s);
}

static void next(void *arg)
{
	struct scene *s = arg;
	struct mbuf *mb = mbuf_alloc(1024);

	while (s->size && *s->data != SEPARATOR) {
		put(s, mb, *s->data++);
		--s->size;
	}
	send_message(s, mb);
	mem_deref(mb);
	if (s->size) {
		++s->data;
		--s->size;
	}
	if (s->size && ++s->sent < MESSAGES)
		tmr_start(&s->tmr, GAP_MS, next, s);
	else
		tmr_start(&s->tmr, END_MS, ask, s);
}

/* --- a phone that is not the stranger's --- */

static void on_call(struct call *call, const struct call_event *ev, void *arg)
{
	(void)call;
	(void)ev;
	(void)arg;
}

static void incoming(struct call *call, const struct sip_msg *msg, void *arg)
{
	struct scene *s = arg;

	(void)msg;
	mem_deref(s->call);
	s->call = mem_ref(call);
	call_set_handler(call, on_call, s);
	(void)call_answer(call);
}

static void make_phone(struct scene *s)
{
	struct ua_config cfg = {.user = "phone", .software = "fuzz", .conf = &s->conf, .media = s->media};

	settings_default(&s->conf);
	must(sa_set_str(&cfg.laddr, "10.77.0.2", 5060));
	must(ua_alloc(&s->phone, &cfg));
	ua_handlers(s->phone, incoming, NULL, NULL, s);
}

/* --- the scene --- */

static void preset(struct scene *s, const char *key, const char *value)
{
	char text[256];

	must(vdoor_preset(s->door, key, value, text, sizeof(text)));
}

static void make_door(struct scene *s)
{
	struct vdoor_config cfg = {.media = s->media};
	char text[256];

	must(sa_set_str(&cfg.laddr, "10.77.0.1", 5060));
	must(vdoor_alloc(&s->door, &cfg, text, sizeof(text)));
	preset(s, "button.day", s->flags & CALL ? "sip:10.77.0.2" : "sip:" STRANGER);
	preset(s, "sip.transport", s->flags & TCP ? "tcp" : "udp");
	if (s->flags & ACCOUNT) {
		preset(s, "sip.account1.server", STRANGER);
		preset(s, "sip.account1.active", "yes");
		preset(s, "sip.account1.user", "door");
		preset(s, "sip.account1.password", "secret");
	}
	must(vdoor_start(s->door, text, sizeof(text)));
}

static void make_stranger(struct scene *s)
{
	struct sa a, door;

	must(sa_set_str(&a, STRANGER, 5060));
	must(udp_listen(&s->udp, &a, heard, s));
	vnet_home(&a);
	must(sa_set_str(&a, "10.77.0.8", 5060));
	must(udp_listen(&s->asker, &a, answer, s));
	must(sa_set_str(&door, "10.77.0.1", 5060));
	if (s->flags & TCP)
		must(tcp_connect(&s->tcp, &door, NULL, heard_tcp, NULL, s));
}

static void press(struct scene *s)
{
	char text[256];

	must(vdoor_input(s->door, GAP_IN_BUTTON, true, text, sizeof(text)));
	must(vdoor_input(s->door, GAP_IN_BUTTON, false, text, sizeof(text)));
}

static void begin(void *arg)
{
	struct scene *s = arg;

	if (s->flags & (PRESS | CALL))
		press(s);
	tmr_start(&s->tmr, 2 * GAP_MS, next, s);
}

static void unmake(struct scene *s)
{
	tmr_cancel(&s->tmr);
	mem_deref(s->tcp);
	mem_deref(s->udp);
	mem_deref(s->asker);
	mem_deref(s->call);
	if (s->phone)
		ua_close(s->phone, true);
	mem_deref(s->phone);
	mem_deref(s->door);
	mem_deref(s->media);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	struct scene s = {.data = data + 1, .size = size - 1};

	if (!size)
		return 0;
	s.flags = data[0];
	must(vnet_start(true, 1));
	if (!started)
		must(libre_init());
	started = true;
	tmr_init(&s.tmr);
	must(media_alloc(&s.media, clock_us, NULL));
	make_door(&s);
	make_phone(&s);
	make_stranger(&s);
	tmr_start(&s.tmr, 1200, begin, &s);
	must(re_main(NULL));
	assert(s.answered);
	unmake(&s);

	return 0;
}

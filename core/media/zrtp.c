/**
 * @file zrtp.c  Keys agreed on in the media: ZRTP by a module (SIP-09, RFC 6189)
 *
 *     0 s      the leg starts: Hello, Commit, DHPart, Confirm in the place of sound (zrtp_module.h)
 *     then     keys of both ways, and the short authentication string
 *     10 s     without keys: told, and the call ends; never a plain word
 *
 * The module is looked for once, beside the program, in ../lib/ipgap and where the loader looks; or the
 * environment names it (IPGAP_ZRTP_MODULE).
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/media/secure_priv.h"
#include "core/media/stream_priv.h"
#include "core/media/zrtp_module.h"

#define MODULE "ipgap-zrtp.so"
#define PATIENCE_US 10000000
#define COOKIE "ZRTP"

struct zrtp {
	struct secure *s;               /* owns us */
	struct zrtp_session *session;
	struct secure_key tx;           /* for its name */
	uint64_t started_us;            /* 0 = not yet */
	bool tx_given, rx_given, secure, failed;
};

/* --- the module --- */

static void random_bytes(uint8_t *buf, size_t n)
{
	rand_bytes(buf, n);
}

static void *open_beside(const char *where)
{
	char exe[512], path[600];
	const ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (slash)
		slash[1] = '\0';
	(void)re_snprintf(path, sizeof(path), "%s%s" MODULE, exe, where);

	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static void *open_module(void)
{
	const char *named = getenv("IPGAP_ZRTP_MODULE");
	void *so = named ? dlopen(named, RTLD_NOW | RTLD_LOCAL) : open_beside("");

	if (!so && !named)
		so = open_beside("../lib/ipgap/");
	if (!so && !named)
		so = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);

	return so;
}

/* One a process, like the code it is */
static const struct zrtp_module *module(void)
{
	static const struct zrtp_module *found;
	static bool looked;
	zrtp_module_h *entry = NULL;
	void *so;

	if (looked)
		return found;
	looked = true;
	so = open_module();
	if (so)
		*(void **)&entry = dlsym(so, ZRTP_MODULE_ENTRY);
	if (entry)
		found = entry(random_bytes);
	if (found && found->version != ZRTP_MODULE_VERSION)
		found = NULL;

	return found;
}

/**
 * Whether ZRTP can be had.
 *
 * @return true = the module is there
 */
bool zrtp_available(void)
{
	return module() != NULL;
}

/* --- what a session tells --- */

static void tell(const struct zrtp *z, enum stream_event_type type, const char *text)
{
	const struct stream_event ev = {.type = type, .text = text};

	stream_event(z->s->stream, &ev);
}

static void fail(struct zrtp *z, const char *cause)
{
	if (z->failed || z->secure)
		return;
	z->failed = true;
	tell(z, STREAM_PLAIN, cause);
}

static void on_send(const uint8_t *packet, size_t n, void *arg)
{
	struct zrtp *z = arg;
	struct stream *s = z->s->stream;
	struct mbuf *mb = mbuf_alloc(n);

	if (mb && !mbuf_write_mem(mb, packet, n)) {
		mb->pos = 0;
		z->s->raw = true;
		(void)udp_send(rtp_sock(s->rtp), &s->raddr, mb);
		z->s->raw = false;
	}
	mem_deref(mb);
}

static unsigned suite_of(const struct zrtp_key *key)
{
	if (key->key_bytes == 32)
		return key->tag_bits == 80 ? SECURE_CM_256_80 : SECURE_CM_256_32;

	return key->tag_bits == 80 ? SECURE_CM_128_80 : SECURE_CM_128_32;
}

static void on_key(bool tx, const struct zrtp_key *given, void *arg)
{
	struct secure_key key = {.suite = (uint8_t)suite_of(given)};
	struct zrtp *z = arg;

	if (given->key_bytes != 16 && given->key_bytes != 32)
		return;
	memcpy(key.buf, given->key, given->key_bytes);
	memcpy(key.buf + given->key_bytes, given->salt, ZRTP_SALT);
	if (tx) {
		z->tx_given = !secure_tx_key(z->s, &key);
		z->tx.suite = key.suite;
	}
	else {
		secure_rx_key(&z->s->rx, &key);
		z->rx_given = true;
	}
	explicit_bzero(&key, sizeof(key));
}

static void on_secure(const char *sas, void *arg)
{
	struct zrtp *z = arg;

	if (!z->tx_given || !z->rx_given || z->failed) {
		fail(z, "ZRTP gave no keys");
		return;
	}
	z->secure = true;
	tell(z, STREAM_ENCRYPTED, secure_suites[z->tx.suite].name);
	tell(z, STREAM_SAS, sas);
}

static const struct zrtp_host host = {.send = on_send, .key = on_key, .secure = on_secure};

/* --- the leg --- */

/* 20 ms have passed */
void zrtp_step(struct zrtp *z, uint64_t now_us)
{
	if (z->failed)
		return;
	if (!z->started_us) {
		z->started_us = now_us;
		if (module()->start(z->session))
			fail(z, "ZRTP does not start");
	}
	(void)module()->step(z->session, now_us / 1000);
	if (!z->secure && now_us - z->started_us > PATIENCE_US)
		fail(z, "no ZRTP from the other side");
}

/* A packet of ZRTP has a cookie where RTP has its time-stamp */
bool zrtp_is(const struct mbuf *mb)
{
	const uint8_t *p = mbuf_buf(mb);

	return mbuf_get_left(mb) >= 12 && p[0] >> 4 == 1 && !memcmp(p + 4, COOKIE, 4);
}

void zrtp_receive(struct zrtp *z, struct mbuf *mb)
{
	if (!z->started_us || z->failed)
		return;
	if (module()->receive(z->session, mbuf_buf(mb), mbuf_get_left(mb)) == EACCES)
		fail(z, "ZRTP is not the one of SDP");
}

static void destructor(void *arg)
{
	struct zrtp *z = arg;

	if (z->session)
		module()->close(z->session);
}

/**
 * Let a leg agree on its keys by ZRTP, from its start on; again = anew, with somebody else.
 *
 * @param s    Stream, not stopped
 * @param hash Written: value of a=zrtp-hash, size ZRTP_HASH_MAX
 *
 * @return 0, ELIBACC no module, EPROTO by the module, EINVAL, ENOMEM
 */
int stream_zrtp(struct stream *s, char *hash)
{
	struct zrtp *z;
	int err = stream_encrypt(s);

	if (err)
		return err;
	if (!module())
		return ELIBACC;
	z = mem_zalloc(sizeof(*z), destructor);
	if (!z)
		return ENOMEM;
	z->s = s->secure;
	err = module()->open(&z->session, rtp_sess_ssrc(s->rtp), &host, z);
	if (!err)
		err = module()->hash(z->session, hash);
	if (err) {
		mem_deref(z);
		return err;
	}
	secure_forget(s->secure);
	mem_deref(s->secure->zrtp);
	s->secure->zrtp = z;

	return 0;
}

/**
 * Say what the other side's SDP promises of its Hello; what is no hash is passed over.
 *
 * @param s    Stream
 * @param hash Value of their a=zrtp-hash
 */
void stream_zrtp_peer(struct stream *s, const char *hash)
{
	struct zrtp *z = s && s->secure ? s->secure->zrtp : NULL;

	if (z && !z->secure && module()->peer_hash(z->session, hash) == EACCES)
		fail(z, "ZRTP is not the one of SDP");
}

/**
 * @file sdes.c  Keys of SRTP in SDP: a=crypto (RFC 4568, SIP-09)
 *
 *     a=crypto:TAG SUITE inline:KEY[|LIFETIME][|MKI:LENGTH] [PARAMETER ...]
 *
 * What becomes of a line that comes in:
 *
 *     unknown suite, several keys, MKI, KDR other than 0, UNENCRYPTED_..., UNAUTHENTICATED_...,
 *     FEC_..., unknown parameter               passed over (in an offer) or refused (in an answer)
 *     bad tag, Base64, key length, lifetime    the same: a line that cannot be read serves nobody
 *     WSH, parameter that begins with "-"      taken; our window has 64 packets at least
 *
 * An offer's first line that we can serve is taken.  Our key stays the same while theirs does; where theirs
 * changes, somebody else may be there, and ours changes too.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "core/sip/sdes.h"

#define TAG_DIGITS 9
#define LIFETIME_BITS 48                /* of RTP's packets */
#define WINDOW_MIN 64
#define BASE64_MAX ((SECURE_KEY_MAX + 2) / 3 * 4)

/* In the order we like them, within what one datagram of an INVITE should carry */
static const uint8_t offered[SDES_OFFERS] = {
	SECURE_CM_128_80, SECURE_CM_256_80, SECURE_GCM_128, SECURE_CM_128_32,
};

static int number(uint64_t *n, const struct pl *pl, size_t digits)
{
	size_t i;

	if (!pl->l || pl->l > digits)
		return EBADMSG;
	for (i = 0; i < pl->l; i++) {
		if (pl->p[i] < '0' || pl->p[i] > '9')
			return EBADMSG;
	}
	*n = pl_u64(pl);

	return 0;
}

static int suite_of(struct secure_key *key, const struct pl *name)
{
	unsigned i;

	for (i = 0; i < SECURE_SUITES; i++) {
		if (!pl_strcasecmp(name, secure_suites[i].name)) {
			key->suite = (uint8_t)i;
			return 0;
		}
	}

	return ENOTSUP;
}

/* So many letters, then nothing but the padding; libre itself skips over others */
static bool is_base64(const struct pl *text, size_t letters)
{
	size_t i;

	for (i = 0; i < text->l; i++) {
		const char c = text->p[i];

		if (i >= letters ? c != '=' : !isalnum((unsigned char)c) && c != '+' && c != '/')
			return false;
	}

	return true;
}

/* The padding may be left out, as some do */
static int key_of(struct secure_key *key, const struct pl *text)
{
	const size_t want = secure_suites[key->suite].key_bytes, letters = (want * 4 + 2) / 3;
	char whole[BASE64_MAX];
	uint8_t buf[BASE64_MAX];
	size_t n = sizeof(buf);
	int err = EBADMSG;

	memset(whole, '=', sizeof(whole));
	if (text->l >= letters && text->l <= (want + 2) / 3 * 4 && is_base64(text, letters)) {
		memcpy(whole, text->p, letters);
		err = base64_decode(whole, (want + 2) / 3 * 4, buf, &n);
	}
	if (!err && n != want)
		err = EBADMSG;
	if (!err)
		memcpy(key->buf, buf, want);
	explicit_bzero(buf, sizeof(buf));
	explicit_bzero(whole, sizeof(whole));

	return err ? EBADMSG : 0;
}

/* "2^20" or "1048576" packets */
static int lifetime(const struct pl *text)
{
	struct pl pl = *text;
	uint64_t n;

	if (pl.l > 2 && !memcmp(pl.p, "2^", 2)) {
		pl_advance(&pl, 2);
		return number(&n, &pl, 2) || n > LIFETIME_BITS ? EBADMSG : 0;
	}

	return number(&n, &pl, 15) || !n || n > 1ull << LIFETIME_BITS ? EBADMSG : 0;
}

/* Of several keys a packet would have to say by its MKI which one it was */
static int key_params(struct secure_key *key, const struct pl *text)
{
	struct pl b64, life = {NULL, 0}, mki = {NULL, 0};
	const char *bar;

	if (text->l < 7 || memcmp(text->p, "inline:", 7) || pl_strchr(text, ';'))
		return ENOTSUP;
	b64 = (struct pl) {text->p + 7, text->l - 7};
	bar = pl_strchr(&b64, '|');
	if (bar) {
		life = (struct pl) {bar + 1, (size_t)(b64.p + b64.l - bar) - 1};
		b64.l = (size_t)(bar - b64.p);
	}
	bar = bar ? pl_strchr(&life, '|') : NULL;
	if (bar) {
		mki = (struct pl) {bar + 1, (size_t)(life.p + life.l - bar) - 1};
		life.l = (size_t)(bar - life.p);
	}
	if (mki.p || pl_strchr(&life, ':'))
		return mki.p && !mki.l ? EBADMSG : ENOTSUP;
	if (life.p && lifetime(&life))
		return EBADMSG;

	return key_of(key, &b64);
}

static bool param_ok(const struct pl *p)
{
	struct pl value;
	uint64_t n;

	if (p->p[0] == '-')
		return true;
	if (p->l > 4 && !memcmp(p->p, "KDR=", 4)) {
		value = (struct pl) {p->p + 4, p->l - 4};
		return !number(&n, &value, 2) && !n;
	}
	if (p->l > 4 && !memcmp(p->p, "WSH=", 4)) {
		value = (struct pl) {p->p + 4, p->l - 4};
		return !number(&n, &value, 5) && n >= WINDOW_MIN;
	}

	return false;
}

/* The next word; empty = no more */
static struct pl word(struct pl *rest)
{
	struct pl w;

	while (rest->l && *rest->p == ' ')
		pl_advance(rest, 1);
	w = (struct pl) {rest->p, 0};
	while (rest->l && *rest->p != ' ') {
		pl_advance(rest, 1);
		w.l++;
	}

	return w;
}

/**
 * Read the value of an a=crypto line.
 *
 * @param line  Written on success; holds a key
 * @param value What stands behind "a=crypto:"
 *
 * @return 0, EBADMSG against the grammar or a key of the wrong length, ENOTSUP right but nothing for us
 */
int sdes_line(struct sdes_line *line, const struct pl *value)
{
	struct sdes_line l = {.tag = 0};
	struct pl rest = *value, w = word(&rest);
	uint64_t tag;
	int err = number(&tag, &w, TAG_DIGITS);

	if (!err && w.l > 1 && *w.p == '0')
		err = EBADMSG;
	if (!err) {
		l.tag = (uint32_t)tag;
		w = word(&rest);
		err = suite_of(&l.key, &w);
	}
	if (!err) {
		w = word(&rest);
		err = key_params(&l.key, &w);
	}
	for (w = word(&rest); !err && w.l; w = word(&rest))
		err = param_ok(&w) ? 0 : ENOTSUP;
	if (!err)
		*line = l;
	explicit_bzero(&l, sizeof(l));

	return err;
}

/**
 * Prepare an offer: new keys for the first one; the present key, alone, once there is one.
 *
 * @param s State
 *
 * @return 0, EIO no randomness
 */
int sdes_offer(struct sdes *s)
{
	unsigned i;
	int err = 0;

	if (s->agreed) {
		s->offer[0] = s->tx;
		s->offers = 1;
		return 0;
	}
	if (s->offers)
		return 0;
	for (i = 0; i < SDES_OFFERS && !err; i++)
		err = secure_key_random(&s->offer[i], offered[i]);
	s->offers = err ? 0 : SDES_OFFERS;

	return err;
}

struct reading {
	struct sdes_line line;
	unsigned n;                     /* lines in all */
	bool found;
};

static bool first_good(const char *name, const char *value, void *arg)
{
	struct reading *r = arg;
	struct pl pl;

	(void)name;
	pl_set_str(&pl, value ? value : "");
	r->n++;
	r->found = r->found || !sdes_line(&r->line, &pl);

	return false;                   /* all are counted */
}

static void read_lines(struct reading *r, const struct sdp_media *m)
{
	memset(r, 0, sizeof(*r));
	(void)sdp_media_rattr_apply(m, "crypto", first_good, r);
}

/**
 * Read an offer: its first line that we can serve is taken, our key goes with it.
 *
 * @param s State, changed on success
 * @param m Audio stream, decoded
 *
 * @return 0, ENOKEY no line for us, EIO no randomness
 */
int sdes_read_offer(struct sdes *s, const struct sdp_media *m)
{
	struct reading r;
	bool same;
	int err = 0;

	read_lines(&r, m);
	if (!r.found)
		return ENOKEY;

	same = s->agreed && secure_key_same(&s->rx, &r.line.key) && s->tx.suite == r.line.key.suite;
	if (!same)
		err = secure_key_random(&s->tx, r.line.key.suite);
	if (!err) {
		s->rx = r.line.key;
		s->tag = r.line.tag;
		s->fresh = s->fresh || !same;
		s->agreed = true;
	}
	explicit_bzero(&r, sizeof(r));

	return err;
}

/**
 * Read an answer: one line, with a tag and its suite of our offer.
 *
 * @param s State, changed on success
 * @param m Audio stream, decoded
 *
 * @return 0, ENOKEY no line, several, or not what we offered
 */
int sdes_read_answer(struct sdes *s, const struct sdp_media *m)
{
	const struct secure_key *ours;
	struct reading r;
	int err = 0;

	read_lines(&r, m);
	if (!r.found || r.n != 1 || !r.line.tag || r.line.tag > s->offers)
		err = ENOKEY;
	ours = &s->offer[err ? 0 : r.line.tag - 1];
	if (!err && ours->suite != r.line.key.suite)
		err = ENOKEY;
	if (!err) {
		s->fresh = s->fresh || !s->agreed || !secure_key_same(&s->tx, ours) ||
			   !secure_key_same(&s->rx, &r.line.key);
		s->tx = *ours;
		s->rx = r.line.key;
		s->tag = r.line.tag;
		s->agreed = true;
	}
	explicit_bzero(&r, sizeof(r));

	return err;
}

static int put(struct mbuf *mb, uint32_t tag, const struct secure_key *key)
{
	const struct secure_suite *suite = &secure_suites[key->suite];
	char b64[BASE64_MAX + 1];
	size_t n = sizeof(b64);
	int err = base64_encode(key->buf, suite->key_bytes, b64, &n);

	if (!err)
		err = mbuf_printf(mb, "a=crypto:%u %s inline:%b\r\n", tag, suite->name, b64, n);
	explicit_bzero(b64, sizeof(b64));

	return err;
}

/** Write our lines: those of the offer, or the one of the answer */
int sdes_encode(struct mbuf *mb, bool offer, void *arg)
{
	const struct sdes *s = arg;
	unsigned i;
	int err = 0;

	if (!offer)
		return s->agreed ? put(mb, s->tag, &s->tx) : 0;
	for (i = 0; i < s->offers && !err; i++)
		err = put(mb, i + 1, &s->offer[i]);

	return err;
}

/** Keys are not left in memory */
void sdes_forget(struct sdes *s)
{
	explicit_bzero(s, sizeof(*s));
}

/**
 * @file call_secure.c  Encryption of a call's sound: what the settings want, what SDP says (SIP-09)
 *
 * Nothing falls back to plain, and nothing is encrypted that should be plain:
 *
 *     sip.media_encryption   we offer          an offer, or an answer, of the other kind
 *     none                   RTP/AVP           RTP/SAVP: 488; as an answer: BYE
 *     srtp                   RTP/SAVP, a=crypto RTP/AVP, or no line for us: 488; as an answer: BYE
 *     zrtp                   RTP/AVP, a=zrtp-hash as none; without ZRTP in the media the call ends
 *
 * A call keeps the kind it began with.
 */
#include <errno.h>
#include <string.h>
#include "core/media/zrtp_module.h"
#include "core/sip/call_priv.h"

static const char *const kind_name[] = {
	[MEDIA_PLAIN] = "none", [MEDIA_SRTP] = "srtp", [MEDIA_ZRTP] = "zrtp",
};

static void sdes_destructor(void *arg)
{
	sdes_forget(arg);
}

static int zrtp(struct call *c)
{
	char hash[ZRTP_HASH_MAX] = "";
	int err = stream_zrtp(c->stream, hash);

	c->zrtp_hash = mem_deref(c->zrtp_hash);

	return err ? err : str_dup(&c->zrtp_hash, hash);
}

int call_secure_alloc(struct call *c)
{
	c->encryption = (enum media_encryption)c->ua->conf->media_encryption;
	if (c->encryption == MEDIA_ZRTP)
		return zrtp(c);
	if (c->encryption == MEDIA_SRTP)
		c->sdes = mem_zalloc(sizeof(*c->sdes), sdes_destructor);

	return c->encryption == MEDIA_PLAIN || c->sdes ? 0 : ENOMEM;
}

/* Somebody else takes the other end: he may not read what the one before can (Replaces) */
int call_secure_anew(struct call *c)
{
	if (c->sdes)
		sdes_forget(c->sdes);

	return c->encryption == MEDIA_ZRTP ? zrtp(c) : 0;
}

/* Our side of a new description */
void call_secure_describe(struct call *c, struct sdp_media *m)
{
	if (c->sdes)
		sdp_media_set_encode_handler(m, sdes_encode, c->sdes);
	if (c->zrtp_hash)
		(void)sdp_media_set_lattr(m, true, "zrtp-hash", "%s", c->zrtp_hash);
}

int call_secure_offer(struct call *c)
{
	return c->sdes ? sdes_offer(c->sdes) : 0;
}

const char *call_secure_cause(enum media_encryption kind, bool offer)
{
	if (kind != MEDIA_SRTP)
		return offer ? "offered with SRTP, not wanted" : "answered with SRTP, not wanted";

	return offer ? "offered without SRTP we can use" : "answered without SRTP we can use";
}

static void tell(struct call *c, bool ok, const char *detail)
{
	const struct call_event ev = {.type = CALL_ENCRYPTION, .ok = ok};
	struct pl pl;

	pl_set_str(&pl, detail);
	call_post(c, &ev, &pl);
}

/* Their description was read with this outcome; where its codecs are right, now its keys are read */
int call_secure_read(struct call *c, const struct sdp_media *m, bool offer, int err)
{
	const char *hash;

	if (!err && c->sdes)
		err = offer ? sdes_read_offer(c->sdes, m) : sdes_read_answer(c->sdes, m);
	hash = sdp_media_rattr(m, "zrtp-hash");
	if (!err && c->zrtp_hash && hash)
		stream_zrtp_peer(c->stream, hash);
	if (err == ENOKEY)
		tell(c, false, call_secure_cause(c->encryption, offer));

	return err;
}

/* Keys come into force with the media */
int call_secure_start(struct call *c)
{
	int err;

	if (!c->sdes || !c->sdes->fresh)
		return 0;
	err = stream_keys(c->stream, &c->sdes->tx, &c->sdes->rx);
	if (err)
		return err;
	c->sdes->fresh = false;
	tell(c, true, secure_suites[c->sdes->tx.suite].name);

	return 0;
}

/* ZRTP is through; without keys no sound will ever pass, which is the end of the call */
void call_secure_event(struct call *c, const struct stream_event *ev)
{
	const struct call_event sas = {.type = CALL_SAS}, lost = {.type = CALL_MEDIA_TIMEOUT};
	struct pl pl;

	pl_set_str(&pl, ev->text);
	if (ev->type == STREAM_SAS) {
		call_post(c, &sas, &pl);
		return;
	}
	tell(c, ev->type == STREAM_ENCRYPTED, ev->text);
	if (ev->type == STREAM_PLAIN)
		call_post(c, &lost, NULL);
}

/**
 * How the sound of a call is encrypted.
 *
 * @param c Call
 *
 * @return "none", "srtp", "zrtp"
 */
const char *call_encryption(const struct call *c)
{
	return kind_name[c ? c->encryption : MEDIA_PLAIN];
}

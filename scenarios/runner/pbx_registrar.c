/**
 * @file pbx_registrar.c  Registrar and presence server of the scenarios' PBX (RFC 3261 §10, RFC 3903)
 */
#include <string.h>
#include "pbx_priv.h"

#define EXPIRES_S 3600

static void refuse(struct pbx *p, const struct sip_msg *msg, const struct sa *src, const struct pbx_user *u,
		   uint16_t scode, const char *reason, const char *headers)
{
	(void)pbx_reply(p, msg, src, scode, reason, headers);
	pbx_tell(p, "refused", u, reason, scode);
}

/* A fault of the script, with its Retry-After */
static bool refused_by_fault(struct pbx *p, const struct sip_msg *msg, const struct sa *src,
			     const struct pbx_user *u, uint16_t scode)
{
	char header[40] = "";

	if (!scode)
		return false;
	if (p->faults.retry_after_s)
		(void)re_snprintf(header, sizeof(header), "Retry-After: %u\r\n", p->faults.retry_after_s);
	refuse(p, msg, src, u, scode, scode == 403 ? "Forbidden" : "Refused", header);

	return true;
}

static uint32_t expires_of(const struct sip_msg *msg, const struct sip_addr *contact)
{
	struct pl val;

	if (contact && !msg_param_decode(&contact->params, "expires", &val))
		return pl_u32(&val);

	return pl_isset(&msg->expires) ? pl_u32(&msg->expires) : EXPIRES_S;
}

/* 423 where it is too short */
static bool too_short(struct pbx *p, const struct sip_msg *msg, const struct sa *src, const struct pbx_user *u,
		      uint32_t expires_s)
{
	char header[40];

	if (!expires_s || expires_s >= p->min_expires_s)
		return false;
	(void)re_snprintf(header, sizeof(header), "Min-Expires: %u\r\n", p->min_expires_s);
	refuse(p, msg, src, u, 423, "Interval Too Brief", header);

	return true;
}

static void bind_contact(struct pbx *p, const struct sip_msg *msg, const struct sa *src, struct pbx_user *u,
			 const struct sip_addr *contact, uint32_t expires_s)
{
	char header[256] = "";

	u->contact = mem_deref(u->contact);
	if (expires_s && pl_strdup(&u->contact, &contact->auri)) {
		refuse(p, msg, src, u, 500, "Server Internal Error", "");
		return;
	}
	if (expires_s) {
		u->addr = *src;
		u->until_ms = tmr_jiffies() + expires_s * 1000ull;
		(void)re_snprintf(header, sizeof(header), "Contact: <%s>;expires=%u\r\n", u->contact, expires_s);
	}
	(void)pbx_reply(p, msg, src, 200, "OK", header);
	pbx_tell(p, expires_s ? "registered" : "unregistered", u, u->contact ? u->contact : "", expires_s);
}

void pbx_register(struct pbx *p, const struct sip_msg *msg, const struct sa *src)
{
	const struct sip_hdr *hdr = sip_msg_hdr(msg, SIP_HDR_CONTACT);
	struct pbx_user *u = pbx_find(p, &msg->to.uri.user);
	struct sip_addr contact;
	uint32_t expires_s;

	if (refused_by_fault(p, msg, src, u, p->faults.reg))
		return;
	if (!u) {
		refuse(p, msg, src, NULL, 404, "Not Found", "");
		return;
	}
	if (!pbx_authorized(p, msg, src, u, false))
		return;
	if (!hdr || sip_addr_decode(&contact, &hdr->val)) {
		refuse(p, msg, src, u, 400, "Bad Request", "");
		return;
	}
	expires_s = expires_of(msg, &contact);
	if (too_short(p, msg, src, u, expires_s))
		return;
	if (p->max_expires_s && expires_s > p->max_expires_s)
		expires_s = p->max_expires_s;
	bind_contact(p, msg, src, u, &contact, expires_s);
}

/* "open" or "closed" of a document, "" of a refresh */
static const char *status_of(const struct sip_msg *msg)
{
	struct pl status;

	if (re_regex((const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb), "<basic>[a-z]+</basic>", &status))
		return "";

	return pl_strcmp(&status, "open") ? "closed" : "open";
}

static void publish(struct pbx *p, const struct sip_msg *msg, const struct sa *src, struct pbx_user *u,
		    uint32_t expires_s)
{
	char header[80];

	u->etag = mem_deref(u->etag);
	(void)re_sdprintf(&u->etag, "e%llu", ++p->etags);
	(void)re_snprintf(header, sizeof(header), "SIP-ETag: %s\r\nExpires: %u\r\n", u->etag, expires_s);
	(void)pbx_reply(p, msg, src, 200, "OK", header);
	pbx_tell(p, "presence", u, status_of(msg), expires_s);
}

void pbx_publish(struct pbx *p, const struct sip_msg *msg, const struct sa *src)
{
	const struct sip_hdr *match = sip_msg_hdr(msg, SIP_HDR_SIP_IF_MATCH);
	struct pbx_user *u = pbx_find(p, &msg->to.uri.user);
	const uint32_t expires_s = expires_of(msg, NULL);

	if (!u) {
		refuse(p, msg, src, NULL, 404, "Not Found", "");
		return;
	}
	if (!pbx_authorized(p, msg, src, u, true) || refused_by_fault(p, msg, src, u, p->faults.publish) ||
	    too_short(p, msg, src, u, expires_s))
		return;
	if (match && (p->faults.unknown_etag || !u->etag || pl_strcmp(&match->val, u->etag))) {
		p->faults.unknown_etag = false;
		refuse(p, msg, src, u, 412, "Conditional Request Failed", "");
		return;
	}
	publish(p, msg, src, u, expires_s);
}

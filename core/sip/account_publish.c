/**
 * @file account_publish.c  Presence of an account by PUBLISH (SIP-03, RFC 3903, RFC 3863)
 *
 *     registered ── PUBLISH open ── 200, SIP-ETag, expires E ──> SIP-If-Match at 80..90 % of E
 *                        ├── 412 (the server forgot us): PUBLISH open anew
 *                        ├── 423: again with Min-Expires
 *                        └── else: told, and tried again with the next registration
 *     end ── PUBLISH closed with SIP-If-Match
 */
#include "core/sip/account_priv.h"

#define EXPIRES_MAX_S (7 * 86400)
#define ETAG_MAX 256                    /* a longer one is not taken up */

static void tmr_handler(void *arg)
{
	account_publish(arg);
}

/* Text inside XML */
static int xml_print(struct re_printf *pf, const char *s)
{
	int err = 0;

	for (; *s && !err; s++) {
		switch (*s) {
		case '&': err = re_hprintf(pf, "&amp;"); break;
		case '<': err = re_hprintf(pf, "&lt;"); break;
		case '"': err = re_hprintf(pf, "&quot;"); break;
		default:  err = pf->vph(s, 1, pf->arg); break;
		}
	}

	return err;
}

static int body(char **textp, const struct account *a, bool open)
{
	return re_sdprintf(textp,
			   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			   "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"%H\">\n"
			   "<tuple id=\"door\"><status><basic>%s</basic></status></tuple>\n"
			   "</presence>\n",
			   xml_print, a->identity, open ? "open" : "closed");
}

static int send_publish(struct account *a, const char *pidf)
{
	return exchange_send(a->pub, "PUBLISH",
			     "Event: presence\r\n"
			     "Expires: %u\r\n"
			     "%s%s%s"
			     "%s"
			     "Content-Length: %zu\r\n"
			     "\r\n"
			     "%s",
			     a->pub_expires_s,
			     a->etag ? "SIP-If-Match: " : "", a->etag ? a->etag : "",
			     a->etag ? "\r\n" : "",
			     *pidf ? "Content-Type: application/pidf+xml\r\n" : "",
			     str_len(pidf), pidf);
}

static void published(struct account *a, const struct sip_msg *msg)
{
	const struct sip_hdr *etag = sip_msg_hdr(msg, SIP_HDR_SIP_ETAG);
	uint32_t expires_s = pl_isset(&msg->expires) ? pl_u32(&msg->expires) : a->pub_expires_s;

	expires_s = MIN(MAX(expires_s, 10u), (uint32_t)EXPIRES_MAX_S);
	if (!a->etag)
		account_tell(a, true, true, 0, msg);
	a->etag = mem_deref(a->etag);
	if (!etag || etag->val.l > ETAG_MAX || pl_strdup(&a->etag, &etag->val))
		return;                 /* cannot be refreshed: it ends by itself */
	tmr_start(&a->pub_tmr, account_refresh_ms(expires_s), tmr_handler, a);
}

/* Refusals that say how to go on; true = sent again */
static bool mended(struct account *a, const struct sip_msg *msg)
{
	const struct sip_hdr *least = sip_msg_hdr(msg, SIP_HDR_MIN_EXPIRES);
	const uint32_t least_s = least ? pl_u32(&least->val) : 0;

	if (msg->scode == 412 && a->etag) {
		a->etag = mem_deref(a->etag);
	}
	else if (msg->scode == 423 && least_s > a->pub_expires_s && least_s <= EXPIRES_MAX_S) {
		a->pub_expires_s = least_s;
	}
	else {
		return false;
	}
	account_publish(a);

	return true;
}

static void answer_handler(int err, const struct sip_msg *msg, void *arg)
{
	struct account *a = arg;

	if (!err && msg->scode < 300) {
		published(a, msg);
	}
	else if (err || !mended(a, msg)) {
		a->etag = mem_deref(a->etag);
		account_tell(a, true, false, err, msg);
	}
}

/* Tell that we are there: anew with a body, or the refresh of what the server knows */
void account_publish(struct account *a)
{
	char *pidf = NULL;
	int err = 0;

	if (!a->etag)
		err = body(&pidf, a, true);
	if (!err)
		err = account_exchange(a, &a->pub, a->identity, answer_handler);
	if (!err)
		err = send_publish(a, pidf ? pidf : "");
	if (err)
		account_tell(a, true, false, err, NULL);
	mem_deref(pidf);
}

/* Tell that we are going, in the background */
void account_unpublish(struct account *a)
{
	char *pidf = NULL;

	if (!a->pub || !a->etag || !a->reg_news.ok || body(&pidf, a, false))
		return;
	if (!send_publish(a, pidf)) {
		exchange_detach(a->pub);
		a->pub = NULL;
	}
	mem_deref(pidf);
}

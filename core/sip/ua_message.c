/**
 * @file ua_message.c  SIP MESSAGE, both ways (SUP-10, manual §3.3.22.2)
 *
 * What comes in is text from anybody: bytes that are not printable UTF-8 reach the handler as "?".
 */
#include <errno.h>
#include <string.h>
#include "core/sip/exchange.h"
#include "core/sip/ua_priv.h"

struct message {
	struct le le;
	struct exchange *exchange;
	char *to;
	ua_message_sent_h *h;
	void *arg;
};

static void message_destructor(void *arg)
{
	struct message *m = arg;

	list_unlink(&m->le);
	mem_deref(m->exchange);
	mem_deref(m->to);
}

static void no_sent(const char *to, int err, uint16_t scode, void *arg)
{
	(void)to;
	(void)err;
	(void)scode;
	(void)arg;
}

/* Length of the UTF-8 sequence at s[n], 0 = none */
static size_t utf8(const uint8_t *s, size_t n)
{
	const size_t len = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
			   s[0] < 0xf5 ? 4 : 0;
	size_t i;

	if (!len || len > n)
		return 0;
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	if (s[0] == 0xc2 && s[1] < 0xa0)        /* C1 controls */
		return 0;

	return len;
}

/* Text of outside as a string: UTF-8, no control characters but line feeds */
int ua_text(char **textp, const struct pl *pl)
{
	char *text = mem_alloc(pl->l + 1, NULL);
	size_t i, k = 0;

	if (!text)
		return ENOMEM;

	for (i = 0; i < pl->l; i++) {
		const uint8_t c = (uint8_t)pl->p[i];
		const size_t len = c < 0x80 ? 1 : utf8((const uint8_t *)pl->p + i, pl->l - i);

		if (c == '\r' && i + 1 < pl->l && pl->p[i + 1] == '\n')
			continue;
		if (!len || (c < 0x20 && c != '\n') || c == 0x7f) {
			text[k++] = '?';
			continue;
		}
		memcpy(text + k, pl->p + i, len);
		k += len;
		i += len - 1;
	}
	text[k] = '\0';
	*textp = text;

	return 0;
}

static void refuse(struct ua *ua, const struct sip_msg *msg, uint16_t scode, const char *reason,
		   const char *headers)
{
	(void)sip_treplyf(NULL, NULL, ua->sip, msg, false, scode, reason,
			  "%sContent-Length: 0\r\n\r\n", headers);
	ua_refused(ua, msg, scode);
}

/* A MESSAGE came in: answer it, then tell the owner */
void ua_message_recv(struct ua *ua, const struct sip_msg *msg)
{
	struct pl body = { (const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb) };
	char *text = NULL, *from = NULL;

	if (ua->message_code) {
		refuse(ua, msg, ua->message_code, "Refused", "");
		return;
	}
	if (!msg_ctype_cmp(&msg->ctyp, "text", "plain")) {
		refuse(ua, msg, 415, "Unsupported Media Type", "Accept: text/plain\r\n");
		return;
	}
	if (body.l > UA_MESSAGE_MAX) {
		refuse(ua, msg, 413, "Request Entity Too Large", "");
		return;
	}
	if (ua_text(&text, &body) || ua_text(&from, &msg->from.auri)) {
		refuse(ua, msg, 500, "Server Internal Error", "");
	}
	else {
		(void)sip_treply(NULL, ua->sip, msg, 200, "OK");
		ua->msgh(from, text, ua->arg);
	}
	mem_deref(text);
	mem_deref(from);
}

static void sent_handler(int err, const struct sip_msg *msg, void *arg)
{
	struct message *m = arg;

	list_unlink(&m->le);
	m->h(m->to, err, msg ? msg->scode : 0, m->arg);
	mem_deref(m);
}

static int send_message(struct message *m, struct ua *ua, const struct ua_identity *as, const char *body)
{
	struct exchange_config cfg = { .sip = ua->sip, .to = m->to, .as = as };
	enum sip_transp tp;
	char *uri = NULL;
	int err;

	err = ua_target(ua, &uri, &tp, m->to, as->over);
	cfg.uri = uri;
	if (!err)
		err = exchange_alloc(&m->exchange, &cfg, sent_handler, m);
	mem_deref(uri);
	if (err)
		return err;

	return exchange_send(m->exchange, "MESSAGE",
			     "Content-Type: text/plain\r\n"
			     "Content-Length: %zu\r\n"
			     "\r\n"
			     "%s",
			     strlen(body), body);
}

/**
 * Send a SIP MESSAGE, text/plain.
 *
 * @param ua   Agent
 * @param as   As whom
 * @param to   Target URI, "sip:..."
 * @param body Text
 * @param h    Told the outcome once: err, or the final status code; NULL = nobody
 * @param arg  Its argument
 *
 * @return 0, EINVAL (also a name without a DNS client), ENOSYS not a sip: URI, or the network's
 *         error; h is not called then
 *
 * Source: manual §3.3.22.2, SUP-03, SUP-10.
 */
int ua_message_as(struct ua *ua, const struct ua_identity *as, const char *to, const char *body,
		  ua_message_sent_h *h, void *arg)
{
	struct message *m;
	int err;

	if (!ua || !ua->sip || ua->closing || !as || !to || !body)
		return EINVAL;

	m = mem_zalloc(sizeof(*m), message_destructor);
	if (!m)
		return ENOMEM;

	m->h = h ? h : no_sent;
	m->arg = arg;
	err = str_dup(&m->to, to);
	if (!err)
		err = send_message(m, ua, as, body);
	if (err)
		mem_deref(m);
	else
		list_append(&ua->messages, &m->le, m);

	return err;
}

/**
 * Send a SIP MESSAGE, text/plain, from the agent itself.
 *
 * @param ua        Agent
 * @param to        Target URI, "sip:..."
 * @param from_user User part of From (SUP-02), NULL = the agent's own
 * @param body      Text
 * @param h         As for ua_message_as()
 * @param arg       Its argument
 *
 * @return as ua_message_as()
 */
int ua_message(struct ua *ua, const char *to, const char *from_user, const char *body,
	       ua_message_sent_h *h, void *arg)
{
	struct ua_identity as = { .over = ua ? ua->conf->transport : 0 };
	char *from = NULL;
	int err;

	if (!ua || !ua->sip || ua->closing)
		return EINVAL;

	err = ua_user_uri(ua, &from, from_user ? from_user : ua->user, SIP_TRANSP_UDP);
	as.uri = from;
	if (!err)
		err = ua_message_as(ua, &as, to, body, h, arg);
	mem_deref(from);

	return err;
}

/**
 * @file record_sip.c  SIP messages and session descriptions as the ladder needs them
 *
 * RFC 3261 (libre decodes), RFC 4566: who announced which address and which payload types.
 */
#include <string.h>
#include "record_priv.h"

#define BODY_SHOWN 72           /* bytes of a short body on the ladder */

/* Payload types that need no announcement, RFC 3551 table 4 */
static const struct { uint8_t pt; const char *name; } fixed[] = {
	{0, "PCMU"}, {3, "GSM"}, {8, "PCMA"}, {9, "G722"}, {13, "CN"}, {18, "G729"},
};


static struct sip_msg *decode(const struct rec_item *item)
{
	struct mbuf *mb = mbuf_alloc(item->len + 1);
	struct sip_msg *msg = NULL;

	if (mb && !mbuf_write_mem(mb, item->data, item->len)) {
		mb->pos = 0;
		if (sip_msg_decode(&msg, mb))
			msg = NULL;
	}

	mem_deref(mb);
	return msg;
}


/**
 * Find the session description of a SIP message
 *
 * @param item Datagram
 * @param body Set to the message's body, inside the item
 *
 * @return True where there is one
 */
bool rec_sip_sdp(const struct rec_item *item, struct pl *body)
{
	struct sip_msg *msg = decode(item);
	const bool sdp = msg && msg_ctype_cmp(&msg->ctyp, "application", "sdp");

	if (sdp) {
		body->p = (const char *)item->data + msg->mb->pos;
		body->l = item->len - msg->mb->pos;
	}

	mem_deref(msg);
	return sdp && body->l;
}


/* The address of the description's audio: its first c= and m=audio */
static bool audio_addr(const struct pl *sdp, struct pcapng_addr *a)
{
	struct pl ip, port;
	char text[INET6_ADDRSTRLEN];

	if (re_regex(sdp->p, sdp->l, "c=IN IP[46]1 [^ \r\n/]+", NULL, &ip) ||
	    re_regex(sdp->p, sdp->l, "m=audio [0-9]+", &port) ||
	    pl_strcpy(&ip, text, sizeof(text)))
		return false;

	memset(a, 0, sizeof(*a));
	a->port = (uint16_t)pl_u32(&port);
	a->af = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(a->af, text, a->ip) == 1 && a->port;
}


static void learn_codecs(struct rec_media *m, const struct pl *sdp)
{
	struct pl pt, name, clock;
	const char *p = sdp->p, *end = sdp->p + sdp->l;

	while (!re_regex(p, (size_t)(end - p), "a=rtpmap:[0-9]+ [^/\r\n]+/[0-9]+",
			 &pt, &name, &clock)) {
		const uint32_t i = pl_u32(&pt);

		if (i < 128) {
			(void)rec_clean(m->codec[i], sizeof(m->codec[i]), name.p,
					name.l < 16 ? name.l : 16);
			m->clock[i] = pl_u32(&clock);
		}
		p = clock.p + clock.l;
	}
}


/**
 * Remember what a session description says
 *
 * @param media List of struct rec_media, added to
 * @param sdp   Description
 * @param col   Column of the host that sent it first
 *
 * Without memory nothing is learnt: RTP then shows its payload type's number.
 */
void rec_media_learn(struct list *media, const struct pl *sdp, int col)
{
	struct rec_media *m;
	struct pcapng_addr a;

	if (!audio_addr(sdp, &a))
		return;

	m = (struct rec_media *)rec_media_find(media, &a);
	if (!m) {
		m = mem_zalloc(sizeof(*m), NULL);
		if (!m)
			return;
		m->addr = a;
		m->col = col;
		list_append(media, &m->le, m);
	}
	learn_codecs(m, sdp);
}


const struct rec_media *rec_media_find(const struct list *media, const struct pcapng_addr *addr)
{
	struct le *le;

	for (le = list_head(media); le; le = le->next) {
		const struct rec_media *m = le->data;

		if (rec_addr_equal(&m->addr, addr))
			return m;
	}

	return NULL;
}


/**
 * Name the codec of an RTP packet: as its receiver announced it, else its sender, else RFC 3551
 *
 * @param media What was announced
 * @param item  RTP packet
 * @param clock Set to the units a second, 8000 where unknown
 *
 * @return Name or NULL
 */
const char *rec_media_codec(const struct list *media, const struct rec_item *item, uint32_t *clock)
{
	const struct pcapng_addr *side[] = {&item->dst, &item->src};
	const uint8_t pt = item->data[1] & 0x7f;
	size_t i;

	*clock = 8000;
	for (i = 0; i < 2; i++) {
		const struct rec_media *m = rec_media_find(media, side[i]);

		if (m && m->codec[pt][0]) {
			*clock = m->clock[pt] ? m->clock[pt] : 8000;
			return m->codec[pt];
		}
	}

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (fixed[i].pt == pt)
			return fixed[i].name;
	}

	return NULL;
}


static size_t malformed(const struct rec_item *item, char *buf, size_t size)
{
	const uint8_t *eol = memchr(item->data, '\n', item->len);
	const size_t n = eol ? (size_t)(eol - item->data) : item->len;
	char line[96];

	(void)rec_clean(line, sizeof(line), item->data, n);
	(void)re_snprintf(buf, size, "malformed SIP: %s", line);
	return strlen(buf);
}


static size_t body_text(const struct rec_item *item, const struct sip_msg *msg, char *buf,
			size_t size)
{
	const size_t pos = msg->mb->pos;
	size_t left = item->len - pos;

	if (!left)
		return 0;

	(void)str_ncpy(buf, ": ", size);
	return 2 + rec_clean(buf + 2, size - 2, item->data + pos, left);
}


/**
 * A SIP message in a few words: method or status, session description, CSeq, a short body
 *
 * @param row  Row of a SIP message
 * @param buf  Text, clean
 * @param size Its size [bytes], 200 or more
 *
 * @return Length of the text
 */
size_t rec_sip_label(const struct rec_row *row, char *buf, size_t size)
{
	struct sip_msg *msg = decode(row->item);
	const char *sdp = row->sdp ? " (SDP)" : "";
	char raw[160], text[BODY_SHOWN + 8] = "";

	if (!msg)
		return malformed(row->item, buf, size);

	if (msg->req)
		(void)re_snprintf(raw, sizeof(raw), "%r%s  CSeq %u", &msg->met, sdp, msg->cseq.num);
	else
		(void)re_snprintf(raw, sizeof(raw), "%u %r%s  CSeq %u %r", msg->scode, &msg->reason,
				  sdp, msg->cseq.num, &msg->cseq.met);

	if (!row->sdp)
		(void)body_text(row->item, msg, text, sizeof(text));
	mem_deref(msg);

	(void)rec_clean(buf, size - sizeof(text), raw, strlen(raw));
	strcat(buf, text);
	return strlen(buf);
}

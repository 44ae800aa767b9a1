/**
 * @file raw.h  A peer that speaks SIP by hand: 10.77.0.3, text in, text out
 */
#ifndef SIP_TEST_RAW_H
#define SIP_TEST_RAW_H

#include <check.h>
#include <re.h>
#include <stdio.h>
#include <string.h>

static struct {
	struct udp_sock *us;
	struct sa door;                 /* 10.77.0.1:5060 */
	char last[8192];                /* last datagram that came */
	char all[65536];
	unsigned count;
	char to_tag[64];
} raw;

static inline void raw_recv(const struct sa *src, struct mbuf *mb, void *arg)
{
	const size_t n = mbuf_get_left(mb), have = strlen(raw.all);

	(void)src;
	(void)arg;
	ck_assert(n + 1 < sizeof(raw.last));
	memcpy(raw.last, mbuf_buf(mb), n);
	raw.last[n] = '\0';
	raw.count++;
	if (have + n + 1 < sizeof(raw.all))
		memcpy(raw.all + have, raw.last, n + 1);
}

static inline void raw_start(void)
{
	struct sa sa;

	memset(&raw, 0, sizeof(raw));
	ck_assert_int_eq(sa_set_str(&raw.door, "10.77.0.1", 5060), 0);
	ck_assert_int_eq(sa_set_str(&sa, "10.77.0.3", 5060), 0);
	ck_assert_int_eq(udp_listen(&raw.us, &sa, raw_recv, NULL), 0);
}

static inline void raw_stop(void)
{
	raw.us = mem_deref(raw.us);
}

static inline void raw_bytes(const void *p, size_t n)
{
	struct mbuf *mb = mbuf_alloc(n + 1);

	ck_assert(mb != NULL);
	ck_assert_int_eq(mbuf_write_mem(mb, p, n), 0);
	mb->pos = 0;
	(void)udp_send(raw.us, &raw.door, mb);
	mem_deref(mb);
}

static inline void raw_text(const char *text)
{
	raw_bytes(text, strlen(text));
}

/** A whole request to the door; uri NULL = its own. headers: lines ended by CRLF, or "" */
static inline void raw_request(const char *method, const char *uri, unsigned cseq,
			       const char *headers,
			       const char *body)
{
	char text[16384];

	snprintf(text, sizeof(text),
		 "%s %s SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP 10.77.0.3:5060;branch=z9hG4bK%s%u%u;rport\r\n"
		 "From: <sip:raw@10.77.0.3>;tag=rawtag\r\n"
		 "To: <sip:ipacGap@10.77.0.1>%s%s\r\n"
		 "Call-ID: rawcall\r\n"
		 "CSeq: %u %s\r\n"
		 "Contact: <sip:raw@10.77.0.3>\r\n"
		 "Max-Forwards: 70\r\n"
		 "%s"
		 "Content-Length: %zu\r\n\r\n%s",
		 method, uri ? uri : "sip:ipacGap@10.77.0.1", method, cseq, raw.count,
		 *raw.to_tag ? ";tag=" : "",
		 raw.to_tag, cseq, method, headers, strlen(body), body);
	raw_text(text);
}

/** Remember the To tag of the last answer: what follows is inside the dialog */
static inline void raw_dialog(void)
{
	const char *to = strstr(raw.last, "\r\nTo:"), *tag = to ? strstr(to, ";tag=") : NULL;

	ck_assert(tag != NULL);
	ck_assert_int_eq(sscanf(tag, ";tag=%63[^\r\n;]", raw.to_tag), 1);
}

static inline const char *raw_header(char *buf, size_t size, const char *text, const char *name)
{
	char key[64];
	const char *p, *end;

	snprintf(key, sizeof(key), "\r\n%s:", name);
	p = strstr(text, key);
	ck_assert_msg(p != NULL, "no %s in %s", name, text);
	end = strstr(p + 2, "\r\n");
	snprintf(buf, size, "%.*s\r\n", (int)(end - p - 2), p + 2);

	return buf;
}

/** Answer the request in raw.last */
static inline void raw_answer(unsigned code, const char *reason, const char *headers,
			      const char *body)
{
	char text[8192], via[512], from[512], to[512], id[256], cseq[128], req[sizeof(raw.last)];

	memcpy(req, raw.last, sizeof(req));
	raw_header(to, sizeof(to), req, "To");
	to[strlen(to) - 2] = '\0';
	snprintf(text, sizeof(text),
		 "SIP/2.0 %u %s\r\n%s%s%s;tag=rawuas\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
		 code, reason, raw_header(via, sizeof(via), req, "Via"),
		 raw_header(from, sizeof(from), req, "From"),
		 to, raw_header(id, sizeof(id), req, "Call-ID"),
		 raw_header(cseq, sizeof(cseq), req, "CSeq"),
		 headers, strlen(body), body);
	raw_text(text);
}

/** First line of the last answer */
static inline unsigned raw_code(void)
{
	unsigned code = 0;

	(void)sscanf(raw.last, "SIP/2.0 %u", &code);

	return code;
}

#define RAW_SDP(formats, lines) \
	"v=0\r\no=raw 1 1 IN IP4 10.77.0.3\r\ns=-\r\nc=IN IP4 10.77.0.3\r\nt=0 0\r\n" \
	"m=audio 7078 RTP/AVP " formats "\r\n" lines
#define RAW_SDP_TYPE "Content-Type: application/sdp\r\n"

#endif

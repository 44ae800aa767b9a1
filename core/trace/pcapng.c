/**
 * @file pcapng.c  Blocks of a capture (see pcapng.h)
 *
 * Room for a block is made before it is written, so that no write fails in the middle of it.
 */
#include <errno.h>
#include <string.h>
#include "pcapng.h"

enum { BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_NRB = 4, BLOCK_EPB = 6 };
enum { OPT_END = 0, OPT_COMMENT = 1, SHB_USERAPPL = 4, IF_NAME = 2, IF_TSRESOL = 9 };
enum { NRB_END = 0, NRB_IPV4 = 1, NRB_IPV6 = 2 };
/* Tags of an exported PDU, as in Wireshark's exported_pdu_tlvs.h */
enum {
	PDU_END = 0, PDU_DISSECTOR = 12, PDU_IPV4_SRC = 20, PDU_IPV4_DST = 21, PDU_IPV6_SRC = 22, PDU_IPV6_DST = 23,
	PDU_PORT_TYPE = 24, PDU_SRC_PORT = 25, PDU_DST_PORT = 26,
};

#define PORT_TCP 2
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER 8
#define AROUND 512                      /* what a block has besides texts and payload, at most */

/** An address as captures have it */
void pcapng_addr(struct pcapng_addr *to, const struct sa *sa)
{
	memset(to, 0, sizeof(*to));
	to->af = (uint16_t)sa_af(sa);
	to->port = sa_port(sa);
	if (to->af == AF_INET6)
		memcpy(to->ip, &sa->u.in6.sin6_addr, 16);
	else
		memcpy(to->ip, &sa->u.in.sin_addr, 4);
}

/* --- writing --- */

/* Little-endian, as the magic number of the section says */
static void put16(struct mbuf *mb, uint32_t v)
{
	const uint8_t b[] = {(uint8_t)v, (uint8_t)(v >> 8)};

	(void)mbuf_write_mem(mb, b, sizeof(b));
}

static void put32(struct mbuf *mb, uint32_t v)
{
	put16(mb, v & 0xffff);
	put16(mb, v >> 16);
}

static void pad(struct mbuf *mb, size_t start)
{
	while ((mb->pos - start) % 4)
		(void)mbuf_write_u8(mb, 0);
}

static void put_data(struct mbuf *mb, const void *data, size_t len)
{
	if (len)
		(void)mbuf_write_mem(mb, data, len);
}

static void option(struct mbuf *mb, size_t start, uint16_t id, const void *data, size_t len)
{
	put16(mb, id);
	put16(mb, (uint32_t)len);
	put_data(mb, data, len);
	pad(mb, start);
}

static void option_text(struct mbuf *mb, size_t start, uint16_t id, const char *text)
{
	option(mb, start, id, text, strlen(text));
}

/* Begin a block at the end of mb, with room for so many bytes of texts and payload */
static int begin(struct mbuf *mb, size_t *start, uint32_t type, size_t len)
{
	const size_t need = mb->end + len + AROUND;
	int err = need > mb->size ? mbuf_resize(mb, need > 2 * mb->size ? need : 2 * mb->size) : 0;

	if (err)
		return err;
	mb->pos = mb->end;
	*start = mb->pos;
	put32(mb, type);
	put32(mb, 0);

	return 0;
}

/* Its length stands before and behind it */
static void end(struct mbuf *mb, size_t start)
{
	const uint32_t len = (uint32_t)(mb->pos - start) + 4;

	put32(mb, len);
	mb->pos = start + 4;
	put32(mb, len);
	mb->pos = mb->end;
}

/* --- before the packets --- */

/**
 * Write a section header.
 *
 * @param mb       Written at its end
 * @param comment  Texts about the capture, UTF-8
 * @param comments Their number
 *
 * @return 0, ENOMEM
 */
int pcapng_section(struct mbuf *mb, const char *const *comment, unsigned comments)
{
	size_t start, len = 0;
	unsigned i;
	int err;

	for (i = 0; i < comments; i++)
		len += strlen(comment[i]) + 8;
	err = begin(mb, &start, BLOCK_SHB, len);
	if (err)
		return err;
	put32(mb, 0x1a2b3c4d);
	put16(mb, 1);
	put16(mb, 0);
	put32(mb, 0xffffffff);          /* length of the section: not said */
	put32(mb, 0xffffffff);
	for (i = 0; i < comments; i++)
		option_text(mb, start, OPT_COMMENT, comment[i]);
	option_text(mb, start, SHB_USERAPPL, "ipgap");
	option(mb, start, OPT_END, "", 0);
	end(mb, start);

	return 0;
}

/**
 * Write an interface; its time-stamps are in microseconds.
 *
 * @return 0, ENOMEM
 */
int pcapng_interface(struct mbuf *mb, enum pcapng_link link, const char *name)
{
	static const uint8_t microseconds = 6;
	size_t start;
	const int err = begin(mb, &start, BLOCK_IDB, strlen(name));

	if (err)
		return err;
	put16(mb, link);
	put16(mb, 0);
	put32(mb, 0);                   /* packets are not cut */
	option_text(mb, start, IF_NAME, name);
	option(mb, start, IF_TSRESOL, &microseconds, 1);
	option(mb, start, OPT_END, "", 0);
	end(mb, start);

	return 0;
}

static int put_name(struct mbuf *mb, size_t start, const struct pcapng_addr *a, const char *name)
{
	const bool v6 = a->af == AF_INET6;
	const size_t ip = v6 ? 16 : 4, n = strlen(name) + 1, need = mb->end + n + AROUND;
	const int err = need > mb->size ? mbuf_resize(mb, 2 * need) : 0;

	if (err)
		return err;
	put16(mb, v6 ? NRB_IPV6 : NRB_IPV4);
	put16(mb, (uint32_t)(ip + n));
	put_data(mb, a->ip, ip);
	put_data(mb, name, n);
	pad(mb, start);

	return 0;
}

/**
 * Write the names of hosts.
 *
 * @param mb   Written at its end
 * @param next Gives one after the other
 * @param arg  Its argument
 *
 * @return 0, ENOMEM
 */
int pcapng_names(struct mbuf *mb, pcapng_name_h *next, void *arg)
{
	const struct pcapng_addr *a;
	const char *name;
	size_t start;
	int err = begin(mb, &start, BLOCK_NRB, 0);

	while (!err && next(&a, &name, arg))
		err = put_name(mb, start, a, name);
	if (err)
		return err;
	put16(mb, NRB_END);
	put16(mb, 0);
	end(mb, start);

	return 0;
}

/* --- headers of a datagram --- */

static void net16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Sum of 16-bit words, RFC 1071; only the last part may have an odd length */
static uint32_t sum(uint32_t acc, const uint8_t *p, size_t n)
{
	for (; n > 1; n -= 2, p += 2)
		acc += (uint32_t)p[0] << 8 | p[1];

	return n ? acc + ((uint32_t)p[0] << 8) : acc;
}

static uint16_t folded(uint32_t acc)
{
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);

	return (uint16_t)~acc;
}

static size_t ip_header(uint8_t *p, const struct pcapng_packet *k, size_t udp)
{
	memset(p, 0, IPV6_HEADER);
	if (k->src->af == AF_INET6) {
		p[0] = 0x60;
		net16(p + 4, udp);
		p[6] = IPPROTO_UDP;
		p[7] = 64;
		memcpy(p + 8, k->src->ip, 16);
		memcpy(p + 24, k->dst->ip, 16);
		return IPV6_HEADER;
	}
	p[0] = 0x45;
	net16(p + 2, IPV4_HEADER + udp);
	net16(p + 4, k->id);
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	memcpy(p + 12, k->src->ip, 4);
	memcpy(p + 16, k->dst->ip, 4);
	net16(p + 10, folded(sum(0, p, IPV4_HEADER)));

	return IPV4_HEADER;
}

/* Headers of a datagram; returns their length */
static size_t headers(uint8_t *p, const struct pcapng_packet *k)
{
	const size_t udp = UDP_HEADER + k->len, n = ip_header(p, k, udp), ip = k->src->af == AF_INET6 ? 16 : 4;
	uint8_t *u = p + n;
	uint32_t acc;
	uint16_t check;

	memset(u, 0, UDP_HEADER);
	net16(u, k->src->port);
	net16(u + 2, k->dst->port);
	net16(u + 4, udp);
	acc = sum(0, k->src->ip, ip);
	acc = sum(acc, k->dst->ip, ip);
	acc = sum(acc + IPPROTO_UDP + (uint32_t)udp, u, UDP_HEADER);
	check = folded(sum(acc, k->data, k->len));
	net16(u + 6, check ? check : 0xffff);

	return n + UDP_HEADER;
}

/* --- packets --- */

/* An enhanced packet block: head, then payload */
static int packet(struct mbuf *mb, const struct pcapng_packet *k, const uint8_t *head, size_t n)
{
	const uint64_t t = k->wall_us > 0 ? (uint64_t)k->wall_us : 0;
	size_t start;
	const int err = begin(mb, &start, BLOCK_EPB, n + k->len + (k->comment ? strlen(k->comment) : 0));

	if (err)
		return err;
	put32(mb, k->interface);
	put32(mb, (uint32_t)(t >> 32));
	put32(mb, (uint32_t)t);
	put32(mb, (uint32_t)(n + k->len));
	put32(mb, (uint32_t)(n + k->len));
	put_data(mb, head, n);
	put_data(mb, k->data, k->len);
	pad(mb, start);
	if (k->comment) {
		option_text(mb, start, OPT_COMMENT, k->comment);
		option(mb, start, OPT_END, "", 0);
	}
	end(mb, start);

	return 0;
}

/**
 * Write a datagram.
 *
 * @param mb Written at its end
 * @param p  Packet of an interface of PCAPNG_RAW; up to 65507 bytes
 *
 * @return 0, ENOMEM
 */
int pcapng_datagram(struct mbuf *mb, const struct pcapng_packet *p)
{
	uint8_t head[IPV6_HEADER + UDP_HEADER];
	const size_t n = headers(head, p);

	return packet(mb, p, head, n);
}

static uint8_t *tag(uint8_t *p, uint16_t id, const void *data, size_t len)
{
	net16(p, id);
	net16(p + 2, len);
	memcpy(p + 4, data, len);

	return p + 4 + len;             /* all of ours are multiples of 4 */
}

static uint8_t *tag32(uint8_t *p, uint16_t id, uint16_t v)
{
	const uint8_t net[] = {0, 0, (uint8_t)(v >> 8), (uint8_t)v};

	return tag(p, id, net, sizeof(net));
}

/**
 * Write a SIP message that travelled by TCP or TLS.
 *
 * @param mb Written at its end
 * @param k  Message, of an interface of PCAPNG_UPPER_PDU
 *
 * @return 0, ENOMEM
 */
int pcapng_sip(struct mbuf *mb, const struct pcapng_packet *k)
{
	const bool v6 = k->src->af == AF_INET6;
	const size_t ip = v6 ? 16 : 4;
	uint8_t head[96], *p = head;

	p = tag(p, PDU_DISSECTOR, "sip\0", 4);
	p = tag(p, v6 ? PDU_IPV6_SRC : PDU_IPV4_SRC, k->src->ip, ip);
	p = tag(p, v6 ? PDU_IPV6_DST : PDU_IPV4_DST, k->dst->ip, ip);
	p = tag32(p, PDU_PORT_TYPE, PORT_TCP);
	p = tag32(p, PDU_SRC_PORT, k->src->port);
	p = tag32(p, PDU_DST_PORT, k->dst->port);
	p = tag(p, PDU_END, "", 0);

	return packet(mb, k, head, (size_t)(p - head));
}

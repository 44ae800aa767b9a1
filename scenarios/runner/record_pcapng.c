/**
 * @file record_pcapng.c  The packets as a capture that Wireshark opens
 *
 * draft-ietf-opsawg-pcapng: section header, one interface of LINKTYPE_RAW with time-stamps in
 * microseconds, host names, and one enhanced packet block a datagram.  IP and UDP headers are made
 * here with right lengths and checksums (RFC 791, 8200, 768).
 */
#include <errno.h>
#include <string.h>
#include "record_priv.h"

#define LINKTYPE_RAW 101

enum { BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_NRB = 4, BLOCK_EPB = 6 };
enum { OPT_END = 0, OPT_COMMENT = 1, SHB_USERAPPL = 4, IF_NAME = 2, IF_TSRESOL = 9 };
enum { NRB_END = 0, NRB_IPV4 = 1, NRB_IPV6 = 2 };

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define UDP_HEADER 8


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


static void pad(struct mbuf *mb)
{
	while (mb->pos % 4)
		(void)mbuf_write_u8(mb, 0);
}


static void option(struct mbuf *mb, uint16_t id, const void *data, size_t len)
{
	put16(mb, id);
	put16(mb, (uint32_t)len);
	(void)mbuf_write_mem(mb, data, len);
	pad(mb);
}


static void option_text(struct mbuf *mb, uint16_t id, const char *text)
{
	option(mb, id, text, strlen(text));
}


/* The block in mb, its body behind 8 free bytes: type and both lengths are added */
static void block(FILE *f, struct mbuf *mb, uint32_t type)
{
	const uint32_t len = (uint32_t)mb->end + 4;

	put32(mb, len);
	mb->pos = 0;
	put32(mb, type);
	put32(mb, len);
	(void)fwrite(mb->buf, 1, len, f);
}


static void begin(struct mbuf *mb)
{
	mbuf_rewind(mb);
	put32(mb, 0);
	put32(mb, 0);
}


static void section_header(FILE *f, struct mbuf *mb, const char *title, const char *verdict)
{
	char text[480];

	begin(mb);
	put32(mb, 0x1a2b3c4d);
	put16(mb, 1);
	put16(mb, 0);
	put32(mb, 0xffffffff);          /* length of the section: not said */
	put32(mb, 0xffffffff);
	(void)rec_clean(text, sizeof(text), title, strlen(title));
	option_text(mb, OPT_COMMENT, text);
	(void)rec_clean(text, sizeof(text), verdict, strlen(verdict));
	option_text(mb, OPT_COMMENT, text);
	option_text(mb, SHB_USERAPPL, "ipgap");
	option(mb, OPT_END, "", 0);
	block(f, mb, BLOCK_SHB);
}


static void interface(FILE *f, struct mbuf *mb)
{
	static const uint8_t microseconds = 6;

	begin(mb);
	put16(mb, LINKTYPE_RAW);
	put16(mb, 0);
	put32(mb, 0);                   /* packets are not cut */
	option_text(mb, IF_NAME, "scenario");
	option(mb, IF_TSRESOL, &microseconds, 1);
	option(mb, OPT_END, "", 0);
	block(f, mb, BLOCK_IDB);
}


/* Hosts that share an address (another port, another name) would be misnamed */
static bool name_is_unique(const struct record *r, const struct rec_host *h)
{
	struct le *le;

	for (le = list_head(&r->hosts); le; le = le->next) {
		const struct rec_host *o = le->data;

		if (rec_addr_ip_equal(&o->addr, &h->addr) && strcmp(o->name, h->name))
			return false;
	}

	return true;
}


static void names(FILE *f, struct mbuf *mb, const struct record *r)
{
	struct le *le;

	begin(mb);
	for (le = list_head(&r->hosts); le; le = le->next) {
		const struct rec_host *h = le->data;
		const bool v6 = h->addr.af == AF_INET6;
		const size_t ip = v6 ? 16 : 4, n = strlen(h->name) + 1;

		if (!name_is_unique(r, h))
			continue;
		put16(mb, v6 ? NRB_IPV6 : NRB_IPV4);
		put16(mb, (uint32_t)(ip + n));
		(void)mbuf_write_mem(mb, h->addr.ip, ip);
		(void)mbuf_write_mem(mb, (const uint8_t *)h->name, n);
		pad(mb);
	}
	put16(mb, NRB_END);
	put16(mb, 0);
	block(f, mb, BLOCK_NRB);
}


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


static size_t ip_header(uint8_t *p, const struct rec_item *it, size_t udp, uint16_t id)
{
	memset(p, 0, IPV6_HEADER);
	if (it->src.af == AF_INET6) {
		p[0] = 0x60;
		net16(p + 4, udp);
		p[6] = IPPROTO_UDP;
		p[7] = 64;
		memcpy(p + 8, it->src.ip, 16);
		memcpy(p + 24, it->dst.ip, 16);
		return IPV6_HEADER;
	}

	p[0] = 0x45;
	net16(p + 2, IPV4_HEADER + udp);
	net16(p + 4, id);
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	memcpy(p + 12, it->src.ip, 4);
	memcpy(p + 16, it->dst.ip, 4);
	net16(p + 10, folded(sum(0, p, IPV4_HEADER)));
	return IPV4_HEADER;
}


/* Headers of a datagram; returns their length */
static size_t headers(uint8_t *p, const struct rec_item *it, uint16_t id)
{
	const size_t udp = UDP_HEADER + it->len, n = ip_header(p, it, udp, id);
	const size_t ip = it->src.af == AF_INET6 ? 16 : 4;
	uint8_t *u = p + n;
	uint32_t acc;
	uint16_t check;

	memset(u, 0, UDP_HEADER);
	net16(u, it->src.port);
	net16(u + 2, it->dst.port);
	net16(u + 4, udp);

	acc = sum(0, it->src.ip, ip);
	acc = sum(acc, it->dst.ip, ip);
	acc = sum(acc + IPPROTO_UDP + (uint32_t)udp, u, UDP_HEADER);
	check = folded(sum(acc, it->data, it->len));
	net16(u + 6, check ? check : 0xffff);
	return n + UDP_HEADER;
}


static void packet(FILE *f, struct mbuf *mb, const struct rec_item *it, uint16_t id)
{
	const uint64_t t = it->wall_us > 0 ? (uint64_t)it->wall_us : 0;
	uint8_t head[IPV6_HEADER + UDP_HEADER];
	const size_t n = headers(head, it, id);

	begin(mb);
	put32(mb, 0);
	put32(mb, (uint32_t)(t >> 32));
	put32(mb, (uint32_t)t);
	put32(mb, (uint32_t)n + it->len);
	put32(mb, (uint32_t)n + it->len);
	(void)mbuf_write_mem(mb, head, n);
	(void)mbuf_write_mem(mb, it->data, it->len);
	pad(mb);
	if (it->flag) {
		option_text(mb, OPT_COMMENT, "lost: the simulated network dropped this packet");
		option(mb, OPT_END, "", 0);
	}
	block(f, mb, BLOCK_EPB);
}


/* Write capture.pcapng; the buffer is made large enough at once, so that no write to it can fail */
int rec_pcapng_file(const struct record *r, const struct rec_list *list, FILE *f, const char *title,
		    const char *verdict)
{
	struct mbuf *mb = mbuf_alloc(REC_PAYLOAD_MAX + 1024 + 96 * (list_count(&r->hosts) + 1));
	uint16_t id = 0;

	if (!mb)
		return ENOMEM;

	section_header(f, mb, title, verdict);
	interface(f, mb);
	names(f, mb, r);
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i]->kind == REC_SIGNAL || list->v[i]->kind == REC_MEDIA)
			packet(f, mb, list->v[i], ++id);
	}

	mem_deref(mb);
	return 0;
}

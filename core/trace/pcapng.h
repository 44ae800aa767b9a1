/**
 * @file pcapng.h  A capture that Wireshark opens: blocks of draft-ietf-opsawg-pcapng, written to a buffer (WEB-08, SCN-01)
 *
 * A section has its interfaces first; what is written later names one of them by its place, from 0.  Datagrams get IP
 * and UDP headers of right lengths and checksums (RFC 791, 8200, 768).  A SIP message that travelled by TCP or TLS is an
 * "exported PDU": its text and its addresses, without segments, as Wireshark itself exports such.
 */
#ifndef TRACE_PCAPNG_H
#define TRACE_PCAPNG_H

#include <re.h>

enum pcapng_link { PCAPNG_RAW = 101, PCAPNG_UPPER_PDU = 252 };

/** An address in network byte order; IPv4 in the first 4 bytes, the others zero */
struct pcapng_addr {
	uint8_t ip[16];
	uint16_t port;                          /**< host byte order */
	uint16_t af;                            /**< AF_INET or AF_INET6 */
};

struct pcapng_packet {
	int64_t wall_us;                        /**< calendar [us since 1970 UTC] */
	const struct pcapng_addr *src, *dst;
	const uint8_t *data;                    /**< payload */
	size_t len;
	uint32_t interface;
	uint16_t id;                            /**< of the IP header */
	const char *comment;                    /**< NULL = none */
};

/** The next host with a name; false = no more */
typedef bool (pcapng_name_h)(const struct pcapng_addr **addr, const char **name, void *arg);

void pcapng_addr(struct pcapng_addr *to, const struct sa *sa);
int pcapng_section(struct mbuf *mb, const char *const *comment, unsigned comments);
int pcapng_interface(struct mbuf *mb, enum pcapng_link link, const char *name);
int pcapng_names(struct mbuf *mb, pcapng_name_h *next, void *arg);
int pcapng_datagram(struct mbuf *mb, const struct pcapng_packet *p);
int pcapng_sip(struct mbuf *mb, const struct pcapng_packet *p);

#endif

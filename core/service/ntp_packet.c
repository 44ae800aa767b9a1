/**
 * @file ntp_packet.c  The 48 bytes of NTP: a request, what an answer says (TIM-01, SRV-04; RFC 5905 §7.3)
 *
 *      0  LI VN mode | stratum | poll | precision
 *      4  root delay        8  root dispersion      12  reference identifier, or kiss code
 *     16  reference        24  origin               32  receive                40  transmit
 *
 * A request says version 4, client, and nothing else: all but the transmit time-stamp is 0, and that one is random
 * (draft-ietf-ntp-data-minimization).
 */
#include <string.h>
#include "core/service/ntp.h"

#define EPOCH_S INT64_C(2208988800)     /* 1900 to 1970 */
#define ERA_S INT64_C(4294967296)
#define EARLIEST_S INT64_C(1735689600)  /* 2025-01-01: this program was not there before */
#define US INT64_C(1000000)
#define ROOT_MAX (16u << 16)            /* 16 s: RFC 5905's MAXDISP */
#define SLACK_US 1000                   /* two clocks of some coarseness */

enum { STRATUM = 1, ROOT_DELAY = 4, ROOT_DISPERSION = 8, REFID = 12, ORIGIN = 24, RECEIVE = 32, TRANSMIT = 40 };

/**
 * Write a request.
 *
 * @param p      Packet, written
 * @param cookie Random bits, not all 0
 */
void ntp_request(uint8_t p[NTP_PACKET], const uint8_t cookie[NTP_COOKIE])
{
	memset(p, 0, NTP_PACKET);
	p[0] = 4 << 3 | 3;
	memcpy(p + TRANSMIT, cookie, NTP_COOKIE);
}

static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A time-stamp [us since 1970]; the first bit says which era it is of: 1968 to 2036, 2036 to 2104 (RFC 4330 §3) */
static int64_t stamp(const uint8_t *p)
{
	const int64_t s = word(p), fraction = word(p + 4);
	const int64_t unix_s = s - EPOCH_S + (p[0] & 0x80 ? 0 : ERA_S);

	return unix_s * US + ((fraction * US) >> 32);
}

static bool zero(const uint8_t *p)
{
	return !word(p) && !word(p + 4);
}

/* Four capitals or digits; a server that is not synchronised may say stratum 0 without a code */
static bool take_kiss(char kiss[NTP_KISS], const uint8_t *p)
{
	unsigned i;

	for (i = 0; i < NTP_KISS - 1; i++) {
		if (!(p[i] >= 'A' && p[i] <= 'Z') && !(p[i] >= '0' && p[i] <= '9'))
			return false;
		kiss[i] = (char)p[i];
	}
	kiss[i] = '\0';

	return true;
}

/**
 * Read what came.
 *
 * @param a      Answer; stratum and times written with NTP_GOOD, kiss with NTP_KISSED
 * @param p      Bytes; extensions and a MAC behind the 48 are passed over
 * @param n      Their number
 * @param cookie Of the request under way
 *
 * @return Verdict
 */
enum ntp_verdict ntp_read(struct ntp_answer *a, const uint8_t *p, size_t n, const uint8_t cookie[NTP_COOKIE])
{
	unsigned version;

	if (n < NTP_PACKET)
		return NTP_FOREIGN;
	version = p[0] >> 3 & 7;
	if ((p[0] & 7) != 4 || version < 3 || version > 4 || memcmp(p + ORIGIN, cookie, NTP_COOKIE))
		return NTP_FOREIGN;
	if (!p[STRATUM])
		return take_kiss(a->kiss, p + REFID) ? NTP_KISSED : NTP_UNSYNCHRONISED;
	if (p[0] >> 6 == 3 || p[STRATUM] > 15 || word(p + ROOT_DELAY) >= ROOT_MAX || word(p + ROOT_DISPERSION) >= ROOT_MAX)
		return NTP_UNSYNCHRONISED;
	a->stratum = p[STRATUM];
	a->received_us = stamp(p + RECEIVE);
	a->sent_us = stamp(p + TRANSMIT);
	if (zero(p + RECEIVE) || zero(p + TRANSMIT) || a->received_us < EARLIEST_S * US || a->sent_us < a->received_us)
		return NTP_IMPOSSIBLE;

	return NTP_GOOD;
}

/**
 * How far is the server's clock ahead of ours, half of the way there and back taken off?
 *
 * @param offset_us Written on success
 * @param delay_us  Written on success: the way there and back
 * @param a         Good answer
 * @param asked_us  Our clock when the request went ...
 * @param came_us   ... and when the answer came
 *
 * @return false = the server says it took longer than we waited: not possible
 */
bool ntp_offset(int64_t *offset_us, int64_t *delay_us, const struct ntp_answer *a, int64_t asked_us, int64_t came_us)
{
	const int64_t delay = (came_us - asked_us) - (a->sent_us - a->received_us);

	if (delay < -SLACK_US)
		return false;
	*offset_us = ((a->received_us - asked_us) + (a->sent_us - came_us)) / 2;
	*delay_us = delay < 0 ? 0 : delay;

	return true;
}

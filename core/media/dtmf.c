/**
 * @file dtmf.c  DTMF digits, RFC 4733 payload and receiver, and the merger of three ways (SIP-06)
 *
 * RFC 4733 receiver. All packets of one digit carry one RTP time-stamp, that of its first sample:
 *
 *     packet known?  (time-stamp and event among the last 8 digits)   drop, note its end bit
 *     a later segment of a long digit?  (no marker, time-stamp = an unended segment's + 0xffff)
 *                                                                     keep, do not report
 *     else                                                            keep and report
 *
 * Some senders let the time-stamp run inside one digit. No digit is shorter than 40 ms, so a
 * time-stamp less than 40 ms away from a kept one of the same event belongs to that digit: 320 ticks at
 * 8,000 Hz, 1,920 at the 48,000 Hz beside opus.
 *
 * Merger. Every digit counted is kept with the ways that have reported it. A report is paired with
 * the oldest kept digit that is the same, young enough, and not yet reported by this way; a report
 * without partner is a new digit. So ways are paired by count, time only limits the search:
 *
 *     ms      0    40    80   120   160   200   240      digits 1 1, 40/40 ms
 *     sender  1---------------1----------
 *     RFC     1 new           1 new                      kept: 1@0, 1@80
 *     inband             1 = 1@0         1 = 1@80
 *     INFO                                 1 = 1@0 ...   200 ms of network
 *
 * Limits: when two ways each miss a different one of two equal digits inside the window, one digit
 * is lost; when a digit's two reports are further apart than the window, it counts twice.
 */
#include <errno.h>
#include <string.h>

#include "core/media/dtmf.h"

#define SHORTEST_HZ 25u         /* 40 ms */
#define CLOCK_HZ 8000u
#define SEGMENT 0xffffu         /* RFC 4733 §2.5.1.3: longest duration of one segment */

static const char digits[] = "0123456789*#ABCD";        /* place = event code, RFC 4733 §3.2 */

/**
 * Name of a way, for events and traces.
 *
 * @param via Way
 *
 * @return "rfc4733", "info", "inband", or "?" out of range
 */
const char *dtmf_via_name(enum dtmf_via via)
{
	static const char *const name[DTMF_VIAS] = { "rfc4733", "info", "inband" };

	return (unsigned)via < DTMF_VIAS ? name[via] : "?";
}

/**
 * Is this one of the 16 DTMF digits?
 *
 * @param c Character
 *
 * @return true for 0-9 A-D * # (capitals only)
 */
bool dtmf_is_digit(char c)
{
	return dtmf_event(c) >= 0;
}

/**
 * Event code of a digit.
 *
 * @param digit 0-9 A-D * #
 *
 * @return 0..15, -1 when not a digit. Source: RFC 4733 §3.2.
 */
int dtmf_event(char digit)
{
	const char *p = digit ? strchr(digits, digit) : NULL;

	return p ? (int)(p - digits) : -1;
}

/**
 * Digit of an event code.
 *
 * @param event RFC 4733 event code
 *
 * @return the digit, '\0' when the event is no DTMF digit
 */
char dtmf_digit(int event)
{
	return event >= 0 && event < 16 ? digits[event] : '\0';
}

/**
 * Write an RFC 4733 payload.
 *
 * @param buf 4 bytes
 * @param p   Event, end, volume [-dBm0] 0..63 and duration [samples]
 *
 * Source: RFC 4733 §2.3.
 */
void dtmf_payload_encode(uint8_t buf[DTMF_PAYLOAD], const struct dtmf_payload *p)
{
	buf[0] = p->event;
	buf[1] = (uint8_t)((p->end ? 0x80 : 0) | (p->volume & 0x3f));
	buf[2] = (uint8_t)(p->duration >> 8);
	buf[3] = (uint8_t)(p->duration & 0xff);
}

/**
 * Read an RFC 4733 payload; bytes after the first event are left alone.
 *
 * @param p   Event, written on success only
 * @param buf RTP payload
 * @param n   Its length [bytes]
 *
 * @return 0, EBADMSG when shorter than 4 bytes
 */
int dtmf_payload_decode(struct dtmf_payload *p, const uint8_t *buf, size_t n)
{
	if (n < DTMF_PAYLOAD)
		return EBADMSG;

	p->event    = buf[0];
	p->end      = (buf[1] & 0x80) != 0;
	p->volume   = buf[1] & 0x3f;
	p->duration = (uint16_t)((buf[2] << 8) | buf[3]);

	return 0;
}

static bool same_digit(const struct dtmf_event_rx *rx, uint32_t a, uint32_t b)
{
	const uint32_t shortest = (rx->clock_hz ? rx->clock_hz : CLOCK_HZ) / SHORTEST_HZ;

	return a - b < shortest || b - a < shortest;
}

static unsigned kept_events(const struct dtmf_event_rx *rx)
{
	return rx->n < DTMF_EVENTS_KEPT ? rx->n : DTMF_EVENTS_KEPT;
}

static bool event_known(struct dtmf_event_rx *rx, const struct dtmf_payload *p, uint32_t ts)
{
	for (unsigned i = 0; i < kept_events(rx); i++) {
		if (rx->kept[i].event != p->event || !same_digit(rx, rx->kept[i].ts, ts))
			continue;
		if ((int32_t)(ts - rx->kept[i].ts) > 0)
			rx->kept[i].ts = ts;
		rx->kept[i].end |= p->end;
		return true;
	}
	return false;
}

static bool event_continues(const struct dtmf_event_rx *rx, const struct dtmf_payload *p,
			    uint32_t ts, bool marker)
{
	for (unsigned i = 0; !marker && i < kept_events(rx); i++) {
		if (rx->kept[i].event == p->event && !rx->kept[i].end &&
		    ts - rx->kept[i].ts == SEGMENT)
			return true;
	}
	return false;
}

/**
 * Take one RFC 4733 packet.
 *
 * @param rx     Receiver, zeroed before the first packet of a stream
 * @param p      Decoded payload
 * @param ts     RTP time-stamp of the packet
 * @param marker RTP marker bit
 *
 * @return the digit when this is the first packet of it that came, else '\0'
 *
 * Lost, repeated and late packets neither lose nor repeat a digit as long as one packet of it
 * comes and fewer than 8 digits overtake the late one. Events above 15 are no DTMF and ignored.
 * Source: RFC 4733 §2.5.1.3, §2.5.2.2, SIP-06.
 */
char dtmf_event_recv(struct dtmf_event_rx *rx, const struct dtmf_payload *p, uint32_t ts,
		     bool marker)
{
	bool goes_on;
	unsigned i;

	if (!dtmf_digit(p->event) || event_known(rx, p, ts))
		return '\0';

	goes_on = event_continues(rx, p, ts, marker);
	i = rx->n % DTMF_EVENTS_KEPT;
	rx->kept[i].ts    = ts;
	rx->kept[i].event = p->event;
	rx->kept[i].end   = p->end;
	rx->n++;

	return goes_on ? '\0' : dtmf_digit(p->event);
}

static bool pairs(const struct dtmf_merge *m, unsigned i, enum dtmf_via via, char digit,
		  uint64_t t_us)
{
	bool info = via == DTMF_VIA_INFO || m->kept[i].first == DTMF_VIA_INFO;
	uint64_t window_us = info ? DTMF_MERGE_INFO_US : DTMF_MERGE_US;

	return m->kept[i].digit == digit && !(m->kept[i].ways & (1u << via)) &&
	       t_us <= m->kept[i].t_us + window_us;
}

/**
 * Report a digit that came by one way.
 *
 * @param m     Merger, zeroed before the first digit of a call
 * @param via   The way it came
 * @param digit The digit
 * @param t_us  Time of the report [us], door clock, not going back
 *
 * @return true: a new digit; false: another way has reported this one already
 *
 * A partner is sought up to 400 ms back between RFC 4733 and in-band, 800 ms where one of the two
 * is INFO, which may come at the end of a 500 ms digit. Source: SIP-06; the file's head.
 */
bool dtmf_merge(struct dtmf_merge *m, enum dtmf_via via, char digit, uint64_t t_us)
{
	unsigned oldest = m->n > DTMF_MERGE_KEPT ? m->n - DTMF_MERGE_KEPT : 0, i;

	for (unsigned k = oldest; k < m->n; k++) {
		i = k % DTMF_MERGE_KEPT;
		if (pairs(m, i, via, digit, t_us)) {
			m->kept[i].ways = (uint8_t)(m->kept[i].ways | (1u << via));
			return false;
		}
	}
	i = m->n % DTMF_MERGE_KEPT;
	m->kept[i].t_us  = t_us;
	m->kept[i].digit = digit;
	m->kept[i].first = (uint8_t)via;
	m->kept[i].ways  = (uint8_t)(1u << via);
	m->n++;

	return true;
}

/**
 * @file gap_scan.c  A door that looks for SIP devices of its network (NET-03)
 *
 * One scan at a time.  What the last one found stays until the next, or until the door stops.
 */
#include <errno.h>
#include "gap_priv.h"

static void tell(struct gap *g, const char *action)
{
	char range[SCAN_RANGE];
	struct scan_state st;

	scan_look(g->scan, &st);
	scan_range_text(range, sizeof(range), &st.range);
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_SCAN, action, range,
		   (uint64_t)(st.range.last - st.range.first + 1), (uint64_t)st.found);
}

static void over(const struct scan *s, void *arg)
{
	(void)s;
	tell(arg, "end");
}

static bool runs(const struct gap *g)
{
	struct scan_state st = {0};

	if (g->scan)
		scan_look(g->scan, &st);

	return st.running;
}

static int begin(struct gap *g, const struct scan_range *r, const struct scan_range *local, uint16_t port)
{
	struct ua *ua = phone_ua(g->phone);
	const struct scan_config cfg = {
		.laddr = ua_laddr(ua), .addr = ua_addr(ua), .uri = ua_uri(ua), .software = "ipgap", .range = *r,
		.local = local ? *local : (struct scan_range){0}, .port = port,
	};

	g->scan = mem_deref(g->scan);

	return scan_alloc(&g->scan, &cfg, over, g);
}

/**
 * Look for SIP devices.
 *
 * @param g       Door phone
 * @param range   Addresses, see scan_range_read()
 * @param port    Of the devices, 0 = 5060
 * @param local   Our own network, NULL = not known
 * @param err     Written on failure: what is wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL no such range, EBUSY one runs already, EAGAIN the door does not run, EAFNOSUPPORT it is bound to
 *         IPv6, errno of the socket
 *
 * Source: NET-03.
 */
int gap_scan(struct gap *g, const char *range, uint16_t port, const struct scan_range *local, char *err, size_t errsize)
{
	struct scan_range r;
	int e = scan_range_read(&r, range, local, err, errsize);

	if (e)
		return e;
	e = !g->running ? EAGAIN : runs(g) ? EBUSY : begin(g, &r, local, port);
	if (e == EBUSY)
		(void)re_snprintf(err, errsize, "a scan runs already; wait for its end, or stop it");
	else if (e == EAFNOSUPPORT)
		(void)re_snprintf(err, errsize, "the door is bound to an IPv6 address: a scan needs an IPv4 one");
	else if (e)
		(void)re_snprintf(err, errsize, "the scan does not start: %m", e);
	else
		tell(g, "start");

	return e;
}

/** End the scan; 0, ENOENT none runs */
int gap_scan_stop(struct gap *g)
{
	if (!runs(g))
		return ENOENT;
	scan_cancel(g->scan);
	tell(g, "cancel");

	return 0;
}

/** The present or last scan, NULL = none; borrowed until the next */
const struct scan *gap_scanned(const struct gap *g)
{
	return g->scan;
}

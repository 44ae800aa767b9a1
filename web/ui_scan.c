/**
 * @file ui_scan.c  A scan of the local network, for the wizard and the contacts (NET-03)
 *
 * Without a range it is the network of the door's interface where that is no larger than SCAN_MAX; else, or where it is
 * not known, the 256 addresses around the door's.
 */
#include <errno.h>
#include <string.h>
#include "core/sip/scan.h"
#include "web/netinfo.h"
#include "web/ui_priv.h"

/* The network of the interface with its two ends; 0 = not known */
static struct scan_range local_net(const struct sa *address, const struct sa *mask)
{
	struct scan_range r = {0};
	uint32_t m;

	if (sa_af(address) != AF_INET || sa_af(mask) != AF_INET)
		return r;
	m = sa_in(mask);
	r.first = sa_in(address) & m;
	r.last = r.first | ~m;

	return r;
}

/* What is scanned where nothing is said, as text: "A-B" */
static void usual(char *buf, size_t size, const struct sa *address, const struct scan_range *local)
{
	struct scan_range r = {local->first + 1, local->last - 1};

	buf[0] = '\0';
	if (sa_af(address) != AF_INET)
		return;
	if (!local->last || r.last < r.first || r.last - r.first >= SCAN_MAX) {
		r.first = (sa_in(address) & 0xffffff00) + 1;
		r.last = r.first + 253;
	}
	scan_range_text(buf, size, &r);
}

static json_t *found(const struct scan *s)
{
	const struct scan_found *f;
	json_t *a = json_array();
	char text[64];
	struct sa sa;
	unsigned i;

	for (i = 0; (f = scan_found(s, i)); i++) {
		sa_set_in(&sa, f->addr, 0);
		(void)re_snprintf(text, sizeof(text), "%j", &sa);
		(void)json_array_append_new(a, json_pack("{s:s, s:s, s:i}", "address", text, "name", f->name, "status", f->scode));
	}

	return a;
}

/* Progress; found is a list, or for who watches a number */
static json_t *progress(const struct scan *s, json_t *list)
{
	char range[SCAN_RANGE];
	struct scan_state st;

	scan_look(s, &st);
	scan_range_text(range, sizeof(range), &st.range);

	return json_pack("{s:b, s:b, s:s, s:i, s:i, s:i, s:i, s:o}", "running", st.running, "cancelled", st.cancelled, "range",
			 range, "port", st.port, "done", (int)st.done, "total", (int)st.total, "unsent", (int)st.unsent, "found",
			 list ? list : json_integer((json_int_t)st.found));
}

/** Progress of a scan for who watches, NULL = there was none */
json_t *ui_scan_progress(const struct gap *g)
{
	return g && gap_scanned(g) ? progress(gap_scanned(g), NULL) : NULL;
}

static void look(const struct ui_ask *ask, unsigned status, struct web_reply *rep)
{
	const struct scan *s = gap_scanned(ask->gap);
	char range[SCAN_RANGE];
	struct scan_range local;
	struct netinfo n;

	if (s) {
		ui_reply(rep, status, progress(s, found(s)));
		return;
	}
	netinfo_read(&n, &ask->host->place.bound);
	local = local_net(&n.address, &n.mask);
	usual(range, sizeof(range), &n.address, &local);
	ui_reply(rep, status, json_pack("{s:b, s:b, s:s, s:i, s:i, s:i, s:i, s:[]}", "running", 0, "cancelled", 0, "range", range,
					"port", SCAN_PORT, "done", 0, "total", 0, "unsent", 0, "found"));
}

/** GET /ui/scan */
void ui_scan(const struct ui_ask *ask, struct web_reply *rep)
{
	look(ask, 200, rep);
}

static void begin(const struct ui_ask *ask, const char *range, uint16_t port, struct web_reply *rep)
{
	char err[512] = "", own[SCAN_RANGE];
	struct scan_range local;
	struct netinfo n;
	int e;

	netinfo_read(&n, &ask->host->place.bound);
	local = local_net(&n.address, &n.mask);
	if (!*range) {
		usual(own, sizeof(own), &n.address, &local);
		range = own;
	}
	e = gap_scan(ask->gap, range, port, &local, err, sizeof(err));
	if (e == EINVAL)
		ui_refuse(rep, 422, "bad_range", "%s", err);
	else if (e == EBUSY)
		ui_refuse(rep, 409, "scan_runs", "%s", err);
	else if (e)
		ui_refuse(rep, 503, "not_sent", "%s", err);
	else
		look(ask, 202, rep);
}

/** POST /ui/scan {"range", "port"} or {"cancel": true} */
void ui_scan_edit(const struct ui_ask *ask, struct web_reply *rep)
{
	const json_t *port = json_object_get(ask->body, "port");
	const json_int_t p = port ? json_integer_value(port) : SCAN_PORT;

	if (json_is_true(json_object_get(ask->body, "cancel"))) {
		if (gap_scan_stop(ask->gap))
			ui_refuse(rep, 409, "no_scan", "no scan runs");
		else
			look(ask, 200, rep);
	}
	else if (p < 1 || p > 65535) {
		ui_refuse(rep, 422, "bad_input", "the port is not accepted; accepted: 1 to 65535");
	}
	else {
		begin(ask, ui_text(ask, "range", ""), (uint16_t)p, rep);
	}
}

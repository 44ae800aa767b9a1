/**
 * @file ui_info.c  The page of information: addresses, traffic, time, version (WEB-09)
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include "web/netinfo.h"
#include "web/ui_priv.h"

/* An address as text, "" where it is not known */
static const char *spell(char *buf, size_t size, const struct sa *sa)
{
	buf[0] = '\0';
	if (sa_isset(sa, SA_ADDR))
		(void)re_snprintf(buf, size, "%j", sa);

	return buf;
}

static json_t *network(const struct netinfo *n)
{
	char address[64], mask[64], gate[64], dns[64];
	json_t *servers = json_array();
	uint32_t i;

	for (i = 0; i < n->dns_n; i++)
		(void)json_array_append_new(servers, json_string(spell(dns, sizeof(dns), &n->dns[i])));

	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "interface", n->interface, "address",
			 spell(address, sizeof(address), &n->address), "mask", spell(mask, sizeof(mask), &n->mask), "gateway",
			 spell(gate, sizeof(gate), &n->gateway), "dns", servers);
}

static json_t *traffic(const struct netinfo *n, uint64_t received, uint64_t sent)
{
	return n->counted ? json_pack("{s:I, s:I}", "received", (json_int_t)received, "sent", (json_int_t)sent) : json_null();
}

/* What the store's files take, with those SQLite writes beside it */
static json_t *storage(const char *dir)
{
	static const char *const part[] = {"", "-wal", "-shm"};
	struct statvfs vfs;
	struct stat st;
	json_int_t used = 0;
	char path[1200];
	size_t i;

	if (!dir || statvfs(dir, &vfs))
		return json_null();
	for (i = 0; i < ARRAY_SIZE(part); i++) {
		(void)re_snprintf(path, sizeof(path), "%s/%s%s", dir, STORE_FILE, part[i]);
		used += stat(path, &st) ? 0 : st.st_size;
	}

	return json_pack("{s:I, s:I}", "used_bytes", used, "free_bytes",
			 (json_int_t)vfs.f_bavail * (json_int_t)vfs.f_frsize);
}

/** GET /ui/info */
void ui_info(const struct ui_ask *ask, struct web_reply *rep)
{
	const struct ui_host *h = ask->host;
	const bool ipbx = ask->gap && gap_has_account(ask->gap);
	struct netinfo n;

	netinfo_read(&n, &h->place.bound);
	ui_reply(rep, 200, json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "model", GAP_MODEL,
				     "version", GAP_VERSION, "identity", ask->gap ? gap_settings(ask->gap)->identity : "",
				     "powered", ask->gap != NULL, "mode", ipbx ? "ipbx" : "p2p", "sip",
				     ask->gap && !ipbx ? gap_uri(ask->gap) : "", "network", network(&n), "packets",
				     traffic(&n, n.packets.received, n.packets.sent), "bytes",
				     traffic(&n, n.bytes.received, n.bytes.sent), "uptime_us",
				     ask->gap ? json_integer((json_int_t)gap_uptime_us(ask->gap)) : json_null(), "time",
				     ui_clock_time(ask->gap), "storage", storage(h->place.data)));
}

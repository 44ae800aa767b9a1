/**
 * @file record_write.c  The folder of a scenario: its files, and README.txt that explains them
 *
 * Requirement: SCN-01.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "record_priv.h"

#define PORTS_NAMED 8           /* README.txt names that many unusual SIP ports */

struct job {
	const struct record *r;
	const struct rec_ladder *l;
	const char *title, *verdict, *info;
};

typedef int (writer_h)(FILE *f, const struct job *j);

static writer_h write_readme;


static int write_html(FILE *f, const struct job *j)
{
	return rec_html_file(j->l, f, j->title, j->verdict, j->info);
}


static int write_ladder(FILE *f, const struct job *j)
{
	return rec_ladder_file(j->l, f, j->title, j->verdict);
}


static int write_pcapng(FILE *f, const struct job *j)
{
	return rec_pcapng_file(j->r, &j->l->list, f, j->title, j->verdict);
}


static int write_vcd(FILE *f, const struct job *j)
{
	return rec_vcd_file(&j->l->list, f, j->title);
}


/* A string as JSON */
static void json_string(FILE *f, const char *s)
{
	char clean[128], *p = clean;

	(void)rec_clean(clean, sizeof(clean), s, strlen(s));
	(void)fputc('"', f);
	for (; *p; p++) {
		if (*p == '"' || *p == '\\')
			(void)fputc('\\', f);
		(void)fputc(*p, f);
	}
	(void)fputc('"', f);
}


/* "who" is put in front, unless the object names it: inside a string its quotes would be escaped */
static int write_events(FILE *f, const struct job *j)
{
	for (size_t i = 0; i < j->l->list.n; i++) {
		const struct rec_item *it = j->l->list.v[i];
		const char *json;

		if (it->kind != REC_EVENT)
			continue;
		json = rec_event_json(it);
		if (strstr(json, "\"who\":")) {
			(void)fprintf(f, "%s\n", json);
			continue;
		}
		(void)fputs("{\"who\":", f);
		json_string(f, (const char *)it->data);
		(void)fprintf(f, "%s%s\n", json[1] == '}' ? "" : ",", json + 1);
	}

	return 0;
}


static const struct {
	const char *name;
	writer_h *write;
	const char *what, *open;
} file[] = {
	{"ladder.html", write_html,
	 "who sent what to whom, with the raw SIP messages", "any browser"},
	{"ladder.txt", write_ladder,
	 "the same as text, 120 columns", "less -S ladder.txt"},
	{"events.jsonl", write_events,
	 "all events in order, one JSON object a line", "jq . events.jsonl"},
	{"capture.pcapng", write_pcapng,
	 "all packets; lost ones carry a comment (filter: frame.comment)",
	 "wireshark capture.pcapng, then Telephony > VoIP Calls"},
	{"relays.vcd", write_vcd,
	 "relays and other lines over time, in microseconds", "gtkwave relays.vcd"},
	{"README.txt", write_readme, "this file", NULL},
};


static bool unusual(const uint16_t *port, unsigned n, uint16_t p)
{
	for (unsigned i = 0; i < n; i++) {
		if (port[i] == p)
			return false;
	}
	return p != 5060;
}


/* Wireshark expects SIP on port 5060: say what it needs to be told */
static void sip_ports(FILE *f, const struct rec_list *list)
{
	uint16_t port[PORTS_NAMED];
	unsigned n = 0;

	for (size_t i = 0; i < list->n && n < PORTS_NAMED; i++) {
		if (rec_is_sip(list->v[i]) && unusual(port, n, list->v[i]->dst.port))
			port[n++] = list->v[i]->dst.port;
	}
	if (!n)
		return;

	(void)fputs("\nSIP is not only on port 5060 here. For Wireshark and tshark add:", f);
	for (unsigned i = 0; i < n; i++)
		(void)fprintf(f, " -d udp.port==%u,sip", port[i]);
	(void)fputs("\n", f);
}


static void dropped(FILE *f, const struct record *r)
{
	if (r->ring.dropped)
		(void)fprintf(f, "\nThe oldest %llu RTP packets were dropped:"
			      " %zu MiB of RTP are kept.\n",
			      (unsigned long long)r->ring.dropped, r->ring.max >> 20);
	if (r->kept.dropped)
		(void)fprintf(f, "\nThe last %llu SIP packets, events and edges were not kept:"
			      " %zu MiB were full.\n",
			      (unsigned long long)r->kept.dropped, r->kept.max >> 20);
}


static int write_readme(FILE *f, const struct job *j)
{
	(void)fprintf(f, "%s\n\nVerdict: %s\n\n%s%s\nFiles\n", j->title, j->verdict, j->info,
		      j->info[0] ? "\n" : "");
	for (size_t i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		(void)fprintf(f, "  %-15s %s\n", file[i].name, file[i].what);
		if (file[i].open)
			(void)fprintf(f, "  %-15s open with: %s\n", "", file[i].open);
	}
	sip_ports(f, &j->l->list);
	dropped(f, j->r);
	return 0;
}


/* mkdir -p */
static int make_dir(const char *dir)
{
	char path[1024];
	struct stat st;
	const size_t n = strlen(dir);

	if (!n || n >= sizeof(path))
		return n ? ENAMETOOLONG : EINVAL;

	memcpy(path, dir, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		path[i] = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			return errno;
		path[i] = dir[i];
	}

	if (stat(dir, &st))
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}


static int write_file(const char *dir, const char *name, writer_h *wh, const struct job *j)
{
	char path[1100];
	FILE *f;
	int err;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		return errno;

	errno = 0;
	err = wh(f, j);
	if (!err && (ferror(f) || fflush(f)))
		err = errno ? errno : EIO;
	if (fclose(f) && !err)
		err = errno;
	return err;
}


/**
 * Write the folder of a scenario
 *
 * @param r       Recorder
 * @param dir     Folder, made with its parents if missing; files of an earlier run are replaced
 * @param title   Name of the scenario
 * @param verdict "fail: what was expected and what came", "pass", ...; its first word is the badge
 * @param info    Text for README.txt: seed, how to run it again; may be ""
 *
 * @return 0, EINVAL, ENOMEM, or the first error of making the folder or a file; the other files are
 *         written all the same
 *
 * Source: SCN-01.
 */
int record_write(const struct record *r, const char *dir, const char *title, const char *verdict,
		 const char *info)
{
	struct job j = {.r = r, .title = title, .verdict = verdict, .info = info};
	struct rec_ladder *l = NULL;
	int err, e;

	if (!r || !dir || !title || !verdict || !info)
		return EINVAL;

	err = make_dir(dir);
	if (!err)
		err = rec_ladder_alloc(&l, r);
	if (err)
		return err;

	j.l = l;
	for (size_t i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		e = write_file(dir, file[i].name, file[i].write, &j);
		if (e && !err)
			err = e;
	}

	mem_deref(l);
	return err;
}

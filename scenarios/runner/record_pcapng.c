/**
 * @file record_pcapng.c  The packets of a scenario as a capture that Wireshark opens (SCN-01)
 *
 * The blocks are core/trace/pcapng.c's: one interface, host names, and one packet a datagram.
 */
#include <errno.h>
#include <string.h>
#include "record_priv.h"

struct names { const struct record *r; const struct le *le; };


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


static bool next_name(const struct pcapng_addr **addr, const char **name, void *arg)
{
	struct names *n = arg;

	while (n->le) {
		const struct rec_host *h = n->le->data;

		n->le = n->le->next;
		if (!name_is_unique(n->r, h))
			continue;
		*addr = &h->addr;
		*name = h->name;
		return true;
	}

	return false;
}


static void flush(FILE *f, struct mbuf *mb)
{
	(void)fwrite(mb->buf, 1, mb->end, f);
	mbuf_rewind(mb);
}


static int head(FILE *f, struct mbuf *mb, const struct record *r, const char *title, const char *verdict)
{
	struct names n = {.r = r, .le = list_head(&r->hosts)};
	char text[2][480];
	const char *const comment[] = {text[0], text[1]};
	int err;

	(void)rec_clean(text[0], sizeof(text[0]), title, strlen(title));
	(void)rec_clean(text[1], sizeof(text[1]), verdict, strlen(verdict));
	err = pcapng_section(mb, comment, 2);
	err = err ? err : pcapng_interface(mb, PCAPNG_RAW, "scenario");
	err = err ? err : pcapng_names(mb, next_name, &n);
	if (!err)
		flush(f, mb);

	return err;
}


static int packet(FILE *f, struct mbuf *mb, const struct rec_item *it, uint16_t id)
{
	const struct pcapng_packet p = {
		.wall_us = it->wall_us, .src = &it->src, .dst = &it->dst, .data = it->data, .len = it->len, .id = id,
		.comment = it->flag ? "lost: the simulated network dropped this packet" : NULL,
	};
	const int err = pcapng_datagram(mb, &p);

	if (!err)
		flush(f, mb);

	return err;
}


/* Write capture.pcapng */
int rec_pcapng_file(const struct record *r, const struct rec_list *list, FILE *f, const char *title,
		    const char *verdict)
{
	struct mbuf *mb = mbuf_alloc(4096);
	int err = mb ? head(f, mb, r, title, verdict) : ENOMEM;
	uint16_t id = 0;

	for (size_t i = 0; i < list->n && !err; i++) {
		if (list->v[i]->kind == REC_SIGNAL || list->v[i]->kind == REC_MEDIA)
			err = packet(f, mb, list->v[i], ++id);
	}
	mem_deref(mb);

	return err;
}

/**
 * @file record_priv.h  What the files of the recorder share
 *
 * record.c collects items; record_write.c hands them, in order of time, to the writers.  The ladder
 * is a list of rows made from the items once (record_rows.c) and drawn twice: as text
 * (record_ladder.c) and as a page (record_html.c).
 */
#ifndef RUNNER_RECORD_PRIV_H
#define RUNNER_RECORD_PRIV_H

#include <stdio.h>
#include <re.h>
#include "../../core/trace/pcapng.h"
#include "record.h"

#define REC_CHUNK (256 * 1024)                  /* bytes of one piece of memory */
#define REC_KEPT_MAX (64 * 1024 * 1024)         /* SIP, events, edges: kept until this is full */
#define REC_RING_MAX (32 * 1024 * 1024)         /* RTP: the newest */
#define REC_PAYLOAD_MAX 65507                   /* longest UDP payload over IPv4 */
#define REC_HEAD_ROWS 1000                      /* a longer ladder shows its first rows ... */
#define REC_TAIL_ROWS 4000                      /* ... and its last */

enum rec_kind { REC_SIGNAL, REC_MEDIA, REC_EVENT, REC_EDGE };

/**
 * One thing that happened, data behind it: REC_SIGNAL and REC_MEDIA the datagram's payload;
 * REC_EVENT who, JSON and text, each zero-ended; REC_EDGE the signal's name, zero-ended.
 */
struct rec_item {
	int64_t wall_us;
	uint64_t order;                         /* of recording */
	struct pcapng_addr src, dst;
	uint32_t len;                           /* bytes of data */
	uint8_t kind;                           /* enum rec_kind */
	bool flag;                              /* packet: lost; edge: level */
	uint8_t data[];
};

struct rec_host {
	struct le le;
	struct pcapng_addr addr;
	char name[64];
};

/** Memory of one kind of items: chunks, oldest first */
struct rec_pool {
	struct list chunks;                     /* struct rec_chunk */
	size_t bytes, max;
	bool ring;                              /* full: the oldest chunk makes room */
	uint64_t dropped;                       /* items that are not there */
};

struct rec_chunk {
	struct le le;
	size_t size, used;
	uint32_t items;
	uint8_t data[] __attribute__((aligned(8)));
};

struct record {
	struct rec_pool kept, ring;
	struct list spare;                      /* chunks of REC_CHUNK for the next scenario */
	struct list hosts;                      /* struct rec_host, in order of naming */
	uint64_t order;
	int64_t start_us;
	bool started;
};

/** All items in order of time */
struct rec_list {
	const struct rec_item **v;
	size_t n;
	int64_t start_us;                       /* time 0 */
};

enum rec_row_kind { ROW_SIP, ROW_RTP, ROW_DTMF, ROW_UDP, ROW_EVENT, ROW_EDGE };

/** One line of the ladder */
struct rec_row {
	enum rec_row_kind kind;
	int64_t t_us;                           /* since the start */
	int64_t end_us;                         /* RTP, DTMF: last packet */
	const struct rec_item *item;            /* the first one */
	int from, to;                           /* columns; -1 = none: a note over all of them */
	uint32_t packets, lost;
	uint32_t stamp, units, clock;           /* DTMF: RTP time-stamp, duration, units a second */
	bool again;                             /* SIP: the same datagram went out before */
	bool sdp;                               /* SIP: it carries a session description */
	char name[24];                          /* RTP: codec; DTMF: digit */
};

struct rec_ladder {
	struct rec_list list;
	char (*col)[64];                        /* names of the columns */
	int cols;
	struct rec_row *row;
	size_t rows;
	uint64_t dropped;                       /* RTP packets older than the ring */
};

/** What session descriptions said about an address */
struct rec_media {
	struct le le;
	struct pcapng_addr addr;
	int col;                                /* host that announced it */
	char codec[128][24];                    /* by payload type, "" = not announced */
	uint32_t clock[128];
};

/* record.c */
int rec_list_init(struct rec_list *list, const struct record *r);
const char *rec_event_json(const struct rec_item *item);
const char *rec_event_text(const struct rec_item *item);
bool rec_addr_ip_equal(const struct pcapng_addr *a, const struct pcapng_addr *b);
bool rec_addr_equal(const struct pcapng_addr *a, const struct pcapng_addr *b);
bool rec_is_sip(const struct rec_item *item);

/* record_rows.c */
int rec_ladder_alloc(struct rec_ladder **lp, const struct record *r);
bool rec_row_shown(const struct rec_ladder *l, size_t i);

/* record_label.c */
size_t rec_row_label(const struct rec_row *row, char *buf, size_t size);
bool rec_row_lost(const struct rec_row *row);

/* record_sip.c */
bool rec_sip_sdp(const struct rec_item *item, struct pl *body);
void rec_media_learn(struct list *media, const struct pl *sdp, int col);
const struct rec_media *rec_media_find(const struct list *media, const struct pcapng_addr *addr);
const char *rec_media_codec(const struct list *media, const struct rec_item *item, uint32_t *clock);
size_t rec_sip_label(const struct rec_row *row, char *buf, size_t size);

/* record_text.c */
size_t rec_clean(char *buf, size_t size, const void *data, size_t len);
void rec_html(FILE *f, const void *data, size_t len);
size_t rec_addr_text(const struct pcapng_addr *a, bool port, char *buf, size_t size);

/* record_ladder.c */
typedef int (rec_print_h)(const char *line, void *arg);
int rec_ladder_print(const struct rec_ladder *l, rec_print_h *print, void *arg);

/* the writers: 0, or an errno of memory; errors of the file stay in it (ferror) */
int rec_ladder_file(const struct rec_ladder *l, FILE *f, const char *title, const char *verdict);
int rec_html_file(const struct rec_ladder *l, FILE *f, const char *title, const char *verdict,
		  const char *info);
int rec_pcapng_file(const struct record *r, const struct rec_list *list, FILE *f, const char *title,
		    const char *verdict);
int rec_vcd_file(const struct rec_list *list, FILE *f, const char *title);

#endif

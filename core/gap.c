/**
 * @file gap.c  One whole door phone (see gap.h)
 *
 * The door is stepped by one libre timer: at once after an input, else at the door's own deadline.  Events
 * of a loop turn are committed together at its end, then the host is told that they are durable.
 */
#include <string.h>
#include "gap_priv.h"
#include "media/gain.h"
#include "media/secure.h"

#define VOLUME_US 1000000               /* the volume is looked up so often in a call */
#define COMMIT_RETRY_MS 1000            /* a full disk may get room */

static void step(void *arg);

static void schedule(struct gap *g)
{
	const uint64_t deadline = door_deadline(&g->door);
	const uint64_t now = gap_now_us(g);
	uint64_t ms;

	if (deadline == GAP_NEVER) {
		tmr_cancel(&g->step);
		return;
	}
	/* libre counts whole milliseconds: aim at the first one that is not before the deadline */
	ms = deadline <= now ? 0 : (deadline + 999) / 1000 - now / 1000;
	tmr_start(&g->step, ms, step, g);
}

/** Keep what the door must know again; what the store refuses comes again with the next change */
static void remember(struct gap *g)
{
	if (door_memory_take(&g->door, &g->memory) && g->cfg.store)
		(void)store_remember(g->cfg.store, &g->memory);
}

static void step(void *arg)
{
	struct gap *g = arg;

	door_step(&g->door, gap_now_us(g));
	remember(g);
	schedule(g);
}

/* --- events --- */

/* Told when it begins and when it is over: who watches sees it, and it is kept as soon as there is room */
static void storage(struct gap *g, bool ok)
{
	if (ok != g->stuck)
		return;
	g->stuck = !ok;
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_STORAGE, (int)ok, ok ? store_lost(g->cfg.store) : (uint64_t)0);
}

static void commit(void *arg)
{
	struct gap *g = arg;

	if (g->cfg.store && store_commit(g->cfg.store)) {
		tmr_start(&g->commit, COMMIT_RETRY_MS, commit, g);
		storage(g, false);
		return;
	}
	if (g->cfg.committed)
		g->cfg.committed(g->cfg.arg);
	storage(g, true);
}

static void keep(struct gap *g, const struct event *ev)
{
	if (g->settings.keep[event_def(ev->id)->cls] || event_always_kept(ev->id))
		(void)store_put(g->cfg.store, ev);
	else
		store_pass(g->cfg.store, ev->seq);
	if (!tmr_isrunning(&g->commit))
		tmr_start(&g->commit, 0, commit, g);
}

/* Each event of the door, to all that it means something to */
static void happened(const struct event *ev, void *arg)
{
	struct gap *g = arg;

	keep(g, ev);
	if (ev->id == EV_CALL_END)
		gap_directory_call_over(g);
}

void gap_emit2(struct gap *g, enum event_id id, const char *a, const char *b)
{
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), id, a, b);
}

/* --- what the telephone needs --- */

static int tell(const struct door_in *in, void *arg)
{
	return gap_tell(arg, in);
}

static uint32_t number(void *arg)
{
	struct gap *g = arg;

	return door_call_number(&g->door);
}

static void phone_news(const struct phone_news *n, void *arg)
{
	struct gap *g = arg;
	const uint64_t now = gap_now_us(g);
	const int64_t wall = gap_wall_us(g);

	switch (n->id) {
	case EV_MESSAGE_RESULT:
		event_emit(&g->bus, now, wall, n->id, n->text[0], n->num[0]);
		break;
	case EV_SIP_REFUSED:
		event_emit(&g->bus, now, wall, n->id, n->text[0], n->text[1], n->num[0]);
		break;
	case EV_MEDIA:
	case EV_ICE:
		event_emit(&g->bus, now, wall, n->id, n->num[0], n->text[0], n->text[1]);
		break;
	case EV_MEDIA_ENCRYPTION:
		event_emit(&g->bus, now, wall, n->id, n->num[0], (int)n->num[1], n->text[0], n->text[1]);
		break;
	case EV_MEDIA_SAS:
		event_emit(&g->bus, now, wall, n->id, n->num[0], n->text[0]);
		break;
	case EV_MEDIA_DROPPED:
		event_emit(&g->bus, now, wall, n->id, n->num[0], n->num[1], n->num[2]);
		break;
	case EV_REGISTRATION:
	case EV_PRESENCE:
		event_emit(&g->bus, now, wall, n->id, n->num[0], (int)n->num[1], n->num[2], n->text[0]);
		break;
	case EV_ANNOUNCE_END:
		event_emit(&g->bus, now, wall, n->id, n->text[0], (int)n->num[0]);
		break;
	case EV_MEDIA_STATS:
		event_emit(&g->bus, now, wall, n->id, n->num[0], n->num[1], n->num[2], n->num[3]);
		break;
	case EV_MEDIA_QUALITY:
		event_emit(&g->bus, now, wall, n->id, n->num[0], n->num[1], n->num[2], n->num[3], n->num[4], n->num[5],
			   n->num[6], n->num[7], n->num[8], n->num[9]);
		break;
	default:
		gap_emit2(g, n->id, n->text[0], n->text[1]);
		break;
	}
}

/* --- sound, metered for the panel --- */

static int metered_read(void *ctx, int16_t *pcm, size_t n)
{
	struct gap *g = ctx;
	const int err = g->cfg.port->audio_read(g->cfg.port_ctx, pcm, n);

	g->level_in = err ? 0 : gain_peak(pcm, n);

	return err;
}

static unsigned volume(void *arg);

static int metered_write(void *ctx, const int16_t *pcm, size_t n)
{
	struct gap *g = ctx;
	int16_t mix[GAP_FRAME];

	if (g->clip && n <= GAP_FRAME) {
		memcpy(mix, pcm, n * sizeof(*mix));
		clip_gain(g->clip, volume(g));
		clip_mix(g->clip, mix, n);
		pcm = mix;
	}
	g->level_out = gain_peak(pcm, n);

	return g->cfg.port->audio_write(g->cfg.port_ctx, pcm, n);
}

/** HW-07: a slot begins and ends at a quarter hour; nobody hears a second of it */
static unsigned volume(void *arg)
{
	struct gap *g = arg;
	const uint64_t now = gap_now_us(g);

	if (now >= g->volume_until_us) {
		g->volume = schedule_volume(&g->settings, gap_wall_us(g));
		g->volume_until_us = now + VOLUME_US;
	}

	return g->volume;
}

static int64_t calendar(void *arg)
{
	return gap_wall_us(arg);
}

static int start_phone(struct gap *g)
{
	struct phone_config pc = {
		.ua = {.laddr = g->cfg.laddr, .user = "ipacGap", .software = "ipgap", .conf = &g->settings,
		       .media = g->cfg.media, .dnsc = g->cfg.dnsc, .trace = g->cfg.trace, .trace_arg = g->cfg.trace_arg,
		       .wall_us = calendar, .wall_arg = g},
		.port = &g->port, .port_ctx = g, .tell = tell, .number = number, .news = phone_news,
		.volume = volume, .arg = g,
	};

	if (!sa_port(&pc.ua.laddr))
		sa_set_port(&pc.ua.laddr, (uint16_t)g->settings.sip_port);
	g->port.audio_read = g->cfg.port->audio_read ? metered_read : NULL;
	g->port.audio_write = g->cfg.port->audio_write ? metered_write : NULL;

	return phone_alloc(&g->phone, &pc);
}

/* --- life --- */

static void destructor(void *arg)
{
	struct gap *g = arg;

	gap_directory_stop(g);
	mem_deref(g->clip);
	mem_deref(g->scan);
	clock_stop(g);
	tmr_cancel(&g->step);
	if (tmr_isrunning(&g->commit)) {
		commit(g);
		tmr_cancel(&g->commit);
	}
	mem_deref(g->phone);
	mem_deref(g->book);
	mem_deref(g->draft);
	mem_deref(g->cfg.media);
	mem_deref(g->cfg.store);
}

/** Settings and contacts as they are stored; the first warning is told */
static int load(struct gap *g, char *err, size_t errsize)
{
	char warning[BOOK_ERR];
	int e = store_load(g->cfg.store, &g->settings, err, errsize);

	if (e)
		return e;
	g->book = mem_deref(g->book);
	e = store_load_book(g->cfg.store, &g->book, warning, sizeof(warning));
	if (!err[0])
		(void)re_snprintf(err, errsize, "%s", warning);

	return e ? e : store_load_draft(g->cfg.store, &g->settings, &g->version, &g->draft);
}

/* SIP-09: ZRTP is a module that may not be there */
bool gap_encryption_there(const struct settings *s, char *err, size_t errsize)
{
	if (s->media_encryption != MEDIA_ZRTP || zrtp_available())
		return true;
	(void)re_snprintf(err, errsize, "sip.media_encryption=zrtp needs the module ipgap-zrtp.so, which is not here: build it "
			  "with make zrtp (package libbzrtp-dev), or choose srtp or none");

	return false;
}

/**
 * Make a door phone with its settings; it does nothing yet.  Factory DIP is obeyed here (HW-06).
 *
 * @param gp      Written on success
 * @param cfg     Copied; media and store are referenced, the rest is borrowed
 * @param err     Written: a warning about stored settings that were passed over, or ""
 * @param errsize Its size
 *
 * @return 0, errno
 */
int gap_alloc(struct gap **gp, const struct gap_config *cfg, char *err, size_t errsize)
{
	struct gap *g = mem_zalloc(sizeof(*g), destructor);
	unsigned dip = 0;
	int e = 0;

	if (!g)
		return ENOMEM;
	g->cfg = *cfg;
	mem_ref(cfg->media);
	mem_ref(cfg->store);
	err[0] = '\0';

	g->book = mem_ref(cfg->book);
	g->version = 1;
	if (cfg->memory)
		g->memory = *cfg->memory;
	g->clock.us = cfg->clock_us;
	if (cfg->settings)
		g->settings = *cfg->settings;
	else
		settings_default(&g->settings);
	(void)cfg->port->dip(cfg->port_ctx, &dip);
	if (dip & GAP_DIP_FACTORY) {
		settings_default(&g->settings);
		g->book = mem_deref(g->book);
		g->clock.us = 0;
		e = cfg->store ? store_factory(cfg->store) : 0;
	}
	if (!e && cfg->store) {
		e = load(g, err, errsize);
		g->bus.seq = store_last_seq(cfg->store);
		store_recall(cfg->store, &g->memory);
		g->clock.us = g->clock.kept_us = store_clock(cfg->store);
	}
	if (!e && !err[0])
		(void)gap_encryption_there(&g->settings, err, errsize);     /* calls will fail: said at the start */
	if (!e)
		e = event_subscribe(&g->bus, happened, g);
	if (e)
		mem_deref(g);
	else
		*gp = g;

	return e;
}

/**
 * Listen on SIP and boot the door.
 *
 * @param g       Door phone
 * @param err     Written on failure: what was wrong, with which address
 * @param errsize Its size
 *
 * @return 0, errno (EADDRINUSE, EADDRNOTAVAIL ...)
 */
int gap_start(struct gap *g, char *err, size_t errsize)
{
	int e = start_phone(g);

	if (e) {
		(void)re_snprintf(err, errsize, "cannot listen for SIP on %j port %u: %m", &g->cfg.laddr,
				  sa_port(&g->cfg.laddr) ? sa_port(&g->cfg.laddr) : (unsigned)g->settings.sip_port, e);
		return e;
	}
	door_init(&g->door, &g->settings, &g->bus, g->cfg.port, g->cfg.port_ctx, &phone_ops, g->phone);
	g->running = true;
	g->started_us = gap_now_us(g);
	door_remember(&g->door, &g->memory);
	door_clock(&g->door, g->clock.us);
	door_boot(&g->door);
	clock_apply(g);
	remember(g);
	schedule(g);
	gap_directory_start(g);

	return 0;
}

/** Hang up, release the relays, close the telephone in good order */
void gap_stop(struct gap *g, const char *cause)
{
	if (!g->running)
		return;
	g->running = false;
	g->clip = mem_deref(g->clip);
	gap_directory_stop(g);
	(void)gap_scan_stop(g);
	g->scan = mem_deref(g->scan);
	clock_stop(g);
	door_shutdown(&g->door, cause);
	remember(g);
	tmr_cancel(&g->step);
	phone_close(g->phone, false);
}

/** The supply is gone: nothing more is sent, nothing more happens */
void gap_power_lost(struct gap *g)
{
	g->running = false;
	gap_directory_stop(g);
	g->clip = mem_deref(g->clip);
	g->scan = mem_deref(g->scan);
	clock_stop(g);
	tmr_cancel(&g->step);
	if (g->phone)
		phone_close(g->phone, true);
}

/* --- inputs --- */

/**
 * Tell the door something; it acts at the end of the loop turn.
 *
 * @param g  Door phone
 * @param in Input, copied; t_us 0 = now
 *
 * @return 0, EAGAIN where it does not run, ENOBUFS where too much waits
 */
int gap_tell(struct gap *g, const struct door_in *in)
{
	struct door_in copy = *in;
	int err;

	if (!g->running)
		return EAGAIN;
	if (!copy.t_us)
		copy.t_us = gap_now_us(g);
	err = door_input(&g->door, &copy);
	schedule(g);

	return err;
}

/**
 * The one entry for hardware: an edge of an input line, with its own time.
 *
 * @param g  Door phone
 * @param ev Edge
 *
 * @return as gap_tell()
 */
int gap_port_event(struct gap *g, const struct gap_port_event *ev)
{
	const struct door_in in = {.t_us = ev->t_us, .type = DOOR_IN_EDGE, .line = ev->in, .level = ev->level};

	if (g->running && ev->in == GAP_IN_LINK && ev->level) {
		phone_retry(g->phone);
		clock_again(g);
	}

	return gap_tell(g, &in);
}

/** The contacts, NULL = none; borrowed until the next gap_book_edit() */
struct book *gap_book(const struct gap *g)
{
	return g->book;
}

/* --- looking --- */

struct event_bus *gap_bus(struct gap *g)
{
	return &g->bus;
}

const struct settings *gap_settings(const struct gap *g)
{
	return &g->settings;
}

/** What the door must know again after a restart, for a host without store */
const struct door_memory *gap_memory(const struct gap *g)
{
	return &g->memory;
}

const struct door *gap_door(const struct gap *g)
{
	return &g->door;
}

/** Our own SIP address, "" while the telephone is closed */
const char *gap_uri(const struct gap *g)
{
	return g->phone && phone_ua(g->phone) ? ua_uri(phone_ua(g->phone)) : "";
}

/** Remote URI of the present call, "" without one */
const char *gap_peer(const struct gap *g)
{
	return g->phone && g->door.call ? phone_peer(g->phone) : "";
}

/** Encryption of the present call, "" where it is plain or there is none (SIP-09) */
const char *gap_encryption(const struct gap *g)
{
	return g->phone && g->door.call ? phone_encryption(g->phone) : "";
}

/** Is an account active, so that stopping takes a farewell to its PBX? */
bool gap_has_account(const struct gap *g)
{
	unsigned i;

	for (i = 0; i < SETTINGS_ACCOUNTS; i++)
		if (g->settings.account[i].active)
			return true;

	return false;
}

/** Is this account (1..3) registered at its PBX? */
bool gap_registered(const struct gap *g, unsigned account)
{
	return g->phone && phone_registered(g->phone, account);
}

/** Since the door was started */
uint64_t gap_uptime_us(const struct gap *g)
{
	return gap_now_us(g) - g->started_us;
}

uint64_t gap_now_us(const struct gap *g)
{
	return g->cfg.port->now_us(g->cfg.port_ctx);
}

/** The door's calendar [us since 1970 UTC] (TIM-01) */
int64_t gap_wall_us(const struct gap *g)
{
	return g->cfg.port->wall_us(g->cfg.port_ctx) + g->clock.us;
}

/** Peak levels of the last frames, 0..1 */
void gap_levels(const struct gap *g, float *in, float *out)
{
	*in = g->level_in;
	*out = g->level_out;
}

/* --- what the API commands (API-01, API-40) --- */

/**
 * Enter a relay code, as its user does from a distance; answered at once.
 *
 * @param g      Door phone
 * @param digits Code
 *
 * @return What became of it
 */
enum code_result gap_code(struct gap *g, const char *digits)
{
	const enum code_result r = door_code(&g->door, digits, gap_now_us(g));

	remember(g);
	schedule(g);

	return r;
}

static void clip_frame(int16_t *pcm, size_t n, void *arg)
{
	struct gap *g = arg;

	clip_gain(g->clip, volume(g));
	g->level_out = gain_peak(pcm, n);
	(void)g->cfg.port->audio_write(g->cfg.port_ctx, pcm, n);
}

static void clip_over(void *arg)
{
	struct gap *g = arg;

	g->clip = mem_deref(g->clip);
	g->level_out = 0;
	gap_emit2(g, EV_SOUND, "end", NULL);
}

/**
 * Play a WAV file on the loudspeaker; one that plays already ends.
 *
 * @param g       Door phone
 * @param wav     The file's bytes, copied
 * @param size    Their number
 * @param loops   How often, 0 = until gap_play_stop()
 * @param err     Written on failure: what was wrong and what would be right
 * @param errsize Its size
 *
 * @return 0, ENODEV there is no loudspeaker, EINVAL, ENOTSUP, ENOMEM of the file
 */
int gap_play(struct gap *g, const uint8_t *wav, size_t size, unsigned loops, char *err, size_t errsize)
{
	struct clip *c;
	int e;

	if (!g->cfg.port->audio_write) {
		(void)re_snprintf(err, errsize, "this door has no loudspeaker");
		return ENODEV;
	}
	e = clip_alloc(&c, g->cfg.media, wav, size, loops, clip_frame, clip_over, g, err, errsize);
	if (e)
		return e;
	mem_deref(g->clip);
	g->clip = c;
	clip_gain(c, volume(g));
	gap_emit2(g, EV_SOUND, "play", NULL);

	return 0;
}

/** Stop what gap_play() plays; nothing happens where nothing plays */
void gap_play_stop(struct gap *g)
{
	if (!g->clip)
		return;
	g->clip = mem_deref(g->clip);
	g->level_out = 0;
	gap_emit2(g, EV_SOUND, "stop", NULL);
}

/**
 * An API request is an event of the door.
 *
 * @param request What was asked, without codes and passwords
 * @param status  What was answered
 * @param from    Address of who asked
 */
void gap_api_event(struct gap *g, const char *request, unsigned status, const char *from)
{
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), EV_API, request, (uint64_t)status,
		   from);
}

/** An event of the pages with three texts (EV_LOGIN, EV_USER) */
void gap_pages_event(struct gap *g, enum event_id id, const char *a, const char *b, const char *c)
{
	event_emit(&g->bus, gap_now_us(g), gap_wall_us(g), id, a, b, c);
}

/**
 * @file panel.c  The simulated panel (see panel.h)
 *
 * Levels of a fresh panel: button and contact open, mains, PoE and link present, all DIP off.
 */
#include <errno.h>
#include <re.h>
#include <string.h>
#include "panel.h"
#include "vnet.h"

struct panel {
	bool in[GAP_INS];
	bool relay[GAP_RELAYS];
	bool lit[GAP_PICTOS];
	struct gap_light light[GAP_PICTOS];     /**< as asked for */
	unsigned dip;
	struct panel_board board;               /**< its port is NULL: simulated */
	struct panel_audio audio;
	panel_input_h *input;
	panel_edge_h *edge;
	void *arg;
};

static const char *const input_name[GAP_INS] = {"button", "contact", "mains", "poe", "link"};
static const char *const relay_name[GAP_RELAYS] = {"relay1", "relay2"};
static const char *const picto_name[GAP_PICTOS] = {"call", "talk", "door"};

static void no_input(const struct gap_port_event *ev, void *arg)
{
	(void)ev;
	(void)arg;
}

static void no_edge(const struct panel_edge *e, void *arg)
{
	(void)e;
	(void)arg;
}

/** A panel at rest */
int panel_alloc(struct panel **pp)
{
	struct panel *p = mem_zalloc(sizeof(*p), NULL);

	if (!p)
		return ENOMEM;
	p->in[GAP_IN_MAINS] = p->in[GAP_IN_POE] = p->in[GAP_IN_LINK] = true;
	p->input = no_input;
	p->edge = no_edge;
	*pp = p;

	return 0;
}

void panel_handlers(struct panel *p, panel_input_h *input, panel_edge_h *edge, void *arg)
{
	p->input = input ? input : no_input;
	p->edge = edge ? edge : no_edge;
	p->arg = arg;
}

/**
 * Let the panel stand for a board: operations go to the board, and the model shows what the board tells.
 *
 * @param b Copied; what it points to is borrowed
 */
void panel_attach(struct panel *p, const struct panel_board *b)
{
	p->board = *b;
	p->in[GAP_IN_MAINS] = p->in[GAP_IN_POE] = p->in[GAP_IN_LINK] = false;
}

const char *panel_input_name(enum gap_input in)
{
	return input_name[in];
}

void panel_set_audio(struct panel *p, const struct panel_audio *audio)
{
	p->audio = *audio;
}

/* --- the port --- */

static uint64_t op_now(void *ctx)
{
	(void)ctx;

	return vnet_now_us();
}

static int64_t op_wall(void *ctx)
{
	(void)ctx;

	return vnet_machine_us();
}

/** An edge of this moment */
static struct panel_edge edge_now(bool level)
{
	return (struct panel_edge){.level = level, .t_us = vnet_now_us()};
}

static int op_relay(void *ctx, unsigned relay, bool on, uint64_t for_us)
{
	struct panel *p = ctx;
	const struct panel_edge e = edge_now(on);

	if (relay >= GAP_RELAYS)
		return EINVAL;
	if (p->board.port)
		return p->board.port->relay(p->board.port_ctx, relay, on, for_us);
	panel_told_relay(p, relay, &e);

	return 0;
}

static int op_pictogram(void *ctx, enum gap_pictogram picto, struct gap_light light)
{
	struct panel *p = ctx;
	const struct panel_edge e = edge_now(light.colour != GAP_OFF);

	if (picto >= GAP_PICTOS)
		return EINVAL;
	if (light.colour != GAP_OFF || !p->board.port)
		p->light[picto] = light;
	if (p->board.port)
		return p->board.port->pictogram(p->board.port_ctx, picto, light);
	panel_told_lit(p, picto, &e);

	return 0;
}

static int op_dip(void *ctx, unsigned *mask)
{
	const struct panel *p = ctx;

	*mask = p->dip;

	return 0;
}

static int op_beep(void *ctx)
{
	struct panel *p = ctx;

	if (p->board.port)
		return p->board.port->beep(p->board.port_ctx);
	panel_told_beep(p);

	return 0;
}

static int op_audio_read(void *ctx, int16_t *pcm, size_t n)
{
	const struct panel *p = ctx;

	if (p->audio.read)
		return p->audio.read(p->audio.ctx, pcm, n);
	memset(pcm, 0, n * sizeof(*pcm));

	return 0;
}

static int op_audio_write(void *ctx, const int16_t *pcm, size_t n)
{
	const struct panel *p = ctx;

	return p->audio.write ? p->audio.write(p->audio.ctx, pcm, n) : 0;
}

const struct gap_port_ops panel_port = {
	.now_us = op_now, .wall_us = op_wall, .relay = op_relay, .pictogram = op_pictogram, .dip = op_dip,
	.beep = op_beep, .audio_read = op_audio_read, .audio_write = op_audio_write,
};

/* --- back-door --- */

static void tell(struct panel *p, enum gap_input in, uint64_t t_us)
{
	const struct gap_port_event ev = {.t_us = t_us, .in = in, .level = p->in[in]};

	p->input(&ev, p->arg);
}

static int back_input(void *ctx, enum gap_input in, bool level)
{
	struct panel *p = ctx;
	const struct panel_edge e = edge_now(level);

	if (in >= GAP_INS)
		return EINVAL;
	if (p->board.port)
		return p->board.backdoor ? p->board.backdoor->input(p->board.backdoor_ctx, in, level) : ENOTSUP;
	panel_told_input(p, in, &e);

	return 0;
}

static int back_dip(void *ctx, unsigned index, bool on)
{
	struct panel *p = ctx;

	if (index > 3)
		return EINVAL;
	if (p->board.port)
		return p->board.backdoor ? p->board.backdoor->dip(p->board.backdoor_ctx, index, on) : ENOTSUP;
	panel_told_dip(p, index, on);

	return 0;
}

const struct gap_backdoor_ops panel_backdoor = {.input = back_input, .dip = back_dip};

/* --- what happened at the panel, simulated or told by a board --- */

static void say(struct panel *p, const char *signal, const struct panel_edge *e)
{
	struct panel_edge named = *e;

	named.signal = signal;
	p->edge(&named, p->arg);
}

/** Take the levels of a board that has just come, without an edge */
void panel_adopt(struct panel *p, const bool in[GAP_INS], unsigned dip)
{
	memcpy(p->in, in, sizeof(p->in));
	p->dip = dip;
}

void panel_told_input(struct panel *p, enum gap_input in, const struct panel_edge *e)
{
	if (p->in[in] == e->level)
		return;
	p->in[in] = e->level;
	say(p, input_name[in], e);
	tell(p, in, e->t_us);
}

void panel_told_relay(struct panel *p, unsigned relay, const struct panel_edge *e)
{
	if (p->relay[relay] == e->level)
		return;
	p->relay[relay] = e->level;
	say(p, relay_name[relay], e);
}

void panel_told_lit(struct panel *p, enum gap_pictogram picto, const struct panel_edge *e)
{
	if (p->lit[picto] == e->level)
		return;
	p->lit[picto] = e->level;
	say(p, picto_name[picto], e);
}

void panel_told_dip(struct panel *p, unsigned index, bool on)
{
	p->dip = on ? p->dip | 1u << index : p->dip & ~(1u << index);
}

void panel_told_beep(struct panel *p)
{
	if (p->audio.beep)
		p->audio.beep(p->audio.ctx);
}

bool panel_level(const struct panel *p, enum gap_input in)
{
	return p->in[in];
}

/** Mask of enum gap_dip */
unsigned panel_dip(const struct panel *p)
{
	return p->dip;
}

bool panel_relay(const struct panel *p, unsigned relay)
{
	return p->relay[relay];
}

struct gap_light panel_light(const struct panel *p, enum gap_pictogram picto)
{
	static const struct gap_light dark = {GAP_OFF, false};

	return p->lit[picto] ? p->light[picto] : dark;
}

/** Either supply feeds the door (HW-05) */
bool panel_powered(const struct panel *p)
{
	return p->in[GAP_IN_MAINS] || p->in[GAP_IN_POE];
}

void panel_tell_levels(struct panel *p)
{
	unsigned i;

	for (i = 0; i < GAP_INS; i++)
		tell(p, (enum gap_input)i, vnet_now_us());
}

void panel_dark(struct panel *p)
{
	static const struct gap_light dark = {GAP_OFF, false};
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++)
		(void)op_relay(p, i, false, GAP_NEVER);
	for (i = 0; i < GAP_PICTOS; i++)
		(void)op_pictogram(p, (enum gap_pictogram)i, dark);
}

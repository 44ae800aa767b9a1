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
	struct gap_light light[GAP_PICTOS];
	unsigned dip;
	struct panel_audio audio;
	panel_input_h *input;
	panel_edge_h *edge;
	void *arg;
};

static void no_input(const struct gap_port_event *ev, void *arg)
{
	(void)ev;
	(void)arg;
}

static void no_edge(const char *signal, bool level, uint64_t t_us, void *arg)
{
	(void)signal;
	(void)level;
	(void)t_us;
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

	return vnet_wall_us();
}

static int op_relay(void *ctx, unsigned relay, bool on)
{
	static const char *const name[GAP_RELAYS] = {"relay1", "relay2"};
	struct panel *p = ctx;

	if (relay >= GAP_RELAYS)
		return EINVAL;
	if (p->relay[relay] != on) {
		p->relay[relay] = on;
		p->edge(name[relay], on, vnet_now_us(), p->arg);
	}

	return 0;
}

static int op_pictogram(void *ctx, enum gap_pictogram picto, struct gap_light light)
{
	static const char *const name[GAP_PICTOS] = {"call", "talk", "door"};
	struct panel *p = ctx;
	bool lit;

	if (picto >= GAP_PICTOS)
		return EINVAL;
	lit = light.colour != GAP_OFF;
	if (lit != (p->light[picto].colour != GAP_OFF))
		p->edge(name[picto], lit, vnet_now_us(), p->arg);
	p->light[picto] = light;

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
	const struct panel *p = ctx;

	if (p->audio.beep)
		p->audio.beep(p->audio.ctx);

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

static void tell(struct panel *p, enum gap_input in)
{
	const struct gap_port_event ev = {.t_us = vnet_now_us(), .in = in, .level = p->in[in]};

	p->input(&ev, p->arg);
}

static int back_input(void *ctx, enum gap_input in, bool level)
{
	static const char *const name[GAP_INS] = {"button", "contact", "mains", "poe", "link"};
	struct panel *p = ctx;

	if (in >= GAP_INS)
		return EINVAL;
	if (p->in[in] == level)
		return 0;
	p->in[in] = level;
	p->edge(name[in], level, vnet_now_us(), p->arg);
	tell(p, in);

	return 0;
}

static int back_dip(void *ctx, unsigned index, bool on)
{
	struct panel *p = ctx;

	if (index > 3)
		return EINVAL;
	p->dip = on ? p->dip | 1u << index : p->dip & ~(1u << index);

	return 0;
}

const struct panel_ops panel_backdoor = {.input = back_input, .dip = back_dip};

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
	return p->light[picto];
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
		tell(p, (enum gap_input)i);
}

void panel_dark(struct panel *p)
{
	static const struct gap_light dark = {GAP_OFF, false};
	unsigned i;

	for (i = 0; i < GAP_RELAYS; i++)
		(void)op_relay(p, i, false);
	for (i = 0; i < GAP_PICTOS; i++)
		(void)op_pictogram(p, (enum gap_pictogram)i, dark);
}

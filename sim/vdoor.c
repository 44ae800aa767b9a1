/**
 * @file vdoor.c  A door on its panel (see vdoor.h)
 *
 * Requirements: SIM-01, HIL-01, HW-05 (either supply feeds the door), HW-06 (DIP is read at boot), HW-10.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "vdoor.h"
#include "vnet.h"

#define FAREWELL_MS 500                 /* a restart: so long may the good-bye of a call take */

struct vdoor {
	struct vdoor_config cfg;
	struct settings settings;               /**< survive the supply where there is no store */
	struct book *book;                      /**< likewise */
	struct door_memory memory;              /**< likewise */
	int64_t clock_us;                       /**< likewise */
	struct panel *panel;
	struct gap *gap;
	struct tmr reboot;
	bool started;                           /**< vdoor_start() has been called */
	int power_err;                          /**< of the boot that a supply began */
	char power_text[512];
};

static void power(struct vdoor *v);

/* --- the panel --- */

/** The link carries or loses packets, the supplies feed the door or not */
static void input(const struct gap_port_event *ev, void *arg)
{
	struct vdoor *v = arg;

	if (ev->in == GAP_IN_LINK)
		vnet_link(&v->cfg.laddr, ev->level);
	if (v->gap)
		(void)gap_port_event(v->gap, ev);
	if (ev->in == GAP_IN_MAINS || ev->in == GAP_IN_POE)
		power(v);
}

static void edge(const struct panel_edge *e, void *arg)
{
	const struct vdoor *v = arg;

	if (v->cfg.edge)
		v->cfg.edge(e, v->cfg.arg);
}

static void drop(struct vdoor *v)
{
	tmr_cancel(&v->reboot);
	if (!v->gap)
		return;
	v->settings = *gap_settings(v->gap);
	v->memory = *gap_memory(v->gap);
	v->clock_us = gap_clock_us(v->gap);
	mem_deref(v->book);
	v->book = mem_ref(gap_book(v->gap));
	v->gap = mem_deref(v->gap);
	panel_dark(v->panel);
}

/* --- the board --- */

static void board_edge(const struct board_edge *e, void *arg)
{
	struct vdoor *v = arg;
	const struct panel_edge p = {
		.level = e->level, .t_us = e->host_us, .board_us = e->board_us, .error_us = e->error_us,
	};

	if (hil_pin_relay(e->pin) >= 0)
		panel_told_relay(v->panel, (unsigned)hil_pin_relay(e->pin), &p);
	else if (hil_pin_lit(e->pin) >= 0)
		panel_told_lit(v->panel, (enum gap_pictogram)hil_pin_lit(e->pin), &p);
	else if (hil_pin_input(e->pin) >= 0)
		panel_told_input(v->panel, (enum gap_input)hil_pin_input(e->pin), &p);
	else if (hil_pin_dip(e->pin) >= 0)
		panel_told_dip(v->panel, (unsigned)hil_pin_dip(e->pin), e->level);
	else if (e->pin == LINK_PIN_BEEP && e->level)
		panel_told_beep(v->panel);
}

static void adopt_levels(struct vdoor *v)
{
	const uint32_t levels = board_levels(rig_board(v->cfg.rig));
	bool in[GAP_INS];
	unsigned i;

	for (i = 0; i < GAP_INS; i++)
		in[i] = levels >> hil_input_pin((enum gap_input)i) & 1;
	panel_adopt(v->panel, in, levels >> LINK_PIN_DIP1 & 15);
}

static void board_news(enum board_state state, const char *text, void *arg)
{
	struct vdoor *v = arg;

	if (state == BOARD_READY && !v->started)
		adopt_levels(v);
	if (v->cfg.board)
		v->cfg.board(state, NULL, text, v->cfg.arg);
}

static void board_doubt(enum board_trouble t, const char *text, void *arg)
{
	const struct vdoor *v = arg;

	if (v->cfg.board)
		v->cfg.board(board_state(rig_board(v->cfg.rig)), board_trouble_name(t), text, v->cfg.arg);
}

static void outside(unsigned pin, bool level, uint64_t t_us, void *arg)
{
	const struct vdoor *v = arg;

	if (v->cfg.outside)
		v->cfg.outside(pin, level, t_us, v->cfg.arg);
}

static int join_board(struct vdoor *v, char *err, size_t errsize)
{
	const struct rig_handlers h = {
		.state = board_news, .edge = board_edge, .trouble = board_doubt, .outside = outside, .arg = v,
	};
	const int e = rig_join(v->cfg.rig, &h, err, errsize);
	const struct panel_board b = {
		.port = &hil_port_ops, .port_ctx = e ? NULL : rig_port(v->cfg.rig),
		.backdoor = rig_drives(v->cfg.rig) ? &rig_backdoor : NULL, .backdoor_ctx = v->cfg.rig,
	};

	if (!e)
		panel_attach(v->panel, &b);

	return e;
}

/** Is the panel there? A simulated one always is. */
bool vdoor_ready(const struct vdoor *v)
{
	return !v->cfg.rig || rig_ready(v->cfg.rig);
}

/* --- life --- */

static void destructor(void *arg)
{
	struct vdoor *v = arg;

	tmr_cancel(&v->reboot);
	if (v->gap)
		gap_power_lost(v->gap);
	if (v->panel)
		panel_handlers(v->panel, NULL, NULL, NULL);
	mem_deref(v->gap);
	mem_deref(v->book);
	if (v->cfg.rig)
		rig_leave(v->cfg.rig);
	mem_deref(v->panel);
	mem_deref(v->cfg.rig);
	mem_deref(v->cfg.media);
	mem_deref(v->cfg.store);
	mem_deref(v->cfg.dnsc);
}

/**
 * Make a door with factory settings; vdoor_preset() may change them, vdoor_start() boots it once vdoor_ready().
 *
 * @param vp      Written on success
 * @param cfg     Copied; media, store, dnsc and rig are referenced
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, ENOMEM, errno of rig_join()
 */
int vdoor_alloc(struct vdoor **vp, const struct vdoor_config *cfg, char *err, size_t errsize)
{
	struct vdoor *v = mem_zalloc(sizeof(*v), destructor);
	int e;

	(void)re_snprintf(err, errsize, "%m", ENOMEM);
	if (!v)
		return ENOMEM;
	v->cfg = *cfg;
	mem_ref(cfg->media);
	mem_ref(cfg->store);
	mem_ref(cfg->dnsc);
	mem_ref(cfg->rig);
	settings_default(&v->settings);
	e = panel_alloc(&v->panel);
	if (!e) {
		panel_handlers(v->panel, input, edge, v);
		e = cfg->rig ? join_board(v, err, errsize) : 0;
	}
	if (e)
		mem_deref(v);
	else
		*vp = v;

	return e;
}

/** A setting before the start: kept in memory only, or in the store where there is one */
int vdoor_preset(struct vdoor *v, const char *key, const char *value, char *err, size_t errsize)
{
	return settings_set(&v->settings, key, value, err, errsize);
}

/**
 * Boot the door where a supply feeds it.
 *
 * @param err     Written: what failed; or, with 0 returned, a warning about stored settings; or ""
 * @param errsize Its size
 *
 * @return 0, EAGAIN the board is not ready yet, errno of gap_alloc() and gap_start()
 */
int vdoor_start(struct vdoor *v, char *err, size_t errsize)
{
	struct gap_config gc = {
		.port = &panel_port, .port_ctx = v->panel, .laddr = v->cfg.laddr, .media = v->cfg.media,
		.directory = v->cfg.directory, .directory_ctx = v->cfg.directory_ctx, .dnsc = v->cfg.dnsc, .store = v->cfg.store,
		.settings = &v->settings, .book = v->book, .memory = &v->memory, .clock_us = v->clock_us,
		.committed = v->cfg.committed, .trace = v->cfg.trace, .trace_arg = v->cfg.arg, .arg = v->cfg.arg,
	};
	int e;

	err[0] = '\0';
	if (!vdoor_ready(v)) {
		(void)re_snprintf(err, errsize, "the board is not ready");
		return EAGAIN;
	}
	v->started = true;
	if (v->gap || !panel_powered(v->panel))
		return 0;
	e = gap_alloc(&v->gap, &gc, err, errsize);
	if (e)
		return e;
	if (v->cfg.event)
		e = event_subscribe(gap_bus(v->gap), v->cfg.event, v->cfg.arg);
	if (!e)
		e = gap_start(v->gap, err, errsize);
	if (e) {
		v->gap = mem_deref(v->gap);
		return e;
	}
	panel_tell_levels(v->panel);

	return 0;
}

/** Shut down in good order; the good-bye of a call goes on while the loop runs */
void vdoor_stop(struct vdoor *v, const char *cause)
{
	if (!v->gap)
		return;
	gap_stop(v->gap, cause);
	panel_dark(v->panel);
}

static void reboot(void *arg)
{
	struct vdoor *v = arg;
	char err[512];
	int e;

	drop(v);
	e = vdoor_start(v, err, sizeof(err));
	if (v->cfg.failed && (e || err[0]))
		v->cfg.failed(e, err[0] ? err : strerror(e), v->cfg.arg);
}

/** Shut down in good order and boot again FAREWELL_MS later; cfg.failed hears where that fails */
void vdoor_restart(struct vdoor *v)
{
	vdoor_stop(v, "restart");
	tmr_start(&v->reboot, FAREWELL_MS, reboot, v);
}

/** A supply came or went; the door boots or dies */
static void power(struct vdoor *v)
{
	if (!v->started)
		return;
	if (panel_powered(v->panel)) {
		v->power_err = vdoor_start(v, v->power_text, sizeof(v->power_text));
		if (v->cfg.rig && v->cfg.failed && v->power_text[0])
			v->cfg.failed(v->power_err, v->power_text, v->cfg.arg);
		return;
	}

	if (v->gap)
		gap_power_lost(v->gap);
	drop(v);
}

/**
 * Drive an input line of the panel, with all that follows from it.  A board's line is driven by who stands before
 * it; what follows comes with its edge.
 *
 * @return 0, EINVAL, ENOTSUP nobody can drive this board's inputs, errno of a boot that failed (err says why)
 */
int vdoor_input(struct vdoor *v, enum gap_input in, bool level, char *err, size_t errsize)
{
	int e;

	err[0] = '\0';
	v->power_err = 0;
	v->power_text[0] = '\0';
	e = panel_backdoor.input(v->panel, in, level);
	if (e == ENOTSUP)
		(void)re_snprintf(err, errsize, "%s: this rig has nobody to do that: do it by hand, or name a second board "
				  "with ,driver=ADDRESS", panel_input_name(in));
	else if (e)
		(void)re_snprintf(err, errsize, "%s: %m", panel_input_name(in), e);
	if (e)
		return e;
	(void)re_snprintf(err, errsize, "%s", v->power_text);

	return v->power_err;
}

/** Change a setting of the running door */
int vdoor_set(struct vdoor *v, const char *key, const char *value, char *err, size_t errsize)
{
	if (v->gap)
		return gap_set(v->gap, key, value, err, errsize);
	(void)re_snprintf(err, errsize, "%s: the door has no supply; try `mains on`", key);

	return ENOTCONN;
}

/** Change the contacts of the running door */
int vdoor_book_edit(struct vdoor *v, const struct book_edit *e, char *err, size_t errsize)
{
	if (v->gap)
		return gap_book_edit(v->gap, e, err, errsize);
	(void)re_snprintf(err, errsize, "contacts: the door has no supply; try `mains on`");

	return ENOTCONN;
}

/** The contacts, NULL = none; borrowed until they change */
const struct book *vdoor_book(const struct vdoor *v)
{
	return v->gap ? gap_book(v->gap) : v->book;
}

struct panel *vdoor_panel(struct vdoor *v)
{
	return v->panel;
}

struct gap *vdoor_gap(struct vdoor *v)
{
	return v->gap;
}

const struct settings *vdoor_settings(const struct vdoor *v)
{
	return v->gap ? gap_settings(v->gap) : &v->settings;
}

/* --- what a person sees --- */

static void view_relay(const struct vdoor *v, struct view *w, unsigned i)
{
	static const char *const name[] = {
		[RELAY_STRIKE] = "strike", [RELAY_LINE] = "line", [RELAY_MAINS] = "mains", [RELAY_NETWORK] = "network",
	};
	const struct relay_settings *r = &vdoor_settings(v)->relay[i];

	w->relay[i].on = panel_relay(v->panel, i);
	str_ncpy(w->relay[i].function, name[r->function], sizeof(w->relay[i].function));
	if (!v->gap)
		return;
	w->relay[i].left_us = door_relay_left_us(gap_door(v->gap), i, w->now_us);
	w->relay[i].hold_us = (uint64_t)(r->function == RELAY_LINE ? r->line_s : r->hold_s) * 1000000;
}

static void view_timer(const struct vdoor *v, struct view *w)
{
	const struct door *d = gap_door(v->gap);
	unsigned s;

	if (d->state != DOOR_TALKING && d->state != DOOR_HELD)
		return;
	s = (unsigned)((w->now_us - d->answered_us) / 1000000);
	if (gap_settings(v->gap)->talk_min == SETTINGS_PERMANENT)
		(void)re_snprintf(w->timer, sizeof(w->timer), "%u:%02u", s / 60, s % 60);
	else
		(void)re_snprintf(w->timer, sizeof(w->timer), "%u:%02u of %d:00", s / 60, s % 60,
				  gap_settings(v->gap)->talk_min);
}

static void view_call(const struct vdoor *v, struct view *w)
{
	if (!v->gap) {
		str_ncpy(w->state, "off", sizeof(w->state));
		return;
	}
	str_ncpy(w->state, door_state_name(gap_door(v->gap)->state), sizeof(w->state));
	str_ncpy(w->peer, gap_peer(v->gap), sizeof(w->peer));
	str_ncpy(w->encryption, gap_encryption(v->gap), sizeof(w->encryption));
	str_ncpy(w->address, gap_uri(v->gap), sizeof(w->address));
	gap_levels(v->gap, &w->level_in, &w->level_out);
	view_timer(v, w);
}

/**
 * Fill the model of the picture; events, help and sound are the host's and stay as they are.
 *
 * @param view Zeroed but for those
 */
void vdoor_view(const struct vdoor *v, struct view *view)
{
	const struct settings *s = vdoor_settings(v);
	const time_t now = (time_t)((v->gap ? gap_wall_us(v->gap) : vnet_machine_us()) / 1000000);
	struct tm tm;
	unsigned i;

	view->now_us = vnet_now_us();
	(void)strftime(view->clock, sizeof(view->clock), "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
	str_ncpy(view->identity, s->identity, sizeof(view->identity));
	str_ncpy(view->model, "IP-GAP 02", sizeof(view->model));
	view->powered = panel_powered(v->panel);
	view->away = !vdoor_ready(v);
	view->button = panel_level(v->panel, GAP_IN_BUTTON);
	view->contact = panel_level(v->panel, GAP_IN_CONTACT);
	view->mains = panel_level(v->panel, GAP_IN_MAINS);
	view->poe = panel_level(v->panel, GAP_IN_POE);
	view->link = panel_level(v->panel, GAP_IN_LINK);
	view->dip = panel_dip(v->panel);
	view->volume = (unsigned)s->volume;
	view->microphone = (unsigned)s->microphone;
	for (i = 0; i < GAP_PICTOS; i++)
		view->light[i] = panel_light(v->panel, (enum gap_pictogram)i);
	for (i = 0; i < GAP_RELAYS; i++)
		view_relay(v, view, i);
	view_call(v, view);
}

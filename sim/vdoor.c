/**
 * @file vdoor.c  A virtual door (see vdoor.h)
 *
 * Requirements: SIM-01, HW-05 (either supply feeds the door), HW-06 (DIP is read at boot), HW-10.
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
	struct door_memory memory;              /**< likewise */
	struct panel *panel;
	struct gap *gap;
	struct tmr reboot;
};

static void input(const struct gap_port_event *ev, void *arg)
{
	struct vdoor *v = arg;

	if (v->gap)
		(void)gap_port_event(v->gap, ev);
}

static void edge(const char *signal, bool level, uint64_t t_us, void *arg)
{
	const struct vdoor *v = arg;

	if (v->cfg.edge)
		v->cfg.edge(signal, level, t_us, v->cfg.arg);
}

static void drop(struct vdoor *v)
{
	tmr_cancel(&v->reboot);
	if (!v->gap)
		return;
	v->settings = *gap_settings(v->gap);
	v->memory = *gap_memory(v->gap);
	v->gap = mem_deref(v->gap);
	panel_dark(v->panel);
}

static void destructor(void *arg)
{
	struct vdoor *v = arg;

	tmr_cancel(&v->reboot);
	if (v->gap)
		gap_power_lost(v->gap);
	if (v->panel)
		panel_handlers(v->panel, NULL, NULL, NULL);
	mem_deref(v->gap);
	mem_deref(v->panel);
	mem_deref(v->cfg.media);
	mem_deref(v->cfg.store);
	mem_deref(v->cfg.dnsc);
}

/**
 * Make a virtual door with factory settings; vdoor_preset() may change them, vdoor_start() boots it.
 *
 * @param vp  Written on success
 * @param cfg Copied; media, store and dnsc are referenced
 */
int vdoor_alloc(struct vdoor **vp, const struct vdoor_config *cfg)
{
	struct vdoor *v = mem_zalloc(sizeof(*v), destructor);
	int err;

	if (!v)
		return ENOMEM;
	v->cfg = *cfg;
	mem_ref(cfg->media);
	mem_ref(cfg->store);
	mem_ref(cfg->dnsc);
	settings_default(&v->settings);
	err = panel_alloc(&v->panel);
	if (err) {
		mem_deref(v);
		return err;
	}
	panel_handlers(v->panel, input, edge, v);
	*vp = v;

	return 0;
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
 * @return 0, errno of gap_alloc() and gap_start()
 */
int vdoor_start(struct vdoor *v, char *err, size_t errsize)
{
	struct gap_config gc = {
		.port = &panel_port, .port_ctx = v->panel, .laddr = v->cfg.laddr, .media = v->cfg.media,
		.dnsc = v->cfg.dnsc, .store = v->cfg.store, .settings = &v->settings,
		.memory = &v->memory,
		.committed = v->cfg.committed, .arg = v->cfg.arg,
	};
	int e;

	err[0] = '\0';
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

static int power(struct vdoor *v, char *err, size_t errsize)
{
	if (panel_powered(v->panel))
		return vdoor_start(v, err, errsize);

	if (v->gap)
		gap_power_lost(v->gap);
	drop(v);

	return 0;
}

/**
 * Drive an input line of the panel, with all that follows from it: the link carries or loses packets, the
 * supplies feed the door or not.
 *
 * @return 0, EINVAL, errno of a boot that failed (err says why)
 */
int vdoor_input(struct vdoor *v, enum gap_input in, bool level, char *err, size_t errsize)
{
	int e;

	err[0] = '\0';
	if (in == GAP_IN_LINK)
		vnet_link(&v->cfg.laddr, level);
	e = panel_backdoor.input(v->panel, in, level);
	if (!e && (in == GAP_IN_MAINS || in == GAP_IN_POE))
		e = power(v, err, errsize);

	return e;
}

/** Change a setting of the running door */
int vdoor_set(struct vdoor *v, const char *key, const char *value, char *err, size_t errsize)
{
	if (v->gap)
		return gap_set(v->gap, key, value, err, errsize);
	(void)re_snprintf(err, errsize, "%s: the door has no supply; try `mains on`", key);

	return ENOTCONN;
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
	const time_t now = (time_t)(vnet_wall_us() / 1000000);
	struct tm tm;
	unsigned i;

	view->now_us = vnet_now_us();
	(void)strftime(view->clock, sizeof(view->clock), "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
	str_ncpy(view->identity, s->identity, sizeof(view->identity));
	str_ncpy(view->model, "IP-GAP 02", sizeof(view->model));
	view->powered = panel_powered(v->panel);
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

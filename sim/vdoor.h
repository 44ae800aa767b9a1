/**
 * @file vdoor.h  A door: a panel, simulated or a board's, with a door phone on it, through power cuts and restarts
 *
 * On a rig (hil/rig.h) the panel is the board's: it is there once the board is ready, which cfg.board tells.  The
 * settings outlive the supply (in the store, or in memory); the door phone does not: when mains and
 * PoE are both gone it dies without a word, and it boots when one is back.
 */
#ifndef SIM_VDOOR_H
#define SIM_VDOOR_H

#include <re.h>
#include "../core/gap.h"
#include "../hil/rig.h"
#include "panel.h"
#include "view.h"

struct vdoor;

typedef void (vdoor_failed_h)(int err, const char *text, void *arg);

/** News of the board: ready, away (trouble NULL), or something that makes the picture incomplete */
typedef void (vdoor_board_h)(enum board_state state, const char *trouble, const char *text, void *arg);

struct vdoor_config {
	struct sa laddr;                        /**< SIP address; port 0 = the setting sip.port */
	struct media *media;
	struct dnsc *dnsc;
	const struct directory_ops *directory;  /**< how a directory is read (SRV-01), NULL = not at all */
	void *directory_ctx;                    /**< its own, borrowed */
	struct store *store;                    /**< NULL = settings live in memory */
	event_h *event;                         /**< each event of the door; may be NULL */
	gap_committed_h *committed;             /**< may be NULL */
	ua_trace_h *trace;                      /**< each SIP message, with arg; may be NULL */
	panel_edge_h *edge;                     /**< each edge of the panel; may be NULL */
	vdoor_failed_h *failed;                 /**< a restart failed, or warns; may be NULL */
	struct rig *rig;                        /**< the board, referenced; NULL = a simulated panel */
	vdoor_board_h *board;                   /**< may be NULL */
	rig_outside_h *outside;                 /**< outputs seen from outside; may be NULL */
	void *arg;
};

int  vdoor_alloc(struct vdoor **vp, const struct vdoor_config *cfg, char *err, size_t errsize);
bool vdoor_ready(const struct vdoor *v);
int  vdoor_preset(struct vdoor *v, const char *key, const char *value, char *err, size_t errsize);
int  vdoor_start(struct vdoor *v, char *err, size_t errsize);
void vdoor_stop(struct vdoor *v, const char *cause);
void vdoor_restart(struct vdoor *v);
int  vdoor_input(struct vdoor *v, enum gap_input in, bool level, char *err, size_t errsize);
int  vdoor_set(struct vdoor *v, const char *key, const char *value, char *err, size_t errsize);
int  vdoor_book_edit(struct vdoor *v, const struct book_edit *e, char *err, size_t errsize);
const struct book *vdoor_book(const struct vdoor *v);
struct panel *vdoor_panel(struct vdoor *v);
struct gap *vdoor_gap(struct vdoor *v);                 /**< NULL without supply */
const struct settings *vdoor_settings(const struct vdoor *v);
void vdoor_view(const struct vdoor *v, struct view *view);

#endif

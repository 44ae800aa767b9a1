/**
 * @file ui.h  What the pages ask the door for: JSON under /ui/, for sessions (WEB-01 to WEB-09, EVT-01, EVT-02, NET-03)
 *
 * One table of routes (ui_table.c) says which requests there are, who may make them and what body they have; ui_serve()
 * obeys it before an act sees anything.  An act of a route that works without supply gets ask->gap = NULL then.
 *
 * Who asks is known by his session's cookie.  What changes something (all but GET) carries the session's token in the
 * header X-CSRF-Token.  A reply that refuses is {"code":403,"id":"forbidden","text":"..."}: the pages tell id in their
 * reader's language, text is for who reads the reply itself.
 */
#ifndef WEB_UI_H
#define WEB_UI_H

#include "web/json.h"
#include "core/gap.h"
#include "web/http.h"

#define UI_PREFIX "/ui/"
#define UI_BODY_MAX (64 * 1024)         /**< bytes of a body, where the route says nothing else */

/** Who may do what (WEB-05); each may do all that those before may */
enum ui_role { UI_NOBODY, UI_USER, UI_ADMIN };

enum ui_body { UI_NO_BODY, UI_JSON, UI_RAW };

/** What a person sees of the panel, which is there with a supply and without */
struct ui_panel {
	bool powered;                   /**< mains or PoE present */
	bool in[GAP_INS];
	unsigned dip;                   /**< mask of enum gap_dip */
	struct gap_light light[GAP_PICTOS];
	struct {
		bool on;
		char function[16];      /**< "strike", "line", "mains", "network" */
	} relay[GAP_RELAYS];
};

/** Where the door is on its computer, for the page of information (WEB-09) */
struct ui_place {
	struct sa bound;                /**< where SIP is answered; any address = on all of them */
	const char *data;               /**< directory of what is kept, NULL = none; borrowed */
};

/** What the host lets the pages do besides; any may be NULL */
struct ui_host {
	struct gap *(*gap)(void *arg);                  /**< NULL while the door has no supply */
	/** A person's hand on the panel, where it is a simulated one or a board's rig (SIM-01); levels as gap_input */
	int (*input)(void *arg, enum gap_input in, bool level, char *err, size_t errsize);
	bool (*level)(void *arg, enum gap_input in);
	int (*dip)(void *arg, unsigned index, bool on); /**< index 0..3; as input */
	void (*panel)(void *arg, struct ui_panel *p);   /**< what is seen (EVT-02) */
	struct ui_place place;
	void (*restart)(void *arg);
	unsigned (*https_port)(void *arg);              /**< 0 = HTTPS is not served */
	const char *pages;                              /**< directory of the pages, NULL = those of the program */
	struct store *store;                            /**< NULL = nothing is kept */
	struct trace *trace;                            /**< NULL = this host has none (WEB-08) */
	void *arg;
};

struct session;
struct ui;

/** One request, ready to be acted on */
struct ui_ask {
	struct ui *ui;
	const struct ui_host *host;
	struct gap *gap;                /**< NULL without supply, on routes that allow it */
	const struct web_request *req;
	enum ui_role role;
	const char *login;              /**< who, "" = nobody */
	struct session *session;        /**< NULL = nobody */
	json_t *body;                   /**< UI_JSON: an object */
	enum language lang;             /**< of the reader: Accept-Language, else door.language */
};

typedef void (ui_act_h)(const struct ui_ask *ask, struct web_reply *rep);

struct ui_route {
	const char *method, *path;
	enum ui_role role;              /**< least one */
	enum ui_body body;
	size_t body_max;                /**< 0 = UI_BODY_MAX */
	bool unpowered;                 /**< works without supply */
	ui_act_h *act;
};

extern const struct ui_route ui_routes[];
extern const size_t ui_routes_n;

int  ui_alloc(struct ui **up, const struct ui_host *host, char *err, size_t errsize);
void ui_site(struct ui *ui, const struct web_request *req, struct web_reply *rep);
void ui_serve(struct ui *ui, const struct web_request *req, struct web_reply *rep);
size_t ui_body_max(const char *path);
void ui_event(struct ui *ui, const struct event *ev);   /**< each event of the door, for those who watch */
void ui_changed(struct ui *ui);         /**< the panel may look otherwise, for what no event tells */

/* --- for the acts --- */

void ui_reply(struct web_reply *rep, unsigned status, json_t *json);    /**< takes the reference; NULL = no memory */
void ui_refuse(struct web_reply *rep, unsigned status, const char *id, const char *fmt, ...);
const char *ui_text(const struct ui_ask *ask, const char *name, const char *otherwise); /**< a text of the body */
bool ui_query(const struct ui_ask *ask, const char *name, char *buf, size_t size);      /**< decoded; false = absent */
bool ui_query_version(const struct ui_ask *ask, uint64_t *version, struct web_reply *rep);
enum language ui_language(const struct web_request *req, const struct gap *g);

#endif

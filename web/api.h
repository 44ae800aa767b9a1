/**
 * @file api.h  The door's public HTTP API (API-01 to API-50, SIP-11; manual §3.3.19)
 *
 * One table of routes (api_table.c) says which paths there are, their fields and codes; requests are served,
 * documented (docs/api.md, /api/openapi.json) and tested by it.  api_serve() needs no socket: the server
 * (server.c) calls it, and so do scenarios.
 */
#ifndef WEB_API_H
#define WEB_API_H

#include "core/gap.h"
#include "web/fields.h"
#include "web/guard.h"
#include "web/http.h"

#define API_PREFIX "/api/"
#define API_BODY_MAX 4096               /**< bytes of a body */
#define API_SOUND_MAX (1024 * 1024)     /**< of a WAV file, decoded (API-40) */
#define API_SOUND_BODY_MAX (API_SOUND_MAX / 3 * 4 + 64 * 1024)  /**< the same as base64, some of it as %XX */
#define API_LOOPS_MAX 9999

/** What an API keeps between two requests; zeroed at the start */
struct api {
	struct guard login, code;
};

void api_serve(struct api *a, struct gap *g, const struct web_request *req, struct web_reply *rep);
size_t api_body_max(const char *path);

/* --- the table --- */

struct api_field {
	enum web_field field;
	bool required;
	const char *example;
	const char *help;
	const char *const *words;       /**< NULL = any text; NULL-ended */
};

struct api_code {
	unsigned status;
	const char *help;
};

#define API_PATH_FIELDS 5
#define API_PATH_CODES 8

struct api_route {
	const char *path;               /**< without / at its end, which may be there */
	bool open;                      /**< GET alone, for everybody */
	const char *title, *help;
	struct api_field field[API_PATH_FIELDS];        /**< help NULL = no more */
	struct api_code code[API_PATH_CODES];           /**< 0 = no more; those of every route are api_common */
	const char *example[4];         /**< lines for curl, behind "curl " and before the address; NULL = no more */
	size_t body_max;
	void (*act)(struct gap *g, const struct web_fields *f, struct api *a, const struct web_request *req,
		    struct web_reply *rep);
};

extern const struct api_route api_routes[];
extern const size_t api_routes_n;
extern const struct api_code api_common[];      /**< of every route that is not open; ended by 0 */

/* --- private to web/ --- */

typedef void (api_act_h)(struct gap *g, const struct web_fields *f, struct api *a, const struct web_request *req,
			 struct web_reply *rep);
api_act_h api_remote, api_voip, api_audio, api_openapi;
int  api_allowed(struct api *a, struct gap *g, const struct web_request *req, const struct web_fields *f,
		 struct web_reply *rep);
void api_say(struct web_reply *rep, unsigned status, const char *fmt, ...);
void api_event(struct gap *g, const struct web_request *req, const char *what, unsigned status);

/* openapi.c */
int  api_document(struct mbuf *mb);
int  api_markdown(struct mbuf *mb);

#endif

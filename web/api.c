/**
 * @file api.c  An API request from its first look to its act (see api.h; API-01 to API-50)
 *
 *     404 path   405 method   403 from another site's page   429 locked out   400 fields   401 who is that?
 *     then the route's own act (api_act.c)
 *
 * A body is read after its sender is known, except where its sender is named in it (api.auth = none).
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "web/api.h"

/**
 * Fill a reply: a JSON object with the code and, for a person, a sentence.
 *
 * @param rep    Reply
 * @param status HTTP's code
 * @param fmt    The sentence, as for printf()
 */
void api_say(struct web_reply *rep, unsigned status, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	web_reply_end(rep);
	rep->status = status;
	rep->type = "application/json";
	rep->body = mbuf_alloc(sizeof(text));
	if (rep->body)
		(void)mbuf_printf(rep->body, "{\"code\":%u,\"text\":\"%H\"}\n", status, utf8_encode, text);
}

void api_event(struct gap *g, const struct web_request *req, const char *what, unsigned status)
{
	char from[64];

	(void)re_snprintf(from, sizeof(from), "%j", &req->from);
	gap_api_event(g, what, status, from);
}

/* --- path and method --- */

/* "/api/remote", or with / at its end */
static const struct api_route *find(const char *path)
{
	size_t i;

	for (i = 0; i < api_routes_n; i++) {
		const size_t n = strlen(api_routes[i].path);

		if (!strncmp(api_routes[i].path, path, n) && (!path[n] || (path[n] == '/' && !path[n + 1])))
			return &api_routes[i];
	}

	return NULL;
}

/**
 * How long the body of a request may be.
 *
 * @param path As it came
 *
 * @return [bytes]
 */
size_t api_body_max(const char *path)
{
	const struct api_route *r = find(path);

	return r && r->body_max ? r->body_max : API_BODY_MAX;
}

static bool method_fits(const struct api_route *r, const struct web_request *req, struct web_reply *rep)
{
	const bool get = !strcmp(req->method, "GET"), post = !strcmp(req->method, "POST");

	if (get || (post && !r->open))
		return true;
	web_reply_header(rep, "Allow", "%s", r->open ? "GET" : "GET, POST");
	api_say(rep, 405, "%s takes %s", r->path, r->open ? "GET" : "GET or POST");

	return false;
}

/* A page of another site makes its reader's browser ask, with the password the browser remembers */
static bool foreign(const struct web_request *req, struct web_reply *rep)
{
	const char *site = req->header(req, "Sec-Fetch-Site");

	if (!site || strcmp(site, "cross-site"))
		return false;
	api_say(rep, 403, "this was asked by the page of another site");

	return true;
}

/* --- fields --- */

static bool media_type(const char *type, const char *want)
{
	const size_t n = strlen(want);

	return !strncasecmp(type, want, n) && (!type[n] || type[n] == ';' || type[n] == ' ');
}

static int read_body(struct web_fields *f, const struct web_request *req, char *err, size_t errsize)
{
	const char *type = req->header(req, "Content-Type"), *body = (const char *)req->body;

	if (!req->size)
		return 0;
	if (type && media_type(type, "application/json"))
		return fields_json(f, body, req->size, err, errsize);
	if (!type || media_type(type, "application/x-www-form-urlencoded"))
		return fields_url(f, body, req->size, err, errsize);
	(void)snprintf(err, errsize, "this Content-Type is not read; accepted: application/json and"
		       " application/x-www-form-urlencoded");

	return EINVAL;
}

static bool read_fields(struct web_fields *f, const struct web_request *req, struct web_reply *rep)
{
	char err[256] = "out of memory";
	int e = *req->query ? fields_url(f, req->query, strlen(req->query), err, sizeof(err)) : 0;

	if (!e)
		e = read_body(f, req, err, sizeof(err));
	if (e)
		api_say(rep, e == ENOMEM ? 503 : 400, "%s", err);

	return !e;
}

static bool required_are_there(const struct api_route *r, const struct web_fields *f, struct web_reply *rep)
{
	const struct api_field *p;

	for (p = r->field; p < r->field + API_PATH_FIELDS && p->help; p++) {
		if (p->required && !f->value[p->field]) {
			api_say(rep, 400, "the field \"%s\" is missing; e.g. %s=%s", field_name(p->field),
				field_name(p->field), p->example);
			return false;
		}
	}

	return true;
}

/* --- all of it --- */

static void serve_known(struct api *a, struct gap *g, const struct api_route *r, const struct web_request *req,
			struct web_reply *rep)
{
	const bool named_inside = gap_settings(g)->api_auth == API_AUTH_NONE;
	struct web_fields f;

	memset(&f, 0, sizeof(f));
	if ((!named_inside || read_fields(&f, req, rep)) &&
	    !api_allowed(a, g, req, &f, rep) &&
	    (named_inside || read_fields(&f, req, rep)) &&
	    required_are_there(r, &f, rep))
		r->act(g, &f, a, req, rep);
	fields_end(&f);
}

/**
 * Serve a request.
 *
 * @param a   What the API remembers of those that asked before
 * @param g   Door phone, running
 * @param req Request; its path begins with API_PREFIX
 * @param rep Zeroed; filled
 */
void api_serve(struct api *a, struct gap *g, const struct web_request *req, struct web_reply *rep)
{
	const struct api_route *r = find(req->path);

	if (!r)
		api_say(rep, 404, "there is no such path; " API_PREFIX "openapi.json tells those there are");
	else if (method_fits(r, req, rep) && r->open)
		r->act(g, NULL, a, req, rep);
	else if (!rep->status && !foreign(req, rep))
		serve_known(a, g, r, req, rep);
}

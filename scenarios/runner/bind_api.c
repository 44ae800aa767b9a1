/**
 * @file bind_api.c  The HTTP API of a scenario's door: door:api() without sockets, door:serve() with (SIP-11, API-01 to API-50)
 *
 * A request without sockets goes through what the server calls, with the clock of the scenario.  HTTP Digest needs a
 * server's nonces: here, who gives the right password has made the right digest.
 */
#include <string.h>
#include "../../web/server.h"
#include "door_actor.h"

struct door_api {
	struct api api;
	struct web *web;                /* NULL = serves no sockets */
	struct door_actor *door;
};

/* What a script asked; borrowed from Lua's stack */
struct asked {
	const char *type, *user, *password, *site;
	char basic[256];                /* "Basic ...", "" = nobody */
};

static struct gap *gap_of(void *arg)
{
	const struct door_api *a = arg;

	return a->door->v ? vdoor_gap(a->door->v) : NULL;
}

static void destructor(void *arg)
{
	struct door_api *a = arg;

	mem_deref(a->web);
}

static struct door_api *get(lua_State *L, struct door_actor *d)
{
	if (!d->api) {
		d->api = mem_zalloc(sizeof(*d->api), destructor);
		if (!d->api)
			luaL_error(L, "out of memory");
		d->api->door = d;
	}

	return d->api;
}

static const char *header(const struct web_request *req, const char *name)
{
	const struct asked *a = req->ctx;

	if (!strcmp(name, "Content-Type"))
		return a->type;
	if (!strcmp(name, "Sec-Fetch-Site"))
		return a->site;

	return !strcmp(name, "Authorization") && a->basic[0] ? a->basic : NULL;
}

static enum web_digest digest(const struct web_request *req, const char *user, const char *password)
{
	const struct asked *a = req->ctx;

	if (!a->user)
		return WEB_DIGEST_ABSENT;

	return !strcmp(a->user, user) && !strcmp(a->password, password) ? WEB_DIGEST_OK : WEB_DIGEST_WRONG;
}

static void sign(struct asked *a)
{
	char both[128];
	size_t n = sizeof(a->basic) - 8;

	if (!a->user)
		return;
	(void)re_snprintf(both, sizeof(both), "%s:%s", a->user, a->password);
	str_ncpy(a->basic, "Basic ", sizeof(a->basic));
	if (base64_encode((const uint8_t *)both, strlen(both), a->basic + 6, &n))
		a->basic[0] = '\0';
	else
		a->basic[6 + n] = '\0';
}

static int push(lua_State *L, struct web_reply *rep)
{
	static const char *const challenge[] = {
		[WEB_NO_CHALLENGE] = NULL, [WEB_BASIC] = "basic", [WEB_DIGEST] = "digest", [WEB_DIGEST_AGAIN] = "digest",
	};

	lua_pushinteger(L, (lua_Integer)rep->status);
	lua_pushlstring(L, rep->body ? (const char *)rep->body->buf : "", rep->body ? rep->body->end : 0);
	lua_pushstring(L, challenge[rep->challenge]);
	web_reply_end(rep);

	return 3;
}

/** door:_api(method, path, query, type, body, user, password, from, site) -> status, body, challenge */
static int request(lua_State *L)
{
	struct door_actor *d = door_check(L);
	struct door_api *a = get(L, d);
	size_t size;
	const char *body = luaL_optlstring(L, 6, "", &size), *from = luaL_optstring(L, 9, "10.77.255.1");
	struct asked asked = {
		.type = luaL_optstring(L, 5, NULL), .user = luaL_optstring(L, 7, NULL), .password = luaL_optstring(L, 8, ""),
		.site = luaL_optstring(L, 10, NULL),
	};
	const struct web_request req = {
		.method = luaL_checkstring(L, 2), .path = luaL_checkstring(L, 3), .query = luaL_optstring(L, 4, ""),
		.body = (const uint8_t *)body, .size = size, .now_ms = tmr_jiffies(), .header = header, .digest = digest,
		.ctx = &asked,
	};
	struct web_request with = req;
	struct web_reply rep = {.status = 0};

	if (sa_set_str(&with.from, from, 0))
		return luaL_error(L, "from is no address: %s", from);
	sign(&asked);
	if (!gap_of(a))
		return luaL_error(L, "the door has no supply");
	api_serve(&a->api, gap_of(a), &with, &rep);

	return push(L, &rep);
}

/** door:serve() -> "127.0.0.1:PORT", by HTTP on the real clock */
static int serve(lua_State *L)
{
	struct door_actor *d = door_check(L);
	struct door_api *a = get(L, d);
	struct web_config wc = {.dir = "", .cert = "", .gap = gap_of, .arg = a};
	char err[512], text[64];

	if (d->w->virtual_time)
		return luaL_error(L, "door:serve() needs the real clock; door:api() asks without sockets");
	(void)sa_set_str(&wc.http, "127.0.0.1", 0);
	sa_init(&wc.https, AF_UNSPEC);
	if (!a->web && (web_alloc(&a->web, &wc) || web_listen(a->web, WEB_HTTP, err, sizeof(err))))
		return luaL_error(L, "the door's web server does not start");
	(void)re_snprintf(text, sizeof(text), "%J", web_address(a->web, WEB_HTTP));
	lua_pushstring(L, text);

	return 1;
}

const luaL_Reg door_api_methods[] = {{"_api", request}, {"serve", serve}, {NULL, NULL}};

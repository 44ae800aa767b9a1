/**
 * @file live_say.c  The live story's words: which entry says what (see live.h)
 */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include "live_priv.h"

/** What an event says; {key} is a field of its entry, text NULL = nothing */
struct saying {
	const char *event, *text;
	enum live_paint paint;
};

static const struct saying sayings[] = {
	{"press", "the button was pressed", PAINT_STRONG},
	{"button_fault", "the button is stuck: {fault}", PAINT_BAD},
	{"call_in", "is called by {from}", PAINT_PLAIN},
	{"call_failed", "not reached: {cause} {code}", PAINT_BAD},
	{"call_answered", "the call is answered", PAINT_PLAIN},
	{"call_end", "the call is over: {cause}", PAINT_PLAIN},
	{"media", "voice both ways: {codec}, digits by {dtmf}", PAINT_PLAIN},
	{"sup_frame", "sends the alarm frame {frame}", PAINT_STRONG},
	{"sup_ack", "is acknowledged, answers #", PAINT_GOOD},
	{"code", "the code of relay {relay} is right", PAINT_GOOD},
	{"code_refused", "a wrong code: {cause}", PAINT_BAD},
	{"unavailable", "nobody can be reached", PAINT_BAD},
	{"c", "sends {text}", PAINT_PLAIN},
	{"frame", "alarm frame {text}", PAINT_PLAIN},
	{"crc_ok", "its checksum is right", PAINT_GOOD},
	{"crc_bad", "its checksum is wrong: {text}", PAINT_BAD},
	{"ack", "acknowledges by {text}", PAINT_PLAIN},
	{"voice", "a person may speak", PAINT_PLAIN},
	{"alarm", "ALARM {alerte} of {identity}, by {via}", PAINT_STRONG},
	{"CALL_INCOMING", "rings", PAINT_STRONG},
	{"CALL_ESTABLISHED", "is in conversation", PAINT_PLAIN},
	{"CALL_CLOSED", "the call is over", PAINT_PLAIN},
	{"answered", "is in conversation", PAINT_PLAIN},
	{"message_in", "a text came: {body}", PAINT_PLAIN},
	{"exit", "the program ended", PAINT_PLAIN},
};

/** Events that are a digit heard, and the field whose first character it is */
static const struct { const char *event, *field; } digits[] = {
	{"digit", "digit"}, {"digit", "text"}, {"dtmf", "digit"}, {"CALL_DTMF_START", "param"},
};

static const struct live_host *host_named(const struct live *l, const char *who)
{
	unsigned i;

	for (i = 0; i < l->hosts; i++)
		if (!strcmp(l->host[i].name, who))
			return &l->host[i];

	return NULL;
}

static const struct live_host *host_at(const struct live *l, const struct sa *addr)
{
	unsigned i;

	for (i = 0; i < l->hosts; i++)
		if (sa_cmp(&l->host[i].addr, addr, SA_ADDR))
			return &l->host[i];

	return NULL;
}

/* --- SIP --- */

static void request_label(char *buf, size_t size, const struct sip_msg *msg)
{
	if (!pl_strcmp(&msg->met, "INVITE"))
		(void)re_snprintf(buf, size, "INVITE %r", &msg->from.uri.user);
	else if (!pl_strcmp(&msg->met, "MESSAGE"))
		(void)re_snprintf(buf, size, "MESSAGE %b", mbuf_buf(msg->mb), mbuf_get_left(msg->mb));
	else
		(void)re_snprintf(buf, size, "%r", &msg->met);
}

/**
 * A SIP message passes; 100 Trying says nothing to people.
 *
 * @param data One datagram
 */
void live_sip(struct live *l, uint64_t t_us, const struct sa *src, const struct sa *dst,
	      const uint8_t *data, size_t len)
{
	const struct live_host *from = host_at(l, src), *to = host_at(l, dst);
	struct mbuf *mb = mbuf_alloc(len + 1);
	struct sip_msg *msg = NULL;
	char text[LIVE_TEXT];

	if (mb && from && to && from != to && !mbuf_write_mem(mb, data, len)) {
		mbuf_set_pos(mb, 0);
		(void)sip_msg_decode(&msg, mb);
	}
	if (msg && msg->scode != 100) {
		if (msg->req)
			request_label(text, sizeof(text), msg);
		else
			(void)re_snprintf(text, sizeof(text), "%u %r", msg->scode, &msg->reason);
		live_arrow(l, t_us, from, to, text);
	}
	mem_deref(msg);
	mem_deref(mb);
}

/* --- entries --- */

/** Field of the entry on top of the stack as text, "nil" where it has none */
static const char *field(lua_State *L, const char *key, size_t n, char *buf, size_t size)
{
	lua_pushlstring(L, key, n);
	(void)lua_gettable(L, -2);
	(void)snprintf(buf, size, "%s", luaL_tolstring(L, -1, NULL));
	lua_pop(L, 2);

	return buf;
}

static void fill(char *buf, size_t size, const char *text, lua_State *L)
{
	char value[128];
	size_t n = 0;

	while (*text && n + 1 < size) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;

		if (!end) {
			buf[n++] = *text++;
			continue;
		}
		(void)field(L, text + 1, (size_t)(end - text - 1), value, sizeof(value));
		n += (size_t)snprintf(buf + n, size - n, "%s", value);
		n = n < size ? n : size - 1;
		text = end + 1;
	}
	buf[n] = '\0';
}

static bool digit(struct live *l, lua_State *L, uint64_t t_us, const struct live_host *h, const char *event)
{
	char text[16];
	size_t i;

	for (i = 0; i < sizeof(digits) / sizeof(digits[0]); i++) {
		if (strcmp(event, digits[i].event))
			continue;
		(void)field(L, digits[i].field, strlen(digits[i].field), text, sizeof(text));
		if (strcmp(text, "nil")) {
			live_digit(l, t_us, h, text[0]);
			return true;
		}
	}

	return false;
}

static void edge(struct live *l, lua_State *L, uint64_t t_us, struct live_host *h)
{
	char signal[16], level[8], text[64];
	unsigned n;

	(void)field(L, "signal", 6, signal, sizeof(signal));
	(void)field(L, "level", 5, level, sizeof(level));
	if (sscanf(signal, "relay%u", &n) != 1 || n < 1 || n > GAP_RELAYS)
		return;
	if (!strcmp(level, "true")) {
		h->on_us[n - 1] = t_us;
		(void)snprintf(text, sizeof(text), "RELAY %u ON", n);
	}
	else {
		(void)snprintf(text, sizeof(text), "RELAY %u OFF, held %.3f s", n,
			       (double)(t_us - h->on_us[n - 1]) / 1e6);
	}
	live_note(l, t_us, h, text, PAINT_STRONG);
}

static void say(struct live *l, lua_State *L, uint64_t t_us, const struct live_host *h, const char *event)
{
	char text[LIVE_TEXT];
	size_t i;

	for (i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		if (strcmp(event, sayings[i].event))
			continue;
		fill(text, sizeof(text), sayings[i].text, L);
		live_note(l, t_us, h, text, sayings[i].paint);
		return;
	}
}

/**
 * An entry of the log: what it says goes to its host's column, a remark of the script becomes a title.
 *
 * @param L     Lua state, the entry on top of its stack
 * @param t_us  Since the start
 * @param who   Host
 * @param event Its event; those without a saying are passed over
 */
void live_entry(struct live *l, lua_State *L, uint64_t t_us, const char *who, const char *event)
{
	struct live_host *h = (struct live_host *)(uintptr_t)host_named(l, who);
	char text[LIVE_TEXT];

	luaL_checkstack(L, 8, "live");
	if (!strcmp(who, "script")) {
		live_title(l, field(L, "text", 4, text, sizeof(text)));
		return;
	}
	if (!h || digit(l, L, t_us, h, event))
		return;
	if (!strcmp(event, "edge"))
		edge(l, L, t_us, h);
	else
		say(l, L, t_us, h, event);
}

/**
 * @file session.h  Sessions of the pages (WEB-01, WEB-05)
 *
 *     login -> a random token, in a cookie that no script can read and no other site makes a browser send
 *           -> a second one (csrf), which what changes something carries in a header
 *
 * A session ends by logout, when it is idle for SESSION_IDLE_MS, after SESSION_MS in any case, when its user is
 * removed or gets another password, when the door starts with factory settings, and when its program ends.
 */
#ifndef WEB_SESSION_H
#define WEB_SESSION_H

#include "web/http.h"
#include "web/users.h"

#define SESSIONS 32                     /**< at a time; the one longest unused makes room */
#define SESSION_IDLE_MS (30 * 60 * 1000)
#define SESSION_MS (12 * 60 * 60 * 1000)
#define SESSION_TOKEN 49                /**< 24 random bytes in hexadecimal, with its end */

struct session {
	char token[SESSION_TOKEN];      /**< "" = a free place */
	char csrf[SESSION_TOKEN];
	char login[USERS_LOGIN];
	uint64_t begun_ms, used_ms;
};

struct sessions {
	struct session session[SESSIONS];
};

struct session *session_begin(struct sessions *ss, const char *login, uint64_t now_ms);
struct session *session_peek(struct sessions *ss, const char *token, uint64_t now_ms);
struct session *session_find(struct sessions *ss, const struct web_request *req);
bool session_cookie_value(const struct web_request *req, const char *name, char *buf, size_t size);
void session_cookie(const struct web_request *req, struct web_reply *rep, const struct session *s);
void sessions_end(struct sessions *ss, const char *login, const struct session *but);
bool session_own_site(const struct web_request *req);
bool session_token_right(const struct session *s, const struct web_request *req);

#endif

/**
 * @file ldap.c  A directory read from an LDAP server, in a thread (see ldap.h); the one file that includes libldap
 *
 *     loop    read()  ->  thread: connect, StartTLS, bind, search in pages  ->  libre's mqueue  ->  loop: done()
 *
 *     connection            at most CONNECT_S   libldap's network timeout
 *     until TLS stands      at most SECURE_S    libldap's handshake waits for ever: the loop shuts the socket down
 *     each answer           at most ANSWER_S    the socket itself times out (SO_RCVTIMEO) in the middle of one
 *     the whole             at most WHOLE_S     who answers by drops is no directory
 *     one message           at most MESSAGE     liblber refuses longer ones
 *
 * Referrals are not followed, aliases not looked up, and /etc/ldap/ldap.conf, ~/.ldaprc or ./ldaprc are not read (LDAPNOINIT): all
 * is set here.  The filter is fixed; what it is made of was checked to be names of attributes.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <ldap.h>
#include <re.h>
#include "../door/text.h"
#include "ldap.h"

#define CONNECT_S 10
#define SECURE_S 20
#define ANSWER_S 15
#define WHOLE_S 60
#define SLICE_US 200000                 /* how often a thread looks whether it is still wanted */
#define END_MS 500
#define PAGE 500
#define MESSAGE (256 * 1024)            /* [bytes] */
#define VALUES 8                        /* of the number, in one entry */
#define SYSTEM_CA "/etc/ssl/certs/ca-certificates.crt"

/* What loop and threads share; in malloc's memory, and whoever leaves last frees it */
struct shared {
	pthread_mutex_t lock;
	struct mqueue *mq;              /* NULL = the loop is gone */
	unsigned refs;
};

struct job;

/* One reading; in malloc's memory */
struct task {
	struct task *next;              /* of the source's, the loop's */
	struct shared *shared;
	struct job *job;                /* the loop's; NULL = nobody wants it any more */
	atomic_bool unwanted;
	bool over;                      /* under the lock: the thread does not touch it any more */
	struct ldap_settings how;
	struct directory_result r;
	int64_t end_us;
	struct ldap_conncb callbacks;
	bool there;                     /* somebody answered at the port */
	atomic_bool secure;             /* TLS stands, where there is any: the directory is asked */
	struct tmr hang_up;             /* the loop's */
	int fd;                         /* under the lock: a copy of the connection, for the loop to shut down; -1 = none yet */
};

struct job {
	struct task *task;
	directory_h *done;
	void *arg;
};

struct ldap_source {
	struct shared *shared;          /* NULL until the first reading */
	struct task *tasks;             /* that were not told yet */
};

/* --- in the thread --- */

static int64_t now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);

	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* What a server says is not for a person's eyes as it is */
static void cause(struct task *t, const char *what, const char *more)
{
	struct text text;
	const char *p = more ? more : "";
	size_t n;

	text_start(&text, t->r.cause, sizeof(t->r.cause));
	text_str(&text, what);
	for (text_str(&text, *p ? ": " : ""); *p; p += n) {
		n = text_utf8(p, strlen(p));
		if (!n || (unsigned char)*p < ' ' || *p == 0x7f || (unsigned char)*p == 0xc2)
			text_char(&text, '?');
		else
			text_mem(&text, p, n);
		n = n ? n : 1;
	}
}

/* libldap says no more than that it cannot connect */
static bool tls_failed(const struct task *t, int rc)
{
	return t->how.security != LDAP_PLAIN && t->there && !t->secure && (rc == LDAP_CONNECT_ERROR || rc == LDAP_SERVER_DOWN);
}

static int failed(struct task *t, LDAP *ld, int rc)
{
	char *said = NULL;

	if (ld)
		(void)ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
	if (tls_failed(t, rc))
		cause(t, t->how.tls_verify ? "TLS fails: the server's certificate is of no trusted authority, out of date, or of"
		      " another name than ldap.server" : "TLS fails: the server does not speak it", NULL);
	else
		cause(t, ldap_err2string(rc), said);
	ldap_memfree(said);
	t->r.err = rc == LDAP_TIMEOUT ? ETIMEDOUT : EPROTO;

	return t->r.err;
}

/* The loop closes it: close() is the virtual network's too, and that has no locks */
static void keep_copy(struct task *t, ber_socket_t fd)
{
	(void)pthread_mutex_lock(&t->shared->lock);
	if (t->fd < 0)
		t->fd = dup(fd);
	else
		(void)dup2(fd, t->fd);
	(void)pthread_mutex_unlock(&t->shared->lock);
}

/* A new connection: a server that falls silent in the middle of a message is one that timed out */
static int connected(LDAP *ld, Sockbuf *sb, LDAPURLDesc *url, struct sockaddr *addr, struct ldap_conncb *cb)
{
	const struct timeval tv = {.tv_sec = 1};
	ber_len_t max = MESSAGE;
	ber_socket_t fd = -1;

	struct task *t = cb->lc_arg;

	(void)ld;
	(void)url;
	(void)addr;
	t->there = true;
	(void)ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &max);
	if (ber_sockbuf_ctrl(sb, LBER_SB_OPT_GET_FD, &fd) == 1 && fd >= 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
		keep_copy(t, fd);
	}

	return 0;
}

static void leaving(LDAP *ld, Sockbuf *sb, struct ldap_conncb *cb)
{
	(void)ld;
	(void)sb;
	(void)cb;
}

static int set(LDAP *ld, int option, const void *value)
{
	return ldap_set_option(ld, option, value) ? LDAP_LOCAL_ERROR : 0;
}

static int set_tls(LDAP *ld, const struct ldap_settings *how)
{
	const int demand = how->tls_verify ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER, client = 0;
	const int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	int rc = set(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);

	rc = rc ? rc : set(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest);
	if (how->tls_verify)
		rc = rc ? rc : set(ld, LDAP_OPT_X_TLS_CACERTFILE, how->tls_ca[0] ? how->tls_ca : SYSTEM_CA);

	return rc ? rc : set(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
}

static int open_server(LDAP **ldp, struct task *t)
{
	static const struct timeval connect = {.tv_sec = CONNECT_S};
	const struct ldap_settings *how = &t->how;
	const int version = LDAP_VERSION3, never = LDAP_DEREF_NEVER;
	const bool tls = how->security != LDAP_PLAIN;
	char uri[96];
	int rc;

	(void)re_snprintf(uri, sizeof(uri), "%s://%s:%d", how->security == LDAP_TLS ? "ldaps" : "ldap", how->server, ldap_port(how));
	rc = ldap_initialize(ldp, uri);
	if (rc)
		return rc;
	rc = set(*ldp, LDAP_OPT_PROTOCOL_VERSION, &version);
	rc = rc ? rc : set(*ldp, LDAP_OPT_NETWORK_TIMEOUT, &connect);
	rc = rc ? rc : set(*ldp, LDAP_OPT_TIMEOUT, &connect);
	rc = rc ? rc : set(*ldp, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	rc = rc ? rc : set(*ldp, LDAP_OPT_DEREF, &never);
	rc = rc ? rc : set(*ldp, LDAP_OPT_RESTART, LDAP_OPT_ON);
	t->callbacks = (struct ldap_conncb) {connected, leaving, t};
	rc = rc ? rc : set(*ldp, LDAP_OPT_CONNECT_CB, &t->callbacks);
	if (tls && !rc && set_tls(*ldp, how)) {
		cause(t, "TLS does not start: is ldap.tls_ca a PEM file with certificates?", NULL);
		t->r.err = EINVAL;
		return LDAP_LOCAL_ERROR;
	}

	return rc;
}

/* The next message of an answer; rc LDAP_TIMEOUT where it does not come */
static int answer(LDAPMessage **m, LDAP *ld, int id, int all, const struct task *t)
{
	const int64_t last_us = now_us() + (int64_t)ANSWER_S * 1000000;
	int kind = 0, rc = LDAP_SERVER_DOWN;

	while (!kind && now_us() < last_us && now_us() < t->end_us && !t->unwanted) {
		struct timeval slice = {.tv_usec = SLICE_US};

		kind = ldap_result(ld, id, all, &slice, m);
	}
	if (kind < 0)
		(void)ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &rc);

	return kind > 0 ? LDAP_SUCCESS : !kind ? LDAP_TIMEOUT : rc ? rc : LDAP_SERVER_DOWN;
}

/* The answer of what has no more than that: bind */
static int outcome(LDAP *ld, int id, const struct task *t)
{
	LDAPMessage *m = NULL;
	int rc = answer(&m, ld, id, LDAP_MSG_ALL, t), result = 0;

	if (rc)
		return rc;
	rc = ldap_parse_result(ld, m, &result, NULL, NULL, NULL, NULL, 1);

	return rc ? rc : result;
}

static int start_tls(LDAP *ld, const struct task *t)
{
	int id, rc = ldap_start_tls(ld, NULL, NULL, &id);

	rc = rc ? rc : outcome(ld, id, t);

	return rc ? rc : ldap_install_tls(ld);
}

static int bind_as(LDAP *ld, struct task *t)
{
	struct berval password = {.bv_val = t->how.password, .bv_len = strlen(t->how.password)};
	int id, rc;

	rc = t->unwanted ? LDAP_USER_CANCELLED
			 : ldap_sasl_bind(ld, t->how.user_dn, LDAP_SASL_SIMPLE, &password, NULL, NULL, &id);
	t->secure = !rc;

	return rc ? rc : outcome(ld, id, t);
}

/* --- the search --- */

static int take(struct task *t, LDAP *ld, LDAPMessage *m)
{
	struct berval **name = ldap_get_values_len(ld, m, t->how.name_attribute);
	struct berval **number = ldap_get_values_len(ld, m, t->how.number_attribute);
	int i, err = 0;

	if (!name || !name[0] || !number)
		t->r.list.left_out++;
	else
		for (i = 0; !err && i < VALUES && number[i]; i++)
			err = directory_add(&t->r.list, name[0]->bv_val, name[0]->bv_len, number[i]->bv_val, number[i]->bv_len);
	ldap_value_free_len(name);
	ldap_value_free_len(number);

	return err;
}

/* The end of a page: where the next one begins; "" = there is none */
static int page_end(LDAP *ld, LDAPMessage *m, struct berval *cookie)
{
	LDAPControl **controls = NULL, *page;
	ber_int_t about;
	int result = 0, rc = ldap_parse_result(ld, m, &result, NULL, NULL, NULL, &controls, 0);

	ber_memfree(cookie->bv_val);
	*cookie = (struct berval){0, NULL};
	page = rc ? NULL : ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
	if (page && ldap_parse_pageresponse_control(ld, page, &about, cookie))
		*cookie = (struct berval){0, NULL};
	ldap_controls_free(controls);

	return rc ? rc : result;
}

/* What comes of one page; ENOSPC ends it early, and well */
static int read_page(LDAP *ld, int id, struct task *t, struct berval *cookie)
{
	LDAPMessage *m;
	int rc, kind, err = 0;

	do {
		m = NULL;
		rc = answer(&m, ld, id, LDAP_MSG_ONE, t);
		if (rc)
			return rc;
		kind = ldap_msgtype(m);
		if (kind == LDAP_RES_SEARCH_ENTRY)
			err = take(t, ld, m);
		else if (kind == LDAP_RES_SEARCH_RESULT)
			rc = page_end(ld, m, cookie);
		(void)ldap_msgfree(m);
	} while (!rc && !err && kind != LDAP_RES_SEARCH_RESULT);
	if (err)
		(void)ldap_abandon_ext(ld, id, NULL, NULL);

	return err == ENOMEM ? LDAP_NO_MEMORY : err ? LDAP_SIZELIMIT_EXCEEDED : rc;
}

static int search_page(LDAP *ld, struct task *t, const char *filter, struct berval *cookie)
{
	char *attributes[] = {t->how.name_attribute, t->how.number_attribute, NULL};
	LDAPControl *page = NULL, *controls[2] = {NULL, NULL};
	int id, rc = ldap_create_page_control(ld, PAGE, cookie->bv_val ? cookie : NULL, 0, &page);

	controls[0] = page;
	if (!rc)
		rc = ldap_search_ext(ld, t->how.base_dn, LDAP_SCOPE_SUBTREE, filter, attributes, 0, controls, NULL, NULL,
				     DIRECTORY_CONTACTS + 1, &id);
	ldap_control_free(page);

	return rc ? rc : read_page(ld, id, t, cookie);
}

static int search(LDAP *ld, struct task *t)
{
	struct berval cookie = {0, NULL};
	char filter[96];
	int rc;

	(void)re_snprintf(filter, sizeof(filter), "(&(%s=*)(%s=*))", t->how.name_attribute, t->how.number_attribute);
	do
		rc = search_page(ld, t, filter, &cookie);
	while (!rc && cookie.bv_len);
	ber_memfree(cookie.bv_val);
	if (rc == LDAP_SIZELIMIT_EXCEEDED && t->r.list.n) {
		t->r.list.full = true;  /* what there is of it is good */
		rc = 0;
	}

	return rc;
}

static void read_directory(struct task *t)
{
	LDAP *ld = NULL;
	int rc = open_server(&ld, t);

	if (!rc && t->how.security == LDAP_STARTTLS)
		rc = start_tls(ld, t);
	rc = rc ? rc : bind_as(ld, t);
	rc = rc ? rc : search(ld, t);
	if (rc && !t->r.err)
		(void)failed(t, ld, rc);
	if (rc)
		directory_end(&t->r.list);
	if (ld)
		(void)ldap_unbind_ext(ld, NULL, NULL);
	directory_sort(&t->r.list);
}

/* --- between thread and loop --- */

static void forget(struct task *t)
{
	directory_end(&t->r.list);
	explicit_bzero(t->how.password, sizeof(t->how.password));
	free(t);
}

/* Under the lock; unlocks */
static void leave(struct shared *sh)
{
	const bool last = !--sh->refs;

	(void)pthread_mutex_unlock(&sh->lock);
	if (last) {
		(void)pthread_mutex_destroy(&sh->lock);
		free(sh);
	}
}

static void *run(void *arg)
{
	struct task *t = arg;
	struct shared *sh = t->shared;

	read_directory(t);
	(void)pthread_mutex_lock(&sh->lock);
	t->over = true;
	if (sh->mq)
		(void)mqueue_push(sh->mq, 0, t);
	else
		forget(t);
	leave(sh);

	return NULL;
}

/* --- in the loop --- */

/* What hangs in it gets an error */
static void shut_down(struct task *t)
{
	(void)pthread_mutex_lock(&t->shared->lock);
	if (t->fd >= 0)
		(void)shutdown(t->fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&t->shared->lock);
}

static void not_wanted(struct task *t)
{
	t->job = NULL;
	t->unwanted = true;
	shut_down(t);
}

static void hang_up(void *arg)
{
	struct task *t = arg;

	if (!t->secure)
		shut_down(t);
}

static void done_with(struct task *t)
{
	tmr_cancel(&t->hang_up);
	if (t->fd >= 0)
		(void)close(t->fd);
	forget(t);
}

static void unlink_task(struct ldap_source *s, const struct task *t)
{
	struct task **p = &s->tasks;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
}

static void told(int id, void *data, void *arg)
{
	struct task *t = data;
	struct job *job = t->job;

	(void)id;
	unlink_task(arg, t);
	if (job) {
		job->task = NULL;
		job->done(&t->r, job->arg);
	}
	done_with(t);
}

static void source_destructor(void *arg)
{
	struct ldap_source *s = arg;
	struct task *t, *next;

	if (!s->shared)
		return;
	for (t = s->tasks; t; t = t->next) {
		if (t->job)
			t->job->task = NULL;
		tmr_cancel(&t->hang_up);
		not_wanted(t);
	}
	(void)pthread_mutex_lock(&s->shared->lock);
	for (t = s->tasks; t; t = next) {
		next = t->next;
		if (t->over)
			done_with(t);   /* it waits in the queue, which nobody reads any more */
	}
	s->shared->mq = mem_deref(s->shared->mq);
	leave(s->shared);
}

/**
 * A source that reads LDAP servers; it has neither thread nor pipe before the first reading.
 *
 * @param sp Written on success; mem_deref waits for no server: a thread that hangs ends by itself
 *
 * @return 0, ENOMEM
 */
int ldap_source_alloc(struct ldap_source **sp)
{
	struct ldap_source *s = mem_zalloc(sizeof(*s), source_destructor);

	if (!s)
		return ENOMEM;
	(void)setenv("LDAPNOINIT", "1", 1);
	*sp = s;

	return 0;
}

/**
 * The program ends: no reading is wanted any more, and those that notice are waited for, END_MS at most.  libldap frees
 * what its threads need when the program exits.
 *
 * @param s Source, may be NULL
 *
 * @return Does a reading still hang, in a name or a connection? Then the program has to _exit()
 */
bool ldap_source_end(struct ldap_source *s)
{
	struct task *t;
	bool hangs = s && s->shared;
	unsigned ms;

	for (t = s ? s->tasks : NULL; t; t = t->next) {
		t->unwanted = true;
		shut_down(t);
	}
	for (ms = 0; hangs && ms < END_MS; ms += 10) {
		(void)pthread_mutex_lock(&s->shared->lock);
		hangs = s->shared->refs > 1;
		(void)pthread_mutex_unlock(&s->shared->lock);
		if (hangs)
			sys_msleep(10);
	}

	return hangs;
}

static int share(struct ldap_source *s)
{
	struct shared *sh;
	int err;

	if (s->shared)
		return 0;
	sh = calloc(1, sizeof(*sh));
	if (!sh)
		return ENOMEM;
	err = mqueue_alloc(&sh->mq, told, s);
	if (err) {
		free(sh);
		return err;
	}
	(void)pthread_mutex_init(&sh->lock, NULL);
	sh->refs = 1;
	s->shared = sh;

	return 0;
}

static void job_destructor(void *arg)
{
	struct job *job = arg;

	if (job->task)
		not_wanted(job->task);
}

/* Detached, and without signals: those are the loop's */
static int create(struct task *t)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int err;

	(void)sigfillset(&all);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, &attr, run, t);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);

	return err;
}

static int start(struct ldap_source *s, struct task *t)
{
	int err;

	(void)pthread_mutex_lock(&s->shared->lock);
	s->shared->refs++;
	(void)pthread_mutex_unlock(&s->shared->lock);
	err = create(t);
	if (err) {
		(void)pthread_mutex_lock(&s->shared->lock);
		leave(s->shared);
		return err;
	}
	t->next = s->tasks;
	s->tasks = t;

	return 0;
}

static unsigned running(const struct ldap_source *s)
{
	const struct task *t;
	unsigned n = 0;

	for (t = s->tasks; t; t = t->next)
		n++;

	return n;
}

static int read_now(void **jobp, void *ctx, const struct ldap_settings *how, directory_h *done, void *arg)
{
	struct ldap_source *s = ctx;
	struct task *t;
	struct job *job;
	int err = running(s) < LDAP_THREADS ? share(s) : EBUSY;

	if (err)
		return err;
	t = calloc(1, sizeof(*t));
	job = mem_zalloc(sizeof(*job), job_destructor);
	if (!t || !job) {
		free(t);
		mem_deref(job);
		return ENOMEM;
	}
	t->shared = s->shared;
	t->fd = -1;
	t->how = *how;
	t->end_us = now_us() + (int64_t)WHOLE_S * 1000000;
	t->job = job;
	job->task = t;
	job->done = done;
	job->arg = arg;
	err = start(s, t);
	if (err) {
		job->task = NULL;
		mem_deref(job);
		forget(t);
		return err;
	}
	tmr_init(&t->hang_up);
	tmr_start(&t->hang_up, SECURE_S * 1000, hang_up, t);
	*jobp = job;

	return 0;
}

const struct directory_ops ldap_source_ops = {.read = read_now};

/**
 * @file settings_file.c  `ipgap settings export|import`: conf_user and conf_sip of a door that does not run (WEB-07)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../core/store/store.h"
#include "../web/conf.h"
#include "cmd.h"
#include "cmd_settings.h"
#include "file.h"
#include "run.h"

/* What was asked for */
struct request {
	bool import;
	int kind;                       /* enum conf_kind; import: -1, the file says it */
	const char *file[CONF_KINDS], *passphrase_file, *data;
	unsigned files;                 /* 0 = standard input or output */
	char passphrase[HASHER_PASSWORD];
	char dir[RUN_DATA];
};

static int complain(const char *err, int status)
{
	(void)fprintf(stderr, "ipgap settings: %s\n", err);

	return status;
}

/** Is it one of the words that read or write a file? */
bool settings_file_verb(const char *word)
{
	return !strcmp(word, "export") || !strcmp(word, "import");
}

/* --- the words --- */

static int take_word(struct request *q, const char *word)
{
	if (!q->import && q->kind < 0) {
		q->kind = conf_find(word, strlen(word));
		if (q->kind < 0)
			return complain("export takes conf_user or conf_sip, e.g. `ipgap settings export conf_user`",
					CMD_USAGE);
	}
	else if (q->files == (q->import ? CONF_KINDS : 1)) {
		return complain("export takes one FILE, import one or both; `ipgap settings --help` has the words", CMD_USAGE);
	}
	else {
		q->file[q->files++] = word;
	}

	return CMD_OK;
}

static int take_words(struct request *q, int argc, char **argv)
{
	int i, status = CMD_OK;

	for (i = 2; i < argc && !status; i++) {
		const char **to = !strcmp(argv[i], "--data") ? &q->data :
				  !strcmp(argv[i], "--passphrase-file") ? &q->passphrase_file : NULL;

		if (to && i + 1 < argc)
			*to = argv[++i];
		else if (argv[i][0] == '-' && argv[i][1])
			status = complain("it is --data DIR or --passphrase-file FILE; see `ipgap settings --help`", CMD_USAGE);
		else
			status = take_word(q, argv[i]);
	}
	if (!status && !q->import && q->kind < 0)
		status = complain("export takes conf_user or conf_sip, e.g. `ipgap settings export conf_user`", CMD_USAGE);

	return status;
}

/* The first line of its file */
static int take_passphrase(struct request *q, char *err, size_t errsize)
{
	struct mbuf *mb = NULL;
	size_t n;
	int e;

	if (!q->passphrase_file)
		return 0;
	e = file_read(&mb, q->passphrase_file, HASHER_PASSWORD, err, errsize);
	if (e)
		return e;
	for (n = 0; n < mb->end && mb->buf[n] && !strchr("\r\n", mb->buf[n]); n++)
		;
	if (n && n < sizeof(q->passphrase))
		memcpy(q->passphrase, mb->buf, n);
	else
		e = EINVAL;
	if (e)
		(void)re_snprintf(err, errsize, "the first line of %s is no passphrase: 1 to %u bytes are accepted",
				  q->passphrase_file, HASHER_PASSWORD - 1);
	seal_forget(mb->buf, mb->size);
	mem_deref(mb);

	return e;
}

static bool make_key(struct conf_key *k, const struct request *q)
{
	char hex[HASHER_TEXT];
	const bool made = hasher_key_now(hex, k->salt, q->passphrase) && conf_key_set(k, hex);

	seal_forget(hex, sizeof(hex));

	return made;
}

/* --- export --- */

static int export(struct store *st, const struct request *q, char *err, size_t errsize)
{
	struct mbuf *mb = mbuf_alloc(16384);
	const bool sealed = *q->passphrase;
	struct conf_key key;
	struct settings s;
	int e = mb ? store_load(st, &s, err, errsize) : ENOMEM;

	if (!e && err[0]) {
		(void)complain(err, 0);
		err[0] = '\0';
	}
	if (!e && sealed && (seal_random(key.salt, sizeof(key.salt)) || !make_key(&key, q)))
		e = ENOMEM;
	e = e ? e : conf_write(mb, (enum conf_kind)q->kind, &s, sealed ? &key : NULL);
	if (!e) {
		e = file_write(q->file[0], mb);
		if (e)
			(void)file_error(q->file[0], "written", e, err, errsize);
	}
	seal_forget(&key, sizeof(key));
	mem_deref(mb);

	return e;
}

/* --- import --- */

/* arg: the file's name where there are two, else NULL */
static void wrong_line(unsigned line, const struct notice *why, void *arg)
{
	const char *file = arg;
	char text[512], where[32] = "";
	struct text t;

	text_start(&t, text, sizeof(text));
	notice_tell(&t, why, NULL);
	if (line)
		(void)snprintf(where, sizeof(where), "line %u: ", line);
	(void)fprintf(stderr, "ipgap settings: %s%s%s%s\n", file ? file : "", file ? ", " : "", where, text);
}

/* The kind that the file says; where it says none, reading it as any tells that */
static enum conf_kind kind_of(const struct mbuf *mb)
{
	static const char sip[] = "conf_sip";
	struct pl kind;

	if (!re_regex((const char *)mb->buf, mb->end < 2048 ? mb->end : 2048, "conf[ \t]*=[ \t]*[a-z_]+", NULL, NULL, &kind) &&
	    !pl_strcmp(&kind, sip))
		return CONF_SIP;

	return CONF_USER;
}

static int open_secrets(struct conf *c, const struct request *q, void *name)
{
	struct conf_key key;
	int e;

	if (!conf_sealed(c, key.salt))
		return 0;
	if (!*q->passphrase) {
		conf_no_passphrase(c, wrong_line, name);
		return EINVAL;
	}
	e = make_key(&key, q) ? conf_open(c, &key, wrong_line, name) : ENOMEM;
	seal_forget(&key, sizeof(key));

	return e;
}

static int take_values(struct settings *s, const struct conf *c, void *name)
{
	struct notice why;
	size_t i, n;
	const struct gap_value *v = conf_values(c, &n);
	int e = 0;

	for (i = 0; i < n; i++) {
		if (!settings_set_why(s, v[i].key, v[i].text, &why))
			continue;
		wrong_line(conf_line(c, v[i].key), &why, name);
		e = EINVAL;
	}

	return e;
}

/* What stands in a file: read, opened, its values taken */
static int take_file(struct conf **cp, struct settings *s, const struct request *q, unsigned i, char *err, size_t errsize)
{
	void *name = q->files > 1 ? (void *)(uintptr_t)q->file[i] : NULL;
	struct mbuf *mb = NULL;
	int e = file_read(&mb, q->file[i], CONF_BYTES, err, errsize);

	if (e)
		return e;
	e = conf_read(cp, kind_of(mb), (const char *)mb->buf, mb->end, wrong_line, name);
	e = e ? e : open_secrets(*cp, q, name);
	e = e ? e : take_values(s, *cp, name);
	seal_forget(mb->buf, mb->size);
	mem_deref(mb);

	return e;
}

/* Both together, whichever came first: a list of the one may call by an account of the other */
static int check_files(const struct settings *s, struct conf *const c[CONF_KINDS], const struct request *q)
{
	struct notice why;
	unsigned i = 0;

	if (!settings_check_why(s, &why))
		return 0;
	while (i + 1 < q->files && !conf_line(c[i], why.key))
		++i;
	wrong_line(conf_line(c[i], why.key), &why, q->files > 1 ? (void *)(uintptr_t)q->file[i] : NULL);

	return EINVAL;
}

/* In one transaction; a draft follows, as it does beside a change of the door that runs */
static int store_it(struct store *st, const struct settings *was, const struct settings *s, char *err, size_t errsize)
{
	struct store_change c = {.was = was, .now = s, .draft_changes = true};
	struct draft *d = NULL;
	uint64_t version;
	int e = store_load_draft(st, was, &version, &d);

	if (d)
		draft_rebase(d, s);
	c.draft = draft_count(d) ? d : NULL;
	c.version = version + 1;
	e = e ? e : store_change(st, &c);
	if (e)
		(void)re_snprintf(err, errsize, "%s", store_error(st));
	mem_deref(d);

	return e;
}

/* One of each: of two of a kind the second would win unseen */
static bool of_a_kind(struct conf *const c[CONF_KINDS])
{
	size_t n, i;
	const struct gap_value *v = conf_values(c[0], &n);

	for (i = 0; c[1] && i < n; i++)
		if (conf_line(c[1], v[i].key))
			return true;

	return false;
}

static int import(struct store *st, const struct request *q, char *err, size_t errsize)
{
	struct conf *c[CONF_KINDS] = {NULL};
	const unsigned n = q->files ? q->files : 1;
	struct settings was, s;
	unsigned i;
	int e = store_load(st, &was, err, errsize);

	if (!e && err[0]) {
		(void)complain(err, 0);
		err[0] = '\0';
	}
	s = was;
	for (i = 0; i < n && !e; i++)
		e = take_file(&c[i], &s, q, i, err, errsize);
	if (!e && of_a_kind(c)) {
		(void)re_snprintf(err, errsize, "both files are of one kind; give one conf_user and one conf_sip");
		e = EINVAL;
	}
	e = e ? e : check_files(&s, c, q);
	if (e == EINVAL && !err[0])
		(void)re_snprintf(err, errsize, "the %s not accepted; nothing has changed", n > 1 ? "files are" : "file is");
	e = e ? e : store_it(st, &was, &s, err, errsize);
	for (i = 0; i < n; i++)
		mem_deref(c[i]);

	return e;
}

static int serve(const struct request *q, char *err, size_t errsize)
{
	struct store *st = NULL;
	int e = store_open(&st, q->data, err, errsize);

	if (e)
		return e;
	err[0] = '\0';
	e = q->import ? import(st, q, err, errsize) : export(st, q, err, errsize);
	mem_deref(st);
	if (e && !err[0])
		(void)re_snprintf(err, errsize, "%m", e);

	return e;
}

/**
 * `ipgap settings export|import`.
 *
 * @return Exit status: 0, 1 failed and nothing has changed, 2 wrong command line
 */
int settings_file(int argc, char **argv)
{
	struct request q = {.import = !strcmp(argv[1], "import"), .kind = -1};
	char err[RUN_ERR] = "";
	int status = take_words(&q, argc, argv);

	if (status)
		return status;
	if (!q.data && run_args_data(q.dir, sizeof(q.dir), err, sizeof(err)))
		return complain(err, CMD_USAGE);
	q.data = q.data ? q.data : q.dir;
	if (take_passphrase(&q, err, sizeof(err)) || serve(&q, err, sizeof(err)))
		status = complain(err, CMD_FAILED);
	seal_forget(q.passphrase, sizeof(q.passphrase));

	return status;
}

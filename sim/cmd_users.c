/**
 * @file cmd_users.c  `ipgap users`: who may use the pages of a door that does not run (WEB-05)
 *
 * The way back for who has lost the last administrator's password.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../core/store/store.h"
#include "../web/hasher.h"
#include "../web/users.h"
#include "cmd.h"
#include "options.h"
#include "run.h"

static const char help[] =
"NAME\n"
"    ipgap users - who may use the pages of a door that does not run\n"
"\n"
"SYNOPSIS\n"
"    ipgap users [list]\n"
"    ipgap users add LOGIN [--role admin|user]\n"
"    ipgap users password LOGIN\n"
"    ipgap users role LOGIN --role admin|user\n"
"    ipgap users remove LOGIN\n"
"\n"
"DESCRIPTION\n"
"    add and password read the new password from standard input, one line: it stands on no\n"
"    command line, and so in no list of processes. It has 8 to 128 bytes and is not the login.\n"
"\n"
"    A new door has the user admin, password admin, an administrator. There is always one\n"
"    administrator: the last one is neither removed nor made a user.\n"
"\n"
"    A door that runs on the same directory has it locked: change its users on its pages.\n"
"\n"
"OPTIONS\n"
"    --role ROLE  admin (all) or user (basic pages and the live panel); left out: user\n"
"    --data DIR   the door's directory, as of `ipgap run`\n"
"    -h, --help   this text\n"
"\n"
"EXIT STATUS\n"
"    0  done\n"
"    1  refused or failed; nothing has changed\n"
"    2  the command line is wrong\n"
"\n"
"EXAMPLES\n"
"    $ ipgap users password admin < new-password\n"
"    $ echo correct-horse | ipgap users add concierge\n"
"\n"
"SEE ALSO\n"
"    docs/web.md\n";

enum verb { LIST, ADD, PASSWORD, ROLE, REMOVE };

struct request {
	enum verb verb;
	const char *login, *role, *data;
	bool help;
};

static const char *const verbs[] = {"list", "add", "password", "role", "remove"};

static const struct option_row rows[] = {{"--role", "ROLE"}, {"--data", "DIR"}, {"--help", NULL}, {"-h", NULL}};

static int complain(const char *err, int status)
{
	(void)fprintf(stderr, "ipgap users: %s\n", err);

	return status;
}

/* --- the command line --- */

static int take_option(struct request *q, int argc, char **argv, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(rows, "ipgap users");
	const char *value;
	size_t row;

	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return EINVAL;
	if (row == 0)
		q->role = value;
	else if (row == 1)
		q->data = value;
	else
		q->help = true;

	return 0;
}

static int parse(struct request *q, int argc, char **argv, char *err, size_t errsize)
{
	const char *word[2] = {"list", NULL};
	unsigned n = 0;
	size_t v;
	int i;

	memset(q, 0, sizeof(*q));
	for (i = 1; i < argc; i++) {
		if (argv[i][0] == '-') {
			if (take_option(q, argc, argv, &i, err, errsize))
				return EINVAL;
		}
		else if (n == 2) {
			(void)re_snprintf(err, errsize, "%s is one word too many; see ipgap users --help", argv[i]);
			return EINVAL;
		}
		else {
			word[n++] = argv[i];
		}
	}
	for (v = 0; v < ARRAY_SIZE(verbs) && strcmp(verbs[v], word[0]); v++)
		;
	if (v == ARRAY_SIZE(verbs))
		(void)re_snprintf(err, errsize, "\"%s\" is no command; there are list, add, password, role, remove", word[0]);
	else if ((v != LIST) != (word[1] != NULL))
		(void)re_snprintf(err, errsize, v == LIST ? "list takes no LOGIN" : "%s needs a LOGIN", verbs[v]);
	else if (q->role && strcmp(q->role, "admin") && strcmp(q->role, "user"))
		(void)re_snprintf(err, errsize, "--role %s: accepted are admin and user", q->role);
	else if (v == ROLE && !q->role)
		(void)re_snprintf(err, errsize, "role needs --role admin or --role user");
	else
		*err = '\0';
	q->verb = (enum verb)v;
	q->login = word[1];

	return *err && !q->help ? EINVAL : 0;
}

/* --- acts --- */

static void list(const struct users *u)
{
	unsigned i;

	for (i = 0; i < u->n; i++)
		(void)printf("%-32s %s%s\n", u->row[i].login, u->row[i].admin ? "admin" : "user",
			     *u->row[i].hash ? "" : "  password of the factory: admin");
}

static int read_password(struct user_row *row, char *err, size_t errsize)
{
	char line[HASHER_PASSWORD + 2];
	const char *bad;

	if (isatty(STDIN_FILENO))
		(void)fprintf(stderr, "new password (it is shown): ");
	if (!fgets(line, sizeof(line), stdin))
		line[0] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	bad = users_bad_password(row->login, line);
	if (bad)
		(void)re_snprintf(err, errsize, !strcmp(bad, "password_is_login") ? "a password is not the login" :
				  "a password has %d to %d bytes; give it on standard input", USERS_PASSWORD_MIN,
				  HASHER_PASSWORD - 1);
	else if (!hasher_now(row->hash, line))
		(void)re_snprintf(err, errsize, "the password could not be hashed: out of memory");
	memset(line, 0, sizeof(line));

	return *err ? EINVAL : 0;
}

static int change(struct users *u, const struct request *q, char *err, size_t errsize)
{
	const struct user_row *now = users_find(u, q->login);
	const bool last = now && now->admin && users_admins(u) == 1;
	struct user_row row = {.last_us = 0};
	int e = 0;

	if (now)
		row = *now;
	else
		str_ncpy(row.login, q->login, sizeof(row.login));
	if (q->verb == ADD ? now != NULL : !now)
		(void)re_snprintf(err, errsize, now ? "there is a user %s already" : "there is no user %s", q->login);
	else if (q->verb == ADD && users_bad_login(q->login))
		(void)re_snprintf(err, errsize, "\"%s\" is no login: 1 to %d characters of A-Z a-z 0-9 . - _ @", q->login,
				  USERS_LOGIN - 1);
	else if (last && (q->verb == REMOVE || (q->verb == ROLE && strcmp(q->role, "admin"))))
		(void)re_snprintf(err, errsize, "%s is the last administrator; make another one first", q->login);
	if (*err)
		return EINVAL;
	if (q->role)
		row.admin = !strcmp(q->role, "admin");
	if (q->verb == ADD || q->verb == PASSWORD)
		e = read_password(&row, err, errsize);
	if (!e) {
		e = q->verb == REMOVE ? users_remove(u, q->login) : users_put(u, &row);
		if (e)
			(void)re_snprintf(err, errsize, e == EDQUOT ? "there are %d users, which is the most" :
					  "not stored: %m", e == EDQUOT ? USERS_MAX : e);
	}

	return e;
}

/**
 * The command `ipgap users`.
 *
 * @return Exit status: 0, 1 refused or failed, 2 wrong command line
 */
int cmd_users(int argc, char **argv)
{
	char err[RUN_ERR] = "", dir[RUN_DATA];
	struct request q;
	struct store *st = NULL;
	struct users u;
	int status = CMD_OK;

	if (parse(&q, argc, argv, err, sizeof(err)))
		return complain(err, CMD_USAGE);
	if (q.help) {
		(void)fputs(help, stdout);
		return CMD_OK;
	}
	err[0] = '\0';
	if (!q.data && run_args_data(dir, sizeof(dir), err, sizeof(err)))
		return complain(err, CMD_USAGE);
	if (store_open(&st, q.data ? q.data : dir, err, sizeof(err)))
		return complain(err, CMD_FAILED);
	if (users_load(&u, st))
		status = complain(store_error(st), CMD_FAILED);
	else if (q.verb == LIST)
		list(&u);
	else if (change(&u, &q, err, sizeof(err)))
		status = complain(err, CMD_FAILED);
	mem_deref(st);

	return status;
}

/**
 * @file crash_draft.c  Kills `ipgap run` between "validate" and "apply" and in the middle of each (WEB-04)
 *
 * usage: crash_draft IPGAP DIRECTORY ROUNDS SEED
 *
 * Each round starts the door on the same directory and looks: the settings in force are all of one generation, the draft
 * is whole or absent, and both are what the round before left possible.  Then it validates the next generation and kills
 * the door (SIGKILL)
 *
 *     BETWEEN    after the answer to `draft`        draft: the new one     in force: the old ones
 *     VALIDATE   while `draft` is being done        draft: before or new   in force: the old ones
 *     APPLY      while `apply` is being done        the new draft and the old settings, or no draft and the new settings
 *
 * at a random moment of the time that the answer takes.  What was answered before the kill has to be there.
 */
#define _GNU_SOURCE                     /* ppoll */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "crash_child.h"

#define ANSWER_US 10000000              /* a door that answers later has failed */
#define LINE 4096
#define FIRST 1000                      /* value of generation 0: all settings below take it */

/* Settings of several pages; their values are the number of the generation */
static const char *const key[] = {
	"identity", "door.installation", "slot1.name", "slot2.name", "sup.reason_button", "sip.account1.user",
	"sip.account2.user", "sip.account3.user", "sip.account1.auth_id", "sip.account1.expires_s",
	"sip.account2.display", "nat.gateway_port",
};
#define KEYS (sizeof(key) / sizeof(key[0]))

enum kill { BETWEEN, VALIDATE, APPLY, KILLS };

/* A generation, 0 = none */
struct state {
	long force, draft;
};

static struct {
	struct state may[2];            /* what the last kill left possible */
	unsigned kills, mixtures, kept[KILLS], done[KILLS];
	long long version;              /* highest that was answered */
	int64_t takes_us[KILLS];        /* what an answer takes */
} seen = {.takes_us = {0, 8000, 8000}};

static bool wrong(const char *what, const char *detail)
{
	(void)printf("WRONG after kill %u: %s: %.300s\n", seen.kills, what, detail);
	seen.mixtures++;

	return false;
}

/* --- lines --- */

static void say(const struct child *c, const char *text)
{
	const size_t n = strlen(text);

	if (write(c->in, text, n) != (ssize_t)n)
		child_die("write");
}

/* The next answer, events passed over; false = none until then */
static bool hear(const struct child *c, char line[LINE], int64_t until_us)
{
	struct pollfd p = {.fd = c->out, .events = POLLIN};
	size_t n = 0;

	for (;;) {
		const int64_t left_us = until_us - child_now_us();
		const struct timespec ts = {left_us / 1000000, left_us % 1000000 * 1000};

		if (left_us <= 0 || ppoll(&p, 1, &ts, NULL) <= 0 || read(c->out, line + n, 1) != 1)
			return false;
		if (line[n] != '\n') {
			n += n < LINE - 1;
			continue;
		}
		line[n] = '\0';
		if (!strncmp(line, "{\"ok\":", 6))
			return true;
		n = 0;
	}
}

static void take_version(const char *line)
{
	const char *v = strstr(line, "version");
	const long long n = v ? strtoll(v + strcspn(v, "0123456789"), NULL, 10) : seen.version;

	if (n < seen.version)
		(void)wrong("the version went back", line);
	seen.version = n;
}

/* --- looking --- */

static long value_of(const char *line, const char *name)
{
	char text[80];
	const char *p;

	(void)snprintf(text, sizeof(text), "\"%s\":\"", name);
	p = strstr(line, text);

	return p ? strtol(p + strlen(text), NULL, 10) : 0;
}

static bool same(const long v[KEYS], const char *what, const char *line)
{
	size_t i;

	for (i = 1; i < KEYS; i++)
		if (v[i] != v[0])
			return wrong(what, line);

	return true;
}

/* What the door has; false = a mixture, or no answer */
static bool look(const struct child *c, struct state *s)
{
	char line[LINE], text[KEYS * 40] = "draft\n";
	long draft[KEYS], force[KEYS];
	size_t i, n = strlen(text);

	for (i = 0; i < KEYS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "get %s\n", key[i]);
	say(c, text);
	if (!hear(c, line, child_now_us() + ANSWER_US) || !hear(c, line, child_now_us() + ANSWER_US))
		return wrong("the door does not start", "");    /* its first answer says where it is */
	take_version(line);
	for (i = 0; i < KEYS; i++)
		draft[i] = value_of(line, key[i]);
	if (!same(draft, "the draft is a mixture", line))
		return false;
	for (i = 0; i < KEYS; i++) {
		if (!hear(c, line, child_now_us() + ANSWER_US))
			return wrong("a setting is not told", key[i]);
		force[i] = value_of(line, "value");
	}
	*s = (struct state) {force[0], draft[0]};

	return same(force, "the settings are a mixture", line);
}

static bool is(const struct state *a, const struct state *b)
{
	return a->force == b->force && a->draft == b->draft;
}

static void check(const struct state *s, enum kill last)
{
	char text[120];

	if (is(s, &seen.may[1]))
		seen.done[last]++;
	else if (is(s, &seen.may[0]))
		seen.kept[last]++;
	else {
		(void)snprintf(text, sizeof(text), "in force %ld, draft %ld; possible are %ld, %ld and %ld, %ld", s->force, s->draft,
			       seen.may[0].force, seen.may[0].draft, seen.may[1].force, seen.may[1].draft);
		(void)wrong("neither old nor new", text);
	}
}

/* --- killing --- */

static void validate(const struct child *c, long generation)
{
	char text[KEYS * 48] = "draft";
	size_t i, n = strlen(text);

	for (i = 0; i < KEYS; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %s=%ld", key[i], generation);
	(void)snprintf(text + n, sizeof(text) - n, "\n");
	say(c, text);
}

/* Most of an answer's time goes to the disk, behind the write that decides: early moments are tried more often */
static int64_t moment_us(int64_t takes_us)
{
	const double u = rand() / (RAND_MAX + 1.0);

	return (int64_t)(u * u * u * u * 2 * (double)takes_us);
}

/* Did the answer come before a random moment of the time that it takes? */
static bool answered(const struct child *c, enum kill k)
{
	const int64_t from_us = child_now_us();
	char line[LINE];

	if (!hear(c, line, from_us + moment_us(seen.takes_us[k]))) {
		seen.takes_us[k] += seen.takes_us[k] / 16;
		return false;
	}
	seen.takes_us[k] = (3 * seen.takes_us[k] + child_now_us() - from_us) / 4 + 50;
	if (strncmp(line, "{\"ok\":true", 10) != 0)
		(void)wrong("refused", line);
	take_version(line);

	return true;
}

static void must(const struct child *c, const char *what)
{
	char line[LINE] = "";

	if (!hear(c, line, child_now_us() + ANSWER_US) || strncmp(line, "{\"ok\":true", 10) != 0)
		(void)wrong(what, line);
	else
		take_version(line);
}

static void kill_one(const struct child *c, enum kill k, const struct state *s, long generation)
{
	const struct state drafted = {s->force, generation}, applied = {generation, 0};

	seen.may[0] = seen.may[1] = drafted;
	validate(c, generation);
	if (k == VALIDATE) {
		seen.may[0] = answered(c, k) ? drafted : *s;
		return;
	}
	must(c, "the answer to draft");
	if (k == BETWEEN) {
		(void)usleep((useconds_t)(rand() % 2000));
		return;
	}
	say(c, "apply\n");
	seen.may[1] = applied;
	if (answered(c, k))
		seen.may[0] = applied;
}

/* All settings have one value before the first kill */
static void prepare(const char *ipgap, const char *dir)
{
	struct child c;

	child_start(&c, ipgap, dir);
	validate(&c, FIRST);
	say(&c, "apply\n");
	must(&c, "the start");
	must(&c, "the first draft");
	must(&c, "the first apply");
	child_kill(&c);
	seen.may[0] = seen.may[1] = (struct state) {FIRST, 0};
}

int main(int argc, char **argv)
{
	unsigned rounds, i;
	enum kill last = BETWEEN;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: crash_draft IPGAP DIRECTORY ROUNDS SEED\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	rounds = (unsigned)atoi(argv[3]);
	srand((unsigned)atoi(argv[4]));
	prepare(argv[1], argv[2]);
	for (i = 0; i <= rounds && !seen.mixtures; i++) {
		const enum kill k = (enum kill)(i % KILLS);
		struct state s;
		struct child c;

		child_start(&c, argv[1], argv[2]);
		(void)setpriority(PRIO_PROCESS, (id_t)c.pid, 10);       /* who kills is heard in time */
		if (look(&c, &s)) {
			check(&s, last);
			if (i < rounds)
				kill_one(&c, k, &s, FIRST + 1 + (long)i);
		}
		child_kill(&c);
		seen.kills += i < rounds;
		last = k;
	}
	(void)printf("seed %s: %u kills: %u between; in validate %u old, %u new; in apply %u old, %u new; mixtures: %u\n",
		     argv[4], seen.kills, seen.done[BETWEEN] + seen.kept[BETWEEN] - !!rounds, seen.kept[VALIDATE], seen.done[VALIDATE],
		     seen.kept[APPLY], seen.done[APPLY], seen.mixtures);

	return seen.mixtures || !seen.kept[VALIDATE] || !seen.done[VALIDATE] || !seen.kept[APPLY] || !seen.done[APPLY];
}

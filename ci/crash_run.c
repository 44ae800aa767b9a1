/**
 * @file crash_run.c  Kills `ipgap run` at random moments and looks whether anything acknowledged was lost (EVT-01)
 *
 * usage: crash_run IPGAP DIRECTORY ROUNDS SEED
 *
 * Each round starts the door on the same directory, asks for what earlier rounds acknowledged, then sets
 * a setting to rising numbers and switches the input, and kills the process (SIGKILL) between 0 and
 * KILL_MAX_MS later.  Acknowledged is what was read as a whole line: `ok` for a setting, the event itself
 * for an event.  A last round ends by `quit` and looks at everything once more.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "crash_child.h"

#define KILL_MAX_MS 90
#define LAST_MS 20000                   /* the last round may take that long */
#define BATCH 150                       /* settings a round; their lines fit into a pipe */
#define EVENTS_MAX 200000
#define OUTPUT_MAX (4 << 20)
#define KEY "door.installation"

static struct {
	long sent, acked;               /* values of KEY */
	char *event[EVENTS_MAX];        /* line of each acknowledged event, by its number */
	unsigned long last;             /* highest acknowledged */
	unsigned long checked;          /* up to here found in the store */
	unsigned kills, early, lost, settings, events;
} seen;

static void lost(const char *what, const char *detail)
{
	(void)printf("LOST after kill %u: %s: %.200s\n", seen.kills, what, detail);
	seen.lost++;
}

static void ask(const struct child *c, bool last)
{
	char text[BATCH * 96];
	size_t n = (size_t)snprintf(text, sizeof(text), "events %d\nget %s\n", last ? 10000 : 1500, KEY);
	unsigned i;

	for (i = 0; !last && i < BATCH; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "set %s %ld\ninput on\ninput off\n", KEY,
				      ++seen.sent);
	if (last)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "quit\n");
	if (write(c->in, text, n) != (ssize_t)n)
		child_die("write");
}

/* Read until the deadline or the end; then, if it is not the last round, kill and read what is left */
static size_t listen_and_kill(struct child *c, char *buf, long ms, bool last)
{
	const long deadline = (long)(child_now_us() / 1000) + ms;
	struct pollfd p = {.fd = c->out, .events = POLLIN};
	bool killed = false;
	size_t n = 0;
	ssize_t got = 1;

	while (got > 0) {
		const long left = deadline - (long)(child_now_us() / 1000);

		if (!killed && left <= 0) {
			killed = true;
			(void)kill(c->pid, SIGKILL);
			seen.kills += !last;
		}
		if (poll(&p, 1, killed ? -1 : (int)left) > 0) {
			got = read(c->out, buf + n, OUTPUT_MAX - 1 - n);
			n += got > 0 ? (size_t)got : 0;
		}
	}
	buf[n] = '\0';
	if (last && killed)
		lost("the last round", "it did not end by itself");

	return n;
}

static void check_events(const char *answer, bool last)
{
	const char *first = strstr(answer, "{\"seq\":");
	unsigned long from = first ? strtoul(first + 7, NULL, 10) : 1, i;

	if (!last && seen.checked + 1 < from && seen.checked)
		return;         /* the answer does not reach back so far; the last round's does */
	for (i = last ? from : seen.checked + 1; i <= seen.last; i++)
		if (seen.event[i] && !strstr(answer, seen.event[i]))
			lost("an event", seen.event[i]);
	seen.checked = seen.last;
}

static void check_value(const char *line)
{
	const char *value = strstr(line, "\"value\":\"");
	const long v = value ? strtol(value + 9, NULL, 10) : -1;

	if (v < seen.acked || v > seen.sent)
		lost("a setting", line);
}

static void acked_event(const char *line)
{
	const unsigned long seq = strtoul(line + 7, NULL, 10);

	if (!seq || seq >= EVENTS_MAX) {
		lost("the number of an event", line);
	}
	else if (seen.event[seq]) {
		lost("a number is used twice", line);
	}
	else {
		seen.event[seq] = strdup(line);
		seen.last = seq > seen.last ? seq : seen.last;
		seen.events++;
	}
}

static void line_seen(const char *line, bool last)
{
	static const char set[] = "{\"ok\":true,\"text\":\"" KEY " = ";

	if (!strncmp(line, "{\"seq\":", 7)) {
		acked_event(line);
	}
	else if (!strncmp(line, "{\"ok\":true,\"events\":", 20)) {
		check_events(line, last);
	}
	else if (!strncmp(line, "{\"ok\":true,\"key\":", 17)) {
		check_value(line);
	}
	else if (!strncmp(line, set, sizeof(set) - 1)) {
		seen.acked = strtol(line + sizeof(set) - 1, NULL, 10);
		seen.settings++;
	}
	else if (strncmp(line, "{\"ok\":true", 10)) {
		lost("an unexpected answer", line);
	}
}

static void round_of(const char *ipgap, const char *dir, long ms, bool last)
{
	static char buf[OUTPUT_MAX];
	struct child c;
	char *line, *end;
	int status;

	child_start(&c, ipgap, dir);
	ask(&c, last);
	(void)listen_and_kill(&c, buf, ms, last);
	(void)close(c.in);
	(void)close(c.out);
	(void)waitpid(c.pid, &status, 0);
	seen.early += !last && !buf[0];
	if (!last && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		lost("the process", "it ended before it was killed");
	if (last && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
		lost("the last round", "its exit status is not 0");
	for (line = buf; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		line_seen(line, last);
	}
}

int main(int argc, char **argv)
{
	unsigned rounds, i;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: crash_run IPGAP DIRECTORY ROUNDS SEED\n");
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	rounds = (unsigned)atoi(argv[3]);
	srand((unsigned)atoi(argv[4]));
	for (i = 0; i < rounds; i++)
		round_of(argv[1], argv[2], rand() % (KILL_MAX_MS + 1), false);
	round_of(argv[1], argv[2], LAST_MS, true);
	(void)printf("seed %s: %u kills (%u before the first line), acknowledged: %u settings, %u events;"
		     " lost: %u\n", argv[4], seen.kills, seen.early, seen.settings, seen.events, seen.lost);

	return seen.lost || !seen.settings || !seen.events;
}

/**
 * @file cmd_test.c  `ipgap test`: runs Lua scenarios (SCN-01)
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../../sim/cmd.h"
#include "../../receiver/receiver.h"
#include "outside.h"
#include "run.h"

#define LIMIT_S 60                      /* machine time of a scenario */
#define OUTSIDE_LIMIT_S 600

static const char help[] =
"Usage: ipgap test [OPTION]... [PATH]...\n"
"\n"
"Runs Lua scenarios: doors, phones, receivers and the network between them, by default in virtual time,\n"
"where minutes pass in milliseconds and two runs with one seed are the same to the byte.\n"
"PATH is a script or a folder of scripts (default: scenarios).  How to write one: docs/scenarios.md.\n"
"\n"
"  --list            name the scenarios with their requirement ids, run none\n"
"  --filter TEXT     only scenarios with TEXT in name, file or ids; =TEXT is the whole name\n"
"  --clock CLOCK     virtual (default), or real: loopback sockets, for outside peers\n"
"  --rig RIG         where the doors' panels are: sim (default), board:qemu, board:/dev/ttyACM0 ...: real time;\n"
"                    each job has an emulated board of its own (docs/boards.md)\n"
"  --longest S       on a board, skip what takes longer (default 5); a trial in virtual time tells\n"
"  --retry N         repeat what is inconclusive so often (default 2 on a board, else 0)\n"
"  --alone N         on the real clock: what did not pass beside others is run once more, alone, at the end, unless\n"
"                    it is more than N (default 10): then it is not this host that was busy\n"
"  --compare A,B     run on two rigs and print the differences edge by edge, e.g. sim,board:qemu\n"
"  --tolerance MS    how far edges may be apart there (default 20)\n"
"  --timings         print measured times with tolerance and uncertainty (always on a board)\n"
"  --seed N          seed of all chance (default 1)\n"
"  --repeat N        run everything N times, with seeds N, N+1, ...\n"
"  --jobs N          processes (default: the machine's cores)\n"
"  --shard I/N       only the I-th of N parts, for several machines\n"
"  --timeout S       machine time after which a scenario counts as hung (default 60; --receiver: 600)\n"
"  --junit FILE      write a JUnit report\n"
"  --scorecard FILE  write a page for people: what each fault is, what should follow, what was seen\n"
"  --receiver URI    scenarios/receivers try this receiver (sip:HOST[:PORT]) instead of ours, on the real\n"
"                    clock, one call after the other (more lines: --jobs N)\n"
"  --crc PRESET      its checksum, where it is another one (ipgap crc presets)\n"
"  --plant FAULT     our receiver under test misbehaves (ipgap receiver --help): the catalogue must see it\n"
"  --tap             print TAP 13\n"
"  --live            tell each scenario while it happens, one after the other\n"
"  --keep DIR        where a failing scenario leaves its folder (default: ipgap-failures)\n"
"  --log DIR         write every scenario's event log\n"
"  --new NAME        write a first scenario to NAME.lua\n"
"  --help            this text\n"
"\n"
"A failing scenario's folder has the event log, the SIP ladder as text and HTML, a capture for Wireshark,\n"
"the relays' edges for GTKWave, and the command that replays it.\n"
"\n"
"Exit status: 0 none failed; 1 some failed; 2 usage, or a script that cannot be loaded; 3 none failed, but some\n"
"are inconclusive: what was measured is less certain than what was to be shown.\n";

static const char template[] =
"-- A first scenario.  Run it:  ipgap test %1$s.lua\n"
"\n"
"scenario(\"a press on the button rings the phone\", {req = {\"DOOR-03\", \"SUP-02\"}}, function(t)\n"
"  local phone = t:phone{transport = \"rfc4733\"}\n"
"  local door  = t:door{identity = \"123456789\", [\"button.day\"] = phone.uri,\n"
"                       [\"relay1.code1\"] = \"4242\", [\"relay1.hold_s\"] = 5}\n"
"\n"
"  door:press(0.3)\n"
"  local call = phone:expect_call{within = 2, from = \"123456789_bouton_appel\"}\n"
"  call:answer()\n"
"  door:expect_event(\"call_answered\")\n"
"\n"
"  call:dtmf(\"4242\")\n"
"  local on = door:expect_relay(1, \"on\", {within = 1})\n"
"  door:expect_relay(1, \"off\", {after = on, exactly = 5.0, tol = 0.010})\n"
"\n"
"  call:hangup()\n"
"  door:expect_event(\"call_end\")\n"
"end)\n";

#define RETRY_DEFAULT 99

enum { OPT_LIST = 256, OPT_FILTER, OPT_CLOCK, OPT_SEED, OPT_REPEAT, OPT_JOBS, OPT_SHARD, OPT_TIMEOUT, OPT_JUNIT,
       OPT_TAP, OPT_KEEP, OPT_LOG, OPT_NEW, OPT_LIVE, OPT_RIG, OPT_LONGEST, OPT_RETRY, OPT_ALONE, OPT_COMPARE,
       OPT_TOLERANCE, OPT_TIMINGS, OPT_SCORECARD, OPT_RECEIVER, OPT_PLANT, OPT_CRC, OPT_HELP };

static const struct option options[] = {
	{"list", no_argument, NULL, OPT_LIST},          {"filter", required_argument, NULL, OPT_FILTER},
	{"clock", required_argument, NULL, OPT_CLOCK},  {"seed", required_argument, NULL, OPT_SEED},
	{"repeat", required_argument, NULL, OPT_REPEAT}, {"jobs", required_argument, NULL, OPT_JOBS},
	{"shard", required_argument, NULL, OPT_SHARD},  {"timeout", required_argument, NULL, OPT_TIMEOUT},
	{"junit", required_argument, NULL, OPT_JUNIT},  {"tap", no_argument, NULL, OPT_TAP},
	{"keep", required_argument, NULL, OPT_KEEP},    {"log", required_argument, NULL, OPT_LOG},
	{"new", required_argument, NULL, OPT_NEW},      {"help", no_argument, NULL, OPT_HELP},
	{"live", no_argument, NULL, OPT_LIVE},          {"rig", required_argument, NULL, OPT_RIG},
	{"longest", required_argument, NULL, OPT_LONGEST}, {"retry", required_argument, NULL, OPT_RETRY},
	{"compare", required_argument, NULL, OPT_COMPARE}, {"tolerance", required_argument, NULL, OPT_TOLERANCE},
	{"timings", no_argument, NULL, OPT_TIMINGS},    {"scorecard", required_argument, NULL, OPT_SCORECARD},
	{"receiver", required_argument, NULL, OPT_RECEIVER}, {"plant", required_argument, NULL, OPT_PLANT},
	{"crc", required_argument, NULL, OPT_CRC},      {"alone", required_argument, NULL, OPT_ALONE},
	{NULL, 0, NULL, 0},
};

static int usage(const char *what, const char *value, const char *right)
{
	fprintf(stderr, "ipgap test: %s \"%s\": %s\n", what, value, right);

	return 2;
}

static bool whole(const char *text, unsigned long long min, unsigned long long max, unsigned long long *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);

	return !errno && *text >= '0' && *text <= '9' && !*end && *n >= min && *n <= max;
}

static int new_script(const char *name)
{
	char file[512];
	FILE *f;

	if (snprintf(file, sizeof(file), "%s.lua", name) >= (int)sizeof(file))
		return usage("--new", name, "the name is too long");
	f = fopen(file, "wx");
	if (!f) {
		fprintf(stderr, "ipgap test: %s: %s\n", file,
			errno == EEXIST ? "exists already; choose another name" : strerror(errno));
		return 1;
	}
	fprintf(f, template, name);
	if (fclose(f)) {
		fprintf(stderr, "ipgap test: %s: %s\n", file, strerror(errno));
		return 1;
	}
	printf("%s is written; run it:  ipgap test %s\n", file, file);

	return 0;
}

static int shard(struct run_opts *o, const char *text)
{
	char left[16];
	const char *slash = strchr(text, '/');
	unsigned long long i, n;

	if (slash && slash - text < (long)sizeof(left)) {
		(void)snprintf(left, sizeof(left), "%.*s", (int)(slash - text), text);
		if (whole(slash + 1, 1, 1000, &n) && whole(left, 1, n, &i)) {
			o->shard = (unsigned)i;
			o->shards = (unsigned)n;
			return 0;
		}
	}

	return usage("--shard", text, "I/N with 1 <= I <= N <= 1000, e.g. 2/4");
}

static int rig(struct run_opts *o, const char *text)
{
	char err[512];

	if (rig_parse(&o->rig, text, err, sizeof(err))) {
		fprintf(stderr, "ipgap test: --rig: %s\n", err);
		return 2;
	}
	o->rig_name = text;

	return 0;
}

static int number(const char *what, const char *text, double *value, double unit, unsigned long long max)
{
	unsigned long long n;

	if (!whole(text, 0, max, &n))
		return usage(what, text, "a whole number");
	*value = (double)n * unit;

	return 0;
}

static int receiver(struct run_opts *o, const char *text)
{
	const char *why;

	if (outside_uri(o->receiver, sizeof(o->receiver), text, &why))
		return usage("--receiver", text, why);
	return 0;
}

/** What was not said: a receiver from outside has the real clock, one line, and our patience; a board's time is real too,
 *  and of a real board there is one */
static void defaults(struct run_opts *o)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const bool outside = o->receiver[0] != '\0', board = o->rig.kind != RIG_SIM;

	o->real = o->real || outside || board;
	if (!o->jobs)
		o->jobs = outside || cores < 1 || cores > 256 ? 1 : (unsigned)cores;
	if (o->live || o->rig.kind == RIG_LINE)
		o->jobs = 1;
	if (o->limit_s <= 0)
		o->limit_s = outside ? OUTSIDE_LIMIT_S : LIMIT_S;
	if (o->retry == RETRY_DEFAULT)
		o->retry = board ? 2 : 0;
}

static int plant(struct run_opts *o, const char *text)
{
	struct receiver_faults f = {.wrong_ack = 0};
	char err[512], *list = strdup(text), *save = NULL, *name;
	int bad = 0;

	for (name = strtok_r(list, ",", &save); name && !bad; name = strtok_r(NULL, ",", &save))
		bad = receiver_fault_set(&f, name, err, sizeof(err));
	free(list);
	o->plant = text;

	return bad ? usage("--plant", text, err) : 0;
}

/** One option; 0 = go on, -1 = done well, else the exit status */
static int option(struct run_opts *o, int c)
{
	unsigned long long n;

	switch (c) {
	case OPT_LIST:   o->list = true; return 0;
	case OPT_FILTER: o->filter = optarg; return 0;
	case OPT_TAP:    o->tap = true; return 0;
	case OPT_LIVE:   o->live = true; return 0;
	case OPT_JUNIT:  o->junit = optarg; return 0;
	case OPT_KEEP:   o->keep = optarg; return 0;
	case OPT_LOG:    o->log = optarg; return 0;
	case OPT_SHARD:  return shard(o, optarg);
	case OPT_RIG:    return rig(o, optarg);
	case OPT_TIMINGS: o->timings = true; return 0;
	case OPT_COMPARE: o->compare = optarg; return 0;
	case OPT_LONGEST: return number("--longest", optarg, &o->longest_s, 1, 86400);
	case OPT_TOLERANCE: return number("--tolerance", optarg, &o->tolerance_s, 0.001, 60000);
	case OPT_RETRY:
		if (!whole(optarg, 0, 10, &n))
			return usage("--retry", optarg, "0 to 10");
		o->retry = (unsigned)n;
		return 0;
	case OPT_ALONE:
		if (!whole(optarg, 0, 1000, &n))
			return usage("--alone", optarg, "0 to 1000");
		o->alone = (unsigned)n;
		return 0;
	case OPT_SCORECARD: o->scorecard = optarg; return 0;
	case OPT_RECEIVER:  return receiver(o, optarg);
	case OPT_PLANT:     return plant(o, optarg);
	case OPT_CRC:
		o->crc = frame_preset_find(optarg);
		return o->crc ? 0 : usage("--crc", optarg, "one that `ipgap crc presets` lists");
	case OPT_CLOCK:
		o->real = !strcmp(optarg, "real");
		return o->real || !strcmp(optarg, "virtual") ? 0 : usage("--clock", optarg, "virtual or real");
	case OPT_SEED:
		if (!whole(optarg, 0, UINT64_MAX, &n))
			return usage("--seed", optarg, "a whole number from 0");
		o->seed = n;
		return 0;
	case OPT_REPEAT:
		if (!whole(optarg, 1, 100000, &n))
			return usage("--repeat", optarg, "1 to 100000");
		o->repeat = (unsigned)n;
		return 0;
	case OPT_JOBS:
		if (!whole(optarg, 1, 256, &n))
			return usage("--jobs", optarg, "1 to 256");
		o->jobs = (unsigned)n;
		return 0;
	case OPT_TIMEOUT:
		if (!whole(optarg, 1, 86400, &n))
			return usage("--timeout", optarg, "1 to 86400 seconds");
		o->limit_s = (double)n;
		return 0;
	case OPT_HELP:
		fputs(help, stdout);
		return -1;
	case OPT_NEW: {
		const int st = new_script(optarg);

		return st ? st : -1;
	}
	default:
		fprintf(stderr, "Try `ipgap test --help`.\n");
		return 2;
	}
}

static void list(const struct suite *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		printf("%s:%d: %s%s%s%s\n", s->item[i].file, s->item[i].line, s->item[i].name,
		       s->item[i].req[0] ? "  [" : "", s->item[i].req, s->item[i].req[0] ? "]" : "");
	printf("%zu scenarios\n", s->n);
}

static int make_plan(struct plan *p, const struct suite *s)
{
	size_t i;
	unsigned r;

	p->job = calloc(s->n * p->opts.repeat + 1, sizeof(*p->job));
	if (!p->job)
		return ENOMEM;
	for (r = 0; r < p->opts.repeat; r++) {
		for (i = 0; i < s->n; i++) {
			if (p->opts.shards && i % p->opts.shards != p->opts.shard - 1)
				continue;
			p->job[p->n].item = &s->item[i];
			p->job[p->n].seed = p->opts.seed + r;
			p->job[p->n++].repetition = r;
		}
	}

	return 0;
}

static void plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		execute_forget(&p->job[i].result);
		free(p->job[i].beside);
	}
	free(p->job);
}

static int run(struct plan *p, const struct suite *s)
{
	const double begin = run_clock_s();
	int err = make_plan(p, s), st;

	report_start(p);
	if (!err)
		err = workers_run(p, report_job, NULL);
	if (!err)
		err = alone_run(p, report_job, NULL);
	if (err) {
		fprintf(stderr, "ipgap test: cannot run: %s\n", strerror(err));
		return 1;
	}
	st = report_end(p, run_clock_s() - begin);
	if (p->opts.junit && (err = report_junit(p, p->opts.junit))) {
		fprintf(stderr, "ipgap test: %s: %s\n", p->opts.junit, strerror(err));
		st = 1;
	}
	if (p->opts.scorecard && (err = scorecard_write(p, p->opts.scorecard))) {
		fprintf(stderr, "ipgap test: %s: %s\n", p->opts.scorecard, strerror(err));
		st = 1;
	}

	return st;
}

static int load(struct suite *s, char **path, int n)
{
	struct stat st;
	int i, err = 0;

	if (!n && stat("scenarios", &st)) {
		fprintf(stderr, "ipgap test: no PATH given and no folder `scenarios` here; "
			"`ipgap test --new first` writes a first scenario\n");
		return ENOENT;
	}
	if (!n)
		return suite_load(s, "scenarios");
	for (i = 0; i < n && !err; i++)
		err = suite_load(s, path[i]);

	return err;
}

/**
 * The sub-command.
 *
 * @return Exit status
 */
int cmd_test(int argc, char **argv)
{
	struct plan p = {.opts = {.seed = 1, .repeat = 1, .keep = "ipgap-failures", .rig_name = "sim", .longest_s = 5,
				  .alone = 10, .retry = RETRY_DEFAULT, .tolerance_s = 0.020}};
	struct suite s = {NULL, 0};
	int c, st = 0;

	optind = 0;
	while (!st && (c = getopt_long(argc, argv, "", options, NULL)) != -1)
		st = option(&p.opts, c);
	if (st)
		return st < 0 ? 0 : st;

	if (p.opts.crc && !p.opts.receiver[0])
		return usage("--crc", "", "it is the checksum of a receiver from outside: give --receiver too");
	if (p.opts.plant && p.opts.receiver[0])
		return usage("--plant", p.opts.plant, "only our own receiver can be told to misbehave: leave --receiver out");
	defaults(&p.opts);
	if (load(&s, argv + optind, argc - optind))
		st = 2;
	if (!st && p.opts.filter)
		suite_filter(&s, p.opts.filter);
	if (!st && !s.n) {
		fprintf(stderr, "ipgap test: no scenario%s%s%s\n", p.opts.filter ? " fits --filter \"" : " found",
			p.opts.filter ? p.opts.filter : "", p.opts.filter ? "\"; `ipgap test --list` names them" : "");
		st = 2;
	}
	if (!st && p.opts.list)
		list(&s);
	else if (!st && p.opts.compare)
		st = compare_run(&p.opts, &s);
	else if (!st)
		st = run(&p, &s);
	plan_free(&p);
	suite_free(&s);

	return st;
}

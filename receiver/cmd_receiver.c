/**
 * @file cmd_receiver.c  `ipgap receiver`: the alarm receiver as a command, in real time (RCV-01)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cmd_receiver.h"
#include "sim/cmd.h"
#include "sim/vnet.h"

#define LINE 2048
#define BYE_MS 300                      /* for the answers to our BYEs at the end */
#define FRAMES 8                        /* wrong ones that are remembered for the hint */

/** The running command */
struct run {
	const struct receiver_args *args;
	struct receiver *receiver;
	struct recordings *recordings;  /* NULL = none */
	struct tmr end;
	bool ending;
	bool failed;
	unsigned calls, acknowledged, messages;
	char frames[FRAMES][FRAME_MAX + 1];
	unsigned nframes;
};

static uint64_t clock_us(void *arg)
{
	(void)arg;

	return vnet_now_us();
}

static void stop(void *arg)
{
	(void)arg;
	re_cancel();
}

static void close_calls(void *arg)
{
	struct run *run = arg;

	receiver_close(run->receiver, false);
	tmr_start(&run->end, run->calls ? BYE_MS : 0, stop, run);
}

/** Say good-bye and leave; asked again: leave at once */
static void finish(struct run *run)
{
	if (run->ending) {
		re_cancel();
		return;
	}
	run->ending = true;
	tmr_start(&run->end, 0, close_calls, run);
}

static struct run *signalled;           /* the one that runs: signals carry no argument */

static void signal_handler(int sig)
{
	(void)sig;
	finish(signalled);
}

static void remember(struct run *run, const char *frame)
{
	unsigned i;

	for (i = 0; i < run->nframes; i++)
		if (!strcmp(run->frames[i], frame))
			return;
	if (run->nframes < FRAMES)
		str_ncpy(run->frames[run->nframes++], frame, FRAME_MAX + 1);
}

/** A checksum that does not fit: perhaps it is another variant */
static void hint(struct run *run, const struct receiver_alarm *a)
{
	unsigned i;

	if (!a->whole || a->crc_ok)
		return;
	remember(run, a->frame);
	(void)fprintf(stderr,
		      "ipgap receiver: frame %s: checksum received %s, computed %s; if the door's "
		      "CRC is another one, find it by\n  ipgap crc solve",
		      a->frame, a->cs, a->cs_want);
	for (i = 0; i < run->nframes; i++)
		(void)fprintf(stderr, " %s", run->frames[i]);
	(void)fprintf(stderr, "\nand give it by --crc, or --poly and so on\n");
}

static void alarm_handler(const struct receiver_alarm *a, void *arg)
{
	struct run *run = arg;
	char line[LINE];

	if (run->args->json)
		(void)receiver_alarm_json(line, sizeof(line), a);
	else
		(void)receiver_alarm_text(line, sizeof(line), a);
	(void)puts(line);
	if (a->body)
		run->messages++;
	if (!a->call)
		return;
	run->calls++;
	run->acknowledged += a->acknowledged;
	hint(run, a);
	if (run->recordings)
		recordings_end(run->recordings, a->call);
	if (run->args->count && run->calls >= run->args->count && !run->ending)
		finish(run);
}

static void record(struct run *run, const struct receiver_event *ev)
{
	char file[CMD_RECEIVER_PATH + 16];
	int err;

	err = recordings_begin(run->recordings, ev->sip, ev->call, file, sizeof(file));
	if (!err)
		return;
	(void)fprintf(stderr, "ipgap receiver: cannot write %s: %s\n", file, strerror(err));
	run->failed = true;
}

/** What a person wants to see at once, before the call has ended */
static bool news(const struct run *run, const struct receiver_event *ev)
{
	return !run->args->json &&
	       (ev->step == RECEIVER_STEP_INVITE || ev->step == RECEIVER_STEP_VOICE);
}

static void event_handler(const struct receiver_event *ev, void *arg)
{
	struct run *run = arg;
	char line[LINE];

	if (ev->step == RECEIVER_STEP_ANSWER && run->recordings)
		record(run, ev);
	if (!run->args->verbose && !news(run, ev))
		return;
	if (run->args->json)
		(void)receiver_event_json(line, sizeof(line), ev);
	else
		(void)receiver_event_text(line, sizeof(line), ev);
	(void)puts(line);
}

static void greet(const struct run *run)
{
	const char *uri = receiver_uri(run->receiver), *host = strchr(uri, '@') + 1;

	if (run->args->json) {
		(void)printf("{\"kind\":\"listening\",\"uri\":\"%s\"}\n", uri);
		return;
	}
	(void)printf("Alarm receiver at %s, Ctrl-C ends it. To try it, in another terminal:\n"
		     "  ipgap run --set button.day=sip:%s\n", uri, host);
}

static void summary(const struct run *run)
{
	if (run->args->json)
		(void)printf(
			"{\"kind\":\"summary\",\"calls\":%u,\"acknowledged\":%u,\"messages\":%u}\n",
			run->calls, run->acknowledged, run->messages);
	else
		(void)printf("%u call%s, %u acknowledged; %u MESSAGE%s\n", run->calls,
			     run->calls == 1 ? "" : "s", run->acknowledged, run->messages,
			     run->messages == 1 ? "" : "s");
}

static int start(struct run *run, struct media *media)
{
	struct receiver_config cfg = run->args->cfg;
	int err;

	cfg.media = media;
	cfg.tcp = true;
	if (run->args->wav[0]) {
		err = recordings_alloc(&run->recordings, run->args->wav);
		if (err)
			return err;
	}
	err = receiver_alloc(&run->receiver, &cfg, alarm_handler, event_handler, run);
	if (err) {
		char addr[64];

		(void)re_snprintf(addr, sizeof(addr), "%J", &cfg.laddr);
		(void)fprintf(stderr,
			      "ipgap receiver: cannot listen on %s: %s; choose another by --bind\n",
			      addr, strerror(err));
	}

	return err;
}

static int serve(const struct receiver_args *args)
{
	struct run run = {.args = args};
	struct media *media = NULL;
	int err;

	signalled = &run;
	tmr_init(&run.end);
	err = media_alloc(&media, clock_us, NULL);
	if (!err)
		err = start(&run, media);
	if (!err) {
		greet(&run);
		err = re_main(signal_handler);
		summary(&run);
	}
	tmr_cancel(&run.end);
	mem_deref(run.receiver);
	mem_deref(run.recordings);
	mem_deref(media);

	return err || run.failed ? CMD_FAILED : CMD_OK;
}

/**
 * The command `ipgap receiver`.
 *
 * @param argc Number of words
 * @param argv Words, the first is "receiver"
 *
 * @return Exit status: 0, 1 it failed, 2 wrong command line
 */
int cmd_receiver(int argc, char **argv)
{
	struct receiver_args args;
	char err[256];
	int status;

	if (receiver_args_read(&args, argc, argv, err, sizeof(err))) {
		(void)fprintf(stderr, "ipgap receiver: %s\n`ipgap receiver --help` explains\n",
			      err);
		return CMD_USAGE;
	}
	if (args.help) {
		receiver_help(stdout);
		return CMD_OK;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)vnet_start(false, 0);
	if (libre_init()) {
		(void)fprintf(stderr, "ipgap receiver: the network library does not start\n");
		return CMD_FAILED;
	}
	(void)vnet_many_sockets();
	status = serve(&args);
	libre_close();

	return status;
}

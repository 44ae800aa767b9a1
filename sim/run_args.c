/**
 * @file run_args.c  The command line of `ipgap run`
 */
#include <errno.h>
#include <unistd.h>
#include <stdlib.h>
#include <string.h>
#include "bind.h"
#include "options.h"
#include "run.h"

typedef int (option_h)(struct run_args *a, const char *value, char *err, size_t errsize);

struct option {
	struct option_row row;
	option_h *h;
};

static int opt_help(struct run_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->help = true;

	return 0;
}

static int opt_headless(struct run_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->headless = true;

	return 0;
}

static int opt_json(struct run_args *a, const char *value, char *err, size_t errsize)
{
	(void)value;
	(void)err;
	(void)errsize;
	a->json = true;

	return 0;
}

static int opt_bind(struct run_args *a, const char *value, char *err, size_t errsize)
{
	return bind_parse(&a->bind, value, 0, err, errsize);
}

static int opt_listen(struct run_listen *l, const char *value, uint16_t port, char *err, size_t errsize)
{
	l->asked = true;
	sa_init(&l->addr, AF_UNSPEC);

	return strcmp(value, "off") ? bind_parse(&l->addr, value, port, err, errsize) : 0;
}

static int opt_http(struct run_args *a, const char *value, char *err, size_t errsize)
{
	return opt_listen(&a->http, value, RUN_HTTP_PORT, err, errsize);
}

static int opt_https(struct run_args *a, const char *value, char *err, size_t errsize)
{
	return opt_listen(&a->https, value, RUN_HTTPS_PORT, err, errsize);
}

static int opt_data(struct run_args *a, const char *value, char *err, size_t errsize)
{
	if (!*value || strlen(value) >= sizeof(a->data)) {
		(void)re_snprintf(err, errsize, "--data needs a directory of 1..%zu bytes",
				  sizeof(a->data) - 1);
		return EINVAL;
	}
	str_ncpy(a->data, value, sizeof(a->data));

	return 0;
}

/* Each value is looked at before anything is opened; how they go together, once they are loaded */
static int opt_set(struct run_args *a, const char *value, char *err, size_t errsize)
{
	const char *eq = strchr(value, '=');
	const size_t n = eq ? (size_t)(eq - value) : 0;
	struct settings scratch;

	if (!n || n >= sizeof(a->set[0].key) || a->sets == RUN_SETS) {
		if (a->sets == RUN_SETS)
			(void)re_snprintf(err, errsize, "--set can be given %u times", RUN_SETS);
		else
			(void)re_snprintf(err, errsize, "--set \"%s\" is not KEY=VALUE, e.g. --set"
					  " door.ring_s=20; `ipgap settings` lists the keys", value);
		return EINVAL;
	}
	memcpy(a->set[a->sets].key, value, n);
	a->set[a->sets].key[n] = '\0';
	a->set[a->sets].value = eq + 1;
	settings_default(&scratch);

	return settings_set(&scratch, a->set[a->sets++].key, eq + 1, err, errsize);
}

static int opt_audio(struct run_args *a, const char *value, char *err, size_t errsize)
{
	a->audio = value;

	return sound_check(value, err, errsize);
}

static int opt_pages(struct run_args *a, const char *value, char *err, size_t errsize)
{
	if (access(value, R_OK | X_OK)) {
		(void)re_snprintf(err, errsize, "--pages needs a directory with index.html; %s: %m", value, errno);
		return EINVAL;
	}
	a->pages = value;

	return 0;
}

static int opt_voices(struct run_args *a, const char *value, char *err, size_t errsize)
{
	if (!*value) {
		(void)re_snprintf(err, errsize, "--voices needs a directory, e.g. --voices voices, with files such as"
				  " voices/fr/door_open.wav");
		return EINVAL;
	}
	a->voices = value;

	return 0;
}

static int opt_shot(struct run_args *a, const char *value, char *err, size_t errsize)
{
	if (!*value) {
		(void)re_snprintf(err, errsize, "--shot needs a file's name, e.g. --shot door.png");
		return EINVAL;
	}
	a->shot = value;

	return 0;
}

static int opt_rig(struct run_args *a, const char *value, char *err, size_t errsize)
{
	a->rig_name = value;

	return rig_parse(&a->rig, value, err, errsize);
}

static const struct option options[] = {
	{{"--rig", "sim|board:qemu|board:ADDRESS"}, opt_rig},
	{{"--headless", NULL}, opt_headless},
	{{"--bind", "ADDR[:PORT]"}, opt_bind},
	{{"--http", "[ADDR:]PORT|off"}, opt_http},
	{{"--https", "[ADDR:]PORT|off"}, opt_https},
	{{"--data", "DIR"}, opt_data},
	{{"--set", "KEY=VALUE"}, opt_set},
	{{"--audio", "portaudio|file:IN.wav,OUT.wav|none"}, opt_audio},
	{{"--voices", "DIR"}, opt_voices},
	{{"--pages", "DIR"}, opt_pages},
	{{"--json", NULL}, opt_json},
	{{"--shot", "FILE.png"}, opt_shot},
	{{"--help", NULL}, opt_help},
};

static int option(struct run_args *a, int argc, char **argv, int *i, char *err, size_t errsize)
{
	static const struct option_table table = OPTION_TABLE(options, "ipgap run");
	const char *value;
	size_t row;

	if (option_read(&row, &value, &table, argc, argv, i, err, errsize))
		return EINVAL;

	return options[row].h(a, value, err, errsize);
}

/**
 * Where data is kept when nobody says: $XDG_STATE_HOME/ipgap, else ~/.local/state/ipgap (XDG Base Directory
 * Specification).
 *
 * @return 0, EINVAL there is no such place: err says so
 */
int run_args_data(char *dir, size_t size, char *err, size_t errsize)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n = -1;

	if (state && state[0] == '/')
		n = re_snprintf(dir, size, "%s/ipgap", state);
	else if (home && home[0])
		n = re_snprintf(dir, size, "%s/.local/state/ipgap", home);
	if (n >= 0)
		return 0;
	(void)re_snprintf(err, errsize, "there is no place for data: neither XDG_STATE_HOME nor HOME"
			  " is set to a directory; give one by --data DIR");

	return EINVAL;
}

/* Pages are where the door is */
static void default_listen(struct run_listen *l, const struct sa *bind, uint16_t port)
{
	if (l->asked)
		return;
	l->addr = *bind;
	sa_set_port(&l->addr, port);
}

/**
 * Read the command line.
 *
 * @param a       Written
 * @param argc    As main()'s, argv[0] is "run"
 * @param argv    Borrowed
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL / ENOENT / ERANGE called wrongly
 */
int run_args_read(struct run_args *a, int argc, char **argv, char *err, size_t errsize)
{
	int i, e = 0;

	memset(a, 0, sizeof(*a));
	sa_init(&a->http.addr, AF_UNSPEC);
	sa_init(&a->https.addr, AF_UNSPEC);
	(void)sa_set_str(&a->bind, "127.0.0.1", 0);
	for (i = 1; i < argc && !e && !a->help; i++)
		e = option(a, argc, argv, &i, err, errsize);
	if (!e && !a->help && !a->data[0])
		e = run_args_data(a->data, sizeof(a->data), err, errsize);
	default_listen(&a->http, &a->bind, RUN_HTTP_PORT);
	default_listen(&a->https, &a->bind, RUN_HTTPS_PORT);

	return e;
}

/**
 * @file bind_process.c  Programs of the outside world as actors, on the real clock (SCN-01)
 *
 * A program runs without a shell in a process group of its own.  Each line it prints is an entry
 * `line` of its actor, its end an entry `exit`.  It never outlives its scenario: the group is killed
 * at the end, and where the runner itself dies the kernel kills the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bind.h"

#define ARGS 64
#define REAP_MS 20

struct process;

/** One output of a program, cut into lines */
struct output {
	struct process *p;
	const char *from;               /**< "out" or "err" */
	int fd;                         /**< -1 = at its end */
	size_t n;
	char line[1024];
};

struct process {
	struct actor a;
	struct world *w;
	pid_t pid;                      /**< 0 = over */
	int in;
	struct output out[2];
	struct tmr reap;
};

/** What is started; borrowed from Lua's stack */
struct start {
	const char *argv[ARGS + 1], *env[ARGS + 1], *cwd;
	int in[2], out[2], err[2];
	int report[2];                  /**< errno of a start that failed, closed by one that did not */
};

/* --- output --- */

/** Take colours (ESC [ ... letter) and other control characters out, and blanks at the end */
static size_t clean(char *line, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < size; i++) {
		if (line[i] == '\033') {
			while (i + 1 < size && !((line[i + 1] | 0x20) >= 'a' && (line[i + 1] | 0x20) <= 'z'))
				++i;
			++i;
		}
		else if ((unsigned char)line[i] >= ' ' || line[i] == '\t') {
			line[n++] = line[i];
		}
	}
	while (n && line[n - 1] == ' ')
		--n;

	return n;
}

static void say_line(struct output *o)
{
	o->n = clean(o->line, o->n);
	o->line[o->n] = '\0';
	if (o->n) {
		world_log_begin(o->p->w, o->p->a.name, "line");
		world_log_str(o->p->w, "text", o->line);
		world_log_str(o->p->w, "from", o->from);
		world_log_end(o->p->w);
	}
	o->n = 0;
}

static void output_close(struct output *o)
{
	if (o->fd < 0)
		return;
	fd_close(o->fd);
	(void)close(o->fd);
	o->fd = -1;
}

static void read_output(int flags, void *arg)
{
	struct output *o = arg;
	char buf[4096];
	ssize_t n, i;

	(void)flags;
	while (o->fd >= 0 && (n = read(o->fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			break;
		for (i = 0; i < n; i++) {
			if (buf[i] == '\n' || o->n == sizeof(o->line) - 1)
				say_line(o);
			if (buf[i] != '\n' && buf[i])
				o->line[o->n++] = buf[i];
		}
	}
	say_line(o);
	output_close(o);
}

/* --- end --- */

/** Kill what is left of the group; its leader still holds the number */
static void bury(struct process *p, siginfo_t *info)
{
	tmr_cancel(&p->reap);
	(void)kill(-p->pid, SIGKILL);
	(void)waitid(P_PID, (id_t)p->pid, info, WEXITED);
	p->pid = 0;
	if (p->in >= 0)
		(void)close(p->in);
	p->in = -1;
}

static void log_exit(struct process *p, const siginfo_t *info)
{
	world_log_begin(p->w, p->a.name, "exit");
	if (info->si_code == CLD_EXITED)
		world_log_num(p->w, "status", info->si_status);
	else
		world_log_str(p->w, "signal", strsignal(info->si_status));
	world_log_end(p->w);
}

static void reap(void *arg)
{
	struct process *p = arg;
	siginfo_t info = {.si_pid = 0};
	unsigned i;

	(void)waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	if (!info.si_pid) {
		tmr_start(&p->reap, REAP_MS, reap, p);
		return;
	}
	for (i = 0; i < 2; i++)
		read_output(0, &p->out[i]);
	bury(p, &info);
	log_exit(p, &info);
}

static void process_end(struct actor *a)
{
	struct process *p = (struct process *)(void *)a;
	siginfo_t info;
	unsigned i;

	if (p->pid > 0)
		bury(p, &info);
	for (i = 0; i < 2; i++)
		output_close(&p->out[i]);
}

/* --- start --- */

static void child(const struct start *s, pid_t parent)
{
	static const int reset[] = {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGTTIN, SIGXFSZ};
	size_t i;
	int err;

	(void)setpgid(0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < sizeof(reset) / sizeof(reset[0]); i++)
		(void)signal(reset[i], SIG_DFL);
	(void)dup2(s->in[0], STDIN_FILENO);
	(void)dup2(s->out[1], STDOUT_FILENO);
	(void)dup2(s->err[1], STDERR_FILENO);
	(void)close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	for (i = 0; s->env[i]; i++)
		(void)putenv((char *)(uintptr_t)s->env[i]);
	if (getppid() == parent && (!s->cwd || !chdir(s->cwd)))
		(void)execvp(s->argv[0], (char *const *)(uintptr_t)s->argv);
	err = errno;
	(void)!write(s->report[1], &err, sizeof(err));
	_exit(127);
}

static void close_pair(int fd[2])
{
	(void)close(fd[0]);
	(void)close(fd[1]);
}

static int make_pipes(struct start *s)
{
	int *pair[] = {s->in, s->out, s->err, s->report};
	unsigned i;

	for (i = 0; i < 4; i++) {
		if (pipe2(pair[i], O_CLOEXEC)) {
			const int err = errno;

			while (i--)
				close_pair(pair[i]);
			return err;
		}
	}

	return 0;
}

static int listen_output(struct process *p, unsigned i, int fd, const char *from)
{
	struct output *o = &p->out[i];

	o->p = p;
	o->from = from;
	o->fd = fd;
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);

	return fd_listen(fd, FD_READ, read_output, o);
}

/** The parent's side: its ends of the pipes, and whether the start was good */
static int adopt(struct process *p, struct start *s)
{
	int started = 0, err;

	(void)close(s->in[0]);
	(void)close(s->out[1]);
	(void)close(s->err[1]);
	(void)close(s->report[1]);
	p->in = s->in[1];
	(void)fcntl(p->in, F_SETFL, O_NONBLOCK);
	err = listen_output(p, 0, s->out[0], "out");
	err |= listen_output(p, 1, s->err[0], "err");
	while (read(s->report[0], &started, sizeof(started)) < 0 && errno == EINTR)
		;
	(void)close(s->report[0]);
	tmr_start(&p->reap, REAP_MS, reap, p);

	return started ? started : err;
}

static int start(struct process *p, struct start *s)
{
	const pid_t parent = getpid();
	int err = make_pipes(s);

	if (err)
		return err;
	p->pid = fork();
	if (p->pid < 0) {
		err = errno;
		p->pid = 0;
		close_pair(s->in);
		close_pair(s->out);
		close_pair(s->err);
		close_pair(s->report);
		return err;
	}
	if (!p->pid)
		child(s, parent);
	(void)setpgid(p->pid, p->pid);

	return adopt(p, s);
}

/** command = {"program", "argument", ...}; the strings stay in the table */
static void read_command(lua_State *L, struct start *s)
{
	int i;

	if (lua_getfield(L, 1, "command") != LUA_TTABLE || !lua_rawlen(L, -1))
		luaL_error(L, "process: command is a list: {\"program\", \"argument\", ...}");
	for (i = 0; i < ARGS && lua_rawgeti(L, -1, i + 1) != LUA_TNIL; i++) {
		s->argv[i] = luaL_checkstring(L, -1);
		lua_pop(L, 1);
	}
	if (i == ARGS)
		luaL_error(L, "process: more than %d arguments", ARGS - 1);
	lua_pop(L, 2);
}

/** env = {NAME = "value"}: beside the runner's own; the texts stay on the stack */
static void read_env(lua_State *L, struct start *s)
{
	int table, n = 0;

	if (lua_getfield(L, 1, "env") == LUA_TNIL)
		return;
	luaL_checktype(L, -1, LUA_TTABLE);
	luaL_checkstack(L, ARGS + 4, "env");
	table = lua_gettop(L);
	lua_pushnil(L);
	while (lua_next(L, table)) {
		if (n == ARGS || lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "process: env is {NAME = \"value\"}, at most %d", ARGS);
		s->env[n++] = lua_pushfstring(L, "%s=%s", lua_tostring(L, -2), luaL_checkstring(L, -1));
		lua_replace(L, -2);             /* key, text: the text goes below the key */
		lua_insert(L, -2);
	}
}

/** t:process{name=, command={...}, cwd=, env={}} */
static int new_process(lua_State *L)
{
	struct world *w = world_get(L);
	struct start s = {.cwd = bind_opt_str(L, 1, "cwd", NULL)};
	struct process **ud, *p;
	int err;

	if (w->virtual_time)
		return luaL_error(L, "programs of the outside world need the real clock: give the "
				  "scenario clock = \"real\" and run `ipgap test --clock real`");
	read_command(L, &s);
	read_env(L, &s);
	ud = lua_newuserdatauv(L, sizeof(*ud), 1);
	*ud = p = mem_zalloc(sizeof(*p), NULL);
	if (!p)
		return bind_error(L, "process", ENOMEM);
	luaL_setmetatable(L, WORLD_META_PROCESS);
	p->w = w;
	p->in = p->out[0].fd = p->out[1].fd = -1;
	tmr_init(&p->reap);
	world_actor_add(w, &p->a, bind_opt_str(L, 1, "name", "process"), process_end);
	err = start(p, &s);

	return err ? bind_error(L, s.argv[0], err) : 1;
}

/* --- methods --- */

static struct process *check(lua_State *L)
{
	struct process **p = luaL_checkudata(L, 1, WORLD_META_PROCESS);

	return *p;
}

/** process:send(text): to its standard input */
static int send_text(lua_State *L)
{
	const struct process *p = check(L);
	size_t n;
	const char *text = luaL_checklstring(L, 2, &n);

	if (p->in < 0)
		return luaL_error(L, "%s has ended", p->a.name);
	if (write(p->in, text, n) != (ssize_t)n)
		return bind_error(L, "send", errno ? errno : EAGAIN);

	return 0;
}

/** process:_signal(number): to its group */
static int send_signal(lua_State *L)
{
	const struct process *p = check(L);

	if (p->pid > 0)
		(void)kill(-p->pid, (int)luaL_checkinteger(L, 2));

	return 0;
}

static int is_over(lua_State *L)
{
	lua_pushboolean(L, !check(L)->pid);

	return 1;
}

void bind_process(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{"send", send_text}, {"_signal", send_signal}, {"is_over", is_over}, {NULL, NULL},
	};

	bind_class(L, WORLD_META_PROCESS, methods);
	lua_pushcfunction(L, new_process);
	lua_setfield(L, -2, "process");
}

/**
 * @file rig.c  A board with what stands before it (see rig.h, HIL-01)
 *
 * In QEMU, qtest drives input pins and says the edges of port B.  On a bench a second board does that, wired:
 *
 *     second board    LIT_CALL LIT_TALK LIT_DOOR RELAY1 RELAY2 CALL_R CALL_G CALL_B TALK_R   (outputs)
 *     tested board    BUTTON   CONTACT  LINK     MAINS  POE    DIP1   DIP2   DIP3   DIP4
 *
 *     tested board    RELAY1 RELAY2  LIT_CALL LIT_TALK LIT_DOOR                              (outputs)
 *     second board    BUTTON CONTACT MAINS    POE      LINK
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "board_priv.h"
#include "qemu.h"
#include "rig.h"
#include "witness.h"

#define PORT_B 1
#define NOT_WIRED 255
#define HEAR_MS 100                     /* overdue counterparts are looked for so often */
#define EMULATED_US 5000                /* an emulator may stand still between an edge and its stamp */
#define SECOND_US 10000                 /* a second board debounces 5 ms, and its clock is told to 1 ms */

struct rig {
	struct rig_spec spec;
	struct rig_handlers h;
	struct qemu qemu;
	bool used;                      /* the emulated board has been joined before */
	struct hil_port *port;
	struct board *driver;
	uint32_t rest;                  /* inputs as they should be, bit = enum gap_input, DIP from bit 8 */
	struct witness witness;
	struct tmr hear;
};

/** Inputs of a door at rest: both supplies and the link are there */
#define AT_REST (1u << GAP_IN_MAINS | 1u << GAP_IN_POE | 1u << GAP_IN_LINK)
#define DIP_BIT 8

static const uint8_t drives[GAP_INS] = {
	[GAP_IN_BUTTON] = LINK_PIN_LIT_CALL, [GAP_IN_CONTACT] = LINK_PIN_LIT_TALK, [GAP_IN_LINK] = LINK_PIN_LIT_DOOR,
	[GAP_IN_MAINS] = LINK_PIN_RELAY1, [GAP_IN_POE] = LINK_PIN_RELAY2,
};
static const uint8_t drives_dip[4] = {LINK_PIN_CALL_R, LINK_PIN_CALL_G, LINK_PIN_CALL_B, LINK_PIN_TALK_R};

/** The tested board's output behind an input of the second one, NOT_WIRED = none */
static unsigned watches(unsigned pin)
{
	static const uint8_t wire[][2] = {
		{LINK_PIN_BUTTON, LINK_PIN_RELAY1}, {LINK_PIN_CONTACT, LINK_PIN_RELAY2}, {LINK_PIN_MAINS, LINK_PIN_LIT_CALL},
		{LINK_PIN_POE, LINK_PIN_LIT_TALK}, {LINK_PIN_LINK, LINK_PIN_LIT_DOOR},
	};
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(wire); ++i)
		if (wire[i][0] == pin)
			return wire[i][1];
	return NOT_WIRED;
}

/* --- its name --- */

static int complain(char *err, size_t errsize, const char *what, const char *text)
{
	(void)snprintf(err, errsize, "%s \"%s\": a rig is sim, board:qemu, board:qemu:FILE.elf, board:/dev/ttyACM0, "
	               "board:tcp:HOST:PORT or board:unix:PATH, the last three also with ,driver=ADDRESS of a second board",
	               what, text);
	return EINVAL;
}

/** Firmware for QEMU: $IPGAP_FIRMWARE, or beside the program where `make` puts it */
static void default_elf(char *elf, size_t size)
{
	const char *env = getenv("IPGAP_FIRMWARE");
	char self[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n < 0 ? 0 : n] = '\0';
	slash = strrchr(self, '/');
	if (env && *env)
		(void)snprintf(elf, size, "%s", env);
	else
		(void)snprintf(elf, size, "%.*s/ioboard-qemu/lm3s6965evb.elf", slash ? (int)(slash - self) : 0, self);
}

static bool is_address(const char *text)
{
	return text[0] == '/' || !strncmp(text, "tcp:", 4) || !strncmp(text, "unix:", 5);
}

static int parse_line(struct rig_spec *spec, const char *where)
{
	const char *comma = strstr(where, ",driver=");
	const size_t n = comma ? (size_t)(comma - where) : strlen(where);

	if (!n || n >= sizeof(spec->address) || (comma && strlen(comma + 8) >= sizeof(spec->driver)))
		return EINVAL;
	if (!is_address(where) || (comma && !is_address(comma + 8)))
		return EINVAL;
	spec->kind = RIG_LINE;
	(void)snprintf(spec->address, sizeof(spec->address), "%.*s", (int)n, where);
	(void)snprintf(spec->driver, sizeof(spec->driver), "%s", comma ? comma + 8 : "");
	return 0;
}

/**
 * Read the name of a rig.
 *
 * @param spec    Written on success
 * @param text    See the head of rig.h
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int rig_parse(struct rig_spec *spec, const char *text, char *err, size_t errsize)
{
	const char *where = text + 6;

	memset(spec, 0, sizeof(*spec));
	if (!strcmp(text, "sim"))
		return 0;
	if (strncmp(text, "board:", 6) || strlen(where) >= sizeof(spec->elf))
		return complain(err, errsize, "there is no rig", text);
	if (!strcmp(where, "qemu") || (!strncmp(where, "qemu:", 5) && where[5])) {
		spec->kind = RIG_QEMU;
		if (where[4])
			(void)snprintf(spec->elf, sizeof(spec->elf), "%s", where + 5);
		else
			default_elf(spec->elf, sizeof(spec->elf));
		return 0;
	}
	return parse_line(spec, where) ? complain(err, errsize, "no board has the address", text) : 0;
}

/* --- outputs seen from outside --- */

static void trouble(struct rig *r, enum board_trouble t, const char *text)
{
	if (r->h.trouble)
		r->h.trouble(t, text, r->h.arg);
}

static void seen(struct rig *r, unsigned pin, const struct witness_edge *e)
{
	char text[160];

	if (r->h.outside)
		r->h.outside(pin, e->level, e->t_us, r->h.arg);
	if (witness_seen(&r->witness, pin, e, text, sizeof(text)))
		trouble(r, BOARD_WITNESS_TROUBLE, text);
}

/**
 * Pins of the emulated board, port * 16 + bit, as docs/boards.md says: what stands before a board does not ask the
 * firmware that is tested.
 */
static uint8_t emulated_pin(unsigned pin)
{
	static const uint8_t in[] = {0x31, 0x32, 0x33, 0x34, 0x35, 0x40, 0x41, 0x42, 0x43};

	return pin < LINK_PIN_BUTTON ? (uint8_t)(PORT_B << 4 | pin) : in[pin - LINK_PIN_BUTTON];
}

static void take_seen(struct rig *r)
{
	struct qemu_edge q;

	while (qemu_next(&r->qemu, &q)) {
		const struct witness_edge e = {.t_us = q.t_us, .level = q.level};

		if (q.bit < WITNESS_PINS)
			seen(r, q.bit, &e);
	}
}

static void heard(int flags, void *arg)
{
	struct rig *r = arg;

	(void)flags;
	if (qemu_hear(&r->qemu)) {
		fd_close(r->qemu.qtest);
		trouble(r, BOARD_GONE_TROUBLE, "QEMU has ended");
	}
	take_seen(r);
}

static void look(void *arg)
{
	struct rig *r = arg;
	char text[160];

	tmr_start(&r->hear, HEAR_MS, look, r);
	while (witness_overdue(&r->witness, hil_clock_us(), text, sizeof(text)))
		trouble(r, BOARD_WITNESS_TROUBLE, text);
}

/* --- the tested board --- */

/** Is the board an emulator's, by its own word? */
bool rig_emulated(const struct rig *r)
{
	const struct link_msg *hello = r->port ? board_hello(hil_port_board(r->port)) : NULL;

	return hello && hello->u.hello.clock == LINK_CLOCK_EMULATED;
}

static bool watched(const struct rig *r, unsigned pin)
{
	return r->spec.kind == RIG_QEMU ? pin < WITNESS_PINS : r->driver && pin <= LINK_PIN_LIT_DOOR;
}

static void on_state(enum board_state state, const char *text, void *arg)
{
	struct rig *r = arg;

	if (state == BOARD_READY && !r->witness.on)
		witness_reset(&r->witness, rig_drives(r));
	else if (state != BOARD_READY)
		witness_reset(&r->witness, false);
	if (r->h.state && (state != BOARD_READY || rig_ready(r)))
		r->h.state(state, text, r->h.arg);
}

static void on_edge(const struct board_edge *e, void *arg)
{
	struct rig *r = arg;
	const struct witness_edge w = {
		.t_us = e->host_us, .error_us = e->error_us + (rig_emulated(r) ? EMULATED_US : 0), .level = e->level,
	};
	char text[160];

	if (r->h.edge)
		r->h.edge(e, r->h.arg);
	if (e->guessed)
		witness_forget(&r->witness, e->pin);
	else if (watched(r, e->pin) && witness_told(&r->witness, e->pin, &w, text, sizeof(text)))
		trouble(r, BOARD_WITNESS_TROUBLE, text);
}

static void on_trouble(enum board_trouble t, const char *text, void *arg)
{
	trouble(arg, t, text);
}

static void on_stats(const struct link_msg *stats, void *arg)
{
	const struct rig *r = arg;

	if (r->h.stats)
		r->h.stats(stats, r->h.arg);
}

/* --- the second board --- */

static void drive_all(struct rig *r)
{
	unsigned i;

	for (i = 0; i < GAP_INS; ++i)
		(void)rig_backdoor.input(r, (enum gap_input)i, r->rest >> i & 1);
	for (i = 0; i < 4; ++i)
		(void)rig_backdoor.dip(r, i, r->rest >> (DIP_BIT + i) & 1);
}

static void driver_state(enum board_state state, const char *text, void *arg)
{
	struct rig *r = arg;
	char said[320];

	(void)snprintf(said, sizeof(said), "second board: %s", text);
	if (state == BOARD_READY) {
		drive_all(r);
		if (rig_ready(r))
			on_state(BOARD_READY, "", r);
	}
	else if (state == BOARD_DOWN || state == BOARD_REFUSED) {
		if (r->h.state)
			r->h.state(state, said, r->h.arg);
	}
}

static void driver_edge(const struct board_edge *e, void *arg)
{
	const struct witness_edge w = {.t_us = e->host_us, .error_us = e->error_us + SECOND_US, .level = e->level};

	if (watches(e->pin) != NOT_WIRED)
		seen(arg, watches(e->pin), &w);
}

static void driver_trouble(enum board_trouble t, const char *text, void *arg)
{
	char said[320];

	(void)snprintf(said, sizeof(said), "second board: %s", text);
	trouble(arg, t, said);
}

/* --- the back-door --- */

static int drive_emulated(struct rig *r, unsigned pin, bool level)
{
	return r->port ? qemu_tell(&r->qemu, emulated_pin(pin), level) : ENOTCONN;
}

static int back_input(void *ctx, enum gap_input in, bool level)
{
	struct rig *r = ctx;

	if (in >= GAP_INS)
		return EINVAL;
	if (!rig_drives(r))
		return ENOTSUP;
	r->rest = (r->rest & ~(1u << in)) | (uint32_t)level << in;
	return r->driver ? board_set(r->driver, drives[in], level) : drive_emulated(r, hil_input_pin(in), level);
}

static int back_dip(void *ctx, unsigned index, bool on)
{
	struct rig *r = ctx;

	if (index > 3)
		return EINVAL;
	if (!rig_drives(r))
		return ENOTSUP;
	r->rest = (r->rest & ~(1u << (DIP_BIT + index))) | (uint32_t)on << (DIP_BIT + index);
	return r->driver ? board_set(r->driver, drives_dip[index], on) : drive_emulated(r, LINK_PIN_DIP1 + index, on);
}

const struct gap_backdoor_ops rig_backdoor = {.input = back_input, .dip = back_dip};

/* --- life --- */

/** Inputs of the emulated board as they should be, while it stands still */
static int set_inputs(struct rig *r)
{
	unsigned i;
	int err = 0;

	for (i = 0; i < GAP_INS && !err; ++i)
		err = qemu_drive(&r->qemu, emulated_pin(hil_input_pin((enum gap_input)i)), r->rest >> i & 1);
	for (i = 0; i < 4 && !err; ++i)
		err = qemu_drive(&r->qemu, emulated_pin(LINK_PIN_DIP1 + i), r->rest >> (DIP_BIT + i) & 1);
	return err;
}

static int reset(struct rig *r)
{
	int err = qemu_pause(&r->qemu);

	if (!err)
		err = qemu_reset(&r->qemu);
	if (!err)
		err = set_inputs(r);
	return err ? err : qemu_continue(&r->qemu);
}

static int start_qemu(struct rig *r, char *err, size_t errsize)
{
	int e;

	if (access(r->spec.elf, R_OK)) {
		e = errno;
		(void)snprintf(err, errsize, "firmware %s: %s; `make ioboard EMULATED=1` builds it, board:qemu:FILE.elf and "
		               "IPGAP_FIRMWARE name another", r->spec.elf, strerror(e));
		return e;
	}
	e = qemu_start(&r->qemu, r->spec.elf, PORT_B);
	if (!e)
		e = set_inputs(r);
	if (!e)
		e = qemu_continue(&r->qemu);
	if (e)
		(void)snprintf(err, errsize, "qemu-system-arm does not start a board (%s); it is in the package "
		               "qemu-system-arm", strerror(e));
	return e;
}

static void destructor(void *arg)
{
	struct rig *r = arg;

	rig_leave(r);
	qemu_stop(&r->qemu);
}

/**
 * Make a rig: QEMU is started here, a line is opened by rig_join().
 *
 * @param rp      Written on success; mem_deref() ends all of it
 * @param spec    Copied
 * @param err     Written on failure: what was wrong, and what would be right
 * @param errsize Its size
 *
 * @return 0, ENOMEM, errno
 */
int rig_open(struct rig **rp, const struct rig_spec *spec, char *err, size_t errsize)
{
	struct rig *r = mem_zalloc(sizeof(*r), destructor);
	int e = 0;

	if (!r)
		return ENOMEM;
	r->spec = *spec;
	r->rest = AT_REST;
	if (spec->kind == RIG_QEMU)
		e = start_qemu(r, err, errsize);
	if (e)
		mem_deref(r);
	else
		*rp = r;
	return e;
}

static int join_driver(struct rig *r, char *err, size_t errsize)
{
	struct board_config cfg = {.state = driver_state, .edge = driver_edge, .trouble = driver_trouble, .arg = r};

	if (!r->spec.driver[0])
		return 0;
	(void)snprintf(cfg.address, sizeof(cfg.address), "%s", r->spec.driver);
	return board_alloc(&r->driver, &cfg, err, errsize);
}

static int wake_qemu(struct rig *r, char *err, size_t errsize)
{
	struct qemu_edge before;
	int e = r->used ? reset(r) : 0;

	while (qemu_next(&r->qemu, &before))
		;
	r->used = true;
	if (!e)
		e = fd_listen(r->qemu.qtest, FD_READ, heard, r);
	if (e)
		(void)snprintf(err, errsize, "QEMU: %s", strerror(e));
	return e;
}

/**
 * Connect; the board is as after power-on, its inputs at rest.  Ready when rig_ready(), told by the handler of states.
 *
 * @param r       Rig
 * @param h       Handlers, copied; each may be NULL
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, EALREADY, errno
 */
int rig_join(struct rig *r, const struct rig_handlers *h, char *err, size_t errsize)
{
	struct board_config cfg = {
		.state = on_state, .edge = on_edge, .trouble = on_trouble, .stats = on_stats, .arg = r,
	};
	int e = r->port ? EALREADY : 0;

	r->h = *h;
	r->rest = AT_REST;
	if (!e && r->spec.kind == RIG_QEMU)
		e = wake_qemu(r, err, errsize);
	if (e)
		return e;
	(void)snprintf(cfg.address, sizeof(cfg.address), "%s",
	               r->spec.kind == RIG_QEMU ? r->qemu.address : r->spec.address);
	e = hil_port_alloc(&r->port, &cfg, err, errsize);
	if (!e)
		e = join_driver(r, err, errsize);
	if (e)
		rig_leave(r);
	else
		tmr_start(&r->hear, HEAR_MS, look, r);
	return e;
}

/** Disconnect; the rig can be joined again. */
void rig_leave(struct rig *r)
{
	memset(&r->h, 0, sizeof(r->h));
	tmr_cancel(&r->hear);
	if (r->qemu.pid > 0)
		fd_close(r->qemu.qtest);
	r->port = mem_deref(r->port);
	r->driver = mem_deref(r->driver);
	witness_reset(&r->witness, false);
}

/** Are the board, and the second one where there is one, ready, and all inputs as they were driven? */
bool rig_ready(const struct rig *r)
{
	uint32_t levels;
	unsigned i;

	if (!r->port || board_state(hil_port_board(r->port)) != BOARD_READY)
		return false;
	if (!r->driver)
		return true;
	if (board_state(r->driver) != BOARD_READY)
		return false;
	levels = board_levels(hil_port_board(r->port));
	for (i = 0; i < GAP_INS; ++i)
		if ((levels >> hil_input_pin((enum gap_input)i) & 1) != (r->rest >> i & 1))
			return false;
	return true;
}

/** Can the rig drive the board's inputs and watch its outputs? */
bool rig_drives(const struct rig *r)
{
	return r->spec.kind == RIG_QEMU || r->spec.driver[0];
}

/** Is this output of the board seen from outside? */
bool rig_watches(const struct rig *r, unsigned pin)
{
	return watched(r, pin);
}

/** Has every edge told or seen found its counterpart?  After WITNESS_WAIT_US what has not is a trouble. */
bool rig_witnessed(const struct rig *r)
{
	return !r->witness.on || !witness_waits(&r->witness);
}

/** The core's port; NULL until rig_join(). */
struct hil_port *rig_port(struct rig *r)
{
	return r->port;
}

struct board *rig_board(struct rig *r)
{
	return r->port ? hil_port_board(r->port) : NULL;
}

/** Press the board's reset; QEMU only. @return 0, ENOTSUP, EPIPE, ETIMEDOUT */
int rig_reset(struct rig *r)
{
	const int err = r->spec.kind == RIG_QEMU ? reset(r) : ENOTSUP;

	if (!err)
		take_seen(r);
	return err;
}

/** Let the board and its time stand still, or go on; QEMU only. @return as rig_reset() */
int rig_pause(struct rig *r, bool pause)
{
	if (r->spec.kind != RIG_QEMU)
		return ENOTSUP;
	return pause ? qemu_pause(&r->qemu) : qemu_continue(&r->qemu);
}

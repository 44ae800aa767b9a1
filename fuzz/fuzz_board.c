/**
 * @file fuzz_board.c  Fuzz target: what a board says, with all its effects (HIL-01)
 *
 * The first byte says what is known of the board before.  Whatever comes then: pins and troubles told are those
 * there are, an edge leaves its level behind, and readers of marks and times stay within their room.
 */
#include <assert.h>
#include <string.h>
#include "../hil/board_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct board board;

static void on_state(enum board_state state, const char *text, void *arg)
{
	(void)arg;
	assert(state <= BOARD_REFUSED && strlen(text) < 256);
}

static void on_edge(const struct board_edge *e, void *arg)
{
	(void)arg;
	assert(e->pin < LINK_PIN_COUNT);
	assert((board_levels(&board) >> e->pin & 1) == e->level);
	assert(e->error_us >= 0);
}

static void on_trouble(enum board_trouble t, const char *text, void *arg)
{
	(void)arg;
	assert(t < BOARD_TROUBLE_COUNT && strlen(text) < 256);
}

static void on_stats(const struct link_msg *stats, void *arg)
{
	(void)arg;
	assert(stats->type == LINK_STATS);
}

/** Of a board with the tables of this program, which mutations would not find */
static void hello(void)
{
	struct link_msg m = {.type = LINK_HELLO, .t_us = 1};
	uint8_t frame[LINK_FRAME_MAX];
	size_t i, n = 0;

	m.u.hello.version = LINK_VERSION;
	m.u.hello.tables = link_tables_hash();
	m.u.hello.n = LINK_PIN_COUNT;
	assert(link_encode(frame, &n, &m) == 0);
	for (i = 0; i < n; ++i)
		board_take_byte(&board, frame[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t stall_us;
	size_t i;

	memset(&board, 0, sizeof(board));
	board.fd = -1;
	board.cfg = (struct board_config){.state = on_state, .edge = on_edge, .trouble = on_trouble, .stats = on_stats};
	board.state = BOARD_GREETING;
	board.greeted = size && data[0] & 1;
	board.armed = board.ever = size && data[0] & 2;
	if (size && data[0] & 4)
		board.state = BOARD_READY;
	if (size && data[0] & 8)
		hello();
	for (i = 1; i < size; ++i)
		board_take_byte(&board, data[i]);
	for (i = 0; i < 256; ++i)
		(void)board_has(&board, (unsigned)i);
	(void)board_stall_us(&board, &stall_us, board_upto_us(&board));
	(void)board_upto_host_us(&board);
	(void)board_idle(&board);
	return 0;
}

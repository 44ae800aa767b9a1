/**
 * @file cmd_board_say.c  What `ipgap board` prints of edges and troubles, as lines or JSON (HIL-01)
 */
#include "cmd_board.h"
#include "core/door/text.h"

/** Print what a board or a system says as the inside of a string: no control character reaches a terminal. */
void board_say_text(const char *s)
{
	char buf[1024];
	struct text t;

	text_start(&t, buf, sizeof(buf));
	text_escaped(&t, s, SIZE_MAX);
	(void)fputs(buf, stdout);
}

/** How far a stamp taken now may be off in host time [us]. */
double board_uncertainty_us(const struct board_run *r)
{
	uint64_t board;
	double error = 0;

	return timesync_to_board(board_sync(r->board), &board, &error, hil_clock_us()) ? 1e6 : error;
}

static void edge_json(const struct board_edge *e, uint64_t held_us)
{
	(void)printf("{\"kind\":\"edge\",\"pin\":\"%s\",\"level\":%u,\"board_us\":%llu,\"host_us\":%llu,"
	             "\"error_us\":%.0f", board_pin_name(e->pin), e->level, (unsigned long long)e->board_us,
	             (unsigned long long)e->host_us, e->error_us);
	if (held_us)
		(void)printf(",\"held_us\":%llu", (unsigned long long)held_us);
	(void)puts("}");
}

/** Print an edge; held_us is how long the level before it stood, 0 = not known. */
void board_say_edge(const struct board_run *r, const struct board_edge *e, uint64_t held_us)
{
	if (r->args->json) {
		edge_json(e, held_us);
		return;
	}
	(void)printf("board %12.6f s  host %14.6f s +- %.3f ms  %s%-8s %-3s%s", (double)e->board_us / 1e6,
	             (double)e->host_us / 1e6, e->error_us / 1e3, r->colour ? (e->level ? "\033[32m" : "\033[2m") : "",
	             board_pin_name(e->pin), e->level ? "on" : "off", r->colour ? "\033[0m" : "");
	if (held_us)
		(void)printf("  after %.3f ms", (double)held_us / 1e3);
	(void)putchar('\n');
}

/** Print a trouble. */
void board_say_trouble(struct board_run *r, enum board_trouble t, const char *text)
{
	const bool json = r->args->json;

	(void)printf(json ? "{\"kind\":\"trouble\",\"trouble\":\"%s\",\"text\":\"" : "trouble %s: ",
	             board_trouble_name(t));
	board_say_text(text);
	(void)puts(json ? "\"}" : "");
}

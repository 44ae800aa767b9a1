/**
 * @file board_look.c  What is known of a board, and the names of its table (HIL-01)
 */
#include <string.h>
#include <strings.h>
#include "board_priv.h"

#define PIN_NAME(name, number, dir, text) [number] = #name,
static const char *const pin_name[LINK_PIN_COUNT] = {LINK_PINS(PIN_NAME)};

#define TROUBLE_WORD(name, word, text) [BOARD_##name##_TROUBLE] = word,
static const char *const trouble_name[BOARD_TROUBLE_COUNT] = {BOARD_TROUBLES(TROUBLE_WORD)};

/** Name of a pin as in link_table.h, "?" where there is none. */
const char *board_pin_name(unsigned pin)
{
	return pin < LINK_PIN_COUNT ? pin_name[pin] : "?";
}

/** Pin of a name, in any case; -1 = there is none. */
int board_pin(const char *name)
{
	int pin;

	for (pin = 0; pin < LINK_PIN_COUNT; ++pin)
		if (!strcasecmp(name, pin_name[pin]))
			return pin;
	return -1;
}

/** Can this pin be driven by the host? */
bool board_is_output(unsigned pin)
{
	return pin < LINK_PIN_BUTTON;
}

/** One word for a trouble. */
const char *board_trouble_name(enum board_trouble t)
{
	return (unsigned)t < BOARD_TROUBLE_COUNT ? trouble_name[t] : "?";
}

enum board_state board_state(const struct board *b)
{
	return b->state;
}

/** The board's last HELLO, also while it is away; NULL until one has come. */
const struct link_msg *board_hello(const struct board *b)
{
	return b->hello.type == LINK_HELLO ? &b->hello : NULL;
}

/** Has the board this pin? */
bool board_has(const struct board *b, unsigned pin)
{
	return pin < b->hello.u.hello.n && b->hello.u.hello.map[pin] != 255;
}

/** Levels of all pins as the edges gave them, bit = pin. */
uint32_t board_levels(const struct board *b)
{
	return b->levels;
}

const struct timesync *board_sync(const struct board *b)
{
	return &b->sync;
}

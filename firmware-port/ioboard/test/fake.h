/**
 * @file fake.h  A board that is made of variables, for the tests of the firmware's logic
 *
 * Included by one test program; board.h is implemented here.
 */
#ifndef IOBOARD_FAKE_H
#define IOBOARD_FAKE_H

#include <string.h>
#include "../board.h"

static struct {
	uint64_t now_us, timer_us;
	bool level[LINK_PIN_COUNT];
	size_t room;
	uint8_t cause;
	const uint8_t *in;              /* bytes on their way to the firmware */
	size_t in_n;
	struct link_reader reader;
	struct link_msg said[512];      /* what the firmware has sent */
	unsigned said_n;
} fake;

const char board_name[LINK_BOARD_ID] = "fake";
const uint8_t board_map[LINK_PIN_COUNT] = {[LINK_PIN_DOOR_B] = BOARD_ABSENT};
const uint32_t board_tick_ns = 1000;
const uint8_t board_clock = LINK_CLOCK_CRYSTAL;

static void fake_init(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.room = SIZE_MAX;
	fake.timer_us = BOARD_NEVER;
}

void board_init(void)
{
	fake_init();
}

uint8_t board_cause(void)
{
	return fake.cause;
}

uint64_t board_now_us(void)
{
	return fake.now_us;
}

bool board_in(unsigned pin)
{
	return fake.level[pin];
}

void board_out(unsigned pin, bool level)
{
	fake.level[pin] = level;
}

void board_timer_at(uint64_t at_us)
{
	fake.timer_us = at_us;
}

size_t board_send_room(void)
{
	return fake.room;
}

void board_send(const uint8_t *data, size_t n)
{
	size_t i;

	for (i = 0; i < n; ++i) {
		if (!link_read(&fake.reader, &fake.said[fake.said_n], data[i]))
			++fake.said_n;
	}
}

bool board_receive(uint8_t *byte)
{
	if (!fake.in_n)
		return false;
	*byte = *fake.in++;
	--fake.in_n;
	return true;
}

uint32_t board_receive_lost(void)
{
	return 0;
}

void board_wait(void)
{
}

uint32_t board_lock(void)
{
	return 0;
}

void board_unlock(uint32_t was)
{
	(void)was;
}

uint32_t board_stack_free(void)
{
	return 100;
}

#endif

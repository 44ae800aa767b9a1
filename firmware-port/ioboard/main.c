/**
 * @file main.c  The firmware of the input/output board: one instance, its loop (HIL-01)
 */
#include "ioboard.h"

static struct ioboard io;

void ioboard_on_change(unsigned pin, bool level, uint64_t at_us)
{
	ioboard_change(&io, pin, level, at_us);
}

void ioboard_on_timer(void)
{
	ioboard_timer(&io);
}

void ioboard_on_tick(void)
{
	ioboard_tick(&io);
}

int main(void)
{
	const uint32_t was = board_lock();

	board_init();
	ioboard_init(&io);
	board_unlock(was);
	for (;;) {
		ioboard_step(&io);
		board_wait();
	}
}

/**
 * @file board_pair.c  Two emulated boards wired to each other, as a tested board and a second one are on a bench (HIL-01)
 *
 *     board_pair FIRMWARE_ELF      prints "board:unix:@A,driver=unix:@B", carries edges until standard input ends
 *
 * The wires are those of hil/rig.c, by the pin map of lm3s6965evb; those that QEMU shows only: port B.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../hil/link.h"
#include "../hil/qemu.h"

#define PORT_B 1

/** An output of one board, a bit of port B, and the input of the other, port * 16 + bit */
struct wire {
	unsigned bit;
	uint8_t in;
};

static const struct wire from_second[] = {
	{LINK_PIN_LIT_CALL, 0x31}, {LINK_PIN_LIT_TALK, 0x32}, {LINK_PIN_LIT_DOOR, 0x35}, {LINK_PIN_RELAY1, 0x33},
	{LINK_PIN_RELAY2, 0x34},
};
static const struct wire from_tested[] = {
	{LINK_PIN_RELAY1, 0x31}, {LINK_PIN_RELAY2, 0x32}, {LINK_PIN_LIT_CALL, 0x33}, {LINK_PIN_LIT_TALK, 0x34},
	{LINK_PIN_LIT_DOOR, 0x35},
};
#define WIRES 5

static int carry(struct qemu *from, struct qemu *to, const struct wire *wire)
{
	struct qemu_edge e;
	int i, err = qemu_hear(from);

	while (!err && qemu_next(from, &e)) {
		for (i = 0; i < WIRES && !err; ++i)
			if (wire[i].bit == e.bit)
				err = qemu_tell(to, wire[i].in, e.level);
	}
	return err;
}

static int run(struct qemu *tested, struct qemu *second)
{
	struct pollfd p[3] = {
		{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = tested->qtest, .events = POLLIN},
		{.fd = second->qtest, .events = POLLIN},
	};
	char byte;
	int err = 0;

	while (!err && poll(p, 3, -1) >= 0) {
		if (p[0].revents && read(STDIN_FILENO, &byte, 1) <= 0)
			return 0;
		if (p[1].revents)
			err = carry(tested, second, from_tested);
		if (!err && p[2].revents)
			err = carry(second, tested, from_second);
	}
	return err;
}

int main(int argc, char **argv)
{
	struct qemu tested = {.pid = 0}, second = {.pid = 0};
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: board_pair FIRMWARE_ELF\n");
		return 2;
	}
	err = qemu_start(&tested, argv[1], PORT_B);
	if (!err)
		err = qemu_start(&second, argv[1], PORT_B);
	if (!err)
		err = qemu_continue(&tested);
	if (!err)
		err = qemu_continue(&second);
	if (!err) {
		printf("board:%s,driver=%s\n", tested.address, second.address);
		fflush(stdout);
		err = run(&tested, &second);
	}
	qemu_stop(&tested);
	qemu_stop(&second);
	if (err)
		fprintf(stderr, "board_pair: %s\n", strerror(err));
	return err ? 1 : 0;
}

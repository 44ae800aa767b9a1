/**
 * @file cmd_receiver.h  Inside of `ipgap receiver`, shared by cmd_receiver*.c
 */
#ifndef RECEIVER_CMD_RECEIVER_H
#define RECEIVER_CMD_RECEIVER_H

#include <stdio.h>
#include "receiver.h"

#define CMD_RECEIVER_PORT 5070
#define CMD_RECEIVER_PATH 256

/** The command line, taken apart */
struct receiver_args {
	struct receiver_config cfg;
	unsigned count;                 /**< calls until the end, 0 = no end */
	bool json, verbose, help;
	char wav[CMD_RECEIVER_PATH];    /**< "" = sound is not kept */
};

int receiver_args_read(struct receiver_args *a, int argc, char **argv, char *err, size_t errsize);
void receiver_help(FILE *to);

/* cmd_receiver_audio.c: what is heard of each call, as a WAV file */
struct recordings;

int recordings_alloc(struct recordings **rp, const char *path);        /**< mem_deref closes all */
int recordings_begin(struct recordings *r, struct call *call, unsigned number, char *file,
		     size_t size);
void recordings_end(struct recordings *r, unsigned number);

#endif

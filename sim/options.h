/**
 * @file options.h  One option of a command line, by a table: "--name VALUE" or "--name=VALUE"
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stddef.h>

/** Each row of a table begins with it; handler, help and what else the command needs stand behind */
struct option_row {
	const char *name;               /**< "--data" */
	const char *value;              /**< what it is called; NULL = there is none, "" = "yes" if left out */
};

struct option_table {
	const void *rows;
	size_t n, size;                 /**< rows, bytes of a row */
	const char *command;            /**< "ipgap run" */
};

#define OPTION_TABLE(t, name) {(t), sizeof(t) / sizeof((t)[0]), sizeof((t)[0]), (name)}

int option_read(size_t *row, const char **value, const struct option_table *t, int argc, char **argv, int *i, char *err,
		size_t errsize);

#endif

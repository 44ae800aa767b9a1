/**
 * @file outside.h  A receiver from outside: its URI, and from where we reach it
 */
#ifndef RUNNER_OUTSIDE_H
#define RUNNER_OUTSIDE_H

#include <stddef.h>

struct sa;

int outside_uri(char *uri, size_t size, const char *text, const char **why);
int outside_loopback6(struct sa *sa);
int outside_address(struct sa *sa, const char *uri);

#endif

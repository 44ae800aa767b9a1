/**
 * @file crash_child.h  An `ipgap run` that is going to be killed: lines in, answers out
 */
#ifndef CI_CRASH_CHILD_H
#define CI_CRASH_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int in, out;
};

void child_start(struct child *c, const char *ipgap, const char *dir);
void child_kill(struct child *c);
_Noreturn void child_die(const char *what);
int64_t child_now_us(void);

#endif

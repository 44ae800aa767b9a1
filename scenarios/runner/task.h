/**
 * @file task.h  Coroutines of a scenario, and the network's SIP messages in its log
 */
#ifndef RUNNER_TASK_H
#define RUNNER_TASK_H

#include "world.h"

struct sa;

int  task_start(struct world *w);       /**< function and one argument are on w->L's stack; popped */
void task_end_all(struct world *w);
void task_where(const struct world *w, char *buf, size_t size);
void task_wake(struct world *w);        /**< something was logged */
void world_fail(struct world *w, const char *message);
void world_end(struct world *w);
int  media_clock(struct world *w);
void sniff_packet(struct world *w, const struct sa *src, const struct sa *dst, const uint8_t *data, size_t len,
		  bool lost);

#endif

/**
 * @file kept.h  Searching a door's kept events from the command line and the lines of `ipgap run` (EVT-01)
 */
#ifndef SIM_KEPT_H
#define SIM_KEPT_H

#include "../core/store/store.h"

int kept_each(struct store *st, const struct store_query *q, uint64_t last, store_event_h *h, void *arg);
int kept_time(int64_t *us, const char *text, int64_t now_us);
int kept_classes(unsigned *mask, const char *text, char *err, size_t errsize);

#endif

/**
 * @file alloc_fail.h  Runs with failing allocations (see alloc_fail.c)
 */
#ifndef CI_ALLOC_FAIL_H
#define CI_ALLOC_FAIL_H

#include <stdbool.h>
#include <stddef.h>

#define ALLOC_WRONG 24                  /**< verdict of a run: something does not work again */

/** One run; allocations fail between alloc_arm(true) and alloc_arm(false) only.  0 or ALLOC_WRONG */
typedef int (alloc_run_h)(void);

void alloc_arm(bool on);
bool alloc_fails(void);
bool alloc_failed(void);
int  alloc_wrong(const char *what);

alloc_run_h alloc_run_call, alloc_run_reach, alloc_run_settings, alloc_run_conf, alloc_run_store, alloc_run_directory;

#endif

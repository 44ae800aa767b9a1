/**
 * @file bench.h  What `make bench` measures; each function returns 0 or an errno
 */
#ifndef CI_BENCH_H
#define CI_BENCH_H

#include <stdbool.h>
#include "core/door/codec.h"

/* bench_call.c: in this process, virtual time */
int bench_call(double *ratio, bool inband, unsigned wait_ms);
int bench_idle(double *seconds);
void bench_call_close(void);

/* bench_codec.c */
int bench_codec(double *us, enum audio_codec id);

/* bench_run.c: the program from outside */
int bench_suite(double *seconds, double *scenarios, const char *ipgap, const char *keep);
int bench_start(double *start_ms, double *rss_mib, const char *ipgap);
int bench_web(double v[5], const char *ipgap);

double bench_clock_s(void);
double bench_median(double *value, unsigned n);         /**< sorts them */

#endif

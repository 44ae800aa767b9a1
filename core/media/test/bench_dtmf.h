/**
 * @file bench_dtmf.h  Figures of the in-band DTMF detector, for `make bench` (SIP-06)
 */
#ifndef MEDIA_TEST_BENCH_DTMF_H
#define MEDIA_TEST_BENCH_DTMF_H

int bench_dtmf(double *speed_ratio, unsigned *errors, unsigned *points);

#endif

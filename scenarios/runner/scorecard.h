/**
 * @file scorecard.h  Inside of the scorecard: its fixed texts
 */
#ifndef RUNNER_SCORECARD_H
#define RUNNER_SCORECARD_H

extern const char scorecard_style[];

#endif

/**
 * @file rigs.h  The boards of this process: a scenario's doors take them, and give them back
 */
#ifndef RUNNER_RIGS_H
#define RUNNER_RIGS_H

#include "../../hil/rig.h"

#define RIGS_MAX 8                      /**< doors of one scenario on emulated boards */

int  rigs_prepare(const struct rig_spec *spec, char *err, size_t errsize);
int  rigs_take(struct rig **rp, const struct rig_spec *spec, char *err, size_t errsize);
void rigs_back(struct rig *r);
void rigs_close(void);

#endif

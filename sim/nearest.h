/**
 * @file nearest.h  The word a person most likely meant
 */
#ifndef SIM_NEAREST_H
#define SIM_NEAREST_H

typedef const char *(nearest_h)(unsigned i, const void *arg);

const char *nearest_of(const char *word, nearest_h *at, const void *arg);
const char *nearest_word(const char *word, const char *(*at)(unsigned i));

#endif

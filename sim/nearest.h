/**
 * @file nearest.h  The word a person most likely meant
 */
#ifndef SIM_NEAREST_H
#define SIM_NEAREST_H

const char *nearest_word(const char *word, const char *(*at)(unsigned i));

#endif

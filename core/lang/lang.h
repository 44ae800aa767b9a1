/**
 * @file lang.h  Texts in the door's five languages (WEB-01, WEB-04)
 *
 * The texts stand in the text files of this room; a kind and a name find one, e.g. ("word", "strike").  Settings have a label and a
 * help; # in their names stands for a number of the key, {1} and {2} in their texts for what it is.
 *
 * Plain C11, no allocation.
 */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "../door/notice.h"
#include "../door/settings.h"

#define LANG_LABEL 128                  /**< longest label of a setting, with its end */
#define LANG_HELP 768                   /**< longest help, with its end */
#define LANG_TOLD 1280                  /**< the same with labels in the place of keys */

struct lang_row {
	const char *kind, *name;
	const char *text[LANGUAGES];
	const char *help[LANGUAGES];    /**< NULL = none */
};

/** Sorted by kind, then name; made by ci/lang.sh */
extern const struct lang_row lang_rows[];
extern const size_t lang_rows_n;

const char *lang_name(enum language l);
int lang_find(const char *name);
const struct lang_row *lang_row(const char *kind, const char *name);
const char *lang_text(enum language l, const char *kind, const char *name);
bool lang_setting(enum language l, const char *key, char label[LANG_LABEL], char help[LANG_HELP]);
void lang_by_labels(enum language l, const char *text, char *buf, size_t size);
const struct teller *lang_teller(enum language l);

#endif

/**
 * @file cmd_lang.h  What commands say in the door's five languages (WEB-01)
 */
#ifndef SIM_CMD_LANG_H
#define SIM_CMD_LANG_H

#include <stddef.h>
#include "../core/lang/lang.h"

#define CLI_LANGUAGE "fr, en, de, es or pt"    /**< what option_read() calls the value of --lang */

int cli_language(enum language *l, const char *name, char *err, size_t errsize);
const char *cli_text(enum language l, const char *id);
int cli_columns(const char *s);
void cli_put(const char *s, int width);

#endif

/**
 * @file cmd_lang.c  What commands say in the door's five languages (see cmd_lang.h; WEB-01)
 */
#include <errno.h>
#include <stdio.h>
#include "cmd_lang.h"

/**
 * Read the value of --lang.
 *
 * @param l       Written on success
 * @param name    Value
 * @param err     Written on failure
 * @param errsize Its size
 *
 * @return 0, EINVAL
 */
int cli_language(enum language *l, const char *name, char *err, size_t errsize)
{
	const int found = lang_find(name);

	if (found < 0) {
		(void)snprintf(err, errsize, "--lang \"%.40s\": there are no texts in that language; there are fr, en, de, es, pt",
			       name);
		return EINVAL;
	}
	*l = (enum language)found;

	return 0;
}

/** Text [cli ID] of core/lang, the id itself where there is none */
const char *cli_text(enum language l, const char *id)
{
	const char *s = lang_text(l, "cli", id);

	return s ? s : id;
}

/** Columns that a text takes: its UTF-8 characters */
int cli_columns(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;

	return n;
}

/** Print a text, blanks up to a width, and one blank; width 0: the text only */
void cli_put(const char *s, int width)
{
	const int pad = width - cli_columns(s);

	printf("%s%*s", s, width ? (pad > 0 ? pad : 0) + 1 : 0, "");
}

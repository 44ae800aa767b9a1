/**
 * @file draft.h  Settings that were validated but not applied (WEB-04)
 *
 * A draft is kept beside the settings and never in force.  It knows which settings it has, and holds all of them as they
 * would be, so that they can be checked together.
 */
#ifndef STORE_DRAFT_H
#define STORE_DRAFT_H

#include <re.h>
#include "../door/notice.h"
#include "../door/settings.h"

#define DRAFT_BY 33                     /**< who made it, with its end */

struct draft {
	struct settings s;              /**< all, as they would be */
	char by[DRAFT_BY];              /**< who changed it last */
	bool has[];                     /**< by row of the table: is it of the draft? */
};

int  draft_alloc(struct draft **dp, const struct draft *like, const struct settings *now);
int  draft_set(struct draft *d, const struct settings *now, const char *key, const char *text, struct notice *why);
void draft_rebase(struct draft *d, const struct settings *now);
unsigned draft_count(const struct draft *d);
bool draft_has(const struct draft *d, const struct setting *row);

#endif

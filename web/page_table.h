/**
 * @file page_table.h  The one table of the door's pages and the settings on them (WEB-03, WEB-05)
 */
#ifndef WEB_PAGE_TABLE_H
#define WEB_PAGE_TABLE_H

#include "core/door/settings.h"
#include "web/ui.h"

enum page_section { PAGE_BASIC, PAGE_ADVANCED };

#define PAGE_GROUPS 6

struct page {
	const char *id;                 /**< title and help are texts of this name */
	enum page_section section;
	enum ui_role role;              /**< least one that sees and changes it */
	bool sip;                       /**< its settings are of conf_sip, else of conf_user (WEB-07) */
	struct page_group {
		const char *id;         /**< "" = without a title */
		const char *keys;       /**< patterns, in this order, separated by blanks; * is any text */
	} group[PAGE_GROUPS];           /**< id NULL = no more */
};

extern const struct page page_table[];
extern const size_t page_count;

const struct page *page_of(const char *key);
bool page_lists(const char *keys, const char *key);

#endif

/**
 * @file directory.h  A directory of contacts that somebody else keeps (SRV-01, manual §3.3.18)
 *
 * Who asks a server (ldap.h), or has a table instead (scenarios), hands over its entries as they come, none of them
 * trusted, and directory_add() makes contacts of those that are.  What is complete becomes a book like the door's own,
 * in an order of its own: by name.
 */
#ifndef DIRECTORY_DIRECTORY_H
#define DIRECTORY_DIRECTORY_H

#include "../store/book.h"

#define DIRECTORY_CONTACTS 5000         /**< so many are kept, no more */
#define DIRECTORY_CAUSE 192             /**< room for why it could not be read */

/** What is collected, in malloc's memory: a thread may do it (libre's counts references without a lock) */
struct directory_list {
	struct book_contact *contact;
	unsigned n, room;
	unsigned left_out;              /**< values that are no contact */
	bool full;                      /**< there are more than DIRECTORY_CONTACTS */
};

int  directory_add(struct directory_list *l, const char *name, size_t name_n, const char *number, size_t number_n);
void directory_sort(struct directory_list *l);
void directory_end(struct directory_list *l);
int  directory_book(struct book **bp, const struct directory_list *l);
unsigned directory_find(const struct book *b, const char *words, unsigned after);

/** One reading */
struct directory_result {
	int err;                        /**< 0, or why there is no list */
	char cause[DIRECTORY_CAUSE];    /**< the same for a person, where err is set */
	struct directory_list list;     /**< the callee's until it returns */
};

typedef void (directory_h)(struct directory_result *r, void *arg);

/** Where a directory comes from.  read() returns at once, and calls the handler in the loop, once, later. */
struct directory_ops {
	/** *job: mem_deref = nobody wants to know any more; 0, or errno */
	int (*read)(void **job, void *ctx, const struct ldap_settings *how, directory_h *done, void *arg);
};

#endif

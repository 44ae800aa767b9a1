/**
 * @file alloc_directory.c  Out of memory while a directory is read (SRV-01)
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "alloc_fail.h"
#include "core/directory/directory.h"

#define ENTRIES 300

static int collect(struct directory_list *l)
{
	char number[16];
	unsigned i;
	int e = 0;

	for (i = 0; i < ENTRIES && !e; i++) {
		(void)snprintf(number, sizeof(number), "%u", 1000 + i);
		e = directory_add(l, "Anna", 4, number, strlen(number));
	}

	return e;
}

/** The whole directory becomes a book, or ENOMEM says that it does not; what was collected until then is whole */
int alloc_run_directory(void)
{
	struct directory_list l = {0};
	struct book *b = NULL;
	unsigned before;
	int e, status = 0;

	alloc_arm(true);
	e = collect(&l);
	before = l.n;
	directory_sort(&l);
	e = e ? e : directory_book(&b, &l);
	alloc_arm(false);
	if (e && e != ENOMEM)
		status = alloc_wrong("a good entry is refused");
	else if (l.n != before || l.left_out || (!e && book_count(b) != ENTRIES) || (e && b))
		status = alloc_wrong("contacts are lost");
	mem_deref(b);
	directory_end(&l);

	return status;
}

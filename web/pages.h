/**
 * @file pages.h  The door's pages: files of web/pages, in the program or from a directory (WEB-01)
 */
#ifndef WEB_PAGES_H
#define WEB_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include "web/http.h"

#define PAGES_FILE_MAX (1024 * 1024)    /**< of a file of a directory */

/** A file of the program; the table is made by ci/pages.sh */
struct page_file {
	const char *name;
	const uint8_t *gzip;
	size_t size;                    /**< as gzip made it */
	size_t plain;                   /**< as it is */
	const char *tag;                /**< ETag, in quotes */
};
extern const struct page_file page_files[];
extern const size_t page_files_count;

struct mbuf *pages_plain(const char *dir, const char *name);
void pages_serve(const char *dir, const struct web_request *req, struct web_reply *rep);
bool pages_takes_gzip(const struct web_request *req);
void pages_compress(const struct web_request *req, struct web_reply *rep, struct mbuf **kept);

#endif

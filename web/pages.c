/**
 * @file pages.c  The door's pages: files of web/pages, in the program or from a directory (see pages.h; WEB-01)
 *
 * A name is of a-z 0-9 . _ -, and there are no directories: no path leads anywhere else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "web/api.h"
#include "web/gzip.h"
#include "web/pages.h"

#define NAME_MAX_LEN 64
#define COMPRESS_FROM 1024              /* bytes: less does not pay */

static const struct { const char *end, *type; } types[] = {
	{".html", "text/html; charset=utf-8"},
	{".css", "text/css; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".ico", "image/x-icon"},
	{".json", "application/json"},
	{".txt", "text/plain; charset=utf-8"},
	{".webmanifest", "application/manifest+json"},
};

static const char *type_of(const char *name)
{
	const size_t n = strlen(name);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const size_t m = strlen(types[i].end);

		if (n > m && !strcmp(name + n - m, types[i].end))
			return types[i].type;
	}

	return NULL;
}

/* NULL where it is no name of a file */
static const char *name_of(const char *path)
{
	const char *name = path + 1;

	if (*path != '/' || !*name || *name == '.' || strlen(name) > NAME_MAX_LEN ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(name))
		return NULL;

	return type_of(name) ? name : NULL;
}

/** Does the client take gzip?  One that weighs codings (q=) gets it unless its weight is 0 */
bool pages_takes_gzip(const struct web_request *req)
{
	const char *p = req->header(req, "Accept-Encoding"), *q;

	for (p = p ? p : ""; *p; p += strcspn(p, ","), p += strspn(p, ", ")) {
		if (strncasecmp(p, "gzip", 4) || !strchr(" ;,", p[4]))
			continue;
		q = strstr(p, "q=");
		return !q || q > p + strcspn(p, ",") || strtod(q + 2, NULL) > 0;
	}

	return false;
}

/* --- in the program --- */

/* NULL = no memory */
static struct mbuf *inflated(const struct page_file *f)
{
	struct mbuf *mb = mbuf_alloc(f->plain + 1);

	if (mb && !gzip_unpack(mb->buf, mb->size, &mb->end, f->gzip, f->size))
		mb = mem_deref(mb);

	return mb;
}

static struct mbuf *packed(const struct page_file *f)
{
	struct mbuf *mb = mbuf_alloc(f->size);

	if (mb && mbuf_write_mem(mb, f->gzip, f->size))
		mb = mem_deref(mb);

	return mb;
}

static void built_in(const struct page_file *f, const struct web_request *req, struct web_reply *rep)
{
	const char *known = req->header(req, "If-None-Match");
	const bool gzip = pages_takes_gzip(req);

	web_reply_header(rep, "Cache-Control", "no-cache");     /* asked for again, and not sent again: ETag */
	web_reply_header(rep, "ETag", "%s", f->tag);
	web_reply_header(rep, "Vary", "Accept-Encoding");
	rep->status = known && strstr(known, f->tag) ? 304 : 200;
	if (rep->status == 304)
		return;
	rep->type = type_of(f->name);
	rep->body = gzip ? packed(f) : inflated(f);
	if (gzip)
		web_reply_header(rep, "Content-Encoding", "gzip");
	if (!rep->body)
		api_say(rep, 503, "out of memory");
}

static const struct page_file *find(const char *name)
{
	size_t i;

	for (i = 0; i < page_files_count; i++)
		if (!strcmp(page_files[i].name, name))
			return &page_files[i];

	return NULL;
}

/* --- from a directory --- */

static struct mbuf *read_file(const char *dir, const char *name)
{
	struct mbuf *mb;
	char path[1024];
	uint8_t piece[4096];
	size_t n;
	FILE *f;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path))
		return NULL;
	f = fopen(path, "rb");
	if (!f)
		return NULL;
	mb = mbuf_alloc(sizeof(piece));
	while (mb && mb->end < PAGES_FILE_MAX && (n = fread(piece, 1, sizeof(piece), f)))
		if (mbuf_write_mem(mb, piece, n))
			break;
	(void)fclose(f);

	return mb;
}

static bool from_file(const char *dir, const char *name, struct web_reply *rep)
{
	rep->body = read_file(dir, name);
	if (!rep->body)
		return false;
	rep->status = 200;
	rep->type = type_of(name);
	web_reply_header(rep, "Cache-Control", "no-store");

	return true;
}

/* --- all --- */

/**
 * A file as it is, not as gzip made it.
 *
 * @param dir  Directory to read from, NULL = those of the program
 * @param name One of ours, e.g. "index.html"
 *
 * @return Its bytes, the caller's; NULL = there is none, or no memory
 */
struct mbuf *pages_plain(const char *dir, const char *name)
{
	const struct page_file *f = dir ? NULL : find(name);

	return dir ? read_file(dir, name) : f ? inflated(f) : NULL;
}

/**
 * Serve a file.
 *
 * @param dir Directory to read from, NULL = those of the program
 * @param req Request
 * @param rep Zeroed; filled
 */
void pages_serve(const char *dir, const struct web_request *req, struct web_reply *rep)
{
	const char *name = name_of(req->path);
	const struct page_file *f = name && !dir ? find(name) : NULL;

	if (strcmp(req->method, "GET")) {
		web_reply_header(rep, "Allow", "GET, HEAD");
		api_say(rep, 405, "a page takes GET or HEAD");
	}
	else if (f)
		built_in(f, req, rep);
	else if (!name || !dir || !from_file(dir, name, rep))
		api_say(rep, 404, "there is no such page");
}

static bool encoded(const struct web_reply *rep)
{
	unsigned i;

	for (i = 0; i < rep->headers; i++)
		if (!strcasecmp(rep->header[i].name, "Content-Encoding"))
			return true;

	return false;
}

/* NULL = it would be no shorter, or no memory */
static struct mbuf *shorter(const struct mbuf *body)
{
	struct mbuf *mb = mbuf_alloc(body->end);
	size_t n = body->end;

	if (mb && gzip_pack(mb->buf, &n, body->buf, body->end))
		mb->end = n;
	else
		mb = mem_deref(mb);

	return mb;
}

/**
 * Make a long body shorter, where its client takes gzip and nobody did before.
 *
 * @param req  Request
 * @param rep  Its reply
 * @param kept Where the short form of a body that is the same each time is kept, NULL = it is another one each time
 */
void pages_compress(const struct web_request *req, struct web_reply *rep, struct mbuf **kept)
{
	struct mbuf *mb;

	if (!rep->body || rep->body->end < COMPRESS_FROM || !pages_takes_gzip(req) || rep->headers == WEB_HEADERS || encoded(rep))
		return;
	mb = kept && *kept ? mem_ref(*kept) : shorter(rep->body);
	if (!mb)
		return;
	if (kept && !*kept)
		*kept = mem_ref(mb);
	mem_deref(rep->body);
	rep->body = mb;
	web_reply_header(rep, "Content-Encoding", "gzip");
}

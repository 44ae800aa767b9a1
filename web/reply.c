/**
 * @file reply.c  Filling a reply (see http.h)
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "web/http.h"

/**
 * Add a header.
 *
 * @param rep  Reply
 * @param name Static
 * @param fmt  Its value, as for printf(); what came from outside may not be in it
 */
void web_reply_header(struct web_reply *rep, const char *name, const char *fmt, ...)
{
	va_list ap;

	if (rep->headers == WEB_HEADERS)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(rep->header[rep->headers].value, sizeof(rep->header[0].value), fmt, ap);
	va_end(ap);
	rep->header[rep->headers++].name = name;
}

/** Free what a reply has */
void web_reply_end(struct web_reply *rep)
{
	rep->body = mem_deref(rep->body);
	rep->feed = mem_deref(rep->feed);
	rep->later = mem_deref(rep->later);
}

/** There is more to read; nothing happens where nobody carries it (any more) */
void web_feed_wake(struct web_feed *feed)
{
	if (feed->wake)
		feed->wake(feed);
}

/** The reply can be made; nothing happens where nobody waits for it (any more) */
void web_later_ready(struct web_later *later)
{
	if (later->ready)
		later->ready(later);
}

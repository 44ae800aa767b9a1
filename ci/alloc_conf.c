/**
 * @file alloc_conf.c  Out of memory in the files of settings (WEB-07)
 */
#include <errno.h>
#include "alloc_fail.h"
#include "web/conf.h"

static void wrong(unsigned line, const struct notice *why, void *arg)
{
	(void)line;
	(void)why;
	*(unsigned *)arg += 1;
}

/** A sealed file is written, read and opened, or ENOMEM says that it is not; no file is told to be wrong */
int alloc_run_conf(void)
{
	static const struct conf_key key = {.salt = {1}, .key = {2}};
	struct mbuf *mb;
	struct conf *c = NULL;
	struct settings s;
	unsigned wrongs = 0;
	size_t n = 0;
	int e, status = 0;

	settings_default(&s);
	alloc_arm(true);
	mb = mbuf_alloc(16);
	e = mb ? conf_write(mb, CONF_SIP, &s, &key) : ENOMEM;
	e = e ? e : conf_read(&c, CONF_SIP, (const char *)mb->buf, mb->end, wrong, &wrongs);
	e = e ? e : conf_open(c, &key, wrong, &wrongs);
	alloc_arm(false);
	if (wrongs || (e && e != ENOMEM))
		status = alloc_wrong("a good file is told to be wrong");
	else if (!e)
		(void)conf_values(c, &n);
	if (!e && !n)
		status = alloc_wrong("values are lost");
	mem_deref(c);
	mem_deref(mb);

	return status;
}

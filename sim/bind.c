/**
 * @file bind.c  The address of a command's --bind option (SIP-01)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <re.h>
#include "bind.h"

#define HOST_MAX 64

static int complain(char *err, size_t size, const char *text)
{
	(void)snprintf(err, size, "'%.*s' is no address to bind: right would be 127.0.0.1, "
		       "192.168.0.20:5060, [fd77::1]:5060 or a port alone", HOST_MAX, text);

	return EINVAL;
}

/** A port, "0" to "65535": digits alone */
static bool read_port(uint16_t *port, const char *text)
{
	const size_t n = strspn(text, "0123456789");
	unsigned long v;

	if (!n || n > 5 || text[n])
		return false;

	v = strtoul(text, NULL, 10);
	if (v > 65535)
		return false;
	*port = (uint16_t)v;

	return true;
}

/** Where the host ends and its port begins; port NULL = none given */
static bool split(char host[HOST_MAX], const char **port, const char *text)
{
	const bool bracket = text[0] == '[';
	const char *start = text + bracket, *end = strchr(start, bracket ? ']' : ':');

	if (bracket && !end)
		return false;
	if (!bracket && end && strchr(end + 1, ':'))
		end = NULL;     /* bare IPv6 address */
	*port = end ? end + bracket : NULL;
	if (!end)
		end = start + strlen(start);
	if ((size_t)(end - start) >= HOST_MAX || (*port && **port && **port != ':'))
		return false;

	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	if (*port)
		*port = **port ? *port + 1 : NULL;

	return true;
}

/**
 * Read the address of a --bind option.
 *
 * @param sa           Result, written only on success
 * @param text         "ADDR", "ADDR:PORT", "[ADDR6]:PORT", "ADDR6", ":PORT" or "PORT"
 * @param default_port Port where none is given
 * @param err          Receives a sentence for a person on failure
 * @param errsize      Size of err [bytes]
 *
 * @return 0, EINVAL
 *
 * Addresses alone: a name would need a resolver before there is a network.  Without one: 127.0.0.1.
 */
int bind_parse(struct sa *sa, const char *text, uint16_t default_port, char *err, size_t errsize)
{
	char host[HOST_MAX] = "127.0.0.1";
	uint16_t port = default_port;
	const char *port_text = NULL;
	struct sa addr;

	if (!sa || !text || !*text)
		return complain(err, errsize, text ? text : "");
	if (!read_port(&port, text)) {
		if (!split(host, &port_text, text) || (port_text && !read_port(&port, port_text)))
			return complain(err, errsize, text);
		if (!host[0])
			(void)snprintf(host, sizeof(host), "127.0.0.1");
	}
	if (sa_set_str(&addr, host, port))
		return complain(err, errsize, text);
	*sa = addr;

	return 0;
}

/**
 * @file fuzz_message.c  Fuzz target: the body of an alarm's MESSAGE, and a From (SUP-02, SUP-10)
 *
 * Input: any bytes, read as a body, and up to the first zero as a URI.  What is taken for an alarm
 * has all it needs, and written by the manual's form it reads the same; identity and reason of a
 * From are pieces of it.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../receiver/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void assert_same_again(const struct message *m)
{
	struct message again;
	char body[64];

	(void)snprintf(body, sizeof(body), "identity=%s ;product=%u ;alerte=%02u", m->identity,
		       m->product, m->alerte);
	assert(message_parse(&again, body, strlen(body)) == 0);
	assert(!strcmp(again.identity, m->identity));
	assert(again.product == m->product && again.alerte == m->alerte);
}

static void assert_body(const uint8_t *data, size_t size)
{
	struct message m;
	size_t n;

	memset(&m, 0x5a, sizeof(m));
	if (message_parse(&m, (const char *)data, size)) {
		assert(m.product == 0x5a5a5a5au);       /* written on success only */
		return;
	}
	n = strlen(m.identity);
	assert(n >= 1 && n <= 9 && strspn(m.identity, "0123456789") == n);
	assert(m.product <= 999 && m.alerte <= 999);
	assert_same_again(&m);
}

static void assert_from(const uint8_t *data, size_t size)
{
	char *uri = malloc(size + 1);
	struct message_from f;

	assert(uri);
	memcpy(uri, data, size);
	uri[size] = '\0';
	message_from(&f, uri);
	assert(strstr(uri, f.identity) && strstr(uri, f.reason));
	assert(!strchr(f.identity, '_') && !strchr(f.identity, '@') && !strchr(f.reason, '@'));
	free(uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	assert_body(data, size);
	assert_from(data, size);

	return 0;
}

/**
 * @file base64.h  Base64 in both alphabets (RFC 4648 §4 and §5; API-40)
 */
#ifndef WEB_BASE64_H
#define WEB_BASE64_H

#include <stddef.h>
#include <stdint.h>

int web_base64(uint8_t *out, size_t *n, const char *text, size_t size);

#endif

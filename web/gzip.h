/**
 * @file gzip.h  gzip of bytes in memory (RFC 1952)
 */
#ifndef WEB_GZIP_H
#define WEB_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool gzip_pack(uint8_t *to, size_t *n, const uint8_t *from, size_t size);
bool gzip_unpack(uint8_t *to, size_t room, size_t *n, const uint8_t *from, size_t size);

#endif

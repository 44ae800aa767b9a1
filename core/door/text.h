/**
 * @file text.h  Text into a buffer of fixed size, never past its end
 *
 * What the door needs of printf, without it: firmware has no room for one, and none of these can
 * overflow or cut a UTF-8 character in two.  Plain C11, no allocation.
 */
#ifndef DOOR_TEXT_H
#define DOOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A text under construction; buf always ends with a zero where size > 0 */
struct text {
	char *buf;
	size_t size;                    /**< of buf, with the zero */
	size_t n;                       /**< length so far */
	bool cut;                       /**< something did not fit; nothing is added any more */
};

void text_start(struct text *t, char *buf, size_t size);
void text_str(struct text *t, const char *s);
void text_mem(struct text *t, const char *s, size_t n);
void text_char(struct text *t, char c);
void text_uint(struct text *t, uint64_t v, unsigned width);
void text_int(struct text *t, int64_t v);
void text_escaped(struct text *t, const char *s, size_t limit);
uint8_t text_small(uint8_t before, uint8_t c);
size_t text_utf8(const char *s, size_t n);
bool text_same(const char *a, const char *b);

#endif

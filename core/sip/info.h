/**
 * @file info.h  Body of SIP INFO that carries a DTMF digit (SIP-06)
 */
#ifndef SIP_INFO_H
#define SIP_INFO_H

#include <stdbool.h>
#include <stddef.h>

struct sipsess;

#define INFO_BODY 40            /**< room for info_write() */

int info_read(char *digit, unsigned *duration_ms, bool relay, const char *body, size_t n);
int info_write(char body[INFO_BODY], char digit, unsigned duration_ms);
void info_send(struct sipsess *sess, char digit, unsigned duration_ms);        /**< call_info.c */

#endif

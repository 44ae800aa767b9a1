/**
 * @file settings_priv.h  What the files of the settings table share
 */
#ifndef DOOR_SETTINGS_PRIV_H
#define DOOR_SETTINGS_PRIV_H

#include "settings.h"
#include "text.h"

/* Why a value was refused; what goes into the message beside the accepted range */
struct refusal {
	int err;
	enum notice_id why;            /* MSG_NONE: the accepted range says it all */
};

int settings_parse(const struct setting *row, void *field, const char *text, struct refusal *r);
int settings_parse_uri(char uri[SETTINGS_URI], const char *text, size_t n, bool contact,
		       enum notice_id *why);
bool settings_host_ok(const char *s, size_t n);
bool settings_address_ok(const char *s);
bool settings_user_ok(const char *s, size_t n);

#endif

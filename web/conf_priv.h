/**
 * @file conf_priv.h  What the files of settings share
 */
#ifndef WEB_CONF_PRIV_H
#define WEB_CONF_PRIV_H

#include "web/conf.h"

/** A file that was read; its values and their lines by row of the settings table */
struct conf {
	enum conf_kind kind;
	bool begun, format, model, ended;
	bool stopped;                   /* what follows cannot be understood: it is not read */
	unsigned wrongs;
	char *text, *secrets;           /* what the values point into */
	size_t text_n, secrets_n;
	char *sealed;                   /* base64, NULL = none */
	unsigned sealed_line;
	bool salted;
	uint8_t salt[HASHER_SALT];
	size_t n;
	struct gap_value *value;
	unsigned *line;                 /* 0 = it is not there */
};

/* One reading of lines */
struct conf_reading {
	struct conf *c;
	bool secrets;                   /* the lines that were sealed */
	unsigned line;
	conf_wrong_h *wrong;
	void *arg;
};

int conf_print_base64(struct re_printf *pf, const struct mbuf *mb);

#endif

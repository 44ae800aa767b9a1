/**
 * @file conf.h  The files conf_user and conf_sip: settings of a door to keep, and to give to another (WEB-07)
 *
 *     conf = conf_user        which one; nothing but remarks (#) may stand before it
 *     format = 1              of this file
 *     model = 01              of the door: others do not read it
 *     version = 0.1           of its program; nobody asks
 *     salt = 9f..             only where secrets are sealed
 *
 *     relay1.hold_s = 5       all that the pages of this file have (page_table.h), secrets left out
 *     sealed = Zm9v..         the lines of the secrets, sealed by the key of a passphrase (seal.h)
 *     end = conf_user         what does not end so is cut
 *
 * A file is read wholly before anything changes.
 */
#ifndef WEB_CONF_H
#define WEB_CONF_H

#include "core/gap.h"
#include "web/hasher.h"
#include "web/seal.h"

#define CONF_FORMAT 1
#define CONF_BYTES (256 * 1024)         /**< longest file */
#define CONF_LINE 4096                  /**< longest line [bytes], without its end */
#define CONF_WRONGS 50                  /**< so many are told of a file */

enum conf_kind { CONF_USER, CONF_SIP, CONF_KINDS };

/** How secrets are sealed */
struct conf_key {
	uint8_t salt[HASHER_SALT];
	uint8_t key[SEAL_KEY];
};

struct conf;

/** What is wrong in a line */
typedef void (conf_wrong_h)(unsigned line, const struct notice *why, void *arg);

const char *conf_name(enum conf_kind kind);
int  conf_find(const char *text, size_t n);
bool conf_has(enum conf_kind kind, const struct setting *row);
bool conf_key_set(struct conf_key *k, const char *hex);
int  conf_write(struct mbuf *mb, enum conf_kind kind, const struct settings *s, const struct conf_key *key);

int  conf_read(struct conf **cp, enum conf_kind kind, const char *text, size_t n, conf_wrong_h *wrong, void *arg);
bool conf_sealed(const struct conf *c, uint8_t salt[HASHER_SALT]);
int  conf_open(struct conf *c, const struct conf_key *key, conf_wrong_h *wrong, void *arg);
void conf_no_passphrase(const struct conf *c, conf_wrong_h *wrong, void *arg);
const struct gap_value *conf_values(const struct conf *c, size_t *n);
unsigned conf_line(const struct conf *c, const char *key);

#endif

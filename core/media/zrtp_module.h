/**
 * @file zrtp_module.h  What a module that speaks ZRTP gives us, and asks of us (SIP-09, RFC 6189)
 *
 * The only thing that this program and such a module share.  A module is a shared object with one function,
 * named by ZRTP_MODULE_ENTRY; it keeps to one thread.  Times are milliseconds of the door's clock.
 */
#ifndef MEDIA_ZRTP_MODULE_H
#define MEDIA_ZRTP_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZRTP_MODULE_VERSION 1
#define ZRTP_MODULE_ENTRY "ipgap_zrtp_module"
#define ZRTP_HASH_MAX 80                /**< "1.10 " and 64 hexadecimal digits */
#define ZRTP_SALT 14

struct zrtp_session;

/** Key of one direction, valid during the call only */
struct zrtp_key {
	const uint8_t *key;
	const uint8_t *salt;            /**< ZRTP_SALT bytes */
	unsigned key_bytes;             /**< 16 or 32 */
	unsigned tag_bits;              /**< 80 or 32 */
};

/** What a session tells, from inside of start, step and receive */
struct zrtp_host {
	void (*send)(const uint8_t *packet, size_t n, void *arg);
	void (*key)(bool tx, const struct zrtp_key *key, void *arg);
	void (*secure)(const char *sas, void *arg);     /**< both keys were given, both sides have proved theirs */
};

struct zrtp_module {
	unsigned version;
	int  (*open)(struct zrtp_session **sp, uint32_t ssrc, const struct zrtp_host *host, void *arg); /**< 0, errno */
	int  (*hash)(struct zrtp_session *s, char buf[ZRTP_HASH_MAX]);  /**< value of our a=zrtp-hash */
	int  (*peer_hash)(struct zrtp_session *s, const char *value);   /**< of theirs; EACCES it is not their Hello's */
	int  (*start)(struct zrtp_session *s);
	int  (*step)(struct zrtp_session *s, uint64_t now_ms);
	int  (*receive)(struct zrtp_session *s, uint8_t *packet, size_t n); /**< EACCES: not what SDP promised */
	void (*close)(struct zrtp_session *s);
};

/** `random` fills a buffer; it stands for the module's own source */
typedef const struct zrtp_module *(zrtp_module_h)(void (*random)(uint8_t *buf, size_t n));

#endif

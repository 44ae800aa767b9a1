/**
 * @file account.h  One account at a PBX: registration, presence, identity of its calls
 *
 * Requirements: SIP-03, SIP-10, SUP-03; REL-05 and SUP-12 are told by its news.
 */
#ifndef SIP_ACCOUNT_H
#define SIP_ACCOUNT_H

#include "ua.h"

struct account;

/** News of an account; text is borrowed */
struct account_news {
	bool presence;                  /**< about PUBLISH; else about the registration */
	bool ok;
	uint16_t scode;                 /**< 0 = no answer */
	const char *cause;              /**< "OK", "Forbidden", "Connection timed out" ... */
};
typedef void (account_h)(const struct account_news *news, void *arg);

int  account_alloc(struct account **ap, struct ua *ua, const struct account_settings *conf,
		   account_h *h, void *arg);
void account_close(struct account *a, bool force);
void account_retry(struct account *a);
bool account_registered(const struct account *a);
bool account_same(const struct account *a, const struct account_settings *conf);
const struct ua_identity *account_identity(const struct account *a);

#endif

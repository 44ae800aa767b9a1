/**
 * @file contact.h  Whom a contact of a list means: URI, account, DTMF protocol (CON-01, SUP-03, SUP-25)
 *
 * Plain C11, no allocation.
 */
#ifndef DOOR_CONTACT_H
#define DOOR_CONTACT_H

#include "settings.h"

/** Parameters of this project, behind the contact; they are taken off before it is called */
struct contact_params {
	int account;                    /**< 1..3, 0 = not said */
	bool p2p;                       /**< rescue contact: never by an account */
	int dtmf;                       /**< enum dtmf_protocol, -1 = not said */
};

/** A contact ready to be called */
struct contact {
	char uri[SETTINGS_URI];         /**< "sip:..." */
	unsigned account;               /**< 1..3 whose identity is From, 0 = P2P (SUP-02) */
	int dtmf;                       /**< enum dtmf_protocol */
};

size_t contact_params(struct contact_params *p, const char *s, size_t n, enum notice_id *why);
int contact_write(char text[SETTINGS_URI], const char *s, size_t n, const char **why);
bool contact_is_number(const char *s, size_t n);
unsigned contact_account(const struct settings *s, const struct contact_params *p);
int contact_resolve(struct contact *c, const struct settings *s, const char *text);

#endif

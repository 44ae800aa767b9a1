/**
 * @file phone.h  The door's telephone: struct door_phone_ops on libre
 *
 * Gives the door's call numbers to calls, turns what happens to a call into struct door_in, and joins
 * the call's sound to the port.
 */
#ifndef SIP_PHONE_H
#define SIP_PHONE_H

#include "../door/door.h"
#include "ua.h"

struct phone;

typedef int (phone_tell_h)(const struct door_in *in, void *arg);
typedef uint32_t (phone_number_h)(void *arg);

/** News that change no state of the door: EV_MESSAGE_IN, EV_MESSAGE_RESULT, EV_SIP_REFUSED, EV_MEDIA,
 *  EV_MEDIA_STATS, EV_MEDIA_QUALITY, EV_MEDIA_ENCRYPTION, EV_MEDIA_SAS, EV_MEDIA_DROPPED, EV_NAT, EV_NAT_FAULT,
 *  EV_ICE, EV_REGISTRATION, EV_PRESENCE, EV_TRANSPORT, EV_ANNOUNCE, EV_ANNOUNCE_END; texts and numbers in the order
 *  of the event's fields, borrowed */
struct phone_news {
	enum event_id id;
	const char *text[2];
	uint64_t num[EVENT_FIELDS];
};
typedef void (phone_news_h)(const struct phone_news *news, void *arg);

/** What the telephone needs of its door */
struct phone_config {
	struct ua_config ua;
	const struct gap_port_ops *port;        /**< sound */
	void *port_ctx;
	phone_tell_h *tell;                     /**< an input for the door */
	phone_number_h *number;                 /**< a number for an incoming call */
	phone_news_h *news;
	unsigned (*volume)(void *arg);          /**< of the loudspeaker now, percent (HW-07) */
	void *arg;
};

extern const struct door_phone_ops phone_ops;

int  phone_alloc(struct phone **pp, const struct phone_config *cfg);
void phone_accounts(struct phone *p);
void phone_retry(struct phone *p);
void phone_close(struct phone *p, bool force);
struct ua *phone_ua(struct phone *p);
const char *phone_encryption(const struct phone *p);
const char *phone_peer(const struct phone *p);
bool phone_registered(const struct phone *p, unsigned account);         /**< account 1..3 */

#endif

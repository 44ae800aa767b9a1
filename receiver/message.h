/**
 * @file message.h  What an alarm says in SIP: the body of a MESSAGE, and the user part of From
 *
 *     MESSAGE   identity=000000000 ;product=81 ;alerte=01       (manual §3.3.22.2, SUP-10)
 *     From      sip:000000000_bouton_appel@192.168.0.33         (manual §3.3.22.1, SUP-02)
 *
 * Pure functions on text from outside; the receiver and the scenarios share them.
 */
#ifndef RECEIVER_MESSAGE_H
#define RECEIVER_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#define MESSAGE_IDENTITY 33             /**< longest identity of a From, with its end */
#define MESSAGE_REASON 64               /**< longest reason of a From, with its end */

/** A MESSAGE's body */
struct message {
	char identity[10];              /**< 1 to 9 digits, as sent */
	unsigned product;               /**< 0..999 */
	unsigned alerte;                /**< 0..999 */
};

/** A From's user part */
struct message_from {
	char identity[MESSAGE_IDENTITY];        /**< before the first `_`, or the whole user */
	char reason[MESSAGE_REASON];            /**< behind it, "" without one */
};

int message_parse(struct message *m, const char *body, size_t n);
void message_from(struct message_from *f, const char *uri);

#endif

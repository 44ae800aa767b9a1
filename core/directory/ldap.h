/**
 * @file ldap.h  A directory read from an LDAP server (SRV-01, RFC 4511)
 *
 * Each reading is a thread of its own, which lives as long as it: the loop never waits for a name, a connection or a
 * server.  A host that never reads has no thread, and libldap is never touched.
 */
#ifndef DIRECTORY_LDAP_H
#define DIRECTORY_LDAP_H

#include "directory.h"

#define LDAP_THREADS 4                  /**< readings that nobody wants any more may still hang in so many */

struct ldap_source;

int ldap_source_alloc(struct ldap_source **sp);         /**< mem_deref ends it, and waits for nobody */
bool ldap_source_end(struct ldap_source *s);
extern const struct directory_ops ldap_source_ops;      /**< ctx: struct ldap_source */

#endif

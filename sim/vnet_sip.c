/**
 * @file vnet_sip.c  Whose an outgoing SIP connection is (SIM-03, SIP-01)
 *
 * libre does not bind the connections it makes.  Just before it sends a request it asks for its own
 * address, for Via: that host's socket it is.
 */
#include <re.h>
#include "sim/vnet.h"

int __real_sip_transp_laddr(struct sip *sip, struct sa *laddr, enum sip_transp tp, const struct sa *dst);
int __wrap_sip_transp_laddr(struct sip *sip, struct sa *laddr, enum sip_transp tp, const struct sa *dst);

int __wrap_sip_transp_laddr(struct sip *sip, struct sa *laddr, enum sip_transp tp, const struct sa *dst)
{
	const int err = __real_sip_transp_laddr(sip, laddr, tp, dst);

	if (!err && tp != SIP_TRANSP_UDP)
		vnet_home(laddr);

	return err;
}

/**
 * @file record_label.c  What a row of the ladder says
 *
 * SIP messages: record_sip.c.  Everything here is clean text of one line, whatever the peer sent.
 */
#include <string.h>
#include "record_priv.h"

/**
 * Did nothing of a row arrive?
 *
 * @param row Row
 *
 * @return True where every packet of it was lost
 */
bool rec_row_lost(const struct rec_row *row)
{
	if (row->kind == ROW_SIP || row->kind == ROW_UDP)
		return row->item->flag;
	return row->packets && row->lost == row->packets;
}


static void lost_text(const struct rec_row *row, char *buf, size_t size)
{
	if (rec_row_lost(row))
		(void)re_snprintf(buf, size, " (lost)");
	else if (row->lost)
		(void)re_snprintf(buf, size, ", %u lost", row->lost);
	else
		buf[0] = '\0';
}


static const char *datagram(const struct rec_item *it)
{
	if (it->len >= 20 && !memcmp(&it->data[4], "\x21\x12\xa4\x42", 4))
		return "STUN";
	return it->len <= 4 ? "keep-alive" : "UDP";
}


static void edge_label(const struct rec_row *row, char *buf, size_t size)
{
	const char *signal = (const char *)row->item->data, *dot = strchr(signal, '.');
	char name[96];

	if (row->from >= 0 && dot)
		signal = dot + 1;
	(void)rec_clean(name, sizeof(name), signal, strlen(signal));
	(void)re_snprintf(buf, size, "%s %s", name, row->item->flag ? "on" : "off");
}


/**
 * What a row says, without who to whom
 *
 * @param row  Row
 * @param buf  Text, clean, one line
 * @param size Its size [bytes], 256 or more
 *
 * @return Length of the text
 */
size_t rec_row_label(const struct rec_row *row, char *buf, size_t size)
{
	const double run_s = (double)(row->end_us - row->t_us) / 1e6;
	char lost[32];

	lost_text(row, lost, sizeof(lost));
	switch (row->kind) {

	case ROW_SIP:
		(void)rec_sip_label(row, buf, size - 32);
		(void)strcat(strcat(buf, row->again ? " (again)" : ""), lost);
		break;
	case ROW_RTP:
		(void)snprintf(buf, size, "%s %u packet%s, %.1f s%s", row->name, row->packets,
			       row->packets == 1 ? "" : "s", run_s, lost);
		break;
	case ROW_DTMF:
		(void)snprintf(buf, size, "DTMF %s (%u ms)%s", row->name,
			       (unsigned)((uint64_t)row->units * 1000 / row->clock), lost);
		break;
	case ROW_UDP:
		(void)snprintf(buf, size, "%s, length %u%s", datagram(row->item), row->item->len,
			       lost);
		break;
	case ROW_EVENT:
		(void)rec_clean(buf, size, rec_event_text(row->item),
				strlen(rec_event_text(row->item)));
		break;
	case ROW_EDGE:
		edge_label(row, buf, size);
		break;
	}

	return strlen(buf);
}

/**
 * @file alarm.c  What is known of an alarm, from whichever source (SUP-01, SUP-02, SUP-10, SUP-20)
 */
#include <string.h>
#include "receiver_priv.h"
#include "sim/vnet.h"

static const struct reason_row *row_of(int alerte)
{
	int r;

	for (r = 0; r < REASON_COUNT; r++)
		if (reason_row((enum reason)r)->alerte == alerte)
			return reason_row((enum reason)r);

	return NULL;
}

/** What nobody knows is taken as a person's call */
static void set_alerte(struct receiver_alarm *a, int alerte)
{
	const struct reason_row *row = row_of(alerte);

	a->alerte = alerte;
	a->vocal = !row || row->vocal;
}

static void named_reason(struct receiver_alarm *a, const struct settings *conf)
{
	int r;

	for (r = 0; r < REASON_COUNT; r++)
		if (!strcmp(reason_name(conf, (enum reason)r), a->reason))
			set_alerte(a, reason_row((enum reason)r)->alerte);
}

/* A new alarm: time, and what its From says; conf names the two reasons that can be changed */
void alarm_open(struct receiver_alarm *a, const struct settings *conf, const char *from)
{
	struct message_from mf;

	memset(a, 0, sizeof(*a));
	a->t_us = vnet_now_us();
	a->wall_us = vnet_wall_us();
	a->product = a->alerte = -1;
	a->vocal = true;
	str_ncpy(a->from, from, sizeof(a->from));
	message_from(&mf, from);
	str_ncpy(a->identity, mf.identity, sizeof(a->identity));
	str_ncpy(a->reason, mf.reason, sizeof(a->reason));
	if (mf.reason[0]) {
		a->via = RECEIVER_VIA_FROM;
		named_reason(a, conf);
	}
}

/* The alarm is a MESSAGE with this body (borrowed) */
void alarm_message(struct receiver_alarm *a, const char *body)
{
	struct message m;

	a->body = body;
	a->vocal = false;
	a->result = RECEIVER_BAD_MESSAGE;
	if (message_parse(&m, body, strlen(body)))
		return;

	a->result = RECEIVER_MESSAGE;
	a->via = RECEIVER_VIA_MESSAGE;
	a->product = (int)m.product;
	a->alerte = (int)m.alerte;
	str_ncpy(a->identity, m.identity, sizeof(a->identity));
}

/* Digits were heard that are no whole frame */
void alarm_part(struct receiver_alarm *a, const char *digits)
{
	a->whole = a->crc_ok = false;
	str_ncpy(a->frame, digits, sizeof(a->frame));
}

/* A whole frame was heard; only a right one is believed */
void alarm_frame(struct receiver_alarm *a, const struct frame *f)
{
	a->whole = true;
	a->crc_ok = f->crc_ok;
	str_ncpy(a->cs, f->cs, sizeof(a->cs));
	str_ncpy(a->cs_want, f->cs_want, sizeof(a->cs_want));
	if (!f->crc_ok)
		return;

	a->via = RECEIVER_VIA_DTMF;
	a->product = f->product;
	set_alerte(a, f->reason);
	str_ncpy(a->identity, f->identity, sizeof(a->identity));
}

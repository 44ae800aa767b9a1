/**
 * @file event.c  The door's event table and emitter (EVT-01)
 *
 * The manual's classes (§3.3.21) and what this project puts there:
 *
 *     amphiphone   the door itself: start, settings, supervision
 *     reseau       network: link, SIP requests, messages
 *     affichage    display: pictograms
 *     hardware     button, input, supplies
 *     ouverture    door opening: codes and relays
 *     utilisation  calls and their digits
 *     audio        media and voice messages
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "event.h"

#define UINT(k) {k, EVENT_UINT}
#define BOOL(k) {k, EVENT_BOOL}
#define STR(k) {k, EVENT_STR}

static const char *const class_name[EVENT_CLASSES] = {
	[EVENT_APPLICATION] = "amphiphone",
	[EVENT_NETWORK] = "reseau",
	[EVENT_DISPLAY] = "affichage",
	[EVENT_HARDWARE] = "hardware",
	[EVENT_DOOR] = "ouverture",
	[EVENT_USAGE] = "utilisation",
	[EVENT_AUDIO] = "audio",
};

/* As in settings, filters and files; enum event_class has the same words */
static const char *const class_id[EVENT_CLASSES] = {
	[EVENT_APPLICATION] = "application",
	[EVENT_NETWORK] = "network",
	[EVENT_DISPLAY] = "display",
	[EVENT_HARDWARE] = "hardware",
	[EVENT_DOOR] = "door",
	[EVENT_USAGE] = "usage",
	[EVENT_AUDIO] = "audio",
};

/* Who changed the door, and when it ran: nobody may do that unseen, whatever the settings events.* say */
static const enum event_id always_kept[] = {
	EV_BOOT, EV_SHUTDOWN, EV_SETTING, EV_CONTACTS, EV_DRAFT, EV_LOGIN, EV_USER,
};

static const struct event_def table[EV_COUNT] = {
	[EV_BOOT] = {"boot", EVENT_APPLICATION, {UINT("dip")},
		"The door has started, with this mask of DIP switches."},
	[EV_SHUTDOWN] = {"shutdown", EVENT_APPLICATION, {STR("cause")},
		"The door stops in good order."},
	[EV_SETTING] = {"setting", EVENT_APPLICATION, {STR("key"), STR("value")},
		"A setting was changed."},
	[EV_DRAFT] = {"draft", EVENT_APPLICATION, {STR("action"), UINT("settings"), STR("by")},
		"Settings were validated (kept, not in force), applied or discarded; how many, and who did it."},
	[EV_CONTACTS] = {"contacts", EVENT_APPLICATION, {STR("action"), UINT("contacts"), UINT("version")},
		"The book of contacts was changed."},
	[EV_BUTTON] = {"button", EVENT_HARDWARE, {BOOL("pressed")},
		"The call button was pressed or released."},
	[EV_PRESS] = {"press", EVENT_USAGE, {STR("action")},
		"A press lasted long enough to count, and did this."},
	[EV_BUTTON_FAULT] = {"button_fault", EVENT_HARDWARE, {BOOL("fault")},
		"The button is pressed for too long, or was released after that."},
	[EV_CONTACT] = {"contact", EVENT_HARDWARE, {BOOL("closed")},
		"The external input changed."},
	[EV_INPUT] = {"input", EVENT_USAGE, {STR("action")},
		"The external input was active long enough to count, and did this."},
	[EV_MAINS] = {"mains", EVENT_HARDWARE, {BOOL("ok")},
		"The 24 V supply was lost or came back."},
	[EV_POE] = {"poe", EVENT_HARDWARE, {BOOL("ok")},
		"The PoE+ supply was lost or came back."},
	[EV_LINK] = {"link", EVENT_NETWORK, {BOOL("up")},
		"The Ethernet link was lost or came back."},
	[EV_STORAGE] = {"storage", EVENT_HARDWARE, {BOOL("ok"), UINT("lost")},
		"Nothing can be stored any more (a full disk, say), and events wait in memory; or it can again, and so many of "
		"them are lost."},
	[EV_ACCOUNT] = {"account", EVENT_NETWORK, {UINT("account"), BOOL("ok"), STR("cause")},
		"The account was registered at its server, or its registration was lost."},
	[EV_COMMAND] = {"command", EVENT_USAGE, {STR("command"), STR("result")},
		"The API, a page or a line asked for a call, or answered one; busy: the line was not free."},
	[EV_CALL_OUT] = {"call_out", EVENT_USAGE,
		{UINT("call"), STR("to"), STR("reason"), UINT("contact")},
		"The door calls this contact of its list."},
	[EV_CALL_RINGING] = {"call_ringing", EVENT_USAGE, {UINT("call"), UINT("code")},
		"The called contact rings."},
	[EV_CALL_FAILED] = {"call_failed", EVENT_USAGE,
		{UINT("call"), UINT("code"), STR("cause")},
		"The called contact refused or did not answer in time."},
	[EV_EXTENSION] = {"extension", EVENT_NETWORK, {STR("contact"), BOOL("ok")},
		"The PBX cannot reach a called contact, or it was reached again."},
	[EV_CALL_IN] = {"call_in", EVENT_USAGE, {UINT("call"), STR("from")},
		"Somebody calls the door."},
	[EV_CALL_REFUSED] = {"call_refused", EVENT_USAGE,
		{STR("from"), UINT("code"), STR("cause")},
		"The door refused an incoming call."},
	[EV_CALL_ANSWERED] = {"call_answered", EVENT_USAGE, {UINT("call")},
		"The call is answered: both sides can talk."},
	[EV_CALL_HOLD] = {"call_hold", EVENT_USAGE, {UINT("call"), BOOL("held")},
		"The other side put the call on hold or took it back."},
	[EV_CALL_END] = {"call_end", EVENT_USAGE,
		{UINT("call"), STR("cause"), UINT("talk_ms")},
		"The call is over."},
	[EV_REPORT] = {"report", EVENT_APPLICATION, {STR("reason"), UINT("waiting")},
		"A technical or test call is due; so many wait for a free line."},
	[EV_REPORT_END] = {"report_end", EVENT_APPLICATION, {STR("reason"), BOOL("ok")},
		"A technical or test call reached its receiver, or nobody of its list."},
	[EV_UNAVAILABLE] = {"unavailable", EVENT_USAGE, {STR("reason")},
		"Every contact of the list was tried, and none answered."},
	[EV_ANNOUNCE] = {"announce", EVENT_AUDIO, {STR("message"), STR("language")},
		"The loudspeaker begins to speak a voice message."},
	[EV_ANNOUNCE_END] = {"announce_end", EVENT_AUDIO, {STR("message"), BOOL("whole")},
		"The voice message is over; not whole: something ended it."},
	[EV_DIGIT] = {"digit", EVENT_USAGE, {STR("digit"), STR("via")},
		"The other side sent a DTMF digit (shown as x inside a relay code)."},
	[EV_SUP_START] = {"sup_start", EVENT_APPLICATION, {UINT("call")},
		"The alarm receiver sent its C: the supervision protocol begins."},
	[EV_SUP_FRAME] = {"sup_frame", EVENT_APPLICATION,
		{UINT("call"), STR("frame"), UINT("attempt")},
		"The alarm frame begins to be sent."},
	[EV_SUP_SENT] = {"sup_sent", EVENT_APPLICATION, {UINT("call"), UINT("attempt")},
		"The last digit of the alarm frame is out."},
	[EV_SUP_ACK] = {"sup_ack", EVENT_APPLICATION, {UINT("call"), UINT("count")},
		"The receiver acknowledged by 1, and the door answered #."},
	[EV_SUP_END] = {"sup_end", EVENT_APPLICATION, {UINT("call"), STR("result")},
		"The supervision protocol is over."},
	[EV_MESSAGE_OUT] = {"message_out", EVENT_NETWORK, {STR("to"), STR("body")},
		"The door sends a SIP MESSAGE."},
	[EV_MESSAGE_RESULT] = {"message_result", EVENT_NETWORK, {STR("to"), UINT("code")},
		"The SIP MESSAGE was answered."},
	[EV_MESSAGE_IN] = {"message_in", EVENT_NETWORK, {STR("from"), STR("body")},
		"The door received a SIP MESSAGE."},
	[EV_CODE] = {"code", EVENT_DOOR, {UINT("relay"), UINT("code")},
		"A valid relay code was entered."},
	[EV_CODE_REFUSED] = {"code_refused", EVENT_DOOR, {UINT("relay"), STR("cause")},
		"A relay code was refused; relay 0 stands for an unknown code."},
	[EV_RELAY] = {"relay", EVENT_DOOR, {UINT("relay"), BOOL("on"), STR("cause")},
		"A relay was energised or released."},
	[EV_PICTOGRAM] = {"pictogram", EVENT_DISPLAY,
		{STR("picto"), STR("colour"), BOOL("blink")},
		"A pictogram shows another light."},
	[EV_MEDIA] = {"media", EVENT_AUDIO, {UINT("call"), STR("codec"), STR("dtmf")},
		"Sound flows with this codec, and digits go this way."},
	[EV_MEDIA_STATS] = {"media_stats", EVENT_AUDIO,
		{UINT("call"), UINT("sent"), UINT("received"), UINT("lost")},
		"RTP packets of the call that ended."},
	[EV_MEDIA_QUALITY] = {"media_quality", EVENT_AUDIO,
		{UINT("call"), UINT("lost"), UINT("late"), UINT("concealed"), UINT("jitter_us"), UINT("buffer_ms"),
		 UINT("reports"), UINT("rtt_us"), UINT("remote_lost"), UINT("remote_jitter_us")},
		"How good the sound of the call was that ended: packets that never came, packets too late to be "
		"heard, frames of 20 ms made up or left silent, jitter, longest wait in the buffer; then the "
		"number of the other side's RTCP reports, and what the last one said: round trip, our packets "
		"lost on their way, their jitter."},
	[EV_MEDIA_ENCRYPTION] = {"media_encryption", EVENT_AUDIO,
		{UINT("call"), BOOL("ok"), STR("kind"), STR("detail")},
		"Sound is encrypted with new keys by this suite, or is not for this cause; call 0 was refused at once."},
	[EV_MEDIA_SAS] = {"media_sas", EVENT_AUDIO, {UINT("call"), STR("sas")},
		"Short authentication string of ZRTP: where both sides read the same, nobody sits between."},
	[EV_MEDIA_DROPPED] = {"media_dropped", EVENT_AUDIO,
		{UINT("call"), UINT("forged"), UINT("replayed")},
		"Encrypted packets that were not taken in the call that ended: not authentic, or come before."},
	[EV_SIP_REFUSED] = {"sip_refused", EVENT_NETWORK,
		{STR("from"), STR("method"), UINT("code")},
		"A SIP request that the door cannot serve was refused."},
	[EV_REGISTRATION] = {"registration", EVENT_NETWORK,
		{UINT("account"), BOOL("ok"), UINT("code"), STR("cause")},
		"An account is registered at its PBX, or is not; code 0 is no answer."},
	[EV_PRESENCE] = {"presence", EVENT_NETWORK,
		{UINT("account"), BOOL("ok"), UINT("code"), STR("cause")},
		"The PBX took our presence, or did not."},
	[EV_TRANSPORT] = {"transport_fault", EVENT_NETWORK,
		{STR("about"), STR("cause")},
		"TCP or TLS cannot be used: an address or file of ours, or the certificate of a peer."},
	[EV_NAT] = {"nat", EVENT_NETWORK, {STR("address"), STR("by")},
		"Others are told this public address for SIP, as the gateway's setting or the STUN server says."},
	[EV_NAT_FAULT] = {"nat_fault", EVENT_NETWORK, {STR("about"), STR("cause")},
		"The public address is not known, or not for a call: who was asked, and why."},
	[EV_CLOCK] = {"clock", EVENT_APPLICATION, {STR("by"), STR("change_s")},
		"The door's clock was set, by a person, the NTP server (ntp) or the machine's clock (system), and by so many seconds."},
	[EV_NTP] = {"ntp", EVENT_NETWORK, {BOOL("ok"), STR("server"), STR("cause")},
		"The NTP server gives the time (ok), or it does not, and why."},
	[EV_SCAN] = {"scan", EVENT_NETWORK, {STR("action"), STR("range"), UINT("addresses"), UINT("found")},
		"The door begins to look for SIP devices of its network (start), is through (end), or was told to stop (cancel)."},
	[EV_DIRECTORY] = {"directory", EVENT_NETWORK,
		{STR("action"), UINT("contacts"), UINT("left_out"), UINT("ms"), STR("cause")},
		"The LDAP directory was read (read; back: after it had failed) with so many contacts, and values that are none, "
		"in so long; or cannot be read (failed), and what was read last stays."},
	[EV_ICE] = {"ice", EVENT_NETWORK, {UINT("call"), STR("state"), STR("peer")},
		"ICE found the way that sound goes, or found none; then it goes where SDP said."},
	[EV_API] = {"api", EVENT_APPLICATION, {STR("request"), UINT("code"), STR("from")},
		"A request of the HTTP API was carried out or refused; code is HTTP's."},
	[EV_LOGIN] = {"login", EVENT_USAGE, {STR("result"), STR("login"), STR("from")},
		"Somebody logged in to the pages (ok) or out (logout), was refused (wrong) or is not heard for a while "
		"(locked); a login that no user has is not told."},
	[EV_USER] = {"user", EVENT_USAGE, {STR("action"), STR("login"), STR("by")},
		"A user of the pages was added or removed, or got another role or password."},
	[EV_SOUND] = {"sound", EVENT_AUDIO, {STR("action")},
		"A WAV file given by the API begins to play, was stopped, or is at its end."},
};

/**
 * Row of an event.
 *
 * @param id Event
 *
 * @return Row (static), NULL where id is none
 */
const struct event_def *event_def(enum event_id id)
{
	return (unsigned)id < EV_COUNT ? &table[id] : NULL;
}

/**
 * Name of a class as the manual writes it, without accents (EVT-01).
 *
 * @param cls Class
 *
 * @return Name (static), "" where cls is none
 */
const char *event_class_name(enum event_class cls)
{
	return (unsigned)cls < EVENT_CLASSES ? class_name[cls] : "";
}

/**
 * Word of a class in settings (events.network), filters and files (EVT-01).
 *
 * @param cls Class
 *
 * @return Word (static), "" where cls is none
 */
const char *event_class_id(enum event_class cls)
{
	return (unsigned)cls < EVENT_CLASSES ? class_id[cls] : "";
}

/**
 * Find a class by its word, or by the manual's name.
 *
 * @param cls  Written on success
 * @param word As event_class_id() or event_class_name()
 *
 * @return Is there such a class?
 */
bool event_class_find(enum event_class *cls, const char *word)
{
	unsigned i;

	for (i = 0; i < EVENT_CLASSES; ++i) {
		if (strcmp(word, class_id[i]) && strcmp(word, class_name[i]))
			continue;
		*cls = (enum event_class)i;
		return true;
	}
	return false;
}

/**
 * Find an event by its name.
 *
 * @param id   Written on success
 * @param name As in the table, e.g. "call_out"
 *
 * @return Is there such an event?
 */
bool event_find(enum event_id *id, const char *name)
{
	unsigned i;

	for (i = 0; i < EV_COUNT; ++i) {
		if (strcmp(name, table[i].name))
			continue;
		*id = (enum event_id)i;
		return true;
	}
	return false;
}

/**
 * Is an event kept even where its class is not (EVT-01)?
 *
 * @param id Event
 *
 * @return true for starts, stops, logins, and changes of settings, contacts or users
 */
bool event_always_kept(enum event_id id)
{
	size_t i;

	for (i = 0; i < sizeof(always_kept) / sizeof(always_kept[0]); ++i)
		if (always_kept[i] == id)
			return true;
	return false;
}

/**
 * Subscribe to every event from now on.
 *
 * @param bus Emitter
 * @param h   Called for each event; it must not emit, but may subscribe and unsubscribe
 * @param arg Its last argument
 *
 * @return 0, EINVAL no handler, ENOSPC too many subscribers (EVENT_SUBSCRIBERS)
 */
int event_subscribe(struct event_bus *bus, event_h *h, void *arg)
{
	unsigned i = 0;

	if (!h)
		return EINVAL;
	while (i < bus->n && bus->sub[i].h)
		++i;
	if (i == EVENT_SUBSCRIBERS)
		return ENOSPC;
	bus->sub[i].h = h;
	bus->sub[i].arg = arg;
	if (i == bus->n)
		++bus->n;
	return 0;
}

/**
 * End a subscription; nothing happens where there is none.  The place stays empty until the next
 * subscriber, so that a handler may end its own subscription.
 *
 * @param bus Emitter
 * @param h   As given to event_subscribe()
 * @param arg As given to event_subscribe()
 */
void event_unsubscribe(struct event_bus *bus, event_h *h, void *arg)
{
	unsigned i;

	for (i = 0; i < bus->n; ++i) {
		if (bus->sub[i].h == h && bus->sub[i].arg == arg) {
			bus->sub[i].h = NULL;
			break;
		}
	}
	while (bus->n && !bus->sub[bus->n - 1].h)
		--bus->n;
}

/* Take one field's value from the arguments */
static void take(struct event *ev, unsigned i, enum event_type type, va_list *ap)
{
	const char *s;

	if (type == EVENT_STR) {
		s = va_arg(*ap, const char *);
		ev->val[i].s = s ? s : "";
	} else if (type == EVENT_BOOL) {
		ev->val[i].u = va_arg(*ap, int) != 0;
	} else {
		ev->val[i].u = va_arg(*ap, uint64_t);
	}
}

/**
 * Number an event and hand it to every subscriber, in the order of subscription.
 *
 * @param bus     Emitter
 * @param t_us    Door's clock [us]
 * @param wall_us Calendar [us since 1970 UTC]
 * @param id      enum event_id, as unsigned: what stands before ... must not be promoted, and an
 *                enum may be short (Arm); none of the table: nothing happens
 * @param ...     Its fields in the row's order: uint64_t, int (bool), const char * (NULL = "").
 *                Mind the type: write (uint64_t)1, not 1.
 */
void event_emit(struct event_bus *bus, uint64_t t_us, int64_t wall_us, unsigned id, ...)
{
	const struct event_def *def = event_def((enum event_id)id);
	struct event ev = {.t_us = t_us, .wall_us = wall_us, .id = (enum event_id)id};
	unsigned i;
	va_list ap;

	if (!def)
		return;
	va_start(ap, id);
	for (i = 0; i < EVENT_FIELDS && def->field[i].key; ++i)
		take(&ev, i, def->field[i].type, &ap);
	va_end(ap);

	ev.seq = ++bus->seq;
	for (i = 0; i < bus->n; ++i) {
		if (bus->sub[i].h)
			bus->sub[i].h(&ev, bus->sub[i].arg);
	}
}

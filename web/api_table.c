/**
 * @file api_table.c  The one table of the API: routes, fields, codes, examples (API-01 to API-50)
 *
 * Requests are checked by it; docs/api.md and /api/openapi.json are made from it.
 */
#include "web/api.h"

static const char *const wav_words[] = {"wav", NULL};
static const char *const voip_words[] = {"answer", "terminate_all", "call", "wav", NULL};
static const char *const table_words[] = {"liste", "ldap", "libre", NULL};

#define FIELD_PRESENT(f, example_, help_) {.field = f, .required = true, .example = example_, .help = help_}

const struct api_code api_common[] = {
	{400, "A field is missing or not accepted, or the body cannot be read; `text` says which and what would be right."},
	{401, "User or password is missing or wrong. With the setting api.auth on basic or digest there is a challenge."},
	{403, "The request was made by a page of another site."},
	{413, "The body is too long."},
	{429, "Too many wrong passwords or codes came from this address; Retry-After says for how many seconds it is not heard."},
	{503, "The door cannot do that now: it has no supply, or no memory for it."},
	{0, NULL},
};

const struct api_route api_routes[] = {
	{
		.path = API_PREFIX "remote", .title = "Open by a relay code",
		.help = "Energise a strike by one of its four codes. Activation type and time slot of the code are obeyed.",
		.field = {FIELD_PRESENT(FIELD_CODE, "1234", "A code of relay 1 or 2.")},
		.code = {
			{200, "The code is accepted, and the strike energised."},
			{401, "The time slot of the code is not active. There is no challenge."},
			{403, "The code is wrong, or its activation type is not remote."},
			{423, "The relay of this code shows line, mains or network: it is no strike."},
			{480, "The strike is energised already; that hold is not longer for it."},
		},
		.example = {"-d \"code=1234\"", "-d '{\"code\":\"1234\"}' -H \"Content-Type: application/json\""},
		.act = api_remote,
	},
	{
		.path = API_PREFIX "voip", .title = "Answer, call, hang up",
		.help = "Control the telephone. `type=wav` with `data=stop` is taken here too, and is that of /api/audio.",
		.field = {
			{.field = FIELD_TYPE, .required = true, .example = "call", .words = voip_words,
			 .help = "answer: take the call that rings. terminate_all: hang up, or refuse what rings. call: "
				 "call a contact."},
			{.field = FIELD_TABLE, .example = "libre", .words = table_words,
			 .help = "For a call, where `id` is from: the door's contacts (liste), the LDAP directory, or "
				 "none of them: any address (libre)."},
			{.field = FIELD_ID, .example = "sip:192.168.0.22",
			 .help = "For a call: the contact's number in its table, e.g. 1 or 4 [sip:192.168.0.22]; or an "
				 "address, e.g. 192.168.1.100, 1000@proxy or sip:192.168.0.22."},
			{.field = FIELD_DATA, .example = "stop", .help = "With type=wav: stop."},
		},
		.code = {
			{200, "Done."},
			{404, "There is no such contact."},
			{409, "There is no call to answer, or the door is in a call."},
		},
		.example = {"-d \"type=answer\"", "-d \"type=terminate_all\"",
			    "-d '{\"type\":\"call\",\"table\":\"libre\",\"id\":\"sip:192.168.0.22\"}' -H \"Content-Type: "
			    "application/json\""},
		.act = api_voip,
	},
	{
		.path = API_PREFIX "audio", .title = "Play a WAV file",
		.help = "Play a WAV file on the loudspeaker: mono, 8 or 16 kHz, PCM of 8 or 16 bits, A-law or mu-law, at "
			"most 1 MiB. During a call it is mixed with the call's sound.",
		.field = {
			{.field = FIELD_TYPE, .required = true, .example = "wav", .words = wav_words, .help = "wav."},
			FIELD_PRESENT(FIELD_DATA, "stop", "The file as base64, of either alphabet; or stop."),
			{.field = FIELD_LOOP, .example = "2",
			 .help = "How often it is played, 0 to 9999; 0, or left out: until it is stopped."},
		},
		.code = {{200, "It plays, or is stopped."}},
		.example = {"-d @payload.json -H \"Content-Type: application/json\"", "-d \"type=wav&data=stop\""},
		.body_max = API_SOUND_BODY_MAX, .act = api_audio,
	},
	{
		.path = API_PREFIX "openapi.json", .open = true, .title = "This API as an OpenAPI document",
		.help = "Made from the table that the door serves by.",
		.code = {{200, "The document."}},
		.example = {""}, .act = api_openapi,
	},
};

const size_t api_routes_n = ARRAY_SIZE(api_routes);

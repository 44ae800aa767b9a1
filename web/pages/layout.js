/**
 * @file layout.js  Tables about how settings stand on their pages: which form a table, which have a meaning when (WEB-03)
 */

/** Settings of which each is one cell: rows by `row`, columns by `column`, headed by the texts head and head.COLUMN */
export const MATRICES = [
	{
		head: "codes", match: /^relay\d\.code\d(_type|_slot)?$/, columns: ["code", "type", "slot"],
		row: (k) => k.replace(/_\w+$/, ""), column: (k) => /_(\w+)$/.exec(k)?.[1] || "code",
		name: (ctx, keys) => ctx.t("codes.name", {n: /code(\d)/.exec(keys[0])[1]}),
	},
	{
		head: "reports", match: /^sup\.(report|message)_(?!to$)\w+$/, columns: ["report", "message"],
		row: (k) => k.replace(/^sup\.\w+?_/, ""), column: (k) => /^sup\.([a-z]+)_/.exec(k)[1],
		name: (ctx, keys) => ctx.t("reports.name." + keys[0].replace(/^sup\.\w+?_/, "")),
	},
];

/** A group whose first setting is one of these can be folded away while it is off */
export const FOLDED = /^sip\.account\d\.active$/;

/* Setting (a digit in it stands for any): it has a meaning while the other one is one of these words */
const MEANT = {
	"nat.gateway": ["nat.mode", "gateway"],
	"nat.gateway_port": ["nat.mode", "gateway"],
	"nat.stun_server": ["nat.mode", "stun"],
	"nat.stun_port": ["nat.mode", "stun"],
	"nat.keepalive_s": ["nat.mode", "stun"],
	"time.ntp_server": ["time.source", "ntp"],
	"time.ntp_port": ["time.source", "ntp"],
	"button.night": ["button.mode", "call/call", "strike/call"],
	"button.relay": ["button.mode", "strike/call"],
	"input.relay": ["input.function", "strike"],
	"input.contacts": ["input.function", "list"],
	"relay#.hold_s": ["relay#.function", "strike"],
	"relay#.line_s": ["relay#.function", "line"],
	"audio.attenuated_volume": ["audio.attenuation_slot", "1", "2", "3", "4"],
	"sip.tls_verify_cn": ["sip.tls_verify", "yes"],
	"api.digest": ["api.auth", "digest"],
	"test.at": ["test.days", "1", "2", "3", "4", "5", "6", "7"],
};

/** When a setting has a meaning: {key, words}, undefined = always */
export function WHEN(key) {
	const digit = /\d/.exec(key)?.[0], meant = MEANT[key] || MEANT[key.replace(/\d/, "#")];

	return meant && {key: meant[0].replace("#", digit), words: meant.slice(1)};
}

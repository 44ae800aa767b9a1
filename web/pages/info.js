/**
 * @file info.js  The page of information: addresses, traffic, time, version, the manual of the settings (WEB-09)
 *
 * Asked anew every few seconds while the page is seen.
 */
import {h} from "./dom.js";
import {labelOf} from "./door.js";

const EVERY_MS = 5000;

/** Bytes with the prefix that keeps them short: 12.3 MiB */
export function bytes(ctx, n) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"], i = n > 0 ? Math.min(Math.floor(Math.log(n) / Math.log(1024)), units.length - 1) : 0;

	return `${new Intl.NumberFormat(ctx.language, {maximumFractionDigits: i ? 1 : 0}).format(n / 1024 ** i)} ${units[i]}`;
}

function count(ctx, n) {
	return new Intl.NumberFormat(ctx.language).format(n);
}

function uptime(ctx, us) {
	const s = Math.floor(us / 1e6), two = (n) => String(n).padStart(2, "0"), days = Math.floor(s / 86400);
	const time = `${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;

	return days ? ctx.t("info.days", {n: days, time}) : time;
}

function wallText(ctx, {local, zone}) {
	const date = new Date(local.replace(" ", "T"));

	return (isNaN(date) ? local : new Intl.DateTimeFormat(ctx.language, {dateStyle: "full", timeStyle: "medium"}).format(date)) + (zone ? ` (${zone})` : "");
}

/* Rows of a part: [text id, function of the answer; "" or null = not known] */
const PARTS = {
	door: [
		["sip", (i, ctx) => i.mode === "ipbx" ? ctx.t("info.sip.ipbx") : i.sip], ["identity", (i) => i.identity], ["model", (i) => i.model], ["version", (i) => i.version],
		["uptime", (i, ctx) => i.uptime_us === null ? ctx.t("panel.unpowered") : uptime(ctx, i.uptime_us)], ["time", (i, ctx) => i.time && wallText(ctx, i.time)],
	],
	network: [
		["interface", (i) => i.network.interface], ["address", (i) => i.network.address], ["mask", (i) => i.network.mask], ["gateway", (i) => i.network.gateway],
		["dns", (i) => i.network.dns.join(", ")],
	],
	traffic: [
		["received", (i, ctx) => i.packets && ctx.t("info.traffic.value", {packets: count(ctx, i.packets.received), bytes: bytes(ctx, i.bytes.received)})],
		["sent", (i, ctx) => i.packets && ctx.t("info.traffic.value", {packets: count(ctx, i.packets.sent), bytes: bytes(ctx, i.bytes.sent)})],
		["storage", (i, ctx) => i.storage && ctx.t("info.storage.value", {used: bytes(ctx, i.storage.used_bytes), free: bytes(ctx, i.storage.free_bytes)})],
	],
};

/* What each page and setting is for, of those the reader may see; made when it is opened */
function manual(ctx) {
	const {text, t} = ctx;
	const entry = (key) => [h("dt", null, labelOf(key)), h("dd", null, text.setting?.[key]?.help || "–")];
	const page = ({id, keys}) => h("section", null, h("h3", null, text.page?.[id]?.title || id), h("p", {class: "muted"}, text.page?.[id]?.help || ""),
		keys.length > 0 && h("dl", {class: "pairs"}, keys.map(entry)));
	const box = h("details", {class: "card manual", data: {manual: ""}}, h("summary", null, t("info.manual")));

	box.addEventListener("toggle", () => {
		if (box.childElementCount === 1)
			box.append(h("p", {class: "muted"}, t("info.manual.help")), ...ctx.schema.pages.map(page));
	});
	return box;
}

export async function show(main, ctx) {
	const cells = [];
	const card = (part) => h("section", {class: "card"}, h("h2", null, ctx.t("info." + part)), h("dl", {class: "pairs"}, PARTS[part].map(([id, read]) => {
		const dd = h("dd", {data: {info: id}});

		cells.push([dd, read]);
		return [h("dt", null, ctx.t("info." + id)), dd];
	})));
	const paint = (info) => {
		for (const [dd, read] of cells) {
			const text = read(info, ctx);

			dd.textContent = text === null || text === "" || text === undefined ? "–" : text;
		}
	};
	const again = async () => {
		if (!document.hidden)
			await ctx.get("info").then(paint).catch(() => {});      /* the shell says where the door is silent */
	};

	main.append(...Object.keys(PARTS).map(card), manual(ctx));
	paint(await ctx.get("info"));
	const timer = setInterval(again, EVERY_MS);

	return () => clearInterval(timer);
}

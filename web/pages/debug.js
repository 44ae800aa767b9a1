/**
 * @file debug.js  The trace of packets and SIP messages, and the restart of the door (WEB-08)
 */
import {button, confirm, h} from "./dom.js";
import {bytes} from "./info.js";
import {clock} from "./panel.js";

const EVERY_MS = 1000;

/* What stands beside the buttons: [text id, function of the answer] */
const FACTS = [
	["state", (s, ctx) => ctx.t(s.running ? "trace.running" : s.packets || s.sip ? "trace.stopped" : "trace.empty")],
	["since", (s, ctx) => s.since_us ? new Intl.DateTimeFormat(ctx.language, {dateStyle: "medium", timeStyle: "medium"}).format(new Date(s.since_us / 1000))
		+ (s.running ? ` (${clock(Math.max(0, Math.floor((Date.now() * 1000 - s.since_us) / 1e6)))})` : "") : "–"],
	["sip", (s) => String(s.sip)],
	["packets", (s) => String(s.packets)],
	["size", (s, ctx) => ctx.t("trace.size.value", {size: bytes(ctx, s.bytes), limit: bytes(ctx, s.limit_bytes)})],
	["dropped", (s) => String(s.dropped)],
];

class Trace {
	constructor(ctx) {
		const {t} = ctx;
		const act = (action, sign, kind) => button({sign, text: t("trace." + action), kind, data: {act: action}, on: {click: () => this.act(action)}});
		const file = (kind, name) => button({sign: "download", text: t("trace." + kind), data: {act: kind}, on: {click: () => ctx.download(`trace.${kind}`, name).catch((e) => ctx.say("bad", e.message))}});

		this.ctx = ctx;
		this.buttons = {start: act("start", "play", "primary"), stop: act("stop", "stop"), clear: act("clear", "trash", "quiet")};
		this.files = [file("pcapng", "trace.pcapng"), file("txt", "trace.txt")];
		this.cells = FACTS.map(([id]) => h("dd", {data: {trace: id}}));
		this.bar = h("progress", {max: 1, value: 0, "aria-label": t("trace.size")});
		this.el = h("section", {class: "card"}, h("h2", null, t("trace.title")), h("p", {class: "help"}, t("trace.help")),
			h("div", {class: "toolbar"}, Object.values(this.buttons)), h("dl", {class: "pairs"}, FACTS.map(([id], i) => [h("dt", null, t("trace." + id)), this.cells[i]])), this.bar,
			h("div", {class: "toolbar"}, this.files), h("p", {class: "notice warn"}, t("trace.secrets")));
	}

	paint(s) {
		FACTS.forEach(([, read], i) => { this.cells[i].textContent = read(s, this.ctx); });
		this.bar.value = s.limit_bytes ? Math.min(1, s.bytes / s.limit_bytes) : 0;
		this.buttons.start.disabled = s.running;
		this.buttons.stop.disabled = !s.running;
		this.buttons.clear.disabled = s.running || !(s.packets || s.sip);
		this.files[0].disabled = !s.packets;
		this.files[1].disabled = !s.sip;
		this.state = s;
	}

	async act(action) {
		const {t} = this.ctx;

		if (action === "start" && (this.state?.packets || this.state?.sip) && !await confirm(this.ctx, t("trace.start"), t("trace.forget"), t("trace.start"), "danger"))
			return;
		await this.ctx.post("trace", {action}).catch((e) => this.ctx.say("bad", e.message));
		await this.read();
	}

	async read() {
		this.paint(await this.ctx.get("trace"));
	}
}

function restartCard(ctx) {
	const {t} = ctx;
	const restart = async () => {
		if (!await confirm(ctx, t("debug.restart.title"), t(ctx.state?.call ? "debug.restart.call" : "debug.restart.text"), t("debug.restart"), "danger"))
			return;
		try {
			await ctx.post("restart");
			await ctx.restarting();
			ctx.say("good", t("debug.restarted"));
		} catch (e) {
			ctx.say("bad", e.message);
		}
	};

	return h("section", {class: "card"}, h("h2", null, t("debug.restart.head")), h("p", {class: "help"}, t("debug.restart.help")),
		h("div", {class: "toolbar"}, button({sign: "restart", text: t("debug.restart"), kind: "danger", data: {act: "restart"}, on: {click: restart}})));
}

export async function show(main, ctx) {
	const trace = new Trace(ctx);

	await trace.read().then(() => main.append(trace.el)).catch((e) => {
		if (e.id !== "no_trace")
			throw e;
		main.append(h("p", {class: "notice"}, e.message));
	});
	main.append(restartCard(ctx));
	const timer = setInterval(() => { if (trace.state?.running && !document.hidden) trace.read().catch(() => {}); }, EVERY_MS);

	return () => clearInterval(timer);
}

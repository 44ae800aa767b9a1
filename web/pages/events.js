/**
 * @file events.js  What has happened, and the live panel beside it (EVT-01, EVT-02)
 *
 * The door filters what it has kept; what happens now comes by `live` and is filtered here by the same words.  A page
 * of the table and each older one is a request; the table never holds more than MAX rows.
 */
import {button, freshId, h} from "./dom.js";
import {word} from "./inputs.js";
import {panel} from "./panel.js";

const CLASSES = ["application", "network", "display", "hardware", "door", "usage", "audio"];
const PAGE = 100, MAX = 1000;
const FRAME = new Set(["seq", "t", "wall", "event", "class"]);      /* members that are not fields */

// --- one event ---

/* Fields whose words are the door's own are read in the reader's language; all else stands as it came */
const WORDS = {
	colour: (ctx, v) => word(ctx, "", v),
	picto: (ctx, v) => ctx.t("panel.picto." + v),
};

function valueText(ctx, field, value) {
	if (typeof value === "boolean")
		return ctx.t(value ? "yes" : "no");
	return WORDS[field] ? WORDS[field](ctx, value) : String(value);
}

function details(ctx, ev) {
	return Object.entries(ev).filter(([k]) => !FRAME.has(k)).map(([k, v]) => h("span", {class: "field", data: {field: k}},
		h("span", {class: "field-name"}, `${ctx.text.field?.[k] || k} `), valueText(ctx, k, v)));
}

function row(ctx, ev, format) {
	const {t, text} = ctx, wall = new Date(ev.wall);

	return h("tr", {data: {seq: ev.seq, event: ev.event, class: ev.class}},
		h("td", {"data-head": t("events.time"), class: "when"}, h("time", {datetime: ev.wall, title: ev.wall}, isNaN(wall) ? ev.wall : format.format(wall))),
		h("td", {"data-head": t("events.class")}, h("span", {class: "event-class", data: {class: ev.class}}, text.class?.[ev.class] || ev.class)),
		h("th", {scope: "row", "data-head": t("events.event"), title: ev.event}, text.event?.[ev.event] || ev.event),
		h("td", {"data-head": t("events.details"), class: "details"}, details(ctx, ev)));
}

// --- filters ---

class Filters {
	constructor(ctx, changed) {
		const {t, text} = ctx;
		const picker = (label, id) => h("input", {type: "datetime-local", id: freshId(id), step: 1, "aria-label": label, data: {filter: id}, on: {change: changed}});
		let timer = null;

		this.ctx = ctx;
		this.boxes = CLASSES.map((c) => h("input", {type: "checkbox", checked: true, value: c, on: {change: changed}}));
		this.search = h("input", {type: "search", maxlength: 80, spellcheck: "false", placeholder: t("events.search"), "aria-label": t("events.search"), data: {filter: "text"},
			on: {input: () => { clearTimeout(timer); timer = setTimeout(changed, 300); }}});
		this.from = picker(t("events.from"), "from");
		this.to = picker(t("events.to"), "to");
		this.el = h("div", {class: "filters"},
			h("fieldset", {class: "classes"}, h("legend", {class: "sr"}, t("events.classes")), this.boxes.map((b) => h("label", {class: "check event-class", data: {class: b.value}}, b,
				h("span", null, text.class?.[b.value] || b.value)))),
			h("div", {class: "filter-line"}, this.search,
				button({sign: "close", text: t("events.reset"), kind: "quiet", data: {act: "reset"}, on: {click: () => { this.reset(); changed(); }}})),
			h("div", {class: "filter-line"}, h("label", {class: "range"}, h("span", null, t("events.from")), this.from), h("label", {class: "range"}, h("span", null, t("events.to")), this.to)));
	}

	reset() {
		for (const b of this.boxes)
			b.checked = true;
		this.search.value = this.from.value = this.to.value = "";
	}

	get classes() {
		return this.boxes.filter((b) => b.checked).map((b) => b.value);
	}

	/* Calendar of the browser's zone as microseconds; 0 = not given */
	us(input) {
		return input.value ? new Date(input.value).getTime() * 1000 : 0;
	}

	/** The second that is named is meant to its end */
	get range() {
		const to = this.us(this.to);

		return {from: this.us(this.from), to: to && to + 999_999};
	}

	get wrong() {
		const {from, to} = this.range;

		return to && from > to ? this.ctx.t("events.range") : "";
	}

	/** As the door reads it; null = nothing can match */
	query(more = {}) {
		const {from, to} = this.range, q = new URLSearchParams();

		if (!this.classes.length)
			return null;
		if (this.classes.length < CLASSES.length)
			q.set("class", this.classes.join(","));
		for (const [key, value] of Object.entries({from_us: from, to_us: to, text: this.search.value.trim(), ...more}))
			if (value)
				q.set(key, value);
		return q.toString();
	}

	/** Would the door have found it? */
	match(ev) {
		const {from, to} = this.range, at = new Date(ev.wall).getTime() * 1000, text = this.search.value.trim().toLowerCase();

		return this.classes.includes(ev.class) && at >= from && (!to || at <= to) && (!text || JSON.stringify(ev).toLowerCase().includes(text));
	}
}

// --- the table ---

class Log {
	constructor(ctx) {
		const {t} = ctx;

		Object.assign(this, {ctx, turn: 0, more: false, paused: false, waiting: 0, top: 0});
		this.format = new Intl.DateTimeFormat(ctx.language, {month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
			fractionalSecondDigits: 3, hourCycle: "h23"});
		this.filters = new Filters(ctx, () => this.load());
		this.body = h("tbody");
		this.note = h("p", {class: "empty", hidden: true});
		this.fault = h("p", {class: "notice bad", role: "alert", hidden: true});
		this.older = button({text: t("events.older"), data: {act: "older"}, on: {click: () => this.page()}});
		this.pause = button({sign: "pause", text: t("events.pause"), "aria-pressed": "false", data: {act: "pause"}, on: {click: () => this.hold(!this.paused)}});
		this.count = h("span", {class: "muted count", data: {count: ""}});
		this.el = h("section", {class: "card log", "aria-label": t("events.list")},
			h("div", {class: "toolbar"}, this.pause, this.count, h("span", {class: "grow"}), this.file("csv"), this.file("jsonl")), this.filters.el, this.fault,
			h("table", {class: "list events", data: {log: ""}}, h("thead", null, h("tr", null, ["time", "class", "event", "details"].map((c) => h("th", {scope: "col"}, t("events." + c))))), this.body),
			this.note, h("div", {class: "more"}, this.older));
	}

	file(kind) {
		const {t, download, say} = this.ctx;

		return button({sign: "download", text: t("events." + kind), "aria-label": t(`events.${kind}.label`), data: {act: kind}, on: {click: async () => {
			const query = this.filters.query();

			if (query === null || this.filters.wrong)
				return say("bad", this.filters.wrong || t("events.none"));
			return download(`events.${kind}?${query}`, `events.${kind}`).catch((e) => say("bad", e.message));
		}}});
	}

	complain(text) {
		this.fault.textContent = text;
		this.fault.hidden = !text;
	}

	/** The newest, by the filters as they are; what is held, is held no longer */
	async load() {
		this.complain(this.filters.wrong);
		this.paint(false);
		this.body.replaceChildren();
		this.top = 0;
		this.missed = [];                       /* what happens while the door answers */
		await this.fetch({});
		for (const ev of this.missed.splice(0))
			this.happened(ev);
	}

	/** The page behind the last row; where the table is full, its newest rows make room, and it stands still */
	async page() {
		const last = this.body.lastElementChild;

		if (last && !this.busy)
			await this.fetch({before: last.dataset.seq});
	}

	async fetch(more) {
		const mine = ++this.turn, query = this.filters.query({...more, limit: PAGE});

		this.busy = true;
		this.older.setAttribute("aria-disabled", "true");       /* disabled, it would lose the focus */
		try {
			const got = query === null || this.filters.wrong ? {events: [], more: false} : await this.ctx.get("events?" + query);

			if (mine !== this.turn)
				return;
			this.busy = false;
			this.append(got);
		} catch (e) {
			if (mine !== this.turn)
				return;
			this.busy = false;
			this.complain(e.message);
		}
		this.older.setAttribute("aria-disabled", "false");
	}

	append({events, more, id}) {
		this.body.append(...events.map((ev) => row(this.ctx, ev, this.format)));
		this.top = Math.max(this.top, events[0]?.seq || 0);
		this.more = more;
		if (this.body.childElementCount > MAX) {
			while (this.body.childElementCount > MAX)
				this.body.firstElementChild.remove();
			this.paint(true);
		}
		if (id)
			this.complain(this.ctx.t("events.not_readable"));
		this.foot();
	}

	/** An event happened */
	happened(ev) {
		if (this.busy && !this.paused)
			return this.missed?.push(ev);
		if (ev.seq <= this.top || !this.filters.match(ev) || this.filters.wrong)
			return undefined;
		this.top = ev.seq;
		if (this.paused) {
			this.waiting++;
			return this.tell();
		}
		this.body.prepend(row(this.ctx, ev, this.format));
		while (this.body.childElementCount > MAX) {
			this.body.lastElementChild.remove();
			this.more = true;
		}
		return this.foot();
	}

	foot() {
		const n = this.body.childElementCount;

		this.older.hidden = !this.more;
		this.note.hidden = this.more || this.busy && !n;
		this.note.textContent = this.ctx.t(n ? "events.end" : "events.none");
	}

	tell() {
		this.count.textContent = this.waiting ? this.ctx.t("events.waiting", {n: this.waiting}) : "";
	}

	paint(paused) {
		this.paused = paused;
		this.waiting = 0;
		this.pause.setAttribute("aria-pressed", String(paused));
		this.pause.querySelector("span").textContent = this.ctx.t(paused ? "events.resume" : "events.pause");
		this.pause.querySelector("use").setAttribute("href", "icons.svg#" + (paused ? "play" : "pause"));
		this.tell();
	}

	hold(on) {
		if (on)
			this.paint(true);
		else
			this.load();
	}
}

export async function show(main, ctx) {
	const live = panel(ctx);

	if (ctx.session.role !== "admin") {
		main.append(live.el);
		return live.end;
	}

	const log = new Log(ctx), event = (e) => log.happened(e.detail), lost = () => log.load();

	main.append(h("div", {class: "watch"}, live.el, log.el));
	ctx.live.addEventListener("event", event);
	ctx.live.addEventListener("lost", lost);
	await log.load();
	return () => {
		live.end();
		ctx.live.removeEventListener("event", event);
		ctx.live.removeEventListener("lost", lost);
	};
}

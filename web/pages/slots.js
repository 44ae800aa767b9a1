/**
 * @file slots.js  A weekly time slot, quarter by quarter: hours typed, or painted on a bar (SCH-01)
 *
 * Its text is the setting's own, "mon-fri 08:00-12:00 14:00-18:00, sat 09:00-12:15", or "hex:" and 168 digits.  What is
 * typed and is no hours goes to the door as it is: the door says what is wrong with it.
 */
import {button, h} from "./dom.js";
import {svg} from "./front.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], QUARTERS = 96;
const HOURS = new Array(23).fill(0).map((_, i) => i * 4 + 4);
const LONGEST = 500;                    /* characters; what is longer is written in hex, as the door does */
const RANGE = /^(\d\d):(00|15|30|45)-(\d\d):(00|15|30|45)$/;

// --- text ---

const none = () => new Array(QUARTERS).fill(false);
const two = (n) => String(n).padStart(2, "0");
const clock = (q) => `${two(Math.floor(q / 4))}:${two(q % 4 * 15)}`;

/* Hours of a day as quarters; null = it is none */
function parseHours(text) {
	const day = none();

	for (const part of text.trim().split(/[\s,]+/).filter(Boolean)) {
		const m = RANGE.exec(part.replace(/[–—]/, "-")), from = m && m[1] * 4 + m[2] / 15, to = m && m[3] * 4 + m[4] / 15;

		if (!m || to <= from || to > QUARTERS)
			return null;
		day.fill(true, from, to);
	}
	return day;
}

/* [first, behind the last] of what is selected */
function runs(day) {
	const found = [];

	for (let q = 0; q < QUARTERS; q++)
		if (day[q] && !day[q - 1])
			found.push([q, day.indexOf(false, q) < 0 ? QUARTERS : day.indexOf(false, q)]);
	return found;
}

const hours = (day) => runs(day).map(([from, to]) => `${clock(from)}-${clock(to)}`).join(" ");

function parseHex(text) {
	const bytes = text.slice(4).match(/../g).map((b) => parseInt(b, 16));

	return DAYS.map((_, d) => none().map((_q, q) => Boolean(bytes[(d * QUARTERS + q) >> 3] >> (d * QUARTERS + q) % 8 & 1)));
}

/** A setting's text as seven days of 96 quarters */
export function parseWeek(text) {
	if (/^hex:[0-9a-f]{168}$/i.test(text))
		return parseHex(text);
	const week = DAYS.map(none);

	for (const part of text.split(",").map((p) => p.trim()).filter(Boolean)) {
		const [days, ...rest] = part.split(/\s+/), [first, last = first] = days.split("-").map((d) => DAYS.indexOf(d.toLowerCase())), day = parseHours(rest.join(" "));

		for (let d = first; d >= 0 && day && d <= last; d++)
			week[d] = week[d].map((on, q) => on || day[q]);
	}
	return week;
}

/** Seven texts of hours as a setting's text: days that follow each other and are alike are one part */
export function weekText(texts) {
	const parts = [];

	texts.forEach((text, d) => {
		const last = parts.at(-1);

		if (last && last.text === text && last.to === d - 1)
			last.to = d;
		else if (text)
			parts.push({text, from: d, to: d});
	});
	return parts.map((p) => DAYS[p.from] + (p.to > p.from ? "-" + DAYS[p.to] : "") + " " + p.text).join(", ");
}

/* What a door refuses for its length is hex there too */
function asHex(week) {
	const bytes = new Array(QUARTERS * 7 / 8).fill(0);

	week.forEach((day, d) => day.forEach((on, q) => { if (on) bytes[(d * QUARTERS + q) >> 3] |= 1 << (d * QUARTERS + q) % 8; }));
	return "hex:" + bytes.map((b) => b.toString(16).padStart(2, "0")).join("");
}

// --- one day ---

/* The bar that is painted with the pointer: what is below it at first says whether one selects or clears; double click = an hour */
function bar(get, set, done) {
	const el = svg("svg", {class: "slot-bar", viewBox: `0 0 ${QUARTERS} 10`, preserveAspectRatio: "none", "aria-hidden": true});
	const at = (e) => { const box = el.getBoundingClientRect(); return Math.max(0, Math.min(QUARTERS - 1, Math.floor((e.clientX - box.left) / box.width * QUARTERS))); };
	const paint = () => el.replaceChildren(...runs(get()).map(([from, to]) => svg("rect", {x: from, width: to - from, height: 10})),
		...HOURS.map((q) => svg("path", {d: `M${q} 0V10`, class: q % 24 ? "slot-hour" : ""})));
	let before = null, start = 0, on = true;

	el.addEventListener("pointerdown", (e) => {
		el.setPointerCapture(e.pointerId);
		before = get().slice();
		start = at(e);
		on = !before[start];
		set(before.map((was, q) => q === start ? on : was));
		e.preventDefault();
	});
	el.addEventListener("pointermove", (e) => {
		const now = at(e);

		if (before)
			set(before.map((was, q) => q >= Math.min(start, now) && q <= Math.max(start, now) ? on : was));
	});
	/* Its two clicks have undone each other: the hour becomes what one click makes the quarter */
	el.addEventListener("dblclick", (e) => {
		const now = at(e), first = now - now % 4, to = !get()[now];

		set(get().map((was, q) => q >= first && q < first + 4 ? to : was));
		done();
	});
	for (const type of ["pointerup", "pointercancel"])
		el.addEventListener(type, () => { if (before) done(); before = null; });
	return {el, paint};
}

class Day {
	constructor(field, ctx, name, props, changed, copy) {
		this.quarters = none();
		this.input = h("input", {type: "text", class: "mono", spellcheck: "false", autocomplete: "off", placeholder: "–", "aria-label": `${field.label}, ${name}`, ...props, on: {
			input: () => { this.take(this.input.value, false); changed("input"); }, change: () => { this.take(this.input.value, true); changed("change"); }}});
		this.bar = bar(() => this.quarters, (q) => this.select(q), () => changed("change"));
		this.el = h("div", {class: "slot-day"}, h("span", {class: "slot-name", "aria-hidden": true}, name), this.bar.el, this.input,
			copy ? button({sign: "down", label: ctx.t("slots.copy", {day: name}), kind: "quiet", on: {click: copy}}) : null);
	}

	select(quarters) {
		this.quarters = quarters;
		this.input.value = hours(quarters);
		this.input.removeAttribute("aria-invalid");
		this.bar.paint();
	}

	/* Typed: what is no hours stays as it is, marked */
	take(text, tidy) {
		const quarters = parseHours(text);

		if (quarters && tidy)
			return this.select(quarters);
		this.quarters = quarters || none();
		this.bar.paint();
		return quarters || !tidy ? this.input.removeAttribute("aria-invalid") : this.input.setAttribute("aria-invalid", "true");
	}

	get text() {
		return parseHours(this.input.value) ? hours(this.quarters) : this.input.value.trim();
	}
}

/** The widget of a setting of the type slot */
export function slot(field, ctx) {
	const named = new Intl.DateTimeFormat(ctx.language, {weekday: "short", timeZone: "UTC"});
	const changed = (type) => el.dispatchEvent(new Event(type, {bubbles: true}));
	const days = DAYS.map((_, d) => new Day(field, ctx, named.format(new Date(Date.UTC(2024, 0, 1 + d))), d ? {} : {id: field.id, "aria-describedby": field.describedby}, changed,
		d < 6 && (() => { days[d + 1].select(days[d].quarters.slice()); changed("change"); days[d + 1].input.focus(); })));
	const scale = h("div", {class: "slot-day slot-scale", "aria-hidden": true}, h("span"), h("span", {class: "slot-hours"}, ["0", "6", "12", "18", "24"].map((t) => h("span", null, t))));
	const el = h("div", {class: "slot-week", role: "group", "aria-label": field.label}, scale, days.map((d) => d.el), h("p", {class: "hint"}, ctx.t("slots.hint")));

	const before = asHex(parseWeek(field.value || ""));

	parseWeek(field.value || "").forEach((q, d) => days[d].select(q));
	Object.defineProperty(el, "value", {get: () => {
		const text = weekText(days.map((d) => d.text)), right = days.every((d) => parseHours(d.input.value)), hex = right && asHex(days.map((d) => d.quarters));

		if (hex === before)
			return field.value;                     /* as the door writes it */
		return right && text.length > LONGEST ? hex : text;
	}});
	for (const d of days)                                   /* their own events are not the widget's */
		for (const type of ["input", "change"])
			d.input.addEventListener(type, (e) => e.stopPropagation());
	return el;
}

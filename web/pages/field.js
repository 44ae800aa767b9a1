/**
 * @file field.js  One setting on a page: label, control, help, range, its error (WEB-03, WEB-04)
 */
import {freshId, h, icon} from "./dom.js";
import {labelOf} from "./door.js";
import * as inputs from "./inputs.js";
import {WHEN} from "./layout.js";

/** By type; a function (field, ctx) as inputs.js describes it */
const widgets = {
	bool: inputs.bool, int: inputs.int, enum: inputs.enumeration, digits: inputs.digits, text: inputs.text, token: inputs.plain,
	uri: inputs.uri, host: inputs.host, user: inputs.plain, light: inputs.light, zone: inputs.zone, time: inputs.time,
};

/** Those that are loaded where a page has the type */
const late = {
	slot: () => import("./slots.js").then((m) => m.slot),
	codecs: () => import("./order.js").then((m) => m.codecs),
	contacts: () => import("./order.js").then((m) => m.contacts),
};

/** Load the widgets that these settings need */
export async function ready(ctx, keys) {
	const types = new Set(keys.map((k) => ctx.schema.settings[k]?.type));

	await Promise.all([...types].filter((type) => late[type] && !widgets[type])
		.map(async (type) => { widgets[type] = await late[type](); }));
}

/* A help that names settings by their keys, or words as they are stored (its own, or of the setting it depends on), names them as the pages do */
function told(ctx, key, row, text) {
	const words = [...(["enum", "light"].includes(row.type) ? row.words : []), row.special].filter((w) => /^[a-z_/]{3,}$/.test(w || ""));
	const stored = ctx.language === "en" ? words.filter((w) => w.includes("/")) : words;    /* the others are English themselves */
	const other = WHEN(key), others = other ? other.words.filter((w) => w.includes("/")) : [];
	const names = (part) => ctx.text.setting?.[part]?.label || (others.includes(part) && inputs.word(ctx, other.key, part)) || (stored.includes(part) && (row.type === "light" ? inputs.colour(ctx, key, part) : inputs.word(ctx, key, part)));
	const parts = text.split(new RegExp(`([a-z]+\\d?\\.[a-z_0-9]+|(?<!\\p{L})(?:${[...stored, ...others].join("|") || "$^"})(?!\\p{L}))`, "u"));

	return parts.map((part) => names(part) ? h("em", null, names(part)) : part);
}

/* What a value may be, in a few words; "" = the control says it itself */
function range(ctx, row) {
	if (row.type === "int" && row.min !== undefined)
		return ctx.t("range.int", {min: row.min, max: row.max, unit: inputs.unit(ctx, row.unit)}).trim();
	if (row.type === "digits" && row.max)
		return ctx.t("range.digits", {max: row.max});
	return "";
}

export class Field {
	/**
	 * @param ctx  Of the screen
	 * @param key  Setting
	 * @param bare A cell of a table: the heads say what it is
	 */
	constructor(ctx, key, {bare = false} = {}) {
		const row = ctx.schema.settings[key] || {type: "text"};

		Object.assign(this, {ctx, key, row, bare, id: freshId("f"), label: labelOf(key), help: ctx.text.setting?.[key]?.help, hint: range(ctx, row)});
		this.tags = h("span", {class: "tags"});
		this.fault = h("p", {class: "error", id: this.id + "-error", hidden: true});
		this.control = this.make();
		this.el = h("div", {class: bare ? "cell" : "row", data: {key, type: row.type}}, bare ? [this.control, this.tags, this.fault] : this.parts());
		this.name();
		this.refresh();
	}

	parts() {
		const {ctx, id, row, help, hint} = this;

		return [
			h("div", {class: "row-text"}, h("label", {for: id}, this.label), this.tags,
				row.restart && h("span", {class: "tag", title: ctx.t("tag.restart.help")}, icon("restart"), ctx.t("tag.restart")),
				help && h("p", {class: "help", id: id + "-help"}, told(ctx, this.key, row, help))),
			h("div", {class: "control"}, this.control, hint && h("p", {class: "hint", id: id + "-hint"}, hint), this.fault),
		];
	}

	/* The control, with the value that the door has */
	make() {
		const {ctx, key, row, id, label, bare, help, hint} = this;
		const widget = row.secret ? inputs.secret : widgets[row.type] || inputs.text;

		this.base = ctx.value(key);
		this.set = ctx.values().secret[key];
		return widget({key, row, value: this.base, label, id, set: this.set, clearable: row.type === "digits" || !row.min,
			describedby: [!bare && help && id + "-help", !bare && hint && id + "-hint", id + "-error"].filter(Boolean).join(" ")}, ctx);
	}

	/* A cell has no label of its own */
	name() {
		if (this.bare)
			this.main()?.setAttribute("aria-label", this.label);
	}

	main() {
		return this.el.querySelector("#" + CSS.escape(this.id));
	}

	/** Its text; null = a secret that stays as it is */
	value() {
		return this.control.value;
	}

	/** Is it another value than the door's? */
	typed() {
		return this.row.secret ? this.value() !== null : this.value() !== this.base;
	}

	/** Tell what is wrong with it; "" = nothing */
	error(text) {
		const main = this.main() || this.control, details = this.el.closest("details");

		this.fault.textContent = text;
		this.fault.hidden = !text;
		this.el.classList.toggle("wrong", Boolean(text));
		text ? main.setAttribute("aria-invalid", "true") : main.removeAttribute("aria-invalid");
		if (text && details)
			details.open = true;
	}

	focus() {
		const main = this.main();

		(main && !main.disabled ? main : this.el.querySelector("input:not(:disabled), select, button, [tabindex]"))?.focus({preventScroll: true});
		this.el.scrollIntoView({block: "center"});
	}

	/** Show the door's value; what was typed is forgotten */
	reset() {
		const next = this.make();

		this.control.replaceWith(next);
		this.control = next;
		this.theirs = undefined;
		this.name();
		this.error("");
		this.mark();
	}

	/** The door's value has changed; where another one is being typed, that stays, and the new one is told beside it */
	refresh() {
		const {ctx, key} = this, now = ctx.value(key), other = now !== this.base || ctx.values().secret[key] !== this.set;

		if (other && !this.typed())
			return this.reset();
		if (other)
			Object.assign(this, {theirs: this.row.secret ? "•••" : now, base: now, set: ctx.values().secret[key]});
		this.mark();
		return undefined;
	}

	mark() {
		const {ctx, key, theirs} = this, {draft, draft_by: by} = ctx.values();

		this.tags.replaceChildren(...[key in draft && h("span", {class: "tag pending"}, ctx.t("tag.pending")),
			theirs !== undefined && this.typed() && h("span", {class: "tag warn"}, ctx.t("changed.now", {by: by || "?", value: inputs.word(ctx, key, theirs)}))]
			.filter(Boolean));
	}
}

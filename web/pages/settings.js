/**
 * @file settings.js  A form from the schema: one page of settings, validated as one (WEB-03, WEB-04)
 *
 *     what is typed ─ validate ─> draft (kept, not live) ─ apply (app.js) ─> in force
 *         409 somebody else was faster: the rest of the page follows him, what was typed stays
 *         422 not accepted: each error stands at its field, the first one gets the focus
 */
import {button, freshId, h, icon} from "./dom.js";
import * as inputs from "./inputs.js";
import {MATRICES, WHEN} from "./layout.js";

/** By type; a value is a function (field, ctx), or loads one */
const widgets = {
	bool: inputs.bool, int: inputs.int, enum: inputs.enumeration, digits: inputs.digits, text: inputs.text, token: inputs.plain,
	uri: inputs.uri, host: inputs.host, user: inputs.plain, light: inputs.light, zone: inputs.zone, time: inputs.time,
};

const loaded = {
	slot: () => import("./slots.js").then((m) => m.slot),
	codecs: () => import("./order.js").then((m) => m.codecs),
	contacts: () => import("./order.js").then((m) => m.contacts),
};

/** Load the widgets that these settings need */
export async function ready(ctx, keys) {
	const types = new Set(keys.map((k) => ctx.schema.settings[k]?.type));

	await Promise.all([...types].filter((type) => loaded[type] && !widgets[type])
		.map(async (type) => { widgets[type] = await loaded[type](); }));
}

function labelOf(ctx, key) {
	return ctx.text.setting?.[key]?.label || key;
}

/* What a value may be, in a few words; "" = the control says it itself */
function range(ctx, key, row) {
	const u = inputs.unit(ctx, row.unit);

	if (row.type === "int" && row.min !== undefined)
		return ctx.t("range.int", {min: row.min, max: row.max, unit: u}).trim();
	if (row.type === "digits" && row.max)
		return ctx.t("range.digits", {max: row.max});
	return "";
}

/**
 * One setting: label, control, help, place for an error.
 *
 * @param ctx   Of the screen
 * @param key   Setting
 * @param bare  In a table: the heads say what it is
 *
 * @return {key, el, control, value(), typed(), error(text), refresh(), reset(), focus()}
 */
export function field(ctx, key, {bare = false} = {}) {
	const row = ctx.schema.settings[key] || {type: "text"}, id = freshId("f");
	const label = labelOf(ctx, key), help = ctx.text.setting?.[key]?.help;
	const hint = range(ctx, key, row);
	const el = h("div", {class: bare ? "cell" : "row", data: {key, type: row.type}});
	const fault = h("p", {class: "error", id: id + "-error", hidden: true});
	const self = {key, el, error, typed, refresh, reset, focus, value: () => self.control.value};
	let base, set;

	function typed() {
		const value = self.control.value;

		return row.secret ? value !== null : value !== base;
	}

	function error(text) {
		fault.textContent = text || "";
		fault.hidden = !text;
		el.classList.toggle("wrong", Boolean(text));
		if (text && el.closest("details"))
			el.closest("details").open = true;
		const main = el.querySelector("#" + CSS.escape(id)) || self.control;

		text ? main.setAttribute("aria-invalid", "true") : main.removeAttribute("aria-invalid");
	}

	function focus() {
		const to = el.querySelector("#" + CSS.escape(id) + ":not(:disabled)") || el.querySelector("input:not(:disabled),select,button,[tabindex]");

		to?.focus({preventScroll: true});
		el.scrollIntoView({block: "center"});
	}

	function make() {
		const widget = row.secret ? inputs.secret : widgets[row.type] || inputs.text;

		base = ctx.value(key);
		set = ctx.values().secret[key];
		return widget({key, row, value: base, label, id, set, clearable: row.type === "digits" || !row.min,
			describedby: [!bare && help && id + "-help", hint && id + "-hint", id + "-error"].filter(Boolean).join(" ")}, ctx);
	}

	/* Show the value anew; what was typed is forgotten */
	function reset() {
		const next = make();

		self.control.replaceWith(next);
		self.control = next;
		error("");
		refresh();
	}

	/* The value has changed; where one is being typed, that stays */
	function refresh() {
		if (!typed() && (ctx.value(key) !== base || ctx.values().secret[key] !== set))
			return reset();
		tags.replaceChildren(...[key in ctx.values().draft && h("span", {class: "tag pending"}, ctx.t("tag.pending"))].filter(Boolean));
		return undefined;
	}

	const tags = h("span", {class: "tags"});

	self.control = make();
	if (bare)
		el.append(self.control, tags, fault);
	else
		el.append(h("div", {class: "row-text"},
			h("label", {for: id}, label), tags,
			row.restart && h("span", {class: "tag", title: ctx.t("tag.restart.help")}, icon("restart"), ctx.t("tag.restart")) || "",
			help && h("p", {class: "help", id: id + "-help"}, help) || ""),
		h("div", {class: "control"}, self.control, hint && h("p", {class: "hint", id: id + "-hint"}, hint) || "", fault));
	if (bare)
		el.querySelector("#" + CSS.escape(id))?.setAttribute("aria-label", label);
	refresh();
	return self;
}

// --- a page ---

function grouped(page) {
	const inGroups = new Set((page.groups || []).flatMap((g) => g.keys));
	const rest = page.keys.filter((k) => !inGroups.has(k));

	return [...(rest.length ? [{id: "", keys: rest}] : []), ...(page.groups || [])];
}

/* Settings that stand in a table, by rows; the others stay */
function matrices(keys) {
	return MATRICES.map((m) => {
		const mine = keys.filter((k) => m.match.test(k));

		return {...m, rows: Object.entries(Object.groupBy ? Object.groupBy(mine, m.row) : group(mine, m.row))};
	}).filter((m) => m.rows.length > 1);
}

function group(keys, of) {
	const groups = {};

	for (const k of keys)
		(groups[of(k)] ||= []).push(k);
	return groups;
}

function table(ctx, m, add) {
	const head = h("tr", null, h("th", {scope: "col"}, ctx.t(m.head)), m.columns.map((c) => h("th", {scope: "col"}, ctx.t(`${m.head}.${c}`))));
	const cell = (keys, c) => {
		const key = keys.find((k) => m.column(k) === c);

		return h("td", {"data-head": ctx.t(`${m.head}.${c}`)}, key && add(key, {bare: true}).el);
	};

	return h("table", {class: "matrix"}, h("thead", null, head), h("tbody", null, m.rows.map(([, keys]) => h("tr", null,
		h("th", {scope: "row"}, m.name(ctx, keys)), m.columns.map((c) => cell(keys, c))))));
}

/* A group that can be switched off, and is, stays folded */
function folded(ctx, g, title, body) {
	const [key] = g.keys, on = ctx.value(key) === "yes";

	return h("details", {class: "card", data: {group: g.id}, open: on || g.keys[0].includes("1.")},
		h("summary", null, title, h("span", {class: on ? "tag on" : "tag"}, inputs.word(ctx, key, ctx.value(key)))), body);
}

function card(ctx, g, add) {
	const tables = g.plain ? [] : matrices(g.keys);
	const loose = g.keys.filter((k) => !tables.some((m) => m.match.test(k)));
	const title = ctx.text.group?.[g.id];
	const body = [loose.map((k) => add(k).el), tables.map((m) => table(ctx, m, add))];

	if (title && /^sip\.account\d\.active$/.test(g.keys[0]))
		return folded(ctx, g, title, body);
	return h("fieldset", {class: "card", data: {group: g.id}}, title && h("legend", null, title), body);
}

/* Hide what has no meaning with what is chosen elsewhere on the page */
function follow(fields) {
	for (const f of fields.values()) {
		const when = WHEN(f.key);
		const other = when && fields.get(when.key);

		if (other)
			f.el.hidden = !when.words.includes(other.value()) && !f.el.classList.contains("wrong");
	}
	document.querySelectorAll(".settings .card[data-group]").forEach((c) => {
		c.hidden = ![...c.querySelectorAll("[data-key]")].some((el) => !el.hidden);
	});
}

/**
 * A form of some settings with its button "validate".
 *
 * @param ctx    Of the screen
 * @param groups [{id, keys, plain}]; plain: no tables of settings
 * @param foot   false: no buttons, the caller has his own
 * @param enter  What Enter in a field does; validates, if nothing is given
 *
 * @return {el, fields (Map), dirty(), validate() -> true once accepted, end()}
 */
export async function build(ctx, groups, {foot = true, enter} = {}) {
	const fields = new Map();
	const add = (key, options) => {
		const f = field(ctx, key, options);

		fields.set(key, f);
		return f;
	};

	await ready(ctx, groups.flatMap((g) => g.keys));

	const summary = h("div", {class: "notice bad", role: "alert", hidden: true, tabindex: "-1"});
	const count = h("p", {class: "count", role: "status"});
	const validateButton = h("button", {type: "submit", class: "button primary", data: {act: "validate"}}, ctx.t("validate"));
	const undoButton = button({text: ctx.t("undo"), on: {click: undo}});
	const el = h("form", {class: "settings", novalidate: true, on: {
		submit: (e) => { e.preventDefault(); (enter || validate)(); }, input: touched, change: touched}},
		summary, groups.map((g) => card(ctx, g, add)),
		foot && h("div", {class: "foot"}, count, undoButton, validateButton));

	const dirty = () => [...fields.values()].filter((f) => f.typed());

	function touched(e) {
		const key = e && e.target.closest("[data-key]")?.dataset.key;

		if (key)
			fields.get(key)?.error("");
		const n = dirty().length;

		count.textContent = n ? ctx.t(n === 1 ? "typed.one" : "typed.many", {n}) : ctx.t("typed.none");
		for (const b of [validateButton, undoButton])
			b.setAttribute("aria-disabled", String(!n));
		follow(fields);
	}

	function rebuild() {
		for (const f of fields.values())
			f.refresh();
		touched();
	}

	function undo() {
		summary.hidden = true;
		for (const f of fields.values())
			f.reset();
		touched();
	}

	function refuse(e) {
		const errors = e.body.errors || [];

		summary.textContent = e.message;
		summary.hidden = false;
		for (const {key, text} of errors)
			fields.get(key)?.error(text);
		follow(fields);
		const firstWrong = [...fields.values()].find((f) => errors.some((x) => x.key === f.key));

		const elsewhere = errors.filter((x) => !fields.has(x.key));

		if (elsewhere.length)
			summary.append(h("ul", null, elsewhere.map((x) => h("li", null, x.key ? `${labelOf(ctx, x.key)}: ${x.text}` : x.text))));
		firstWrong ? firstWrong.focus() : summary.focus();
	}

	/* Somebody else was faster */
	async function lost(e) {
		const mine = dirty().map((f) => f.key), old = {...ctx.values().values, ...ctx.values().draft};

		await ctx.reload();
		const theirs = Object.keys(ctx.schema.settings).filter((k) => ctx.value(k) !== (old[k] ?? ""));

		summary.replaceChildren(h("p", null, ctx.t("changed.by", {by: e.body.by || "?"})),
			theirs.length ? h("ul", null, theirs.map((k) => h("li", null, `${labelOf(ctx, k)}: ${inputs.word(ctx, k, ctx.value(k))}`
				+ (mine.includes(k) ? ` (${ctx.t("changed.yours", {value: inputs.word(ctx, k, fields.get(k).value() ?? "")})})` : "")))) : "",
			h("p", null, ctx.t("changed.kept")));
		summary.hidden = false;
		summary.focus();
	}

	async function validate() {
		const values = Object.fromEntries(dirty().map((f) => [f.key, f.value()]));

		summary.hidden = true;
		for (const f of fields.values())
			f.error("");
		if (!Object.keys(values).length)
			return true;
		try {
			const now = await ctx.post("validate", {version: ctx.values().version, values});

			ctx.took(now);
			undo();
			document.querySelector("[data-bar=pending]")?.scrollIntoView({block: "nearest"});
			ctx.say("good", ctx.t("validated"));
			return true;
		} catch (e) {
			if (e.status === 409)
				await lost(e);
			else
				refuse(e);
			return false;
		}
	}

	ctx.live.addEventListener("taken", rebuild);
	touched();
	return {el, fields, dirty: () => dirty().length > 0, validate, follow: () => follow(fields),
		end: () => ctx.live.removeEventListener("taken", rebuild)};
}

/** The form of the page that is open */
export async function show(main, ctx) {
	const form = await build(ctx, grouped(ctx.page));

	ctx.guard(form.dirty);
	main.append(form.el);
	form.follow();
	return form.end;
}

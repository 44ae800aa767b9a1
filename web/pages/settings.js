/**
 * @file settings.js  A form from the schema: one page of settings, validated as one (WEB-03, WEB-04)
 *
 *     what is typed ─ validate ─> draft (kept, not live) ─ apply (app.js) ─> in force
 *         409 somebody else was faster: the rest of the page follows him, what was typed stays
 *         422 not accepted: each error stands at its field, the first one gets the focus
 */
import {button, h} from "./dom.js";
import {labelOf} from "./door.js";
import {Field, ready} from "./field.js";
import {word} from "./inputs.js";
import {FOLDED, MATRICES, WHEN} from "./layout.js";

// --- how settings stand ---

/* The page's groups; settings outside of all of them come first */
function grouped(page) {
	const inGroups = new Set((page.groups || []).flatMap((g) => g.keys));
	const rest = page.keys.filter((k) => !inGroups.has(k));

	return [...(rest.length ? [{id: "", keys: rest}] : []), ...(page.groups || [])];
}

/* Settings that stand in a table, by rows */
function matrices(keys) {
	return MATRICES.map((m) => {
		const rows = new Map();

		for (const k of keys.filter((x) => m.match.test(x)))
			rows.set(m.row(k), [...(rows.get(m.row(k)) || []), k]);
		return {...m, rows: [...rows.values()]};
	}).filter((m) => m.rows.length > 1);
}

function table(ctx, m, add) {
	const head = (c) => ctx.t(`${m.head}.${c}`);
	const cell = (keys, c) => {
		const key = keys.find((k) => m.column(k) === c);

		return h("td", {"data-head": head(c)}, key && add(key, {bare: true}).el);
	};

	return h("table", {class: "matrix"},
		h("thead", null, h("tr", null, h("th", {scope: "col"}, ctx.t(m.head)), m.columns.map((c) => h("th", {scope: "col"}, head(c))))),
		h("tbody", null, m.rows.map((keys) => h("tr", null, h("th", {scope: "row"}, m.name(ctx, keys)), m.columns.map((c) => cell(keys, c))))));
}

function card(ctx, g, add) {
	const tables = g.plain ? [] : matrices(g.keys), title = ctx.text.group?.[g.id], [key] = g.keys;
	const loose = g.keys.filter((k) => !tables.some((m) => m.match.test(k)));
	const body = [loose.map((k) => add(k).el), tables.map((m) => table(ctx, m, add))];
	const on = ctx.value(key) === "yes";

	if (!title || !FOLDED.test(key) || g.plain)
		return h("fieldset", {class: "card", data: {group: g.id}}, title && h("legend", null, title), body);
	return h("details", {class: "card", data: {group: g.id}, open: on || /1/.test(key)},
		h("summary", null, title, h("span", {class: on ? "tag on" : "tag"}, word(ctx, key, ctx.value(key)))), body);
}

// --- the form ---

class Form {
	/**
	 * @param ctx    Of the screen
	 * @param groups [{id, keys, plain}]; plain: no tables of settings
	 * @param foot   false: no buttons, the caller has his own
	 * @param enter  What Enter in a field does; validates, if nothing is given
	 */
	constructor(ctx, groups, {foot = true, enter} = {}) {
		Object.assign(this, {ctx, fields: new Map()});
		this.summary = h("div", {class: "notice bad", role: "alert", hidden: true, tabindex: "-1"});
		this.count = h("p", {class: "count", role: "status"});
		this.buttons = [button({text: ctx.t("undo"), on: {click: () => this.undo()}}),
			h("button", {type: "submit", class: "button primary", data: {act: "validate"}}, ctx.t("validate"))];
		this.el = h("form", {class: "settings", novalidate: true, on: {
			submit: (e) => { e.preventDefault(); enter ? enter() : this.validate(); },
			input: (e) => this.touched(e), change: (e) => this.touched(e)}},
		this.summary, groups.map((g) => card(ctx, g, (key, options) => this.add(key, options))),
		foot && h("div", {class: "foot"}, this.count, this.buttons));
		this.follower = () => this.refresh();
		ctx.live.addEventListener("taken", this.follower);
		this.touched();
	}

	add(key, options) {
		const field = new Field(this.ctx, key, options);

		this.fields.set(key, field);
		return field;
	}

	end() {
		this.ctx.live.removeEventListener("taken", this.follower);
	}

	/** Fields with something else than the door has */
	typed() {
		return [...this.fields.values()].filter((f) => f.typed());
	}

	touched(e) {
		const key = e?.target.closest("[data-key]")?.dataset.key, n = this.typed().length;

		if (key)
			this.fields.get(key)?.error("");
		this.count.textContent = n ? this.ctx.t(n === 1 ? "typed.one" : "typed.many", {n}) : this.ctx.t("typed.none");
		for (const b of this.buttons)
			b.setAttribute("aria-disabled", String(!n));
		this.hide();
	}

	/* Hide what has no meaning with what is chosen elsewhere on the page */
	hide() {
		for (const f of this.fields.values()) {
			const when = WHEN(f.key), other = when && this.fields.get(when.key);

			if (other)
				f.el.hidden = !when.words.includes(other.value()) && !f.el.classList.contains("wrong");
		}
		for (const c of this.el.querySelectorAll("fieldset.card"))
			c.hidden = ![...c.querySelectorAll("[data-key]")].some((el) => !el.hidden);
	}

	refresh() {
		for (const f of this.fields.values())
			f.refresh();
		this.touched();
	}

	undo() {
		this.summary.hidden = true;
		for (const f of this.fields.values())
			f.reset();
		this.touched();
	}

	tell(...what) {
		this.summary.replaceChildren(...what.filter(Boolean));
		this.summary.hidden = false;
		this.summary.focus();
	}

	/* 422 */
	refuse(e) {
		const errors = e.body.errors || [], elsewhere = errors.filter((x) => !this.fields.has(x.key));

		this.tell(e.message, elsewhere.length > 0 && h("ul", null, elsewhere.map((x) =>
			h("li", null, x.key ? `${labelOf(x.key)}: ${x.text}` : x.text))));
		for (const {key, text} of errors)
			this.fields.get(key)?.error(text);
		this.hide();
		[...this.fields.values()].find((f) => f.el.classList.contains("wrong"))?.focus();
	}

	/* 409: say what he changed, keep what was typed */
	async lost(e) {
		const {ctx} = this, old = {...ctx.values().values, ...ctx.values().draft};
		const mine = new Map(this.typed().map((f) => [f.key, f.value()]));
		const yours = (k) => mine.has(k) ? ` (${ctx.t("changed.yours", {value: word(ctx, k, mine.get(k) ?? "")})})` : "";

		await ctx.reload();
		const theirs = Object.keys(ctx.schema.settings).filter((k) => ctx.value(k) !== (old[k] ?? ""));

		this.tell(h("p", null, ctx.t("changed.by", {by: e.body.by || "?"})),
			theirs.length > 0 && h("ul", null, theirs.map((k) => h("li", null, `${labelOf(k)}: ${word(ctx, k, ctx.value(k))}${yours(k)}`))),
			h("p", null, ctx.t("changed.kept")));
	}

	/**
	 * Have the door check and keep what was typed.
	 *
	 * @param more Values besides; those that the door has already are left out
	 *
	 * @return true = accepted, or there was nothing
	 */
	async validate(more = {}) {
		const {ctx} = this, values = Object.fromEntries([...Object.entries(more).filter(([k, v]) => ctx.value(k) !== v),
			...this.typed().map((f) => [f.key, f.value()])]);

		this.summary.hidden = true;
		for (const f of this.fields.values())
			f.error("");
		if (!Object.keys(values).length)
			return true;
		try {
			ctx.took(await ctx.post("validate", {version: ctx.values().version, values}));
			this.undo();
			return true;
		} catch (e) {
			await (e.status === 409 ? this.lost(e) : this.refuse(e));
			return false;
		}
	}
}

/** A form of some settings, once its widgets are there; see Form */
export async function build(ctx, groups, options) {
	await ready(ctx, groups.flatMap((g) => g.keys));
	return new Form(ctx, groups, options);
}

/** The form of the page that is open */
export async function show(main, ctx) {
	const enter = async () => {
		if (!form.typed().length || !await form.validate())
			return;
		document.querySelector("[data-bar=pending]")?.scrollIntoView({block: "nearest"});
		ctx.say("good", ctx.t("validated"));
	};
	const form = await build(ctx, grouped(ctx.page), {enter});

	ctx.guard(() => form.typed().length > 0);
	main.append(form.el);
	return () => form.end();
}

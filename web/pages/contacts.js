/**
 * @file contacts.js  The book of contacts: list, order, one contact, CSV, scan, LDAP directory (CON-01, CON-02, NET-03, SRV-01, WEB-07)
 *
 * What is done here is in force at once: the book has no draft.
 */
import {ask, button, chooser, confirm, freshId, h, repaint} from "./dom.js";
import {directory} from "./directory.js";
import {draggable, grip} from "./order.js";

/** Who a contact is, for a person */
export function nameOf(c) {
	return [c.first_name, c.surname].filter(Boolean).join(" ") || c.number;
}

/** The contact as settings write it, e.g. 101;account=2 */
export function textOf(c) {
	return c.number + (c.p2p ? ";p2p" : Number(c.account) ? `;account=${c.account}` : "") + (c.dtmf && c.dtmf !== "default" ? `;dtmf=${c.dtmf}` : "");
}

const DTMF = ["", "auto", "required", "off"];

function form(ctx, c) {
	const ids = Object.fromEntries(["number", "surname", "first_name", "account", "p2p", "dtmf", "fault"].map((n) => [n, freshId(n)]));
	const described = {"aria-describedby": `${ids.number}-help ${ids.fault}`};
	const input = (name, props) => h("input", {id: ids[name], name, type: "text", value: c[name] || "", autocomplete: "off", ...props});
	const account = h("select", {id: ids.account, name: "account"}, [0, 1, 2, 3].map((n) => h("option", {value: n, selected: Number(c.account || 0) === n},
		n ? ctx.t("contact.account.n", {n}) : ctx.t("contact.account.any"))));
	const p2p = h("input", {id: ids.p2p, name: "p2p", type: "checkbox", checked: Boolean(c.p2p), "aria-describedby": ids.p2p + "-help"});
	const dtmf = h("select", {id: ids.dtmf, name: "dtmf"}, DTMF.map((w) => h("option", {value: w, selected: w === (c.dtmf || "")}, ctx.t("contact.dtmf." + (w || "default")))));
	const fault = h("p", {id: ids.fault, class: "error", role: "alert", hidden: true});
	const follow = () => { account.disabled = p2p.checked; };
	const el = h("div", {class: "stack"},
		h("label", {for: ids.number}, ctx.t("contact.number")),
		input("number", {spellcheck: "false", autocapitalize: "none", required: true, maxlength: 127, autofocus: true, ...described}),
		h("p", {class: "hint", id: ids.number + "-help"}, ctx.t("contact.number.help")), fault,
		h("label", {for: ids.first_name}, ctx.t("contact.first_name")), input("first_name"),
		h("label", {for: ids.surname}, ctx.t("contact.surname")), input("surname"),
		h("label", {for: ids.account}, ctx.t("contact.account")), account,
		h("label", {class: "check", for: ids.p2p}, p2p, h("span", null, ctx.t("contact.p2p"))),
		h("p", {class: "hint", id: ids.p2p + "-help"}, ctx.t("contact.p2p.help")),
		h("label", {for: ids.dtmf}, ctx.t("contact.dtmf")), dtmf);

	p2p.addEventListener("change", follow);
	follow();
	return {el, fault, read: () => ({number: el.querySelector("[name=number]").value.trim(), surname: el.querySelector("[name=surname]").value.trim(),
		first_name: el.querySelector("[name=first_name]").value.trim(), account: p2p.checked ? 0 : Number(account.value), p2p: p2p.checked, dtmf: dtmf.value})};
}

function tell(fields, e) {
	const input = fields.el.querySelector("[name=number]");

	fields.fault.textContent = (e.body.errors || []).map((x) => x.text).join(" ") || e.message;
	fields.fault.hidden = false;
	input.setAttribute("aria-invalid", "true");
	input.focus();
}

/** The book: what is shown of it and how it is changed; shared with the wizard */
export class Book {
	constructor(ctx, changed) {
		Object.assign(this, {ctx, changed, contacts: [], version: -1});
	}

	/* Painted anew only where it is another one: the focus stays where it is */
	take({version, contacts}) {
		const other = version !== this.version;

		Object.assign(this, {contacts, version});
		if (other)
			this.changed();
	}

	async load() {
		this.take(await this.ctx.get("contacts"));
	}

	async edit(op) {
		try {
			this.take(await this.ctx.post("contacts", {version: this.version, ...op}));
		} catch (e) {
			if (e.status === 409)
				await this.load();
			throw e;
		}
	}

	/* As edit(), but a refusal is told in the status line */
	async try(op) {
		try {
			await this.edit(op);
			return true;
		} catch (e) {
			this.ctx.say("bad", e.message);
			return false;
		}
	}

	/** A box for one contact; place is undefined for a new one */
	async dialog(c, place) {
		const {ctx} = this, fields = form(ctx, c), fresh = place === undefined;
		const check = async () => {
			try {
				await this.edit({op: fresh ? "add" : "change", place, contact: fields.read()});
				return true;
			} catch (e) {
				tell(fields, e);
				return false;
			}
		};

		return await ask(ctx.t(fresh ? "contact.new" : "contact.change"), fields.el,
			[{text: ctx.t("cancel"), value: false}, {text: ctx.t("save"), value: true, kind: "primary", check}]) === true;
	}

	async remove(place) {
		const {ctx} = this;

		if (await confirm(ctx, ctx.t("contact.remove.title"), ctx.t("contact.remove.text", {name: nameOf(this.contacts[place - 1])}), ctx.t("remove"), "danger"))
			await this.try({op: "remove", place});
	}

	async move(place, to) {
		if (to >= 1 && to <= this.contacts.length && to !== place)
			return this.try({op: "move", place, to});
		return false;
	}

	/** Add what a scan found */
	async scan() {
		const {scan} = await import("./scan.js");

		for (const found of await scan(this.ctx) || [])
			if (!await this.try({op: "add", contact: {number: found.address, surname: found.name || "", first_name: "", account: 0, p2p: false, dtmf: ""}}))
				break;
	}
}

// --- the list ---

function line(ctx, book, c, place, {mark}) {
	const name = nameOf(c), t = ctx.t;
	const act = (sign, label, does, props = {}) => button({sign, label: `${t(label)}: ${name}`, kind: "quiet", on: {click: does}, ...props});
	const tags = [c.p2p && h("span", {class: "tag"}, t("contact.p2p.tag")), Number(c.account) > 0 && h("span", {class: "tag"}, t("contact.account.n", {n: c.account})),
		c.dtmf && DTMF.includes(c.dtmf) && h("span", {class: "tag"}, t("contact.dtmf.tag", {word: t("contact.dtmf." + c.dtmf)}))];
	const row = h("tr", {data: {place}},
		h("td", {class: "place"}, grip(), h("span", {class: mark(place) ? "called" : ""}, place)),
		h("th", {scope: "row"}, h("span", {class: "name"}, name), tags),
		h("td", {class: "mono"}, c.number),
		h("td", {class: "act"},
			act("up", "move.up", () => book.move(place, place - 1).then((ok) => ok && again(place - 1, "up")), {disabled: place === 1, data: {act: "up"}}),
			act("down", "move.down", () => book.move(place, place + 1).then((ok) => ok && again(place + 1, "down")), {disabled: place === book.contacts.length, data: {act: "down"}}),
			act("edit", "change", () => book.dialog(c, place).then((ok) => ok && again(place, "edit")), {data: {act: "edit"}}),
			act("trash", "remove", () => book.remove(place), {data: {act: "remove"}})));

	/* the contact that was moved or changed keeps the focus */
	function again(to, which) {
		const next = document.querySelector(`tr[data-place="${to}"]`);

		(next?.querySelector(`[data-act=${which}]:not(:disabled)`) || next?.querySelector("[data-act]:not(:disabled)"))?.focus();
	}

	draggable(row, "contact", place, (from, to) => book.move(from, to));
	return row;
}

/** A table of the book; `mark` says which places are set off */
export function paint(ctx, book, {mark = () => false} = {}) {
	const t = ctx.t;

	if (!book.contacts.length)
		return h("p", {class: "empty"}, t("contacts.none"));
	return h("table", {class: "list contacts"},
		h("thead", null, h("tr", null, h("th", {scope: "col", class: "place"}, t("contacts.place")), h("th", {scope: "col"}, t("contacts.name")),
			h("th", {scope: "col"}, t("contact.number")), h("th", {scope: "col"}, h("span", {class: "sr"}, t("actions"))))),
		h("tbody", null, book.contacts.map((c, i) => line(ctx, book, c, i + 1, {mark}))));
}

function csv(ctx, book) {
	const t = ctx.t;
	const mode = h("select", {name: "mode", "aria-label": t("csv.mode")}, ["append", "replace"].map((m) => h("option", {value: m}, t("csv." + m))));
	const choose = chooser(ctx, t("csv.file"), {accept: ".csv,text/csv"});
	const faults = h("div", {class: "notice bad", role: "alert", hidden: true});
	const send = async () => {
		const [chosen] = choose.input.files;

		faults.hidden = true;
		if (!chosen)
			return choose.input.focus();
		if (mode.value === "replace" && book.contacts.length
			&& !await confirm(ctx, t("csv.replace.title"), t("csv.replace.text", {n: book.contacts.length}), t("csv.replace"), "danger"))
			return undefined;
		try {
			await ctx.postRaw(`contacts.csv?mode=${mode.value}&version=${book.version}`, await chosen.arrayBuffer());
			await book.load();
			ctx.say("good", t("csv.done"));
			choose.forget();
		} catch (e) {
			if (e.status === 409)
				await book.load();
			faults.replaceChildren(h("p", null, e.message), h("ul", null, (e.body?.errors || []).map((x) => h("li", null,
				x.line ? `${t("line", {n: x.line})}: ${x.text}` : x.text))));
			faults.hidden = false;
		}
		return undefined;
	};

	return h("section", {class: "card plain"}, h("h2", null, t("csv.title")), h("p", {class: "help"}, t("csv.help")), faults,
		h("div", {class: "toolbar"}, button({sign: "download", text: t("csv.export"), data: {act: "export"},
			on: {click: () => ctx.download("contacts.csv", "contacts.csv").catch((e) => ctx.say("bad", e.message))}})),
		h("div", {class: "toolbar flat"}, choose.el, mode, button({sign: "upload", text: t("csv.import"), data: {act: "import"}, on: {click: send}})));
}

export async function show(main, ctx) {
	const t = ctx.t, list = h("div");
	const book = new Book(ctx, () => repaint(list, paint(ctx, book)));
	const ldap = directory(ctx, book);
	const admin = ctx.session.role === "admin";
	const follow = () => { if (!document.querySelector("dialog[open]")) book.load().catch(() => {}); };

	main.append(h("section", {class: "card"}, h("div", {class: "toolbar"},
		button({sign: "plus", text: t("contact.new"), kind: "primary", data: {act: "new"}, on: {click: () => book.dialog({})}}),
		admin && button({sign: "search", text: t("contacts.scan"), data: {act: "scan"}, on: {click: () => book.scan()}})), list));
	main.append(ldap.el);
	if (admin)
		main.append(csv(ctx, book));
	await Promise.all([book.load(), ldap.look()]);
	ctx.live.addEventListener("values", follow);
	return () => {
		ctx.live.removeEventListener("values", follow);
		ldap.end();
	};
}

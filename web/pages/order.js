/**
 * @file order.js  Ordered lists: codecs by preference, who is called one after the other (WEB-03, DOOR-03, CON-01, manual §3.3.8, §3.3.14)
 *
 * By arrows, by dragging at the grip, or by keyboard on the arrows; what is taken out can be added again below the list.
 */
import {button, freshId, h, icon} from "./dom.js";

// --- dragging ---

/**
 * Let a row be dragged by its grip onto another row of its list.
 *
 * @param row   Element with an element .grip
 * @param kind  Rows of another kind do not take it
 * @param place Its place
 * @param move  Called with (from, to)
 */
export function draggable(row, kind, place, move) {
	const type = "text/x-" + kind;
	const over = (e, on) => {
		if (e.dataTransfer.types.includes(type)) {
			e.preventDefault();
			row.classList.toggle("over", on);
		}
	};

	row.querySelector(".grip").addEventListener("pointerdown", () => { row.draggable = true; });
	row.addEventListener("dragstart", (e) => {
		e.dataTransfer.setData(type, String(place));
		e.dataTransfer.effectAllowed = "move";
		row.classList.add("dragged");
	});
	row.addEventListener("dragend", () => {
		row.draggable = false;
		row.classList.remove("dragged");
	});
	row.addEventListener("dragover", (e) => over(e, true));
	row.addEventListener("dragleave", (e) => over(e, false));
	row.addEventListener("drop", (e) => {
		over(e, false);
		move(Number(e.dataTransfer.getData(type)), place);
	});
}

export function grip() {
	return h("span", {class: "grip", "aria-hidden": "true"}, icon("grip"));
}

// --- a list ---

class Order {
	/**
	 * @param field  As a widget gets it
	 * @param ctx    Of the screen
	 * @param kind   Of the rows
	 * @param most   How many there may be
	 * @param name   Of an item, for a person
	 * @param choice Text of the empty choice
	 */
	constructor(field, ctx, {kind, most, name, choice}) {
		Object.assign(this, {field, ctx, kind, most, name, choice, all: []});
		this.items = field.value.split(",").map((s) => s.trim()).filter(Boolean);
		this.list = h("ol", {class: "order", "aria-label": field.label});
		this.adder = h("div", {class: "order-add"});
		this.el = h("div", {class: "order-box"}, this.list, this.adder);
		Object.defineProperty(this.el, "value", {get: () => this.items.join(",")});
		this.paint();
	}

	/** What can be added */
	offer(all) {
		this.all = all;
		this.paint();
	}

	change(items) {
		this.items = items;
		this.paint();
		this.el.dispatchEvent(new Event("change", {bubbles: true}));
	}

	/* From one place to another, both from 0; the focus goes along */
	move(from, to, act) {
		const items = [...this.items];

		if (to < 0 || to >= items.length || from === to || !(from in items))
			return;
		items.splice(to, 0, ...items.splice(from, 1));
		this.change(items);
		this.focus(to, act);
	}

	focus(place, act) {
		const row = this.list.children[place];

		(row?.querySelector(`[data-act=${act}]:not(:disabled)`) || row?.querySelector("button:not(:disabled)") || this.adder.querySelector("select"))?.focus();
	}

	remove(place) {
		this.change(this.items.filter((_, i) => i !== place));
		this.focus(Math.min(place, this.items.length - 1), "remove");
	}

	add(text) {
		this.change([...this.items, text]);
		this.adder.querySelector("select, input")?.focus();
	}

	row(item, place) {
		const {t} = this.ctx, {name, note} = this.name(item);
		const act = (sign, id, does, disabled = false) => button({sign, label: `${t(id)}: ${name}`, kind: "quiet", disabled, data: {act: sign}, on: {click: does}});
		const row = h("li", {data: {item}}, grip(), h("span", {class: "order-place"}, place + 1),
			h("span", {class: "order-name"}, name, note && h("small", {class: "mono muted"}, note)),
			act("up", "move.up", () => this.move(place, place - 1, "up"), place === 0),
			act("down", "move.down", () => this.move(place, place + 1, "down"), place === this.items.length - 1),
			act("trash", "remove", () => this.remove(place)));

		draggable(row, this.kind, place, (from, to) => this.move(from, to, "up"));
		return row;
	}

	paint() {
		const left = this.all.filter((x) => !this.items.some((item) => this.same(item, x)));

		this.list.replaceChildren(...this.items.map((item, i) => this.row(item, i)));
		this.list.hidden = !this.items.length;
		this.adder.replaceChildren(...(this.items.length >= this.most ? [h("p", {class: "hint"}, this.ctx.t("order.full", {n: this.most}))] : this.adding(left)));
	}

	same(a, b) {
		return a === b;
	}

	adding(left) {
		const select = h("select", {id: this.field.id, "aria-describedby": this.field.describedby, disabled: !left.length,
			on: {change: (e) => { e.stopPropagation(); if (select.value) this.add(select.value); }}},
		h("option", {value: ""}, this.ctx.t(left.length ? this.choice : "order.all")),
		left.map((x) => h("option", {value: x}, this.name(x).name)));

		return [select];
	}
}

/** Codecs in the order of preference */
export function codecs(field, ctx) {
	const order = new Order(field, ctx, {kind: "codec", most: field.row.words.length, name: (name) => ({name}), choice: "order.add.codec"});

	order.offer(field.row.words);
	return order.el;
}

// --- contacts ---

const MOST = 4;                         /* DOOR-03 */

/* The same contact is written with and without sip: */
function bare(text) {
	return text.replace(/^sip:/i, "").toLowerCase();
}

class Called extends Order {
	same(a, b) {
		return bare(a) === bare(b);
	}

	/* From the book, or typed */
	adding(left) {
		const {ctx} = this, id = left.length ? freshId("other") : this.field.id;       /* without a choice the label is of the input */
		const input = h("input", {id, type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", placeholder: ctx.t("order.other"),
			"aria-label": ctx.t("order.other"), on: {input: (e) => e.stopPropagation(), change: (e) => e.stopPropagation(),
				keydown: (e) => { if (e.key === "Enter") { e.preventDefault(); take(); } }}});
		const take = () => input.value.trim() ? this.add(input.value.trim()) : input.focus();

		return [...(left.length ? super.adding(left) : []), h("span", {class: "composite"}, input, button({sign: "plus", label: ctx.t("order.add"), data: {act: "add"}, on: {click: take}}))];
	}
}

/** Who is called, one after the other */
export function contacts(field, ctx) {
	const known = new Map();
	const name = (item) => known.has(bare(item)) ? {name: known.get(bare(item)), note: item} : {name: item};
	const order = new Called(field, ctx, {kind: "called", most: MOST, name, choice: "order.add.contact"});

	ctx.get("contacts").then(async (book) => {
		const {nameOf, textOf} = await import("./contacts.js");

		for (const c of book.contacts)
			known.set(bare(textOf(c)), nameOf(c));
		order.offer(book.contacts.map(textOf));
	}).catch((e) => ctx.say("bad", e.message));
	return order.el;
}

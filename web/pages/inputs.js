/**
 * @file inputs.js  How one setting is typed, by its type (WEB-03)
 *
 * Each function gets a field {key, row, value, label, id, describedby} and returns an element whose `.value` is the
 * setting's text and which fires `change` (and `input` while typing).  Its main control carries field.id, so that the
 * row's label belongs to it.
 */
import {button, h} from "./dom.js";

/** A word of an enumeration in the reader's language */
export function word(ctx, key, text) {
	const words = ctx.text.word || {};

	return words[key]?.[text] ?? words[key.replace(/\d+/g, "*")]?.[text] ?? words["*"]?.[text] ?? text;
}

export function unit(ctx, text) {
	return ctx.text.unit?.[text] ?? text ?? "";
}

function attributes(field) {
	return {id: field.id, name: field.key, "aria-describedby": field.describedby};
}

/* An element that stands for several controls */
function composite(field, read, ...children) {
	const el = h("div", {class: "composite", role: "group", "aria-label": field.label}, ...children);

	Object.defineProperty(el, "value", {get: read});
	return el;
}

/* Several controls have changed as one */
function changed(el) {
	el.dispatchEvent(new Event("change", {bubbles: true}));
}

function check(props, text) {
	return h("label", {class: "check"}, h("input", {type: "checkbox", ...props}), h("span", null, text));
}

function line(field, props) {
	return h("input", {...attributes(field), value: field.value, type: "text", spellcheck: "false", autocapitalize: "none",
		autocomplete: "off", ...props});
}

// --- types ---

export function bool(field) {
	const input = h("input", {...attributes(field), type: "checkbox", role: "switch", class: "switch", checked: field.value === "yes"});
	const el = h("span", {class: "switch-box"}, input);

	Object.defineProperty(el, "value", {get: () => input.checked ? "yes" : "no"});
	return el;
}

function number(field, ctx) {
	const {row} = field, special = specialOf(field);
	const value = special && field.value === special ? "" : field.value;
	const props = {...attributes(field), type: "text", class: "number", inputmode: row.min < 0 ? "text" : "numeric", autocomplete: "off",
		value, maxlength: String(row.max ?? "").length + 4};

	return h("input", props);
}

function specialOf({row}) {
	return row.special || (row.type !== "enum" && row.words?.[0]) || "";
}

function slider(input, row) {
	const range = h("input", {type: "range", min: row.min, max: row.max, value: input.value, tabindex: "-1", "aria-hidden": "true"});

	range.addEventListener("input", () => {
		input.value = range.value;
		changed(input);
	});
	input.addEventListener("input", () => { range.value = input.value; });
	return range;
}

export function int(field, ctx) {
	const input = number(field, ctx), special = specialOf(field);
	const tail = field.row.unit && h("span", {class: "unit"}, unit(ctx, field.row.unit));

	if (!special)
		return composite(field, () => input.value.trim(), field.row.unit === "%" && slider(input, field.row), input, tail);

	const box = check({checked: field.value === special, "aria-describedby": field.describedby}, word(ctx, field.key, special));
	const tick = box.querySelector("input");
	const follow = () => {
		input.disabled = tick.checked;
		if (!tick.checked && !input.value)
			input.value = field.row.def && field.row.def !== special ? field.row.def : String(field.row.min ?? "");
	};

	tick.addEventListener("change", follow);
	input.disabled = tick.checked;
	return composite(field, () => tick.checked ? special : input.value.trim(), input, tail, box);
}

export function enumeration(field, ctx) {
	const slots = /(\.|_)slot$/.test(field.key);
	const text = (w) => {
		const name = slots && w !== "off" && ctx.value(`slot${w}.name`);

		return word(ctx, field.key, w) + (name ? ` · ${name}` : "");
	};

	return h("select", attributes(field), (field.row.words || []).map((w) => h("option", {value: w, selected: w === field.value}, text(w))));
}

export const text = (field) => line(field, {maxlength: field.row.max || null, autocapitalize: "sentences"});
export const plain = (field) => line(field, {maxlength: field.row.max || null});
export const digits = (field) => line(field, {inputmode: "numeric", class: "number", maxlength: field.row.max || null});
export const host = (field) => line(field, {inputmode: "url", placeholder: field.key.endsWith(".name") ? null : "192.168.0.10"});
export const uri = (field) => line(field, {inputmode: "url", placeholder: "sip:…"});

export function zone(field) {
	const list = `${field.id}-zones`;
	const names = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];

	const input = line(field, {list});

	return composite(field, () => input.value, input, h("datalist", {id: list}, names.map((n) => h("option", {value: n}))));
}

const COLOURS = ["off", "red", "green", "blue", "yellow", "white"];

/** A colour of a light; "off" is none */
export function colour(ctx, key, text) {
	return text === "off" ? ctx.t("light.off") : word(ctx, key, text);
}

export function light(field, ctx) {
	const [now, blink] = field.value.split(" ");
	const preview = h("span", {class: "light", "aria-hidden": "true"});
	const select = h("select", attributes(field), COLOURS.map((c) => h("option", {value: c, selected: c === now}, colour(ctx, field.key, c))));
	const box = check({checked: blink === "blinking"}, word(ctx, field.key, "blinking")), tick = box.querySelector("input");
	const paint = () => {
		tick.disabled = select.value === "off";
		preview.dataset.colour = select.value;
		preview.classList.toggle("blink", tick.checked && !tick.disabled);
	};
	const el = composite(field, () => select.value + (tick.checked && !tick.disabled ? " blinking" : ""), preview, select, box);

	el.addEventListener("change", paint);
	paint();
	return el;
}

export function time(field, ctx) {
	const special = specialOf(field);
	const input = h("input", {...attributes(field), type: "time", value: field.value === special ? "" : field.value});
	const box = special && check({checked: field.value === special}, word(ctx, field.key, special));
	const tick = box ? box.querySelector("input") : {checked: false};
	const follow = () => {
		input.disabled = tick.checked;
		if (!tick.checked && !input.value)
			input.value = "12:00";
	};

	if (box)
		tick.addEventListener("change", follow);
	input.disabled = tick.checked;
	return composite(field, () => tick.checked ? special : input.value, input, box);
}

/** A secret is never shown: whether there is one, and a new one */
export function secret(field, ctx) {
	const set = field.set;
	const input = line({...field, value: ""}, {type: "password", autocomplete: "new-password", maxlength: field.row.max || null,
		inputmode: field.row.type === "digits" ? "numeric" : null, placeholder: ctx.t(set ? "secret.set" : "secret.none")});
	const show = button({sign: "eye", label: ctx.t("secret.show"), kind: "quiet", "aria-pressed": "false"});
	const clear = set && field.clearable && button({sign: "trash", label: ctx.t("secret.clear"), kind: "quiet", "aria-pressed": "false"});
	let cleared = false;
	const el = composite(field, () => cleared ? "" : input.value || null, input, show, clear);

	show.addEventListener("click", () => {
		input.type = input.type === "password" ? "text" : "password";
		show.setAttribute("aria-pressed", String(input.type === "text"));
	});
	clear && clear.addEventListener("click", () => {
		cleared = !cleared;
		clear.setAttribute("aria-pressed", String(cleared));
		input.disabled = cleared;
		input.value = "";
		input.placeholder = ctx.t(cleared ? "secret.cleared" : "secret.set");
		changed(el);
	});
	return el;
}

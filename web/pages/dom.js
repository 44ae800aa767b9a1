/**
 * @file dom.js  Elements from descriptions (WEB-03); text of the door is text, never HTML
 */
const SVG = "http://www.w3.org/2000/svg";

function set(el, name, value) {
	if (value === null || value === undefined || value === false)
		return;
	if (name === "on")
		for (const [type, handler] of Object.entries(value))
			el.addEventListener(type, handler);
	else if (name === "data")
		Object.assign(el.dataset, value);
	else if (["value", "checked", "disabled", "hidden", "open", "selected", "readOnly", "indeterminate"].includes(name))
		el[name] = value;
	else
		el.setAttribute(name, value === true ? "" : value);
}

/**
 * Make an element.
 *
 * @param name     Of the element
 * @param props    Attributes and properties; `on` are listeners, `data` is the dataset; null leaves one out
 * @param children Elements, texts, arrays of them; null and false are left out
 */
export function h(name, props, ...children) {
	const el = document.createElement(name);

	el.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
	for (const [key, value] of Object.entries(props || {}))
		set(el, key, value);
	return el;
}

/** A sign of icons.svg; it says nothing to a screen reader */
export function icon(name) {
	const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");

	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	use.setAttribute("href", "icons.svg#" + name);
	svg.append(use);
	return svg;
}

/** A button with a sign, a text or both; without a visible text, `label` is what it is called */
export function button({sign, text, label, kind, ...props}) {
	return h("button", {type: "button", class: "button" + (kind ? " " + kind : "") + (text ? "" : " bare"),
		"aria-label": text ? null : label, title: text ? null : label, ...props},
		sign && icon(sign), text && h("span", null, text));
}

/** Choose a file: {el, input, forget()}; the browser's own control speaks the browser's language */
export function chooser(ctx, label, props = {}) {
	const input = h("input", {type: "file", "aria-label": label, ...props});
	const name = h("span", {class: "muted"}, ctx.t("file.none"));
	const follow = () => { name.textContent = input.files[0]?.name || ctx.t("file.none"); };

	input.addEventListener("change", follow);
	return {input, el: h("span", {class: "file-box"}, h("label", {class: "button file"}, icon("file"), h("span", null, ctx.t("file.choose")), input), name),
		forget: () => { input.value = ""; follow(); }};
}

const CONTROLS = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled)";

/**
 * Paint a part anew.  The focus stays in it, at the control that stands where the focused one stood; where none is left, it goes to the page.
 *
 * @param el       Part
 * @param children What is in it now
 */
export function repaint(el, ...children) {
	const had = el.contains(document.activeElement), at = [...el.querySelectorAll(CONTROLS)].indexOf(document.activeElement);

	el.replaceChildren(...children);
	if (!had)
		return;
	const left = el.querySelectorAll(CONTROLS);

	(left[Math.min(Math.max(at, 0), left.length - 1)] || document.getElementById("main")).focus({preventScroll: true});
}

let ids = 0;

/** An id that no other element has */
export function freshId(stem) {
	return `${stem}-${++ids}`;
}

/**
 * Ask in a dialog box; the focus goes back to where it was.
 *
 * @param title   Heading
 * @param body    Elements
 * @param choices [{text, value, kind, check}]; the last one is also what Enter in a form field means; check() false
 *                or a promise of false keeps the box open
 *
 * @return The choice's value; null when it was closed otherwise
 */
export function ask(title, body, choices) {
	const id = freshId("ask"), main = choices.at(-1), before = document.activeElement;

	return new Promise((resolve) => {
		let answer = null;
		const choose = async (c) => {
			if (c.check && await c.check() === false)
				return;
			answer = c.value;
			box.close();
		};
		const form = h("form", {method: "dialog", novalidate: true,
			on: {submit: (e) => { e.preventDefault(); choose(main); }}},
			h("h2", {id}, title), h("div", {class: "dialog-body"}, body),
			h("div", {class: "dialog-foot"}, choices.map((c) => h("button",
				{type: c === main ? "submit" : "button", class: "button " + (c.kind || ""),
				 on: c === main ? {} : {click: () => choose(c)}}, c.text))));
		const box = h("dialog", {"aria-labelledby": id, on: {close: () => {
			box.remove();
			(before?.isConnected ? before : document.getElementById("main")).focus();
			resolve(answer);
		}}}, form);

		document.body.append(box);
		box.showModal();
		(box.querySelector("[autofocus], .dialog-body input, .dialog-body select") || box.querySelector("button")).focus();
	});
}

/** Ask yes or no */
export async function confirm(ctx, title, text, yes, kind = "primary") {
	return await ask(title, h("p", null, text), [{text: ctx.t("cancel"), value: false}, {text: yes, value: true, kind}]) === true;
}

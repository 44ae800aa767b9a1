/**
 * @file shell.js  Top bar, bars of notices, status line, small stores of the browser
 */
import {button, flag, freshId, h, icon} from "./dom.js";
import {state, t} from "./door.js";

/** Remember something in this browser */
export function keep(name, value) {
	try {
		localStorage.setItem(name, value);
	} catch {
		/* a browser without storage forgets */
	}
}

export function kept(name) {
	try {
		return localStorage.getItem(name);
	} catch {
		return null;
	}
}

// --- status line ---

/**
 * Tell the reader something; a screen reader says it too.
 *
 * @param kind good, info or bad; bad stays until it is closed
 * @param text What
 */
export function say(kind, text) {
	const line = h("div", {class: "toast " + kind}, icon(kind === "bad" ? "warn" : "check"), h("span", null, text),
		button({sign: "close", label: t("close"), kind: "quiet", on: {click: () => line.remove()}}));
	const region = document.getElementById(kind === "bad" ? "alert" : "status");

	region.replaceChildren(line);
	if (kind === "bad")
		document.getElementById("status").replaceChildren();
	else
		setTimeout(() => line.remove(), 6000);
}

// --- bars ---

const ORDER = ["lost", "power", "reminder", "pending"];
const bars = {};

/**
 * Show a bar above the page, or take it away.
 *
 * @param name One of ORDER
 * @param bar  {kind, sign, text, buttons}, null = none
 */
export function showBar(name, bar) {
	if (bar)
		bars[name] = h("div", {class: "bar " + bar.kind, data: {bar: name}}, icon(bar.sign),
			h("p", null, bar.text), h("div", {class: "bar-buttons"}, bar.buttons));
	else
		delete bars[name];
	document.getElementById("bars").replaceChildren(...ORDER.map((n) => bars[n]).filter(Boolean));
}

// --- top bar ---

/** A button with a list of choices below it */
function menu(props, items) {
	const id = freshId("menu");
	const list = h("div", {id, class: "menu-list", hidden: true}, items);
	const opener = button({...props, kind: "quiet menu-button", "aria-expanded": "false", "aria-controls": id});
	const toggle = (on) => {
		list.hidden = !on;
		opener.setAttribute("aria-expanded", String(on));
	};
	const box = h("div", {class: "menu", on: {
		keydown: (e) => { if (e.key === "Escape" && !list.hidden) { toggle(false); opener.focus(); } },
		focusout: (e) => { if (!box.contains(e.relatedTarget)) toggle(false); },
	}}, opener, list);

	opener.addEventListener("click", () => toggle(list.hidden));
	list.addEventListener("click", () => toggle(false));
	opener.append(icon("down"));
	return box;
}

/** The five languages as flags with their names */
export function flags(languages, chosen) {
	return Object.entries(languages).map(([code, name]) => h("button", {type: "button", class: "flag", lang: code, data: {language: code},
		"aria-pressed": String(code === state.language), on: {click: () => chosen(code)}},
		flag(code), h("span", null, name)));
}

function dark() {
	return document.documentElement.dataset.theme === "dark";
}

function themeButton() {
	const to = dark() ? "light" : "dark";

	return button({sign: dark() ? "sun" : "moon", label: t("theme." + to), kind: "quiet", data: {act: "theme"}, on: {click: (e) => {
		document.documentElement.dataset.theme = to;
		keep("theme", to);
		e.currentTarget.replaceWith(themeButton());
		document.querySelector("[data-act=theme]").focus();
	}}});
}

function languageMenu(does) {
	const opener = menu({text: does.languages[state.language], "aria-label": t("language") + ": " + does.languages[state.language]},
		flags(does.languages, does.language));

	opener.querySelector("button").prepend(flag(state.language));
	opener.classList.add("language");
	return opener;
}

/** Show or hide the navigation where there is no room for it beside the page */
export function showMenu(on) {
	document.body.classList.toggle("menu-open", on);
	document.querySelector(".menu-toggle")?.setAttribute("aria-expanded", String(on));
	if (on)
		document.querySelector("#side a")?.focus();
}

/**
 * Paint the top bar.
 *
 * @param ctx  Session and texts
 * @param does {languages, language(code), password(), logout()}
 */
export function paintTop(ctx, does) {
	const inside = ctx.session.role !== "none";

	document.getElementById("top").replaceChildren(...[
		inside && button({sign: "menu", label: t("navigation"), kind: "quiet menu-toggle", "aria-controls": "side", "aria-expanded": "false",
			on: {click: () => showMenu(!document.body.classList.contains("menu-open"))}}),
		h("a", {class: "brand", href: inside ? "#/info" : "#/"}, h("img", {src: "mark.svg", alt: "", width: 26, height: 32}),
			h("span", null, "IP-GAP"), ctx.session.model && h("small", null, ctx.session.model)),
		h("div", {class: "top-end"},
			inside && languageMenu(does),
			themeButton(),
			inside && menu({sign: "user", text: ctx.session.login, "aria-label": t("account.menu", {login: ctx.session.login})}, [
				h("p", {class: "menu-note"}, t("role." + ctx.session.role)),
				button({sign: "key", text: t("password.change"), kind: "quiet", on: {click: does.password}}),
				button({sign: "logout", text: t("logout"), kind: "quiet", data: {act: "logout"}, on: {click: does.logout}}),
			])),
	].filter(Boolean));
}

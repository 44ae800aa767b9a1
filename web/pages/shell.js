/**
 * @file shell.js  Top bar, bars of notices, status line, what the browser remembers
 */
import {button, freshId, h, icon} from "./dom.js";
import {state, t} from "./door.js";

/** Remember what the reader chose; the door reads it for its next first view (web/ui_page.c) */
export function keep(name, value) {
	document.cookie = `ipgap-${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
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
const box = document.getElementById("bars"), barOf = (name) => box.querySelector(`[data-bar=${name}]`);

/**
 * Show a bar above the page, or take it away; what it says already is not said again, and keeps the focus.
 *
 * @param name One of ORDER
 * @param bar  {kind, sign, text, buttons}, null = none
 */
export function showBar(name, bar) {
	const old = barOf(name), focused = old?.contains(document.activeElement);
	const next = ORDER.slice(ORDER.indexOf(name) + 1).map(barOf).find(Boolean);
	const el = bar && h("div", {class: "bar " + bar.kind, data: {bar: name}}, icon(bar.sign),
		h("p", null, bar.text), h("div", {class: "bar-buttons"}, bar.buttons));

	if (old && old.textContent === el?.textContent)
		return;
	old?.remove();
	if (el)
		box.insertBefore(el, next || null);
	if (focused)
		(el?.querySelector("button") || document.getElementById("main")).focus({preventScroll: true});
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
	const el = h("div", {class: "menu", on: {
		keydown: (e) => { if (e.key === "Escape" && !list.hidden) { toggle(false); opener.focus(); } },
		focusout: (e) => { if (!el.contains(e.relatedTarget)) toggle(false); },
	}}, opener, list);

	opener.addEventListener("click", () => toggle(list.hidden));
	list.addEventListener("click", () => toggle(false));
	opener.append(icon("down"));
	return el;
}

/* When the dark colours are: as the reader chose, else as his system says (index.html) */
const sheet = document.getElementById("dark");

function dark() {
	return matchMedia(sheet.media).matches;
}

function themeButton() {
	const to = dark() ? "light" : "dark";

	return button({sign: dark() ? "sun" : "moon", label: t("theme." + to), kind: "quiet", data: {act: "theme"}, on: {click: (e) => {
		sheet.media = to === "dark" ? "all" : "not all";
		keep("theme", to);
		e.currentTarget.replaceWith(themeButton());
		document.querySelector("[data-act=theme]").focus();
	}}});
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.querySelector("[data-act=theme]")?.replaceWith(themeButton()));

/* The five languages with their flags stand in the login (index.html); a click on one is heard by app.js */
const flags = [...document.querySelectorAll("#login .flag")];

function languageMenu() {
	const mine = flags.find((f) => f.lang === state.language);
	const own = menu({text: mine.textContent, "aria-label": `${t("language")}: ${mine.textContent}`}, flags.map((f) => f.cloneNode(true)));

	own.querySelector("button").prepend(mine.firstChild.cloneNode(true));
	own.classList.add("language");
	return own;
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
 * @param does {password(), logout()}
 */
export function paintTop(ctx, does) {
	const inside = ctx.session.role !== "none";

	for (const f of flags)
		f.setAttribute("aria-pressed", String(f.lang === state.language));
	document.getElementById("top").replaceChildren(...[
		inside && button({sign: "menu", label: t("navigation"), kind: "quiet menu-toggle", "aria-controls": "side", "aria-expanded": "false",
			on: {click: () => showMenu(!document.body.classList.contains("menu-open"))}}),
		h("a", {class: "brand", href: inside ? "#/info" : "#/"}, h("img", {src: "mark.svg", alt: "", width: 26, height: 32}),
			h("span", null, "IP-GAP"), ctx.session.model && h("small", null, ctx.session.model)),
		h("div", {class: "top-end"},
			inside && languageMenu(),
			themeButton(),
			inside && menu({sign: "user", text: ctx.session.login, "aria-label": t("account.menu", {login: ctx.session.login})}, [
				h("p", {class: "menu-note"}, t("role." + ctx.session.role)),
				button({sign: "key", text: t("password.change"), kind: "quiet", on: {click: does.password}}),
				button({sign: "logout", text: t("logout"), kind: "quiet", data: {act: "logout"}, on: {click: does.logout}}),
			])),
	].filter(Boolean));
}

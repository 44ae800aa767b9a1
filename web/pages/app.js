/**
 * @file app.js  The shell: session, language, navigation, what is validated and not applied (WEB-01 to WEB-05)
 *
 *     session ─ none ─> login.js, the form of index.html ─> start (administrator) or information (user)
 *         └──── user, admin ──────> #/PAGE: SCREENS[PAGE].show(main, ctx), then a form of the page's settings, if it has any
 *
 * A screen is a module that exports `async function show(main, ctx)`; what it returns is called when the page is left.
 */
import {button, confirm, h, icon} from "./dom.js";
import {download, get, labelOf, onSessionEnd, post, postRaw, setLanguage, state, t, translate} from "./door.js";
import {loginDialog, loginForm, showLogin} from "./login.js";
import {keep, paintTop, say, showBar, showMenu} from "./shell.js";

/** Screens beside the settings; `role` is the least one, where the door's schema does not know the page */
const SCREENS = {
	start: {load: () => import("./start.js"), role: "admin", bare: true},
	wizard: {load: () => import("./wizard.js"), role: "admin", bare: true},
	info: {load: () => import("./info.js")},
	contacts: {load: () => import("./contacts.js")},
	ldap: {load: () => import("./directory.js")},
	users: {load: () => import("./users.js")},
	files: {load: () => import("./files.js")},
	events: {load: () => import("./events.js")},
	time: {load: () => import("./time.js")},
	debug: {load: () => import("./debug.js")},
};

const main = document.getElementById("main"), side = document.getElementById("side");

/** What a screen and a widget get */
export const ctx = {
	get session() { return state.session; },
	get text() { return state.text; },
	get language() { return state.language; },
	t, get, post, postRaw, download, say,
	schema: {pages: [], settings: {}},
	live: new EventTarget(),
	values: () => current,
	/** The text of a setting that the forms show: validated, else in force */
	value: (key) => current.draft[key] ?? current.values[key] ?? "",
	reload: loadValues,
	/** Take over an answer of validate, apply or discard */
	took,
	go: (page) => { location.hash = "#/" + page; },
	guard: (dirty) => { unsaved = dirty; },
	restarting,
	page: null,
};

let current = {version: 0, values: {}, draft: {}, secret: {}, restart: []};
let unsaved = () => false, cleanup = null, turn = 0, source = null, shown = "";

// --- values and what is not applied ---

function took(values) {
	current = {draft: {}, restart: [], secret: {}, ...values};
	paintPending();
	ctx.live.dispatchEvent(new CustomEvent("taken", {detail: current}));
}

async function loadValues() {
	took(await get("values"));
	return current;
}

function paintPending() {
	const keys = Object.keys(current.draft);
	const restart = current.restart.length > 0;

	if (!keys.length)
		return showBar("pending", null);
	showBar("pending", {
		kind: "pending", sign: restart ? "restart" : "check",
		text: t(keys.length === 1 ? "pending.one" : "pending.many", {n: keys.length})
			+ (current.draft_by && current.draft_by !== state.session.login ? " " + t("pending.by", {by: current.draft_by}) : "")
			+ (restart ? " " + t("pending.restart", {keys: current.restart.map(labelOf).join(", ")}) : ""),
		buttons: [
			button({text: t("discard"), on: {click: discard}}),
			button({text: t(restart ? "apply_restart" : "apply"), kind: "primary", data: {act: "apply"}, on: {click: apply}}),
		],
	});
}

async function apply() {
	if (unsaved() && !await confirm(ctx, t("unsaved.title"), t("unsaved.apply"), t("apply")))
		return;
	try {
		const done = await post("apply", {version: current.version});

		say("good", t(done.restart ? "applied.restart" : "applied"));
		if (done.restart)
			await restarting();
		await loadValues();
	} catch (e) {
		say("bad", e.message);
		if (e.status === 409)
			await loadValues().catch(() => {});
	}
}

async function discard() {
	if (!await confirm(ctx, t("discard.title"), t("discard.text"), t("discard"), "danger"))
		return;
	try {
		await post("discard", {version: current.version});
		say("good", t("discarded"));
	} catch (e) {
		say("bad", e.message);
	}
	await loadValues().catch(() => {});
	if (!unsaved())                         /* what is being typed stays; the form follows by itself */
		open();
}

/** The door restarts: wait until it answers again, at most a minute */
async function restarting() {
	const box = h("dialog", {class: "waiting", "aria-label": t("restarting"), on: {cancel: (e) => e.preventDefault()}},
		h("span", {class: "spinner", "aria-hidden": true}), h("p", null, t("restarting")));

	document.body.append(box);
	box.showModal();
	try {
		for (let i = 0; i < 60; i++) {
			await new Promise((resolve) => setTimeout(resolve, i ? 1000 : 1500));
			const session = await get("session").catch(() => null);

			if (session && session.role === "none")
				return location.reload();
			if (session && !session.unpowered) {
				state.session = session;
				return undefined;
			}
		}
		say("bad", t("restart.silent"));
	} finally {
		box.close();
		box.remove();
	}
	return undefined;
}

// --- live ---

const AGAIN_MS = 3000;
let again = null;

function listen() {
	clearTimeout(again);
	source?.close();
	source = new EventSource("/ui/live");
	for (const type of ["state", "event", "values", "lost", "scan"])
		source.addEventListener(type, (e) => {
			let detail;

			try {
				detail = JSON.parse(e.data);
			} catch {
				return;
			}
			ctx.live.dispatchEvent(new CustomEvent(type, {detail}));
		});
	source.addEventListener("replaced", () => {
		source.close();
		showBar("lost", {kind: "warn", sign: "warn", text: t("live.replaced"), buttons: [button({text: t("live.again"), on: {click: listen}})]});
	});
	source.addEventListener("open", () => showBar("lost", null));
	source.addEventListener("error", () => {
		showBar("lost", {kind: "warn", sign: "warn", text: t("lost")});
		if (source.readyState === EventSource.CLOSED)
			again = setTimeout(listenAgain, AGAIN_MS);
	});
}

/* The door has refused the stream: it starts, or the session was ended elsewhere */
async function listenAgain() {
	const session = await get("session").catch(() => null);

	if (!session)
		again = setTimeout(listenAgain, AGAIN_MS);
	else if (session.role !== "none")
		listen();
	else
		showBar("lost", {kind: "warn", sign: "key", text: t("login.again"), buttons: [button({text: t("login.enter"), data: {act: "login"}, on: {click: comeBack}})]});
}

async function comeBack() {
	await loginDialog();
	await listenAgain();
}

ctx.live.addEventListener("state", async (e) => {
	const running = e.detail.running ?? e.detail.powered !== false;

	ctx.state = e.detail;
	if (running === !state.session.unpowered)
		return;
	state.session.unpowered = !running;
	paintPower();
	if (running)
		await (ctx.schema.pages.length ? loadValues() : enter()).catch((error) => say("bad", error.message));
});

ctx.live.addEventListener("values", (e) => {
	if (e.detail.version !== current.version)
		loadValues().catch(() => {});
});

function paintPower() {
	showBar("power", state.session.unpowered ? {kind: "warn", sign: "plug", text: t("unpowered")} : null);
}

function paintReminder() {
	showBar("reminder", state.session.must_change ? {
		kind: "warn", sign: "key", text: t("must_change"),
		buttons: [button({text: t("password.change"), on: {click: changePassword}})],
	} : null);
}

async function changePassword() {
	const {passwordDialog} = await import("./users.js");

	if (await passwordDialog(ctx)) {
		state.session.must_change = false;
		paintReminder();
	}
}

// --- pages ---

function pageOf(id) {
	const known = ctx.schema.pages.find((p) => p.id === id);
	const own = SCREENS[id];

	if (known)
		return known;
	return own && own.role && (own.role !== "admin" || state.session.role === "admin") ? {id, keys: [], groups: []} : null;
}

function first() {
	return pageOf("info") ? "info" : ctx.schema.pages[0]?.id || "";
}

function navigation() {
	const sections = [...new Set(ctx.schema.pages.map((p) => p.section || ""))];

	side.setAttribute("aria-label", t("navigation"));
	side.replaceChildren(...sections.map((s) => h("section", null,
		s && h("h2", null, state.text.section?.[s] || s),
		h("ul", null, ctx.schema.pages.filter((p) => (p.section || "") === s).map((p) => h("li", null,
			h("a", {href: "#/" + p.id, "aria-current": p.id === shown ? "page" : null}, titleOf(p.id))))))));
	if (pageOf("wizard"))
		side.prepend(h("ul", null, h("li", null, h("a", {href: "#/start", "aria-current": ["start", "wizard"].includes(shown) ? "page" : null}, icon("wand"), t("start.nav")))));
	side.hidden = false;
}

function titleOf(id) {
	return state.text.page?.[id]?.title || t("page." + id);
}

async function open() {
	const mine = ++turn, id = location.hash.replace(/^#\/?/, "").split("?")[0];
	const page = pageOf(id || first());

	if (!page)
		return id ? ctx.go(first()) : undefined;
	if (page.id !== shown && unsaved() && !await confirm(ctx, t("unsaved.title"), t("unsaved.text"), t("unsaved.leave"), "danger")) {
		history.replaceState(null, "", "#/" + shown);
		return undefined;
	}
	cleanup?.();
	cleanup = null;
	unsaved = () => false;
	shown = page.id;
	ctx.page = page;
	showMenu(false);
	document.title = `${titleOf(page.id)} · IP-GAP`;
	navigation();
	await fill(page, mine);
	return undefined;
}

async function fill(page, mine) {
	const help = state.text.page?.[page.id]?.help;
	const content = h("div", {class: "content"});

	try {
		const screen = SCREENS[page.id] && await SCREENS[page.id].load();
		const form = page.keys.length && !screen?.ownsKeys ? await import("./settings.js") : null;

		if (mine !== turn)
			return;
		document.body.dataset.page = main.dataset.page = page.id;
		main.replaceChildren(...(SCREENS[page.id]?.bare ? [] : [h("div", {class: "page-head"}, h("h1", null, titleOf(page.id)),
			help && h("p", {class: "lead"}, help))]), content);
		main.focus({preventScroll: true});
		scrollTo(0, 0);
		const end = screen && await screen.show(content, ctx);
		const end2 = form && await form.show(content, ctx);

		if (mine === turn)
			cleanup = () => { end?.(); end2?.(); };
		else
			(end?.(), end2?.());
		main.dataset.ready = page.id;
	} catch (e) {
		content.append(h("p", {class: "notice bad", role: "alert"}, /module/.test(e.message) ? t("error.unreachable") : e.message));
		console.error(e);
	}
}

// --- coming and going ---

/** After a login, after a change of language, with the supply back */
async function enter() {
	paint();
	paintPower();
	paintReminder();
	listen();
	if (state.session.unpowered)
		return unsupplied();
	[ctx.schema] = await Promise.all([get("schema"), loadValues()]);
	return open();
}

/* Without supply the door has no settings to show, but its panel: there the supply can come back */
async function unsupplied() {
	const {panel} = await import("./panel.js"), {el, end} = panel(ctx);

	ctx.schema = {pages: [], settings: {}};
	cleanup?.();
	cleanup = end;
	main.replaceChildren(el);
}

async function leave() {
	if (unsaved() && !await confirm(ctx, t("unsaved.title"), t("unsaved.text"), t("unsaved.leave"), "danger"))
		return;
	unsaved = () => false;
	source?.close();
	await post("logout").catch(() => {});
	location.hash = "";
	location.reload();
}

function paint() {
	translate(document);
	paintTop(ctx, {password: changePassword, logout: leave});
}

async function changeLanguage(language) {
	if (unsaved() && !await confirm(ctx, t("unsaved.title"), t("unsaved.text"), t("unsaved.leave"), "danger"))
		return;
	await setLanguage(language);
	unsaved = () => false;
	keep("language", language);
	await (state.session.role === "none" ? outside() : enter());
}

/* Nobody is in: the form of the first page, which is there already */
function outside() {
	paint();
	document.title = `${t("login.title")} · IP-GAP`;
	showLogin();
}

async function start() {
	const texts = setLanguage(document.documentElement.lang), entered = loginForm(texts);
	const [session] = await Promise.all([get("session"), texts]);

	onSessionEnd(loginDialog);
	if (state.session.role === "none")              /* he may have been faster */
		state.session = session;
	if (session.role === "none") {
		outside();
		await entered;
		if (!location.hash && state.session.role === "admin")
			history.replaceState(null, "", "#/start");
	}
	await enter();
}

addEventListener("hashchange", () => { if (state.session.role !== "none") open(); });
addEventListener("beforeunload", (e) => { if (unsaved()) e.preventDefault(); });
document.addEventListener("click", (e) => {
	const flag = e.target.closest(".flag");

	if (flag)
		changeLanguage(flag.lang).catch((error) => say("bad", error.message));
});
addEventListener("keydown", (e) => {
	if (e.key === "Escape" && document.body.classList.contains("menu-open")) {
		showMenu(false);
		document.querySelector(".menu-toggle").focus();
	}
});
document.getElementById("skip").addEventListener("click", (e) => {
	e.preventDefault();
	main.focus();
});

start().catch((e) => main.replaceChildren(h("p", {class: "notice bad", role: "alert"}, state.language ? e.message : main.dataset.away)));

/**
 * @file login.js  Who is there: the first page, and the box when a session has ended (WEB-01, WEB-05)
 */
import {ask, freshId, h} from "./dom.js";
import {flags} from "./shell.js";
import {get, post, state, t} from "./door.js";

function fields() {
	const [login, password, fault] = ["login", "password", "fault"].map(freshId);
	const box = h("div", {class: "stack"},
		h("p", {id: fault, class: "notice bad", role: "alert", hidden: true}),
		h("label", {for: login}, t("login.name")),
		h("input", {id: login, name: "login", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true,
			"aria-describedby": fault}),
		h("label", {for: password}, t("login.password")),
		h("input", {id: password, name: "password", type: "password", autocomplete: "current-password", required: true,
			"aria-describedby": fault}));

	return {box, login: box.querySelector("[name=login]"), password: box.querySelector("[name=password]"), fault: box.querySelector(".notice")};
}

/* True = in */
async function enter(f) {
	f.fault.hidden = true;
	try {
		state.session = await post("login", {login: f.login.value, password: f.password.value});
		return true;
	} catch (e) {
		f.fault.textContent = e.message;
		f.fault.hidden = false;
		f.password.value = "";
		f.password.focus();
		return false;
	}
}

/** The first page; resolves once somebody is in */
export function show(main, ctx) {
	return new Promise((resolve) => {
		const f = fields();
		const submit = h("button", {type: "submit", class: "button primary wide"}, t("login.enter"));
		const form = h("form", {class: "card login", novalidate: true, "aria-labelledby": "login-title", on: {submit: async (e) => {
			e.preventDefault();
			submit.disabled = true;
			if (await enter(f))
				resolve();
			submit.disabled = false;
		}}}, h("div", {class: "login-head"}, h("img", {src: "mark.svg", alt: "", width: 39, height: 48}),
				h("div", null, h("h1", {id: "login-title"}, t("login.title")), h("p", {class: "muted"}, "IP-GAP " + (ctx.session.model || "")))), f.box, submit,
			location.protocol === "http:" && ctx.session.https && h("p", {class: "hint"}, h("a", {href: ctx.session.https}, t("login.https"))));

		main.replaceChildren(h("div", {class: "login-page"}, form,
			h("div", {class: "flags", role: "group", "aria-label": t("language")}, flags(ctx.languages, ctx.chosen))));
		f.login.focus();
		requestAnimationFrame(() => setTimeout(() => performance.mark("shown")));     /* painted, for who measures */
	});
}

/** The session has ended: log in again over the page; what was typed there stays */
export async function loginDialog(ctx) {
	const session = await get("session").catch(() => null);

	if (session && session.role !== "none")         /* only the token was old */
		return void (state.session = session);

	const f = fields();

	f.login.value = ctx.session.login || "";
	await ask(t("login.again"), f.box, [{text: t("login.enter"), value: true, kind: "primary", check: () => enter(f)}]);
}

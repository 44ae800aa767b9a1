/**
 * @file users.js  Who may log in, and one's own password (WEB-05)
 */
import {ask, button, confirm, freshId, h, repaint} from "./dom.js";
import {state} from "./door.js";

const ROLES = ["user", "admin"];

/* Labelled inputs in a box; names of those that are passwords begin with "password" */
function inputs(t, names) {
	const fault = h("p", {id: freshId("fault"), class: "error", role: "alert", hidden: true});
	const el = h("div", {class: "stack"}, names.map(([name, props]) => {
		const id = freshId(name);

		return [h("label", {for: id}, t("user." + name)), h("input", {id, name, type: name.startsWith("password") ? "password" : "text",
			autocomplete: name === "password_old" ? "current-password" : name.startsWith("password") ? "new-password" : "off",
			autocapitalize: "none", spellcheck: "false", required: true, "aria-describedby": fault.id, ...props})];
	}), fault);

	return {el, value: (name) => el.querySelector(`[name=${name}]`).value, fault(text, name) {
		fault.textContent = text;
		fault.hidden = !text;
		el.querySelector(`[name=${name}]`)?.focus();
		return false;
	}};
}

function twice(t, f) {
	return f.value("password") === f.value("password_again") || f.fault(t("user.password.differ"), "password_again");
}

const save = (ctx, check) => [{text: ctx.t("cancel"), value: false}, {text: ctx.t("save"), value: true, kind: "primary", check}];

/** A box for one's own password; true = changed */
export async function passwordDialog(ctx) {
	const f = inputs(ctx.t, [["password_old", {autofocus: true}], ["password"], ["password_again"]]);
	const check = async () => {
		if (!twice(ctx.t, f))
			return false;
		try {
			await ctx.post("password", {old: f.value("password_old"), new: f.value("password")});
			state.session = await ctx.get("session");
			return true;
		} catch (e) {
			return f.fault(e.message, e.id === "old_wrong" ? "password_old" : "password");
		}
	};

	if (await ask(ctx.t("password.change"), f.el, save(ctx, check)) !== true)
		return false;
	ctx.say("good", ctx.t("password.changed"));
	return true;
}

async function change(ctx, f, body) {
	try {
		await ctx.post("users", body);
		return true;
	} catch (e) {
		return f ? f.fault(e.message, "login") : (ctx.say("bad", e.message), false);
	}
}

function roleSelect(ctx, role, props) {
	return h("select", props, ROLES.map((r) => h("option", {value: r, selected: r === role}, ctx.t("role." + r))));
}

function when(ctx, us) {
	return us ? new Date(us / 1000).toLocaleString(ctx.language, {dateStyle: "medium", timeStyle: "short"}) : ctx.t("user.never");
}

export async function show(main, ctx) {
	const t = ctx.t, list = h("div");
	const load = async () => {
		const {users} = await ctx.get("users");

		repaint(list, h("table", {class: "list"}, h("thead", null, h("tr", null, ["user.login", "user.role", "user.last"].map((id) =>
			h("th", {scope: "col"}, t(id))), h("th", {scope: "col"}, h("span", {class: "sr"}, t("actions"))))), h("tbody", null, users.map(line))));
	};
	const then = async (ok) => { if (ok) await load(); };

	function line(u) {
		const role = roleSelect(ctx, u.role, {"aria-label": `${t("user.role")}: ${u.login}`, on: {change: async () => {
			await change(ctx, null, {op: "role", login: u.login, role: role.value});
			await load();
		}}});

		return h("tr", {data: {login: u.login}}, h("th", {scope: "row"}, u.login, u.login === ctx.session.login && h("span", {class: "tag"}, t("user.you"))),
			h("td", {"data-head": t("user.role")}, role), h("td", {"data-head": t("user.last")}, when(ctx, u.last_login_us)),
			h("td", {class: "act"},
				button({sign: "key", label: `${t("password.change")}: ${u.login}`, kind: "quiet", data: {act: "password"}, on: {click: () => password(u)}}),
				button({sign: "trash", label: `${t("remove")}: ${u.login}`, kind: "quiet", data: {act: "remove"}, on: {click: () => remove(u)}})));
	}

	async function add() {
		const f = inputs(t, [["login", {autofocus: true, maxlength: 32}], ["password"], ["password_again"]]), id = freshId("role");
		const role = roleSelect(ctx, "user", {id});

		f.el.insertBefore(h("div", {class: "stack"}, h("label", {for: id}, t("user.role")), role, h("p", {class: "hint"}, t("user.role.help"))), f.el.lastChild);
		await then(await ask(t("user.new"), f.el, save(ctx, async () => twice(t, f)
			&& change(ctx, f, {op: "add", login: f.value("login").trim(), role: role.value, password: f.value("password")}))));
	}

	async function password(u) {
		if (u.login === ctx.session.login)
			return void await passwordDialog(ctx);

		const f = inputs(t, [["password", {autofocus: true}], ["password_again"]]);

		await then(await ask(`${t("password.change")}: ${u.login}`, f.el, save(ctx, async () => twice(t, f)
			&& change(ctx, f, {op: "password", login: u.login, password: f.value("password")}))));
	}

	async function remove(u) {
		if (await confirm(ctx, t("user.remove.title"), t("user.remove.text", {login: u.login}), t("remove"), "danger"))
			await then(await change(ctx, null, {op: "remove", login: u.login}));
	}

	main.append(h("section", {class: "card"}, h("div", {class: "toolbar"},
		button({sign: "plus", text: t("user.new"), kind: "primary", data: {act: "new"}, on: {click: add}})), list));
	await load();
}

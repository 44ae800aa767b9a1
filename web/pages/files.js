/**
 * @file files.js  Configurations and contacts down and up (WEB-07, CON-02, manual §3.3.24)
 *
 * What is sent up goes into the draft: it is checked as a whole, and is in force once applied.
 */
import {button, chooser, freshId, h} from "./dom.js";
import {labelOf} from "./door.js";

/* {passphrase, or none} as a header; only printable ASCII can stand in one */
function sealed(value) {
	return value ? {"X-Passphrase": encodeURIComponent(value)} : {};
}

function faults(ctx, e) {
	const errors = e.body?.errors || [];
	const what = (x) => [x.line && ctx.t("line", {n: x.line}), x.key && labelOf(x.key)].filter(Boolean).join(", ");

	return [h("p", null, e.message), errors.length ? h("ul", null, errors.map((x) => h("li", null, what(x) ? `${what(x)}: ${x.text}` : x.text))) : ""];
}

function one(ctx, name) {
	const t = ctx.t, pass = freshId("pass");
	const notice = h("div", {class: "notice", hidden: true, tabindex: "-1", role: "alert"});
	const phrase = h("input", {id: pass, type: "password", autocomplete: "new-password", "aria-describedby": pass + "-help"});
	const file = chooser(ctx, t("files.choose", {name}));
	const tell = (kind, ...what) => {
		notice.className = "notice " + kind;
		notice.replaceChildren(...what);
		notice.hidden = false;
		notice.focus();
	};
	const down = async () => {
		notice.hidden = true;
		await ctx.download(name, name, sealed(phrase.value)).catch((e) => tell("bad", ...faults(ctx, e)));
	};
	const up = async () => {
		const [chosen] = file.input.files;

		notice.hidden = true;
		if (!chosen)
			return file.input.focus();
		try {
			ctx.took(await ctx.postRaw(`${name}?version=${ctx.values().version}`, await chosen.arrayBuffer(), sealed(phrase.value)));
			tell("good", h("p", null, t(Object.keys(ctx.values().draft).length ? "files.taken" : "files.same")));
			file.forget();
		} catch (e) {
			tell("bad", ...faults(ctx, e));
			if (e.status === 409)
				await ctx.reload();
		}
		return undefined;
	};

	return h("section", {class: "card plain", data: {file: name}}, h("h2", null, name), h("p", {class: "help"}, t("files." + name)), notice,
		h("div", {class: "toolbar"}, button({sign: "download", text: t("files.download"), data: {act: "download"}, on: {click: down}})),
		h("div", {class: "toolbar flat"}, file.el, button({sign: "upload", text: t("files.upload"), data: {act: "upload"}, on: {click: up}})),
		h("details", null, h("summary", null, t("files.secrets")), h("div", {class: "stack narrow"},
			h("label", {for: pass}, t("files.passphrase")), phrase, h("p", {class: "hint", id: pass + "-help"}, t("files.passphrase.help")))));
}

export async function show(main, ctx) {
	main.append(one(ctx, "conf_user"), one(ctx, "conf_sip"),
		h("section", {class: "card plain"}, h("h2", null, ctx.t("csv.title")), h("p", {class: "help"}, ctx.t("files.contacts")),
			h("p", {class: "toolbar flat"}, h("a", {class: "button", href: "#/contacts"}, ctx.t("files.contacts.go")))));
}

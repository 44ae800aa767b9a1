/**
 * @file wizard.js  The simplified way: five steps, "previous" at each (WEB-02, manual §3.2)
 *
 *     1 network   2 P2P or IPBX   3 contacts, by scan or by hand   4 relay codes   5 summary, save and restart
 *                                   or account and contacts
 *
 * A step is validated before the next one is shown, so it stands in the draft; nothing is in force before step 5.  The
 * book alone has no draft: contacts are kept at once.
 */
import {button, freshId, h, icon, repaint} from "./dom.js";
import {word, unit} from "./inputs.js";
import {labelOf} from "./door.js";
import {build} from "./settings.js";
import {Book, nameOf, paint, textOf} from "./contacts.js";

const CALLED = 4;                       /* contacts that the button calls (DOOR-03) */
const NETWORK = ["net.mode", "net.dhcp", "net.address", "net.mask", "net.gateway", "net.dns1", "net.dns2"];
const ACCOUNT = ["sip.account1.server", "sip.account1.port", "sip.account1.user", "sip.account1.auth_id", "sip.account1.password"];
const CODES = ["relay1.code1", "relay2.code1"];
const ACTIVE = ["sip.account1.active", "sip.account2.active", "sip.account3.active"];

/* A part of a step: a form of settings, validated with the step */
async function settings(ctx, main, keys, id = "") {
	const form = await build(ctx, [{id, keys, plain: true}], {foot: false, enter: ctx.next});

	main.append(form.el);
	return {leave: (more) => form.validate(more), dirty: () => form.typed().length > 0, end: () => form.end()};
}

/* Store settings that the step decides by itself */
async function store(ctx, values) {
	const news = Object.fromEntries(Object.entries(values).filter(([k, v]) => k in ctx.schema.settings && ctx.value(k) !== v));

	if (!Object.keys(news).length)
		return true;
	try {
		ctx.took(await ctx.post("validate", {version: ctx.values().version, values: news}));
		return true;
	} catch (e) {
		if (e.status === 409) {
			await ctx.reload();
			return store(ctx, values);
		}
		ctx.say("bad", (e.body.errors || []).map((x) => x.text).join(" ") || e.message);
		return false;
	}
}

// --- the steps ---

async function network(main, ctx) {
	const keys = NETWORK.filter((k) => k in ctx.schema.settings);

	if (keys.length)
		return settings(ctx, main, keys, "network");

	const {network: {dns = [], ...net}} = await ctx.get("info");
	const rows = Object.entries({address: net.address, mask: net.mask, gateway: net.gateway, dns1: dns[0], dns2: dns[1]}).filter(([, v]) => v);

	main.append(h("div", {class: "card"}, h("p", {class: "help pad"}, ctx.t("wizard.network.host")),
		h("dl", {class: "pairs"}, rows.map(([k, v]) => [h("dt", null, ctx.t("wizard.net." + k)), h("dd", {class: "mono"}, v)]))));
	return {};
}

/* As it was chosen in step 2; an account cannot be active before step 3 has its server */
function ipbx(ctx) {
	return ctx.wizard.ipbx ?? ctx.value(ACTIVE[0]) === "yes";
}

async function mode(main, ctx) {
	const name = freshId("mode"), now = ipbx(ctx) ? "ipbx" : "p2p";
	const choice = (id, sign) => h("label", {class: "card choice radio"}, h("input", {type: "radio", name, value: id, checked: id === now}),
		icon(sign), h("h2", null, ctx.t("wizard." + id)), h("p", {class: "muted"}, ctx.t(`wizard.${id}.help`)));
	const el = h("fieldset", {class: "choices"}, h("legend", {class: "sr"}, ctx.t("wizard.step2")), choice("p2p", "phone"), choice("ipbx", "network"));

	main.append(el);
	return {leave() {
		ctx.wizard.ipbx = el.querySelector(":checked").value === "ipbx";
		return ctx.wizard.ipbx || store(ctx, Object.fromEntries(ACTIVE.map((k) => [k, "no"])));
	}};
}

async function contacts(main, ctx) {
	const t = ctx.t, list = h("div"), pbx = ipbx(ctx);
	const book = new Book(ctx, () => repaint(list, paint(ctx, book, {mark: (place) => place <= CALLED})));
	const account = pbx ? await settings(ctx, main, ACCOUNT, "account1") : null;

	main.append(h("section", {class: "card"}, h("h2", null, t("wizard.contacts")), h("p", {class: "help"}, t("wizard.contacts.help", {n: CALLED})),
		h("div", {class: "toolbar"},
			!pbx && button({sign: "search", text: t("contacts.scan"), kind: "primary", data: {act: "scan"}, on: {click: () => book.scan()}}),
			button({sign: "plus", text: t(pbx ? "contact.new" : "wizard.by_hand"), kind: pbx ? "primary" : "", data: {act: "new"}, on: {click: () => book.dialog({})}})), list));
	await book.load();
	return {
		end: account?.end, dirty: account?.dirty,
		async leave() {
			if (account && !await account.leave({[ACTIVE[0]]: "yes"}))
				return false;
			return !book.contacts.length || store(ctx, {"button.day": book.contacts.slice(0, CALLED).map(textOf).join(",")});
		},
	};
}

async function codes(main, ctx) {
	return settings(ctx, main, CODES, "codes");
}

function shown(ctx, key) {
	const row = ctx.schema.settings[key], value = ctx.value(key);

	if (row.secret)
		return ctx.t(key in ctx.values().secret && ctx.values().secret[key] ? "secret.is_set" : "secret.none");
	return value === "" ? "–" : word(ctx, key, value) + (row.unit && /^\d+$/.test(value) ? " " + unit(ctx, row.unit) : "");
}

async function summary(main, ctx) {
	const t = ctx.t, pbx = ipbx(ctx);
	const book = new Book(ctx, () => {});
	const section = (title, step, rows) => h("section", {class: "card"}, h("div", {class: "toolbar"}, h("h2", {class: "grow"}, title),
		button({sign: "edit", text: t("change"), "aria-label": `${t("change")}: ${title}`, kind: "quiet", on: {click: () => ctx.wizard.go(step)}})),
		h("dl", {class: "pairs"}, rows.map(([k, v]) => [h("dt", null, k), h("dd", null, v)])));
	const of = (keys) => keys.filter((k) => k in ctx.schema.settings).map((k) => [labelOf(k), shown(ctx, k)]);

	await book.load();
	main.append(...[
		NETWORK.some((k) => k in ctx.schema.settings) && section(t("wizard.step1"), 0, of(NETWORK)),
		section(t("wizard.step2"), 1, [[t("wizard.mode"), t(pbx ? "wizard.ipbx" : "wizard.p2p")], ...(pbx ? of(ACCOUNT) : [])]),
		section(t("wizard.contacts"), 2, book.contacts.slice(0, CALLED).map((c, i) => [`${i + 1}. ${nameOf(c)}`, c.number])),
		section(t("wizard.step4"), 3, of(CODES)),
	].filter(Boolean), h("p", {class: "notice"}, t("wizard.summary.help")));
	return {};
}

const STEPS = [network, mode, contacts, codes, summary];

// --- from step to step ---

async function finish(ctx) {
	try {
		const done = await ctx.post("apply", {version: ctx.values().version});

		if (!done.restart)
			await ctx.post("restart");
		await ctx.restarting();
		await ctx.reload();
		ctx.say("good", ctx.t("wizard.done"));
		ctx.go("info");
	} catch (e) {
		ctx.say("bad", e.message);
		if (e.status === 409)
			await ctx.reload();
	}
}

function progress(ctx, at) {
	return h("ol", {class: "steps", "aria-label": ctx.t("wizard.steps")}, STEPS.map((s, i) => h("li", {class: i < at ? "done" : "",
		"aria-current": i === at ? "step" : null}, h("span", {class: "dot", "aria-hidden": "true"}, i < at ? icon("check") : i + 1),
		h("span", null, ctx.t(`wizard.step${i + 1}`)))));
}

export async function show(main, ctx) {
	const t = ctx.t;
	const wizard = {go: (step) => go(step), ipbx: undefined};
	let part = {}, busy = false;
	const go = (step) => paintStep(step).catch((e) => ctx.say("bad", e.message));
	const paintStep = async (step) => {
		part.end?.();
		part = {};

		const body = h("div", {class: "content"}), last = step === STEPS.length - 1;
		const next = async () => {
			if (busy)
				return;
			busy = true;
			try {
				if (last)
					await finish(ctx);
				else if (!part.leave || await part.leave())
					await go(step + 1);
			} finally {
				busy = false;
			}
		};
		const heading = h("h2", {class: "step-title", tabindex: "-1"}, t("wizard.step.of", {n: step + 1, of: STEPS.length, name: t(`wizard.step${step + 1}`)}));

		main.replaceChildren(h("div", {class: "page-head"}, h("h1", null, t("wizard.title"))), progress(ctx, step), heading,
			h("p", {class: "lead step-lead"}, t(`wizard.step${step + 1}.help`)), body,
			h("div", {class: "foot"}, h("a", {class: "button quiet", href: "#/start"}, t("wizard.leave")), h("span", {class: "grow"}),
				step > 0 && button({sign: "left", text: t("previous"), data: {act: "previous"}, on: {click: () => go(step - 1)}}),
				button({text: t(last ? "wizard.finish" : "next"), kind: "primary", data: {act: last ? "finish" : "next"}, on: {click: next}})));
		part = await STEPS[step](body, {...ctx, session: ctx.session, text: ctx.text, wizard, next, reload: ctx.reload}) || {};
		body.dataset.step = step + 1;
		heading.focus({preventScroll: true});
		scrollTo(0, 0);
	};

	main.classList.add("wizard");
	ctx.guard(() => Boolean(part.dirty?.()));
	await paintStep(0);
	return () => part.end?.();
}

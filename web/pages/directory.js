/**
 * @file directory.js  The LDAP directory: how it stands with it; what of it holds a text, copied into the list (SRV-01, CON-02)
 */
import {button, h} from "./dom.js";

const SEARCH_MS = 300, STATE = "directory?after=999999";

/* How it stands with the directory, as sentences */
function state(ctx, d) {
	const {t} = ctx, at = new Intl.DateTimeFormat(ctx.language, {dateStyle: "medium", timeStyle: "short"});

	return [!d.enabled && t("directory.off"), d.reading && t("directory.reading"), d.read_us > 0 && t("directory.state", {n: d.total, at: at.format(new Date(d.read_us / 1000))}),
		d.full && t("directory.full", {n: d.total}), d.left_out > 0 && t("directory.left_out", {n: d.left_out}), d.failed && t("directory.failed", {cause: d.cause})].filter(Boolean).join(" ");
}

/* Follow the directory: `look` is called when it, or what is said of it, may be another one */
function follow(ctx, look) {
	const again = () => look().catch(() => {}), event = ({detail}) => detail.event === "directory" && again();

	ctx.live.addEventListener("event", event);
	ctx.live.addEventListener("values", again);
	return () => {
		ctx.live.removeEventListener("event", event);
		ctx.live.removeEventListener("values", again);
	};
}

/** The directory beside the door's own list; `look` fetches it, `end` stops following it */
export function directory(ctx, book) {
	const {t} = ctx, chosen = new Map(), body = h("tbody"), said = h("p", {class: "help"});
	const copy = button({sign: "plus", text: t("directory.copy"), kind: "primary", disabled: true, data: {act: "copy"}, on: {click: take}});
	const older = button({text: t("directory.more"), data: {act: "more"}, on: {click: () => fetch(last).catch((e) => ctx.say("bad", e.message))}});
	const none = h("p", {class: "empty", hidden: true}, t("directory.none")), table = h("table", {class: "list found", hidden: true}, h("thead", null, h("tr", null,
		h("th", {scope: "col"}, h("span", {class: "sr"}, t("scan.choose"))), h("th", {scope: "col"}, t("contacts.name")), h("th", {scope: "col"}, t("contact.number")))), body);
	const search = h("input", {type: "search", maxlength: 80, spellcheck: "false", placeholder: t("directory.search"), "aria-label": t("directory.search"), name: "directory",
		on: {input: () => { clearTimeout(timer); timer = setTimeout(() => look().catch((e) => ctx.say("bad", e.message)), SEARCH_MS); }}});
	const el = h("section", {class: "card", hidden: true, data: {part: "directory"}}, h("h2", null, t("directory.title")), said, h("div", {class: "toolbar"}, h("div", {class: "grow seek"}, search), copy), none, table,
		h("div", {class: "more"}, older));
	let timer = null, last = 0, turn = 0;

	function row(c) {
		const key = JSON.stringify([c.name, c.number]), box = h("input", {type: "checkbox", checked: c.listed || chosen.has(key), disabled: c.listed, "aria-label": c.name, on: {change: () => {
			box.checked ? chosen.set(key, c) : chosen.delete(key);
			copy.disabled = !chosen.size;
		}}});

		return h("tr", null, h("td", null, box), h("th", {scope: "row"}, h("span", {class: "name"}, c.name), c.listed && h("span", {class: "tag"}, t("directory.listed"))), h("td", {class: "mono"}, c.number));
	}

	/* Behind a place; 0 = anew */
	async function fetch(after) {
		const mine = ++turn, d = await ctx.get(`directory?after=${after}&text=${encodeURIComponent(search.value.trim())}`);

		if (mine !== turn)
			return;
		el.hidden = !d.enabled;
		said.textContent = state(ctx, d);
		body[after ? "append" : "replaceChildren"](...d.contacts.map(row));
		last = d.contacts.at(-1)?.place || last;
		table.hidden = !body.childElementCount;
		none.hidden = !table.hidden;
		older.hidden = !d.more;
	}

	function look() {
		return fetch(0);
	}

	async function take() {
		let n = 0;

		copy.disabled = true;
		for (const [key, c] of chosen) {
			if (!await book.try({op: "add", contact: {number: c.number, surname: c.name, first_name: "", account: 0, p2p: false, dtmf: ""}}))
				break;
			chosen.delete(key);
			n++;
		}
		if (n && !chosen.size)
			ctx.say("good", t("directory.copied", {n}));
		copy.disabled = !chosen.size;
		await look();
	}

	return {el, look, end: follow(ctx, look)};
}

/** Above the settings: how it stands with it, and reading it now */
export async function show(main, ctx) {
	const {t} = ctx, said = h("p", {role: "status", data: {part: "state"}});
	const paint = (d) => {
		said.textContent = state(ctx, d);
		said.className = d.failed ? "notice bad" : "";
		read.disabled = !d.enabled || d.reading;
	};
	const look = async () => paint(await ctx.get(STATE));
	const read = button({sign: "restart", text: t("directory.read"), data: {act: "read"}, on: {click: () => ctx.post("directory", {}).then(paint).catch((e) => ctx.say("bad", e.message))}});

	main.append(h("section", {class: "card plain"}, said, h("div", {class: "toolbar"}, read)));
	await look();
	return follow(ctx, look);
}

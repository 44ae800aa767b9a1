/**
 * @file scan.js  Search of the network for SIP devices: a box that warns, searches, offers what it found (NET-03)
 *
 * The search goes on in the door; a box that is opened while one is running follows that one.
 */
import {freshId, h} from "./dom.js";

const EVERY_MS = 500;

class Scan {
	constructor(ctx, resolve) {
		const {t} = ctx, id = freshId("scan"), field = (name, props) => h("input", {type: "text", name, id: `${id}-${name}`, spellcheck: "false", autocomplete: "off", autocapitalize: "none", ...props});

		Object.assign(this, {ctx, answer: null, chosen: new Map(), rows: new Map(), timer: null});
		this.range = field("range", {"aria-describedby": id + "-hint", placeholder: "192.168.0.0/24"});
		this.port = field("port", {class: "number", inputmode: "numeric", maxlength: 5, value: "5060"});
		for (const input of [this.range, this.port])
			input.addEventListener("input", () => this.complain(""));
		this.fault = h("p", {class: "notice bad", role: "alert", hidden: true});
		this.form = h("div", {class: "stack"}, h("p", {class: "notice warn"}, t("scan.warning")),
			h("label", {for: this.range.id}, t("scan.range")), this.range, h("p", {class: "hint", id: id + "-hint"}, t("scan.range.help")),
			h("label", {for: this.port.id}, t("scan.port")), this.port);
		this.bar = h("progress", {max: 1, value: 0, "aria-label": t("scan.progress")});
		this.said = h("p", {role: "status"});
		this.body = h("tbody");
		this.table = h("table", {class: "list found", hidden: true}, h("thead", null, h("tr", null, h("th", {scope: "col"}, h("span", {class: "sr"}, t("scan.choose"))),
			h("th", {scope: "col"}, t("scan.address")), h("th", {scope: "col"}, t("scan.name")))), this.body);
		this.work = h("div", {class: "stack", hidden: true}, this.bar, this.said, this.table);
		this.foot = h("div", {class: "dialog-foot"});
		this.box = h("dialog", {class: "wide scan", "aria-labelledby": id, on: {close: () => this.end(resolve)}}, h("form", {method: "dialog", novalidate: true,
			on: {submit: (e) => { e.preventDefault(); this.main?.(); }}}, h("h2", {id}, t("scan.title")), h("div", {class: "dialog-body"}, this.fault, this.form, this.work), this.foot));
		this.progress = () => this.read();
	}

	/* Buttons of a phase; the last one is what Enter means */
	offer(main, ...rows) {
		const made = rows.map(([act, kind, does]) => h("button", {type: does === main ? "submit" : "button", class: "button " + kind, data: {act}, on: does === main ? {} : {click: does}}, this.ctx.t("scan." + act)));

		this.main = main;
		this.foot.replaceChildren(h("button", {type: "button", class: "button quiet", data: {act: "close"}, on: {click: () => this.box.close()}}, this.ctx.t("cancel")), ...made);
	}

	complain(text) {
		if (this.fault.textContent !== text)            /* said once, however often it is asked */
			this.fault.textContent = text;
		this.fault.hidden = !text;
	}

	async open() {
		const start = () => this.start();

		document.body.append(this.box);
		this.box.showModal();
		this.offer(start, ["start", "primary", start]);
		this.range.focus();
		try {
			const state = await this.ctx.get("scan");

			this.range.value = this.range.value || state.range || "";
			if (state.running)
				this.follow();
		} catch (e) {
			this.complain(e.message);
		}
	}

	async start() {
		this.complain("");
		try {
			await this.ctx.post("scan", {range: this.range.value.trim(), port: Number(this.port.value) || 0});
			this.follow();
		} catch (e) {
			this.complain(e.message);
			if (e.id === "scan_runs")
				this.follow();
		}
	}

	follow() {
		this.form.hidden = true;
		this.work.hidden = false;
		this.chosen.clear();
		this.rows.clear();
		this.body.replaceChildren();
		this.offer(null, ["stop", "", () => this.stop()]);
		this.foot.querySelector("[data-act=stop]").focus();
		this.ctx.live.addEventListener("scan", this.progress);
		this.timer = setInterval(this.progress, EVERY_MS);
		this.read();
	}

	async stop() {
		await this.ctx.post("scan", {cancel: true}).catch(() => {});
		await this.read();
	}

	async read() {
		if (this.reading)
			return;
		this.reading = true;
		try {
			this.paint(await this.ctx.get("scan"));
		} catch (e) {
			this.complain(e.message);
		}
		this.reading = false;
	}

	paint(state) {
		const {t} = this.ctx, n = state.found.length;

		this.bar.value = state.total ? state.done / state.total : 0;
		for (const device of state.found)
			this.row(device);
		this.table.hidden = !n;
		this.said.textContent = state.running ? t("scan.searching", {percent: Math.floor(this.bar.value * 100), n}) : t(n ? "scan.found" : "scan.nothing", {n});
		if (!state.running && this.timer)
			this.done();
	}

	done() {
		const take = () => { this.answer = [...this.chosen.values()]; this.box.close(); }, again = () => this.again();

		this.deaf();
		this.bar.hidden = true;
		this.offer(take, ["again", "", again], ["take", "primary", take]);
		this.followChoice();
		(this.body.querySelector("input") || this.foot.querySelector("[data-act=again]")).focus();
	}

	again() {
		const start = () => this.start();

		this.form.hidden = this.bar.hidden = false;
		this.work.hidden = true;
		this.offer(start, ["start", "primary", start]);
		this.range.focus();
	}

	row({address, name, status}) {
		if (this.rows.has(address))
			return;
		const id = freshId("found"), box = h("input", {type: "checkbox", id, data: {address}, on: {change: () => {
			if (box.checked)
				this.chosen.set(address, {address, name});
			else
				this.chosen.delete(address);
			this.followChoice();
		}}});

		this.rows.set(address, box);
		this.body.append(h("tr", null, h("td", null, box), h("th", {scope: "row"}, h("label", {for: id, class: "mono"}, address)),
			h("td", null, name || h("span", {class: "muted"}, this.ctx.t("scan.status", {status})))));
	}

	/* Nothing is chosen: nothing to add */
	followChoice() {
		const take = this.foot.querySelector("[data-act=take]");

		if (take)
			take.disabled = !this.chosen.size;
	}

	deaf() {
		clearInterval(this.timer);
		this.timer = null;
		this.ctx.live.removeEventListener("scan", this.progress);
	}

	/* A search nobody waits for is stopped */
	end(resolve) {
		if (this.timer)
			this.ctx.post("scan", {cancel: true}).catch(() => {});
		this.deaf();
		this.box.remove();
		resolve(this.answer);
	}
}

/**
 * Search the network in a box.
 *
 * @param ctx As a screen gets it
 *
 * @return What was chosen: [{address, name}]; null = it was closed
 */
export async function scan(ctx) {
	const before = document.activeElement;
	const answer = await new Promise((resolve) => new Scan(ctx, resolve).open());

	if (before && before.isConnected)
		before.focus();
	return answer;
}

/**
 * @file panel.js  The live panel: what the door shows and does now, and a hand on it (EVT-02, SIM-01)
 *
 * Everybody looks; an administrator of a simulated door presses the button and turns inputs, supplies, link and DIP
 * switches.  It works without supply.  It paints what `live` tells, never what it has asked for.
 */
import {freshId, h} from "./dom.js";
import {state as shell} from "./door.js";
import {word} from "./inputs.js";
import {front, svg} from "./front.js";

/* Inputs: [which, text when true, text when false] */
const INPUTS = [["contact", "closed", "open"], ["mains", "present", "absent"], ["poe", "present", "absent"], ["link", "up", "down"]];
const DIPS = 4;
const HELD_MS = 1000;                   /* a button is held as long as it is said to be (web/ui_panel.c) */

/** Minutes and seconds, hours where there are any */
export function clock(s) {
	const two = (n) => String(n).padStart(2, "0"), m = Math.floor(s / 60);

	return m < 60 ? `${m}:${two(s % 60)}` : `${Math.floor(m / 60)}:${two(m % 60)}:${two(s % 60)}`;
}

// --- hand ---

/* Levels go to the door one after the other: a release never overtakes its press */
function hand(ctx) {
	let last = Promise.resolve();

	return (body) => {
		last = last.then(() => ctx.post("panel", body)).catch((e) => ctx.say("bad", e.message));
		return last;
	};
}

/* The page goes away while the button is held: the request has to outlive it */
function releaseAtOnce() {
	fetch("/ui/panel", {method: "POST", keepalive: true, headers: {"Content-Type": "application/json", "X-CSRF-Token": shell.session.csrf || ""},
		body: JSON.stringify({input: "button", level: false})}).catch(() => {});
}

/* Press and hold, by pointer and by keyboard; what is lost (focus, pointer, page) is a release */
function holdable(el, label, ctx, send) {
	let held = false, timer = null;
	const paint = (on) => {
		held = on;
		el.setAttribute("aria-pressed", String(on));
		clearInterval(timer);
	};
	const still = async () => {
		const {pressed} = await ctx.post("panel", {input: "button", held: true}).catch(() => ({pressed: true}));

		if (held && !pressed)           /* the door has heard nothing for too long, or somebody else let it go */
			paint(false);
	};
	const press = (on) => {
		if (on === held)
			return;
		paint(on);
		send({input: "button", level: on});
		if (on)
			timer = setInterval(still, HELD_MS);
	};
	const key = (e) => e.key === " " || e.key === "Enter";
	const gone = () => { if (held) { paint(false); releaseAtOnce(); } };

	for (const [name, value] of Object.entries({role: "button", tabindex: 0, "aria-label": label, "aria-pressed": false, "data-act": "press"}))
		el.setAttribute(name, value);
	el.classList.add("operable");
	el.addEventListener("pointerdown", (e) => {
		if (e.button !== 0)
			return;
		el.setPointerCapture(e.pointerId);
		el.focus({preventScroll: true});
		e.preventDefault();
		press(true);
	});
	for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
		el.addEventListener(type, () => press(false));
	el.addEventListener("contextmenu", (e) => e.preventDefault());
	el.addEventListener("keydown", (e) => { if (key(e)) { e.preventDefault(); if (!e.repeat) press(true); } });
	el.addEventListener("keyup", (e) => { if (key(e)) { e.preventDefault(); press(false); } });
	addEventListener("pagehide", gone);
	return () => {
		removeEventListener("pagehide", gone);
		press(false);
	};
}

// --- parts ---

/* A lamp, a name, what it is now, and a switch where one may turn it */
function fact(ctx, id, label, props, turn) {
	const said = h("span", {class: "said"}), lamp = h("span", {class: "lamp", "aria-hidden": true}), input = turn && h("input", {type: "checkbox", role: "switch",
		class: "switch", id: freshId("turn"), data: {turn: id}, on: {change: async () => { await turn(input.checked); input.checked = now; }}});
	let now = false;

	return {el: h("li", {class: "fact", data: {fact: id}, ...props}, lamp, input ? h("label", {for: input.id}, label) : h("span", null, label), said, input), paint: (on, text, good) => {
		now = on;
		lamp.dataset.on = on ? good : "";
		said.textContent = text;
		if (input)
			input.checked = on;
	}};
}

/* The change-over contact of the circuit diagram: C to NC while released, to NO while energised */
function changeover() {
	const blade = svg("path", {class: "live", "stroke-width": 2.8, "stroke-linecap": "round"});
	const wire = (d, name) => svg("path", {d, class: name});
	const el = svg("svg", {viewBox: "0 0 112 66", class: "changeover", "aria-hidden": true},
		wire("M8 33H24", "live"), circleAt(5, 33, "live"), wire("M74 25V19H100", "nc"), circleAt(103, 19, "nc"), wire("M74 41V47H100", "no"), circleAt(103, 47, "no"),
		svg("text", {x: 2, y: 24}, "C"), svg("text", {x: 96, y: 11}, "NC"), svg("text", {x: 96, y: 63}, "NO"), blade);

	return {el, paint: (on) => {
		blade.setAttribute("d", on ? "M24 33L77 41" : "M24 33L77 25");
		el.classList.toggle("on", on);
	}};
}

function circleAt(cx, cy, name) {
	return svg("circle", {cx, cy, r: 3.2, class: name});
}

function relay(ctx, n) {
	const symbol = changeover(), said = h("span", {class: "said"}), use = h("span", {class: "use"});

	return {el: h("li", {class: "relay", data: {relay: n}}, h("span", {class: "relay-name"}, h("b", null, ctx.t("panel.relay", {n})), use), symbol.el, said),
		paint: ({on, function: f}) => {
			symbol.paint(on);
			said.textContent = ctx.t(on ? "panel.on" : "panel.off");
			said.parentElement.dataset.on = on;
			use.textContent = f ? word(ctx, `relay${n}.function`, f) : "";
		}};
}

/* State of the call, who is at the other end, since when */
function callBox(ctx, now_us) {
	const what = h("strong"), peer = h("span", {class: "peer"}), timer = h("span", {class: "timer"});
	let since = null;
	const tick = () => { timer.textContent = since === null ? "" : clock(Math.max(0, Math.floor((now_us() - since) / 1e6))); };
	const turn = setInterval(tick, 1000);

	return {el: h("div", {class: "call-box", data: {call: ""}}, h("span", {class: "lamp", "aria-hidden": true}), what, timer, peer), end: () => clearInterval(turn), paint: (state, text) => {
		what.textContent = text;
		what.parentElement.dataset.call = state.call?.state || "";
		peer.textContent = state.call?.peer || "";
		since = state.call?.since_us || null;
		tick();
	}};
}

// --- words ---

function stateText(ctx, state) {
	if (state.powered === false)
		return ctx.t("panel.unpowered");
	return ctx.t("panel.state." + (state.running === false ? "stopped" : state.call?.state || "idle"));
}

function lightText(ctx, {picto, colour, blink}) {
	const name = ctx.t("panel.picto." + picto), lit = word(ctx, "", colour);

	return blink && colour !== "off" ? ctx.t("panel.light.blinking", {name, colour: lit}) : ctx.t("panel.light", {name, colour: lit});
}

/* One sentence after the other, for who does not see the picture */
function summary(ctx, state) {
	const lights = (state.pictograms || []).filter((p) => p.colour !== "off").map((p) => lightText(ctx, p));
	const relays = (state.relays || []).map((r, i) => r.on && `${ctx.t("panel.relay", {n: i + 1})}: ${ctx.t("panel.on")}`).filter(Boolean);

	return [stateText(ctx, state) + (state.call?.peer ? ` ${state.call.peer}` : ""), ...lights, ...relays].join(". ") + ".";
}

/* Said at most once a second: a lamp test is one sentence, not ten */
function teller(el) {
	let wanted = "", timer = null;

	return {end: () => clearTimeout(timer), say: (text) => {
		wanted = text;
		timer ??= setTimeout(() => {
			timer = null;
			if (el.textContent !== wanted)
				el.textContent = wanted;
		}, 1000);
	}};
}

// --- all of it ---

function titled(title, ...children) {
	return h("section", {class: "facts-part"}, h("h3", null, title), children);
}

/**
 * The live panel.
 *
 * @param ctx As a screen gets it
 *
 * @return {el, end()}; end() stops listening and lets the button go
 */
export function panel(ctx) {
	const {t, session} = ctx, may = session.role === "admin" && session.simulated, send = hand(ctx);
	const picture = front(/gap/i.test(session.model || "") ? session.model : `IP-GAP ${session.model || ""}`.trim());
	let ahead_us = 0;
	const call = callBox(ctx, () => Date.now() * 1000 + ahead_us);
	const relays = [1, 2].map((n) => relay(ctx, n));
	const inputs = INPUTS.map(([name]) => fact(ctx, name, t("panel." + name), {}, may && ((level) => send({input: name, level}))));
	const pressed = fact(ctx, "button", t("panel.button"), {});
	const dips = Array.from({length: DIPS}, (_, i) => fact(ctx, "dip" + (i + 1), `${i + 1} · ${t(`panel.dip${i + 1}`)}`, {}, may && ((on) => send({dip: i + 1, on}))));
	const accounts = h("ul", {class: "facts"}), accountsPart = titled(t("panel.accounts"), accounts), told = h("p", {class: "sr", role: "status"});
	const tell = teller(told), release = may ? holdable(picture.button, t("panel.press"), ctx, send) : null;

	picture.el.setAttribute("role", may ? "group" : "img");
	picture.el.setAttribute("aria-label", t("panel.front"));

	const paint = (state) => {
		picture.paint(state);
		for (const p of state.pictograms || [])
			picture.pictos[p.picto]?.setAttribute("aria-label", lightText(ctx, p));
		picture.identify(ctx.value("identity"));
		call.paint(state, stateText(ctx, state));
		relays.forEach((r, i) => r.paint(state.relays?.[i] || {on: false}));
		pressed.paint(state.button, t(state.button ? "panel.pressed" : "panel.released"), "amber");
		INPUTS.forEach(([name, yes, no], i) => inputs[i].paint(state[name], t("panel." + (state[name] ? yes : no)), name === "contact" ? "amber" : "good"));
		dips.forEach((d, i) => d.paint(Boolean(state.dip >> i & 1), "", "amber"));
		const active = (state.accounts || []).filter((a) => a.active);

		accountsPart.hidden = !active.length;
		accounts.replaceChildren(...active.map((a) => {
			const row = fact(ctx, "account" + a.account, t("panel.account", {n: a.account}), {});

			row.paint(a.registered, t(a.registered ? "panel.registered" : "panel.unregistered"), "good");
			return row.el;
		}));
		el.dataset.live = state.powered === false ? "unpowered" : state.call?.state || "idle";
		tell.say(summary(ctx, state));
	};
	const el = h("section", {class: "card live-panel", "aria-label": t("panel.title"), data: {live: ""}}, told, h("div", {class: "panel-body"},
		h("div", {class: "front-box"}, picture.el, may && h("p", {class: "hint"}, t("panel.hint"))),
		h("div", {class: "facts-box"}, call.el, titled(t("panel.relays"), h("ul", {class: "relays"}, relays.map((r) => r.el))),
			titled(t("panel.inputs"), h("ul", {class: "facts"}, pressed.el, inputs.map((i) => i.el))), accountsPart,
			may && h("details", {class: "facts-part"}, h("summary", null, t("panel.dip")), h("ul", {class: "facts"}, dips.map((d) => d.el)), h("p", {class: "hint"}, t("panel.dip.hint"))))));
	const heard = (e) => paint(e.detail);

	accountsPart.hidden = true;
	ctx.live.addEventListener("state", heard);
	if (ctx.state)
		paint(ctx.state);
	ctx.get("info").then((info) => { ahead_us = info.time.wall_us - Date.now() * 1000; }).catch(() => {});
	return {el, end: () => {
		ctx.live.removeEventListener("state", heard);
		release?.();
		call.end();
		tell.end();
	}};
}

/**
 * @file time.js  The door's clock: what it shows, how the NTP server does, setting it by hand (TIM-01)
 *
 * The clock runs here between two questions; what is chosen below takes effect once it is applied.
 */
import {button, freshId, h} from "./dom.js";
import {word} from "./inputs.js";

const EVERY_MS = 5000;

/* A moment, of the door's own zone where it has been added */
function moment(ctx, us) {
	return new Intl.DateTimeFormat(ctx.language, {dateStyle: "full", timeStyle: "medium", timeZone: "UTC"}).format(new Date(us / 1000));
}

function seconds(ctx, us) {
	return new Intl.NumberFormat(ctx.language, {style: "unit", unit: "second", maximumFractionDigits: 3, signDisplay: "exceptZero"}).format(us / 1e6);
}

/* How the server does: {ok, ever, trouble ...} */
function server(ctx, {ok, trouble, stratum, delay_us}) {
	return ok ? ctx.t("time.ntp.ok", {stratum, delay: (delay_us / 1000).toFixed(1)}) : ctx.t("time.ntp." + (trouble || "waiting"));
}

/* Rows: [text id, function of the answer; undefined = it has no meaning now] */
const ROWS = [
	["now", (s, ctx, gone) => `${moment(ctx, s.time.wall_us + s.time.offset_s * 1e6 + gone * 1000)} (${s.time.zone})`],
	["source", (s, ctx) => word(ctx, "time.source", s.source)],
	["ntp", (s, ctx) => s.ntp && server(ctx, s.ntp)],
	["synced", (s, ctx) => s.ntp?.ever && moment(ctx, s.ntp.at_us + s.time.offset_s * 1e6)],
	["offset", (s, ctx) => s.ntp?.ever && seconds(ctx, s.ntp.offset_us)],
];

export async function show(main, ctx) {
	const {t} = ctx, id = freshId("clock");
	const cells = ROWS.map(([row]) => [h("dt", null, t("time." + row)), h("dd", {data: {clock: row}})]);
	const local = h("input", {id, type: "datetime-local", step: 1, min: "2000-01-01T00:00", max: "2099-12-31T23:59:59"});
	const set = (what) => ctx.post("clock", what).then((s) => { take(s); ctx.say("good", t("time.set.done")); }).catch((e) => ctx.say("bad", e.message));
	const hand = h("div", null, h("label", {for: id}, t("time.set")), h("div", {class: "toolbar"}, local,
		button({text: t("time.set.typed"), data: {act: "clock"}, on: {click: () => set({local: local.value})}}),
		button({text: t("time.set.browser"), data: {act: "browser"}, on: {click: () => set({utc_us: Date.now() * 1000})}})));
	const hint = h("div", {class: "toolbar"}, h("p", {class: "help"}, t("time.set.hint")));
	let state, at;

	function paint() {
		ROWS.forEach(([, read], i) => {
			const text = read(state, ctx, performance.now() - at);

			cells[i].forEach((el) => { el.hidden = !text; });
			cells[i][1].textContent = text || "";
		});
		hand.hidden = state.source !== "manual";
		hint.hidden = !hand.hidden;
	}

	function take(s) {
		[state, at] = [s, performance.now()];
		paint();
	}

	const again = () => document.hidden || ctx.get("clock").then(take).catch(() => {});

	take(await ctx.get("clock"));
	local.value = state.time.local.replace(" ", "T");
	main.append(h("section", {class: "card"}, h("h2", null, t("time.title")), h("dl", {class: "pairs"}, cells), hand, hint));
	const tick = setInterval(paint, 1000), ask = setInterval(again, EVERY_MS);

	ctx.live.addEventListener("taken", again);
	return () => {
		clearInterval(tick);
		clearInterval(ask);
		ctx.live.removeEventListener("taken", again);
	};
}

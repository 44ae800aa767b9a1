/**
 * @file front.js  The stainless front of the door as a picture: lamps, call button (EVT-02, HW-01, HW-02)
 *
 * As the window of `ipgap run` draws it: 366 x 640 units, the pictograms bell, speech, key.  A blinking light is lit the
 * first half of each second; where motion is not wanted, a dotted ring stands for it (style.css).
 */
import {freshId} from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const W = 366, H = 640;
const GRILLE = {x: 183, y: 115, r: 73}, GRILLE_V = {x: 183, y: 152, r: 48}, CAMERA = {x: 183, y: 54, r: 32};
const MIC = {x: 183, y: 574, r: 9}, RING = {x: 183, y: 458, r: 80}, FACE = 62, LAMP_R = 37;
const LIGHT = {red: "#ff3127", green: "#2bec6c", blue: "#3c8dff", yellow: "#ffc81e", white: "#f1f6ff"};

/* Signs between -1 and 1; holes run against the clock */
const dot = (x, y, r) => `M${x + r} ${y}A${r} ${r} 0 1 0 ${x - r} ${y}A${r} ${r} 0 1 0 ${x + r} ${y}Z`;
const PICTOS = {
	call: {x: 79, sign: "M-.66 .46C-.46 .26-.46 .06-.45-.16C-.43-.5-.24-.68 0-.68C.24-.68 .43-.5 .45-.16C.46 .06 .46 .26 .66 .46Z"
		+ "M-.67 .42H.67A.07 .07 0 0 1 .67 .56H-.67A.07 .07 0 0 1-.67 .42ZM-.12-.7A.12 .12 0 1 1 .12-.7A.12 .12 0 1 1-.12-.7Z"
		+ "M.19 .66A.19 .19 0 0 1-.19 .66Z"},
	talk: {x: 183, sign: "M-.48-.66H.48A.32 .32 0 0 1 .8-.34V.08A.32 .32 0 0 1 .48 .4H-.48A.32 .32 0 0 1-.8 .08V-.34A.32 .32 0 0 1-.48-.66Z"
		+ "M-.46 .3H.06L-.5 .82Z" + dot(-.4, -.13, .125) + dot(0, -.13, .125) + dot(.4, -.13, .125)},
	door: {x: 287, turn: 45, sign: "M-.4-.48A.4 .4 0 1 1 .4-.48A.4 .4 0 1 1-.4-.48Z" + dot(0, -.52, .17)
		+ "M-.1-.14H.1V.94H-.1ZM-.02 .46H.34V.61H-.02ZM-.02 .74H.38V.9H-.02Z"},
};

/** An element of a drawing; children that are null are left out */
export function svg(name, attributes = {}, ...children) {
	const el = document.createElementNS(SVG, name);

	for (const [key, value] of Object.entries(attributes))
		if (value !== null && value !== undefined)
			el.setAttribute(key, value);
	el.append(...children.flat(2).filter((c) => c !== null && c !== undefined));
	return el;
}

const circle = (x, y, r, more) => svg("circle", {cx: x, cy: y, r, ...more});

function gradient(kind, id, stops, more) {
	return svg(kind + "Gradient", {id, ...more}, stops.map(([offset, color, opacity]) => svg("stop",
		{offset, "stop-color": color, "stop-opacity": opacity})));
}

/* A fixed random sequence: each picture of a door is the same */
function randoms(seed) {
	let s = seed;

	return () => {
		s ^= s << 13;
		s ^= s >>> 17;
		s ^= s << 5;
		return (s >>> 0) / 4294967296;
	};
}

/* The brushing of the steel: streaks, light and dark */
function brushing() {
	const random = randoms(0x1ca90002);
	const streaks = (n) => Array.from({length: n}, () => `M${(random() * W * 1.2 - 60).toFixed(0)} ${(random() * H).toFixed(1)}h${(40 + random() * 220).toFixed(0)}`).join("");

	return [["#fff", .2], ["#fff", .11], ["#000", .1], ["#000", .06]].map(([stroke, opacity]) => svg("path",
		{d: streaks(240), stroke, "stroke-opacity": opacity, "stroke-width": .8, fill: "none"}));
}

/* Drilled holes: dark, their lower edge catches the light */
function holes(points, r) {
	const d = (dy) => points.map(([x, y]) => `M${(x - r).toFixed(1)} ${(y + dy).toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0`).join("");

	return [svg("path", {d: d(.8), fill: "#fff", "fill-opacity": .55}), svg("path", {d: d(0), fill: "#0d0f12"})];
}

function grille({x, y, r}) {
	const pitch = 11.4, rise = pitch * .8660254, rows = Math.floor(r / rise), points = [];

	for (let j = -rows; j <= rows; j++)
		for (let i = -8; i <= 8; i++) {
			const dx = i * pitch + (j % 2 ? pitch / 2 : 0), dy = j * rise;

			if (Math.hypot(dx, dy) <= r)
				points.push([x + dx, y + dy]);
		}
	return holes(points, 3);
}

function microphone() {
	return holes([[MIC.x, MIC.y], ...Array.from({length: 6}, (_, i) => [MIC.x + MIC.r * Math.cos(i * Math.PI / 3), MIC.y + MIC.r * Math.sin(i * Math.PI / 3)])], 2.1);
}

function screw(x, y, turn, url) {
	const lobes = Array.from({length: 6}, (_, i) => circle(3.1 * Math.cos(i * Math.PI / 3 + turn), 3.1 * Math.sin(i * Math.PI / 3 + turn), 1.6, {}));

	return svg("g", {transform: `translate(${x} ${y})`}, circle(0, .9, 10.4, {fill: "#fff", "fill-opacity": .5}), circle(0, 0, 10.2, {fill: "#3a3d41"}),
		circle(0, 0, 8.6, {fill: url("steel")}), svg("g", {fill: "#1b1e22"}, lobes, circle(0, 0, 3.3)), circle(0, 0, 1.35, {fill: "#9a9fa4"}));
}

function camera() {
	const rings = [[1, "#2a2d31"], [.94, "#0c0e11"], [.6, "#23272d"], [.54, "#0a0c12"], [.36, "#10182c"], [.17, "#05060a"]];

	return [circle(CAMERA.x, CAMERA.y + 1, CAMERA.r + 1, {fill: "#fff", "fill-opacity": .55}),
		...rings.map(([r, fill]) => circle(CAMERA.x, CAMERA.y, CAMERA.r * r, {fill})), circle(CAMERA.x - 8, CAMERA.y - 9, 8, {fill: "#9fb2ff", "fill-opacity": .3})];
}

function definitions(id) {
	return svg("defs", {},
		gradient("linear", id("sheen"), [[0, "#a6aaae"], [.14, "#cdd0d3"], [.3, "#b6babe"], [.46, "#dcdee0"], [.6, "#bcc0c3"], [.8, "#a6aaae"], [1, "#888c91"]],
			{x1: 0, y1: 0, x2: 1, y2: .55}),
		gradient("linear", id("shade"), [[0, "#fff", .2], [.25, "#fff", 0], [.7, "#000", 0], [1, "#000", .24]], {x1: 0, y1: 0, x2: 0, y2: 1}),
		gradient("linear", id("edge"), [[0, "#fff", .95], [.35, "#fff", .35], [.65, "#000", .15], [1, "#000", .55]], {x1: 0, y1: 0, x2: .6, y2: 1}),
		gradient("linear", id("steel"), [[0, "#f3f4f5"], [.25, "#a9adb1"], [.45, "#dfe1e3"], [.65, "#8e9296"], [.85, "#c6c9cc"], [1, "#75797d"]], {x1: 0, y1: 0, x2: 1, y2: 1}),
		gradient("linear", id("face"), [[0, "#c9ccce"], [.3, "#8f9397"], [.5, "#b9bcbf"], [.7, "#7f8387"], [1, "#a4a8ac"]], {x1: 0, y1: .1, x2: 1, y2: .9}),
		gradient("linear", id("hollow"), [[0, "#000", .32], [.45, "#000", .04], [1, "#fff", .42]], {x1: .3, y1: 0, x2: .7, y2: 1}),
		gradient("linear", id("glass"), [[0, "#0a0b0d"], [1, "#25282c"]], {x1: 0, y1: 0, x2: 0, y2: 1}),
		gradient("linear", id("name"), [[0, "#2b2f34"], [1, "#15171a"]], {x1: 0, y1: 0, x2: .4, y2: 1}),
		svg("clipPath", {id: id("plate")}, svg("rect", {width: W, height: H, rx: 11})));
}

function plate(url, video) {
	const box = {width: W, height: H, rx: 11};

	return [
		svg("rect", {...box, fill: url("sheen")}), svg("g", {"clip-path": url("plate")}, brushing()),
		svg("rect", {...box, fill: url("shade")}), svg("rect", {x: 1, y: 1, width: W - 2, height: H - 2, rx: 10, fill: "none", stroke: url("edge"), "stroke-width": 2}),
		screw(25, 25, .2, url), screw(W - 25, 25, 1.7, url), screw(25, H - 25, 2.6, url), screw(W - 25, H - 25, .9, url),
		grille(video ? GRILLE_V : GRILLE), video ? camera() : null, microphone(),
	];
}

function namePlate(url) {
	const name = svg("text", {x: 200, y: 341, class: "front-name", "text-anchor": "middle", fill: "#dfe3e6", "font-size": 17}, "");

	return {name, el: svg("g", {"aria-hidden": true}, svg("rect", {x: 92.5, y: 316.5, width: 181, height: 39, rx: 5, fill: "#fff", "fill-opacity": .6}),
		svg("rect", {x: 93, y: 316, width: 180, height: 38, rx: 5, fill: url("name")}), svg("text", {x: 109, y: 339, fill: "#9aa0a6", "font-size": 11}, "ID"), name)};
}

/* --- pictograms --- */

function pictogram(name, url, id) {
	const {x, sign, turn = 0} = PICTOS[name], y = 252, r = LAMP_R, halo = id("halo-" + name), glow = id("glow-" + name);
	const glyph = (more, dy = 0) => svg("path", {d: sign, transform: `translate(${x} ${y + dy}) scale(${r * .6}) rotate(${turn})`, ...more});
	const spill = svg("g", {class: "lit"}, gradient("radial", halo, [[.42, "currentColor", .75], [.57, "currentColor", .38], [.78, "currentColor", .11], [1, "currentColor", 0]]),
		circle(x, y, r * 2.1, {fill: `url(#${halo})`}));
	const lit = svg("g", {class: "lit"}, gradient("radial", glow, [[0, "currentColor", .62], [.62, "currentColor", .38], [1, "currentColor", .16]]),
		circle(x, y, r, {fill: `url(#${glow})`}), glyph({fill: "none", stroke: "currentColor", "stroke-opacity": .28, "stroke-width": .27, "stroke-linejoin": "round"}),
		glyph({fill: "currentColor"}), glyph({fill: "#fff", "fill-opacity": .6}));
	const mark = circle(x, y, r + 8, {class: "blink-mark", fill: "none", stroke: "currentColor", "stroke-width": 4, "stroke-dasharray": "2 6", "stroke-linecap": "round"});
	const el = svg("g", {class: "picto", role: "img", "data-picto": name},
		circle(x, y + 1, r + 4.3, {fill: "#fff", "fill-opacity": .5}), circle(x, y, r + 4, {fill: "#2e3135"}), circle(x, y, r + 3.4, {fill: url("steel")}),
		circle(x, y, r, {fill: url("glass")}), glyph({fill: "#5a6067", "fill-opacity": .55}, .9), glyph({fill: "#454b52"}), lit, mark);

	return {el, spill, paint: (colour, blink) => {
		const on = colour in LIGHT;

		for (const part of [spill, el]) {
			part.setAttribute("color", LIGHT[colour] || "#000");
			part.classList.toggle("on", on);
			part.classList.toggle("blinking", on && blink);
		}
		el.dataset.colour = on ? colour : "off";
	}};
}

/* --- button --- */

function callButton(url) {
	const {x, y, r} = RING, rings = Array.from({length: 13}, (_, i) => circle(x, y, (i + 1) * 4.4, {fill: "none", stroke: i % 2 ? "#000" : "#fff", "stroke-opacity": .08, "stroke-width": .7}));
	const face = svg("g", {class: "face"}, circle(x, y, FACE, {fill: url("face")}), circle(x, y, FACE * .66, {fill: url("hollow")}), rings,
		circle(x, y, FACE - 1.2, {fill: "none", stroke: url("edge"), "stroke-width": 2.4}), circle(x, y, FACE, {class: "shadow", fill: "#000"}));

	return svg("g", {class: "call-button"}, circle(x, y + 1.2, r + 1.6, {fill: "#fff", "fill-opacity": .55}), circle(x, y, r + 1.4, {fill: "#34373b"}),
		circle(x, y, r, {fill: url("steel")}), circle(x, y, FACE + 6, {fill: "#08090a"}), face, circle(x, y, r + 5, {class: "focus-ring", fill: "none", "stroke-width": 4}));
}

/**
 * Draw the front.
 *
 * @param model As the door says it, e.g. "IP-GAP 02"; one that ends in V has a camera
 *
 * @return {el, button (a group of it), pictos: {call, talk, door}, paint(state), identify(text)}
 */
export function front(model) {
	const stem = freshId("front"), id = (name) => `${stem}-${name}`, url = (name) => `url(#${id(name)})`;
	const button = callButton(url), {el: nameEl, name} = namePlate(url);
	const pictos = Object.fromEntries(Object.keys(PICTOS).map((p) => [p, pictogram(p, url, id)]));
	const engraved = (dy, fill) => svg("text", {x: MIC.x, y: 618 + dy, "text-anchor": "middle", "font-size": 14, "font-weight": 600, fill, "aria-hidden": true}, model);
	const el = svg("svg", {viewBox: `-4 -4 ${W + 8} ${H + 8}`, class: "front"}, definitions(id),
		svg("g", {"aria-hidden": true}, plate(url, /V$/.test(model)), engraved(.8, "#e4e7e9"), engraved(0, "#4c5054")), nameEl,
		Object.values(pictos).map((p) => p.spill), Object.values(pictos).map((p) => p.el), button);

	return {el, button, pictos: Object.fromEntries(Object.entries(pictos).map(([p, o]) => [p, o.el])),
		identify: (text) => { name.textContent = text; },
		paint: (state) => {
			for (const p of state.pictograms || [])
				pictos[p.picto]?.paint(p.colour, p.blink);
			button.classList.toggle("pressed", Boolean(state.button));
			el.classList.toggle("dark", state.powered === false);
		}};
}

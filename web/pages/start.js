/**
 * @file start.js  After the login: simplified or advanced (WEB-02, manual §3.1)
 */
import {h, icon} from "./dom.js";

export async function show(main, ctx) {
	const choice = (page, sign, id) => h("a", {class: "card choice", href: "#/" + page, data: {choice: id}}, icon(sign),
		h("h2", null, ctx.t(`start.${id}`)), h("p", {class: "muted"}, ctx.t(`start.${id}.help`)));

	main.append(h("div", {class: "page-head"}, h("h1", null, ctx.t("start.title")), h("p", {class: "lead"}, ctx.t("start.lead"))),
		h("div", {class: "choices"}, choice("wizard", "wand", "simplified"), choice("info", "sliders", "advanced")));
}

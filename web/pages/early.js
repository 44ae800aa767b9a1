/**
 * @file early.js  What the first view waits for, before any module is there: light or dark, session, texts (WEB-01)
 */
"use strict";

var early = (function () {
	const session = fetch("/ui/session");   /* first: the browser takes its time for its storage */

	function kept(name) {
		try {
			return localStorage.getItem(name);
		} catch (e) {
			return null;            /* no storage: as the system says */
		}
	}

	const language = kept("language"), system = matchMedia("(prefers-color-scheme: dark)");

	/* What the reader chose, else what the system says, now and when it changes */
	function paint() {
		document.documentElement.dataset.theme = kept("theme") || (system.matches ? "dark" : "light");
	}

	paint();
	system.addEventListener("change", paint);
	return {language, session, text: language && fetch("/ui/text/" + language + ".json")};
})();

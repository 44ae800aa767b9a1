/**
 * @file early.js  What the first view waits for, before any module is there: light or dark, session, texts (WEB-01)
 */
"use strict";

var early = (function () {
	function kept(name) {
		try {
			return localStorage.getItem(name);
		} catch (e) {
			return null;            /* no storage: as the system says */
		}
	}

	const theme = kept("theme"), language = kept("language");

	if (theme)
		document.documentElement.dataset.theme = theme;
	return {language, session: fetch("/ui/session"), text: language && fetch("/ui/text/" + language + ".json")};
})();

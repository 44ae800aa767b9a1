/**
 * @file walk.js  What a person does with the pages, in steps that wait for what the page says
 */
import assert from "node:assert/strict";

/** Open the first page of a door; errors of the page's programs fail the case at the end (walk.faults) */
export async function open(t, door, {language = "en", https = false, ...options} = {}) {
	const context = await t.context(options);
	const page = await context.newPage();

	page.faults = [];
	page.on("pageerror", (e) => page.faults.push(String(e.stack || e)));
	page.on("console", (m) => { if (m.type() === "error" && !/status of (40[0-9]|42[0-9]|503)|ERR_(CONNECTION|INCOMPLETE|EMPTY|INTERNET)/.test(m.text())) page.faults.push(m.text()); });
	page.base = https ? door.https : door.http;
	if (language)
		await context.addCookies([{name: "ipgap-language", value: language, url: page.base}]);
	await page.goto(page.base + "/");
	await page.waitForSelector(".login input");
	return page;
}

export async function logIn(page, login = "admin", password = "admin") {
	await page.fill(".login [name=login]", login);
	await page.fill(".login [name=password]", password);
	await page.click(".login [type=submit]");
	await page.waitForSelector("#main[data-ready]");
}

/** An administrator, logged in */
export async function admin(t, door, options) {
	const page = await open(t, door, options);

	await logIn(page);
	return page;
}

/** Go to a page and wait until it is painted */
export async function go(page, id) {
	await page.evaluate((to) => {
		if (location.hash !== "#/" + to)
			delete document.getElementById("main").dataset.ready;
		location.hash = "#/" + to;
	}, id);
	await page.waitForSelector(`#main[data-ready="${id}"]`).catch(async () => {
		throw new Error(`page ${id} did not open: ${(await page.locator("#main").innerText()).slice(0, 300)} ${page.faults?.join(" ") || ""}`);
	});
	await page.waitForLoadState("networkidle").catch(() => {});
	const fault = await page.locator("#main > .content > .notice.bad[role=alert]:visible").first().textContent({timeout: 50}).catch(() => null);

	assert.equal(fault, null, `page ${id} says ${fault}`);
}

/** The controls of a setting */
export function setting(page, key) {
	return page.locator(`[data-key="${key}"]`);
}

/** Type a text into a setting */
export async function type(page, key, text) {
	await setting(page, key).locator("input:not([type=range]):not([type=checkbox])").first().fill(text);
}

const said = (page, kind) => page.locator(`.toast.${kind}`);

export async function validate(page) {
	const answer = page.waitForResponse((r) => r.url().endsWith("/ui/validate"));

	await page.click("[data-act=validate]");
	return answer;
}

export async function apply(page) {
	const answer = page.waitForResponse((r) => r.url().endsWith("/ui/apply"));

	await page.click("[data-act=apply]");
	assert.equal((await answer).status(), 200, "apply");
	await page.waitForSelector("[data-bar=pending]", {state: "detached"});
}

/** What the door has: {version, values, draft, secret, restart} */
export function values(page) {
	return page.evaluate(async () => (await fetch("/ui/values")).json());
}

export function schema(page) {
	return page.evaluate(async () => (await fetch("/ui/schema")).json());
}

export async function toast(page, kind) {
	await said(page, kind).waitFor();
	return said(page, kind).innerText();
}

/** Ids of texts that no language has, cut or overlapping texts, a page wider than its window */
export async function looks(page) {
	return page.evaluate(() => {
		const faults = [], shown = (el) => el.checkVisibility ? el.checkVisibility() : el.offsetParent;
		const missing = document.body.innerText.match(/⟦[^⟧]*⟧/g);

		if (missing)
			faults.push("untranslated: " + [...new Set(missing)].join(" "));
		for (const el of document.querySelectorAll("[aria-label],[title],[placeholder]"))
			for (const a of ["aria-label", "title", "placeholder"])
				if (/⟦/.test(el.getAttribute(a) || ""))
					faults.push(`untranslated ${a}: ${el.getAttribute(a)}`);
		for (const el of document.querySelectorAll("[data-key] label, [data-key] em"))
			if (/^[a-z]+\d?\.[a-z_0-9]+$/.test(el.textContent))
				faults.push(`untranslated setting: ${el.textContent}`);
		for (const o of document.querySelectorAll("[data-key]:not([data-type=codecs]) option"))
			if (o.textContent === o.value && /^[a-z_]{3,}$/.test(o.value))
				faults.push(`untranslated word: ${o.closest("[data-key]").dataset.key} ${o.value}`);
		if (document.documentElement.scrollWidth > innerWidth + 1)
			faults.push(`wider than the window by ${document.documentElement.scrollWidth - innerWidth} px`);
		for (const el of document.querySelectorAll("button, .button, label, legend, h1, h2, h3, th, dt, dd, .tag, .side a, select, p"))
			if (shown(el) && !el.closest(".sr, thead") && (el.scrollWidth > el.clientWidth + 1 && el.clientWidth && getComputedStyle(el).display !== "inline"))
				faults.push(`cut: <${el.localName} class="${el.className}"> ${el.innerText.slice(0, 50)} (${el.scrollWidth} > ${el.clientWidth})`);
		return faults;
	});
}

/** No program of the page has failed */
export function sound(page) {
	assert.deepEqual(page.faults, [], "errors of the page's programs");
}

/** Seconds between two lines of the door, by their stamps */
export function between(a, b) {
	const s = (line) => { const [h, m, sec] = line.split(" ")[0].split(":").map(Number); return h * 3600 + m * 60 + sec; };

	return s(b) - s(a);
}

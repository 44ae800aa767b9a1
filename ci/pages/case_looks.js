/**
 * @file case_looks.js  Pictures, accessibility, weight, first view (WEB-01, WEB-03)
 *
 * Pictures of every page in five languages at two widths go to BUILD_DIR/pictures; on each no text may be cut or untranslated.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import {admin, go, looks, open, schema} from "./walk.js";

const WIDTHS = {phone: {width: 390, height: 844}, desktop: {width: 1280, height: 900}};
const FIRST_VIEW_MS = 100, WEIGHT = 200 * 1024;

async function ids(page) {
	return ["start", "wizard", ...(await schema(page)).pages.map((p) => p.id)];
}

/* The whole page in one picture, with nothing that sticks over it */
async function picture(page, size, file) {
	const height = await page.evaluate(() => document.documentElement.scrollHeight);

	await page.setViewportSize({width: size.width, height: Math.min(Math.max(height, size.height), 6000)});
	await page.screenshot({path: file});
	await page.setViewportSize(size);
}

function pictures(language) {
	return async (t) => {
		const door = await t.door(), faults = [];

		for (const [name, size] of Object.entries(WIDTHS)) {
			const page = await open(t, door, {language, viewport: size, hasTouch: name === "phone"});

			await picture(page, size, path.join(t.dir, "pictures", `login.${language}.${name}.png`));
			faults.push(...(await looks(page)).map((f) => `login ${name}: ${f}`));
			await page.fill(".login [name=login]", "admin");
			await page.fill(".login [name=password]", "admin");
			await page.click(".login [type=submit]");
			await page.waitForSelector("#main[data-ready]");
			for (const id of await ids(page)) {
				await go(page, id);
				await picture(page, size, path.join(t.dir, "pictures", `${id}.${language}.${name}.png`));
				faults.push(...(await looks(page)).map((f) => `${id} ${name}: ${f}`));
			}
			await page.context().close();
		}
		assert.deepEqual(faults, []);
	};
}

/* The narrowest phone there is, with the longest words */
async function narrow(t) {
	const door = await t.door(), page = await admin(t, door, {language: "de", viewport: {width: 320, height: 640}, hasTouch: true}), faults = [];

	for (const id of await ids(page)) {
		await go(page, id);
		faults.push(...(await looks(page)).map((f) => `${id}: ${f}`));
	}
	assert.deepEqual(faults, []);
	await go(page, "contacts");
	await page.click("[data-act=new]");
	assert.ok(await page.evaluate(() => document.querySelector("dialog [type=submit]").getBoundingClientRect().bottom <= innerHeight), "the buttons of a box are seen");
}

function audit(colorScheme) {
	return async (t) => {
		const door = await t.door(), page = await open(t, door, {colorScheme}), faults = [];
		const run = async (id) => {
			await page.evaluate(t.axe);
			const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));

			for (const v of violations)
				if (["serious", "critical"].includes(v.impact))
					faults.push(`${id}: ${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message || n.all[0]?.message || "")).join("; ")}`);
		};

		await run("login");
		await page.fill(".login [name=login]", "admin");
		await page.fill(".login [name=password]", "admin");
		await page.click(".login [type=submit]");
		await page.waitForSelector("#main[data-ready]");
		for (const id of await ids(page)) {
			await go(page, id);
			await run(id);
		}
		await go(page, "contacts");
		await page.click("[data-act=new]");
		await run("contacts, the box of one");
		assert.deepEqual(faults, []);
	};
}

async function weight(t) {
	const files = fs.readdirSync(t.pages).map((f) => fs.readFileSync(path.join(t.pages, f)));
	const plain = files.reduce((n, f) => n + f.length, 0), packed = files.reduce((n, f) => n + zlib.gzipSync(f, {level: 9}).length, 0);

	t.note(`${files.length} files, ${(plain / 1024).toFixed(0)} KiB, ${(packed / 1024).toFixed(0)} KiB by gzip`);
	assert.ok(packed < WEIGHT, `${packed} bytes`);
	for (const [i, f] of files.entries())
		assert.equal(/(src|href|url\(|from|import\()\s*[=(]?\s*["']?https?:\/\/(?!www\.w3\.org)/.test(f.toString("latin1")), false, `file ${i} names another host`);
}

/* In the page: when the login's form is in a frame, when one can type, when its program answers [ms since the navigation] */
function watch() {
	const seen = window.seen = {}, painted = new MessageChannel();
	const field = () => document.querySelector(".login [name=login]");
	const frame = () => {
		if (field()?.checkVisibility())
			painted.port2.postMessage(0);           /* behind this frame */
		else
			requestAnimationFrame(frame);
	};
	const answers = () => {
		if (document.querySelector("[data-act=theme]"))
			seen.program = performance.now();
		else
			setTimeout(answers, 1);
	};

	painted.port1.onmessage = () => {
		Object.assign(seen, {form: performance.now(), focus: document.activeElement === field(), lang: document.documentElement.lang});
		answers();                                      /* not before: looking takes time too */
	};
	requestAnimationFrame(frame);
}

/* Twelve first views with nothing cached: {form, program}, lists in ascending order; requests and bytes until then */
async function views(page, url) {
	const cdp = await page.context().newCDPSession(page), form = [], program = [];
	let files;

	await page.addInitScript(watch);
	for (let i = 0; i < 12; i++) {
		await page.goto("about:blank");
		await cdp.send("Network.clearBrowserCache");
		await page.goto(url);
		await page.waitForFunction(() => window.seen.form && window.seen.program);
		const seen = await page.evaluate(() => window.seen);

		assert.equal(seen.focus, true, "one can type at once");
		assert.equal(seen.lang, "fr", "and reads his language from the first frame on");
		form.push(seen.form);
		program.push(seen.program);
		files = await page.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
			.map((e) => ({blocks: e.entryType === "navigation" || e.renderBlockingStatus === "blocking", size: e.transferSize, name: e.name})));
	}

	return {form: form.sort((a, b) => a - b), program: program.sort((a, b) => a - b), files};
}

/* Times are a figure, which is the machine's too; what a first view waits for is not */
async function firstView(t) {
	const door = await t.door(), page = await open(t, door, {language: null, locale: "fr-FR"}), {form, program, files} = await views(page, door.http + "/");
	const said = (ms) => `${ms[0].toFixed(0)} ms at best, ${ms[ms.length >> 1].toFixed(0)} at the median, ${ms.at(-1).toFixed(0)} at worst`;
	const waited = files.filter((f) => f.blocks), bytes = waited.reduce((n, f) => n + f.size, 0);

	t.note(`nothing cached: the login's form after ${said(form)} (goal: ${FIRST_VIEW_MS} ms)`);
	t.note(`its program after ${said(program)}; the form waits for ${waited.length} of ${files.length} requests, ${(bytes / 1024).toFixed(1)} KiB`);
	assert.deepEqual(waited.map((f) => new URL(f.name).pathname), ["/", "/style.css"], "the form waits for the page and its style alone");
	assert.ok(bytes < 12 * 1024, `${bytes} bytes`);
}

/* Without scripts the door says what is missing, in the reader's language */
async function scriptless(t) {
	const door = await t.door(), context = await t.context({javaScriptEnabled: false, locale: "de-DE"}), page = await context.newPage();

	await page.goto(door.http + "/");
	assert.match(await page.locator("noscript").innerText(), /JavaScript\. Erlauben/);
	await page.fill(".login [name=login]", "admin");
	await page.fill(".login [name=password]", "secret");
	await page.click(".login [type=submit]");
	assert.equal(page.url(), door.http + "/", "and a password goes nowhere");
}

async function hosts(t) {
	const door = await t.door(), page = await admin(t, door), asked = new Set();

	page.on("request", (r) => asked.add(new URL(r.url()).host));
	for (const id of await ids(page))
		await go(page, id);
	assert.deepEqual([...asked], [new URL(page.base).host], "no request to another host");
}

export const cases = [
	...["fr", "en", "de", "es", "pt"].map((l) => ({name: `looks: every page in ${l}, phone and desktop`, req: "WEB-01 WEB-03", run: pictures(l)})),
	{name: "looks: nothing is cut at 320 pixels", req: "WEB-03", run: narrow},
	{name: "looks: no serious finding of axe on any page, light", req: "WEB-03", run: audit("light")},
	{name: "looks: no serious finding of axe on any page, dark", req: "WEB-03", run: audit("dark")},
	{name: "looks: weight of all files, by gzip below 200 KiB", req: "WEB-03", run: weight},
	{name: "looks: first view with nothing cached", req: "WEB-03", run: firstView, alone: true},
	{name: "looks: without scripts", req: "WEB-01", run: scriptless},
	{name: "looks: no page asks another host", req: "WEB-03", run: hosts},
];

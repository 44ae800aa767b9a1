/**
 * @file run.js  Walk the pages: one line a case, exit status 0 where none failed (WEB-01 to WEB-09, EVT-02)
 *
 *     run.js IPGAP BUILD_DIR [FILTER]
 *
 * The cases are in the files case_*.js beside this one: each exports `cases`, a list of {name, req, run(t), alone}; t is
 * {browser, door(options) (a new one, ended with the case), context(options) (of the browser), axe (source), dir, pages, note(text),
 * inconclusive(why) (the machine is too busy to tell)}.
 * Cases that measure time run alone, first; the others a few at a time, and what fails there is run once more, alone, at the
 * end: a machine that runs three browsers and doors may be too slow for one.  FILTER is a part of names.
 */
import fs from "node:fs";
import path from "node:path";
import {createRequire} from "node:module";
import {Door} from "./door.js";

const [ipgap, build, filter = ""] = process.argv.slice(2);
const here = import.meta.dirname, dir = path.resolve(build);
const require = createRequire(path.join(dir, "pages-npm") + "/");
const {chromium} = require("playwright-core");
const LIMIT_MS = 90_000, AT_ONCE = 3, AGAIN_MAX = 5;

function limited(promise, ms) {
	let timer;

	return Promise.race([promise, new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not done in ${ms / 1000} s`)), ms); })])
		.finally(() => clearTimeout(timer));
}

async function one(c, common) {
	const doors = [], contexts = [], notes = [], began = Date.now();
	let unsure = false;
	const t = {
		...common,
		note: (text) => notes.push(text),
		inconclusive: (why) => { unsure = true; notes.push(why); },
		async door(options) {
			const door = new Door(ipgap, options);

			doors.push(door);
			await door.up();
			return door;
		},
		async context(options) {
			const context = await common.browser.newContext({ignoreHTTPSErrors: true, viewport: {width: 1280, height: 900}, ...options});

			context.setDefaultTimeout(10_000);
			contexts.push(context);
			return context;
		},
	};
	let fault = null;

	try {
		await limited(c.run(t), c.limit_ms || LIMIT_MS);
	} catch (e) {
		fault = e;
		const page = contexts.at(-1)?.pages().at(-1);

		if (page)
			await page.screenshot({path: path.join(dir, "pictures", `failed-${c.name.replace(/\W+/g, "_")}.png`)}).catch(() => {});
	}
	for (const context of contexts)
		await context.close().catch(() => {});
	for (const door of doors)
		await door.end();
	const verdict = fault ? "fail" : unsure ? "open" : "pass";

	console.log(`${verdict}  ${c.name}  [${c.req}]  (${((Date.now() - began) / 1000).toFixed(1)} s)${notes.map((n) => "\n      " + n).join("")}`);
	if (fault)
		console.log("      " + String(fault.message).split("\n").slice(0, 12).join("\n      "));
	return verdict;
}

fs.mkdirSync(path.join(dir, "pictures"), {recursive: true});

const browser = await chromium.launch({executablePath: "/usr/bin/chromium", args: process.getuid() === 0 ? ["--no-sandbox"] : []});
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const files = fs.readdirSync(here).filter((f) => /^case_.*\.js$/.test(f)).sort();
const cases = (await Promise.all(files.map((f) => import(path.join(here, f))))).flatMap((m) => m.cases).filter((c) => c.name.includes(filter));
const common = {browser, axe, dir, pages: path.resolve(here, "../../web/pages")};
const together = cases.filter((c) => !c.alone);
const verdicts = new Map(), disturbed = [];
const count = (verdict) => [...verdicts.values()].filter((v) => v === verdict).length;

for (const c of cases.filter((x) => x.alone))
	verdicts.set(c, await one(c, common));
await Promise.all(Array.from({length: AT_ONCE}, async () => {
	for (let c = together.shift(); c; c = together.shift()) {
		verdicts.set(c, await one(c, common));
		if (verdicts.get(c) === "fail")
			disturbed.push(c);
	}
}));
for (const c of disturbed.length <= AGAIN_MAX ? disturbed : []) {
	console.log(`      once more, alone: ${c.name}`);
	verdicts.set(c, await one(c, common));
}
await browser.close();
for (const [c, verdict] of verdicts)
	if (verdict === "fail" || disturbed.includes(c))
		console.log(`  ${verdict === "fail" ? "fail" : "alone only"}  ${c.name}`);
console.log(`${count("pass")} passed, ${count("fail")} failed${count("open") ? `, ${count("open")} inconclusive` : ""}`);
process.exitCode = count("fail") || !cases.length ? 1 : 0;

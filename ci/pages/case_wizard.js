/**
 * @file case_wizard.js  The five steps in both modes (WEB-02)
 */
import assert from "node:assert/strict";
import {admin, go, sound, type, values} from "./walk.js";

async function step(page, n) {
	await page.waitForSelector(`[data-step="${n}"]`).catch(() => { throw new Error(`step ${n} did not come`); });
}

async function next(page, n) {
	await page.click("[data-act=next]");
	await step(page, n);
}

async function contact(page, number, name) {
	const before = await page.locator("table.contacts tbody tr").count();

	await page.click("[data-act=new]");
	await page.fill("dialog [name=number]", number);
	await page.fill("dialog [name=surname]", name);
	await page.click("dialog [type=submit]");
	await page.waitForFunction((n) => document.querySelectorAll("table.contacts tbody tr").length === n, before + 1);
}

async function finish(page, door) {
	await page.click("[data-act=finish]");
	await door.expect(/boot/, 10_000);
	await page.waitForSelector(".waiting", {state: "detached", timeout: 15_000});
	await page.waitForSelector('#main[data-page="info"]', {timeout: 10_000});
}

async function begin(t, language) {
	const door = await t.door(), page = await admin(t, door, {language});

	await page.click("[data-choice=simplified]");
	await step(page, 1);
	return {door, page};
}

async function p2p(t) {
	const {door, page} = await begin(t, "fr");

	await next(page, 2);
	await page.check("[value=p2p]");
	await next(page, 3);
	await contact(page, "192.168.0.22", "Gardien");
	await contact(page, "192.168.0.23", "Accueil");
	await page.click('tr[data-place="2"] [data-act=up]');
	await page.waitForFunction(() => document.querySelector('tr[data-place="1"] th').innerText.includes("Accueil"));
	await next(page, 4);
	await type(page, "relay1.code1", "1234");
	await type(page, "relay2.code1", "5678");
	await next(page, 5);
	assert.match(await page.locator("#main").innerText(), /Accueil[\s\S]*Gardien/);
	assert.equal((await values(page)).values["button.day"], "", "nothing is in force before the end");
	for (let n = 4; n >= 1; n--) {
		await page.click("[data-act=previous]");
		await step(page, n);
	}
	for (let n = 2; n <= 5; n++)
		await next(page, n);
	await finish(page, door);
	const now = await values(page);

	assert.match(now.values["button.day"], /192\.168\.0\.23.*,.*192\.168\.0\.22/);
	assert.equal(now.values["sip.account1.active"], "no");
	assert.equal(now.secret["relay1.code1"], true);
	assert.deepEqual(now.draft, {});
	sound(page);
}

async function ipbx(t) {
	const {door, page} = await begin(t, "en");

	await next(page, 2);
	await page.check("[value=ipbx]");
	await next(page, 3);
	await type(page, "sip.account1.server", "127.0.0.1");
	await type(page, "sip.account1.user", "200");
	await type(page, "sip.account1.password", "secret-200");
	await contact(page, "1000", "Reception");
	await next(page, 4);
	await type(page, "relay1.code1", "12x4");
	await page.click("[data-act=next]");
	await page.waitForSelector('[data-key="relay1.code1"] .error:visible');
	await type(page, "relay1.code1", "1234");
	await next(page, 5);
	assert.equal((await page.content()).includes("secret-200"), false, "the password is not shown");
	await finish(page, door);
	const now = await values(page);

	assert.deepEqual([now.values["sip.account1.active"], now.values["sip.account1.server"], now.values["sip.account1.user"], now.values["button.day"]],
		["yes", "127.0.0.1", "200", "1000"]);
	assert.equal(now.secret["sip.account1.password"], true);
	sound(page);
}

async function refused(t) {
	const {page} = await begin(t, "fr");

	await next(page, 2);
	await page.check("[value=ipbx]");
	await next(page, 3);
	await page.click("[data-act=next]");
	await page.waitForTimeout(300);
	await go(page, "info");
	assert.equal((await values(page)).values["sip.account1.active"], "no", "an abandoned wizard changes nothing");
}

export const cases = [
	{name: "wizard: peer to peer, in French, there and back and there again", req: "WEB-02", run: p2p},
	{name: "wizard: IPBX, in English", req: "WEB-02", run: ipbx},
	{name: "wizard: abandoned, it leaves the door as it is", req: "WEB-02", run: refused},
];

/**
 * @file case_people.js  Contacts, users and their rights, configurations as files (CON-01, CON-02, WEB-05, WEB-07)
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import {admin, apply, go, logIn, open, schema, sound, toast, type, validate, values} from "./walk.js";

const names = (page) => page.locator("table.contacts tbody th .name").allInnerTexts();

async function add(page, fields) {
	const before = await page.locator("table.contacts tbody tr").count();

	await page.click("[data-act=new]");
	for (const [name, value] of Object.entries(fields))
		await page.fill(`dialog [name=${name}]`, value);
	await page.click("dialog [type=submit]");
	await page.waitForFunction((n) => document.querySelectorAll("table.contacts tbody tr").length === n, before + 1);
}

async function contacts(t) {
	const door = await t.door(), page = await admin(t, door);
	const evil = '<img src=x onerror="document.title=1">';

	await go(page, "contacts");
	await add(page, {number: "101", surname: "Martin", first_name: "Zoé"});
	await add(page, {number: "192.168.0.22", surname: evil});
	assert.deepEqual(await names(page), ["Zoé Martin", evil], "a name is text, whatever it holds");
	assert.equal(await page.locator("table.contacts img").count(), 0);
	await page.click('tr[data-place="2"] [data-act=up]');
	await page.waitForFunction(() => document.querySelector('tr[data-place="2"] th').innerText.includes("Martin"));
	assert.equal(await page.evaluate(() => document.activeElement.closest("tr").dataset.place), "1", "the moved contact keeps the focus");
	await page.click('tr[data-place="1"] [data-act=edit]');
	await page.fill("dialog [name=surname]", "Gardien");
	await page.click("dialog [type=submit]");
	await page.waitForFunction(() => document.querySelector('tr[data-place="1"] th').innerText.includes("Gardien"));
	await page.waitForFunction(() => document.activeElement.matches('tr[data-place="1"] [data-act=edit]'));
	await page.click("[data-act=new]");
	await page.fill("dialog [name=number]", "not a number !");
	await page.click("dialog [type=submit]");
	await page.waitForSelector("dialog .error:visible");
	await page.keyboard.press("Escape");

	const got = page.waitForEvent("download");

	await page.click("[data-act=export]");
	const file = path.join(t.dir, "pictures", "contacts.csv");

	await (await got).saveAs(file);
	assert.match(fs.readFileSync(file, "utf8"), /Gardien/);
	await page.click('tr[data-place="1"] [data-act=remove]');
	await page.click("dialog [type=submit]");
	await page.waitForFunction(() => document.querySelectorAll("table.contacts tbody tr").length === 1);
	assert.equal(await page.evaluate(() => document.activeElement.closest("tr")?.dataset.place), "1", "the next one has the focus");
	await page.setInputFiles("input[type=file]", file);
	await page.selectOption("[name=mode]", "replace");
	await page.click("[data-act=import]");
	await page.click("dialog [type=submit]");
	await page.waitForFunction(() => document.querySelectorAll("table.contacts tbody tr").length === 2);
	assert.deepEqual(await names(page), ["Gardien", "Zoé Martin"]);
	await page.setInputFiles("input[type=file]", {name: "x.csv", mimeType: "text/csv", buffer: Buffer.from("number,surname\n???,x\n")});
	await page.selectOption("[name=mode]", "append");
	await page.click("[data-act=import]");
	await page.waitForSelector(".card .notice.bad:visible");
	assert.deepEqual(await names(page), ["Gardien", "Zoé Martin"], "a broken file changes nothing");
	fs.rmSync(file);
	sound(page);
}

async function users(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "users");
	await page.click("[data-act=new]");
	await page.fill("dialog [name=login]", "marie");
	await page.fill("dialog [name=password]", "marie's own 1");
	await page.fill("dialog [name=password_again]", "marie's own 1");
	await page.click("dialog [type=submit]");
	await page.waitForSelector('tr[data-login="marie"]');
	await page.click('tr[data-login="admin"] [data-act=remove]');
	await page.click("dialog [type=submit]");
	await toast(page, "bad");
	assert.equal(await page.locator('tr[data-login="admin"]').count(), 1, "the last administrator stays");

	const hers = await open(t, door);

	await logIn(hers, "marie", "marie's own 1");
	const all = (await schema(page)).pages, few = (await schema(hers)).pages;

	assert.ok(few.length < all.length && few.length >= 10, `a user sees ${few.length} of ${all.length} pages`);
	assert.deepEqual(await hers.locator("#side a").evaluateAll((l) => l.map((a) => a.hash.slice(2)).sort()), few.map((p) => p.id).sort());
	const hidden = all.filter((p) => !few.some((f) => f.id === p.id));

	for (const p of hidden) {
		await hers.evaluate((id) => { location.hash = "#/" + id; }, p.id);
		await hers.waitForTimeout(60);
		assert.notEqual(await hers.getAttribute("#main", "data-page"), p.id, `${p.id} is hidden from a user`);
	}
	const codes = await hers.evaluate(async (keys) => {
		const {csrf} = await (await fetch("/ui/session")).json();
		const {version} = await (await fetch("/ui/values")).json();
		const post = async (to, body) => (await fetch("/ui/" + to, {method: "POST", headers: {"Content-Type": "application/json", "X-CSRF-Token": csrf}, body: JSON.stringify(body)})).status;
		const get = async (to) => (await fetch("/ui/" + to)).status;

		return [await get("users"), await get("conf_user"), await get("conf_sip"), await get("contacts.csv"), await get("events"), await post("restart", {}),
			await post("users", {op: "add", login: "x", role: "admin", password: "12345678"}), await post("validate", {version, values: {[keys]: "1"}})];
	}, all.find((p) => p.id === "sip")?.keys[0] || "sip.session_s");

	assert.deepEqual(codes, [403, 403, 403, 403, 403, 403, 403, 403]);
	await go(hers, "relays");
	await type(hers, "relay1.hold_s", "3");
	assert.equal((await validate(hers)).status(), 200, "a user may change the basic pages");
	await apply(hers);
	sound(page);
	sound(hers);
}

async function files(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "relays");
	await type(page, "relay1.hold_s", "13");
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	await go(page, "files");
	const got = page.waitForEvent("download");

	await page.click('[data-file=conf_user] [data-act=download]');
	const file = path.join(t.dir, "pictures", "conf_user");

	await (await got).saveAs(file);
	await go(page, "relays");
	await type(page, "relay1.hold_s", "14");
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	await go(page, "files");
	await page.setInputFiles("[data-file=conf_user] input[type=file]", file);
	await page.click('[data-file=conf_user] [data-act=upload]');
	await page.waitForSelector("[data-file=conf_user] .notice.good");
	assert.equal((await values(page)).draft["relay1.hold_s"], "13");
	await apply(page);
	assert.equal((await values(page)).values["relay1.hold_s"], "13", "the door is as the file says");
	await page.setInputFiles("[data-file=conf_user] input[type=file]", {name: "conf_user", mimeType: "text/plain", buffer: Buffer.from(fs.readFileSync(file, "utf8").replace(/(relay1\.hold_s\s*=\s*)13/, "$199"))});
	await page.click('[data-file=conf_user] [data-act=upload]');
	await page.waitForSelector("[data-file=conf_user] .notice.bad");
	assert.match(await page.locator("[data-file=conf_user] .notice").innerText(), /99/);
	assert.deepEqual((await values(page)).draft, {}, "a broken file changes nothing");
	fs.rmSync(file);
	sound(page);
}

export const cases = [
	{name: "contacts: add, change, order, remove, CSV both ways", req: "CON-01 CON-02 WEB-07", run: contacts},
	{name: "users: a user sees the basic pages and gets 403 for all else", req: "WEB-05", run: users},
	{name: "files: conf_user down and up; a broken one changes nothing", req: "WEB-07", run: files},
];

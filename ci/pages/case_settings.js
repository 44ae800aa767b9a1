/**
 * @file case_settings.js  Forms: change, validate, apply, reload, see it in the door (WEB-03, WEB-04)
 */
import assert from "node:assert/strict";
import {admin, apply, between, go, logIn, open, schema, setting, sound, type, validate, values} from "./walk.js";

/* Another value than the present one, typed as a person does; undefined = this type is not for this walk */
const CHANGE = {
	async bool(page, key, row, now) {
		await setting(page, key).locator("input").click();
		return now === "yes" ? "no" : "yes";
	},
	async int(page, key, row, now) {
		const value = String(Number(now) === row.max || isNaN(now) ? row.min : row.max);

		if (now === (row.special || ""))
			await setting(page, key).locator("[type=checkbox]").click();
		await type(page, key, value);
		return value;
	},
	async enum(page, key, row, now) {
		const value = row.words.find((w) => w !== now);

		await setting(page, key).locator("select").selectOption(value);
		return value;
	},
	async text(page, key) {
		await type(page, key, "Été à l'entrée");
		return "Été à l'entrée";
	},
	async host(page, key) {
		await type(page, key, "192.168.0.77");
		return "192.168.0.77";
	},
	async zone(page, key, row, now) {
		const value = now === "Europe/Lisbon" ? "Europe/Paris" : "Europe/Lisbon";

		await type(page, key, value);
		return value;
	},
	async light(page, key, row, now) {
		const value = now.startsWith("red") ? "green" : "red";

		await setting(page, key).locator("select").selectOption(value);
		return value + (/blinking/.test(now) ? " blinking" : "");
	},
};

/* Settings that other settings must agree with, or that end the walk */
const NOT = /^(ldap\.enabled|web\.|sip\.(port|tls_port|rtp_port_.*|transport)|sip\.account\d|door\.language|.*_(cert|ca)$|.*\.tls_.*|nat\.mode|sip\.media_encryption)/;

async function change(page, p, known, now) {
	for (const key of p.keys) {
		const row = known[key];

		if (NOT.test(key) || row.secret || row.restart || !CHANGE[row.type] || !await setting(page, key).isVisible())
			continue;
		return [key, await CHANGE[row.type](page, key, row, now.values[key])];
	}
	return null;
}

function every(language) {
	return async (t) => {
		const door = await t.door(), page = await admin(t, door, {language}), {pages, settings} = await schema(page);
		const done = [];

		for (const p of pages.filter((x) => x.keys.length)) {
			await go(page, p.id);
			const changed = await change(page, p, settings, await values(page));

			if (!changed)
				continue;
			const [key, value] = changed, answer = await validate(page);

			assert.equal(answer.status(), 200, `${p.id}: ${key} = ${value}: ${answer.status()} ${await answer.text().catch(() => "")}`);
			assert.equal((await values(page)).draft[key], value, `${p.id}: ${key} is in the draft`);
			await apply(page);
			await page.reload();
			await page.waitForSelector(`#main[data-ready="${p.id}"]`);
			assert.equal((await values(page)).values[key], value, `${p.id}: ${key} is in force`);
			done.push(`${p.id} (${key})`);
		}
		assert.ok(done.length >= 10, `only ${done.join(", ")}`);
		t.note(done.join(", "));
		sound(page);
	};
}

async function held(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "relays");
	await type(page, "relay1.hold_s", "2");
	assert.equal((await validate(page)).status(), 200);
	await door.say("open 1");
	const on = await door.expect(/relay relay=1 on=yes/), off = await door.expect(/relay relay=1 on=no/, 8000);

	assert.ok(Math.abs(between(on, off) - 5) < 0.05, `validated only: still 5 s, not ${between(on, off)} s`);
	await apply(page);
	await door.say("open 1");
	const on2 = await door.expect(/relay relay=1 on=yes/), off2 = await door.expect(/relay relay=1 on=no/, 5000);

	assert.ok(Math.abs(between(on2, off2) - 2) < 0.05, `applied: 2 s, not ${between(on2, off2)} s`);
	t.note(`relay 1 held for ${between(on, off).toFixed(3)} s, then ${between(on2, off2).toFixed(3)} s`);
	sound(page);
}

async function refused(t) {
	const door = await t.door(), page = await admin(t, door, {language: "fr"});

	await go(page, "relays");
	await type(page, "relay1.hold_s", "99");
	await type(page, "relay2.hold_s", "4");
	assert.equal((await validate(page)).status(), 422);
	const row = setting(page, "relay1.hold_s");

	await row.locator(".error:visible").waitFor();
	assert.match(await row.locator(".error").innerText(), /99/);
	assert.equal(await row.locator("input").getAttribute("aria-invalid"), "true");
	const error = await row.locator(".error").getAttribute("id");

	assert.ok((await row.locator("input").getAttribute("aria-describedby")).split(" ").includes(error), "the error describes its field");
	assert.equal(await page.evaluate(() => document.activeElement.closest("[data-key]")?.dataset.key), "relay1.hold_s", "the first error has the focus");
	assert.deepEqual((await values(page)).draft, {}, "nothing is kept, not even what was good");
	assert.equal(await setting(page, "relay2.hold_s").locator("input").inputValue(), "4", "what was typed stays");
	await type(page, "relay1.hold_s", "8");
	assert.equal((await validate(page)).status(), 200);
	await row.locator(".error").waitFor({state: "hidden"});
	sound(page);
}

async function faster(t) {
	const door = await t.door(), mine = await open(t, door), theirs = await admin(t, door);

	/* without the live stream this page learns nothing by itself */
	await mine.route("**/ui/live", (r) => r.abort());
	await logIn(mine);
	await go(mine, "relays");
	await go(theirs, "relays");
	await type(mine, "relay1.hold_s", "11");
	await type(theirs, "relay2.hold_s", "12");
	assert.equal((await validate(theirs)).status(), 200);
	assert.equal((await validate(mine)).status(), 409);
	await mine.waitForSelector(".settings > .notice:visible");
	const text = await mine.locator(".settings > .notice").innerText();

	assert.match(text, /admin/);
	assert.match(text, /12/);
	assert.equal(await setting(mine, "relay1.hold_s").locator("input").inputValue(), "11", "what was typed stays");
	assert.equal(await setting(mine, "relay2.hold_s").locator("input").inputValue(), "12", "the rest follows");
	assert.equal((await validate(mine)).status(), 200, "once more");
	const {draft} = await values(mine);

	assert.deepEqual([draft["relay1.hold_s"], draft["relay2.hold_s"]], ["11", "12"]);
}

async function live(t) {
	const door = await t.door(), mine = await admin(t, door), theirs = await admin(t, door);

	await go(mine, "relays");
	await go(theirs, "relays");
	await type(mine, "relay1.hold_s", "11");
	await type(theirs, "relay1.hold_s", "12");
	await type(theirs, "relay2.hold_s", "13");
	assert.equal((await validate(theirs)).status(), 200);
	await mine.waitForFunction(() => document.querySelector('[data-key="relay2.hold_s"] input').value === "13");
	await setting(mine, "relay1.hold_s").locator(".tag.warn").waitFor();
	assert.match(await setting(mine, "relay1.hold_s").locator(".tag.warn").innerText(), /admin.*12/);
	assert.equal(await setting(mine, "relay1.hold_s").locator("input").inputValue(), "11");
	sound(mine);
	sound(theirs);
}

async function secret(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "codes");
	await type(page, "relay1.code1", "4711");
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	assert.equal(await setting(page, "relay1.code1").locator("input").first().inputValue(), "", "a code is not shown");
	const all = JSON.stringify(await values(page));

	assert.equal(all.includes("4711"), false, "a code does not come back");
	assert.equal((await values(page)).secret["relay1.code1"], true);
	assert.equal((await page.content()).includes("4711"), false);
	sound(page);
}

async function restarts(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "sip");
	const {pages, settings} = await schema(page);
	const key = "door.boot_ms" in settings && pages.find((p) => p.keys.includes("door.boot_ms")) ? "door.boot_ms" : "sip.tcp";
	const where = pages.find((p) => p.keys.includes(key));

	await go(page, where.id);
	if (key === "sip.tcp")
		await setting(page, key).locator("input").click();
	else
		await type(page, key, "500");
	assert.equal((await validate(page)).status(), 200);
	assert.match(await page.locator("[data-bar=pending]").innerText(), /restart/i);
	await page.click("[data-act=apply]");
	await door.expect(/boot/, 10_000);
	await page.waitForSelector(".waiting", {state: "detached", timeout: 15_000});
	await page.waitForSelector("[data-bar=pending]", {state: "detached"});
	sound(page);
}

async function keyboard(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "relays");
	await page.keyboard.press("Tab");
	await page.evaluate(() => document.getElementById("skip").focus());
	await page.keyboard.press("Enter");
	assert.equal(await page.evaluate(() => document.activeElement.id), "main", "the skip link");
	await page.keyboard.press("Tab");
	for (let i = 0; i < 30 && await page.evaluate(() => document.activeElement.name) !== "relay1.hold_s"; i++)
		await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.name), "relay1.hold_s", "a field by Tab alone");
	await page.keyboard.press("Control+a");
	await page.keyboard.type("6");
	const answer = page.waitForResponse((r) => r.url().endsWith("/ui/validate"));

	await page.keyboard.press("Enter");
	assert.equal((await answer).status(), 200, "validated by Enter");
	sound(page);
}

async function ordered(t) {
	const door = await t.door(), page = await admin(t, door);
	const rows = (key) => setting(page, key).locator(".order li").evaluateAll((l) => l.map((x) => x.dataset.item));

	await page.evaluate(async () => {
		const {csrf} = await (await fetch("/ui/session")).json(), {version} = await (await fetch("/ui/contacts")).json();

		await fetch("/ui/contacts", {method: "POST", headers: {"Content-Type": "application/json", "X-CSRF-Token": csrf},
			body: JSON.stringify({version, op: "add", contact: {number: "192.168.0.22", surname: "Gardien", first_name: "", p2p: true, account: 0, dtmf: ""}})});
	});
	await go(page, "button");
	const day = setting(page, "button.day");

	await day.locator("select").selectOption({label: "Gardien"});
	await day.locator(".order-add input").fill("192.168.0.23");
	await page.keyboard.press("Enter");
	assert.equal((await rows("button.day")).length, 2);
	await day.locator("li:nth-child(2) [data-act=up]").click();
	assert.match((await rows("button.day"))[0], /192\.168\.0\.23/);
	assert.equal(await page.evaluate(() => document.activeElement.closest("li")?.dataset.item), "192.168.0.23", "the moved one keeps the focus");
	assert.equal((await validate(page)).status(), 200);
	assert.match((await values(page)).draft["button.day"], /192\.168\.0\.23.*,.*192\.168\.0\.22;p2p/);
	await go(page, "codecs");
	const codecs = setting(page, "sip.codecs");

	await codecs.locator("select").selectOption("opus");
	await codecs.locator("li:nth-child(3) .grip").dragTo(codecs.locator("li:nth-child(1)"));
	assert.deepEqual(await rows("sip.codecs"), ["opus", "PCMA", "PCMU"], "dragged to the first place");
	await codecs.locator("li:nth-child(3) [data-act=trash]").click();
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	assert.equal((await values(page)).values["sip.codecs"], "opus,PCMA");
	sound(page);
}

export const cases = [
	{name: "settings: every page in French: change, validate, apply, reload", req: "WEB-03 WEB-04", run: every("fr")},
	{name: "settings: every page in English: change, validate, apply, reload", req: "WEB-03 WEB-04", run: every("en")},
	{name: "settings: the hold time of the page is the relay's once it is applied", req: "WEB-04 REL-02", run: held, alone: true},
	{name: "settings: what is not accepted is told at its field and changes nothing", req: "WEB-04", run: refused},
	{name: "settings: somebody else was faster: said, and nothing typed is lost", req: "WEB-04", run: faster},
	{name: "settings: what others change appears while one types", req: "WEB-04", run: live},
	{name: "settings: a code goes in and does not come back", req: "WEB-03", run: secret},
	{name: "settings: applying what needs it restarts the door", req: "WEB-04", run: restarts},
	{name: "settings: who is called, and codecs, in order by arrows and by dragging", req: "WEB-03 DOOR-03", run: ordered},
	{name: "settings: by keyboard alone", req: "WEB-03", run: keyboard},
];

/**
 * @file case_login.js  Login, languages, sessions (WEB-01, WEB-05)
 */
import assert from "node:assert/strict";
import {admin, apply, go, logIn, open, setting, sound, toast, type, validate, values} from "./walk.js";

async function languages(t) {
	const door = await t.door(), page = await open(t, door, {language: null, locale: "de-DE"});
	const login = {fr: "Se connecter", en: "Log in", de: "Anmelden", es: "Entrar", pt: "Entrar"};

	assert.equal(await page.locator(".flag").count(), 5);
	for (const [code, text] of Object.entries(login)) {
		await page.click(`.flag[lang=${code}]`);
		await page.waitForFunction((l) => document.documentElement.lang === l && document.querySelector(`.flag[lang=${l}]`)?.ariaPressed === "true", code);
		assert.equal(await page.locator(".login [type=submit]").innerText(), text);
	}
	await page.reload();
	await page.waitForSelector(".login input");
	assert.equal(await page.getAttribute("html", "lang"), "pt", "the language is remembered");
	await page.fill(".login [name=login]", "typed");
	await page.click(".flag[lang=es]");
	await page.waitForFunction(() => document.documentElement.lang === "es");
	assert.equal(await page.inputValue(".login [name=login]"), "typed", "what was typed stays");
	sound(page);
}

async function themes(t) {
	const door = await t.door(), page = await open(t, door, {colorScheme: "light"}), ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const light = await ground();

	await page.emulateMedia({colorScheme: "dark"});
	const dark = await ground();

	assert.notEqual(dark, light, "as the system says");
	await page.click("[data-act=theme]");
	assert.equal(await ground(), light, "as the reader chose");
	await page.reload({waitUntil: "commit"});
	await page.waitForSelector(".login input");
	assert.equal(await ground(), light, "from the first view on");
	await page.waitForSelector("[data-act=theme]");
	await page.click("[data-act=theme]");
	assert.equal(await ground(), dark);
	sound(page);
}

async function wrong(t) {
	const door = await t.door(), page = await open(t, door);

	await page.fill(".login [name=login]", "admin");
	await page.fill(".login [name=password]", "wrong");
	await page.click(".login [type=submit]");
	await page.waitForSelector(".login [role=alert]:visible");
	assert.equal(await page.locator(".login [role=alert]").innerText(), "Login or password is wrong.");
	assert.equal(await page.evaluate(() => document.activeElement.name), "password");
	await logIn(page);
	assert.equal(await page.getAttribute("#main", "data-page"), "start", "the choice of simplified or advanced follows");
	assert.equal(await page.locator("[data-choice]").count(), 2);
	sound(page);
}

async function reminder(t) {
	const door = await t.door(), page = await admin(t, door);

	await page.waitForSelector("[data-bar=reminder]");
	await page.click("[data-bar=reminder] button");
	await page.fill("dialog [name=password_old]", "admin");
	await page.fill("dialog [name=password]", "a longer one, 42");
	await page.fill("dialog [name=password_again]", "another one, 42");
	await page.click("dialog [type=submit]");
	await page.waitForSelector("dialog .error:visible");
	await page.fill("dialog [name=password_again]", "a longer one, 42");
	await page.click("dialog [type=submit]");
	await page.waitForSelector("dialog", {state: "detached"});
	await page.waitForSelector("[data-bar=reminder]", {state: "detached"});
	await page.context().clearCookies();
	await page.goto(page.base + "/");
	await page.reload();
	await logIn(page, "admin", "a longer one, 42");
	assert.equal(await page.locator("[data-bar=reminder]").count(), 0);
	sound(page);
}

async function ended(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "relays");
	await type(page, "relay1.hold_s", "7");
	await page.context().clearCookies();
	await page.click("[data-act=validate]");
	await page.waitForSelector("dialog [name=password]");
	await page.fill("dialog [name=login]", "admin");
	await page.fill("dialog [name=password]", "admin");
	await page.click("dialog [type=submit]");
	await toast(page, "good");
	assert.equal((await values(page)).draft["relay1.hold_s"], "7", "what was typed was not lost");
	await page.click("[data-act=discard], [data-bar=pending] .button:not(.primary)");
	await page.click("dialog [type=submit]");
	await page.waitForSelector("[data-bar=pending]", {state: "detached"});
	assert.deepEqual((await values(page)).draft, {});
	await page.click("#top .menu:last-child > button");
	await page.click("[data-act=logout]");
	await page.waitForSelector(".login input");
	assert.equal(await page.evaluate(async () => (await fetch("/ui/values")).status), 401);
	sound(page);
}

/* Logged out in another tab: the page says so by itself, and goes on once somebody is there again */
async function elsewhere(t) {
	const door = await t.door(), page = await admin(t, door), other = await page.context().newPage();

	await go(page, "relays");
	await type(page, "relay1.hold_s", "7");
	await other.goto(page.base + "/");
	await other.waitForSelector("#main[data-ready]");
	await other.click("#top .menu:last-child > button");
	await other.click("[data-act=logout]");
	await other.waitForSelector(".login input");
	await page.bringToFront();
	await page.click("[data-act=login]", {timeout: 25_000});
	await page.fill("dialog [name=password]", "wrong");
	await page.click("dialog [type=submit]");
	await page.waitForSelector("dialog [role=alert]:visible");
	await page.fill("dialog [name=password]", "admin");
	await page.click("dialog [type=submit]");
	await page.waitForSelector("[data-bar=lost]", {state: "detached"});
	assert.equal(await setting(page, "relay1.hold_s").locator("input").inputValue(), "7", "what was typed was not lost");
	assert.equal((await validate(page)).status(), 200);
	sound(page);
}

async function encrypted(t) {
	const door = await t.door(), page = await admin(t, door, {https: true});

	assert.match(page.url(), /^https:/);
	await go(page, "relays");
	await type(page, "relay2.hold_s", "9");
	assert.equal((await validate(page)).status(), 200);
	assert.equal(await setting(page, "relay2.hold_s").locator("input").inputValue(), "9");
	const [cookie] = (await page.context().cookies()).filter((c) => /^ipgap-\d+$/.test(c.name));

	assert.ok(cookie.secure && cookie.httpOnly && cookie.sameSite === "Strict", "the session's cookie over HTTPS");
	sound(page);
}

async function httpsAlone(t) {
	const door = await t.door(), page = await admin(t, door, {https: true});
	const http = () => fetch(door.http + "/").then((r) => r.status, () => 0);

	assert.equal(await http(), 200);
	await go(page, "users");
	await setting(page, "web.http").locator("input").click();
	assert.equal((await validate(page)).status(), 200);
	assert.equal(await http(), 200, "validated only: still there");
	await apply(page);
	for (let i = 0; i < 20 && await http(); i++)
		await page.waitForTimeout(100);
	assert.equal(await http(), 0, "applied: nobody listens");
	assert.equal((await values(page)).values["web.http"], "no", "HTTPS goes on");
	sound(page);
}

export const cases = [
	{name: "login: five languages by their flags, remembered", req: "WEB-01", run: languages},
	{name: "login: light or dark, as the system says or as the reader chose", req: "WEB-03", run: themes},
	{name: "login: a wrong password is told at the form, then the choice of ways", req: "WEB-01 WEB-02", run: wrong},
	{name: "login: the factory password is complained about until it is changed", req: "WEB-05", run: reminder},
	{name: "login: a session that has ended loses nothing typed; log out", req: "WEB-05", run: ended},
	{name: "login: a session that was ended in another tab is told, and begun again", req: "WEB-05", run: elsewhere},
	{name: "login: over HTTPS", req: "WEB-01", run: encrypted},
	{name: "login: HTTP is switched off on the page of the users", req: "WEB-05", run: httpsAlone},
];

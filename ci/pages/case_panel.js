/**
 * @file case_panel.js  Live panel, events, information, trace, restart, search of the network, time slots (EVT-01, EVT-02, WEB-08, WEB-09, NET-03, SCH-01)
 */
import assert from "node:assert/strict";
import dgram from "node:dgram";
import fs from "node:fs";
import path from "node:path";
import {spawn} from "node:child_process";
import {admin, apply, between, go, logIn, looks, open, sound, validate, values} from "./walk.js";

const EVIL = '<img src=x onerror="document.title=1">';

/* A phone that answers after a second and sends digits; ended with the case */
async function phone(t, door, args) {
	const s = dgram.createSocket("udp4");

	await new Promise((resolve) => s.bind(0, "127.0.0.1", resolve));
	const {port} = s.address();

	await new Promise((resolve) => s.close(resolve));
	const p = spawn(door.ipgap, ["receiver", "--bind", `127.0.0.1:${port}`, "--audio", "none", ...args], {stdio: "ignore"});

	return {port, end: () => p.kill()};
}

const face = (page) => page.locator(".call-button");

async function hold(page, ms) {
	const box = await face(page).boundingBox();

	await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
	await page.mouse.down();
	await page.waitForTimeout(ms);
	await page.mouse.up();
}

const fact = (page, name) => page.locator(`[data-fact="${name}"]`);
const shows = (page, selector, timeout = 10_000) => page.waitForSelector(selector, {timeout});

/* The whole page, with nothing that sticks over it */
async function picture(t, page, name) {
	const size = page.viewportSize(), height = await page.evaluate(() => document.documentElement.scrollHeight);

	await page.setViewportSize({width: size.width, height: Math.min(Math.max(height, size.height), 4000)});
	await page.screenshot({path: path.join(t.dir, "pictures", name + ".png")});
	await page.setViewportSize(size);
}

async function audit(t, page, what) {
	await page.evaluate(t.axe);
	const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));

	assert.deepEqual(violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${what}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")}`), []);
	assert.deepEqual(await looks(page), [], what);
}

// --- panel ---

async function press(t) {
	const door = await t.door({set: {"relay1.code1": "4711", "relay1.hold_s": "2"}}), p = await phone(t, door, ["--answer-after", "2", "--code", "4711"]);

	try {
		await door.say(`set button.day sip:127.0.0.1:${p.port}`);
		const page = await admin(t, door);

		await go(page, "events");
		await shows(page, '.call-box[data-call=""]');
		await hold(page, 700);
		const down = await door.expect(/button pressed=yes/);

		await door.expect(/call_out/);
		const up = await door.expect(/button pressed=no/);

		assert.ok(Math.abs(between(down, up) - .7) < .4, `held for ${between(down, up)} s, not .7`);
		await shows(page, '.call-box[data-call="calling"], .call-box[data-call="ringing"]');
		await shows(page, '.picto[data-picto="call"]:not([data-colour="off"])');
		await shows(page, 'tr[data-event="call_out"]');
		await shows(page, '.call-box[data-call="talking"]');
		assert.match(await page.locator(".call-box .peer").innerText(), new RegExp(String(p.port)), "who is called is seen");
		await shows(page, '.relay[data-relay="1"] .changeover.on', 30_000);     /* behind the supervision protocol */
		await shows(page, '.picto[data-picto="door"]:not([data-colour="off"])');
		await shows(page, 'tr[data-event="relay"]');
		await page.waitForFunction(() => /^0:0[1-9]$/.test(document.querySelector(".call-box .timer").innerText));
		await picture(t, page, "panel-talking.light");
		await audit(t, page, "talking");
		await shows(page, '.relay[data-relay="1"] .changeover:not(.on)');
		assert.match(await page.locator(".live-panel [role=status]").textContent(), /Talking/, "who does not see it is told");
		sound(page);
	} finally {
		p.end();
	}
}

async function keyboard(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "events");
	await face(page).focus();
	for (const key of ["Space", "Enter"]) {
		await page.keyboard.down(key);
		await door.expect(/button pressed=yes/);
		await shows(page, ".call-button.pressed");
		await page.keyboard.up(key);
		await door.expect(/button pressed=no/);
	}
	await page.keyboard.down("Space");
	await door.expect(/button pressed=yes/);
	await page.locator("[data-act=pause]").focus();
	await door.expect(/button pressed=no/);                 /* focus lost: let go */
	await page.keyboard.up("Space");
	await face(page).focus();
	await page.keyboard.down("Space");
	await door.expect(/button pressed=yes/);
	await page.goto("about:blank");
	await door.expect(/button pressed=no/);                 /* page lost: let go */
}

/* A browser that is away can let go of nothing: the door does */
async function away(t) {
	const door = await t.door(), page = await admin(t, door), box = () => face(page).boundingBox();

	await go(page, "events");
	const {x, y, width, height} = await box();

	await page.mouse.move(x + width / 2, y + height / 2);
	await page.mouse.down();
	const down = await door.expect(/button pressed=yes/);

	await page.waitForTimeout(5500);
	await page.mouse.up();
	const up = await door.expect(/button pressed=no/);

	assert.ok(between(down, up) > 5, `held for ${between(down, up)} s`);
	await page.mouse.down();
	await door.expect(/button pressed=yes/);
	await page.context().setOffline(true);
	await door.expect(/button pressed=no/, 8000);
	await page.context().setOffline(false);
	await page.waitForSelector(".call-button[aria-pressed=false]");
	await page.mouse.up();
	sound(page);
}

async function supply(t) {
	const door = await t.door(), page = await admin(t, door, {colorScheme: "dark"}), turn = (name) => page.locator(`[data-turn="${name}"]`);

	await go(page, "events");
	await turn("contact").click();
	await door.expect(/contact closed=yes/);
	await page.waitForFunction(() => document.querySelector('[data-fact="contact"] .said').innerText === "closed");
	await turn("link").click();
	await door.expect(/link up=no/);
	await turn("link").click();
	await turn("mains").click();
	await door.expect(/mains ok=no/);
	await shows(page, '[data-fact="poe"] .lamp[data-on="good"]');
	assert.notEqual(await page.locator(".live-panel").getAttribute("data-live"), "unpowered", "PoE carries the door");
	await turn("poe").click();
	await shows(page, '.live-panel[data-live="unpowered"]');
	await shows(page, "[data-bar=power]");
	await picture(t, page, "panel-unpowered.dark");
	await audit(t, page, "without supply");
	await page.reload();
	await shows(page, '.live-panel[data-live="unpowered"]');        /* a page that comes now has the panel too */
	const began = Date.now();

	await turn("poe").click();
	await shows(page, '.live-panel[data-live="idle"]');
	await page.waitForSelector("[data-bar=power]", {state: "detached"});
	assert.ok(Date.now() - began < 4000, `seen ${Date.now() - began} ms after the supply is back`);
	sound(page);
}

/* Blinking is 1 Hz; where motion is not wanted it is a mark that stands still */
async function blinking(t) {
	const door = await t.door({set: {"picto.calling": "blue blinking"}}), p = await phone(t, door, ["--answer-after", "30"]);

	try {
		await door.say(`set button.day sip:127.0.0.1:${p.port}`);
		const page = await admin(t, door), still = await admin(t, door, {reducedMotion: "reduce"});

		await go(page, "events");
		await go(still, "events");
		await door.say("press 0.5");
		const style = (el) => { const c = getComputedStyle(el); return [c.animationName, c.animationDuration, c.animationTimingFunction]; };
		const lit = (p) => p.locator(".picto.blinking .lit").first(), mark = (p) => p.locator(".picto.blinking .blink-mark").first();

		await shows(page, ".picto.blinking");
		assert.deepEqual(await lit(page).evaluate(style), ["flash", "1s", "steps(1)"]);
		assert.equal(await mark(page).isVisible(), false);
		await shows(still, ".picto.blinking");
		assert.equal((await lit(still).evaluate(style))[0], "none");
		assert.equal(await mark(still).isVisible(), true);
		assert.match(await page.locator(".picto.blinking").first().getAttribute("aria-label"), /blinking/);
	} finally {
		p.end();
	}
}

// --- events ---

const names = (page) => page.locator("table.events tbody tr").evaluateAll((rows) => rows.map((r) => r.dataset.event));

async function saved(page, act) {
	const got = page.waitForEvent("download");

	await page.click(`[data-act=${act}]`);
	return fs.readFileSync(await (await got).path(), "utf8");
}

async function events(t) {
	const door = await t.door(), page = await admin(t, door);

	for (let i = 0; i < 70; i++) {
		await door.say("input on");
		await door.say("input off");
	}
	await go(page, "events");
	await shows(page, 'tr[data-event="contact"]');
	assert.equal((await names(page)).length, 100, "a page of them");
	await page.click("[data-act=older]");
	await page.waitForFunction(() => document.querySelectorAll("table.events tbody tr").length > 100);
	const seqs = await page.locator("table.events tbody tr").evaluateAll((rows) => rows.map((r) => Number(r.dataset.seq)));

	assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => b - a), "newest first, each once");

	for (const box of await page.locator('.classes input:not([value="door"]):not([value="hardware"])').all())
		await box.uncheck();
	await page.waitForFunction(() => [...document.querySelectorAll("table.events tbody tr")].every((r) => ["door", "hardware"].includes(r.dataset.class)));
	await door.say("open 1");
	await shows(page, 'tr[data-event="relay"]');            /* what happens now is filtered too, and comes by itself */
	assert.equal((await names(page)).includes("pictogram"), false);
	await page.fill("[data-filter=text]", "relay");
	await page.waitForFunction(() => document.querySelectorAll('table.events tbody tr:not([data-event="relay"])').length === 0);
	await door.say("input on");
	await page.waitForTimeout(300);
	assert.deepEqual([...new Set(await names(page))], ["relay"]);

	const csv = await saved(page, "csv"), lines = (await saved(page, "jsonl")).trim().split("\n").map((l) => JSON.parse(l));

	assert.match(csv, /^seq,time,class,event/);
	assert.deepEqual([...new Set(csv.trim().split(/\r?\n/).slice(1).map((l) => l.split(",")[3]))], ["relay"], "a download has the same filters");
	assert.deepEqual([...new Set(lines.map((l) => l.event))], ["relay"]);

	await page.fill("[data-filter=text]", "nothing has this");
	await page.waitForSelector(".log .empty:visible");
	await page.click("[data-act=reset]");
	await shows(page, 'tr[data-event="contact"]');
	await page.fill("[data-filter=from]", "2026-11-25T10:00:00");
	await page.fill("[data-filter=to]", "2020-01-01T00:00:00");
	await page.waitForSelector(".log .notice.bad:visible");         /* a range that ends before it begins is told */
	await page.click("[data-act=reset]");
	await page.waitForSelector(".log .notice.bad", {state: "hidden"});
	await page.fill("[data-filter=to]", "2020-01-01T00:00:00");
	await page.waitForSelector(".log .empty:visible");
	await page.click("[data-act=reset]");
	await shows(page, 'tr[data-event="contact"]');

	await page.click("[data-act=pause]");
	const before = await names(page);

	await door.say("input off");
	await page.waitForFunction(() => /[1-9]/.test(document.querySelector("[data-count]").innerText));
	assert.deepEqual(await names(page), before, "a paused table stands still");
	await page.click("[data-act=pause]");
	await page.waitForFunction(() => document.querySelector('tr[data-event="contact"]') && !document.querySelector("[data-count]").innerText);
	await picture(t, page, "events.light");
	await audit(t, page, "events");
	sound(page);
}

/* A request as a stranger sends it */
function sip(door, method, body) {
	const s = dgram.createSocket("udp4");
	const text = `${method} sip:door@127.0.0.1:${door.sip} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK${Math.random()}\r\nMax-Forwards: 70\r\n`
		+ `From: "<img src=x>" <sip:%3Cimg%20src=x%20onerror=1%3E@127.0.0.1>;tag=${Math.random()}\r\nTo: <sip:door@127.0.0.1>\r\nCall-ID: ${Math.random()}@x\r\nCSeq: 1 ${method}\r\n`
		+ `Contact: <sip:x@127.0.0.1:9>\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

	s.send(text, door.sip, "127.0.0.1", () => s.close());
}

async function hostile(t) {
	const door = await t.door(), page = await admin(t, door), title = await page.title();

	await go(page, "events");
	sip(door, "MESSAGE", EVIL);
	await shows(page, 'tr[data-event="message_in"]');
	assert.equal(await page.locator('tr[data-event="message_in"] [data-field="body"]').innerText().then((s) => s.includes(EVIL)), true, "what came is shown letter by letter");
	await page.click("[data-act=pause]");
	await page.click("[data-act=pause]");                   /* as the door has kept it, too */
	await shows(page, 'tr[data-event="message_in"]');
	assert.equal((await page.locator('tr[data-event="message_in"] [data-field="body"]').innerText()).includes(EVIL), true);
	sip(door, "INVITE", "");
	await door.expect(/call_in|call_refused/);
	await page.waitForTimeout(300);
	assert.equal(await page.locator(".content img").count(), 0, "and never an element");
	assert.equal(await page.evaluate(() => document.title), await page.evaluate(() => document.title.includes("1") ? "" : document.title));
	assert.notEqual(title, "1");
	sound(page);
}

async function asUser(t) {
	const door = await t.door(), boss = await admin(t, door);

	assert.equal(await boss.evaluate(async () => {
		const {csrf} = await (await fetch("/ui/session")).json();

		return (await fetch("/ui/users", {method: "POST", headers: {"Content-Type": "application/json", "X-CSRF-Token": csrf},
			body: JSON.stringify({op: "add", login: "guard", role: "user", password: "a guard's own"})})).status;
	}), 200);
	const page = await open(t, door, {colorScheme: "dark"});

	await logIn(page, "guard", "a guard's own");
	await go(page, "events");
	await shows(page, '.live-panel[data-live="idle"]');
	assert.equal(await page.locator("table.events").count(), 0, "a user sees the panel only");
	assert.equal(await page.locator("[data-turn], [data-act=press]").count(), 0, "and looks only");
	await door.say("open 2");
	await shows(page, '.relay[data-relay="2"] .changeover.on');
	await picture(t, page, "panel-user.dark");
	await audit(t, page, "panel of a user");
	await go(page, "info");
	await audit(t, page, "information of a user");
	sound(page);
}

// --- information, trace, restart ---

async function information(t) {
	const door = await t.door(), page = await admin(t, door), cell = (id) => page.locator(`[data-info="${id}"]`).innerText();

	await go(page, "info");
	assert.match(await cell("sip"), new RegExp(`^sip:.*127\\.0\\.0\\.1:${door.sip}$`));
	assert.equal(await cell("address"), "127.0.0.1");
	assert.match(await cell("received"), /\d.* packets, \d/);
	const first = await cell("uptime");

	await page.waitForFunction((was) => document.querySelector('[data-info="uptime"]').innerText !== was, first, {timeout: 9000});
	await page.click("[data-manual] summary");
	await page.waitForSelector("[data-manual] dl");
	const manual = await page.locator("[data-manual]").innerText();

	for (const label of ["Relays", "Time slots", "Users"])
		assert.ok(manual.includes(label), `the manual tells of ${label}`);
	await picture(t, page, "info.light");
	await audit(t, page, "information");
	sound(page);
}

async function trace(t) {
	const door = await t.door(), page = await admin(t, door), cell = (id) => page.locator(`[data-trace="${id}"]`).innerText();

	await go(page, "debug");
	assert.equal(await page.locator("[data-act=pcapng]").isDisabled(), true, "nothing is there to fetch");
	await page.click("[data-act=start]");
	await page.waitForSelector("[data-act=stop]:enabled");
	sip(door, "OPTIONS", "");
	await page.waitForFunction(() => Number(document.querySelector('[data-trace="sip"]').innerText) > 0 && Number(document.querySelector('[data-trace="packets"]').innerText) > 0);
	await picture(t, page, "trace.light");
	await audit(t, page, "trace");
	await page.click("[data-act=stop]");
	await page.waitForSelector("[data-act=start]:enabled");
	assert.match(await saved(page, "txt"), /OPTIONS sip:door@/);

	const got = page.waitForEvent("download");

	await page.click("[data-act=pcapng]");
	const file = fs.readFileSync(await (await got).path());

	assert.equal(file.readUInt32LE(0), 0x0a0d0d0a, "a section header of pcapng");
	await page.click("[data-act=clear]");
	await page.waitForSelector("[data-act=txt]:disabled");
	assert.equal(await cell("packets"), "0");
	sound(page);
}

async function restart(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "debug");
	await page.click("[data-act=restart]");
	await page.locator("dialog button").first().click();
	await page.waitForTimeout(200);
	assert.equal(door.lines.some((l) => / shutdown /.test(l)), false, "not without a yes");
	await page.click("[data-act=restart]");
	await page.click("dialog [type=submit]");
	await door.expect(/shutdown/);
	await door.expect(/boot/, 10_000);
	await page.waitForSelector(".toast.good", {timeout: 20_000});
	sound(page);
}

// --- search of the network ---

async function found(t) {
	const door = await t.door(), page = await admin(t, door);
	const other = spawn(door.ipgap, ["run", "--headless", "--audio", "none", "--http", "off", "--https", "off", "--data", path.join(door.data, "other"), "--bind", `127.0.0.5:${door.sip}`], {stdio: ["pipe", "pipe", "ignore"]});

	try {
		await new Promise((resolve) => other.stdout.on("data", (d) => { if (/picto=door colour=off/.test(d)) resolve(); }));
		await go(page, "contacts");
		await page.click("[data-act=scan]");
		await page.waitForSelector("dialog.scan .notice.warn");         /* the administrator is warned before */
		await page.fill("dialog [name=range]", "127.0.0.0/33");
		await page.click("dialog [data-act=start]");
		await page.waitForSelector("dialog .notice.bad:visible");
		await page.fill("dialog [name=range]", "127.0.0.0/29");
		await page.fill("dialog [name=port]", String(door.sip));
		await picture(t, page, "scan-ask.light");
		await audit(t, page, "scan, before");
		await page.click("dialog [data-act=start]");
		await page.waitForSelector('dialog [data-address="127.0.0.5"]', {timeout: 20_000});
		await page.waitForSelector("dialog [data-act=take]", {timeout: 30_000});
		await picture(t, page, "scan-found.light");
		await audit(t, page, "scan, after");
		assert.equal(await page.locator("dialog [data-act=take]").isDisabled(), true, "nothing is chosen yet");
		await page.check('dialog [data-address="127.0.0.5"]');
		await page.click("dialog [data-act=take]");
		await page.waitForSelector("table.contacts tbody tr");
		assert.match(await page.locator("table.contacts tbody").innerText(), /127\.0\.0\.5/);
		sound(page);
	} finally {
		other.stdin.end("quit\n");
		await Promise.race([new Promise((resolve) => other.on("close", resolve)), new Promise((resolve) => setTimeout(resolve, 3000))]);
		other.kill("SIGKILL");
	}
}

async function cancelled(t) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "contacts");
	await page.click("[data-act=scan]");
	await page.fill("dialog [name=range]", "127.0.0.0/24");
	await page.fill("dialog [name=port]", "9");
	await page.click("dialog [data-act=start]");
	await page.click("dialog [data-act=stop]");
	await page.waitForSelector("dialog [data-act=again]");
	await page.click("dialog [data-act=again]");
	await page.click("dialog [data-act=start]");
	await page.waitForSelector("dialog [data-act=stop]");
	await page.keyboard.press("Escape");                    /* a box that is closed stops its search */
	await page.waitForFunction(async () => !(await (await fetch("/ui/scan")).json()).running, null, {timeout: 5000});
	assert.equal(await page.locator("table.contacts tbody tr").count(), 0);
	assert.equal(await page.evaluate(() => document.activeElement.dataset.act), "scan", "the focus goes back");
	sound(page);
}

// --- date and time ---

/* An NTP server that is an hour ahead */
async function timeServer() {
	const s = dgram.createSocket("udp4");

	s.on("message", (m, from) => {
		const p = Buffer.alloc(48), us = BigInt(Date.now()) + 3600_000n, ntp = ((us / 1000n + 2208988800n) << 32n) + ((us % 1000n) << 32n) / 1000n;

		p.set([0x24, 2, 6, 0xec]);
		m.copy(p, 24, 40, 48);
		p.writeBigUInt64BE(ntp, 32);
		p.writeBigUInt64BE(ntp, 40);
		s.send(p, from.port, from.address);
	});
	await new Promise((resolve) => s.bind(0, "127.0.0.1", resolve));
	return {port: s.address().port, end: () => s.close()};
}

const row = (page, name) => page.locator(`dd[data-clock="${name}"]`);

async function dateAndTime(t) {
	const door = await t.door(), page = await admin(t, door), hour = (text) => page.waitForFunction((x) => document.querySelector('dd[data-clock="now"]').innerText.includes(x), text);

	await go(page, "time");
	assert.match(await row(page, "source").innerText(), /Machine's clock/);
	assert.match(await row(page, "now").innerText(), /\(Europe\/Paris\)$/);
	assert.equal(await page.locator("[data-act=clock]").isVisible(), false, "not by hand");
	await picture(t, page, "time-system.light");
	await page.locator('[data-key="time.source"] select').selectOption("manual");
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	await page.locator("[data-act=clock]").waitFor();
	await page.fill("[type=datetime-local]", "2027-07-01T12:34:00");
	await page.click("[data-act=clock]");
	await door.expect(/ clock by=admin /);
	await hour("July 1, 2027");
	await picture(t, page, "time-manual.light");
	await audit(t, page, "date and time, by hand");
	await page.click("[data-act=browser]");
	await door.expect(/ clock by=admin change_s=-/);
	await hour(String(new Date().getFullYear()));

	const server = await timeServer();

	for (const toast of await page.locator(".toast button").all())          /* they lie over the form's foot for a while */
		await toast.click().catch(() => {});
	await page.locator('[data-key="time.source"] select').selectOption("ntp");
	await page.locator('[data-key="time.ntp_server"] input').fill("127.0.0.1");
	await page.locator('[data-key="time.ntp_port"] input').first().fill(String(server.port));
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	await door.expect(/ ntp ok=yes server=127\.0\.0\.1/);
	await row(page, "ntp").getByText("Gives the time (stratum 2").waitFor({timeout: 8000});
	assert.match(await row(page, "offset").innerText(), /^\+3,(600|599)/);
	assert.equal(await page.locator("[data-act=clock]").isVisible(), false, "not by hand any more");
	await picture(t, page, "time-ntp.light");
	await audit(t, page, "date and time, by NTP");
	server.end();
	sound(page);
}

// --- time slots ---

async function slots(t) {
	const scattered = Array.from({length: 24}, (_, h) => `${String(h).padStart(2, "0")}:00-${String(h).padStart(2, "0")}:15`).join(" ");
	const door = await t.door(), page = await admin(t, door), day = (slot, n) => page.locator(`[data-key="slot${slot}.hours"] .slot-day:not(.slot-scale)`).nth(n);

	await go(page, "slots");
	assert.equal(await page.locator("[data-act=validate]").isDisabled(), true, "nothing is typed yet");
	await day(1, 0).locator("input").fill("08:00-12:00 14:00-18:00");
	await day(1, 0).locator("input").press("Tab");
	for (let d = 0; d < 4; d++)
		await day(1, d).locator("button").click();
	const bar = await day(1, 5).locator(".slot-bar").boundingBox(), x = (q) => bar.x + bar.width * (q + .5) / 96;

	await page.mouse.move(x(36), bar.y + bar.height / 2);
	await page.mouse.down();
	await page.mouse.move(x(48), bar.y + bar.height / 2, {steps: 5});
	await page.mouse.up();
	assert.equal(await day(1, 5).locator("input").inputValue(), "09:00-12:15", "what is painted is written");
	for (const [quarter, text] of [[37, "09:00-10:00"], [38, ""]]) {
		await day(1, 6).locator(".slot-bar").dblclick({position: {x: x(quarter) - bar.x, y: bar.height / 2}});
		assert.equal(await day(1, 6).locator("input").inputValue(), text, "a double click is the whole hour");
	}
	for (let d = 0; d < 7; d++)
		await day(2, d).locator("input").fill(d % 2 ? scattered : scattered.replace("00:00-00:15 ", ""));
	await day(2, 6).locator("input").press("Tab");
	await picture(t, page, "slots.light");
	await audit(t, page, "slots");
	assert.equal((await validate(page)).status(), 200);
	await apply(page);
	const {values: now} = await values(page);

	assert.equal(now["slot1.hours"], "mon-fri 08:00-12:00 14:00-18:00, sat 09:00-12:15");
	assert.match(now["slot2.hours"], /^hex:[0-9a-f]{168}$/, "what is too long as words");
	await page.reload();
	await page.waitForSelector("#main[data-ready=slots]");
	assert.equal(await day(2, 1).locator("input").inputValue(), scattered, "and is read again");
	assert.equal(await page.locator("[data-act=validate]").isDisabled(), true, "what was stored is no change");
	await day(1, 6).locator("input").fill("10:07-12:00");
	await day(1, 6).locator("input").press("Tab");
	assert.equal((await validate(page)).status(), 422, "no quarter of an hour");
	await page.waitForSelector('[data-key="slot1.hours"] .error:visible');
	sound(page);
}

export const cases = [
	{name: "slots: hours typed, copied, painted, an hour by double click; scattered ones; refused ones", req: "SCH-01 WEB-03", run: slots},
	{name: "panel: a press in the browser rings, and a code opens before one's eyes", req: "EVT-02 SIM-01", run: press},
	{name: "panel: the button by keyboard; lost focus and lost page let it go", req: "EVT-02 SIM-01", run: keyboard},
	{name: "panel: a button is held as long as its page says so", req: "EVT-02", run: away},
	{name: "panel: contact, link, mains and PoE; without supply and back", req: "EVT-02 SIM-01", run: supply},
	{name: "panel: a light blinks at 1 Hz, or is marked where motion is not wanted", req: "EVT-02 HW-02", run: blinking},
	{name: "panel: a user sees it and nothing else", req: "EVT-02 WEB-05", run: asUser},
	{name: "events: pages, classes, search, range, pause, downloads", req: "EVT-01", run: events},
	{name: "events: what a stranger sends is text", req: "EVT-01", run: hostile},
	{name: "time: the clock is set by hand, by the browser and by an NTP server", req: "TIM-01 SRV-04", run: dateAndTime},
	{name: "info: address, traffic, uptime that goes on", req: "WEB-09", run: information},
	{name: "debug: trace started, stopped, fetched, cleared", req: "WEB-08", run: trace},
	{name: "debug: the door restarts, after a yes", req: "WEB-08", run: restart},
	{name: "scan: another door is found and becomes a contact", req: "NET-03", run: found},
	{name: "scan: stopped, closed; nothing is added", req: "NET-03", run: cancelled},
];

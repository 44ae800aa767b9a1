/**
 * @file case_directory.js  The LDAP directory: its page, and copying into the list, with a real slapd (SRV-01, CON-02)
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import {execFileSync, spawn} from "node:child_process";
import {admin, apply, go, looks, sound, type, validate} from "./walk.js";

const SLAPD = "/usr/sbin/slapd", EVIL = '"><img src=x onerror=alert(1)>', MANY = 120;

async function freePort() {
	const s = net.createServer();

	await new Promise((resolve) => s.listen(0, "127.0.0.1", resolve));
	const {port} = s.address();

	await new Promise((resolve) => s.close(resolve));
	return port;
}

function person(i, name, number) {
	return `dn: uid=u${i},dc=pbx,dc=com\nobjectClass: inetOrgPerson\nuid: u${i}\nsn: x\ncn:: ${Buffer.from(name).toString("base64")}\ntelephoneNumber: ${number}\n\n`;
}

/** slapd in a folder of its own, with EVIL and so many others: {port, end()} */
async function server() {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "ipgap-slapd.")), port = await freePort(), conf = path.join(dir, "slapd.conf"), ldif = path.join(dir, "all.ldif");

	fs.mkdirSync(path.join(dir, "db"));
	fs.writeFileSync(conf, ["core", "cosine", "inetorgperson"].map((s) => `include /etc/ldap/schema/${s}.schema\n`).join("") + `modulepath /usr/lib/ldap\nmoduleload back_mdb\n`
		+ `pidfile ${dir}/pid\ndatabase mdb\nsuffix dc=pbx,dc=com\nrootdn cn=door,dc=pbx,dc=com\nrootpw secret\ndirectory ${dir}/db\n`);
	fs.writeFileSync(ldif, "dn: dc=pbx,dc=com\nobjectClass: dcObject\nobjectClass: organization\ndc: pbx\no: pbx\n\n" + person(0, EVIL, "+33 1 00 00 00 00")
		+ Array.from({length: MANY}, (_, i) => person(i + 1, `Person ${String(i).padStart(3, "0")}`, String(1000 + i))).join(""));
	execFileSync("/usr/sbin/slapadd", ["-q", "-f", conf, "-l", ldif], {stdio: "pipe"});
	const p = spawn(SLAPD, ["-d", "0", "-f", conf, "-h", `ldap://127.0.0.1:${port}`], {stdio: "ignore"});
	const gone = new Promise((resolve) => p.on("close", resolve));

	return {port, async end() {
		p.kill();
		await gone;
		fs.rmSync(dir, {recursive: true, force: true});
	}};
}

async function walk(t, slapd) {
	const door = await t.door(), page = await admin(t, door);

	await go(page, "contacts");
	assert.equal(await page.locator("[data-part=directory]").isVisible(), false, "there is no directory yet");
	await go(page, "ldap");
	await page.waitForFunction(() => document.querySelector("[data-part=state]").innerText.includes("switched off"));
	assert.equal(await page.locator("[data-act=read]").isDisabled(), true);
	await page.check("[data-key='ldap.enabled'] input");
	for (const [key, value] of [["ldap.server", "127.0.0.1"], ["ldap.port", String(slapd.port)], ["ldap.base_dn", "dc=pbx,dc=com"]])
		await type(page, key, value);
	await validate(page);
	await apply(page);
	await page.waitForFunction((n) => document.querySelector("[data-part=state]").innerText.startsWith(`Contacts: ${n}. Read on `), MANY + 1);
	await page.click("[data-act=read]");
	await page.waitForFunction(() => !document.querySelector("[data-act=read]").disabled);

	await go(page, "contacts");
	const part = page.locator("[data-part=directory]"), rows = part.locator("tbody tr");

	assert.equal(await rows.count(), 50);
	assert.equal(await rows.first().locator(".name").innerText(), EVIL, "a name is text, whatever it holds");
	assert.equal(await part.locator("img").count(), 0);
	await page.evaluate(t.axe);
	const {violations} = await page.evaluate(() => window.axe.run(document, {resultTypes: ["violations"]}));

	assert.deepEqual(violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id), []);
	await page.setViewportSize({width: 375, height: 800});
	await page.screenshot({path: path.join(t.dir, "pictures", "directory.phone.png"), clip: {x: 0, y: 0, width: 375, height: 900}, fullPage: true});
	assert.deepEqual(await looks(page), []);
	await page.setViewportSize({width: 1280, height: 900});
	await part.locator("[data-act=more]").click();
	await page.waitForFunction(() => document.querySelectorAll("[data-part=directory] tbody tr").length === 100);
	await part.locator("[name=directory]").fill("person 11");
	await page.waitForFunction(() => document.querySelectorAll("[data-part=directory] tbody tr").length === 10);
	await rows.nth(3).locator("input").check();
	await part.locator("[name=directory]").fill("img");
	await page.waitForFunction(() => document.querySelectorAll("[data-part=directory] tbody tr").length === 1);
	await rows.first().locator("input").check();
	await part.locator("[data-act=copy]").click();
	await page.waitForFunction(() => document.querySelectorAll("table.contacts tbody tr").length === 2);
	assert.deepEqual(await page.locator("table.contacts tbody th .name").allInnerTexts(), ["Person 113", EVIL]);
	assert.deepEqual(await page.locator("table.contacts tbody td.mono").allInnerTexts(), ["1113", "+33100000000"]);
	await page.waitForFunction(() => document.querySelector("[data-part=directory] tbody .tag"));
	assert.equal(await rows.first().locator("input").isDisabled(), true, "it is in the list");
	await part.locator("[name=directory]").fill("nobody is called this");
	await part.locator(".empty").waitFor();
	await page.screenshot({path: path.join(t.dir, "pictures", "directory.png"), fullPage: true});
	sound(page);
	return page;
}

async function away(page, slapd) {
	await go(page, "ldap");
	await slapd.end();
	await page.click("[data-act=read]");
	await page.waitForSelector("[data-part=state].notice.bad");
	assert.match(await page.locator("[data-part=state]").innerText(), /Can't contact LDAP server\. What was read last stays/);
	await go(page, "contacts");
	assert.equal(await page.locator("[data-part=directory] tbody tr").count(), 50, "what was read last stays");
}

async function directory(t) {
	if (!fs.existsSync(SLAPD))
		return t.inconclusive("slapd is not installed (ci/packages.check)");
	const slapd = await server();

	try {
		await away(await walk(t, slapd), slapd);
	} finally {
		await slapd.end();
	}
	return undefined;
}

export const cases = [
	{name: "directory: switch it on, search, copy into the list; the server away", req: "SRV-01 CON-02", run: directory},
];

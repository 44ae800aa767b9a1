/**
 * @file door.js  A door process: `ipgap run`, headless, on free ports of the loopback; its lines are kept and waited for
 */
import dgram from "node:dgram";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {spawn} from "node:child_process";
import readline from "node:readline";

let rtp = 31000;

async function freePort() {
	const s = dgram.createSocket("udp4");

	await new Promise((resolve) => s.bind(0, "127.0.0.1", resolve));
	const {port} = s.address();

	await new Promise((resolve) => s.close(resolve));
	return port;
}

export class Door {
	/** @param options {data (directory to keep), pages (directory), set: {key: value}, args} */
	constructor(ipgap, options = {}) {
		Object.assign(this, {ipgap, options, lines: [], errors: [], at: 0, waiting: []});
		this.data = options.data || fs.mkdtempSync(path.join(os.tmpdir(), "ipgap-pages."));
	}

	async up() {
		const sip = await freePort(), {pages, set = {}, args = []} = this.options;

		this.sip = sip;
		rtp += 200;
		this.p = spawn(this.ipgap, ["run", "--headless", "--audio", "none", "--data", this.data, "--bind", `127.0.0.1:${sip}`, "--http", "0", "--https", "0",
			...(pages ? ["--pages", pages] : []), "--set", `sip.rtp_port_min=${rtp}`, "--set", `sip.rtp_port_max=${rtp + 100}`,
			...Object.entries(set).flatMap(([k, v]) => ["--set", `${k}=${v}`]), ...args], {stdio: "pipe"});
		for (const [stream, to] of [[this.p.stdout, this.lines], [this.p.stderr, this.errors]])
			readline.createInterface({input: stream}).on("line", (line) => {
				to.push(line);
				for (const w of this.waiting.splice(0))
					w();
			});
		this.ended = new Promise((resolve) => this.p.on("close", resolve));
		const text = await this.expect(/https:\/\/127\.0\.0\.1:\d+\//, 10_000);
		const all = this.lines.join("\n") + text;

		this.http = /http:\/\/127\.0\.0\.1:\d+/.exec(all)?.[0];
		this.https = /https:\/\/127\.0\.0\.1:\d+/.exec(all)?.[0];
		await this.expect(/picto=door colour=off/, 10_000);     /* the end of the lamp test */
	}

	/** The next line that matches, from where the last one was */
	async expect(pattern, ms = 5000) {
		const end = Date.now() + ms;

		for (;;) {
			while (this.at < this.lines.length)
				if (pattern.test(this.lines[this.at++]))
					return this.lines[this.at - 1];
			const left = end - Date.now();

			if (left <= 0 || this.p.exitCode !== null)
				throw new Error(`the door did not say ${pattern}; its last lines: ${this.lines.slice(-4).join(" | ")} ${this.errors.slice(-3).join(" | ")}`);
			await new Promise((resolve) => {
				const timer = setTimeout(resolve, left);

				this.waiting.push(() => { clearTimeout(timer); resolve(); });
			});
		}
	}

	/** Say a line to it; its answer */
	async say(line) {
		this.p.stdin.write(line + "\n");
		const answer = await this.expect(/^(ok|error)/);

		if (answer.startsWith("error"))
			throw new Error(`${line}: ${answer}`);
		return answer;
	}

	/** The value of a setting, as the door says it itself */
	async get(key) {
		this.p.stdin.write(`get ${key}\n`);
		return (await this.expect(new RegExp(`${key.replace(/\./g, "\\.")}[ =]`))).replace(/^ok /, "");
	}

	async end() {
		if (this.p && this.p.exitCode === null) {
			this.p.stdin.write("quit\n");
			this.p.stdin.end();
			await Promise.race([this.ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
			if (this.p.exitCode === null)
				this.p.kill("SIGKILL");
		}
		if (!this.options.data)
			fs.rmSync(this.data, {recursive: true, force: true});
	}
}

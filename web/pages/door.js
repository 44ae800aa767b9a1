/**
 * @file door.js  What the pages ask of the door: requests, session, texts (WEB-01, WEB-05)
 *
 * One place adds the session's token and the reader's language to each request, and knows what a refusal means.
 */

/** A refusal: `status`, `id` (a text of the pages), `body` (all that came), `message` (in the reader's language) */
export class Refusal extends Error {
	constructor(status, body, message) {
		super(message);
		this.status = status;
		this.body = body || {};
		this.id = this.body.id || "";
	}
}

export const state = {session: {role: "none", csrf: ""}, text: {ui: {}}, language: ""};

/**
 * A text of the pages in the reader's language.
 *
 * @param id     Of core/lang/ui.txt
 * @param params What {name} in it stands for
 */
export function t(id, params) {
	const text = state.text.ui[id];

	if (text === undefined)
		return `⟦${id}⟧`;
	return params ? text.replace(/\{(\w+)\}/g, (all, name) => name in params ? String(params[name]) : all) : text;
}

/** What a setting is called */
export function labelOf(key) {
	return state.text.setting?.[key]?.label || key;
}

/** Say again in the reader's language what stands below an element with the id of its text (index.html) */
export function translate(root) {
	root.querySelectorAll("[data-t]").forEach((el) => { el.textContent = t(el.dataset.t); });
}

let relogin = null, pending = null;

/** What is done when the session has ended: resolves once there is a new one */
export function onSessionEnd(handler) {
	relogin = handler;
}

/* Requests that were refused together ask once */
function loggedIn() {
	pending ??= relogin().finally(() => { pending = null; });
	return pending;
}

function headers(extra) {
	return {"Accept-Language": state.language || "en", ...extra};
}

function refusal(reply, said) {
	const body = reply.status === 413 ? {id: "too_large"} : said;   /* the server itself said so, before anybody knew whose it is */
	const known = body && body.id && state.text.ui["error." + body.id];
	const wait = Number(reply.headers.get("Retry-After")) || 0;

	return new Refusal(reply.status, body, known ? t("error." + body.id, {wait, ...body})
		: body && body.text || t("error.status", {status: reply.status}));
}

async function request(path, options, again = true) {
	let reply;

	try {
		reply = await fetch("/ui/" + path, {...options, headers: headers({...options.headers,
			...(options.method ? {"X-CSRF-Token": state.session.csrf || ""} : {})})});
	} catch {
		throw new Refusal(0, {id: "unreachable"}, t("error.unreachable"));
	}
	if (reply.ok)
		return reply;

	const body = await reply.json().catch(() => null);

	if (reply.status === 401 && body && body.id === "login_needed" && again && relogin) {
		await loggedIn();
		return request(path, options, false);
	}
	if (reply.status === 403 && body && body.id === "token" && again) {      /* another tab has logged in anew */
		state.session = await get("session");
		return request(path, options, false);
	}
	throw refusal(reply, body);
}

async function json(reply) {
	return reply.headers.get("Content-Type")?.startsWith("application/json") ? reply.json() : null;
}

/** GET /ui/PATH, as JSON */
export async function get(path, options = {}) {
	return json(await request(path, options));
}

/** POST /ui/PATH with JSON */
export async function post(path, body = {}) {
	return json(await request(path, {method: "POST", body: JSON.stringify(body),
		headers: {"Content-Type": "application/json"}}));
}

/** POST /ui/PATH with a file's bytes */
export async function postRaw(path, bytes, extra = {}) {
	return json(await request(path, {method: "POST", body: bytes,
		headers: {"Content-Type": "application/octet-stream", ...extra}}));
}

/** Save what /ui/PATH answers as a file; extra are headers */
export async function download(path, name, extra = {}) {
	const reply = await request(path, {headers: extra});
	const said = /filename="([^"]+)"/.exec(reply.headers.get("Content-Disposition") || "");
	const url = URL.createObjectURL(await reply.blob());
	const a = document.createElement("a");

	a.href = url;
	a.download = said ? said[1] : name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Take the texts of a language, and say so to who reads the page out */
export async function setLanguage(language) {
	const reply = await request(`text/${language}.json`, {});

	state.text = await reply.json();
	state.language = language;
	document.documentElement.lang = language;
}

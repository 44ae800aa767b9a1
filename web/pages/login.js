/**
 * @file login.js  Who is there: the form of the first page, and the box when a session has ended (WEB-01, WEB-05)
 *
 * The form stands in index.html; the box borrows its fields.
 */
import {ask} from "./dom.js";
import {get, post, state, t, translate} from "./door.js";

const box = document.getElementById("login"), form = box.querySelector("form"), submit = form.querySelector("[type=submit]");
const fields = form.querySelector(".stack"), fault = fields.querySelector("[role=alert]"), {login, password} = form.elements;

/* True = in */
async function enter() {
	fault.hidden = true;
	try {
		state.session = await post("login", {login: login.value, password: password.value});
		return true;
	} catch (e) {
		fault.textContent = e.message;
		fault.hidden = false;
		password.focus();
		return false;
	} finally {
		password.value = "";
	}
}

/**
 * The form answers from now on.
 *
 * @param texts Promise of the reader's texts: a refusal is told in them
 *
 * @return Promise: somebody is in
 */
export function loginForm(texts) {
	return new Promise((resolve) => {
		form.addEventListener("submit", async (e) => {
			e.preventDefault();
			submit.disabled = true;
			await texts;
			if (await enter())
				resolve();
			submit.disabled = false;
		});
	});
}

/** Nobody is in: show the form, where the door had taken the reader for one who is */
export function showLogin() {
	if (!box.hidden)
		return;
	box.hidden = false;
	login.focus();
}

/** The session has ended: log in again over the page; what was typed there stays */
export async function loginDialog() {
	const session = await get("session").catch(() => null);

	if (session && session.role !== "none")         /* only the token was old */
		return void (state.session = session);
	translate(fields);
	fault.hidden = true;
	login.value = state.session.login || "";
	await ask(t("login.again"), fields, [{text: t("login.enter"), value: true, kind: "primary", check: enter}]);
}

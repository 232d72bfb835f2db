// What the app asks of the server (docs/phone-sync.md). Every answer is either data or one of the errors below.
import { language } from "./words.js";

/** No answer came: no network, or a server that is just starting again. */
export class Offline extends Error {}
/** Nobody is signed in here, or somebody else is. `status`: expired or revoked, `text`: what the server said of it, as a pair. */
export class Ended extends Error {
  constructor(body) { super("ended"); this.text = body?.text; this.status = body?.status; }
}
/** The server read the request and said no. */
export class Refused extends Error {
  constructor(status, body) { super(`refused ${status}`); this.status = status; this.text = body?.text; this.csrf = body?.csrf; }
}

const APP = "/v/app";
const PATIENCE = 45e3; // a chunk of 256 KiB takes 40 s at 50 kbit/s

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin", redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch {
    throw new Offline();
  }
  if (answer.type === "opaqueredirect") throw new Ended();
  if (answer.status >= 500 || answer.status === 429) throw new Offline(); // asked to wait
  const body = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json().catch(() => null) : null;
  if (answer.status === 401) throw new Ended(body);
  if (!answer.ok) throw new Refused(answer.status, body);
  if (body === null) throw new Offline(); // a log-in page of somebody's wireless network
  return body;
}

const posted = (csrf, headers, body) => ({ method: "POST", headers: { "X-CSRFToken": csrf, ...headers }, body });

/** The person's round; with `since`, what changed since that stamp. */
export const round = (since) => ask(`${APP}/round${since ? `?since=${encodeURIComponent(since)}` : ""}`);

/** Send a batch of items. */
export const sync = (csrf, batch) => ask(`${APP}/sync`, posted(csrf, { "Content-Type": "application/json" }, JSON.stringify(batch)));

const fileAt = (item, name) => `${APP}/file/${item}/${encodeURIComponent(name)}`;

/** How much of a file the server has: {have, complete}. */
export const fileHas = (item, name) => ask(fileAt(item, name));

/** Send a part of a file, beginning at `offset`. */
export const filePart = (csrf, item, name, offset, part, size, digest) => ask(`${fileAt(item, name)}?offset=${offset}`, posted(csrf, {
  "Content-Type": "application/octet-stream", "X-File-Size": String(size), "X-File-Digest": digest }, part));

/** Text or bytes that belong to a form. */
export async function resource(url, as) {
  let answer;
  try {
    answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Offline();
  }
  if (!answer.ok) throw new Refused(answer.status);
  return answer[as]();
}

async function page(path, options) {
  try {
    const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options });
    return { answer, document: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } catch {
    throw new Offline();
  }
}

const token = (document) => document.querySelector("input[name=csrf_token]")?.value || "";

/** Sign in at the page that everybody uses. Answers {ok}, {elsewhere: address} for those who are no collectors, or {text}. */
export async function signIn(badge, pin) {
  const { document: form } = await page(`/sign-in?lang=${language}`);
  const { answer, document } = await page("/sign-in", { method: "POST", body: new URLSearchParams({
    csrf_token: token(form), badge, pin }) });
  if (answer.status >= 500) throw new Offline();
  if (answer.redirected) {
    const path = new URL(answer.url).pathname;
    return path.startsWith("/v/") ? { ok: true } : { elsewhere: path };
  }
  const said = [...document.querySelectorAll(".error:not([hidden]) .error-text, .notice p, main .lead")].find((each) => each.textContent.trim());
  return { text: said ? said.textContent.trim() : "" };
}

/** End the browser's session; without a network it ends by itself. */
export async function signOut() {
  const { document } = await page("/v/plain");
  await page("/sign-out", { method: "POST", body: new URLSearchParams({ csrf_token: token(document) }) });
}

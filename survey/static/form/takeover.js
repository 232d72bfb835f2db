// On a page of a form that the server made: once it stands, the form goes on in the browser. Until then, without this script,
// and for forms that the browser cannot fill, the server's pages do all of it.
//
// TKO-1 It takes over on the first page only. Nothing is fetched before the person does something: whoever only looks pays
//       nothing, and the first view is the server's. Then it loads beside the person's work, at once where nothing was filled
//       in yet, else with the next button, taking along what was filled in. What cannot go along (a photo that lies with the
//       server already), or an engine that does not come in time, leaves the form to the server's pages.
// TKO-2 What is filled in is kept on this phone (drafts.js) under this door; opening the page again offers to go on. A draft of an
//       earlier version of the form goes over to the new one.
// TKO-3 At the end the XML goes to the page's own address. The server's word counts: what it finds wrong is shown on the last
//       page, with everything still filled in. Without a network nothing is lost: the same is sent again later.
// TKO-4 What was once sent is sent again unchanged as long as nobody changes an answer, so that a lost receipt makes no second
//       submission: the instance and the moment of sending are kept with the draft.
// TKO-5 A correction begins with what is recorded, on its last page, and leaves no draft: whoever comes back needs the receipt.
"use strict";

import { open as openDraft, spoken } from "./drafts.js";
import { h } from "./element.js";

const XML = "xml_submission_file";
const CARRIED = ["csrf_token", "instance", "_form", "receipt", "ask_receipt"];

const SIGNS = ["pointerdown", "pointermove", "touchstart", "keydown", "focusin", "scroll"];
const NO_DRAFT = { load: async () => null, save: async () => false, forget: async () => {} };
const PATIENCE = 5000; // ms that a press waits for the engine before the server answers it

const place = document.getElementById("runtime");
const form = document.getElementById("entry");
const before = form && form.querySelector(".questionnaire.paged");
if (place && before) begin();

async function begin() {
  const recorded = place.dataset.answers;
  const draft = recorded ? NO_DRAFT : openDraft(place.dataset.draft);
  const run = { draft, recorded, language: document.documentElement.lang.startsWith("en") ? "en" : "zh", typed: false, here: false, pressed: null };
  run.kept = draft.load().then((kept) => (run.typed || run.pressed ? null : kept));
  run.loading = new Promise((resolve) => { run.start = resolve; }).then(() => load(run));
  for (const kind of SIGNS) addEventListener(kind, run.start, { once: true, passive: true });
  for (const kind of ["input", "change"]) {
    before.addEventListener(kind, () => {
      run.typed = true;
      if (kind === "change" && run.form && !run.here) run.form.carry(before); // so that the draft has it
    });
  }
  form.addEventListener("submit", (event) => submitted(run, event), true);
  const kept = await run.kept;
  if (kept && await sentences(run)) ask(run, kept);
}

async function sentences(run) {
  const words = await text(place.dataset.words).catch(() => null);
  if (words) run.words = JSON.parse(words);
  return Boolean(words);
}

/** Fetch, read and prepare the form, step by step; true when it goes on in the browser or is about to. */
async function load(run) {
  try {
    if (await run.kept || !run.words && !(await sentences(run))) return false;
    run.xml = await text(place.dataset.xml);
    await opened(run, run.recorded ? { xml: run.recorded, place: "review", reviewed: true, form: field("_form") } : null);
  } catch (error) {
    console.info("this form stays on the server's pages:", error.message);
    return false;
  }
  if (run.passing) run.form.close();
  else if (run.typed || run.pressed) run.form.carry(before);
  else swap(run);
  return true;
}

/** A button of the page was pressed: the same one is pressed in the browser's page, as soon as that is there. */
function submitted(run, event) {
  if (run.passing) return;
  const { submitter } = event;
  if (run.here) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (submitter && submitter.name === "_language") change(run, submitter.value);
    return;
  }
  const does = submitter && submitter.name ? submitter.value : "next";
  const language = submitter && submitter.name === "_language";
  if (run.recorded ? !/^go:/.test(does) : !language && !/^(next|review|add:.*)$/.test(does)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (run.pressed) return;
  if (language && !run.typed && !run.form) {
    location.assign(`${location.pathname}?lang=${does}`);
    return;
  }
  run.pressed = does;
  if (submitter) submitter.setAttribute("aria-busy", "true");
  goOn(run, submitter, language);
}

async function goOn(run, submitter, language) {
  run.start();
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, false));
  const ready = await Promise.race([run.loading, late]);
  if (submitter) submitter.removeAttribute("aria-busy");
  if (!ready || !run.form.carry(before)) {
    run.passing = true;
    if (run.form) run.form.close();
    await run.draft.forget(); // the server has it from here on
    const again = submitter && submitter.name && form.querySelector(`button[name="${submitter.name}"][value="${CSS.escape(submitter.value)}"]`);
    form.requestSubmit(again || undefined);
    return;
  }
  swap(run);
  if (language) change(run, run.pressed);
  else run.container.querySelector(`button[name=_do][value="${CSS.escape(run.pressed)}"]`).click();
}

async function text(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(address);
  return answer.text();
}

/** Go on where it was left, or begin again. */
function ask(run, { value, at }) {
  const say = (name, values) => run.words[run.language][name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const answer = (action) => async () => {
    box.remove();
    await action();
  };
  const box = h("div", { class: "notice", role: "status", id: "draft" }, h("p", {}, say("DRAFT_FOUND", { when: spoken(at) })),
    h("div", { class: "steps" },
      h("button", { type: "button", class: "button", onclick: answer(() => resume(run, value)) }, say("DRAFT_GO_ON")),
      h("button", { type: "button", class: "button secondary", onclick: answer(async () => {
        before.hidden = false;
        await run.draft.forget();
        run.kept = null;
        run.loading = load(run);
      }) }, say("DRAFT_ANEW"))));
  before.hidden = true;
  before.before(box);
  box.querySelector("button").focus({ preventScroll: true });
}

async function resume(run, value) {
  try {
    run.xml = await text(place.dataset.xml);
    await opened(run, value);
  } catch (error) {
    console.info("this form stays on the server's pages:", error.message);
    before.hidden = false;
    return;
  }
  if (value.instance) form.querySelector("[name=instance]").value = value.instance;
  swap(run);
  run.container.firstChild.focus({ preventScroll: true });
}

/** The form opened in the browser, out of sight. */
async function opened(run, value) {
  const media = JSON.parse(place.dataset.media || "{}");
  const version = field("_form");
  run.container = h("div");
  const { openForm } = await import("./open.js");
  run.form = await openForm({
    container: run.container, xml: run.xml, words: run.words, language: run.language,
    draft: value ? { ...value, earlier: value.form !== version } : undefined,
    attachments: (name) => (media[name] ? fetch(media[name]) : null),
    onChange: (now) => run.draft.save({ ...now, instance: field("instance"), form: version }),
    onFinish: (filled) => send(run, filled),
  });
}

/** The browser's page in the place of the server's. */
function swap(run) {
  const active = before.contains(document.activeElement) ? document.activeElement.id : "";
  before.replaceWith(run.container);
  for (const first of form.querySelectorAll(".first-submit")) first.remove();
  if (active) (document.getElementById(active) || run.container.firstChild).focus({ preventScroll: true });
  run.here = true;
  form.dataset.runtime = "on";
}

function field(name) {
  const found = form.querySelector(`[name=${name}]`);
  return found ? found.value : "";
}

/** All words in another language, those around the form too where there is a network. */
async function change(run, language) {
  run.language = language;
  run.form.setLanguage(language);
  try {
    const page = parsed(await (run.recorded ? sameIn(language) : text(`${location.pathname}?lang=${language}`)));
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    for (const part of ["header.site", ".bar", ".skip", "#entry .languages", "#entry > h1", "#entry > .place"]) {
      const [old, now] = [document.querySelector(part), page.querySelector(part)];
      if (old && now) old.replaceWith(document.adoptNode(now));
    }
  } catch {
    document.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  }
}

/** The page of a correction in another language: its address alone opens nothing. */
async function sameIn(language) {
  const body = new FormData();
  for (const name of CARRIED) for (const each of form.querySelectorAll(`[name=${name}]`)) body.append(name, each.value);
  body.set("_language", language);
  return (await fetch(form.action, { method: "POST", body })).text();
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

/** Send it all; answers with what the server finds wrong. */
async function send(run, filled) {
  const { xml, files, given } = filled;
  filled.form ||= field("_form"); // what was once sent stays of the version that it was sent as
  const body = new FormData();
  for (const name of CARRIED) for (const each of form.querySelectorAll(`[name=${name}]`)) body.append(name, each.value);
  body.set("_form", filled.form);
  body.set("_given", String(given));
  body.set(XML, new Blob([xml], { type: "text/xml" }), XML);
  for (const [name, file] of Object.entries(files)) body.append("file", file, name);
  await run.draft.save({ ...(await run.form.save()), sent: filled, instance: field("instance"), form: field("_form") });
  const answer = await fetch(form.action, { method: "POST", body });
  const page = parsed(await answer.text());
  if (answer.redirected && /\/receipt$/.test(new URL(answer.url).pathname)) return leave(run, answer.url);
  if (answer.ok && page.getElementById("done")) {
    await run.draft.forget();
    run.form.close();
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    document.querySelector("h1").focus();
    return { gone: true };
  }
  return taken(page, run.words[run.language]);
}

async function leave(run, address) {
  run.form.close();
  await run.draft.forget();
  location.assign(address);
  return new Promise(() => {}); // the page is on its way out
}

/** What the server's page says, without its questions: these stand here already. */
function taken(page, words) {
  const other = page.getElementById("entry");
  if (!other || !other.querySelector(".questionnaire")) {
    const said = page.querySelector("main h1 ~ p, main .lead");
    return { notice: said && page.title ? said.textContent.trim() : words.NOT_SENT };
  }
  for (const old of form.querySelectorAll("[name=csrf_token], [name=instance]")) { // a form that is tried out has neither
    const fresh = other.querySelector(`[name=${old.name}]`);
    if (fresh) old.value = fresh.value;
  }
  for (const old of form.querySelectorAll("[name=receipt], [name=ask_receipt]")) (old.closest(".question") || old).remove();
  const container = form.querySelector(".questionnaire").parentElement;
  for (const each of other.querySelectorAll("[name=receipt], [name=ask_receipt]")) {
    container.before(document.adoptNode(each.closest(".question") || each));
  }
  const notice = other.querySelector(":scope > .notice");
  const errors = [...other.querySelectorAll("#error-summary li")].map((line) => {
    const button = line.querySelector("button[name=_do]");
    return { text: line.textContent.trim(), go: button ? button.value.replace(/^go:/, "") : "" };
  });
  return { notice: notice ? notice.textContent.trim() : errors.length ? "" : words.NOT_SENT, errors };
}

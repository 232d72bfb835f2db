// A form that was begun on this phone and not sent is offered again at the same door; it never leaves the phone until then.
import { open, spoken } from "./form/drafts.js";

const MILLISECONDS = 800;
const draft = open(location.pathname.replace(/\/(form|receipt|correct)$/, "").toUpperCase() + " page");
const form = document.getElementById("entry");
const offer = document.getElementById("draft");
const PRIVATE = ["csrf_token", "receipt", "ask_receipt"];
const OWN = [...PRIVATE, "_form"]; // of the page itself: a draft of an earlier version of the form goes over to this one
let touched = false;
let waiting = 0;
let done = false;

const fields = () => Array.from(new FormData(form)).filter(([name, value]) => !PRIVATE.includes(name) && typeof value === "string");

function save() {
  clearTimeout(waiting);
  if (!done) draft.save({ fields: fields(), words: document.documentElement.lang });
}

function watch() {
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      touched = true;
      clearTimeout(waiting);
      waiting = setTimeout(save, MILLISECONDS);
    });
  }
  form.addEventListener("questionnaire:fresh", save, true);
  addEventListener("pagehide", () => touched && save());
  document.addEventListener("visibilitychange", () => document.hidden && touched && save());
}

// The server shows the kept answers again, as if they had just been typed: the same way as switching the language.
function goOn(value) {
  done = true;
  const names = new Set(value.fields.map(([name]) => name));
  for (const field of Array.from(form.elements)) if (!OWN.includes(field.name) && field.name) field.disabled = true;
  for (const [name, text] of value.fields) if (!OWN.includes(name)) add(name, text);
  add(names.has("_page") ? "_do" : "_language", names.has("_page") ? "look" : document.documentElement.lang.slice(0, 2));
  HTMLFormElement.prototype.submit.call(form);
}

function add(name, text) {
  const field = document.createElement("textarea"); // keeps line breaks, which a hidden field need not
  field.name = name;
  field.value = text;
  field.hidden = true;
  form.append(field);
}

async function begin() {
  if (!form) return draft.forget(); // the receipt: it was sent
  if (form.elements.receipt) return; // a correction shows what is recorded: nothing of it stays on the phone (INV-4)
  const begun = JSON.stringify(fields());
  const kept = offer ? await draft.load() : null;
  if (!kept) {
    watch();
    if (!offer || JSON.stringify(fields()) !== begun) save(); // somebody typed while the phone was asked
    return;
  }
  const earlier = !kept.value.fields.some(([name, value]) => name === "_form" && value === form.elements._form.value);
  offer.querySelector("p").textContent = (earlier ? offer.dataset.earlier : "") + offer.dataset.words.replace("{when}", spoken(kept.at));
  offer.hidden = false;
  offer.querySelector('[value="go"]').addEventListener("click", () => goOn(kept.value));
  offer.querySelector('[value="anew"]').addEventListener("click", async () => {
    await draft.forget();
    offer.hidden = true;
    form.querySelector("h1").scrollIntoView();
  });
  watch();
}

begin();

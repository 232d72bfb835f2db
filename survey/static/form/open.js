// Fills a form in the browser, with or without a network: the same questions, rules and words as the pages of the server.
//
//   const form = await openForm({
//     container,     the element to show the form in; what it holds is replaced. It needs survey.css.
//     xml,           the form as XForm (text), as forms.browser.for_browser(form) gives it
//     language,      "zh" or "en"
//     words,         the sentences of both languages, from /form/words.json: {zh: {NAME: sentence}, en: {...}}
//     attachments,   the form's own files (lists, pictures): object or Map of name -> Blob or Response, or a function
//                    name -> Promise of one; may be left out
//     draft,         what save() or onChange gave, to go on from: {xml, files, place, reviewed}; may be left out. With `earlier` it
//                    is of an earlier version of the form: its answers go over, and the person is asked to look through them
//     properties,    {username, phoneNumber, email, deviceID}: what the form may ask of its surroundings; may be left out
//     onChange,      (draft) => …   some moments after answers or the page changed; may be left out
//     onFinish,      ({xml, files, given}) => Promise of nothing when it was taken, else of {notice, errors: [{text, go}]}: sentences
//                    to show, `go` the key of the page to mend. While it waits the button says so. A rejected promise is
//                    told as "not sent, still here". `given`: when it was finished (ms); pressed again without a change, the
//                    same xml, files and moment come again. A draft with `sent` (that same object) goes on from there.
//     onLeave,       (draft) => …   "keep for later" was pressed; the button is there only if this is given
//   });
//   await form.save()          {xml, files: {name: File}, place, reviewed}: everything as it stands, finished or not
//   form.carry(element)        take over what stands in the fields of a page of the server; false when something cannot go along
//   form.setLanguage("en")     all words change; answers stay
//   form.close()               no more calls; free what was held
//
// xml is the OpenRosa submission: it names its form, and its meta/instanceID stays the same from draft to sending.
// openForm rejects with FormRefused when the engine cannot load the form: it then has to be filled with the server's pages.
// Pages that use it need the CSP that survey/headers.py gives to `runs_forms` answers. There is one engine module, loaded once.
"use strict";

import { Attachments } from "./attachments.js";
import { carrier } from "./carry.js";
import { emptied } from "./entries.js";
import { factsIn, hintsIn } from "./question.js";
import { written, canFind } from "./places.js";
import { restored } from "./restored.js";
import { Session } from "./session.js";
import { View } from "./view.js";

const CHANGED_AFTER = 800; // ms
const XML = "xml_submission_file";

export class FormRefused extends Error {}

/** The engine, loaded when it is first needed. */
export function engine() {
  return import("../vendor/xforms-engine.js");
}

export async function openForm(options) {
  const attachments = new Attachments(options.attachments);
  const instance = await begun(options, attachments);
  await rest();
  const draft = options.draft || {};
  let timer = null;
  let closed = false;
  let sent = draft.sent || null; // what was handed over last, until an answer changes
  let drawn = false;
  const files = new Map();

  const session = new Session({
    root: instance.root, facts: factsIn(options.xml), hints: hintsIn(options.xml), words: options.words, language: options.language, attachments,
    key: draft.earlier ? null : draft.place, reviewed: draft.reviewed && !draft.earlier, chosen: draft.chosen,
    changed(what) {
      if (!drawn || closed) return;
      if (what === "answer") sent = null;
      if (what === "place") view.draw(true);
      else view.refresh();
      if (what !== "look") later();
    },
  });
  session.addressOf = (file) => {
    if (!files.has(file)) files.set(file, URL.createObjectURL(file));
    return files.get(file);
  };

  async function save() {
    session.settle();
    const payload = await instance.root.prepareInstancePayload({ payloadType: "monolithic" });
    const [data] = payload.data;
    const saved = { xml: await data.get(XML).text(), files: {}, place: session.key, reviewed: session.reviewed, chosen: session.chosen };
    for (const [name, file] of data) if (name !== XML) saved.files[name] = file;
    return saved;
  }

  function later() {
    if (!options.onChange) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const saved = await save();
      if (sent) saved.sent = sent;
      if (!closed) options.onChange(saved);
    }, CHANGED_AFTER);
  }

  const view = new View(options.container, session, {
    async finish() {
      clearTimeout(timer);
      session.settle();
      if (!sent) {
        const { xml, files: all } = await save();
        sent = { xml, files: all, given: Date.now() };
      }
      return options.onFinish(sent);
    },
    leave: options.onLeave ? async () => {
      clearTimeout(timer);
      options.onLeave(await save());
    } : null,
  });
  drawn = true;
  const carriers = new Map();
  if (draft.earlier) {
    session.notice = session.say("DRAFT_EARLIER");
    view.draw(true);
  }

  return {
    save,
    carry(element) {
      if (!carriers.has(element)) carriers.set(element, carrier(session, element));
      return carriers.get(element)();
    },
    setLanguage(language) {
      session.settle();
      session.setLanguage(language);
      session.errors.clear();
      session.elsewhere = [];
      session.notice = "";
      view.again();
      later();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const address of files.values()) URL.revokeObjectURL(address);
    },
  };
}

/** Let the phone do what waits: a tap, a key, a frame. Loading a form takes long on a cheap one. */
export function rest() {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A new filling, or the one of a draft. */
async function begun({ xml, draft, properties }, attachments) {
  const { loadForm } = await engine();
  await rest();
  const loaded = await loadForm(xml, { fetchFormAttachment: (address) => attachments.fetch(address), missingResourceBehavior: "ERROR" });
  if (loaded.status === "failure") throw new FormRefused(String(loaded.error && loaded.error.message));
  await rest();
  const config = { preloadProperties: properties || {}, geolocationProvider: { getLocation: position } };
  try {
    if (!draft) {
      const made = loaded.createInstance(config);
      emptied(made.root);
      return made;
    }
    return await restored(loaded, xml, draft, config);
  } catch (error) {
    throw new FormRefused(String(error && error.message));
  }
}

function position() {
  if (!canFind()) return Promise.resolve("");
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition((found) => resolve(written(found)), () => resolve(""), { enableHighAccuracy: true, timeout: 30000 });
  });
}

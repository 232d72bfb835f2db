// Answers that stand in the fields of a page that the server made, taken over into the same page of a session.
"use strict";

const ROUNDS = 10; // an answer may bring up a question, whose answer brings up the next
const FILES = new Set(["image", "audio", "video", "file", "drawing"]);

/** A function that takes over what stands in `area` now, again and again: true when all of it is in the session, false when
    something cannot go along (files lie with the server, lists of entries are another page). */
export function carrier(session, area) {
  const taken = new Map(); // id of a question -> what was taken over last
  return () => {
    const page = session.page;
    if (!page || page.range) return !answered(area).length;
    for (let round = 0; round < ROUNDS; round += 1) {
      const fresh = session.shownOn(page).filter((question) => question.kind !== "note" && question.kind !== "readonly")
        .map((question) => [question, fieldsOf(area, question.id)])
        .filter(([question, fields]) => fields.length && taken.get(question.id) !== standing(fields));
      if (!fresh.length) break;
      for (const [question, fields] of fresh) {
        if (!put(session, question, fields)) return false;
        taken.set(question.id, standing(fields));
      }
    }
    const known = new Set(page.asked.map((node) => session.question(node, page.path).id));
    return answered(area).every((name) => known.has(name));
  };
}

function fieldsOf(area, id) {
  return [...area.querySelectorAll(`[name="${CSS.escape(id)}"]`)];
}

const isBox = (field) => field.type === "radio" || field.type === "checkbox";
const chosen = (fields) => fields.filter((field) => field.checked).map((field) => field.value);
const standing = (fields) => JSON.stringify(isBox(fields[0]) ? chosen(fields) : fields.map((field) => field.value));

/** The names of the fields in which something stands. */
function answered(area) {
  return [...area.querySelectorAll("[name^='q-']")].filter((field) => (isBox(field) ? field.checked : field.value)).map((field) => field.name);
}

function put(session, question, fields) {
  const [first] = fields;
  if (FILES.has(question.type)) return fields.every((field) => !field.value);
  if (isBox(first)) {
    const codes = chosen(fields);
    if (question.type === "acknowledge") session.put(question, codes.length > 0);
    else if (question.type === "range") session.put(question, codes[0] || "");
    else session.put(question, question.options.map((option) => option.code).filter((code) => codes.includes(code)));
  } else if (question.type === "rank") session.order(question, fields.map((field) => field.value));
  else if (first.tagName === "SELECT") session.put(question, first.value ? [first.value] : []);
  else session.type(question, first.value);
  return true;
}

// Fields that people type into.
"use strict";

import { h } from "./element.js";
import { clock, shownDate } from "./question.js";
import { LIMITS } from "./reading.js";

const PAUSE = 700; // ms without a key after which what was typed counts, so that a draft loses no sentence

/** An input that hands over what was typed when it is left, and after a pause. */
export function typed(question, session, element, shown) {
  let timer = null;
  const take = () => {
    clearTimeout(timer);
    timer = null;
    if (element.value !== (session.textIn(question) ?? shown())) session.type(question, element.value);
  };
  element.addEventListener("change", take);
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(take, PAUSE);
  });
  session.pending.add(take); // before a page is left, whatever still waits is taken
  return {
    take,
    update() {
      if (timer !== null) return; // somebody is typing
      const text = session.textIn(question) ?? shown();
      if (element.value !== text) element.value = text;
    },
  };
}

function input(question, session, attributes, shown = () => question.value) {
  const element = h("input", { id: question.id, name: question.id, autocomplete: "off", ...attributes });
  const field = typed(question, session, element, shown);
  return { node: element, target: element, update: field.update, take: field.take };
}

export function line(question, session) {
  const { check, looks } = question;
  const phone = check && check.kind === "phone";
  const made = input(question, session, {
    class: "wide", type: phone ? "tel" : "text",
    inputmode: phone ? "tel" : looks.has("numbers") ? "numeric" : null,
    autocapitalize: check && !phone ? "characters" : null, spellcheck: check ? "false" : null,
  });
  // A resident ID number is judged as soon as it is complete, and when it is left.
  if (check && check.kind === "resident-id") {
    const judge = () => {
      made.take();
      const wrong = session.wrong(question);
      const known = session.errors.get(question.id) || "";
      if (wrong === known) return;
      if (wrong) session.errors.set(question.id, wrong);
      else session.errors.delete(question.id);
      session.changed("look");
    };
    made.node.addEventListener("input", () => { if (made.node.value.replace(/\s/g, "").length === 18) judge(); });
    made.node.addEventListener("change", judge);
  }
  return made;
}

export function lines(question, session) {
  const element = h("textarea", { id: question.id, name: question.id, rows: "5", autocomplete: "off" });
  const count = h("p", { class: "hint count" });
  const field = typed(question, session, element, () => question.value);
  // As the server counts: code points.
  const tell = () => {
    const left = LIMITS.lines - Array.from(element.value).length;
    count.textContent = left < 0 ? session.say("CHARACTERS_OVER", { count: -left })
      : left < 200 ? session.say("CHARACTERS_LEFT", { count: left }) : "";
    count.classList.toggle("over", left < 0);
  };
  element.addEventListener("input", tell);
  return { node: h("div", {}, element, count), target: element, update() { field.update(); tell(); } };
}

export function number(question, session) {
  // The keypads of phones have no minus: where a rule speaks of one, the whole keyboard comes.
  const below = /-\s*\d/.test(String(question.definition.bind.constraint.expression || ""));
  const whole = question.type === "integer" || question.node.valueType === "int";
  const made = input(question, session, { class: "short", inputmode: below ? null : whole ? "numeric" : "decimal" },
    () => question.value.replace(/\.0$/, ""));
  const bounds = question.type === "range" && question.definition.bounds;
  if (bounds) made.lines = () => [session.say("RANGE_HINT", { start: bounds.start, end: bounds.end, step: bounds.step })];
  return made;
}

export function date(question, session) {
  const day = question.name.includes("birth") ? "BIRTH_HINT" : "DATE_HINT"; // of an age at which people are born, or of this year
  const hint = question.looks.has("month-year") ? "MONTH_HINT" : question.looks.has("year") ? "YEAR_HINT" : day;
  const made = input(question, session, { class: "medium", inputmode: "numeric" }, () => shownDate(question.value, question.looks));
  made.lines = () => [session.say(hint)];
  return made;
}

export function moment(question, session) {
  return input(question, session, { class: question.type === "time" ? "medium" : "moment",
    type: question.type === "time" ? "time" : "datetime-local" }, () => clock(question.value));
}

export function readonly(question, session) {
  const node = h("p", { class: "output", id: question.id });
  return { node, update() { node.textContent = question.words((name, values) => session.say(name, values)) || "—"; } };
}

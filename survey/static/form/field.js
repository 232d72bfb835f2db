// What every question shows around its control: words, hint, remarks, pictures, what is wrong. As in templates/questionnaire/parts.html.
"use strict";

import { CONTROLS } from "./controls.js";
import { h, arrange } from "./element.js";

/** A question on the page: {element, kind, update()}. A control is {node, target, lines, group, update()}. */
export function makeField(question, session) {
  const { kind, id } = question;
  if (kind === "note") return noteField(question, session);
  const control = CONTROLS[kind](question, session);
  const words = h(control.group ? "legend" : kind === "readonly" || control.bare ? "p" : "label",
    { for: control.group || kind === "readonly" || control.bare ? null : id, class: kind === "readonly" || control.bare ? "label" : null,
      id: `${id}-label` });
  const hint = h("p", { class: "hint", id: `${id}-hint` });
  const lines = h("p", { class: "hint", id: `${id}-lines` });
  const media = mediaBeside(question, session);
  const error = h("p", { class: "error", id: `${id}-error` }, h("span", { class: "sr-only" }, session.say("ERROR")), h("span"));
  const inside = control.group ? h("fieldset", { role: control.group === "radio" ? "radiogroup" : null }) : null;
  const element = h("div", { class: "question" });
  if (inside) element.append(inside);
  const described = inside || control.target;

  function update() {
    const wrong = session.errors.get(id) || "";
    words.replaceChildren(question.label);
    if (question.optional) words.append(" ", h("span", { class: "optional" }, session.say("OPTIONAL")));
    hint.textContent = question.hint;
    lines.textContent = [...(control.lines ? control.lines() : [])].join("\n");
    error.lastChild.textContent = wrong;
    element.classList.toggle("has-error", Boolean(wrong));
    arrange(inside || element, [words, media, hint.textContent && hint, lines.textContent && lines, wrong && error, control.node].filter(Boolean));
    if (described) {
      const by = [[hint, hint.textContent], [lines, lines.textContent], [error, wrong]].filter((part) => part[1]).map(([part]) => part.id);
      if (control.bare) by.unshift(words.id);
      described.setAttribute("aria-describedby", by.join(" "));
      if (wrong && !(inside && control.group !== "radio")) described.setAttribute("aria-invalid", "true");
      else described.removeAttribute("aria-invalid");
    }
    control.update();
  }
  update();
  return { element, kind, update };
}

function noteField(question, session) {
  const words = h("div");
  const element = h("div", { class: "note" }, words, mediaBeside(question, session));
  const update = () => {
    words.textContent = [question.label, question.label === question.hint ? "" : question.hint].filter(Boolean).join("\n");
  };
  update();
  return { element, kind: "note", update };
}

/** Pictures, recordings and films that stand beside the words of a question. */
function mediaBeside(question, session) {
  const label = question.state.label;
  const found = label ? [["img", label.imageSource], ["audio", label.audioSource], ["video", label.videoSource]].filter((one) => one[1]) : [];
  if (!found.length) return null;
  const box = h("div", { class: "beside" });
  for (const [tag, source] of found) {
    session.attachments.address(source).then((address) => {
      if (address) box.append(h(tag, { src: address, alt: tag === "img" ? "" : null, controls: tag !== "img", preload: tag === "img" ? null : "metadata" }));
    });
  }
  return box;
}

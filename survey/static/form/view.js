// Shows where a session stands, in the look and the words of the pages that the server makes (templates/questionnaire/*.html).
"use strict";

import { arrange, h } from "./element.js";
import { makeField } from "./field.js";
import { REVIEW } from "./pages.js";
import { labelOf, plain } from "./question.js";
import { entriesOf, reviewOf, titled } from "./summary.js";

const TAP = 50; // ms between letting go and the click that follows

export class View {
  /** `finish()` sends; `leave()` keeps for later, null where that is not offered. */
  constructor(container, session, { finish, leave }) {
    this.session = session;
    this.finish = finish;
    this.leave = leave;
    this.root = h("div", { class: "questionnaire paged", tabindex: "-1" });
    this.said = h("p", { class: "said", role: "status", "aria-live": "polite" });
    this.key = null;
    this.sending = false;
    container.replaceChildren(this.root);
    this.root.addEventListener("keydown", (event) => this.enter(event));
    // Between pressing and letting go nothing moves: leaving a field may bring words up, and the tap would miss its tile.
    let after = 0;
    this.root.addEventListener("pointerdown", () => {
      clearTimeout(after); // the tap before this one has had its click, or is this one's
      this.pressed = true;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.root.addEventListener(end, () => {
        after = setTimeout(() => {
          this.pressed = false;
          if (this.waiting) this.refresh();
        }, TAP);
      });
    }
    this.draw();
  }

  say(name, values) { return this.session.say(name, values); }

  /** A button, named as on the server's pages. */
  button(does, words, action, look = "button") {
    return h("button", { type: "button", class: look, name: "_do", value: does, onclick: action }, ...[words].flat());
  }

  /** Enter in a field goes on, as in any form. */
  enter(event) {
    const field = event.target;
    const goesOn = field.tagName === "INPUT" && !["button", "file", "search"].includes(field.type);
    if (event.key !== "Enter" || event.isComposing || !goesOn) return;
    event.preventDefault();
    this.session.forward();
  }

  /** The whole page anew, after going from one to another. `focus`: where a reader should begin. */
  draw(focus = false) {
    const { session } = this;
    const { page } = session;
    session.pending.clear();
    this.pressed = this.waiting = false;
    this.fields = new Map();
    this.groups = new Map();
    this.key = session.key;
    this.items = h("div", { class: "items" });
    const parts = page && page.range ? this.hub(page) : page ? [this.items] : this.review();
    this.title = h("h2", { tabindex: "-1" }, titled(session, page));
    this.said.textContent = session.said || "";
    session.said = "";
    this.top = h("div", { class: "top" });
    arrange(this.root, [
      this.progress(page), this.top, this.trail(page), this.title.textContent && this.title, this.hint(page), this.languages(),
      ...parts, this.said, this.steps(page)].filter(Boolean));
    this.refresh();
    if (focus) this.focus();
  }

  /** What follows from an answer, in place. */
  refresh() {
    const { session } = this;
    const { page } = session;
    if (session.key !== this.key) return this.draw(true);
    this.waiting = this.pressed;
    if (this.waiting) return undefined;
    this.problems();
    if (page && !page.range) {
      const before = new Set(this.fields.keys());
      const own = page.section.questions;
      const alone = own.length === 1 && own[0].type === "group";
      const shown = this.arranged(alone ? own[0].children : own, page, alone ? this.title.textContent : "");
      arrange(this.items, shown);
      if (before.size && [...this.fields.keys()].some((node) => !before.has(node))) this.said.textContent = this.say("MORE_SHOWN");
    }
    if (session.said) {
      this.said.textContent = session.said;
      session.said = "";
    }
    return undefined;
  }

  /** What is asked, in its order; a note that only says its `heading` again (the head of a table of questions) is left out. */
  arranged(definitions, page, heading) {
    const { session } = this;
    return definitions.flatMap((definition) => {
      const node = page.nodes.get(definition.nodeset);
      if (!node || !node.currentState.relevant || definition.type === "repeat") return [];
      if (definition.type === "group") {
        const label = labelOf(node);
        const inside = this.arranged(definition.children, page, label);
        return inside.length && label ? [this.group(node, label, inside)] : inside;
      }
      const question = definition.bodyElement ? session.question(node, page.path) : null;
      return question && !question.empty && !question.onlySays(heading) ? [this.field(question)] : [];
    });
  }

  field(question) {
    let field = this.fields.get(question.node);
    if (!field || field.kind !== question.kind) {
      field = makeField(question, this.session);
      this.fields.set(question.node, field);
    } else field.update();
    return field.element;
  }

  group(node, label, inside) {
    let group = this.groups.get(node);
    if (!group) {
      const id = "g-" + this.groups.size;
      group = { title: h("h2", { id }), hint: this.hintOf(node.definition), element: h("section", { class: "group", "aria-labelledby": id }) };
      this.groups.set(node, group);
    }
    group.title.textContent = label;
    arrange(group.element, [group.title, group.hint, ...inside].filter(Boolean));
    return group.element;
  }

  // Around the questions -----------------------------------------------------------------------------------------------

  progress(page) {
    const [number, total] = this.session.pages.progress(page);
    return h("p", { class: "progress" }, h("span", {}, this.say("PROGRESS", { number, total })),
      h("progress", { value: number, max: total, "aria-hidden": "true" }));
  }

  trail(page) {
    const words = page ? entriesOf(this.session, page.path) : "";
    return words ? h("p", { class: "trail" }, words) : null;
  }

  hint(page) {
    const alone = page && page.section.questions.length === 1 ? page.section.questions[0] : null;
    const group = page && (page.section.repeat || (alone && alone.type === "group" ? alone : null));
    return group ? this.hintOf(group) : null;
  }

  /** The hint of a group or a repeat. */
  hintOf(definition) {
    const words = this.session.hints.get(definition.nodeset);
    return words ? h("p", { class: "hint" }, plain(words[this.session.language] || words.zh)) : null;
  }

  languages() {
    const { session } = this;
    if (session.pages.progress(session.page)[0] > 1 || !session.languages.length) return null;
    const select = h("select", { id: "form-language", autocomplete: "off" },
      ...session.languages.map((name) => h("option", { value: name, selected: name === session.root.currentState.activeLanguage.language }, name)));
    select.addEventListener("change", () => {
      session.chosen = select.value;
      session.setLanguage(session.language);
      this.draw();
      this.root.querySelector("#form-language").focus();
    });
    return h("div", { class: "question form-language" }, h("label", { for: "form-language" }, this.say("FORM_LANGUAGE")), select);
  }

  /** The notice, and the list of what is wrong, each line leading to its place. */
  problems() {
    const { session } = this;
    const notice = session.notice ? h("div", { class: "notice", role: "status", tabindex: "-1" }, h("p", {}, session.notice)) : null;
    const here = [...session.errors].map(([id, text]) => h("li", {}, h("a", { href: "#" + id, onclick: (event) => this.toField(event, id) },
      this.labelled(session.page, id, text))));
    const elsewhere = session.elsewhere.map(({ text, go }) => h("li", {},
      go ? this.button(`go:${go}`, text, () => session.goTo(go), "as-link") : text));
    const lines = [...here, ...elsewhere];
    const summary = lines.length ? h("div", { class: "error-summary", id: "error-summary", role: "alert", tabindex: "-1", "aria-labelledby": "error-summary-title" },
      h("h2", { id: "error-summary-title" }, this.say(session.page ? "PAGE_ERROR_TITLE" : "ERROR_TITLE")), h("ul", {}, ...lines)) : null;
    const now = [session.notice, ...lines.map((line) => line.textContent)].join("\n");
    if (now === this.told) return;
    this.told = now;
    arrange(this.top, [notice, summary].filter(Boolean));
  }

  labelled(page, id, text) {
    const { session } = this;
    const question = page && session.shownOn(page).find((one) => one.id === id);
    const where = page ? entriesOf(session, page.path) : "";
    return this.say("ERROR_LINE", { where: where && where + this.say("COMMA"), label: question ? question.label : titled(session, page), error: text });
  }

  toField(event, id) {
    event.preventDefault();
    const field = document.getElementById(id) || document.getElementById(id + "-label");
    if (!field) return;
    (field.closest(".question") || field).scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  }

  focus() {
    const target = this.root.querySelector("#error-summary") || this.root.querySelector(".notice") ||
      (this.title.textContent ? this.title : this.root);
    this.root.scrollIntoView(); // below what stays at the top (scroll-padding)
    target.focus({ preventScroll: true });
  }

  hub(page) {
    const { session } = this;
    const entries = page.range.currentState.children.map((_, index) => this.entry(page, index));
    const id = "q-" + [...page.path, page.section.repeat.qualifiedName.localName].join("-");
    const wrong = session.errors.get(id);
    return [
      entries.length ? h("ol", { class: "entries" }, ...entries) : h("p", { class: "hint" }, this.say("NO_ENTRIES")),
      wrong ? h("p", { class: "error", id, tabindex: "-1" }, wrong) : null,
      h("p", {}, this.button(`add:${page.key}`, this.say(entries.length ? "ADD_MORE" : "ADD_FIRST"), () => session.add(page),
        `button${entries.length && !wrong ? " secondary" : ""} add-entry`))].filter(Boolean);
  }

  entry(page, index) {
    const { session } = this;
    const path = [...page.path, page.section.repeat.qualifiedName.localName, index];
    const title = entriesOf(session, path, true);
    const inside = session.pages.inside(page, index);
    const first = (inside[0] || page).key;
    const rows = inside.filter((one) => one.scope === page.range.currentState.children[index])
      .flatMap((one) => session.shownOn(one)).filter((one) => one.kind !== "note").map((one) => one.words((name, values) => session.say(name, values)));
    const hidden = () => h("span", { class: "sr-only" }, " " + title);
    return h("li", { class: "entry", id: `entry-${index}` }, h("p", { class: "entry-title" }, title),
      rows.some(Boolean) && h("p", { class: "hint" }, rows.filter(Boolean).slice(0, 3).join(" · ")),
      h("div", { class: "entry-actions" },
        this.button(`go:${first}`, [this.say("CHANGE_ENTRY"), hidden()], () => session.goTo(first), "as-link"),
        this.button(`copy:${page.key}:${index}`, [this.say("COPY_ENTRY"), hidden()], () => session.add(page, index), "as-link"),
        h("details", {}, h("summary", {}, this.say("REMOVE_ENTRY"), hidden()),
          this.button(`remove:${page.key}:${index}`, this.say("REMOVE_SURE", { title }), () => session.remove(page, index), "button quiet"))));
  }

  review() {
    const { session } = this;
    return reviewOf(session).map(({ title, key, rows }) => h("section", { class: "answered" },
      h("div", { class: "answered-head" }, h("h3", {}, title),
        this.button(`go:${key}`, [this.say("CHANGE"), h("span", { class: "sr-only" }, " " + title)], () => session.goTo(key), "as-link")),
      rows.length ? h("dl", {}, ...rows.map(([label, answer]) => h("div", {}, h("dt", {}, label), h("dd", {}, answer))))
        : h("p", { class: "hint" }, this.say("NOTHING_FILLED"))));
  }

  steps(page) {
    const { session } = this;
    const empty = page && page.range && !page.range.currentState.children.length;
    const words = empty ? "NONE_GO_ON" : page && session.pages.endsEntry(page) ? "ENTRY_DONE" : "NEXT";
    this.sendButton = page ? null : this.button("send", this.say("SEND"), () => this.send());
    return h("div", { class: "steps" },
      this.sendButton || this.button("next", this.say(words), () => session.forward(), `button${empty ? " secondary" : ""}`),
      page && session.reviewed && this.button("review", this.say("TO_REVIEW"), () => session.forward("review"), "button secondary"),
      session.pages.before(session.key) && this.button("back", this.say("BACK"), () => session.back(), "button secondary"),
      this.leave && this.button("leave", this.say("KEEP_FOR_LATER"), () => this.leave(), "button secondary"));
  }

  /** Check everything once more, then hand it over. What comes back is shown here, with everything still filled in. */
  async send() {
    const { session } = this;
    if (this.sending) return;
    session.notice = "";
    session.elsewhere = session.checkAll((page, id, text) => this.labelled(page, id, text));
    if (session.elsewhere.length) return void this.again();
    this.sending = true;
    this.sendButton.textContent = this.say("SENDING");
    this.sendButton.setAttribute("aria-disabled", "true");
    let answer = null;
    try {
      answer = await this.finish();
    } catch (error) {
      console.error(error);
      answer = { notice: this.say("NOT_SENT") };
    }
    this.sending = false;
    if (answer && (answer.notice || (answer.errors && answer.errors.length))) {
      session.notice = answer.notice || "";
      session.elsewhere = answer.errors || [];
      session.key = REVIEW;
      this.again();
    } else if (answer && answer.stay) this.draw();
  }

  again() {
    this.told = null;
    this.draw(true);
  }
}

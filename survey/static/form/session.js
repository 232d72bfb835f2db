// One filling: answers go in here, and what is wrong with them comes out. Knows the engine, not the screen.
"use strict";

import { copyEntry, emptied } from "./entries.js";
import { REVIEW, Pages, mayChange } from "./pages.js";
import { Question } from "./question.js";
import { READERS } from "./reading.js";
import { idParts, idProblem, plain } from "./resident_id.js";

const ID_WORDS = { idLength: "ID_LENGTH", idCharacters: "ID_CHARACTERS", idBirth: "ID_BIRTH", idCheck: "ID_CHECK" };

export class Session {
  /** `words`: {zh: {NAME: sentence}, en: …}. `changed(kind)` is called after every change, "answer" or "place". */
  constructor({ root, facts, hints, words, language, chosen, attachments, key, reviewed, changed }) {
    Object.assign(this, { root, facts, hints, allWords: words, attachments, changed });
    this.errors = new Map(); // id of a question -> sentence
    this.elsewhere = []; // [{text, go}]: what is wrong on other pages, or what the server said
    this.typed = new Map(); // node -> {text, error, about}: what stands in a field but is no answer
    this.filled = new Set(); // nodes filled from a resident ID number
    this.notice = "";
    this.chosen = chosen || "";
    this.reviewed = Boolean(reviewed);
    this.questions = new Map();
    this.pending = new Set(); // what fields still have to hand over
    this.ranks = new Map(); // node -> places as chosen so far, whole or not
    this.setLanguage(language);
    this.workOut();
    const first = this.pages.first();
    this.key = key === REVIEW || (key && this.pages.at(key)) ? (key === REVIEW ? key : this.pages.at(key).key) : first ? first.key : REVIEW;
  }

  // Words --------------------------------------------------------------------------------------------------------------

  setLanguage(language) {
    this.language = language in this.allWords ? language : "zh";
    const known = this.root.languages;
    const wanted = known.find((one) => one.language === this.chosen) ||
      known.find((one) => codeOf(one.language) === this.language) || known.find((one) => one.isDefault) || known[0];
    if (!wanted.isSyntheticDefault) this.root.setLanguage(wanted);
  }

  /** The form's languages, where there are others than the reader can switch to anyway. */
  get languages() {
    const known = this.root.languages.map((one) => one.language).filter((name) => name && name !== "default");
    return known.length < 2 || known.every((name) => codeOf(name) in this.allWords) ? [] : known;
  }

  say(name, values) {
    const sentence = this.allWords[this.language][name] || name;
    return values ? sentence.replace(/\{(\w+)\}/g, (_, key) => values[key]) : sentence;
  }

  // Where it stands ----------------------------------------------------------------------------------------------------

  workOut() { this.pages = new Pages(this.root); }

  /** The page in view, null for the review. */
  get page() { return this.key === REVIEW ? null : this.pages.at(this.key); }

  question(node, path) {
    const id = [...path, nameOf(node)].join("-");
    const known = this.questions.get(node);
    if (known && known.id === "q-" + id) return known;
    const made = new Question(node, [...path, nameOf(node)], this.facts.get(node.definition.nodeset));
    this.questions.set(node, made);
    return made;
  }

  shownOn(page) {
    return page.asked.filter((node) => node.currentState.relevant).map((node) => this.question(node, page.path))
      .filter((question) => !question.empty);
  }

  /** Take in what was typed last. */
  settle() {
    for (const take of [...this.pending]) take();
  }

  /** On by itself after a choice, where the page asks nothing else. */
  quick(question) {
    const page = this.page;
    if (page && this.shownOn(page).filter((one) => one.kind !== "note").every((one) => one === question)) setTimeout(() => this.forward(), 150);
  }

  goTo(key) {
    this.errors.clear();
    this.elsewhere = [];
    const page = key === REVIEW ? null : this.pages.at(key);
    this.key = page ? page.key : REVIEW;
    if (!page) this.reviewed = true;
    this.changed("place");
  }

  back() {
    this.settle();
    const before = this.pages.before(this.key) || this.pages.first();
    if (before) this.goTo(before.key);
  }

  /** On to the next page (or, for "review", to the end), unless something on this one is wrong. */
  forward(what = "next") {
    this.settle();
    const page = this.page;
    if (page && !this.check(page)) return this.changed("place");
    const next = what === "review" || !page ? null : this.pages.after(page.key);
    return this.goTo(next ? next.key : REVIEW);
  }

  // Answers ------------------------------------------------------------------------------------------------------------

  /** Take in what was typed into a field. */
  type(question, text) {
    const read = text.trim() ? READERS[question.type === "range" ? question.node.valueType === "int" ? "integer" : "decimal"
      : question.type](text, question) : { value: "" };
    this.typed.set(question.node, { text, ...read });
    this.filled.delete(question.node);
    this.put(question, read.value || "");
    if (question.check && question.check.kind === "resident-id") this.fillFrom(question, read.value || "");
  }

  /** Take in an answer: text; codes of choices and places; true or false; a file or null. */
  put(question, value) {
    const { node } = question;
    this.filled.delete(node);
    if (node.nodeType === "select") node.selectValues(value);
    else if (node.nodeType === "rank") node.setValues(value);
    else if (node.nodeType === "range") node.setValue(value === "" ? null : value);
    else node.setValue(value);
    const id = question.id;
    if (this.errors.has(id) && !this.wrong(question)) this.errors.delete(id);
    this.workOut();
    this.changed("answer");
  }

  /** Take in the places of a ranking: only a whole order, each once, is an answer. */
  order(question, places) {
    this.ranks.set(question.node, places);
    this.put(question, places.every(Boolean) && new Set(places).size === places.length ? places : []);
  }

  /** What stands in a field now. */
  textIn(question) {
    const typed = this.typed.get(question.node);
    return typed && (typed.error || typed.value === question.value) ? typed.text : null;
  }

  sibling(question, name) {
    return question.node.parent.currentState.children.find((node) => nameOf(node) === name && node.definition.bodyElement) || null;
  }

  /** Birth date and sex from a good resident ID number, where they were not given otherwise. */
  fillFrom(question, value) {
    if (!value || idProblem(value) || !this.isIdNow(question)) return;
    const parts = idParts(value);
    const path = question.path.slice(0, -1);
    let filled = false;
    for (const [name, answer] of [["birth_date", parts.birth], ["sex", parts.sex]]) {
      const node = this.sibling(question, name);
      if (!node || (node.currentState.instanceValue && !this.filled.has(node)) || node.currentState.instanceValue === answer) continue;
      const other = this.question(node, path);
      this.typed.delete(node);
      this.put(other, node.nodeType === "select" ? [answer] : answer);
      this.filled.add(node);
      filled = true;
    }
    if (filled) this.said = this.say("FILLED_FROM_ID");
    if (filled) this.changed("answer");
  }

  isIdNow(question) {
    const { field, code } = question.check;
    const other = field && this.sibling(question, field);
    return !field || (other && other.currentState.instanceValue === code);
  }

  // What is wrong ------------------------------------------------------------------------------------------------------

  /** What is wrong with the answer to a question, "" if nothing. */
  wrong(question) {
    const { node, state } = question;
    if (!state.relevant || question.kind === "note" || question.kind === "readonly") return "";
    const typed = this.typed.get(node);
    if (typed && typed.error) return this.say(typed.error, typed.about);
    const places = (question.type === "rank" && this.ranks.get(node) || []).filter(Boolean);
    if (new Set(places).size < places.length) return this.say("RANK_TWICE");
    if (places.length && places.length < question.options.length) return this.say("RANK_ALL");
    const violation = node.validationState.violation;
    if (!violation) return "";
    const own = violation.message ? violation.message.asString : "";
    if (violation.condition === "required") return own || this.say(node.nodeType !== "select" ? "REQUIRED" : node.selectType === "select" ? "CHOOSE_SOME" : "CHOOSE_ONE");
    return this.exactly(question) || own || this.say("CONSTRAINT");
  }

  /** The exact words for a broken rule of a named kind of number. */
  exactly(question) {
    const { check, value } = question;
    if (check && check.kind === "resident-id" && this.isIdNow(question)) {
      const number = plain(value);
      const problem = idProblem(number);
      if (problem) return this.say(ID_WORDS[problem], { count: number.length });
      const [birth, sex] = ["birth_date", "sex"].map((name) => (this.sibling(question, name) || { currentState: {} }).currentState.instanceValue);
      if (birth && birth !== idParts(number).birth) return this.say("ID_BIRTH_DATE");
      return sex && sex !== idParts(number).sex ? this.say("ID_SEX") : "";
    }
    if (check && check.kind === "birth-date") return this.say(value > today() ? "FUTURE" : "TOO_OLD");
    return "";
  }

  /** Note what is wrong on a page; true when nothing is. */
  check(page) {
    this.errors = new Map();
    this.elsewhere = [];
    for (const question of this.shownOn(page)) {
      const wrong = this.wrong(question);
      if (wrong) this.errors.set(question.id, wrong);
    }
    if (page.range && page.range.currentState.required && !page.range.currentState.children.length) {
      this.errors.set("q-" + [...page.path, page.section.repeat.qualifiedName.localName].join("-"), this.say("NEEDS_ENTRY"));
    }
    return this.errors.size === 0;
  }

  /** What is wrong anywhere: [{text, go}]. */
  checkAll(labelled) {
    const found = [];
    for (const page of this.pages.all) {
      this.check(page);
      for (const [id, text] of this.errors) found.push({ text: labelled(page, id, text), go: page.key });
    }
    this.errors = new Map();
    return found;
  }

  // Entries ------------------------------------------------------------------------------------------------------------

  add(page, copied = null) {
    const range = page.range;
    if (!mayChange(range)) return;
    const index = range.currentState.children.length;
    range.addInstances(index - 1, 1);
    emptied(range.currentState.children[index]);
    if (copied !== null) copyEntry(range.currentState.children[copied], range.currentState.children[index]);
    this.workOut();
    const first = this.pages.inside(page, index)[0];
    this.goTo((first || page).key);
  }

  remove(page, index) {
    page.range.removeInstances(index, 1);
    this.questions.clear();
    this.workOut();
    this.goTo(page.key);
    this.notice = this.say("ENTRY_REMOVED");
    this.changed("place");
  }
}

function nameOf(node) {
  return node.definition.qualifiedName.localName;
}

/** "中文 (zh)" -> "zh". */
function codeOf(name) {
  const match = /\(([A-Za-z]{2,3})[^)]*\)/.exec(name);
  const known = { 中文: "zh", 简体中文: "zh", chinese: "zh", english: "en" };
  return match ? match[1].toLowerCase() : known[name.trim().toLowerCase()] || name.trim().toLowerCase();
}

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

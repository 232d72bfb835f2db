// Questions with a list: tiles, a menu, a list with a search field, an order of places.
"use strict";

import { h, arrange } from "./element.js";

const MOST_MATCHES = 30;

/** Tiles for radio buttons and check boxes; what is offered may change while the page is open. */
export function tiles(question, session) {
  const node = h("div", { class: "tiles" });
  const many = question.type === "select_multiple";
  const known = new Map();
  const control = {
    node, group: many ? "checkbox" : "radio",
    lines: () => (question.options.length ? [] : [session.say("NOTHING_OFFERED")]),
    update() {
      arrange(node, question.options.map((option, place) => tile(question, session, option, place, many, known)));
    },
  };
  return control;
}

function tile(question, session, option, place, many, known) {
  let made = known.get(option.code);
  if (!made) {
    const box = h("input", { type: many ? "checkbox" : "radio", name: question.id, value: option.code, autocomplete: "off" });
    const words = h("span");
    const label = h("label", { class: "tile" }, box, words);
    made = { box, words, label };
    box.addEventListener("change", () => choose(question, session, option.code, box.checked, many));
    // "Quick": a tap goes on by itself; a key that moves through the list does not.
    if (question.looks.has("quick") && !many) label.addEventListener("click", (event) => { if (event.detail > 0) session.quick(question); });
    if (option.image) picture(session, option.image, label);
    known.set(option.code, made);
  }
  made.box.id = place ? `${question.id}-${place}` : question.id;
  made.label.setAttribute("for", made.box.id);
  made.box.checked = many || question.type !== "range" ? question.codes.includes(option.code)
    : question.value !== "" && Number(question.value) === Number(option.code);
  made.words.textContent = option.words;
  return made.label;
}

function picture(session, source, label) {
  session.attachments.address(source).then((address) => {
    if (address) label.prepend(h("img", { src: address, alt: "" }));
  });
}

function choose(question, session, code, chosen, many) {
  if (question.type === "range") return session.put(question, code);
  if (!many) return session.put(question, [code]);
  const now = new Set(question.codes);
  if (chosen) now.add(code);
  else now.delete(code);
  // In the order of the list, so that the same choice is always the same answer.
  return session.put(question, question.options.map((option) => option.code).filter((each) => now.has(each)));
}

export function minimal(question, session) {
  const node = h("select", { id: question.id, name: question.id, autocomplete: "off" });
  node.addEventListener("change", () => session.put(question, node.value ? [node.value] : []));
  let drawn = "";
  return {
    node, target: node,
    lines: () => (question.options.length ? [] : [session.say("NOTHING_OFFERED")]),
    update() {
      const options = question.options;
      const now = JSON.stringify([session.language, options.map(({ code, words }) => [code, words])]);
      if (now !== drawn) {
        node.replaceChildren(h("option", { value: "" }, session.say("CHOOSE")),
          ...options.map(({ code, words }) => h("option", { value: code }, words)));
        drawn = now;
      }
      node.value = question.codes[0] || "";
    },
  };
}

/** A long list: a few letters leave the tiles that fit. What is chosen always stays in sight. */
export function filtered(question, session) {
  const inner = tiles(question, session);
  const search = h("input", { type: "search", class: "wide", autocomplete: "off", "aria-label": session.say("FILTER"),
    placeholder: session.say("FILTER"), id: `${question.id}-filter` });
  const more = h("p", { class: "hint", role: "status" });
  const all = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(question), "options").get.bind(question);
  const shown = Object.create(question, { options: { get: () => matches(all(), question.codes, search.value) } });
  const list = tiles(shown, session);
  function update() {
    const found = shown.options;
    list.update();
    const hidden = all().length - found.length;
    more.textContent = !hidden ? "" : session.say(search.value.trim() ? "FILTER_REST" : "FILTER_FIRST", { count: hidden });
  }
  search.addEventListener("input", update);
  return { node: h("div", {}, search, list.node, more), group: inner.group, lines: inner.lines, update };
}

function matches(options, chosen, words) {
  const parts = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (option) => parts.every((part) => option.words.toLowerCase().includes(part) || option.code.toLowerCase() === part);
  const found = options.filter((option) => chosen.includes(option.code) || fits(option));
  return found.filter((option, place) => place < MOST_MATCHES || chosen.includes(option.code));
}

export function rank(question, session) {
  const node = h("div");
  let drawn = "";
  function draw(options) {
    node.replaceChildren(...options.map((_, place) => {
      const id = place ? `${question.id}-${place}` : question.id;
      const select = h("select", { id, name: question.id, autocomplete: "off" }, h("option", { value: "" }, session.say("CHOOSE")),
        ...options.map(({ code, words }) => h("option", { value: code }, words)));
      select.addEventListener("change", () => {
        session.order(question, [...node.querySelectorAll("select")].map((one) => one.value));
      });
      return h("div", { class: "place-of-rank" }, h("label", { for: id }, session.say("PLACE", { number: place + 1 })), select);
    }));
  }
  return {
    node, group: "list", lines: () => [session.say("RANK_HINT")],
    update() {
      const options = question.options;
      const now = JSON.stringify([session.language, options.map(({ code, words }) => [code, words])]);
      if (now !== drawn) draw(options);
      drawn = now;
      const chosen = session.ranks.get(question.node) || question.codes;
      node.querySelectorAll("select").forEach((select, place) => { select.value = chosen[place] || ""; });
    },
  };
}

export function acknowledge(question, session) {
  const box = h("input", { type: "checkbox", id: question.id, name: question.id, value: "OK", autocomplete: "off" });
  const words = h("span");
  box.addEventListener("change", () => session.put(question, box.checked));
  return {
    node: h("div", { class: "tiles" }, h("label", { class: "tile", for: question.id }, box, words)), target: box, bare: true,
    update() {
      words.textContent = session.say("AGREED");
      box.checked = question.value === "OK";
    },
  };
}

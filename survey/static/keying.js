// Keying a paper form with the keyboard alone: shows what was typed at once, goes on by itself, adds people by one key.
// Without this script the page works as a plain form; the server reads the same texts (forms/keyed.py).
"use strict";

import { idParts, idProblem, plain } from "./form/resident_id.js";

(() => {
  const form = document.getElementById("keying");
  if (!form) {
    document.addEventListener("keydown", (event) => {
      const mend = document.getElementById("mend");
      if (event.key === "F8" && mend) { event.preventDefault(); mend.click(); }
    });
    return;
  }
  const says = JSON.parse(form.dataset.says);
  const lists = JSON.parse(form.dataset.lists);
  const pattern = document.getElementById("person-pattern");
  const persons = document.getElementById("persons");
  const advance = document.getElementById("advance");
  const named = (name) => form.elements.namedItem(name);
  let typedSomething = false;

  // --- what a text means ---

  const fold = (text) => text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();

  function matches(list, typed) {
    const text = fold(typed);
    for (const means of [(each) => fold(each[1]) === text, (each) => each[3].includes(text),
      (each) => each[3].some((word) => word.startsWith(text))]) {
      const found = list.filter(means);
      if (found.length) return found;
    }
    return [];
  }

  function chosen(field) {
    const list = lists[field.dataset.list];
    if (!("several" in field.dataset)) return field.value.trim() ? [matches(list, field.value)] : [];
    const keys = list.map((each) => each[1]);
    const single = keys.every((key) => key.length === 1);
    return field.value.split(/[\s,，、;；+]+/).filter(Boolean).flatMap((text) =>
      single && [...fold(text)].every((key) => keys.includes(key)) ? [...fold(text)] : [text]).map((text) => matches(list, text));
  }

  function codes(name) {
    const field = named(name);
    if (!field || !field.value.trim()) return [];
    return field.dataset.list ? chosen(field).filter((found) => found.length === 1).map((found) => found[0][0]) : [field.value];
  }

  function tell(field) {
    const output = field.parentElement.querySelector("output");
    if (!output || !field.dataset.list) return;
    output.textContent = chosen(field).map((found) => found.length === 1 ? found[0][2]
      : found.length ? says.several : says.none).join("、");
  }

  // A choice is made when no other key goes on with what was typed.
  function settled(field) {
    if ("several" in field.dataset) return false;
    const text = fold(field.value);
    const keys = lists[field.dataset.list].map((each) => fold(each[1]));
    return keys.includes(text) && !keys.some((key) => key !== text && key.startsWith(text));
  }

  // --- which questions are asked ---

  const holds = ([name, wantedCodes, wanted]) => codes(name).some((code) => wantedCodes.includes(code)) === wanted;
  const open = ([name]) => codes(name).length === 0;

  function refresh() {
    for (const part of form.querySelectorAll("[data-when]")) {
      const tests = JSON.parse(part.dataset.when);
      part.hidden = !tests.every((test) => holds(test) || (part.tagName === "SECTION" && open(test)));
    }
  }

  // --- from field to field ---

  const stops = () => Array.from(form.querySelectorAll(".key-row input, .key-row textarea")).filter((field) => field.offsetParent);

  function go(from, step) {
    const all = stops();
    let place = all.indexOf(from) + step;
    while (step > 0 && all[place] && all[place].dataset.filled) place += step;
    const next = all[place] || (step > 0 ? document.getElementById("save") : from);
    next.focus();
    if (next.select) next.select();
    next.scrollIntoView({ block: "nearest" });
  }

  function addPerson() {
    const numbers = Array.from(persons.children, (each) => Number(each.id.split("-")[1]));
    const index = Math.max(0, ...numbers);
    const holder = document.createElement("template");
    holder.innerHTML = pattern.innerHTML.replaceAll("__i__", index).replaceAll("__n__", index + 1);
    const block = holder.content.firstElementChild;
    persons.append(block);
    refresh();
    const first = block.querySelector("input, textarea");
    first.focus();
    block.scrollIntoView({ block: "start" });
  }

  function removePerson(block) {
    if (!block || persons.children.length < 2) return;
    const filled = Array.from(block.querySelectorAll("input, textarea")).some((field) => field.value);
    if (filled && !window.confirm(says.remove)) return;
    const near = block.previousElementSibling || block.nextElementSibling;
    block.remove();
    near.querySelector("input, textarea").focus();
  }

  // --- resident ID numbers (GB 11643) ---

  function checkNumber(field) {
    const error = document.getElementById(field.id + "-error");
    const number = plain(field.value);
    const asked = field.dataset.check === "resident-id" && number
      && (!field.dataset.checkWhen || JSON.parse(field.dataset.checkWhen).every(holds));
    const bad = asked && idProblem(number) !== "";
    error.hidden = !bad;
    error.querySelector(".error-text").textContent = bad ? says.id : "";
    field.setAttribute("aria-invalid", bad ? "true" : "false");
    if (asked && !bad) fillFrom(field, number);
    return asked && !bad;
  }

  function fillFrom(field, number) {
    const prefix = field.name.slice(0, field.name.lastIndexOf("-") + 1);
    const parts = idParts(number);
    const sex = named(prefix + "sex");
    const key = sex && sex.dataset.list && lists[sex.dataset.list].find((each) => each[0] === parts.sex);
    for (const [target, value] of [[named(prefix + "birth_date"), parts.birth.replaceAll("-", "")], [sex, key && key[1]]]) {
      if (!target || !value || (target.value && !target.dataset.filled)) continue;
      target.value = value;
      target.dataset.filled = "yes";
      tell(target);
      const output = target.parentElement.querySelector("output");
      output.textContent = (output.textContent ? output.textContent + " · " : "") + says.filled;
    }
    refresh();
  }

  // --- events ---

  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.closest(".key-row")) return;
    typedSomething = true;
    delete field.dataset.filled;
    if (field.dataset.list) tell(field);
    if (field.dataset.list) refresh();
    let done = false;
    if (field.dataset.list) done = settled(field);
    else if ("date" in field.dataset) done = /^\d{4}(-?)\d\d\1\d\d$/.test(field.value);
    else if (field.dataset.check === "resident-id" && fold(field.value).length === 18) done = checkNumber(field);
    if (done && advance.checked && !event.isComposing) go(field, 1);
  });

  form.addEventListener("change", (event) => {
    if (event.target.dataset.check === "resident-id") checkNumber(event.target);
  });

  form.addEventListener("keydown", (event) => {
    const field = event.target.closest(".key-row input, .key-row textarea");
    if (event.isComposing || !field) return;
    if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(field, event.shiftKey || event.key === "ArrowUp" ? -1 : 1);
    }
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !pattern) return;
    if (button.name === "_add") { event.preventDefault(); addPerson(); }
    if (button.name === "_remove") { event.preventDefault(); removePerson(button.closest(".key-person")); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const paper = document.getElementById("as-on-paper");
    const work = {
      F2: () => pattern && addPerson(),
      F4: () => removePerson(document.activeElement.closest(".key-person")),
      F9: () => form.requestSubmit(document.getElementById("save")),
      F10: () => paper && form.requestSubmit(paper),
      Escape: () => { if (!typedSomething || window.confirm(says.leave)) location.href = form.dataset.start; },
    }[event.key];
    if (!work || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    work();
  });

  document.querySelector(".advance").hidden = false;
  try { advance.checked = localStorage.getItem("keying-advance") !== "no"; } catch { /* private window: on */ }
  advance.addEventListener("change", () => {
    try { localStorage.setItem("keying-advance", advance.checked ? "yes" : "no"); } catch { /* not remembered */ }
  });
  form.querySelectorAll("[data-list]").forEach(tell);
  refresh();
  const first = form.querySelector("[autofocus]");
  if (first) { first.focus(); if (first.select) first.select(); }
})();

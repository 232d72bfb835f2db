// What pages and entries are called, and everything that was answered, for checking.
"use strict";

import { labelOf } from "./question.js";

/** The entries on the way to a page: "Doors 2 · People 1". `last`: only the innermost one. */
export function entriesOf(session, path, last = false) {
  const steps = [];
  for (let end = 2; end <= path.length; end += 2) {
    const range = rangeAt(session, path.slice(0, end - 1));
    const label = range ? labelOf(range) : "";
    steps.push(label ? `${label} ${path[end - 1] + 1}` : session.say("ENTRY", { number: path[end - 1] + 1 }));
  }
  return (last ? steps.slice(-1) : steps).join(" · ");
}

function rangeAt(session, path) {
  let found = null;
  let scope = session.root;
  for (let at = 0; at < path.length; at += 2) {
    found = below(scope, path[at]);
    scope = found && path[at + 1] !== undefined ? found.currentState.children[path[at + 1]] : null;
    if (!scope) break;
  }
  return found;
}

function below(scope, name) {
  for (const child of scope.currentState.children) {
    if (child.nodeType.startsWith("repeat-range") && child.definition.qualifiedName.localName === name) return child;
    const inside = child.nodeType === "group" ? below(child, name) : null;
    if (inside) return inside;
  }
  return null;
}

export function titled(session, page) {
  if (!page) return session.say(session.pages.all.length ? "REVIEW" : "NO_PAGES");
  const group = page.section.repeat || page.section.group;
  if (group.type === "root" || (!page.section.repeat && group.type === "repeat")) return "";
  const node = page.nodes.get(group.nodeset);
  return node ? labelOf(node) : "";
}

/** The words of the one group that stands on a page together with notes. */
function onlyGroup(page) {
  const group = page.section.questions.find((one) => one.type === "group");
  const node = group && page.nodes.get(group.nodeset);
  return node ? labelOf(node) : "";
}

/** [{title, key, rows: [[label, answer]]}], page by page. */
export function reviewOf(session) {
  const say = (name, values) => session.say(name, values);
  const parts = [];
  for (const page of session.pages.all) {
    const title = titled(session, page);
    if (page.range) {
      if (!page.range.currentState.children.length) parts.push({ title, key: page.key, rows: [] });
      continue;
    }
    const asked = session.shownOn(page).filter((question) => question.type !== "note");
    const rows = asked.filter((question) => question.value).map((question) => [question.label, question.words(say)]);
    const called = [entriesOf(session, page.path), title || onlyGroup(page)].filter(Boolean).join(" · ");
    const name = called || say("PART", { number: session.pages.progress(page)[0] });
    const again = parts.some((part) => part.title === name);
    if (asked.length) parts.push({ title: again ? say("CONTINUED", { title: name }) : name, key: page.key, rows });
  }
  return parts;
}

// The pages of a form as the server cuts them (survey/questionnaire/pages.py): which questions stand together, and which
// page follows which. A key means the same page here and there.
"use strict";

import { isNote } from "./question.js";

const MOST_IN_GROUP = 15;
const MOST_IN_PARTS = 8;
const MOST_LOOSE = 6;
export const REVIEW = "review";

function cut(scope, group, most) {
  const found = [];
  let loose = [];
  // Notes by themselves stay, to stand before what follows on the same page.
  function close(alone) {
    const kept = alone || most === 1 || loose.some((one) => !isNote(one)) ? [] : loose;
    if (loose.length && !kept.length) found.push({ questions: loose, group, repeat: null, inside: [] });
    loose = [];
    return kept;
  }
  for (const child of scope.children) {
    if (child.type === "repeat") {
      close(true);
      found.push({ questions: [], group, repeat: child, inside: cut(child, child, most) });
    } else if (child.type === "group") {
      if (!onPage(child).length) {
        if (repeats(child)) found.push(...cut(child, child, most));
      } else if (standsAlone(child)) {
        const before = close(false);
        found.push({ questions: [...before, child], group: before.length ? group : child, repeat: null, inside: [] });
      } else {
        close(true);
        found.push(...cut(child, child, most));
      }
    } else if (child.bodyElement) {
      loose.push(child);
      if (loose.filter((one) => !isNote(one)).length >= most) close(true);
    }
  }
  close(true);
  return found;
}

export function leaves(scope) {
  return scope.children.flatMap((child) => (child.type === "group" ? leaves(child) : child.type === "repeat" ? [] : [child]));
}

const onPage = (group) => leaves(group).filter((leaf) => leaf.bodyElement);
const repeats = (group) => group.children.some((child) => child.type === "repeat" || (child.type === "group" && repeats(child)));

function standsAlone(group) {
  const whole = group.bodyElement && group.bodyElement.appearances["field-list"];
  const parts = group.children.filter((child) => child.type === "group" && onPage(child).length).length;
  return !repeats(group) && (whole || onPage(group).length <= (parts > 1 ? MOST_IN_PARTS : MOST_IN_GROUP));
}

/** Every node of one scope (the root or an entry of a repeat) by its path in the form. */
export function nodesOf(scope) {
  const found = new Map();
  (function below(node) {
    for (const child of node.currentState.children) {
      found.set(child.definition.nodeset, child);
      if (child.nodeType === "group") below(child);
    }
  })(scope);
  return found;
}

export function mayChange(range) {
  return range.nodeType === "repeat-range:uncontrolled";
}

/** The pages as they stand. `all`: in order, without the review. */
export class Pages {
  constructor(root) {
    this.root = root;
    this.all = [];
    if (!root.sectionsOfForm) root.sectionsOfForm = cut(root.definition, root.definition, root.classes.pages ? 1 : MOST_LOOSE);
    this.grow(root.sectionsOfForm, [], root, [], []);
    this.byKey = new Map(this.all.map((page) => [page.key, page]));
  }

  grow(inside, place, scope, path, home) {
    const nodes = nodesOf(scope);
    inside.forEach((section, number) => {
      const here = [...place, number];
      const page = { section, place: here, key: here.join("."), scope, nodes, path, home: home.join("."), range: null };
      if (!section.repeat) {
        page.asked = section.questions.flatMap((one) => (one.type === "group" ? leaves(one) : [one]))
          .map((leaf) => nodes.get(leaf.nodeset)).filter((node) => node && node.definition.bodyElement);
        if (page.asked.some((node) => node.currentState.relevant)) this.all.push(page);
      } else this.growRepeat(page, nodes.get(section.repeat.nodeset));
    });
  }

  growRepeat(page, range) {
    if (!range || !range.parent.currentState.relevant) return;
    const change = mayChange(range);
    if (change) {
      if (!range.currentState.relevant) return;
      page.range = range;
      page.asked = [];
      this.all.push(page);
    }
    const name = page.section.repeat.qualifiedName.localName;
    range.currentState.children.forEach((entry, index) => {
      if (!entry.currentState.relevant) return;
      this.grow(page.section.inside, [...page.place, index], entry, [...page.path, name, index],
        change ? page.place : page.home ? page.home.split(".") : []);
    });
  }

  /** The page with this key; if it is no longer there, the one that stands where it was. null for the review. */
  at(key) {
    if (this.byKey.has(key)) return this.byKey.get(key);
    const place = placeOf(key);
    return (place && this.all.find((page) => compare(page.place, place) >= 0)) || null;
  }

  first() { return this.all[0] || null; }

  /** The next page; after the last of an entry its list; null for the review. */
  after(key) {
    const place = placeOf(key);
    if (!place) return null;
    const home = this.homeOf(key, place);
    const entry = home ? place.slice(0, home.split(".").length + 1) : [];
    const here = this.byKey.get(key);
    const below = here && here.range ? here.place : null;
    const next = this.all.find((page) => compare(page.place, place) > 0 && page.home === home && within(page.place, entry) &&
      !(below && within(page.place, below)));
    return next || (home ? this.byKey.get(home) : null) || null;
  }

  /** The page before; of the first page of an entry its list; null on the first page. */
  before(key) {
    const place = placeOf(key);
    if (!place) return this.all.filter((page) => !page.home).pop() || null;
    const home = this.homeOf(key, place);
    const entry = home ? place.slice(0, home.split(".").length + 1) : [];
    const found = this.all.filter((page) => compare(page.place, place) < 0 && page.home === home && within(page.place, entry));
    return found.pop() || (home ? this.byKey.get(home) : null) || null;
  }

  homeOf(key, place) {
    if (this.byKey.has(key)) return this.byKey.get(key).home;
    const lists = this.all.filter((page) => page.range && place.length > page.place.length && within(place, page.place));
    return lists.length ? lists.sort((one, other) => one.place.length - other.place.length).pop().key : "";
  }

  /** [number, of how many]: among the pages outside the entries of lists, the review included. */
  progress(page) {
    const tops = this.all.filter((one) => !one.home);
    const number = page ? tops.filter((one) => compare(one.place, page.place) <= 0).length : tops.length + 1;
    return [Math.max(number, 1), tops.length + 1];
  }

  endsEntry(page) {
    return Boolean(page.home) && (this.after(page.key) || {}).key === page.home;
  }

  /** The pages inside one entry of a list. */
  inside(page, index) {
    return this.all.filter((one) => within(one.place, [...page.place, index]));
  }
}

function within(place, above) {
  return above.every((number, at) => place[at] === number);
}

function compare(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) if (one[at] !== other[at]) return one[at] - other[at];
  return one.length - other.length;
}

function placeOf(key) {
  return /^\d{1,6}(\.\d{1,6}){0,19}$/.test(key) ? key.split(".").map(Number) : null;
}

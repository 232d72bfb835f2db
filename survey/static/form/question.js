// One node of the engine as a question: of what type it is, how it is shown now, and what it is called on the page.
"use strict";

const MOST_RADIOS = 6;
const MOST_LISTED = 20;
const MOST_STEPS = 11;
const MARKS = /(\*\*|__)(?=\S)([^]+?)(?<=\S)\1|<\/?(?:span|b|i|u|em|strong|p|br|font|div|small|h[1-6])\b[^<>]*>|^#{1,6} +/gm;
const BY_VALUE = { int: "integer", decimal: "decimal", date: "date", time: "time", dateTime: "dateTime", geopoint: "geopoint",
  geotrace: "geotrace", geoshape: "geoshape", barcode: "barcode" };
const FACTS = "urn:rapid-survey:form";

/** Words without the marks of handhelds' screens (bold, colours, headings); lines stay. */
export function plain(words) {
  let text = words || "";
  for (let round = 0; round < 3; round += 1) text = text.replace(MARKS, (mark, sign, inside) => inside || "");
  return text.trim();
}

export function labelOf(node) {
  const label = node.currentState.label;
  return label ? plain(label.asString) : "";
}

/** What the server knows of a form beside its XForm: the kinds of numbers, by path. */
export function factsIn(xml) {
  const facts = new Map();
  for (const bind of new DOMParser().parseFromString(xml, "text/xml").querySelectorAll("bind")) {
    const kind = bind.getAttributeNS(FACTS, "check");
    if (kind) facts.set(bind.getAttribute("nodeset"),
      { kind, field: bind.getAttributeNS(FACTS, "field") || "", code: bind.getAttributeNS(FACTS, "code") || "" });
  }
  return facts;
}

/** The hints of groups and repeats, by path: {zh, en}. */
export function hintsIn(xml) {
  const hints = new Map();
  for (const part of new DOMParser().parseFromString(xml, "text/xml").querySelectorAll("group, repeat")) {
    const words = { zh: part.getAttributeNS(FACTS, "hint-zh") || "", en: part.getAttributeNS(FACTS, "hint-en") || "" };
    if (words.zh || words.en) hints.set(part.getAttribute("ref") || part.getAttribute("nodeset"), words);
  }
  return hints;
}

export function isNote(definition) {
  return isHead(definition) || Boolean(definition.noteTextDefinition) && !definition.bind.calculate;
}

/** Whether it is the head of a table of questions: its choices stand at each of them here, and its words may be none. */
function isHead({ bodyElement }) {
  const looks = bodyElement && /^select/.test(bodyElement.type) ? [...(bodyElement.appearances || [])] : [];
  return looks.length === 1 && looks[0] === "label";
}

/** A question of a page. `path`: names and numbers of entries down to it. `check`: the named kind of number, if it is one. */
export class Question {
  constructor(node, path, check) {
    this.node = node;
    this.definition = node.definition;
    this.path = path;
    this.id = "q-" + path.join("-");
    this.check = check || null;
    this.looks = new Set(node.appearances || []);
    this.multiline = this.looks.has("multiline");
    this.type = typeOf(node, this.looks);
  }

  get name() { return this.path[this.path.length - 1]; }
  get state() { return this.node.currentState; }
  get label() { return labelOf(this.node).trim() || (this.type === "note" ? plain(this.state.hint && this.state.hint.asString) : this.name); }
  /** The head of a table of questions may have no words. */
  get empty() { return this.type === "note" && this.node.nodeType === "select" && !this.label; }
  onlySays(heading) {
    const { label } = this.state;
    return this.type === "note" && Boolean(label) && this.label === heading && !this.hint &&
      !label.imageSource && !label.audioSource && !label.videoSource;
  }
  get hint() { return this.state.hint ? plain(this.state.hint.asString) : ""; }
  get value() { return this.state.instanceValue || ""; }
  get shown() { return this.state.relevant; }
  get optional() { return this.type !== "note" && this.kind !== "readonly" && !this.state.required; }

  /** How it is shown now. */
  get kind() {
    if (this.type === "note") return "note";
    if (this.type !== "acknowledge" && (this.definition.bind.calculate || this.state.readonly)) return "readonly";
    if (this.type === "select_one" || this.type === "select_multiple") return this.listKind;
    if (this.type === "range") return this.steps.length ? "select_one" : "decimal";
    return this.type;
  }

  get listKind() {
    const count = this.options.length;
    const asked = this.looks.has("autocomplete") || this.looks.has("search");
    if (count > MOST_LISTED || (asked && count > MOST_RADIOS)) return "filtered";
    if (this.type === "select_multiple") return "select_multiple";
    return count > MOST_RADIOS || asked || this.looks.has("minimal") ? "select_one_minimal" : "select_one";
  }

  /** [{code, words, image}] of what can be chosen now. */
  get options() {
    if (this.type === "range") return this.steps.map((step) => ({ code: step, words: step }));
    return (this.state.valueOptions || []).map((option) => ({
      code: option.value, words: plain(option.label.asString) || option.value, image: option.label.imageSource }));
  }

  get codes() { return this.value.split(/\s+/).filter(Boolean); }

  /** The values of a range, when they are few enough to be shown side by side; else none. */
  get steps() {
    const bounds = this.definition.bounds;
    const [start, end, step] = [bounds.start, bounds.end, bounds.step].map(Number);
    const count = Math.abs(end - start) / Math.abs(step);
    if (!(count > 0 && count < MOST_STEPS)) return [];
    const sign = end > start ? Math.abs(step) : -Math.abs(step);
    return Array.from({ length: Math.floor(count + 1e-9) + 1 }, (_, place) => String(Number((start + place * sign).toFixed(6))));
  }

  /** The answer as people read it. */
  words(say) {
    const { type, value } = this;
    if (this.node.nodeType === "select" || type === "rank") {
      const names = new Map(this.options.map((option) => [option.code, option.words]));
      return this.codes.map((code) => names.get(code) || code).join(type === "rank" ? " → " : say("LIST_COMMA"));
    }
    if (value && (type === "image" || type === "drawing")) return say(type === "image" ? "PICTURE_HERE" : "DRAWING_HERE");
    if (type === "acknowledge") return value ? say("AGREED") : "";
    if (type === "time" || type === "dateTime") return clock(value).replace("T", " ");
    if (type === "date") return shownDate(value, this.looks);
    if (type === "geotrace" || type === "geoshape") return value ? say("POINTS", { count: value.split(";").length }) : "";
    if (type === "geopoint") return value.split(" ").slice(0, 2).join(" ");
    if (type === "decimal" || type === "range") return value.replace(/\.0$/, "");
    return value;
  }
}

/** "14:05" or "2026-03-10T14:05" of a kept time. */
export function clock(value) {
  const match = /^((?:\d{4}-\d\d-\d\dT)?\d\d:\d\d)/.exec(value);
  return match ? match[1] : value;
}

export function shownDate(value, looks) {
  return value.slice(0, looks.has("month-year") ? 7 : looks.has("year") ? 4 : 10);
}

function typeOf(node, looks) {
  switch (node.nodeType) {
    case "note": return isNote(node.definition) ? "note" : BY_VALUE[node.valueType] || "text";
    case "select": return isHead(node.definition) ? "note" : node.selectType === "select" ? "select_multiple" : "select_one";
    case "trigger": return "acknowledge";
    case "range": return "range";
    case "rank": return "rank";
    case "upload": {
      const kind = node.nodeOptions.media.type;
      if (kind === "image" && ["signature", "draw", "annotate"].some((look) => looks.has(look))) return "drawing";
      return ["image", "audio", "video"].includes(kind) ? kind : "file";
    }
    default: return BY_VALUE[node.valueType] || "text";
  }
}

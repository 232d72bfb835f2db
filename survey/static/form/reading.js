// What people type, read by type as the server reads it: {value} to keep, or {error} with the name of the sentence.
"use strict";

const WHOLE = /^([+-]?)0*(\d{1,15})$/;
const DECIMAL = /^([+-]?)0*(\d{1,12})(?:\.(\d{0,6}))?$/;
const PARTED = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/;
const EIGHT = /^(\d{4})-?(\d\d)-?(\d\d)$/;
const COORDINATE = /^[+-]?\d{1,9}(\.\d{0,15})?$/;
const MOST = 2147483647;

export const LIMITS = { line: 200, lines: 2000 };

/** Wide digits and letters as plain ones, without spaces. */
export function digitsAndLetters(text) {
  return text.normalize("NFKC").replace(/\s+/g, "");
}

function integer(text) {
  const match = WHOLE.exec(digitsAndLetters(text));
  if (!match) return { error: "NOT_INTEGER" };
  const number = Number(match[1] + match[2]);
  return Math.abs(number) > MOST ? { error: "TOO_LARGE" } : { value: String(number === 0 ? 0 : number) };
}

function decimal(text) {
  const match = DECIMAL.exec(digitsAndLetters(text));
  if (!match) return { error: "NOT_DECIMAL" };
  const decimals = (match[3] || "").replace(/0+$/, "");
  const number = match[2] + (decimals ? "." + decimals : "");
  return { value: (match[1] === "-" && Number(number) ? "-" : "") + number };
}

function date(text, node) {
  let plain = digitsAndLetters(text);
  const looks = node.looks;
  if (looks.has("month-year") && /^\d{4}-\d{1,2}$/.test(plain)) plain += "-01";
  else if (looks.has("year") && /^\d{4}$/.test(plain)) plain += "-01-01";
  const match = PARTED.exec(plain) || EIGHT.exec(plain);
  if (!match) return { error: "NOT_DATE" };
  const iso = [match[1], match[2].padStart(2, "0"), match[3].padStart(2, "0")].join("-");
  const day = new Date(iso + "T00:00:00Z");
  return !isNaN(day) && day.toISOString().startsWith(iso) ? { value: iso } : { error: "NOT_DATE" };
}

function zone(at) {
  const minutes = -at.getTimezoneOffset();
  const part = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  return (minutes < 0 ? "-" : "+") + part(minutes / 60) + ":" + part(minutes % 60);
}

function seconds(clock) {
  return clock.length === 5 ? clock + ":00.000" : clock;
}

function time(text) {
  return /^\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? { value: seconds(text) + zone(new Date()) } : { error: "NOT_TIME" };
}

function dateTime(text) {
  const at = new Date(text);
  if (isNaN(at) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return { error: "NOT_MOMENT" };
  return { value: text.slice(0, 11) + seconds(text.slice(11)) + zone(at) };
}

function points(text, least, most) {
  const found = text.split(/[;\r\n]+/).map((point) => point.replace(/[,，]/g, " ").trim()).filter(Boolean);
  const good = found.length >= least && found.length <= most && found.every((point) => {
    const parts = point.split(/\s+/);
    return parts.length >= 2 && parts.length <= 4 && parts.every((part) => COORDINATE.test(part)) &&
      Math.abs(parts[0]) <= 90 && Math.abs(parts[1]) <= 180;
  });
  if (!good) return { error: "NOT_PLACE" };
  // Height and accuracy are always written: apps expect four numbers.
  return { value: found.map((point) => [...point.split(/\s+/), "0", "0"].slice(0, 4).join(" ")).join(";") };
}

function text(typed, node) {
  const plain = node.check ? digitsAndLetters(typed)
    : node.multiline ? typed.replace(/\r\n?/g, "\n").trim() : typed.replace(/\s+/g, " ").trim();
  const limit = node.multiline ? LIMITS.lines : LIMITS.line;
  const count = Array.from(plain).length;
  return count > limit ? { error: "TOO_LONG", about: { count, limit } } : { value: plain };
}

export const READERS = {
  text, barcode: text, integer, decimal, date, time, dateTime,
  geopoint: (typed) => points(typed, 1, 1),
  geotrace: (typed) => {
    const read = points(typed, 2, 10000);
    const all = (read.value || "").split(";").map((point) => point.split(" ", 2).map(Number).join(" "));
    // The engine throws away a line that ends where it began; nothing goes in silence.
    return read.value && all[0] === all[all.length - 1] ? { error: "CLOSED_LINE" } : read;
  },
  geoshape: (typed) => {
    const read = points(typed, 3, 10000);
    const all = read.value ? read.value.split(";") : [];
    // A shape ends where it began.
    if (all.length && all[0] !== all[all.length - 1]) read.value += ";" + all[0];
    return read;
  },
};

// Positions: of the phone, or typed; lines and areas point by point, with a small drawing of their shape (there is no map offline).
"use strict";

import { h, svg } from "./element.js";
import { typed } from "./typed.js";

const SIZE = 200;
const EDGE = 12;
const WAIT = { enableHighAccuracy: true, timeout: 30000, maximumAge: 5000 };

/** "latitude longitude altitude accuracy" of a found position. */
export function written(found) {
  const at = found.coords;
  return [at.latitude.toFixed(7), at.longitude.toFixed(7), (at.altitude || 0).toFixed(1), at.accuracy.toFixed(1)].join(" ");
}

const placeIn = (point) => (point || "").split(" ").slice(0, 2).join(" ");

export function canFind() {
  return "geolocation" in navigator && window.isSecureContext;
}

export function place(question, session) {
  const many = question.type !== "geopoint";
  const element = many ? h("textarea", { id: question.id, name: question.id, rows: "4", autocomplete: "off", spellcheck: "false" })
    : h("input", { id: question.id, name: question.id, class: "wide", autocomplete: "off", spellcheck: "false" });
  const field = typed(question, session, element, () => question.value.replace(/;\s*/g, "\n"));
  const says = h("p", { class: "hint", role: "status" });
  const button = h("button", { type: "button", class: "button secondary" }, session.say(many ? "ADD_POINT" : "POSITION"));
  const undo = many ? h("button", { type: "button", class: "button secondary" }, session.say("UNDO_POINT")) : null;
  const drawing = many ? h("div", { class: "shape" }) : null;

  const points = () => element.value.split(/[;\n]+/).map((point) => point.trim()).filter(Boolean);
  const put = (list) => {
    element.value = list.join("\n");
    session.type(question, element.value);
  };
  button.addEventListener("click", () => {
    says.textContent = session.say("LOOKING");
    navigator.geolocation.getCurrentPosition((found) => {
      const [before, here] = [points(), written(found)];
      if (!many) put([here]);
      else if (placeIn(before.at(-1)) !== placeIn(here)) put([...before, here]); // twice the same spot is no way
      says.textContent = session.say("POSITION_FOUND", { meters: Math.round(found.coords.accuracy) });
    }, () => { says.textContent = session.say("NO_POSITION"); }, { ...WAIT, maximumAge: many ? 0 : WAIT.maximumAge });
  });
  if (undo) undo.addEventListener("click", () => put(points().slice(0, -1)));
  const device = h("div", { class: "device" }, canFind() && button, undo, says);
  return {
    node: h("div", {}, element, drawing, device), target: element,
    lines: () => [session.say(many ? "TRACE_POINTS" : "PLACE_HINT")],
    update() {
      field.update();
      if (undo) undo.hidden = !points().length;
      if (drawing) drawing.replaceChildren(...shape(points(), question.type === "geoshape", session));
    },
  };
}

/** The points drawn to scale, north up. */
function shape(points, closed, session) {
  const found = points.map((point) => point.split(/[\s,]+/).map(Number)).filter(([north, east]) => isFinite(north) && isFinite(east));
  if (found.length < 2) return [];
  const [norths, easts] = [found.map((point) => point[0]), found.map((point) => point[1])];
  const middle = (Math.max(...norths) + Math.min(...norths)) / 2;
  // A degree eastwards is shorter than one northwards.
  const narrow = Math.cos((middle * Math.PI) / 180);
  const wide = (Math.max(...easts) - Math.min(...easts)) * narrow;
  const high = Math.max(...norths) - Math.min(...norths);
  const scale = (SIZE - 2 * EDGE) / (Math.max(wide, high) || 1);
  const drawn = found.map(([north, east]) => [
    (EDGE + (east - Math.min(...easts)) * narrow * scale).toFixed(1), (EDGE + (Math.max(...norths) - north) * scale).toFixed(1)]);
  const line = svg(closed ? "polygon" : "polyline", { points: drawn.map((point) => point.join(",")).join(" "), class: closed ? "area" : "line" });
  const dots = drawn.map(([x, y]) => svg("circle", { cx: x, cy: y, r: 5 }));
  return [svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": session.say("POINTS", { count: found.length }) }, line, ...dots)];
}

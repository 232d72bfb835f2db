// My doors in walking order: building, entrance, floor, door; how each stands and how many are left.
import { h } from "../dom.js";
import { dayOf, language, say } from "../words.js";
import { advice, shortName, standing } from "./door_names.js";

const FILTERS = [
  ["all", () => say("全部", "All")], ["not_yet", () => say("还没去", "Not yet")], ["call_back", () => say("现在回访", "Call back now")],
  ["self", () => say("昨天起自填", "Self-answered since yesterday")],
];
let filter = "all";
let scrolled = 0;
let kept = { phone: null, place: null, drawn: "" }; // the list as it was drawn last, to be put back on the way out of a door

function row(round, each) {
  const words = advice(round, each);
  return h("li", {}, h("a.door-row", { href: `#/door/${each.id}` },
    h("span.room", {}, shortName(each), each.households?.length > 1 ? h("span.small", {}, say(`${each.households.length} 户`, `${each.households.length} households`)) : null),
    h("span.about", {}, standing(round, each), words.length ? h("span.advice", {}, words.join(" · ")) : null)));
}

function floors(round, doors) {
  const items = [];
  let floor = null;
  for (const each of doors) {
    if (each.floor && each.floor !== floor) items.push(h("li.floor", { "aria-hidden": "true" }, floorWords(each.floor)));
    floor = each.floor || floor;
    items.push(row(round, each));
  }
  return h("ul.doors", {}, items);
}

const floorWords = (floor) => (/^-?\d+$/.test(floor) ? say(`${floor} 层`, `Floor ${floor}`) : floor);

function list(phone, now) {
  const groups = phone.round.grouped(filter, now);
  if (!groups.length) {
    return h("p.hint.empty", {}, phone.round.doors.length ? say("这里没有门。", "No doors here.")
      : say("还没有分到门。请找组长。", "You have no doors yet. Please ask your team lead."));
  }
  return groups.map(([building, units]) => h("section.building", {}, h("h2", {}, building),
    units.map(([unit, doors]) => h("section.unit", {}, unit ? h("h3", {}, unit) : null, floors(phone.round, doors)))));
}

function body(app, now) {
  const { round } = app.phone;
  const [left, total] = [round.count("left", now), round.doors.length];
  const chips = FILTERS.map(([name, words]) => h("button.only", { type: "button", "aria-pressed": String(filter === name), onclick: () => {
    filter = name;
    app.show();
  } }, `${words()} ${round.count(name, now)}`));
  return [h("p.left", {}, h("b", {}, String(left)), say(` 户没做完，一共 ${total} 户`, ` left of ${total}`)),
    h("progress", { max: total || 1, value: total - left, "aria-label": say("做完的户", "Doors done") }),
    h("div.onlys", { role: "group", "aria-label": say("只看", "Show only") }, chips), list(app.phone, now)];
}

export function round(app) {
  app.lastDoor = null;
  const screen = { title: say("我的门", "My doors"), tab: "round", scroll: scrolled,
    primary: h("a.button", { href: "#/scan" }, say("扫门上的码", "Scan a door's code")) };
  if (kept.phone !== app.phone) kept = { phone: app.phone, place: h("div", {}), drawn: "" };
  const { place } = kept;
  screen.refresh = () => {
    const now = app.phone.now();
    const key = JSON.stringify([language, app.phone.seen, dayOf(now), app.phone.round.count("call_back", now), filter, [...app.phone.round.local.keys()], app.phone.queue.list().length]);
    if (key === kept.drawn) return;
    kept.drawn = key;
    place.replaceChildren(...body(app, now).flat(2));
  };
  screen.refresh();
  screen.body = place;
  screen.leave = () => { scrolled = scrollY; };
  return screen;
}

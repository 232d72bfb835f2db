// One door: how it stands, the form, the outcome in two taps, and what else may be done there.
import { button, h, notice } from "../dom.js";
import { newId } from "../queue.js";
import { lookForPosition, refused } from "../position.js";
import { CannotKeep } from "../store.js";
import { say, tell, when } from "../words.js";
import { advice, placeOf, shortName, standing } from "./door_names.js";

export const noDoor = () => ({ title: say("没有这户", "No such door"), back: "#/round", tab: "round",
  body: notice(say("这户不在您的名单里了，可能分给了别人，或住户已经自己填好。", "This door is no longer on your list: it went to somebody else, or the household answered by itself."))});

export const CANNOT_KEEP = () => notice(say("手机存不下了，这一份还没有记下。请先把没发的发出去，或删掉一些照片、视频，再按一次。页面别关。",
  "The phone has no room: this was not kept. Send what is unsent or delete some pictures and videos, then press again. Do not close the page."), true);

const FIRST = ["nobody_home", "soft_refusal", "temporarily_away", "vacant"];

/** [code, row] of a code list that came with the round. */
export function listOf(phone, name) {
  return [...phone.round.rows[name]];
}

export const nameIn = (row) => tell(row.name);

function outcomeTile(id, [code, row]) {
  return h("a.outcome", { href: `#/visit/${id}/${code}` }, h(`span.how.tone-${row.colour}`, { "aria-hidden": "true" }, row.shape), nameIn(row));
}

/** What opens with a tap, made only then. */
function opens(words, make) {
  const box = h("details", {}, h("summary", {}, words));
  box.addEventListener("toggle", () => { if (box.children.length < 2) box.append(make()); });
  return box;
}

function outcomes(app, each) {
  const rows = listOf(app.phone, "outcomes").filter(([code]) => !["completed", "hanger_left"].includes(code));
  const first = FIRST.map((code) => rows.find(([each]) => each === code)).filter(Boolean);
  const rest = rows.filter((row) => !first.includes(row));
  return [h("h2", {}, say("没填成？点结果", "Not filled in? Tap what happened")), h("div.outcomes", {}, first.map((row) => outcomeTile(each.id, row))),
    opens(say("别的结果", "Other outcomes"), () => h("div.outcomes", {}, rest.map((row) => outcomeTile(each.id, row))))];
}

function waiting(app, id) {
  const entries = app.phone.round.local.get(id)?.entries || [];
  return entries.length ? h("ul.waiting", {}, entries.map((entry) =>
    h("li", {}, h("span", { "aria-hidden": "true" }, "◔ "), say(`${tell(entry.what)}，${when(entry.at)}，待发`, `${tell(entry.what)}, ${when(entry.at)}, unsent`)))) : null;
}

function others(app, each, drafts) {
  const households = Math.max(each.households.length, 1, ...drafts.map((draft) => draft.household));
  const again = [];
  for (let number = 2; number <= households; number += 1) {
    again.push(h("a.button.secondary", { href: `#/form/${each.id}/${number}` }, say(`填第 ${number} 户`, `Household ${number}`)));
  }
  return h("div.stack", {}, again,
    h("a.button.secondary", { href: "#/hang", onclick: () => { app.hangAt = each.id; } }, say("挂门把手卡", "Hang a door hanger")),
    h("a.button.secondary", { href: `#/form/${each.id}/${households + 1}` }, say("这里还有一户", "Another household here")),
    h("a.button.secondary", { href: `#/add/${each.id}` }, say("旁边漏了一个门", "A door is missing next to this")));
}

export function door(app, id) {
  const { phone } = app;
  const each = phone.round.door(id);
  if (!each) return noDoor();
  app.lastDoor = each.id; // an incident reported from here is about this door
  lookForPosition();
  const recorded = each.status === "recorded" && !phone.round.local.get(each.id);
  const screen = { title: shortName(each), general: say("这一户", "This door"), back: "#/round", tab: "round" };
  const drafts = phone.draftsAt(each.id);
  const first = [...drafts, ...(each.drafts || [])].find((draft) => draft.household === 1);
  const words = advice(phone.round, each);
  const draw = () => [
    h("p.door-place", {}, placeOf(each)), h("p.status", {}, standing(phone.round, each)),
    words.length ? h("p.advice", {}, words.join(" · ")) : null,
    each.visits ? h("p.hint", {}, say(`去过 ${each.visits} 次`, each.visits === 1 ? "1 visit so far" : `${each.visits} visits so far`)) : null,
    waiting(app, each.id),
    refused.yes ? h("p.hint", {}, say("没有开定位：记录里不写位置，照常登记就行。", "Position is switched off: records carry none; just go on.")) : null,
    recorded ? notice(say("这户已经登记好了，不用再填。住户要更正，请他扫自己的码，输入回执号。",
      "This household is recorded. To correct something it scans its own code and enters the receipt number.")) : null,
    recorded ? null : outcomes(app, each), others(app, each, drafts),
  ];
  const place = h("div.door", {}, draw().flat());
  screen.refresh = () => {
    const open = place.querySelector("details")?.open;
    place.replaceChildren(...draw().flat().filter(Boolean));
    if (open) place.querySelector("details").open = true;
  };
  screen.body = place;
  screen.primary = recorded ? h("a.button", { href: "#/round" }, say("下一户", "Next door"))
    : h("a.button", { href: `#/form/${each.id}/1` }, first ? say("接着填登记表", "Go on with the form") : say("填登记表", "Fill in the form"));
  return screen;
}

/** A door that the register lacks: a copy of this one with another room. */
export function addDoor(app, id) {
  const near = app.phone.round.door(id);
  if (!near) return noDoor();
  const field = (name, label, value) => h("div.question", {}, h("label", { for: name }, label),
    h("input", { id: name, value: value || "", autocomplete: "off", maxlength: "60" }));
  const says = h("div", {});
  const unit = field("unit", say("单元", "Entrance"), near.unit);
  const room = field("room", say("房号", "Room"), "");
  const note = field("note", say("说明（可不填）", "Note (optional)"), "");
  const value = (box) => box.querySelector("input").value.trim();
  const keep = async () => {
    if (!value(room)) {
      says.replaceChildren(notice(say("请填房号，如：502。没有房号就写“502 对面”。", "Give the room, such as 502; without a number write “opposite 502”."), true));
      room.querySelector("input").focus();
      return;
    }
    const item = newId();
    const made = { ...near, id: `new:${item}`, unit: value(unit), room: value(room), place: [near.compound, near.building, value(unit), value(room)].filter(Boolean).join("-"),
      status: "not_started", visits: 0, hints: [], days: 0, households: [], call_back: null, scan: null, drafts: [], self_answered: false, left: true };
    try {
      await app.phone.addDoor(item, made, { ...app.phone.doorRef(near.id, "copy_of"), unit: made.unit, room: made.room, note: value(note) });
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      says.replaceChildren(CANNOT_KEEP());
      return;
    }
    app.replace(`#/door/${made.id}`);
  };
  return { title: say("漏掉的门", "A missing door"), back: `#/door/${near.id}`, tab: "round",
    body: [h("p.door-place", {}, say(`照着这个门加：${placeOf(near)}`, `As this door: ${placeOf(near)}`)), says, unit, room, note],
    primary: button(say("加上这个门", "Add this door"), keep) };
}

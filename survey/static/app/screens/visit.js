// The second tap of an outcome: what goes with it, all of it optional, and one button that records it.
import { button, h, notice } from "../dom.js";
import { position } from "../position.js";
import { CannotKeep } from "../store.js";
import { moment, say, when } from "../words.js";
import { callBacks } from "./call_backs.js";
import { CANNOT_KEEP, listOf, nameIn, noDoor } from "./door.js";
import { placeOf } from "./door_names.js";

function tiles(legend, rows, name, kind = "checkbox") {
  return h("fieldset.question", {}, h("legend", {}, legend), h("div.tiles", {}, rows.map(([code, words, extra]) =>
    h("label.tile", {}, h("input", { type: kind, name, value: code, ...extra }), words))));
}

const chosen = (body, name) => [...body.querySelectorAll(`input[name=${name}]:checked`)].map((each) => each.value);

function callBackField(phone, now) {
  const rows = callBacks(now, phone.round.data.campaign?.closes).map((at) => [at.toISOString(), when(at, now)]);
  const own = h("input", { id: "own-time", autocomplete: "off", type: "datetime-local", "aria-label": say("自己选时间", "Choose a time") });
  own.addEventListener("input", () => document.querySelectorAll("input[name=back]").forEach((each) => { each.checked = false; }));
  return [tiles(say("什么时候再去？（可不选）", "When to come again? (optional)"), rows, "back", "radio"),
    h("details", {}, h("summary", {}, say("别的时间", "Another time")), h("div.question", {}, own))];
}

/** {door} or {new_door} and the rest of a visit as it goes to the server. */
export function visitBody(app, door, outcome, more = {}) {
  return { ...app.phone.doorRef(door.id), household: 0, outcome, call_back: null, hints: [], evidence: [], proxy: false,
    scanned: app.scanned?.door === door.id, note: "", position: position(), ...more };
}

export function visit(app, id, outcome) {
  const { phone } = app;
  const door = phone.round.door(id);
  const row = listOf(phone, "outcomes").find(([code]) => code === outcome)?.[1];
  if (!door || !row) return noDoor();
  const says = h("div", {});
  const note = h("textarea", { id: "note", autocomplete: "off", rows: "2", maxlength: "500" });
  const form = h("form.visit", { novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("p.door-place", {}, placeOf(door)),
    row.evidence ? tiles(say("怎么看出来的？", "What shows it?"), listOf(phone, "evidence").map(([code, each]) => [code, nameIn(each)]), "evidence") : null,
    row.again ? callBackField(phone, phone.now()) : null,
    h("details", {}, h("summary", {}, say("给下次去的人留句话", "Leave hints for the next visit")),
      tiles(say("提示", "Hints"), listOf(phone, "hints").map(([code, each]) => [code, nameIn(each), { checked: (door.hints || []).includes(code) }]), "hints"),
      h("div.question", {}, h("label", { for: "note" }, say("备注（只有组长看得到）", "Note (only your lead sees it)")), note)),
    outcome === "partly_completed" ? proxyField(door, phone.round.data.terms.proxy_after) : null);
  const keep = async () => {
    const own = form.querySelector("#own-time")?.value;
    const back = own ? moment(...own.match(/\d+/g).map(Number)) : chosen(form, "back")[0];
    const body = visitBody(app, door, outcome, { call_back: back ? phone.onThisPhone(back) : null, hints: chosen(form, "hints"), evidence: chosen(form, "evidence"),
      note: note.value.trim(), proxy: chosen(form, "proxy").length > 0 });
    try {
      await phone.queue.add([{ kind: "visit", body, what: row.name, where: placeOf(door), door: door.id }]);
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      says.replaceChildren(CANNOT_KEEP());
      return;
    }
    phone.sender.kick();
    app.flash = say(`记下了：${door.room || placeOf(door)} ${nameIn(row)}`, `Recorded: ${door.room || placeOf(door)}, ${nameIn(row)}`);
    app.replace("#/round");
  };
  return { title: nameIn(row), back: `#/door/${door.id}`, tab: "round", body: [says, form],
    primary: button(say(`记下：${nameIn(row)}`, `Record: ${nameIn(row)}`), keep, "", say("正在记下……", "Recording …")) };
}

export function proxyField(door, after) {
  if ((door.days || 0) < after) {
    return h("p.hint", {}, say(`去满 ${after} 天还遇不到人，才可以请邻居或楼长代答。`, `A neighbour or building head may answer after ${after} days of trying.`));
  }
  return proxyTiles();
}

const proxyTiles = () =>
  tiles(say("谁回答的？", "Who answered?"), [["yes", say("邻居或楼长代答", "A neighbour or the building head")]], "proxy");

/** Beside a form: after enough days of trying, who answered it; before that nothing. */
export const proxyBeside = (door, after) => ((door.days || 0) < after ? null : proxyTiles());

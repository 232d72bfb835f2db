// Door hangers: scan the hanger, scan or tap the door, done. Next day: what hangs unanswered is collected.
import { codeField, scanner } from "../camera.js";
import { button, h, notice } from "../dom.js";
import { lookForPosition } from "../position.js";
import { CannotKeep } from "../store.js";
import { say } from "../words.js";
import { CANNOT_KEEP } from "./door.js";
import { placeOf, shortName, standing } from "./door_names.js";

const REASONS = {
  spoiled: [["torn", () => say("撕坏、弄脏", "torn or dirty")], ["wet", () => say("淋湿", "wet")], ["misprint", () => say("印坏了", "misprinted")],
    ["refused", () => say("住户不要", "not wanted")]],
  lost: [["gone", () => say("门上不见了", "gone from the door")], ["left_behind", () => say("落在别处", "left somewhere")]],
};

const known = (phone, code) => phone.round.ofCode(code).then(({ hanger }) => hanger);
const label = (hanger, code) => hanger?.number || (code.length < 12 ? code : `…${code.slice(-4)}`);

/** One step: a code by camera or typed, a hanger also by its number. `found(code)` answers false to go on looking. */
function codeStep(id, words, typed, found) {
  const numbers = id === "hanger-code";
  const field = codeField({ id, label: typed, numbers, hint: numbers ? say("12 位码，或卡上印的 6 位编号", "The code of 12 characters, or the number printed on the card")
    : say("12 位，不分大小写", "12 characters, capitals or not") });
  return [scanner({ words, onCode: found, at_once: true }), h("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    const code = field.read();
    if (code) found(code);
  } }, field.box, h("button.button", { type: "submit" }, say("就是这张", "This one")))];
}

async function keep(app, says, item) {
  try {
    await app.phone.queue.add([item]);
  } catch (error) {
    if (!(error instanceof CannotKeep)) throw error;
    says.replaceChildren(CANNOT_KEEP());
    return false;
  }
  app.phone.sender.kick();
  return true;
}

/** `#/hang`: hanger, then door. */
export function hangStep(app) {
  lookForPosition();
  const screen = { title: say("挂门把手卡", "Hang a door hanger"), back: app.hangAt ? `#/door/${app.hangAt}` : "#/hangers", tab: "hangers" };
  const place = h("div", {});
  const says = h("div", {});
  let hanger = app.hanger || null;
  app.hanger = null;

  async function hung(door) {
    const { code } = hanger;
    const done = await keep(app, says, { kind: "hang", door: door.id, where: placeOf(door),
      what: { zh: `挂卡 ${label(hanger.hanger, code)}`, en: `Hanger ${label(hanger.hanger, code)} hung` },
      body: { hanger: code, ...app.phone.doorRef(door.id) } });
    if (!done) return;
    hanger = null;
    app.hangAt = null;
    place.replaceChildren(h("div.done", {}, h("h2", {}, h("span.tick", { "aria-hidden": "true" }, "✓ "), say("挂好了", "Hung")), h("p.place", {}, placeOf(door))),
      h("div.stack", {}, h("a.button", { href: "#/hang", onclick: () => { app.show(); } }, say("挂下一张", "Hang the next one")),
        h("a.button.secondary", { href: "#/round" }, say("回到我的门", "Back to my doors"))));
  }

  async function doorStep() {
    const at = app.hangAt && app.phone.round.door(app.hangAt);
    const head = h("p.status", {}, h("span.tick", { "aria-hidden": "true" }, "✓ "), say(`挂卡 ${label(hanger.hanger, hanger.code)}`, `Hanger ${label(hanger.hanger, hanger.code)}`));
    if (at) {
      place.replaceChildren(says, head, h("p.door-place", {}, placeOf(at)), button(say("挂在这户", "Hang it at this door"), () => hung(at)),
        h("p.after", {}, button(say("挂在别的门", "At another door"), () => { app.hangAt = null; doorStep(); }, "secondary")));
      return;
    }
    const left = app.phone.round.doors.filter((each) => app.phone.round.left(each));
    place.replaceChildren(says, head, h("h2", {}, say("第 2 步：扫门码，或在下面点门", "Step 2: scan the door's code, or tap the door below")),
      ...codeStep("door-code", say("扫门上的码", "Scan the door's code"), say("输入门上的码", "Type the door's code"), async (code) => {
        if (code === hanger?.code) return false; // the hanger is still before the camera
        const { door } = await app.phone.round.ofCode(code);
        if (door) return hung(door);
        says.replaceChildren(notice(say("这个码不在您的名单里。请在下面点门。", "This code is not among your doors. Tap the door below."), true));
        return undefined;
      }),
      h("h2", {}, say("点门", "Tap the door")),
      h("ul.doors", {}, left.map((door) => h("li", {}, h("button.door-row", { type: "button", onclick: () => hung(door) },
        h("span.room", {}, shortName(door)), h("span.about", {}, standing(app.phone.round, door), h("span.advice", {}, placeOf(door))))))));
  }

  async function hangerStep() {
    place.replaceChildren(says, h("h2", {}, say("第 1 步：扫挂卡", "Step 1: scan the hanger")),
      ...codeStep("hanger-code", say("扫挂卡上的码", "Scan the hanger's code"), say("输入挂卡上的码或编号", "Type the hanger's code or number"), async (code) => {
        const { door } = await app.phone.round.ofCode(code);
        const mine = await known(app.phone, code);
        if (door && !mine) {
          says.replaceChildren(notice(say("这是门上的码，不是挂卡。请先扫挂卡。", "That is a door's code. Scan the hanger first."), true));
          return;
        }
        says.replaceChildren();
        hanger = { code, hanger: mine };
        doorStep();
      }));
  }
  if (hanger) doorStep();
  else hangerStep();
  screen.body = place;
  return screen;
}

function stock(phone) {
  const at = (state) => phone.round.hangers().filter((each) => each.state === state).length;
  const hung = phone.queue.list().filter((each) => each.kind === "hang").length;
  return h("dl.tally", {}, [[say("手里", "With me"), Math.max(0, at("handed") - hung)], [say("已挂", "Hung"), at("hung") + hung],
    [say("待收", "To collect"), due(phone).length]].map(([name, count]) => h("div", {}, h("dt", {}, name), h("dd", {}, h("b", {}, String(count)), say(" 张", "")))));
}

/** Hangers hung before today whose household has not answered, in walking order. */
function due(phone) {
  const hung = new Map((phone.round.data.due || []).map((each) => [each.door, each]));
  const done = new Set(phone.queue.list().filter((each) => each.kind === "hanger").map((each) => each.door));
  return phone.round.doors.filter((door) => hung.has(door.id) && door.status !== "recorded" && !done.has(door.id)).map((door) => [door, hung.get(door.id)]);
}

const ACTIONS = {
  collected: () => say("收回纸表", "Collect the paper form"), spoiled: () => say("挂卡坏了，作废", "A hanger is spoiled"),
  lost: () => say("挂卡丢了", "A hanger is lost"), returned: () => say("没用完的挂卡交回", "Hand back hangers not used"),
};

/** `#/hangers` and `#/hangers/ACTION` */
export function hangers(app, action) {
  const { phone } = app;
  if (ACTIONS[action]) return one(app, action);
  const collect = due(phone);
  return { title: say("门把手卡", "Door hangers"), tab: "hangers", primary: h("a.button", { href: "#/hang", onclick: () => { app.hangAt = null; } }, say("挂一张", "Hang one")),
    body: [stock(phone),
      h("h2", {}, say("今天去收", "To collect today")),
      collect.length ? h("ul.doors", {}, collect.map(([door, hanger]) => h("li", {}, h("a.door-row", { href: "#/hangers/collected", onclick: () => { app.collecting = { door, hanger }; } },
        h("span.room", {}, shortName(door)), h("span.about", {}, standing(phone.round, door), h("span.advice", {}, placeOf(door)))))))
        : h("p.hint", {}, say("没有要收的。", "Nothing to collect.")),
      h("h2", {}, say("别的", "Other")),
      h("div.stack", {}, Object.entries(ACTIONS).map(([name, words]) => h("a.button.secondary", { href: `#/hangers/${name}`, onclick: () => { app.collecting = null; } }, words())))] };
}

/** One hanger is collected, spoiled, lost or handed back. */
function one(app, action) {
  const says = h("div", {});
  const chosen = app.collecting;
  app.collecting = null;
  const reasons = REASONS[action] || [];
  const why = h("fieldset.question", { hidden: !reasons.length }, h("legend", {}, say("为什么？", "Why?")), h("div.tiles", {}, reasons.map(([code, words], place) =>
    h("label.tile", {}, h("input", { type: "radio", name: "why", value: code, checked: place === 0 }), words()))));
  const place = h("div", {});
  const found = async (code) => {
    const hanger = await known(app.phone, code);
    const door = chosen?.door?.id ?? hanger?.door ?? undefined;
    const done = await keep(app, says, { kind: "hanger", door, where: door && app.phone.round.door(door) ? placeOf(app.phone.round.door(door)) : "",
      what: { zh: `挂卡 ${label(hanger, code)}：${ACTIONS[action]()}`, en: `Hanger ${label(hanger, code)}: ${ACTIONS[action]()}` },
      body: { code, action, reason: why.querySelector("input:checked")?.value || "" } });
    if (!done) return;
    place.replaceChildren(h("div.done", {}, h("h2", {}, h("span.tick", { "aria-hidden": "true" }, "✓ "), say("记下了", "Recorded")), h("p", {}, label(hanger, code))),
      h("div.stack", {}, h("a.button", { href: `#/hangers/${action}`, onclick: () => app.show() }, say("下一张", "Next one")), h("a.button.secondary", { href: "#/hangers" }, say("完成", "Done"))));
  };
  place.append(chosen ? h("p.door-place", {}, placeOf(chosen.door)) : "", why,
    ...codeStep("hanger-code", say("扫挂卡上的码", "Scan the hanger's code"), say("输入挂卡上的码或编号", "Type the hanger's code or number"), found));
  return { title: ACTIONS[action](), back: "#/hangers", tab: "hangers", body: [says, place] };
}

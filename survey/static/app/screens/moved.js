// Somebody moved in or out: the door, which way, which day, how many; sent in half a minute, without a network too.
import { button, h, notice } from "../dom.js";
import { CannotKeep } from "../store.js";
import { dayOf, say } from "../words.js";
import { Xform } from "../xform.js";
import { CANNOT_KEEP, noDoor } from "./door.js";
import { placeOf, shortName } from "./door_names.js";

export const MOVED = "move-report";
const MOST = 30;
const WAYS = [["new", () => say("搬来", "Moved in")], ["left", () => say("搬走", "Moved out")]];

/** `#/moved`: which door; `#/moved/DOOR`: what happened there. */
export function moved(app, id) {
  const { phone } = app;
  const form = phone.form(MOVED);
  if (!form) return noDoor();
  const door = id && phone.round.door(id);
  return door ? report(app, form, door) : doors(app);
}

function doors(app) {
  const groups = app.phone.round.grouped("all", app.phone.now());
  const list = groups.map(([building, units]) => h("section.building", {}, h("h2", {}, building), units.map(([unit, each]) =>
    h("section.unit", {}, unit ? h("h3", {}, unit) : null, h("div.rooms", {}, each.map((door) =>
      h("a.outcome", { href: `#/moved/${door.id}` }, shortName(door))))))));
  return { title: say("搬来搬走", "Moved in or out"), back: "#/forms", tab: "forms", body: [
    h("p.status", {}, say("是哪一家？点房号", "Which door? Tap its number")),
    list.length ? list : h("p.hint", {}, say("还没有分到门，请在表里写是哪一家。", "You have no doors yet: write in the form which it is.")),
    h("p.after", {}, h("a", { href: `#/form/report/${MOVED}` }, say("名单里没有？填表", "Not in the list? Use the form")))] };
}

function tiles(legend, name, rows, chosen) {
  return h("fieldset.question", {}, h("legend", {}, legend), h("div.tiles", {}, rows.map(([value, words]) =>
    h("label.tile", {}, h("input", { type: "radio", name, value, checked: value === chosen }), words))));
}

function report(app, form, door) {
  const { phone } = app;
  const began = new Date().toISOString();
  const now = phone.now();
  const [today, yesterday] = [dayOf(now), dayOf(new Date(now - 864e5))];
  const says = h("div", {});
  const other = h("input", { id: "other-day", type: "date", max: today, "aria-label": say("别的日子", "Another day") });
  const count = h("input.short", { id: "count", inputmode: "numeric", maxlength: "2", autocomplete: "off" });
  const remark = h("textarea", { id: "remark", rows: "2", maxlength: "500", autocomplete: "off" });
  const body = h("form.visit", { novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("p.door-place", {}, placeOf(door)),
    tiles(say("是搬来还是搬走？", "In or out?"), "way", WAYS.map(([value, words]) => [value, words()])),
    tiles(say("哪一天？", "On which day?"), "day", [[today, say("今天", "Today")], [yesterday, say("昨天", "Yesterday")]], today),
    h("details", {}, h("summary", {}, say("别的日子", "Another day")), h("div.question", {}, other)),
    h("div.question", {}, h("label", { for: "count" }, say("几口人？", "How many people?")), count),
    h("div.question", {}, h("label", { for: "remark" }, say("说明（可不填，不写姓名）", "Note (optional; no names)")), remark));
  other.addEventListener("input", () => body.querySelectorAll("input[name=day]").forEach((each) => { each.checked = false; }));
  const refuse = (sentence, at) => {
    says.replaceChildren(notice(sentence, true));
    at?.focus();
    says.scrollIntoView({ block: "center" });
  };

  async function send() {
    const way = body.querySelector("input[name=way]:checked")?.value;
    const day = body.querySelector("input[name=day]:checked")?.value || other.value;
    const persons = Number(count.value.trim());
    if (!way) return refuse(say("请点是搬来还是搬走。", "Please tap whether they moved in or out."));
    if (!day || day > today) return refuse(say("请选哪一天，不能晚于今天。", "Please choose the day; it cannot be later than today."));
    if (!(Number.isInteger(persons) && persons >= 1 && persons <= MOST)) {
      return refuse(say(`请填几口人，1 到 ${MOST}。`, `Please give how many people, 1 to ${MOST}.`), count);
    }
    try {
      const xml = new Xform((await phone.formText(form)).xml).filled({ status: way, move_day: day, move_count: String(persons), remark: remark.value.trim(),
        compound: door.compound, building: door.building, unit: door.unit, room: door.room, start: began, end: new Date().toISOString(), username: phone.person.label });
      const [, words] = WAYS.find(([value]) => value === way);
      await phone.queue.add([{ kind: "report", where: placeOf(door), what: { zh: way === "new" ? "搬来" : "搬走", en: way === "new" ? "Moved in" : "Moved out" },
        body: { ...phone.doorRef(door.id), form: form.key, version: form.version, form_id: form.id, building: "", xml, began, files: [] } }]);
      app.flash = say(`记下了：${shortName(door)} ${words()} ${persons} 人`, `Kept: ${shortName(door)}, ${words().toLowerCase()}, ${persons}`);
    } catch (error) {
      if (error instanceof CannotKeep) return says.replaceChildren(CANNOT_KEEP());
      throw error;
    }
    phone.sender.kick();
    app.replace("#/moved");
    return undefined;
  }
  return { title: say("搬来搬走", "Moved in or out"), back: "#/moved", tab: "forms", body: [says, body],
    primary: button(say("发送", "Send"), send, "", say("正在记下……", "Keeping …")) };
}

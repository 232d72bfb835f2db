// Something is wrong: photo, class, position, send. Under half a minute; the long form is one tap away.
import { button, h, notice } from "../dom.js";
import { lookForPosition, position, refused } from "../position.js";
import { shrink } from "../photo.js";
import { CannotKeep } from "../store.js";
import { language, say, tell } from "../words.js";
import { Xform } from "../xform.js";
import { CANNOT_KEEP } from "./door.js";
import { placeOf } from "./door_names.js";

const KEY = "incident-report";
const NAMES = { photo: "photo", class: "incident_class", urgent: "urgent", words: "description", position: "position" };
const ASKED = [...Object.values(NAMES), "address"]; // what the short form asks for; with no position, the words say where

const noForm = () => ({ title: say("上报", "Report"), tab: "incident", body: notice(say("这项登记没有上报表。急事请打 110、119、120；别的事告诉组长。",
  "This campaign has no incident form. In an emergency call 110, 119 or 120; for the rest tell your team lead.")) });

export async function incident(app) {
  const { phone } = app;
  const form = phone.form(KEY);
  if (!form) return noForm();
  lookForPosition();
  let xform;
  try {
    xform = new Xform((await phone.formText(form)).xml);
  } catch {
    return { ...noForm(), body: notice(say("上报表还没有下载到手机上。急事请直接打电话。", "The incident form is not on this phone yet. In an emergency, call."), true) };
  }
  const classes = xform.choices(NAMES.class, language);
  if (!classes.length || !xform.has(NAMES.photo)) {
    return { title: tell(form.title), tab: "incident", body: h("p", {}), primary: h("a.button", { href: `#/form/report/${KEY}` }, say("填上报表", "Fill in the report")) };
  }
  return short(app, form, xform, classes);
}

function short(app, form, xform, classes) {
  const says = h("div", {});
  const began = new Date().toISOString();
  const door = app.phone.round.door(app.lastDoor);
  let photo = null;
  const picture = h("img.photo", { hidden: true, alt: say("拍的照片", "The photo taken") });
  const input = h("input.sr-only", { id: "photo", type: "file", accept: "image/*", capture: "environment", onchange: async () => {
    const file = input.files[0];
    if (!file) return;
    try {
      photo = await shrink(file);
    } catch {
      says.replaceChildren(notice(say("这张照片打不开，请再拍一张，或不带照片发送。", "This picture cannot be read. Take another one, or send without."), true));
      return;
    }
    picture.src = URL.createObjectURL(photo);
    picture.hidden = false;
  } });
  const words = h("textarea", { id: "words", autocomplete: "off", rows: "2", maxlength: "500" });
  const body = h("form.incident", { novalidate: true, onsubmit: (event) => event.preventDefault() },
    h("p.hint", {}, say("着火 119、受伤 120、闹事 110：先打电话。", "Fire 119, injury 120, violence 110: call first.")),
    h("div.question", {}, input, h("label.button.secondary.photo-button", { for: "photo" }, say("拍照", "Take a photo")), picture),
    h("fieldset.question", {}, h("legend", {}, say("是哪方面的事？", "What is it about?")), h("div.tiles", {}, classes.map(([code, label]) =>
      h("label.tile", {}, h("input", { type: "radio", name: "class", value: code }), label)))),
    h("label.tile.wide", {}, h("input", { type: "checkbox", name: "urgent" }), say("有人有危险，要马上处理", "Somebody is in danger: at once")),
    h("div.question", {}, h("label", { for: "words" }, say("几个字说明（可不填）", "A few words (optional)")), words),
    h("p.hint", { role: "status" }, refused.yes ? say("没有开定位，请写明在哪里。", "Position is switched off: please say where it is.")
      : say("位置会一起发出。", "Your position is sent along.")));
  const send = async () => {
    const chosen = body.querySelector("input[name=class]:checked")?.value;
    if (!chosen) {
      says.replaceChildren(notice(say("请点一下是哪方面的事。", "Please tap what it is about."), true));
      return;
    }
    const name = photo ? "photo.jpg" : "";
    const where = position();
    const xml = xform.filled({
      [NAMES.class]: chosen, [NAMES.photo]: name, [NAMES.urgent]: body.querySelector("input[name=urgent]").checked ? "yes" : "no",
      [NAMES.words]: words.value.trim(), [NAMES.position]: where ? `${where.lat} ${where.lon} 0 ${where.metres}` : "",
      start: began, end: new Date().toISOString(), incident_time: began, username: app.phone.person.label,
      ...(door ? { compound: door.compound, building: door.building, unit: door.unit, room: door.room } : {}),
    });
    try {
      await app.phone.queue.add([{ kind: "report", where: door ? placeOf(door) : "", what: form.title || { zh: "上报", en: "Report" },
        body: { form: form.key, version: form.version, form_id: form.id, door: door && Number.isInteger(door.id) ? door.id : null, building: "", xml, asked: ASKED, began, files: name ? [name] : [], position: where },
        files: photo ? [{ name, blob: photo }] : [] }]);
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      says.replaceChildren(CANNOT_KEEP());
      return;
    }
    app.phone.sender.kick();
    app.replace("#/queue");
  };
  return { title: say("上报一件事", "Report something"), tab: "incident", primary: button(say("发送", "Send"), send, "", say("正在记下……", "Keeping …")),
    body: [says, door ? h("p.door-place", {}, placeOf(door)) : null, body, h("p.after", {}, h("a", { href: `#/form/report/${KEY}` }, say("填详细的表", "Fill in the long form")))] };
}

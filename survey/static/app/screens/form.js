// A form on the screen: a household's, or a sheet that belongs to no single door. What is typed is kept while it is typed.
import { h, notice } from "../dom.js";
import { Offline } from "../server.js";
import { CannotKeep } from "../store.js";
import { language, say } from "../words.js";
import { CANNOT_KEEP, noDoor } from "./door.js";
import { placeOf } from "./door_names.js";
import { proxyBeside, visitBody } from "./visit.js";

const NOT_HERE = () => notice(say("这张表还没有下载到手机上。请到有网络的地方打开一次，以后没有网络也能填。",
  "This form is not on the phone yet. Open it once where there is a network; after that it works without one."), true);

async function opened(app, container, { form, draftId, onFinish, says, begun }) {
  const { phone } = app;
  const [{ openForm }, { xml, media }, words] = await Promise.all([
    import("../../form/open.js"), phone.formText(form), phone.formWords()]);
  const draft = await phone.draft(draftId, form, begun);
  const began = draft?.began || phone.began(draftId);
  const keepDraft = async (saved) => {
    try {
      await phone.keepDraft(draftId, form, saved);
      says.replaceChildren();
    } catch (error) {
      if (!(error instanceof CannotKeep)) throw error;
      says.replaceChildren(CANNOT_KEEP());
    }
  };
  const shown = await openForm({
    container, xml, language, words, attachments: media, draft, properties: { username: phone.person.label, deviceID: phone.device },
    onChange: keepDraft, onLeave: async (saved) => { await keepDraft(saved); history.back(); },
    onFinish: async (finished) => {
      try {
        await onFinish(finished, began);
      } catch (error) {
        if (!(error instanceof CannotKeep)) throw error;
        says.replaceChildren(CANNOT_KEEP());
        return { notice: say("还没有记下，手机存不下了。", "Not kept yet: the phone has no room."), errors: [] };
      }
      return undefined;
    },
  });
  return { shown, keepDraft };
}

/** A screen with a form in it. `title`, `back`, and as in `opened`. */
function screen(app, options) {
  const says = h("div", {});
  const container = h("div.questionnaire-place", {}, h("p.starting", {}, say("正在打开表格……", "Opening the form …")));
  const made = { title: options.title, general: say("填表", "A form"), back: options.back, alone: true, incident: true, body: [says, options.intro, container].filter(Boolean) };
  let form = null;
  const hidden = () => document.visibilityState === "hidden" && form?.shown.save().then(form.keepDraft);
  document.addEventListener("visibilitychange", hidden); // the last moment before a phone may close the page
  opened(app, container, { ...options, says }).then((each) => { form = each; }, (error) => {
    container.replaceChildren(error instanceof Offline || error instanceof TypeError ? NOT_HERE()
      : notice(say("这张表在应用里打不开。有网络时请用普通网页填（更多 → 普通网页）。",
        "The app cannot open this form. With a network, use the plain pages (More → Plain pages)."), true));
    if (!(error instanceof Offline)) console.error(error.name);
  });
  made.leave = async () => {
    document.removeEventListener("visibilitychange", hidden);
    if (!form) return;
    const { shown, keepDraft } = form;
    form = null;
    if (!made.finished) await shown.save().then(keepDraft).then(() => options.onUnfinished?.()).catch(() => {});
    shown.close();
  };
  return made;
}

/** `#/form/DOOR/HOUSEHOLD` */
export function fill(app, id, household = "1") {
  if (id === "report") return report(app, household);
  const { phone } = app;
  const door = phone.round.door(id);
  const form = phone.forms("household")[0];
  if (!door || !form) return noDoor();
  const draftId = `${door.id}/${household}`;
  const proxy = proxyBeside(door, phone.round.data.terms.proxy_after);
  const made = screen(app, {
    title: door.room || placeOf(door), back: `#/door/${door.id}`, form, draftId,
    intro: [h("p.door-place", {}, placeOf(door), Number(household) > 1 ? say(` · 第 ${household} 户`, ` · household ${household}`) : null), proxy],
    begun: (door.drafts || []).find((each) => each.form === form.key && each.household === Number(household)),
    onUnfinished: () => phone.sendDraft(draftId, form, door, Number(household)),
    onFinish: async ({ xml, files }, began) => {
      const attached = Object.entries(files || {}).map(([name, blob]) => ({ name, blob }));
      const number = Number(household);
      await phone.queue.add([
        { kind: "form", door: door.id, where: placeOf(door), what: { zh: number > 1 ? `登记表（第 ${number} 户）` : "登记表", en: number > 1 ? `Form (household ${number})` : "Form" },
          body: { ...phone.doorRef(door.id), form: form.key, version: form.version, form_id: form.id, household: number, xml, began, files: attached.map((each) => each.name) }, files: attached },
        { kind: "visit", door: door.id, where: placeOf(door), what: { zh: "登记完了", en: "Completed" }, body: visitBody(app, door, "completed", { household: number, proxy: Boolean(proxy?.querySelector("input:checked")) }) },
      ], phone.draftRecords(draftId));
      made.finished = true;
      phone.sender.kick();
      app.flash = say(`记下了：${door.room || placeOf(door)} 登记表`, `Kept: the form of ${door.room || placeOf(door)}`);
      app.replace("#/round");
    },
  });
  return made;
}

/** `#/form/report/KEY`: an incident in full, a stairwell sheet ... */
function report(app, key) {
  const { phone } = app;
  const form = phone.form(key);
  if (!form) return noDoor();
  const made = screen(app, {
    title: (form.title && form.title[language]) || key, back: key === "incident-report" ? "#/incident" : "#/forms", form, draftId: `report/${key}`,
    onFinish: async ({ xml, files }, began) => {
      const attached = Object.entries(files || {}).map(([name, blob]) => ({ name, blob }));
      await phone.queue.add([{ kind: "report", where: "", what: form.title || { zh: key, en: key },
        body: { form: form.key, version: form.version, form_id: form.id, door: null, building: "", xml, began, files: attached.map((each) => each.name) }, files: attached }],
      phone.draftRecords(`report/${key}`));
      made.finished = true;
      phone.sender.kick();
      app.replace("#/queue");
    },
  });
  return made;
}

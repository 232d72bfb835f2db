// One person's unlocked phone: the round, the queue, the sender, and what they share. Screens listen to `changed`.
import { Boxes } from "./boxes.js";
import { Queue } from "./queue.js";
import { Round } from "./round.js";
import { Sender } from "./sender.js";
import * as server from "./server.js";
import { lasting, room } from "./store.js";
import { keepTimeOf } from "./words.js";

const LOW = 100 * 2 ** 20;
const LONGEST_LOG = 200;
const WRONG_CLOCK = 10 * 60e3;

export class Phone {
  /** `person`: {id, label}; `key`: of the vault; `pin`: kept in memory only, to sign in again when the session has ended. */
  constructor(person, key, pin) {
    this.person = person;
    this.boxes = new Boxes(person.id, key);
    this.pin = pin;
    this.queue = new Queue(this.boxes);
    this.sender = new Sender(this);
    this.listeners = new Set();
    this.revoked = null;
    this.low = false;
    this.ahead = 0; // ms by which the phone's clock is wrong; 0 when it is about right
    this.fleeting = false; // the browser may throw away what it keeps when the phone gets full
    this.version = "";
  }

  async open() {
    const [round, self, added, log] = await Promise.all([
      this.boxes.get("round", "now"), this.boxes.get("self", "now"), this.boxes.all("added"), this.boxes.get("log", "now")]);
    this.log = log || [];
    this.drafts = new Map([...await this.boxes.all("draft")].map(([id, each]) => [id, each.household]));
    this.round = new Round(round);
    keepTimeOf(round?.campaign?.tz);
    this.self = self || {};
    this.added = [...added.values()];
    if (!this.self.device) await this.remember({ device: crypto.randomUUID().replaceAll("-", "") });
    await this.queue.load();
    this.queue.listeners.add(() => this.changed());
    this.changed();
    this.lookAtRoom();
  }

  get device() { return this.self.device; }
  get badge() { return this.self.badge; }

  async remember(more) {
    this.self = { ...this.self, ...more };
    await this.boxes.put("self", "now", this.self);
  }

  changed() {
    this.round.overlay(this.queue.list().filter((each) => each.state !== "told"), this.added);
    this.listeners.forEach((each) => each());
  }

  async lookAtRoom() {
    const [left, safe] = [await room(), await lasting()];
    this.low = left !== null && left < LOW ? left : false;
    this.fleeting = !safe;
    this.changed();
  }

  /** The time, as the server last said it where the phone's own clock is wrong. */
  now() {
    return new Date(Date.now() - this.ahead);
  }

  /** A moment as this phone's clock would say it: the server corrects all that it is told by how much that clock is wrong. */
  onThisPhone(at) {
    return new Date(new Date(at).getTime() + this.ahead).toISOString();
  }

  // ---- the server ----

  /** Make sure that the browser's session is this person's. Raises Offline, or Ended when the badge no longer opens it. */
  async enter() {
    if (this.entered) return;
    try {
      await this.fetchRound();
    } catch (error) {
      if (!(error instanceof server.Ended)) throw error;
      await this.signInAgain(error);
    }
    this.entered = true;
    this.lookAtRoom();
  }

  /** The session ended after its hours, or another person signed in here meanwhile. */
  async signInAgain(ended) {
    if (ended.status === "revoked" && this.round.data?.csrf) {
      this.revoked = ended.text; // the queue still goes out, to be kept for the lead
      this.changed();
      return;
    }
    const answer = this.badge ? await server.signIn(this.badge, this.pin) : {};
    if (answer.ok) {
      this.revoked = null;
      await this.took(await server.round());
    } else {
      this.refusal = answer.text || "";
      throw ended;
    }
  }

  /** `act(csrf)`, once more after signing in again. */
  async ask(act) {
    try {
      return await act(this.round.data.csrf);
    } catch (error) {
      if (error instanceof server.Refused && error.csrf) { // the token is older than the session
        this.round.data.csrf = error.csrf;
        return act(error.csrf);
      }
      if (!(error instanceof server.Ended) || this.revoked) throw error;
      this.entered = false;
      await this.enter();
      return act(this.round.data.csrf);
    }
  }

  /** Fetch what changed. */
  async refresh() {
    if (this.revoked) return;
    try {
      await this.fetchRound();
    } catch (error) {
      if (!(error instanceof server.Ended)) throw error;
      await this.signInAgain(error);
    }
  }

  /** What changed since the last time. Raises Ended when the browser's session is nobody's, or somebody else's. */
  async fetchRound() {
    const answer = await server.round(this.round.data?.stamp);
    if (answer.user.id !== this.person.id) throw new server.Ended({ status: "other" });
    await this.took(answer);
  }

  async took(answer) {
    this.round.apply(answer);
    keepTimeOf(answer.campaign.tz);
    await this.boxes.put("round", "now", this.round.data);
    this.seen = new Date();
    const ahead = Date.now() - new Date(answer.now);
    this.ahead = Math.abs(ahead) > WRONG_CLOCK ? ahead : 0;
    this.changed();
    if (!this.fetched) this.fetchForms().then(() => { this.fetched = true; }, () => {}); // else asked for when one is opened
  }

  /** An item was answered: it goes into the day's log, and a door added here now has its number. */
  async answered(entry, answer) {
    if (["taken", "again", "conflict"].includes(answer.status)) {
      this.log = [{ at: new Date().toISOString(), what: entry.what, where: entry.where, text: answer.text, receipt: answer.receipt }, ...this.log].slice(0, LONGEST_LOG);
    }
    const mine = entry.kind === "door" && this.added.find((each) => each.id === `new:${entry.id}`);
    if (mine && answer.door) {
      mine.door = answer.door;
      await this.boxes.put("added", entry.id, mine);
    }
  }

  /** The day's log as a record. */
  received() {
    return [["log", "now", this.log]];
  }

  // ---- forms ----

  forms(kind) {
    return (this.round.data?.forms || []).filter((each) => each.kind === kind);
  }

  form(key) {
    return (this.round.data?.forms || []).find((each) => each.key === key);
  }

  /** Every form of the round and its media onto the phone, and the form engine in the background. */
  async fetchForms() {
    for (const form of this.round.data.forms || []) await this.formText(form);
    await this.formWords();
    navigator.serviceWorker.ready.then((registration) => registration.active.postMessage("later")).catch(() => {});
  }

  /** The XForm and its media: {xml, media: {name: Blob}}. Raises Offline when it never came onto the phone. */
  async formText(form) {
    const kept = await this.boxes.get("form", form.xml);
    const xml = kept || await server.resource(form.xml, "text");
    if (!kept) await this.boxes.put("form", form.xml, xml);
    const media = {};
    for (const { name, url, hash } of form.media || []) {
      const id = `${url} ${hash}`;
      const bytes = await this.boxes.get("media", id) || await server.resource(url, "arrayBuffer");
      await this.boxes.put("media", id, bytes);
      media[name] = new Blob([bytes]);
    }
    return { xml, media };
  }

  /** The sentences of the form's pages, in both languages: the newest that came, or those on the phone. */
  async formWords() {
    try {
      const words = JSON.parse(await server.resource("/form/words.json", "text"));
      await this.boxes.put("form", "words", words);
      return words;
    } catch (error) {
      const kept = await this.boxes.get("form", "words");
      if (!kept) throw error;
      return kept;
    }
  }

  // ---- drafts ----

  /** What was typed at a door and not finished: [{household}]. From memory, so that a door opens at once. */
  draftsAt(doorId) {
    return [...this.drafts].filter(([id]) => id.startsWith(`${doorId}/`)).map(([, household]) => ({ household }));
  }

  /** The draft to go on from, with its files, or null. `begun`: what the server has of it. */
  async draft(id, form, begun) {
    const kept = await this.boxes.get("draft", id);
    if (!kept) { // somebody else had begun it, or this person on another phone
      return begun ? { xml: begun.xml, files: {}, began: this.onThisPhone(begun.at), earlier: begun.version !== form.version } : null;
    }
    const files = {};
    for (const [number, { name, type }] of kept.files.entries()) {
      files[name] = new File([await this.boxes.get("draftfile", `${id}.${number}`)], name, { type });
    }
    return { ...kept.saved, files, began: kept.began, earlier: kept.form !== form.xml };
  }

  /** When this form was begun. */
  began(id) {
    this.beginnings = this.beginnings || new Map();
    if (!this.beginnings.has(id)) this.beginnings.set(id, new Date().toISOString());
    return this.beginnings.get(id);
  }

  /** Keep a draft; pictures are written again only when they changed. */
  async keepDraft(id, form, { files = {}, ...saved }) {
    const names = Object.entries(files);
    const old = await this.boxes.get("draft", id);
    const same = old && old.files.length === names.length && names.every(([name, blob], number) =>
      old.files[number].name === name && old.files[number].size === blob.size);
    const puts = [["draft", id, { saved, form: form.xml, began: old?.began || this.began(id), household: Number(id.split("/")[1]) || 0,
      files: names.map(([name, blob]) => ({ name, type: blob.type, size: blob.size })), at: new Date().toISOString() }]];
    if (!same) for (const [number, [, blob]] of names.entries()) puts.push(["draftfile", `${id}.${number}`, blob]);
    await this.boxes.change(puts);
    this.drafts.set(id, Number(id.split("/")[1]) || 0);
  }

  /** A form left unfinished goes to the server too, so that the next person can go on with it; only the newest of each. */
  async sendDraft(id, form, door, household) {
    const kept = await this.boxes.get("draft", id);
    if (!kept) return;
    const waiting = this.queue.unsent().filter((each) => each.kind === "draft" && each.draft === id).map((each) => [each.id, null]);
    if (waiting.length) await this.queue.settle(waiting);
    await this.queue.add([{ kind: "draft", door: door.id, draft: id, where: door.place, what: { zh: "没填完的登记表", en: "Unfinished form" },
      body: { ...this.doorRef(door.id), form: form.key, version: form.version, form_id: form.id, household, xml: kept.saved.xml, began: kept.began } }]);
  }

  /** The records of a draft, to delete in the moment in which it becomes an item. */
  draftRecords(id) {
    this.beginnings?.delete(id);
    this.drafts.delete(id);
    return [["draft", id], ...Array.from({ length: 20 }, (_, number) => ["draftfile", `${id}.${number}`])];
  }

  // ---- doors added here ----

  /** How a door is named to the server: by its number, or by the item that adds it. */
  doorRef(id, name = "door") {
    if (typeof id === "number" || /^\d+$/.test(id)) return { [name]: Number(id) };
    const known = this.added.find((each) => each.id === id);
    return known?.door ? { [name]: known.door } : { [name === "door" ? "new_door" : name]: id.slice("new:".length) };
  }

  async addDoor(item, door, body) {
    await this.boxes.put("added", item, door);
    this.added.push(door);
    await this.queue.add([{ id: item, kind: "door", body, what: { zh: "加了一个门", en: "Door added" }, where: door.place, door: door.id }]);
    this.sender.kick();
  }

  // ---- ends ----

  lock() {
    this.sender.stop();
    this.queue.channel.close();
    this.listeners.clear();
  }
}

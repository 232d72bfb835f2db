// Sends the queue: by itself when the network comes back, when the app is looked at, and every minute; ever more rarely
// while nothing gets through. One sender for all tabs (Web Locks). Items are acknowledged one by one; photos follow in
// parts and go on where they stopped. A request carries little (five forms), so that it ends within seconds on a slow network.
// A server that says `later` is asked again after a pause that doubles from five seconds; `soon` (no turn this time) at once.
import { Ended, Offline, Refused, filePart, fileHas, sync } from "./server.js";

const MOST_ITEMS = 20, MOST_FORMS = 5, MOST_BYTES = 200 * 1024, PART = 192 * 1024;
const LONG = new Set(["form", "report", "draft"]);
const MINUTE = 60e3, LONGEST = 10 * MINUTE, FIRST_PAUSE = 5e3;
const OTHER_BYTES = 422;
const DONE = new Set(["taken", "again"]);

export class Sender {
  /** `phone`: phone.js. `state` is "", "sending", "later", "offline" or "ended". */
  constructor(phone) {
    this.phone = phone;
    this.state = "";
    this.failures = 0;
    this.putOff = 0; // runs in a row in which the server asked to wait
    this.running = null;
    this.wanted = () => this.kick();
    this.looked = () => document.visibilityState === "visible" && this.kick();
  }

  start() {
    addEventListener("online", this.wanted);
    addEventListener("focus", this.wanted);
    document.addEventListener("visibilitychange", this.looked);
    this.onWorker = ({ data }) => data === "send" && this.kick();
    navigator.serviceWorker.addEventListener("message", this.onWorker);
    this.plan();
  }

  stop() {
    removeEventListener("online", this.wanted);
    removeEventListener("focus", this.wanted);
    document.removeEventListener("visibilitychange", this.looked);
    navigator.serviceWorker.removeEventListener("message", this.onWorker);
    clearTimeout(this.timer);
    this.stopped = true;
  }

  plan() {
    clearTimeout(this.timer);
    if (this.stopped) return;
    const pause = Math.min(this.putOff ? FIRST_PAUSE * 2 ** (this.putOff - 1) : MINUTE * 2 ** Math.max(0, this.failures - 1), LONGEST);
    this.timer = setTimeout(() => this.kick(), pause * (0.8 + 0.4 * Math.random())); // 200 phones do not come back in one second
  }

  become(state) {
    if (state !== this.state) {
      this.state = state;
      this.phone.changed();
    }
  }

  /** Send what waits and fetch what changed. Returns when this run is over; a call during a run makes one more after it. */
  async kick() {
    if (this.stopped) return;
    if (this.running) {
      this.once_more = true;
      return this.running;
    }
    this.running = navigator.locks.request(`survey-send-${this.phone.person.id}`, { ifAvailable: true },
      (lock) => (lock ? this.run() : null));
    try {
      await this.running;
    } finally {
      this.running = null;
      this.plan();
    }
    if (this.once_more) {
      this.once_more = false;
      await this.kick();
    }
  }

  async run() {
    if (this.phone.queue.unsent().length) this.become("sending");
    try {
      await this.phone.queue.load(); // another tab may have added or sent
      await this.phone.enter();
      await this.sendItems();
      await this.sendFiles();
      await this.phone.refresh();
      this.failures = 0;
      this.putOff = this.waiting.size ? this.putOff + 1 : 0;
      this.become(this.waiting.size ? "later" : "");
    } catch (error) {
      this.failures += 1;
      this.putOff = 0;
      if (error instanceof Offline) this.become("offline");
      else if (error instanceof Ended) this.become("ended");
      else throw error;
      this.remindLater();
    }
  }

  /** Background Sync wakes the app's page when the network is back, even when it is not looked at. */
  remindLater() {
    navigator.serviceWorker.ready.then((registration) => registration.sync?.register("send")).catch(() => {});
  }

  batch(most) {
    const items = [];
    let bytes = 0, forms = 0;
    for (const entry of this.phone.queue.unsent().filter((each) => each.state === "waiting" && !this.waiting.has(each.id))) {
      const item = { id: entry.id, kind: entry.kind, at: entry.at, ...entry.body };
      bytes += JSON.stringify(item).length * 3;
      forms += LONG.has(entry.kind) ? 1 : 0;
      if (items.length && (bytes > MOST_BYTES || forms > MOST_FORMS || items.length >= most)) break;
      items.push(item);
    }
    return items;
  }

  async sendItems() {
    let most = MOST_ITEMS;
    this.waiting = new Set(); // who was asked to wait: once a run
    for (let items = this.batch(most); items.length; items = this.batch(most)) {
      try {
        const { answers } = await this.phone.ask((csrf) => sync(csrf, {
          device: this.phone.device, app: this.phone.version, user: this.phone.person.id, now: new Date().toISOString(), items }));
        if (!await this.take(items, answers)) return;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (items.length > 1) most = Math.ceil(items.length / 2); // one bad item never holds up the rest
        else await this.phone.queue.settle([[items[0].id, { state: "refused", text: error.text || COULD_NOT }]]);
      }
    }
  }

  /** False when the server got to none of them: the rest would have no turn either. */
  async take(items, answers) {
    const byId = new Map(answers.map((each) => [each.id, each]));
    const changes = [];
    const reached = answers.some((each) => !each.soon);
    for (const { id } of items) {
      const answer = byId.get(id);
      const entry = this.phone.queue.entries.get(id);
      if (!entry) continue;
      if (!answer || answer.status === "later") {
        if (!answer?.soon || !reached) this.waiting.add(id); // next run
        if (answer?.text) changes.push([id, { text: answer.text }]);
        continue;
      }
      changes.push([id, this.verdict(entry, answer)]);
      await this.phone.answered(entry, answer);
    }
    await this.phone.queue.settle(changes, this.phone.received());
    return reached;
  }

  /** What becomes of an entry. Only what the person should know of (`heed`) stays on the screen after it was taken. */
  verdict(entry, { status, text, heed }) {
    const kept = DONE.has(status) || status === "held" || status === "conflict";
    const final = DONE.has(status) ? (heed ? "told" : "done") : status;
    if (kept && entry.files.length) return { state: "files", after: final, text: text || null };
    return final === "done" ? null : { state: final, text: text || null };
  }

  async sendFiles() {
    for (const entry of this.phone.queue.unsent().filter((each) => each.state === "files")) {
      try {
        for (const [number, file] of entry.files.entries()) await this.sendFile(entry, number, file).catch((error) => {
          if (error.status !== OTHER_BYTES) throw error;
          return this.sendFile(entry, number, file); // the server threw away what it had: once more from the start
        });
        await this.phone.queue.settle([[entry.id, entry.after === "done" ? null : { state: entry.after }]]);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        await this.phone.queue.settle([[entry.id, { state: "refused", text: error.text || COULD_NOT }]]);
      }
    }
  }

  async sendFile(entry, number, file) {
    let { have, complete } = await this.phone.ask(() => fileHas(entry.id, file.name));
    if (complete) return;
    const bytes = await this.phone.queue.file(entry.id, number);
    while (!complete) {
      const part = bytes.slice(have, have + PART);
      const before = have;
      ({ have, complete } = await this.phone.ask((csrf) => filePart(csrf, entry.id, file.name, have, part, file.size, file.digest)));
      if (!complete && have <= before) throw new Refused(409);
      file.have = have;
      this.phone.changed();
    }
  }
}

const COULD_NOT = { zh: "服务器没有收下。资料还在这台手机上，请给组长看。",
  en: "The server did not take this. It is still on this phone: please show your team lead." };

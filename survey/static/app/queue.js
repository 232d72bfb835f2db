// What this phone has to send, on disk before it counts as done. An entry holds the item as it goes to the server, its
// files' names and sizes (the files lie beside it, sealed), and how it stands:
//   waiting   not acknowledged          files    acknowledged, photos still to go        held   kept for the lead
//   told      acknowledged, with words  conflict, refused   the server said no or not quite: stays until ticked off
// Acknowledged entries without words are gone.

const PENDING = new Set(["waiting", "files"]);

export const newId = () => crypto.randomUUID().replaceAll("-", "");

async function digestOf(blob) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...hash].map((each) => each.toString(16).padStart(2, "0")).join("");
}

export class Queue {
  constructor(boxes) {
    this.boxes = boxes;
    this.entries = new Map();
    this.listeners = new Set();
    this.channel = new BroadcastChannel(`survey-queue-${boxes.owner}`);
    this.channel.onmessage = () => this.load();
  }

  /** Read from disk: at the start, and when another tab changed something. */
  async load() {
    const found = [...(await this.boxes.all("queue")).values()].sort((a, b) => a.seq - b.seq);
    this.entries = new Map(found.map((each) => [each.id, each]));
    this.listeners.forEach((each) => each());
  }

  changed() {
    this.channel.postMessage("changed");
    this.listeners.forEach((each) => each());
  }

  list() {
    return [...this.entries.values()];
  }

  /** What has not left this phone for good. */
  unsent() {
    return this.list().filter((each) => PENDING.has(each.state));
  }

  /** What the server answered and the person has not ticked off. */
  answered() {
    return this.list().filter((each) => !PENDING.has(each.state));
  }

  /**
   * Put items in the queue, all or none; returns their entries. `items`: [{kind, body, what: {zh, en}, where, door, files: [{name, blob}]}].
   * `deletes`: records that go in the same moment (the draft). Raises CannotKeep.
   */
  async add(items, deletes = []) {
    const puts = [], added = [];
    for (const [place, { id = newId(), kind, body, what, where, door, draft, files = [] }] of items.entries()) {
      const kept = [];
      for (const [number, { name, blob }] of files.entries()) {
        puts.push(["file", `${id}.${number}`, blob]);
        kept.push({ name, type: blob.type, size: blob.size, digest: await digestOf(blob), have: 0 });
      }
      const entry = { id, kind, at: new Date().toISOString(), body, what, where, door, draft, files: kept, state: "waiting", text: null,
        tries: 0, seq: Date.now() * 100 + place };
      puts.push(["queue", id, entry]);
      added.push(entry);
    }
    await this.boxes.change(puts, deletes);
    for (const entry of added) this.entries.set(entry.id, entry);
    this.changed();
    return added;
  }

  /** `more`: records to write in the same moment. Change entries as `change(entry)` says: to a new state, or null when it is done and may go, its files with it. */
  async settle(changes, more = []) {
    const puts = [...more], deletes = [];
    for (const [id, change] of changes) {
      const entry = this.entries.get(id);
      if (!entry) continue;
      const next = change && { ...entry, ...change };
      if (next) puts.push(["queue", id, next]);
      else deletes.push(["queue", id], ...entry.files.map((_, number) => ["file", `${id}.${number}`]));
    }
    await this.boxes.change(puts, deletes);
    for (const [kind, id, next] of puts) if (kind === "queue") this.entries.set(id, next);
    for (const [kind, id] of deletes) if (kind === "queue") this.entries.delete(id);
    this.changed();
  }

  file(id, number) {
    return this.boxes.get("file", `${id}.${number}`);
  }
}

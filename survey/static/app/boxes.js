// One person's sealed records: round, drafts, queue, files. What stands in the clear is whose they are, of which kind, and
// an id that says nothing.
import { all, get, write } from "./store.js";
import { seal, unseal } from "./vault.js";

const JSON_MARK = 0, BYTES_MARK = 1;

async function encode(value) {
  if (value instanceof Blob || value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value instanceof Blob ? await value.arrayBuffer() : value);
    const marked = new Uint8Array(bytes.length + 1);
    marked[0] = BYTES_MARK;
    marked.set(bytes, 1);
    return marked;
  }
  const text = new TextEncoder().encode(JSON.stringify(value));
  const marked = new Uint8Array(text.length + 1);
  marked[0] = JSON_MARK;
  marked.set(text, 1);
  return marked;
}

function decode(buffer) {
  const marked = new Uint8Array(buffer);
  return marked[0] === BYTES_MARK ? buffer.slice(1) : JSON.parse(new TextDecoder().decode(marked.subarray(1)));
}

export class Boxes {
  constructor(owner, key) {
    this.owner = owner;
    this.key = key;
    this.wiped = false;
  }

  name(kind, id) {
    return `${this.owner}/${kind}/${id}`;
  }

  async open(kind, record) {
    return decode(await unseal(this.key, this.name(kind, record.id), record));
  }

  /** The value of a record, undefined when there is none. Files come back as ArrayBuffer. */
  async get(kind, id) {
    const record = await get("boxes", [this.owner, kind, id]);
    return record && this.open(kind, record);
  }

  /** All values of a kind, by id. */
  async all(kind) {
    const records = await all("boxes", this.owner, kind);
    return new Map(await Promise.all(records.map(async (each) => [each.id, await this.open(kind, each)])));
  }

  /**
   * Change several records at once, or none of them: puts [[kind, id, value]], deletes [[kind, id]]. Raises CannotKeep.
   * What was still being fetched when the person left the phone is dropped.
   */
  async change(puts, deletes = []) {
    const sealed = await Promise.all(puts.map(async ([kind, id, value]) => ["boxes", "put", {
      owner: this.owner, kind, id, ...await seal(this.key, this.name(kind, id), await encode(value)) }]));
    if (this.wiped) return;
    await write([...sealed, ...deletes.map(([kind, id]) => ["boxes", "delete", [this.owner, kind, id]])]);
  }

  put(kind, id, value) {
    return this.change([[kind, id, value]]);
  }

  /** Everything of this person, gone from the phone. */
  async wipe() {
    this.wiped = true;
    const records = await all("boxes", this.owner);
    await write([["people", "delete", this.owner], ...records.map((each) => ["boxes", "delete", [this.owner, each.kind, each.id]])]);
  }
}

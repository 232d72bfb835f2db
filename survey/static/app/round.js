// The person's doors, as the server last said and as this phone has changed them since. Everything is in memory, so that a
// door opens at once; on disk it is one sealed record.

const number = (text) => {
  const found = /\d+/.exec(text || "");
  return found ? Number(found[0]) : Infinity;
};

/** Walking order: as the register says, then building, entrance, floor, room by number. */
function order(a, b) {
  return (a.walk ?? Infinity) - (b.walk ?? Infinity) || number(a.building) - number(b.building) || number(a.unit) - number(b.unit)
    || number(a.floor) - number(b.floor) || number(a.room) - number(b.room) || String(a.id).localeCompare(String(b.id));
}

async function fingerprint(salt, code) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(salt + code)));
  return [...hash.slice(0, 8)].map((each) => each.toString(16).padStart(2, "0")).join("");
}

const SETTLED_HERE = new Set(["completed", "form_collected"]);

export class Round {
  constructor(kept) {
    this.data = kept || null;
    this.byId = new Map((kept?.doors || []).map((each) => [each.id, each]));
    this.local = new Map();
    this.renamed = new Map();
    this.added = [];
    this.index();
    this.sort();
  }

  sort() {
    this.doors = [...this.byId.values(), ...this.added].sort(order);
  }

  /** Take in what the server said: the whole round, or the doors that changed and those that are gone. */
  apply({ doors, gone, whole, ...rest }) {
    this.byId = whole ? new Map() : new Map(this.byId);
    for (const each of doors) this.byId.set(each.id, each);
    for (const id of gone) this.byId.delete(id);
    this.data = { ...this.data, ...rest, doors: [...this.byId.values()] };
    this.index();
    this.sort();
  }

  /** The row of a code of one of the lists that come with the round. */
  row(list, code) {
    return this.rows?.[list]?.get(code);
  }

  index() {
    this.rows = Object.fromEntries(Object.entries(this.data?.codes || {}).map(([list, rows]) => [list, new Map(rows.map((each) => [each.code, each]))]));
  }

  /** What this phone did and the server does not know yet, by door: from the queue's entries, oldest first. */
  overlay(entries, added) {
    this.local = new Map();
    this.added = added.filter((each) => !this.byId.has(each.door));
    this.renamed = new Map(added.filter((each) => each.door).map((each) => [each.id, each.door]));
    for (const entry of entries) {
      if (entry.door === undefined || entry.door === null || entry.state === "refused") continue;
      const at = this.renamed.get(entry.door) || entry.door;
      const known = this.local.get(at) || { entries: [] };
      known.entries.push(entry);
      if (entry.kind === "visit") Object.assign(known, { outcome: entry.body.outcome, call_back: entry.body.call_back });
      if (entry.kind === "form") known.filled = true;
      if (entry.kind === "hang") known.hung = true;
      this.local.set(at, known);
    }
    this.sort();
  }

  /** A door by its number, or by the name that it had here before the server numbered it. */
  door(id) {
    const renamed = this.renamed.get(id);
    return this.byId.get(Number(id)) || this.added.find((each) => each.id === id) || (renamed && this.byId.get(renamed));
  }

  hangers() {
    return this.data?.hangers || [];
  }

  /** The code word for how a door stands, and whether that is what this phone says (`mine`) or the server. */
  status(door) {
    const local = this.local.get(door.id);
    if (local?.filled || SETTLED_HERE.has(local?.outcome)) return { code: "mine", colour: "good", shape: "◕", left: false, mine: true };
    if (local?.outcome) {
      const outcome = this.row("outcomes", local.outcome);
      return { ...outcome, code: local.outcome, left: outcome.again, mine: true };
    }
    return { shape: "○", colour: "plain", left: false, ...this.row("statuses", door.status), mine: false };
  }

  callBack(door) {
    const local = this.local.get(door.id);
    return local?.outcome ? local.call_back : door.call_back;
  }

  left(door) {
    const status = this.status(door);
    return status.mine ? status.left : door.left ?? status.left;
  }

  /** Which filters a door falls under. */
  is(door, filter, now) {
    const callBack = this.callBack(door);
    const local = this.local.get(door.id);
    if (filter === "not_yet") return door.status === "not_started" && !local?.outcome && !local?.filled;
    if (filter === "call_back") return this.left(door) && callBack && new Date(callBack) <= new Date(now.getTime() + 15 * 60e3);
    if (filter === "self") return Boolean(door.self_answered);
    if (filter === "left") return this.left(door);
    return true;
  }

  count(filter, now) {
    return this.doors.filter((each) => this.is(each, filter, now)).length;
  }

  /** The door or hanger of a scanned code (12 symbols) or of a hanger's number: {door}, {hanger} or {}. Works without a network. */
  async ofCode(code) {
    if (code.length < 12) return { hanger: this.hangers().find((each) => each.serial === Number(code)) };
    const print = await fingerprint(this.data.salt, code);
    const door = this.doors.find((each) => [].concat(each.scan || []).includes(print));
    const hanger = this.hangers().find((each) => each.scan === print);
    return { door: door || (hanger?.door && this.byId.get(hanger.door)), hanger };
  }

  /** Doors in walking order under their headings: [[building, [[entrance, [doors]]]]]. */
  grouped(filter, now) {
    const buildings = new Map();
    for (const door of this.doors) {
      if (!this.is(door, filter, now)) continue;
      const building = [door.compound, door.building].filter(Boolean).join(" ");
      if (!buildings.has(building)) buildings.set(building, new Map());
      const units = buildings.get(building);
      if (!units.has(door.unit || "")) units.set(door.unit || "", []);
      units.get(door.unit || "").push(door);
    }
    return [...buildings].map(([name, units]) => [name, [...units]]);
  }
}

// The lock on one person's data on this phone. A random key (AES-256-GCM) seals everything; it is itself kept wrapped under
// a key derived from the PIN (PBKDF2-SHA-256 with a salt of its own for each person and phone). Neither key can be read
// out of the browser. Six digits withstand whoever picks the phone up, not a laboratory that copied its storage: that is what the phone's
// own lock and encryption are for.
//
// Five wrong PINs cost a wait that doubles, up to an hour. Nothing is ever wiped for a wrong PIN: what is unsent here is a
// day's work of households, and whoever found the phone can be stopped by revoking the badge.
import { get, write } from "./store.js";

export const ROUNDS = 600000;
const FREE_TRIES = 5;
const WAIT = 60e3;
const LONGEST = 3600e3;

export class WrongPin extends Error {}
/** Too many wrong PINs: `until` (ms) says when the next may be tried. */
export class Waiting extends Error {
  constructor(until) { super("waiting"); this.until = until; }
}

async function pinKey(pin, salt, rounds) {
  const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, raw,
    { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

const unwrap = (person, wrapping, extractable) => crypto.subtle.unwrapKey("raw", person.wrapped, wrapping,
  { name: "AES-GCM", iv: person.iv }, { name: "AES-GCM" }, extractable, ["encrypt", "decrypt"]);

async function wrapped(key, pin) {
  const [salt, iv] = [crypto.getRandomValues(new Uint8Array(16)), crypto.getRandomValues(new Uint8Array(12))];
  return { salt, iv, rounds: ROUNDS,
    wrapped: await crypto.subtle.wrapKey("raw", key, await pinKey(pin, salt, ROUNDS), { name: "AES-GCM", iv }) };
}

/** A new vault of the person `id` with the work number `label`; its key. */
export async function make(id, label, pin) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const person = { id, label, tries: 0, until: 0, ...await wrapped(key, pin) };
  await write([["people", "put", person]]);
  return unwrap(person, await pinKey(pin, person.salt, person.rounds), false);
}

/** The key of the vault. Raises WrongPin or Waiting. */
export async function unlock(id, pin, now = Date.now()) {
  const person = await get("people", id);
  if (person.until > now) throw new Waiting(person.until);
  try {
    const key = await unwrap(person, await pinKey(pin, person.salt, person.rounds), false);
    if (person.tries) await write([["people", "put", { ...person, tries: 0, until: 0 }]]);
    return key;
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    const tries = person.tries + 1;
    const until = tries < FREE_TRIES ? 0 : now + Math.min(WAIT * 2 ** (tries - FREE_TRIES), LONGEST);
    await write([["people", "put", { ...person, tries, until }]]);
    throw until ? new Waiting(until) : new WrongPin();
  }
}

/** The PIN was changed at the office: the vault opens with `pin` from now on. Raises WrongPin or Waiting for the old one. */
export async function changePin(id, old, pin) {
  await unlock(id, old);
  const person = await get("people", id);
  const key = await unwrap(person, await pinKey(old, person.salt, person.rounds), true);
  await write([["people", "put", { ...person, ...await wrapped(key, pin) }]]);
}

/** Ciphertext of `bytes`, bound to `name` so that no record can be put in another's place. */
export async function seal(key, name, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) }, key, bytes);
  return { iv, data };
}

export const unseal = (key, name, { iv, data }) =>
  crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) }, key, data);

// Drafts on this phone, sealed: what was typed survives a closed tab, and nobody else reads it.
//
//   const draft = open(doorKey);          // doorKey: what tells this form of this door from all others, such as "CODE form"
//   await draft.save(value);              // value: plain data with Blobs anywhere in it; the newest counts
//   const kept = await draft.load();      // {value, at: Date} or null
//   await draft.forget();                 // when sent, and for "begin again"
//
// DRF-1 A draft is found by a hash of its door, sealed with AES-GCM under a key of its own that cannot be exported.
// DRF-2 Key and draft go together: when sent, when begun again, and after seven days.
// DRF-3 Drafts never leave the phone: whoever opens the same door on another one sees nothing (INV-4).
// DRF-4 Where a browser keeps nothing (no secure page, private window, full disk) the page works on without drafts:
//       load gives null, save gives false; nothing ever throws.
"use strict";

const DATABASE = "survey-drafts";
const DAYS = 7;
const DRAFTS = "drafts";
const FILES = "files";

let opening = null;

/** When a draft was kept, as people say it: 今天 14:05, 3月20日 18:00. */
export function spoken(at) {
  const { lang } = document.documentElement;
  const clock = new Intl.DateTimeFormat(lang, { hour: "numeric", minute: "2-digit" }).format(at);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? (lang.startsWith("en") ? "today" : "今天") : new Intl.DateTimeFormat(lang, { month: "short", day: "numeric" }).format(at);
  return `${day} ${clock}`;
}

/** Drafts of one form at one door. */
export function open(doorKey) {
  const id = hashed(doorKey);
  const files = new Map(); // Blob -> number of its record
  let last = Promise.resolve();
  let waiting = null;

  // One after the other: a save never overtakes a forget.
  function inTurn(work, otherwise) {
    last = last.then(work).catch(() => otherwise);
    return last;
  }

  return {
    load: () => inTurn(async () => load(await database(), await id, files), null),
    save(value) {
      if (waiting) {
        waiting.value = value; // not begun yet: let it write the newer one
        return waiting.done;
      }
      const mine = { value };
      waiting = mine;
      mine.done = inTurn(async () => {
        if (waiting === mine) waiting = null;
        await save(await database(), await id, files, mine.value);
        return true;
      }, false);
      return mine.done;
    },
    forget: () => {
      waiting = null;
      return inTurn(async () => {
        files.clear();
        await forget(await database(), await id);
        return true;
      }, false);
    },
  };
}

async function hashed(doorKey) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("draft:" + doorKey));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function load(base, id, files) {
  const kept = await asked(base.transaction(DRAFTS).objectStore(DRAFTS).get(id));
  if (!kept) return null;
  const blobs = new Map();
  for (const { number, type, name } of kept.files) {
    const sealed = await asked(base.transaction(FILES).objectStore(FILES).get([id, number]));
    const bytes = await opened(kept.key, sealed);
    const blob = name ? new File([bytes], name, { type }) : new Blob([bytes], { type });
    blobs.set(number, blob);
    files.set(blob, number);
  }
  const text = new TextDecoder().decode(await opened(kept.key, kept.sealed));
  const value = JSON.parse(text, (_, part) => (part && typeof part === "object" && part.$blob ? blobs.get(part.$blob) : part));
  return { value, at: new Date(kept.at) };
}

async function save(base, id, files, value) {
  const before = await asked(base.transaction(DRAFTS).objectStore(DRAFTS).get(id));
  if (!before) files.clear(); // the key that sealed them is gone
  const key = before ? before.key
    : await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const named = new Map();
  const text = JSON.stringify(value, (_, part) => {
    if (!(part instanceof Blob)) return part;
    if (!files.has(part)) files.set(part, 1 + Math.max(0, ...files.values()));
    named.set(part, files.get(part));
    return { $blob: files.get(part) };
  });
  const known = new Set(before ? before.files.map((one) => one.number) : []);
  const fresh = [];
  for (const [blob, number] of named) {
    if (!known.has(number)) fresh.push([number, await sealed(key, await blob.arrayBuffer())]);
  }
  const content = await sealed(key, new TextEncoder().encode(text));
  const write = base.transaction([DRAFTS, FILES], "readwrite");
  for (const [number, bytes] of fresh) write.objectStore(FILES).put(bytes, [id, number]);
  const now = new Set(named.values());
  for (const number of known) if (!now.has(number)) write.objectStore(FILES).delete([id, number]);
  write.objectStore(DRAFTS).put({
    key, sealed: content, at: Date.now(),
    files: Array.from(named, ([blob, number]) => ({ number, type: blob.type, name: blob.name || "" })),
  }, id);
  await finished(write);
}

async function forget(base, id) {
  const write = base.transaction([DRAFTS, FILES], "readwrite");
  write.objectStore(DRAFTS).delete(id);
  write.objectStore(FILES).delete(IDBKeyRange.bound([id], [id, []]));
  await finished(write);
}

/** The database, once all that is too old is out of it. */
function database() {
  if (!opening) {
    opening = connected();
    opening.catch(() => { opening = null; });
  }
  return opening;
}

async function connected() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(DRAFTS);
    request.result.createObjectStore(FILES);
  };
  const base = await asked(request);
  base.onversionchange = () => {
    base.close();
    opening = null;
  };
  const drafts = base.transaction(DRAFTS).objectStore(DRAFTS);
  const [ids, kept] = await Promise.all([asked(drafts.getAllKeys()), asked(drafts.getAll())]);
  for (const [place, id] of ids.entries()) {
    if (kept[place].at < Date.now() - DAYS * 24 * 3600 * 1000) await forget(base, id);
  }
  return base;
}

async function sealed(key, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

function opened(key, kept) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, key, kept.bytes);
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

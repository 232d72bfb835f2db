// The phone's database. Two stores: `people` (who has a vault on this phone: work number, salt, wrapped key; nothing
// secret) and `boxes` (everything else, sealed; see boxes.js). Every change is one transaction that is on disk before
// it counts as done.

const NAME = "survey-app";

/** The phone has no room left, or the browser refuses to keep anything. */
export class CannotKeep extends Error {}

let opening = null;

function open() {
  opening = opening || new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("people", { keyPath: "id" });
      request.result.createObjectStore("boxes", { keyPath: ["owner", "kind", "id"] });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => close(); // another tab wipes the phone
      resolve(request.result);
    };
    request.onerror = () => { opening = null; reject(new CannotKeep(String(request.error))); };
  });
  return opening;
}

async function close() {
  const database = await opening?.catch(() => null);
  database?.close();
  opening = null;
}

const answered = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(new CannotKeep(String(request.error)));
});

export async function get(store, key) {
  return answered((await open()).transaction(store).objectStore(store).get(key));
}

/** All of a store, or of one owner (and kind) in `boxes`. */
export async function all(store, owner, kind) {
  const range = owner === undefined ? undefined : kind === undefined
    ? IDBKeyRange.bound([owner], [owner, []]) : IDBKeyRange.bound([owner, kind], [owner, kind, []]);
  return answered((await open()).transaction(store).objectStore(store).getAll(range));
}

/** Put and delete in one transaction: [store, "put", value] or [store, "delete", key]. Raises CannotKeep; then nothing changed. */
export async function write(changes) {
  const database = await open();
  await new Promise((resolve, reject) => {
    const stores = [...new Set(changes.map(([store]) => store))];
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(new CannotKeep(String(transaction.error)));
    try {
      for (const [store, what, value] of changes) transaction.objectStore(store)[what](value);
    } catch (error) {
      reject(new CannotKeep(String(error)));
    }
  });
}

/** Everything gone: the database itself, and the files kept for work without a network. */
export async function wipe() {
  await close();
  await answered(indexedDB.deleteDatabase(NAME));
  for (const name of await caches.keys()) await caches.delete(name);
}

/** Ask the browser not to throw our data away when the phone gets full; whether it promised. */
export async function lasting() {
  const kept = await navigator.storage?.persisted?.().catch(() => false);
  return Boolean(kept || await navigator.storage?.persist?.().catch(() => false));
}

/** How many bytes are left, if the browser says. */
export async function room() {
  if (!navigator.storage) return null;
  const { quota, usage } = await navigator.storage.estimate?.().catch(() => ({})) || {};
  return quota === undefined ? null : quota - usage;
}

// The first script of the app's page: the plain way where the browser cannot keep things encrypted, the newest version
// where one waits, and then the app.
import { start } from "./main.js";

const able = window.isSecureContext && crypto.subtle && window.indexedDB && navigator.serviceWorker;

/** Registers the service worker. A version that came in meanwhile is taken now, before anything is typed. */
async function worker() {
  try {
    const registration = await navigator.serviceWorker.register("/v/sw.js", { scope: "/v/" });
    if (registration.waiting && navigator.serviceWorker.controller) {
      const changed = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
      registration.waiting.postMessage("now");
      await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 3000))]);
      location.reload();
      return null;
    }
    return registration;
  } catch {
    return undefined; // without a network on the very first start: the app says so itself
  }
}

if (!able) location.replace("/v/plain");
else if (!navigator.serviceWorker.controller) start(worker()); // the very first time: nothing waits
else {
  const registration = await worker();
  if (registration !== null) start(Promise.resolve(registration));
}

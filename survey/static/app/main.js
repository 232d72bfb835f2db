// Which screen is shown. Without an unlocked phone that is signing in or the PIN; after it the address behind # says:
// #/round, #/door/12, #/door/12/form/1, #/door/12/visit/nobody_home ... Ids say nothing of people.
import { frame } from "./frame.js";
import { Phone } from "./phone.js";
import { all } from "./store.js";
import { language, say, speak } from "./words.js";
import { locked, signIn } from "./screens/entrance.js";
import { home, screenOf } from "./screens/all.js";

export class App {
  constructor(registration) {
    this.registration = registration;
    this.root = document.getElementById("app");
    this.phone = null;
    this.leaving = null;
    this.pressed = false;
    for (const kind of ["pointerdown", "pointerup", "pointercancel"]) {
      addEventListener(kind, () => { this.pressed = kind === "pointerdown"; }, true);
    }
    addEventListener("hashchange", () => this.show());
    document.addEventListener("click", (event) => this.follow(event));
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (data.version && this.phone) this.phone.version = data.version;
    });
    this.listenForUpdates();
  }

  async listenForUpdates() {
    const registration = await this.registration;
    if (!registration) return;
    const told = () => {
      if (registration.waiting && navigator.serviceWorker.controller) {
        this.newer = true;
        this.phone?.changed();
      }
    };
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", told));
    told();
  }

  /** The person is known and the vault open. */
  async enter(person, key, pin, badge) {
    this.phone = new Phone(person, key, pin);
    await this.phone.open();
    if (badge) await this.phone.remember({ badge });
    navigator.serviceWorker.controller?.postMessage("version");
    this.phone.listeners.add(() => this.refreshSoon());
    this.phone.sender.start();
    if (!this.phone.round.data) await this.firstRound();
    if (!location.hash.startsWith("#/")) history.replaceState(null, "", home(this.phone)); // who this is, the round says
    this.phone.sender.kick();
    this.show();
  }

  async firstRound() {
    this.root.replaceChildren(frame(this, { title: say("正在取名单……", "Fetching your doors …"), bare: true }));
    await this.phone.sender.kick();
  }

  lock() {
    this.phone?.lock();
    this.phone = null;
    history.replaceState(null, "", "/v/");
    this.show();
  }

  /** A tapped link is followed in the same moment: the browser's own way waits for its other work first. */
  follow(event) {
    const hash = event.target.closest?.("a[href^='#/']")?.getAttribute("href");
    if (!hash || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || hash === location.hash) return;
    event.preventDefault();
    history.pushState(null, "", hash);
    this.show();
  }

  go(hash) {
    if (location.hash === hash) this.show();
    else location.hash = hash;
  }

  replace(hash) {
    history.replaceState(null, "", hash);
    this.show();
  }

  say(language) {
    speak(language);
    document.cookie = `lang=${language}; path=/; max-age=31536000; samesite=lax`;
    this.show();
  }

  /** Draw the screen that the address names. */
  async show() {
    this.leaving?.();
    this.leaving = null;
    this.screen = null;
    if (!this.phone) {
      await this.showEntrance();
      return;
    }
    const [name, ...parts] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
    this.closed = Boolean(this.phone.revoked);
    const made = screenOf(this.phone, name)(this, ...parts);
    this.screen = made instanceof Promise ? await made : made; // most screens are there at once
    this.leaving = this.screen.leave;
    this.draw();
    scrollTo(0, this.screen.scroll || 0);
    this.root.querySelector("h1")?.focus({ preventScroll: true });
  }

  draw() {
    this.root.replaceChildren(frame(this, this.screen));
    // The browser keeps titles in its history, unencrypted: a door's number is said on the screen only.
    document.title = `${this.screen.general || this.screen.title} – ${say("入户登记", "Household survey")}`;
  }

  /** What the phone knows changed: header at once, body where the screen says how. Not under a finger: its tap would be lost. */
  refreshSoon() {
    if (this.soon) return;
    this.soon = setTimeout(() => {
      this.soon = null;
      if (!this.phone || !this.screen) return;
      if (this.pressed) {
        this.refreshSoon();
        return;
      }
      if (Boolean(this.phone.revoked) !== this.closed) {
        this.show();
        return;
      }
      this.root.querySelector(".app-head")?.replaceWith(frame.head(this, this.screen));
      this.root.querySelector(".warnings")?.replaceWith(frame.warnings(this));
      this.screen.refresh?.();
    }, 50);
  }

  async showEntrance() {
    const badge = /^#badge=(.+)$/.exec(location.hash)?.[1];
    if (badge) history.replaceState(null, "", "/v/");
    const people = await all("people");
    const body = badge || !people.length ? signIn(this, badge, people) : locked(this, people);
    this.root.replaceChildren(body);
    document.title = say("入户登记", "Household survey");
  }
}

export function start(registration) {
  speak(language);
  const app = new App(registration);
  app.show();
  return app;
}

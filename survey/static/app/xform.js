// Just enough of an XForm to send a short answer without the form engine: its choices, and its empty instance filled by name.
// The server judges what comes of it as it judges everything that was filled without a network.
import { newId } from "./queue.js";

const LANGUAGES = { zh: /zh|中文/i, en: /en|english/i };

export class Xform {
  constructor(xml) {
    this.document = new DOMParser().parseFromString(xml, "text/xml");
    this.root = this.document.querySelector("model > instance > *");
    if (!this.root) throw new TypeError("no instance");
  }

  node(name) {
    return [...this.root.querySelectorAll("*")].find((each) => each.localName === name && !each.children.length && !each.closest("[*|template]"));
  }

  has(name) {
    return Boolean(this.node(name));
  }

  text(id, language) {
    const translations = [...this.document.querySelectorAll("itext > translation")];
    const found = translations.find((each) => LANGUAGES[language].test(each.getAttribute("lang"))) || translations[0];
    const entry = [...(found?.children || [])].find((each) => each.getAttribute("id") === id);
    return entry?.querySelector("value")?.textContent.trim() || "";
  }

  /** [[value, label]] of the list `name`. */
  choices(name, language) {
    const list = [...this.document.querySelectorAll("model > instance[id]")].find((each) => each.getAttribute("id") === name);
    const items = list ? [...list.querySelectorAll("item")] : [];
    const of = (item, child) => [...item.children].find((each) => each.localName === child)?.textContent.trim() || "";
    const listed = items.map((item) => [of(item, "name"), of(item, "label") || this.text(of(item, "itextId"), language)]);
    return listed.length ? listed : this.inline(name, language);
  }

  inline(name, language) {
    const select = [...this.document.querySelectorAll("*")].find((each) => each.localName === "select1" && (each.getAttribute("ref") || "").endsWith(`/${name}`));
    return [...(select?.children || [])].filter((each) => each.localName === "item").map((item) => {
      const part = (child) => [...item.children].find((each) => each.localName === child);
      const id = /itext\('(.+)'\)/.exec(part("label")?.getAttribute("ref") || "")?.[1];
      return [part("value").textContent.trim(), id ? this.text(id, language) : part("label").textContent.trim()];
    });
  }

  /** The instance with these values, as it is sent. Names that the form lacks are left out. */
  filled(values) {
    const made = this.root.cloneNode(true);
    const leaves = [...made.querySelectorAll("*")].filter((each) => !each.children.length);
    for (const [name, value] of Object.entries(values)) {
      const leaf = leaves.find((each) => each.localName === name);
      if (leaf) leaf.textContent = value || "";
    }
    const instance = leaves.find((each) => each.localName === "instanceID");
    if (instance) instance.textContent = `uuid:${crypto.randomUUID?.() || newId()}`;
    return new XMLSerializer().serializeToString(made);
  }
}

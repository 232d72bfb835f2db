// The files that belong to a form (lists, pictures beside questions), by bare name.
"use strict";

export class Attachments {
  /** `given`: an object or Map of name -> Blob or Response, or a function name -> Promise of one; none for nothing. */
  constructor(given) {
    this.given = given || {};
    this.addresses = new Map();
  }

  async find(name) {
    const { given } = this;
    const found = typeof given === "function" ? await given(name) : given instanceof Map ? given.get(name) : given[name];
    if (!found) return null;
    return found instanceof Response ? found.clone() : new Response(found);
  }

  /** For the engine: the response to a jr: address. */
  async fetch(address) {
    return (await this.find(nameIn(address))) || new Response("", { status: 404 });
  }

  /** A local address of a picture, recording or film; null when it is not there. */
  address(source) {
    const name = nameIn(source);
    if (!this.addresses.has(name)) {
      this.addresses.set(name, this.find(name).then(async (found) => (found && found.ok ? URL.createObjectURL(await found.blob()) : null))
        .catch(() => null));
    }
    return this.addresses.get(name);
  }
}

function nameIn(address) {
  return decodeURIComponent(String(address).split("/").pop());
}

// Photos, sound, films and other files. A photo is made small, turned upright and freed of its position before it is kept.
"use strict";

import { h } from "./element.js";

const LONG_SIDE = 1600;
const QUALITY = 0.8;
const MOST = 100_000_000; // bytes: what the server takes at the most
// What phones call a recording or a film: some give it no type at all. By its content the server judges again.
const RECORDED = /^(?:(?:audio|video)\/|application\/(?:ogg|octet-stream)$|$)/;
const ACCEPTED = { image: "image/*", audio: "audio/*", video: "video/*" };

/** A JPEG of at most `longest` pixels. Drawing it anew leaves out where and with what it was taken. Throws for no picture. */
export async function shrunk(file, longest = LONG_SIDE) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // where a picture is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return blobOf(canvas, "image/jpeg", QUALITY);
}

export function blobOf(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), type, quality);
  });
}

/** A name that no other file of any form has. */
export function named(question, blob, ending) {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const stem = question.name.replace(/[^A-Za-z0-9_-]+/g, "") || question.type;
  return new File([blob], `${stem}-${random}${ending}`, { type: blob.type });
}

/** Why a chosen file cannot be the answer, "" if it can. */
function unfit(file, type, session) {
  if (!file.size) return session.say("EMPTY_FILE");
  if (file.size > MOST && type !== "image") return session.say("TOO_LARGE_TO_SEND", { size: Math.round(file.size / 1e6) });
  if ((type === "audio" || type === "video") && !RECORDED.test(file.type)) return session.say(type === "audio" ? "NOT_SOUND" : "NOT_A_FILM");
  return "";
}

function endingOf(file) {
  const match = /\.[A-Za-z0-9]{1,8}$/.exec(file.name || "");
  return match ? match[0].toLowerCase() : "";
}

export function upload(question, session) {
  const { type, looks, id } = question;
  const capture = type !== "image" ? null : looks.has("new-front") || looks.has("front") ? "user" : looks.has("new") ? "environment" : null;
  const pick = h("input", { type: "file", class: "picked", id, name: id, accept: ACCEPTED[type], capture });
  const words = h("label", { class: "button secondary", for: id });
  const preview = h("div", { class: "kept-file" });
  const says = h("p", { class: "hint", role: "status" });
  let shown = null;

  pick.addEventListener("change", async () => {
    const [file] = pick.files;
    if (!file) return;
    const refused = unfit(file, type, session);
    if (refused) {
      says.textContent = refused;
      pick.value = "";
      return;
    }
    says.textContent = session.say("WORKING");
    try {
      const kept = type === "image" ? named(question, await shrunk(file, question.node.maxPixels || LONG_SIDE), ".jpg")
        : named(question, file, endingOf(file));
      session.put(question, kept);
      says.textContent = session.say("FILE_KEPT");
    } catch {
      says.textContent = session.say("NO_PICTURE");
    }
    pick.value = "";
  });

  function remove() {
    session.put(question, null);
    says.textContent = session.say("FILE_REMOVED");
    pick.focus();
  }

  return {
    node: h("div", {}, preview, h("div", { class: "pick" }, pick, words), says), target: pick,
    update() {
      const file = question.state.value;
      words.textContent = session.say(`${file ? "FILE_REPLACE" : "FILE_CHOOSE"}_${type}`);
      if (file === shown) return;
      shown = file;
      preview.replaceChildren(...(file ? [shownFile(file, type, session),
        h("button", { type: "button", class: "button quiet", onclick: remove }, session.say("REMOVE_FILE"))] : []));
    },
  };
}

export function shownFile(file, type, session) {
  if (type === "file") return h("p", { class: "output" }, file.name);
  const address = session.addressOf(file);
  return type === "image" ? h("img", { src: address, alt: session.say("YOUR_PICTURE") }) : h(type, { src: address, controls: true });
}

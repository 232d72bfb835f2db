// A signature, a sketch, a photo with marks on it: with a finger, or, with a keyboard, by typing the name.
"use strict";

import { h } from "./element.js";
import { blobOf, named, shrunk } from "./files.js";

const WIDTH = 800;
const HEIGHT = 400;

export function drawing(question, session) {
  const { id, looks } = question;
  const canvas = h("canvas", { width: WIDTH, height: HEIGHT, class: "drawing", role: "img", "aria-label": session.say("DRAW_HERE") });
  const pen = canvas.getContext("2d");
  const says = h("p", { class: "hint", role: "status" });
  const clear = h("button", { type: "button", class: "button quiet", onclick: wipe }, session.say("CLEAR_DRAWING"));
  const name = h("input", { id, name: id, class: "wide", autocomplete: "off", spellcheck: "false" });
  const photo = looks.has("annotate") ? h("input", { type: "file", class: "picked", id: `${id}-photo`, accept: "image/*" }) : null;
  const pick = photo && h("div", { class: "pick" }, photo, h("label", { class: "button secondary", for: photo.id }, session.say("PHOTO_TO_MARK")));
  let last = null;
  let mine = null; // the file made from this canvas

  blank();
  again();

  /** What was drawn before, on another page or day, stands on the sheet again. */
  async function again() {
    const file = question.state.value;
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture || mine) return;
    [canvas.width, canvas.height] = [picture.width, picture.height];
    blank();
    pen.drawImage(picture, 0, 0);
  }

  function blank() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = pen.fillStyle = "#14201b";
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
  }

  async function keep() {
    mine = named(question, await blobOf(canvas, "image/png"), ".png");
    session.put(question, mine);
    says.textContent = session.say("FILE_KEPT");
  }

  function wipe() {
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    blank();
    name.value = "";
    mine = null;
    session.put(question, null);
    says.textContent = "";
  }

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    stroke(last);
  });
  canvas.addEventListener("pointermove", (event) => { if (last) stroke(at(event)); });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (last) keep();
      last = null;
    });
  }

  function stroke(point) {
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...point);
    pen.stroke();
    last = point;
  }

  name.addEventListener("change", () => {
    if (!name.value.trim()) return;
    blank();
    pen.font = "72px sans-serif";
    pen.textAlign = "center";
    pen.fillText(name.value.trim(), canvas.width / 2, canvas.height / 2 + 24, canvas.width - 40);
    keep();
  });

  if (photo) photo.addEventListener("change", async () => {
    try {
      const picture = await createImageBitmap(await shrunk(photo.files[0]));
      [canvas.width, canvas.height] = [picture.width, picture.height];
      blank();
      pen.drawImage(picture, 0, 0);
      keep();
    } catch {
      says.textContent = session.say("NO_PICTURE");
    }
  });

  return {
    node: h("div", {}, pick, canvas, h("label", { for: id, class: "hint" }, session.say(looks.has("signature") ? "OR_TYPE_NAME" : "OR_TYPE_WORDS")),
      name, clear, says),
    target: name, bare: true, lines: () => [session.say("DRAW_HERE")],
    update() { clear.hidden = !question.state.value; },
  };
}

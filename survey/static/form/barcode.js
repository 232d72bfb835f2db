// A code before the camera; typed where there is none.
"use strict";

import { canScan, detector } from "../detector.js";
import { h } from "./element.js";
import { line } from "./typed.js";

const EVERY = 150; // ms between two looks

export function barcode(question, session) {
  const field = line(question, session);
  const video = h("video", { playsinline: true, hidden: true });
  video.muted = true;
  const says = h("p", { class: "hint", role: "status" });
  const button = h("button", { type: "button", class: "button secondary" }, session.say("SCAN"));
  let stream = null;
  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    if (says.textContent === session.say("AIM")) says.textContent = "";
  };
  button.hidden = true;
  canScan().then((can) => { button.hidden = !can; }).catch(() => {});
  button.addEventListener("click", async () => {
    if (stream) { // pressed again
      stop();
      return;
    }
    let reader;
    try {
      reader = await detector(true);
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      says.textContent = session.say("NO_CAMERA");
      return;
    }
    says.textContent = session.say("AIM");
    video.srcObject = stream;
    video.hidden = false;
    video.play().catch(() => {}); // until frames come, detect() just finds nothing
    while (stream && video.isConnected) {
      const [found] = await reader.detect(video).catch(() => []);
      if (found && stream) {
        session.type(question, found.rawValue);
        says.textContent = session.say("SCANNED");
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
    stop();
  });
  return { ...field, node: h("div", {}, field.node, h("div", { class: "device" }, button, video, says)) };
}

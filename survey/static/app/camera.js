// Codes from the camera where there is one, typed otherwise. One look at both: `scanner` and `codeField`.
import "../code.js";
import { canScan, detector } from "../detector.js";
import { h } from "./dom.js";
import { say } from "./words.js";

/** The 12 symbols in what a camera or a person gave, or null. */
export const codeIn = (raw) => window.surveyCode.read(String(raw).split(/[/=]/).pop()).code || null;

const grouped = (code) => code.match(/.{4}/g).join("-");

/** A button that opens the camera; `onCode(code)` gets 12 symbols, and answers false to look on. Hidden where there is no camera. */
export function scanner({ words, onCode, at_once = false }) {
  const video = h("video", { hidden: true, muted: true, playsInline: true });
  const says = h("p.hint", { role: "status" });
  const start = h("button.button.secondary", { type: "button", onclick: () => open() }, words);
  const box = h("div.scan", { hidden: true }, start, video, says);
  let stream = null;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    start.hidden = false;
  }

  async function look(reader) {
    while (stream) {
      if (!box.isConnected) return stop();
      for (const found of await reader.detect(video).catch(() => [])) {
        const code = codeIn(found.rawValue);
        if (!code) says.textContent = say("这不是我们的码，请再对准。", "That is not one of our codes; please aim again.");
        else if (stream && await onCode(code) !== false) {
          navigator.vibrate?.(60);
          return stop();
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    return undefined;
  }

  async function open() {
    let reader;
    try {
      reader = await detector();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      says.textContent = say("打不开摄像头。请在手机设置里允许使用，或者在下面输入码。",
        "The camera cannot be used. Allow it in the phone's settings, or type the code below.");
      return;
    }
    says.textContent = say("对准二维码", "Point it at the QR code");
    video.srcObject = stream;
    video.hidden = false;
    start.hidden = true;
    video.play().catch(() => {});
    look(reader);
  }

  canScan().then((can) => {
    box.hidden = !can;
    if (can && at_once) open();
  }).catch(() => {});
  return box;
}

const PROBLEMS = {
  symbol: ({ symbol, count }) => say(`码里没有“${symbol}”这个字符（第 ${count} 位）。请对照纸上再输一次。`,
    `Codes do not use “${symbol}” (place ${count}). Please compare with the paper and type it again.`),
  length: ({ count }) => say(`码应有 12 位，您输入了 ${count} 位。请对照纸上再输一次。`,
    `A code has 12 characters; you typed ${count}. Please compare with the paper and type it again.`),
  check: () => say("这个码有一位输错了，或者有两位颠倒了。请对照纸上再输一次。",
    "One character of this code is wrong, or two are swapped. Please compare with the paper and type it again."),
};

const NUMBER = /^\d{1,6}$/; // as printed on a hanger: 000123

/** A field for a code: {box, input, read()}. `read` answers the 12 symbols, with `numbers` also a hanger's number, or says what is
 * wrong and answers null. */
export function codeField({ id, label, hint, value = "", numbers = false }) {
  const error = h("p.error", { id: `${id}-error`, hidden: true });
  const input = h("input.code", { id, value, autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
    "aria-describedby": `${id}-hint ${id}-error` });
  const box = h("div.question", {}, h("label", { for: id }, label), h("p.hint", { id: `${id}-hint` }, hint), error, input);
  const tell = (sentence) => {
    error.textContent = sentence;
    error.hidden = !sentence;
    box.classList.toggle("has-error", Boolean(sentence));
    if (sentence) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  input.addEventListener("input", () => tell(""));
  const read = () => {
    const number = input.value.replace(/\s|^(No|№)\.?/gi, "");
    if (numbers && NUMBER.test(number)) return number.padStart(6, "0");
    const found = window.surveyCode.read(input.value);
    if (found.code) {
      input.value = grouped(found.code);
      tell("");
      return found.code;
    }
    tell(PROBLEMS[found.problem](found));
    input.focus();
    return null;
  };
  return { box, input, read, tell };
}

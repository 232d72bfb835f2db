// The app's two languages. Words stand in pairs beside each other, as in the server's templates.

const COOKIE = /(?:^|; )lang=(zh|en)/;

function first() {
  const kept = localStorage.getItem("lang") || (COOKIE.exec(document.cookie) || [])[1];
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "zh";
}

export let language = first();

/** Switch the language, here and for the server's pages. It is no secret, so it is kept in the clear. */
export function speak(chosen) {
  language = chosen;
  localStorage.setItem("lang", chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

/** A sentence in the reader's language, with `{name}` filled from `values`. */
export const say = (zh, en, values = {}) => filled(language === "zh" ? zh : en, values);

/** A pair {zh, en} that came from the server. */
export const tell = (pair) => (pair ? pair[language] || pair.zh || pair.en || "" : "");

const pad = (number) => String(number).padStart(2, "0");

/** A time as people say it: 今天 14:05, 明天 19:30, 3 月 5 日 08:00. `at`: ISO text or Date. */
export function when(at, now = new Date()) {
  const date = new Date(at);
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
  const midnight = (each) => new Date(each.getFullYear(), each.getMonth(), each.getDate());
  const days = Math.round((midnight(date) - midnight(now)) / 864e5);
  const near = { "-1": say("昨天", "yesterday"), 0: say("今天", "today"), 1: say("明天", "tomorrow"), 2: say("后天", "in two days") }[days];
  const day = near || say(`${date.getMonth() + 1} 月 ${date.getDate()} 日`, `${date.getDate()}/${date.getMonth() + 1}`);
  return `${day} ${clock}`;
}

export const yuan = (fen) => (fen / 100).toFixed(2);

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

// ---- times: the campaign's, wherever the phone thinks it is ----

let clock = null;

/** From now on times are said, chosen and read in this zone, such as Asia/Shanghai; before that in the phone's own. */
export function keepTimeOf(zone) {
  const asked = { hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" };
  try {
    clock = new Intl.DateTimeFormat("en-US", { ...asked, timeZone: zone });
  } catch {
    clock = new Intl.DateTimeFormat("en-US", asked); // a zone that this browser does not know
  }
}

/** What calendar and clock say at a moment (ISO text or Date): [year, month, day, hour, minute]. */
export function wall(at) {
  if (!clock) keepTimeOf();
  const said = Object.fromEntries(clock.formatToParts(new Date(at)).map(({ type, value }) => [type, Number(value)]));
  return [said.year, said.month, said.day, said.hour, said.minute];
}

const asUtc = ([year, month, day, hour = 0, minute = 0]) => Date.UTC(year, month - 1, day, hour, minute);

/** The moment at which calendar and clock say this; days and hours beyond their month or day count on. */
export function moment(...said) {
  const wanted = asUtc(said);
  const near = wanted - (asUtc(wall(wanted)) - wanted);
  return new Date(near - (asUtc(wall(near)) - wanted));
}

export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const pad = (number) => String(number).padStart(2, "0");

/** A time as people say it: 今天 14:05, 明天 19:30, 3 月 5 日 08:00. `at`: ISO text or Date. */
export function when(at, now = new Date()) {
  const [said, today] = [wall(at), wall(now)];
  const days = Math.round((asUtc(said.slice(0, 3)) - asUtc(today.slice(0, 3))) / 864e5);
  const near = { "-1": say("昨天", "yesterday"), 0: say("今天", "today"), 1: say("明天", "tomorrow"), 2: say("后天", "in two days") }[days];
  const day = near || say(`${said[1]} 月 ${said[2]} 日`, `${said[2]} ${MONTHS[said[1] - 1]}`);
  return `${day} ${pad(said[3])}:${pad(said[4])}`;
}

/** The day of a moment: 2026-03-05. */
export const dayOf = (at) => wall(at).slice(0, 3).map(pad).join("-");

export const yuan = (fen) => (fen / 100).toFixed(2);

// What stands around every screen: where one is, what has not been sent yet, and the five ways to go.
import { h, notice } from "./dom.js";
import { say, tell, when } from "./words.js";

const unsentWords = (count) => say(`${count} 份没发`, `${count} unsent`);

function chip(app) {
  const { queue, sender } = app.phone;
  const unsent = queue.unsent().length;
  const asks = queue.answered().length;
  const [shape, words, kind] = asks ? ["!", say(`${asks} 条要看`, `${asks} to read`), "ask"]
    : unsent ? [sender.state === "sending" ? "↑" : "◔", unsentWords(unsent), "waits"] : ["✓", say("都发了", "all sent"), "sent"];
  return h(`a.chip.${kind}`, { href: "#/queue" }, h("span", { "aria-hidden": "true" }, `${shape} `),
    asks && unsent ? `${words} · ${unsentWords(unsent)}` : words);
}

function head(app, screen) {
  return h("header.app-head", {}, h("div.inner", {},
    screen.back ? h("a.back", { href: screen.back, "aria-label": say("返回", "Back") }, h("span", { "aria-hidden": "true" }, "‹")) : null,
    h("h1", { tabindex: "-1" }, screen.title),
    screen.incident ? h("a.chip.ask", { href: "#/incident" }, "⚠ ", say("上报", "Report")) : null,
    app.phone && !screen.bare ? chip(app) : null));
}

function warnings(app) {
  const { phone } = app;
  const shown = [];
  if (phone.revoked) shown.push(notice(tell(phone.revoked), true));
  if (phone.sender.state === "ended" && !phone.revoked) {
    shown.push(notice(say("登录过期了，还不能发送。请重新扫工牌登录，没发的都还在。",
      "Your session has ended, so nothing can be sent. Sign in with your badge again; what is unsent is still here."), true));
  }
  if (phone.low) {
    shown.push(notice(say(`手机只剩 ${Math.round(phone.low / 2 ** 20)} MB 可用了。请先把没发的发出去，或删掉一些照片、视频。`,
      `Only ${Math.round(phone.low / 2 ** 20)} MB are left on this phone. Send what is unsent, or delete some pictures and videos.`), true));
  }
  if (phone.fleeting && phone.low && phone.queue.unsent().length) {
    shown.push(notice(say("手机太满时，浏览器可能会清掉没发的。请尽快到有网络的地方发出去。",
      "When a phone is this full the browser may clear what is unsent. Please send it soon, where there is a network."), true));
  }
  if (phone.ahead) {
    shown.push(notice(say(`手机的时间不对，现在应是 ${when(phone.now(), new Date(0))}。请在手机设置里打开“自动确定时间”。您记下的时间会自动改正，照常登记就行。`,
      `This phone's clock is wrong: it is ${when(phone.now(), new Date(0))} now. Switch on “automatic time” in its settings. What you record is corrected by itself; just go on.`)));
  }
  if (app.newer) {
    shown.push(notice(say("有新版本，下次打开时自动换上。没发的不受影响。",
      "There is a new version; it is taken when you next open the app. What is unsent is not affected.")));
  }
  return h("div.warnings", {}, shown);
}

/** What was just done, said once. */
function done(app) {
  if (!app.flash) return null;
  const words = app.flash;
  app.flash = null;
  return h("p.flash", { role: "status" }, h("span.tick", { "aria-hidden": "true" }, "✓ "), words);
}

const TABS = [
  ["round", "#/round", "⌂", () => say("我的门", "Doors")], ["hangers", "#/hangers", "▤", () => say("挂卡", "Hangers")],
  ["incident", "#/incident", "⚠", () => say("上报", "Report")], ["tally", "#/tally", "∑", () => say("计件", "Tally")],
  ["more", "#/more", "≡", () => say("更多", "More")],
];
const FEWER = [["forms", "#/forms", "▤", () => say("填表", "Sheets")], TABS[2], TABS[4]];

function tabs(app, screen) {
  const fewer = app.phone.round.data?.user?.role === "building_head";
  return h("nav.tabs", { "aria-label": say("主要页面", "Main pages") }, (fewer ? FEWER : TABS).map(([name, href, shape, words]) =>
    h("a", { href, "aria-current": screen.tab === name ? "page" : null }, h("span.shape", { "aria-hidden": "true" }, shape), words())));
}

/** A whole screen: {title, back, tab, body, primary, bare, incident}. `primary` is the one first action, at the thumb. */
export function frame(app, screen) {
  const alone = !app.phone || screen.bare || screen.alone || app.phone.revoked;
  const page = h(alone ? "div.screen.alone" : "div.screen", {}, head(app, screen),
    h("main.inner", { id: "main" }, app.phone && !screen.bare ? [warnings(app), done(app)] : null, screen.body || h("p.starting", {}, screen.title)),
    screen.primary ? h("div.thumb", { role: "region", "aria-label": say("下一步", "What to do next") }, h("div.inner", {}, screen.primary)) : null,
    alone ? null : tabs(app, screen));
  return page;
}
frame.head = head;
frame.warnings = warnings;

// The rest: language, sheets, whom to call, room on the phone, and leaving.
import { button, h } from "../dom.js";
import { signOut } from "../server.js";
import { all, room, wipe } from "../store.js";
import { language, say, tell, when } from "../words.js";

// These have a screen of their own, of few taps.
const SHORT = { "incident-report": "#/incident", "move-report": "#/moved" };

/** `#/forms`: sheets that belong to no single door. */
export function forms(app) {
  const rows = app.phone.forms("report").sort((a, b) => (b.key in SHORT) - (a.key in SHORT));
  const back = app.phone.round.data?.user?.role === "building_head" ? null : "#/more";
  return { title: say("填表", "Sheets"), tab: back ? "more" : "forms", back, body: rows.length ? h("div.stack", {}, rows.map((each) =>
    h("a.button.secondary", { href: SHORT[each.key] || `#/form/report/${each.key}` }, tell(each.title) || each.key)))
    : h("p.hint", {}, say("这项登记没有别的表。", "This campaign has no other sheets.")) };
}

async function leave(app, says, usual) {
  const { phone } = app;
  const unsent = phone.queue.unsent().length;
  const drafts = (await phone.boxes.all("draft")).size;
  if (!unsent && !drafts) return goAway(app);
  const words = [unsent && say(`还有 ${unsent} 份没有发出`, `${unsent} not sent yet`), drafts && say(`${drafts} 份没填完`, `${drafts} not finished`)].filter(Boolean).join(say("，", ", "));
  usual.hidden = true; // one choice at a time
  says.replaceChildren(h("div.notice.alarm", { role: "alert" }, h("p", {}, say(`${words}。退出会从这台手机上清掉。`, `${words}. Signing out removes them from this phone.`))),
    h("div.stack", {}, unsent ? button(say("先发送", "Send first"), async () => {
      await phone.sender.kick();
      await leave(app, says, usual);
    }, "", say("正在发……", "Sending …")) : null,
    button(say("只锁上，不退出", "Only lock, do not sign out"), () => app.lock(), "secondary"),
    button(say("不要了，清掉并退出", "Discard them and sign out"), () => goAway(app), "quiet")));
  says.scrollIntoView({ block: "center" });
  return undefined;
}

/** Nothing of this person stays; the app itself goes too when nobody else uses it on this phone. */
export async function goAway(app) {
  const { phone } = app;
  phone.lock();
  app.phone = null;
  await phone.boxes.wipe();
  if (!(await all("people")).length) await wipe();
  await signOut().catch(() => {});
  location.replace("/v/");
}

export function more(app) {
  const { phone } = app;
  const { campaign = {}, user = {} } = phone.round.data || {};
  const says = h("div", {});
  const free = h("span", {}, "…");
  room().then((left) => { free.textContent = left === null ? say("不知道", "unknown") : `${Math.round(left / 2 ** 20)} MB`; });
  const speak = (code, name) => button(name, () => app.say(code), language === code ? "" : "secondary");
  const usual = h("div.stack", {}, button(say("锁上", "Lock"), () => app.lock(), "secondary"), button(say("退出登录", "Sign out"), () => leave(app, says, usual), "quiet"));
  return { title: say("更多", "More"), tab: "more", body: [
    h("dl.privacy", {}, [[say("登记", "Campaign"), tell(campaign.title)], [say("单位", "Office"), tell(campaign.office)],
      [say("电话", "Phone"), campaign.phone ? h("a", { href: `tel:${campaign.phone}` }, campaign.phone) : "-"], [say("截止", "Until"), campaign.closes ? when(campaign.closes) : "-"],
      [say("工号", "Badge no."), user.label || phone.person.label], [say("手机还能放", "Room on this phone"), free],
      [say("上次联系", "Last contact"), phone.round.data ? when(phone.round.data.now) : "-"]].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
    h("h2", {}, say("语言", "Language")), h("div.pair", {}, speak("zh", "中文"), speak("en", "English")),
    h("h2", {}, say("别的表", "Other sheets")), h("div.stack", {}, h("a.button.secondary", { href: "#/forms" }, say("填别的表", "Fill in another sheet"))),
    h("p.after", {}, h("a", { href: "/v/plain" }, say("普通网页（要有网络）", "Plain pages (need a network)"))),
    h("h2", {}, say("离开", "Leave")), says, usual] };
}

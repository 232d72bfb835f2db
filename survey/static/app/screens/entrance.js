// Getting in: the first time on this phone with badge and PIN and a network; after that the PIN alone opens what is here.
import { button, h, notice } from "../dom.js";
import { codeField, scanner } from "../camera.js";
import { Offline, round, signIn as ask, Ended } from "../server.js";
import { get } from "../store.js";
import { changePin, make, unlock, Waiting, WrongPin } from "../vault.js";
import { language, say, when } from "../words.js";

const NO_NETWORK = () => say("现在没有网络。第一次登录要有网络，请到有信号的地方再试。",
  "There is no network. The first sign-in needs one: please try where there is a signal.");

function languages(app) {
  const one = (code, name, lang) => (language === code ? h("span", { "aria-current": "true" }, name)
    : h("button.as-link", { type: "button", lang, onclick: () => app.say(code) }, name));
  return h("nav.languages", { "aria-label": say("语言", "Language") }, one("zh", "中文", "zh-Hans"), one("en", "English", "en"));
}

function page(app, title, ...body) {
  return h("div.screen", {}, h("header.app-head", {}, h("div.inner", {}, h("h1", { tabindex: "-1" }, title))),
    h("main.inner", { id: "main" }, languages(app), ...body));
}

function pinField(hint) {
  const input = h("input.short", { id: "pin", name: "pin", type: "password", inputmode: "numeric", maxlength: "6", autocomplete: "off",
    "aria-describedby": "pin-hint" });
  return { input, box: h("div.question", {}, h("label", { for: "pin" }, "PIN"), h("p.hint", { id: "pin-hint" }, hint), input) };
}

function form(submit, ...children) {
  return h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(); } }, ...children);
}

const busy = async (press, words, act) => {
  const before = press.textContent;
  if (press.getAttribute("aria-disabled")) return;
  press.setAttribute("aria-disabled", "true");
  press.textContent = words;
  try {
    await act();
  } finally {
    press.removeAttribute("aria-disabled");
    press.textContent = before;
  }
};

/** Badge and PIN. `badge`: already scanned. */
export function signIn(app, badge, people = []) {
  const says = h("div", {});
  const code = codeField({ id: "badge", label: say("工牌码", "Badge code"),
    hint: say("工牌二维码旁边，12 位", "Beside the QR code on your badge: 12 characters"), value: badge });
  const pin = pinField(badge ? say("请输入 PIN：手机上的资料用它锁住", "Enter your PIN: it locks what is kept on this phone")
    : say("发工牌时给您的 6 位数字", "The six digits you were given with the badge"));
  const press = h("button.button", { type: "submit" }, say("登录", "Sign in"));

  async function submit() {
    const read = code.read();
    if (!read) return;
    if (!/^\d{6}$/.test(pin.input.value)) {
      says.replaceChildren(notice(say("PIN 是 6 位数字。", "The PIN has six digits."), true));
      return;
    }
    await busy(press, say("正在登录……", "Signing in …"), async () => {
      try {
        await entered(app, says, read, pin.input.value);
      } catch (error) {
        if (!(error instanceof Offline)) throw error;
        says.replaceChildren(notice(NO_NETWORK(), true));
      }
    });
  }

  const scan = badge ? null : scanner({ words: say("扫工牌", "Scan your badge"), onCode: (found) => {
    code.input.value = found;
    pin.input.focus();
  } });
  return page(app, say("工作人员登录", "Sign in with your badge"), says, scan,
    form(submit, badge ? h("p.place", {}, h("span.place-label", {}, say("工牌", "Badge")), " ", h("strong", {}, badge), h("span", { hidden: true }, code.box))
      : code.box, pin.box, press),
    people.length ? h("p.after", {}, h("a", { href: "/v/" }, say("用这台手机上已有的工号", "Use a work number already on this phone"))) : null,
    h("p.after.hint", {}, say("忘了 PIN 或丢了工牌，请找组长。", "If you forgot the PIN or lost the badge, ask your team lead.")),
    h("p.after", {}, h("a", { href: "/v/plain" }, say("不用应用，打开普通网页", "Use the plain pages instead"))));
}

async function entered(app, says, badge, pin) {
  const answer = await ask(badge, pin);
  if (answer.elsewhere) {
    location.assign(answer.elsewhere);
    return;
  }
  if (!answer.ok) {
    says.replaceChildren(notice(answer.text || say("没有登录成功，请再试一次。", "That did not work; please try again."), true));
    return;
  }
  let user;
  try {
    ({ user } = await round());
  } catch (error) {
    if (error instanceof Ended) throw new Offline();
    throw error;
  }
  if (user.role === "clerk") { // keys paper at a desk, with a network
    location.assign("/v/plain");
    return;
  }
  if (!await get("people", user.id)) {
    await app.enter({ id: user.id, label: user.label }, await make(user.id, user.label, pin), pin, badge);
    return;
  }
  try {
    await app.enter({ id: user.id, label: user.label }, await unlock(user.id, pin), pin, badge);
  } catch (error) {
    if (error instanceof WrongPin || error instanceof Waiting) says.replaceChildren(oldPin(app, user, badge, pin));
    else throw error;
  }
}

/** The PIN was changed at the office: what lies on the phone is still locked with the old one. */
function oldPin(app, user, badge, pin) {
  const says = h("div", {});
  const old = h("input.short", { id: "old-pin", type: "password", inputmode: "numeric", maxlength: "6", autocomplete: "off" });
  const act = async () => {
    try {
      await changePin(user.id, old.value, pin);
      await app.enter({ id: user.id, label: user.label }, await unlock(user.id, pin), pin, badge);
    } catch (error) {
      says.replaceChildren(notice(wrongPin(error), true));
    }
  };
  return h("div.notice", {}, h("p", {}, say("您的 PIN 换过了，手机上没发的资料还用旧 PIN 锁着。请输旧 PIN 换锁。",
    "Your PIN was changed, but what is kept on this phone is still locked with the old one. Enter the old PIN once.")),
  says, h("div.question", {}, h("label", { for: "old-pin" }, say("旧 PIN", "Old PIN")), old), button(say("换锁", "Change the lock"), act));
}

function wrongPin(error) {
  if (error instanceof Waiting) {
    return say(`PIN 错了太多次，请到 ${when(error.until)} 再试。资料都还在。`,
      `Too many wrong PINs. Try again ${when(error.until)}. Nothing is lost.`);
  }
  if (error instanceof WrongPin) return say("PIN 不对，请再试一次。", "The PIN is wrong; please try again.");
  throw error;
}

/** The PIN opens what is on this phone, without a network too. */
export function locked(app, people) {
  const says = h("div", {});
  let chosen = people[0];
  const pin = pinField(say("没有网络也能打开", "Works without a network"));
  const press = h("button.button", { type: "submit" }, say("打开", "Open"));
  const submit = () => busy(press, say("正在打开……", "Opening …"), async () => {
    try {
      const key = await unlock(chosen.id, pin.input.value);
      await app.enter({ id: chosen.id, label: chosen.label }, key, pin.input.value);
    } catch (error) {
      pin.input.value = "";
      says.replaceChildren(notice(wrongPin(error), true));
      pin.input.focus();
    }
  });
  const who = people.length === 1
    ? h("p.place", {}, h("span.place-label", {}, say("工号", "Badge no.")), " ", h("strong", {}, chosen.label))
    : h("fieldset.question", {}, h("legend", {}, say("您的工号", "Your badge number")), h("div.tiles", {}, people.map((each, place) =>
      h("label.tile", {}, h("input", { type: "radio", name: "who", checked: place === 0, onchange: () => { chosen = each; } }), each.label))));
  return page(app, say("输入 PIN 打开", "Enter your PIN"), says, form(submit, who, pin.box, press),
    h("p.after", {}, button(say("换一个人登录", "Sign in as somebody else"), () => app.root.replaceChildren(signIn(app, "", people)), "secondary")));
}

// What has not left this phone, how each thing stands, and what the server said about the rest until it is ticked off.
import { button, h, notice } from "../dom.js";
import { goAway } from "./more.js";
import { say, tell, when } from "../words.js";

const STATES = {
  waiting: ["◔", "wait", () => say("等着发", "waiting")], files: ["◑", "wait", () => say("表已收到，照片还在发", "received; photos on their way")],
  told: ["●", "good", () => say("已收到", "received")], conflict: ["!", "stop", () => say("已收到，但有别人也做了", "received, but somebody else did it too")],
  refused: ["✕", "stop", () => say("没有收", "not taken")], held: ["▣", "stop", () => say("已存好，等组长处理", "kept for your team lead")],
};

function photos(entry) {
  if (!entry.files.length) return null;
  const [all, sent] = [entry.files.reduce((sum, each) => sum + each.size, 0), entry.files.reduce((sum, each) => sum + each.have, 0)];
  return h("span.advice", {}, say(`${entry.files.length} 个附件，${Math.round(all / 1024)} KB`, `${entry.files.length} files, ${Math.round(all / 1024)} KB`),
    sent ? say(`，已发 ${Math.round((100 * sent) / all)}%`, `, ${Math.round((100 * sent) / all)} % sent`) : "");
}

function row(app, entry) {
  const [shape, tone, words] = STATES[entry.state];
  return h("li", {}, h("span", {}, h("b", {}, tell(entry.what)), entry.where ? ` ${entry.where}` : ""),
    h(`span.how.tone-${tone}`, {}, h("span", { "aria-hidden": "true" }, `${shape} `), words()), h("span.advice", {}, when(entry.at)), photos(entry),
    entry.text ? h("p.answer", {}, tell(entry.text)) : null,
    ["waiting", "files"].includes(entry.state) ? null
      : button(say("知道了", "I have read this"), () => app.phone.queue.settle([[entry.id, null]]), "secondary"));
}

const how = (phone) => ({ later: say("服务器正忙，过一会儿自动再发，不用管它。", "The server is busy. It is sent again by itself in a while."),
   sending: say("正在发……", "Sending …"), offline: say("现在没有网络。有网络时会自动发。", "No network just now. It sends by itself when there is one."),
  ended: say("登录过期了，请重新登录。", "Your session has ended; sign in again."), "": "" })[phone.sender.state];

export function queue(app) {
  const { phone } = app;
  const place = h("div", {});
  const send = button(say("现在发送", "Send now"), () => phone.sender.kick(), "", say("正在发……", "Sending …"));
  const end = button(say("退出并清掉", "Sign out and clear this phone"), () => goAway(app));
  const screen = { title: say("没发的", "Unsent"), back: phone.revoked ? "" : "#/round", tab: "", body: place, primary: [send, end] };
  screen.refresh = () => {
    const [unsent, answered] = [phone.queue.unsent(), phone.queue.answered()];
    end.hidden = !phone.revoked || unsent.length > 0;
    send.hidden = !end.hidden;
    place.replaceChildren(...[
      h("p.status", { role: "status" }, unsent.length ? say(`${unsent.length} 份没发`, `${unsent.length} unsent`)
        : h("span", {}, h("span.tick", { "aria-hidden": "true" }, "✓ "), say("都发了", "Everything is sent"))),
      h("p.hint", {}, how(phone)),
      phone.fleeting && unsent.length ? notice(say("浏览器没有答应一直保存。手机太满时，它可能清掉没发的：今天就发出去；把应用“添加到主屏幕”更稳妥。",
        "The browser has not promised to keep this. When the phone is full it may clear what is unsent: send it today. Adding the app to the home screen makes it safer.")) : null,
      answered.length ? h("h2", {}, say("请看一下", "Please read")) : null, answered.length ? h("ul.entries", {}, answered.map((each) => row(app, each))) : null,
      unsent.length ? h("h2", {}, say("等着发的", "Waiting")) : null, unsent.length ? h("ul.entries", {}, unsent.map((each) => row(app, each))) : null,
      phone.log.length ? h("details", { open: place.querySelector("details")?.open }, h("summary", {}, say(`服务器已收到的（${phone.log.length}）`, `Received by the server (${phone.log.length})`)),
        h("ul.entries", {}, phone.log.map((each) => h("li", {}, h("span", {}, h("b", {}, tell(each.what)), each.where ? ` ${each.where}` : ""),
          h("span.advice", {}, when(each.at)), h("span", {}, tell(each.text)))))) : null,
      h("p.hint", {}, say("没发的都锁在手机里，关了浏览器也不会丢。", "What is unsent is locked on this phone and stays when the browser is closed.")),
    ].filter(Boolean));
  };
  screen.refresh();
  return screen;
}

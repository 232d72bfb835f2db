// What was credited: today, in all, and each entry, as of the last contact; and what still waits on this phone.
import { h } from "../dom.js";
import { say, tell, when, yuan } from "../words.js";

export function tally(app) {
  const { phone } = app;
  const own = phone.round.data?.tally || {};
  const waiting = phone.queue.unsent().filter((each) => each.kind === "form").length;
  const rows = [[say("今天", "Today"), own.today ?? 0, say("份", "")], [say("一共", "In all"), own.total ?? 0, say("份", "")], [say("已得", "Earned"), yuan(own.fen ?? 0), say("元", "yuan")]];
  const screen = { title: say("我的计件", "My tally"), tab: "tally", refresh: () => app.draw() };
  screen.body = [h("dl.tally", {}, rows.map(([name, value, unit]) => h("div", {}, h("dt", {}, name), h("dd", {}, h("b", {}, String(value)), ` ${unit}`)))),
    h("p.hint", {}, phone.round.data ? say(`这是 ${when(phone.round.data.now)} 的数。`, `As of ${when(phone.round.data.now)}.`) : ""),
    waiting ? h("p.status", {}, h("span", { "aria-hidden": "true" }, "◔ "), say(`还有 ${waiting} 份在手机里，发出去才算。`, `${waiting} more on this phone; they count once sent.`)) : null,
    (own.entries || []).length ? [h("h2", {}, say("每一笔", "Each entry")), h("ul.entries", {}, own.entries.map(row))] : null].flat();
  return screen;
}

const pair = ([zh, en]) => tell({ zh, en });

/** One row of the ledger: where, what, when, and how much; why nothing is paid for it, or why it was taken back. */
function row(each) {
  const remarks = [when(each.at), each.why && pair(each.why), each.reason && pair(each.reason), each.state === "taken_back" && say("后来退回了", "taken back later"),
    each.paid_in && say(`第 ${each.paid_in} 期已结算`, `paid in period ${each.paid_in}`)].filter(Boolean);
  return h("li", {}, h("span", {}, h("b", {}, each.door), ` ${pair(each.what)}`), h("span.advice", {}, remarks.join(" · ")),
    h("b", {}, `${each.fen < 0 ? "−" : ""}${yuan(Math.abs(each.fen))} ${say("元", "yuan")}`));
}

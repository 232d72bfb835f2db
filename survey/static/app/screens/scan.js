// A code is scanned or typed; what it belongs to opens.
import { codeField, scanner } from "../camera.js";
import { h, notice } from "../dom.js";
import { say } from "../words.js";

export function scan(app) {
  const says = h("div", {});
  const field = codeField({ id: "code", label: say("输入门上的码", "Type the door's code"), hint: say("12 位，不分大小写", "12 characters, capitals or not") });
  async function found(code) {
    const { door, hanger } = await app.phone.round.ofCode(code);
    if (door) {
      app.scanned = { door: door.id, code };
      app.replace(`#/door/${door.id}`);
    } else if (hanger) {
      app.hanger = { code, hanger };
      app.replace("#/hang");
    } else {
      says.replaceChildren(notice(say("这个码不在您的名单里。请核对是不是这一片的门；是新挂卡，就到“挂卡”里扫。",
        "This code is not among your doors. Check that the door is in your area; a new hanger is scanned under “Hangers”."), true));
    }
  }
  return {
    title: say("扫门上的码", "Scan a door's code"), back: "#/round", tab: "round",
    body: [says, scanner({ words: say("打开摄像头", "Open the camera"), onCode: found, at_once: true }),
      h("form", { novalidate: true, onsubmit: (event) => {
        event.preventDefault();
        const code = field.read();
        if (code) found(code);
      } }, field.box, h("button.button", { type: "submit" }, say("打开这户", "Open this door"))),
      h("p.after", {}, h("a", { href: "#/round" }, say("没有码？在名单里点这户", "No code? Tap the door in your list")))],
  };
}

// Elements without a framework: h("button.button", { onclick }, "words", child). Text is always text, never HTML.

const made = new Map();

/** An empty element of `what`; copying one is several times quicker than naming its parts again, and a round has thousands. */
function empty(what) {
  if (!made.has(what)) {
    const [, tag, rest] = /^([a-z0-9]+)(.*)$/.exec(what);
    const element = document.createElement(tag);
    for (const [, mark, name] of rest.matchAll(/([.#])([\w-]+)/g)) {
      if (mark === ".") element.classList.add(name);
      else element.id = name;
    }
    made.set(what, element);
  }
  return made.get(what).cloneNode(false);
}

/** `what`: tag, then .classes and #id. Properties that are functions are listeners; null and false are left out. */
export function h(what, properties = {}, ...children) {
  const element = empty(what);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

/** A button that runs `act` once at a time; while it runs the button says `busy`, if it takes long enough to see. */
export function button(words, act, kind = "", busy = "") {
  const element = h(`button.button${kind && `.${kind.replaceAll(" ", ".")}`}`, { type: "button" }, words);
  element.addEventListener("click", async () => {
    if (element.getAttribute("aria-disabled")) return;
    element.setAttribute("aria-disabled", "true");
    const late = busy && setTimeout(() => { element.textContent = busy; }, 250);
    try {
      await act(element);
    } finally {
      clearTimeout(late);
      element.removeAttribute("aria-disabled");
      if (busy) element.textContent = words;
    }
  });
  return element;
}

/** Words in a box; `alarm` for what went wrong. */
export const notice = (words, alarm = false) =>
  h(alarm ? "div.notice.alarm" : "div.notice", { role: alarm ? "alert" : "status" }, h("p", {}, words));

"""Fills any form on the site in a real browser with the keyboard alone, as a person does who cannot point: Tab to a field, type,
space and arrow keys for what is chosen, Enter on the button. Only files are chosen for it: their window belongs to the system."""
from __future__ import annotations

from lxml import html

from survey.questionnaire.carried import entry_at, question_at
from tests import chosen_files
from tests.form_walker import Walker
from tests.runtime_walker import _path

MOST_TABS = 400
MOST_ARROWS = 400
MOST_ROUNDS = 12
HERE = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const one = {name: e.getAttribute("name") || "", tag: e.tagName, type: e.type || "", value: e.value ?? "", checked: Boolean(e.checked),
    sends: Boolean(e.closest(".send")),
    upload: e.dataset.upload || e.accept || "", index: 0, at: 0};
  if (one.tag === "SELECT") {
    one.index = [...document.getElementsByName(one.name)].filter((each) => each.tagName === "SELECT").indexOf(e);
    one.at = e.selectedIndex; one.values = [...e.options].map((each) => each.value);
  }
  return one; }"""


class Keyboard:
    """`runtime`: whether the form goes on in the browser; else every step is a page of the server."""

    def __init__(self, page, runtime: bool):
        self.page, self.runtime = page, runtime

    def html(self) -> str:
        return self.page.content()

    def here(self) -> dict | None:
        return self.page.evaluate(HERE)

    def tab(self) -> dict | None:
        self.page.keyboard.press("Tab")
        return self.here()

    def answer(self, fields: list[tuple[str, str]]) -> None:
        """Go through the page once and answer these."""
        wanted: dict[str, list[str]] = {}
        for name, value in fields:
            wanted.setdefault(name, []).append(value)
        boxes, left, turned = {name: set() for name in wanted}, set(wanted), 0
        self.page.evaluate("document.activeElement.blur()")
        for _ in range(MOST_TABS):
            at = self.tab()
            if at is None or at["tag"] == "BUTTON" and at["name"] == "_do" and at["value"] in ("next", "send"):
                turned += 1  # the end of the page; what stands before the beginning comes once more
                if turned > 1 or not left:
                    return
                if at is None:
                    continue
                self.page.evaluate("document.activeElement.blur()")
                continue
            if at["name"] not in wanted:
                continue
            name = at["name"]
            if at["type"] == "checkbox":
                boxes[name].add(at["value"])
                if (at["value"] in wanted[name]) != at["checked"]:
                    self.page.keyboard.press("Space")
                if set(wanted[name]) <= boxes[name]:
                    left.discard(name)
            elif name in left:
                values = wanted[name]
                last = at["tag"] != "SELECT" or at["index"] == len(values) - 1
                self.put(at, values[at["index"]] if at["index"] < len(values) else values[-1])
                if last:
                    left.discard(name)

    def put(self, at: dict, value: str) -> None:
        keys = self.page.keyboard
        if at["type"] == "radio":
            self._radio(at, value)
        elif at["tag"] == "SELECT":
            target = at["values"].index(value)
            for _ in range(abs(target - at["at"])):
                keys.press("ArrowDown" if target > at["at"] else "ArrowUp")
        elif at["type"] == "file":
            self._file(at, value)
        elif at["type"] in ("time", "datetime-local", "date"):
            # The order of its parts is the browser's own.
            self.page.locator(f'[name="{at["name"]}"]').and_(self.page.locator(":focus")).fill(value)
        else:
            keys.press("Control+a")
            if value:
                keys.insert_text(value)
            else:
                keys.press("Delete")

    def _radio(self, at: dict, value: str) -> None:
        if not at["checked"]:
            self.page.keyboard.press("Space")
        for _ in range(MOST_ARROWS):
            now = self.here()
            if not now or now["name"] != at["name"] or now["value"] == value:
                return
            self.page.keyboard.press("ArrowDown")

    def _file(self, at: dict, value: str) -> None:
        field = self.page.locator(f'input[type=file][name="{at["name"]}"]').first
        field.set_input_files(chosen_files.of_kind(at["upload"].split("/")[0]))
        question = field.locator("xpath=ancestor::div[contains(concat(' ', @class, ' '), ' question ')][1]")
        question.locator(".kept-file > *, .kept-file ~ input[type=hidden]").first.wait_for(state="attached")

    def press(self, button: tuple[str, str] | None) -> None:
        value = button[1] if button else None
        for _ in range(2 * MOST_TABS):
            at = self.here()
            if at and at["tag"] == "BUTTON" and (at["value"] == value and at["name"] == "_do" if button else at["sends"]):
                break
            self.tab()
        else:
            raise AssertionError(f"no key leads to {value}")
        if not self.runtime:
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
            return
        self.page.keyboard.press("Enter")
        if value == "send":
            self.page.locator("button[value=send][aria-disabled=true]").wait_for(state="detached")
            self.page.wait_for_load_state()


class KeyboardWalker(Walker):
    """Answers everything that a page asks, what only shows up with an answer too, then presses the button."""

    def walk(self, most: int = 1500) -> KeyboardWalker:
        while self.pages < most:
            tree = html.fromstring(self.driver.html())
            if self.done(tree):
                return self
            self.pages += 1
            self._note_errors(tree)
            answered: set[str] = set()
            for _ in range(MOST_ROUNDS):
                fields = [(name, value) for name, value in self._fields(tree) if name not in answered]
                if not fields:
                    break
                answered |= {name for name, _ in fields}
                self.driver.answer(fields)
                tree = html.fromstring(self.driver.html())
            self.driver.press(self._button(tree))
        raise AssertionError(f"no end after {self.pages} pages; {self.complaints[-4:]}")


def lost(form, seen: dict, kept: dict, state) -> list[str]:
    """What was filled in, is asked by the server's own model of the kept answers, and is not among them."""
    found = []
    for name in seen:
        path = _path(form, name.removeprefix("q-").split("-"))
        question = question_at(form, path)
        if question is None or question.type in ("note", "calculate"):
            continue
        try:
            arrived = entry_at(kept, path[:-1]).get(path[-1])
            node = state.find(_ref(form, path, question))
        except (KeyError, IndexError):
            continue
        if arrived is None and node.relevant:
            found.append(name)
    return found


def _ref(form, path: tuple, question) -> str:
    ref = question.node.ref
    for end in range(len(path) - 2, 0, -2):
        repeat = question_at(form, path[:end]).node.ref
        ref = repeat + f"[{path[end] + 1}]" + ref[len(repeat):] if ref.startswith(repeat) else ref
    return ref

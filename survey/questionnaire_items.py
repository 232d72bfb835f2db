"""The questions of one page of a filling as a person sees them now: words with answers in them, what is offered, what is
filled in. One entry of `SHOWN` and one template a type."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from forms.filling import Filling
from forms.handlers import FILES
from forms.language import Text
from forms.media import plain_name
from forms.model import showing
from forms.model.tree import Node
from forms.questions import Question
from survey import questionnaire_words as words
from survey.questionnaire import MOST_RADIOS, Item, Option, browser_attributes, is_filtered, partial
from survey.questionnaire_pages import Page, is_shown, node_of

if TYPE_CHECKING:
    from survey.questionnaire_walk import World

MOST_STEPS = 11
DRAWN = ("signature", "draw", "annotate")
ACCEPTED = {"image": "image/*", "audio": "audio/*", "video": "video/*"}
# A time as it is kept, and what of it a browser's own field shows: the rest (seconds, zone) goes beside it.
_CLOCK = re.compile(r"((?:\d{4}-\d\d-\d\dT)?\d\d:\d\d)(.*)", re.S)
_MARKS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|</?(?:span|b|i|u|em|strong|p|br|font|div|small|h[1-6])\b[^<>]*>|^#{1,6} +", re.M)


class Items:
    """Makes the items of pages. `world`: the reader's language, which is that of the page's own words (the form's are in the
    filling's language), and where files are."""

    def __init__(self, filling: Filling, world: World):
        self.filling, self.state, self.world, self.language = filling, filling.state, world, world.language

    def to(self, text: Text, **values: object) -> str:
        return (text.fill(**values) if values else text).to(self.language)

    def of(self, page: Page, errors: Mapping[str, str]) -> list[Item]:
        """The items of a page; `errors` by field name."""
        own, heading = page.section.questions, ""
        if len(own) == 1 and own[0].type == "group":
            heading = self.label(own[0], node_of(own[0], page.scope))
            own = own[0].children
        within = self._targets(page)
        return [item for item in self._items(own, page, errors, within) if not item.only_says(heading)]

    def _items(self, questions: list[Question], page: Page, errors: Mapping[str, str], within: set):
        for question in questions:
            node = node_of(question, page.scope)
            if question.type == "group":
                label = self.label(question, node) if node is not None else ""
                inside = [item for item in self._items(question.children, page, errors, within) if not item.only_says(label)]
                if inside and label:
                    yield Item(field_name(page.path, question), "group", label, hint=self.said(node, "hint"), items=inside)
                else:
                    yield from inside
            elif question.type != "repeat" and is_shown(question, node):
                yield self._item(question, node, page, errors, within)

    def _item(self, question: Question, node: Node, page: Page, errors: Mapping[str, str], within: set) -> Item:
        name = field_name(page.path, question)
        item = Item(name, kind_of(self.state, question, node), self.label(question, node), hint=self.said(node, "hint"),
                    error=errors.get(name, ""), name=question.name, attributes={},
                    optional=question.type != "note" and not showing.required(self.state, node))
        item.lines = tuple(self._remarks(question))
        item.media = self.media(question.node.label.identity if question.node.label else "")
        item.live = bool(within and self._reaches(question.node, within))
        SHOWN.get(item.kind, _field)(self, item, question, node)
        item.described_by = " ".join(f"{name}-{part}" for part, there in (
            ("hint", item.hint), ("lines", item.lines), ("count", item.limit), ("error", item.error)) if there)
        return item

    def _remarks(self, question: Question):
        """What helps more."""
        if any(question.guidance):
            yield self.to(question.guidance)

    def media(self, identity: str) -> list[tuple[str, str]]:
        """(kind, address) of the pictures, recordings and films beside a text in the filling's language; a kind without an
        address is said to be missing. A large picture stands in for the small one."""
        found = self.state.form.texts.media(identity, self.state.language) if identity else {}
        if "big-image" in found:
            found = {"image": found["big-image"], **{kind: src for kind, src in found.items() if kind not in ("image", "big-image")}}
        return [(kind, self.world.media.get(plain_name(src), "")) for kind, src in found.items() if src.strip()]

    def label(self, question: Question, node: Node) -> str:
        """The words of a question; its name where it has none."""
        said = showing.said(self.state, node, question.node.label or question.node.caption)
        nameless = question.type in ("group", "repeat") or question.type == "note" and question.node.choices is not None
        hint = self.said(node, "hint") if question.type == "note" else ""
        return plain(said or "").strip() or hint or ("" if nameless else question.name)

    def said(self, node: Node, what: str) -> str:
        return plain(showing.said(self.state, node, getattr(node.d, what)) or "")

    def options(self, node: Node, name: str, chosen: list[str]) -> list[Option]:
        offered = {choice.value: choice for choice in showing.offered_choices(self.state, node) if choice.value}
        return [Option(f"{name}-{number}" if number else name, code, plain(choice.label) or code, code in chosen,
                       self.media(choice.identity))
                for number, (code, choice) in enumerate(offered.items())]

    def given(self, question: Question, node: Node) -> str | list[str]:
        """What to show in the field: as it was typed, else what the form put there."""
        entry = next((self.filling.entries[above] for above in _above(node) if above in self.filling.entries), None)
        if entry is not None and question in entry.errors:
            return entry.shown.get(question.name, "")
        if entry is not None and question.name in entry.shown and (node.value or not question.node.is_leaf):
            return entry.shown[question.name]
        return node.value

    def answer_words(self, question: Question, node: Node) -> str:
        """An answer as people read it."""
        if question.node.choices is not None:
            names = {choice.value: plain(choice.label) for choice in showing.offered_choices(self.state, node)}
            sign = " → " if question.type == "rank" else self.to(words.LIST_COMMA)
            codes = [node.seen] if question.type == "select_one" else node.seen.split()
            return sign.join(names.get(code) or code for code in codes)
        if question.type == "acknowledge":
            return self.to(words.AGREED)
        if question.type in ("time", "dateTime"):
            return shown_moment(node.seen)[0].replace("T", " ")
        if question.type == "date":
            return node.seen[:date_length(question)]
        if question.type == "geopoint":
            return " ".join(node.seen.split(" ")[:2])
        if question.type in ("geotrace", "geoshape") and node.seen:
            return self.to(words.POINTS, count=len([point for point in node.seen.split(";") if point.strip()]))
        if question.type in ("decimal", "range"):
            return node.seen.removesuffix(".0")
        return self.to(words.FILE_THERE[question.type]) if question.type in ("image", "audio", "video") and node.seen else node.seen

    def size_words(self, size: int) -> str:
        """1_300_000 -> "1.3 MB"; "" for an unknown size."""
        return "" if not size else f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"

    def _targets(self, page: Page) -> set:
        return {question.node for part in page.section.questions for question in part.walk() if question.node}

    def _reaches(self, d, within: set) -> bool:
        """Whether something on the same page is worked out from this question."""
        dependents, seen, waiting = self.filling.form.definition.dependents, {d}, [d]
        while waiting:
            for edge in dependents.get(waiting.pop(), ()):
                if edge.target in within and (edge.target is not d or edge.kind == "label") and \
                        edge.kind not in ("required", "constraint", "required_message", "constraint_message"):
                    return True
                if edge.target not in seen:
                    seen.add(edge.target)
                    waiting.append(edge.target)
        return False


def _above(node: Node):
    while node is not None:
        yield node
        node = node.parent


def field_name(path: tuple, question: Question) -> str:
    return "q-" + "-".join(map(str, (*path, question.name)))


def plain(text: str) -> str:
    """Words without the marks of handhelds' screens (bold, colours, headings); lines stay."""
    for _ in range(3):
        text = _MARKS.sub(lambda mark: mark[2] or "", text)
    return text.strip()


def date_length(question: Question) -> int:
    """How many characters of an ISO date are asked: those of a day, a month or a year."""
    if "month-year" in question.appearance:
        return 7
    return 4 if "year" in question.appearance.split() else 10


def shown_moment(value: str) -> tuple[str, str]:
    """("2026-03-10T14:05", ":00.000+08:00") of a kept moment or time; (value, "") of what is none."""
    match = _CLOCK.fullmatch(value)
    return (match[1], match[2]) if match else (value, "")


def kind_of(state, question: Question, node: Node) -> str:
    """The template of a question as it stands."""
    looks = question.appearance.split()
    if question.type == "note":
        return "note"
    if question.type != "acknowledge" and (question.node.calculate is not None or showing.readonly(state, node)):
        return "readonly"
    if question.type == "select_one":
        long = len(showing.offered_choices(state, node)) > MOST_RADIOS
        listed = any(look in ("minimal", "autocomplete", "search") for look in looks)
        pictures = any(items_media(state, choice) for choice in showing.offered_choices(state, node))
        return "select_one_minimal" if (long and not pictures) or listed else "select_one"
    if question.type == "range":
        return "select_one" if _steps(question) else "number"
    if question.type in ("integer", "decimal"):
        return question.type
    if question.type in FILES:
        return "upload"
    return partial(question)


def items_media(state, choice) -> bool:
    """Whether a choice has a picture or a sound beside its words."""
    return bool(choice.identity and state.form.texts.media(choice.identity, state.language))


def _field(items: Items, item: Item, question: Question, node: Node) -> None:
    given = items.given(question, node)
    item.value = given if isinstance(given, str) else " ".join(given)
    item.attributes = browser_attributes(question)
    if question.type in ("integer", "decimal") and "-" in (question.node.constraint.source if question.node.constraint else ""):
        item.attributes.pop("inputmode", None)
    item.limit = question.limit if item.kind == "text_multiline" else 0


def _date(items: Items, item: Item, question: Question, node: Node) -> None:
    _field(items, item, question, node)
    length = date_length(question)
    hint = {10: words.BIRTH_HINT if "birth" in question.name else words.DATE_HINT, 7: words.MONTH_HINT, 4: words.YEAR_HINT}[length]
    item.value = item.value[:length] if re.fullmatch(r"\d{4}-\d\d-\d\d", item.value) else item.value
    item.hint = "\n".join(filter(None, (item.hint, items.to(hint))))


def _moment(items: Items, item: Item, question: Question, node: Node) -> None:
    _field(items, item, question, node)
    item.value, rest = shown_moment(item.value)
    item.attributes = {"type": "time" if question.type == "time" else "datetime-local", "autocomplete": "off"}
    if item.error:
        item.attributes.pop("type")  # what was typed wrong has to be seen
    item.items = [rest] if rest.strip(":0.") else []


def _choose(items: Items, item: Item, question: Question, node: Node) -> None:
    given = items.given(question, node)
    chosen = given if isinstance(given, list) else given.split() if question.type == "select_multiple" else [given]
    if question.type == "range":
        item.options = [Option(f"{item.id}-{number}" if number else item.id, step, step, step in chosen)
                        for number, step in enumerate(_steps(question))]
        return
    item.options = items.options(node, item.id, chosen)
    item.filtered = is_filtered(question, len(item.options))
    if not item.options:
        item.lines += (items.to(words.NOTHING_OFFERED),)


def _rank(items: Items, item: Item, question: Question, node: Node) -> None:
    given = items.given(question, node)
    order = given if isinstance(given, list) else given.split()
    item.items = [[items.to(words.PLACE, number=number + 1), f"{item.id}-{number}" if number else item.id,
                   items.options(node, item.id, order[number:number + 1])]
                  for number in range(len({choice.value for choice in showing.offered_choices(items.state, node)}))]
    item.lines += (items.to(words.RANK_HINT),)


def _number(items: Items, item: Item, question: Question, node: Node) -> None:
    _field(items, item, question, node)
    facts = question.parameters
    item.attributes = {"autocomplete": "off", "inputmode": "decimal"}
    if "start" in facts and "end" in facts:
        item.lines += (items.to(words.RANGE_HINT, start=facts["start"], end=facts["end"], step=facts.get("step", "1")),)


def _readonly(items: Items, item: Item, question: Question, node: Node) -> None:
    item.value, item.optional = items.answer_words(question, node) if node.seen else "", False


def _place(items: Items, item: Item, question: Question, node: Node) -> None:
    _field(items, item, question, node)
    item.attributes |= {"spellcheck": "false"}
    if question.type != "geopoint":
        item.lines += (items.to(words.TRACE_HINT),)
    else:
        item.lines += (items.to(words.PLACE_HINT),)


def _upload(items: Items, item: Item, question: Question, node: Node) -> None:
    _field(items, item, question, node)
    item.attributes = {"accept": ACCEPTED[question.type]} if question.type in ACCEPTED else {}
    drawn = next((look for look in DRAWN if look in question.appearance.split()), "")
    item.parts = {"kind": question.type, "draw": drawn, "most": question.parameters.get("max-pixels", "")}
    if item.value and items.world.shelf is not None:
        item.parts["file"] = items.world.shelf.shown(item.value)
        item.parts["size"] = items.size_words(item.parts["file"].size)
    if "new" in question.appearance or "new-front" in question.appearance:
        item.attributes["capture"] = "user" if "front" in question.appearance else "environment"
    if drawn:
        item.lines += (items.to(words.DRAW_HINT if drawn != "annotate" else words.ANNOTATE_HINT),)


def _steps(question: Question) -> list[str]:
    """The values of a range, when they are few enough to be shown side by side; else none."""
    try:
        start, end, step = (float(question.parameters.get(name, "1")) for name in ("start", "end", "step"))
        count = abs(end - start) / abs(step)
    except (ValueError, ZeroDivisionError):
        return []
    if not 0 < count < MOST_STEPS:
        return []
    sign = abs(step) if end > start else -abs(step)
    return [f"{start + number * sign:.6f}".rstrip("0").rstrip(".") for number in range(int(count + 1e-9) + 1)]


SHOWN: dict[str, Callable[[Items, Item, Question, Node], None]] = {
    "note": lambda *_: None, "readonly": _readonly, "select_one": _choose, "select_multiple": _choose,
    "select_one_minimal": _choose, "rank": _rank, "number": _number, "date": _date, "time": _moment, "dateTime": _moment,
    "geopoint": _place, "geotrace": _place, "geoshape": _place, "upload": _upload,
}

"""How the field of each type of question is filled out: an entry of `SHOWN`, and a template, for each."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from forms.handlers import FILES
from forms.model import showing
from forms.model.choices import Choice
from forms.model.state import State
from forms.model.tree import Node
from forms.questions import Question
from survey.questionnaire import words
from survey.questionnaire.fields import MOST_RADIOS, Item, Option, browser_attributes, is_filtered, partial

if TYPE_CHECKING:
    from survey.questionnaire.items import Items

MOST_STEPS = 11  # of a range whose steps stand side by side as choices
DRAWN = ("signature", "draw", "annotate")
ACCEPTED = {"image": "image/*", "audio": "audio/*", "video": "video/*"}
# A time as it is kept, and what of it a browser's own field shows: the rest (seconds, zone) goes beside it.
_CLOCK = re.compile(r"((?:\d{4}-\d\d-\d\dT)?\d\d:\d\d)(.*)", re.S)


def date_length(question: Question) -> int:
    """How many characters of an ISO date are asked: those of a day, a month or a year."""
    if "month-year" in question.appearance:
        return 7
    return 4 if "year" in question.appearance.split() else 10


def shown_moment(value: str) -> tuple[str, str]:
    """("2026-03-10T14:05", ":00.000+08:00") of a kept moment or time; (value, "") of what is none."""
    match = _CLOCK.fullmatch(value)
    return (match[1], match[2]) if match else (value, "")


def kind_of(state: State, question: Question, node: Node) -> str:
    """The template of a question as it stands."""
    looks = question.appearance.split()
    if question.type == "note":
        return "note"
    if question.type != "acknowledge" and (question.node.calculate is not None or showing.readonly(state, node)):
        return "readonly"
    if question.type == "select_one":
        long = len(showing.offered_choices(state, node)) > MOST_RADIOS
        listed = any(look in ("minimal", "autocomplete", "search") for look in looks)
        pictures = any(_has_media(state, choice) for choice in showing.offered_choices(state, node))
        return "select_one_minimal" if (long and not pictures) or listed else "select_one"
    if question.type == "range":
        return "select_one" if _steps(question) else "number"
    if question.type in ("integer", "decimal"):
        return question.type
    if question.type in FILES:
        return "upload"
    return partial(question)


def _has_media(state: State, choice: Choice) -> bool:
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
    item.lines += (items.to(words.PLACE_HINT if question.type == "geopoint" else words.TRACE_HINT),)


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


def fill(items: Items, item: Item, question: Question, node: Node) -> None:
    """Put the answer, the choices and what the browser should know about the field into `item`."""
    SHOWN.get(item.kind, _field)(items, item, question, node)

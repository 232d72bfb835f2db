"""The questions of one page of a filling as a person sees them now: words with answers in them, what is offered, what is
filled in."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from forms.filling import Filling
from forms.language import Text
from forms.media import plain_name
from forms.model import showing
from forms.model.tree import Node
from forms.questions import Question
from survey.questionnaire import types, words
from survey.questionnaire.fields import Item, Option, field_name
from survey.questionnaire.pages import Page, is_shown, node_of

if TYPE_CHECKING:
    from survey.questionnaire.walk import World

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
                    yield Item(field_name(page.path, question), "group", label, hint=plain(self.to(question.hint)), items=inside)
                else:
                    yield from inside
            elif question.type != "repeat" and is_shown(question, node):
                yield self._item(question, node, page, errors, within)

    def _item(self, question: Question, node: Node, page: Page, errors: Mapping[str, str], within: set) -> Item:
        name = field_name(page.path, question)
        item = Item(name, types.kind_of(self.state, question, node), self.label(question, node), hint=self.said(node, "hint"),
                    error=errors.get(name, ""), name=question.name, attributes={},
                    optional=question.type != "note" and not showing.required(self.state, node))
        item.lines = tuple(self._remarks(question))
        item.media = self.media(question.node.label.identity if question.node.label else "")
        item.live = bool(within and self._reaches(question.node, within))
        types.fill(self, item, question, node)
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
            return types.shown_moment(node.seen)[0].replace("T", " ")
        if question.type == "date":
            return node.seen[:types.date_length(question)]
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


def plain(text: str) -> str:
    """Words without the marks of handhelds' screens (bold, colours, headings); lines stay."""
    for _ in range(3):
        text = _MARKS.sub(lambda mark: mark[2] or "", text)
    return text.strip()

"""A plain form whole on one page: its questions as an HTML fragment, in one language.

The fragment holds the fields and their errors; the enclosing <form>, its token and its send button belong to the page.
It works without JavaScript; `static/questionnaire.js` only makes it quicker.
"""
from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

from markupsafe import Markup

from forms import messages
from forms.answers import AnswerError
from forms.expressions import Expression
from forms.form import Form
from forms.language import Text
from forms.questions import Question
from survey.questionnaire import words
from survey.questionnaire.fields import Item, Option, browser_attributes, is_filtered, partial, templates
from survey.questionnaire.words import script_words

MOST_BLOCKS = 500


class FormItems:
    """Turns questions, answers and errors into items."""

    def __init__(self, form: Form, language: str, answers: dict, errors: Iterable[AnswerError]):
        self.form, self.language, self.answers = form, language, answers
        self.errors = {error.path: error.text.to(language) for error in reversed(list(errors))}
        self.by_path = {question.path: question for question in form.root.walk()}

    def to(self, text: Text, **values) -> str:
        return (text.fill(**values) if values else text).to(self.language)

    def items(self, questions: Iterable[Question], prefix: str, answers: Mapping, path: tuple) -> list[Item]:
        return [self.item(question, prefix, answers, path) for question in questions if question.type != "calculate"]

    def item(self, question: Question, prefix: str, answers: Mapping, path: tuple) -> Item:
        item = Item(
            prefix + question.name, partial(question), self.to(question.label) or question.name,
            hint=self.to(question.hint), error=self.errors.get((*path, question.name), ""),
            shared=question.shared and path != (), filtered=is_filtered(question, len(question.choices)),
            note=self.note(question), when=self.when(question, prefix), name=question.name,
            optional=question.required is not True and not question.is_container and question.type != "note",
        )
        if question.type == "group":
            item.items = [one for one in self.items(question.children, prefix, answers, path) if not one.only_says(item.label)]
        elif question.type == "repeat":
            item.items = [self.person(index) for index in range(len(self.persons()))]
        elif question.type != "note":
            self.fill(item, question, answers.get(question.name, ""))
        return item

    def fill(self, item: Item, question: Question, value: str | list[str]) -> None:
        """The answer, the choices, and what the browser should know about the field."""
        if question.choices:
            given = value if isinstance(value, list) else [value]
            item.options = [Option(f"{item.id}-{number}" if number else item.id, code, self.to(text), code in given)
                            for number, (code, text) in enumerate(question.choices)]
        item.value = value if isinstance(value, str) else ""
        item.limit = question.limit if question.multiline else 0
        if question.type == "date" and not item.hint:
            item.hint = self.to(words.BIRTH_HINT if "birth" in question.name else words.DATE_HINT)
        item.attributes = browser_attributes(question) | self.number_attributes(question)
        if question.check and question.check.field:
            item.attributes["data-check-when"] = self.json([[item.id.removesuffix(question.name) + question.check.field,
                                                             [question.check.code], True]])
        item.described_by = " ".join(
            f"{item.id}-{part}" for part, there in
            (("hint", item.hint), ("note", item.note), ("count", item.limit), ("error", item.error)) if there)

    def number_attributes(self, question: Question) -> dict[str, str]:
        """What lets the script say at once that a number is wrong; the server judges by the whole constraint."""
        if question.type not in ("integer", "decimal"):
            return {}
        bounds = Expression.bounds(question.node.constraint.compiled) if question.node.constraint is not None else None
        told = {"data-check": question.type}
        if bounds:
            told["data-wrong"] = self.to(question.constraint_message or messages.CONSTRAINT)
            told |= {name: f"{bound:g}" for name, bound in zip(("data-least", "data-most"), bounds) if bound is not None}
        return told

    def persons(self) -> list:
        return self.answers.get(self.form.person_repeat) or []

    def person(self, index: int | str, answers: Mapping | None = None) -> Item:
        """The block of one person; `index` "__i__" makes the pattern that the script copies."""
        repeat = self.form.repeat
        known = answers if answers is not None else self.persons()[index]
        number = index + 1 if isinstance(index, int) else "__n__"
        block = Item(f"person-{number}", "person", self.to(words.PERSON, number=number), index=index)
        block.shared = index != 0 and any(question.shared for question in repeat.walk())
        block.items = self.items(repeat.children, f"q-{repeat.name}-{index}-", known if isinstance(known, dict) else {},
                                 (repeat.name, index))
        return block

    def when(self, question: Question, prefix: str) -> str:
        """The tests that the script can make: [[field name, codes, wanted], ...], "" for none."""
        tests = []
        for condition in question.conditions:
            other = self.by_path[condition.path]
            inside = other.part == "person" and not other.is_container
            if not inside or prefix != "q-":
                tests.append([(prefix if inside else "q-") + other.name, list(condition.codes), condition.wanted])
        return self.json(tests) if tests else ""

    def note(self, question: Question) -> str:
        """The same in words, for a browser without script."""
        parts = [self.condition_words(condition) for condition in question.conditions]
        if not parts:
            return self.to(words.ONLY_IF_NEEDED) if question.relevant and not self.to(question.hint) else ""
        return self.to(words.ONLY_IF, conditions=self.to(words.AND).join(parts))

    def condition_words(self, condition) -> str:
        other = self.by_path[condition.path]
        names = dict(other.choices)
        chosen = self.to(words.OR).join(self.to(words.QUOTED, words=names[code].to(self.language) if code in names else code)
                                        for code in condition.codes)
        return self.to(words.IS if condition.wanted else words.IS_NOT, question=self.to(other.label), answers=chosen)

    def summary(self) -> list[tuple[str, str]]:
        """(id, sentence) for every error, in the order given."""
        lines = []
        for path, text in reversed(self.errors.items()):
            part = self.form.by_name["person" if len(path) == 3 else "household"]
            question = part.get(path[-1]) or (self.form.repeat if path[-1] == self.form.person_repeat else None)
            label = self.to(question.label) if question else path[-1]
            where = self.to(words.PERSON, number=path[1] + 1) + self.to(words.COMMA) if len(path) == 3 else ""
            lines.append(("q-" + "-".join(map(str, path)), self.to(words.ERROR_LINE, where=where, label=label, error=text)))
        return lines

    @staticmethod
    def json(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def questionnaire_html(form: Form, language: str, answers: dict | None = None, errors: Iterable[AnswerError] = (),
                       persons: int = 1, at: int | None = None) -> Markup:
    """The questionnaire's fragment with these answers in it, each error beside its field and all of them on top.

    `answers`: raw or clean (see `forms.answers`); at least `persons` blocks are shown. `errors`: as `validate` gave them.
    `at`: the person by whom the page is to open (see `acted_on`).
    """
    errors = list(errors)
    if answers is None and not errors:
        return Markup("".join(page_parts(form, language, persons)))
    return _render(form, language, answers or {}, errors, persons, at)


@lru_cache(maxsize=128)
def page_parts(form: Form, language: str, persons: int = 1) -> tuple[str, ...]:
    """The fragment of the empty questionnaire, rendered once per form, language and number of persons; to be joined."""
    return (str(_render(form, language, {}, [], persons)),)


def _render(form: Form, language: str, answers: dict, errors: list[AnswerError], persons: int, at: int | None = None) -> Markup:
    shown = dict(answers)
    if form.repeat:
        given = list(answers.get(form.person_repeat) or [])
        shown[form.person_repeat] = given + [{}] * (min(persons, MOST_BLOCKS) - len(given))
    page = FormItems(form, language, shown, errors)
    items = page.items(form.questions, "q-", shown, ())
    pattern = page.person("__i__", {}) if form.repeat else None
    if not errors and form.repeat:
        _focus_person(answers.get(form.person_repeat) or [], items, at)
    return Markup(templates.get_template("questionnaire/body.html").render(
        items=items, pattern=pattern, summary=page.summary(), language=language, form=form,
        t=lambda name, **values: page.to(getattr(words, name), **values), script_words=script_words(language)))


def _focus_person(given: list, items: list[Item], at: int | None) -> None:
    """Without script, a long page opens where the person was: at the new, empty block, or by the one that was copied into or
    taken away."""
    added = len(given) > 1 and not given[-1]
    if added or at is not None:
        blocks = next(item.items for item in _below(items) if item.kind == "repeat")
        block = blocks[-1 if at is None else min(at, len(blocks) - 1)]
        next(item for item in _below(block.items) if item.kind not in ("group", "note")).autofocus = True


def _below(items: list[Item]):
    for item in items:
        yield item
        yield from _below(item.items)


def apply_action(form: Form, raw: dict, post: Mapping) -> dict | None:
    """What the answers become when the post asks for one person more or fewer; None when it asks for neither.

    `raw`: from `from_post`. `post`: the same post, a MultiDict or a mapping to lists. Everything typed stays.
    """
    if not form.repeat:
        return None
    people = list(raw.get(form.person_repeat) or [])
    if _value(post, "_add") == form.person_repeat:
        return raw | {form.person_repeat: (people or [{}])[:MOST_BLOCKS] + [{}]}
    index = _value(post, "_copy")
    if index is not None and _is_place(index, people) and people[0]:
        shared = {question.name for question in form.repeat.walk() if question.shared}
        return raw | {form.person_repeat: people[:int(index)] + [
            {name: value for name, value in people[0].items() if name in shared} | people[int(index)]] + people[int(index) + 1:]}
    index = _value(post, "_remove")
    if index is None:
        return None
    if _is_place(index, people):
        del people[int(index)]
    return raw | {form.person_repeat: people}


def acted_on(post: Mapping) -> int | None:
    """The person whom a button of the post copies into or takes away."""
    index = _value(post, "_copy") or _value(post, "_remove") or ""
    return int(index) if index.isascii() and index.isdigit() and len(index) <= 6 else None


def _is_place(index: str, people: list) -> bool:
    return index.isascii() and index.isdigit() and len(index) <= 6 and int(index) < len(people)


def _value(post: Mapping, name: str) -> str | None:
    value = post.get(name)
    return value[0] if isinstance(value, list) and value else value or None

"""Answers: read from a post, checked against the form's own rules, written in one canonical way.

Answers are a plain dict: {"tenure": "own", "needs_help_kind": ["visit"], "person": [{"name": "…"}, …]}.
Every value is a string (integers "3", decimals "45.5", dates "2001-02-03") or, for several choices, a list of codes;
what is empty or not relevant is absent.
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import NamedTuple

from lxml import etree

from forms import messages, residentid
from forms.expressions import Expression, on_day
from forms.form import Form
from forms.language import Text
from forms.questions import Question


class AnswerError(NamedTuple):
    """What is wrong with one answer. `path`: ("tenure",), ("person", 1, "id_number") or ("person",) for all of them."""

    path: tuple
    text: Text


class Result(NamedTuple):
    """`answers`: clean and canonical (complete only without errors). `errors`: in the order of the form.
    `cleaned`: what was sent, for showing again; its persons keep their places."""

    answers: dict
    errors: list[AnswerError]
    cleaned: dict


def canonical(answers: dict) -> bytes:
    """The one way to write these answers as bytes: JSON with sorted keys, UTF-8, no spaces."""
    return json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def validate(form: Form, raw: dict, *, today: date, max_persons: int) -> Result:
    """Check raw answers against `form`. `today`: the day in the campaign's time zone. Never raises for bad answers."""
    return _Run(form, raw if isinstance(raw, dict) else {}, today.isoformat(), max_persons).result()


class _Block:
    """The answers of the household (index None) or of one person, and the instance nodes that hold them."""

    __slots__ = ("index", "answers", "errors", "shown", "nodes", "off")

    def __init__(self, asked: list, raw: object, index: int | None):
        self.index = index
        self.answers: dict = {}
        self.errors: dict[Question, Text] = {}
        self.shown: dict = {}
        self.nodes: dict[Question, etree._Element] = {}
        self.off: set[Question] = set()
        get = raw.get if isinstance(raw, dict) else {}.get
        for question, read in asked:
            value = get(question.name)
            if not value:
                continue
            answer, shown, error = read(value, question)
            if shown:
                self.shown[question.name] = shown
            if error is not None:
                self.errors[question] = error
            elif answer:
                self.answers[question.name] = answer

    @property
    def blank(self) -> bool:
        return not self.answers and not self.errors


class _Run:
    def __init__(self, form: Form, raw: dict, today: str, max_persons: int):
        self.form, self.today = form, today
        self.household = _Block(form.asked["household"], raw, None)
        self.crowd: Text | None = None
        self.persons: list[_Block] = []
        if form.repeat:
            self._read_persons(raw.get(form.person_repeat), max_persons)
        self._plant()

    def _read_persons(self, raw: object, max_persons: int) -> None:
        given = raw if isinstance(raw, list) else []
        blocks = [_Block(self.form.asked["person"], person, index) for index, person in enumerate(given)]
        self.blocks = blocks
        # An empty block that was added and never filled is no person, unless nobody at all was filled in.
        self.persons = [block for block in blocks if not block.blank] or blocks[:1 if self.form.repeat.required else 0]
        if len(self.persons) > max_persons:
            self.crowd = messages.TOO_MANY.fill(limit=max_persons, count=len(self.persons))
            self.persons = []

    def _plant(self) -> None:
        """Build the instance tree and fill in the answers."""
        form = self.form
        root = deepcopy(form.template)
        self.context = on_day(self.today, root)
        _fill(self.household, form.household_nodes, root)
        if form.repeat:
            place = self.household.nodes[form.repeat]
            for person in self.persons:
                branch = deepcopy(form.person_template)
                place.addprevious(branch)
                _fill(person, form.person_nodes, branch)
            place.getparent().remove(place)

    def result(self) -> Result:
        for question in self.form.steps:
            for block in self._blocks(question):
                self._step(question, block)
        errors = list(self._errors())
        answers = dict(self.household.answers)
        cleaned = dict(self.household.shown)
        if self.form.repeat:
            if self.persons:
                answers[self.form.person_repeat] = [person.answers for person in self.persons]
            cleaned[self.form.person_repeat] = [block.shown for block in self.blocks]
        return Result(answers, errors, cleaned)

    def _blocks(self, question: Question) -> list[_Block]:
        if question.part == "person" and question is not self.form.repeat:
            return self.persons
        return [self.household]

    def _step(self, question: Question, block: _Block) -> None:
        """Bring one question up to date: relevance first, then calculation."""
        if question.parent in block.off or (question.relevant and not self._run(question.relevant, question, block)):
            self._switch_off(question, block)
        elif question.calculation:
            value = self._run(question.calculation, question, block)
            block.nodes[question].text = value
            if value:
                block.answers[question.name] = value

    def _run(self, expression: Expression, question: Question, block: _Block):
        return expression(block.nodes[question], self.context)

    def _switch_off(self, question: Question, block: _Block) -> None:
        for below in question.walk():
            block.off.add(below)
            block.answers.pop(below.name, None)
            block.errors.pop(below, None)
            if below in block.nodes and not below.is_container:
                block.nodes[below].text = None
        if self.form.repeat in block.off:
            self._drop_persons()

    def _drop_persons(self) -> None:
        for person in self.persons:
            branch = person.nodes[self.form.repeat]
            branch.getparent().remove(branch)
        self.persons, self.crowd = [], None

    def _errors(self) -> Iterator[AnswerError]:
        for question in self.form.household_nodes:
            if question is self.form.repeat:
                yield from self._person_errors()
            else:
                text = self._wrong(question, self.household)
                if text:
                    yield AnswerError((question.name,), text)

    def _person_errors(self) -> Iterator[AnswerError]:
        repeat = self.form.repeat
        if self.crowd:
            yield AnswerError((repeat.name,), self.crowd)
        elif not self.persons and repeat not in self.household.off and self._required(repeat, self.household):
            yield AnswerError((repeat.name,), repeat.required_message or messages.NO_PERSONS)
        for person in self.persons:
            for question in self.form.person_nodes[1:]:
                text = self._wrong(question, person)
                if text:
                    yield AnswerError((repeat.name, person.index, question.name), text)

    def _wrong(self, question: Question, block: _Block) -> Text | None:
        """What is wrong with the answer to one question, None if nothing."""
        if question in block.errors:
            return block.errors[question]
        if question in block.off:
            return None
        if question.name not in block.answers:
            if not question.is_container and self._required(question, block):
                return question.required_message or (messages.CHOOSE if question.choices else messages.REQUIRED)
            return None
        if question.constraint and not self._run(question.constraint, question, block):
            return self._broken(question, block)
        return None

    def _required(self, question: Question, block: _Block) -> bool:
        if isinstance(question.required, Expression):
            return self._run(question.required, question, block)
        return question.required

    def _broken(self, question: Question, block: _Block) -> Text:
        """The words for a broken constraint: exact ones for a named kind of number, else the form's own."""
        answer, check = block.answers[question.name], question.check
        found = None
        if check and check.kind == "resident-id" and (not check.field or block.answers.get(check.field) == check.code):
            found = residentid.problem(answer, block.answers.get("birth_date", ""), block.answers.get("sex", ""))
        elif check and check.kind == "birth-date":
            found = messages.FUTURE if answer > self.today else messages.TOO_OLD
        return found or question.constraint_message or messages.CONSTRAINT


def _fill(block: _Block, questions: list[Question], branch: etree._Element) -> None:
    block.nodes = nodes = dict(zip(questions, branch.iter()))
    answers = block.answers
    for question in questions:
        value = answers.get(question.name)
        if value and not question.is_container:
            nodes[question].text = value if isinstance(value, str) else " ".join(value)


def from_post(form: Form, post: Mapping[str, list[str]]) -> dict:
    """Raw answers from the fields of a posted page (`q-tenure`, `q-person-0-name`); what the form lacks is ignored.

    Persons keep their order and are numbered anew without gaps, whatever indexes came; an empty block stays, as {}.
    """
    raw: dict = {}
    persons: dict[int, dict] = {}
    prefix = f"q-{form.person_repeat}-" if form.repeat else None
    inside = form.by_name["person"]
    for key, values in post.lists() if hasattr(post, "lists") else post.items():
        question = form.post_names.get(key)
        if question:
            _take(raw, question, values)
        elif prefix and key.startswith(prefix):
            index, _, name = key[len(prefix):].partition("-")
            if name in inside and len(index) <= 9 and index.isascii() and index.isdigit():
                _take(persons.setdefault(int(index), {}), inside[name], values)
    if form.repeat:
        raw[form.person_repeat] = [persons[index] for index in sorted(persons)]
    return raw


def _take(into: dict, question: Question, values: list[str]) -> None:
    given = [value for value in ([values] if isinstance(values, str) else values) if value]
    if given:
        into[question.name] = given if question.type == "select_multiple" else given[-1]


def to_post(form: Form, answers: dict) -> list[tuple[str, str]]:
    """The fields that a browser would post for these answers: the inverse of `from_post`."""
    fields = list(_fields("q-", form.asked["household"], answers))
    for index, person in enumerate(answers.get(form.person_repeat) or []):
        fields += _fields(f"q-{form.person_repeat}-{index}-", form.asked["person"], person)
    return fields


def _fields(prefix: str, asked: list, answers: dict) -> Iterator[tuple[str, str]]:
    for question, _ in asked:
        value = answers.get(question.name, "")
        for item in value if isinstance(value, list) else [value]:
            if item or question.type in ("text", "integer", "decimal", "date"):
                yield prefix + question.name, item

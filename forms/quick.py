"""The quick way to judge answers of a plain form (see `forms.plan`): the same verdict as `forms.filling` in a tenth of the
time. What an answer means is said there; tests hold the two against each other.
"""
from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from forms import messages
from forms.expressions import on_day
from forms.form import Form
from forms.handlers.choice import read_one
from forms.language import Text
from forms.plan import Rule, Update
from forms.questions import Question
from forms.verdict import AnswerError, Result, broken_words
from forms.xpath.context import Context


def validate_quickly(form: Form, raw: dict, today: str, max_persons: int) -> Result:
    """The verdict on raw answers to a form that is `simple`. `today`: ISO date."""
    return _Run(form, raw, today, max_persons).result()


class _Block:
    """The answers of the household (index None) or of one person, and the instance nodes that hold them. It is the frame of
    plain expressions: `household` are the answers of the household, `context` says which day it is."""

    __slots__ = ("index", "answers", "errors", "shown", "nodes", "off", "household", "context")

    def __init__(self, asked: list, raw: object, index: int | None, context: Context, household: dict | None = None):
        self.index, self.context = index, context
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
            if read is read_one and value.__class__ is str and value in question.codes:
                self.shown[question.name] = self.answers[question.name] = value  # most answers by far are of this kind
                continue
            answer, shown, error = read(value, question)
            if shown:
                self.shown[question.name] = shown
            if error is not None:
                self.errors[question] = error
            elif answer:
                self.answers[question.name] = answer
        self.household = self.answers if household is None else household

    @property
    def blank(self) -> bool:
        return not self.answers and not self.errors


class _Run:
    def __init__(self, form: Form, raw: dict, today: str, max_persons: int):
        self.form, self.today, self.context = form, today, on_day(today)
        self.household = _Block(form.asked["household"], raw, None, self.context)
        self.crowd: Text | None = None
        self.persons: list[_Block] = []
        if form.repeat:
            self._read_persons(raw.get(form.person_repeat), max_persons)
        if form.template is not None:
            self._plant()

    def _read_persons(self, raw: object, max_persons: int) -> None:
        given = raw if isinstance(raw, list) else []
        blocks = [_Block(self.form.asked["person"], person, index, self.context, self.household.answers)
                  for index, person in enumerate(given)]
        self.blocks = blocks
        # An empty block that was added and never filled is no person, unless nobody at all was filled in.
        self.persons = [block for block in blocks if not block.blank] or blocks[:1 if self.form.repeat.required else 0]
        if len(self.persons) > max_persons:
            self.crowd = messages.TOO_MANY.fill(limit=max_persons, count=len(self.persons))
            self.persons = []

    def _plant(self) -> None:
        """Build the instance tree and fill in the answers, for expressions that are not plain."""
        form = self.form
        root = self.context.top = deepcopy(form.template)
        _fill(self.household, form.household_nodes, root)
        if form.repeat:
            place = self.household.nodes[form.repeat]
            for person in self.persons:
                branch = deepcopy(form.person_template)
                place.addprevious(branch)
                _fill(person, form.person_nodes, branch)
            place.getparent().remove(place)

    def result(self) -> Result:
        for update in self.form.steps:
            for block in self.persons if update.of_person else (self.household,):
                self._update(update, block)
        errors = list(self._errors())
        answers = dict(self.household.answers)
        cleaned = dict(self.household.shown)
        if self.form.repeat:
            if self.persons:
                answers[self.form.person_repeat] = [person.answers for person in self.persons]
            cleaned[self.form.person_repeat] = [block.shown for block in self.blocks]
        return Result(answers, errors, cleaned)

    def _update(self, update: Update, block: _Block) -> None:
        """Bring one question up to date: relevance first, then calculation."""
        question, _, relevant, calculation = update
        if question.parent in block.off or (relevant is not None and not relevant(block)):
            self._switch_off(question, block)
        elif calculation is not None:
            value = calculation(block)
            value = "" if value in ("NaN", "Invalid Date") else value
            if block.nodes:
                block.nodes[question].text = value
            if value:
                block.answers[question.name] = value

    def _switch_off(self, question: Question, block: _Block) -> None:
        for below in question.walk():
            block.off.add(below)
            if below.part == "person" and block is self.household:
                continue  # the persons go as a whole, below; a question of the household may have the same name as one of theirs
            block.answers.pop(below.name, None)
            block.errors.pop(below, None)
            if below in block.nodes and not below.is_container:
                block.nodes[below].text = None
        if self.form.repeat in block.off:
            self._drop_persons()

    def _drop_persons(self) -> None:
        for person in self.persons if self.form.template is not None else ():
            branch = person.nodes[self.form.repeat]
            branch.getparent().remove(branch)
        self.persons, self.crowd = [], None

    def _errors(self) -> Iterator[AnswerError]:
        before, after = self.form.rules["before"], self.form.rules["after"]
        yield from [AnswerError((name,), text) for name, text in self._wrong(before, self.household)]
        if self.form.repeat:
            yield from self._person_errors()
        yield from [AnswerError((name,), text) for name, text in self._wrong(after, self.household)]

    def _person_errors(self) -> Iterator[AnswerError]:
        repeat = self.form.repeat
        if self.crowd:
            yield AnswerError((repeat.name,), self.crowd)
        elif not self.persons and any(self._wrong(self.form.rules["repeat"], self.household)):
            yield AnswerError((repeat.name,), repeat.required_message or messages.NO_PERSONS)
        for person in self.persons:
            for name, text in self._wrong(self.form.rules["person"], person):
                yield AnswerError((repeat.name, person.index, name), text)

    def _wrong(self, rules: list[Rule], block: _Block) -> Iterator[tuple[str, Text]]:
        """(name, what is wrong) of each answer that breaks a rule. An answer that is there could be read, and was asked for."""
        answers, errors, off = block.answers, block.errors, block.off
        for question, name, required, constraint in rules:
            if name in answers:
                if constraint is not None and not constraint(block):
                    yield name, broken_words(question, answers, self.today)
            elif question in errors:
                yield name, errors[question]
            elif required and question not in off and (required is True or required(block)):
                yield name, question.required_message or messages.unanswered(question.type, bool(question.choices))


def _fill(block: _Block, questions: list[Question], branch: etree._Element) -> None:
    block.nodes = nodes = dict(zip(questions, branch.iter()))
    answers = block.answers
    for question in questions:
        value = answers.get(question.name)
        if value and not question.is_container:
            nodes[question].text = value if isinstance(value, str) else " ".join(value)

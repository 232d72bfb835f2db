"""Answers judged by the form model: what they mean for any form, in the reference's own terms.

The raw answers are read type by type, put into a filling of the form (`forms.model.state`), and what the form then says
is read back.
"""
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from forms import messages
from forms.characters import without_invisible
from forms.form import Form
from forms.handlers import SILENT
from forms.language import LANGUAGES, Text
from forms.model import preloads, showing
from forms.model.evaluation import Context, XPathError
from forms.model.state import EndlessForm, State
from forms.model.texts import Label
from forms.model.tree import Node
from forms.model.values import canonical
from forms.questions import Question
from forms.verdict import AnswerError, Result, broken_words

MOST_PASSES = 8
MOST_ENTRIES = 1_000
LONGEST_KEPT = 10_000
LISTS = ("select_multiple", "rank")


def validate_by_model(form: Form, raw: dict, today: date, max_persons: int, now: datetime | None = None) -> Result:
    """The verdict on raw answers to any form. `today`, `now`, `max_persons`: see `forms.answers.validate`."""
    filling = Filling(form, raw, now or datetime.combine(today, time(12), UTC), max_persons)
    try:
        return filling.result()
    except (EndlessForm, XPathError):
        first = next((question.name for question, _ in form.asked["household"]), "")
        return Result({}, [AnswerError((first,), messages.NOT_WORKED_OUT)], filling.entry.shown_deep())


class Entry:
    """What was sent for the form (index None) or one instance of a repeat, read by type."""

    def __init__(self, form: Form, part: str, raw: object, index: int | None = None):
        self.index = index
        self.answers: dict[Question, str | list[str]] = {}
        self.errors: dict[Question, Text] = {}
        self.shown: dict[str, object] = {}
        self.cleared: list[Question] = []
        self.below: dict[Question, list[Entry]] = {}
        get = raw.get if isinstance(raw, dict) else {}.get
        for question, read in form.asked[part]:
            value = get(question.name)
            if not value:
                if value == "":
                    self.cleared.append(question)
                continue
            answer, shown, error = read(value, question)
            if shown:
                self.shown[question.name] = shown
            if error is not None:
                self.errors[question] = error
            elif answer:
                self.answers[question] = answer
        for question in form.kept[part]:
            value = get(question.name)
            if isinstance(value, str) and value and len(value) <= LONGEST_KEPT:
                self.answers[question] = without_invisible(value)[0]
            elif value == "":
                self.cleared.append(question)
        for repeat in form.repeats_in[part]:
            given = get(repeat.name)
            given = given if isinstance(given, list) else []
            self.below[repeat] = [Entry(form, repeat.part, one, at) for at, one in enumerate(given[:MOST_ENTRIES])]

    @property
    def blank(self) -> bool:
        given = any(question.type not in SILENT for question in self.answers)
        return not given and not self.errors and all(entry.blank for entries in self.below.values() for entry in entries)

    def shown_deep(self) -> dict:
        return self.shown | {repeat.name: [entry.shown_deep() for entry in entries] for repeat, entries in self.below.items()}


class Filling:
    """Raw answers put into a filling of the form. `context`: the world around it, made from `now` if not given. `blanks`:
    instances of a repeat without any answer stay, each at its place, as a person who is filling in needs it."""

    def __init__(self, form: Form, raw: dict, now: datetime, max_persons: int, *, context: Context | None = None,
                 blanks: bool = False):
        self.form, self.now, self.max_persons = form, now, max_persons
        self.context, self.blanks = context or Context(now=now), blanks
        self.entry = Entry(form, "household", raw)
        self.kept: dict[tuple[Node, Question], list[Entry]] = {}
        self.crowds: dict[Question, Text] = {}
        self.entries: dict[Node, Entry] = {}
        self.passes = 0

    def begin(self) -> State:
        """Put the answers in. Raises EndlessForm, XPathError."""
        self.state = State(self.form.definition, self.context)
        self.texts = {code: language for language in reversed(self.form.definition.texts.languages)
                      for code in [self.form.code_of(language)]}
        self._fill()
        return self.state

    def wrong_in(self, scope: Node, questions: list[Question]) -> dict[Question, Text]:
        """What is wrong with the answers to some questions of one entry (or of the form): after `begin`."""
        entry = self.entries.get(scope)
        top = self.form.by_path[scope.d.ref]
        there = [(question, self._node(question, scope)) for question in _inside(top) if question.type != "repeat"]
        block = {question.name: self._answer(question, node, entry) for question, node in there
                 if node is not None and node.leaf and node.seen}
        found = {question: self._wrong(question, scope, entry, block) for question in questions}
        return {question: text for question, text in found.items() if text is not None}

    def result(self) -> Result:
        self.begin()
        preloads.finish(self.state)
        errors: list[AnswerError] = []
        answers = self._collect(self.form.root, self.state.root, (), errors)
        return Result(answers, errors, self.entry.shown_deep())

    # Putting in -------------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Put the answers in until no new instance of a repeat appears for which there are some."""
        before = -1
        for number in range(MOST_PASSES):
            self.passes = number
            self._put(self.entry, self.state.root)
            self.state.settle()
            instances = sum(len(self.state.nodes.get(repeat.node, ())) for repeat in self.form.repeats)
            if instances == before and (number or not self.form.definition.actions):
                break
            before = instances

    def _put(self, entry: Entry, node: Node) -> None:
        self.entries[node] = entry
        for question, answer in entry.answers.items():
            for target in node.below(question.node):
                self.state.put(target, canonical(answer, question.node))
        for question in entry.cleared:
            for target in node.below(question.node):
                self.state.put(target, "")
        for repeat, entries in entry.below.items():
            for range_ in [found for found in node.below(repeat.node) if found.range]:
                self._put_instances(repeat, entries, range_)

    def _put_instances(self, repeat: Question, entries: list[Entry], range_: Node) -> None:
        repeats = self.state.repeats
        if repeats.may_change(range_):
            # An empty block that was added and never filled is no entry, unless nothing at all was filled in.
            if not self.blanks:
                entries = [entry for entry in entries if not entry.blank] or entries[:1 if self._required(repeat) else 0]
            if repeat is self.form.repeat and len(entries) > self.max_persons:
                self.crowds[repeat] = messages.TOO_MANY.fill(limit=self.max_persons, count=len(entries))
                entries = []
            # While a repeat is not asked for, the instances that the form begins with stay, as they do in a client.
            while len(range_.children) > len(entries) and (entries or self._asked_for(range_)):
                repeats.remove(range_.children[-1])
            while len(range_.children) < len(entries):
                repeats.add(range_)
        for entry, instance in zip(entries, range_.children):
            self._put(entry, instance)

    def _asked_for(self, range_: Node) -> bool:
        return self.passes > 0 and any(instance.relevant for instance in range_.children)

    def _required(self, repeat: Question) -> bool:
        return bool(repeat.required)

    # Reading back -----------------------------------------------------------------------------------------------------

    def _collect(self, scope: Question, node: Node, path: tuple, errors: list[AnswerError]) -> dict:
        entry = self.entries.get(node)
        answers: dict = {}
        questions = list(_inside(scope))
        for question in questions:
            if question.type != "repeat":
                found = self._node(question, node)
                if found is not None and found.relevant and found.leaf and question.type != "note" and found.seen:
                    answers[question.name] = self._answer(question, found, entry)
        for question in questions:
            if question.type == "repeat":
                self._collect_repeat(question, node, path, answers, errors)
            else:
                text = self._wrong(question, node, entry, answers)
                if text:
                    errors.append(AnswerError((*path, question.name), text))
        return answers

    def _node(self, question: Question, node: Node) -> Node | None:
        return next((found for found in node.below(question.node) if not found.range), None)

    def _collect_repeat(self, repeat: Question, node: Node, path: tuple, answers: dict, errors: list[AnswerError]) -> None:
        range_ = next(found for found in node.below(repeat.node) if found.range)
        relevant = [child for child in range_.children if child.relevant]
        if not relevant:
            if range_.parent.relevant and showing.range_relevant(self.state, range_):
                if repeat in self.crowds:
                    errors.append(AnswerError((*path, repeat.name), self.crowds[repeat]))
                elif repeat.required and self.state.repeats.at(range_, lambda at: self._holds(repeat, at)):
                    errors.append(AnswerError((*path, repeat.name), repeat.required_message or messages.NO_PERSONS))
            return
        found = []
        for number, child in enumerate(range_.children):
            if child.relevant:
                entry = self.entries.get(child)
                index = entry.index if entry is not None else number
                found.append(self._collect(repeat, child, (*path, repeat.name, index), errors))
        answers[repeat.name] = found

    def _holds(self, repeat: Question, place) -> bool:
        compiled = repeat.node.required
        return compiled is None or compiled.boolean(place, self.state.context)

    def _answer(self, question: Question, node: Node, entry: Entry | None) -> str | list[str]:
        """The answer as it was read; else what the form itself put there."""
        given = entry.answers.get(question) if entry is not None else None
        if given is not None:
            kept = canonical(given, question.node)
            # The order of chosen codes is the form's list's, whatever order it was shown in.
            if node.seen == kept or question.type == "select_multiple" and set(node.seen.split()) == set(kept.split()):
                return given
        return node.seen.split() if question.type in LISTS else node.seen

    def _wrong(self, question: Question, node: Node, entry: Entry | None, answers: dict) -> Text | None:
        """What is wrong with the answer to one question, None if nothing."""
        found = self._node(question, node)
        if found is None or not found.relevant or not found.leaf or question.type == "note":
            return None
        if entry is not None and question in entry.errors:
            return entry.errors[question]
        given = entry.answers.get(question) if entry is not None else None
        if given is not None and found.value and len(found.seen.split()) < len(found.value.split()) and question.node.choices:
            return messages.UNKNOWN_CHOICE
        wrong = showing.violation(self.state, found)
        if wrong == "required":
            own = self._own(found, question.node.required_message)
            return own or question.required_message or messages.unanswered(question.type, question.node.choices is not None)
        if wrong == "constraint":
            return broken_words(question, answers, self.now.date().isoformat(), self._own(found, question.node.constraint_message))
        return None

    def _own(self, node: Node, label: Label | None) -> Text | None:
        """The form's own words with the answers in them, in both languages."""
        if label is None:
            return None
        state, said = self.state, {}
        before = state.language
        for code in LANGUAGES:
            state.language = self.texts.get(code, before)
            said[code] = showing.said(state, node, label) or ""
        state.language = before
        return Text(*said.values()) if all(said.values()) else None


def _inside(scope: Question) -> Iterator[Question]:
    """The questions of one scope in the order of the form; groups left out."""
    for child in scope.children:
        if child.type == "group":
            yield from _inside(child)
        else:
            yield child

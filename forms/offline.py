"""Answers that a device collected where there was no network: judged like all others, but kept whatever the judgement.

The device let its person finish, the household has gone in again: refusing would lose what they said. So what the form
takes is kept as answers, what it does not is named in `flags`, and the caller keeps the XML as it came. The lengths that
pages allow (200 characters, 2,000 in a box) are no rule of the form: a longer text is kept whole, and flagged.
"""
from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from forms.answers import validate
from forms.filling import LONGEST_KEPT, validate_by_model
from forms.form import Form
from forms.handlers.text import as_written, read_text
from forms.model.evaluation import XPathError

MOST_PERSONS = 1_000
MOST_FLAGS = 200


class Judged(NamedTuple):
    """`answers`: what the form takes. `flags`: "invalid:person/1/id_number" (an answer or its absence breaks a rule; the
    answer is kept where it can be read), "dropped:person/age" (sent, but not asked for or not readable), "many:person"."""

    answers: dict
    flags: tuple[str, ...]


@lru_cache(maxsize=64)
def _silent(form: Form) -> set[str]:
    """The names of notes, which are shown and never answered."""
    return {question.name for question in form.root.walk() if question.type == "note"}


def judge(form: Form, raw: dict, *, today: date, now: datetime, max_persons: int) -> Judged:
    """The verdict on the raw answers of a submission. `max_persons`: more are kept too, and flagged."""
    try:
        result = validate(form, raw, today=today, now=now, max_persons=MOST_PERSONS)
    except XPathError:  # an expression that cannot be worked out for these answers: all of it is flagged
        result = validate_by_model(form, raw, today, MOST_PERSONS, now)
    if result.errors:
        _keep_long(form, result.answers, raw, {error.path for error in result.errors})
    flags = [f"invalid:{'/'.join(map(str, error.path))}" for error in result.errors]
    if raw != result.answers:
        sent, kept = _leaves(raw), _leaves(result.answers)
        flags += sorted(f"dropped:{path}" for path, count in sent.items()
                        if kept.get(path, 0) < count and path.rsplit("/", 1)[-1] not in _silent(form))
    if form.person_repeat and len(result.answers.get(form.person_repeat) or ()) > max_persons:
        flags.append(f"many:{form.person_repeat}")
    return Judged(result.answers, tuple(flags[:MOST_FLAGS]))


def _keep_long(form: Form, answers: dict, raw: dict, wrong: set[tuple], part: str = "household", path: tuple = ()) -> None:
    """Put texts in that only are longer than a page takes: a page says so while one writes, a handheld does not."""
    for question, read in form.asked[part]:
        given = raw.get(question.name)
        if read is read_text and (*path, question.name) in wrong and question.name not in answers and \
                isinstance(given, str) and question.limit < len(given) <= LONGEST_KEPT:
            answers[question.name] = as_written(given, question)
    for repeat in form.repeats_in[part]:
        entries, sent = answers.get(repeat.name) or [], raw.get(repeat.name) or []
        if len(entries) == len(sent):  # else it is unknown which entry is which; the XML is kept
            for index, (inside, one) in enumerate(zip(entries, sent)):
                _keep_long(form, inside, one, wrong, repeat.part, (*path, repeat.name, index))


def _leaves(answers: dict) -> dict[str, int]:
    """How many answers there are at each path, without the numbers of instances."""
    found: dict[str, int] = {}
    _count(answers, "", found)
    return found


def _count(answers: dict, prefix: str, found: dict[str, int]) -> None:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for inside in value:
                _count(inside, f"{prefix}{name}/", found)
        elif value:
            path = prefix + name
            found[path] = found.get(path, 0) + 1

"""Answers: read from a post, checked against the form's own rules, written in one canonical way.

Answers are a plain dict: {"tenure": "own", "needs_help_kind": ["visit"], "person": [{"name": "…"}, …]}.
Every value is a string (integers "3", decimals "45.5", dates "2001-02-03", times "14:05:00+08:00", positions
"22.6 114.1 0 5", files by their name) or, for several choices and ranks, a list of codes; a repeat is a list of dicts, and
may hold repeats again. Groups leave no trace, unless two questions of a repeat share a name: then the path of groups
is part of the key ("kitchen/area"). What is empty or not relevant is absent.
"""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from forms.filling import validate_by_model
from forms.form import Form
from forms.handlers import HANDLERS
from forms.questions import Question
from forms.quick import validate_quickly
from forms.verdict import AnswerError, Result

__all__ = ["AnswerError", "Result", "canonical", "files_in", "from_post", "to_post", "validate"]

TYPED = {"text", "integer", "decimal", "date", "time", "dateTime", "barcode", "range", "geopoint", "geotrace", "geoshape"}
_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
SEVERAL = ("select_multiple", "rank")


def canonical(answers: dict) -> bytes:
    """The one way to write these answers as bytes: JSON with sorted keys, UTF-8, no spaces."""
    return _written(answers).encode()


def validate(form: Form, raw: dict, *, today: date, max_persons: int, now: datetime | None = None) -> Result:
    """Check raw answers against `form`. `today`: the day in the campaign's time zone; `now`: the moment, where a form asks
    for it (else noon of that day). Never raises for bad answers."""
    raw = raw if isinstance(raw, dict) else {}
    if form.simple:
        return validate_quickly(form, raw, today.isoformat(), max_persons)
    return validate_by_model(form, raw, today, max_persons, now)


def from_post(form: Form, post: Mapping[str, list[str]]) -> dict:
    """Raw answers from the fields of a posted page (`q-tenure`, `q-person-0-name`, `q-person-0-visit-1-day`); what the form
    lacks is ignored.

    Instances of a repeat keep their order and are numbered anew without gaps, whatever indexes came; an empty block
    stays, as {}.
    """
    top: dict = {}
    for key, values in post.lists() if hasattr(post, "lists") else post.items():
        question = form.post_names.get(key)
        if question:
            _take(top, question, values)
        elif key.startswith("q-"):
            _take_inside(form, "household", top, key[2:], values)
    return _settled(form, "household", top)


def _take_inside(form: Form, part: str, into: dict, key: str, values: list[str]) -> None:
    """Take a field of a repeat: `key` is what follows the prefix of the part that it is in."""
    question = form.by_name.get(part, {}).get(key)
    if question and part != "household":
        _take(into, question, values)
        return
    for repeat in form.repeats_in[part]:
        if key.startswith(repeat.name + "-"):
            index, _, rest = key[len(repeat.name) + 1:].partition("-")
            if rest and len(index) <= 9 and index.isascii() and index.isdigit():
                inside = into.setdefault(repeat.name, {})
                if _known(form, repeat.part, rest):
                    _take_inside(form, repeat.part, inside.setdefault(int(index), {}), rest, values)
                    return


def _known(form: Form, part: str, key: str) -> bool:
    return key in form.by_name.get(part, {}) or any(key.startswith(repeat.name + "-") for repeat in form.repeats_in[part])


def _settled(form: Form, part: str, taken: dict) -> dict:
    """The same with lists in place of numbered blocks; every repeat has its list."""
    for repeat in form.repeats_in[part]:
        blocks = taken.get(repeat.name) or {}
        taken[repeat.name] = [_settled(form, repeat.part, blocks[index]) for index in sorted(blocks)]
    return taken


def _take(into: dict, question: Question, values: list[str]) -> None:
    given = [value for value in ([values] if isinstance(values, str) else values) if value]
    if given:
        into[question.name] = given if question.type in SEVERAL else given[-1]


def to_post(form: Form, answers: dict) -> list[tuple[str, str]]:
    """The fields that a browser would post for these answers: the inverse of `from_post`."""
    return list(_fields(form, "household", "q-", answers))


def _fields(form: Form, part: str, prefix: str, answers: dict) -> Iterator[tuple[str, str]]:
    for question, _ in form.asked[part]:
        value = answers.get(question.name, "")
        for item in value if isinstance(value, list) else [value]:
            if item or question.type in TYPED and question.type in HANDLERS:
                yield prefix + question.name, item
    for repeat in form.repeats_in[part]:
        for index, inside in enumerate(answers.get(repeat.name) or []):
            yield from _fields(form, repeat.part, f"{prefix}{repeat.name}-{index}-", inside)


def files_in(form: Form, answers: dict) -> Iterator[tuple[tuple, str, str]]:
    """(path, name, kind) of every file that the answers name; the kind is image, audio, video or file."""
    kinds = {question.name: question.type for question in form.files}
    return _files(answers, kinds, ()) if kinds else iter(())


def _files(answers: dict, kinds: dict[str, str], path: tuple) -> Iterator[tuple[tuple, str, str]]:
    for name, value in answers.items():
        if isinstance(value, list):
            for index, inside in enumerate(value):
                if isinstance(inside, dict):
                    yield from _files(inside, kinds, (*path, name, index))
        elif name in kinds and isinstance(value, str) and value.strip():
            yield (*path, name), value.strip(), kinds[name]

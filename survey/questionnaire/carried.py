"""What travels with a page of a form that is filled page by page: every answer of the other pages, as JSON in a hidden
field. It is the reader's own, so it is neither signed nor trusted: it is read as answers like any others."""
from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from forms.filling import LISTS, MOST_ENTRIES
from forms.form import Form
from forms.handlers import METADATA
from forms.questions import Question
from survey.questionnaire.fields import field_name

_AT_END = re.compile(r"(\d{4}-\d\d-\d\dT)?\d\d:\d\d")


class Carried(NamedTuple):
    """`raw`: the answers of the other pages. `fields`: the paths of the questions with a field on this page; `others`: of
    those that are only shown. `seed`: of random numbers. `reviewed`: whether all was once seen at the end. `words`: the
    form's language, where the reader chose one. `given`: when this page was given out (seconds since 1970)."""

    raw: dict
    fields: list[tuple]
    others: list[tuple]
    seed: int | None = None
    reviewed: bool = False
    words: str = ""
    given: float = 0

    def written(self) -> str:
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Carried:
    """What a page brings back; nothing of what is no such thing."""
    try:
        raw, fields, others, seed, reviewed, chosen, given = json.loads(text)
        if isinstance(raw, dict) and type(seed) is int and isinstance(chosen, str) and type(given) in (int, float):
            return Carried(raw, _paths(fields), _paths(others), seed, bool(reviewed), chosen, given)
    except (ValueError, TypeError, RecursionError):
        pass
    return Carried({}, [], [])


def tidy(form: Form, raw: dict, part: str = "household") -> dict:
    """The same answers with a list of entries, each a dict, wherever the form has a repeat."""
    for repeat in form.repeats_in[part]:
        entries = raw.get(repeat.name)
        raw[repeat.name] = [tidy(form, entry if isinstance(entry, dict) else {}, repeat.part)
                            for entry in (entries if isinstance(entries, list) else [])[:MOST_ENTRIES]]
    return raw


def _paths(given: list) -> list[tuple]:
    return [tuple(path) for path in given if isinstance(path, list) and _is_path(path)][:MOST_ENTRIES]


def _is_path(path: list) -> bool:
    return len(path) % 2 == 1 and all(isinstance(step, str) if number % 2 == 0 else
                                      type(step) is int and 0 <= step < MOST_ENTRIES for number, step in enumerate(path))


def question_at(form: Form, path: tuple) -> Question | None:
    """The question or repeat that a path of answers leads to."""
    part = "household"
    for name in path[:-1:2]:
        repeat = next((one for one in form.repeats_in.get(part, ()) if one.name == name), None)
        if repeat is None:
            return None
        part = repeat.part
    found = form.by_name.get(part, {}).get(path[-1])
    return found or next((one for one in form.repeats_in.get(part, ()) if one.name == path[-1]), None) or \
        next((one for one in form.parts.get(part, ()) if one.name == path[-1]), None)


def take(form: Form, raw: dict, path: tuple, post: Mapping) -> None:
    """Put what a field of the page says into the answers; a field left empty empties what the form had filled in."""
    question = question_at(form, path)
    if question is None or question.type in METADATA or question.is_container:
        return
    if question not in {one for one, _ in form.asked[question.part]}:
        return
    name = field_name(path[:-1], question)
    values = [value for value in post.getlist(name) if value]
    if question.type in LISTS:
        answer: str | list[str] = values
    else:
        answer = _as_kept(question, values[-1] if values else "", post.get("z-" + name, ""))
    put(raw, path, answer or "")


def _as_kept(question: Question, value: str, rest: str) -> str:
    """What a browser's field left out put back: seconds and zone, month and day, the ; between points."""
    value = value.strip() if question.type != "text" else value
    if question.type in ("time", "dateTime") and rest and _AT_END.fullmatch(value):
        return value + rest[:40]
    if question.type == "date" and ("year" in question.appearance):
        if re.fullmatch(r"[0-9]{4}", value):
            return value + "-01-01"
        if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}", value):
            return value + "-01"
    if question.type in ("geotrace", "geoshape"):
        return ";".join(line.strip() for line in re.split(r"[;\r\n]+", value) if line.strip())
    return value


def entry_at(raw: dict, path: tuple) -> dict:
    """The answers of one entry; an empty dict for none."""
    for name, index in zip(path[::2], path[1::2]):
        entries = raw.get(name)
        raw = entries[index] if isinstance(entries, list) and index < len(entries) else {}
        if not isinstance(raw, dict):
            return {}
    return raw


def put(raw: dict, path: tuple, answer: object) -> None:
    """Put an answer at its path; entries on the way are made. A path that ends at an entry makes that entry."""
    for name, index in zip(path[::2], path[1::2]):
        entries = raw.get(name)
        if not isinstance(entries, list):
            entries = raw[name] = []
        entries.extend({} for _ in range(index + 1 - len(entries)))
        if not isinstance(entries[index], dict):
            entries[index] = {}
        raw = entries[index]
    if len(path) % 2:
        raw[path[-1]] = answer

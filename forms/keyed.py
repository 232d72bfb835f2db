"""What a clerk types for what stands on a paper form, and which answer that is.

KEY-1 Every choice has a key, shown beside it: its code where all codes of the list are one digit; else its place from 1 in
      a list of up to nine; else its code, if all of them are short, or its place.
KEY-2 A choice is also found by its code, its words, the first letters of their readings (hz: 汉族), or any beginning of these
      that only one choice has.
KEY-3 Several choices are typed one after the other (13), or with blanks between them.
KEY-4 A resident ID number that is right fills in birth date and sex where nothing is typed for them.
KEY-5 What is no choice stays as it was typed, and the rules of the form say that it is none.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from forms import residentid
from forms.answers import SEVERAL
from forms.form import Form
from forms.initials import initials
from forms.language import Text
from forms.questions import Question

_MOST_PLACES, _LONGEST_CODE = 9, 3
_BETWEEN = re.compile(r"[\s,，、;；+]+")


class Choice(NamedTuple):
    """One answer of a list. `search`: what else finds it, folded."""

    code: str
    key: str
    words: Text
    search: tuple[str, ...]


def fold(text: str) -> str:
    """`text` in one width and case, without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=4096)
def choices(question: Question) -> tuple[Choice, ...]:
    """The choices of a question with their keys (KEY-1)."""
    codes = [code for code, _ in question.choices]
    by_code = all(len(code) == 1 and code.isdigit() for code in codes) or (
        len(codes) > _MOST_PLACES and all(len(code) <= _LONGEST_CODE for code in codes))
    return tuple(Choice(code, code if by_code else str(place), words,
                        tuple(dict.fromkeys(filter(None, (fold(words.zh), initials(words.zh), fold(words.en), fold(code))))))
                 for place, (code, words) in enumerate(question.choices, 1))


def found(question: Question, typed: str) -> str | None:
    """The code of the choice that `typed` means, None for none or more than one (KEY-1, 2)."""
    text = fold(typed)
    listed = choices(question)
    for means in (lambda each: fold(each.key) == text, lambda each: text in each.search,
                  lambda each: any(word.startswith(text) for word in each.search)):
        codes = [each.code for each in listed if means(each)]
        if codes:
            return codes[0] if len(codes) == 1 else None
    return None


def read(form: Form, raw: dict) -> dict:
    """The raw answers (see `forms.answers.from_post`) with codes in place of what was typed for them."""
    return _each(form, "household", raw, _meant, _fill_from_number)


def typed(form: Form, answers: dict) -> dict:
    """The inverse of `read`: answers as a clerk would type them."""
    return _each(form, "household", answers, _written, lambda *_: None)


def _each(form: Form, part: str, answers: dict, change: Callable, finish: Callable) -> dict:
    """The answers of a part and its repeats with `change(question, value)` for those to questions with choices; then
    `finish(form, part, changed)` of each part."""
    changed = dict(answers)
    for question, _ in form.asked[part]:
        value = answers.get(question.name)
        if value and question.choices:
            changed[question.name] = change(question, value)
    finish(form, part, changed)
    for repeat in form.repeats_in[part]:
        changed[repeat.name] = [_each(form, repeat.part, entry, change, finish) for entry in answers.get(repeat.name) or []]
    return changed


def _meant(question: Question, value: str | list[str]) -> str | list[str]:
    return _several(question, value) if question.type in SEVERAL else found(question, value) or value


def _written(question: Question, value: str | list[str]) -> str:
    keys = {each.code: each.key for each in choices(question)}
    given = [keys.get(code, code) for code in ([value] if isinstance(value, str) else value)]
    return ("" if all(len(key) == 1 for key in keys.values()) else " ").join(given)


def _several(question: Question, value: str | list[str]) -> list[str]:
    typed = _BETWEEN.split(value if isinstance(value, str) else " ".join(value))
    keys = {each.key for each in choices(question)}
    if all(len(key) == 1 for key in keys):
        typed = [one for text in typed for one in (fold(text) if set(fold(text)) <= keys else [text])]
    return [found(question, text) or text for text in typed if text]


def _fill_from_number(form: Form, part: str, meant: dict) -> None:
    for question, _ in form.asked[part]:
        check, number = question.check, meant.get(question.name)
        if not check or check.kind != "resident-id" or not isinstance(number, str):
            continue
        number = fold(number).upper()
        if (not check.field or meant.get(check.field) == check.code) and residentid.problem(number) is None:
            for name, value in (("birth_date", str(residentid.birth_date(number))), ("sex", residentid.sex(number))):
                if name in form.by_name[part] and not meant.get(name):
                    meant[name] = value

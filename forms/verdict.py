"""The verdict on answers: what is kept, what is wrong, and in which words."""
from __future__ import annotations

from typing import NamedTuple

from forms import messages, residentid
from forms.language import Text
from forms.questions import Question


class AnswerError(NamedTuple):
    """What is wrong with one answer. `path`: ("tenure",), ("person", 1, "id_number"), ("person", 1, "visit", 0, "day"), or
    ("person",) for all of them."""

    path: tuple
    text: Text


class Result(NamedTuple):
    """`answers`: clean and canonical (complete only without errors). `errors`: in the order of the form.
    `cleaned`: what was sent, for showing again; its persons keep their places."""

    answers: dict
    errors: list[AnswerError]
    cleaned: dict


def broken_words(question: Question, answers: dict, today: str, own: Text | None = None) -> Text:
    """The words for a broken constraint: exact ones for a named kind of number, else the form's own.

    `answers`: those of the same block. `own`: the form's words with answers in them filled in."""
    answer, check = answers[question.name], question.check
    found = None
    if check and check.kind == "resident-id" and (not check.field or answers.get(check.field) == check.code):
        found = residentid.problem(answer, answers.get("birth_date", ""), answers.get("sex", ""))
    elif check and check.kind == "birth-date":
        found = messages.FUTURE if answer > today else messages.TOO_OLD
    return found or own or question.constraint_message or messages.CONSTRAINT

"""Choices from a list: the code is kept, the words are shown."""
from __future__ import annotations

from forms import messages
from forms.handlers.reading import EMPTY, Read
from forms.questions import Question


def read_one(raw: object, question: Question) -> Read:
    if not raw:
        return EMPTY
    if isinstance(raw, str) and raw in question.codes:
        return Read(raw, raw)
    return Read("", "", messages.UNKNOWN_CHOICE)


def read_many(raw: object, question: Question) -> Read:
    """Codes in the order of the list, each once, so that the same choice is always the same answer."""
    given = raw.split() if isinstance(raw, str) else raw
    if not given:
        return Read([], [])
    if not isinstance(given, (list, tuple)) or not all(isinstance(code, str) for code in given):
        return Read([], [], messages.UNKNOWN_CHOICE)
    chosen = set(filter(None, given))
    known = [code for code, _ in question.choices if code in chosen]
    if len(known) == len(chosen):
        return Read(known, known)
    return Read([], known, messages.UNKNOWN_CHOICE)

"""Choices from a list: the code is kept, the words are shown."""
from __future__ import annotations

from forms import messages
from forms.handlers.reading import EMPTY, Read
from forms.questions import Question


def read_one(raw: object, question: Question) -> Read:
    """One code of the list; of a list that depends on other answers any code, which is judged with them."""
    if not raw:
        return EMPTY
    if isinstance(raw, str) and (raw in question.codes or question.dynamic):
        return Read(raw, raw)
    return Read("", "", messages.UNKNOWN_CHOICE)


def read_many(raw: object, question: Question) -> Read:
    """Codes in the order of the list, each once, so that the same choice is always the same answer."""
    return read_codes(raw, question, ordered=True)


def read_codes(raw: object, question: Question, *, ordered: bool) -> Read:
    """Codes of the list, each once: in the list's order, or as they came. Of a list that depends on other answers any
    code is read; whether it is offered is judged with them."""
    given = raw.split() if isinstance(raw, str) else raw
    if not given:
        return Read([], [])
    if not isinstance(given, (list, tuple)) or not all(isinstance(code, str) for code in given):
        return Read([], [], messages.UNKNOWN_CHOICE)
    chosen = dict.fromkeys(filter(None, given))
    if question.dynamic:
        return Read(list(chosen), list(chosen))
    known = [code for code, _ in question.choices if code in chosen] if ordered else \
        [code for code in chosen if code in question.codes]
    if len(known) == len(chosen):
        return Read(known, known)
    return Read([], known, messages.UNKNOWN_CHOICE)

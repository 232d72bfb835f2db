"""Text, one line or several; a phone or document number is made plain first."""
from __future__ import annotations

from forms import messages
from forms.characters import digits_and_letters, lines, one_line
from forms.handlers.reading import Read, visible
from forms.questions import Question


def read_text(raw: object, question: Question) -> Read:
    """Visible text of at most `question.limit` characters: of several lines only where the question takes them; numbers and
    documents in plain digits and capitals."""
    text, error = visible(raw)
    if question.check:
        text = digits_and_letters(text)
    else:
        text = lines(text) if question.multiline else one_line(text)
    if error is None and len(text) > question.limit:
        error = messages.TOO_LONG.fill(count=len(text), limit=question.limit)
    return Read("" if error else text, text, error)


def as_written(raw: str, question: Question) -> str:
    """The same text, however long it is."""
    return read_text(raw, question).shown

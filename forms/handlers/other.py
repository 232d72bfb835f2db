"""Ranks, ranges, acknowledgements and the names of files."""
from __future__ import annotations

from decimal import Decimal, InvalidOperation

from forms import messages
from forms.handlers.choice import read_codes
from forms.handlers.number import read_decimal, read_integer
from forms.handlers.reading import EMPTY, Read, visible
from forms.questions import Question

ACKNOWLEDGED = "OK"
_YES = {"ok", "yes", "true", "1", "on"}


def read_rank(raw: object, question: Question) -> Read:
    """All the codes, in the order that the person gave them."""
    return read_codes(raw, question, ordered=False)


def read_range(raw: object, question: Question) -> Read:
    """A number between the bounds of the scale, on one of its steps."""
    kind = question.node.type if question.node is not None else "decimal"
    read = (read_integer if kind == "int" else read_decimal)(raw, question)
    if read.error is not None or not read.answer:
        return read
    try:
        start, end, step = (Decimal(question.parameters.get(name, "1")) for name in ("start", "end", "step"))
        value = Decimal(read.answer)
        fits = min(start, end) <= value <= max(start, end) and not (step and (value - start) % step)
    except (InvalidOperation, ValueError):
        return read  # a scale that says nothing that can be counted
    if fits or "start" not in question.parameters or "end" not in question.parameters:
        return read
    return Read("", read.answer, messages.NOT_ON_SCALE.fill(start=start, end=end, step=step))


def read_acknowledgement(raw: object, question: Question) -> Read:
    """ACKNOWLEDGED, or nothing."""
    text, error = visible(raw)
    if error:
        return Read("", text, error)
    if not text.strip():
        return EMPTY
    agreed = text.strip().lower() in _YES
    return Read(ACKNOWLEDGED, ACKNOWLEDGED) if agreed else Read("", "", messages.WRONG_SHAPE)


def read_file(raw: object, question: Question) -> Read:
    """The name of an attachment; its content is kept elsewhere. No folders in a name."""
    text, error = visible(raw)
    name = text.strip()
    if error:
        return Read("", name, error)
    if not name:
        return EMPTY
    if "/" in name or "\\" in name or name in (".", "..") or len(name) > 200:
        return Read("", "", messages.NOT_FILE)
    return Read(name, name)

"""Whole and decimal numbers, kept as canonical strings so that nothing is rounded."""
from __future__ import annotations

import re

from forms import messages
from forms.handlers.reading import Read, typed
from forms.language import Text
from forms.model.values import MOST
from forms.questions import Question

# Long enough for any count or area, short enough for every database and float.
_INTEGER = re.compile(r"([+-]?)0*(\d{1,15})")
_DECIMAL = re.compile(r"([+-]?)0*(\d{1,12})(?:\.(\d{0,6}))?")


def read_integer(raw: object, question: Question) -> Read:
    """A whole number without leading zeros and sign +, at most MOST either way."""
    found = _read(raw, _INTEGER, messages.NOT_INTEGER)
    if found.answer and abs(int(found.answer)) > MOST:
        return Read("", found.shown, messages.TOO_LARGE)
    return found


def read_decimal(raw: object, question: Question) -> Read:
    """A number with a decimal point, without trailing zeros."""
    return _read(raw, _DECIMAL, messages.NOT_DECIMAL)


def _read(raw: object, shape: re.Pattern, wrong: Text) -> Read:
    text, plain, done = typed(raw)
    if done is not None:
        return done
    match = shape.fullmatch(plain)
    if not match:
        return Read("", one_visible(text), wrong)
    sign, whole, *fraction = match.groups()
    decimals = (fraction[0] or "").rstrip("0") if fraction else ""
    number = whole + (f".{decimals}" if decimals else "")
    canonical = f"-{number}" if sign == "-" and number.strip("0.") else number
    return Read(canonical, canonical)


def one_visible(text: str) -> str:
    """A wrong number as it was typed, within reason, to be shown again."""
    return text.strip()[:200]

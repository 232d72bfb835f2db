"""Dates: ISO as a browser's date field sends them, and the ways people type them."""
from __future__ import annotations

import re
from datetime import date

from forms import messages
from forms.characters import digits_and_letters
from forms.handlers.reading import EMPTY, Read, visible
from forms.questions import Question

_TYPED = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))", re.ASCII)


def read_date(raw: object, question: Question) -> Read:
    text, error = visible(raw)
    plain = digits_and_letters(text)
    if error:
        return Read("", plain, error)
    if not plain:
        return EMPTY
    match = _TYPED.fullmatch(plain)
    if match:
        year, *rest = (int(part) for part in match.groups() if part)
        try:
            iso = date(year, *rest).isoformat()
            return Read(iso, iso)
        except ValueError:
            pass
    return Read("", text.strip()[:200], messages.NOT_DATE)

"""Dates: ISO as a browser's date field sends them, and the ways people type them."""
from __future__ import annotations

import re
from datetime import date

from forms import messages
from forms.handlers.reading import Read, typed
from forms.questions import Question

_PARTED = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
# Eight digits, whatever is left between them when a date shown as 1960-05-08 is mended on a keypad without a dash.
_EIGHT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)


def read_date(raw: object, question: Question) -> Read:
    """YYYY-MM-DD of a day that there is; 1960.5.8, 1960年5月8日 and 19600508 are the same."""
    text, plain, done = typed(raw)
    if done is not None:
        return done
    match = _PARTED.fullmatch(plain) or _EIGHT.fullmatch(plain)
    if match:
        try:
            iso = date(*map(int, match.groups())).isoformat()
            return Read(iso, iso)
        except ValueError:
            pass
    return Read("", text.strip()[:200], messages.NOT_DATE)

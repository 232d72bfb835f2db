"""Times of day, and moments: a date and a time, with the zone if one was given. Kept as they came, never converted."""
from __future__ import annotations

import re

from forms import messages
from forms.handlers.reading import Read, typed
from forms.language import Text
from forms.model.values import is_date
from forms.questions import Question

_CLOCK = r"([01]?\d|2[0-3])[:：]([0-5]\d)(?:[:：]([0-5]\d)(\.\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?"
_TIME = re.compile(_CLOCK, re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T?" + _CLOCK, re.ASCII)


def read_time(raw: object, question: Question) -> Read:
    """HH:MM:SS, with what was given of a fraction and a zone; 9:05 is 09:05:00."""
    return _read(raw, _TIME, messages.NOT_TIME)


def read_moment(raw: object, question: Question) -> Read:
    """YYYY-MM-DDTHH:MM:SS, with what was given of a fraction and a zone."""
    return _read(raw, _MOMENT, messages.NOT_MOMENT)


def _read(raw: object, shape: re.Pattern, wrong: Text) -> Read:
    text, plain, done = typed(raw)
    if done is not None:
        return done
    match = shape.fullmatch(plain)
    *day, hour, minute, second, fraction, zone = match.groups() if match else (None,) * 5
    if not match or day and not is_date(day[0]):
        return Read("", text.strip()[:200], wrong)
    clock = f"{hour.zfill(2)}:{minute}:{second or '00'}{fraction or ''}{zone or ''}"
    canonical = f"{day[0]}T{clock}" if day else clock
    return Read(canonical, canonical)

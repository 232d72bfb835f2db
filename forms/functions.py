"""The ODK functions that libxml2 lacks, for use inside expressions (namespace prefix `r`).

Arguments come as libxml2 gives them: a list of nodes, a string, a float or a boolean.
Meanings follow the ODK XForms specification, https://getodk.github.io/xforms-spec/#xpath-functions.
"""
from __future__ import annotations

import math
import re
from datetime import date
from functools import lru_cache

from lxml import etree

NAMESPACE = "urn:rapid-survey:functions"
EPOCH = date(1970, 1, 1).toordinal()
DATE = re.compile(r"\d{4}-\d\d-\d\d(?=$|T)")

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE_PARTS = {
    "Y": lambda d: f"{d.year:04d}", "y": lambda d: f"{d.year % 100:02d}",
    "m": lambda d: f"{d.month:02d}", "n": lambda d: str(d.month), "b": lambda d: MONTHS[d.month - 1],
    "d": lambda d: f"{d.day:02d}", "e": lambda d: str(d.day), "a": lambda d: WEEKDAYS[d.weekday()],
    "%": lambda d: "%",
}


def text(value: object) -> str:
    """XPath `string()` of an argument."""
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def number(value: object) -> float:
    """XPath `number()` of an argument, with a date as days since 1970-01-01."""
    if isinstance(value, (bool, float)):
        return float(value)
    string = text(value).strip()
    day = as_date(string)
    if day:
        return float(day.toordinal() - EPOCH)
    try:
        return float(string) if string else math.nan
    except ValueError:
        return math.nan


def as_date(string: str) -> date | None:
    """The date that an ISO string begins with, or None."""
    match = DATE.match(string)
    if not match:
        return None
    try:
        return date.fromisoformat(match.group())
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _pattern(source: str) -> re.Pattern:
    return re.compile(source)


def regex(_context, value, pattern):
    """Whether the whole value matches, as in ODK Collect; a pattern that is none matches nothing."""
    try:
        return _pattern(text(pattern)).fullmatch(text(value)) is not None
    except re.error:
        return False


def format_date(_context, value, layout):
    day = as_date(text(value))
    if day is None:
        return ""
    return re.sub("%(.)", lambda m: DATE_PARTS.get(m[1], lambda _d: m[0])(day), text(layout))


def selected(_context, value, code):
    return text(code).strip() in text(value).split()


def selected_at(_context, value, index):
    codes, at = text(value).split(), number(index)
    return codes[int(at)] if 0 <= at < len(codes) else ""


def count_selected(_context, value):
    return float(len(text(value).split()))


def substr(_context, value, start, end=None):
    string = text(value)
    return string[slice(_index(start), None if end is None else _index(end))]


def _index(value: object) -> int:
    """A whole number for a position or a count of places; 0 for anything else."""
    amount = number(value)
    return int(amount) if math.isfinite(amount) else 0


def choose(_context, condition, yes, no):
    return yes if condition else no


def coalesce(_context, first, second):
    return text(first) or text(second)


def integer(_context, value):
    whole = number(value)
    return float(math.trunc(whole)) if math.isfinite(whole) else whole


def round_to(_context, value, places=0.0):
    amount, scale = number(value), 10.0 ** max(-15, min(15, _index(places)))
    return math.floor(amount * scale + 0.5) / scale if math.isfinite(amount * scale) else amount


def day(_context, value):
    return number(value)


def iso_date(_context, value):
    """`date()`: a number of days or an ISO string as an ISO date."""
    ordinal = math.floor(number(value)) + EPOCH if math.isfinite(number(value)) else 0
    return date.fromordinal(ordinal).isoformat() if 1 <= ordinal <= date.max.toordinal() else ""


def power(_context, base, exponent):
    try:
        return math.pow(number(base), number(exponent))
    except (OverflowError, ValueError):
        return math.nan


def _extreme(pick):
    def function(_context, *values):
        numbers = [number([item]) for v in values if isinstance(v, list) for item in v]
        numbers += [number(v) for v in values if not isinstance(v, list)]
        return math.nan if not numbers or any(map(math.isnan, numbers)) else pick(numbers)
    return function


FUNCTIONS = {
    "regex": regex, "format-date": format_date, "selected": selected, "selected-at": selected_at,
    "count-selected": count_selected, "substr": substr, "if": choose, "coalesce": coalesce, "int": integer,
    "round": round_to, "day": day, "date": iso_date, "min": _extreme(min), "max": _extreme(max),
    "pow": power,
}
# No `_space.prefix`: lxml then registers the prefix anew for each evaluation, and libxml2 keeps a pointer to the old one
# (seen as a UnicodeDecodeError on the second run, lxml 6). Every compiled expression names the prefix itself.
_space = etree.FunctionNamespace(NAMESPACE)
_space.update(FUNCTIONS)

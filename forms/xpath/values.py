"""The four kinds of value of an expression and how they turn into each other, as the ODK clients do it.

A value is a str, a float (a Moment is one too), a bool, or a list of nodes in document order.
"""
from __future__ import annotations

import math
import re
from datetime import tzinfo
from decimal import Decimal

from forms.xpath.dates import Moment, days, is_date
from forms.xpath.nodes import text_of

# ODK Collect reads a decimal comma; no sign +, no exponent (XPath 1.0, section 4.4).
_NUMBER = re.compile(r"\s*-?(?:\d+(?:[.,]\d*)?|[.,]\d+)\s*", re.ASCII)
LONGEST = 5_000_000  # characters
CLOSE = 1e-12
_EXACT = 2 ** 53  # beyond it not every whole number is a float


def to_text(value: object) -> str:
    """`string()` of a value: of a list its first node (XPath 1.0, section 4.2)."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return text_of(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text() if isinstance(value, Moment) else number_text(value)


def to_number(value: object, zone: tzinfo) -> float:
    """The number of a value; the text of a date counts as its days since 1970-01-01T00:00Z."""
    if isinstance(value, str):
        return text_number(value, zone)
    if isinstance(value, list):
        return text_number(text_of(value[0]), zone) if value else math.nan
    return float(value)


def to_boolean(value: object) -> bool:
    """`boolean()` of a value (XPath 1.0, section 4.3); a date is true, also that of day 0."""
    if isinstance(value, float):
        return not math.isnan(value) and (isinstance(value, Moment) or value != 0)
    return bool(value)


def text_number(text: str, zone: tzinfo) -> float:
    """The number in a text; of a date its days since 1970-01-01T00:00Z; NaN for neither."""
    if text.isdecimal() and text.isascii():
        return float(text)
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "."))
    return days(text, zone)


def number_text(number: float) -> str:
    """A number as the browser engines write it: no exponent between 1e-6 and 1e21."""
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    written = repr(float(number)).removesuffix(".0")
    if "e" not in written:
        return written
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(written), "f")  # 1e+20 as 1 and twenty zeros
    mantissa, exponent = written.split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def comparable(text: str, zone: tzinfo) -> str | float:
    """What a text is compared by: a date by its moment, so that 10:00+08:00 equals 02:00Z; any other by itself."""
    if is_date(text):
        number = days(text, zone)
        return number if number == number else text
    return text


def same(one: float, two: float) -> bool:
    """Whether two numbers are equal. 6.1 - 7.8 is -1.7, though not in binary: what is nearer than CLOSE counts as equal, as
    in ODK Collect."""
    return one == two or abs(one - two) < CLOSE


def different(one: float, two: float) -> bool:
    """Whether two numbers are not `same`."""
    return not same(one, two)


def equal(left: object, right: object, zone: tzinfo) -> bool:
    """`left = right` (XPath 1.0, section 3.4)."""
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, list) and isinstance(right, list):
        return not _keys(left, zone).isdisjoint(_keys(right, zone))
    if isinstance(right, list):
        left, right = right, left
    if isinstance(left, list):
        if isinstance(right, float):
            return any(same(text_number(text_of(node), zone), right) for node in left)
        wanted = comparable(right, zone)
        return any(comparable(text_of(node), zone) == wanted for node in left)
    if isinstance(left, float) or isinstance(right, float):
        return same(to_number(left, zone), to_number(right, zone))
    return left == right or comparable(left, zone) == comparable(right, zone)


def differ(left: object, right: object, zone: tzinfo) -> bool:
    """`left != right`: not the opposite of `equal`, where sets of nodes are compared."""
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) != to_boolean(right)
    if isinstance(left, list) and isinstance(right, list):
        return bool(left) and bool(right) and len(_keys(left, zone) | _keys(right, zone)) > 1
    if isinstance(right, list):
        left, right = right, left
    if isinstance(left, list):
        if isinstance(right, float):
            return any(different(text_number(text_of(node), zone), right) for node in left)
        wanted = comparable(right, zone)
        return any(comparable(text_of(node), zone) != wanted for node in left)
    return not equal(left, right, zone)


def _keys(nodes: list, zone: tzinfo) -> set:
    return {comparable(text_of(node), zone) for node in nodes}


def ordered(compare, left: object, right: object, zone: tzinfo) -> bool:
    """`left < right` and its like: by numbers, for sets of nodes by whether any pair fits."""
    if isinstance(left, list) and isinstance(right, list):
        # Any pair fits when the extremes of the two sides do.
        lows, highs = _span(left, zone), _span(right, zone)
        return bool(lows and highs) and (compare(lows[0], highs[1]) or compare(lows[1], highs[0]))
    if isinstance(left, list):
        limit = to_number(right, zone)
        return any(compare(text_number(text_of(node), zone), limit) for node in left)
    if isinstance(right, list):
        limit = to_number(left, zone)
        return any(compare(limit, text_number(text_of(node), zone)) for node in right)
    return compare(to_number(left, zone), to_number(right, zone))


def _span(nodes: list, zone: tzinfo) -> tuple[float, float] | None:
    numbers = [n for n in (text_number(text_of(node), zone) for node in nodes) if n == n]
    return (min(numbers), max(numbers)) if numbers else None

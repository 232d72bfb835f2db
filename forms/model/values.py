"""Values as an instance holds them: one canonical string a type, "" for what is none of its type."""
from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal

from forms.model.definition import NodeDef

LEAST, MOST = -2_147_483_648, 2_147_483_647
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(T.*)?$", re.S)
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d+)?)?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?"
_TIME = re.compile(_CLOCK + "$")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)T" + _CLOCK + "$")


def canonical(value: object, d: NodeDef, context: object = None) -> str:
    """What the instance keeps for a value given by a person, a calculation or an action."""
    if d.control == "trigger":
        return "OK" if value is True or value not in (None, False, "", "false", "0") else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        value = "1" if value and d.type == "boolean" else "0" if d.type == "boolean" else str(value).lower()
    elif isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    elif isinstance(value, float) and value.is_integer():
        value = str(int(value))
    text = str(value)
    encode = ENCODERS.get(d.type)
    if d.control == "range":
        return _on_scale(encode(text) if encode and text else text, d)
    if d.control in ("select", "rank"):
        return " ".join(dict.fromkeys(text.split()))
    if d.control == "select1":
        return text
    return encode(text) if encode and text else text


def _integer(text: str) -> str:
    number = _float(text)
    if number is None or not LEAST <= int(number) <= MOST:
        return ""
    return str(int(number))


def _decimal(text: str) -> str:
    number = _float(text)
    if number is None:
        return ""
    return _written(number)


def _written(number: float) -> str:
    """A number with a decimal point and without an exponent, in as few digits as tell it from others."""
    plain = format(Decimal(repr(number)), "f")
    return plain if "." in plain else f"{plain}.0"


def _float(text: str) -> float | None:
    if not _NUMBER.match(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def is_date(text: str) -> bool:
    """Whether a text begins with a day that there is, as YYYY-MM-DD."""
    match = _DATE.match(text)
    if not match:
        return False
    try:
        date(*map(int, match.groups()[:3]))
    except ValueError:
        return False
    return True


def _on_scale(text: str, d: NodeDef) -> str:
    """A value of a range, "" for one that is not on its scale. Between its steps it stays, as a form may begin with such a value;
    what a person gives is held to the steps by `forms.handlers`."""
    number, start, end = (_float(part or "") for part in (text, d.body.get("start"), d.body.get("end")))
    if number is None or start is None or end is None:
        return text if number is not None else ""
    return text if min(start, end) <= number <= max(start, end) else ""


def has_zone(text: str) -> bool:
    """Whether a date and time says its offset from UTC."""
    match = _DATETIME.match(text)
    return bool(match and match.groups()[-1])


def _date(text: str) -> str:
    if not is_date(text) or "T" in text and not _DATETIME.match(text):
        return ""
    return text[:10]


def _time(text: str) -> str:
    return text if _TIME.match(text) else ""


def _datetime(text: str) -> str:
    if is_date(text) and len(text) == 10:
        return text
    return text if _DATETIME.match(text) and is_date(text) else ""


def geopoint(text: str) -> str:
    """"latitude longitude altitude accuracy" (degrees, metres), what is missing as 0.0; "" for what is no point."""
    parts = text.split()
    numbers = [_float(part) for part in parts]
    if not 2 <= len(parts) <= 4 or None in numbers or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        return ""
    return " ".join(map(_written, numbers + [0.0] * (4 - len(parts))))


def _places(text: str) -> str:
    """A line or area of points, each as `geopoint` writes it."""
    points = [geopoint(point) for point in text.split(";") if point.strip()]
    return ";".join(points) if all(points) else ""


def _boolean(text: str) -> str:
    return "1" if text in ("1", "true") else "0" if text in ("0", "false") else ""


ENCODERS = {"int": _integer, "decimal": _decimal, "date": _date, "time": _time, "dateTime": _datetime, "boolean": _boolean,
            "geopoint": geopoint, "geotrace": _places, "geoshape": _places}

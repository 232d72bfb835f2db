"""Reading one cell: its text, an area, a coordinate, and whether it is about a person."""
from __future__ import annotations

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from campaigns.frame import errors
from campaigns.frame.errors import BadValue
from campaigns.frame.places import blank, tidy

LARGEST_AREA = 100_000  # m2; more than any dwelling has
_EXACT = 10**15  # a spreadsheet's number holds 15 digits exactly
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd\ufffe\uffff\ud800-\udfff]")


def text_of(cell: object) -> str:
    """The cell as a person reads it: 501.0 as `501`, a date as `2026-03-01`. Raises BadValue for what cannot be kept."""
    kind = type(cell)
    if kind is str:
        text = tidy(cell)
        if ("�" in text or not text.isprintable()) and _FORBIDDEN.search(text):
            raise BadValue(errors.CONTROL_CHARACTERS, _FORBIDDEN.sub("�", text))
        return text
    if kind is float:
        if abs(cell) >= _EXACT:
            raise BadValue(errors.DIGITS_LOST, "")
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if kind is bool:
        return "TRUE" if cell else "FALSE"
    if kind is datetime.datetime and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


_UNITS = re.compile(r"(?:平方米|平米|㎡|m2|m²|sqm)$", re.IGNORECASE)
_PLAIN_AREA = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,2}))?")
_HUNDREDTH = Decimal("0.01")


def area_dm2(text: str) -> int | None:
    """Floor area in 0.01 m2, rounded half up; None when there is none. Raises BadValue.

    `89.45`, `89.45㎡` and `1,234.5` are read.
    """
    if blank(text):
        return None
    plain = _PLAIN_AREA.fullmatch(text)
    if plain:  # nearly all of them; a Decimal takes four times as long
        hundredths = int(plain[1]) * 100 + int((plain[2] or "").ljust(2, "0"))
        if not 0 < hundredths <= LARGEST_AREA * 100:
            raise BadValue(errors.AREA_IMPOSSIBLE)
        return hundredths
    try:
        area = Decimal(_UNITS.sub("", text).strip().replace(",", ""))
    except InvalidOperation:
        raise BadValue(errors.AREA_NOT_NUMBER) from None
    if not area.is_finite() or not 0 < area <= LARGEST_AREA:
        raise BadValue(errors.AREA_IMPOSSIBLE)
    hundredths = int((area / _HUNDREDTH).to_integral_value(ROUND_HALF_UP))
    if hundredths == 0:
        raise BadValue(errors.AREA_IMPOSSIBLE)
    return hundredths


def position(lon: str, lat: str) -> tuple[float, float] | tuple[None, None]:
    """(longitude, latitude) in degrees; (None, None) when there is none, or 0, 0, which registers write for unknown."""
    if blank(lon) and blank(lat):
        return None, None
    if blank(lon) or blank(lat):
        raise BadValue(errors.COORDINATE_ALONE)
    try:
        east, north = float(lon), float(lat)
    except ValueError:
        raise BadValue(errors.COORDINATE_NOT_NUMBER) from None
    if east == north == 0:
        return None, None
    if abs(east) <= 180 and abs(north) <= 90:  # false for NaN too
        return east, north
    if abs(east) <= 90 and abs(north) <= 180:
        raise BadValue(errors.COORDINATES_SWAPPED)
    raise BadValue(errors.COORDINATE_IMPOSSIBLE)


_PERSONAL = re.compile(
    r"(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}"  # mobile
    r"|0\d{2,3}[- ]\d{7,8}"  # fixed line with its area code
    r"|\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![\dA-Za-z])")  # GB 11643


def looks_personal(text: str) -> bool:
    """Whether `text` holds what looks like a telephone or resident ID number."""
    return len(text) >= 11 and _PERSONAL.search(text) is not None

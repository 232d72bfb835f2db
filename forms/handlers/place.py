"""Positions: a point as "latitude longitude altitude accuracy", lines and areas as points with ; between them."""
from __future__ import annotations

import re

from forms import messages
from forms.handlers.reading import EMPTY, Read, visible
from forms.questions import Question

_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{0,15})?", re.ASCII)
MOST_POINTS = 10_000


def read_point(raw: object, question: Question) -> Read:
    """"latitude longitude", in degrees; altitude and accuracy, in metres, may follow."""
    return _read(raw, 1, 1)


def read_line(raw: object, question: Question) -> Read:
    """At least 2 points, joined by ";"."""
    return _read(raw, 2, MOST_POINTS)


def read_area(raw: object, question: Question) -> Read:
    """At least 3 points, joined by ";"."""
    return _read(raw, 3, MOST_POINTS)


def _read(raw: object, least: int, most: int) -> Read:
    text, error = visible(raw)
    shown = text.strip()
    if error:
        return Read("", shown, error)
    if not shown:
        return EMPTY
    points = [point.replace(",", " ").split() for point in shown.split(";") if point.strip()]
    if least <= len(points) <= most and all(map(_is_point, points)):
        canonical = ";".join(" ".join(point) for point in points)
        return Read(canonical, canonical)
    return Read("", shown[:2000], messages.NOT_PLACE)


def _is_point(parts: list[str]) -> bool:
    return 2 <= len(parts) <= 4 and all(map(_NUMBER.fullmatch, parts)) and abs(float(parts[0])) <= 90 \
        and abs(float(parts[1])) <= 180

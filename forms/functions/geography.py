"""Functions of positions: `latitude longitude altitude accuracy`, several with semicolons between them."""
from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from forms.functions.choosing import spread
from forms.functions.registry import function
from forms.xpath.errors import EvaluationError
from forms.xpath.values import to_text

EARTH = 6_378_100.0  # metres, the radius that the clients take
Point = tuple[float, float]


def points(values: Iterable[object]) -> list[Point] | None:
    """(latitude, longitude) in degrees; None when any of them is no position."""
    found: list[Point] = []
    for text in map(to_text, spread(values)):
        for part in text.strip().removesuffix(";").split(";"):
            point = _point(part.split())
            if point is None:
                return None
            found.append(point)
    return found


def _point(words: list[str]) -> Point | None:
    if not 2 <= len(words) <= 4:
        return None
    try:
        latitude, longitude, *_rest = map(float, words)
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _place(value: object) -> Point | None:
    """The one position that a value is; None for anything else."""
    found = points([value])
    return found[0] if found and len(found) == 1 else None


@function("distance", "vv*", "number")
def distance(*values: object) -> float:
    """The length in metres of the way along the positions, to the centimetre; NaN when one is missing or wrong. The positions
    are those of one value (a line, or a set of questions), or each value is one."""
    if len(values) > 1:
        places = [_place(value) for value in values]
        way = None if None in places else places
    else:
        way = points(values)
    if not way:
        return math.nan
    return _rounded(sum(_between(one, two) for one, two in pairwise(way)))


def _between(one: Point, two: Point) -> float:
    phi, psi = math.radians(one[0]), math.radians(two[0])
    cosine = math.sin(phi) * math.sin(psi) + math.cos(phi) * math.cos(psi) * math.cos(math.radians(one[1] - two[1]))
    return 0.0 if one == two else math.acos(max(-1.0, min(1.0, cosine))) * EARTH


@function("area", "v", "number")
def area(value: object) -> float:
    """The area in square metres that the positions enclose; 0 when one is missing or wrong."""
    shape = points([value])
    if not shape:
        return 0.0
    total = sum(math.radians(two[1] - one[1]) * (2 + math.sin(math.radians(one[0])) + math.sin(math.radians(two[0])))
                for one, two in pairwise([*shape, shape[0]]))
    return _rounded(abs(total * EARTH * EARTH / 2)) if len(shape) > 2 else 0.0


function("enclosed-area", "v", "number")(area)


def _rounded(metres: float) -> float:
    return math.floor(metres * 100 + 0.5) / 100


@function("geofence", "vv", "boolean")
def geofence(point: object, shape: object) -> bool:
    """Whether a position lies within a shape, a way that ends where it began; false for what is no position or no shape."""
    if point == "" and shape == "":
        raise EvaluationError("geofence() needs a position and a shape")
    place, border = _place(point), points([shape])
    if not place or not border or border[0] != border[-1]:
        return False
    (y, x), inside = place, False
    for (y1, x1), (y2, x2) in pairwise(border):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


@function("intersects", "v", "boolean")
def intersects(way: object) -> bool:
    """Whether a line or the border of a shape crosses itself."""
    line = points([way])
    if not line:
        return False
    parts = [part for part in pairwise(line) if part[0] != part[1]]
    if len(parts) > 2000:
        raise EvaluationError("intersects() takes up to 2000 positions")
    closed = line[0] == line[-1]
    return any(_cross(parts[i], parts[j]) for i in range(len(parts)) for j in range(i + 2, len(parts))
               if not (closed and i == 0 and j == len(parts) - 1))


def _cross(one: tuple[Point, Point], two: tuple[Point, Point]) -> bool:
    a, b, c, d = *one, *two
    turns = [_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)]
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    return any(turn == 0 and _on(part, point) for turn, part, point in
               zip(turns, (one, one, two, two), (c, d, a, b), strict=True))


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _on(part: tuple[Point, Point], point: Point) -> bool:
    return all(min(p, q) <= v <= max(p, q) for p, q, v in zip(*part, point, strict=True))

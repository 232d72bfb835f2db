"""Check digits: single characters of one text, each times its weight, added up in one go.

`substr(., 0, 1) * 7 + substr(., 1, 2) * 9 + ...` is the rule of every resident ID number. Part by part it takes as long as
all other rules about a person together.
"""
from __future__ import annotations

from collections.abc import Callable
from operator import mul
from typing import NamedTuple

from forms.xpath.context import Frame

_LARGEST = 1_000_000  # so that whole numbers stay exact, as they are one by one


class Weighted(NamedTuple):
    """The sum of the characters of `text` from place `first` on, each times its weight."""

    text: tuple
    first: int
    weights: tuple[int, ...]

    def run(self, text: Callable[[Frame], str], part_by_part: Callable[[Frame], float]) -> Callable[[Frame], float]:
        """`text` gives the text; `part_by_part` adds up what is not all digits."""
        weights, wanted = self.weights, len(self.weights)
        cut = slice(self.first, self.first + wanted)

        def total(frame: Frame) -> float:
            digits = text(frame)[cut]
            if len(digits) == wanted and digits.isascii() and digits.isdecimal():
                return float(sum(map(mul, map(int, digits), weights)))
            return part_by_part(frame)
        return total


def weighted(first: tuple, more: list[tuple[str, tuple]]) -> Weighted | None:
    """What `first` and `more` (signs and operands of a sum) are, when they are nothing else than such a sum."""
    if any(sign != "+" for sign, _ in more):
        return None
    parts = [_part(tree) for tree in (first, *(tree for _, tree in more))]
    if None in parts:
        return None
    text, start, _ = parts[0]
    if any(part[:2] != (text, start + number) for number, part in enumerate(parts)):
        return None
    return Weighted(text, start, tuple(weight for _, _, weight in parts))


def _part(tree: tuple) -> tuple[tuple, int, int] | None:
    """(text, place, weight) of `substr(text, place, place + 1) * weight`."""
    weight = 1.0
    match tree:
        case ("sum", inner, [("*", ("num", weight))]):
            tree = inner
    match tree:
        case ("call", "substr", [text, ("num", place), ("num", end)]) if (
                place >= 0 and end == place + 1 and place.is_integer() and weight.is_integer() and abs(weight) < _LARGEST):
            return text, int(place), int(weight)
    return None

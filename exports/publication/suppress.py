"""Keeping small counts out of the public page, and keeping them from being worked out.

SUP-1 A count under 10 is not shown.
SUP-2 A row with such a count is not shown at all: one figure of a row would narrow the others.
SUP-3 What is hidden must not follow by subtraction from the total: the smallest of the remaining rows are hidden too, until
      at least two rows are hidden and their sum, in every column, is at least 20. All hidden rows look the same.
SUP-4 A table of one row would repeat the total, so it is left out.
Two publications of different days can still be compared: the difference of two shown counts may be small.
"""
from __future__ import annotations

from collections.abc import Sequence

LEAST = 10


def hidden_rows(rows: Sequence[Sequence[int]], least: int = LEAST) -> set[int]:
    """The places of the rows not to show; every column of `rows` is thought to add up to a published total."""
    hidden = {place for place, row in enumerate(rows) if any(count < least for count in row)}
    if not hidden:
        return hidden
    spare = sorted((place for place in range(len(rows)) if place not in hidden), key=lambda place: (sum(rows[place]), place))
    for place in spare:
        if len(hidden) >= 2 and all(sum(rows[each][column] for each in hidden) >= 2 * least for column in range(len(rows[place]))):
            break
        hidden.add(place)
    return hidden


def shown(count: int, least: int = LEAST) -> int | None:
    """`count`, or None when it is too small to show (SUP-1)."""
    return count if count >= least else None

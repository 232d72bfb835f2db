"""Numbers of rows in addresses and forms. One that no column can hold is nobody's: a database would stop at it."""
from __future__ import annotations

from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """`<int:...>` in a route: a larger one is no page."""

    def __init__(self, map, fixed_digits: int = 0, min: int | None = None, max: int | None = LARGEST, signed: bool = False):
        super().__init__(map, fixed_digits, min, max, signed)


def read(text: str | None) -> int | None:
    """The number that `text` writes; None for anything else."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 10:
        return None
    number = int(text)
    return number if number <= LARGEST else None

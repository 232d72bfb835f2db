"""What every reader hands on: sheets of rows, whatever kind of file they came from."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Cells = list[object]
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0, both ends inside

NO_VALUE = "="  # stands in a cell whose formula has no value
MOST_ROWS = 2_000_000  # in one file; a district of 800,000 doors has room to spare


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows()` begins at the spreadsheet's first row, every time it is called, and may be dropped half way.

    `height` is the number of rows, 0 when it is not known beforehand.
    """

    name: str
    rows: Callable[[], Iterator[Cells]]
    hidden: bool = False
    height: int = 0
    merges: tuple[Merge, ...] = ()

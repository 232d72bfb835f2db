"""What a layout is: a grid of cells on A4, what is the same in each cell, and what differs from door to door."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from campaigns.campaign import Campaign
from campaigns.codes import symbols
from exports.sheets.paper import PAGE_HEIGHT, PAGE_WIDTH, Paper, require_readable
from exports.sheets.qr import Bitmap


class Printed(NamedTuple):
    """What differs from one cell to the next."""

    place: str  # the door, or the person, that the code is for
    code: str  # twelve symbols
    qr: Bitmap

    @property
    def typed(self) -> str:
        """The code as a person types it."""
        return symbols.grouped(self.code)


class Notice(NamedTuple):
    """What is the same in every cell: the campaign, and the address that a person types without a scanner."""

    campaign: Campaign
    address: str  # such as survey.example.cn/h


@dataclass(frozen=True)
class Layout:
    """`columns` x `rows` cells of `width` x `height` points, side by side, centred on A4.

    `same` draws what every cell has, at (0, 0); `each` draws one door's part at the cell's lower left corner.
    """

    columns: int
    rows: int
    width: float
    height: float
    level: str  # error correction of the QR
    qr_side: float  # of its modules, without the quiet zone
    same: Callable[[Paper, Notice], None]
    each: Callable[[Paper, float, float, Printed], None]
    cuts: bool = False

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    @property
    def _left(self) -> float:
        return (PAGE_WIDTH - self.columns * self.width) / 2

    @property
    def _bottom(self) -> float:
        return (PAGE_HEIGHT - self.rows * self.height) / 2

    def check(self, modules: int) -> None:
        """Raises AddressTooLong when a QR code of so many modules would be too fine here."""
        require_readable(self.qr_side, modules)

    def corners(self) -> list[tuple[float, float]]:
        """The lower left corners of the cells, in reading order: along each row, rows from the top."""
        return [(self._left + column * self.width, self._bottom + (self.rows - 1 - row) * self.height)
                for row in range(self.rows) for column in range(self.columns)]

    def draw(self, paper: Paper, notice: Notice, items: Iterator[Printed]) -> int:
        """Draw all pages; returns how many. Items fill the cells in reading order."""
        self.begin(paper, notice)
        self.fill(paper, items)
        return paper.pages

    def begin(self, paper: Paper, notice: Notice) -> None:
        """Draw once, for every cell of the file, what each has."""
        paper.stamp("same")
        self.same(paper, notice)
        paper.end_stamp()

    def fill(self, paper: Paper, items: Iterable[Printed]) -> None:
        """Draw pages of cells for `items`; the last one ends with them."""
        corners, place = self.corners(), 0
        for count, item in enumerate(items):
            place = count % self.cells
            if place == 0 and count:
                self._end(paper)
            x, y = corners[place]
            paper.place_stamp("same", x, y)
            self.each(paper, x, y, item)
        self._end(paper)

    def _end(self, paper: Paper) -> None:
        if self.cuts:
            left, bottom = self._left, self._bottom
            inside = 0.5  # points: a cut along the paper's own edge needs no mark
            paper.cut_marks(
                [x for x in (left + n * self.width for n in range(self.columns + 1)) if inside < x < PAGE_WIDTH - inside],
                [y for y in (bottom + n * self.height for n in range(self.rows + 1)) if inside < y < PAGE_HEIGHT - inside])
        paper.end_page()

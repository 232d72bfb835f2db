"""What a register says once for several rows: cells merged over rows, signs such as 同上, and blanks that mean `as above`."""
from __future__ import annotations

import itertools
from collections.abc import Iterator

from campaigns.frame.headings import Heading
from campaigns.frame.sheets import Cells, Sheet

_GROUPING = ("city", "district", "street", "community", "grid", "compound", "building", "unit")  # from coarse to fine
_ONE_DOOR_ONLY = {"room", "register_code", "area", "lon", "lat", "serial"}  # a merged cell of these does not fill the rows below
_DITTO = frozenset(("同上", "〃", "″", '"', "''", "”", "“", "ditto", "do."))
_STYLE_ROWS = 2_000  # looked at to learn whether a blank means `as above`


class AsAbove:
    """The rows of `sheet` below `heading`, with what stands above them for them."""

    def __init__(self, sheet: Sheet, heading: Heading):
        self._sheet, self._heading, self._fields = sheet, heading, heading.fields
        self._door_column = next((c.place for name in ("room", "address") for c in heading.columns if c.field == name), -1)
        self._blank_is_ditto = self._ditto_fields()
        self._above: dict[str, str] = {}  # grouping texts of the row before

    def _body(self) -> Iterator[tuple[int, Cells]]:
        skip = self._heading.last_row + 1
        return itertools.islice(enumerate(self._sheet.rows()), skip, None)

    def rows(self) -> Iterator[tuple[int, Cells, bool]]:
        """(row from 0, cells with merged ranges filled down, whether the row goes on with the door above)."""
        waiting = [merge for merge in self._sheet.merges if merge[2] > merge[0] and merge[2] > self._heading.last_row]
        waiting.reverse()
        if not waiting:
            yield from ((row, cells, False) for row, cells in self._body())
            return
        filled_columns = {c.place for c in self._heading.columns if c.field not in _ONE_DOOR_ONLY}
        active: dict[int, tuple[int, object]] = {}
        for row, cells in self._body():
            continues = False
            for place, (last, value) in list(active.items()):
                if row > last:
                    del active[place]
                elif place == self._door_column:
                    continues = True
                elif place in filled_columns and place < len(cells):
                    cells[place] = value
            while waiting and waiting[-1][0] <= row:
                top, place, bottom, _ = waiting.pop()
                if top == row and place < len(cells):
                    active[place] = (bottom, cells[place])
            yield row, cells, continues

    def _ditto_fields(self) -> set[str]:
        """Grouping columns, from coarse to fine, in which a blank means `as above`.

        So it is where the value is written once a group: blanks occur, and no row repeats the value of the row before it
        within the same group. Elsewhere a blank is a blank.
        """
        columns = [c for name in _GROUPING for c in self._heading.columns if c.field == name]
        blanks, repeats = set(), set()
        above: Cells = []
        for _, cells in itertools.islice(self._body(), _STYLE_ROWS):
            if not any(cell != "" for cell in cells):
                continue
            same_group = True
            for column in columns:
                value = cells[column.place] if column.place < len(cells) else ""
                before = above[column.place] if column.place < len(above) else ""
                if value == "":
                    blanks.add(column.field)
                elif value != before:
                    same_group = False
                elif same_group:
                    repeats.add(column.field)
            above = cells
        return blanks - repeats

    def fill(self, known: dict[str, str]) -> None:
        """Write into `known`, a row's texts by field, what the row above says for it. Rows come in their order."""
        above = self._above
        carried = True  # a finer level is only carried down while the coarser ones are
        for name in _GROUPING:
            if name not in self._fields:
                continue
            text = known.get(name, "")
            if text in _DITTO:
                known[name] = above.get(name, "")
            elif text:
                carried = carried and text == above.get(name)
            elif carried and name in self._blank_is_ditto and (known.get("room") or known.get("address")):
                known[name] = above.get(name, "")
            above[name] = known.get(name, "")

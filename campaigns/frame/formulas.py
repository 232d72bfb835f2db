"""Finding formulas whose value the workbook does not hold: programs write them so, and only Excel or WPS works them out.

calamine hands such a cell on as an empty one, and a door whose room is a formula would lose its room unseen.
"""
from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from campaigns.frame.sheets import NO_VALUE, Cells

_CHUNK = 1 << 20
_LAST = re.compile(rb"(?:</f>|<f\b[^<>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_CELL = re.compile(rb"<c\s([^<>]*)>\s*<f\b(?:[^<>]*/>|[^<>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_PLACE = re.compile(rb'(?:^|\s)r="([A-Z]{1,3})([0-9]{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Places = dict[int, set[int]]  # row to columns, from 0


def suspected(chunk: bytes) -> bool:
    """Whether a piece of a sheet's XML may hold a formula without a value. Cheap; `without_value` knows."""
    return _LAST.search(chunk) is not None


def without_value(path: Path, parts: set[str]) -> dict[str, Places]:
    """The formulas without a value by sheet name, from those `parts` of the .xlsx at `path`. A computed empty text is a value."""
    with zipfile.ZipFile(path) as archive:
        names = _names(archive)
        return {names[part]: _places(archive, part) for part in parts if part in names}


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part to sheet name (ECMA-376, 18.2.19)."""
    try:
        sheets = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return {}
    targets = {each.get("Id"): posixpath.normpath(posixpath.join("/xl", each.get("Target", "")))[1:] for each in relations}
    return {targets.get(each.get(_RELATION), ""): each.get("name", "") for each in sheets.iter() if each.tag.endswith("}sheet")}


def _places(archive: zipfile.ZipFile, part: str) -> Places:
    found: Places = {}
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            rest += chunk
            end = rest.rfind(b"</c>") + 4
            for attributes in _CELL.findall(rest[:end] if end > 3 else b""):
                place = _PLACE.search(attributes)
                if place and b't="str"' not in attributes:
                    found.setdefault(int(place[2]) - 1, set()).add(_column(place[1]))
            rest = rest[end:] if end > 3 else rest
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def marked(rows: Callable[[], Iterator[Cells]], places: Places, left: int) -> Callable[[], Iterator[Cells]]:
    """`rows` with NO_VALUE in the empty cells at `places`; `left` columns are left out of `rows`."""
    def read() -> Iterator[Cells]:
        for row, cells in enumerate(rows()):
            for column in places.get(row, ()):
                place = column - left
                if place >= 0:
                    cells.extend([""] * (place + 1 - len(cells)))
                    cells[place] = NO_VALUE if cells[place] == "" else cells[place]
            yield cells
    return read

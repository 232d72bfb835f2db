"""Formulas in a workbook. A program that reads a workbook sees the value that Excel kept beside a formula; a formula
without one (never opened in Excel) or with an error for one has nothing to say, and cannot be used."""
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from forms.language import Text

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]+)(\d+)$")
REMEDY = Text("请把公式换成它的结果（复制，再粘贴为值）", "Put its result in its place (copy, then paste as values)")


class Formula(NamedTuple):
    """A cell with a formula. `place` as a spreadsheet names it (C5), `column` its heading; `usable`: it has a result."""

    sheet: str
    row: int
    column: str
    place: str
    written: str
    usable: bool

    @property
    def cause(self) -> Text:
        return Text(f"公式 {self.written} 没有结果", f"the formula {self.written} has no result")


def formulas(data: bytes, headings: dict[str, list[str]]) -> Iterator[Formula]:
    """Every formula in the sheets that `headings` knows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, path in _paths(archive).items():
            if name not in headings or path not in archive.namelist():
                continue
            content = archive.read(path)
            if b"<f" in content or b":f>" in content:
                yield from _of_sheet(content, name, headings[name])


def _paths(archive: zipfile.ZipFile) -> dict[str, str]:
    try:
        book = etree.fromstring(archive.read("xl/workbook.xml"), _parser())
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), _parser())
    except (KeyError, etree.XMLSyntaxError):
        return {}
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    found = {}
    for sheet in book.iter("{*}sheet"):
        target = targets.get(sheet.get(RELATION), "")
        found[(sheet.get("name") or "").lower()] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _of_sheet(content: bytes, name: str, heading: list[str]) -> Iterator[Formula]:
    try:
        for _, cell in etree.iterparse(io.BytesIO(content), tag=("{*}c",), resolve_entities=False, no_network=True):
            formula = cell.find("{*}f")
            if formula is not None:
                value = cell.findtext("{*}v")
                place = _CELL.match(cell.get("r") or "")
                row, column = (int(place[2]), _heading(place[1], heading)) if place else (0, "")
                usable = bool(value or cell.get("t") == "str") and cell.get("t") != "e"
                yield Formula(name, row, column, place[0] if place else "", f"={(formula.text or '')[:60]}", usable)
            cell.clear()
    except etree.XMLSyntaxError:
        return


def _heading(letters: str, heading: list[str]) -> str:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return heading[index - 1] if index <= len(heading) and heading[index - 1] else letters


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

"""A workbook of text cells (ECMA-376), written as a stream."""
from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Sequence
from operator import getitem
from typing import BinaryIO

from exports.cells import STARTERS, neutralise
from forms.language import Text

MOST_ROWS = 1_048_576
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that zip knows: equal content, equal bytes
_FLUSH = 200  # rows written at a time
_MOST_KEPT = 2_000  # cells of a column
_NUMBER = "\0"  # stands for the row's number; `_text` leaves no such character in what is written


def member(name: str) -> zipfile.ZipInfo:
    """A compressed member of a workbook, with a fixed time."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = 3  # twice as fast as the default, a tenth larger
    return info


class Sheet:
    """Writes rows into `file`, with a column for each of `titles` and `cells`. The first two rows are the headings, Chinese and
    English; they stay in view."""

    def __init__(self, file: BinaryIO, titles: Sequence[Text], cells: Sequence[Cells]):
        self._file, self._number, self._cells = file, 0, cells
        self._waiting = [
            f'{_HEAD}<worksheet xmlns="{_NAMESPACE}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="{len(titles)}" width="14" customWidth="1"/></cols>'
            "<sheetData>"]
        for words in ([title.zh for title in titles], [title.en for title in titles]):
            self._add([Cells(place) for place in range(len(titles))], words)

    def add(self, values: Sequence[object]) -> None:
        """One row; None is an empty cell, everything else is text."""
        self._add(self._cells, values)

    def _add(self, cells: Sequence[Cells], values: Sequence[object]) -> None:
        self._number += 1
        row = "".join(map(getitem, cells, values))
        self._waiting.append(f'<row r="{_NUMBER}">{row}</row>'.replace(_NUMBER, str(self._number)))
        if len(self._waiting) >= _FLUSH:
            self._flush()

    def end(self) -> None:
        self._waiting.append("</sheetData></worksheet>")
        self._flush()

    def _flush(self) -> None:
        self._file.write("".join(self._waiting).encode())
        self._waiting.clear()


class Cells(dict):
    """The cells of the column at `place` by value, each with the row's number still open: most are places, codes and their words,
    again and again. `shown` says what a cell shows of a value: None for an empty cell. A column holds values of one type."""

    def __init__(self, place: int, shown: Callable[[object], object] | None = None):
        super().__init__()
        self._opening, self._shown = f'<c r="{_letters(place)}{_NUMBER}" t="inlineStr"><is>', shown

    def __missing__(self, value: object) -> str:
        if len(self) >= _MOST_KEPT:
            self.clear()
        shown = self._shown(value) if self._shown else value
        cell = self[value] = "" if shown is None else f"{self._opening}{_text(shown)}</is></c>"
        return cell


def finish(archive: zipfile.ZipFile, second: BinaryIO, names: Sequence[str]) -> None:
    """Add the second sheet (`second`, its XML) and the parts that make two sheets a workbook."""
    with archive.open(member("xl/worksheets/sheet2.xml"), "w", force_zip64=True) as file:
        shutil.copyfileobj(second, file, 1 << 20)
    sheets = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1))
    archive.writestr(member("xl/workbook.xml"), f'{_HEAD}<workbook xmlns="{_NAMESPACE}" xmlns:r="{_RELATIONS}">'
                     f"<sheets>{sheets}</sheets></workbook>")
    archive.writestr(member("xl/_rels/workbook.xml.rels"), _relationships(
        (f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)))
    archive.writestr(member("_rels/.rels"), _relationships([("rId1", "officeDocument", "xl/workbook.xml")]))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
                        for number in range(1, len(names) + 1))
    archive.writestr(member("[Content_Types].xml"), (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{overrides}</Types>'))


def _relationships(rows: Iterable[tuple[str, str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{key}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for key, kind, target in rows)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


_PLAIN = re.compile(rf"(?![\s{re.escape(''.join(sorted(STARTERS)))}])[^<&>_\x00-\x1f\ufffe\uffff]*(?<!\s)")
_SPECIAL = re.compile(r"[<&>\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def _text(value: object) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if _PLAIN.fullmatch(text):
        return f"<t>{text}</t>"
    if text and text[0] in STARTERS:
        text = neutralise(text)
    if not _SPECIAL.search(text):
        return f"<t>{text}</t>"
    # Characters that XML cannot hold, and a carriage return (which XML readers drop), are written as _xHHHH_ (ECMA-376, ST_Xstring).
    text = _ESCAPED.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<t xml:space="preserve">{text}</t>'


def _letters(place: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

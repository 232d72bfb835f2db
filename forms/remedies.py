"""pyxform's complaints as Problems: sheet, row, column, cause and remedy, in both languages."""
from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from forms.complaints import HEADINGS, KNOWN, TYPES
from forms.handlers import HANDLERS
from forms.language import Text
from forms.workbook import FormError, Problem, Row, Workbook

if TYPE_CHECKING:
    from pyxform.errors import PyXFormError

_PLACE = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet, the '([^']+)' value")
_SHEET_ALONE = re.compile(r"On the '(\w+)' sheet")
_HEADERS = re.compile(r"for sheet: '(\w+)'")
_TYPE = re.compile(r"Unknown question type '(.*)'\.?$", re.S)
# Types whose rows need words, and the columns that hold them.
ASKED = {"text", "integer", "decimal", "select_one", "select_multiple", "rank", "range", "note", "date", "time", "datetime", "geopoint",
         "geotrace", "geoshape", "image", "audio", "video", "file", "barcode", "acknowledge"}
WORDS = {"label", "hint", "caption", "media", "image", "audio", "video"}
_SPACED = re.compile(r"Choice names with spaces .* See \[(.*?)\] in \[(.*?)\]", re.S)
KINDS = [*HANDLERS, "note", "calculate", "hidden", "begin_group", "end_group", "begin_repeat", "end_repeat", "select_one_from_file"]
OTHERWISE = Text("请按提示改正后再试", "Mend it and try again")


def explained(error: PyXFormError, book: Workbook) -> list[Problem]:
    """One complaint as problems: usually one, or one for each row that it is about."""
    said = str(error).strip()
    place, sheet = _PLACE.search(said), _SHEET.search(said)
    row = int(place[1]) if place else 0
    name, column = (sheet[1], sheet[2]) if sheet else ("survey", "")
    alone = _SHEET_ALONE.search(said) or _HEADERS.search(said)
    if not sheet and alone:
        name = alone[1]
    for pattern, default, cause, remedy in KNOWN:
        match = re.search(pattern, said)
        if match:
            parts = match.groups()
            problem = Problem(name, row, Text(*(text.format(*parts) for text in cause)),
                              Text(*(text.format(*parts) for text in remedy)), default or column)
            break
    else:
        plain = _PLACE.sub("", said)
        problem = Problem(name, row, Text(f"表格有错，只有英文说明：{plain.rstrip('.')}", plain.rstrip(".")), OTHERWISE, column)
    problem = problem._replace(remedy=_meant(problem, said, book))
    return _everywhere(problem, said, book) or [problem]


def _meant(problem: Problem, said: str, book: Workbook) -> Text:
    """The remedy, with the word that was probably meant."""
    unknown = _TYPE.search(said)
    if unknown:
        kind = " ".join(unknown[1].split()).lower()
        close = difflib.get_close_matches(kind.split(" ")[0], KINDS, 1, 0.7) if kind else []
        meant = TYPES.get(kind) or TYPES.get(kind.split(" ")[0]) or " ".join([*close, *kind.split(" ")[1:]] if close else [])
        plain = kind.split(" ")[0]
        if plain in KINDS and unknown[1].split()[0] != plain:
            return Text(f"类型要用小写字母：{plain}", f"Types are written in small letters: {plain}")
        if meant and meant.lower() != kind:
            return Text(f"要写的是不是 {meant}？", f"Did you mean {meant.replace('选项表名', 'LIST')}?")
    if _HEADERS.search(said):
        meant = [f"{head} → {HEADINGS[head]}" for head in book.headings.get(problem.sheet, ()) if head in HEADINGS]
        if meant:
            words = ", ".join(meant)
            return Text(f"列名要用英文：{words}", f"Headings are English words: {words}")
    return problem.remedy


def _doubles(book: Workbook) -> list[int]:
    """The rows of choices that repeat one before them in the same list."""
    seen: set[tuple[str, str]] = set()
    found = []
    for row in book.sheets.get("choices", ()):
        name = row.cells.get("name", row.cells.get("value", ""))
        choice = (row.cells.get("list_name", row.cells.get("list name", "")), name)
        if name and choice in seen:
            found.append(row.number)
        seen.add(choice)
    return found


def _of_a_list(row: Row) -> bool:
    """Whether a row takes its choices from the sheet choices."""
    kind = re.sub(r"^select (one|multiple)", r"select_\1", row.cells.get("type", "").lower()).split()
    return len(kind) > 1 and kind[0] in ("select_one", "select_multiple", "rank") and "${" not in kind[1]


def _without_words(row: Row) -> bool:
    """Whether a row asks something without saying what."""
    kind = row.cells.get("type", "").lower().split(" ")[0]
    return kind in ASKED and not any(head.split(":")[0] in WORDS for head in row.cells)


def _with_parameter(said: str, book: Workbook) -> list[Row]:
    """The rows that may be meant by a complaint about a parameter: its name and the value that is wrong stand in them."""
    named = re.search(r"(?:Parameter |value for |^|\s)(max-pixels|quality|randomize|seed|rows|[a-z]+-[a-z-]+)\b", said)
    value = re.search(r": '(.*?)' is an invalid value", said)
    rows = [row for row in book.sheets.get("survey", ()) if named and named[1] in row.cells.get("parameters", "")]
    return [row for row in rows if not value or value[1] in row.cells["parameters"]]


def _everywhere(problem: Problem, said: str, book: Workbook) -> list[Problem]:
    """The rows that a complaint without a row is about."""
    if "Choice names must be unique" in said:
        return [problem._replace(row=number) for number in _doubles(book)]
    if "There should be a choices sheet" in said:
        return [problem._replace(row=row.number) for row in book.sheets.get("survey", ()) if _of_a_list(row)]
    if "has no label or hint" in said:
        return [problem._replace(row=row.number) for row in book.sheets.get("survey", ()) if _without_words(row)]
    spaced = _SPACED.search(said)
    if spaced:
        return [problem._replace(sheet="choices", row=row.number) for row in book.sheets.get("choices", ())
                if spaced[1] == row.cells.get("name") and spaced[2] == row.cells.get("list_name", row.cells.get("list name"))]
    if problem.column == "parameters" and not problem.row:
        return [problem._replace(row=row.number) for row in _with_parameter(said, book)]
    match = _TYPE.search(said)
    if not match or problem.row:
        return []
    return [problem._replace(row=row.number) for row in book.sheets.get("survey", ())
            if " ".join(row.cells.get("type", "").split()).lower() == " ".join(match[1].split()).lower()]


def undeclared(error: FormError, book: Workbook) -> FormError:
    """The headings whose prefix (foo in bind::foo:bar) stands for nothing; the same error where that is not what is wrong."""
    found = re.search(r"Namespace prefix (\S+) ", str(error))
    heads = [(sheet, head) for sheet, written in book.headings.items() for head in written if found and f":{found[1]}:" in head]
    return FormError([
        Problem(sheet, 1, Text(f"列名里的前缀 {found[1]} 没有说明是什么", f"nothing says what the prefix {found[1]} in the heading means"),
                Text(f"不用就删去这一列；要用，请在 settings 工作表加一列 namespaces，写 {found[1]}=\"网址\"",
                     f"Remove the column if it is not needed; else add a column namespaces to the sheet settings, with"
                     f" {found[1]}=\"address\""), head) for sheet, head in heads]) if heads else error

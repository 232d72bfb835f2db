"""From workbook to XForm by pyxform, with every mistake that it finds rather than the first one.

pyxform stops at its first complaint. Here the complaint is noted, the cell or row it is about is made harmless, and
pyxform is asked again, a limited number of times; the list is what a person has to mend.
"""
from __future__ import annotations

import re
import time
from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple

from forms.language import Text
from forms.or_other import in_own_words
from forms.remedies import explained
from forms.workbook import FormError, Problem, Workbook

if TYPE_CHECKING:
    from pyxform.errors import PyXFormError

MOST_ROUNDS = 25
LONGEST = 8.0
_UNKNOWN_TYPE = re.compile(r"Unknown question type '(.*)'\.", re.S)
COLUMNS = {"relevant": ("relevant", "relevance"), "calculation": ("calculation", "calculate")}


class Converted(NamedTuple):
    """`xform`: the XML. `itemsets`: the CSV of the sheet external_choices, None without one. `warnings`: pyxform's."""

    xform: bytes
    itemsets: str | None
    warnings: list[str]


class NotConverted(FormError):
    """What pyxform complains of; `rest`: the form without the rows that are wrong, None when that cannot be made either."""

    def __init__(self, problems: list[Problem], rest: Converted | None):
        super().__init__(problems)
        self.rest = rest


def convert(book: Workbook, name: str) -> Converted:
    """The XForm of a workbook; `name` becomes its ID when its settings give none. Raises NotConverted with all problems."""
    from pyxform.errors import PyXFormError  # half of all that the product loads: only where a workbook is read

    cells = deepcopy(book.cells)
    problems: list[Problem] = []
    tried: dict[tuple, int] = {}
    end = time.monotonic() + LONGEST
    result = None
    for _ in range(MOST_ROUNDS):
        found: PyXFormError | None = None
        try:
            result = _convert(book, cells, name)
            break
        except PyXFormError as error:
            found = error
            new = explained(error, book)
        except RecursionError:
            new = [_confused("too many groups inside each other")]
        except Exception as error:  # pyxform lets KeyError and others through for an odd workbook
            new = _without_list(error, book) or [_confused(f"{type(error).__name__}: {error}")]
        problems += [problem for problem in new if problem not in problems]
        if found is None or time.monotonic() > end or not _mend(cells, new, found, tried):
            break
    converted = result and Converted(in_own_words(result.xform.encode(), book), result.itemsets, result.warnings)
    if problems:
        raise NotConverted(problems, converted)
    return converted


def _convert(book: Workbook, cells: dict, name: str):
    from pyxform.xls2xform import convert as convert_by_pyxform

    given: dict = {"sheet_names": book.names}
    for sheet, rows in cells.items():
        if sheet in ("cascades", "columns"):
            continue
        given[sheet] = [dict(row) for row in rows]
        given[f"{sheet}_header"] = [{head: None for head in book.headings[sheet] if head}]
    settings = given.setdefault("settings", [])
    known = {head.lower().replace(" ", "_") for row in settings[:1] for head in row}
    if not known & {"form_id", "id_string", "set_form_id"}:
        if not settings:
            settings.append({})
        settings[0]["form_id"] = name
        given.setdefault("settings_header", [{}])[0]["form_id"] = None
    return convert_by_pyxform(given, warnings=[])


def _mend(cells: dict, problems: list[Problem], error: PyXFormError, tried: dict[tuple, int]) -> bool:
    """Make what the problems are about harmless; False when nothing could be done."""
    mended = False
    for problem in problems:
        rows = cells.get(problem.sheet, [])
        index = problem.row - 2
        if not 0 <= index < len(rows):
            continue
        times = tried[problem.sheet, problem.row] = tried.get((problem.sheet, problem.row), 0) + 1
        mended |= _soften(rows, index, problem, times)
    return mended


def _soften(rows: list[dict], index: int, problem: Problem, times: int) -> bool:
    row = rows[index]
    by_lower = {head.lower(): head for head in row}
    kind = row.get(by_lower.get("type", ""), "").lower()
    if times > 3 or not row:
        return False
    if problem.sheet == "choices":
        rows[index] = {}
        return True
    if problem.sheet != "survey" or kind.startswith(("begin", "end")) and not problem.column:
        return False
    columns = [by_lower[name] for name in COLUMNS.get(problem.column.lower(), (problem.column.lower(),)) if name in by_lower]
    if problem.column.lower() == "name":
        row[by_lower.get("name", "name")] = f"mended_{index}"
    elif problem.column.lower() in ("type", "label") or kind == "calculate" or times > 1 and not kind.startswith(("begin", "end")):
        kept = {by_lower.get("type", "type"): "hidden", by_lower.get("name", "name"): f"mended_{index}"}
        rows[index] = {head: "-" for head in row if head.lower().startswith("label")} | kept | \
            {head: row[head] for head in kept if head in row and head.lower() == "name"}
    elif columns:
        for column in columns:
            del row[column]
    else:
        row.setdefault(by_lower.get("name", "name"), f"mended_{index}")
    return True


def _without_list(error: Exception, book: Workbook) -> list[Problem]:
    """What pyxform looks for in a list that there is not: the choices of select_multiple from a repeat, and those of
    select_one_external without a filter."""
    if not isinstance(error, KeyError) or not error.args:
        return []
    found = []
    for row in book.sheets.get("survey", []):
        kind, _, named = " ".join(row.cells.get("type", "").split()).partition(" ")
        if named != error.args[0]:
            continue
        if "external" in kind:
            cause = Text("select_one_external 没有写 choice_filter", "select_one_external has no choice_filter")
            remedy = Text("请写 choice_filter；用不着的话改成 select_one，选项写到 choices",
                          "Write a choice_filter, or make it a select_one with its choices in the sheet choices")
            found.append(Problem("survey", row.number, cause, remedy, "choice_filter"))
        elif named.startswith("${") and not kind.lower().endswith("one"):
            cause = Text("重复部分里的答案只能作单选题的选项", "answers of a repeat can be the choices of select_one only")
            found.append(Problem("survey", row.number, cause, Text("请改成 select_one", "Make it a select_one"), "type"))
    return found


def _confused(said: str) -> Problem:
    return Problem("survey", 0, Text(f"表格有错：{said}", f"the workbook has a mistake: {said}"),
                   Text("请按提示改正后再试", "Mend it and try again"))

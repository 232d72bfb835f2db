"""pyxform's complaints as Problems: sheet, row, column, cause and remedy, in both languages."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forms.language import Text
from forms.workbook import Problem, Workbook

if TYPE_CHECKING:
    from pyxform.errors import PyXFormError

_PLACE = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet, the '([^']+)' value")
_SHEET_ALONE = re.compile(r"On the '(\w+)' sheet")
_HEADERS = re.compile(r"for sheet: '(\w+)'")
_TYPE = re.compile(r"Unknown question type '(.*)'\.?$", re.S)
# (pattern in pyxform's sentence, column, cause, remedy); {0} … stand for the pattern's groups.
KNOWN = [
    (r"Unknown question type '(.*)'", "type", ("不认识“{0}”这种问题", "there is no question type “{0}”"),
     ("请查对 type 列的写法", "Check the spelling in the column type")),
    (r"Question or group with no name", "name", ("没有名字", "the question or group has no name"),
     ("请在 name 列写一个名字", "Write a name in the column name")),
    (r"Missing calculation", "calculation", ("calculate 没有写怎么算", "this calculate has no calculation"),
     ("请填 calculation 列", "Fill in the column calculation")),
    (r"List name not in choices sheet: (.*)", "type", ("选项表里没有“{0}”", "the choices sheet has no list “{0}”"),
     ("请在 choices 工作表里加上，或改正名字", "Add it to the sheet choices, or mend the name")),
    (r"Question with no type", "type", ("没有写类型", "the question has no type"), ("请填 type 列", "Fill in the column type")),
    (r"Unmatched begin statement: *(\w*) *\(?(.*?)\)?\.?$", "", ("{0} {1} 没有结束", "the {0} {1} is never ended"),
     ("请加上 end {0}", "Add its end row")),
    (r"Unmatched end statement\. Previous control type: ([^,]*), Control type: (\w+)", "type",
     ("这里结束的 {1} 没有开始过", "this ends a {1} that was never begun"), ("请核对 begin 和 end", "Match each end with its begin")),
    (r"Choice names must be unique", "name", ("同一个选项表里有两个相同的代码", "two choices of a list have the same name"),
     ("请改其中一个；确要重复，请在 settings 里写 allow_choice_duplicates = yes",
      "Change one of them; if it is meant, set allow_choice_duplicates to yes in the sheet settings")),
    (r"must be unique within their nearest parent", "name", ("名字用了两次", "the name is used twice"),
     ("请给其中一个换名字", "Give one of them another name")),
    (r"Repeat names must", "name", ("重复部分的名字已经用过", "the repeat's name is used elsewhere"),
     ("请换一个名字", "Choose another name")),
    (r"Could not find the name '(.*?)'", "", ("表里没有叫“{0}”的问题", "there is no question named “{0}”"),
     ("请改正 ${{ }} 里的名字", "Mend the name inside ${{ }}")),
    (r"The name '(.*?)' appears more than once", "", ("叫“{0}”的问题不止一个", "more than one question is named “{0}”"),
     ("请给它们不同的名字", "Give them different names")),
    (r"Reference variables must start with", "", ("${{ }} 写得不完整", "a reference ${{ }} is not complete"),
     ("请写成 ${{名字}}", "Write it as ${{name}}")),
    (r"Names must begin with a letter or underscore", "", ("名字里有不能用的字符", "the name has characters that it may not have"),
     ("名字以字母或下划线开头，后面可以有字母、数字、- _ .",
      "A name begins with a letter or _, then letters, digits, - _ . may follow")),
    (r"Choices must have a name", "name", ("选项没有代码", "the choice has no name"), ("请填 name 列", "Fill in the column name")),
    (r"You must have a sheet named 'survey'", "", ("没有名为 survey 的工作表", "there is no sheet named survey"),
     ("请把写问题的工作表命名为 survey", "Name the sheet with the questions survey")),
    (r"required column headers were not found: (.*?)\. ", "", ("缺少这些列：{0}", "these columns are missing: {0}"),
     ("请在第一行写上列名", "Write them in the first row")),
]
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
        problem = Problem(name, row, Text(f"表格有错：{plain}", plain.rstrip(".")), OTHERWISE, column)
    return _everywhere(problem, said, book) or [problem]


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


def _everywhere(problem: Problem, said: str, book: Workbook) -> list[Problem]:
    """The rows that a complaint without a row is about."""
    if "Choice names must be unique" in said:
        return [problem._replace(row=number) for number in _doubles(book)]
    match = _TYPE.search(said)
    if not match or problem.row:
        return []
    return [problem._replace(row=row.number) for row in book.sheets.get("survey", ())
            if " ".join(row.cells.get("type", "").split()).lower() == " ".join(match[1].split()).lower()]

"""pyxform's complaints as Problems: sheet, row, column, cause and remedy, in both languages."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from forms.language import Text
from forms.workbook import Problem, Row, Workbook

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
    (r"Unmatched 'begin_(\w+)'.*for the name '(.*?)'", "type", ("{0}“{1}”开始了，没有结束", "the {0} “{1}” is begun and never ended"),
     ("请在它最后一行下面加一行，type 写 end_{0}", "Add a row below its last one with end_{0} in the column type")),
    (r"Unmatched 'end_(\w+)'", "type", ("这里结束的 {0} 没有开始过", "this ends a {0} that was never begun"),
     ("请删去这一行，或在前面补上 begin_{0}", "Remove this row, or add its begin_{0} above")),
    (r"element named '(.*?)' has no label or hint", "label", ("没有题目文字", "the question has no words"),
     ("请填 label 列；列名写错了也会这样", "Fill in the column label; a misspelt heading does this too")),
    (r"There should be a choices sheet", "type",
     ("没有 choices 工作表，找不到选项", "there is no sheet choices with the list that is named here"),
     ("请加一张名为 choices 的工作表，列名写 list_name、name、label",
      "Add a sheet named choices with the columns list_name, name and label")),
    (r"Choice names with spaces cannot be added to multiple choice selects\. See \[(.*?)\] in \[(.*?)\]", "name",
     ("选项表“{1}”的代码“{0}”里有空格，多选题不能用",
      "the name “{0}” of a choice in the list “{1}” has a space; select_multiple cannot have that"),
     ("请去掉空格，或用下划线代替", "Take the space out, or write _ for it")),
    (r"different names for the same column were found: '(.*?)', '(.*?)'", "",
     ("“{0}”和“{1}”两列是一个意思", "“{0}” and “{1}” mean the same column"), ("请删去其中一列", "Remove one of the two columns")),
    (r"Choices should have a label", "label", ("选项没有文字", "the choice has no words"), ("请填 label 列", "Fill in the column label")),
    (r"Unmatched begin statement: *(\w*) *\(?(.*?)\)?\.?$", "", ("{0} {1} 没有结束", "the {0} {1} is never ended"),
     ("请加上 end {0}", "Add its end row")),
    (r"Unmatched end statement\. Previous control type: ([^,]*), Control type: (\w+)", "type",
     ("这里结束的 {1} 没有开始过", "this ends a {1} that was never begun"), ("请核对 begin 和 end", "Match each end with its begin")),
    (r"Choice names must be unique", "name", ("同一个选项表里有两个相同的代码", "two choices of a list have the same name"),
     ("请改其中一个；确要重复，请在 settings 里写 allow_choice_duplicates = yes",
      "Change one of them; if it is meant, set allow_choice_duplicates to yes in the sheet settings")),
    (r"'name' value '(.*?)' is invalid\. Questions, groups, and repeats must be unique", "name",
     ("名字“{0}”用了两次", "the name “{0}” is used twice"),
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
# Types whose rows need words, and the columns that hold them.
ASKED = {"text", "integer", "decimal", "select_one", "select_multiple", "rank", "range", "note", "date", "time", "datetime", "geopoint",
         "geotrace", "geoshape", "image", "audio", "video", "file", "barcode", "acknowledge"}
WORDS = {"label", "hint", "caption", "media", "image", "audio", "video"}
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


def _of_a_list(row: Row) -> bool:
    """Whether a row takes its choices from the sheet choices."""
    kind = re.sub(r"^select (one|multiple)", r"select_\1", row.cells.get("type", "").lower()).split()
    return len(kind) > 1 and kind[0] in ("select_one", "select_multiple", "rank") and "${" not in kind[1]


def _without_words(row: Row) -> bool:
    """Whether a row asks something without saying what."""
    kind = row.cells.get("type", "").lower().split(" ")[0]
    return kind in ASKED and not any(head.split(":")[0] in WORDS for head in row.cells)


def _everywhere(problem: Problem, said: str, book: Workbook) -> list[Problem]:
    """The rows that a complaint without a row is about."""
    if "Choice names must be unique" in said:
        return [problem._replace(row=number) for number in _doubles(book)]
    if "There should be a choices sheet" in said:
        return [problem._replace(row=row.number) for row in book.sheets.get("survey", ()) if _of_a_list(row)]
    if "has no label or hint" in said:
        return [problem._replace(row=row.number) for row in book.sheets.get("survey", ()) if _without_words(row)]
    match = _TYPE.search(said)
    if not match or problem.row:
        return []
    return [problem._replace(row=row.number) for row in book.sheets.get("survey", ())
            if " ".join(row.cells.get("type", "").split()).lower() == " ".join(match[1].split()).lower()]


# What is wrong with an expression, as forms/xpath says it, in Chinese.
FAULTS = [
    (r"the function (.*)\(\) is not supported$", "没有 {0}() 这个函数"),
    (r"the function (.*)\(\) takes (.*)$", "函数 {0}() 的参数个数不对"),
    (r"unexpected (.*)$", "{0} 这里写得不对，看看引号、括号和运算符"),
    (r"the expression ends too early$", "表达式没有写完，看看括号和逗号"),
    (r"(.*) is missing$", "少了 {0}"),
    (r"the prefix (.*) is unknown$", "不认识前缀 {0}"),
    (r"(.*) is no axis$", "没有 {0} 这种写法"),
    (r"more than (\d+) (?:levels|comparisons|parts|steps|signs|words).*$", "太长或太深，超过 {0}"),
    (r"the expression has too many parts$", "太长或太深"),
    (r"no question at (.*)$", "没有这个问题：{0}"),
]


def faulty(cause: str) -> Text:
    """What is wrong with an expression, in both languages; one that has no Chinese words yet stays in English."""
    for pattern, zh in FAULTS:
        found = re.match(pattern, cause)
        if found:
            return Text(zh.format(*found.groups()), f"it cannot be used: {cause}")
    return Text(f"看不懂：{cause}", f"it cannot be used: {cause}")

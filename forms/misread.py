"""What is wrong with an expression, in both languages, and how it was probably meant: people write as in Excel, in other languages
of programs, or with the signs of a Chinese keyboard."""
from __future__ import annotations

import difflib
import re

from forms.functions.registry import FUNCTIONS
from forms.language import Text

# What forms/xpath says, in Chinese.
FAULTS = [
    (r"the function (.*)\(\) is not supported$", "没有 {0}() 这个函数"),
    (r"the function (.*)\(\) takes (.*)$", "函数 {0}() 的参数个数不对"),
    (r"(.*)\(\) takes (.*) values?, not (.*)$", "函数 {0}() 要 {1} 个值，这里有 {2} 个"),
    (r"unexpected (.*)$", "{0} 这里写得不对"),
    (r"the expression ends too early$", "表达式没有写完"),
    (r"(.*) is missing$", "少了 {0}"),
    (r"the pattern (.*) is wrong(.*)$", "regex 的式样 {0} 写得不对"),
    (r"the pattern (.*) repeats a part too often$", "regex 的式样 {0} 重复的次数太多"),
    (r"the prefix (.*) is unknown$", "不认识前缀 {0}"),
    (r"(.*) is no axis$", "没有 {0} 这种写法"),
    (r"more than (\d+) (?:levels|comparisons|parts|steps|signs|words).*$", "太长或太深，超过 {0}"),
    (r"the expression has too many parts$", "太长或太深"),
    (r"conditions and steps after a part in round brackets .*$", "圆括号后面不能再写 [条件] 或 /路径"),
    (r"conditions after (\.+) .*$", "{0} 后面不能写 [条件]"),
    (r"(.*) needs questions, not a value$", "{0} 要的是问题，不是一个值"),
    (r"indexed-repeat\(\) asks for .*$", "indexed-repeat() 的第一个问题不在后面写的重复组里"),
    (r"indexed-repeat\(\) needs .*$", "indexed-repeat() 的每个重复组都要配一个序号"),
    (r"the pattern (.*) has more than (\d+) characters$", "regex 的式样 {0} 超过 {1} 个字"),
    (r"'/text\(\)' can never find anything$", "/text() 什么也找不到"),
    (r"search\(\) needs .*$", "search() 要写带引号的文件名，一共 1、4 或 6 个值"),
    (r"no question at (.*)$", "没有这个问题：{0}"),
]
# What is wrong with a file that the form refers to, in Chinese; the remedy is the same for all.
FILES = [
    (r"line (\d+): a quotation mark.*$", "第 {0} 行的双引号没有成对"),
    (r"the column name (.*) cannot be used$", "列名 {0} 不能用"),
    (r"its text is neither.*$", "文字编码不认识"),
    (r"is no GeoJSON.*$", "不是 GeoJSON 的 FeatureCollection"),
    (r"feature (\d+) is no.*$", "第 {0} 个不是点、线或面"),
    (r"is no XML.*$", "不是正确的 XML"),
    (r"there is no heading.*$", "第一行没有列名"),
    (r"there is no list of root/item.*$", "里面没有列表（root/item）"),
    (r"there is no column (.*) in it$", "没有“{0}”这一列"),
]
_FILE = re.compile(r"the file (.*?): (.*)$", re.S)
_MEND_FILE = Text("请改正这个文件，再选一次；CSV 请另存为“CSV UTF-8”", "Correct this file and choose it again; save a CSV as CSV UTF-8")
_NO_COLUMN = Text("请改正文件第一行的列名，或在 parameters 列写 value=代码列 label=文字列",
                  "Correct the heading in the file, or write value=COLUMN label=COLUMN in the column parameters")
EXCEL = {"vlookup": "pulldata", "len": "string-length", "left": "substr", "mid": "substr", "right": "substr", "concatenate": "concat",
         "isblank": "string-length", "text": "format-date", "average": "sum(…) div count(…)", "iif": "if", "if": "if",
         "length": "string-length", "substring-of": "substr", "date-diff": "decimal-date-time", "datedif": "decimal-date-time",
         "year": "format-date(…, '%Y')", "month": "format-date(…, '%m')", "day": "format-date(…, '%d')", "and": "… and …", "or": "… or …"}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_UNKNOWN = re.compile(r"the function (.*)\(\) is not supported$")
# (what stands outside of quotes, how to mend it), the most telling first.
_MEANT = [
    (r"[，。；：（）＝＞＜｛｝＄“”‘’＋－×÷]", Text("里面有中文（全角）符号，请换成英文的：, ( ) = > < { } '",
                                                   "It has full-width signs; write plain ones: , ( ) = > < { } '")),
    (r"==", Text("相等只写一个 =", "Equal is a single =")),
    (r"<>", Text("不等写成 !=", "Not equal is written !=")),
    (r"&|\|\||\b(AND|OR|NOT)\b|[且或]", Text("并且写 and，或者写 or，都用小写，前后留空格",
                                               "Write and, or in small letters with spaces around them")),
    (r"(?<!\$)\{|\$(?!\{)", Text("指别的问题要写成 ${名字}", "Another question is written ${name}")),
    (r"%", Text("余数写 mod", "The remainder is written mod")),
    (r"[\w})]\s*/\s*[\d$(]|\s/\s", Text("除法写 div，前后留空格", "Division is written div, with spaces around it")),
    (r"^\s*(<|>|=|!=)|\b(and|or)\s*(<|>|=|!=)", Text("用一个点（.）代表填的答案，例如 . > 0", "A dot stands for the answer, as in . > 0")),
    (r"\b(between|in|is|like)\b", Text("范围写成 . >= 1 and . <= 3", "Write a range as . >= 1 and . <= 3")),
]
MEND = Text("请改正这个表达式，看看引号、括号和运算符", "Mend this expression; look at its quotes, brackets and signs")


def misread(cause: str, written: str) -> tuple[Text, Text]:
    """What is wrong with an expression and what to do about it. `cause`: as forms/xpath says it; `written`: as in the workbook."""
    of_file = _FILE.match(cause)
    if of_file:
        return _of_file(*of_file.groups())
    unknown = _UNKNOWN.match(cause)
    return _said(cause), _function(unknown[1]) if unknown else _meant(written)


def _of_file(name: str, cause: str) -> tuple[Text, Text]:
    for pattern, zh in FILES:
        found = re.match(pattern, cause)
        if found:
            remedy = _NO_COLUMN if "no column" in cause else _MEND_FILE
            return Text(f"文件 {name}：{zh.format(*found.groups())}", f"the file {name}: {cause}"), remedy
    return Text(f"文件 {name}：{cause}", f"the file {name}: {cause}"), _MEND_FILE


def _said(cause: str) -> Text:
    for pattern, zh in FAULTS:
        found = re.match(pattern, cause)
        if found:
            return Text(zh.format(*found.groups()), f"it cannot be used: {cause}")
    return Text(f"看不懂：{cause}", f"it cannot be used: {cause}")


def _function(name: str) -> Text:
    """The function that was probably meant."""
    low = name.lower()
    close = difflib.get_close_matches(low, FUNCTIONS, 1, 0.75)
    meant = low if low in FUNCTIONS else EXCEL.get(low) or (close[0] if close else "")
    if not meant:
        return Text("请查对函数的名字；Excel 的函数大多不能用", "Check the function's name; most functions of Excel do not exist here")
    return Text(f"要写的是不是 {meant}？（函数都用小写）", f"Did you mean {meant}? (Functions are written in small letters)")


def _meant(written: str) -> Text:
    bare = _QUOTED.sub("''", written)
    return next((remedy for pattern, remedy in _MEANT if re.search(pattern, bare)), MEND)

"""What a page in a browser cannot do, or does otherwise than a handheld: said by name, so that nothing is dropped in
silence. Nothing here makes a form unusable."""
from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from forms import workbook
from forms.complaints import HEADINGS
from forms.language import Text
from forms.questions import Question
from forms.workbook import Problem, Row, Workbook

KNOWN_COLUMNS = {
    "type", "name", "label", "hint", "guidance_hint", "required", "required_message", "requiredmsg", "relevant", "constraint",
    "constraint_message", "calculation", "appearance", "choice_filter", "personal", "shared", "check", "disabled", "default", "trigger",
    "repeat_count", "count", "parameters", "read_only", "readonly", "media", "image", "audio", "video", "big-image", "rows",
    "autoplay", "bind", "body", "control", "instance", "intent", "save_to", "list_name", "note", "comment", "comments", "query",
}
# Other spellings that pyxform reads as one of the known columns.
KNOWN_COLUMNS |= {"caption", "relevance", "calculate", "command", "tag", "value", "noapperrorstring", "no_app_error_string",
                  "constraining_message", "skippable", "compact_tag", "jr"}
APPEARANCES = {"minimal", "multiline", "numbers", "field-list", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10",
               "full", "vertical", "horizontal", "quick", "columns", "columns-pack", "columns-flex", "likert", "label",
               "list-nolabel", "table-list", "autocomplete", "search", "url", "signature", "draw", "annotate", "new", "new-front",
               "placement-map", "maps", "no-calendar", "month-year", "year", "image-map", "list", "no-buttons", "hidden-answer",
               "thousands-sep", "bearing", "masked", "rating", "picker", "no-ticks", "front", "compact", "horizontal-compact"}
KINDS = {
    "audit": Text("答题过程不会自动记录", "how the answers were filled in is not logged"),
    "background-audio": Text("网页不会在后台录音", "a page does not record in the background"),
    "background-geopoint": Text("网页只在打开时取一次位置", "a page takes the position once, when opened"),
    "start-geopoint": Text("手机同意后才有位置", "the position is there only when the phone allows it"),
    "osm": Text("网页上不能描 OpenStreetMap", "a page cannot draw on OpenStreetMap"),
    "deviceid": Text("网页不知道设备号，会空着", "a page does not know the device's number; it stays empty"),
    "phonenumber": Text("网页不知道电话号码，会空着", "a page does not know the phone's number; it stays empty"),
    "simserial": Text("网页不知道 SIM 卡号，会空着", "a page does not know the SIM card; it stays empty"),
    "subscriberid": Text("网页不知道用户号，会空着", "a page does not know the subscriber; it stays empty"),
}
# What pyxform remarks, in Chinese; anything else stays in its words.
REMARKS = [
    (r"Language 'default' is missing the (\w+) (\S+) column", "工作表 {0} 的 {1} 列写了语言，别的列没写；请都写上，如 hint::中文 (zh)"),
    (r"Language '(.*?)' is missing the (\w+) columns (.*?)\.$", "工作表 {1} 里没有语言“{0}”的这些列：{2}，会用别的语言的文字"),
    (r"The 'disabled' column header", "disabled 不是标准的列，建议改用 relevant"),
    (r"Row without name, text, or label is being skipped", "这一行没有 type、name、label，跳过了"),
    (r"(\S+) is no longer supported on most devices", "{0} 在大多数手机上已经不能用"),
    (r"(Group|Repeat) has no label", "这一组没有题目文字"),
    (r"select one external is only meant for filtered selects", "select_one_external 要写 choice_filter 才有意义"),
    (r"Use the max-pixels parameter", "照片没有限大小，可以在 parameters 写 max-pixels=1600，传得快"),
    (r"This form uses or_other and translations", "or_other 加出来的“其他”，中英文以外的语言里还是英文"),
    (r"\[row : 1\] On the 'choices' sheet, the '(.*?)' value is invalid\. Column headers", "choices 工作表的列名“{0}”是空的或有空格"),
    (r"On the 'choices' sheet, the '(.*?)' value is invalid\. Column headers", "choices 工作表的列名“{0}”是空的或有空格"),
    (r"On the 'choices' sheet, the 'label' value is invalid", "选项没有文字，会显示代码"),
    (r"On the 'survey' sheet, the 'name' value '(.*?)' is problematic", "名字“{0}”和别的名字只差大小写，有的软件分不清"),
    (r"When looking for a sheet named '(\w+)', the following sheets with similar names were found: (.*?)\.",
     "没有名为 {0} 的工作表，有相近的：{1}。写错的话请改名"),
    (r"Language '(.*?)' is missing the (\w+) (\S+) column", "工作表 {1} 里没有语言“{0}”的 {2} 列，会用别的语言的文字"),
    (r"The following language declarations do not contain valid machine-readable codes: (.*?)\. Learn more",
     "语言“{0}”没有写代码，请写成如“中文 (zh)”“English (en)”，网页才认得"),
]
MOST_CELLS = 12
NOTHING_TO_DO = Text("可以不改", "Nothing needs to be done")
_APP = re.compile(r"^(ex:|printer:|intent)", re.I)


def warnings(book: Workbook, said: list[str]) -> list[Problem]:
    """What is left out or done otherwise: columns and looks that mean nothing here, types that a page cannot serve, and
    what pyxform remarks (`said`)."""
    rows = book.sheets.get("survey", [])
    found = [*unused_columns(rows), *_looks(rows), *_kinds(rows), *_settings(book), *_last_saved(rows), *_languages(book),
             *_lost_choices(book), *_names(rows), *_formulas(book), *_spelt(book)]
    return found + [_remark(sentence) for sentence in dict.fromkeys(said)]


def unused_columns(rows: list[Row]) -> Iterator[Problem]:
    """Headings of the sheet survey that mean nothing, with the one that was probably meant."""
    for head in dict.fromkeys(head for row in rows for head in row.cells):
        base = re.split(r"::?", head)[0].strip().replace(" ", "_")
        if base not in KNOWN_COLUMNS and not base.startswith(("sms_", "hxl")):
            meant = [HEADINGS[base]] if base in HEADINGS else difflib.get_close_matches(base, KNOWN_COLUMNS, 1, 0.7)
            yield Problem("survey", 1, Text(f"“{head}”这一列没有用到", f"the column “{head}” is not used"),
                          Text(f"要写的是不是 {meant[0]}？是的话请改列名", f"Did you mean {meant[0]}? Then correct the heading")
                          if meant else Text("如果写错了字，请改正", "If it is a slip of the pen, correct it"), head)


def _looks(rows: list[Row]) -> Iterator[Problem]:
    for row in rows:
        looks = row.cells.get("appearance", "")
        for look in [looks] if _APP.match(looks) else [word for word in looks.split() if "(" not in looks]:
            if look.lower() not in APPEARANCES:
                yield Problem("survey", row.number, Text(f"外观“{look}”用平常的样子代替", f"the appearance “{look}” is shown plainly"),
                              NOTHING_TO_DO, "appearance")


def _kinds(rows: list[Row]) -> Iterator[Problem]:
    for row in rows:
        kind = " ".join(row.cells.get("type", "").lower().split())
        if kind in KINDS:
            yield Problem("survey", row.number, Text(f"{kind}：{KINDS[kind].zh}", f"{kind}: {KINDS[kind].en}"), NOTHING_TO_DO, "type")


def _settings(book: Workbook) -> Iterator[Problem]:
    for row in book.sheets.get("settings", [])[:1]:
        for head, what in (("public_key", Text("答案在服务器上加密保存，不用表单里的公钥",
                                               "answers are sealed on the server, not with the form's public key")),
                           ("submission_url", Text("答案交到本系统，不交到那个地址", "answers come to this system, not to that address"))):
            if row.cells.get(head):
                yield Problem("settings", row.number, what, NOTHING_TO_DO, head)
    if book.sheets.get("entities"):
        what = Text("实体只随答案一起保存，不另建清单", "entities are kept with the answers, and no list is made of them")
        yield Problem("entities", 0, what, NOTHING_TO_DO)


def _last_saved(rows: list[Row]) -> Iterator[Problem]:
    for row in rows:
        for column, written in row.cells.items():
            if "${last-saved#" in written:
                yield Problem("survey", row.number, Text("网页不会带出上一份的答案，会空着；采集软件会带出来",
                                                         "a page does not carry over answers of the form before; apps do"),
                              NOTHING_TO_DO, column)


def _languages(book: Workbook) -> Iterator[Problem]:
    heads = dict.fromkeys(head for row in book.sheets.get("external_choices", []) for head in row.cells if re.match(r"label\s*::?", head))
    if len(heads) > 1:
        first = re.split(r"::?", next(iter(heads)), maxsplit=1)[1].strip()
        yield Problem("external_choices", 1, Text(f"网页上这些选项只用“{first}”的文字", f"a page shows these choices in “{first}” only"),
                      Text("要用几种语言的话，请写到 choices 工作表", "For several languages, put them into the sheet choices"))


def _lost_choices(book: Workbook) -> Iterator[Problem]:
    """Rows that belong to no list, which every program leaves out."""
    for row in book.sheets.get("choices", []):
        if not any(row.cells.get(head) for head in ("list_name", "list name")) and any(
                row.cells.get(head) for head in ("name", "value", "label")):
            yield Problem("choices", row.number, Text("没有写 list_name，这个选项没有用到", "it has no list_name: this choice is not used"),
                          Text("请在 list_name 列写选项表名", "Write the list's name in the column list_name"), "list_name")


def _names(rows: list[Row]) -> Iterator[Problem]:
    """Names in Chinese: pages know them, and JavaRosa, which ODK Collect is built on, does not."""
    found = {row.cells["name"]: row.number for row in reversed(rows) if max(row.cells.get("name", ""), default="") > "\u2e80"}
    if found:
        named = "、".join(list(reversed(found))[:MOST_CELLS]) + " …" * (len(found) > MOST_CELLS)
        said = Text(f"名字里有汉字（{named}）：网页能用，ODK Collect 打不开这份问卷",
                    f"there is Chinese in names ({named}): pages work, and ODK Collect cannot open the form")
        yield Problem("survey", min(found.values()), said,
                      Text("要用手机采集软件的话，请改用英文字母、数字和下划线", "For apps, use plain letters, digits and _"), "name")


def _formulas(book: Workbook) -> Iterator[Problem]:
    """Their results are read as Excel kept them; whether they are up to date, nobody here can tell."""
    for sheet in dict.fromkeys(sheet for sheet, _ in book.formulas):
        cells = [place for of, place in book.formulas if of == sheet]
        named = ", ".join(cells[:MOST_CELLS]) + " …" * (len(cells) > MOST_CELLS)
        yield Problem(sheet, 0, Text(f"有 {len(cells)} 个公式（{named}），用的是 Excel 存下的结果",
                                     f"{len(cells)} formulas ({named}) are read as the results that Excel kept"),
                      Text("先在 Excel 里重算并保存，或粘贴为值", "Recalculate and save in Excel first, or paste them as values"))


def _spelt(book: Workbook) -> Iterator[Problem]:
    """Yes and no in other words: understood here, and by no other program."""
    for head, text in dict.fromkeys((head, text) for _, head, text in book.spelt):
        row = next(row for row, *of in book.spelt if of == [head, text])
        read = workbook.SPELT[text.lower()]
        yield Problem("survey", row, Text(f"“{text}”当作 {read}", f"“{text}” is read as {read}"),
                      Text("别的采集软件不认，请写 yes 或 no", "Other programs do not know it; write yes or no"), head)


_TRACE = Text("网页上不能在地图上画，一点一点地填或取", "a web page has no map to draw on; points are typed or taken one by one")
_DRAWING = Text("关了脚本的浏览器里不能手写或画图，改为拍照", "a browser without script has nothing to draw on; a photo is asked for there")
_MAP = Text("网页上没有地图，按按钮取位置或手工填写", "a web page has no map; the position is taken with a button or typed")
USE_AN_APP = Text("需要的话请用 ODK Collect 等手机采集软件", "Where it matters, use an app such as ODK Collect")


def on_a_page(questions: Iterable[Question]) -> Iterator[Problem]:
    """What each of these questions lacks on a web page, and apps on handhelds have."""
    for question in questions:
        looks = set(question.appearance.split())
        said = [words for words, there in (
            (_DRAWING, question.type == "image" and looks & {"signature", "draw", "annotate"}),
            (_TRACE, question.type in ("geotrace", "geoshape")),
            (_MAP, question.type == "geopoint" and looks & {"maps", "placement-map"})) if there]
        for words in said:
            yield Problem("survey", question.row, Text(f"“{question.name}”：{words.zh}", f"“{question.name}”: {words.en}"), USE_AN_APP,
                          "type")


def _remark(sentence: str) -> Problem:
    place = re.match(r"\[row : (\d+)\]\s*", sentence)
    plain = sentence[place.end():] if place else sentence
    sheet = "choices" if "'choices' sheet" in plain else "survey"
    zh = "；".join(next((zh.format(*found.groups()) for pattern, zh in REMARKS if (found := re.match(pattern, line))), line)
                 for line in plain.splitlines())
    return Problem(sheet, int(place[1]) if place else 0, Text(zh, " ".join(plain.split()).rstrip(".")), NOTHING_TO_DO)

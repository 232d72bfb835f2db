"""What a workbook may say and surely means otherwise. Nothing here makes a form unusable: such a form works, but not as the person
who wrote it believes, and nobody would notice before the answers are in.

SLP-1 A word without quotes or ${ }, where only a question or a text can be meant, is always empty.
SLP-2 A comparison with a code that the question's list does not have is never true.
SLP-3 A choice_filter by a column that the list does not have leaves no choices.
SLP-4 A date without date('…') is a subtraction, and a constraint that looks at nothing is always the same.
SLP-5 A default that is no answer of its question; a message without its rule.
SLP-6 yes in another spelling: what is understood counts as yes, anything else in `personal` too, as a slip must publish nothing.
SLP-7 A language written in two ways; a default_language that no column has; a misspelt setting, or one below the first row.
SLP-8 pulldata() from a column that the file does not have is always empty, and so is a list that the form does not have.
SLP-9 A trigger outside of a repeat that sets an answer in it: with a second entry apps stop there.
SLP-10 A picture or recording that the language in which the form begins does not have: apps cannot change to that language.
"""
from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from lxml import etree

from forms.building import NO, YES
from forms.expressions import resolve
from forms.functions.lookups import plain
from forms.language import Text
from forms.model.texts import MEDIA
from forms.questions import Question
from forms.workbook import Problem, Row
from forms.xpath.errors import XPathError
from forms.xpath.parser import Step, parse

if TYPE_CHECKING:
    from forms.form import Form

SETTINGS = ("form_id", "form_title", "title", "version", "default_language", "instance_name", "public_key", "submission_url", "style",
            "name", "auto_send", "auto_delete", "namespaces", "prefix", "delimiter", "instance_xmlns", "allow_choice_duplicates",
            "clean_text_values", "omit_instanceid", "omit_instanceID", "sms_keyword", "sms_separator", "id_string", "set_form_title",
            "set_form_id", "client_editable", "add_none_option", "flat", "title_zh", "title_en", "compact_delimiter", "compact_prefix",
            "xml_root", "form_name")
PARTS = (("relevant", "relevant"), ("constraint", "constraint"), ("calculate", "calculation"), ("required", "required"))
MOST_COMPARED = 300
_A_DOT = Text("用一个点（.）代表答案，例如 . >= 0 and . <= 120", "A dot stands for the answer, as in . >= 0 and . <= 120")
_MISSPELT = Text("如果写错了字，请改正", "If it is a slip of the pen, correct it")
_INSTANCE = re.compile(r"instance\(\s*['\"]([^'\"]*)['\"]\s*\)")
_PULLED = re.compile(r"pulldata\(\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]+)['\"]\s*,\s*['\"]([^'\"]+)['\"]")
_MENDED = Text("如果不是这个意思，请改正", "Correct it if this is not what is meant")


def slips(form: Form, rows: dict[str, list[Row]]) -> Iterator[Problem]:
    """Everything of that kind in `form`, whose workbook has these `rows`."""
    survey = rows.get("survey", [])
    by_row = {row.number: row for row in survey}
    for question in form.root.walk():
        row = by_row.get(question.row)
        if row is not None:
            yield from _of_expressions(form, question)
            yield from _of_filter(form, question)
            yield from _of_cells(form, question, row)
            yield from _of_files(form, question, row)
            yield from _of_triggers(form, question)
            yield from _of_media(form, question)
    yield from _of_settings(form, rows)


def _of_expressions(form: Form, question: Question) -> Iterator[Problem]:
    for part, column in PARTS:
        compiled = getattr(question.node, part)
        tree = _tree(compiled.source) if compiled is not None else None
        if tree is None:
            continue
        for said, remedy in dict.fromkeys(_of_tree(form, question, tree)):
            yield _slip(question, said, remedy, column)
        if part == "constraint" and not any(one[0] in ("path", "call") for one in _inside(tree)):
            yield _slip(question, Text("这个规则没有看填的答案", "this rule does not look at the answer"), _A_DOT, column)


def _of_tree(form: Form, question: Question, tree: tuple) -> Iterator[tuple[Text, Text]]:
    for part in _inside(tree):
        match part:
            case ("path", None, [Step("child", (None, name)), *_]) if question.node.is_leaf and name != "*":
                meant = Text(f"指问题请写 ${{{name}}}，指文字请写 '{name}'", f"Write ${{{name}}} for a question, '{name}' for a text")
                yield Text(f"{name} 没有引号也没有 ${{ }}，永远是空的", f"{name} has neither quotes nor ${{ }} and is always empty"), meant
            case ("sum", ("num", year), [("-", ("num", month)), ("-", ("num", day))]) if year >= 1900 and month <= 12 and day <= 31:
                written = f"date('{year:.0f}-{month:02.0f}-{day:02.0f}')"
                yield (Text(f"日期没有写 date('…')，成了减法，等于 {year - month - day:.0f}",
                            f"without date('…') this date is a subtraction and makes {year - month - day:.0f}"),
                       Text(f"请写 {written}", f"Write {written}"))
            case ("cmp", "=" | "!=", left, ("str", code)) | ("call", "selected", [left, ("str", code)]):
                yield from _of_code(form, question, left, code)


def _of_code(form: Form, question: Question, left: tuple, code: str) -> Iterator[tuple[Text, Text]]:
    """Of a comparison with a code that is in no list."""
    asked = form.by_path.get(_path(question, left) or "")
    if asked is None or not asked.codes or asked.dynamic or code in asked.codes or not code:
        return
    alike = difflib.get_close_matches(code, sorted(asked.codes), 1, 0.6) if len(asked.codes) <= MOST_COMPARED else []
    meant = next(iter(alike), None) or next((known for known, words in asked.choices if code in words), None)
    yield (Text(f"“{asked.name}”没有代码是“{code}”的选项，比较不会成立", f"“{asked.name}” has no choice with the name “{code}”"),
           Text(f"要写的是不是 '{meant}'？", f"Did you mean '{meant}'?") if meant else _MENDED)


def _of_filter(form: Form, question: Question) -> Iterator[Problem]:
    nodeset = question.node.choices.nodeset if question.node.choices else None
    tree = _tree(nodeset.source) if nodeset is not None else None
    if tree is None:
        return
    for part in _inside(tree):
        match part:
            case ("path", ("call", "instance", [("str", name)]), steps) if name in form.definition.instances:
                columns = {child.tag for item in form.definition.instances[name].iterfind("./root/item") for child in item}
                for predicate in steps[-1].predicates if columns else ():
                    for column in sorted(set(_columns(predicate)) - columns):
                        yield _slip(question, Text(f"选项表“{name}”没有“{column}”这一列，一个选项也不会出现",
                                                   f"the list “{name}” has no column “{column}”, so that no choice will be offered"),
                                    Text("请改正列名；指问题请写 ${ }，指文字请加引号",
                                         "Correct the heading; a question is written with ${ }, a text with quotes"), "choice_filter")


def _columns(tree: tuple) -> Iterator[str]:
    for part in _inside(tree):
        match part:
            case ("path", None, [Step("child", (None, name)), *_]) if name != "*":
                yield name


def _of_cells(form: Form, question: Question, row: Row) -> Iterator[Problem]:
    cells = row.cells
    default = cells.get("default", "")
    if default and not re.search(r"[(${]", default):
        wrong = _no_answer(question, default)
        if wrong:
            yield _slip(question, wrong, Text("请改正，否则填表人一开始就会看到一个错的答案",
                                              "Correct it, or people begin with an answer that is wrong"), "default")
    for message, rule in (("constraint_message", "constraint"), ("required_message", "required")):
        head = next((head for head in cells if head.split("::")[0].strip() == message), None)
        if head and not cells.get(rule) and getattr(question.node, rule) is None:
            yield _slip(question, Text(f"写了 {message}，没有写 {rule}", f"there is a {message} and no {rule}"),
                        Text(f"请填 {rule} 列，或删去这句话", f"Fill in the column {rule}, or take the words out"), head)
    for head in ("personal", "shared"):
        written = cells.get(head, "").lower()
        if written not in YES and written not in NO:
            counted = head == "personal"
            yield _slip(question, Text(f"{head} 列写的是“{cells[head]}”，按 {'yes' if counted else 'no'} 算",
                                       f"the column {head} says “{cells[head]}”, which counts as {'yes' if counted else 'no'}"),
                        Text("请写 yes 或 no", "Write yes or no"), head)


def _no_answer(question: Question, default: str) -> Text | None:
    """What is wrong with the default of a question; None for nothing."""
    if question.type in ("select_one", "select_multiple") and question.codes and not question.dynamic:
        unknown = [code for code in ([default] if question.type == "select_one" else default.split()) if code not in question.codes]
        return Text(f"选项里没有“{unknown[0]}”", f"no choice has the name “{unknown[0]}”") if unknown else None
    if question.type in ("integer", "decimal") and not re.fullmatch(r"[+-]?\d+(\.\d+)?([eE]-?\d+)?", default):
        return Text(f"“{default}”不是数", f"“{default}” is no number")
    if question.type == "date":
        try:
            date.fromisoformat(default[:10])
        except ValueError:
            return Text(f"“{default}”不是日期，要写成 2026-03-01", f"“{default}” is no date; write it as 2026-03-01")
    return None


def _of_files(form: Form, question: Question, row: Row) -> Iterator[Problem]:
    for column, written in row.cells.items():
        for identity in dict.fromkeys(_INSTANCE.findall(written)):
            if identity not in form.definition.instances and column != "label":
                yield _slip(question, Text(f"没有“{identity}”这个列表，总是空的；ODK Collect 会打不开这份问卷",
                                           f"there is no list “{identity}”: always empty, and ODK Collect cannot open the form"),
                            Text("请改正名字，或加一行 csv-external", "Mend the name, or add a row of the type csv-external"), column)
        for file, *named in _PULLED.findall(written):
            instance = form.definition.instances.get(file.removesuffix(".csv"))
            rows = instance.findall("{*}root/{*}item") if instance is not None else []
            there = {plain(etree.QName(cell).localname) for cell in rows[0]} if rows else set()
            for name in named:
                if there and not name.startswith("@") and plain(name) not in there:
                    said = Text(f"文件 {file} 里没有“{name}”这一列，总是空的", f"the file {file} has no column {name}: always empty")
                    yield _slip(question, said, Text("请核对列名", "Check the name of the column"), column)


def _of_triggers(form: Form, question: Question) -> Iterator[Problem]:
    for action in question.node.triggers:
        target = form.definition.nodes.get(action.ref)
        outside = [repeat for repeat in target.repeats() if repeat not in question.node.repeats()] if target is not None else []
        if outside:
            name = action.ref.rsplit("/", 1)[-1]
            yield _slip(question, Text(f"它会改重复部分里的“{name}”；有两份时，采集软件会停在这里",
                                       f"it sets “{name}” inside a repeat; with a second entry apps stop there"),
                        Text("请把它也放进那个重复部分", "Move it into that repeat"), "trigger")


def _of_media(form: Form, question: Question) -> Iterator[Problem]:
    texts, identity = form.definition.texts, question.node.label.identity if question.node.label else ""
    for language in texts.languages if identity else ():
        for kind in MEDIA:
            if texts.exact(identity, language, kind) and not texts.exact(identity, texts.default, kind):
                yield _slip(question, Text(f"只有“{language}”有 {kind}，起始语言“{texts.default}”没有：ODK Collect 换语言时会停下",
                                           f"only {language} has its {kind}, and {texts.default}, which the form begins with, has none: "
                                           "ODK Collect stops when the language is changed"),
                            Text(f"请给“{texts.default}”也写一个文件", f"Name a file for {texts.default} too"), f"{kind}::{language}")


def _of_settings(form: Form, rows: dict[str, list[Row]]) -> Iterator[Problem]:
    first = next(iter(rows.get("settings", [])), None)
    languages = [language for language in form.definition.texts.languages if language]
    if first is not None:
        for head in first.cells:
            meant = difflib.get_close_matches(head.replace(" ", "_"), SETTINGS, 1, 0.7)
            if head.replace(" ", "_") not in SETTINGS and not head.startswith(("attribute", "sms_")):
                yield Problem("settings", 1, Text(f"“{head}”这一列没有用到", f"the column “{head}” is not used"),
                              Text(f"要写的是不是 {meant[0]}？是的话请改列名", f"Did you mean {meant[0]}? Then correct the heading")
                              if meant else _MISSPELT, head)
    for row in rows.get("settings", [])[1:]:
        said = Text("settings 只看第一行，这一行没有用到", "only the first row of settings counts; this one is not used")
        yield Problem("settings", row.number, said, Text("请写到第一行，或删去", "Write it in the first row, or remove it"))
    written = [re.split(r"::?", head, maxsplit=1)[1].strip() for row in rows.get("survey", [])[:50] for head in row.cells
               if re.match(r"(label|hint)\s*::?", head)]
    wanted = first.cells.get("default_language", "") if first is not None else ""
    if wanted and written and wanted.lower() not in written:
        yield Problem("settings", first.number, Text(f"没有哪一列是用“{wanted}”写的", f"no column is written in “{wanted}”"),
                      Text("要和列名里的语言写得一样，例如 中文 (zh)", "Write it as in the headings, for example 中文 (zh)"),
                      "default_language")
    for language in languages:
        twins = [other for other in languages if _bare(other) == _bare(language)]
        if len(twins) > 1 and twins[0] == language:
            said = Text("同一种语言有两种写法：" + "、".join(twins), "one language is written in two ways: " + ", ".join(twins))
            yield Problem("survey", 1, said, Text("请把列名里的语言写得一样", "Write it alike in all headings"))


def _bare(language: str) -> str:
    return re.sub(r"\s", "", language).lower().replace("（", "(").replace("）", ")")


def _path(question: Question, tree: tuple) -> str | None:
    """The absolute path of a plain reference."""
    match tree:
        case ("path", None | "/" as start, steps):
            return resolve(question.node.ref, start, steps)
        case ("path", ("call", "current", []), steps):
            return resolve(question.node.ref, None, steps)
    return None


def _tree(source: str) -> tuple | None:
    try:
        return parse(source)
    except XPathError:
        return None


def _inside(tree) -> Iterator[tuple]:
    """This part of an expression and all parts of it, without what stands in predicates: names mean something else there."""
    if isinstance(tree, tuple) and tree and isinstance(tree[0], str):
        yield tree
    if isinstance(tree, (tuple, list)) and not isinstance(tree, Step):
        for part in tree:
            yield from _inside(part)


def _slip(question: Question, said: Text, remedy: Text, column: str) -> Problem:
    return Problem("survey", question.row, Text(f"“{question.name}”：{said.zh}", f"“{question.name}”: {said.en}"), remedy, column)


"""From workbook and XForm to the tree of questions: what each row becomes, and what is refused by name."""
from __future__ import annotations

import re

from forms.expressions import Expression
from forms.handlers import HANDLERS, SILENT
from forms.language import Text
from forms.questions import Check, Question
from forms.workbook import FormError, Problem, Row
from forms.xform import JR, X, XForm, language_code
from forms.xpath import XPathError

ALIASES = {"string": "text", "int": "integer", "select one": "select_one", "select one from": "select_one",
           "select1": "select_one", "select multiple": "select_multiple", "select all that apply": "select_multiple"}
LENGTHS = {True: 2000, False: 200}
YES = ("yes", "true", "true()", "1", "是")
CHECKS = {"phone", "resident-id", "birth-date"}
_LISTED = re.compile(r"(select_one|select one from|select one|select1|select_multiple|select multiple|"
                     r"select all that apply(?: from)?)\s+(\S+)$")
_CHECK = re.compile(r"([a-z-]+)(?::([^=\s]+)=(\S+))?$")


class Builder:
    """Builds the questions of one form; `problems` collects everything that is wrong with it."""

    def __init__(self, rows: list[Row], xform: XForm, problems: list[Problem]):
        self.rows, self.xform, self.problems = rows, xform, problems
        self.root = Question("", "group", "/" + xform.instance.tag.split("}")[-1], "household")
        self.by_path: dict[str, Question] = {self.root.path: self.root}
        self.repeat: Question | None = None

    def build(self) -> Question:
        """The root of the tree. Raises FormError with every problem found."""
        parent = self.root
        for row in self.rows:
            parent = self._row(row, parent) or parent
        for path in self.xform.with_outputs:
            self.problem(0, Text("标签里引用了别的答案", f"a label refers to an answer ({path.split(':')[0]})"),
                         Text("请把标签写成固定的文字", "Write the label as fixed words"))
        if self.problems:
            raise FormError(self.problems)
        for question in self.root.walk():
            self._compile(question)
        self._refuse_clashes()
        if self.problems:
            raise FormError(self.problems)
        return self.root

    def problem(self, row: int, cause: Text, remedy: Text) -> None:
        self.problems.append(Problem("survey", row, cause, remedy))

    def _row(self, row: Row, parent: Question) -> Question | None:
        """Read one row; gives the container that the next row belongs to, None for the same."""
        kind = re.sub(r"\s+", " ", row.cells.get("type", ""))
        if not kind or kind.startswith("#") or row.cells.get("disabled", "").lower() in YES:
            return None
        if re.fullmatch(r"end[_ ](group|repeat)", kind, re.I):
            return parent.parent
        begin = re.fullmatch(r"begin[_ ](group|repeat)", kind, re.I)
        listed = _LISTED.match(kind)
        type_ = begin[1].lower() if begin else ALIASES.get(listed[1] if listed else kind, listed[1] if listed else kind)
        if not begin and type_ not in HANDLERS and type_ not in SILENT:
            self.problem(row.number, Text(f"还不支持“{kind}”这种问题", f"the question type “{kind}” is not supported yet"),
                         Text("请改用文字、数字、日期或选择题", "Use text, numbers, dates or choices"))
            return None
        question = self._question(row, type_, parent)
        if listed:
            question.choices = tuple(self.xform.lists.get(listed[2], ()))
            question.codes = frozenset(code for code, _ in question.choices)
        if type_ == "repeat":
            self._take_repeat(question)
        return question if begin else None

    def _question(self, row: Row, type_: str, parent: Question) -> Question:
        name = row.cells.get("name", "")
        path = f"{parent.path}/{name}"
        part = "person" if parent.part == "person" or type_ == "repeat" else "household"
        multiline = "multiline" in row.cells.get("appearance", "")
        question = Question(
            name, type_, path, part, row.number, parent=parent,
            label=self.xform.words(path, "label"), hint=self._hint(row, path),
            appearance=row.cells.get("appearance", ""), limit=LENGTHS[multiline],
            personal=row.cells.get("personal", "").lower() in YES,
            check=self._check(row),
        )
        if type_ == "calculate":
            question.label = self._sheet_text(row, "label")
        parent.children.append(question)
        self.by_path[path] = question
        return question

    def _hint(self, row: Row, path: str) -> Text:
        # A repeat has no hint in an XForm, but its words are worth showing.
        return self.xform.words(path, "hint") if self.xform.words(path, "hint").zh else self._sheet_text(row, "hint")

    def _sheet_text(self, row: Row, column: str) -> Text:
        found = {language_code(head.split("::")[1]): words for head, words in row.cells.items()
                 if head.startswith(column + "::")}
        plain = row.cells.get(column) or next(iter(found.values()), "")
        return Text(found.get("zh", plain), found.get("en", plain))

    def _check(self, row: Row) -> Check | None:
        written = row.cells.get("check")
        if not written:
            return None
        match = _CHECK.match(written)
        if not match or match[1] not in CHECKS:
            self.problem(row.number, Text(f"check 列的“{written}”不认识", f"“{written}” in column check is unknown"),
                         Text("可以写 " + "、".join(sorted(CHECKS)), "Write one of " + ", ".join(sorted(CHECKS))))
            return None
        return Check(match[1], match[2] or "", match[3] or "")

    def _take_repeat(self, question: Question) -> None:
        if self.repeat is not None:
            self.problem(question.row, Text("还不支持第二个重复部分", "a second repeat is not supported yet"),
                         Text("一张表请只用一个 begin_repeat", "Use a single begin_repeat in a form"))
        else:
            self.repeat = question

    def _type_of(self, path: str) -> str | None:
        question = self.by_path.get(path)
        return question.type if question else None

    def _compile(self, question: Question) -> None:
        bind = self.xform.binds.get(question.path)
        if bind is None:
            return
        required = bind.get("required", "")
        question.required = required == "true()" or (self._expression(question, "required", required) or False)
        question.required_message = self.xform.referred(bind.get(JR + "requiredMsg"))
        question.relevant = self._expression(question, "relevant", bind.get("relevant"))
        question.constraint = self._expression(question, "constraint", bind.get("constraint"))
        question.constraint_message = self.xform.referred(bind.get(JR + "constraintMsg"))
        question.calculation = self._expression(question, "calculation", bind.get("calculate"), boolean=False)
        if question.constraint:
            question.limit = question.constraint.longest() or question.limit
        if question.relevant:
            question.conditions = question.relevant.conditions(question.path)
        self._compile_filter(question)

    def _expression(self, question: Question, column: str, source: str | None, boolean: bool = True):
        if not source or source == "false()" and column == "required":
            return None
        try:
            return Expression(source, question.path, self._type_of, boolean)
        except XPathError as error:
            self.problem(question.row, Text(f"“{question.name}”的 {column} 看不懂：{error}",
                                            f"the {column} of “{question.name}” cannot be used: {error}"),
                         Text("请改正这个表达式", "Mend this expression"))
            return None

    def _compile_filter(self, question: Question) -> None:
        control = self.xform.controls.get(question.path)
        itemset = control.find(X + "itemset") if control is not None else None
        nodeset = itemset.get("nodeset", "") if itemset is not None else ""
        if itemset is not None and not re.fullmatch(r"instance\('[^']*'\)/root/item", nodeset):
            self.problem(question.row, Text(f"“{question.name}”的选项筛选还不支持",
                                            f"the choice filter of “{question.name}” is not supported yet"),
                         Text("请清空 choice_filter", "Empty its choice_filter"))

    def _refuse_clashes(self) -> None:
        seen: dict[tuple[str, str], Question] = {}
        for question in self.root.walk():
            if question.is_container and question.type != "repeat" or not question.name:
                continue
            part = "household" if question.type == "repeat" else question.part
            if seen.setdefault((part, question.name), question) is not question:
                self.problem(question.row, Text(f"名字“{question.name}”用了两次", f"the name “{question.name}” is used twice"),
                             Text("请给其中一个换名字", "Give one of them another name"))
            if part == "household" and self.repeat and re.match(re.escape(self.repeat.name) + r"-\d+-", question.name):
                self.problem(question.row, Text(f"名字“{question.name}”和重复部分的混淆",
                                                f"the name “{question.name}” looks like a part of the repeat"),
                             Text("请换一个名字", "Choose another name"))

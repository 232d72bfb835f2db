"""A questionnaire: an XLSForm workbook or an XForm, read once, ready to be shown, answered and checked."""
from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from itertools import islice

from forms import plan, unsupported, workbook
from forms.building import Builder, language_code
from forms.conversion import Converted, NotConverted, convert
from forms.handlers import HANDLERS, METADATA
from forms.language import LANGUAGES, Text
from forms.misread import misread
from forms.model.columns import lacking_columns
from forms.model.definition import Definition, Fault
from forms.model.evaluation import Context, XPathError
from forms.model.external import tidied
from forms.model.reading import read
from forms.model.state import EndlessForm, State
from forms.questions import Column, Question
from forms.remedies import undeclared
from forms.slips import slips
from forms.workbook import FormError, Problem, Row

LIBRARY = ("housing-census", "spring-check", "building-listing", "legal-entity", "incident-report", "fire-inspection",
           "stairwell-sheet", "move-report", "work-register", "spot-recheck", "publicity-log", "suggestion")
# Those that a campaign can be made of: a household and its persons.
HOUSEHOLD_FORMS = LIBRARY[:2]
MOST_SLIPS = 200
# The column of a workbook that an attribute of the form comes from.
COLUMNS = {"relevant": "relevant", "calculate": "calculation", "constraint": "constraint", "required": "required",
           "readonly": "read_only", "choices": "choice_filter", "count": "repeat_count", "label": "label", "value": "default",
           "parameters": "parameters", "appearance": "appearance"}

__all__ = ["HOUSEHOLD_FORMS", "LIBRARY", "Column", "Form", "FormError", "Question", "form_from_xform", "library", "load"]


class Form:
    """A loaded form. Immutable; safe to share between threads.

    key: the form's ID. version: as in its settings. title: in both languages. digest: SHA-256 of the workbook, hex.
    languages: those of the product that the workbook has words in. questions: the tree's top level.
    definition: what `forms.model` makes of it; xform: its XML; itemsets: the CSV of its external choices, if any.
    repeat, person_repeat: the main repeat and its name, None without repeats. repeats: all of them, outermost first.
    warnings: what in the workbook is left out without harm, as Problems.
    simple: whether `forms.answers` may use its quick way with it.
    """

    def __init__(self, data: bytes, definition: Definition, xform: bytes, rows: dict[str, list[Row]],
                 warnings: list[Problem], itemsets: str | None = None):
        self.digest = hashlib.sha256(data).hexdigest()
        self.definition, self.xform, self.itemsets = definition, xform, itemsets
        self.key, self.version = definition.key, definition.version
        settings = next((row.cells for row in rows.get("settings", [])), {})
        title = definition.title or self.key
        self.title = Text(settings.get("title_zh", title), settings.get("title_en", title))
        known = {language_code(language) for language in definition.texts.languages}
        self.languages = tuple(code for code in LANGUAGES if code in known) or LANGUAGES
        self._warnings, self._slips = warnings, None
        problems: list[Problem] = []
        builder = Builder(definition, rows.get("survey", []), problems)
        self.root = builder.build()
        self.by_path = builder.by_path
        self._builder = builder
        problems += self._faults()
        if problems:
            raise FormError(problems)
        self.questions = self.root.children
        self.repeats = builder.repeats
        self.repeat = next((r for r in builder.repeats if r.node is builder.main), None)
        self.person_repeat = self.repeat.name if self.repeat else None
        plan.lay(self)
        self._try()

    def look_for_slips(self, rows: dict[str, list[Row]]) -> None:
        """Let `warnings` name the slips of the workbook with these rows too: looked for when somebody asks."""
        self._slips = partial(slips, self, rows)

    @property
    def warnings(self) -> list[Problem]:
        if self._slips is not None:
            self._warnings.extend(islice(self._slips(), MOST_SLIPS))
            self._slips = None
        return self._warnings

    def _faults(self) -> Iterator[Problem]:
        """What is wrong with the expressions of the form, and what depends on itself."""
        for fault in [*self.definition.faults, *lacking_columns(self.definition)]:
            yield self._placed(fault.ref, fault.part, *misread(str(fault.cause), self._written(fault)))
        for ref, part, path in self.definition.strangers:
            yield self._placed(ref, part, Text(f"没有这个问题：{path}", f"there is no question {path}"),
                               Text("请改正名字", "Mend the name"))
        for cycle in self.definition.cycles:
            names = " → ".join(node.ref.rsplit("/", 1)[1] for node in [*cycle, cycle[0]])
            part = next((part for part in ("calculate", "relevant", "constraint") if getattr(cycle[0], part) is not None), "")
            problem = self._placed(cycle[0].ref, part, Text(f"互相依赖，没有尽头：{names}",
                                                          f"these depend on each other without end: {names}"),
                                   Text("请去掉其中一个依赖", "Take one of these references out"))
            if len(cycle) > 1:
                yield problem
            else:
                self._warnings.append(problem)

    def _written(self, fault: Fault) -> str:
        """The expression as it stands in the workbook; "" for one that is in no cell."""
        row = self._builder.rows.get(fault.ref)
        return row.cells.get(COLUMNS.get(fault.part, ""), "") if row else ""

    def _placed(self, ref: str, part: str, cause: Text, remedy: Text) -> Problem:
        question = self.by_path.get(ref)
        name = ref.rsplit("/", 1)[-1]
        about = Text(f"“{name}”：{cause.zh}", f"“{name}”: {cause.en}") if name else cause
        return Problem("survey", question.row if question else 0, about, remedy, COLUMNS.get(part, ""))

    def _try(self) -> None:
        """Begin an empty filling, so that what never settles or cannot be worked out is known at once."""
        try:
            State(self.definition, Context(now=datetime.now(UTC), seed=1))
        except (EndlessForm, XPathError) as error:
            cause = Text(f"算不出来：{error}", f"it cannot be worked out: {error}")
            raise FormError([Problem("survey", 0, cause, Text("请改正这个表达式", "Mend this expression"))]) from None

    def columns(self, part: str) -> list[Column]:
        """The flat columns of `part` ("household", "person", or the part of another repeat) in the order of the form,
        calculated ones and those that the device fills included."""
        return [Column(q.name, q.type, q.personal, q.label, list(q.choices)) for q in self.parts.get(part, ())
                if q.type in HANDLERS or q.type in METADATA or q.type in ("calculate", "hidden")]

    def code_of(self, language: str) -> str:
        """The code of one of the form's languages, as in "中文 (zh)"."""
        return language_code(language)

    def choices(self, list_name: str) -> list[tuple[str, Text]]:
        """The (code, words) of a list in the choices sheet. Raises KeyError for no such list."""
        return self._builder.list_items(list_name)


def load(data: bytes, name: str, external: Mapping[str, bytes] | None = None) -> Form:
    """The form in an XLSForm workbook (.xlsx, .xls); `name` names it when its settings do not.

    `external`: the files that it refers to (CSV, GeoJSON, XML), by name. Raises FormError (a Refusal) that lists every
    problem with sheet, row, column, cause and remedy.
    """
    book = workbook.read(data)
    try:
        converted = convert(book, name)
    except NotConverted as wrong:
        raise FormError(_with_more(wrong, data, book, external)) from None
    form = _form(data, book, converted, external)
    if book.problems:
        raise FormError(book.problems)
    form.look_for_slips(book.sheets)
    return form


def _form(data: bytes, book: workbook.Workbook, converted: Converted, external: Mapping[str, bytes] | None) -> Form:
    own = {} if converted.itemsets is None else {"itemsets.csv": converted.itemsets.encode()}
    warnings = unsupported.warnings(book, converted.warnings)
    try:
        definition = _definition(converted.xform, ChainMap(external or {}, own))
    except FormError as error:
        raise undeclared(error, book) from None
    return Form(data, definition, converted.xform, book.sheets, warnings, converted.itemsets)


def _with_more(wrong: NotConverted, data: bytes, book: workbook.Workbook, external: Mapping[str, bytes] | None) -> list[Problem]:
    """Everything that is wrong: also the expressions of the rows that could be converted, so that nobody mends in rounds. What
    is said of a row whose formula has no result is left out: it follows from that."""
    found = [*book.problems, *(each for each in wrong.problems if (each.sheet, each.row) not in {each[:2] for each in book.problems})]
    known = {(each.sheet, each.row) for each in found}
    try:
        if wrong.rest:
            _form(data, book, wrong.rest, external)
    except FormError as more:
        found += [each for each in more.problems if each.row and (each.sheet, each.row) not in known]
    return found


def form_from_xform(xml: bytes, external: Mapping[str, bytes] | None = None) -> Form:
    """The form in an XForm. `external`: as for `load`. Raises FormError."""
    return Form(xml, _definition(xml, external or {}), xml, {}, [])


def _definition(xml: bytes, external: Mapping[str, bytes]) -> Definition:
    try:
        return read(xml, {name: _tidy(name, content) for name, content in external.items()})
    except Fault as fault:
        raise FormError([Problem("—", 0, Text(f"这不是表单：{fault}", f"this is no form: {fault}"),
                                 Text("请换一个文件", "Choose another file"))]) from None


def _tidy(name: str, content: bytes) -> bytes:
    try:
        return tidied(content) if name.endswith(".csv") else content
    except ValueError:
        return content  # what is wrong with it is said when it is read


@cache
def library(key: str) -> tuple[bytes, Form]:
    """A bundled workbook and its form. Raises KeyError for an unknown key."""
    if key not in LIBRARY:
        raise KeyError(key)
    data = files("forms").joinpath("library", f"{key}.xlsx").read_bytes()
    return data, load(data, key)



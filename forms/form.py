"""A questionnaire: an XLSForm workbook, read once, ready to be shown, answered and checked."""
from __future__ import annotations

import hashlib
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files

from lxml import etree

from forms import unsupported, workbook
from forms.building import Builder
from forms.handlers import HANDLERS
from forms.language import LANGUAGES, Text
from forms.questions import Column, Question
from forms.workbook import FormError, Problem
from forms.xform import XForm

LIBRARY = ("housing-census", "spring-check", "building-listing", "legal-entity", "incident-report", "fire-inspection",
           "stairwell-sheet", "work-register", "spot-recheck", "publicity-log", "suggestion")
# Those that a campaign can be made of: a household and its persons.
HOUSEHOLD_FORMS = LIBRARY[:2]

__all__ = ["HOUSEHOLD_FORMS", "LIBRARY", "Column", "Form", "FormError", "Question", "library", "load"]


class Form:
    """A loaded form. Immutable; safe to share between threads.

    key: the form's ID. version: as in its settings. title: in both languages. digest: SHA-256 of the workbook, hex.
    languages: those of the product that the workbook has words in. questions: the tree's top level.
    warnings: what in the workbook is left out without harm, as Problems.
    """

    def __init__(self, data: bytes, name: str):
        sheets = workbook.read(data)
        refused = list(unsupported.problems(sheets))
        try:
            xform = XForm(data, name)
        except FormError as error:
            raise FormError(refused + error.problems) from None
        self.digest = hashlib.sha256(data).hexdigest()
        self.key, self.version = xform.key, xform.version
        settings = next((row.cells for row in sheets.get("settings", [])), {})
        self.title = Text(settings.get("title_zh", xform.title), settings.get("title_en", xform.title))
        self.languages = tuple(code for code in LANGUAGES if code in xform.languages) or LANGUAGES
        self._lists = xform.lists
        builder = Builder(sheets["survey"], xform, refused)
        self.warnings = unsupported.warnings(sheets["survey"])
        self.root = builder.build()
        self.repeat = builder.repeat
        self.questions = self.root.children
        self.person_repeat = self.repeat.name if self.repeat else None
        self._plan(builder)

    def _plan(self, builder: Builder) -> None:
        """Sort out once what validating each submission needs."""
        inside = set(self.repeat.walk()) if self.repeat else set()
        self.person_nodes = list(self.repeat.walk()) if self.repeat else []
        self.household_nodes = [q for q in self.root.walk() if q not in inside or q is self.repeat]
        self.asked = {
            "household": [(q, HANDLERS[q.type]) for q in self.household_nodes if q.type in HANDLERS],
            "person": [(q, HANDLERS[q.type]) for q in self.person_nodes if q.type in HANDLERS],
        }
        self.by_name = {part: {q.name: q for q, _ in asked} for part, asked in self.asked.items()}
        self.post_names = {f"q-{q.name}": q for q, _ in self.asked["household"]}
        self.steps = _in_order(self.root, builder.by_path)
        self.person_template = _instance(self.repeat) if self.repeat else None
        self.template = _instance(self.root, but=self.repeat)

    def columns(self, part: str) -> list[Column]:
        """The flat columns of `part` ("household" or "person") in the order of the form, calculated ones included."""
        nodes = self.household_nodes if part == "household" else self.person_nodes
        return [Column(q.name, q.type, q.personal, q.label, list(q.choices)) for q in nodes
                if q.type in HANDLERS or q.type == "calculate"]

    def choices(self, list_name: str) -> list[tuple[str, Text]]:
        """The (code, words) of a list in the choices sheet. Raises KeyError for no such list."""
        return list(self._lists[list_name])


def load(data: bytes, name: str) -> Form:
    """The form in an .xlsx XLSForm; `name` names it when its settings do not.

    Raises FormError (a Refusal) that lists every problem with sheet, row, cause and remedy.
    """
    return Form(data, name)


@cache
def library(key: str) -> tuple[bytes, Form]:
    """A bundled workbook and its form. Raises KeyError for an unknown key."""
    if key not in LIBRARY:
        raise KeyError(key)
    data = files("forms").joinpath("library", f"{key}.xlsx").read_bytes()
    return data, load(data, key)


def _in_order(root: Question, by_path: dict[str, Question]) -> list[Question]:
    """Every question with a relevance or calculation, each after all that it depends on. Raises FormError on a cycle."""
    graph: TopologicalSorter[Question] = TopologicalSorter()
    place = {question: index for index, question in enumerate(root.walk())}
    for question in place:
        refs = set().union(*(e.refs for e in (question.relevant, question.calculation) if e))
        before = {by_path[path] for path in refs}
        graph.add(question, *filter(None, (question.parent, *before)))
    try:
        ordered = list(graph.static_order())
    except CycleError as error:
        names = " → ".join(q.name or "form" for q in error.args[1])
        raise FormError([Problem("survey", error.args[1][0].row,
                                 Text(f"互相依赖，没有尽头：{names}", f"these depend on each other without end: {names}"),
                                 Text("请去掉其中一个依赖", "Take one of these references out"))]) from None
    return [q for q in ordered if q.relevant or q.calculation]


def _instance(top: Question, but: Question | None = None) -> etree._Element:
    """The empty instance below `top`, to be copied for each submission; of `but`, only the place is kept."""
    element = etree.Element(top.path.rsplit("/", 1)[1])
    for child in top.children:
        element.append(etree.Element(child.name) if child is but else _instance(child, but))
    return element

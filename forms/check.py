"""What a workbook holds and everything that is wrong with it, for `survey form check`."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from forms import workbook
from forms.browser import remarks
from forms.building import rows_by_path
from forms.form import Form, FormError, form_from_xform, load
from forms.handlers import HANDLERS
from forms.language import Text
from forms.questions import Question
from forms.unsupported import NOTHING_TO_DO, on_a_page, unused_columns
from forms.workbook import Problem

# Seconds that a person takes for one question, read aloud and written down: from timings of door visits, rounded.
SECONDS = {"select_one": 8, "select_multiple": 12, "rank": 20, "text": 14, "integer": 7, "decimal": 8, "date": 9, "time": 8,
           "dateTime": 12, "note": 4, "acknowledge": 3, "geopoint": 15, "geotrace": 60, "geoshape": 60, "image": 20, "audio": 30,
           "video": 40, "file": 25, "barcode": 8, "range": 6}
# How often a question with a condition is asked, and how many instances of a repeat there are.
ASKED, INSTANCES = 0.5, 3


@dataclass
class Report:
    """problems: what makes the form unusable; warnings: what is done otherwise or left out. pages: what a web page cannot
    do and an app can. minutes: for one filling, with
    three instances of each repeat. types: how many questions of each type. Counts are of the rows when it is unusable."""

    name: str
    key: str = ""
    version: str = ""
    title: Text = Text("", "")
    languages: list[str] = field(default_factory=list)
    questions: int = 0
    groups: int = 0
    repeats: list[str] = field(default_factory=list)
    choices: int = 0
    personal: int = 0
    minutes: int = 0
    types: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    pages: list[Problem] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        return not self.problems

    def as_dict(self) -> dict:
        """The same for a program."""
        plain = {name: value for name, value in vars(self).items() if name not in ("problems", "warnings", "pages", "title")}
        return {"usable": self.usable, **plain, "title": self.title._asdict(),
                "problems": list(map(_plain, self.problems)), "warnings": list(map(_plain, self.warnings)),
                "pages": list(map(_plain, self.pages))}


def check(data: bytes, name: str, external: Mapping[str, bytes] | None = None) -> Report:
    """Look at a workbook (.xlsx, .xls) or an XForm (XML). `name`: of the file. `external`: the files it refers to, by name.

    Never raises for what is wrong with the file: that is in the report, all of it at once.
    """
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or "form"
    try:
        workbook.refuse_ending(name)
        form = form_from_xform(data, external) if data.lstrip()[:1] == b"<" else load(data, stem, external)
    except FormError as error:
        return _of_rows(data, Report(name, key=stem, problems=_sorted(error.problems)))
    return _of_form(form, name)


def _of_form(form: Form, name: str) -> Report:
    questions = [q for q in form.root.walk() if not q.is_container]
    asked = [q for q in questions if q.type in HANDLERS]
    return Report(
        name, form.key, form.version, form.title, [language or "default" for language in form.definition.texts.languages],
        len(asked), sum(q.type == "group" for q in form.root.walk()) - 1, [repeat.name for repeat in form.repeats],
        sum(len(instance) and len(instance[0]) for instance in form.definition.instances.values()),
        sum(q.personal for q in questions), minutes(form), dict(Counter(q.type for q in questions).most_common()),
        [], _sorted(form.warnings), _sorted([*on_a_page(questions), *(Problem("—", 0, said, NOTHING_TO_DO) for said in remarks(form))]))


def minutes(form: Form) -> int:
    """An estimate of how long one filling takes, at least 1."""
    return max(1, round(_seconds(form.root) / 60))


def _seconds(question: Question) -> float:
    own = SECONDS.get(question.type, 0.0) if question.type in HANDLERS or question.type == "note" else 0.0
    total = own + sum(map(_seconds, question.children))
    if question.type == "repeat":
        total *= INSTANCES
    return total * (ASKED if question.relevant else 1.0)


def _of_rows(data: bytes, report: Report) -> Report:
    """What can be said of a workbook that is no usable form."""
    try:
        rows = workbook.read(data).sheets
    except FormError:
        return report
    survey = [row for _, row in rows_by_path(rows.get("survey", []), "")]
    kinds = [" ".join(row.cells.get("type", "").lower().split()).replace(" ", "_") for row in survey]
    report.warnings = _sorted(list(unused_columns(rows.get("survey", []))))
    report.questions = sum(not kind.startswith("begin") for kind in kinds)
    report.groups = sum(kind.startswith("begin_group") for kind in kinds)
    report.repeats = [row.cells.get("name", "") for row, kind in zip(survey, kinds) if kind.startswith("begin_repeat")]
    report.choices = len(rows.get("choices", []))
    report.types = dict(Counter(kind.split("_from")[0] for kind in kinds if not kind.startswith("begin")).most_common(30))
    return report


def _sorted(problems: list[Problem]) -> list[Problem]:
    order = {name: place for place, name in enumerate(("—", "survey", "choices", "settings"))}
    return sorted(dict.fromkeys(problems), key=lambda problem: (order.get(problem.sheet, 9), problem.row))


def _plain(problem: Problem) -> dict:
    return {"sheet": problem.sheet, "row": problem.row, "column": problem.column,
            "cause": problem.cause._asdict(), "remedy": problem.remedy._asdict()}

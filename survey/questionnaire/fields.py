"""What the templates of questions show, and what follows for a field from its question's type."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from forms.questions import Question

MOST_RADIOS = 6
MOST_UNFILTERED = 20

templates = Environment(loader=FileSystemLoader(Path(__file__).parents[1] / "templates"), autoescape=True,
                        trim_blocks=True, lstrip_blocks=True)


@dataclass
class Option:
    """One choice on the page."""

    id: str
    code: str
    words: str
    chosen: bool
    media: list = field(default_factory=list)


@dataclass
class Item:
    """What a template shows for one question, group or repeat. `kind` names its partial; `when` is JSON for the script:
    the plain tests under which it is asked, `note` the same in words."""

    id: str
    kind: str
    label: str
    hint: str = ""
    note: str = ""
    when: str = ""
    error: str = ""
    optional: bool = False
    value: str = ""
    options: list[Option] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    described_by: str = ""
    limit: int = 0
    items: list = field(default_factory=list)
    autofocus: bool = False
    index: object = None
    name: str = ""
    live: bool = False
    lines: tuple[str, ...] = ()
    media: list = field(default_factory=list)
    shared: bool = False
    filtered: bool = False
    parts: dict = field(default_factory=dict)

    def only_says(self, heading: str) -> bool:
        """Whether it is a note of the words that stand above it anyway, as the head of a table of questions."""
        return self.kind == "note" and self.label == heading and not self.media and self.hint in ("", heading)


def partial(question: Question) -> str:
    """The template of a question: one a type, long lists as a native select, text of several lines as a box."""
    if question.type == "select_one" and (len(question.choices) > MOST_RADIOS or "minimal" in question.appearance):
        return "select_one_minimal"
    if question.type == "text" and question.multiline:
        return "text_multiline"
    return question.type


def is_filtered(question: Question, count: int) -> bool:
    """Whether a field to find a choice by its words stands before the list."""
    looks = question.appearance.split("(")[0].split()
    return count > MOST_UNFILTERED or count > MOST_RADIOS and ("search" in looks or "autocomplete" in looks)


def browser_attributes(question: Question) -> dict[str, str]:
    """Attributes that bring up the right keypad and keep the browser from helping with other people's data."""
    attributes = {"autocomplete": "off"}
    if question.type in ("integer", "date"):
        attributes["inputmode"] = "numeric"
    elif question.type == "decimal":
        attributes["inputmode"] = "decimal"
    elif question.check and question.check.kind == "phone":
        attributes |= {"type": "tel", "inputmode": "tel"}
    elif question.check:
        attributes |= {"autocapitalize": "characters", "spellcheck": "false"}
    elif question.personal and not question.multiline:
        attributes["spellcheck"] = "false"
    if question.check:
        attributes["data-check"] = question.check.kind
    return attributes


def field_name(path: tuple, question: Question) -> str:
    """What a question's field is called in a page; `path`: the names and numbers of the entries that it is in."""
    return "q-" + "-".join(map(str, (*path, question.name)))

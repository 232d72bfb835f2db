"""The parts of a loaded form: questions, choices and the columns that their answers fill."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from forms.expressions import Condition, Expression
from forms.language import Text
from forms.model.definition import NodeDef

NOTHING = Text("", "")


class Column(NamedTuple):
    """One flat column of answers, as exports need it. `choices` is empty for a question without a list."""

    name: str
    type: str
    personal: bool
    label: Text
    choices: list[tuple[str, Text]]


class Check(NamedTuple):
    """The named kind of number that a text holds (`phone`, `resident-id`), and when: `field` answered with `code`."""

    kind: str
    field: str = ""
    code: str = ""


@dataclass(eq=False)
class Question:
    """One node of the form. `name` is its key among the answers around it: its own name, or its path inside the innermost
    repeat where two share a name. `path` is absolute in the instance (/data/person/name). `part`: "household" outside
    repeats, "person" in the main repeat, else the path of names of its repeat. `required` is True, False or an
    expression; `limit` counts code points. `choices` may depend on other answers: see `dynamic`. `media`: file names
    beside the label, by kind. `shared`: members of one household mostly answer it alike, so that it may be
    copied from one to the next. `node`: its definition."""

    name: str
    type: str
    path: str
    part: str
    row: int = 0
    label: Text = NOTHING
    hint: Text = NOTHING
    guidance: Text = NOTHING
    required: bool | Expression = False
    required_message: Text | None = None
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Text | None = None
    calculation: Expression | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    codes: frozenset[str] = frozenset()
    dynamic: bool = False
    appearance: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    personal: bool = False
    shared: bool = False
    check: Check | None = None
    limit: int = 0
    conditions: tuple[Condition, ...] = ()
    children: list[Question] = field(default_factory=list)
    parent: Question | None = None
    node: NodeDef | None = None

    @property
    def multiline(self) -> bool:
        return "multiline" in self.appearance

    @property
    def is_container(self) -> bool:
        return self.type in ("group", "repeat")

    def walk(self):
        """This question and all below it, in the order of the form."""
        yield self
        for child in self.children:
            yield from child.walk()

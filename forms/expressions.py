"""The expressions of a form: compiled once for the question that they stand at, worked out for each submission.

What an expression means is `forms.xpath`; this is the seam between it and a form's questions.
"""
from __future__ import annotations

import posixpath
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from forms.xpath.errors import XPathError
from forms.xpath.evaluator import Compiled, Context
from forms.xpath.parser import ANY_NODE, Step

BOOLEAN = {"not", "true", "false", "contains", "starts-with", "ends-with", "boolean", "regex", "selected"}


class Condition(NamedTuple):
    """One plain test of another question: its answer is (or, if not `wanted`, is not) among `codes`."""

    path: str
    codes: tuple[str, ...]
    wanted: bool


class Expression(Compiled):
    """A compiled expression. Call it with the question's node and today's ISO date, or a Context. `plain`: the same as a function
    of answers, where it reads nothing else (see `forms.plan`)."""

    plain: Callable | None = None

    def __init__(self, source: str, path: str, type_of: Callable[[str], str | None], boolean: bool = True,
                 repeats: frozenset[str] = frozenset()):
        """Compile `source` as it stands in the bind of the node at absolute `path`.

        `type_of` gives a node's question type by absolute path, None for no such node. `repeats`: see
        `forms.xpath.evaluator.compile`.
        Raises XPathError when the text is no XPath, names an unknown node or a function that we lack.
        """
        super().__init__(source, at=path, repeats=repeats)
        if self.problems:
            raise XPathError("; ".join(self.problems))
        plain = {p for p in self.references.paths if "*" not in p and "//" not in p and "@" not in p}
        for missing in sorted(p for p in plain if type_of(p) is None):
            raise XPathError(f"no question at {missing}")
        self.refs = frozenset(plain)
        self._wanted = self._boolean if boolean else self._text

    def __call__(self, node: etree._Element, when: str | Context) -> bool | str:
        """The truth or the text of this expression. Raises EvaluationError."""
        return self._run(self._wanted, node, when if isinstance(when, Context) else on_day(when))

    def conditions(self, path: str) -> tuple[Condition, ...]:
        """The plain tests among the parts that must all hold; empty when there are none. `path`: as for the bind."""
        return tuple(filter(None, (_condition(part, path) for part in _conjuncts(self.tree))))

    def longest(self) -> int | None:
        """The number N when one part of this constraint is `string-length(.) <= N`."""
        for part in _conjuncts(self.tree):
            match part:
                case ("cmp", "<=" | "<" as sign, ("call", "string-length", [("path", None, steps)]), ("num", limit)) if (
                        steps == [Step("self", ANY_NODE)]):
                    return int(limit) - (sign == "<")
        return None


    def bounds(self) -> tuple[float | None, float | None] | None:
        """(least, most) when this constraint says nothing but `. >= N` and `. <= N`; None for any other."""
        least = most = None
        for part in _conjuncts(self.tree):
            match part:
                case ("cmp", ">=", ("path", None, steps), ("num", limit)) if steps == [Step("self", ANY_NODE)]:
                    least = limit
                case ("cmp", "<=", ("path", None, steps), ("num", limit)) if steps == [Step("self", ANY_NODE)]:
                    most = limit
                case _:
                    return None
        return least, most


@lru_cache(maxsize=16)
def _noon(today: str) -> datetime:
    return datetime.combine(date.fromisoformat(today), time(12), UTC)


def on_day(today: str, top: etree._Element | None = None) -> Context:
    """A context in which it is noon of that ISO date, for the answers below `top`."""
    return Context(_noon(today), UTC, top=top)


def resolve(base: str, start: str | None, steps: list[Step]) -> str | None:
    """The absolute path reached from `base` by plain steps; None for any other steps."""
    names = []
    for step in steps:
        kind, name = step.test
        if step.predicates or kind not in (None, "()") or name == "*":
            return None
        if kind == "()":
            if step.axis not in ("self", "parent") or name != "node":
                return None
            name = "." if step.axis == "self" else ".."
        elif step.axis != "child":
            return None
        names.append(name)
    return posixpath.normpath("/".join(["" if start == "/" else base, *names]) or "/")


def is_boolean(tree: tuple) -> bool:
    """Whether the expression can only be true or false."""
    match tree:
        case ("cmp" | "and" | "or", *_):
            return True
        case ("call", "if", [_, yes, no]):
            return is_boolean(yes) and is_boolean(no)
        case ("call", name, _):
            return name in BOOLEAN
    return False


def _conjuncts(tree: tuple):
    if tree[0] == "and":
        for part in tree[1]:
            yield from _conjuncts(part)
    else:
        yield tree


def _condition(tree: tuple, base: str) -> Condition | None:
    match tree:
        case ("cmp", "=" | "!=" as sign, ("path", None | "/" as start, steps), ("str", code)):
            path = resolve(base, start, steps)
            return path and Condition(path, (code,), sign == "=")
        case ("call", "selected", [("path", None | "/" as start, steps), ("str", code)]):
            path = resolve(base, start, steps)
            return path and Condition(path, (code,), True)
        case ("call", "not", [inner]):
            found = _condition(inner, base)
            return found and found._replace(wanted=not found.wanted)
        case ("or", parts):
            found = [_condition(part, base) for part in parts]
            if all(found) and all(one.wanted and one.path == found[0].path for one in found):
                return Condition(found[0].path, tuple(code for one in found for code in one.codes), True)
    return None

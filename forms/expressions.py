"""The expressions of a form, compiled once and run by libxml2 against an instance tree.

libxml2 knows neither dates nor the ODK functions, so an expression is read into a tree (`forms.xpath`) and written
out again: calls that libxml2 lacks go to `forms.functions`, date operands become day numbers, and what has an exact
native spelling (`selected` with a code, `substr` with numbers, a yes/no `if`) gets it, which is ten times as fast.
"""
from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import NamedTuple

from lxml import etree

from forms.functions import FUNCTIONS, NAMESPACE
from forms.xpath import XPathError, parse

NATIVE = {
    "count", "sum", "not", "true", "false", "contains", "starts-with", "substring-before", "substring-after",
    "translate", "string-length", "normalize-space", "concat", "string", "boolean", "floor", "ceiling", "position",
    "last",
}
BOOLEAN = {"not", "true", "false", "contains", "starts-with", "boolean", "regex", "selected"}
COMPARE, ARITHMETIC = {"<", "<=", ">", ">="}, {"+", "-"}


class Condition(NamedTuple):
    """One plain test of another question: its answer is (or, if not `wanted`, is not) among `codes`."""

    path: str
    codes: tuple[str, ...]
    wanted: bool


class Expression:
    """A compiled expression. Call it with the question's node and today's ISO date."""

    __slots__ = ("source", "refs", "tree", "uses_today", "_run")

    def __init__(self, source: str, path: str, type_of: Callable[[str], str | None], boolean: bool = True):
        """Compile `source` as it stands in the bind of the node at absolute `path`.

        `type_of` gives a node's question type by absolute path, None for no such node.
        Raises XPathError when the text is no XPath, names an unknown node or a function that we lack.
        """
        self.source = source
        writer = _Writer(path, type_of)
        try:
            self.tree = parse(source)
            written = writer.write(self.tree)
        except RecursionError:
            raise XPathError("the expression has too many parts") from None
        self.refs = frozenset(writer.refs)
        self.uses_today = "$today" in written
        wanted = f"boolean({written})" if boolean else f"string({written})"
        try:
            self._run = etree.XPath(wanted, namespaces={"r": NAMESPACE}, smart_strings=False)
        except etree.XPathError as error:
            raise XPathError(str(error)) from None

    def __call__(self, node: etree._Element, today: str):
        return self._run(node, today=today) if self.uses_today else self._run(node)

    def conditions(self, path: str) -> tuple[Condition, ...]:
        """The plain tests among the parts that must all hold; empty when there are none. `path`: as for the bind."""
        return tuple(filter(None, (_condition(part, path) for part in _conjuncts(self.tree))))

    def longest(self) -> int | None:
        """The number N when one part of this constraint is `string-length(.) <= N`."""
        for part in _conjuncts(self.tree):
            match part:
                case ("bin", "<=" | "<" as op, ("call", "string-length", [("path", "", [(".", [])])]), ("num", limit)):
                    return int(limit) - (op == "<")
        return None


class _Writer:
    def __init__(self, path: str, type_of: Callable[[str], str | None]):
        self.path, self.type_of, self.refs = path, type_of, set()

    def write(self, tree: tuple) -> str:
        return getattr(self, "write_" + tree[0])(*tree[1:])

    def write_num(self, value: str) -> str:
        return value

    def write_str(self, value: str) -> str:
        return f"'{value}'" if "'" not in value else f'"{value}"'

    def write_neg(self, operand: tuple) -> str:
        return f"(-{self.as_number(operand)})"

    def write_bin(self, operator: str, left: tuple, right: tuple) -> str:
        if operator in ARITHMETIC or (operator in COMPARE and (self.is_date(left) or self.is_date(right))):
            return f"({self.as_number(left)} {operator} {self.as_number(right)})"
        return f"({self.write(left)} {operator} {self.write(right)})"

    def as_number(self, tree: tuple) -> str:
        return f"r:day({self.write(tree)})" if self.is_date(tree) else self.write(tree)

    def is_date(self, tree: tuple) -> bool:
        match tree:
            case ("call", "today" | "date", _):
                return True
            case ("path", start, steps) if isinstance(start, str):
                return self.type_of(self.resolve(start, steps)) == "date"
        return False

    def resolve(self, start: str, steps: list[tuple], base: str | None = None) -> str:
        """The absolute path that a plain path of names leads to (predicates left out)."""
        return resolve(self.path if base is None else base, start, steps)

    def write_path(self, start, steps: list[tuple]) -> str:
        here = None
        if isinstance(start, str):
            here = self.resolve(start, steps)
            if self.type_of(here) is None:
                raise XPathError(f"no question at {here}")
            self.refs.add(here)
        written = "/".join(test + "".join(self.predicate(p, here) for p in predicates) for test, predicates in steps)
        prefix = start if isinstance(start, str) else f"({self.write(start)})/"
        return prefix + written

    def predicate(self, tree: tuple, here: str | None) -> str:
        if here is None:
            raise XPathError("a condition in brackets must follow a question")
        outer, self.path = self.path, here
        written = self.write(tree)
        self.path = outer
        return f"[{written}]"

    def write_call(self, name: str, arguments: list[tuple]) -> str:
        special = getattr(self, "call_" + name.replace("-", "_").replace(":", "_"), None)
        written = special(*arguments) if special else None
        if written is not None:
            return written
        if name not in NATIVE and name not in FUNCTIONS:
            raise XPathError(f"the function {name}() is not supported")
        joined = ", ".join(map(self.write, arguments))
        return f"{name}({joined})" if name in NATIVE else f"r:{name}({joined})"

    def call_today(self) -> str:
        return "$today"

    def call_number(self, *arguments: tuple) -> str:
        return f"r:day({self.write(arguments[0])})" if arguments and self.is_date(arguments[0]) else \
            f"number({', '.join(map(self.write, arguments))})"

    def call_selected(self, *arguments: tuple) -> str | None:
        if len(arguments) != 2 or arguments[1][0] != "str" or "'" in arguments[1][1]:
            return None
        return f"contains(concat(' ', normalize-space({self.write(arguments[0])}), ' '), ' {arguments[1][1].strip()} ')"

    def call_regex(self, *arguments: tuple) -> None:
        if len(arguments) == 2 and arguments[1][0] == "str":
            try:
                re.compile(arguments[1][1])
            except re.error as error:
                raise XPathError(f"the pattern {arguments[1][1]!r} is wrong ({error})") from None

    def call_substr(self, *arguments: tuple) -> str | None:
        if len(arguments) != 3 or any(a[0] != "num" or not a[1].isdigit() for a in arguments[1:]):
            return None
        start, end = (int(a[1]) for a in arguments[1:])
        return f"substring({self.write(arguments[0])}, {start + 1}, {max(0, end - start)})"

    def call_if(self, *arguments: tuple) -> str | None:
        if len(arguments) != 3 or not all(map(is_boolean, arguments[1:])):
            return None
        condition, yes, no = map(self.write, arguments)
        return f"(({condition} and {yes}) or (not({condition}) and {no}))"


def resolve(base: str, start: str, steps: list[tuple]) -> str:
    """The absolute path reached from `base` by plain steps."""
    joined = "/".join(test.removeprefix("child::") for test, _ in steps)
    return posixpath.normpath(f"/{joined}" if start == "/" else f"{base}/{joined}")


def is_boolean(tree: tuple) -> bool:
    """Whether the expression can only be true or false."""
    match tree:
        case ("bin", op, _, _):
            return op in COMPARE or op in ("and", "or", "=", "!=")
        case ("call", "if", [_, yes, no]):
            return is_boolean(yes) and is_boolean(no)
        case ("call", name, _):
            return name in BOOLEAN
    return False


def _conjuncts(tree: tuple):
    if tree[:2] == ("bin", "and"):
        yield from _conjuncts(tree[2])
        yield from _conjuncts(tree[3])
    else:
        yield tree


def _condition(tree: tuple, base: str) -> Condition | None:
    match tree:
        case ("bin", "=" | "!=" as op, ("path", str() as start, steps), ("str", code)) if _plain(steps):
            return Condition(resolve(base, start, steps), (code,), op == "=")
        case ("call", "selected", [("path", str() as start, steps), ("str", code)]) if _plain(steps):
            return Condition(resolve(base, start, steps), (code,), True)
        case ("call", "not", [inner]):
            found = _condition(inner, base)
            return found and found._replace(wanted=not found.wanted)
        case ("bin", "or", left, right):
            one, two = _condition(left, base), _condition(right, base)
            if one and two and one.path == two.path and one.wanted and two.wanted:
                return Condition(one.path, one.codes + two.codes, True)
    return None


def _plain(steps: list[tuple]) -> bool:
    return not any(predicates for _, predicates in steps)

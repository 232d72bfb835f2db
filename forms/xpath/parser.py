"""XPath 1.0 read into a tree of plain tuples, first item the kind.

    ("num", 1.5) ("str", "words") ("neg", e)
    ("or", [e, ...]) ("and", [e, ...]) ("cmp", op, a, b)       op: = != < <= > >=
    ("sum", e, [(op, e), ...])                                 op: + - * div mod, worked out from left to right
    ("union", [e, ...]) ("call", name, [e, ...])
    ("path", start, [Step, ...])   start: None relative, "/" absolute, or the expression that the steps go on from
"""
from __future__ import annotations

from typing import NamedTuple

from forms.xpath.errors import XPathError
from forms.xpath.lexer import tokens

DEEPEST = 40
MOST_PARTS = 1000
AXES = {
    "ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
    "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self",
}
NODE_TYPES = {"node", "text", "comment", "processing-instruction"}


class Step(NamedTuple):
    """One step of a path. `test`: (None, "name") or ("prefix", "name") with "*" for any name, or a node type such as
    ("()", "text"); `target` is that of a processing-instruction()."""

    axis: str
    test: tuple[str | None, str]
    predicates: tuple = ()
    target: str | None = None


ANY_NODE = ("()", "node")
EVERYTHING_BELOW = Step("descendant-or-self", ANY_NODE)
SHORT_STEPS = {("op", "."): Step("self", ANY_NODE), ("op", ".."): Step("parent", ANY_NODE)}


def parse(text: str) -> tuple:
    """The tree of `text`. Raises XPathError."""
    reader = _Reader(tokens(text))
    tree = reader.disjunction()
    if reader.peek() is not None:
        raise XPathError(f"unexpected {reader.peek()[1]!r}")
    return tree


class _Reader:
    def __init__(self, words: list[tuple[str, str]]):
        self.words, self.at, self.depth = words, 0, 0

    def peek(self, ahead: int = 0) -> tuple[str, str] | None:
        index = self.at + ahead
        return self.words[index] if index < len(self.words) else None

    def is_op(self, *values: str) -> bool:
        token = self.peek()
        return token is not None and token[0] == "op" and token[1] in values

    def take(self) -> tuple[str, str]:
        token = self.peek()
        if token is None:
            raise XPathError("the expression ends too early")
        self.at += 1
        return token

    def expect(self, value: str) -> None:
        if not self.is_op(value):
            raise XPathError(f"{value!r} is missing")
        self.at += 1

    def parts(self, read, *operators: str) -> tuple[tuple, list[tuple[str, tuple]]]:
        """An operand and the (operator, operand) pairs after it."""
        first, more = read(), []
        while self.is_op(*operators):
            operator = self.take()[1]
            more.append((operator, read()))
            if len(more) > MOST_PARTS:
                raise XPathError(f"more than {MOST_PARTS} parts in a row")
        return first, more

    def disjunction(self) -> tuple:
        first, more = self.parts(self.conjunction, "or")
        return ("or", [first, *(e for _, e in more)]) if more else first

    def conjunction(self) -> tuple:
        first, more = self.parts(self.equality, "and")
        return ("and", [first, *(e for _, e in more)]) if more else first

    def equality(self) -> tuple:
        return self.comparisons(self.relation, "=", "!=")

    def relation(self) -> tuple:
        return self.comparisons(self.addition, "<", "<=", ">", ">=")

    def comparisons(self, read, *operators: str) -> tuple:
        tree, more = self.parts(read, *operators)
        if len(more) > DEEPEST:
            raise XPathError(f"more than {DEEPEST} comparisons in a row")
        for operator, right in more:
            tree = ("cmp", operator, tree, right)
        return tree

    def addition(self) -> tuple:
        first, more = self.parts(self.product, "+", "-")
        return ("sum", first, more) if more else first

    def product(self) -> tuple:
        first, more = self.parts(self.unary, "*", "div", "mod")
        return ("sum", first, more) if more else first

    def unary(self) -> tuple:
        signs = 0
        while self.is_op("-"):
            self.take()
            signs += 1
        if signs > MOST_PARTS * 4:
            raise XPathError(f"more than {MOST_PARTS * 4} signs in a row")
        first, more = self.parts(self.path, "|")
        tree = ("union", [first, *(e for _, e in more)]) if more else first
        return ("neg", tree) if signs % 2 else ("neg", ("neg", tree)) if signs else tree

    def path(self) -> tuple:
        start, in_brackets = self.primary()
        if start is None:
            return self.location()
        if in_brackets and self.is_op("[", "/", "//"):
            raise XPathError("conditions and steps after a part in round brackets are not understood by ODK Collect")
        predicates = self.predicates()
        steps = [Step("self", ANY_NODE, predicates)] if predicates else []
        steps += self.more_steps()
        return ("path", start, steps) if steps else start

    def location(self) -> tuple:
        if self.is_op("//"):
            return ("path", "/", self.more_steps())
        if not self.is_op("/"):
            return ("path", None, [self.step(), *self.more_steps()])
        self.take()
        token = self.peek()
        if token is None or token[0] in ("num", "str") or (token[0] == "op" and token[1] not in (".", "..", "@")):
            return ("path", "/", [])
        steps = [self.step(), *self.more_steps()]
        if steps[0][:2] == ("child", ("()", "text")):
            raise XPathError("'/text()' can never find anything")
        return ("path", "/", steps)

    def primary(self) -> tuple[tuple | None, bool]:
        token = self.peek()
        if token is None:
            raise XPathError("the expression ends too early")
        if token[0] == "num":
            return ("num", float(self.take()[1])), False
        if token[0] == "str":
            return ("str", self.take()[1][1:-1]), False
        if self.is_op("("):
            self.take()
            inner = self.nested(self.disjunction)
            self.expect(")")
            return inner, True
        if token[0] == "name" and token[1] not in NODE_TYPES and self.peek(1) == ("op", "("):
            return self.nested(self.call), False
        return None, False

    def nested(self, read):
        self.depth += 1
        if self.depth > DEEPEST:
            raise XPathError(f"more than {DEEPEST} levels deep")
        result = read()
        self.depth -= 1
        return result

    def call(self) -> tuple:
        name = self.take()[1]
        self.expect("(")
        arguments = []
        while not self.is_op(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.disjunction())
        self.expect(")")
        return ("call", name, arguments)

    def more_steps(self) -> list[Step]:
        steps = []
        while self.is_op("/", "//"):
            if self.take()[1] == "//":
                steps.append(EVERYTHING_BELOW)
            steps.append(self.step())
            if len(steps) > MOST_PARTS:
                raise XPathError(f"more than {MOST_PARTS} steps")
        return _shortened(steps)

    def step(self) -> Step:
        kind, value = self.take()
        if (kind, value) in SHORT_STEPS:
            if self.is_op("["):
                raise XPathError(f"conditions after {value} are not understood by ODK Collect and in the browser")
            return SHORT_STEPS[kind, value]
        axis = "child"
        if (kind, value) == ("op", "@"):
            axis = "attribute"
            kind, value = self.take()
        elif kind == "name" and self.is_op("::"):
            axis = value
            if axis not in AXES:
                raise XPathError(f"{axis!r} is no axis")
            self.take()
            kind, value = self.take()
        return self.tested(axis, kind, value)

    def tested(self, axis: str, kind: str, value: str) -> Step:
        target = None
        if kind == "star":
            test = (None, "*")
        elif kind != "name":
            raise XPathError(f"unexpected {value!r}")
        elif value in NODE_TYPES and self.is_op("("):
            self.take()
            if value == "processing-instruction" and self.peek() is not None and self.peek()[0] == "str":
                target = self.take()[1][1:-1]
            self.expect(")")
            test = ("()", value)
        else:
            prefix, _, local = value.rpartition(":")
            test = (prefix or None, local)
        return Step(axis, test, self.predicates(), target)

    def predicates(self) -> tuple:
        found = []
        while self.is_op("["):
            self.take()
            found.append(self.nested(self.disjunction))
            self.expect("]")
        return tuple(found)


def _shortened(steps: list[Step]) -> list[Step]:
    """`//name` as one step over descendants, where that is the same: without conditions, which may count positions."""
    short: list[Step] = []
    for step in steps:
        if short and short[-1] is EVERYTHING_BELOW and step.axis == "child" and not step.predicates:
            short[-1] = step._replace(axis="descendant")
        else:
            short.append(step)
    return short

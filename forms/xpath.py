"""XPath 1.0 read into a small tree, so that an expression can be understood and rewritten before libxml2 runs it.

The tree is made of plain tuples, first item the kind:
    ("num", text) ("str", value) ("neg", e) ("bin", op, left, right) ("call", name, [args])
    ("path", start, steps)   start: "" relative, "/" absolute, or an expression that the steps continue from
                             steps: [(test, [predicates])]; test is "..", ".", "*", "name" or "axis::name"
"""
from __future__ import annotations

import re

TOKEN = re.compile(r"""
    (?P<num>\d+(?:\.\d*)?|\.\d+)
  | (?P<str>"[^"]*"|'[^']*')
  | (?P<op>//|::|\.\.|!=|<=|>=|[()\[\]@,./|+\-=<>*$])
  | (?P<name>[^\W\d][\w\-.·]*(?::(?!:)[^\W\d][\w\-.·]*)?)
  | (?P<space>\s+)
""", re.VERBOSE)
WORD_OPERATORS = {"and", "or", "mod", "div"}
LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
DEEPEST = 40
MOST_TOKENS = 4000


class XPathError(ValueError):
    """The text is no XPath expression; the message says where it stopped making sense."""


def parse(text: str) -> tuple:
    """The tree of `text`. Raises XPathError."""
    tokens = _tokens(text)
    if len(tokens) > MOST_TOKENS:
        raise XPathError(f"more than {MOST_TOKENS} words and signs")
    reader = _Reader(tokens)
    tree = reader.binary(0)
    if reader.peek() is not None:
        raise XPathError(f"unexpected {reader.peek()[1]!r}")
    return tree


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise XPathError(f"unexpected {text[at:at + 10]!r}")
        at = match.end()
        kind, value = match.lastgroup, match.group()
        if kind == "space":
            continue
        # XPath 1.0 section 3.7: after an operand a name or a star is an operator, elsewhere it is not.
        after_operand = bool(tokens) and (
            tokens[-1][0] in ("num", "str", "name", "star") or tokens[-1][1] in (")", "]", ".", ".."))
        if kind == "name" and after_operand and value in WORD_OPERATORS:
            kind = "op"
        elif value == "*" and not after_operand:
            kind = "star"
        tokens.append((kind, value))
    return tokens


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens, self.at, self.depth = tokens, 0, 0

    def peek(self, ahead: int = 0) -> tuple[str, str] | None:
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else None

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

    def binary(self, level: int) -> tuple:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.is_op(*LEVELS[level]):
            operator = self.take()[1]
            left = ("bin", operator, left, self.binary(level + 1))
        return left

    def unary(self) -> tuple:
        signs = 0
        while self.is_op("-"):
            self.take()
            signs += 1
        left = self.path()
        while self.is_op("|"):
            self.take()
            left = ("bin", "|", left, self.path())
        return ("neg", left) if signs % 2 else ("neg", ("neg", left)) if signs else left

    def path(self) -> tuple:
        start = self.primary()
        if start is not None:
            predicates = self.predicates()
            if not predicates and not self.is_op("/", "//"):
                return start
            steps = [(".", predicates)] if predicates else []
            return ("path", start, steps + self.more_steps())
        if self.is_op("/"):
            self.take()
            return ("path", "/", [self.step(), *self.more_steps()])
        return ("path", "", [self.step(), *self.more_steps()])

    def primary(self) -> tuple | None:
        token = self.peek()
        if token is None:
            raise XPathError("the expression ends too early")
        if token[0] == "num":
            return ("num", self.take()[1])
        if token[0] == "str":
            return ("str", self.take()[1][1:-1])
        if self.is_op("("):
            self.take()
            inner = self.nested(lambda: self.binary(0))
            self.expect(")")
            return inner
        if token[0] == "name" and self.peek(1) == ("op", "("):
            return self.nested(self.call)
        return None

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
            arguments.append(self.binary(0))
            if not self.is_op(")"):
                self.expect(",")
        self.expect(")")
        return ("call", name, arguments)

    def more_steps(self) -> list[tuple]:
        steps = []
        while self.is_op("/"):
            self.take()
            steps.append(self.step())
        return steps

    def step(self) -> tuple:
        kind, value = self.take()
        if kind == "op" and value not in (".", ".."):
            raise XPathError(f"unexpected {value!r}")
        if kind == "name" and self.is_op("::"):
            self.take()
            value = f"{value}::{self.take()[1]}"
        return (value, self.predicates())

    def predicates(self) -> list[tuple]:
        found = []
        while self.is_op("["):
            self.take()
            found.append(self.nested(lambda: self.binary(0)))
            self.expect("]")
        return found

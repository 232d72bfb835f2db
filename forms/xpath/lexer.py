"""The words and signs of an expression (XPath 1.0, section 3.7)."""
from __future__ import annotations

import re

from forms.xpath.errors import XPathError

TOKEN = re.compile(r"""
    (?P<num>\d+(?:\.\d*)?|\.\d+)
  | (?P<str>"[^"]*"|'[^']*')
  | (?P<op>//|::|\.\.|!=|<=|>=|[()\[\]@,./|+\-=<>*])
  | (?P<name>[^\W\d][\w\-.·]*(?::(?!:)(?:[^\W\d][\w\-.·]*|\*))?)
  | (?P<space>\s+)
""", re.VERBOSE | re.ASCII)
NAME = re.compile(r"[^\W\d][\w\-.·]*(?::(?!:)(?:[^\W\d][\w\-.·]*|\*))?")
WORD_OPERATORS = {"and", "or", "mod", "div"}
_OPERATOR_GLUED = re.compile(r"and|or|mod|div")
MOST_TOKENS = 20_000


def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) pairs; kind is num, str, op, name or star. Raises XPathError."""
    found: list[tuple[str, str]] = []
    at, operand = 0, False  # operand: whether the last token ends an operand
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or match.lastgroup == "name":
            match = NAME.match(text, at)
            if match is None:
                raise XPathError(f"unexpected {text[at:at + 10]!r}")
            kind = "name"
        else:
            kind = match.lastgroup
        value, at = match.group(), match.end()
        if kind == "space":
            continue
        if kind == "name" and operand:
            # After an operand a name can only be an operator, also one that touches what follows: `1 div2`, `4andtrue()`.
            glued = None if value in WORD_OPERATORS else _OPERATOR_GLUED.match(value)
            if glued:
                at -= len(value) - glued.end()
                value = glued.group()
            if value in WORD_OPERATORS:
                kind = "op"
        elif value == "*" and not operand:
            kind = "star"
        found.append((kind, value))
        if len(found) > MOST_TOKENS:
            raise XPathError(f"more than {MOST_TOKENS} words and signs")
        operand = kind in ("num", "str", "name", "star") or value in (")", "]", ".", "..")
    return found

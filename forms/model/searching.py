"""Choices that `search()` in the column appearance draws from a list in a file, as ODK Collect draws them.

SRC-1 A choice whose code is a whole number stays as it is; the code of any other names the column with the codes, and its words the
      columns with the words, the further ones in brackets behind their names: "Pine (height: 3)". Rows without words show their code.
SRC-2 search('file'), search('file', how, 'columns', wanted), search('file', how, 'columns', wanted, 'column', value): `how` is contains,
      startswith, endswith or matches; small and capital letters are the same. With the last two, that column must be the value.
SRC-3 Each code is offered once; a column `sortby` gives the order, by number.
SRC-4 Columns are found as Collect finds them: small letters, and _ for what is no letter or digit.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from forms.functions.lookups import plain
from forms.model.definition import Definition, Fault, NodeDef

CALL = re.compile(r"\bsearch\s*\((.*)\)", re.S)
_ARGUMENT = re.compile(r"'[^']*'|\"[^\"]*\"|[(),\[\]]|[^'\"(),\[\]]+")
_WHOLE = re.compile(r"\s*[+-]?\d+\s*$")
_HOW = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith, "matches": str.__eq__}


class Search(NamedTuple):
    """A `search()`: the rows to look through, and its arguments after the first, each an expression that gives a text."""

    identity: str
    rows: list[etree._Element]
    arguments: tuple

    def found(self, value: str, words: str, place, context) -> Iterator[tuple[str, str]]:
        """(code, words) of each row, for a choice whose code and words name columns."""
        column, shown = plain(value), _columns(words)
        asked = [argument.text(place, context) for argument in self.arguments]
        seen: set[str] = set()
        for row in sorted(self._cells(), key=_order):
            code = row.get(column, "")
            if code not in seen and _fits(row, asked):
                seen.add(code)
                yield code, _said(row, shown) or code

    def _cells(self) -> Iterator[dict[str, str]]:
        for row in self.rows:
            yield {plain(cell.tag): cell.text or "" for cell in row}


def is_fixed(value: str) -> bool:
    """Whether a choice stands for itself rather than for a column."""
    return _WHOLE.match(value) is not None


def file_of(appearance: str) -> str | None:
    """The file that a search() looks through; None for an appearance without one."""
    call = CALL.search(appearance)
    name = _split(call[1])[0].strip() if call else ""
    return name[1:-1].removesuffix(".csv") + ".csv" if re.fullmatch(r"'[^']+'|\"[^\"]+\"", name) else None


def searched(form: Definition, node: NodeDef) -> Search | None:
    """The search() of a question; None for none, or (as a fault) for one that cannot be understood."""
    call = CALL.search(node.appearance)
    if call is None:
        return None
    given, file = _split(call[1]), file_of(node.appearance)
    if file is None or len(given) not in (1, 4, 6):
        form.faults.append(Fault("search() needs the name of a file in quotes, and 1, 4 or 6 values", node.ref, "appearance"))
        return None
    identity = file.removesuffix(".csv")
    instance = form.instances.get(identity)
    rows = instance.findall("root/item") if instance is not None else []
    arguments = tuple(form.compile(each, node.ref, "appearance", "string") for each in given[1:])
    return Search(identity, rows, arguments) if None not in arguments else None


def _split(inside: str) -> list[str]:
    """The arguments of a call, from what stands between its brackets."""
    parts, depth = [""], 0
    for piece in _ARGUMENT.findall(inside):
        depth += (piece in "([") - (piece in ")]")
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _columns(words: str) -> list[str]:
    """The columns that a text names, with commas between them or else blanks."""
    found = [part.strip() for part in words.split(",") if part.strip()]
    return found[0].split() if len(found) == 1 else found


def _order(row: dict[str, str]) -> float:
    try:
        return float(row.get("sortby") or 0)
    except ValueError:
        return 0.0


def _fits(row: dict[str, str], asked: list[str]) -> bool:
    if len(asked) == 5 and row.get(plain(asked[3]), "").lower() != asked[4].lower():
        return False
    columns = _columns(asked[1]) if asked else []
    test = _HOW.get(asked[0].strip().lower(), str.__contains__) if asked else str.__contains__
    return not columns or any(test(row.get(plain(column), "").lower(), asked[2].lower()) for column in columns)


def _said(row: dict[str, str], columns: list[str]) -> str:
    first, *more = columns or [""]
    return row.get(plain(first), "") + "".join(f" ({column}: {row.get(plain(column), '')})" for column in more)

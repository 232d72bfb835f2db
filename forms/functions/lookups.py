"""Functions that look beyond the answers: other instances, words in the language of the moment, labels of choices."""
from __future__ import annotations

import re

from lxml import etree

from forms.functions.registry import function
from forms.xpath.context import Frame
from forms.xpath.errors import EvaluationError
from forms.xpath.nodes import text_of
from forms.xpath.values import comparable

_NAME = re.compile(r"[^\W\d][\w.\-]*$")
_NO_LETTER = re.compile(r"[^\w]")


@function("instance", "t", "nodes", framed=True)
def instance(frame: Frame, identity: str) -> list:
    found = frame.context.instances.get(identity)
    return [found] if found is not None else []


@function("jr:itext", "t", "any", framed=True)
def itext(frame: Frame, identity: str) -> str | list:
    if frame.context.itext is None:
        raise EvaluationError("this form has no texts by ID")
    return frame.context.itext(identity)


@function("jr:choice-name", "tt", "text", framed=True)
def choice_name(frame: Frame, value: str, path: str) -> str:
    """The label of the choice with that value in the question at `path` (a text that holds a path)."""
    if frame.context.choice_name is None:
        raise EvaluationError("this form has no choices")
    return frame.context.choice_name(value, path.strip(), frame.node)


@function("pulldata", "tttt", "text", framed=True)
def pulldata(frame: Frame, identity: str, column: str, key_column: str, key: str) -> str:
    """From the table `identity`, the cell in `column` of the first row that has `key` in `key_column`; else empty. An empty key
    finds a row whose cell is empty."""
    holder = frame.context.instances.get(identity.removesuffix(".csv"))
    if holder is None:
        return ""
    zone, place = frame.context.zone, (holder, "pulldata", key_column, frame.context.zone)
    table = frame.context.tables.get(place)
    if table is None:
        table = frame.context.tables[place] = {}
        for row in holder.iterfind("{*}root/{*}item"):
            cell = _cell(row, key_column)
            if cell is not None:
                table.setdefault(comparable(cell, zone), row)
    row = table.get(comparable(key, zone))
    return (_cell(row, column) or "") if row is not None else ""


def _cell(row: etree._Element, column: str) -> str | None:
    """The text in a column of a row, `@name` for one that is kept as an attribute; None when the row lacks it."""
    if column.startswith("@"):
        return row.get(column[1:])
    found = row.find("{*}" + column) if _NAME.match(column) else None
    if found is None:
        alike = plain(column)
        found = next((cell for cell in row.iterchildren(etree.Element) if plain(etree.QName(cell).localname) == alike), None)
    return text_of(found) if found is not None else None


def plain(column: str) -> str:
    """The name of a column as Collect looks for it: small letters, and _ for whatever is no letter or digit."""
    return _NO_LETTER.sub("_", column.strip()).lower()


@function("version", "", "text", framed=True)
def version(frame: Frame) -> str:
    return frame.context.version


@function("property", "t", "text", framed=True)
def device_property(frame: Frame, name: str) -> str:
    return frame.context.properties.get(name, "")


@function("depend", "vv*", "any")
def depend(value: object, *_others: object) -> object:
    return value

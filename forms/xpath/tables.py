"""Rows of secondary instances found by a table instead of one by one: what makes long cascades quick."""
from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from forms.xpath.context import Frame
from forms.xpath.nodes import text_of
from forms.xpath.parser import Step
from forms.xpath.values import comparable

_Element = etree._Element


def lookup(step: Step) -> tuple[Step, tuple] | None:
    """(column, wanted value) of a condition that compares a child with what does not depend on the row."""
    match step.predicates[0]:
        case ("cmp", "=", ("path", None, [Step(axis="child", predicates=()) as child]), wanted) | (
                "cmp", "=", wanted, ("path", None, [Step(axis="child", predicates=()) as child])):
            plain = step.axis == "child" and step.test[0] is None and child.test[0] is None
            if plain and "*" not in (step.test[1], child.test[1]) and _steady(wanted):
                return child, wanted
    return None


def _steady(tree) -> bool:
    """Whether a value is the same for every row: written out, or a plain path from the top or from current()."""
    match tree:
        case ("str", _):
            return True
        case ("path", "/" | ("call", "current", []), steps):
            return not any(step.predicates for step in steps)
    return False


def table_walk(tag: str, child: str, wanted: Callable, sifts: list, walk: Callable) -> Callable:
    """A walk to the children `tag` whose cell `child` equals `wanted`, by a table kept in the context; `walk` is the way
    without one. `sifts`: further conditions."""
    def look_up(nodes: list, frame: Frame) -> list:
        value = wanted(frame)
        if isinstance(value, list):
            if len(value) > 1:
                return walk(nodes, frame)
            value = text_of(value[0]) if value else None
        if len(nodes) != 1 or nodes[0].__class__ is not _Element or _same_tree(nodes[0], frame):
            return walk(nodes, frame)
        if value is None:
            return []
        parent, zone = nodes[0], frame.context.zone
        table = frame.context.tables.get((parent, tag, child, zone))
        if table is None:
            table = frame.context.tables[parent, tag, child, zone] = {}
            for row in parent.iterchildren(tag):
                for key in {comparable(text_of(cell), zone) for cell in row.iterchildren(child)}:
                    table.setdefault(key, []).append(row)
        found = table.get(comparable(value, zone), [])
        for sift in sifts:
            found = sift(found, frame)
        return [*found]
    return look_up


def _same_tree(node: _Element, frame: Frame) -> bool:
    """Whether an instance belongs to the answers themselves, which change."""
    beside = frame.context.top if frame.context.top is not None else frame.current
    if beside.__class__ is not _Element:
        return True
    return _uppermost(node) is _uppermost(beside)


def _uppermost(node: _Element) -> _Element:
    while (above := node.getparent()) is not None:
        node = above
    return node

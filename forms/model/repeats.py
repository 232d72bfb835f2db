"""Repeats: finding, adding, removing and counting their instances, and the nodes that an action sets."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lxml import etree

from forms.model import actions, loading
from forms.model.definition import NodeDef
from forms.model.tree import Node
from forms.xpath.nodes import Leaf

if TYPE_CHECKING:
    from forms.model.state import State

MOST_INSTANCES = 10_000
_STEP = re.compile(r"([^\[\]]+)(?:\[(\d+)\])?$")


class Repeats:
    """The repeats of one filling."""

    def __init__(self, state: State, fresh: bool):
        """`fresh`: whether this is a new filling rather than one that is gone on with."""
        self.state, self.fresh = state, fresh
        self._counted: set[Node] = set()

    def find(self, ref: str, ranges: bool = False) -> Node:
        """The node at `ref`; with `ranges`, the range of instances when the last step is a repeat without a position."""
        steps = ref.strip("/").split("/")
        node = self.state.root
        if node.d.ref != "/" + steps[0]:
            raise KeyError(ref)
        for step in steps[1:]:
            match = _STEP.match(step)
            if node.range:
                if not node.children:
                    raise KeyError(ref)
                node = node.children[0]
            below = next((kid for d, kid in node.kids.items() if match and d.ref == f"{node.d.ref}/{match[1]}"), None)
            if below is None:
                raise KeyError(ref)
            node = below
            if match[2]:
                index = int(match[2]) - 1
                if not node.range and index == 0:
                    continue
                if not node.range or not 0 <= index < len(node.children):
                    raise KeyError(ref)
                node = node.children[index]
        if node.range and not ranges:
            if not node.children:
                raise KeyError(ref)
            return node.children[0]
        return node

    def may_change(self, range_: Node) -> bool:
        """Whether a person may add and remove instances."""
        return range_.d.count is None and not range_.d.fixed

    def add(self, range_: Node, at: int | None = None, by_person: bool = True) -> Node:
        """A new instance: like the template, or (by count) the form's own instance at that place, else empty."""
        state = self.state
        if by_person and not self.may_change(range_):
            raise ValueError(f"{state.ref(range_)}: instances are counted by the form")
        if len(range_.children) >= MOST_INSTANCES:
            raise ValueError(f"{state.ref(range_)}: more than {MOST_INSTANCES} instances")
        index = len(range_.children) if at is None else max(0, min(at, len(range_.children)))
        element = loading.begun_instance(range_.d, None if by_person else index)
        self._insert(range_, index, element)
        node = loading.grow(state, range_.d, element, range_, position=index)
        node.relevant = range_.relevant
        loading.enliven(state, node, fresh=True)
        self._moved(range_, index)
        for below in node.walk():
            if below.d.kind == "repeat" and not below.range:
                if below.d in state.form.new_repeat:
                    state.mark(below.d, "created", below)
        return node

    def remove(self, node: Node, by_person: bool = True) -> None:
        range_ = node.parent
        if range_ is None or not range_.range:
            raise KeyError("not an instance of a repeat")
        if by_person and not self.may_change(range_):
            raise ValueError("instances are counted by the form")
        state, index = self.state, range_.children.index(node)
        range_.children.remove(node)
        node.element.getparent().remove(node.element)
        for below in node.walk():
            below.alive = False
            state.nodes[below.d].remove(below)
            if below.element is not None and below.d.kind != "attribute":
                state.by_element.pop(below.element, None)
            state.touched(below)
        self._moved(range_, index)

    def _moved(self, range_: Node, start: int) -> None:
        """Instances have come or gone: what looks at the repeat, or at a position in it, is worked out again."""
        self.state.touched(range_)

    def count(self, range_: Node) -> None:
        """Bring the number of instances to what jr:count says; while nobody is asked, or the count is no number, they stay as they
        are: who clears a number to correct it loses nothing. (The first time they are counted all the same: a form begins without
        instances that nobody was asked for.)"""
        began = range_ in self._counted or not self.fresh
        if not range_.parent.relevant and began:
            return
        self._counted.add(range_)
        wanted = self.at(range_, lambda place: range_.d.count.number(place, self.state.context))
        if wanted != wanted and began:
            return
        number = int(wanted) if wanted == wanted and wanted > 0 else 0
        number = min(number, MOST_INSTANCES)
        while len(range_.children) > number:
            self.remove(range_.children[-1], by_person=False)
        while len(range_.children) < number:
            self.add(range_, by_person=False)

    def at(self, node: Node, evaluate: Callable[[etree._Element], object]):
        """`evaluate(element)` for the element that expressions about this node start from. A range without instances has
        none: an element stands in its place meanwhile."""
        if node.d.kind == "attribute":
            return evaluate(Leaf("attribute", node.element, node.d.name, node.seen))
        if not node.range:
            return evaluate(node.element)
        if node.range and node.children:
            return evaluate(node.children[0].element)
        stand_in = etree.Element(node.d.name)
        self._insert(node, 0, stand_in)
        try:
            return evaluate(stand_in)
        finally:
            stand_in.getparent().remove(stand_in)

    def _insert(self, range_: Node, index: int, element: etree._Element) -> None:
        if index and range_.children:
            range_.children[index - 1].element.addnext(element)
            return
        if range_.children:
            range_.children[0].element.addprevious(element)
            return
        before = None
        for sibling in range_.parent.children:
            if sibling is range_:
                break
            last = sibling.children[-1] if sibling.range and sibling.children else sibling
            if last.element is not None and last.d.kind != "attribute":
                before = last.element
        if before is None:
            range_.parent.element.insert(0, element)
        else:
            before.addnext(element)

    def nearest(self, node: Node | None, d: NodeDef) -> Node | None:
        """The first node of `d` in the same repeat instances as `node`."""
        while node is not None and (node.range or node.d not in d.chain):
            node = node.parent
        return next((found for found in (node or self.state.root).below(d) if not found.range), None)

    def targets(self, action: actions.Action, source: Node | None) -> Iterator[Node]:
        """The nodes that an action sets: those in the same repeat instances as its source."""
        state = self.state
        d = state.form.nodes.get(action.ref) if action.ref else None
        if d is not None:
            scope = source
            while scope is not None and (scope.range or scope.d not in d.chain):
                scope = scope.parent
            yield from [node for node in (scope or state.root).below(d) if not node.range]
        elif action.target is not None:
            place = source.element if source is not None else state.root.element
            for element in action.target.nodes(place, state.context):
                node = state.by_element.get(element) if not isinstance(element, Leaf) else None
                if node is not None and node.leaf:
                    yield node

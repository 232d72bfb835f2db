"""The nodes of one filling, beside the XML elements that the expressions see."""
from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from forms.model.definition import NodeDef


class Node:
    """A node of the instance, or the range of a repeat's instances (`range`; it has no element of its own).

    value: what was answered or calculated. seen: what expressions see of it ("" when not relevant).
    cache: what was worked out for showing, by kind."""

    __slots__ = ("d", "element", "parent", "children", "range", "value", "seen", "own_relevant", "relevant", "cache", "alive",
                 "kids")

    def __init__(self, d: NodeDef, element: etree._Element | None, parent: Node | None, is_range: bool = False):
        self.d, self.element, self.parent, self.range = d, element, parent, is_range
        self.children: list[Node] = []
        self.kids: dict[NodeDef, Node] = {}
        self.value = self.seen = ""
        self.own_relevant, self.relevant, self.alive = True, True, True
        self.cache: dict[str, object] = {}

    @property
    def leaf(self) -> bool:
        return self.d.is_leaf

    def show(self, seen: str) -> None:
        """Let expressions see this value."""
        self.seen = seen
        if self.d.kind == "attribute":
            self.element.set(self.d.name, seen)
        else:
            self.element.text = seen or None

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def within(self, d: NodeDef) -> Node | None:
        """The nearest node above (or this one) that is an instance of `d`."""
        node: Node | None = self
        while node is not None and (node.d is not d or node.range):
            node = node.parent
        return node

    def below(self, d: NodeDef) -> Iterator[Node]:
        """The nodes of `d` below this one (itself included)."""
        if self.d is d:
            yield self
            if self.range:
                yield from self.children
            return
        steps = d.chain[len(self.d.chain):]
        if not steps or self.d not in d.chain:
            return
        if self.range:
            for child in list(self.children):
                yield from child.below(d)
            return
        next_one = self.kids.get(steps[0])
        if next_one is not None:
            yield from next_one.below(d)

"""The nodes that XPath sees in an lxml tree, and the axes along which it walks them.

Elements, comments and processing instructions are lxml's own. What lxml has no object for gets a small one here:
the document above the root element, attributes, texts and namespaces.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

_STRING = etree.XPath("string()", smart_strings=False)
XML = "http://www.w3.org/XML/1998/namespace"


class Document:
    """What stands above a root element."""

    __slots__ = ("root",)

    def __init__(self, root: etree._Element):
        self.root = root

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and other.root is self.root

    def __hash__(self) -> int:
        return hash((Document, self.root))


class Leaf:
    """An attribute, a text or a namespace. `owner` is the element that has it; `name` tells it from its siblings:
    an attribute's name as {uri}local, a namespace's prefix, and for a text the element that it follows (or None)."""

    __slots__ = ("kind", "owner", "name", "value")

    def __init__(self, kind: str, owner: etree._Element, name: object, value: str):
        self.kind, self.owner, self.name, self.value = kind, owner, name, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaf) and (self.kind, self.name) == (other.kind, other.name) and self.owner is other.owner

    def __hash__(self) -> int:
        return hash((self.kind, self.owner, self.name))


Node = etree._Element | Document | Leaf


def text_of(node: Node) -> str:
    """The string-value of a node."""
    if node.__class__ is etree._Element:  # nearly every node of a submission
        return _STRING(node) if len(node) else node.text or ""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Document):
        return _STRING(node.root)
    return node.text or "" if not len(node) else _STRING(node)


def parent_of(node: Node) -> Node | None:
    """The node above: of an attribute its element, of the root element the document; None above the document."""
    if isinstance(node, Leaf):
        return node.owner
    if isinstance(node, Document):
        return None
    above = node.getparent()
    return above if above is not None else Document(_root_beside(node))


def _root_beside(node: etree._Element) -> etree._Element:
    """The root element of the document that this parentless node (also a comment beside the root) belongs to."""
    return node if isinstance(node.tag, str) else node.getroottree().getroot()


def children(node: Node) -> Iterator[Node]:
    """All child nodes, texts included."""
    if isinstance(node, Leaf):
        return
    if isinstance(node, Document):
        yield from reversed(list(node.root.itersiblings(preceding=True)))
        yield node.root
        yield from node.root.itersiblings()
        return
    if not isinstance(node.tag, str):
        return
    if node.text:
        yield Leaf("text", node, None, node.text)
    for child in node:
        yield child
        if child.tail:
            yield Leaf("text", node, child, child.tail)


def descendants(node: Node) -> Iterator[Node]:
    """All nodes below, in document order, texts included."""
    stack = [children(node)]
    while stack:
        below = next(stack[-1], None)
        if below is None:
            stack.pop()
        else:
            yield below
            if not isinstance(below, Leaf) and isinstance(below.tag, str) and (len(below) or below.text):
                stack.append(children(below))


def ancestors(node: Node) -> Iterator[Node]:
    """The nodes above, nearest first, up to the document."""
    while (node := parent_of(node)) is not None:
        yield node


def siblings(node: Node, after: bool) -> Iterator[Node]:
    """The siblings after a node, in order; or those before it, nearest first."""
    above = None if isinstance(node, Leaf) and node.kind != "text" else parent_of(node)
    if above is None:
        return
    row = list(children(above))
    place = row.index(node)
    yield from row[place + 1:] if after else reversed(row[:place])


def following(node: Node) -> Iterator[Node]:
    """The nodes after this one and not below it, in document order; of an attribute also what is below its element."""
    if isinstance(node, Leaf) and node.kind != "text":
        yield from descendants(node.owner)
        node = node.owner
    for here in (node, *ancestors(node)):
        for sibling in siblings(here, after=True):
            yield sibling
            yield from descendants(sibling)


def preceding(node: Node) -> Iterator[Node]:
    """Nearest first."""
    if isinstance(node, Leaf) and node.kind != "text":
        node = node.owner
    for here in (node, *ancestors(node)):
        for sibling in siblings(here, after=False):
            yield from reversed(list(descendants(sibling)))
            yield sibling


def attributes(node: Node) -> list[Leaf]:
    """The attributes of an element, none of anything else."""
    if isinstance(node, (Leaf, Document)) or not isinstance(node.tag, str):
        return []
    return [Leaf("attribute", node, name, value) for name, value in node.attrib.items()]


def namespaces(node: Node) -> list[Leaf]:
    """The namespaces in scope on an element, the default one first; without that of `xml`, as in the browsers."""
    if isinstance(node, (Leaf, Document)) or not isinstance(node.tag, str):
        return []
    return [Leaf("namespace", node, prefix or "", uri) for prefix, uri in
            sorted(node.nsmap.items(), key=lambda item: item[0] is not None)]


def with_self(walk):
    """The axis `walk`, with the node itself first."""
    def axis(node: Node) -> Iterator[Node]:
        yield node
        yield from walk(node)
    return axis


AXES = {
    "ancestor": ancestors, "ancestor-or-self": with_self(ancestors), "attribute": attributes, "child": children,
    "descendant": descendants, "descendant-or-self": with_self(descendants), "following": following,
    "following-sibling": lambda node: siblings(node, True), "namespace": namespaces,
    "parent": lambda node: () if (above := parent_of(node)) is None else (above,), "preceding": preceding,
    "preceding-sibling": lambda node: siblings(node, False), "self": lambda node: (node,),
}
REVERSE = {"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"}


def clark(node: Node) -> str | None:
    """The expanded name, {uri}local; None for a node without a name."""
    if isinstance(node, Leaf):
        return node.name if node.kind != "text" else None
    if isinstance(node, Document):
        return None
    return node.tag if isinstance(node.tag, str) else None


def is_element(node: Node) -> bool:
    """Whether it is an element rather than a document, a comment, a text or an attribute."""
    return not isinstance(node, (Leaf, Document)) and isinstance(node.tag, str)


def node_type(node: Node) -> str:
    """What a node test such as text() asks for."""
    if isinstance(node, Leaf):
        return node.kind
    if isinstance(node, Document):
        return "document"
    return {etree.Comment: "comment", etree.PI: "processing-instruction"}.get(node.tag, "element")


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """The nodes without repetition, in document order."""
    nodes = list(dict.fromkeys(nodes))
    if len(nodes) < 2:
        return nodes
    places: dict[etree._Element, dict] = {}
    return sorted(nodes, key=lambda node: _place(node, places))


def _place(node: Node, places: dict) -> tuple:
    """Where a node stands: its root's number, then its place among the children of each ancestor."""
    if isinstance(node, Leaf):
        above = _place(node.owner, places)
        if node.kind == "text":
            return (*above, 0) if node.name is None else (*above, _index(node.owner, node.name, places) + 1)
        row = list(node.owner.attrib) if node.kind == "attribute" else [n.name for n in namespaces(node.owner)]
        return (*above, -1 if node.kind == "attribute" else -2, row.index(node.name))
    if isinstance(node, Document):
        return (id(node.root),)
    way: list[int] = []
    above = node.getparent()
    while above is not None:
        way.append(_index(above, node, places))
        node, above = above, above.getparent()
    root = _root_beside(node)
    way += [_index(Document(root), node, places), id(root)]
    return tuple(reversed(way))


def _index(above: Node, child: etree._Element, places: dict) -> int:
    row = places.get(above)
    if row is None:
        beside = above if not isinstance(above, Document) else [c for c in children(above)]
        row = places[above] = {below: 2 * number + 1 for number, below in enumerate(beside)}
    return row[child]

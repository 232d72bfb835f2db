"""Functions of nodes: counting, names, positions, repeats by number."""
from __future__ import annotations

import math

from forms.functions.choosing import present
from forms.functions.registry import form, function
from forms.xpath.compiling import Code, Compiler
from forms.xpath.context import Frame
from forms.xpath.errors import EvaluationError
from forms.xpath.nodes import XML, Document, Leaf, Node, ancestors, clark, in_order, is_element, node_type, text_of


@function("count", "s", "number")
def count(nodes: list) -> float:
    return float(len(nodes))


@function("count-non-empty", "s", "number")
def count_non_empty(nodes: list) -> float:
    """How many of the nodes hold something: a text, or elements."""
    return float(sum(1 for node in nodes if text_of(node) != "" or is_element(node) and any(map(is_element, node))))


@function("last", "", "number", framed=True)
def last(frame: Frame) -> float:
    return float(frame.size)


@function("position", "?s", "number", framed=True)
def position(frame: Frame, *nodes: list) -> float:
    """The place of the context node; or of a given node among the neighbours before it of the same name: of the one that the
    question is in, else of the first."""
    if not nodes:
        return float(frame.position)
    if not nodes[0]:
        raise EvaluationError("position() of a question that is not there")
    node = nodes[0][0]
    if len(nodes[0]) > 1 and frame.current is not None:
        around = [frame.current, *ancestors(frame.current)]
        node = next((each for each in nodes[0] if any(each is one for one in around)), node)
    if not is_element(node):
        return 1.0
    place = 1
    for before in node.itersiblings(preceding=True):
        if is_element(before):
            if before.tag != node.tag:
                break
            place += 1
    return float(place)


@function("current", "", "nodes", framed=True)
def current(frame: Frame) -> list:
    return [frame.current] if frame.current is not None else []


@function("local-name", "?s", "text", framed=True)
def local_name(frame: Frame, *nodes: list) -> str:
    node = _named(frame, nodes)
    return _name(node).rpartition(":")[2] if node is not None else ""


@function("name", "?s", "text", framed=True)
def name(frame: Frame, *nodes: list) -> str:
    node = _named(frame, nodes)
    return _name(node) if node is not None else ""


@function("namespace-uri", "?s", "text", framed=True)
def namespace_uri(frame: Frame, *nodes: list) -> str:
    node = _named(frame, nodes)
    if node is None or isinstance(node, Leaf) and node.kind != "attribute":
        return ""
    space, _, _ = (clark(node) or "").rpartition("}")
    return space[1:]


def _named(frame: Frame, nodes: tuple) -> Node | None:
    return present(frame) if not nodes else nodes[0][0] if nodes[0] else None


def _name(node: Node) -> str:
    """The name as it is written, prefix:local."""
    if isinstance(node, Document):
        return ""
    if node_type(node) == "processing-instruction":
        return node.target
    written = clark(node)
    if not written or not written.startswith("{"):
        return written or ""
    uri, local = written[1:].split("}")
    element = node.owner if isinstance(node, Leaf) else node
    if uri == XML:
        return f"xml:{local}"
    prefixes = [element.prefix] if element is node else [p for p, u in element.nsmap.items() if u == uri and p]
    return f"{prefixes[0]}:{local}" if prefixes and prefixes[0] else local


@function("id", "v", "nodes", framed=True)
def by_id(frame: Frame, value: object) -> list:
    """The elements whose attribute `id` is among the words of the value."""
    texts = map(text_of, value) if isinstance(value, list) else [str(value)]
    wanted = {word for text in texts for word in text.split()}
    above = frame.context.document(frame.current)
    if above is None or not wanted:
        return []
    root = above.root if isinstance(above, Document) else above
    found: dict[str, Node] = {}
    looked = 0
    for element in root.iter("*"):
        looked += 1
        if element.get("id") in wanted:
            found.setdefault(element.get("id"), element)
    frame.context.spend(looked)
    return in_order(found.values())


@function("lang", "t", "boolean", framed=True)
def lang(frame: Frame, language: str) -> bool:
    """Whether the context node is in that language (by xml:lang) or in a dialect of it."""
    here = present(frame)
    for node in (here, *ancestors(here)):
        own = node.get(f"{{{XML}}}lang") if is_element(node) else None
        if own is not None:
            return own.lower() == language.lower() or own.lower().startswith(language.lower() + "-")
    return False


@form("indexed-repeat", 3, 11)
def indexed_repeat(compiler: Compiler, target: tuple, *pairs: tuple) -> Code:
    """`target` within the repeats that are counted off: (repeat, number) pairs, outer and inner in any order."""
    if len(pairs) % 2:
        return Code("nodes", compiler.failing("indexed-repeat() needs a number for each repeat"))
    if any(_outside(target, repeat) for repeat in pairs[::2]):
        return Code("nodes", compiler.failing("indexed-repeat() asks for a question that is not in the repeat"))
    find = compiler.nodes(target, "indexed-repeat()")
    steps = [(compiler.nodes(repeat, "indexed-repeat()"), compiler.number(number))
             for repeat, number in zip(pairs[::2], pairs[1::2], strict=True)]

    def indexed(frame: Frame) -> list:
        levels = []
        for repeats, number in steps:
            place = number(frame)
            found = [] if math.isnan(place) else repeats(frame)
            if not found:
                return []
            levels.append((sum(1 for _ in ancestors(found[0])), found, place))
        holder = None
        for _depth, found, place in sorted(levels, key=lambda level: level[0]):
            inside = found if holder is None else within(holder, found, frame)
            if not place.is_integer() or not 1 <= place <= len(inside):
                return []
            holder = inside[int(place) - 1]
        return within(holder, find(frame), frame)
    return Code("nodes", indexed)


def _outside(target: tuple, repeat: tuple) -> bool:
    """Whether two plain absolute paths show that the one cannot be below the other."""
    return (target[:2] == repeat[:2] == ("path", "/")
            and any(one.axis == two.axis == "child" and one.test != two.test and "*" not in (one.test[1], two.test[1])
                    for one, two in zip(target[2], repeat[2], strict=False)))


def within(holder: Node, nodes: list, frame: Frame) -> list:
    """Those of the nodes that are `holder` or lie below it."""
    frame.context.spend(len(nodes))
    return [node for node in nodes if node is holder or any(above is holder for above in ancestors(node))]

"""Location paths as closures: a quick way for plain paths of names, and the full one for everything else."""
from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from forms.xpath.compiling import Code, Compiler
from forms.xpath.context import Frame
from forms.xpath.errors import XPathError
from forms.xpath.nodes import AXES, REVERSE, Leaf, Node, clark, in_order, is_element, node_type, text_of
from forms.xpath.parser import ANY_NODE, Step
from forms.xpath.tables import lookup, table_walk
from forms.xpath.values import to_boolean

_Element = etree._Element
Nodes = Callable[[Frame], list]
CURRENT = ("call", "current", [])
ASIDE = {"attribute", "self", "namespace"}
MANY = 100  # nodes; fewer are not worth counting
DOWN = {"child", "descendant", "descendant-or-self"}


def path_code(compiler: Compiler, start, steps: list[Step]) -> Code:
    """The Code of a path."""
    full = _full(compiler, start, steps)
    plain = _plain(compiler, steps) if start is None or start == "/" or start == CURRENT else None
    if plain is None:
        return Code("nodes", full, lambda frame: _first_text(full(frame)))
    ups, tags = plain
    if start == "/":
        find = _from_top(ups, tags, full) if not ups and tags else full
    elif start is None and not ups and not tags:
        return Code("nodes", _beginning(compiler, None), _text_here)
    else:
        find = _from_here(ups, tags, full, "node" if start is None else "current")
        if start is None and ups < 2 and len(tags) == 1:
            return Code("nodes", find, _near_text(ups, tags[0], full))
    return Code("nodes", find, lambda frame: _first_text(find(frame)))


def _near_text(ups: int, tag: str, full: Nodes) -> Callable[[Frame], str]:
    """The text of a child or sibling, the most common of all paths, without a list in between."""
    def text(frame: Frame) -> str:
        node = frame.node
        if ups and node.__class__ is _Element:
            node = node.getparent()
        if node.__class__ is not _Element:
            return _first_text(full(frame))
        for child in node.iterchildren(tag):
            return child.text or "" if not len(child) else text_of(child)
        return ""
    return text


def _first_text(nodes: list) -> str:
    return text_of(nodes[0]) if nodes else ""


def _text_here(frame: Frame) -> str:
    return text_of(frame.node) if frame.node is not None else ""


def _plain(compiler: Compiler, steps: list[Step]) -> tuple[int, list[str]] | None:
    """(levels up, tags down) of a path like `../../a/b`; None for any other."""
    ups, tags = 0, []
    for step in steps:
        if step.predicates:
            return None
        if step[:2] == ("self", ANY_NODE):
            continue
        if step[:2] == ("parent", ANY_NODE) and not tags:
            ups += 1
        elif step.axis == "child" and step.test[0] != "()":
            tags.append(_tag(compiler, step))
        else:
            return None
    return ups, tags


def _tag(compiler: Compiler, step: Step) -> str:
    """The name that a step asks for, as lxml spells it. Raises XPathError for an unknown prefix."""
    prefix, local = step.test
    if prefix is None:
        uri = compiler.namespaces.get(None) if step.axis != "attribute" and local != "*" else None
    elif prefix in compiler.namespaces:
        uri = compiler.namespaces[prefix]
    else:
        raise XPathError(f"the prefix {prefix!r} is unknown")
    return f"{{{uri}}}{local}" if uri else local


def _from_here(ups: int, tags: list[str], full: Nodes, attribute: str) -> Nodes:
    here = (lambda frame: frame.node) if attribute == "node" else (lambda frame: frame.current)
    only = tags[0] if len(tags) == 1 else None

    def find(frame: Frame) -> list:
        node = here(frame)
        if node.__class__ is not _Element:
            return full(frame)
        for _ in range(ups):
            node = node.getparent()
            if node is None:
                return full(frame)
        if only is None:
            return _below(node, tags, frame)
        found = [*node.iterchildren(only)]
        if len(found) > MANY:
            frame.context.spend(len(found))
        return found
    return find


def _from_top(ups: int, tags: list[str], full: Nodes) -> Nodes:
    first, rest = tags[0], tags[1:]
    if first == "*" or first.startswith("{*}"):
        return full

    def find(frame: Frame) -> list:
        top = frame.context.top
        if top is None:
            top = frame.current
            if top.__class__ is not _Element:
                return full(frame)
            while (above := top.getparent()) is not None:
                top = above
        elif top.getparent() is not None:
            return full(frame)
        return _below(top, rest, frame) if top.tag == first else []
    return find


def _below(node: _Element, tags: list[str], frame: Frame) -> list:
    found = [node]
    for tag in tags:
        if len(found) == 1:
            found = [*found[0].iterchildren(tag)]
            if len(found) > MANY:
                frame.context.spend(len(found))
        else:
            found = [child for one in found for child in one.iterchildren(tag)]
            frame.context.spend(len(found))
    return found


def _full(compiler: Compiler, start, steps: list[Step]) -> Nodes:
    begin = _beginning(compiler, start)
    # `flat`: no node of the set lies within another, so that walking down from them keeps document order.
    walks, flat = [], start is None or start == "/" or start[:2] in (("call", "instance"), ("call", "current"))
    for step in steps:
        walks.append(_walk(compiler, step, flat and step.axis in DOWN or step.axis in ASIDE))
        flat = flat and step.axis in ("child", "self")
    if start is not None and start != "/" and start[:2] == ("call", "instance"):
        walks = _with_tables(compiler, steps, walks)

    def find(frame: Frame) -> list:
        nodes = begin(frame)
        for walk in walks:
            nodes = walk(nodes, frame)
        return nodes
    return find


def _beginning(compiler: Compiler, start) -> Nodes:
    if start is None:
        return lambda frame: [frame.node] if frame.node is not None else []
    if start == "/":
        def document(frame: Frame) -> list:
            above = frame.context.document(frame.current)
            return [above] if above is not None else []
        return document
    return compiler.nodes(start, "a path")


def _walk(compiler: Compiler, step: Step, keeps_order: bool) -> Callable[[list, Frame], list]:
    take, reverse = _taker(compiler, step), step.axis in REVERSE
    sifts = [_sift(compiler, predicate) for predicate in step.predicates]

    def walk(nodes: list, frame: Frame) -> list:
        found: list = []
        spend = frame.context.spend
        for node in nodes:
            here = take(node, spend)
            for sift in sifts:
                here = sift(here, frame)
            found += here
        spend(len(found) + len(nodes))
        if len(nodes) > 1 and not keeps_order:
            return in_order(found)
        return found[::-1] if reverse else found
    return walk


def _taker(compiler: Compiler, step: Step) -> Callable[[Node, Callable], list]:
    """A function that gives the nodes on a step's axis that pass its test, before any condition, nearest first."""
    axis, fits = AXES[step.axis], _test(compiler, step)
    if step.test[0] != "()" and step.axis in ("child", "attribute"):
        tag = _tag(compiler, step)
        if step.axis == "child":
            return lambda node, _spend: ([*node.iterchildren(tag)] if node.__class__ is _Element else
                                         [below for below in axis(node) if fits(below)])
        if "*" not in tag:
            def attribute(node: Node, _spend) -> list:
                value = node.attrib.get(tag) if node.__class__ is _Element else None
                return [] if value is None else [Leaf("attribute", node, tag, value)]
            return attribute

    def take(node: Node, spend) -> list:
        seen = list(axis(node))
        spend(len(seen))
        return [other for other in seen if fits(other)]
    return take


def _test(compiler: Compiler, step: Step) -> Callable[[Node], bool]:
    kind, name = step.test
    if kind == "()":
        if name == "node":
            return lambda _node: True
        if step.target is not None:
            return lambda node: node_type(node) == name and node.target == step.target
        return lambda node: node_type(node) == name
    principal = step.axis if step.axis in ("attribute", "namespace") else None
    is_principal = (lambda node: isinstance(node, Leaf) and node.kind == principal) if principal else is_element
    if step.axis == "namespace":
        return lambda node: is_principal(node) and name in ("*", node.name)
    tag = _tag(compiler, step)
    if tag == "*":
        return is_principal
    if tag.startswith("{*}") or tag.endswith("}*"):
        uri, local = tag[1:].split("}")
        return lambda node: is_principal(node) and _fits(clark(node), uri, local)
    return lambda node: is_principal(node) and clark(node) == tag


def _fits(name: str, uri: str, local: str) -> bool:
    space, _, own = name.rpartition("}")
    return uri in ("*", space[1:]) and local in ("*", own)


def _sift(compiler: Compiler, predicate: tuple) -> Callable[[list, Frame], list]:
    """A function that keeps the nodes for which a condition in brackets holds."""
    if predicate[0] == "num":
        place = predicate[1]
        return lambda nodes, _frame: [nodes[int(place) - 1]] if place.is_integer() and 1 <= place <= len(nodes) else []
    code = compiler.code(predicate)
    run, sure = code.run, code.kind in ("boolean", "nodes", "text")

    def sift(nodes: list, frame: Frame) -> list:
        kept = []
        context = frame.context
        inner = Frame(None, context, frame.current, 0, len(nodes))
        for position, node in enumerate(nodes, 1):
            inner.node, inner.position = node, position
            if not position & 63:
                context.look_at_clock()
            value = run(inner)
            if (value if sure else value == position if isinstance(value, float) else to_boolean(value)):
                kept.append(node)
        context.spend(len(nodes))
        return kept
    return sift


def _with_tables(compiler: Compiler, steps: list[Step], walks: list) -> list:
    """Let the first step like `item[name = …]` into a secondary instance look in a table instead of at every row."""
    for number, step in enumerate(steps):
        if not step.predicates:
            continue
        found = lookup(step)
        if found:
            child, wanted = found
            walks[number] = table_walk(_tag(compiler, step), _tag(compiler, child), compiler.code(wanted).run,
                                       [_sift(compiler, p) for p in step.predicates[1:]], walks[number])
        return walks
    return walks

"""The submission of a filling, and what cannot be written into one."""
from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from forms.model.names import OPENROSA, ORX, XFORMS

if TYPE_CHECKING:
    from forms.model.state import State
    from forms.model.tree import Node


class WrongInstance(ValueError):
    """XML that is no instance of this form."""


class NotWritable(ValueError):
    """A question that is read only."""


def submission(state: State) -> bytes:
    """The instance as XML (UTF-8), without what is not relevant."""
    return etree.tostring(element(state), encoding="utf-8")


def element(state: State) -> etree._Element:
    """The same as an element; a form whose instance has a namespace of its own keeps it."""
    form, root = state.form, state.root
    namespaces = {prefix: uri for prefix, uri in root.element.nsmap.items() if prefix and _used(root.element, uri)}
    if any(tag.startswith(ORX) for tag in _tags(root.element)):
        namespaces.setdefault("orx", OPENROSA)
    own = form.namespace if form.namespace not in ("", XFORMS) else ""
    if own:
        namespaces[None] = own
    return _write(root, None, namespaces, f"{{{own}}}" if own else "")


def _tags(element: etree._Element):
    return (below.tag for below in element.iter(etree.Element))


def _used(element: etree._Element, uri: str) -> bool:
    start = f"{{{uri}}}"
    return any(below.tag.startswith(start) or any(name.startswith(start) for name in below.attrib)
               for below in element.iter(etree.Element))


def _write(node: Node, parent: etree._Element | None, namespaces: dict, space: str) -> etree._Element:
    tag = node.d.name if node.d.name.startswith("{") else space + node.d.name
    attributes = dict(node.element.attrib)
    if node.d.kind == "repeat":
        # As the reference does, an instance of a repeat has no attributes but those that the form binds.
        bound = {child.name for child in node.d.children if child.kind == "attribute"}
        attributes = {name: value for name, value in attributes.items() if name in bound}
    twin = etree.Element(tag, attributes, nsmap=namespaces) if parent is None else etree.SubElement(parent, tag, attributes)
    if node.leaf:
        twin.text = node.seen or None
    for child in node.children:
        if child.range:
            for instance in child.children:
                if instance.relevant:
                    _write(instance, twin, namespaces, space)
        elif child.relevant and child.d.kind != "attribute":
            _write(child, twin, namespaces, space)
    return twin

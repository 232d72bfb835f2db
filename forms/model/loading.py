"""The beginning of a filling: the instance planted, what is preloaded, the first working-out, the load actions."""
from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from forms.model import actions, preloads
from forms.model.definition import NodeDef
from forms.model.names import OPENROSA, Names, copied
from forms.model.reading import TEMPLATE, _parsed
from forms.model.tree import Node
from forms.model.values import canonical
from forms.model.writing import WrongInstance

if TYPE_CHECKING:
    from forms.model.state import State

EAGER_KINDS = ("count", "relevant", "calculate", "choices")


def blank_copy(pattern: etree._Element) -> etree._Element:
    """A copy without the templates of repeats inside, and no template itself."""
    twin = deepcopy(pattern)
    twin.attrib.pop(TEMPLATE, None)
    for inner in list(twin.iterfind(f".//*[@{TEMPLATE}]")):
        inner.getparent().remove(inner)
    twin.tail = None
    return twin


def begun_instance(d: NodeDef, index: int | None) -> etree._Element:
    """What an instance of the repeat `d` begins as: the one that the form holds at `index` (from 0), else like the template.
    Without a template it begins empty: what stands in the form's own instances is no default of the others."""
    if index is not None and index < len(d.given):
        return blank_copy(d.given[index])
    element = blank_copy(d.template)
    for leaf in element.iter(etree.Element) if not d.has_template else ():
        leaf.text = None
    return element


def plant(state: State, xml: bytes | etree._Element | None, edit: bool) -> None:
    """Give the state its tree of nodes: the form's own instance, or with the values of `xml`."""
    form = state.form
    root = blank_copy(form.instance)
    if xml is not None:
        given = copied(xml if isinstance(xml, etree._Element) else _parsed(xml), _names_of(xml, form.names))
        _check(form, given)
        _take(form.root, root, given)
    state.root = grow(state, form.root, root, None)


def _names_of(xml: object, names: Names) -> Names:
    return names


def _check(form, given: etree._Element) -> None:
    identity = given.get("id")
    if given.tag != form.instance.tag or (identity is not None and form.key and identity != form.key):
        raise WrongInstance(f"an instance of {identity or given.tag}, not of {form.key}")
    if identity is None and form.instance.get("id"):
        raise WrongInstance("an instance without the form's id")


def _take(d: NodeDef, into: etree._Element, given: etree._Element) -> None:
    """Take the values of `given` over into the form's own instance, and the instances of its repeats."""
    for child in d.children:
        if child.kind == "attribute":
            if given.get(child.name) is not None:
                into.set(child.name, given.get(child.name))
            continue
        theirs = given.findall(child.name)
        if child.kind == "repeat":
            _take_repeat(child, into, theirs)
        elif theirs:
            ours = into.find(child.name)
            if ours is None:
                ours = etree.SubElement(into, child.name)
            for name, value in theirs[0].attrib.items():
                ours.set(name, value)
            if child.is_leaf:
                ours.text = theirs[0].text
            _take(child, ours, theirs[0])
    if given.tag.endswith("meta"):
        for extra in given:
            if into.find(extra.tag) is None:
                into.append(deepcopy(extra))


def _take_repeat(d: NodeDef, into: etree._Element, theirs: list[etree._Element]) -> None:
    ours = into.findall(d.name)
    if d.fixed:
        theirs = theirs[:len(ours)]
    anchor = ours[0].getprevious() if ours else _before(d, into)
    for old in ours:
        into.remove(old)
    planted = []
    for index, given in enumerate(theirs):
        twin = begun_instance(d, None if d.has_template else index)
        planted.append(twin)
        _take(d, twin, given)
    for old in ours[len(theirs):] if d.fixed else ():
        for leaf in old.iter():
            leaf.text = None
        planted.append(old)
    for element in planted:
        if anchor is None:
            into.insert(0, element)
        else:
            anchor.addnext(element)
        anchor = element


def _before(d: NodeDef, into: etree._Element) -> etree._Element | None:
    """The last element in `into` that stands before the (absent) instances of the repeat `d`."""
    names = []
    for sibling in d.parent.children:
        if sibling is d:
            break
        names.append(sibling.name)
    found = [element for element in into if element.tag in names]
    return found[-1] if found else None


def grow(state: State, d: NodeDef, element: etree._Element, parent: Node | None, position: int | None = None) -> Node:
    """The Node of an element (an instance, if `d` is a repeat) with everything below it, registered with the state."""
    node = Node(d, element, parent)
    _register(state, node)
    if parent is not None:
        if position is None:
            parent.children.append(node)
        else:
            parent.children.insert(position, node)
        if not parent.range:
            parent.kids[d] = node
    if d.is_leaf:
        node.value = node.seen = element.text or ""
        node.value = canonical(node.value, d, state.context) if d.type != "string" and not d.choices else node.value
    else:
        state.by_element[element] = node
    # Sorted out once: a form may have thousands of questions side by side.
    given: dict[str, list[etree._Element]] = {}
    for below in element if d.children else ():
        given.setdefault(below.tag, []).append(below)
    for child in d.children:
        if child.kind == "repeat":
            range_ = Node(child, None, node, True)
            _register(state, range_)
            node.children.append(range_)
            node.kids[child] = range_
            for instance in given.get(child.name, ()):
                grow(state, child, instance, range_)
        elif child.kind == "attribute":
            _attribute(state, child, element, node)
        else:
            below = given[child.name][0] if child.name in given else etree.SubElement(element, child.name)
            grow(state, child, below, node)
    return node


def _register(state: State, node: Node) -> None:
    state.nodes.setdefault(node.d, []).append(node)
    if node.element is not None and node.d.kind != "attribute":
        state.by_element[node.element] = node


def _attribute(state: State, d: NodeDef, element: etree._Element, parent: Node) -> None:
    node = Node(d, element, parent)
    _register(state, node)
    parent.children.append(node)
    parent.kids[d] = node
    node.value = node.seen = element.get(d.name) or ""


def enliven(state: State, top: Node, fresh: bool) -> None:
    """Ask for everything about these nodes to be worked out for the first time."""
    for node in top.walk():
        node.relevant = node.parent.relevant if node.parent is not None else True
        if node.leaf:
            if fresh:
                preloads.fill(state, node)
            else:
                node.show(node.value)
        state.touched(node)
        for kind in EAGER_KINDS:
            if getattr(node.d, kind) is not None:
                state.mark(node.d, kind, node)
    for node in top.walk():
        if node.leaf and node.seen != node.value:
            state.refresh(node)


def begin(state: State, fresh: bool, edit: bool) -> None:
    """Work everything out for the first time, then do what the form does on loading."""
    if edit:
        _rename(state)
    enliven(state, state.root, fresh)
    if edit or fresh:
        preloads.identify(state)
    state.settle()
    state._quiet = False
    events = {actions.LOAD} | ({actions.FIRST_LOAD} if fresh else set())
    for action in state.form.actions:
        if action.events & events:
            source = state.form.nodes.get(action.source)
            around = source.repeats() if source is not None else ()
            if around and (not source.is_leaf or action.ref):
                for node in [n for n in state.nodes.get(source, ()) if not n.range]:
                    state.run(action, node, on_load=True)
            else:
                state.run(action, None, on_load=True)
            state.settle()
    state.settle()


def _rename(state: State) -> None:
    """The instance was sent before: its ID becomes the deprecated one."""
    meta = state.find(state.form.meta)
    by_local = {etree.QName(kid.d.name).localname: kid for kid in meta.children}
    identity = state.find(state.form.identity)
    if not identity.value:
        return
    old = by_local.get("deprecatedID")
    if old is None:
        space = f"{{{OPENROSA}}}" if identity.d.name.startswith("{") else ""
        element = etree.Element(space + "deprecatedID")
        d = NodeDef(element.tag, f"{meta.d.ref}/{state.form.names.shown(element.tag)}", "leaf", meta.d)
        d.chain = (*meta.d.chain, d)
        d.order, d.rank = 1 << 20, 1 << 20
        identity.element.addnext(element)
        old = grow(state, d, element, meta)
    old.value = identity.value
    if state.form.made_identity or identity.d.preload:
        identity.value = ""



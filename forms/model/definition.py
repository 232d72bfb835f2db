"""What an XForm says, read once: the tree of its nodes with their binds, controls, choices, words and actions.

Immutable after `read`; any number of fillings (`forms.model.state`) share it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from forms.model.actions import Action
from forms.model.choices import Choices
from forms.model.names import Names, X, copied
from forms.model.texts import Label, Texts

TYPES = {"": "string", "select": "string", "select1": "string", "rank": "string", "odk:rank": "string",
         "integer": "int", "long": "int", "double": "decimal", "float": "decimal", "datetime": "dateTime",
         "odk:geopoint": "geopoint", "binary": "binary"}


class Fault(Exception):
    """Something in the XForm that makes it unusable. `ref`: the node it is about, "" for the form; `part`: which attribute."""

    def __init__(self, cause: str, ref: str = "", part: str = ""):
        super().__init__(f"{ref} {part}: {cause}" if ref else cause)
        self.cause, self.ref, self.part = cause, ref, part


@dataclass(eq=False)
class NodeDef:
    """One node of the primary instance. kind: root, group, repeat, leaf or attribute. `control`: the body element's local
    name, "" for none. `type`: the bind's data type. Expressions are compiled by `forms.model.evaluation`."""

    name: str
    ref: str
    kind: str
    parent: NodeDef | None = None
    children: list[NodeDef] = field(default_factory=list)
    order: int = 0
    type: str = "string"
    control: str = ""
    appearance: str = ""
    body: etree._Element | None = None
    bind: etree._Element | None = None
    default: str = ""
    label: Label | None = None
    caption: Label | None = None
    rank: int = 0
    has_template: bool = False
    hint: Label | None = None
    relevant: object = None
    required: object = None
    readonly: object = None
    calculate: object = None
    constraint: object = None
    required_message: Label | None = None
    constraint_message: Label | None = None
    preload: tuple[str, str] | None = None
    choices: Choices | None = None
    count: object = None
    fixed: bool = False
    template: etree._Element | None = None
    given: list[etree._Element] = field(default_factory=list)
    triggers: list[Action] = field(default_factory=list)
    chain: tuple[NodeDef, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return self.kind in ("leaf", "attribute")

    @property
    def media_type(self) -> str:
        return self.body.get("mediatype", "") if self.body is not None else ""

    def walk(self) -> Iterator[NodeDef]:
        """This node and all below it, in the order of the instance."""
        yield self
        for child in self.children:
            yield from child.walk()

    def repeats(self) -> tuple[NodeDef, ...]:
        """The repeats around (and including) this node, outermost first."""
        return tuple(node for node in self.chain if node.kind == "repeat")


@dataclass(eq=False)
class Definition:
    """A form. `nodes`: by reference. `instances`: the secondary instances by ID, each an <instance> element whose child is
    its root. `external`: the src of those that stand in files; `lacking`: of these, the ones not given. `faults`: what is
    wrong with it."""

    key: str
    version: str
    title: str
    root: NodeDef
    nodes: dict[str, NodeDef]
    names: Names
    texts: Texts
    instance: etree._Element
    instances: dict[str, etree._Element]
    lacking: dict[str, str]
    actions: list[Action]
    submission: dict[str, str]
    body_class: str
    faults: list[Fault]
    warnings: list[Fault] = field(default_factory=list)
    # (reference of the node, which attribute, path) of references to no node
    strangers: list[tuple[str, str, str]] = field(default_factory=list)
    meta: str = ""
    identity: str = ""
    made_identity: bool = False
    binds: dict[str, etree._Element] = field(default_factory=dict)
    dependents: dict = field(default_factory=dict)
    cycles: list[list[NodeDef]] = field(default_factory=list)
    new_repeat: dict[NodeDef, list[Action]] = field(default_factory=dict)
    evaluator: object = None
    # What has been looked up in the secondary instances, which never change.
    tables: dict = field(default_factory=dict)
    namespace: str = ""
    external: dict[str, str] = field(default_factory=dict)

    def actions_for(self, event: str) -> list[Action]:
        return [action for action in self.actions if event in action.events]

    def compile(self, source: str | None, base: str, part: str, wanted: str = "boolean"):
        """The compiled expression; None for none. A fault is noted, not raised."""
        if not source or not source.strip():
            return None
        try:
            return self.evaluator.compile(source, base, wanted)
        except ValueError as error:
            self.faults.append(Fault(str(error), base, part))
            return None


def tree_of(instance: etree._Element, names: Names, is_repeat: Callable[[str], bool], template_name: str) -> NodeDef:
    """The nodes that an instance's root element holds; of a repeat's instances the template (or the first) says which."""
    root = NodeDef(instance.tag, "/" + names.shown(instance.tag), "root")
    root.chain = (root,)
    _grow(root, instance, names, is_repeat, template_name)
    for number, node in enumerate(root.walk()):
        node.order = number
    return root


def _grow(node: NodeDef, element: etree._Element, names: Names, is_repeat, template_name: str) -> None:
    groups: dict[str, list[etree._Element]] = {}
    for child in element:
        groups.setdefault(child.tag, []).append(child)
    for tag, alike in groups.items():
        ref = f"{node.ref}/{names.shown(tag)}"
        repeat = is_repeat(ref)
        child = NodeDef(tag, ref, "repeat" if repeat else "group" if any(map(len, alike)) else "leaf", node)
        child.chain = (*node.chain, child)
        node.children.append(child)
        pattern = alike[0]
        if repeat:
            templates = [one for one in alike if one.get(template_name) is not None]
            child.given = [one for one in alike if one.get(template_name) is None]
            pattern = child.template = templates[0] if templates else alike[0]
            child.has_template = bool(templates)
        elif child.kind == "leaf":
            child.default = pattern.text or ""
        _grow(child, pattern, names, is_repeat, template_name)


def add_attributes(definition: Definition, refs: Iterable[str]) -> None:
    """Nodes for those of the references that name attributes (/data/entity/@id)."""
    for ref in refs:
        parent, at, name = ref.rpartition("/@")
        owner = definition.nodes.get(parent)
        if at and owner and ref not in definition.nodes:
            node = NodeDef(name, ref, "attribute", owner)
            node.chain = (*owner.chain, node)
            node.default = ""
            owner.children.append(node)
            definition.nodes[ref] = node


def secondary(model: etree._Element, names: Names) -> tuple[dict[str, etree._Element], dict[str, str]]:
    """The secondary instances that stand in the form, and the src of those that do not."""
    inside, outside = {}, {}
    for instance in model.findall(X + "instance")[1:]:
        identity = instance.get("id")
        if not identity:
            continue
        if instance.get("src") is not None and not len(instance):
            outside[identity] = instance.get("src")
        else:
            inside[identity] = copied(instance, names)
    return inside, outside

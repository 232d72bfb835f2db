"""Answers as the XML of a submission, and back. What goes in comes out the same: text with newlines and rare characters,
leading zeros, +, times with their zones."""
from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from forms.form import Form
from forms.model.definition import NodeDef
from forms.model.loading import blank_copy
from forms.model.names import ORX, XFORMS, copied, safe_parser
from forms.model.values import canonical
from forms.model.writing import WrongInstance
from forms.questions import Question

LISTS = ("select_multiple", "rank")
_PARSER = safe_parser()  # a new one for each submission takes longer than its parsing


def to_xml(form: Form, answers: dict, *, instance_id: str, deprecated_id: str = "", meta: Mapping[str, str] | None = None) -> bytes:
    """The submission (UTF-8 XML) of clean answers. `meta`: further children of the meta element, such as instanceName."""
    definition = form.definition
    root = blank_copy(definition.instance)
    _fill(form, form.root, root, answers)
    _identify(form, root, {"instanceID": instance_id, **({"deprecatedID": deprecated_id} if deprecated_id else {}), **(meta or {})})
    own = definition.namespace if definition.namespace not in ("", XFORMS) else ""
    if own:
        root = _renamed(root, own)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8")


def parsed(xml: bytes) -> etree._Element:
    """A submission's XML as a tree. Raises WrongInstance for no XML, and for XML with a DTD."""
    try:
        tree = etree.fromstring(xml, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise WrongInstance(f"no XML: {error}") from None
    if tree.getroottree().docinfo.doctype:
        raise WrongInstance("XML with a DTD")
    return tree


def from_xml(form: Form, xml: bytes | etree._Element, plain: bool = False) -> dict:
    """The raw answers in a submission, for `forms.answers.validate`. `plain`: no element is in a namespace. Raises WrongInstance
    for XML that is no instance of this form, or is none at all."""
    tree = xml if isinstance(xml, etree._Element) else parsed(xml)
    # A copy is needed only where a default namespace hides the plain names.
    plain = plain or all(element.tag[0] != "{" or element.prefix for element in tree.iter(etree.Element))
    root = tree if plain else copied(tree, form.definition.names)
    if root.tag != form.definition.instance.tag or (root.get("id") or form.key) != form.key:
        raise WrongInstance(f"an instance of {root.get('id') or root.tag}, not of {form.key}")
    return _read(form, form.root, root)


def meta_of(xml: bytes | etree._Element) -> dict[str, str]:
    """What the meta element of a submission says: instanceID, deprecatedID, instanceName, … by local name."""
    tree = xml if isinstance(xml, etree._Element) else parsed(xml)
    found = next((child for child in tree.iterchildren(etree.Element) if local_name(child) == "meta"), ())
    return {local_name(child): child.text or "" for child in found if isinstance(child.tag, str)}


def local_name(element: etree._Element) -> str:
    """Its name without the namespace, as etree.QName(element).localname in a tenth of the time."""
    return element.tag.rpartition("}")[2]


def _fill(form: Form, scope: Question, element: etree._Element, answers: dict) -> None:
    for question in scope.children:
        tag = question.node.name
        if question.type == "repeat":
            _fill_repeat(form, question, element, answers)
            continue
        child = element.find(tag)
        if question.type == "group":
            _fill(form, question, child, answers)
            continue
        value = answers.get(question.name)
        if value in (None, "", []):
            element.remove(child)
        else:
            child.text = canonical(value, question.node) if question.type in LISTS else value


def _fill_repeat(form: Form, repeat: Question, element: etree._Element, answers: dict) -> None:
    place = len(element)
    for old in element.findall(repeat.node.name):
        place = min(place, element.index(old))
        element.remove(old)
    if place == len(element):
        place = _after(repeat.node, element)
    for number, inside in enumerate(answers.get(repeat.name) or ()):
        instance = blank_copy(repeat.node.template)
        _fill(form, repeat, instance, inside)
        element.insert(place + number, instance)


def _after(node: NodeDef, element: etree._Element) -> int:
    """Where in `element` the instances of a repeat belong: after those of the questions before it."""
    before = [sibling.name for sibling in node.parent.children[:node.parent.children.index(node)]]
    return next((index + 1 for index in range(len(element) - 1, -1, -1) if element[index].tag in before), 0)


def _identify(form: Form, root: etree._Element, values: dict[str, str]) -> None:
    meta_tag = form.definition.nodes[form.definition.meta].name
    meta = root.find(meta_tag)
    space = ORX if meta_tag.startswith("{") else ""
    by_local = {etree.QName(child).localname: child for child in meta}
    for name, value in values.items():
        child = by_local.get(name)
        if child is None:
            child = etree.SubElement(meta, space + name)
        child.text = value


def _renamed(root: etree._Element, own: str) -> etree._Element:
    """The tree in the namespace that the form's instance declares."""
    twin = etree.Element(f"{{{own}}}{root.tag}", dict(root.attrib), nsmap={None: own, **{p: u for p, u in root.nsmap.items() if p}})
    _rename_into(root, twin, own)
    return twin


def _rename_into(element: etree._Element, twin: etree._Element, own: str) -> None:
    twin.text = element.text
    for child in element:
        tag = child.tag if child.tag.startswith("{") else f"{{{own}}}{child.tag}"
        _rename_into(child, etree.SubElement(twin, tag, dict(child.attrib)), own)


def _read(form: Form, scope: Question, element: etree._Element) -> dict:
    answers: dict = {}
    there: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren(etree.Element):
        there.setdefault(child.tag, []).append(child)
    for question in scope.children:
        found = there.get(question.node.name)
        if found is None:
            continue
        kind = question.type
        if kind == "repeat":
            answers[question.name] = [_read(form, question, one) for one in found]
        elif kind == "group":
            answers |= _read(form, question, found[0])
        else:
            text = found[0].text
            if text:
                answers[question.name] = text.split() if kind in LISTS else text
            elif question in form.begun:
                answers[question.name] = ""  # what the form began with was taken out
    return answers

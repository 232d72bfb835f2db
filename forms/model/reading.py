"""From an XForm's XML to its `Definition`."""
from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from forms.model import definition as d
from forms.model.actions import CHANGED, EVENTS, NEW_REPEAT, TAGS, Action
from forms.model.choices import Choices
from forms.model.definition import Definition, Fault, NodeDef
from forms.model.dependencies import connect
from forms.model.evaluation import Evaluator
from forms.model.external import by_list, secondary_instance
from forms.model.names import JR, ODKX, ORX, H, Names, X, copied, safe_parser
from forms.model.searching import file_of, searched
from forms.model.texts import Texts, label, referred

CONTROLS = {X + name: name for name in ("input", "select1", "select", "rank", "range", "trigger", "upload", "secret")}
# Some builders end the ODK namespace with a slash.
CONTROLS |= {ODKX + "rank": "rank", "{http://www.opendatakit.org/xforms/}rank": "rank"}
TEMPLATE = JR + "template"
_QUERIED = re.compile(r"\s*instance\('([^']*)'\)/root/item")
_IDENTITY = re.compile(r"\s*jr:itext\(\s*([\w.\-:]+)\s*\)\s*$")
METHODS = {"", "post", "form-data-post"}


def read(xml: bytes | etree._Element, external: Mapping[str, bytes] | None = None, *, blank_missing: bool = True) -> Definition:
    """The definition of an XForm. `external`: contents of the files that its instances name, by file name or by src.

    Raises Fault for XML that is no XForm; everything else that is wrong is collected in `.faults`.
    `blank_missing`: an external instance that was not given has no items; else it is a fault.
    """
    tree = xml if isinstance(xml, etree._Element) else _parsed(xml)
    model = next(tree.iter(X + "model"), None)
    instance = model.find(X + "instance") if model is not None else None
    top = next((child for child in instance if isinstance(child.tag, str)), None) if instance is not None else None
    if top is None:
        raise Fault("this is no XForm: it has no model with an instance")
    return _Reader(tree, model, top, external or {}, blank_missing).definition


def _parsed(xml: bytes) -> etree._Element:
    try:
        return etree.fromstring(xml, safe_parser())
    except etree.XMLSyntaxError as error:
        raise Fault(f"this is no XML: {error}") from None


class _Reader:
    def __init__(self, tree, model, top, external: Mapping[str, bytes], blank_missing: bool):
        self.model, self.names = model, Names(tree)
        self.faults: list[Fault] = []
        self.top_body = next(tree.iter(H + "body"), None)
        self.controls: list[tuple[etree._Element, str]] = []
        self.groups: dict[str, etree._Element] = {}
        self.repeats: dict[str, etree._Element] = {}
        self.root_ref = root_ref = "/" + self.names.shown(self.names.plain(top))
        if self.top_body is not None:
            self._scan(self.top_body, root_ref)
        instance = copied(top, self.names)
        self._meta(instance)
        self._binds(root_ref)
        root = d.tree_of(instance, self.names, self.repeats.__contains__, TEMPLATE)
        inside, lacking = d.secondary(model, self.names)
        self.definition = form = Definition(
            key=top.get("id") or top.get("xmlns") or etree.QName(top).namespace or "", version=top.get("version") or "",
            title=tree.findtext(f".//{H}title") or "", root=root, nodes={node.ref: node for node in root.walk()},
            names=self.names, texts=Texts(model), instance=instance, instances=inside, lacking=lacking, actions=[],
            submission=self._submission(), body_class=self.top_body.get("class", "") if self.top_body is not None else "",
            faults=self.faults, meta=self.meta, identity=self.identity, made_identity=self.made_identity)
        form.binds = self.binds
        form.namespace = (top.nsmap.get(None) or "") if top.prefix is None else ""
        form.evaluator = Evaluator(self.names, frozenset(self.repeats))
        self._external(external, blank_missing)
        d.add_attributes(form, [*self.binds, *(self._target(element) for element in tree.iter(*TAGS))])
        for ref, bind in self.binds.items():
            if ref in form.nodes:
                self._bind(form.nodes[ref], bind)
        for element, ref in self.controls:
            self._control(element, ref)
        for ref, element in self.groups.items():
            self._group(element, ref)
        for ref, element in self.repeats.items():
            self._repeat(element, ref)
        self._actions()
        connect(form)

    def _scan(self, element: etree._Element, base: str) -> None:
        """Find the controls, groups and repeats below `element`, each with its absolute reference."""
        for child in element:
            if not isinstance(child.tag, str):
                continue
            written = child.get("ref") or child.get("nodeset") or self._bound(child)
            ref = self.names.reference(written, base) if written else base
            if child.tag in CONTROLS:
                self.controls.append((child, ref))
            elif child.tag == X + "repeat":
                self.repeats.setdefault(ref, child)
                self._scan(child, ref)
            elif child.tag == X + "group":
                if written:
                    self.groups.setdefault(ref, child)
                self._scan(child, ref)

    def _bound(self, element: etree._Element) -> str | None:
        identity = element.get("bind")
        bind = self.model.find(f".//{X}bind[@id='{identity}']") if identity and "'" not in identity else None
        return bind.get("nodeset") if bind is not None else None

    def _meta(self, instance: etree._Element) -> None:
        """See to it that the instance has a meta element with an instanceID, as every submission needs one."""
        meta = next((child for child in instance if etree.QName(child).localname == "meta"), None)
        if meta is None:
            # As the reference does: in the OpenRosa namespace where the form knows it, else beside the questions.
            known = ORX[1:-1] in self.names.declared.values()
            meta = etree.SubElement(instance, (ORX if known else "") + "meta")
        space = f"{{{etree.QName(meta).namespace}}}" if etree.QName(meta).namespace else ""
        found = next((child for child in meta if etree.QName(child).localname == "instanceID"), None)
        self.made_identity = found is None
        if found is None:
            found = etree.SubElement(meta, space + "instanceID")
        root = "/" + self.names.shown(instance.tag)
        self.meta = f"{root}/{self.names.shown(meta.tag)}"
        self.identity = f"{self.meta}/{self.names.shown(found.tag)}"

    def _binds(self, root_ref: str) -> None:
        self.binds: dict[str, etree._Element] = {}
        for bind in self.model.iter(X + "bind"):
            if bind.get("nodeset"):
                ref = self.names.reference(bind.get("nodeset"), root_ref)
                known = self.binds.get(ref)
                # Several binds of one node add up.
                self.binds[ref] = bind if known is None else etree.Element(bind.tag, {**known.attrib, **bind.attrib})

    def _submission(self) -> dict[str, str]:
        found = self.model.find(X + "submission")
        if found is None:
            return {}
        if (found.get("method") or "").strip().lower() not in METHODS:
            self.faults.append(Fault(f"Unexpected <submission method>: {found.get('method')}"))
        return dict(found.attrib)

    def _external(self, external: Mapping[str, bytes], blank_missing: bool) -> None:
        form = self.definition
        for element, _ in self.controls:
            file = file_of(element.get("appearance", ""))
            if file:  # named in no instance, as only apps look for it
                form.lacking.setdefault(file.removesuffix(".csv"), f"jr://file-csv/{file}")
        form.external = dict(form.lacking)
        self.itemsets = by_list(external["itemsets.csv"]) if "itemsets.csv" in external else {}
        for identity, src in form.external.items():
            content = external.get(src, external.get(src.rsplit("/", 1)[-1]))
            if content is None:
                form.instances[identity] = etree.Element("instance", id=identity)
                if not blank_missing and not src.startswith("jr://instance/last-saved"):
                    self.faults.append(Fault(f"the file {src} of the instance {identity} is missing"))
                continue
            try:
                form.instances[identity] = secondary_instance(identity, src, content, self.names)
                del form.lacking[identity]
            except ValueError as error:
                form.instances[identity] = etree.Element("instance", id=identity)
                self.faults.append(Fault(f"the file {src.rsplit('/', 1)[-1]}: {error}"))

    def _bind(self, node: NodeDef, bind: etree._Element) -> None:
        form, ref = self.definition, node.ref
        node.bind = bind
        written = (bind.get("type") or "").split(":")[-1].strip()
        node.type = d.TYPES.get(written, written)
        for name, wanted in (("relevant", "boolean"), ("required", "boolean"), ("readonly", "boolean"),
                             ("constraint", "boolean"), ("calculate", "string")):
            setattr(node, name, form.compile(bind.get(name), ref, name, wanted))
        node.required_message = referred(bind.get(JR + "requiredMsg"), message=True)
        node.constraint_message = referred(bind.get(JR + "constraintMsg"), message=True)
        if bind.get(JR + "preload"):
            node.preload = (bind.get(JR + "preload"), bind.get(JR + "preloadParams") or "")

    def _control(self, element: etree._Element, ref: str) -> None:
        node = self.definition.nodes.get(ref)
        if node is None:
            self.definition.warnings.append(Fault("a control refers to a node that the instance lacks", ref, "ref"))
        elif node.is_leaf and not node.control:
            node.control, node.body = CONTROLS[element.tag], element
            node.appearance = element.get("appearance", "")
            node.label, node.hint = label(element.find(X + "label")), label(element.find(X + "hint"))
            if node.control in ("select", "select1", "rank"):
                node.choices = self._choices(element, node)
            elif element.get("query"):
                self._external_select(element, node)
            if node.control == "upload" and element.get("mediatype", "").startswith("."):
                self.faults.append(Fault(f"Unsupported mediatype: {element.get('mediatype')}", ref))
        elif not node.is_leaf:
            self.definition.warnings.append(Fault("a control refers to a group", ref, "ref"))

    def _choices(self, element: etree._Element, node: NodeDef) -> Choices:
        itemset = element.find(X + "itemset")
        if itemset is None:
            items = tuple((item.findtext(X + "value") or "", label(item.find(X + "label"))) for item in element.iter(X + "item"))
            search = searched(self.definition, node)
            return Choices(items, dynamic=search is not None, search=search)
        form, nodeset = self.definition, itemset.get("nodeset", "")
        value, words = itemset.find(X + "value"), itemset.find(X + "label")
        said = words.get("ref", "") if words is not None else ""
        identity = _IDENTITY.match(said)
        found = form.compile(nodeset, node.ref, "choices", "nodes")
        # The items of another instance have no reference of their own.
        inside = form.evaluator.base_of(nodeset, node.ref) or "/-"
        return Choices((), found, form.compile(value.get("ref", "") if value is not None else "", inside, "choices"),
                       form.compile(identity[1] if identity else said, inside, "choices"), bool(identity),
                       bool(found is not None and found.refs))

    def _external_select(self, element: etree._Element, node: NodeDef) -> None:
        """A choice from the sheet external_choices: a text field with a query for apps, an ordinary choice here."""
        found = _QUERIED.match(element.get("query"))
        if found is None or found[1] not in self.itemsets:
            return
        self.definition.instances.setdefault(found[1], self.itemsets[found[1]])
        nodeset = self.definition.compile(element.get("query"), node.ref, "choices", "nodes")
        inside = self.definition.evaluator.base_of(element.get("query"), node.ref) or "/-"
        node.control = "select1"
        node.choices = Choices((), nodeset, self.definition.compile("name", inside, "choices"),
                               self.definition.compile("label", inside, "choices"), False, True)

    def _group(self, element: etree._Element, ref: str) -> None:
        node = self.definition.nodes.get(ref)
        if node is not None and node.body is None:
            node.body = element
            node.appearance = element.get("appearance", "")
            node.label = label(element.find(X + "label"))

    def _repeat(self, element: etree._Element, ref: str) -> None:
        node = self.definition.nodes.get(ref)
        if node is None:
            self.definition.warnings.append(Fault("a repeat refers to a node that the instance lacks", ref, "nodeset"))
            return
        parent = element.getparent()
        node.body = element
        node.appearance = element.get("appearance") or parent.get("appearance") or ""
        node.label = label(parent.find(X + "label")) if parent.tag == X + "group" else None
        node.caption = node.label or label(element.find(X + "label"))
        node.count = self.definition.compile(element.get(JR + "count"), ref, "count", "number")
        node.fixed = (element.get(JR + "noAddRemove") or "").strip() not in ("", "false()", "false")

    def _actions(self) -> None:
        places = [self.model] + ([self.top_body] if self.top_body is not None else [])
        for place in places:
            for element in place.iter(*TAGS):
                self._action(element, place is self.model)

    def _action(self, element: etree._Element, in_model: bool) -> None:
        form = self.definition
        events = frozenset((element.get("event") or element.get("{http://www.w3.org/2001/xml-events}event") or "").split())
        strange = sorted(events - EVENTS)
        if strange:
            self.faults.append(Fault(f"An action was registered for unsupported events: {', '.join(strange)}"))
        if in_model and NEW_REPEAT in events:
            self.faults.append(Fault(f'Model contains "{etree.QName(element).localname}" element with "{NEW_REPEAT}" event'))
        source = self._source(element)
        written, target = element.get("ref") or self._bound(element) or "", self._target(element)
        action = Action(TAGS[element.tag], events, "" if "[" in written else target,
                        form.compile(written, source or form.root.ref, "ref", "nodes"),
                        form.compile(element.get("value"), target, "value", "string"),
                        element.text or "" if element.get("value") is None else "", source)
        form.actions.append(action)
        owner = form.nodes.get(source)
        if owner is not None and CHANGED in events and owner.is_leaf:
            owner.triggers.append(action)
        repeat = form.nodes.get(self._repeat_around(element)) if NEW_REPEAT in events else None
        if repeat is not None:
            form.new_repeat.setdefault(repeat, []).append(action)

    def _target(self, element: etree._Element) -> str:
        return self.names.reference(element.get("ref") or self._bound(element) or "", self._source(element) or self.root_ref)

    def _source(self, element: etree._Element) -> str:
        """The reference of the nearest control or repeat around an action."""
        for above in element.iterancestors():
            for known, ref in self.controls:
                if known is above:
                    return ref
            for ref, known in self.repeats.items():
                if known is above:
                    return ref
        return ""

    def _repeat_around(self, element: etree._Element) -> str:
        return next((ref for above in element.iterancestors() for ref, known in self.repeats.items() if known is above), "")

"""Names of an XForm: its namespaces, the prefix each goes by, and the absolute references that name nodes.

A reference is written as in the form (/data/person/name, /data/orx:meta/orx:instanceID, /data/entity/@id). Elements
without a prefix have no namespace in our trees, whatever default namespace the document declares: that is how the ODK
tools read paths.
"""
from __future__ import annotations

import posixpath
import re

from lxml import etree

XFORMS = "http://www.w3.org/2002/xforms"
XHTML = "http://www.w3.org/1999/xhtml"
JAVAROSA = "http://openrosa.org/javarosa"
OPENROSA = "http://openrosa.org/xforms"
ODK = "http://www.opendatakit.org/xforms"
ENTITIES = "http://www.opendatakit.org/xforms/entities"
X, H, JR, ORX, ODKX = (f"{{{uri}}}" for uri in (XFORMS, XHTML, JAVAROSA, OPENROSA, ODK))
USUAL = {"orx": OPENROSA, "jr": JAVAROSA, "odk": ODK, "entities": ENTITIES, "h": XHTML}
_PREDICATE = re.compile(r"\[[^\]]*\]")


class Names:
    """The prefixes of one document: `uris` by prefix as declared, and the one prefix that each URI is shown with."""

    def __init__(self, tree: etree._Element):
        self.declared: dict[str, str] = {}
        for element in tree.iter(etree.Element):
            for prefix, uri in element.nsmap.items():
                if prefix:
                    self.declared.setdefault(prefix, uri)
        self.uris = {**USUAL, **self.declared}
        self.prefixes: dict[str, str] = {}
        for prefix, uri in (*self.declared.items(), *USUAL.items()):
            self.prefixes.setdefault(uri, prefix)

    def shown(self, tag: str) -> str:
        """A Clark name as it is written in references."""
        if not tag.startswith("{"):
            return tag
        uri, local = tag[1:].split("}", 1)
        return f"{self.prefixes[uri]}:{local}" if uri in self.prefixes else local

    def plain(self, element: etree._Element) -> str:
        """The name of an element of an instance: without namespace when it is written without a prefix."""
        return element.tag if element.prefix else etree.QName(element).localname

    def reference(self, written: str, base: str = "") -> str:
        """An absolute reference from `written`, a path without axes that may be relative to `base`; predicates dropped."""
        path = _PREDICATE.sub("", re.sub(r"\s+", "", written)).removeprefix("current()/")
        joined = path if path.startswith("/") else f"{base}/{path}"
        return self.settled(posixpath.normpath(joined)) if joined else base

    def settled(self, path: str) -> str:
        """The same path with every prefix the one that its namespace is shown with."""
        if ":" not in path:
            return path
        return "/".join(map(self._step, path.split("/")))

    def _step(self, step: str) -> str:
        prefix, colon, local = step.partition(":")
        if not colon:
            return step
        at = "@" if prefix.startswith("@") else ""
        uri = self.uris.get(prefix.lstrip("@"))
        return f"{at}{self.prefixes[uri]}:{local}" if uri else step


def copied(element: etree._Element, names: Names) -> etree._Element:
    """The element and all below it as a tree of its own, unprefixed names without namespace, no comments, and no blank
    text between elements."""
    kept = {prefix: uri for prefix, uri in element.nsmap.items() if prefix}
    twin = etree.Element(names.plain(element), {**element.attrib}, nsmap=kept)
    _copy_into(element, twin, names)
    return twin


def _copy_into(element: etree._Element, twin: etree._Element, names: Names) -> None:
    children = [child for child in element if isinstance(child.tag, str)]
    if children:
        for child in children:
            _copy_into(child, etree.SubElement(twin, names.plain(child), {**child.attrib}), names)
    else:
        twin.text = "".join(element.itertext(etree.Element)) or element.text


def safe_parser() -> etree.XMLParser:
    """A parser that opens no entity, no DTD and no network, and keeps libxml2's own limits."""
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True,
                           remove_comments=True)

"""Expression cases: one expression, one document, one expected value."""
from __future__ import annotations

import math
import re
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree

from forms.conformance.kinds import Outcome, crash, empty, read_json, those_of
from forms.xpath.evaluator import Context, XPathError, compile
from forms.xpath.nodes import Document, Leaf, Node, children, clark, is_element, node_type, parent_of

FOLDER = "xpath_cases"
# The cases that ask for today's date were written down at this moment.
RECORDED = datetime(2026, 11, 20, 23, 37, 35, tzinfo=ZoneInfo("America/Phoenix"))
X = "{http://www.w3.org/2002/xforms}"
FRAGMENT = "(detached #document-fragment)"
_PARSER = partial(etree.XMLParser, resolve_entities=False, no_network=True, huge_tree=False)


def run(folder: Path) -> dict[str, Outcome]:
    """The outcomes: of the cases that the references agree on, of those that they differ on, and of all others."""
    rest_of = empty()
    everything = read_json(folder / "cases.json", rest_of)
    everything = everything if isinstance(everything, dict) else {"cases": everything}
    cases = list(those_of(everything.get("cases"), "cases.json", rest_of, ("expression", "type")))
    documents = everything.get("docs") or {}
    groups: dict[str, Outcome] = {}
    seen: set[str] = set()
    for name, file in (("expressions, references agree", "must_pass.json"), ("expressions, references differ",
                                                                            "engines_disagree.json")):
        groups[name] = empty()
        chosen = _ids(read_json(folder / file, groups[name])) if (folder / file).exists() else set()
        _run_cases([case for case in cases if case["id"] in chosen], documents, groups[name])
        groups[name].skipped.update(dict.fromkeys(sorted(chosen - {case["id"] for case in cases}), f"is in {file} and not in cases.json"))
        seen |= chosen
    _run_cases([case for case in cases if case["id"] not in seen], documents, rest_of)
    return groups | {"expressions, other": rest_of}


def _ids(listed: object) -> set[str]:
    """The ids in a list of cases or of ids, which may stand under "cases"."""
    if isinstance(listed, dict):
        listed = listed.get("cases")
    found = [each.get("id") if isinstance(each, dict) else each for each in listed] if isinstance(listed, list) else []
    return {each for each in found if isinstance(each, str)}


def _run_cases(cases: list[dict], documents: dict[str, str], outcome: Outcome) -> None:
    for case in cases:
        try:
            _run_case(case, documents, outcome)
        except Exception as error:  # a crash is a failure of this case, not of the run
            outcome.failed[case["id"]] = f"{case['expression']!r}: {crash(error)}"


def _run_case(case: dict, documents: dict[str, str], outcome: Outcome) -> None:
    if FRAGMENT in (case.get("context") or ""):
        outcome.skipped[case["id"]] = "answers are never a document fragment"
        return
    xml = documents.get(case.get("doc") or "")
    if case["type"] == "nodeset" and _names_what_is_no_node(case["expected"], xml):
        outcome.skipped[case["id"]] = "counts a DOCTYPE, or a CDATA section, as a node of its own"
        return
    problem = _problem(case, xml)
    if problem:
        outcome.failed[case["id"]] = f"{case['expression']!r}: {problem}"
    else:
        outcome.passed.append(case["id"])


def _names_what_is_no_node(paths: list[str], xml: str | None) -> bool:
    """Whether an expected path is that of a thing that the data model of XPath 1.0 does not have."""
    if xml is None or ("<!DOCTYPE" not in xml and "<![CDATA[" not in xml):
        return False
    document = Document(_parsed(xml))
    return any(path.startswith("/node()") or "/@" not in path and not compile(path).nodes(document, Context())
               for path in paths)


def _parsed(xml: str) -> etree._Element:
    return etree.fromstring(xml.strip().encode(), _PARSER())


def _problem(case: dict, xml: str | None) -> str | None:
    """How the engine fails a case, None when it passes."""
    try:
        document = _parsed(xml) if xml else None
        context = _context(document, case)
        node = _node_at(document, case.get("context") or "/")
        compiled = compile(case["expression"], namespaces=_namespaces(document) | (case.get("namespaces") or {}))
        found = _evaluated(compiled, case, node, context)
    except XPathError as error:
        return None if case["type"] == "error" else f"raised {error}"
    if case["type"] == "error":
        return f"{found!r} instead of an error"
    wanted = case["expected"]
    return None if _same(case, found, wanted) else f"{found!r} instead of {wanted!r}"


def _namespaces(document: etree._Element | None) -> dict[str | None, str]:
    """The prefixes that a document declares; in an XForm a name without a prefix is a name in any namespace."""
    if document is None:
        return {}
    declared = {prefix: uri for element in document.iter("*") for prefix, uri in element.nsmap.items() if prefix}
    return declared | ({None: "*"} if _model(document) is not None else {})


def _model(document: etree._Element | None) -> etree._Element | None:
    return document.find(f".//{X}model") if document is not None else None


def _context(document: etree._Element | None, case: dict) -> Context:
    zone = ZoneInfo(case.get("tz") or "UTC")
    model = _model(document)
    holders = model.findall(f"{X}instance") if model is not None else []
    top = next(iter(holders[0]), None) if holders else None
    language = case.get("language")
    return Context(RECORDED, zone, top=top, instances={h.get("id"): h for h in holders if h.get("id")},
                   itext=lambda identity: _itext(model, identity, language))


def _itext(model: etree._Element | None, identity: str, language: str | None) -> list:
    translations = model.findall(f"{X}itext/{X}translation") if model is not None else []
    chosen = ([t for t in translations if t.get("lang") == language] or [t for t in translations if t.get("default")]
              or translations)[:1]
    return [value for t in chosen for text in t.findall(f"{X}text") if text.get("id") == identity
            for value in text.findall(f"{X}value")]


def _node_at(document: etree._Element | None, path: str) -> Node | None:
    if document is None:
        return None
    found = compile(path).nodes(Document(document), Context())
    if not found:
        raise LookupError(path)
    return found[0]


def _evaluated(compiled, case: dict, node: Node | None, context: Context):
    kind = case["type"]
    if kind == "boolean":
        return compiled.boolean(node, context)
    if kind in ("number", "number-rounded"):
        return compiled.number(node, context)
    if kind == "nodeset":
        return [_path_of(found) for found in compiled.nodes(node, context)]
    return compiled.value(node, context) if kind == "error" else compiled.text(node, context)


def _same(case: dict, found, wanted) -> bool:
    match case["type"]:
        case "number" | "number-rounded":
            wanted, factor = float(wanted), case.get("factor")
            if factor and math.isfinite(found):
                found = math.floor(found * factor + 0.5) / factor
            allowed = case.get("tolerance") or 1e-13
            return math.isnan(found) if math.isnan(wanted) else found == wanted or abs(found - wanted) <= allowed
        case "string-length":
            return len(found) == wanted
        case "string-regex":
            return re.search(wanted, found) is not None
        case "date" | "datetime":
            return found[:len(wanted)] == wanted
    return found == wanted


def _path_of(node: Node) -> str:
    """A node's path without names, as the cases write it: /*[1]/*[2]/text()[1]."""
    if isinstance(node, Document):
        return "/"
    above = parent_of(node)
    prefix = "" if isinstance(above, Document) else _path_of(above)
    if isinstance(node, Leaf) and node.kind != "text":
        space, _, local = clark(node).rpartition("}")
        space = "http://www.w3.org/2000/xmlns/" if node.kind == "namespace" else space[1:]
        within = f" and namespace-uri()='{space}'" if space else ""
        return f"{prefix}/@*[local-name()='{local}'{within}]"
    test = "*" if is_element(node) else f"{node_type(node)}()"
    alike = [other for other in children(above) if node_type(other) == node_type(node)]
    return f"{prefix}/{test}[{alike.index(node) + 1}]"

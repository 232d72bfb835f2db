"""The state of a filling against what a reference engine computed."""
from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from forms.model.state import State

# When and where the expectations were recorded.
RECORDED = datetime.fromisoformat("2026-11-20T23:30:41.239-07:00")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)")
_POSITION = re.compile(r"\[\d+\]")
COMPARED = ("relevant", "value", "required", "readonly", "label", "hint", "options", "violation")


class Differs(Exception):
    """What was computed is not what was expected."""


def compare(state: State, nodes: dict, instance: str | None, chance: frozenset | set = frozenset()) -> None:
    """Raise Differs unless the state shows these nodes and serialises to this instance. `chance`: references of nodes that
    are left to chance, and not compared."""
    shown = state.state()
    for ref, want in nodes.items():
        if chance and _POSITION.sub("", ref).removesuffix("#range") in chance:
            continue
        have = shown.get(ref)
        if have is None:
            raise Differs(f"{ref} is missing")
        for key in COMPARED:
            if said(want.get(key), key) != said(have.get(key), key):
                raise Differs(f"{ref} {key}: {have.get(key)!r}, expected {want.get(key)!r}")
    more = set(shown) - set(nodes) if not chance else ()
    if more:
        raise Differs(f"{min(more)} should not be there")
    if instance is not None and not chance:
        have, want = tree(state.serialise()), tree(instance.encode())
        if have != want:
            raise Differs(f"instance {have}, expected {want}")


def said(value: object, key: str) -> object:
    """A value without what differs from run to run, words without the blanks that are not shown."""
    if key == "violation" and isinstance(value, dict):
        return (value.get("condition"), said(value.get("message"), "label"))
    if key == "options":
        return [(code, said(words, "label")) for code, words in value or ()]
    if key in ("label", "hint"):
        return " ".join((value or "").split())
    if key == "value" and isinstance(value, str):
        return _MOMENT.sub("MOMENT", _UUID.sub("ID", value))
    return value or False


def tree(xml: bytes) -> tuple:
    return _tree(etree.fromstring(xml))


def _tree(element: etree._Element) -> tuple:
    children = [_tree(child) for child in element if isinstance(child.tag, str)]
    text = "" if children else said(element.text or "", "value")
    return (element.tag, sorted((name, said(value, "value")) for name, value in element.attrib.items()), text, children)

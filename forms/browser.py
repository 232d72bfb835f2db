"""The form as a browser gets it to be filled there: the questionnaire's own XForm, with what it does not say of itself; and
what the browser's engine (static/vendor) lacks, so that a form which needs it is filled on the server's pages."""
from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from lxml import etree

from forms.form import Form
from forms.language import Text
from forms.model.names import X, safe_parser

FACTS = "{urn:rapid-survey:form}"
"""Attributes of binds: `check`, the named kind of number that a text holds; `field` and `code`, when (see `Check`)."""

# Functions of ours that the engine does not know, or means otherwise: tests/test_form_runtime.py asks it.
UNKNOWN = frozenset({"depend", "enclosed-area", "intersects", "is-selected", "property", "pulldata", "version"})
_CALL = re.compile(r"([A-Za-z_][\w.:-]*)\s*\(")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


@lru_cache(maxsize=64)
def digest_of(form: Form) -> str:
    """What tells the browser's form from all others."""
    return hashlib.sha256(for_browser(form)).hexdigest()[:32]


@lru_cache(maxsize=64)
def lacks(form: Form) -> tuple[str, ...]:
    """What of this form the engine cannot do: names of functions, and "lists" where it looks something up in a file that is
    not handed out to browsers. Empty when it can be filled in the browser."""
    tree = etree.fromstring(form.xform, safe_parser())
    called = {name for element in tree.iter(etree.Element) for value in element.attrib.values()
              for name in _CALL.findall(_TEXT.sub("''", value))}
    found = sorted(called & UNKNOWN)
    if any(instance.get("src") for instance in tree.iter(X + "instance")):
        found.append("lists")
    return tuple(found)


@lru_cache(maxsize=64)
def for_browser(form: Form) -> bytes:
    """The XForm to serve (UTF-8), always the same bytes for the same form."""
    tree = etree.fromstring(form.xform, safe_parser())
    checked = {question.path: question.check for question in form.root.walk() if question.check}
    for bind in tree.iter(X + "bind"):
        check = checked.get(bind.get("nodeset"))
        for name, value in zip(("check", "field", "code"), check or ()):
            if value:
                bind.set(FACTS + name, value)
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True)


def remarks(form: Form) -> list[Text]:
    """One sentence for a form that cannot be filled in the browser, none for the others."""
    needs = ["、".join(f"{name}()" for name in lacks(form) if name != "lists"), "外部列表" if "lists" in lacks(form) else ""]
    named = [", ".join(f"{name}()" for name in lacks(form) if name != "lists"), "lists in files" if "lists" in lacks(form) else ""]
    if not any(needs):
        return []
    return [Text(f"填写时要有网络：浏览器里算不了{'、'.join(filter(None, needs))}，每一页由服务器来算",
                 f"needs the network while it is filled: a browser cannot work out {' and '.join(filter(None, named))}, "
                 "so the server does it page by page")]

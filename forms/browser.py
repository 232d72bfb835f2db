"""The form as a browser gets it to be filled there: the questionnaire's own XForm, with what it does not say of itself."""
from __future__ import annotations

from functools import lru_cache

from lxml import etree

from forms.form import Form
from forms.model.names import X, safe_parser

FACTS = "{urn:rapid-survey:form}"
"""Attributes of binds: `check`, the named kind of number that a text holds; `field` and `code`, when (see `Check`)."""


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

"""The choice "other" that `or_other` in the column type adds, in the language of the form: pyxform knows it in English only."""
from __future__ import annotations

import re

from lxml import etree

from forms.building import language_code
from forms.model.names import X, safe_parser
from forms.workbook import Workbook

_CHINESE = re.compile("[\u3400-\u9fff]")
CHOICE, ASKED = "Other", "Specify other."


def in_own_words(xform: bytes, book: Workbook) -> bytes:
    """The XForm with that choice, and the question that follows it, in Chinese too where the form is Chinese."""
    rows = [row.cells for row in book.sheets.get("survey", ())]
    if not any(" or_other" in f" {cells.get('type', '').lower().replace('or specify other', 'or_other')}" for cells in rows):
        return xform
    if not any(_CHINESE.search(text) for cells in rows for head, text in cells.items() if head.startswith("label")):
        return xform
    tree = etree.fromstring(xform, safe_parser())
    translations = list(tree.iter(X + "translation"))
    for translation in translations:
        if language_code(translation.get("lang", "")) == "zh":
            for value in translation.iter(X + "value"):
                value.text = "其他" if value.text == CHOICE else value.text
    languages = {language_code(translation.get("lang", "")) for translation in translations}
    for item in tree.iter(X + "item"):
        label = item.find(X + "label")
        if label is not None and label.text == CHOICE:
            label.text = "其他"
    for asked in tree.iter(X + "input"):
        label = asked.find(X + "label")
        if label is not None and label.text == ASKED and asked.get("ref", "").endswith("_other"):
            label.text = "请说明 Please specify" if "en" in languages else "请说明"
    return etree.tostring(tree, encoding="utf-8", xml_declaration=True)

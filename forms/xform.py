"""What pyxform made of a workbook, read from the XForm: texts, lists, binds and the shape of the instance.

The XForm is the one place where pyxform has resolved every alias of a heading and every ${reference}.
"""
from __future__ import annotations

import io
import re

from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from forms.language import LANGUAGES, Text
from forms.workbook import FormError, Problem

X = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
_ITEXT = re.compile(r"jr:itext\('(.*)'\)$")
_CODE = re.compile(r"\(([A-Za-z]{2,3})(?:-[^)]*)?\)\s*$")
_NAMES = {"中文": "zh", "汉语": "zh", "chinese": "zh", "english": "en", "英文": "en", "英语": "en"}


class XForm:
    """The parsed XForm of a workbook."""

    def __init__(self, data: bytes, name: str):
        """Convert the workbook; `name` becomes the form's ID when its settings give none. Raises FormError."""
        try:
            self.warnings: list[str] = []
            converted = convert(io.BytesIO(data), warnings=self.warnings, form_name="data", file_type=".xlsx")
            tree = etree.fromstring(converted.xform.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        except Exception as error:  # pyxform also lets KeyError and others through for an odd workbook
            raise FormError([Problem("survey", 0, Text(f"表格有错：{_said(error)}", f"the workbook has a mistake: {_said(error)}"),
                                     Text("请按提示改正后再试", "Mend it and try again"))]) from None
        self.tree = tree
        self.model = next(tree.iter(X + "model"))
        instances = self.model.findall(X + "instance")
        self.instance = next(iter(instances[0]))
        self.key = self.instance.get("id") or name
        self.version = self.instance.get("version") or ""
        self.title = tree.findtext(".//{http://www.w3.org/1999/xhtml}title") or self.key
        self.binds = {bind.get("nodeset"): bind for bind in self.model.iter(X + "bind")}
        self.controls = {c.get("ref") or c.get("nodeset"): c for c in tree.iterfind(".//{*}body//*")
                         if c.get("ref", c.get("nodeset") or "").startswith("/")}
        self._read_texts()
        self.lists = {i.get("id"): self._items(i) for i in instances[1:] if i.get("id")}

    def _read_texts(self) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        self.languages: list[str] = []
        self.with_outputs: set[str] = set()
        for translation in self.model.iter(X + "translation"):
            language = language_code(translation.get("lang", ""))
            self.languages.append(language)
            for text in translation:
                value = next((v for v in text if v.get("form") is None), None)
                if value is None:
                    continue
                if len(value):
                    self.with_outputs.add(text.get("id"))
                self._texts.setdefault(text.get("id"), {})[language] = "".join(value.itertext())

    def text(self, identity: str) -> Text:
        """The text with this ID; a language that lacks it borrows from the one that has it."""
        known = {language: words for language, words in self._texts.get(identity, {}).items() if words and words != "-"}
        spare = next(iter(known.values()), "")
        return Text(*(known.get(language, spare) for language in LANGUAGES))

    def referred(self, value: str | None) -> Text | None:
        """The Text behind an attribute that is either `jr:itext('id')` or the words themselves."""
        if not value:
            return None
        match = _ITEXT.match(value)
        return self.text(match[1]) if match else Text(value, value)

    def words(self, path: str, tag: str) -> Text:
        """The label or hint (`tag`) of the control at `path`."""
        control = self.controls.get(path)
        element = control.find(X + tag) if control is not None else None
        if element is None and control is not None and control.tag == X + "repeat":
            element = control.getparent().find(X + tag)
        if element is None:
            return Text("", "")
        return self.referred(element.get("ref") or "".join(element.itertext())) or Text("", "")

    def _items(self, instance: etree._Element) -> list[tuple[str, Text]]:
        items = []
        for item in instance.iter(X + "item"):
            identity, label = item.findtext(X + "itextId"), item.findtext(X + "label")
            items.append((item.findtext(X + "name") or "", self.text(identity) if identity else Text(label or "", label or "")))
        return items


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, PyXFormError) else f"{type(error).__name__}: {error}"


def language_code(name: str) -> str:
    """"中文 (zh)" -> "zh"; a name without a code is looked up, and stands for itself when unknown."""
    match = _CODE.search(name)
    return match[1].lower() if match else _NAMES.get(name.strip().lower(), name.strip())

"""The words of a form: translations (itext), and words with answers in them (output)."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lxml import etree

from forms.model.names import X

_ITEXT = re.compile(r"\s*jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)\s*$")
SAID = ("", "long", "short")
MEDIA = ("image", "audio", "video", "big-image")


class Words(NamedTuple):
    """Words in one language. parts: strings, and sources of expressions as 1-tuples."""

    parts: tuple

    @property
    def outputs(self) -> list[str]:
        return [part[0] for part in self.parts if isinstance(part, tuple)]

    def said(self, value: Callable[[str], str]) -> str:
        """The words with each expression replaced by `value(source)`."""
        return "".join(value(part[0]) if isinstance(part, tuple) else part for part in self.parts)


def words(element: etree._Element) -> Words:
    """The words inside an element, each <output> in them as an expression."""
    parts: list = [element.text or ""]
    for child in element:
        if child.tag == X + "output":
            parts.append((child.get("value") or child.get("ref") or "",))
        elif isinstance(child.tag, str):
            parts += words(child).parts
        parts.append(child.tail or "")
    merged: list = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return Words(tuple(merged))


class Texts:
    """The translations of a form. languages: in the order of the form; default: the language to begin with."""

    def __init__(self, model: etree._Element):
        self.languages: list[str] = []
        self.default = ""
        self._words: dict[str, dict[str, dict[str, Words]]] = {}
        itext = model.find(X + "itext")
        for translation in itext if itext is not None else ():
            language = translation.get("lang", "")
            self.languages.append(language)
            if translation.get("default") is not None and translation.get("default") != "false()":
                self.default = language
            for text in translation.iter(X + "text"):
                self._words.setdefault(text.get("id"), {})[language] = _forms(text)
        self.default = self.default or (self.languages[0] if self.languages else "")

    def __contains__(self, identity: str) -> bool:
        return identity in self._words

    def find(self, identity: str, language: str, form: str = "") -> Words | None:
        """The words of a text in a language; those of the default language when it has none."""
        known = self._words.get(identity, {})
        return (known.get(language) or {}).get(form) or (known.get(self.default) or {}).get(form)

    def exact(self, identity: str, language: str, form: str = "") -> Words | None:
        """The words of a text in a language, None when that language lacks it."""
        return self._words.get(identity, {}).get(language, {}).get(form)

    def media(self, identity: str, language: str) -> dict[str, str]:
        """The media beside a text: {"image": "jr://images/a.png"}."""
        return {form: "".join(p for p in found.parts if isinstance(p, str)) for form in MEDIA
                if (found := self.find(identity, language, form))}

    def files(self) -> set[tuple[str, str]]:
        """(kind, file) of all media in all languages, the file as it is written: ("image", "jr://images/a.png")."""
        return {(kind, "".join(part for part in words.parts if isinstance(part, str))) for known in self._words.values()
                for forms in known.values() for kind, words in forms.items() if kind in MEDIA}

    def all(self, identity: str) -> list[Words]:
        return [found for forms in self._words.get(identity, {}).values() for found in forms.values()]

    @property
    def outputs(self) -> dict[str, list[str]]:
        """Expressions inside texts, by the text's ID."""
        found = {identity: [source for item in self.all(identity) for source in item.outputs] for identity in self._words}
        return {identity: sources for identity, sources in found.items() if sources}


def _forms(text: etree._Element) -> dict[str, Words]:
    """The words of one text by form; "" is what a screen says: the plain, long and short forms as they come."""
    found: dict[str, Words] = {}
    for value in text.iter(X + "value"):
        form = value.get("form") or ""
        if form in SAID:
            before = found.get("", Words(()))
            found[""] = Words(before.parts + words(value).parts)
        else:
            found[form] = words(value)
    return found


class Label(NamedTuple):
    """Words as a control or bind refers to them: by the ID of a translated text, by an expression, or written out."""

    identity: str = ""
    source: str = ""
    literal: Words | None = None


def label(element: etree._Element | None) -> Label | None:
    """The Label that an element <label> or <hint> stands for, None for no element."""
    if element is None:
        return None
    ref = element.get("ref")
    return referred(ref) if ref else Label(literal=words(element))


def referred(ref: str | None, *, message: bool = False) -> Label | None:
    """A Label from an attribute: `jr:itext('id')`, another expression, or (a message of a bind) the words themselves."""
    if not ref:
        return None
    match = _ITEXT.match(ref)
    if match:
        return Label(identity=match[1] if match[1] is not None else match[2])
    if message and "jr:itext(" not in ref:
        return Label(literal=Words((ref,)))
    return Label(source=ref)

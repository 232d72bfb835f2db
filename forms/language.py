"""The two languages of the product, side by side, so that neither is ever missing.

Every sentence that a person reads is a `Text`: Chinese first, English beside it, in the same line of code.
"""
from __future__ import annotations

from typing import NamedTuple

LANGUAGES = ("zh", "en")


class Text(NamedTuple):
    """A sentence in both languages; `{name}` in it stands for a value given to `fill`."""

    zh: str
    en: str

    def to(self, language: str) -> str:
        """This sentence in `language`; Chinese for any language that we do not have."""
        return self.en if language == "en" else self.zh

    def fill(self, **values: object) -> Text:
        """The same sentence with its `{name}` places filled; a value that is a Text is filled in its own language."""
        return Text(*(
            getattr(self, language).format_map({name: _in(value, language) for name, value in values.items()})
            for language in LANGUAGES
        ))


def _in(value: object, language: str) -> object:
    return value.to(language) if isinstance(value, Text) else value


class Refusal(Exception):
    """Something asked for is not done, for a reason that the person who asked can read and mend.

    `text` says what, where and the remedy, in both languages. `status` is the HTTP status of a page that shows it;
    the command line prints it and exits with 1.
    """

    status = 400

    def __init__(self, zh: str, en: str, **values: object):
        self.text = Text(zh, en).fill(**values) if values else Text(zh, en)
        super().__init__(self.text.en)

"""What a table of the archive is made of: typed columns with titles in both languages, codes, keys."""
from __future__ import annotations

from dataclasses import dataclass

from forms.language import Text

TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "object")
"""Table Schema types in use. Values in rows: str, int, bool; a number, date, datetime (UTC, ending in Z) and object
(JSON) is a str in its one canonical way. What is missing is None, never an empty string."""

Codes = tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Column:
    """One column. `many`: several codes in one cell, separated by spaces. `question`: its name in the answers."""

    name: str
    title: Text
    type: str = "string"
    about: Text = Text("", "")
    unit: str = ""
    codes: Codes = ()
    many: bool = False
    personal: bool = False
    required: bool = False
    question: str = ""


@dataclass(frozen=True)
class Table:
    """One table. `key`: the columns that tell its rows apart; `refs`: column -> (table, column) that it points to."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    refs: tuple[tuple[str, tuple[str, str]], ...] = ()

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def list_name(self, column: Column) -> str:
        """Name in `code_lists` of the codes of `column`."""
        return f"{self.name}.{column.name}"

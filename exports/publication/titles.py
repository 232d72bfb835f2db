"""Datasette's titles and descriptions of the published tables, made from the allow-list, in both languages."""
from __future__ import annotations

from functools import cache

from exports.publication.columns import Column
from exports.publication.public import PUBLIC_TABLES
from exports.publication.readers import is_public
from exports.publication.tables import TABLES, Table
from forms.language import Text


def both(text: Text) -> str:
    """A title in both languages; one that is the same in both is written once."""
    return text.zh if text.zh == text.en else f"{text.zh} · {text.en}"


def tables_of(database: str) -> tuple[Table, ...]:
    """The tables that the file of this name holds."""
    return PUBLIC_TABLES if is_public(database) else TABLES


def of_database(database: str) -> dict:
    """Datasette's metadata of one published file; a fresh dict, because Datasette writes into it."""
    return {"tables": {name: dict(each) for name, each in _of_tables(is_public(database)).items()}}


@cache
def _of_tables(public: bool) -> dict[str, dict]:
    found = {}
    for table in PUBLIC_TABLES if public else TABLES:
        found[table.name] = {"title": both(table.title), "description": both(table.says),
                             "columns": {column.name: _column(column) for column in table.columns}}
        if table.view:
            found[table.view] = {
                "title": both(table.title), "description": both(table.says),
                "columns": {column.title.zh: _column(column, in_view=True) for column in table.columns if column.shown}}
    return found


def _column(column: Column, in_view: bool = False) -> str:
    unit = f"（{both(column.unit)}）" if column.unit.zh else ""
    title = column.title.en if in_view else f"{both(column.title)}{unit}"
    return f"{title}: {column.says.zh} {column.says.en}"

"""How an archive's tables and columns are called in the receiving database, and the file that may say otherwise.

A mapping file is JSON: {"tables": {"person": "t_ren"}, "columns": {"person": {"id_number": "sfzh", "suggestion": null}}}.
What it does not name keeps its name; a column mapped to null is left out.
"""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from exports.archive.columns import Column, Table
from exports.archive.tables import RECEIVERS
from forms.language import Refusal

RECEIVED = {"code_list": "code_lists", "dwelling": "dwellings", "household": "households", "person": "persons", "form": "forms",
            "submission": "submissions", "decision": "decisions", "visit": "visits", "report": "reports",
            "attachment": "attachments"}
"""Tables of the receiving database and where their rows come from, parents first."""
LOG = "archive_import"


@dataclass(frozen=True)
class Mapping:
    """Names in the receiving database, by our names."""

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def table(self, name: str) -> str:
        return self.tables.get(name, name)

    def column(self, table: str, name: str) -> str | None:
        """The column's name there, or None when it is left out."""
        return self.columns.get(table, {}).get(name, name)

    def check(self, tables: dict[str, Table]) -> None:
        """Raises Refusal for names that the archive (`tables`, by its own names) does not have, and for clashes."""
        for name in self.tables:
            if name not in RECEIVED and name != LOG:
                raise _refused(name)
        if len({self.table(name).casefold() for name in (*RECEIVED, LOG)}) != len(RECEIVED) + 1:
            raise Refusal("对照表把两个表写成了同一个名字。", "The mapping gives two tables the same name.")
        for name, columns in self.columns.items():
            if name not in RECEIVED:
                raise _refused(name)
            self._check_columns(name, columns, tables[RECEIVED[name]])

    def _check_columns(self, name: str, columns: dict[str, str | None], table: Table) -> None:
        needed = {*table.key, *(column for column, _ in table.refs), *RECEIVERS}
        for column, there in columns.items():
            if column not in table.names and column not in RECEIVERS:
                raise _refused(f"{name}.{column}")
            if there is None and column in needed:
                raise Refusal("对照表不能去掉 {column}：没有它就对不上行。",
                              "The mapping cannot leave out {column}: rows are told apart by it.", column=f"{name}.{column}")
        names = [there.casefold() for column in (*table.names, *RECEIVERS) if (there := self.column(name, column))]
        if len(set(names)) != len(names):
            raise Refusal("对照表把 {table} 的两栏写成了同一个名字。",
                          "The mapping gives two columns of {table} the same name.", table=name)


AS_IT_IS = Mapping()


def kept(mapping: Mapping, name: str, table: Table) -> list[Column]:
    """The archive's columns that are not left out."""
    return [column for column in table.columns if mapping.column(name, column.name) is not None]


def _refused(name: str) -> Refusal:
    return Refusal("对照表里的“{name}”归档里没有。", "The mapping names “{name}”, which the archive does not have.", name=name)


def read(path: Path) -> Mapping:
    """The mapping in a file. Raises Refusal when it cannot be read."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        tables, columns = raw.pop("tables", {}), raw.pop("columns", {})
        texts = [*tables, *tables.values(), *(there for names in columns.values() for there in names.values() if there is not None)]
        if raw or not all(isinstance(text, str) and text for text in texts):
            raise ValueError("names")
    except (OSError, ValueError, AttributeError, TypeError):
        raise Refusal("读不懂对照表 {path}。应为 JSON，如 {example}", "Cannot read the mapping {path}. It must be JSON such as "
                      '{example}', path=path,
                      example='{"tables": {"person": "t"}, "columns": {"person": {"id_number": "n"}}}') from None
    return Mapping(tables, columns)

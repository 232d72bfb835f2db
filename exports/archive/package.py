"""`datapackage.json` (Data Package 2.0): the machine's description of the tables; and the codebook, the reader's."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from exports.archive.columns import TYPES, Column, Table
from exports.archive.refusals import ArchiveDamaged
from exports.cells import neutralise, restore
from forms.language import LANGUAGES, Text

_SCHEMAS = "https://datapackage.org/profiles/2.0"
FACTS = ("campaign", "title_zh", "title_en", "preset", "tz", "opens_at", "closes_at", "made_at")
"""What a package says of its campaign. Instants are UTC."""


def describe(tables: list[Table], counts: dict[str, int], files: dict[str, tuple[int, str]], facts: dict) -> dict:
    """The package of `tables`. `counts`: rows by table; `files`: (bytes, SHA-256) by table; `facts`: campaign and times."""
    return {
        "$schema": f"{_SCHEMAS}/datapackage.json", "name": f"{facts['campaign']}-archive", "title": facts["title_zh"],
        "description": facts["title_en"], "created": facts["made_at"], "campaign": facts,
        "resources": [_resource(table, counts[table.name], *files[table.name]) for table in tables],
    }


def _resource(table: Table, rows: int, size: int, digest: str) -> dict:
    schema = {
        "$schema": f"{_SCHEMAS}/tableschema.json", "fields": [_field(table, column) for column in table.columns],
        "primaryKey": list(table.key), "missingValues": [""],
    }
    if table.refs:
        schema["foreignKeys"] = [{"fields": [column], "reference": {"resource": other, "fields": [key]}}
                                 for column, (other, key) in table.refs]
    return {
        "name": table.name, "type": "table", "path": f"tables/{table.name}.csv", "title": table.title.zh,
        "titles": table.title._asdict(), "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "bytes": size, "hash": f"sha256:{digest}", "rows": rows, "schema": schema,
    }


def _field(table: Table, column: Column) -> dict:
    field = {"name": column.name, "type": column.type, "title": column.title.zh, "titles": column.title._asdict()}
    if column.type == "datetime":
        field["format"] = "%Y-%m-%dT%H:%M:%S.%fZ"
    if column.about.en:
        field["description"] = f"{column.about.zh} / {column.about.en}"
    for name, value in (("unit", column.unit), ("personal", column.personal), ("question", column.question)):
        if value:
            field[name] = value
    constraints = {"required": True} if column.required else {}
    if column.codes:
        codes = [neutralise(code) for code, _ in column.codes]
        field["codeList"] = table.list_name(column)
        if column.many:
            field |= {"many": True, "codes": [code for code, _ in column.codes]}
            either = "|".join(map(re.escape, (code for code, _ in column.codes)))
            constraints["pattern"] = f"'?({either})( ({either}))*"
        else:
            field["categories"] = [{"value": code, "label": words.zh} for code, (_, words) in zip(codes, column.codes)]
            constraints["enum"] = codes
    if constraints:
        field["constraints"] = constraints
    return field


def read(data: bytes, known: dict[str, Table]) -> tuple[list[Table], dict[str, int], dict]:
    """The tables, their row counts and the facts in a `datapackage.json`.

    `known`: the tables that we can read, with the columns, key and references that they must have; further columns are
    those of the questions. Raises ArchiveDamaged for anything else.
    """
    try:
        package = json.loads(data)
        tables, counts = {}, {}
        for resource in package["resources"]:
            name = resource["name"]
            if name not in known:
                raise ArchiveDamaged("说明文件里有不认识的表“{table}”。", "The description names an unknown table “{table}”.", table=name)
            if resource["path"] != f"tables/{name}.csv" or name in counts:
                raise ArchiveDamaged("表“{table}”的位置不对。", "Table “{table}” is not where it must be.", table=name)
            tables[name], counts[name] = _table(resource, known[name]), int(resource["rows"])
        facts = {key: str(package["campaign"][key]) for key in FACTS}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveDamaged("说明文件 datapackage.json 读不懂（{error}）。", "The description datapackage.json cannot be read ({error}).",
                             error=type(error).__name__) from None
    for name in known:
        if name not in tables:
            raise ArchiveDamaged("说明文件里缺少表“{table}”。", "The description lacks table “{table}”.", table=name)
    return list(tables.values()), counts, facts


_NAME = re.compile(r"[^\W\d][\w.-]*")


def _table(resource: dict, known: Table) -> Table:
    schema = resource["schema"]
    columns = tuple(_column(field) for field in schema["fields"])
    types = {column.name: column.type for column in columns}
    if len({name.casefold() for name in types}) != len(columns) or schema["primaryKey"] != list(known.key):
        raise ValueError("columns")
    if any(types.get(column.name) != column.type for column in known.columns):
        raise ValueError("types")
    return Table(known.name, known.title, columns, known.key, known.refs)


def _column(field: dict) -> Column:
    if field["type"] not in TYPES or not _NAME.fullmatch(field["name"]):
        raise ValueError("field")
    constraints = field.get("constraints", {})
    many = bool(field.get("many"))
    codes = field["codes"] if many else [restore(code) for code in constraints.get("enum", ())]
    return Column(field["name"], Text(*(str(field["titles"][language]) for language in LANGUAGES)), field["type"],
                  unit=str(field.get("unit", "")), codes=tuple((str(code), Text(code, code)) for code in codes), many=many,
                  personal=bool(field.get("personal")), required=bool(constraints.get("required")),
                  question=str(field.get("question", "")))


def codebook(tables: list[Table], facts: dict) -> Iterator[str]:
    """The lines of `codebook.md`: every column and every code, in both languages."""
    yield f"# {facts['title_zh']} / {facts['title_en']}\n"
    yield f"{facts['campaign']} · {facts['made_at']}\n"
    for table in tables:
        yield f"\n## {table.name} — {table.title.zh} / {table.title.en}\n"
        yield "| 列 column | 名称 | title | 类型 type | 单位 unit | 个人信息 personal | 说明 note |"
        yield "|---|---|---|---|---|---|---|"
        for column in table.columns:
            note = f"{column.about.zh} / {column.about.en}" if column.about.en else ""
            cells = (column.name, column.title.zh, column.title.en, column.type, column.unit,
                     "是 yes" if column.personal else "", note)
            yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    for table in tables:
        for column in table.columns:
            if column.codes:
                yield f"\n### {table.list_name(column)}\n"
                yield from (f"- `{code}` {words.zh} / {words.en}" for code, words in column.codes)


def write(folder: Path, package: dict, lines: Iterator[str]) -> None:
    """Put both into `folder`."""
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "codebook.md").write_text("\n".join(lines) + "\n", encoding="utf-8")

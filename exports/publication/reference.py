"""The reference of the published tables, written from the allow-list: `python -m exports.publication.reference` renews it."""
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exports.publication.public import PUBLIC_TABLES
from exports.publication.tables import TABLES, Table
from forms.language import Text

PAGES = {"en": "tables.md", "zh": "tables.zh.md"}
_DOCS = Path(__file__).parents[2] / "docs"

_TITLE = Text("发布的表格", "The published tables")
_ABOUT = Text(
    "组长在 Datasette 里看到的全部表格和列，没有别的；每张表有一张中文视图。计数都是整数，"
    "比率以万分之一计（`coverage_bp`，8660 即 86.60 %），金额以分计。"
    "由程序生成，请勿手改：`.venv/bin/python -m exports.publication.reference`。",
    "All tables and columns that team leads see in Datasette, and no others; each has a view in Chinese. Counts are whole numbers, "
    "ratios are hundredths of a percent (`coverage_bp`: 8660 is 86.60 %), money is in fen. Written by "
    "`.venv/bin/python -m exports.publication.reference`; do not edit by hand.")
_PUBLIC = Text("公开页", "The public page")
_PUBLIC_ABOUT = Text(
    "`survey publish --public` 另做一个人人可看的小文件。少于 10 的数，以及能由此推算出来的数，不显示（为空）。"
    "不同日子的公开页相减，差数仍可能小于 10。",
    "`survey publish --public` makes a small file open to all. Counts under 10, and what would give them away by subtraction, are "
    "left empty. The difference between two days' public pages can still be under 10.")
_HEADING = Text("| 列 | 名称 | 单位 | 含义 |", "| column | title | unit | meaning |")
_VIEW = Text("中文视图 `{view}`。", "View in Chinese: `{view}`.")


def page(language: str) -> str:
    """The reference in `language`, as Markdown."""
    other = {"en": "[中文](tables.zh.md)", "zh": "[English](tables.md)"}[language]
    lines = [f"# {_TITLE.to(language)}", "", other, "", _ABOUT.to(language), "", *_tables(TABLES, language),
             f"# {_PUBLIC.to(language)}", "", _PUBLIC_ABOUT.to(language), "", *_tables(PUBLIC_TABLES, language)]
    return "\n".join(lines)


def _tables(tables: Iterable[Table], language: str) -> Iterable[str]:
    for table in tables:
        view = f" {_VIEW.fill(view=table.view).to(language)}" if table.view else ""
        yield from (f"## `{table.name}` — {table.title.to(language)}", "", f"{table.says.to(language)}{view}", "",
                    _HEADING.to(language), "|---|---|---|---|")
        for column in table.columns:
            yield f"| `{column.name}` | {column.title.to(language)} | {column.unit.to(language)} | {column.says.to(language)} |"
        yield ""


if __name__ == "__main__":
    for language, name in PAGES.items():
        (_DOCS / name).write_text(page(language), encoding="utf-8")

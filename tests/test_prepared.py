"""Statements that go straight to the driver: the same values in and out, and the same errors, as through SQLAlchemy."""
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, OperationalError

from campaigns.store import Store
from campaigns.store.prepared import Prepared
from campaigns.store.schema import throttle

AT = datetime(2026, 3, 1, 4, 5, 6, 789_000, tzinfo=UTC)
INSERT = Prepared(throttle.insert().returning(throttle.c.key), ("key", "started_at", "misses"))
FIND = select(throttle.c.key, throttle.c.started_at).where(throttle.c.key == bindparam("key"), throttle.c.misses == 3).limit(1)


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/store.db")
    yield store
    store.close()


def test_values_are_turned_into_columns_and_back(store):
    found = Prepared(FIND)
    with store.write() as connection:
        assert INSERT.first(connection, {"key": "a", "started_at": AT, "misses": 3}).key == "a"
        assert found.all(connection, {"key": "a"}) == [tuple(row) for row in connection.execute(FIND, {"key": "a"})] == [("a", AT)]
        assert found.first(connection, {"key": "a"}).started_at == AT and found.first(connection, {"key": "b"}) is None


def test_what_was_written_in_a_transaction_that_failed_is_gone(store):
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        INSERT.run(connection, {"key": "a", "started_at": AT, "misses": 3})
        1 / 0  # noqa: B018
    with store.read() as connection:
        assert Prepared(FIND).first(connection, {"key": "a"}) is None


def test_errors_are_those_of_sqlalchemy_and_show_no_values(store):
    with pytest.raises(IntegrityError) as raised, store.write() as connection:
        for _ in range(2):
            INSERT.run(connection, {"key": "secret", "started_at": AT, "misses": 3})
    assert "secret" not in str(raised.value)
    with pytest.raises(OperationalError), store.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        INSERT.run(connection, {"key": "b", "started_at": AT, "misses": 3})

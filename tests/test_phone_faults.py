"""What a phone is told, and what is on disk, when things go wrong while its queue is sent (DLV-1, 2, 5, 6, 8)."""
import pytest
from sqlalchemy import func, select, update

from campaigns.store.fieldwork import visit
from campaigns.store.schema import dwelling
from survey.phones import pages
from tests.phone_cases import Phone


@pytest.fixture
def phone(app, installation, alice, wang_household, li_household):
    """Alice's, whose team has both doors."""
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(team_id=alice.user.team_id))
    return Phone(app, alice)


def counted(here, table, *where):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def test_dlv_8_what_has_no_turn_in_time_is_asked_for_again_and_then_taken(phone, installation, wang_household, monkeypatch):
    monkeypatch.setattr(pages, "MOST_SECONDS", 0)
    items = [phone.item("visit", door=wang_household.door_id, outcome="nobody_home") for _ in range(13)]
    answers = phone.send(*items)
    assert [(each["status"], each.get("soon", False)) for each in answers] == [("taken", False)] * 10 + [("later", True)] * 3
    assert [each["id"] for each in answers] == [each["id"] for each in items] and "没轮到" in answers[-1]["text"]["zh"]
    assert counted(installation, visit) == 10
    assert [each["status"] for each in phone.send(*items[10:])] == ["taken"] * 3
    assert counted(installation, visit) == 13

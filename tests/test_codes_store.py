"""Issuing, finding, replacing and revoking codes."""
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from campaigns import audit
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes, symbols
from campaigns.store.schema import code, code_event, dwelling
from tests import sheet_cases as cases
from tests.sheet_cases import here

__all__ = ["here"]


@pytest.fixture
def campaign(here):
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "幸福里", ["101", "102", "103"])
    return made


def written_for(here, campaign):
    """Valid household codes by dwelling."""
    with here.store.read() as connection:
        return {row.dwelling_id: codes.written(here.server, row.seed) for row in connection.execute(
            select(code).where(code.c.campaign_id == campaign.id, code.c.revoked_at.is_(None)))}


def history(here, text):
    with here.store.read() as connection:
        found = codes.find(connection, here.server, text)
        return list(connection.execute(select(code_event.c.event).where(
            code_event.c.code_id == found.id).order_by(code_event.c.id)).scalars())


def test_every_dwelling_gets_one_code_and_a_second_run_issues_none(here, campaign):
    assert (cases.issue(here, campaign), cases.issue(here, campaign)) == (3, 0)
    assert len(set(written_for(here, campaign).values())) == 3


def test_a_dwelling_added_later_gets_a_code_and_the_others_keep_theirs(here, campaign):
    cases.issue(here, campaign)
    before = written_for(here, campaign)
    cases.add_doors(here, campaign, "善国苑", ["101"])
    assert cases.issue(here, campaign) == 1
    assert before.items() <= written_for(here, campaign).items()


def test_a_dwelling_that_ended_gets_no_code(here, campaign):
    with here.store.write() as connection:
        connection.execute(update(dwelling).where(dwelling.c.room == "102").values(ended_at=cases.NOON))
    assert cases.issue(here, campaign) == 2


def test_a_dwelling_whose_code_was_revoked_gets_a_new_one(here, campaign):
    cases.issue(here, campaign)
    text = next(iter(written_for(here, campaign).values()))
    with here.store.write() as connection:
        codes.revoke(connection, codes.find(connection, here.server, text), cases.NOON, COMMAND_LINE)
    assert cases.issue(here, campaign) == 1
    assert text not in written_for(here, campaign).values()


def test_codes_of_two_campaigns_are_issued_apart(here, campaign):
    other = cases.a_campaign(here, "c2")
    cases.add_doors(here, other, "幸福里", ["101"])
    assert (cases.issue(here, other), cases.issue(here, campaign)) == (1, 3)


def test_a_code_finds_its_dwelling_and_campaign(here, campaign):
    cases.issue(here, campaign)
    for dwelling_id, text in written_for(here, campaign).items():
        with here.store.read() as connection:
            found = codes.find(connection, here.server, text)
        assert (found.dwelling_id, found.campaign_id, found.kind) == (dwelling_id, campaign.id, "household")


def test_a_well_written_code_that_was_never_issued_is_unknown(here, campaign):
    cases.issue(here, campaign)
    with here.store.read() as connection, pytest.raises(codes.CodeUnknown):
        codes.find(connection, here.server, symbols.write(42))


def test_the_store_never_holds_a_code_in_clear(here, campaign):
    cases.issue(here, campaign)
    stored = b"".join(path.read_bytes() for path in here.settings.home.glob("store.db*"))
    for text in written_for(here, campaign).values():
        assert text.encode() not in stored and symbols.grouped(text).encode() not in stored


def test_a_code_cannot_be_written_again_without_the_server_key(here, campaign, tmp_path):
    cases.issue(here, campaign)
    other = cases.installation(tmp_path / "other")
    with here.store.read() as connection:
        seed = connection.execute(select(code.c.seed).limit(1)).scalar_one()
    assert codes.written(other.server, seed) != codes.written(here.server, seed)


def test_a_hundred_thousand_codes_are_all_different(here):
    assert len({codes.fresh(here.server)[0] for _ in range(100_000)}) == 100_000


def test_a_code_that_exists_already_is_not_issued_again(here, campaign):
    cases.issue(here, campaign)
    _, row = codes.fresh(here.server, campaign_id=campaign.id, kind="household", dwelling_id=1, issued_at=cases.NOON)
    with pytest.raises(IntegrityError), here.store.write() as connection:
        codes.add(connection, [row, {**row, "dwelling_id": 2}], cases.NOON, COMMAND_LINE)
    assert len(written_for(here, campaign)) == 3


def test_each_issued_code_begins_its_history(here, campaign):
    cases.issue(here, campaign)
    assert [history(here, text) for text in written_for(here, campaign).values()] == [["issued"]] * 3


def test_codes_added_later_do_not_repeat_the_history_of_earlier_ones(here, campaign):
    cases.issue(here, campaign)
    first = written_for(here, campaign)
    cases.add_doors(here, campaign, "善国苑", ["101"])
    cases.issue(here, campaign)
    assert history(here, first[1]) == ["issued"]


def test_only_the_first_scan_is_noted(here, campaign):
    cases.issue(here, campaign)
    text = written_for(here, campaign)[1]
    with here.store.write() as connection:
        found = codes.find(connection, here.server, text)
        codes.opened(connection, found.id, cases.NOON)
        codes.opened(connection, found.id, cases.CLOSES)
        assert codes.find(connection, here.server, text).opened_at == cases.NOON
    assert history(here, text) == ["issued", "opened"]


def test_revoking_twice_is_noted_once(here, campaign):
    cases.issue(here, campaign)
    text = written_for(here, campaign)[1]
    with here.store.write() as connection:
        for at in (cases.NOON, cases.CLOSES):
            codes.revoke(connection, codes.find(connection, here.server, text), at, COMMAND_LINE)
        assert codes.find(connection, here.server, text).revoked_at == cases.NOON
    assert history(here, text) == ["issued", "revoked"]


def test_a_replaced_code_is_revoked_and_the_new_one_opens_the_same_door(here, campaign):
    cases.issue(here, campaign)
    text = written_for(here, campaign)[2]
    with here.store.write() as connection:
        new = codes.reissue(connection, here.server, codes.find(connection, here.server, text), cases.NOON, COMMAND_LINE)
    with here.store.read() as connection:
        assert codes.find(connection, here.server, text).revoked_at
        assert codes.find(connection, here.server, new).dwelling_id == 2
    assert written_for(here, campaign)[2] == new


def test_a_code_replaced_once_is_not_replaced_again_as_a_door_has_one(here, campaign):
    cases.issue(here, campaign)
    text = written_for(here, campaign)[2]
    with here.store.write() as connection:
        codes.reissue(connection, here.server, codes.find(connection, here.server, text), cases.NOON, COMMAND_LINE)
    with here.store.write() as connection, pytest.raises(codes.Replaced):
        codes.reissue(connection, here.server, codes.find(connection, here.server, text), cases.NOON, COMMAND_LINE)
    assert len(written_for(here, campaign)) == 3


def test_issuing_and_revoking_stand_in_the_audit_log_without_the_code(here, campaign):
    cases.issue(here, campaign)
    text = written_for(here, campaign)[1]
    with here.store.write() as connection:
        codes.revoke(connection, codes.find(connection, here.server, text), cases.NOON, COMMAND_LINE, "lost")
    with here.store.read() as connection:
        rows = connection.execute(select(audit.audit).where(audit.audit.c.campaign_id == campaign.id)).all()
        assert audit.broken_at(connection, campaign.id) is None
    assert [row.action for row in rows] == ["codes.issued", "code.revoked"]
    assert not any(text in str(row) for row in rows)

"""Pay periods and their sheets (PAY-1 to PAY-4, SHT-1 to SHT-3): every row of the ledger is paid in exactly one period."""
import io
import shutil
import subprocess
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from campaigns import decisions, ledger, pay, people, tally
from campaigns.audit import COMMAND_LINE
from campaigns.decisions import DecidedAlready
from campaigns.pay import DayNotOver, Moved, NoDay, NoSuchPeriod, PaidAlready
from campaigns.store.fieldwork import pay_line, pay_period
from campaigns.store.schema import tally as rows_of_ledger
from campaigns.submissions import AlreadyRecorded
from exports import paysheet
from exports.archive.archive_keys import own_public_key
from survey import paying
from tests import core_cases as core
from tests.core_cases import NOON, WANG, ZHAO

DAY = timedelta(days=1)
FIRST, SECOND, THIRD = "2026-03-01", "2026-03-02", "2026-03-03"


@pytest.fixture
def made(here):
    return core.campaign(here, doors=5, bonus_from=2, bonus_fen=15)


@pytest.fixture
def alice(here, made):
    return core.worker(here, made, name="=艾丽丝()").user


@pytest.fixture
def carol(here, made):
    return core.worker(here, made, role="clerk", name="卡萝").user


def visit(here, made, door, user, at=NOON, **fields):
    return core.send(here, made, core.entry(here, made, door, **{
        "channel": "visit", "user": user, "answers": WANG, "filled_at": at, "received_at": at, **fields}))


def reject(here, made, submission_id, at=NOON):
    here.store.submit(lambda connection: decisions.reject(connection, made, submission_id, "wrong-door", at, COMMAND_LINE))


def close(here, made, last_day, at):
    return paying.close(here, made, last_day, at, COMMAND_LINE)


def book(here, made, number=1):
    with here.store.read() as connection:
        return load_workbook(io.BytesIO(paying.sheet(here, connection, made, number)))


def wrong(here, made):
    with here.store.read() as connection:
        return tally.unbalanced(connection, made.id) + paying.problems(here, connection, made)


def test_a_closed_period_pays_each_person_what_the_ledger_says_to_the_fen(here, made, alice, carol):
    doors = core.door_ids(here, made)
    sent = [visit(here, made, door, alice) for door in doors[:3]]
    visit(here, made, doors[3], carol, channel="paper", answers=ZHAO)
    reject(here, made, sent[2].id)
    closed = close(here, made, FIRST, NOON + DAY)
    assert (closed.number, closed.first_day, closed.last_day, closed.entries, closed.fen) == (1, FIRST, FIRST, 3, 165)
    sheet = [[cell.value for cell in row] for row in book(here, made)[paysheet.SHEETS[0]].iter_rows()]
    people_rows = [row for row in sheet if isinstance(row[0], int)]
    assert [row[2:11] for row in people_rows] == [
        ["卡萝", carol.label, 1, 0, 0.5, 0, 0, 0.5, 50],
        ["'=艾丽丝()", alice.label, 3, 1, 1.5, 0.3, -0.65, 1.15, 115]]
    assert [row[4:11] for row in sheet if row[0] == "合计 total"] == [[4, 1, 2, 0.3, -0.65, 1.65, 165]]
    assert wrong(here, made) == []


def test_the_second_sheet_has_every_row_with_its_reason_and_the_third_the_rules(here, made, alice):
    doors = core.door_ids(here, made)
    visit(here, made, doors[0], alice)
    reject(here, made, visit(here, made, doors[1], alice).id)
    close(here, made, FIRST, NOON + DAY)
    found = book(here, made)
    rows = [[cell.value for cell in row] for row in found[paysheet.SHEETS[1]].iter_rows(min_row=3)]
    assert [(row[8], row[10]) for row in rows] == [
        ("登记一户", 50), ("登记一户", 50), ("当天多做的奖励", 15), ("冲销：登记被驳回", -50), ("冲销：当天奖励", -15), (None, 50)]
    assert rows[3][11] == "登错了门" and rows[0][5] == "幸福里-1栋-1单元-101"
    rules = [row[1] for row in found[paysheet.SHEETS[2]].iter_rows(min_row=3, values_only=True)]
    assert rules == ["每登记一户 0.50 元。", "当天从第 2 户起，每户另奖 0.15 元。", "一户只付一次。登记被驳回的，用冲销行扣回。"]


def test_pay_2_what_is_reversed_after_closing_is_a_negative_line_of_the_next_period(here, made, alice):
    sent = visit(here, made, core.door_ids(here, made)[0], alice)
    close(here, made, FIRST, NOON + DAY)
    reject(here, made, sent.id, NOON + DAY)
    second = close(here, made, SECOND, NOON + 2 * DAY)
    assert (second.number, second.first_day, second.entries, second.fen) == (2, SECOND, -1, -50)
    assert paysheet.totals(_sheet(here, made, 2)) == {"pay": -50, "entries": -50, "lines": -50, "rows": -50}
    assert wrong(here, made) == []


def _sheet(here, made, number=1):
    with here.store.read() as connection:
        return paying.sheet(here, connection, made, number)


def test_pay_1_only_days_that_are_over_and_not_paid_can_be_closed(here, made, alice):
    visit(here, made, core.door_ids(here, made)[0], alice)
    for day, refusal in ((FIRST, DayNotOver), ("2026-02-28", PaidAlready), ("1 March", NoDay), ("20260301", NoDay), ("", NoDay)):
        with pytest.raises(refusal):
            close(here, made, day, NOON)
    close(here, made, FIRST, NOON + DAY)
    with pytest.raises(PaidAlready, match=SECOND):
        close(here, made, FIRST, NOON + DAY)
    assert close(here, made, THIRD, NOON + 3 * DAY).entries == 0
    with pytest.raises(NoSuchPeriod):
        _sheet(here, made, 3)


def test_pay_4_the_sheet_is_the_same_at_every_look_sealed_in_the_store_and_cannot_be_changed(here, made, alice):
    visit(here, made, core.door_ids(here, made)[0], alice)
    close(here, made, FIRST, NOON + DAY)
    assert _sheet(here, made) == _sheet(here, made)
    with here.store.read() as connection:
        kept = connection.execute(select(pay_period.c.sheet)).scalar_one()
    assert kept != _sheet(here, made) and not kept.startswith(b"PK")
    for change in (update(pay_period).values(fen=1), pay_line.delete(), pay_period.delete()):
        with pytest.raises(DBAPIError, match="append-only"), here.store.write() as connection:
            connection.execute(change)


def test_a_row_that_comes_while_the_sheet_is_made_is_not_lost(here, made, alice):
    visit(here, made, core.door_ids(here, made)[0], alice)
    with here.store.read() as connection:
        drawn = pay.draft(connection, made, here.keyring.campaign(made.slug), FIRST, NOON + DAY)
    visit(here, made, core.door_ids(here, made)[1], alice)
    with pytest.raises(Moved), here.store.write() as connection:
        pay.close(connection, drawn, sheet=b"", digest="", signature="", at=NOON + DAY, actor=COMMAND_LINE)


def test_anybodys_minisign_can_check_the_signature(here, made, alice, tmp_path):
    tool = shutil.which("minisign")
    if tool is None:
        pytest.skip("minisign is not installed")
    visit(here, made, core.door_ids(here, made)[0], alice)
    closed = close(here, made, FIRST, NOON + DAY)
    path = tmp_path / paying.file_name(made, 1)
    path.write_bytes(_sheet(here, made))
    path.with_name(path.name + ".minisig").write_text(closed.signature)
    check = [tool, "-V", "-P", str(own_public_key(here.keyring)), "-m", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, check=True)
    assert f"pay sheet c1 1 {FIRST}..{FIRST} 50 fen" in done.stdout
    path.write_bytes(_sheet(here, made)[:-1] + b"x")
    assert subprocess.run(check, capture_output=True, check=False).returncode != 0


def test_the_doctor_tells_a_sheet_that_disagrees_with_the_ledger_or_its_signature(here, made, alice):
    visit(here, made, core.door_ids(here, made)[0], alice)
    close(here, made, FIRST, NOON + DAY)
    with here.store.write() as connection:  # as somebody with the database alone could do it
        connection.exec_driver_sql("DROP TRIGGER pay_period_no_update")
        connection.execute(update(pay_period).values(fen=5_000, digest="0" * 64))
    assert [each.partition(":")[0] for each in wrong(here, made)] == ["period 1 does not agree with the ledger", "period 1", "period 1"]


def test_the_phone_gets_each_row_with_its_state_as_json(here, made, alice):
    doors = core.door_ids(here, made)
    sent = visit(here, made, doors[0], alice)
    visit(here, made, doors[1], alice)
    reject(here, made, sent.id)
    with here.store.read() as connection:
        found = ledger.of_user_entries(connection, alice)
    assert [(each["kind"], each["state"], each["fen"], each["reason"]) for each in found] == [
        ("reversal", "reversal", -50, ["登错了门", "recorded at the wrong door"]), ("bonus", "counted", 15, None),
        ("entry", "counted", 50, None), ("entry", "taken_back", 50, None)]
    assert found[2]["door"] == "幸福里-1栋-1单元-102" and found[2]["what"] == ["登记一户", "A household"]


STEPS = st.lists(st.tuples(
    st.sampled_from(["visit", "visit", "paper", "correct", "replay", "reject", "restore", "close", "night"]),
    st.integers(0, 4), st.integers(0, 1)), max_size=22)


def play(here, steps):
    """Plays `steps` over some days; returns the campaign and the entries that were taken."""
    made = core.campaign(here, doors=3, bonus_from=2, bonus_fen=7, building_bonus_fen=111, day_cap_fen=180, rates="paper=20")
    doors = core.door_ids(here, made)
    users = [core.worker(here, made, name=name).user for name in ("爱丽丝", "卡萝")]
    at, sent = NOON, []
    for step, place, who in steps:
        at += timedelta(minutes=1)
        if step == "night":
            at += DAY
        elif step == "close":
            if at > NOON + DAY:
                _or(PaidAlready, close, here, made, made.day(at - DAY), at)
        elif step in ("visit", "paper"):
            fresh = core.entry(here, made, doors[place % 3], channel=step, user=users[who], filled_at=at, received_at=at)
            taken = _or(AlreadyRecorded, core.send, here, made, fresh)
            if taken:
                sent.append((fresh, taken))
        elif sent:
            fresh, taken = sent[place % len(sent)]
            if step == "replay":
                assert core.send(here, made, fresh).id == taken.id
            elif step == "correct":
                core.send(here, made, core.entry(here, made, fresh.dwelling_id, ZHAO, channel="visit", user=fresh.user,
                                                 filled_at=at, received_at=at, receipt=taken.receipt))
            else:
                act = decisions.reject if step == "reject" else decisions.restore
                _or(DecidedAlready, here.store.submit, lambda connection, act=act, taken=taken, at=at: act(
                    connection, made, taken.id, "twice" if act is decisions.reject else "true", at, COMMAND_LINE))
    return made, sent, at


def _or(refusal, act, *given_to):
    try:
        return act(*given_to)
    except refusal:
        return None


def check(here, steps):
    made, sent, at = play(here, steps)
    at += 2 * DAY
    _or(PaidAlready, close, here, made, made.day(at - DAY), at)
    assert wrong(here, made) == []
    with here.store.read() as connection:
        rows = connection.execute(select(rows_of_ledger)).all()
        lines = connection.execute(select(pay_line.c.tally_id)).scalars().all()
        closed = pay.periods(connection, made.id)
        sheets = [paysheet.totals(paying.sheet(here, connection, made, each.number)) for each in closed]
        standing = [tally.of_user(connection, made, each, at) for each in people.every(connection, made.id)]
        paid = connection.execute(select(func.coalesce(func.sum(rows_of_ledger.c.fen), 0))).scalar_one()
    entries = {row.submission_id for row in rows if row.kind == "entry"}
    assert entries == {taken.id for _, taken in sent}
    assert sorted(lines) == sorted(row.id for row in rows)
    assert paid == sum(each.fen for each in closed) == sum(each.fen for each in standing) == sum(each["pay"] for each in sheets)
    assert all(len(set(each.values())) == 1 for each in sheets)
    assert sum(each.entries for each in closed) == sum(each.total for each in standing)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_inv_7_ledger_periods_and_sheets_agree_after_anything(tmp_path_factory, steps):
    check(core.installation(tmp_path_factory.mktemp("home")), steps)


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_inv_7_ledger_periods_and_sheets_agree_after_anything_many_times(tmp_path_factory, steps):
    check(core.installation(tmp_path_factory.mktemp("home")), steps)


def test_pay_2_what_a_lead_releases_after_its_day_was_closed_is_paid_by_the_next_period(here, made, alice):
    doors = core.door_ids(here, made)
    visit(here, made, doors[0], alice)
    close(here, made, FIRST, NOON + DAY)
    visit(here, made, doors[1], alice, released=True)  # it came to the server on the closed day, and was held until now
    with here.store.read() as connection:
        assert pay.unbalanced(connection, made) == []
    close(here, made, SECOND, NOON + 2 * DAY)
    with here.store.read() as connection:
        assert pay.unbalanced(connection, made) == [] and [each.entries for each in pay.periods(connection, made.id)] == [1, 1]

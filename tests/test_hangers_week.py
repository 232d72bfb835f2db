"""A week of hangers as it comes: several volunteers, phones offline, crashes, replays, a desk that hands out and takes back.

After every step the books balance and say what the history says (HNG-1, HNG-2, HNG-4, HNG-6, HNG-7).
"""
import tempfile
import uuid
from collections import Counter
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from campaigns import hangers
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from campaigns.hangers import Action
from campaigns.hangers.acts import KINDS
from campaigns.store.schema import code, code_event
from forms.language import Refusal
from tests import core_cases
from tests.core_cases import NOON, WANG
from tests.hanger_cases import act, now, stocked, text_of

MINUTE = timedelta(minutes=1)
_numbers = count()
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
some = st.integers(0, 10**6)  # an index into whatever there is


class Crash(Exception):
    """The machine stops before the commit."""


@pytest.fixture(scope="module", autouse=True)
def place():
    """One installation for all weeks; each has a campaign of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Week.here = core_cases.installation(Path(folder))
        yield Week.here
        Week.here.store.close()


class Week(RuleBasedStateMachine):
    here = None

    @initialize()
    def begin(self):
        self.made = core_cases.campaign(self.here, slug=f"c{next(_numbers)}", doors=4)
        self.doors = core_cases.door_ids(self.here, self.made)
        self.persons = [core_cases.worker(self.here, self.made, pin_hash="x").user for _ in range(3)]
        self.at, self.unsent, self.sent, self.printed = NOON, [], [], 0
        self.print_more(4)

    def cards(self):
        with self.here.store.read() as connection:
            return [hangers.by_serial(connection, self.made, serial) for serial in range(1, self.printed + 1)]

    def card(self, which):
        with self.here.store.read() as connection:
            return hangers.by_serial(connection, self.made, which % self.printed + 1)

    def at_the_desk(self, work):
        """Refused whole, or done."""
        self.at += MINUTE
        try:
            with self.here.store.write() as connection:
                work(connection)
        except Refusal as refusal:
            assert refusal.text.zh and refusal.text.en

    @precondition(lambda self: self.printed < 12)
    @rule(many=st.integers(1, 3))
    def print_more(self, many):
        stocked(self.here, self.made, many, at=self.at)
        self.printed += many

    @rule(first=some, last=some, who=some)
    def hand_out(self, first, last, who):
        self.at_the_desk(lambda connection: hangers.hand_out(
            connection, self.made, self.card(first), self.card(last), self.persons[who % 3], self.at, COMMAND_LINE))

    @rule(first=some, last=some)
    def take_back(self, first, last):
        self.at_the_desk(lambda connection: hangers.take_back(
            connection, self.made, self.card(first), self.card(last), self.at, COMMAND_LINE))

    @rule(first=some, last=some, event=st.sampled_from(["lost", "spoiled"]))
    def write_off(self, first, last, event):
        self.at_the_desk(lambda connection: hangers.lose_or_spoil(
            connection, self.made, self.card(first), self.card(last), event, "wet", self.at, COMMAND_LINE))

    @rule(which=some)
    def put_back(self, which):
        self.at_the_desk(lambda connection: hangers.put_back(connection, self.made, self.card(which), self.at, COMMAND_LINE))

    @rule(of=some, to=some)
    def somebody_leaves(self, of, to):
        self.at_the_desk(lambda connection: hangers.hand_over(
            connection, self.made, self.persons[of % 3], self.persons[to % 3], self.at, COMMAND_LINE))

    @rule(which=some)
    def withdraw(self, which):
        text = text_of(self.here, self.card(which))
        self.at_the_desk(lambda connection: hangers.withdraw(
            connection, codes.find(connection, self.here.server, text), self.at, COMMAND_LINE))

    @rule(which=some, who=some, door=some, kind=st.sampled_from(KINDS), ago=st.integers(0, 600))
    def something_is_done_offline(self, which, who, door, kind, ago):
        self.at += MINUTE
        action = Action(kind, uuid.uuid4().hex, self.card(which).id, self.at - ago * MINUTE, self.at, self.doors[door % 4], "torn")
        self.unsent.append((self.persons[who % 3], action))

    @precondition(lambda self: self.unsent)
    @rule(which=some)
    def a_phone_sends_one(self, which):
        person, action = self.unsent.pop(which % len(self.unsent))
        result = self.here.store.submit(lambda connection: hangers.apply(connection, self.made, person, action))
        assert result.status in ("taken", "conflict")
        self.sent.append((person, action, result.text))

    @precondition(lambda self: self.unsent)
    @rule(which=some)
    def the_machine_stops_before_the_commit(self, which):
        person, action = self.unsent[which % len(self.unsent)]
        before = self.books()
        with pytest.raises(Crash), self.here.store.write() as connection:
            hangers.apply(connection, self.made, person, action)
            raise Crash
        assert self.books() == before

    @precondition(lambda self: self.sent)
    @rule(which=some)
    def a_phone_sends_again(self, which):
        person, action, _ = self.sent[which % len(self.sent)]
        before = self.books()
        result = self.here.store.submit(lambda connection: hangers.apply(connection, self.made, person, action))
        assert result.status == "again" and self.books() == before

    @rule(which=some)
    def a_household_answers(self, which):
        self.at += MINUTE
        card = self.card(which)
        if card.dwelling_id and card.state not in ("lost", "spoiled"):
            self.submit(card, "hanger")

    @rule(which=some, door=some)
    def a_clerk_keys_paper(self, which, door):
        self.at += MINUTE
        card = self.card(which)
        self.submit(card, "paper", card.dwelling_id or self.doors[door % 4])

    def submit(self, card, channel, door=None):
        given = core_cases.entry(self.here, self.made, door or card.dwelling_id, WANG, channel=channel, code_id=card.id,
                                 filled_at=self.at, received_at=self.at)
        try:
            core_cases.send(self.here, self.made, given)
        except Refusal:
            return
        assert now(self.here, card).state in ("answered", "collected", "keyed")

    def books(self):
        with self.here.store.read() as connection:
            return hangers.balance(connection, self.made.id)[0], connection.execute(
                select(func.count()).select_from(code_event).join(code, code.c.id == code_event.c.code_id)
                .where(code.c.campaign_id == self.made.id)).scalar_one()

    @invariant()
    def the_books_balance_and_equal_the_history(self):
        with self.here.store.read() as connection:
            assert hangers.unbalanced(connection, self.made.id) == []
            lines = {by: hangers.balance(connection, self.made.id, by) for by in hangers.LEVELS}
            items = Counter(detail.get("item") for detail in connection.execute(
                select(code_event.c.detail).join(code, code.c.id == code_event.c.code_id).where(
                    code.c.campaign_id == self.made.id)).scalars())
        for by, books in lines.items():
            assert all(book.balanced for book in books), by
            assert sum(book.total for book in books) == self.printed, by
        states = Counter(card.state for card in self.cards())
        [whole] = lines["campaign"]
        assert {name: sum(states[each] for each in of) for name, of in hangers.COLUMNS.items()} == whole.counts
        assert all(times == 1 for item, times in items.items() if item)


def week(examples, steps):
    run_state_machine_as_test(Week, settings=settings(max_examples=examples, stateful_step_count=steps, **QUIET))


def test_the_books_balance_after_every_step_of_a_random_week():
    week(6, 20)


@pytest.mark.long
def test_the_books_balance_after_every_step_of_many_long_weeks():
    week(60, 60)


def order(examples):
    @settings(max_examples=examples, **QUIET)
    @given(done=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 1)), min_size=2, max_size=7),
           shuffle=st.randoms(use_true_random=False))
    def check(done, shuffle):
        here = Week.here
        made = core_cases.campaign(here, slug=f"c{next(_numbers)}", doors=3)
        doors = core_cases.door_ids(here, made)
        persons = [core_cases.worker(here, made, pin_hash="x").user for _ in range(2)]
        cards = stocked(here, made, 2)
        reports = list(enumerate(done))
        standings = []
        for card in cards:
            for minute, (kind, door, who) in reports:
                act(here, made, persons[who], kind, card, at=NOON + minute * MINUTE, received_at=NOON + timedelta(days=1),
                    dwelling_id=doors[door])
            reached = now(here, card)
            standings.append((reached.state, reached.holder_id, reached.dwelling_id))
            shuffle.shuffle(reports)
        assert standings[0] == standings[1]
    check()


def test_the_order_in_which_phones_report_does_not_matter():
    order(8)


@pytest.mark.long
def test_the_order_in_which_phones_report_does_not_matter_however_long_one_looks():
    order(200)

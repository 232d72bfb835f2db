"""What a lead gets of another team at the desk: nothing to read and nothing to change (ASG-4, HNG-10, FLG-5). A table of all its pages."""
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns import assignments, clock, hangers, marks
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import set_terms
from campaigns.store.fieldwork import visit
from campaigns.store.schema import metadata
from campaigns.terms import Terms
from tests import cast, hanger_cases
from tests.cast import LI, WANG
from tests.phone_cases import Phone, add_report
from tests.respondent import Respondent
from tests.test_keying import as_typed, key_in
from tests.test_routes import ROUTES

READ = {  # route: its address for something of team one, and what a supervisor reads there of that team
    "/desk/": ("/desk/", "条等放行"),
    "/desk/assign": ("/desk/assign?compound=幸福里", "V001"),
    "/desk/doors": ("/desk/doors?compound=幸福里", "幸福里-3栋-2单元-503"),
    "/desk/held": ("/desk/held", "V001"),
    "/desk/held/<label>": ("/desk/held/V001", "V001"),
    "/desk/reports": ("/desk/reports", "甲园-3栋-2单元-501"),
    "/desk/reports/<int:report_id>": ("/desk/reports/1", "甲园-3栋-2单元-501"),
    "/desk/reports/<int:report_id>/file/<file>": ("/desk/reports/1/file/" + "0" * 32, None),
    "/desk/entries": ("/desk/entries", "甲园-3栋-2单元-501"),
    "/desk/entries/<int:number>": ("/desk/entries/1", "甲园-3栋-2单元-501"),
    "/desk/flags": ("/desk/flags", "甲园-3栋-2单元-501"),
    "/desk/pay": ("/desk/pay", "V001"),
    "/desk/submissions": ("/desk/submissions", "甲园-3栋-2单元-502"),
    "/desk/submissions/<int:submission_id>": ("/desk/submissions/1", "甲园-3栋-2单元-501"),
    "/desk/keying": ("/desk/keying", "C001"),
    "/desk/hangers": ("/desk/hangers", "V001"),
    "/desk/hangers/hand-out": ("/desk/hangers/hand-out", "V001"),
    **{f"/desk/hangers/{move}": (f"/desk/hangers/{move}", None) for move in ("take-back", "spoiled", "lost", "found")},
}
OF_TEAM_ONE = ("甲园", "V001", "C001", "C002", "艾丽丝", "一组", "幸福里-3栋-2单元-503")


@dataclass
class Street:
    """Two teams with everything that the desk shows: `doors` of team one by room, `added` in the field by each team."""

    installation: object
    campaign: object
    doors: dict
    added: dict

    def rows(self) -> dict:
        """All that is stored, but for the audit log, which also says who looked."""
        with self.installation.store.read() as connection:
            return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables
                    if table.name not in ("audit", "throttle")}


@pytest.fixture
def street(app, installation, campaign, alice, carol) -> Street:
    """Team one: Alice and Carol, doors 501 and 502 of 甲园 and 503 of 幸福里. Team two: Ellen, and 601 beside 503."""
    with installation.store.write() as connection:
        set_terms(connection, campaign, Terms(phone=cast.PHONE, double_keying_percent=100), clock.now(), COMMAND_LINE)
    doors = {room: cast.door(installation, campaign, room, compound) for room, compound in
             (("501", "甲园"), ("502", "甲园"), ("503", "幸福里"), ("601", "幸福里"))}
    ellen, dan = (cast.person(installation, campaign, role, name, team) for role, name, team in
                  (("volunteer", "埃伦", "二组"), ("clerk", "丹", "一组")))
    with installation.store.write() as connection:
        for team, rooms in ((alice.user.team_id, ("501", "502", "503")), (ellen.user.team_id, ("601",))):
            assignments.to_team(connection, campaign, [doors[room].door_id for room in rooms], team, clock.now(), COMMAND_LINE)
        assignments.assign(connection, campaign, alice.user, [doors[room].door_id for room in ("501", "503")], clock.now(), COMMAND_LINE)
    census, incident = cast.form(installation, campaign), add_report(installation, campaign)
    hers, theirs = Phone(app, alice), Phone(app, ellen)
    answers = hers.send(
        hers.form(census, WANG, doors["501"].door_id), hers.report(incident, {}, doors["501"].door_id),
        hers.item("survey", what="x"), hers.item("door", copy_of=doors["502"].door_id, room="509"))
    added = theirs.send(theirs.form(census, WANG, doors["601"].door_id), theirs.item("door", copy_of=doors["601"].door_id, room="609"))
    _key_twice(app, doors["502"], carol, dan)
    _hangers(installation, campaign, alice.user, doors)
    _far(installation, campaign, alice.user, doors["501"].door_id)
    marks.refresh(installation.store, campaign, installation.keyring.campaign(campaign.slug))
    return Street(installation, campaign, doors, {"one": answers[-1]["door"], "two": added[-1]["door"]})


def _key_twice(app, door, first, second) -> None:
    """A paper on which two clerks disagree, and which breaks a rule of the form."""
    odd = {**LI, "contact_phone": "12"}
    key_in(Respondent(app).sign_in(first), door, odd).send([*as_typed(odd), ("as_on_paper", "1")], action_end=door.code)
    page = Respondent(app).sign_in(second).open(f"/desk/keying/form/{door.code}")
    page.send([*as_typed({**odd, "rooms": "8"}), ("as_on_paper", "1")], action_end=door.code)


def _hangers(installation, campaign, alice, doors) -> None:
    """Alice's hangers: 1 hung yesterday, 2 lost, 3 carried; 4 is in stock."""
    before = clock.now() - timedelta(days=1)
    cards = hanger_cases.stocked(installation, campaign, 4, before - timedelta(hours=2))
    with installation.store.write() as connection:
        hangers.hand_out(connection, campaign, cards[0], cards[2], alice, before - timedelta(hours=1), COMMAND_LINE)
    hanger_cases.act(installation, campaign, alice, "hung", cards[0], before, dwelling_id=doors["503"].door_id)
    hanger_cases.act(installation, campaign, alice, "lost", cards[1], before)


def _far(installation, campaign, alice, door_id: int) -> None:
    at = clock.now()
    with installation.store.write() as connection:
        connection.execute(visit.insert(), [{
            "campaign_id": campaign.id, "dwelling_id": door_id, "item": f"{place:032x}", "household": 0, "user_id": alice.id,
            "outcome": "nobody_home", "at": at, "received_at": at, "day": campaign.day(at), "hints": [], "evidence": [],
            "proxy": False, "scanned": False, "metres": 900} for place in range(3)])


@pytest.fixture
def lead_b(app, installation, campaign, street) -> Respondent:
    return Respondent(app).sign_in(cast.person(installation, campaign, "lead", "贝拉", "二组"))


def test_asg_4_a_lead_gets_nothing_of_another_team_at_the_desk_to_read_or_to_change(app, street, lead_b, sue):
    _no_page_shows_anything(street, lead_b, Respondent(app).sign_in(sue))
    _nothing_sent_changes_anything(street, lead_b)
    _the_own_team_is_still_in_reach(lead_b)


def _no_page_shows_anything(street, lead_b, supervisor) -> None:
    open_to_leads = {rule for (rule, method), roles in ROUTES.items()
                     if rule.startswith("/desk/") and method == "GET" and "lead" in roles.split()}
    assert set(READ) == open_to_leads
    for address, known in READ.values():
        if known:
            assert known in supervisor.open(address).text, address
        page = lead_b.open(address).response.get_data(as_text=True).replace(address, "").replace("例如 V001", "")
        for word in OF_TEAM_ONE:
            assert word not in page, (address, word)
    counts = lead_b.open("/desk/").text  # WAI-1: what waits for team two alone
    assert "条等放行" not in counts and "张该收" not in counts and "张要定" not in counts and "1 户等核对" in counts
    assert "幸福里-3栋-2单元-601" in lead_b.open("/desk/doors").text


def _changes(street) -> Iterator[tuple[str, dict, tuple[int, ...]]]:
    """(address, what is posted, the answers that are right) of everything that a lead might try on team one."""
    place = json.dumps({"compound": "甲园", "building": "3栋"}, ensure_ascii=False)
    yield "/desk/assign", {"step": "give", "place": place, "person": "V002"}, (200,)  # no door of 甲园 is within reach: none moves
    yield "/desk/assign", {"step": "give", "place": place, "person": "V001"}, (403,)
    yield "/desk/assign", {"step": "take", "place": place, "person": "V001"}, (403,)
    yield "/desk/assign", {"step": "team", "place": place, "team": "2"}, (403,)
    yield "/desk/assign/hand-over", {"of": "V001", "to": "V002"}, (403,)
    yield "/desk/assign/hand-over", {"of": "V002", "to": "V001"}, (403,)
    for step in ("keep", "end", "merge"):
        yield "/desk/doors", {"step": step, "door": street.added["one"], "into": street.doors["601"].door_id}, (403,)
    yield "/desk/doors", {"step": "merge", "door": street.added["two"], "into": street.doors["503"].door_id}, (403,)
    for step in ("release", "reject"):
        yield "/desk/held/V001", {"step": step, "item": "0" * 32}, (404,)
    yield "/desk/flags", {"flag": "far:V001:2026-01-01", "verdict": "fine", "note": ""}, (404,)
    for move, number in (("take-back", 1), ("take-back", 3), ("spoiled", 3), ("lost", 3), ("found", 2), ("hand-out", 3)):
        yield f"/desk/hangers/{move}", {"first": number, "last": number, "to": "V002", "reason": "torn"}, (403,)
    yield "/desk/hangers/hand-out", {"first": 3, "last": 4, "to": "V002"}, (403,)
    yield "/desk/submissions", {"what": street.doors["501"].code}, (404,)
    yield "/desk/submissions", {"what": street.doors["501"].place}, (404,)
    yield "/desk/entries/1", {"verdict": "rejected", "reason": "unreal"}, (403,)
    yield "/desk/pay/close", {"last_day": "2026-01-01"}, (403,)


def _nothing_sent_changes_anything(street, lead_b) -> None:
    token = lead_b.open("/desk/hangers/take-back").hidden()["csrf_token"]
    before, tried = street.rows(), set()
    for address, fields, right in _changes(street):
        answer = lead_b.post(address, {"csrf_token": token, **{name: str(value) for name, value in fields.items()}})
        assert answer.status in right, (address, fields, answer.status)
        assert "V001" not in answer.text.replace("/V001", ""), (address, fields)
        tried.add(address.replace("/held/V001", "/held/<label>"))
    assert street.rows() == before
    assert tried >= {rule for (rule, method), roles in ROUTES.items()
                     if rule.startswith("/desk/") and method == "POST" and "lead" in roles.split()}


def _the_own_team_is_still_in_reach(lead_b) -> None:
    done = lead_b.open("/desk/hangers/hand-out").send([("first", "4"), ("last", "4"), ("to", "V002")])
    assert "已发给 V002" in done.text
    assert "V002" in lead_b.open("/desk/hangers").text
    assert "已收回在库" in lead_b.open("/desk/hangers/take-back").send([("first", "4"), ("last", "4")]).text

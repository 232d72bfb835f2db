"""The round and the queue of a phone over HTTP: taken once, answered item by item, nothing typed lost."""
import hashlib
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from campaigns import audit, clock, drafts, people, reports
from campaigns.audit import COMMAND_LINE, broken_at
from campaigns.store.fieldwork import delivery, held_item, visit
from campaigns.store.schema import dwelling, tally
from forms import browser
from tests import cast
from tests.phone_cases import Phone, add_report, stamp


@pytest.fixture
def phone(app, installation, alice, wang_household, li_household):
    """Alice's, whose team has both doors."""
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(team_id=alice.user.team_id))
    return Phone(app, alice)


@pytest.fixture
def census(installation, campaign):
    return cast.form(installation, campaign)


def counted(here, table, *where):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def actions(here, campaign):
    with here.store.read() as connection:
        return list(connection.execute(select(audit.audit.c.action).order_by(audit.audit.c.id)).scalars())


def test_the_round_holds_all_that_a_day_without_a_network_needs(phone, wang_household, campaign, alice):
    found = phone.round()
    assert found["user"] == {"id": alice.user.id, "label": "V001", "role": "volunteer", "name": "艾丽丝"}
    assert found["campaign"]["title"] == {"zh": campaign.title.zh, "en": campaign.title.en}
    assert [form["key"] for form in found["forms"]] == ["housing-census"] and found["forms"][0]["kind"] == "household"
    door = next(each for each in found["doors"] if each["id"] == wang_household.door_id)
    assert door["status"] == "not_started" and door["place"] == wang_household.place and door["floor"] == "5"
    assert door["scan"] == hashlib.sha256((found["salt"] + wang_household.code).encode()).hexdigest()[:16]
    assert wang_household.code not in json.dumps(found)
    assert {each["code"] for each in found["codes"]["outcomes"]} >= {"nobody_home", "completed", "vacant"}
    assert found["tally"] == {"today": 0, "total": 0, "fen_today": 0, "fen": 0, "entries": []}


def test_a_form_is_served_for_ever_and_only_to_the_campaigns_own_people(phone, census, app):
    [form] = phone.round()["forms"]
    answer = phone.browser.client.get(form["xml"])
    assert answer.get_data() == browser.for_browser(census) and "immutable" in answer.headers["Cache-Control"]
    assert b'check="resident-id"' in answer.get_data()  # numbers are checked on the phone, as on the pages
    assert phone.get("/v/app/form/" + "0" * 32 + ".xml")[0] == 404
    assert Phone(app).get(form["xml"]) == (401, {"status": "expired", "text": {
        "zh": "登录已过期，请再输入一次 PIN。没发出的内容还在手机里。",
        "en": "You were signed out. Enter your PIN again; what is unsent is still on the phone."}})


def test_a_form_is_kept_once_whoever_sends_it_again_and_in_whatever_order(
        phone, installation, campaign, census, wang_household, app, alice):
    item = phone.form(census, cast.WANG, wang_household.door_id)
    first = phone.one(item)
    assert first["status"] == "taken" and wang_household.place in first["text"]["zh"] and first["receipt"] in first["text"]["zh"]
    assert phone.one(item) == {**first, "status": "again"}
    assert Phone(app, alice, device="phone-2").one(item) == {**first, "status": "again"}
    [kept] = cast.kept(installation, campaign)
    assert kept["answers"]["person"][1]["name"] == "李𠮷" and kept["channel"] == "visit" and kept["flags"] is None
    assert phone.round()["tally"]["total"] == 1


def test_other_content_under_the_same_item_is_refused_and_changes_nothing(phone, installation, campaign, census, wang_household):
    item = phone.form(census, cast.WANG, wang_household.door_id)
    phone.one(item)
    answer = phone.one({**item, "xml": item["xml"].replace("王小明", "王大明")})
    assert answer["status"] == "refused" and "内容不同" in answer["text"]["zh"]
    assert len(cast.kept(installation, campaign)) == 1


def test_one_bad_item_keeps_nothing_back(phone, installation, campaign, census, wang_household, li_household):
    items = [phone.form(census, cast.WANG, wang_household.door_id), {"id": "x"}, "junk", None,
             phone.item("form", door=li_household.door_id, xml="<half"), phone.item("visit", door=10**30, outcome="completed"),
             phone.item("visit", door=wang_household.door_id, outcome="flew"), phone.item("teleport", to="moon"),
             phone.item("form", door=li_household.door_id, xml="\ud800"),
             phone.form(census, cast.LI, li_household.door_id)]
    body = json.dumps({"now": stamp(phone.now), "items": items}).encode()
    answers = phone.post(body).get_json()["answers"]
    assert [each["status"] for each in answers] == [
        "taken", "refused", "refused", "refused", "refused", "refused", "refused", "held", "refused", "taken"]
    assert all(each["text"]["zh"] and each["text"]["en"] for each in answers)
    assert len(cast.kept(installation, campaign)) == 2
    with installation.store.read() as connection:
        assert broken_at(connection, campaign.id) is None


def test_what_is_typed_and_refused_is_kept_sealed(phone, installation, campaign, census, wang_household):
    item = phone.item("form", door=wang_household.door_id, xml="<data>王小明 写了一半")
    assert phone.one(item)["status"] == "refused"
    with installation.store.read() as connection:
        row = connection.execute(select(held_item)).one()
    assert row.reason == "refused" and "王小明".encode() not in row.sealed
    assert phone.one(item)["status"] == "refused" and counted(installation, held_item) == 1


@pytest.mark.parametrize("days", [3, -3])
def test_a_clock_wrong_by_days_is_corrected_and_noted(app, installation, campaign, census, wang_household, alice, days):
    phone = Phone(app, alice, wrong=timedelta(days=days))
    answer = phone.send(phone.item("visit", door=wang_household.door_id, outcome="nobody_home"),
                        phone.form(census, cast.WANG, wang_household.door_id))[1]
    assert answer["status"] == "taken" and "手机的时间不对" in answer["text"]["zh"]
    [kept] = cast.kept(installation, campaign)
    assert timedelta(minutes=3) < kept["received_at"] - kept["filled_at"] < timedelta(minutes=6)
    assert kept["flags"] == [f"clock:{days * 86400:+d}"] or kept["flags"][0].startswith(f"clock:{'+' if days > 0 else '-'}")
    with installation.store.read() as connection:
        assert abs(connection.execute(select(visit.c.at)).scalar_one() - clock.now()) < timedelta(minutes=1)


def test_two_volunteers_offline_at_one_door_give_two_submissions_and_the_later_is_told(
        phone, app, installation, campaign, census, wang_household):
    other = cast.person(installation, campaign, "volunteer", "阿丽")
    phone.one(phone.form(census, cast.WANG, wang_household.door_id))
    item = Phone(app, other).form(census, {**cast.WANG, "rooms": "4"}, wang_household.door_id)
    later = Phone(app, other).one(item)
    assert later["status"] == "conflict" and "V001" in later["text"]["zh"]
    first, second = cast.kept(installation, campaign)
    assert second["conflicts"] == first["id"] and second["answers"]["rooms"] == "4"
    with installation.store.read() as connection:
        assert connection.execute(select(tally.c.fen).order_by(tally.c.id)).scalars().all() == [50, 0]
    assert Phone(app, other).one(item)["status"] == "conflict"


def test_a_residents_own_entry_stays_the_record(phone, resident, installation, campaign, census, wang_household):
    from campaigns import merge
    from campaigns.store.schema import record
    resident.open(f"/h/{wang_household.code}/form").send(cast.fields(installation, campaign))
    answer = phone.one(phone.form(census, {**cast.WANG, "rooms": "4"}, wang_household.door_id))
    assert answer["status"] == "conflict" and "住户自己" in answer["text"]["zh"]
    merge.run(installation.store, campaign, clock.now(), COMMAND_LINE)
    with installation.store.read() as connection:
        assert connection.execute(select(record.c.channel)).scalars().all() == ["self"]


def test_a_second_household_behind_the_door_is_its_own(phone, installation, campaign, census, wang_household):
    answers = phone.send(phone.form(census, cast.WANG, wang_household.door_id),
                         phone.form(census, cast.LI, wang_household.door_id, household=2))
    assert [each["status"] for each in answers] == ["taken", "taken"]
    assert [each["household"] for each in cast.kept(installation, campaign)] == [1, 2]


def test_another_teams_door_is_refused_with_words_and_noted(phone, app, installation, campaign, census, wang_household):
    other = cast.person(installation, campaign, "volunteer", "阿丽", team="二组")
    forger = Phone(app, other)
    answers = forger.send(forger.form(census, cast.WANG, wang_household.door_id),
                          forger.item("visit", door=wang_household.door_id, outcome="completed"))
    assert [each["status"] for each in answers] == ["refused", "refused"] and "别的工作组" in answers[0]["text"]["zh"]
    assert cast.kept(installation, campaign) == [] and counted(installation, visit) == 0
    assert actions(installation, campaign).count("item.held") == 2


def test_a_door_of_another_campaign_is_no_door_here(phone, installation, campaign, census):
    other = cast.campaign(installation, slug="c2")
    elsewhere = cast.door(installation, other, "501")
    answers = phone.send(phone.form(census, cast.WANG, elsewhere.door_id), phone.form(census, cast.WANG, code=elsewhere.code))
    assert [each["status"] for each in answers] == ["refused", "refused"]
    assert "另一项登记" in answers[1]["text"]["zh"] and cast.kept(installation, other) == []


def test_a_missed_door_is_added_and_what_belongs_to_it_follows(phone, installation, campaign, census, wang_household):
    door = phone.item("door", copy_of=wang_household.door_id, room="503", note="新隔出来的")
    early = phone.form(census, cast.WANG, new_door=door["id"])
    assert phone.one(early)["status"] == "later"
    answers = phone.send(door, early, phone.item("visit", new_door=door["id"], outcome="completed"))
    assert [each["status"] for each in answers] == ["taken", "taken", "taken"]
    assert answers[0]["place"].endswith("503") and answers[0]["scan"]
    assert cast.kept(installation, campaign)[0]["dwelling_id"] == answers[0]["door"]
    assert phone.one(door)["status"] == "again"


def test_a_draft_is_kept_until_its_form_comes_and_is_handed_over(phone, app, installation, campaign, census, wang_household, alice):
    other = cast.person(installation, campaign, "volunteer", "阿丽")
    draft = phone.draft(census, {"contact_name": "王小明"}, wang_household.door_id, instance="uuid:d1")
    assert phone.one(draft)["status"] == "taken"
    older = {**phone.draft(census, {}, wang_household.door_id, instance="uuid:d1"), "at": stamp(clock.now() - timedelta(hours=1))}
    assert phone.one(older)["status"] == "taken"
    with installation.store.write() as connection:
        assert drafts.hand_over(connection, campaign, alice.user, other.user, clock.now(), COMMAND_LINE) == 1
    mine = [each for each in Phone(app, other).round()["doors"] if each.get("drafts")]
    assert [each["id"] for each in mine] == [wang_household.door_id] and "王小明" in mine[0]["drafts"][0]["xml"]
    assert Phone(app, other).one(phone.form(census, cast.WANG, wang_household.door_id, instance="uuid:d1"))["status"] == "taken"
    assert not any(each.get("drafts") for each in Phone(app, other).round()["doors"])


def test_a_report_is_kept_sealed_with_its_place(phone, installation, campaign, wang_household):
    form = add_report(installation, campaign, "suggestion")
    assert {each["key"]: each["kind"] for each in phone.round()["forms"]} == {"housing-census": "household", "suggestion": "report"}
    item = phone.report(form, {}, wang_household.door_id)
    assert phone.one(item)["status"] == "taken" and phone.one(item)["status"] == "again"
    answer = phone.one(phone.report(form, {}, building="幸福里/9栋"))
    assert answer["status"] == "taken"
    with installation.store.read() as connection:
        second, first = reports.listed(connection, campaign, None)
    assert first.place == wang_household.place and "unknown:building" in second.flags


def test_a_building_head_reports_and_neither_sees_nor_fills_households(app, installation, campaign, census, wang_household):
    form = add_report(installation, campaign, "stairwell-sheet")
    head = Phone(app, cast.person(installation, campaign, "building_head", "楼长"))
    found = head.round()
    assert [each["key"] for each in found["forms"]] == ["stairwell-sheet"] and found["user"]["label"] == "H001"
    assert all("status" not in door and "households" not in door for door in found["doors"])
    assert head.one(head.form(census, cast.WANG, wang_household.door_id))["status"] == "refused"
    assert head.one(head.report(form, {}, building="幸福里/3栋"))["status"] == "taken"
    assert cast.kept(installation, campaign) == []


def test_after_closing_a_form_begun_in_time_is_late_and_another_is_held(installation, app):
    made = cast.campaign(installation, closes_in=timedelta(minutes=-10))
    house, volunteer = cast.door(installation, made, "501"), cast.person(installation, made, "volunteer", "艾丽丝")
    phone, form = Phone(app, volunteer), cast.form(installation, made)
    late = {**phone.form(form, cast.WANG, house.door_id), "began": stamp(clock.now() - timedelta(minutes=30))}
    after = phone.form(form, cast.LI, house.door_id, household=2)
    answers = phone.send(late, after)
    assert [each["status"] for each in answers] == ["taken", "held"] and "结束" in answers[1]["text"]["zh"]
    assert [each["late"] for each in cast.kept(installation, made)] == [True]
    assert counted(installation, held_item, held_item.c.reason == "closed") == 1


def test_a_revoked_badge_reads_nothing_and_its_queue_is_held(phone, installation, campaign, census, wang_household, alice, app):
    item = phone.form(census, cast.WANG, wang_household.door_id)
    with installation.store.write() as connection:
        people.revoke(connection, alice.user, clock.now(), COMMAND_LINE)
    status, body = phone.get("/v/app/round")
    assert status == 401 and body["status"] == "revoked"
    assert phone.one(item)["status"] == "held" and phone.one(item)["status"] == "held"
    assert phone.one({**item, "household": 2})["status"] == "refused"
    assert cast.kept(installation, campaign) == [] and counted(installation, held_item) == 1
    without = phone.browser.client.post("/v/app/sync", data=b"{}", headers={"X-CSRFToken": "forged"})
    assert without.status_code == 400 and without.get_json()["status"] == "stale"
    stranger = Phone(app)
    assert stranger.post(b"{}").status_code == 401


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"{\"items\": [", 400), (b"junk" * 75_000, 400), (b"[1]", 400), (b"\xff\xfe", 400), (b"[" * 50_000, 400),
    (b'{"items": [NaN]}', 400), (b'{"items": [' + b'"' + b"x" * 1_100_000 + b'"]}', 413),
    (json.dumps({"items": [{}] * 51}).encode(), 413)])
def test_a_body_that_is_no_request_is_refused_in_words(phone, body, status):
    answer = phone.post(body)
    assert answer.status_code == status and answer.get_json()["text"]["zh"]


def test_a_stale_token_is_answered_with_a_good_one(phone, census, wang_household):
    phone.csrf = ""
    answer = phone.post(b'{"items": []}')
    assert answer.status_code == 400 and answer.get_json()["status"] == "stale"
    phone.csrf = answer.get_json()["csrf"]
    assert phone.send() == []


def test_rare_characters_come_back_as_they_were(phone, installation, campaign, census, wang_household):
    name = "𠮷𰻝·买买提 ’“é"
    phone.one(phone.form(census, {**cast.WANG, "contact_name": name}, wang_household.door_id))
    assert cast.kept(installation, campaign)[0]["answers"]["contact_name"] == name


def test_a_program_error_holds_its_item_and_lets_the_others_through(phone, installation, campaign, census, wang_household, monkeypatch):
    from campaigns.deliveries import taking

    def broken(_connection, _context, _item):
        raise RuntimeError("made up")
    monkeypatch.setitem(taking.KINDS, "visit", taking.KINDS["visit"]._replace(prepare=broken))
    answers = phone.send(phone.item("visit", door=wang_household.door_id, outcome="completed"),
                         phone.form(census, cast.WANG, wang_household.door_id))
    assert [each["status"] for each in answers] == ["held", "taken"]
    assert counted(installation, held_item, held_item.c.reason == "fault") == 1 and counted(installation, delivery) == 1


def test_the_answers_of_a_phone_say_nothing_of_other_peoples_work(phone, census, wang_household):
    answer = phone.one(phone.form(census, cast.WANG, wang_household.door_id))
    assert set(answer) == {"id", "status", "text", "receipt", "files"}


def test_a_short_incident_report_is_flagged_for_what_it_asks_and_not_for_what_the_long_form_asks(app, alice, installation, campaign):
    """The short form of the app asks for five things; who was told and whether it is fixed is for the long one."""
    form, phone = add_report(installation, campaign), Phone(app, alice)
    asked = ["photo", "incident_class", "urgent", "description", "position", "address"]
    short = {"incident_class": "fire", "urgent": "no", "description": "楼道堵了三轮车", "position": "34.8 117.3 0 12"}
    fine, nowhere, whole = phone.send(
        phone.report(form, short, asked=asked), phone.report(form, {**short, "position": ""}, asked=asked), phone.report(form, short))
    assert [each["status"] for each in (fine, nowhere, whole)] == ["taken"] * 3
    assert "不符合" not in fine["text"]["zh"] and "1 处" in nowhere["text"]["zh"] and "2 处" in whole["text"]["zh"]
    with installation.store.read() as connection:
        assert [tuple(each.flags) for each in reports.listed(connection, campaign, None)] == [
            ("invalid:fixed_on_spot", "invalid:reported_to"), ("invalid:address",), ()]

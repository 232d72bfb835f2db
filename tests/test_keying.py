"""Keying paper forms: what a clerk types, what is kept, the sample that is keyed twice, and what a supervisor settles."""
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaigns import audit, clock, contents, hangers, keying
from campaigns.campaign import set_terms
from campaigns.codes import codes, symbols
from campaigns.store.fieldwork import keying_verdict, second_keying
from campaigns.store.schema import audit as audit_table
from campaigns.store.schema import dwelling
from campaigns.terms import Terms
from forms import keyed
from forms.answers import validate
from forms.form import library
from forms.initials import initials
from tests import cast, hanger_cases
from tests.cast import WANG
from tests.respondent import Respondent

FORM = library("housing-census")[1]


@pytest.fixture
def clerk(app, carol):
    """Carol's screen, signed in."""
    return Respondent(app).sign_in(carol)


@pytest.fixture
def dan(installation, campaign):
    """Another clerk."""
    return cast.person(installation, campaign, "clerk", "丹")


@pytest.fixture
def all_twice(installation, campaign):
    """Every paper form is keyed twice."""
    return percent(installation, campaign, 100)


def percent(installation, campaign, value):
    with installation.store.write() as connection:
        return set_terms(connection, campaign, Terms(phone=cast.PHONE, double_keying_percent=value), clock.now(), cast.COMMAND_LINE)


def as_typed(answers):
    """What a clerk posts for these answers: keys in place of codes."""
    typed = keyed.typed(FORM, answers)
    fields = [(f"q-{name}", value) for name, value in typed.items() if isinstance(value, str)]
    return fields + [(f"q-person-{index}-{name}", value) for index, one in enumerate(typed["person"]) for name, value in one.items()]


def key_in(page, door, answers=WANG, **more):
    return page.open("/desk/keying").send(code=door.code, action_end="/keying").send(as_typed(answers), action_end=door.code, **more)


# What is typed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, typed, code_", [
    ("tenure", "2", "own"), ("tenure", "自己的", "own"), ("tenure", "own", "own"), ("tenure", "２", "own"), ("tenure", "zj", "own"),
    ("relation", "10", "10"), ("relation", "配偶", "10"), ("relation", "po", "10"), ("ethnicity", "01", "01"), ("ethnicity", "汉", "01"),
    ("ethnicity", "hnz", "16"), ("sex", "0", "0"), ("sex", "2", "2"), ("ethnicity", "hz", None), ("tenure", "7", None),
    ("relation", "zzz", None)])
def test_key_1_2_a_choice_is_found_by_its_key_its_words_or_their_first_letters(name, typed, code_):
    question = next(q for q in FORM.root.walk() if q.name == name)
    assert keyed.found(question, typed) == code_


def test_the_first_letters_of_every_people_are_known():
    question = next(q for q in FORM.root.walk() if q.name == "ethnicity")
    assert [each.words.zh for each in keyed.choices(question)[:56] if len(initials(each.words.zh)) != len(each.words.zh)] == []
    assert (initials("藏族"), initials("拉祜族"), initials("女婿"), initials("A1栋")) == ("zz", "lhz", "nx", "a1d")


def test_key_3_several_choices_are_typed_one_after_the_other_or_apart():
    for typed in ("13", "1 3", "1，3", "残疾 怀孕"):
        assert keyed.read(FORM, {"needs_help_kind": [typed]})["needs_help_kind"] == ["disability", "pregnant"]


def test_key_4_a_right_id_number_fills_birth_date_and_sex_and_never_what_was_typed():
    number = {"id_type": "1", "id_number": "999999198002030014"}
    [one] = keyed.read(FORM, {"person": [number]})["person"]
    assert (one["birth_date"], one["sex"]) == ("1980-02-03", "1")
    [one] = keyed.read(FORM, {"person": [number | {"sex": "2", "birth_date": "19800204"}]})["person"]
    assert (one["birth_date"], one["sex"]) == ("19800204", "2")


def test_what_is_typed_for_answers_reads_back_as_those_answers():
    answers = WANG | {"needs_help": "yes", "needs_help_kind": ["disability", "pregnant"]}
    result = validate(FORM, keyed.read(FORM, keyed.typed(FORM, answers)), today=clock.now().date(), max_persons=9)
    assert (result.answers, result.errors) == (answers, [])


# One form after the other ---------------------------------------------------------------------------------------------


def test_a_scanned_form_is_keyed_with_digits_and_the_next_one_is_asked_for(clerk, carol, wang_household, installation, campaign):
    clerk.open("/desk/keying").send(code=f"HTTPS://SURVEY.EXAMPLE/H/{wang_household.code}\n", action_end="/keying")
    assert wang_household.place in clerk.text and clerk.page.xpath("//input[@autofocus]")[0].name == "q-dwelling_use"
    clerk.send(as_typed(WANG), action_end=wang_household.code)
    assert clerk.url == "/desk/keying" and f"已存：{wang_household.place}" in clerk.text and "今天录了 1 张" in clerk.text
    assert clerk.page.xpath("//input[@autofocus]")[0].name == "code"
    [kept] = cast.kept(installation, campaign)
    assert (kept["channel"], kept["user_id"], kept["answers"], kept["flags"]) == ("paper", carol.user.id, WANG, None)
    with installation.store.read() as connection:
        assert [row.fen for row in connection.execute(select(cast.submission.metadata.tables["tally"].c.fen))] == [50]


def test_the_same_page_sent_twice_is_one_form(clerk, wang_household, installation, campaign):
    clerk.open(f"/desk/keying/form/{wang_household.code}")
    path, data = f"/desk/keying/form/{wang_household.code}", [*clerk.hidden(wang_household.code).items(), *as_typed(WANG)]
    assert clerk.post(path, data).post(path, data).url == "/desk/keying"
    assert len(cast.kept(installation, campaign)) == 1


def test_a_collected_hanger_waits_in_the_pile_is_found_by_its_number_and_is_keyed_once(
        clerk, alice, wang_household, installation, campaign):
    [hanger] = hanger_cases.stocked(installation, campaign, 1, at=clock.now() - timedelta(days=1))
    at = clock.now() - timedelta(hours=9)
    with installation.store.write() as connection:
        hangers.hand_out(connection, campaign, hanger, hanger, alice.user, at, cast.COMMAND_LINE)
    for hours, kind, more in ((8, "hung", {"dwelling_id": wang_household.door_id}), (1, "collected", {})):
        hanger_cases.act(installation, campaign, alice.user, kind, hanger, clock.now() - timedelta(hours=hours), **more)
    assert "收回来还没录的：1 张" in clerk.open("/desk/keying").text
    page = clerk.send(code=hanger.number, action_end="/keying")
    assert page.url.startswith("/desk/keying/form/") and wang_household.place in page.text
    page.send(as_typed(WANG), action_end=page.url)
    assert "还没录的" not in page.text and hanger_cases.now(installation, hanger).state == "keyed"


@pytest.mark.parametrize("typed, status, words", [
    ("124", 404, "没有编号 000124"), ("12", 404, "没有编号"), ("ABC", 422, "12 位"), (symbols.write(4711), 404, "没有找到这个码")])
def test_a_number_or_code_that_is_none_is_told_beside_the_field_and_stays_there(clerk, campaign, typed, status, words):
    page = clerk.open("/desk/keying").send(code=typed, action_end="/keying")
    assert page.status == status and words in page.text and page.value("code") == typed


def test_a_badge_or_another_campaigns_form_is_not_keyed(clerk, carol, installation):
    other = cast.campaign(installation, slug="c2")
    door = cast.door(installation, other, "101", compound="别处")
    assert "另一项登记" in clerk.open("/desk/keying").send(code=door.code, action_end="/keying").text
    assert clerk.open(f"/desk/keying/form/{door.code}").status == 403
    assert "工牌" in clerk.open("/desk/keying").send(code=carol.badge, action_end="/keying").text


def test_wrong_answers_come_back_as_they_were_typed_with_the_cursor_in_the_first(clerk, wang_household, installation, campaign):
    page = key_in(clerk, wang_household, WANG | {"tenure": "xyz", "rooms": "many"})
    assert page.status == 422 and (page.value("q-tenure"), page.value("q-rooms"), page.value("q-person-1-name")) == ("xyz", "many", "李𠮷")
    assert page.page.xpath("//input[@autofocus]")[0].name == "q-tenure" and cast.kept(installation, campaign) == []


def test_sub_7_what_stands_on_the_paper_is_kept_though_it_breaks_a_rule_and_is_flagged(clerk, wang_household, installation, campaign):
    wrong = WANG | {"rooms": "many", "tenure": "xyz"}
    page = key_in(clerk, wang_household, wrong)
    assert page.send(as_typed(wrong), action_end=wang_household.code, as_on_paper="1").url == "/desk/keying"
    [kept] = cast.kept(installation, campaign)
    assert {"invalid:rooms", "invalid:tenure", "dropped:rooms"} <= {*kept["flags"]}
    assert kept["answers"] == {name: value for name, value in WANG.items() if name not in ("rooms", "tenure")}
    with installation.store.read() as connection:
        original = json.loads(contents.original_of(connection, installation.keyring.campaign("c1"), kept["id"]))
    assert (original["rooms"], original["tenure"], original["person"][1]["name"]) == ("many", "xyz", "李𠮷")


def test_people_are_added_and_removed_without_a_script(clerk, wang_household):
    clerk.open(f"/desk/keying/form/{wang_household.code}").send(as_typed(WANG), action_end=wang_household.code, _add="person")
    assert clerk.page.xpath("//input[@autofocus]")[0].name == "q-person-2-name" and clerk.value("q-person-1-name") == "李𠮷"
    clerk.send(as_typed(WANG), action_end=wang_household.code, _remove="0")
    assert (clerk.value("q-person-0-name"), clerk.value("q-person-1-name")) == ("李𠮷", None)


def test_the_form_just_keyed_can_be_corrected_and_is_still_one(clerk, wang_household, installation, campaign):
    page = key_in(clerk, wang_household).open("/desk/keying/last")
    assert (page.value("q-tenure"), page.value("q-person-1-name"), page.value("q-person-0-sex")) == ("2", "李𠮷", "1")
    page.send(as_typed(WANG | {"rooms": "4"}), action_end=wang_household.code)
    first, second = cast.kept(installation, campaign)
    assert second["replaces"] == first["id"] and second["answers"]["rooms"] == "4" and "今天录了 1 张" in page.text


def test_nobody_corrects_what_another_clerk_keyed(app, clerk, dan, wang_household):
    key_in(clerk, wang_household)
    assert Respondent(app).sign_in(dan).open("/desk/keying/last").status == 404


def test_a_form_keyed_before_says_so(clerk, wang_household, installation, campaign):
    percent(installation, campaign, 0)
    key_in(clerk, wang_household)
    assert "这张表已经录过" in clerk.open(f"/desk/keying/form/{wang_household.code}").text


def test_a_stale_page_keeps_what_was_typed(clerk, wang_household, installation, campaign):
    clerk.open(f"/desk/keying/form/{wang_household.code}")
    instance = clerk.hidden(wang_household.code)["instance"]
    page = clerk.post(f"/desk/keying/form/{wang_household.code}", [("instance", instance), *as_typed(WANG)])
    assert page.status == 400 and page.value("q-person-1-name") == "李𠮷" and cast.kept(installation, campaign) == []
    assert page.send(as_typed(WANG), action_end=wang_household.code).url == "/desk/keying"


def test_after_closing_paper_is_refused_in_words_and_what_was_typed_stays(clerk, wang_household, installation, campaign):
    from campaigns.campaign import close_now
    clerk.open(f"/desk/keying/form/{wang_household.code}")
    with installation.store.write() as connection:
        close_now(connection, campaign, clock.now() - timedelta(minutes=5), cast.COMMAND_LINE)
    page = clerk.send(as_typed(WANG), action_end=wang_household.code)
    assert page.url == "/desk/keying" or "结束" in page.text
    assert "结束" in clerk.open(f"/desk/keying/form/{wang_household.code}").text


# The sample that is keyed twice ---------------------------------------------------------------------------------------


def test_dbl_1_the_draw_follows_from_form_and_key_and_its_share_is_the_campaigns(installation, campaign):
    key, drawn = installation.keyring.campaign("c1"), percent(installation, campaign, 20)
    lots = [keying.is_drawn(key, drawn, f"{n:032x}") for n in range(4000)]
    assert 700 < sum(lots) < 900 and lots == [keying.is_drawn(key, drawn, f"{n:032x}") for n in range(4000)]
    assert not any(keying.is_drawn(key, percent(installation, campaign, 0), f"{n:032x}") for n in range(100))


def test_dbl_2_the_second_clerk_keys_blind_and_the_first_is_not_told(app, clerk, dan, wang_household, all_twice, installation, campaign):
    assert "请再录一遍" not in key_in(clerk, wang_household).text
    other = Respondent(app).sign_in(dan).open("/desk/keying")
    assert "请再录一遍：1 张" in other.text and wang_household.place in other.text
    other.open(f"/desk/keying/form/{wang_household.code}")
    assert "复录纸表" in other.text and "李𠮷" not in other.text and other.value("q-person-0-name") == ""
    other.send(as_typed(WANG), action_end=wang_household.code)
    assert "复录已存" in other.text and "请再录一遍" not in other.text
    assert len(cast.kept(installation, campaign)) == 1
    with installation.store.read() as connection:
        [row] = connection.execute(select(second_keying)).all()
    assert row.differences == [] and row.compared > 25 and row.user_id == dan.user.id


def test_dbl_2_the_first_clerk_and_a_form_not_drawn_are_refused(app, clerk, dan, wang_household, all_twice, installation, campaign):
    key_in(clerk, wang_household)
    [kept] = cast.kept(installation, campaign)
    clerk.open(f"/desk/keying/form/{wang_household.code}").send(as_typed(WANG), action_end=wang_household.code, second=str(kept["id"]))
    assert clerk.status == 403 and "不在您要复录的表里" in clerk.text
    percent(installation, campaign, 0)
    other = Respondent(app).sign_in(dan).open(f"/desk/keying/form/{wang_household.code}")
    assert other.send(as_typed(WANG), action_end=wang_household.code, second=str(kept["id"])).status == 403


def test_dbl_2_a_third_clerk_comes_too_late(app, clerk, dan, wang_household, all_twice, installation, campaign):
    key_in(clerk, wang_household)
    eve = cast.person(installation, campaign, "clerk", "伊芙")
    pages = [Respondent(app).sign_in(each).open(f"/desk/keying/form/{wang_household.code}") for each in (dan, eve)]
    assert [page.send(as_typed(WANG), action_end=wang_household.code).status for page in pages] == [200, 409]
    assert "已经复录过" in pages[1].text and pages[1].value("q-person-1-name") == "李𠮷"


@pytest.mark.parametrize("first, second, paths", [
    ({"a": "王 小明"}, {"a": "王小明"}, []), ({"a": "Ａ１"}, {"a": "A1"}, []), ({"a": "1"}, {"a": "2", "b": "3"}, ["a", "b"]),
    ({"m": ["x", "y"]}, {"m": ["x"]}, ["m"]),
    ({"p": [{"n": "1", "s": "1"}]}, {"p": [{"n": "1", "s": "2"}, {"n": "3"}]}, ["p/0/s", "p/1"])])
def test_dbl_3_only_width_and_blanks_do_not_count(first, second, paths):
    assert keying.compare(first, second)[0] == paths


def settled(app, sue, choices):
    """Sue chooses for each path; the page that follows."""
    page = Respondent(app).sign_in(sue).open("/desk/keying")
    page.open(page.page.xpath("//ul[@class='pile']//a")[0].get("href"))
    return page.send([(f"which-{path}", which) for path, which in choices.items()], action_end="")


@pytest.fixture
def differing(app, clerk, dan, wang_household, all_twice):
    """A form that Carol keyed wrong in one answer and Dan in another."""
    key_in(clerk, wang_household, WANG | {"rooms": "8"})
    key_in(Respondent(app).sign_in(dan), wang_household, WANG | {"area": "68.5"})


def test_dbl_4_a_supervisor_sees_both_and_the_right_answers_become_a_correction(app, differing, sue, installation, campaign, carol):
    page = Respondent(app).sign_in(sue).open("/desk/keying/differences/1")
    assert [word in page.text for word in ("住房有几间", "8", "3", "86.5", "68.5", "李𠮷")] == [True] * 5 + [False]
    assert settled(app, sue, {"rooms": "second"}).status == 422
    assert settled(app, sue, {"rooms": "second", "area": "first"}).url == "/desk/keying"
    first, second = cast.kept(installation, campaign)
    assert second["answers"] == WANG and (second["replaces"], second["user_id"], second["channel"]) == (first["id"], sue.user.id, "paper")
    with installation.store.read() as connection:
        [one] = [each for each in keying.accuracy(connection, campaign.id) if each.label == carol.user.label]
        assert (one.keyed, one.twice, one.differing, one.wrong) == (1, 1, 2, 1) and one.error_bp == 10_000 // one.compared
        assert keying.accuracy(connection, campaign.id, through=0) == []
        seen = connection.execute(select(audit_table.c.actor).where(audit_table.c.action == "keying.seen")).scalars().all()
        assert set(seen) == {str(sue.user.actor)} and audit.broken_at(connection, campaign.id) is None


def test_dbl_4_where_the_first_clerk_was_right_nothing_is_corrected_and_it_is_settled_once(app, differing, sue, installation, campaign):
    settled(app, sue, {"rooms": "first", "area": "first"})
    assert len(cast.kept(installation, campaign)) == 1
    assert "定过了" in Respondent(app).sign_in(sue).open("/desk/keying/differences/1").text
    with installation.store.read() as connection:
        [row] = connection.execute(select(keying_verdict)).all()
    assert (row.first_wrong, row.second_wrong, row.correction_id) == (0, 2, None)


def test_leads_and_clerks_do_not_see_what_differs(app, installation, differing, bob, clerk):
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(team_id=bob.user.team_id))
    lead = Respondent(app).sign_in(bob)
    assert "由督导员" in lead.open("/desk/keying").text
    assert lead.open("/desk/keying/differences/1").status == clerk.open("/desk/keying/differences/1").status == 403
    assert "李𠮷" not in lead.open("/desk/keying").text


def test_a_second_keying_that_is_not_there_is_told(app, sue):
    assert Respondent(app).sign_in(sue).open("/desk/keying/differences/9").status == 404


def test_a_person_only_one_clerk_has_is_taken_over_or_out():
    one, two = {"p": [{"n": "1"}, {"n": "2"}]}, {"p": [{"n": "1"}]}
    for first, second in ((one, two), (two, one)):
        pair = keying.Pair(1, None, 1, 2, keying.compare(first, second)[0], first, second)
        assert pair.differences == ["p/1"] and keying.merged(pair, {"p/1"}) == second and keying.merged(pair, set()) == first


def test_a_revoked_paper_is_told(clerk, wang_household, installation):
    with installation.store.write() as connection:
        codes.revoke(connection, codes.find(connection, installation.server, wang_household.code), clock.now(), cast.COMMAND_LINE)
    assert clerk.open("/desk/keying").send(code=wang_household.code, action_end="/keying").status == 410

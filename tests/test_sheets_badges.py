"""Badge cards for the people who work in a campaign."""
import pytest
from sqlalchemy import select

from campaigns import people
from campaigns.audit import COMMAND_LINE
from campaigns.codes import symbols
from campaigns.store.schema import audit, code, code_event
from exports.sheets import print_badges
from exports.sheets.badges import NoBadges
from exports.sheets.fonts import CharactersMissing
from exports.sheets.printing import NoAddress
from tests import sheet_cases as cases
from tests.sheet_cases import here, needs_font, needs_rare_font

__all__ = ["here"]
pytestmark = needs_font


@pytest.fixture
def campaign(here):
    return cases.a_campaign(here)


def join(here, campaign, name, team="一组", role="volunteer"):
    with here.store.write() as connection:
        return people.add(connection, here.keyring, campaign, role=role, name=name, team_name=team, at=cases.NOON,
                          actor=COMMAND_LINE)


def test_every_badge_is_read_back_and_opens_its_person(here, campaign, tmp_path):
    users = [join(here, campaign, f"艾丽丝{n}") for n in range(12)]
    printed = print_badges(here, campaign, out=tmp_path)
    read = [text for page in cases.scanned_pages(printed.file) for _, _, text in page]
    assert [cases.opened_by(here, text, "B").user_id for text in read] == [each.user.id for each in users]
    assert (printed.badges, printed.pages) == (12, 2)


@needs_rare_font
def test_a_card_shows_name_number_role_and_team_and_the_code_to_type(here, campaign, tmp_path):
    new = join(here, campaign, "赵𠮷·买买提", team="第二工作组", role="lead")
    words = cases.words_on(print_badges(here, campaign, out=tmp_path).file)
    for part in ("赵𠮷·买买提", "L001", "组长", "teamlead", "第二工作组", symbols.grouped(new.badge), "龙泉街道住房登记"):
        assert part in words, part


def test_the_pin_is_not_on_the_card(here, campaign, tmp_path):
    new = join(here, campaign, "艾丽丝")
    assert new.pin not in cases.words_on(print_badges(here, campaign, out=tmp_path).file)


def test_people_who_left_get_no_card(here, campaign, tmp_path):
    stays, left = join(here, campaign, "艾丽丝"), join(here, campaign, "鲍勃")
    with here.store.write() as connection:
        people.revoke(connection, left.user, cases.NOON, COMMAND_LINE)
    printed = print_badges(here, campaign, out=tmp_path)
    assert printed.badges == 1 and stays.user.label in cases.words_on(printed.file)


def test_one_badge_can_be_printed_by_work_number(here, campaign, tmp_path):
    join(here, campaign, "艾丽丝")
    join(here, campaign, "鲍勃")
    printed = print_badges(here, campaign, out=tmp_path, labels=["V002"])
    assert printed.file.name == "badges-V002.pdf" and "鲍勃" in cases.words_on(printed.file) and printed.badges == 1


def test_a_very_long_name_and_team_stay_on_the_card(here, campaign, tmp_path):
    join(here, campaign, "阿卜杜拉·" * 10, team="龙泉街道第一工作组" * 6)
    page = next(cases.pages(print_badges(here, campaign, out=tmp_path).file))
    right = page.crop((int((15 + 85.5) * cases.DPI / 25.4), 260, int((15 + 89.5) * cases.DPI / 25.4), 360))
    assert right.getextrema()[0] > 128


def test_badges_are_noted_in_their_history_and_the_audit_log_without_names(here, campaign, tmp_path):
    join(here, campaign, "艾丽丝")
    print_badges(here, campaign, out=tmp_path, at=cases.NOON)
    with here.store.read() as connection:
        details = connection.execute(select(code_event.c.detail).where(code_event.c.event == "printed")).scalars().all()
        log = connection.execute(select(audit.c.action, audit.c.subject, audit.c.detail)).all()
        assert connection.execute(select(code.c.printed_at)).scalar_one() == cases.NOON
    assert details == [{"sheet": "badges.pdf", "page": 1, "place": 1}]
    assert log[-1].action == "codes.printed" and "艾丽丝" not in str(log)


def test_a_name_with_a_character_that_no_font_has_is_refused_by_work_number(here, campaign, tmp_path):
    join(here, campaign, "艾\U00013000丽丝")
    with pytest.raises(CharactersMissing) as refused:
        print_badges(here, campaign, out=tmp_path)
    assert "V001" in refused.value.text.zh and "丽丝" not in refused.value.text.zh


def test_a_campaign_without_people_is_refused(here, campaign, tmp_path):
    with pytest.raises(NoBadges):
        print_badges(here, campaign, out=tmp_path)


def test_badges_need_the_public_address_too(tmp_path):
    here = cases.installation(tmp_path / "instance", public_url="")
    made = cases.a_campaign(here)
    join(here, made, "艾丽丝")
    with pytest.raises(NoAddress):
        print_badges(here, made, out=tmp_path)

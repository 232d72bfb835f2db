"""What came in, looked up at the desk (REC-1, REC-2 in campaigns/received.py)."""
import io

import pytest
from sqlalchemy import select, update

from campaigns import attachments, audit, clock, receipts
from campaigns.attachments import Folder
from campaigns.codes import symbols
from campaigns.store.schema import audit as audit_table
from campaigns.store.schema import dwelling, team
from campaigns.submissions import Entry
from forms import flags
from forms.form import library
from tests import cast
from tests.respondent import Respondent

JPEG = b"\xff\xd8\xff\xe0 a made-up picture"
FLAGS = ("invalid:person/1/id_number", "dropped:person/age", "many:person", "unknown:2")


@pytest.fixture
def sent(installation, campaign, wang_household, alice):
    """A visit by Alice with marks and a photo; its id and receipt number."""
    at = clock.now()
    intake = installation.intake(campaign)
    entry = Entry(instance="uuid:1", form_version_id=1, channel="visit", dwelling_id=wang_household.door_id, answers=cast.WANG, persons=2,
                  filled_at=at, received_at=at, user=alice.user, source=b"<data/>", flags=FLAGS)
    row = intake.prepare(entry)

    kept = Folder(installation.settings.attachments / "c1", intake.key).keep("门口.jpg", "image", io.BytesIO(JPEG))
    accepted = installation.store.submit(lambda connection: intake.accept(connection, entry, row))
    with installation.store.write() as connection:
        attachments.add(connection, intake.key, campaign, accepted.id, [kept], at)
    return accepted.id, receipts.of(installation.server, "uuid:1")


def at_desk(app, who, language="zh-CN"):
    desk = Respondent(app, language)
    desk.sign_in(who)
    return desk


@pytest.mark.parametrize("how", ["receipt", "code", "door"])
def test_a_submission_is_found_by_receipt_code_or_door_and_nothing_of_it_is_in_the_address(app, bob, sent, wang_household, how):
    typed = {"receipt": symbols.grouped(sent[1]), "code": wang_household.code, "door": wang_household.place}[how]
    desk = at_desk(app, bob).open("/desk/submissions").send(what=typed, action_end="")
    assert desk.url == f"/desk/submissions/{sent[0]}" and "上门登记" in desk.text and "V" in desk.text
    assert "王小明" not in desk.text and "13800138000" not in desk.text


def test_marks_are_said_in_words_in_both_languages():
    form = library("housing-census")[1]
    said = [flags.words(form, flag) for flag in FLAGS]
    assert "第 2 份" in said[0].zh and "Document number" in said[0].en and "id_number" not in said[0].zh
    assert all(text.zh and text.en for text in said) and "2 处" in said[3].zh


def test_marked_ones_are_listed_and_their_page_tells_the_marks(app, bob, sent, wang_household):
    desk = at_desk(app, bob, "en").open("/desk/submissions")
    assert wang_household.place in desk.text
    desk.open(f"/desk/submissions/{sent[0]}")
    assert "does not keep to the rules" in desk.text and "today" in desk.text and "Text(" not in desk.text
    assert "Picture" in desk.text and "Download" not in desk.text


def test_a_supervisor_opens_a_file_and_each_look_is_noted(app, sue, sent, installation, campaign):  # REC-2
    desk = at_desk(app, sue, "en").open(f"/desk/submissions/{sent[0]}")
    (link,) = desk.page.xpath("//a[contains(@href, '/file/')]/@href")
    answer = desk.client.get(link)
    assert answer.data == JPEG and "attachment" in answer.headers["Content-Disposition"]
    with installation.store.read() as connection:
        rows = connection.execute(select(audit_table.c.actor, audit_table.c.subject).where(
            audit_table.c.action == "attachment.opened")).all()
        assert rows == [(str(sue.user.actor), f"submission:{sent[0]}")] and audit.broken_at(connection, campaign.id) is None
    assert desk.client.get(link + "9").status_code == 404


def test_a_lead_opens_no_file_and_sees_no_other_teams_door(app, bob, sue, sent, installation, campaign, wang_household):  # REC-1
    desk = at_desk(app, bob)
    assert desk.open(f"/desk/submissions/{sent[0]}/file/1").status == 403
    with installation.store.write() as connection:
        other = connection.execute(team.insert().values(campaign_id=campaign.id, name="二组")).inserted_primary_key.id
        connection.execute(update(dwelling).where(dwelling.c.id == wang_household.door_id).values(team_id=other))
    assert desk.open(f"/desk/submissions/{sent[0]}").status == 404
    desk.open("/desk/submissions").send(what=sent[1], action_end="")
    assert desk.status == 404 and "没有找到" in desk.text and wang_household.place not in desk.text
    assert at_desk(app, sue).open(f"/desk/submissions/{sent[0]}").status == 200


@pytest.mark.parametrize("typed, said", [("", "没有“”"), ("幸福里-9栋-1单元-101", "没有"), ("0000-0000-0000", "没有找到")])
def test_what_is_not_there_is_said(app, bob, sent, typed, said):
    desk = at_desk(app, bob).open("/desk/submissions").send(what=typed, action_end="")
    assert desk.status == 404 and said in desk.text

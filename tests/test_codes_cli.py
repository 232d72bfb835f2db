"""`survey codes issue|print|badges|revoke` as an organiser types them."""
import json
import os

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from campaigns import people
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes, symbols
from campaigns.store.schema import code
from survey.cli import main
from tests import sheet_cases as cases
from tests.sheet_cases import here, needs_font

__all__ = ["here"]


@pytest.fixture
def campaign(here):
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "幸福里", ["101", "102"])
    return made


@pytest.fixture
def survey(here):
    """Runs a command in this installation; returns click's result."""

    def run(*words, public_url=cases.URL, language="zh"):
        return CliRunner().invoke(main, ["codes", *map(str, words)], env={
            "SURVEY_HOME": str(here.settings.home), "SURVEY_PUBLIC_URL": public_url, "SURVEY_LANGUAGE": language})

    return run


def a_code(here, campaign) -> str:
    with here.store.read() as connection:
        return codes.written(here.server, connection.execute(
            select(code.c.seed).where(code.c.campaign_id == campaign.id).order_by(code.c.id)).scalars().first())


def test_issue_says_how_many_are_new_and_how_many_valid(survey, campaign):
    assert json.loads(survey("issue", "--campaign", "c1", "--json").output) == {"issued": 2, "valid": 2}
    assert survey("issue", "--campaign", "c1").output == "新发 0 个码，现有 2 个有效。\n"


def test_issue_speaks_english_too(survey, campaign):
    assert survey("issue", "--campaign", "c1", language="en").output == "Issued 2 codes; 2 are valid now.\n"


@needs_font
@pytest.mark.parametrize("layout", ["door-hanger", "label", "sheet"])
def test_print_writes_the_files_and_tells_of_them(survey, campaign, tmp_path, layout):
    survey("issue", "--campaign", "c1")
    told = json.loads(survey("print", "--campaign", "c1", "--layout", layout, "--out", tmp_path / "paper", "--json").output)
    file = tmp_path / "paper" / f"幸福里-{layout}.pdf"
    assert file.is_file() and told == {
        "layout": layout, "labels": 2, "printed_before": 0, "doors_without_code": 0,
        "files": [{"file": str(file), "compound": "幸福里", "labels": 2, "pages": 2 if layout == "sheet" else 1,
                   "printed_before": 0}]}


@needs_font
def test_print_mentions_earlier_prints_and_doors_without_code(survey, here, campaign, tmp_path):
    survey("issue", "--campaign", "c1")
    survey("print", "--campaign", "c1", "--layout", "label", "--out", tmp_path)
    cases.add_doors(here, campaign, "幸福里", ["103"])
    told = survey("print", "--campaign", "c1", "--layout", "label", "--out", tmp_path).output
    assert "已打印 2 张" in told and "其中 2 张以前印过" in told and "还有 1 户没有码" in told


@needs_font
def test_print_warns_when_no_phone_is_set(survey, here, tmp_path):
    made = cases.a_campaign(here, phone="")
    cases.add_doors(here, made, "幸福里", ["101"])
    survey("issue", "--campaign", "c1")
    assert "--phone" in survey("print", "--campaign", "c1", "--layout", "label", "--out", tmp_path).output


@needs_font
def test_print_without_the_public_address_ends_with_status_1_and_the_reason(survey, campaign, tmp_path):
    survey("issue", "--campaign", "c1")
    result = survey("print", "--campaign", "c1", "--layout", "label", "--out", tmp_path / "paper", public_url="")
    assert result.exit_code == 1 and "SURVEY_PUBLIC_URL" in result.output and not os.path.exists(tmp_path / "paper")


def test_an_unknown_layout_is_wrong_usage(survey, campaign, tmp_path):
    assert survey("print", "--campaign", "c1", "--layout", "poster", "--out", tmp_path).exit_code == 2


@needs_font
def test_badges_writes_the_cards_and_does_not_print_names_on_the_terminal(survey, here, campaign, tmp_path):
    with here.store.write() as connection:
        people.add(connection, here.keyring, campaign, role="volunteer", name="艾丽丝", team_name="一组", at=cases.NOON,
                   actor=COMMAND_LINE)
    result = survey("badges", "--campaign", "c1", "--out", tmp_path)
    assert result.exit_code == 0 and (tmp_path / "badges.pdf").is_file() and "艾丽丝" not in result.output


def test_revoke_takes_a_code_as_people_write_it(survey, here, campaign):
    survey("issue", "--campaign", "c1")
    text = a_code(here, campaign)
    assert survey("revoke", "--campaign", "c1", symbols.grouped(text).lower()).exit_code == 0
    with here.store.read() as connection:
        assert codes.find(connection, here.server, text).revoked_at


def test_revoke_with_replace_gives_the_new_code_of_the_same_door(survey, here, campaign):
    survey("issue", "--campaign", "c1")
    old = a_code(here, campaign)
    told = json.loads(survey("revoke", "--campaign", "c1", old, "--replace", "--json").output)
    with here.store.read() as connection:
        before, after = (codes.find(connection, here.server, symbols.read(each)) for each in (old, told["new"]))
    assert before.revoked_at and not after.revoked_at and before.dwelling_id == after.dwelling_id


def test_revoking_a_mistyped_code_is_refused(survey, here, campaign):
    survey("issue", "--campaign", "c1")
    text = a_code(here, campaign)
    result = survey("revoke", "--campaign", "c1", text[:-1] + ("0" if text[-1] != "0" else "2"))
    assert result.exit_code == 1 and "输错" in result.output


def test_a_code_of_another_campaign_is_not_revoked(survey, here, campaign):
    other = cases.a_campaign(here, "c2")
    cases.add_doors(here, other, "幸福里", ["101"])
    cases.issue(here, other)
    text = a_code(here, other)
    assert survey("revoke", "--campaign", "c1", text).exit_code == 1
    with here.store.read() as connection:
        assert codes.find(connection, here.server, text).revoked_at is None

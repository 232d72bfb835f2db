"""The command line as an organiser's scripts use it: what is printed, the exit status, and what is on disk."""
import json
from pathlib import Path

import pytest

from tests import terminal

NEW = ["campaign", "new", "--preset", "housing-census", "--slug", "c1", "--title", "龙泉街道住房普查", "--title-en", "Longquan census",
       "--opens", "2026-03-01T08:00", "--closes", "2026-03-20T18:00", "--tz", "Asia/Shanghai"]


@pytest.fixture
def survey(tmp_path):
    def run(*arguments, language="en", by=terminal.run, **environment):
        return by(*arguments, cwd=tmp_path, environment={"PATH": "/usr/bin:/bin", "SURVEY_LANGUAGE": language, **environment})
    return run


def test_the_installed_command_ends_with_the_status_of_what_it_did(survey):
    for arguments, status in ((NEW, 0), (NEW, 1), (["nonsense"], 2)):
        assert survey(*arguments, by=terminal.installed).returncode == status


def test_a_campaign_is_made_shown_listed_opened_and_closed(survey, tmp_path):
    assert survey(*NEW).returncode == 0
    shown = json.loads(survey("campaign", "show", "--campaign", "c1", "--json").stdout)
    assert (shown["opens_at"], shown["closes_at"]) == ("2026-03-01T00:00:00+00:00", "2026-03-20T10:00:00+00:00")
    assert "c1" in survey("campaign", "list").stdout
    opened = survey("campaign", "open", "--campaign", "c1", "--closes", "2099-01-01T00:00", "--json")
    assert json.loads(opened.stdout)["phase"] == "open"
    assert json.loads(survey("campaign", "close", "--campaign", "c1", "--json").stdout)["phase"] == "closed"
    assert (tmp_path / "instance" / "store.db").exists()


def test_terms_are_given_when_making_and_changed_later(survey):
    survey(*NEW, "--rate-fen", "80", "--phone", "0632-5550100", "--max-persons", "60")
    changed = survey("campaign", "set", "--campaign", "c1", "--rate-fen", "100", "--json")
    terms = json.loads(changed.stdout)["terms"]
    assert (terms["rate_fen"], terms["phone"], terms["max_persons"]) == (100, "0632-5550100", 60)


def test_the_title_and_the_order_of_trust_can_be_changed_and_are_shown(survey):
    survey(*NEW)
    order = "gate,visit,self,hanger,paper,property,grid"
    changed = json.loads(survey("campaign", "set", "--campaign", "c1", "--title", "新名称", "--trust", order, "--json").stdout)
    assert (changed["title_zh"], changed["title_en"], changed["terms"]["trust"][0]) == ("新名称", "Longquan census", "gate")
    assert "--rate-fen: 50" in survey("campaign", "show", "--campaign", "c1").stdout


def test_what_is_made_is_readable_by_its_owner_only(survey, tmp_path):
    survey(*NEW)
    assert (tmp_path / "instance").stat().st_mode & 0o077 == 0
    assert (tmp_path / "instance" / "store.db").stat().st_mode & 0o077 == 0


def test_a_store_that_cannot_be_reached_is_said_in_a_sentence_without_its_password(survey):
    refused = survey("campaign", "list", SURVEY_STORE="postgresql+psycopg://someone:secret@127.0.0.1:1/none")
    assert refused.returncode == 1 and "SURVEY_STORE" in refused.stderr
    assert "Traceback" not in refused.stderr and "secret" not in refused.stderr


def test_a_person_gets_a_badge_and_a_pin_once(survey):
    survey(*NEW)
    added = json.loads(survey("user", "add", "--campaign", "c1", "--role", "volunteer", "--name", "王芳", "--team", "一组",
                              "--json").stdout)
    assert added["label"] == "V001"
    assert len(added["pin"]) == 6 and len(added["badge"]) == 14
    listed = survey("user", "list", "--campaign", "c1").stdout
    assert "V001" in listed and "王芳" not in listed
    assert survey("user", "revoke", "--campaign", "c1", "--label", "V001").returncode == 0


@pytest.mark.parametrize(("arguments", "status"), [
    (["campaign", "show", "--campaign", "nothing"], 1), (["campaign", "show"], 2), (["nonsense"], 2),
    (NEW[:-2] + ["--tz", "Mars"], 1),
    (["user", "revoke", "--campaign", "c1", "--label", "V9"], 1),
    (["team", "add", "--campaign", "c1", "--name", "x", "--compound", "无"], 1)])
def test_the_exit_status_tells_a_refusal_from_wrong_usage(survey, arguments, status):
    survey(*NEW)
    assert survey(*arguments).returncode == status


@pytest.mark.parametrize(("language", "words"), [("en", "There is no campaign “c9”"), ("zh", "没有任务“c9”")])
def test_refusals_are_said_in_the_persons_language_on_standard_error(survey, language, words):
    refused = survey("campaign", "show", "--campaign", "c9", language=language)
    assert words in refused.stderr and refused.stdout == ""


@pytest.mark.parametrize(("arguments", "words"), [
    (["form", "check", "nosuch.xlsx"], "没有这个文件：nosuch.xlsx"), (["campaign", "show"], "少写了 --campaign"),
    (["form", "chek"], "没有 chek 这个命令"), (["form", "preview", "--prot", "1", "x"], "是不是 --port")])
def test_a_command_that_is_written_wrong_is_told_in_chinese_too(survey, arguments, words):
    told = survey(*arguments, language="zh", PYTHONPATH=str(Path(__file__).parent.parent))
    assert told.returncode == 2 and words in told.stderr and "--help" in told.stderr


def test_a_setting_that_cannot_work_is_named(survey):
    for wrong in ("eighty", "99999999", "0"):
        refused = survey("campaign", "list", SURVEY_PORT=wrong)
        assert refused.returncode == 1 and "SURVEY_PORT" in refused.stderr


def test_the_doctor_finds_a_missing_key(survey, tmp_path):
    survey(*NEW)
    assert survey("doctor").returncode == 0
    (tmp_path / "instance" / "keys" / "campaign-c1.key").unlink()
    ill = survey("doctor")
    assert ill.returncode == 1 and "key missing" in ill.stdout


def test_serving_on_a_taken_port_says_which_setting_to_change(survey):
    import socket
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = survey("serve", SURVEY_PORT=str(other.getsockname()[1]))
    assert refused.returncode == 1 and "SURVEY_PORT" in refused.stderr

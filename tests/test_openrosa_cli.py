"""User names and passwords for collecting apps, as the command line hands them out."""
import json

import pytest
from click.testing import CliRunner

from campaigns import field_password
from survey.cli.main import main


@pytest.fixture
def survey(installation, campaign):
    def run(*arguments):
        return CliRunner(env={"SURVEY_HOME": str(installation.settings.home), "SURVEY_LANGUAGE": "en"}).invoke(main, arguments)
    return run


def opens(here, told):
    with here.store.read() as connection:
        found = field_password.holder(connection, here.keyring, told["app_user"])
    return field_password.fits(found, told["app_user"], told["app_password"]) and found.language


def test_adding_a_volunteer_gives_a_user_name_and_a_password(survey, installation):
    told = json.loads(survey("user", "add", "--campaign", "c1", "--role", "volunteer", "--name", "艾丽丝", "--json").output)
    assert told["app_user"] == "c1-v001" and opens(installation, told) == "zh"


def test_a_lead_gets_none(survey):
    told = json.loads(survey("user", "add", "--campaign", "c1", "--role", "lead", "--name", "鲍勃", "--json").output)
    assert "app_user" not in told
    assert survey("user", "password", "--campaign", "c1", "--label", "L001").exit_code == 1


def test_a_new_password_replaces_the_old_one(survey, installation):
    first = json.loads(survey("user", "add", "--campaign", "c1", "--role", "clerk", "--name", "卡罗尔", "--json").output)
    second = json.loads(survey("user", "password", "--campaign", "c1", "--label", "C001", "--language", "en", "--json").output)
    assert not opens(installation, first) and opens(installation, second) == "en"
    assert "c1-c001" in survey("user", "password", "--campaign", "c1", "--label", "C001").output


def test_the_worked_example_of_the_standard_comes_out(monkeypatch):
    """RFC 2617, section 3.5."""
    monkeypatch.setattr(field_password, "REALM", "testrealm@host.com")
    assert field_password.ha1_of("Mufasa", "Circle Of Life") == "939e7578ed9e3c518a452acee763bce9"

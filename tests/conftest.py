"""What every test may use: an installation, a campaign with a named cast, a browser, a server.

The cast: 王 (wang), 李 (li) and 阿依古丽 (ayi) live behind doors of one compound; Alice is a volunteer, Carol keys paper,
Bob leads Alice's team, Sue supervises, Oscar organises. Nobody exists.
"""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaigns.settings import Settings
from campaigns.installation import Installation
from tests import cast
from tests.respondent import Respondent
from survey.app import create_app


@pytest.fixture
def installation(tmp_path) -> Iterator[Installation]:
    """An empty installation in a folder of its own."""
    made = Installation(Settings(home=tmp_path / "instance"))
    yield made
    if "store" in made.__dict__:
        made.store.close()


@pytest.fixture
def campaign(installation):
    """An open housing census."""
    return cast.campaign(installation)


@pytest.fixture
def wang_household(installation, campaign):
    """A door whose household answers by itself."""
    return cast.door(installation, campaign, "501")


@pytest.fixture
def li_household(installation, campaign):
    return cast.door(installation, campaign, "502")


@pytest.fixture
def alice(installation, campaign):
    """A volunteer of team one."""
    return cast.person(installation, campaign, "volunteer", "艾丽丝")


@pytest.fixture
def carol(installation, campaign):
    """A clerk who keys paper forms."""
    return cast.person(installation, campaign, "clerk", "卡罗尔")


@pytest.fixture
def bob(installation, campaign):
    """The lead of Alice's team."""
    return cast.person(installation, campaign, "lead", "鲍勃")


@pytest.fixture
def sue(installation, campaign):
    """A supervisor."""
    return cast.person(installation, campaign, "supervisor", "苏", team=None)


@pytest.fixture
def oscar(installation, campaign):
    """The organiser."""
    return cast.person(installation, campaign, "organiser", "奥斯卡", team=None)


@pytest.fixture
def app(installation):
    """The site."""
    return create_app(installation)


@pytest.fixture
def resident(app) -> Respondent:
    """A resident's phone, in Chinese."""
    return Respondent(app)

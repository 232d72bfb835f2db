"""What an unlucky or unkind sender tries on the paths of field work: each of these once got through, or was lost."""

import pytest
from sqlalchemy import func, select, update

from campaigns.store.schema import dwelling
from tests import cast
from tests.phone_cases import Phone
from tests.respondent import Respondent


@pytest.fixture
def census(installation, campaign):
    return cast.form(installation, campaign)


@pytest.fixture
def alices(app, installation, alice, wang_household, li_household):
    """Alice's phone; her team has both doors."""
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(team_id=alice.user.team_id))
    return Phone(app, alice)


def count(here, table, *where):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


# Numbers that no column holds ------------------------------------------------------------------------------------------


def test_a_number_that_no_column_holds_is_no_page_and_no_error_of_the_program(app, sue):
    page, large = Respondent(app).sign_in(sue), "9" * 20
    for path in ("entries/{}", "reports/{}", "submissions/{}", "submissions/1/file/{}", "keying/differences/{}"):
        assert page.open("/desk/" + path.format(large)).status == 404, path
    for path in ("entries?before=²", f"entries?before={large}", f"reports?before={large}"):
        assert page.open("/desk/" + path).status == 200, path
    assert page.open(f"/form/{large}/x.xml").status == 404


def test_a_door_or_team_number_that_no_column_holds_is_refused_in_words(app, sue, wang_household, installation):
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(origin="field"))
    page = Respondent(app).sign_in(sue).open("/desk/doors")
    token = page.hidden("/doors")["csrf_token"]
    assert page.post("/desk/doors", {"csrf_token": token, "step": "end", "door": "9" * 25}).status == 400
    assert "没有这个工作组" in page.post("/desk/assign", {"csrf_token": token, "step": "team", "team": "9" * 25, "place": "{}"}).text

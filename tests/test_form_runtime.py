"""Forms filled in the browser (static/form/open.js): the same questions, rules and answers as on the server's pages."""
from datetime import UTC, datetime

import pytest

from forms.answers import validate
from forms.form import LIBRARY, library
from forms.submission import from_xml
from tests import runtime_walker as runtime


@pytest.fixture
def page(chromium):
    page = runtime.blank_page(chromium)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    page.context.close()


def filled(page, key, language="zh"):
    """Walk through a bundled form; (form, raw answers, typed and kept)."""
    form = library(key)[1]
    assert runtime.open_form(page, form, language) == ""
    walker = runtime.walk(page)
    raw = from_xml(form, page.evaluate("window.sent.xml").encode())
    assert page.problems == []
    return form, raw, runtime.typed_and_kept(form, walker.seen, raw)


def judged(form, raw):
    now = datetime.now(UTC).astimezone()
    return validate(form, raw, today=now.date(), max_persons=30, now=now)


@pytest.mark.parametrize("key", ["fire-inspection", *(pytest.param(key, marks=pytest.mark.long) for key in LIBRARY
                                                      if key != "fire-inspection")])
def test_a_bundled_form_is_filled_from_first_to_last_question_and_the_server_takes_every_answer_as_typed(page, key):
    form, raw, both = filled(page, key, "en" if key == "spring-check" else "zh")
    assert judged(form, raw).errors == []
    assert len(both) >= 4 and [one for one in both if one[1] != one[2]] == []

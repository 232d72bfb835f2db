"""What a handheld collected is kept whole, though a page would have said something while it was written."""
from datetime import UTC, date, datetime

from forms.answers import validate
from forms.offline import judge
from tests.forms_inline import form

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
FORM = form("""
    | type | name | label | relevant |
    | text | what | What | |
    | text | why | Why | ${what} = 'x' |
    | begin_repeat | day | Day | |
    | text | said | Said | |
    | end_repeat | | | |
    | end | end | | |
    """)


def judged(raw):
    return judge(FORM, raw, today=date(2026, 3, 10), now=NOW, max_persons=10)


def test_a_text_longer_than_a_page_takes_is_refused_on_a_page():
    result = validate(FORM, {"what": "长" * 201}, today=date(2026, 3, 10), max_persons=10, now=NOW)
    assert [error.path for error in result.errors] == [("what",)] and "200" in result.errors[0].text.en


def test_from_a_handheld_it_is_kept_whole_and_flagged():
    found = judged({"what": "长" * 201, "day": [{"said": "ok"}, {"said": "x" * 3_000}]})
    assert found.answers["what"] == "长" * 201 and found.answers["day"][1]["said"] == "x" * 3_000
    assert found.flags == ("invalid:what", "invalid:day/1/said")


def test_a_long_text_that_is_not_asked_for_is_not_kept():
    found = judged({"what": "y", "why": "z" * 300})
    assert "why" not in found.answers and found.flags == ("dropped:why",)


def test_the_time_of_the_end_is_set_when_a_form_is_sent_without_one():
    now = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
    answers = validate(FORM, {"what": "y"}, today=now.date(), max_persons=10, now=now).answers
    assert answers["end"].startswith("2026-03-10T12:30")
    kept = validate(FORM, {"what": "y", "end": "2026-03-09T10:00:00.000+08:00"}, today=now.date(), max_persons=10, now=now).answers
    assert kept["end"] == "2026-03-09T10:00:00.000+08:00"

"""Words in a box: large, else smaller, else on more lines, and cut only with an ellipsis and never at the end."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.sheets.fonts import Fonts
from exports.sheets.typeset import fit
from tests.sheet_cases import needs_font

pytestmark = needs_font


@pytest.fixture(scope="module")
def fonts():
    return Fonts()


def test_a_short_text_keeps_its_size(fonts):
    assert fit(fonts, "幸福里", 100, size=12, least=6) == fit(fonts, "幸福里", 36.1, size=12, least=6)
    assert fit(fonts, "幸福里", 100, size=12, least=6).size == 12


def test_a_longer_text_shrinks_on_its_line(fonts):
    words = fit(fonts, "幸福里幸福里", 50, size=12, least=6)
    assert (words.size, words.lines) == (8, ("幸福里幸福里",))


def test_it_wraps_once_it_would_get_too_small(fonts):
    words = fit(fonts, "幸福里幸福里", 40, size=12, least=6, wrap_at=10, height=30)
    assert (words.size, words.lines) == (10, ("幸福里幸", "福里"))


def test_a_line_ends_behind_a_dash_and_never_inside_a_number(fonts):
    words = fit(fonts, "幸福里-12栋-1单元-1201", 60, size=10, least=10, height=40)
    assert words.lines == ("幸福里-12栋-", "1单元-1201")


def test_a_line_does_not_begin_with_a_stop(fonts):
    words = fit(fonts, "一二三四。五", 40, size=10, least=10, height=40)
    assert words.lines == ("一二三", "四。五")


def test_what_cannot_fit_loses_its_middle_and_keeps_the_room(fonts):
    words = fit(fonts, "幸福里" * 40 + "-3栋-2单元-501", 60, size=10, least=6, height=16)
    text = "".join(words.lines)
    assert text.startswith("幸福里") and text.endswith("2单元-501") and text.count("…") == 1


def test_a_word_wider_than_the_line_is_broken(fonts):
    words = fit(fonts, "A" * 30, 60, size=10, least=10, height=100)
    assert len(words.lines) > 1 and "".join(words.lines) == "A" * 30


def test_invisible_characters_and_line_breaks_do_not_reach_the_paper(fonts):
    assert fit(fonts, "幸\u202e福\n里\u200b\ufe00", 100, size=10, least=5).lines == ("幸福 里",)


@settings(max_examples=200, deadline=None)
@given(st.text("幸福里第一机械厂AB12-（）。 栋·", max_size=120), st.floats(25, 300), st.floats(0, 60), st.sampled_from([5, 7, 9]))
def test_nothing_ever_overflows_and_nothing_is_lost_without_an_ellipsis(text, width, height, least):
    fonts = Fonts()
    words = fit(fonts, text, width, size=12, least=least, height=height)
    assert all(fonts.width(line, words.size) <= width + 0.01 for line in words.lines)
    assert least <= words.size <= 12
    assert len(words.lines) == 1 or words.height <= height
    assert "…" in "".join(words.lines) or "".join("".join(words.lines).split()) == "".join(text.split())

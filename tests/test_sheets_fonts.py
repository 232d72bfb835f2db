"""Fonts: found, chained for rare characters, and refused with a remedy when something lacks."""
import shutil

import pytest
from reportlab.pdfbase.ttfonts import TTFError

from exports.sheets import fonts as module
from exports.sheets.fonts import CharactersMissing, Fonts, FontUnreadable, NoFont
from tests.sheet_cases import needs_font, needs_rare_font

MAIN = next((path for path in module.USUAL if module._is_file(path)), "")


@needs_font
def test_the_usual_places_give_a_font_for_chinese_latin_and_digits():
    assert not Fonts().missing("幸福里 3栋-2单元-501 Longquan census（）“”…·")


@needs_font
@needs_rare_font
def test_a_rare_character_comes_from_another_font_and_the_rest_from_the_main_one():
    fonts = Fonts()
    runs = fonts.runs("𠮷祥苑-𫖯室")
    assert [piece for _, piece in runs] == ["𠮷", "祥苑-", "𫖯", "室"]
    assert runs[1][0] == runs[3][0] != runs[0][0]


@needs_font
@needs_rare_font
def test_fonts_for_rare_characters_are_read_only_when_needed():
    fonts = Fonts()
    fonts.runs("幸福里")
    assert len(fonts._loaded) == 1


@needs_font
def test_the_setting_replaces_the_usual_places():
    with pytest.raises(CharactersMissing):
        Fonts(MAIN).runs("𠮷")


@needs_font
def test_the_setting_names_several_fonts_in_order(tmp_path):
    copy = shutil.copy(MAIN, tmp_path / "copy.ttc")
    assert [name for name, _ in Fonts(f"{copy}:{MAIN}").runs("幸福")] == [f"survey:{copy}"]


@needs_font
def test_a_character_that_no_font_has_is_named_with_its_code_point_and_the_remedy():
    with pytest.raises(CharactersMissing) as refused:
        Fonts(MAIN).runs("幸福里-𠮷室")
    for text in refused.value.text:
        assert "𠮷 (U+20BB7)" in text and "幸福里-𠮷室" in text and "fonts-hanazono" in text and "SURVEY_FONTS" in text


def test_without_any_font_printing_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setattr(module, "USUAL", ("/nowhere/font.ttf",))
    with pytest.raises(NoFont) as refused:
        Fonts()
    assert "fonts-wqy-microhei" in refused.value.text.zh and "SURVEY_FONTS" in refused.value.text.en


def test_a_font_without_truetype_outlines_is_refused_by_name(tmp_path):
    cff = tmp_path / "cff.otf"
    cff.write_bytes(b"OTTO" + bytes(60))
    with pytest.raises(FontUnreadable) as refused:
        Fonts(str(cff))
    assert str(cff) in refused.value.text.en and "CFF" in refused.value.text.zh


def test_a_font_file_that_is_not_there_is_refused_by_name():
    with pytest.raises(FontUnreadable) as refused:
        Fonts("/nowhere/font.ttf")
    assert "/nowhere/font.ttf" in refused.value.text.zh


@needs_font
def test_an_unusable_file_in_a_usual_place_is_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"OTTO" + bytes(60))
    with pytest.raises(TTFError):
        module._load(str(broken))
    monkeypatch.setattr(module, "USUAL", (str(broken), MAIN))
    assert not Fonts().missing("幸福里")

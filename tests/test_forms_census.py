"""The bundled census form refuses what is wrong, in words, and takes what is right."""
import pytest

from forms.form import library
from tests.forms_inline import census, census_person, household, person, resident_id, said

ID = ("person", 0, "id_number")
BIRTH = ("person", 0, "birth_date")


def test_a_right_household_is_taken_as_it_was_written():
    result = census()
    assert result.errors == []
    assert result.answers == household()


@pytest.mark.parametrize("name", ["𠮷田𫖯", "买买提·阿不都", "王\ue000明", "葛\U000e0100城"])
def test_rare_characters_in_a_name_survive(name):
    assert census_person(name=name).answers["person"][0]["name"] == name


def test_a_compatibility_character_in_a_name_is_not_normalised():
    assert census_person(name="\uf9d1").answers["person"][0]["name"] == "\uf9d1"


def test_blanks_around_a_name_are_left_out():
    assert census_person(name="\u3000王小明 ").answers["person"][0]["name"] == "王小明"


def test_an_emoji_with_joiners_is_taken():
    family = "谢谢👨‍👩‍👧❤️🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    assert census(suggestion=family).answers["suggestion"] == family


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x00", "\x07", "\u3164", "\ud800",
                                    "\U000e0041", "\uffff"])
def test_an_invisible_character_is_taken_out_and_said(hidden):
    result = census_person(name=f"王{hidden}小明")
    assert "invisible character" in said(result)["person", 0, "name"]
    assert result.cleaned["person"][0]["name"] == "王小明"


def test_what_was_cleaned_is_taken_the_second_time():
    cleaned = census_person(name="王\u202e小明").cleaned
    assert census(**cleaned).errors == []


def test_a_missing_answer_is_asked_for():
    assert said(census(contact_name="")) == {("contact_name",): "Please answer this question"}


def test_a_missing_choice_is_asked_for():
    assert said(census(tenure="")) == {("tenure",): "Please choose one"}


def test_a_choice_that_is_not_in_the_list_is_refused():
    assert "not in the list" in said(census(tenure="stolen"))["tenure",]


def test_one_unknown_choice_among_several_is_refused():
    result = census(needs_help="yes", needs_help_kind=["visit", "gold"])
    assert "not in the list" in said(result)["needs_help_kind",]
    assert result.cleaned["needs_help_kind"] == ["visit"]


def test_several_choices_come_once_each_in_the_order_of_the_list():
    result = census(needs_help="yes", needs_help_kind=["visit", "disability", "visit"])
    assert result.answers["needs_help_kind"] == ["disability", "visit"]


@pytest.mark.parametrize(("typed", "kept"), [("３", "3"), (" 3 ", "3"), ("03", "3"), ("+3", "3")])
def test_a_whole_number_is_written_in_one_way(typed, kept):
    assert census(rooms=typed).answers["rooms"] == kept


@pytest.mark.parametrize("typed", ["3.5", "three", "1e3", "三", "0x10", "9" * 40])
def test_what_is_no_whole_number_is_refused_and_shown_again(typed):
    result = census(rooms=typed)
    assert "whole number" in said(result)["rooms",]
    assert result.cleaned["rooms"] == typed


@pytest.mark.parametrize(("typed", "kept"), [("８５．５０", "85.5"), ("85.", "85"), ("0085.5", "85.5")])
def test_a_decimal_is_written_in_one_way(typed, kept):
    assert census(area=typed).answers["area"] == kept


@pytest.mark.parametrize("typed", ["nan", "inf", "1,5", "1e5", "１２平", "1.1234567"])
def test_what_is_no_decimal_is_refused(typed):
    assert "number" in said(census(area=typed))["area",]


@pytest.mark.parametrize(("rooms", "fits"), [("0", False), ("1", True), ("99", True), ("100", False), ("-1", False)])
def test_a_number_of_rooms_has_bounds(rooms, fits):
    assert (("rooms",) not in said(census(rooms=rooms))) is fits


@pytest.mark.parametrize("typed", ["1960-05-08", "19600508", "1960/5/8", "1960年5月8日", "１９６００５０８", "1960-0508"])
def test_a_date_is_read_as_people_write_it(typed):
    assert census_person(birth_date=typed, id_number=resident_id("1960-05-08")).answers["person"][0]["birth_date"] == "1960-05-08"


@pytest.mark.parametrize("typed", ["1960-02-30", "8 May 1960", "60-05-08", "19600508T00", "0000-01-01"])
def test_what_is_no_date_is_refused(typed):
    assert "date is not right" in said(census_person(birth_date=typed))[BIRTH]


def test_a_birth_date_in_the_future_is_refused():
    assert "in the future" in said(census_person(birth_date="2026-03-11", id_type="none", id_number=""))[BIRTH]


def test_somebody_born_today_is_taken():
    newborn = person(birth="2026-03-10", id_type="none", id_number="", education="", marital="")
    assert census(person=[newborn]).errors == []


@pytest.mark.parametrize(("birth", "taken"), [("1895-03-11", True), ("1895-03-10", False)])
def test_a_birth_date_is_at_most_130_years_ago(birth, taken):
    found = said(census_person(birth_date=birth, id_type="none", id_number="")).get(BIRTH, "")
    assert ("130 years ago" not in found) is taken


@pytest.mark.parametrize("typed", ["440303 19600508 1233", "４４０３０３１９６００５０８１２３３"])
def test_a_resident_id_is_read_with_blanks_and_full_width_digits(typed):
    number = "44030319600508123"
    right = resident_id("1960-05-08")
    assert right.startswith(number)
    result = census_person(id_number=typed[:-1] + right[-1])
    assert result.answers["person"][0]["id_number"] == right


def test_a_small_x_at_the_end_becomes_large():
    birth = next(f"1960-05-{day:02d}" for day in range(1, 29) if resident_id(f"1960-05-{day:02d}").endswith("X"))
    result = census_person(birth=birth, id_number=resident_id(birth).lower())
    assert result.errors == []
    assert result.answers["person"][0]["id_number"] == resident_id(birth)


@pytest.mark.parametrize(("number", "words"), [
    ("44030319600508123", "18 characters, and this has 17"),
    ("44030319600508123A", "a digit or X"),
    ("X40303196005081233", "are digits"),
    (resident_id("1960-05-09"), "does not match the birth date"),
    (resident_id("1960-05-08", "2"), "does not match the sex"),
    ("440303196013081233", "are no date"),
])
def test_a_wrong_resident_id_is_refused_with_what_is_wrong(number, words):
    assert words in said(census_person(id_number=number))[ID]


def test_every_single_wrong_digit_of_a_resident_id_is_found():
    right = resident_id("1960-05-08")
    missed = [
        (at, digit) for at in range(17) for digit in "0123456789"
        if digit != right[at] and ID not in said(census_person(id_number=right[:at] + digit + right[at + 1:]))
    ]
    assert missed == []


def test_a_wrong_check_digit_is_named():
    right = resident_id("1960-05-08")
    wrong = right[:17] + ("1" if right[17] != "1" else "2")
    assert "One digit of this ID number is wrong" in said(census_person(id_number=wrong))[ID]


def test_a_sex_that_is_not_stated_does_not_contradict_the_id():
    assert census_person(sex="9", id_number=resident_id("1960-05-08", "2")).errors == []


def test_a_passport_number_is_taken_without_a_check_digit():
    assert census_person(id_type="passport", id_number="e12345678").answers["person"][0]["id_number"] == "E12345678"


def test_somebody_without_a_document_is_counted():
    assert census_person(id_type="none", id_number="").errors == []


def test_a_number_given_for_no_document_is_left_out():
    assert "id_number" not in census_person(id_type="none").answers["person"][0]


@pytest.mark.parametrize("phone", ["138 0013 8000", "１３８００１３８０００", "0755-12345678", "02161234567", "61234567", "+85261234567"])
def test_mobiles_and_landlines_are_taken(phone):
    assert census(contact_phone=phone).errors == []


@pytest.mark.parametrize("phone", ["1380013800", "12800138000", "call me", "138001380000"])
def test_a_wrong_phone_number_is_refused(phone):
    assert "phone number is not right" in said(census(contact_phone=phone))["contact_phone",]


def test_a_household_without_a_phone_is_taken():
    assert census(contact_phone="").errors == []


def test_marital_status_is_left_out_below_fifteen():
    child = person(birth="2011-03-11", marital="20")
    result = census(person=[child])
    assert result.errors == []
    assert "marital" not in result.answers["person"][0]


def test_marital_status_is_asked_from_the_fifteenth_birthday():
    assert ("person", 0, "marital") in said(census_person(birth="2011-03-10", marital=""))


def test_schooling_is_asked_from_the_third_birthday():
    assert ("person", 0, "education") in said(census_person(birth="2023-03-10", education="", marital=""))
    assert census_person(birth="2023-03-11", education="", marital="").errors == []


def test_a_foreigner_is_asked_neither_ethnic_group_nor_registration():
    result = census_person(origin="foreign", id_type="passport", id_number="E1234567")
    assert result.errors == []
    assert not {"ethnicity", "registration"} & set(result.answers["person"][0])


def test_help_is_dropped_when_none_is_wanted():
    assert "needs_help_kind" not in census(needs_help="no", needs_help_kind=["visit"]).answers


def test_a_long_suggestion_is_refused_with_the_count():
    assert "2001 characters, at most 2000" in said(census(suggestion="好" * 2001))["suggestion",]
    assert census(suggestion="𠮷" * 2000).errors == []


def test_a_name_is_held_to_the_forms_own_limit():
    assert "61 characters, at most 60" in said(census_person(name="好" * 61))["person", 0, "name"]


def test_a_suggestion_keeps_its_lines_and_a_name_has_one():
    assert census(suggestion="一\r\n二\t三\r四").answers["suggestion"] == "一\n二\t三\n四"
    assert census_person(name="王\r\n小明").answers["person"][0]["name"] == "王 小明"


def test_a_spreadsheet_formula_is_kept_as_text():
    assert census(suggestion="=HYPERLINK(1)").answers["suggestion"] == "=HYPERLINK(1)"


def test_an_inhabited_dwelling_needs_a_person():
    assert said(census(person=[]))["person",] == "Please fill in at least one person"


@pytest.mark.parametrize("use", ["vacant", "commercial"])
def test_a_dwelling_where_nobody_lives_needs_no_person(use):
    result = census(dwelling_use=use, person=[])
    assert result.errors == []
    assert "person" not in result.answers


def test_what_was_answered_about_an_empty_dwelling_stays_to_be_shown_but_is_not_kept():
    result = census(dwelling_use="vacant")
    assert set(result.answers) == {"dwelling_use", "area", "contact_name", "contact_phone"}
    assert result.cleaned["person"][0]["name"] == "王小明"


def test_sixty_persons_are_taken():
    result = census(max_persons=60, person=[person(name=f"王{i}") for i in range(60)])
    assert result.errors == []
    assert len(result.answers["person"]) == 60


def test_more_persons_than_the_campaign_takes_are_refused_with_a_way_out():
    result = census(max_persons=60, person=[person()] * 61)
    assert list(said(result)) == [("person",)]
    assert "at most 60" in said(result)["person",]
    assert "ask the street office" in said(result)["person",]
    assert len(result.cleaned["person"]) == 61


def test_an_empty_block_is_no_person_and_errors_keep_their_places():
    result = census(person=[person(), {}, person(name="")])
    assert said(result) == {("person", 2, "name"): "Please answer this question"}
    assert len(result.answers["person"]) == 2


def test_an_only_block_left_empty_is_asked_to_be_filled():
    assert ("person", 0, "name") in said(census(person=[{}]))


@pytest.mark.parametrize("odd", [1, None, {"a": 1}, ["x", 2], [[]], True, 1.5])
def test_answers_of_an_odd_shape_never_break_the_check(odd):
    for name in household():
        census(**{name: odd})
    census_person(name=odd, sex=odd, birth_date=odd)


def test_errors_come_in_the_order_of_the_form():
    form = library("housing-census")[1]
    order = [q.name for q in form.root.walk()]
    places = [order.index(error.path[-1]) for error in census(person=[person(name="", sex="")], area="", contact_name="").errors]
    assert len(places) == 4
    assert places == sorted(places)


def test_every_error_is_in_both_languages():
    errors = census(person=[person(name="", birth_date="x", id_number="1")], area="", rooms="x", tenure="x").errors
    assert len(errors) == 6
    assert all(error.text.zh and error.text.en and error.text.zh != error.text.en for error in errors)

"""One door once, however the register writes it; and the order in which doors are walked."""
import pytest

from campaigns.frame.places import door_of, fold, natural, numbered, split_room, tidy
from campaigns.frame.walking import in_order


@pytest.mark.parametrize("text", ["3栋", "3号楼", "三栋", "3幢", "3", "03", "3#", "第3栋", "３栋", "Building 3", "3.0", "3 栋"])
def test_a_building_has_one_key_and_spelling(text):
    assert numbered("building", tidy(text)) == ("3", "3栋")


@pytest.mark.parametrize(("text", "key"), [("十二栋", "12"), ("二十一号楼", "21"), ("一百零二栋", "102"), ("A座", "a"), ("12b", "12b")])
def test_a_building_number_in_words_or_letters_is_read(text, key):
    assert numbered("building", text)[0] == key


def test_a_named_building_keeps_its_name():
    assert numbered("building", "锦绣阁") == ("锦绣阁", "锦绣阁")


@pytest.mark.parametrize("text", ["2单元", "二单元", "2", "02", "Unit 2", "2号门"])
def test_a_unit_has_one_key_and_spelling(text):
    assert numbered("unit", text) == ("2", "2单元")


@pytest.mark.parametrize("text", ["", "-", "无", "/", "0"])
def test_a_unit_that_says_nothing_is_none(text):
    assert numbered("unit", text) == ("", "")


@pytest.mark.parametrize("text", ["501室", "501", "501号房", "五〇一", "五零一室", "501.0", "Room 501", "５０１"])
def test_a_room_has_one_key_and_spelling(text):
    assert numbered("room", tidy(text)) == ("501", "501")


def test_leading_zeros_of_a_room_are_kept_for_reading_and_ignored_for_matching():
    assert numbered("room", "0501") == ("501", "0501")


@pytest.mark.parametrize(("text", "parts"), [
    ("3-2-501", ("3", "2", "501")), ("3栋2单元501室", ("3", "2", "501")), ("3-501", ("3", "", "501")), ("12号楼1203", ("12", "", "1203"))])
def test_a_room_number_that_holds_building_and_unit_is_taken_apart(text, parts):
    assert split_room(text) == parts


@pytest.mark.parametrize("text", ["501", "501-2", "B101", "五〇一"])
def test_a_plain_room_number_is_left_whole(text):
    assert split_room(text) == ("", "", text)


def test_a_door_is_its_compound_building_unit_and_room():
    assert door_of("幸福里", "3", "2", "501", "龙泉路1号") == "幸福里|3|2|501"


def test_a_door_without_a_room_is_its_address():
    assert door_of("幸福里", "", "", "", "龙泉路1号") == "幸福里|@龙泉路1号"


def test_a_room_alone_names_no_door():
    assert door_of("", "", "", "501", "") is None


def test_full_width_brackets_and_letters_match_half_width_ones():
    assert fold("Ａ区（一期）") == fold("a区(一期)")


def test_rare_characters_survive_tidying():
    assert tidy(" 𠮷野家·𫖯\u200b ") == "𠮷野家·𫖯"


def test_ten_comes_after_two():
    assert sorted(["10栋", "2栋", "东楼", "1栋"], key=natural) == ["1栋", "2栋", "10栋", "东楼"]


def test_doors_are_walked_by_compound_building_unit_and_room():
    places = [("乙", "1栋", "", "101", ""), ("甲", "10栋", "", "101", ""), ("甲", "2栋", "2单元", "101", ""),
              ("甲", "2栋", "1单元", "1001", ""), ("甲", "2栋", "1单元", "901", "")]
    assert in_order([(place, False) for place in places]) == [1, 5, 4, 3, 2]


def test_ended_doors_come_last_in_the_walk():
    assert in_order([(("甲", "1栋", "", "101", ""), True), (("甲", "1栋", "", "102", ""), False)]) == [2, 1]

"""From rows to doors: numbers, merged cells, dittos, mistakes, and what is personal."""
import pytest

from tests.frame_cases import HEADING, ROWS, Street, csv, faults, workbook, xlsx

PLAIN = ["小区", "楼栋", "单元", "房号"]


@pytest.fixture
def street(tmp_path):
    return Street(tmp_path / "home")


def doors(street, tmp_path, rows, **options):
    street.take(xlsx(tmp_path / "register.xlsx", rows, **options))
    return street.doors()


def found_faults(street, tmp_path, heading, row):
    """The faults of `row`, which stands in row 3 below a good one."""
    good = ["幸福里", "1", "1", "101", *[""] * (len(heading) - 4)]
    return faults(street.plan(xlsx(tmp_path / "register.xlsx", [heading, good, row])))


# --- cells -------------------------------------------------------------------------------------------------------------

def test_numbers_read_from_a_workbook_lose_their_point_nought(street, tmp_path):
    door, = doors(street, tmp_path, [PLAIN, ["幸福里", 3.0, 2.0, 501.0]])
    assert (door["door"], door["building"], door["unit"], door["room"]) == ("幸福里|3|2|501", "3栋", "2单元", "501")


def test_leading_zeros_of_a_text_are_kept(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "房屋编码"], ["幸福里", "1", "1", "0101", "0037040001"]])
    assert (door["room"], door["register_code"]) == ("0101", "0037040001")


def test_full_width_digits_become_half_width(street, tmp_path):
    door, = doors(street, tmp_path, [PLAIN, ["幸福里", "３栋", "１单元", "５０１"]])
    assert (door["door"], door["room"]) == ("幸福里|3|1|501", "501")


@pytest.mark.parametrize(("text", "hundredths"), [("89.45", 8945), (89.45, 8945), (120, 12000), ("89.45㎡", 8945), ("1,234.5", 123450),
                                                  (0.1 + 0.2, 30), ("89.455", 8946), ("", None), ("不详", None)])
def test_an_area_is_kept_to_the_hundredth(street, tmp_path, text, hundredths):
    door, = doors(street, tmp_path, [[*PLAIN, "建筑面积"], ["幸福里", "1", "1", "101", text]])
    assert door["area_dm2"] == hundredths


def test_coordinates_are_kept_as_degrees(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "经度", "纬度"], ["幸福里", "1", "1", "101", "113.935", 22.532]])
    assert (door["lon"], door["lat"]) == (113.935, 22.532)


def test_nought_nought_means_that_the_position_is_unknown(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "经度", "纬度"], ["幸福里", "1", "1", "101", 0, 0]])
    assert (door["lon"], door["lat"]) == (None, None)


def test_names_and_places_with_rare_characters_survive(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "姓名"], ["𠮷祥里", "1", "1", "101", "𫖯·买买提"]])
    assert (door["compound"], door["personal"]) == ("𠮷祥里", {"姓名": "𫖯·买买提"})


# --- doors -------------------------------------------------------------------------------------------------------------

def test_a_register_of_addresses_alone_gives_a_door_an_address(street, tmp_path):
    door, = doors(street, tmp_path, [["社区", "地址"], ["龙泉社区", "龙泉路1号3栋501"]])
    assert (door["door"], door["address"]) == ("|@龙泉路1号3栋501", "龙泉路1号3栋501")


def test_a_room_number_of_three_parts_names_the_building_and_unit(street, tmp_path):
    door, = doors(street, tmp_path, [["小区", "房号"], ["幸福里", "3-2-501"]])
    assert (door["door"], door["building"], door["unit"], door["room"]) == ("幸福里|3|2|501", "3栋", "2单元", "501")


def test_rooms_numbered_anew_on_each_floor_stay_apart(street, tmp_path):
    found = doors(street, tmp_path, [["小区", "楼栋", "楼层", "房号"], ["幸福里", "1", 5, "1"], ["幸福里", "1", 6, "1"]])
    assert [door["room"] for door in found] == ["5层1", "6层1"]


def test_spellings_of_one_compound_become_one(street, tmp_path):
    found = doors(street, tmp_path, [PLAIN, ["幸福里（一期）", "1", "1", "101"], ["幸福里(一期)", "1", "1", "102"]])
    assert {door["compound"] for door in found} == {"幸福里（一期）"}


def test_a_sheet_for_each_compound_gives_the_compound_by_its_name(street, tmp_path):
    rows = [["幸福里小区住户登记表"], ["楼栋", "单元", "房号"], ["1", "1", "101"]]
    street.take(workbook(tmp_path / "a.xlsx", {"幸福里": rows, "和平苑": rows, "说明": [["请勿修改"]]}))
    assert street.door_names() == ["和平苑|1|1|101", "幸福里|1|1|101"]


def test_sheets_without_a_heading_are_reported_as_passed_over(street, tmp_path):
    plan = street.plan(workbook(tmp_path / "a.xlsx", {"底册": [PLAIN, ["幸福里", "1", "1", "101"]], "说明": [["请勿修改"]]}))
    assert [(sheet.name, sheet.skipped and sheet.skipped.en) for sheet in plan.sheets] == [("底册", None), ("说明", "no heading row")]


def test_hidden_sheets_are_read_and_reported(street, tmp_path):
    rows = {"一": [PLAIN, ["幸福里", "1", "1", "101"]], "二": [PLAIN, ["幸福里", "1", "1", "102"]]}
    plan = street.plan(workbook(tmp_path / "a.xlsx", rows, hidden={"二"}))
    assert [(sheet.hidden, sheet.rows) for sheet in plan.sheets] == [(False, 1), (True, 1)]


def test_a_title_row_names_the_compound_of_a_file_with_one_sheet(street, tmp_path):
    found = doors(street, tmp_path, [["幸福里小区住户登记表"], ["楼栋", "房号"], ["1", "101"]], title="Sheet1")
    assert found[0]["compound"] == "幸福里"


# --- merged cells and dittos -------------------------------------------------------------------------------------------

def test_a_merged_compound_and_building_fill_the_rows_that_they_cover(street, tmp_path):
    rows = [PLAIN, ["幸福里", "1", "1", "101"], ["", "", "1", "102"], ["", "2", "1", "101"]]
    doors(street, tmp_path, rows, merges=["A2:A4", "B2:B3"])
    assert street.door_names() == ["幸福里|1|1|101", "幸福里|1|1|102", "幸福里|2|1|101"]


def test_a_value_written_once_a_group_holds_for_the_rows_below(street, tmp_path):
    doors(street, tmp_path, [PLAIN, ["幸福里", "1", "1", "101"], ["", "", "", "102"], ["", "", "2", "101"],
                             ["", "2", "1", "101"], ["", "", "", "102"]])
    assert street.door_names() == ["幸福里|1|1|101", "幸福里|1|1|102", "幸福里|1|2|101", "幸福里|2|1|101", "幸福里|2|1|102"]


def test_a_blank_unit_of_another_building_is_not_filled_from_the_building_above(street, tmp_path):
    doors(street, tmp_path, [PLAIN, ["幸福里", "1", "1", "101"], ["", "", "", "102"], ["", "2", "", "101"]])
    assert street.door_names()[-1] == "幸福里|2||101"


def test_a_blank_in_a_column_that_repeats_its_values_stays_blank(street, tmp_path):
    doors(street, tmp_path, [PLAIN, ["幸福里", "1", "1", "101"], ["幸福里", "1", "1", "102"], ["幸福里", "1", "", "103"]])
    assert street.door_names()[0] == "幸福里|1||103"


def test_a_written_ditto_means_the_row_above(street, tmp_path):
    doors(street, tmp_path, [PLAIN, ["幸福里", "1", "1", "101"], ["同上", "〃", "〃", "102"]])
    assert street.door_names()[-1] == "幸福里|1|1|102"


def test_people_listed_below_one_merged_room_make_one_door(street, tmp_path):
    rows = [[*PLAIN, "姓名"], ["幸福里", "1", "1", "101", "王小明"], ["", "", "", "", "李𠮷"], ["幸福里", "1", "1", "102", "赵"]]
    found = doors(street, tmp_path, rows, merges=["A2:A3", "B2:B3", "C2:C3", "D2:D3"])
    assert [door["personal"]["姓名"] for door in found] == ["王小明；李𠮷", "赵"]


def test_no_room_is_invented_for_a_blank_room(street, tmp_path):
    assert found_faults(street, tmp_path, PLAIN, ["幸福里", "1", "1", ""]) == [
        (3, "No address, and no compound, building and room that name a door")]


def test_totals_and_headings_repeated_on_each_page_are_passed_over(street, tmp_path):
    plan = street.plan(xlsx(tmp_path / "a.xlsx", [PLAIN, ["幸福里", "1", "1", "101"], PLAIN, ["幸福里", "1", "1", "102"], ["合计", "2"]]))
    assert (len(plan.add), plan.passed_over, plan.problems) == (2, 2, [])


# --- mistakes ----------------------------------------------------------------------------------------------------------

def test_a_door_that_stands_in_the_file_twice_names_the_first_row(street, tmp_path):
    assert found_faults(street, tmp_path, PLAIN, ["幸福里", "1号楼", "一单元", "101室"]) == [(3, "The same door as row 2 (数据)")]


@pytest.mark.parametrize("area", [0, -3, 100_001, "0.001", "inf", "1e9"])
def test_an_impossible_area_is_refused(street, tmp_path, area):
    assert found_faults(street, tmp_path, [*PLAIN, "面积"], ["幸福里", "1", "1", "102", area]) == [
        (3, "The area must be above 0 and at most 100000 square metres")]


def test_an_area_in_words_is_refused(street, tmp_path):
    assert found_faults(street, tmp_path, [*PLAIN, "面积"], ["幸福里", "1", "1", "102", "九十"]) == [(3, "The area is not a number")]


@pytest.mark.parametrize(("lon", "lat", "reason"), [
    (181, 22, "Longitude lies in -180 to 180, latitude in -90 to 90"), (200, 100, "Longitude lies in -180 to 180, latitude in -90 to 90"),
    (22.53, 113.93, "Longitude and latitude are swapped"), (113.93, "", "Only one of longitude and latitude is given"),
    ("东经", "北纬", "Longitude or latitude is not in decimal degrees"),
    ("nan", 22, "Longitude lies in -180 to 180, latitude in -90 to 90")])
def test_an_impossible_coordinate_is_refused_with_what_is_wrong(street, tmp_path, lon, lat, reason):
    assert found_faults(street, tmp_path, [*PLAIN, "经度", "纬度"], ["幸福里", "1", "1", "102", lon, lat]) == [(3, reason)]


@pytest.mark.parametrize("text", ["住\x07宅", "住宅\u202e", "住\ufffd宅", "住\x1b[31m宅"])
def test_control_characters_and_lost_characters_are_refused(street, tmp_path, text):
    path = csv(tmp_path / "a.csv", [[*PLAIN, "用途"], ["幸福里", "1", "1", "101", ""], ["幸福里", "1", "1", "102", text]])
    assert faults(street.plan(path)) == [(3, "Holds invisible control characters or characters lost in conversion")]


def test_an_over_long_text_is_refused(street, tmp_path):
    assert found_faults(street, tmp_path, [*PLAIN, "地址"], ["幸福里", "1", "1", "102", "路" * 301]) == [
        (3, "The text is too long (301 characters, at most 300)")]


def test_every_mistake_of_a_row_is_told_at_once(street, tmp_path):
    found = found_faults(street, tmp_path, [*PLAIN, "面积", "经度"], ["幸福里", "1", "1", "102", -1, 113])
    assert len(found) == 2


def test_a_long_number_that_lost_its_last_digits_is_told_and_left_out_and_the_door_goes_in(street, tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [[*PLAIN, "身份证"], ["幸福里", "1", "1", "101", 110101199003071234]])
    plan = street.plan(path)
    assert (len(plan.add), plan.bad, plan.problems[0].kept, plan.add[0].sealed) == (1, 0, True, None)


@pytest.mark.parametrize("room", ["=B3&\"01\"", "=1+1"])
def test_a_room_that_is_a_formula_without_a_value_is_a_mistake(street, tmp_path, room):
    rows = [[*PLAIN, "地址"], ["幸福里", "1", "1", "101", "学苑路1号"], ["幸福里", "1", "1", room, "学苑路2号"]]
    plan = street.plan(xlsx(tmp_path / "a.xlsx", rows))
    assert (len(plan.add), plan.bad, [(each.row, each.fault.reason.en) for each in plan.problems]) == (
        1, 1, [(3, "This cell is a formula without a value")])


def test_an_area_that_is_a_formula_without_a_value_is_left_empty(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "面积"], ["幸福里", "1", "1", "101", "=60+1"]])
    assert door["area_dm2"] is None


def test_rows_of_a_building_without_a_room_and_with_the_same_address_are_mistakes(street, tmp_path):
    rows = [[*PLAIN, "地址"], ["幸福里", "1", "1", "101", "学苑路1号"], ["幸福里", "1", "1", "", "学苑路2号"],
            ["幸福里", "1", "1", "", "学苑路2号"], ["幸福里", "2", "1", "", "学苑路1号"], ["幸福里", "3", "", "", "学苑路3号"]]
    plan = street.plan(xlsx(tmp_path / "a.xlsx", rows))
    assert ([each.called for each in plan.add], [each.row for each in plan.problems]) == (["幸福里-1栋-1单元-101", "幸福里-3栋"], [3, 4, 5])


# --- what is personal --------------------------------------------------------------------------------------------------

def test_a_column_that_nobody_knows_is_sealed(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "走访情况"], ["幸福里", "1", "1", "101", "独居老人"]])
    assert (door["personal"], door["extra"]) == ({"走访情况": "独居老人"}, {})


def test_a_second_address_is_sealed(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "地址", "居住地址"], ["幸福里", "1", "1", "101", "学苑路1号", "老家"]])
    assert (door["personal"], door["extra"]) == ({"居住地址": "老家"}, {})


def test_columns_about_the_building_are_kept_beside_the_door(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "车位数"], ["幸福里", "1", "1", "101", 2]])
    assert door["extra"] == {"车位数": "2"}


def test_columns_about_people_are_sealed_and_nowhere_else(street, tmp_path):
    door, = doors(street, tmp_path, [[*PLAIN, "联系人", "手机", "备注"], ["幸福里", "1", "1", "101", "王小明", 13800138001, "白天不在"]])
    assert (door["personal"], door["extra"]) == ({"联系人": "王小明", "手机": "13800138001", "备注": "白天不在"}, {})


@pytest.mark.parametrize("value", ["13800138001", "138 0013 8001", "+8613800138001", "王 13800138001", "110101199003071234",
                                   "11010119900307123x", "0632-5550100"])
def test_a_telephone_or_document_number_in_any_other_column_is_sealed(street, tmp_path, value):
    door, = doors(street, tmp_path, [[*PLAIN, "户型"], ["幸福里", "1", "1", "101", value]])
    assert (door["personal"], door["extra"]) == ({"户型": value}, {})


def test_a_telephone_number_in_an_address_is_refused_and_not_shown(street, tmp_path):
    rows = [[*PLAIN, "地址"], ["幸福里", "1", "1", "101", ""], ["幸福里", "1", "1", "102", "13800138001"]]
    plan = street.plan(xlsx(tmp_path / "a.xlsx", rows))
    assert [(each.fault.reason.en, each.value) for each in plan.problems] == [("This cell holds a telephone or document number", "")]


def test_a_mistake_in_a_personal_column_does_not_show_the_value(street, tmp_path):
    rows = [[*PLAIN, "姓名"], ["幸福里", "1", "1", "101", ""], ["幸福里", "1", "1", "102", "王\x07小明"]]
    plan = street.plan(csv(tmp_path / "a.csv", rows))
    assert [(each.column, each.value) for each in plan.problems] == [("姓名", "")]


def test_the_store_holds_no_name_or_number_in_the_clear(street, tmp_path):
    street.take(xlsx(tmp_path / "a.xlsx", [HEADING, *ROWS]))
    content = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("store.db*"))
    assert "幸福里".encode() in content
    assert not any(text.encode() in content for row in ROWS for text in row[8:])

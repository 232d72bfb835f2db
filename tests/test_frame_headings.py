"""What each column is, wherever the heading stands and however it is written."""
import pytest

from campaigns.frame.headings import HEAD, compound_of_sheet, field_of, find
from campaigns.frame.sheets import Sheet


def fields(rows, merges=()):
    found = find(rows, merges)
    return [(column.label, column.field) for column in found.columns]


@pytest.mark.parametrize(("label", "field"), [
    ("社区", "community"), ("居委", "community"), ("网格", "grid"), ("小区", "compound"), ("楼栋", "building"), ("栋", "building"),
    ("幢", "building"), ("单元", "unit"), ("室号", "room"), ("房号", "room"), ("地址", "address"), ("房屋编码", "register_code"),
    ("用途", "use"), ("建筑面积", "area"), ("建筑面积（㎡）", "area"), ("经度", "lon"), ("纬度", "lat"), ("工作组", "team"),
    ("Community", "community"), ("Floor area (m2)", "area"), ("ROOM NO.", "room"), ("*房号：", "room"),
    ("房 号", "room"), ("楼\n栋", "building"),
    ("序号", "serial"), ("车位数", ""), ("朝向", ""), ("建成年份", ""), ("套内面积(㎡)", ""), ("产权性质", "")])
def test_a_heading_is_known_by_its_aliases(label, field):
    assert field_of(label) == field


@pytest.mark.parametrize("label", ["联系人", "户主", "姓名", "电话", "手机", "身份证", "备注", "业主联系方式2", "紧急联系人", "租客姓名",
                                   "Owner phone", "E-mail", "证件号码（必填）", "孩子年龄",
                                   "走访情况", "其它", "困难家庭", "Column 17"])
def test_a_heading_about_people_or_unknown_is_personal(label):
    assert field_of(label) == "person"


def test_the_heading_is_found_below_title_rows():
    found = find([["幸福里小区住户登记表"], [""], ["楼栋", "单元", "房号"], ["1", "1", "101"]])
    assert found.last_row == 2


def test_the_heading_is_found_in_the_last_row_that_is_looked_at():
    assert find([["说明"]] * (HEAD - 1) + [["楼栋", "房号"]]).last_row == HEAD - 1


def test_a_heading_further_down_is_not_found():
    assert find([["说明"]] * HEAD + [["楼栋", "房号"]]) is None


def test_two_rows_are_read_together_when_the_upper_groups_the_lower():
    rows = [["小区", "房屋", "", "业主", ""], ["", "楼栋", "房号", "姓名", "电话"], ["幸福里", "1", "101", "王", "1"]]
    merges = ((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4))
    assert fields(rows, merges) == [
        ("小区", "compound"), ("楼栋", "building"), ("房号", "room"), ("业主-姓名", "person"), ("业主-电话", "person")]


def test_a_title_merged_over_the_heading_joins_no_column_name():
    rows = [["幸福里住户表", "", ""], ["楼栋", "房号", "姓名"]]
    assert fields(rows, ((0, 0, 0, 2),)) == [("楼栋", "building"), ("房号", "room"), ("姓名", "person")]


def test_a_data_row_is_not_taken_for_a_second_heading():
    assert find([["楼栋", "房号", ""], ["1", "101", "住宅"]]).last_row == 0


def test_columns_of_one_name_stay_apart():
    assert [label for label, _ in fields([["楼栋", "房号", "姓名", "姓名"]])] == ["楼栋", "房号", "姓名", "姓名 2"]


def test_a_second_column_of_a_field_is_kept_as_another_column():
    assert fields([["楼栋", "房号", "建筑面积", "面积"]])[-1] == ("面积", "")


def test_a_plate_is_the_room_where_there_is_a_building_and_no_room():
    assert fields([["楼栋", "门牌"]])[-1] == ("门牌", "room")


def test_a_plate_is_the_address_where_there_is_nothing_else():
    assert fields([["社区", "门牌号"]])[-1] == ("门牌号", "address")


def test_a_lone_address_column_is_a_register():
    assert find([["地址"], ["龙泉路1号"]]).names_doors


def test_a_table_without_rooms_or_addresses_names_no_doors():
    assert not find([["小区", "用途", "建筑面积"]]).names_doors


def sheet_compound(name, rows):
    sheet = Sheet(name, lambda: iter(rows))
    return compound_of_sheet(sheet, find(rows))


def test_the_sheet_name_is_the_compound_when_there_is_no_such_column():
    assert sheet_compound("幸福里", [["楼栋", "房号"]]) == "幸福里"


@pytest.mark.parametrize("name", ["Sheet1", "工作表2", "住户登记表", "底册", "2026", "data"])
def test_a_sheet_name_that_is_no_place_is_not_a_compound(name):
    assert sheet_compound(name, [["楼栋", "房号"]]) == ""


def test_the_title_row_names_the_compound_when_the_sheet_does_not():
    assert sheet_compound("Sheet1", [["幸福里小区住户登记表"], ["楼栋", "房号"]]) == "幸福里"


def test_a_compound_column_counts_more_than_the_sheet_name():
    assert sheet_compound("幸福里", [["小区", "楼栋", "房号"]]) == ""

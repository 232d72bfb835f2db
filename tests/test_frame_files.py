"""Every kind of register file that people send, and every kind that cannot be read."""
import csv as csv_module
import io
import os
import zipfile

import openpyxl
import pytest
import xlwt

from campaigns.frame import delimited, headings, register, workbooks
from campaigns.frame.errors import RegisterRefused
from campaigns.frame.gb18030 import corrected
from tests.frame_cases import HEADING, ROWS, csv, workbook, xlsx

TABLE = [HEADING, *ROWS]
TEXTS = [[str(cell) for cell in row] for row in TABLE]


def sheets(path):
    return register.sheets_of(path, headings.score, headings.HEAD)


def read(path):
    sheet, = sheets(path)
    return [[str(cell) for cell in row] for row in sheet.rows()]


def refusal(path):
    with pytest.raises(RegisterRefused) as caught:
        found = sheets(path)
        for sheet in found:
            list(sheet.rows())
    return caught.value.text.en


def xls(path, rows, merges=()):
    book = xlwt.Workbook()
    sheet = book.add_sheet("底册")
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(place, column, value)
    for merge in merges:
        sheet.merge(*merge)
    book.save(str(path))
    return path


def zipped(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def rewritten(path, name, content):
    """The workbook at `path` with one part replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return zipped(path, {**parts, name: content})


# --- what is read ------------------------------------------------------------------------------------------------------

def test_an_xlsx_is_read(tmp_path):
    assert read(xlsx(tmp_path / "a.xlsx", TABLE))[1][:6] == TEXTS[1][:6]


def test_an_old_xls_is_read(tmp_path):
    assert read(xls(tmp_path / "a.xls", TABLE))[3][8] == "赵·买买提"


def test_the_merged_ranges_of_an_old_xls_are_known(tmp_path):
    sheet, = sheets(xls(tmp_path / "a.xls", [["小区", "房号"], ["幸福里", "101"], ["", "102"]], [(1, 2, 0, 0)]))
    assert sheet.merges == ((1, 0, 2, 0),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_any_encoding_and_with_any_delimiter(tmp_path, encoding, delimiter):
    assert read(csv(tmp_path / "a.csv", TABLE, encoding, delimiter)) == TEXTS


def test_a_csv_in_big_endian_utf_16_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xfe\xff" + "地址\r\n龙泉路1号\r\n".encode("utf-16-be"))
    assert read(path) == [["地址"], ["龙泉路1号"]]


def test_the_delimiter_named_in_the_first_line_is_used_and_rows_keep_their_numbers(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\n楼栋;房号\n1;101\n", encoding="utf-8")
    assert read(path) == [[], ["楼栋", "房号"], ["1", "101"]]


def test_a_line_break_inside_quotes_stays_in_its_cell(tmp_path):
    path = tmp_path / "a.csv"
    out = io.StringIO()
    csv_module.writer(out).writerows([["地址", "用途"], ["龙泉路\n1号", "住宅"]])
    path.write_text(out.getvalue(), encoding="utf-8")
    assert read(path)[1] == ["龙泉路\n1号", "住宅"]


@pytest.mark.parametrize(("code", "character"), [("FE59", "龴"), ("FEA0", "龻"), ("A8BC", "ḿ"), ("FE51", "𠂇"), ("A6D9", "︐")])
def test_characters_of_the_later_gb18030_editions_come_out_right(code, character):
    assert corrected(bytes.fromhex(code).decode("gb18030")) == character


def test_a_rare_character_in_a_gb18030_file_is_no_private_use_character(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("地址\n".encode("gb18030") + bytes.fromhex("FE59") + "里1号\n".encode("gb18030"))
    assert read(path)[1] == ["龴里1号"]


def test_the_content_counts_not_the_ending_for_a_workbook_called_csv(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", TABLE).rename(tmp_path / "a.csv")
    assert read(path)[1][:6] == TEXTS[1][:6]


def test_the_content_counts_not_the_ending_for_text_called_xls(tmp_path):
    assert read(csv(tmp_path / "a.xls", TABLE, "gb18030", "\t")) == TEXTS


def test_a_macro_workbook_is_read_without_its_macros(tmp_path):
    path = xlsx(tmp_path / "a.xlsm", TABLE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 no macro is ever looked at")
    assert len(read(path)) == len(TABLE)


def test_hidden_sheets_are_marked(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"一": TABLE, "二": TABLE}, hidden={"二"})
    assert [(sheet.name, sheet.hidden) for sheet in sheets(path)] == [("一", False), ("二", True)]


def test_columns_left_empty_on_the_left_shift_merged_ranges_too(tmp_path):
    book = openpyxl.Workbook()
    book.active["C2"], book.active["D2"] = "小区", "房号"
    book.active["C3"], book.active["D3"], book.active["D4"] = "幸福里", "101", "102"
    book.active.merge_cells("C3:C4")
    book.save(tmp_path / "a.xlsx")
    sheet, = sheets(tmp_path / "a.xlsx")
    assert (list(sheet.rows())[1], sheet.merges) == (["小区", "房号"], ((2, 0, 3, 0),))


# --- what is refused ---------------------------------------------------------------------------------------------------

def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "cannot be opened" in refusal(tmp_path / "none.xlsx")


def test_a_folder_is_refused(tmp_path):
    assert "not a file" in refusal(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in refusal(tmp_path / "pipe")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "a.csv").touch()
    assert "is empty" in refusal(tmp_path / "a.csv")


def test_a_file_above_the_limit_is_refused(tmp_path):
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(register.LARGEST_FILE + 1)  # sparse: takes no space
    assert "200 MiB" in refusal(tmp_path / "a.csv")


def test_a_binary_file_called_csv_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\x7fELF\x00\x01" + bytes(range(256)))
    assert "neither text nor an Excel workbook" in refusal(tmp_path / "a.csv")


def test_a_web_page_called_xls_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "a.xls").write_text("<html><table><tr><td>房号</td></tr></table></html>", encoding="utf-8")
    assert "save as .xlsx" in refusal(tmp_path / "a.xls")


def test_utf_8_with_a_broken_character_is_refused_with_its_row(tmp_path):
    (tmp_path / "a.csv").write_bytes("楼栋,房号,小区\n1,101,幸福里花园\n1,102,".encode() + b"\xe5\xb9\n")
    assert "row 3" in refusal(tmp_path / "a.csv")


def test_text_of_no_known_encoding_is_refused_with_its_row(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"address\nRue 1\nRue \xff\xff\xff 2\n")
    assert "row 3" in refusal(tmp_path / "a.csv")


def test_a_quotation_mark_without_its_pair_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text('地址\n"' + "x" * 200_000, encoding="utf-8")
    assert "quotation mark" in refusal(tmp_path / "a.csv")


STREET = [f"{number},幸福里,remark" for number in range(1, 61)]


def written(path, lines):
    path.write_text("\n".join(["房号,小区,备注", *lines]) + "\n", encoding="utf-8")
    return path


def test_a_stray_quotation_mark_is_read_as_it_stands_and_swallows_no_row(tmp_path):
    rows = read(written(tmp_path / "a.csv", [*STREET[:4], '5,幸福里,"5寸', *STREET[5:]]))
    assert (len(rows), rows[5], rows[6]) == (61, ["5", "幸福里", '"5寸'], ["6", "幸福里", "remark"])


def test_many_stray_quotation_marks_swallow_no_row(tmp_path):
    rows = read(written(tmp_path / "a.csv", [f'{number},"5寸,"屏"幕' for number in range(5_000)]))
    assert (len(rows), rows[-1]) == (5_001, ["4999", '"5寸', '"屏"幕'])


def test_a_stray_quotation_mark_in_a_row_of_another_width_is_refused_with_the_row(tmp_path):
    text = refusal(written(tmp_path / "a.csv", [*STREET[:4], '5,"5寸', *STREET[5:]]))
    assert "row 6:" in text and "save as .xlsx" in text


def test_two_stray_quotation_marks_that_could_enclose_rows_are_refused_with_the_first_row(tmp_path):
    assert "row 6:" in refusal(written(tmp_path / "a.csv", [*STREET[:4], '5,幸福里,"5寸', *STREET[5:8], '9,幸福里,6寸"', *STREET[9:]]))


def test_a_cell_of_several_lines_with_delimiters_and_quotation_marks_stays_one_cell(tmp_path):
    rows = read(written(tmp_path / "a.csv", [*STREET[:4], '5,"甲,""乙""\n\n丙",remark', *STREET[5:]]))
    assert (len(rows), rows[5]) == (61, ["5", '甲,"乙"\n\n丙', "remark"])


def test_a_workbook_cut_short_is_refused(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", TABLE)
    path.write_bytes(path.read_bytes()[:-900])
    assert "damaged" in refusal(path)


def test_a_workbook_whose_sheet_is_no_xml_is_refused(tmp_path):
    path = rewritten(xlsx(tmp_path / "a.xlsx", TABLE), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row><c")
    assert "damaged" in refusal(path)


def test_an_encrypted_workbook_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504) + "EncryptedPackage".encode("utf-16-le"))
    assert "Remove it in Excel or WPS" in refusal(tmp_path / "a.xlsx")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    assert "no .xlsx workbook" in refusal(zipped(tmp_path / "a.xlsx", {"photo.jpg": b"x"}))


def test_a_zip_bomb_is_refused_by_the_sizes_it_states(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range((workbooks.MOST_UNPACKED >> 24) + 1):
                part.write(bytes(1 << 24))
    assert "unpacks to more than" in refusal(path)


def test_a_zip_that_states_a_wrong_size_is_refused(tmp_path):
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": bytes(5_000_000)})
    content = path.read_bytes()
    path.write_bytes(content.replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    assert "damaged" in refusal(path)


def test_a_cell_in_the_far_corner_is_refused_before_it_fills_the_memory(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "房号", "1"
    book.save(tmp_path / "a.xlsx")
    assert "row 1048576, column 16384" in refusal(tmp_path / "a.xlsx")


def test_a_far_corner_written_in_an_odd_way_is_refused_too(tmp_path):
    path = rewritten(xlsx(tmp_path / "a.xlsx", TABLE), "xl/worksheets/sheet1.xml",
                     b"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r = '1'>"
                     b"<c r='A1'><v>1</v></c><c r = 'XFD1048576'><v>1</v></c></row></sheetData></worksheet>")
    assert "reaches to row 1048576" in refusal(path)


def test_far_cells_that_hold_only_a_format_do_no_harm(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", TABLE)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("xl/worksheets/sheet1.xml")
    path = rewritten(path, "xl/worksheets/sheet1.xml", content.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'))
    assert len(read(path)) == len(TABLE)


def test_more_rows_than_the_limit_are_refused(tmp_path):
    with pytest.raises(RegisterRefused, match="2000000 rows"):
        workbooks.refuse_too_many_rows(tmp_path / "a.csv", 2_000_001)


def test_the_encoding_is_found_from_the_whole_file_not_its_beginning(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"address\n" + b"Longquan 1\n" * 200_000 + "龙泉路".encode("gb18030") + b"\n")
    assert delimited.encoding_of(path) == "gb18030"

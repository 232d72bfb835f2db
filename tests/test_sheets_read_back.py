"""What is printed can be read: by a phone, from a photocopy, and by a person."""
import pypdfium2
import pytest
from PIL import Image, ImageFilter

from campaigns.codes import symbols
from exports.sheets import LAYOUTS, print_sheets
from exports.sheets.paper import PAGE_HEIGHT, PAGE_WIDTH, SAFE
from tests import sheet_cases as cases
from tests.sheet_cases import needs_font, needs_rare_font

pytestmark = [needs_font, needs_rare_font]
layouts = pytest.mark.parametrize("layout", list(LAYOUTS))


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    made = cases.installation(tmp_path_factory.mktemp("street"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def campaign(here):
    return cases.a_street(here)


@pytest.fixture(scope="module")
def printed(here, campaign, tmp_path_factory):
    """The files of every layout, by layout."""
    out = tmp_path_factory.mktemp("paper")
    return {layout: [sheet.file for sheet in print_sheets(here, campaign, layout=layout, out=out)] for layout in LAYOUTS}


@layouts
def test_every_code_on_paper_is_read_at_150_dpi_and_opens_a_door_of_its_own(here, campaign, printed, layout):
    read = [text for file in printed[layout] for page in cases.scanned_pages(file) for _, _, text in page]
    opened = [cases.opened_by(here, text).dwelling_id for text in read]
    assert sorted(opened) == sorted(cases.doors_of(here, campaign))


@layouts
def test_each_code_stands_beside_the_door_that_it_opens(here, campaign, printed, layout):
    doors, kind = cases.doors_of(here, campaign), LAYOUTS[layout]
    for file in printed[layout]:
        for page, codes in zip(pypdfium2.PdfDocument(file), cases.scanned_pages(file)):
            for y, x, address in codes:
                place = doors[cases.opened_by(here, address).dwelling_id]
                assert place in words_in_cell(page, kind, x, y)


@layouts
def test_the_code_to_type_stands_beside_the_code_to_scan(here, campaign, printed, layout):
    for file in printed[layout]:
        for page, codes in zip(pypdfium2.PdfDocument(file), cases.scanned_pages(file)):
            for y, x, address in codes:
                assert symbols.grouped(address[-12:]) in words_in_cell(page, LAYOUTS[layout], x, y)


def words_in_cell(page, layout, x, y):
    """The text of the cell in which the pixel (x, y) lies."""
    x, y = x * 72 / cases.DPI, PAGE_HEIGHT - y * 72 / cases.DPI
    left, bottom = next(corner for corner in layout.corners()
                        if 0 <= x - corner[0] < layout.width and 0 <= y - corner[1] < layout.height)
    text = page.get_textpage().get_text_bounded(left, bottom, left + layout.width, bottom + layout.height)
    return "".join(text.split())


@layouts
def test_doors_come_in_walking_order(here, campaign, printed, layout):
    file = next(each for each in printed[layout] if each.name.startswith("幸福里"))
    read = [text for page in cases.scanned_pages(file) for _, _, text in page]
    opened = [cases.opened_by(here, text).dwelling_id for text in read]
    assert opened == sorted(opened) and len(opened) == 27


@layouts
def test_a_photocopy_of_the_page_is_still_read(printed, layout):
    for file in printed[layout]:
        page = next(cases.pages(file))
        assert sorted(text for *_, text in cases.scanned(photocopy(page))) == sorted(text for *_, text in cases.scanned(page))


def photocopy(page: Image.Image) -> Image.Image:
    """A tired copier: slightly turned, out of focus, grainy, every dot black or white."""
    turned = page.rotate(0.7, Image.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(1.2))
    grain = Image.effect_noise(page.size, 70)
    mixed = Image.blend(turned, grain, 0.25)
    return mixed.point(lambda level: 255 if level > 140 else 0)


@layouts
def test_paper_says_whose_campaign_it_is_until_when_and_whom_to_call_in_both_languages(printed, layout):
    for file in printed[layout]:
        words = cases.words_on(file)
        for part in ("龙泉街道住房登记", "Longquanhousingcensus", "2026年3月20日", "18:00", "20March2026", cases.PHONE,
                     "survey.example.cn/h"):
            assert part in words, part


@layouts
def test_rare_characters_can_be_searched_in_the_file(printed, layout):
    assert "𠮷祥苑-3栋-2单元-𫖯室" in cases.words_on(next(each for each in printed[layout] if each.name.startswith("𠮷")))


@layouts
def test_a_name_of_40_characters_stands_whole_with_its_room(printed, layout):
    words = cases.words_on(next(each for each in printed[layout] if each.name.startswith(cases.LONG)))
    assert f"{cases.LONG}-3栋-2单元-1201" in words and "…" not in words


@layouts
def test_nothing_is_printed_nearer_to_the_edge_than_5_mm(printed, layout):
    for file in printed[layout]:
        for image in cases.pages(file):
            edge = int(SAFE / 72 * cases.DPI) - 2
            inside = (edge, edge, image.width - edge, image.height - edge)
            image.paste(255, inside)
            assert image.getextrema()[0] > 128, file.name


@layouts
def test_no_words_run_into_others(printed, layout):
    for file in printed[layout]:
        for page in pypdfium2.PdfDocument(file):
            assert not overlaps(page)


def overlaps(page) -> list[str]:
    """Pairs of characters of which one covers much of the other."""
    text = page.get_textpage()
    boxes = [(text.get_charbox(n), text.get_text_range(n, 1)) for n in range(text.count_chars())]
    boxes = sorted((box, char) for box, char in boxes if char.strip() and box[2] > box[0])
    found = []
    for n, ((left, bottom, right, top), char) in enumerate(boxes):
        for (other_left, other_bottom, other_right, other_top), other in boxes[n + 1:n + 200]:
            if other_left > right:
                break
            wide = min(right, other_right) - max(left, other_left)
            high = min(top, other_top) - max(bottom, other_bottom)
            smaller = min((right - left) * (top - bottom), (other_right - other_left) * (other_top - other_bottom))
            if wide > 0 and high > 0 and wide * high > 0.25 * smaller:
                found.append(char + other)
    return found


@layouts
def test_no_character_reaches_out_of_its_cell_or_into_the_code(printed, layout):
    kind = LAYOUTS[layout]
    for file in printed[layout]:
        for page, codes in zip(pypdfium2.PdfDocument(file), cases.scanned_pages(file)):
            quiet = [(x * 72 / cases.DPI, PAGE_HEIGHT - y * 72 / cases.DPI) for y, x, _ in codes]
            text = page.get_textpage()
            for left, bottom, right, top in map(text.get_charbox, range(text.count_chars())):
                cell = next(c for c in kind.corners() if c[0] <= (left + right) / 2 < c[0] + kind.width
                            and c[1] <= (bottom + top) / 2 < c[1] + kind.height)
                assert left > cell[0] and right < cell[0] + kind.width and bottom > cell[1] and top < cell[1] + kind.height
                assert not any(x < right and left < x + kind.qr_side and bottom < y and top > y - kind.qr_side for x, y in quiet)


def test_hangers_have_a_cross_where_the_cards_meet_and_a_tick_at_the_edge(printed):
    page = next(cases.pages(printed["door-hanger"][0], dpi=300))
    x = page.width // 2
    for y in (page.height * row // 4 for row in (1, 2, 3)):
        for box in ((x - 15, y - 3, x + 15, y + 3), (x - 3, y - 15, x + 3, y + 15), (60, y - 3, 106, y + 3)):
            assert page.crop(box).getextrema()[0] < 128, box


def test_labels_have_no_marks_between_them_as_the_stock_is_cut(printed):
    page = next(cases.pages(printed["label"][0], dpi=300))
    for x in (page.width // 3, page.width * 2 // 3):
        assert page.crop((x - 20, 0, x + 20, page.height)).getextrema()[0] > 128


@pytest.mark.parametrize("layout,cells", [("door-hanger", 8), ("label", 24), ("sheet", 1)])
def test_a_page_holds_as_many_doors_as_the_layout_says(printed, layout, cells):
    file = next(each for each in printed[layout] if each.name.startswith("幸福里"))
    assert len(cases.scanned_pages(file)[0]) == cells
    assert len(cases.scanned_pages(file)) == -(-27 // cells)


@layouts
def test_pages_are_a4(printed, layout):
    for page in pypdfium2.PdfDocument(printed[layout][0]):
        assert page.get_size() == pytest.approx((PAGE_WIDTH, PAGE_HEIGHT), abs=0.1)


@layouts
def test_all_fonts_are_embedded_truetype_subsets(printed, layout):
    for file in printed[layout]:
        raw = file.read_bytes()
        assert raw.count(b"/FontDescriptor ") == raw.count(b"/FontFile2 ") > 0
        assert b"/FontFile3" not in raw and raw.count(b"/Subtype /TrueType") == raw.count(b"/FontFile2 ")


def test_the_sheet_explains_three_steps_and_what_happens_with_the_data(printed):
    words = cases.words_on(printed["sheet"][0])
    for part in ("扫一扫", "提交登记", "回执号", "Receiptnumber", "关于您的个人信息", "个人信息保护法", "2026年9月16日前全部删除",
                 "16September2026", "没有智能手机"):
        assert part in words, part

"""Blank door hangers on paper, one door's code alone, and the commands for both."""
import json

import pypdfium2
import pytest
from click.testing import CliRunner

from campaigns import hangers
from campaigns.codes import symbols
from campaigns.hangers import BATCH
from exports.sheets import print_blanks
from exports.sheets.blanks import NoBlanks
from exports.sheets.layouts.blank import LAYOUT
from survey.cli import main
from tests import sheet_cases as cases
from tests.sheet_cases import needs_font

pytestmark = needs_font


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    made = cases.installation(tmp_path_factory.mktemp("blank"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def campaign(here):
    return cases.a_street(here)


@pytest.fixture(scope="module")
def survey(here):
    def run(*words, language="zh"):
        return CliRunner().invoke(main, ["codes", *map(str, words)], env={
            "SURVEY_HOME": str(here.settings.home), "SURVEY_PUBLIC_URL": cases.URL, "SURVEY_LANGUAGE": language})

    return run


@pytest.fixture(scope="module")
def printed(here, campaign, survey, tmp_path_factory):
    """One batch and two hangers more, issued and printed by the commands."""
    issued = survey("issue", "--campaign", "c1", "--kind", "hanger", "--count", BATCH + 2, "--json")
    assert json.loads(issued.output) == {"issued": BATCH + 2, "first": 1, "last": BATCH + 2}
    out = tmp_path_factory.mktemp("paper")
    [told] = json.loads(survey("print", "--campaign", "c1", "--layout", "door-hanger", "--blank", "--out", out, "--json").output)
    return told


def hanger_of(here, campaign, address):
    with here.store.read() as connection:
        return hangers.by_typed(connection, here.server, campaign, address)


def test_the_file_names_its_numbers_and_each_batch_has_a_cover(printed):
    assert printed["file"].endswith("c1-hangers-000001-000042.pdf")
    assert (printed["batches"], printed["pages"], printed["printed_before"]) == (2, 1 + 5 + 1 + 1, 0)


def test_every_code_is_read_from_a_scan_and_stands_beside_its_number(here, campaign, printed):
    pages = list(zip(pypdfium2.PdfDocument(printed["file"]), cases.scanned_pages(printed["file"])))
    cards = [page for place, page in enumerate(pages) if place not in (0, 6)]
    found = []
    for page, codes in cards:
        words = "".join(page.get_textpage().get_text_range().split())
        for _, _, address in codes:
            hanger = hanger_of(here, campaign, address)
            assert f"编号No.{hanger.number}" in words and symbols.grouped(address[-12:]) in words
            found.append(hanger.serial)
    assert found == list(range(1, BATCH + 3))
    assert LAYOUT.level == "Q"


def test_a_cover_sheet_scans_as_first_and_last_of_its_batch(here, campaign, printed):
    for page, (first, last) in ((0, (1, BATCH)), (6, (BATCH + 1, BATCH + 2))):
        codes = cases.scanned_pages(printed["file"])[page]
        assert [hanger_of(here, campaign, address).serial for _, _, address in codes] == [first, last]


def test_no_door_and_no_name_stands_on_a_blank_hanger(printed):
    words = cases.words_on(printed["file"])
    assert "幸福里" not in words and "挂在（挂的人写）" in words


def test_printed_hangers_are_in_stock_and_are_not_printed_twice_unless_asked_for(here, campaign, survey, printed, tmp_path):
    with here.store.read() as connection:
        [line] = hangers.balance(connection, campaign.id)
    assert (line.printed, line.counts["stock"], line.issued, line.balanced) == (BATCH + 2, BATCH + 2, 0, True)
    with pytest.raises(NoBlanks):
        print_blanks(here, campaign, out=tmp_path)
    again = survey("print", "--campaign", "c1", "--layout", "door-hanger", "--blank", "--from", 3, "--to", 4, "--out", tmp_path)
    assert "编号 3 至 4，1 批，2 页" in again.output
    with here.store.read() as connection:
        assert hangers.balance(connection, campaign.id)[0].printed == BATCH + 2


def test_one_doors_code_is_printed_alone_by_code_or_by_place(here, campaign, survey, tmp_path):
    by_place = survey("print", "--campaign", "c1", "--layout", "sheet", "--door", "幸福里-3栋-2单元-502", "--out", tmp_path, "--json")
    [told] = json.loads(by_place.output)["files"]
    assert told["file"].endswith("幸福里-3栋-2单元-502-sheet.pdf") and told["pages"] == 1
    [[(_, _, address)]] = cases.scanned_pages(told["file"])
    door = cases.opened_by(here, address)
    assert cases.doors_of(here, campaign)[door.dwelling_id] == "幸福里-3栋-2单元-502"
    by_code = survey("print", "--campaign", "c1", "--layout", "label", "--door", address[-12:], "--out", tmp_path, "--json")
    assert json.loads(by_code.output)["labels"] == 1


def test_a_door_that_there_is_not_is_named_with_what_to_write(survey, campaign, tmp_path):
    result = survey("print", "--campaign", "c1", "--layout", "sheet", "--door", "幸福里-9栋-1", "--out", tmp_path)
    assert result.exit_code == 1 and "没有“幸福里-9栋-1”这户门" in result.output


@pytest.mark.parametrize("words", [
    ("issue", "--kind", "hanger"), ("issue", "--count", "3"), ("print", "--layout", "label", "--blank", "--out", "x"),
    ("print", "--layout", "sheet", "--from", "3", "--out", "x"),
    ("print", "--layout", "door-hanger", "--blank", "--door", "x", "--out", "x")])
def test_options_that_do_not_go_together_are_wrong_usage(survey, campaign, words):
    assert survey(words[0], "--campaign", "c1", *words[1:]).exit_code == 2


def test_a_hanger_is_withdrawn_by_its_code_and_counts_as_spoiled(here, campaign, survey, printed):
    address = cases.scanned_pages(printed["file"])[1][0][2]
    assert "挂卡不用换码" in survey("revoke", "--campaign", "c1", address[-12:], "--replace").output
    assert survey("revoke", "--campaign", "c1", address[-12:]).exit_code == 0
    assert hanger_of(here, campaign, address).state == "spoiled"

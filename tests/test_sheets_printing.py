"""What a print run refuses, writes and notes."""
import os
import stat

import pytest
from sqlalchemy import select, update

from campaigns import audit
from campaigns.audit import Actor
from campaigns.codes import codes
from campaigns.store.schema import code, code_event, dwelling
from exports.sheets import LAYOUTS, plan, print_sheets, printing
from exports.sheets.fonts import CharactersMissing
from tests import sheet_cases as cases
from tests.sheet_cases import here, needs_font

__all__ = ["here"]
pytestmark = needs_font


@pytest.fixture
def campaign(here):
    """Two compounds: 26 doors and 2; codes issued."""
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "幸福里", [str(100 + each) for each in range(26)])
    cases.add_doors(here, made, "善国苑", ["101", "102"])
    cases.issue(here, made)
    return made


@pytest.fixture
def out(tmp_path):
    return tmp_path / "paper"


def events(here, what="printed"):
    with here.store.read() as connection:
        return connection.execute(select(code_event.c.code_id, code_event.c.detail, code_event.c.at, code.c.dwelling_id)
                                  .join(code, code.c.id == code_event.c.code_id)
                                  .where(code_event.c.event == what).order_by(code_event.c.id)).all()


def test_there_is_one_file_a_compound_named_after_it_and_the_layout(here, campaign, out):
    printed = print_sheets(here, campaign, layout="label", out=out)
    assert sorted(os.listdir(out)) == ["善国苑-label.pdf", "幸福里-label.pdf"]
    assert {(each.compound, each.labels, each.pages, each.printed_before) for each in printed} == {
        ("幸福里", 26, 2, 0), ("善国苑", 2, 1, 0)}


def test_only_the_named_compounds_are_printed(here, campaign, out):
    print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"])
    assert os.listdir(out) == ["善国苑-label.pdf"]


def test_a_compound_of_two_communities_makes_two_files(here, out):
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "幸福里", ["101"], community="甲社区")
    cases.add_doors(here, made, "幸福里", ["101"], community="乙社区")
    cases.issue(here, made)
    print_sheets(here, made, layout="label", out=out, compounds=["幸福里"])
    assert sorted(os.listdir(out)) == ["乙社区 幸福里-label.pdf", "甲社区 幸福里-label.pdf"]


def test_a_door_without_compound_is_printed_with_its_address(here, out):
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "", ["x"], building="", unit="", address="府前路 8 号")
    with here.store.write() as connection:
        connection.execute(update(dwelling).values(room=""))
    cases.issue(here, made)
    (printed,) = print_sheets(here, made, layout="label", out=out)
    assert printed.file.name == "c1-label.pdf" and "府前路8号" in cases.words_on(printed.file)


def test_each_code_notes_its_sheet_page_and_place(here, campaign, out):
    print_sheets(here, campaign, layout="label", out=out, at=cases.NOON)
    noted = {row.dwelling_id: row.detail for row in events(here)}
    assert noted[1] == {"sheet": "幸福里-label.pdf", "page": 1, "place": 1}
    assert noted[24] == {"sheet": "幸福里-label.pdf", "page": 1, "place": 24}
    assert noted[26] == {"sheet": "幸福里-label.pdf", "page": 2, "place": 2}
    assert noted[28] == {"sheet": "善国苑-label.pdf", "page": 1, "place": 2}


def test_the_noted_place_is_where_the_code_stands_on_the_page(here, campaign, out):
    printed = print_sheets(here, campaign, layout="door-hanger", out=out)
    noted = {(row.detail["sheet"], row.detail["page"], row.detail["place"]): row.code_id for row in events(here)}
    for sheet in printed:
        for page, found in enumerate(cases.scanned_pages(sheet.file), 1):
            for place, (_, _, address) in enumerate(found, 1):
                assert noted[sheet.file.name, page, place] == cases.opened_by(here, address).id


def test_printing_again_says_how_many_were_printed_before_and_keeps_the_codes(here, campaign, out):
    first = print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"])
    before = cases.scanned_pages(first[0].file)
    again = plan(here, campaign, layout="label", out=out / "again")
    assert (again.labels, again.printed_before) == (28, 2)
    files = {each.compound: each for each in again.sheets()}
    assert files["善国苑"].printed_before == 2 and files["幸福里"].printed_before == 0
    assert cases.scanned_pages(files["善国苑"].file) == before


def test_printed_at_keeps_the_first_time_and_the_history_every_time(here, campaign, out):
    for at in (cases.OPENS, cases.CLOSES):
        print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"], at=at)
    with here.store.read() as connection:
        assert set(connection.execute(select(code.c.printed_at).where(code.c.dwelling_id > 26)).scalars()) == {cases.OPENS}
    assert [row.at for row in events(here)] == [cases.OPENS] * 2 + [cases.CLOSES] * 2


def test_each_file_has_an_audit_row_by_who_printed_it(here, campaign, out):
    print_sheets(here, campaign, layout="label", out=out, actor=Actor("organiser", None, "O001"))
    with here.store.read() as connection:
        rows = connection.execute(select(audit.audit).where(audit.audit.c.action == "codes.printed")).all()
        assert audit.broken_at(connection, campaign.id) is None
    assert {row.subject for row in rows} == {"sheet:幸福里-label.pdf", "sheet:善国苑-label.pdf"}
    assert {row.actor for row in rows} == {"organiser:O001"}


def test_revoked_codes_and_ended_doors_are_not_printed(here, campaign, out):
    with here.store.write() as connection:
        connection.execute(update(code).where(code.c.dwelling_id == 27).values(revoked_at=cases.NOON))
        connection.execute(update(dwelling).where(dwelling.c.id == 1).values(ended_at=cases.NOON))
    chosen = plan(here, campaign, layout="label", out=out)
    assert (chosen.labels, chosen.without_code) == (26, 1)
    assert {row.dwelling_id for sheet in chosen.sheets() for row in events(here)} == set(range(2, 27)) | {28}


def test_a_replaced_code_is_the_one_that_is_printed(here, campaign, out):
    with here.store.write() as connection:
        seed = connection.execute(select(code.c.seed).where(code.c.dwelling_id == 27)).scalar_one()
        old = codes.find(connection, here.server, codes.written(here.server, seed))
        new = codes.reissue(connection, here.server, old, cases.NOON, audit.COMMAND_LINE)
    (sheet,) = print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"])
    assert cases.scanned_pages(sheet.file)[0][0][2].endswith(new)


def test_without_a_public_address_nothing_is_printed_and_the_remedy_is_told(tmp_path, out):
    here = cases.installation(tmp_path / "instance", public_url="")
    made = cases.a_street(here)
    with pytest.raises(printing.NoAddress) as refused:
        print_sheets(here, made, layout="label", out=out)
    assert "SURVEY_PUBLIC_URL=https://" in refused.value.text.zh and "SURVEY_PUBLIC_URL=https://" in refused.value.text.en
    assert not out.exists()


def test_a_demo_passes_its_own_address(tmp_path, out):
    here = cases.installation(tmp_path / "instance", public_url="")
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "幸福里", ["101"])
    cases.issue(here, made)
    (sheet,) = print_sheets(here, made, layout="sheet", out=out, public_url="http://127.0.0.1:8000")
    assert cases.scanned_pages(sheet.file)[0][0][2].startswith("HTTP://127.0.0.1:8000/H/")
    assert "http://127.0.0.1:8000/h" in cases.words_on(sheet.file)


def test_without_codes_printing_is_refused_and_says_how_to_issue(here, out):
    made = cases.a_campaign(here)
    cases.add_doors(here, made, "幸福里", ["101"])
    with pytest.raises(printing.NoCodes) as refused:
        plan(here, made, layout="label", out=out)
    assert "survey codes issue --campaign c1" in refused.value.text.zh


def test_an_unknown_compound_is_refused_with_those_that_there_are(here, campaign, out):
    with pytest.raises(printing.NoSuchCompound) as refused:
        plan(here, campaign, layout="label", out=out, compounds=["幸福里", "幸福理"])
    assert "“幸福理”" in refused.value.text.zh and "善国苑" in refused.value.text.en


def test_a_character_that_no_font_has_is_refused_before_anything_is_printed(here, campaign, out):
    cases.add_doors(here, campaign, "幸福里", ["\U00013000室"])
    cases.issue(here, campaign)
    with pytest.raises(CharactersMissing) as refused:
        print_sheets(here, campaign, layout="label", out=out)
    assert "U+13000" in refused.value.text.zh and "幸福里-3栋-2单元-\U00013000室" in refused.value.text.en
    assert not out.exists() and not events(here)


def test_a_title_that_no_font_has_is_refused_too(here, out):
    made = cases.a_campaign(here, title=("登记\U00013000", "Census"))
    cases.add_doors(here, made, "幸福里", ["101"])
    cases.issue(here, made)
    with pytest.raises(CharactersMissing):
        plan(here, made, layout="label", out=out)


def test_a_folder_that_is_a_file_is_refused(here, campaign, out):
    out.write_text("not a folder")
    with pytest.raises(printing.CannotWrite) as refused:
        print_sheets(here, campaign, layout="label", out=out)
    assert str(out) in refused.value.text.en


def test_a_run_that_breaks_leaves_the_earlier_file_whole_and_notes_nothing(here, campaign, out, monkeypatch):
    (first,) = print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"])
    before, noted = first.file.read_bytes(), len(events(here))

    def full_disk(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(printing.CannotWrite) as refused:
        print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"])
    assert "No space left on device" in refused.value.text.en
    assert first.file.read_bytes() == before and os.listdir(out) == [first.file.name] and len(events(here)) == noted


def test_other_people_of_the_machine_cannot_read_the_codes(here, campaign, out):
    (sheet,) = print_sheets(here, campaign, layout="label", out=out, compounds=["善国苑"])
    assert stat.S_IMODE(sheet.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_personal_register_columns_never_reach_the_paper(here, layout, out):
    made = cases.a_campaign(here)
    marked = here.keyring.campaign("c1").seal("王小明 13800001111".encode(), "dwelling")
    cases.add_doors(here, made, "幸福里", ["101"], sealed=marked, extra={"备注": "扩展列内容"})
    cases.issue(here, made)
    (sheet,) = print_sheets(here, made, layout=layout, out=out)
    words = cases.words_on(sheet.file)
    assert "幸福里" in words
    assert not any(part in words for part in ("王小明", "13800001111", "扩展列内容", "备注"))


def test_without_a_phone_the_paper_names_the_office(here, out):
    made = cases.a_campaign(here, phone="", office_zh="龙泉街道普查办", office_en="Longquan census office")
    cases.add_doors(here, made, "幸福里", ["101"])
    cases.issue(here, made)
    for layout in LAYOUTS:
        (sheet,) = print_sheets(here, made, layout=layout, out=out)
        assert "龙泉街道普查办" in cases.words_on(sheet.file)


def test_a_title_given_in_one_language_is_printed_once(here, out):
    made = cases.a_campaign(here, title=("龙泉街道住房登记", "龙泉街道住房登记"))
    cases.add_doors(here, made, "幸福里", ["101"])
    cases.issue(here, made)
    for layout in LAYOUTS:
        (sheet,) = print_sheets(here, made, layout=layout, out=out)
        assert cases.words_on(sheet.file).count("龙泉街道住房登记") == 1
